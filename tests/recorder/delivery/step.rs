//! The steps of the browser and the collector.

use proptest::prelude::*;
use waymark::session;

#[derive(Clone, Debug)]
pub enum Step {
    /// The page records an event with this number of characters.
    Record(usize),
    Idle,
    Flush,
    Hide,
    /// The page closes, and the next page of its tab opens.
    Navigate,
    /// The page closes and is restored from the browser's page cache: before the tab's next page has closed, or after.
    Return(bool),
    /// The page ends without notice, and another page opens.
    Crash,
    /// Another tab comes to the front.
    Turn(usize),
    /// A new tab opens.
    Open,
    /// All free locks are granted.
    Locks,
    Wait(i64),
    /// The wall clock is set. Open pages keep their own time.
    SetClock(i64),
    Online,
    /// A request in flight reaches the collector and is answered.
    Deliver,
    /// A request reaches the collector, but the reply is lost.
    Swallow,
    /// A request does not arrive, or is refused.
    Fail(u16, u32),
    /// A captive portal answers the request.
    Portal,
    /// A stored entry is edited or truncated.
    Damage(usize),
    Full(bool),
}

pub fn any_step() -> impl Strategy<Value = Step> {
    let status =
        prop_oneof![4 => Just(0u16), 3 => Just(503), 1 => Just(500), 1 => Just(429), 1 => Just(413), 1 => Just(400)];
    prop_oneof![
        10 => (0..400usize).prop_map(Step::Record),
        4 => Just(Step::Idle),
        2 => Just(Step::Flush),
        1 => Just(Step::Hide),
        2 => Just(Step::Navigate),
        1 => any::<bool>().prop_map(Step::Return),
        1 => Just(Step::Crash),
        3 => (0..4usize).prop_map(Step::Turn),
        1 => Just(Step::Open),
        3 => Just(Step::Locks),
        3 => prop_oneof![0..200i64, 0..10_000i64, Just(session::IDLE_MS), Just(8 * 86_400_000i64)].prop_map(Step::Wait),
        1 => prop_oneof![Just(-31_536_000_000i64), Just(31_536_000_000)].prop_map(Step::SetClock),
        1 => Just(Step::Online),
        8 => Just(Step::Deliver),
        2 => Just(Step::Swallow),
        4 => (status, prop_oneof![Just(0u32), Just(30)]).prop_map(|(status, after)| Step::Fail(status, after)),
        1 => Just(Step::Portal),
        1 => (0..8usize).prop_map(Step::Damage),
        1 => any::<bool>().prop_map(Step::Full),
    ]
}
