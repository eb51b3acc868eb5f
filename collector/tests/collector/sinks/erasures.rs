//! Notices of erasures: a sink hears of each, and the notice names nobody.

use super::{append, event};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use waymark_collector::sinks::{ErasureForwarder, ErasureSink, MemorySink, Progress, SinkCounts, SinkError};
use waymark_collector::store::{
    ErasureNotice, ErasureScope, ErasureSource, Expiry, Memory, Sqlite, Store, Subject, UserHash,
};

/// Runs `test` over both stores.
fn over_both(test: impl Fn(Arc<dyn Store>)) {
    test(Arc::new(Memory::default()));
    let dir = tempfile::tempdir().unwrap();
    test(Arc::new(Sqlite::open(&dir.path().join("events.db")).unwrap()));
}

fn everywhere(id: &str) -> Subject {
    Subject { id: id.to_owned(), site: None }
}

/// What a notice says, without its number.
fn told(notice: &ErasureNotice) -> (Option<&str>, UserHash, ErasureScope, i64, ErasureSource) {
    (notice.site.as_deref(), notice.user, notice.scope, notice.time, notice.source)
}

#[test]
fn each_erasure_of_a_user_is_told_and_what_retention_erases_is_not() {
    over_both(|store| {
        let (eve, adam) = (UserHash::of("eve"), UserHash::of("adam"));
        store.forget("demo", "eve", 1).unwrap();
        assert!(store.notices("kafka", 10).unwrap().is_empty(), "nobody wants them yet");

        store.keep_notices("kafka").unwrap();
        store.keep_notices("kafka").unwrap();
        append(&*store, vec![event(1, "demo", "eve", "play")]);
        assert_eq!(store.forget("demo", "eve", 2).unwrap(), 1);
        // Nothing is stored of this user any more, but the sink may have something.
        assert_eq!(store.forget("shop", "eve", 3).unwrap(), 0);
        store.erase(&everywhere("adam"), ErasureSource::Api, 4).unwrap();
        append(&*store, vec![event(2, "demo", "eve", "play")]);
        let expiry = Expiry { before: [("demo".to_owned(), 10)].into(), time: 5 };
        store.expire(&expiry, 0, 10).unwrap();

        let notices = store.notices("kafka", 10).unwrap();
        let browser = (ErasureScope::Anonymous, ErasureSource::Browser);
        let expected = [
            (Some("demo"), eve, browser.0, 2, browser.1),
            (Some("shop"), eve, browser.0, 3, browser.1),
            (None, adam, ErasureScope::All, 4, ErasureSource::Api),
        ];
        assert_eq!(notices.iter().map(told).collect::<Vec<_>>(), expected);
        assert!(store.notices("other", 10).unwrap().is_empty());
        assert_eq!(store.count_notices("kafka").unwrap(), 3);
    });
}

#[test]
fn a_later_erasure_of_the_same_user_replaces_the_earlier_one_and_is_told_again() {
    over_both(|store| {
        store.keep_notices("kafka").unwrap();
        for time in [1, 2] {
            store.forget("demo", "eve", time).unwrap();
            store.erase(&everywhere("eve"), ErasureSource::Cli, time).unwrap();
        }
        let notices = store.notices("kafka", 10).unwrap();
        assert_eq!(notices.iter().map(|notice| notice.time).collect::<Vec<_>>(), [2, 2]);
        // While the sink is told of these, another one comes.
        store.forget("demo", "eve", 3).unwrap();
        store.remove_notices("kafka", notices[1].number).unwrap();
        let left = store.notices("kafka", 10).unwrap();
        assert_eq!(left.iter().map(|notice| notice.time).collect::<Vec<_>>(), [3]);
    });
}

#[test]
fn the_ids_that_were_linked_to_a_user_are_told_too() {
    over_both(|store| {
        store.keep_notices("kafka").unwrap();
        let mut identify = event(1, "demo", "", "identify");
        identify.who.anonymous = None;
        identify.who.known = Some("adam".to_owned());
        identify.who.linked = Some("eve".to_owned());
        append(&*store, vec![identify]);
        store.erase(&everywhere("adam"), ErasureSource::Api, 1).unwrap();
        let users: Vec<_> = store.notices("kafka", 10).unwrap().iter().map(|notice| notice.user).collect();
        assert_eq!(users, [UserHash::of("adam"), UserHash::of("eve")]);
    });
}

/// Takes notices, or is down.
#[derive(Clone)]
struct Failing(MemorySink, Arc<AtomicBool>);

impl ErasureSink for Failing {
    fn name(&self) -> &str {
        "failing"
    }

    async fn publish_erasures(&self, notices: &[ErasureNotice]) -> Result<(), SinkError> {
        match self.1.load(Ordering::Relaxed) {
            true => Err(SinkError::Retryable("down".to_owned())),
            false => self.0.publish_erasures(notices).await,
        }
    }
}

#[tokio::test]
async fn what_a_sink_did_not_take_waits_through_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("events.db");
    let sink = Failing(MemorySink::new("failing"), Arc::default());
    let counts = Arc::<SinkCounts>::default();
    let open = || {
        let store = Arc::new(Sqlite::open(&file).unwrap());
        (store.clone(), ErasureForwarder::new(store, sink.clone(), counts.clone()).unwrap())
    };
    let (store, mut forwarder) = open();
    assert_eq!(forwarder.step().await.unwrap(), Progress::Idle);
    sink.1.store(true, Ordering::Relaxed);
    let store: Arc<dyn Store> = store;
    for number in 0..1_200 {
        store.forget("demo", &format!("user {number}"), number).unwrap();
    }
    assert_eq!(forwarder.step().await.unwrap(), Progress::Stalled);
    drop((store, forwarder));

    let (_, mut forwarder) = open();
    assert_eq!(forwarder.step().await.unwrap(), Progress::Stalled);
    sink.1.store(false, Ordering::Relaxed);
    while forwarder.step().await.unwrap() != Progress::Idle {}
    let times: Vec<_> = sink.0.erasures().iter().map(|notice| notice.time).collect();
    assert_eq!(times, (0..1_200).collect::<Vec<_>>());
    assert_eq!(counts.erasures.load(Ordering::Relaxed), 1_200);
}
