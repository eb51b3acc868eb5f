//! The recorder of this page and what comes to it: one thing at a time. What comes while another is worked on, because a
//! getter of the page's calls in, waits in a queue. What is to be done outside is done when nothing is borrowed.

use super::command::PageCall;
use super::contain::{contained, spawn};
use super::effect::Task;
use super::host::BrowserHost;
use super::page;
use super::signal::{self, Signal};
use crate::recorder::Reply;
use crate::{CallError, Input, Recorder};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

enum Job {
    Call(PageCall),
    Signal(Signal),
}

thread_local! {
    static RUNNING: RefCell<(Recorder, BrowserHost)> = RefCell::new((Recorder::new(), BrowserHost::new()));
    static JOBS: RefCell<VecDeque<Job>> = const { RefCell::new(VecDeque::new()) };
    /// Whether it is checked soon that the recorder still lives.
    static IS_CHECKED: Cell<bool> = const { Cell::new(false) };
}

/// Signals come here from here on.
pub fn connect() {
    signal::connect(|signal| run(Job::Signal(signal)));
}

/// Makes the call, now or after what is worked on; it is answered when it has been made.
pub fn call(call: PageCall) {
    run(Job::Call(call));
}

fn run(job: Job) {
    JOBS.with_borrow_mut(|jobs| jobs.push_back(job));
    if RUNNING.with(|running| running.try_borrow_mut().is_err()) {
        return check();
    }
    while let Some(job) = JOBS.with_borrow_mut(VecDeque::pop_front) {
        // One by one: what one of them throws takes none of the others along, and ends nothing here.
        for task in take(job) {
            contained(|| task.carry_out());
        }
    }
}

fn take(job: Job) -> Vec<Task> {
    match job {
        Job::Signal(signal) => {
            // Only calls can be wrong.
            enter(|recorder, host| drop(recorder.on(signal.input(), host))).1
        }
        Job::Call(call) => {
            let (outcome, tasks) = page::at(call.place.clone(), || enter(|recorder, host| make(&call, recorder, host)));
            call.answer(outcome);
            tasks
        }
    }
}

fn make(call: &PageCall, recorder: &mut Recorder, host: &mut BrowserHost) -> Result<Reply, CallError> {
    let Some(input) = call.input() else {
        recorder.start(&call.text, call.number(), host)?;
        host.add(Task::Watch);
        return Ok(Reply::Done);
    };
    let ends = matches!(input, Input::Stop);
    let outcome = recorder.on(input, host);
    if ends {
        host.add(Task::Unwatch);
    }
    outcome
}

/// What `visit` answers, and what is to be done when nothing is borrowed any more.
fn enter<T>(visit: impl FnOnce(&mut Recorder, &mut BrowserHost) -> T) -> (T, Vec<Task>) {
    RUNNING.with_borrow_mut(|(recorder, host)| (visit(recorder, host), host.take_tasks()))
}

/// A microtask runs when nothing is worked on. If the recorder still is, an exception has ended it in the middle: what waits
/// for it is answered.
fn check() {
    if IS_CHECKED.replace(true) {
        return;
    }
    spawn(async {
        IS_CHECKED.set(false);
        if RUNNING.with(|running| running.try_borrow_mut().is_err()) {
            for job in JOBS.take() {
                if let Job::Call(call) = job {
                    call.answer(Err(CallError::Failed));
                }
            }
        }
    });
}
