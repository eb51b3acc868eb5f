//! Every outcome of the recorder's calls, provoked by calls and answers on a host in memory. The outcomes that only the
//! browser edge can produce are tested in tests/pages/outcomes.rs.

use crate::page::{Page, SETTINGS, START, envelope, host, kinds, page_settings, site, state};
use serde_json::json;
use waymark::call_error::{CallError, FlushError};
use waymark::command::{Input, Record};
use waymark::delivery::Response;
use waymark::testing::MemoryHost;
use waymark::{CallError::*, Recorder};
use waymark_wire::{Lost, Reason};

fn lost(losses: &[(Reason, u32)]) -> Lost {
    let mut lost = Lost::default();
    losses.iter().for_each(|&(reason, count)| lost.add(reason, count));
    lost
}

/// The result of `init` with these settings in that browser.
fn start(settings: &str, host: &mut MemoryHost) -> Option<CallError> {
    Recorder::new().start(&page_settings(settings), host.now, host).err()
}

fn answered(answer: Option<&str>) -> MemoryHost {
    MemoryHost { settings: answer.map(str::to_owned), ..host() }
}

impl Page {
    fn called(&mut self, call: Input<'_>) -> Option<CallError> {
        self.recorder.on(call, &mut self.host).err()
    }

    fn recorded(&mut self, kind: &str, data: &str) -> Option<CallError> {
        let at = self.host.now;
        self.called(Input::Record(Record { at, kind, data }))
    }

    fn kept(&mut self, entry: &str, value: &str) -> Option<CallError> {
        self.called(Input::State(state("set", entry, value)))
    }

    /// The result of the first flush that was settled since the last call.
    fn flush_answer(&mut self) -> Option<Result<(), FlushError>> {
        if self.host.flush_results.is_empty() { None } else { Some(self.host.flush_results.remove(0)) }
    }

    fn flush_error(&mut self) -> Option<CallError> {
        self.flush_answer()?.err().map(|answer| answer.error)
    }

    /// The collector answers every request with `status` until there are no more requests.
    fn answer_all(&mut self, status: u16) {
        while !self.host.sent_batches.is_empty() {
            self.answer(status);
        }
    }

    /// Records events until the buffer is full, and one more. Returns the error of that event.
    fn fill(&mut self) -> Option<CallError> {
        let data = json!({ "text": "x".repeat(20_000) }).to_string();
        (0..9).find_map(|_| self.recorded("large", &data))
    }
}

