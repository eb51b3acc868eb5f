//! The recorder of this page and what comes to it: one thing at a time. What comes while another is worked on, because
//! a getter of the page's calls in, waits its turn. What is to be done outside is done when nothing is borrowed.

use super::call::PageCall;
use super::command::Command;
use super::contain::{contained, spawn};
use super::effect::Task;
use super::host::BrowserHost;
use super::signal::{self, Signal};
use super::{answer, clock, flushes, listeners, page, page_function, timer};
use crate::call_queue::{CallQueue, WAIT_MS};
use crate::recorder::Reply;
use crate::{CallError, Recorder};
use js_sys::JSON;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

enum Job {
    Call(PageCall),
    Signal(Signal),
    /// Calls have waited long enough.
    Retry,
    /// Listeners are told what has changed.
    Tell,
}

thread_local! {
    static RUNNING: RefCell<(Recorder, BrowserHost)> = RefCell::new((Recorder::new(), BrowserHost::new()));
    static JOBS: RefCell<VecDeque<Job>> = const { RefCell::new(VecDeque::new()) };
    static CALLS: RefCell<CallQueue<PageCall>> = RefCell::new(CallQueue::default());
    /// Whether it is checked soon that the recorder still lives.
    static IS_CHECKED: Cell<bool> = const { Cell::new(false) };
    /// Whether calls that wait are made again in time.
    static IS_TIMED: Cell<bool> = const { Cell::new(false) };
    /// Whether listeners are told soon.
    static IS_TOLD: Cell<bool> = const { Cell::new(false) };
}

/// Signals come here from here on.
pub fn connect() {
    signal::connect(|signal| run(Job::Signal(signal)));
}

/// Makes the call when its turn comes; then it is answered.
pub fn call(mut call: PageCall) {
    if !CALLS.with_borrow(CallQueue::is_started) {
        call.moment.stay();
    }
    run(Job::Call(call));
}

/// No call is made any more: those that wait are answered with why.
pub fn end(why: CallError) {
    let mut left = CALLS.with_borrow_mut(|calls| calls.end(why));
    for job in JOBS.take() {
        if let Job::Call(call) = job {
            left.push_back(call);
        }
    }
    listeners::clear();
    while let Some(call) = left.pop_front() {
        call.pending.settle(Err(why.into()));
    }
}

fn run(job: Job) {
    JOBS.with_borrow_mut(|jobs| jobs.push_back(job));
    if RUNNING.with(|running| running.try_borrow_mut().is_err()) {
        return check();
    }
    while let Some(job) = JOBS.with_borrow_mut(VecDeque::pop_front) {
        carry_out(job);
    }
}

fn carry_out(job: Job) {
    match job {
        Job::Call(call) => {
            // An event changes nothing that a call waits for.
            let is_event = matches!(call.command, Command::Record { .. });
            if !is_event {
                retry();
            }
            let is_init = matches!(call.command, Command::Init(_));
            match CALLS.with_borrow_mut(|calls| calls.add(call, is_init)) {
                Ok(()) => make_calls(),
                Err((call, error)) => call.pending.settle(Err(error.into())),
            }
            if !is_event {
                retry();
            }
        }
        Job::Signal(signal) => {
            // Only calls can be wrong.
            do_all(enter(|recorder, host| drop(recorder.on(signal.input(), host))).1);
            retry();
        }
        Job::Retry => retry(),
        Job::Tell => return tell(),
    }
    if listeners::is_any() && !IS_TOLD.replace(true) {
        timer::after(0, || {
            IS_TOLD.set(false);
            run(Job::Tell);
        });
    }
}

/// What calls wait for may have come.
fn retry() {
    if CALLS.with_borrow(CallQueue::waits_until).is_none() {
        return;
    }
    CALLS.with_borrow_mut(CallQueue::retry);
    make_calls();
    let until = CALLS.with_borrow(CallQueue::waits_until);
    if let Some(until) = until
        && !IS_TIMED.replace(true)
    {
        timer::after((until - clock::now()).max(0) as u32, || {
            IS_TIMED.set(false);
            run(Job::Retry);
        });
    }
}

