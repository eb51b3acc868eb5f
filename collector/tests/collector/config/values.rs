//! Keys and values that are wrong.

use super::reading::{load, mistakes, wrong};

#[test]
fn an_unknown_key_is_shown_with_its_line_and_what_is_allowed() {
    wrong(
        "store = \"x\"\nlissten = \"127.0.0.1:1\"\n",
        "2 lissten: unknown key; the keys here are listen, tls, store, kafka, clickhouse, assets, admin_token, proxies, \
         proxy_header, geoip, security_log, admin_listen, public_url, region, endpoints, limits, accounts, sites",
    );
    wrong(
        "[limits]\nbody = 1\n",
        "2 limits.body: unknown key; the keys here are body_bytes, decompressed_bytes, event_bytes, batch_bytes, queue_bytes, \
         disk_bytes, connections, site_rate, site_burst, address_rate, address_burst",
    );
    let site = "[[sites]]\nkey = \"a\"\naccount = \"3210be7ad82f403298f7c4da065ec657\"\n";
    wrong(
        &format!("{site}id = 1\n"),
        "4 sites[0].id: unknown key; the keys here are key, account, state_secrets, name, origins, environments, enabled, \
         sampling, settings, bots, retention_days, read_token",
    );
    wrong(
        &format!("{site}[sites.settings.batch]\ntitel = false\n"),
        "5 sites[0].settings.batch.titel: unknown setting; the settings here are events, bytes, ageMs",
    );
    let tls = "2 tls.file: unknown key; the keys here are cert, key";
    assert_eq!(mistakes("[tls]\nfile = 1\ncert = \"a\"\nkey = \"b\"\n"), [tls]);
}

#[test]
fn a_value_of_the_wrong_kind_is_shown_with_its_line() {
    wrong("listen = \"here\"\n", "1 listen: must be an address and port in quotes, such as 127.0.0.1:8787");
    let site = "[[sites]]\nkey = \"a\"\naccount = \"3210be7ad82f403298f7c4da065ec657\"\n";
    for level in ["4", "-1", "1.5", "\"2\"", "2026-11-25", "99999999999999999999"] {
        wrong(
            &format!("{site}settings.level = {level}\n"),
            "4 sites[0].settings.level: must be a whole number from 0 to 3",
        );
    }
    wrong(
        &format!("{site}settings = {{ collect.title = \"no\" }}\n"),
        "4 sites[0].settings.collect.title: must be true or false",
    );
    for (text, why) in [
        ("limits.queue_bytes = 5", "limits.queue_bytes: must be at least limits.batch_bytes, or no batch could wait"),
        ("limits.body_bytes = 0", "limits.body_bytes: must be a whole number from 1 to 2147483648"),
        ("limits.body_bytes = \"1 MiB\"", "limits.body_bytes: must be a whole number from 1 to 2147483648"),
        ("limits = 5", "limits: must be a table"),
        ("sites = 5", "sites: must be a list of tables: write [[sites]] above each"),
        ("sites = [5]", "sites[0]: must be a table"),
        ("store = \"\"", "store: must be a file's path or `:memory:`, in quotes"),
        ("assets = true", "assets: must be a path in quotes"),
        ("admin_token = \"\"", "admin_token: must not be empty; leave it out to keep export and inspector closed"),
        ("proxy_header = \"via\"", "proxy_header: must be \"x-forwarded-for\" or \"forwarded\""),
        ("tls.cert = \"a.pem\"", "tls.key: is missing; it must be a path in quotes"),
        (
            "security_log.days = 0",
            "security_log.days: must be a whole number from 1 to 65535; set security_log.on = false to write no log",
        ),
        ("security_log.dir = \"\"", "security_log.dir: must not be empty; set security_log.on = false to write no log"),
        (
            "limits.site_burst = 0",
            "limits.site_burst: must be a whole number from 1 to 4294967295, or no request would ever be taken",
        ),
        ("limits.connections = 0", "limits.connections: must be a whole number from 1 to 1000000"),
    ] {
        wrong(text, &format!("1 {why}"));
    }
    assert!(load("security_log = { on = false, days = 0, dir = \"\" }", &[]).is_ok());
    wrong(
        "proxies = [\n\"10.0.0.1\",\n\"10.0.0.0/33\"]\n",
        "3 proxies[1]: must be an address such as 10.0.0.1 or a range such as 10.0.0.0/8 or 2001:db8::/32, in quotes",
    );
}

#[test]
fn a_token_that_no_request_can_say_is_refused() {
    for token in [" sesame", "sesame\\n", "s\u{e9}same", "open\\tsesame"] {
        wrong(
            &format!("admin_token = \"{token}\"\n"),
            "1 admin_token: must be printable ASCII without a blank or line break at its ends: no header can carry another",
        );
    }
    assert!(load("", &[("WAYMARK_ADMIN_TOKEN", "sesame\n")]).is_err());
    assert!(load("admin_token = \"open sesame\"\n", &[]).is_ok());
}

#[test]
fn a_read_token_is_of_one_site_only() {
    let site = |key: &str, token: &str| {
        format!("[[sites]]\nkey = \"{key}\"\naccount = \"3210be7ad82f403298f7c4da065ec657\"\nread_token = {token}\n")
    };
    wrong(&site("a", "5"), "4 sites[0].read_token: must be a text in quotes");
    wrong(
        &site("a", "\"\""),
        "4 sites[0].read_token: must not be empty; leave it out to keep the site's insights closed",
    );
    wrong(
        &site("a", "\"a\\nb\""),
        "4 sites[0].read_token: must be printable ASCII without a blank or line break at its ends: no header can carry another",
    );
    wrong(
        &format!("admin_token = \"same\"\n{}", site("a", "\"same\"")),
        "5 sites[0].read_token: must not be the admin_token: that one opens every site, and erases",
    );
    wrong(
        &(site("a", "\"same\"") + &site("b", "\"same\"")),
        "8 sites[1].read_token: is also that of sites[0]; every site needs its own",
    );
    assert!(load(&(site("a", "\"one\"") + &site("b", "\"other\"")), &[]).is_ok());
}

#[test]
fn addresses_must_make_sense() {
    for address in ["collect.example.com", "https://", "https://a/", "https://a\"b", "ftp://a"] {
        for key in ["public_url", "endpoints.us", "endpoints.eu"] {
            let found = mistakes(&format!("{key} = '{address}'"));
            assert!(found.len() == 1 && found[0].starts_with(&format!("1 {key}: `{address}` must be")), "{found:?}");
            assert!(found[0].contains("https://collect.example.com"), "{found:?}");
        }
    }
    wrong(
        "admin_listen = \"0.0.0.0:8789\"",
        "1 admin_listen: needs an admin_token too: others than this machine can reach that address",
    );
    assert!(load("admin_listen = \"127.0.0.1:8789\"", &[]).is_ok());
    wrong("admin_listen = \"127.0.0.1:8787\"", "1 admin_listen: must be another address or port than listen");
}
