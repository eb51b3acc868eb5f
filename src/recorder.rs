//! The recorder itself: one input in, state changed, effects asked of the host.

use crate::config::Config;
use crate::context::Context;
use crate::host::{Host, Post};
use crate::identity::Identity;
use crate::input::{Input, Record};
use crate::level::Level;
use crate::outbox::{Answer, Outbox, Outcome};
use crate::play::Plays;
use crate::queue::Queue;
use crate::session::Session;
use uuid::Uuid;
use waymark_wire::encode::Envelope;
use waymark_wire::{Lost, Reason, VERSION, limits};

/// A page view waits so long for its title: single-page routers change the address first and the title after it.
pub const TITLE_SETTLES_MS: i64 = 100;

/// A recorder at work on one page.
#[derive(Debug)]
pub struct Recorder {
    config: Config,
    /// Nothing where the level is [`Level::Off`]: no ID is made, nothing is kept, nothing is sent.
    active: Option<Active>,
}

#[derive(Debug)]
struct Active {
    tab: Uuid,
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
    /// When the page view that is not recorded yet happened.
    view: Option<i64>,
    /// The tickets of flushes that wait for answers.
    flushes: Vec<u32>,
    wake_at: Option<i64>,
}

impl Recorder {
    /// Starts on the host's page, with the page's first view.
    ///
    /// # Errors
    /// What is wrong with settings that cannot work.
    pub fn start(config: Config, host: &mut impl Host) -> Result<Self, &'static str> {
        if let Some(why) = config.refusal() {
            return Err(why);
        }
        let active = (config.level >= Level::Engagement).then(|| Active::start(&config, host));
        let mut recorder = Recorder { config, active };
        recorder.act(host, |active, config, host| {
            active.view = Some(host.now());
            active.settle_view(config, host);
            Ok(())
        })?;
        Ok(recorder)
    }

    /// Takes one input.
    ///
    /// # Errors
    /// What is wrong with a call that cannot be carried out, in words for the site's developer.
    pub fn on(&mut self, input: Input<'_>, host: &mut impl Host) -> Result<(), &'static str> {
        if self.active.is_none() {
            if let Input::Flush(ticket) = input {
                host.settle(ticket, Ok(()));
            }
            return Ok(());
        }
        self.act(host, |active, config, host| match input {
            Input::Record(event) => active.record(event, config, host),
            Input::Identify(id) => active.identify(id, config, host),
            Input::Reset => {
                active.reset(config, host);
                Ok(())
            }
            Input::Flush(ticket) => {
                active.flush(ticket, config, host);
                Ok(())
            }
            Input::Navigated => {
                active.navigated(config, host);
                Ok(())
            }
            Input::Resized => {
                active.resized = true;
                Ok(())
            }
            Input::Leaving => {
                active.leave(config, host);
                Ok(())
            }
            Input::Woken => {
                active.woken(config, host);
                Ok(())
            }
            Input::Answered(number, answer) => {
                active.answered(number, answer, config, host);
                Ok(())
            }
        })
    }

    /// Does something where the level allows anything, then says when it next must be woken.
    fn act<H: Host>(
        &mut self,
        host: &mut H,
        what: impl FnOnce(&mut Active, &Config, &mut H) -> Result<(), &'static str>,
    ) -> Result<(), &'static str> {
        let Some(active) = &mut self.active else { return Ok(()) };
        let outcome = what(active, &self.config, host);
        active.schedule(&self.config, host);
        outcome
    }
}

impl Active {
    fn start(config: &Config, host: &mut impl Host) -> Self {
        let now = host.now();
        let identity = Identity::load(host);
        let session = Session::load(now, host).unwrap_or_else(|| Session::begin(now, host));
        let page = host.page();
        let context = Context::start(config, &session, page, host);
        Active {
            tab: host.guid(),
            identity,
            session,
            context,
            plays: Plays::default(),
            queue: Queue::default(),
            outbox: Outbox::default(),
            lost: Lost::default(),
            recorded: 0,
            resized: false,
            view: None,
            flushes: Vec::new(),
            wake_at: None,
        }
    }

