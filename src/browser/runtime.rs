//! The recorder of this page, and the queue of its jobs. One job runs at a time; a job that arrives meanwhile, because
//! a getter of the page makes a call, waits in the queue. Effects are carried out when nothing is borrowed.

use super::call::PageCall;
use super::command::Command;
use super::contain::{self, contained, spawn};
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
    /// The maximum wait of a call has ended.
    Retry,
    /// Notify the listeners of changes.
    Notify,
}

thread_local! {
    static RUNNING: RefCell<(Recorder, BrowserHost)> = RefCell::new((Recorder::new(), BrowserHost::new()));
    static JOBS: RefCell<VecDeque<Job>> = const { RefCell::new(VecDeque::new()) };
    static CALLS: RefCell<CallQueue<PageCall>> = RefCell::new(CallQueue::default());
    /// Whether a check is due that no exception has ended the recorder.
    static IS_CHECK_DUE: Cell<bool> = const { Cell::new(false) };
    /// Whether a timer is set for the calls that wait.
    static IS_RETRY_DUE: Cell<bool> = const { Cell::new(false) };
    /// Whether a notification of the listeners is due.
    static IS_NOTIFICATION_DUE: Cell<bool> = const { Cell::new(false) };
}

/// Receives the signals from now on.
pub fn connect() {
    signal::connect(|signal| run(Job::Signal(signal)));
    contain::on_escape(check);
}

/// Makes the call when the earlier jobs are done, and settles its promise.
pub fn call(mut call: PageCall) {
    if !CALLS.with_borrow(CallQueue::is_started) {
        call.moment.keep_page();
    }
    run(Job::Call(call));
}

/// Ends the recorder: settles the waiting calls with `why`, and makes no further calls.
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
            // No call waits for something that an event changes.
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
            // Only calls have errors.
            carry_out_all(enter(|recorder, host| drop(recorder.on(signal.input(), host))).1);
            retry();
        }
        Job::Retry => retry(),
        Job::Notify => return notify(),
    }
    if listeners::is_any() && !IS_NOTIFICATION_DUE.replace(true) {
        timer::after(0, || {
            IS_NOTIFICATION_DUE.set(false);
            run(Job::Notify);
        });
    }
}

/// Makes the waiting calls again, because what they wait for may have happened.
fn retry() {
    if CALLS.with_borrow(CallQueue::waits_until).is_none() {
        return;
    }
    CALLS.with_borrow_mut(CallQueue::retry);
    make_calls();
    let until = CALLS.with_borrow(CallQueue::waits_until);
    if let Some(until) = until
        && !IS_RETRY_DUE.replace(true)
    {
        timer::after((until - clock::now()).max(0) as u32, || {
            IS_RETRY_DUE.set(false);
            run(Job::Retry);
        });
    }
}

fn make_calls() {
    while let Some(call) = CALLS.with_borrow_mut(CallQueue::take_next) {
        let page = call.moment.page.clone();
        let (outcome, tasks) = page::at(page, || enter(|recorder, host| make(&call, recorder, host)));
        made(call, outcome);
        carry_out_all(tasks);
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
        Command::On { .. } | Command::Explain(_) => recorder.check_started().map(|()| Reply::Done),
        command => {
            let outcome = command.input(at).map_or(Ok(Reply::Done), |input| recorder.on(input, host));
            if matches!(command, Command::Stop) {
                host.add(Task::Unwatch);
            }
            outcome
        }
    }
}

/// Settles the call, or lets it wait.
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
    // The recorder has read the page of the call. Only `init` reads it again.
    if !matches!(call.command, Command::Init(_)) {
        call.moment.page = None;
    }
    if matches!(call.command, Command::Identify { .. }) {
        // Another user may be identified before the call is made again.
        call.command = Command::AwaitState;
    }
    if let Err(call) = CALLS.with_borrow_mut(|calls| calls.wait(call, until)) {
        call.pending.settle(Err(CallError::QueueFull.into()));
    }
}

/// Carries out the tasks one by one. An exception ends only its own task.
fn carry_out_all(tasks: Vec<Task>) {
    for task in tasks {
        contained(|| task.carry_out());
    }
}

fn notify() {
    for (listener, follower) in listeners::all() {
        let (notice, tasks) = enter(|recorder, host| recorder.follow(&mut follower.borrow_mut(), host));
        let json = notice.and_then(|notice| serde_json::to_string(&notice).ok());
        if let Some(Ok(value)) = json.map(|json| JSON::parse(&json)) {
            listeners::call(listener, &value);
        }
        carry_out_all(tasks);
    }
}

/// The result of `visit`, and the tasks to carry out when nothing is borrowed.
fn enter<T>(visit: impl FnOnce(&mut Recorder, &mut BrowserHost) -> T) -> (T, Vec<Task>) {
    RUNNING.with_borrow_mut(|(recorder, host)| (visit(recorder, host), host.take_tasks()))
}

/// A microtask runs when no job runs. If the recorder is still borrowed then, an exception has interrupted it, and
/// every call is settled with an error from now on.
fn check() {
    if IS_CHECK_DUE.replace(true) {
        return;
    }
    spawn(async {
        IS_CHECK_DUE.set(false);
        if RUNNING.with(|running| running.try_borrow_mut().is_err()) {
            abandon(CallError::Failed);
        }
    });
}

/// Ends the recorder after a failure.
pub fn abandon(why: CallError) {
    end(why);
    flushes::take().into_iter().for_each(|flush| flush.settle(Err(why.into())));
}
