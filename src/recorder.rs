//! The recorder itself: one input in, state changed, effects asked of the host.

use crate::config::Config;
use crate::context::Context;
use crate::host::{Host, NEVER, guid};
use crate::identity::Identity;
use crate::input::{Input, Record};
use crate::level::Level;
use crate::outbox::{Answer, Outbox, Outcome};
use crate::play::Plays;
use crate::queue::Queue;
use crate::session::{KEPT_MS, Session};
use waymark_wire::encode::Envelope;
use waymark_wire::{Lost, Reason, limits};

/// A page view waits so long for its title: single-page applications change the address first and the title after it,
/// or set the title when they have started.
pub const TITLE_SETTLES_MS: i64 = 100;

/// A recorder: made with nothing in it, started once. It lives where it is made, so that nothing is ever moved.
#[derive(Debug)]
pub struct Recorder {
    state: State,
    config: Config,
    tab: String,
    identity: Identity,
    session: Session,
    context: Context,
    plays: Plays,
    queue: Queue,
    outbox: Outbox,
    lost: Lost,
    /// How many events were put into the queue so far: the next one's number.
    recorded: u64,
    /// Whether the viewport changed since it was looked at.
    resized: bool,
    /// When the page view that is not recorded yet happened, else [`NEVER`].
    view: i64,
    /// Whether a flush waits for answers.
    flushing: bool,
    wake_at: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    New,
    /// The level is [`Level::Off`]: no ID is made, nothing is kept, nothing is sent.
    Off,
    On,
}

type Call = Result<(), &'static str>;

impl Recorder {
    /// A recorder that has not started.
    pub const fn new() -> Self {
        Recorder {
            state: State::New,
            config: Config::new(),
            tab: String::new(),
            identity: Identity::new(),
            session: Session::new(),
            context: Context::new(),
            plays: Plays::new(),
            queue: Queue::new(),
            outbox: Outbox::new(),
            lost: Lost::NONE,
            recorded: 0,
            resized: false,
            view: NEVER,
            flushing: false,
            wake_at: NEVER,
        }
    }

    /// Starts on the host's page with the page's settings, a line each. The page's first view is as of `at`, when the
    /// page asked for it.
    ///
    /// # Errors
    /// Which setting is wrong and why, in words for the site's developer; the recorder can then be started again.
    pub fn start(&mut self, settings: &str, at: i64, host: &mut impl Host) -> Result<(), String> {
        if self.state != State::New {
            return Err("was called before: the first settings stay in force".to_owned());
        }
        self.config = Config::new();
        self.config.read(settings)?;
        self.state = if self.config.level == Level::Off { State::Off } else { State::On };
        if self.state == State::On {
            let now = host.now();
            self.tab = guid(host);
            self.identity.load(host);
            self.session.resume(now, host);
            self.context.start(&self.config, host);
            self.context.set_session(&self.session);
            self.context.arrive(host.page(), host);
            self.ask_who(host);
            self.view = at;
            self.schedule(host);
        }
        Ok(())
    }

    /// Where the collector is; nowhere while nothing may be collected.
    pub fn collector(&self) -> Option<&str> {
        (self.state == State::On).then_some(self.config.collector.as_str())
    }

    /// Takes one input.
    ///
    /// # Errors
    /// What is wrong with a call that cannot be carried out, in words for the site's developer.
    pub fn on(&mut self, input: Input<'_>, host: &mut impl Host) -> Call {
        if self.state != State::On {
            if matches!(input, Input::Flush) {
                host.settle(None);
            }
            return if self.state == State::Off { Ok(()) } else { Err("call init first") };
        }
        let outcome = match input {
            Input::Record(event) => self.record(event, host),
            Input::Identify(id) => self.identify(id, host),
            Input::Reset => self.reset(host),
            Input::Flush => self.flush(host),
            Input::Navigated => self.navigated(host),
            Input::Resized => self.resized(),
            Input::Leaving => self.leave(host),
            Input::Woken => self.woken(host),
            Input::Answered(number, answer) => self.answered(number, answer, host),
        };
        self.schedule(host);
        outcome
    }

    fn record(&mut self, event: Record<'_>, host: &mut impl Host) -> Call {
        if !limits::is_type(event.kind) {
            return Err("type must be 1 to 64 of A-Z a-z 0-9 _ . : -");
        }
        if let Some(why) = limits::refuse_data(event.data) {
            if event.data.len() > limits::DATA_BYTES {
                self.lost.add(Reason::TooLarge, 1);
            }
            return Err(why);
        }
        self.settle_view(host);
        // Context is read when it changed or a batch begins, not per event.
        if self.queue.is_empty() || self.resized {
            self.look_again(host);
        }
        let play = if event.content.is_empty() { None } else { self.plays.of(event, host) };
        self.context.set_interaction(play.map_or("", |play| &play.interaction));
        let completed = play.map(|play| play.complete(event.data));
        self.push(event.at, event.kind, completed.as_deref().unwrap_or(event.data), host);
        Ok(())
    }

    /// Every event goes through here.
    #[inline(never)]
    fn push(&mut self, at: i64, kind: &str, data: &str, host: &mut impl Host) {
        if !self.session.runs(at) {
            self.session.resume(at, host);
            self.context.set_session(&self.session);
        }
        self.session.touch(at);
        if self.queue.is_too_full_for(data.len()) {
            self.dispatch(host);
        }
        if let Some(shared) = self.context.change() {
            self.queue.share(shared);
        }
        self.queue.push(host.now(), at, kind, data);
        self.recorded += 1;
        if self.queue.is_full(&self.config.batch) {
            self.dispatch(host);
        }
    }