fn make_calls() {
    while let Some(call) = CALLS.with_borrow_mut(CallQueue::take_next) {
        let place = call.moment.place.clone();
        let (outcome, tasks) = page::at(place, || enter(|recorder, host| make(&call, recorder, host)));
        made(call, outcome);
        do_all(tasks);
    }
}

fn make(call: &PageCall, recorder: &mut Recorder, host: &mut BrowserHost) -> Result<Reply, CallError> {
    let at = call.moment.at;
    match &call.command {
        Command::Init(settings) => {
            recorder.start(settings, at, host)?;
            host.add(Task::Watch);
            Ok(Reply::Done)
        }
        Command::On { .. } => recorder.check_started().map(|()| Reply::Done),
        command => {
            let outcome = command.input(at).map_or(Ok(Reply::Done), |input| recorder.on(input, host));
            if matches!(command, Command::Stop) {
                host.add(Task::Unwatch);
            }
            outcome
        }
    }
}

/// Answers the call, or lets it wait.
fn made(mut call: PageCall, outcome: Result<Reply, CallError>) {
    if matches!(outcome, Err(CallError::Busy)) {
        let now = clock::now();
        let until = *call.until.get_or_insert(now + WAIT_MS);
        if now < until {
            return wait(call, until);
        }
    }
    if matches!(call.command, Command::Init(_)) {
        CALLS.with_borrow_mut(|calls| calls.init_made(outcome.is_ok()));
    }
    let is_stopped = matches!(call.command, Command::Stop);
    answer::answer(call, outcome);
    if is_stopped {
        end(CallError::Stopped);
        page_function::remove();
    }
}

fn wait(mut call: PageCall, until: i64) {
    // The recorder has been told where the page was; only `init` is told again.
    if !matches!(call.command, Command::Init(_)) {
        call.moment.place = None;
    }
    if matches!(call.command, Command::Identify { .. }) {
        // By then another user may have been identified.
        call.command = Command::AwaitState;
    }
    if let Err(call) = CALLS.with_borrow_mut(|calls| calls.wait(call, until)) {
        call.pending.settle(Err(CallError::QueueFull.into()));
    }
}

/// One by one: what one of them throws takes none of the others along, and ends nothing here.
fn do_all(tasks: Vec<Task>) {
    for task in tasks {
        contained(|| task.carry_out());
    }
}

fn tell() {
    for (listener, follower) in listeners::all() {
        let (news, tasks) = enter(|recorder, host| recorder.follow(&mut follower.borrow_mut(), host));
        let json = news.and_then(|news| serde_json::to_string(&news).ok());
        if let Some(Ok(value)) = json.map(|json| JSON::parse(&json)) {
            listeners::call(listener, &value);
        }
        do_all(tasks);
    }
}

/// What `visit` answers, and what is to be done when nothing is borrowed any more.
fn enter<T>(visit: impl FnOnce(&mut Recorder, &mut BrowserHost) -> T) -> (T, Vec<Task>) {
    RUNNING.with_borrow_mut(|(recorder, host)| (visit(recorder, host), host.take_tasks()))
}

/// A microtask runs when nothing is worked on. If the recorder still is, an exception has ended it in the middle: every
/// call is answered from here on.
fn check() {
    if IS_CHECKED.replace(true) {
        return;
    }
    spawn(async {
        IS_CHECKED.set(false);
        if RUNNING.with(|running| running.try_borrow_mut().is_err()) {
            abandon(CallError::Failed);
        }
    });
}

/// Nothing works any more.
pub fn abandon(why: CallError) {
    end(why);
    flushes::take().into_iter().for_each(|flush| flush.settle(Err(why.into())));
}
