//! The order in which the page's calls are made. In: calls, and what becomes of them. Out: the call to make next. Calls
//! before `init`, or while it waits, wait for its answer. A call that waits for something else is made again when that
//! may have come.

use crate::call_error::CallError;
use std::collections::VecDeque;
use std::mem::take;

/// How many calls may wait.
pub const MOST_WAITING: usize = 1_000;

/// How long a call waits for what it needs, in ms. Then it fails with [`CallError::Busy`].
pub const WAIT_MS: i64 = 12_000;

/// The calls of a page, of any type.
#[derive(Debug)]
pub struct CallQueue<C> {
    phase: Phase,
    /// Calls to make now, in order.
    ready: VecDeque<C>,
    /// Calls that wait for the answer of `init`; whether each is an `init` itself.
    before_init: Vec<(C, bool)>,
    /// Calls that wait for something else; until when, epoch ms.
    waiting: Vec<(C, i64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The page has not called `init`.
    Uninitialised,
    /// `init` is being made, or waits for the site's settings.
    Initialising,
    /// The last `init` failed.
    Failed,
    /// An `init` succeeded.
    Started,
    /// No call is made any more, and why.
    Over(CallError),
}

impl<C> Default for CallQueue<C> {
    fn default() -> Self {
        CallQueue { phase: Phase::Uninitialised, ready: VecDeque::new(), before_init: Vec::new(), waiting: Vec::new() }
    }
}

impl<C> CallQueue<C> {
    /// Whether an `init` succeeded.
    pub fn is_started(&self) -> bool {
        self.phase == Phase::Started
    }

    /// Adds a call.
    ///
    /// # Errors
    /// The call, and why it will not be made.
    pub fn add(&mut self, call: C, is_init: bool) -> Result<(), (C, CallError)> {
        match self.phase {
            Phase::Over(why) => return Err((call, why)),
            Phase::Uninitialised | Phase::Failed if is_init => {
                self.phase = Phase::Initialising;
                self.ready.push_back(call);
            }
            Phase::Failed | Phase::Started => self.ready.push_back(call),
            Phase::Uninitialised | Phase::Initialising if self.before_init.len() < MOST_WAITING => {
                self.before_init.push((call, is_init));
            }
            Phase::Uninitialised | Phase::Initialising => return Err((call, CallError::QueueFull)),
        }
        Ok(())
    }

    /// The call to make next.
    pub fn take_next(&mut self) -> Option<C> {
        self.ready.pop_front()
    }

    /// An `init` was made. If it failed, the next one is made; if there is none, the calls that waited for it fail too.
    pub fn init_made(&mut self, is_ok: bool) {
        if self.phase != Phase::Initialising {
            return;
        }
        if !is_ok && let Some(at) = self.before_init.iter().position(|(_, is_init)| *is_init) {
            self.ready.push_back(self.before_init.remove(at).0);
            return;
        }
        self.phase = if is_ok { Phase::Started } else { Phase::Failed };
        for (call, _) in take(&mut self.before_init) {
            self.ready.push_back(call);
        }
    }

    /// The call waits for something, until then at the latest, epoch ms.
    ///
    /// # Errors
    /// The call, where too many wait.
    pub fn wait(&mut self, call: C, until: i64) -> Result<(), C> {
        if self.waiting.len() >= MOST_WAITING {
            return Err(call);
        }
        self.waiting.push((call, until));
        Ok(())
    }

    /// What calls wait for may have come: they are made again, before all others.
    pub fn retry(&mut self) {
        while let Some((call, _)) = self.waiting.pop() {
            self.ready.push_front(call);
        }
    }

    /// Until when the first of the calls waits, epoch ms.
    pub fn waits_until(&self) -> Option<i64> {
        self.waiting.iter().map(|(_, until)| *until).min()
    }

