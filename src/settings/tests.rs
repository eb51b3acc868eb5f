use super::*;

fn read(settings: &str) -> ActiveSettings {
    let mut active = ActiveSettings::default();
    active.read(&format!(r#"{{"site":"k","collector":"/c"{settings}}}"#)).unwrap();
    active
}

fn read_within(site: &str, page: &str) -> ActiveSettings {
    let mut active = read(page);
    assert!(active.take_site(site));
    active
}

#[test]
fn a_site_and_a_collector_are_enough() {
    let active = read("");
    assert_eq!((active.site(), active.collector(), active.days(), active.sampling().0), ("k", "/c", 365, 100));
    assert_eq!(active.in_force(), &Settings::default());
    assert_eq!(active.problems(), []);
}

#[test]
fn without_a_site_or_a_collector_nothing_starts() {
    use CallError::{CollectorInvalid as collector, SettingsNotObject as object, SiteInvalid as site};
    for (settings, why) in [
        ("", object),
        ("null", object),
        ("{}", site),
        (r#"{"site":1,"collector":"/c"}"#, site),
        (r#"{"site":"k"}"#, collector),
        (r#"{"site":"k","collector":"c.example"}"#, collector),
    ] {
        assert_eq!(ActiveSettings::default().read(settings), Err(why), "{settings}");
    }
}

#[test]
fn a_page_setting_that_the_site_overrules_gets_a_message() {
    let site = r#"{"settings":{"level":1},"sampling":10}"#;
    let overruled = |page| read_within(site, page).overruled();
    assert_eq!(
        overruled(r#","level":2,"sampling":50"#),
        [
            "level is as the site's settings at the collector say",
            "sampling is as the site's settings at the collector say",
        ]
    );
    assert!(overruled(r#","level":1,"sampling":5,"user":{"cookie":"a"}"#).is_empty());
}

#[test]
fn an_answer_that_is_not_a_collector_s_is_ignored() {
    let mut active = read(r#","level":3"#);
    for other in ["", "!404", "<!doctype html>", r#"{"title":"Welcome"}"#, r#"{"settings":{"levels":1}}"#] {
        assert!(!active.take_site(other) && !active.is_known(), "{other:?}");
    }
    assert!(active.take_site(r#"{"settings":{"level":2,"levle":3},"region":"eu"}"#));
    assert_eq!((active.in_force().level, active.problems()), (Some(Level::Experience), &[][..]));
}

#[test]
fn a_page_at_level_0_needs_no_answer_of_the_collector() {
    let mut active = read(r#","level":0"#);
    assert!(active.is_off_by_page() && active.is_known());
    assert_eq!(active.allowed().level(), Level::Off);
    assert!(!read("").is_off_by_page());
}

#[test]
fn page_and_site_are_in_one_region_unless_they_name_different_ones() {
    let site = |region| format!(r#"{{"settings":{{"level":1}}{region}}}"#);
    for (site_region, page_region, is_one) in [
        ("", "", true),
        (r#","region":"eu""#, "", true),
        ("", r#","region":"eu""#, true),
        (r#","region":"eu""#, r#","region":"eu""#, true),
        (r#","region":"us""#, r#","region":"eu""#, false),
    ] {
        let active = read_within(&site(site_region), page_region);
        assert_eq!(active.is_in_one_region(), is_one, "{site_region} {page_region}");
    }
}