    /// Title, viewport, time zone and user may have changed; the address is [`Recorder::navigated`]'s.
    #[inline(never)]
    fn look_again(&mut self, host: &mut impl Host) {
        let page = host.page();
        self.context.see(page);
        self.resized = false;
        self.ask_who(host);
    }

    #[inline(never)]
    fn ask_who(&mut self, host: &mut impl Host) {
        self.context.set_user(self.identity.resolve(&self.config, host));
    }

    fn resized(&mut self) -> Call {
        self.resized = true;
        Ok(())
    }

    fn navigated(&mut self, host: &mut impl Host) -> Call {
        let page = host.page();
        if self.context.is_elsewhere(&page) {
            // A view that still waits for its title has the one that it had.
            self.record_view(host);
            self.context.arrive(page, host);
            self.ask_who(host);
            self.view = host.now();
        }
        Ok(())
    }

    /// Records the view that waited for its title: it has had its time, or something happens on the page.
    #[inline(never)]
    fn settle_view(&mut self, host: &mut impl Host) {
        if self.view != NEVER {
            self.look_again(host);
            self.record_view(host);
        }
    }

    #[inline(never)]
    fn record_view(&mut self, host: &mut impl Host) {
        let at = std::mem::replace(&mut self.view, NEVER);
        if at != NEVER {
            self.context.set_interaction("");
            self.push(at, "pageView", "{}", host);
        }
    }

    fn identify(&mut self, id: &str, host: &mut impl Host) -> Call {
        self.settle_view(host);
        self.identity.identify(id)?;
        self.ask_who(host);
        Ok(())
    }

    fn reset(&mut self, host: &mut impl Host) -> Call {
        self.settle_view(host);
        self.identity.reset(host);
        self.session.begin(host.now(), host);
        self.session.keep(1, host);
        self.context.set_session(&self.session);
        self.plays.clear();
        self.ask_who(host);
        Ok(())
    }

    /// Closes the batch and sends what may be sent.
    #[inline(never)]
    fn dispatch(&mut self, host: &mut impl Host) {
        if !self.queue.is_empty() {
            let (sealed, events) = self.queue.take();
            self.outbox.put(sealed, events, self.recorded - u64::from(events), &mut self.lost);
            self.session.keep(KEPT_MS, host);
            self.context.tell_again();
        }
        self.send(false, host);
    }

    #[inline(never)]
    fn send(&mut self, leaving: bool, host: &mut impl Host) {
        let sent = host.now();
        while let Some(batch) = self.outbox.next(sent, leaving) {
            let envelope = Envelope {
                site: &self.config.site,
                tab: &self.tab,
                seq: batch.seq,
                last: self.recorded.saturating_sub(1),
                sent,
                attempt: batch.attempts,
                lost: self.lost,
            };
            let body = envelope.body(&batch.sealed);
            host.post(batch.number, body);
        }
    }

    fn flush(&mut self, host: &mut impl Host) -> Call {
        self.settle_view(host);
        self.outbox.try_now();
        self.dispatch(host);
        self.flushing = true;
        self.settle_delivered(host);
        Ok(())
    }

    fn settle_delivered(&mut self, host: &mut impl Host) {
        if self.outbox.is_empty() {
            self.settle_flushes(None, host);
        }
    }

    fn settle_flushes(&mut self, trouble: Option<&'static str>, host: &mut impl Host) {
        if std::mem::take(&mut self.flushing) {
            host.settle(trouble);
        }
    }

    fn leave(&mut self, host: &mut impl Host) -> Call {
        self.settle_view(host);
        self.dispatch(host);
        self.session.keep(1, host);
        self.send(true, host);
        Ok(())
    }

    fn woken(&mut self, host: &mut impl Host) -> Call {
        let now = host.now();
        self.wake_at = NEVER;
        if now >= self.view_due_at() {
            self.settle_view(host);
        }
        if now >= self.queue.due_at(&self.config.batch) {
            self.dispatch(host);
        }
        self.send(false, host);
        Ok(())
    }

    fn answered(&mut self, number: u32, answer: Answer, host: &mut impl Host) -> Call {
        let (_, random) = host.guid().as_u64_pair();
        match self.outbox.answered(number, answer, host.now(), random as u32, &mut self.lost) {
            Outcome::Delivered => {}
            Outcome::Postponed => {
                self.settle_flushes(Some("the collector cannot be reached; the events are sent later"), host);
            }
            Outcome::Refused => {
                host.report(match answer.status {
                    401 => "the collector does not know this site key: check 'site' in init",
                    403 => "the collector takes no events from this origin: add it to the site's origins",
                    _ => "the collector refused a batch of events for good",
                });
                self.settle_flushes(Some("the collector refused the events"), host);
            }
        }
        self.send(false, host);
        self.settle_delivered(host);
        Ok(())
    }

    fn view_due_at(&self) -> i64 {
        self.view.saturating_add(TITLE_SETTLES_MS)
    }

    #[inline(never)]
    fn schedule(&mut self, host: &mut impl Host) {
        let next = self.view_due_at().min(self.queue.due_at(&self.config.batch)).min(self.outbox.due_at());
        if next != self.wake_at {
            self.wake_at = next;
            host.wake_at(next);
        }
    }
}