    fn record(&mut self, event: Record<'_>, config: &Config, host: &mut impl Host) -> Result<(), &'static str> {
        if !limits::is_type(event.kind) {
            return Err("record: type must be 1 to 64 of A-Z a-z 0-9 _ . : -");
        }
        if let Some(why) = limits::refuse_data(event.data) {
            if event.data.len() > limits::DATA_BYTES {
                self.lost.add(Reason::TooLarge, 1);
            }
            return Err(why);
        }
        self.settle_view(config, host);
        self.refresh(config, host);
        if event.content.is_empty() {
            self.interact(None);
            self.push(event.at, event.kind, event.data, config, host);
        } else {
            let play = self.plays.of(event, host);
            let data = play.complete(event.data);
            if self.context.set_interaction(Some(&play.interaction)) {
                self.queue.context_changed();
            }
            self.push(event.at, event.kind, &data, config, host);
        }
        Ok(())
    }

    fn interact(&mut self, interaction: Option<&str>) {
        if self.context.set_interaction(interaction) {
            self.queue.context_changed();
        }
    }

    /// Every event goes through here.
    fn push(&mut self, at: i64, kind: &str, data: &str, config: &Config, host: &mut impl Host) {
        if !self.session.runs(at) {
            self.session = Session::load(at, host).unwrap_or_else(|| Session::begin(at, host));
            self.context.set_session(&self.session);
            self.queue.context_changed();
        }
        self.session.touch(at);
        if self.queue.is_too_full_for(data.len()) {
            self.dispatch(config, host);
        }
        self.queue.push(host.now(), at, kind, data, self.context.shared());
        self.recorded += 1;
        if self.queue.is_full(&config.batch) {
            self.dispatch(config, host);
        }
    }

    /// Context is read when it changed or a batch begins, not per event.
    fn refresh(&mut self, config: &Config, host: &mut impl Host) {
        if self.queue.is_empty() || self.resized {
            self.look_again(host);
            self.ask_who(config, host);
        }
    }

    /// Title, viewport and time zone may have changed; the address is [`Active::navigated`]'s.
    fn look_again(&mut self, host: &mut impl Host) {
        let page = host.page();
        self.context.see(page);
        self.queue.context_changed();
        self.resized = false;
    }

    fn ask_who(&mut self, config: &Config, host: &mut impl Host) {
        self.context.set_user(self.identity.resolve(&config.user, host));
        self.queue.context_changed();
    }

    fn navigated(&mut self, config: &Config, host: &mut impl Host) {
        let page = host.page();
        if !self.context.is_elsewhere(&page) {
            return;
        }
        // The view before this one, should it still wait for its title: it has the one that it had.
        if let Some(at) = self.view.take() {
            self.record_view(at, config, host);
        }
        self.context.arrive(page, host);
        self.ask_who(config, host);
        self.view = Some(host.now());
    }

    /// Records the view that waited for its title: it has had its time, or something happens on the page.
    fn settle_view(&mut self, config: &Config, host: &mut impl Host) {
        if let Some(at) = self.view.take() {
            self.look_again(host);
            self.ask_who(config, host);
            self.record_view(at, config, host);
        }
    }

    fn record_view(&mut self, at: i64, config: &Config, host: &mut impl Host) {
        self.interact(None);
        self.push(at, "pageView", "{}", config, host);
    }

    fn identify(&mut self, id: &str, config: &Config, host: &mut impl Host) -> Result<(), &'static str> {
        self.identity.identify(id)?;
        self.settle_view(config, host);
        self.ask_who(config, host);
        Ok(())
    }

    fn reset(&mut self, config: &Config, host: &mut impl Host) {
        self.settle_view(config, host);
        self.identity.reset(host);
        self.session = Session::begin(host.now(), host);
        self.session.save(host);
        self.context.set_session(&self.session);
        self.plays = Plays::default();
        self.ask_who(config, host);
    }

    /// Closes the batch and sends what may be sent.
    fn dispatch(&mut self, config: &Config, host: &mut impl Host) {
        if let Some(encoder) = self.queue.take() {
            let seq = self.recorded - u64::from(encoder.count());
            self.outbox.put(encoder, seq, &mut self.lost);
            self.session.save(host);
        }
        self.send(false, config, host);
    }

    fn send(&mut self, leaving: bool, config: &Config, host: &mut impl Host) {
        let sent = host.now();
        while let Some(batch) = self.outbox.next(sent, leaving) {
            let body = batch.encoder.body(&Envelope {
                v: VERSION,
                site: &config.site,
                tab: self.tab,
                seq: batch.seq,
                last: self.recorded.saturating_sub(1),
                sent,
                attempt: batch.attempts,
                lost: self.lost,
            });
            host.post(Post { number: batch.number, body, leaving });
        }
    }

    fn flush(&mut self, ticket: u32, config: &Config, host: &mut impl Host) {
        self.settle_view(config, host);
        self.dispatch(config, host);
        self.flushes.push(ticket);
        if self.outbox.is_empty() {
            self.settle_flushes(Ok(()), host);
        }
    }

    fn settle_flushes(&mut self, outcome: Result<(), &'static str>, host: &mut impl Host) {
        for ticket in self.flushes.drain(..) {
            host.settle(ticket, outcome);
        }
    }

    fn leave(&mut self, config: &Config, host: &mut impl Host) {
        self.settle_view(config, host);
        self.dispatch(config, host);
        self.send(true, config, host);
    }

    fn woken(&mut self, config: &Config, host: &mut impl Host) {
        let now = host.now();
        self.wake_at = None;
        if self.view.is_some_and(|at| now >= at + TITLE_SETTLES_MS) {
            self.settle_view(config, host);
        }
        if self.queue.due_at(&config.batch).is_some_and(|at| now >= at) {
            self.dispatch(config, host);
        } else {
            self.send(false, config, host);
        }
    }

    fn answered(&mut self, number: u32, answer: Answer, config: &Config, host: &mut impl Host) {
        let (_, random) = host.guid().as_u64_pair();
        let outcome = self.outbox.answered(number, answer, host.now(), random as u32, &mut self.lost);
        match outcome {
            Outcome::Delivered => {}
            Outcome::Postponed => self.settle_flushes(Err("the collector cannot be reached; it is tried again"), host),
            Outcome::Refused => {
                host.report(match answer.status {
                    401 => "the collector does not know this site key: check 'site' in init",
                    403 => "the collector does not take events from this origin: add it to the site's origins",
                    _ => "the collector refused a batch of events for good",
                });
                self.settle_flushes(Err("the collector refused the events"), host);
            }
        }
        self.send(false, config, host);
        if self.outbox.is_empty() {
            self.settle_flushes(Ok(()), host);
        }
    }

    fn schedule(&mut self, config: &Config, host: &mut impl Host) {
        let view = self.view.map(|at| at + TITLE_SETTLES_MS);
        let next = [view, self.queue.due_at(&config.batch), self.outbox.due_at()].into_iter().flatten().min();
        if next != self.wake_at {
            self.wake_at = next;
            host.wake_at(next);
        }
    }
}