    /// No call is made any more. Returns those that are left.
    pub fn end(&mut self, why: CallError) -> VecDeque<C> {
        self.phase = Phase::Over(why);
        self.retry();
        for (call, _) in take(&mut self.before_init) {
            self.ready.push_back(call);
        }
        take(&mut self.ready)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(calls: &[&'static str]) -> CallQueue<&'static str> {
        let mut queue = CallQueue::default();
        add(&mut queue, calls);
        queue
    }

    fn add(queue: &mut CallQueue<&'static str>, calls: &[&'static str]) {
        for call in calls {
            assert_eq!(queue.add(call, call.starts_with("init")), Ok(()));
        }
    }

    fn all(queue: &mut CallQueue<&'static str>) -> Vec<&'static str> {
        std::iter::from_fn(|| queue.take_next()).collect()
    }

    #[test]
    fn calls_before_init_are_made_after_it_in_order() {
        let mut queue = queue(&["a", "b", "init", "c"]);
        assert_eq!(all(&mut queue), ["init"]);
        add(&mut queue, &["d"]);
        assert_eq!(queue.take_next(), None, "it is not made yet");
        queue.init_made(true);
        assert!(queue.is_started());
        add(&mut queue, &["e"]);
        assert_eq!(all(&mut queue), ["a", "b", "c", "d", "e"]);
    }

    #[test]
    fn of_several_inits_the_first_that_succeeds_counts() {
        let mut queue = queue(&["init 1", "a", "init 2", "init 3"]);
        assert_eq!(all(&mut queue), ["init 1"]);
        queue.init_made(false);
        assert_eq!(all(&mut queue), ["init 2"]);
        queue.init_made(true);
        assert_eq!(all(&mut queue), ["a", "init 3"]);
        queue.init_made(false);
        assert!(queue.is_started(), "the third was told that it had started");
    }

    #[test]
    fn after_a_failed_init_calls_are_answered_until_there_is_another() {
        let mut queue = queue(&["init 1", "a"]);
        assert_eq!(all(&mut queue), ["init 1"]);
        queue.init_made(false);
        add(&mut queue, &["b"]);
        assert_eq!(all(&mut queue), ["a", "b"]);
        add(&mut queue, &["init 2", "c"]);
        assert_eq!(all(&mut queue), ["init 2"]);
        queue.init_made(true);
        assert_eq!(all(&mut queue), ["c"]);
    }

    #[test]
    fn so_many_calls_wait_for_init_and_init_is_always_taken() {
        let mut queue = queue(&["a"; MOST_WAITING]);
        assert_eq!(queue.add("b", false), Err(("b", CallError::QueueFull)));
        add(&mut queue, &["init"]);
        queue.init_made(true);
        assert_eq!(all(&mut queue).len(), MOST_WAITING + 1);
    }

    #[test]
    fn what_waited_is_made_again_in_order_and_before_what_came_later() {
        let mut queue = queue(&["init"]);
        assert_eq!(all(&mut queue), ["init"]);
        queue.init_made(true);
        assert_eq!(queue.waits_until(), None);
        queue.wait("a", 20).unwrap();
        queue.wait("b", 10).unwrap();
        assert_eq!(queue.waits_until(), Some(10));
        add(&mut queue, &["c"]);
        queue.retry();
        assert_eq!(all(&mut queue), ["a", "b", "c"]);
    }

    #[test]
    fn so_many_calls_wait_for_something() {
        let mut queue = queue(&[]);
        for _ in 0..MOST_WAITING {
            queue.wait("a", 1).unwrap();
        }
        assert_eq!(queue.wait("b", 1), Err("b"));
    }

    #[test]
    fn when_it_is_over_every_call_is_answered_with_why() {
        let mut queue = queue(&["init", "a"]);
        queue.wait("b", 1).unwrap();
        assert_eq!(queue.end(CallError::Stopped), ["b", "init", "a"]);
        assert_eq!(queue.add("c", false), Err(("c", CallError::Stopped)));
        assert_eq!(queue.add("init", true), Err(("init", CallError::Stopped)));
        queue.init_made(true);
        assert!(!queue.is_started());
        assert_eq!(queue.take_next(), None);
    }
}