/// Runs a sequence of calls and answers that should end with `error`. Returns the actual error.
fn provoke(error: CallError) -> Option<CallError> {
    let page = &mut Page::open("");
    match error {
        NotStarted => Recorder::new().on(Input::Flush, &mut host()).err(),
        AlreadyStarted => page.recorder.start(&page_settings(SETTINGS), START, &mut page.host).err(),
        SiteInvalid => start("collector = '/'", &mut host()),
        CollectorInvalid => start("site = 'k'\ncollector = 'c.example'", &mut host()),
        UnknownSite => start(SETTINGS, &mut answered(Some("!404"))),
        WrongOrigin => start(SETTINGS, &mut answered(Some("!403"))),
        WrongCollector => start(SETTINGS, &mut answered(Some("!421"))),
        Busy => start(SETTINGS, &mut answered(None)),
        SettingsUnavailable => {
            let (mut recorder, mut host) = (Recorder::new(), answered(Some("!0")));
            recorder.start(&page_settings(SETTINGS), START, &mut host).unwrap();
            Page { recorder, host }.recorded("a", "{}")
        }
        Off => {
            page.on(Input::Level(0));
            page.recorded("a", "{}")
        }
        TypeInvalid => page.recorded("a\nb", "{}"),
        DataNotObject => page.recorded("a", "[]"),
        DataTooLarge => page.recorded("a", &json!({ "a": "x".repeat(40_000) }).to_string()),
        DataTooDeep => page.recorded("a", &format!("{{\"a\":{}{}}}", "[".repeat(32), "]".repeat(32))),
        NotCollected => Page::open("collect.pageViews = false").recorded("pageView", "{}"),
        ConsentBufferFull => Page::open("consent = 'wait'").fill(),
        IdentityBufferFull => Page::open("user.function = 'never'\nidentity.waitMs = 5000").fill(),
        IdPlaceholder => page.called(Input::Identify("null", "")),
        IdTooLong => page.called(Input::Identify(&"x".repeat(257), "")),
        IdControlCharacter => page.called(Input::Identify("a\nb", "")),
        StateKindInvalid => page.kept("tasks 7 365 1", "1"),
        StateNameInvalid => page.called(Input::State(state("get", "data a\nb", ""))),
        StateNameNotNumber => page.called(Input::State(state("remove", "task seven", ""))),
        StateValueInvalid => page.kept("task 7 365 1", "\"1\""),
        StateValueOutOfRange => page.kept("task 7 365 1", "3"),
        StateValueTooLarge => page.kept("data a 365 1", ""),
        StateDaysInvalid => page.kept("data a 3651 1", "1"),
        StorageFull => {
            page.host.is_storage_full = true;
            page.kept("data a 365 1", "1")
        }
        ConsentPending => {
            let mut page = Page::open("consent = 'wait'");
            page.on(Input::Flush);
            page.flush_error()
        }
        Unreachable => {
            page.on(Input::Flush);
            page.answer(503);
            page.flush_error()
        }
        EventsLost => {
            page.on(Input::Flush);
            page.answer_all(400);
            page.flush_error()
        }
        ResponseUnknown => {
            page.on(Input::Flush);
            page.on(Input::Stop);
            page.flush_error()
        }
        of_the_edge => panic!("{of_the_edge:?} is the browser edge's"),
    }
}

#[test]
fn every_outcome_of_the_recorder_can_be_provoked() {
    for error in CallError::ALL.into_iter().filter(|error| !error.is_found_by_edge()) {
        assert_eq!(provoke(error), Some(error));
    }
}

// init

#[test]
fn the_first_of_two_inits_counts_even_while_it_waits() {
    let (mut recorder, mut host) = (Recorder::new(), answered(None));
    let other = "site = 'other'\ncollector = 'https://other.example'";
    assert_eq!(recorder.start(&page_settings(SETTINGS), START, &mut host), Err(Busy));
    assert_eq!(recorder.start(&page_settings(other), START, &mut host), Err(AlreadyStarted));
    host.settings = Some(site(""));
    assert_eq!(recorder.start(&page_settings(other), START, &mut host), Err(AlreadyStarted));
    assert_eq!(recorder.start(&page_settings(SETTINGS), START, &mut host), Ok(()));
    assert_eq!(recorder.start(&page_settings(SETTINGS), START, &mut host), Err(AlreadyStarted));
    recorder.on(Input::Flush, &mut host).unwrap();
    assert_eq!(envelope(&host.sent_batches[0].1)["site"], "demo");
}

#[test]
fn init_and_later_calls_return_the_refusal_until_init_is_corrected() {
    for (answer, error) in
        [("!401", UnknownSite), ("!404", UnknownSite), ("!403", WrongOrigin), ("!421", WrongCollector)]
    {
        let mut page = Page { recorder: Recorder::new(), host: answered(None) };
        let start =
            |page: &mut Page, settings: &str| page.recorder.start(&page_settings(settings), START, &mut page.host);
        assert_eq!(start(&mut page, SETTINGS), Err(Busy));
        page.host.settings = Some(answer.to_owned());
        assert_eq!(start(&mut page, SETTINGS), Err(error), "{answer}");
        assert_eq!(page.recorded("a", "{}"), Some(error));
        assert_eq!(page.called(Input::Flush), Some(error));
        assert!(page.host.stored.is_empty() && page.host.warnings.is_empty(), "init returned the refusal");
        // Init again with the same settings, after the collector was fixed, and with other settings.
        assert_eq!(page.host.settings_refetches, 0);
        page.host.settings = None;
        assert_eq!(start(&mut page, SETTINGS), Err(Busy));
        assert_eq!(page.host.settings_refetches, 1);
        page.host.settings = Some(answer.to_owned());
        assert_eq!(start(&mut page, SETTINGS), Err(error));
        page.host.settings = Some(site(""));
        assert_eq!(start(&mut page, "site = 'right'\ncollector = '/'"), Ok(()));
        page.record("a", "{}");
        assert_eq!(kinds(&page.flushed()), ["pageView", "a"]);
    }
}

