use super::*;
use proptest::prelude::*;

const NOW: i64 = 1_795_478_622_375;

fn versioned() -> impl Strategy<Value = Versioned> {
    let value = prop::option::of((0..4u8).prop_map(|value| value.to_string()));
    (0..3u32, 0..4i64, 0..4i64, value).prop_map(|(version, at, expires, value)| Versioned {
        version,
        at,
        expires,
        value,
    })
}

fn item(json: &str) -> Result<((String, String), Versioned), &'static str> {
    serde_json::from_str::<Item>(json).unwrap().read(NOW)
}

proptest! {
    #[test]
    fn merging_is_commutative_associative_and_idempotent(
        one in versioned(), two in versioned(), three in versioned(), kind in "task|data",
    ) {
        let merged = |a: &Versioned, b: &Versioned| a.clone().merged(b.clone(), &kind);
        prop_assert_eq!(merged(&one, &one), one.clone());
        prop_assert_eq!(merged(&one, &two), merged(&two, &one));
        prop_assert_eq!(merged(&merged(&one, &two), &three), merged(&one, &merged(&two, &three)));
    }

    #[test]
    fn within_a_version_progress_never_goes_back_and_the_later_data_value_is_kept(
        values in prop::array::uniform2(0..4u8), at in 0..4i64, later in 1..4i64, expires in prop::array::uniform2(0..9i64),
    ) {
        let at = [at, at + later];
        let [one, two] = [0, 1].map(|n| {
            Versioned { version: 1, at: at[n], expires: expires[n], value: Some(values[n].to_string()) }
        });
        let expected = |at: i64, value: u8| Versioned {
            version: 1,
            at,
            expires: expires[0].max(expires[1]),
            value: Some(value.to_string()),
        };
        let further = one.clone().merged(two.clone(), "task");
        prop_assert_eq!(further, expected(at[0], values[0].max(values[1])), "what was first stays first");
        prop_assert_eq!(one.merged(two, "data"), expected(at[1], values[1]));
    }

    #[test]
    fn a_stale_entry_changes_nothing(one in versioned(), there in versioned(), kind in "task|data") {
        if one.is_stale(&there) {
            prop_assert_eq!(one.merged(there.clone(), &kind), there);
        }
    }
}

#[test]
fn only_a_removal_resets_progress_and_older_versions_are_stale() {
    let set = |version, value: &str| Versioned { version, at: 1, expires: 9, value: Some(value.to_owned()) };
    let removed = |version| Versioned { version, at: 2, expires: 9, value: None };
    assert_eq!(set(0, "2").merged(removed(0), "task"), set(0, "2"), "a removal of what was not known");
    assert_eq!(set(0, "2").merged(removed(1), "task"), removed(1));
    assert_eq!(removed(1).merged(set(0, "2"), "task"), removed(1), "a browser that was offline");
    assert_eq!(removed(1).merged(set(1, "1"), "task"), set(1, "1"), "set again");
    assert!(
        set(0, "2").is_stale(&removed(1)) && removed(1).is_stale(&set(1, "1")) && !set(1, "1").is_stale(&removed(1))
    );
}

#[test]
fn an_entry_survives_a_round_trip() {
    for (kind, name, value) in [("task", "7", "2"), ("data", "a", "null"), ("data", "a", r#"{"r":[1, "\n"]}"#)] {
        let key = (kind.to_owned(), name.to_owned());
        let kept = Versioned { version: 3, at: 5, expires: NOW + 1, value: Some(value.to_owned()) };
        let json = serde_json::to_string(&Item::new(key.clone(), kept.clone())).unwrap();
        assert_eq!(item(&json), Ok((key, kept)), "{json}");
    }
}

#[test]
fn times_of_an_accepted_entry_are_limited() {
    let kept = |json: &str| item(json).unwrap().1;
    let set = kept(
        r#"{"kind":"data","name":"a","at":9999999999999,"expires":9999999999999,"value":[1,
        2]}"#,
    );
    assert_eq!((set.version, set.at, set.expires), (0, NOW, NOW + DAYS * DAY_MS));
    assert!(!set.value.unwrap().contains('\n'), "an export has a line for each");
    let cut = kept(r#"{"kind":"data","name":"a","at":5,"expires":9999999999999,"value":"x\ud83d"}"#);
    assert_eq!(cut.value.as_deref(), Some(r#""x\ufffd""#), "many readers refuse half a character");
    assert_eq!(kept(r#"{"kind":"task","name":"7","at":-5,"expires":9999999999999,"value":-0}"#).value.unwrap(), "0");
    let removed = kept(r#"{"kind":"task","name":"7","version":1}"#);
    assert_eq!(removed, Versioned { version: 1, at: NOW, expires: NOW + DAYS * DAY_MS, value: None });
}

#[test]
fn invalid_entries_are_refused_with_a_reason() {
    let deep = format!(
        r#"{{"kind":"data","name":"a","at":1,"expires":9999999999999,"value":{}{}}}"#,
        "[".repeat(33),
        "]".repeat(33)
    );
    for (json, why) in [
        (r#"{"kind":"data","name":"a","at":1,"value":1}"#, "a value needs at and expires"),
        (r#"{"kind":"data","name":"a","at":1,"expires":1,"value":1}"#, "it has expired"),
        (r#"{"kind":"task","name":"7","at":1,"expires":9999999999999,"value":3}"#, "the value is out of range"),
        (
            r#"{"kind":"data","name":"a","at":1,"expires":9999999999999,"value":[1e999]}"#,
            "the value has a number that is too large for a double",
        ),
        (r#"{"kind":"data","name":"a b"}"#, "the name must be 1 to 64 of A-Z a-z 0-9 _ . -"),
        (r#"{"kind":"tour","name":"7"}"#, "kind must be walkthru, autoplay, goal, task, course or data"),
        (&deep, "the value nests over 32 levels deep"),
    ] {
        assert_eq!(item(json), Err(why), "{json}");
    }
}
