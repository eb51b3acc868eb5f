use super::owner::Owner;
use crate::call_error::CallError;
use crate::context::content_play::Content;
use crate::scope::Scope;
use crate::testing::{MemoryHost, scope};
use proptest::prelude::*;
use std::sync::LazyLock;
use waymark_wire::level::StorageArea;
use waymark_wire::state::DAY_MS;

static SCOPE: LazyLock<Scope> = LazyLock::new(scope);
static ANN: LazyLock<Owner<'_>> = LazyLock::new(|| Owner { scope: &SCOPE, user: "1", area: StorageArea::Local });
static BEN: LazyLock<Owner<'_>> = LazyLock::new(|| Owner { scope: &SCOPE, user: "2", area: StorageArea::Local });

fn value(owner: &Owner<'_>, kind: &str, name: &str, host: &mut MemoryHost) -> Option<String> {
    owner.get(kind, name, host).map(|entry| entry.value.get().to_owned())
}

#[test]
fn a_value_can_be_read_only_by_its_user_until_it_expires_or_is_removed() {
    let host = &mut MemoryHost::default();
    ANN.set("walkthru", "7", "3", 1, host).unwrap();
    ANN.set("data", "colour", "\"red\"", 2, host).unwrap();
    assert_eq!(value(&ANN, "walkthru", "7", host).as_deref(), Some("3"));
    assert_eq!(value(&BEN, "walkthru", "7", host), None);
    assert_eq!(
        serde_json::to_string(&ANN.all(host)).unwrap(),
        r#"[{"kind":"data","name":"colour","value":"red","at":0,"expires":172800000},{"kind":"walkthru","name":"7","value":3,"at":0,"expires":86400000}]"#
    );
    host.now = DAY_MS;
    assert_eq!(value(&ANN, "walkthru", "7", host), None);
    ANN.remove("data", "colour", host);
    assert!(ANN.all(host).is_empty());
    assert!(host.stored.is_empty(), "{:?}", host.stored);
}

#[test]
fn only_a_change_records_an_event() {
    let host = &mut MemoryHost::default();
    let mut set = |kind, name, value| ANN.set(kind, name, value, 365, host).unwrap();
    for (kind, value, verb, data) in [
        ("walkthru", "3", "step", r#"{"type":"wt","oId":7,"oActualSubObject":3}"#),
        ("autoplay", "1", "autoplay", r#"{"type":"autoplay","oId":7,"value":1}"#),
        ("goal", "1", "goal", r#"{"type":"goal","oId":7,"value":1}"#),
        ("task", "1", "play", r#"{"type":"task","oId":7,"value":1}"#),
        ("task", "2", "complete", r#"{"type":"task","oId":7,"value":2}"#),
        ("course", "40", "progress", r#"{"type":"course","oId":7,"value":40}"#),
        ("course", "100", "complete", r#"{"type":"course","oId":7,"value":100}"#),
    ] {
        let change = set(kind, "7", value).unwrap();
        assert_eq!((change.verb, change.data.get()), (verb, data));
        assert_eq!(Content::of(change.data.get()).unwrap().object, "7");
        assert!(set(kind, "7", value).is_none(), "the same again");
    }
    let saved = set("data", "colour", "{\"r\":1}").unwrap();
    assert_eq!((saved.verb, saved.data.get()), ("save", r#"{"type":"data","name":"colour","value":{"r":1}}"#));
}

#[test]
fn invalid_entries_are_refused_with_a_reason() {
    let host = &mut MemoryHost::default();
    let long = "x".repeat(65);
    let large = format!("\"{}\"", "x".repeat(1_000));
    for (kind, name, value, why) in [
        ("tour", "7", "1", CallError::StateKindInvalid),
        ("data", "a b", "1", CallError::StateNameInvalid),
        ("data", &long, "1", CallError::StateNameInvalid),
        ("data", "", "1", CallError::StateNameInvalid),
        ("data", "a", &large, CallError::StateValueTooLarge),
        ("data", "a", "", CallError::StateValueTooLarge),
        ("task", "07", "1", CallError::StateNameNotNumber),
        ("task", "seven", "1", CallError::StateNameNotNumber),
        ("task", "7", "\"1\"", CallError::StateValueInvalid),
        ("task", "7", "3", CallError::StateValueOutOfRange),
        ("course", "7", "101", CallError::StateValueOutOfRange),
        ("goal", "7", "-1", CallError::StateValueOutOfRange),
    ] {
        assert_eq!(ANN.set(kind, name, value, 365, host).unwrap_err(), why, "{kind} {name}");
    }
    assert!(host.stored.is_empty());
}

#[test]
fn the_old_value_stays_if_there_is_no_room() {
    let host = &mut MemoryHost::default();
    ANN.set("task", "7", "1", 365, host).unwrap();
    host.is_storage_full = true;
    assert_eq!(ANN.set("task", "7", "2", 365, host).unwrap_err(), CallError::StorageFull);
    assert_eq!(value(&ANN, "task", "7", host).as_deref(), Some("1"));
}

#[test]
fn an_edited_entry_is_ignored() {
    let host = &mut MemoryHost::default();
    for edited in ["", "x", "1.x.2", "1", ".."] {
        host.stored.insert("wm-state.demo.1.task.7".to_owned(), edited.to_owned());
        assert!(ANN.get("task", "7", host).is_none(), "{edited}");
    }
    assert!(ANN.all(host).is_empty());
}

proptest! {
    /// A user who logs in keeps the further progress of the anonymous and the identified user.
    #[test]
    fn a_merge_never_goes_back(
        anonymous in prop::collection::btree_map("walkthru|autoplay|goal|task|course", 0..3i64, 0..5),
        known in prop::collection::btree_map("walkthru|autoplay|goal|task|course", 0..3i64, 0..5),
        later in 0..1_000i64,
    ) {
        let host = &mut MemoryHost::default();
        for (kind, number) in &anonymous {
            ANN.set(kind, "7", &number.to_string(), 10, host).unwrap();
        }
        host.now = later;
        for (kind, number) in &known {
            BEN.set(kind, "7", &number.to_string(), 10, host).unwrap();
        }
        ANN.merge_into(&BEN, host);
        // A second merge changes nothing.
        let once = host.stored.clone();
        ANN.merge_into(&BEN, host);
        prop_assert_eq!(&once, &host.stored);
        prop_assert!(ANN.all(host).is_empty());
        for kind in ["walkthru", "autoplay", "goal", "task", "course"] {
            let merged = value(&BEN, kind, "7", host).map(|value| value.parse::<i64>().unwrap());
            prop_assert_eq!(merged, anonymous.get(kind).copied().max(known.get(kind).copied()));
            if let (Some(_), Some(entry)) = (anonymous.get(kind), BEN.get(kind, "7", host)) {
                prop_assert_eq!(entry.at, 0, "what was first stays first");
            }
        }
    }
}

#[test]
fn the_later_of_two_data_values_is_kept() {
    let host = &mut MemoryHost::default();
    ANN.set("data", "a", "1", 10, host).unwrap();
    host.now = 5;
    BEN.set("data", "a", "2", 10, host).unwrap();
    BEN.set("data", "b", "2", 10, host).unwrap();
    host.now = 9;
    ANN.set("data", "b", "3", 10, host).unwrap();
    ANN.merge_into(&BEN, host);
    assert_eq!(value(&BEN, "data", "a", host).as_deref(), Some("2"));
    assert_eq!(value(&BEN, "data", "b", host).as_deref(), Some("3"));
}