#[test]
fn with_cached_settings_a_refusal_is_returned_by_flush() {
    for (answer, error) in [("!401", UnknownSite), ("!404", UnknownSite), ("!403", WrongOrigin)] {
        let mut page = Page::open_in_with(Page::open("").host, SETTINGS);
        page.flushed();
        page.host.flush_results.clear();
        page.host.settings = Some(answer.to_owned());
        page.on(Input::Refresh);
        assert_eq!(page.host.warnings, [error.message()]);
        page.on(Input::Flush);
        assert_eq!(page.flush_error(), Some(error));
        page.record("a", "{}");
        page.on(Input::Flush);
        page.answer_all(if error == UnknownSite { 401 } else { 403 });
        assert_eq!(page.flush_answer(), Some(Err(FlushError { error, lost: lost(&[(Reason::Refused, 1)]) })));
    }
}

// record

#[test]
fn a_full_buffer_returns_its_reason_and_flush_does_not_repeat_it() {
    let mut page = Page::open("consent = 'wait'");
    assert_eq!(page.fill(), Some(ConsentBufferFull));
    page.on(Input::Consent(7));
    // The consent event had room, and every lost event was returned by its own call.
    page.flushed();
    assert_eq!(page.flush_answer(), Some(Ok(())));
}

#[test]
fn flush_returns_the_loss_of_a_view_that_no_call_recorded() {
    let mut page = Page::open("consent = 'wait'");
    while page.recorded("a", "{}").is_none() {}
    page.host.page.pathname = "/elsewhere".to_owned();
    page.on(Input::Navigated);
    page.wait(1_000);
    page.on(Input::Consent(7));
    page.flushed();
    let answer = page.flush_answer().unwrap().unwrap_err();
    // The view and the consent event.
    assert_eq!(answer, FlushError { error: EventsLost, lost: lost(&[(Reason::Held, 2)]) });
    assert_eq!(answer.message(), "events were lost; lost for good: 2 beyond a full buffer");
}

// flush

#[test]
fn a_flush_returns_rejected_events_once() {
    let mut page = Page::open("");
    page.record("a", "{}");
    page.on(Input::Flush);
    let (number, body) = page.host.sent_batches.remove(0);
    let rejected = json!([{ "index": 1, "seq": 1, "why": "no" }]);
    let reply =
        json!({ "request": envelope(&body)["request"], "stored": 1, "rejected": rejected, "upto": 2 }).to_string();
    page.on(Input::BatchResponse(number, Response { status: 200, retry_after: 0, body: &reply }));
    page.answer_all(200);
    assert_eq!(page.flush_answer(), Some(Err(FlushError { error: EventsLost, lost: lost(&[(Reason::Refused, 1)]) })));
    page.flushed();
    assert_eq!(page.flush_answer(), Some(Ok(())));
}

#[test]
fn a_flush_returns_losses_before_the_call_and_during_the_wait() {
    let mut page = Page::open("batch.events = 2");
    for _ in 0..3 {
        page.record("a", "{}");
    }
    page.answer_all(400);
    page.record("b", "{}");
    page.on(Input::Flush);
    assert_eq!(page.flush_answer(), None, "flush waits for the last reply");
    page.answer_all(400);
    let answer = page.flush_answer().unwrap().unwrap_err();
    assert_eq!(answer.lost.count(Reason::Refused), 5);
}

