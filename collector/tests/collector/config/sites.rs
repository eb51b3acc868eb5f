//! Sites that are wrong.

use super::reading::{load, mistakes, wrong};

const GOOD: &str = "[[sites]]\nkey = \"shop\"\naccount = \"3210be7ad82f403298f7c4da065ec657\"\n";

#[test]
fn a_wrong_site_is_named() {
    wrong(&format!("{GOOD}{GOOD}"), "5 sites[1].key: `shop` is also that of sites[0]; every site needs its own");
    wrong("[[sites]]\nkey = \"shop\"\naccount = \"12\"\n", "3 sites[0].account: must be 32 hex digits, and is `12`");
    wrong(
        &format!("{GOOD}origins = [\"https://shop.example/\"]\n"),
        "4 sites[0].origins[0]: `https://shop.example/` must be scheme and host as browsers send them, in lower case, without a \
         path and without the scheme's usual port: write `https://shop.example`",
    );
    wrong(
        &format!("{GOOD}origins = [\"https://a.com:443\"]\n"),
        "4 sites[0].origins[0]: `https://a.com:443` must be scheme and host as browsers send them, in lower case, without a path \
         and without the scheme's usual port: write `https://a.com`",
    );
    wrong(
        &format!("{GOOD}origins = [\"https://a.com\",\n\"htps://a.com\"]\n"),
        "5 sites[0].origins[1]: `htps://a.com` must be scheme and host as browsers send them, in lower case and without a path, \
         such as https://www.example.com, http://localhost:3000, capacitor://localhost or null; https://*.example.com is its \
         subdomains",
    );
    let apps = "[\"null\", \"file://\", \"capacitor://localhost\", \"app://.\", \"moz-extension://*\"]";
    assert!(load(&format!("{GOOD}origins = {apps}\n"), &[]).is_ok());
    for key in [".", ".."] {
        let why = format!("2 sites[0].key: must not be `{key}`: browsers leave that out of addresses");
        wrong(&GOOD.replace("shop", key), &why);
    }
    wrong(&format!("{GOOD}{}", GOOD.replace("shop", "")), "5 sites[1].key: must be 1 to 64 of A-Z a-z 0-9 _ . -");
}

#[test]
fn secrets_and_numbers_have_bounds() {
    const SECRET: &str = "must be a text in quotes of at least 32 bytes, such as `openssl rand -hex 32` gives";
    let short = format!("{GOOD}state_secrets = [\"{}\"]", "x".repeat(31));
    wrong(&short, &format!("4 sites[0].state_secrets[0]: {SECRET}"));
    let long = "x".repeat(32);
    wrong(
        &format!("{GOOD}state_secrets = [\"{long}\", \"{long}\", \"{long}\"]"),
        "4 sites[0].state_secrets: may be two at most: the one in use, and the one before it or after it",
    );
    let both = mistakes(&format!("{GOOD}state_secrets = [\"a\", \"{long}\", 5]"));
    assert_eq!(both.len(), 3, "how many there are, and each that is short: {both:?}");
    wrong(&format!("{GOOD}sampling = 101"), "4 sites[0].sampling: must be a whole number from 0 to 100, and is 101");
    wrong(&format!("{GOOD}sampling = 300"), "4 sites[0].sampling: must be a whole number from 0 to 100");
    for wrong_value in ["\"ban\"", "true", "\"Flag\""] {
        wrong(&format!("{GOOD}bots = {wrong_value}"), "4 sites[0].bots: must be one of keep, flag, drop");
    }
    wrong(
        &format!("{GOOD}environments = {{ a = 1, b = 1 }}"),
        "4 sites[0].environments.b: must be a whole number of its own from 0 to 1000, and is 1",
    );
    wrong(
        &format!("{GOOD}[sites.environments]\na = 1\nb = 1001"),
        "6 sites[0].environments.b: must be a whole number of its own from 0 to 1000, and is 1001",
    );
}

#[test]
fn a_setting_beside_a_site_s_own_keys_is_told_its_place() {
    for (text, key) in [("level = 2\n", "level"), ("[sites.collect]\nurl = true\n", "collect")] {
        wrong(&format!("{GOOD}{text}"), &format!("4 sites[0].{key}: belongs under [sites.settings]"));
    }
}
