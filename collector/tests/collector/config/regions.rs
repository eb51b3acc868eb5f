//! Accounts and the data centre of each.

use super::reading::{load, wrong};
use crate::harness::running::*;
use waymark_collector::Region;

const SITE: &str = "[[sites]]\nkey = \"shop\"\naccount = \"3210be7ad82f403298f7c4da065ec657\"\n";

fn account(id: &str) -> String {
    format!("[[accounts]]\nid = \"{id}\"\nregion = \"eu\"\n")
}

#[test]
fn accounts_stay_in_a_region_that_is_told() {
    let shop = account(ACCOUNT);
    assert_eq!(load(SITE, &[]).unwrap().region_of(ACCOUNT), None);
    assert_eq!(load(&format!("region = \"us\"\n{SITE}"), &[]).unwrap().region_of(ACCOUNT), Some(Region::Us));
    let elsewhere = load(&format!("{shop}{SITE}"), &[("WAYMARK_REGION", "us")]).unwrap();
    assert_eq!((elsewhere.region, elsewhere.region_of(ACCOUNT)), (Some(Region::Us), Some(Region::Eu)));
    let other = account("00000000000000000000000000000000");
    for accounts in [shop.clone(), format!("{shop}{other}")] {
        let from_accounts = load(&format!("{accounts}{SITE}"), &[]).unwrap();
        assert_eq!((from_accounts.region, from_accounts.region_of(ACCOUNT)), (Some(Region::Eu), Some(Region::Eu)));
    }
    let in_both = format!("{shop}{}{SITE}", other.replace("eu", "us"));
    // Two collectors may share a file whose accounts are all in one: the other one must not take itself to be there.
    let both_endpoints = format!("[endpoints]\nus = \"https://us.a.com\"\neu = \"https://eu.a.com\"\n{shop}{SITE}");
    for both in [&in_both, &both_endpoints] {
        wrong(
            both,
            "region: must be `us` or `eu`, the data centre of this collector: the accounts and endpoints are in both",
        );
    }
    assert_eq!(load(&in_both, &[("WAYMARK_REGION", "us")]).unwrap().region, Some(Region::Us));
}

#[test]
fn an_account_has_an_id_of_its_own_and_a_region() {
    let (shop, other) = (account(ACCOUNT), account("00000000000000000000000000000000"));
    wrong(
        &format!("region = \"eu\"\n{other}{SITE}"),
        "7 sites[0].account: `3210be7ad82f403298f7c4da065ec657` is none of [[accounts]]: \
         00000000000000000000000000000000",
    );
    wrong(
        &format!("region = \"eu\"\n{shop}{shop}"),
        "6 accounts[1].id: `3210be7ad82f403298f7c4da065ec657` is also that of accounts[0]; every account needs its own",
    );
    wrong(&shop.replace("eu", "mars"), "3 accounts[0].region: must be one of us, eu");
    wrong(&shop.replace("region", "# region"), "1 accounts[0].region: is missing; it must be one of us, eu");
    wrong(&shop.replace(ACCOUNT, "a"), "2 accounts[0].id: must be 32 hex digits, and is `a`");
}