#[test]
fn a_flush_returns_events_dropped_for_lack_of_room() {
    let mut page = Page::open("");
    page.on(Input::Flush);
    page.answer(503);
    page.host.flush_results.clear();
    let data = json!({ "text": "x".repeat(30_000) }).to_string();
    for _ in 0..30 {
        page.record("large", &data);
    }
    page.on(Input::Flush);
    page.answer_all(200);
    let answer = page.flush_answer().unwrap().unwrap_err();
    assert!(answer.error == EventsLost && answer.lost.count(Reason::Overflow) > 0, "{answer:?}");
}

#[test]
fn a_flush_returns_events_that_a_denial_dropped_queued_or_in_flight() {
    for status in [0, 200] {
        let mut page = Page::open("");
        page.on(Input::Flush);
        page.record("a", "{}");
        page.on(Input::Consent(0));
        assert_eq!(page.flush_answer(), None, "one batch is in flight");
        let (number, body) = page.host.sent_batches.remove(0);
        let reply = json!({ "request": envelope(&body)["request"], "rejected": [], "upto": 0 }).to_string();
        page.on(Input::BatchResponse(number, Response { status, retry_after: 0, body: &reply }));
        let answer = page.flush_answer().unwrap().unwrap_err();
        assert_eq!(answer.lost, lost(&[(Reason::Withdrawn, if status == 0 { 2 } else { 1 })]));
        page.flushed();
        assert_eq!(page.flush_answer(), Some(Ok(())), "the loss was returned once");
    }
}

#[test]
fn a_flush_reports_events_left_in_storage_as_unanswered() {
    let mut page = Page::open("");
    page.record("a", "{}");
    page.on(Input::Unload);
    page.on(Input::PageRestored);
    page.on(Input::Flush);
    page.answer_all(200);
    assert_eq!(page.flush_error(), Some(ResponseUnknown));
    page.flushed();
    assert_eq!(page.flush_answer(), Some(Ok(())), "the error was returned once");
}

#[test]
fn a_flush_that_waits_while_the_page_closes_is_settled_when_the_page_returns() {
    let mut page = Page::open("");
    page.record("a", "{}");
    page.on(Input::Flush);
    page.on(Input::Unload);
    assert_eq!(page.flush_answer(), None);
    page.on(Input::PageRestored);
    assert_eq!(page.flush_error(), Some(ResponseUnknown));
    page.flushed();
    assert_eq!(page.flush_answer(), Some(Ok(())), "the next flush covers only later events");
}

#[test]
fn losses_that_an_earlier_page_returned_are_not_returned_again() {
    let mut before = Page::open("");
    before.on(Input::Flush);
    before.answer_all(400);
    before.on(Input::Unload);
    let mut page = Page::open_in(before.host, "");
    page.host.flush_results.clear();
    page.flushed();
    assert_eq!(page.flush_answer(), Some(Ok(())));
}

// state

#[test]
fn kind_and_name_are_taken_literally() {
    use waymark::command::{Change, Entry, State};
    let mut page = Page::open("");
    let change = Change { value: "1", days: 365, record: true };
    for (kind, name, error) in [
        ("data", "x 9", StateNameInvalid),
        ("data", "", StateNameInvalid),
        ("data", "x\ny", StateNameInvalid),
        ("data", " x", StateNameInvalid),
        ("data x", "9", StateKindInvalid),
        ("task\n7", "7", StateKindInvalid),
        ("", "7", StateKindInvalid),
        ("task", "7 9", StateNameNotNumber),
        ("task", "07", StateNameNotNumber),
    ] {
        let entry = Entry { kind, name };
        for call in [State::Get(entry), State::Set(entry, change), State::Remove(entry)] {
            assert_eq!(page.called(Input::State(call)), Some(error), "{kind:?} {name:?}");
        }
    }
    for days in [-1, 0, 3_651, i64::MAX] {
        let set = State::Set(Entry { kind: "data", name: "x" }, Change { days, ..change });
        assert_eq!(page.called(Input::State(set)), Some(StateDaysInvalid), "{days}");
    }
    assert!(page.host.stored.keys().all(|key| !key.starts_with("wm-state")));
}
