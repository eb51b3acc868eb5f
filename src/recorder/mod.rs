//! The recorder itself: one input in, state changed, effects asked of the host. Beside this file: `view` keeps up with the
//! page, `hold` finds out who and in which session before anything leaves, `leave` applies what may be collected, `remember`
//! keeps the user's state, `share` shares it with the user's other browsers, `site` applies what the site's owner set,
//! `deliver` sends, `keep` keeps what is not delivered yet, `inspect` shows all of it.

mod deliver;
mod hold;
mod inspect;
mod keep;
mod leave;
mod remember;
mod share;
mod site;
mod view;

use crate::call_error::CallError;
use crate::config::Config;
use crate::consent::{Consent, Leave, Mode};
use crate::context::Context;
use crate::host::{Host, NEVER, Purge};
use crate::identity::{Identity, Who};
use crate::input::{Input, Record};
use crate::outbox::Outbox;
use crate::play::Plays;
use crate::queue::{Limits, Queue};
use crate::scope::Scope;
use crate::session::Session;
use crate::tab::Tab;
use hold::Hold;
use share::Share;
pub use share::{SHARE_AGAIN_MS, SHARE_MS, SHARE_WAIT_MS};
pub use site::SETTINGS_WAIT_MS;
pub use view::TITLE_SETTLES_MS;
use waymark_wire::level::Key;
use waymark_wire::{Lost, Reason, limits};

/// A recorder: made with nothing in it, started once. It lives where it is made, so that nothing is ever moved.
#[derive(Debug)]
pub struct Recorder {
    started: bool,
    /// The settings of the `init` that waits for the site's settings, else empty.
    awaited: String,
    /// Why the collector takes nothing from this page, as it answered last.
    refusal: Option<CallError>,
    config: Config,
    /// Whose is what it keeps.
    scope: Scope,
    /// What the collector told of the site that is not kept yet, as it is kept.
    told: String,
    /// When the collector was first asked for the site's settings, else [`NEVER`].
    asked_at: i64,
    /// Whether the collector is not the one that the site's data goes to: nothing is sent.
    is_astray: bool,
    limits: Limits,
    /// The query parameters that the site keeps, for [`Host::page`].
    query: String,
    consent: Consent,
    leave: Leave,
    hold: Hold,
    /// When the hold ends whatever happens.
    hold_until: i64,
    tab: Tab,
    identity: Identity,
    who: Who,
    /// Whom the collector may be asked to forget when nothing here knows them any more.
    erasable: String,
    session: Session,
    context: Context,
    plays: Plays,
    share: Share,
    queue: Queue,
    outbox: Outbox,
    lost: Lost,
    /// What of it was declared.
    declared: Lost,
    /// What was lost that no call of the page has answered for.
    unreported: Lost,
    /// Whether events went on with the browser when the page was left, and no flush has said so.
    is_handed_over: bool,
    /// Whether nothing happened since what was not acknowledged was kept in the browser,
    is_kept: bool,
    /// or will be when the page is idle.
    is_asked_to_keep: bool,
    /// Whether it has asked to be the one that sends what it keeps.
    is_owner: bool,
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

/// What a call answers: the text of a JSON value, empty where there is nothing to tell; or why it was not carried out.
pub type Call = Result<String, CallError>;

const DONE: Call = Ok(String::new());

impl Recorder {
    /// A recorder that has not started.
    pub fn new() -> Self {
        Recorder {
            started: false,
            awaited: String::new(),
            refusal: None,
            config: Config::default(),
            scope: Scope::new(),
            told: String::new(),
            asked_at: NEVER,
            is_astray: false,
            limits: Limits::DEFAULT,
            query: String::new(),
            consent: Consent::new(),
            leave: Leave::NONE,
            hold: Hold::No,
            hold_until: NEVER,
            tab: Tab::new(),
            identity: Identity::new(),
            who: Who { id: String::new(), is_known: false },
            erasable: String::new(),
            session: Session::new(),
            context: Context::new(),
            plays: Plays::new(),
            share: Share::new(),
            queue: Queue::new(),
            outbox: Outbox::new(),
            lost: Lost::NONE,
            declared: Lost::NONE,
            unreported: Lost::NONE,
            is_handed_over: false,
            is_kept: true,
            is_asked_to_keep: false,
            is_owner: false,
            recorded: 0,
            resized: false,
            view: NEVER,
            flushing: false,
            wake_at: NEVER,
        }
    }

    /// Starts on the host's page with the page's settings, the JSON of an object. The page's first view is as of `at`, when the
    /// page asked for it. Settings that are wrong are told to the site's developer one by one; the rest hold.
    ///
    /// # Errors
    /// Why it has not started; it can then be started again, with other settings. [`CallError::Busy`] where it must be,
    /// with the same: the site's settings are not known yet.
    pub fn start(&mut self, settings: &str, at: i64, host: &mut impl Host) -> Result<(), CallError> {
        let is_second = !self.awaited.is_empty() && self.awaited != settings;
        if self.started || is_second {
            return Err(CallError::AlreadyStarted);
        }
        self.config = Config::default();
        let read = self.config.read(settings);
        self.config.problems.iter().for_each(|problem| host.report(&problem.message()));
        read?;
        self.scope = Scope::of(self.config.site(), self.config.collector());
        // Before anything is known, nothing but what the user agreed to and what the site's owner set is read.
        host.permit(&self.scope.site, &[Key::CONSENT, Key::SETTINGS], Purge::Nothing);
        // A collector that has refused is asked again: somebody may have mended it.
        let again = self.refusal.take().is_some();
        if !self.learn(again, host) {
            settings.clone_into(&mut self.awaited);
            return Err(CallError::Busy);
        }
        self.awaited.clear();
        if let (Some(refusal), false) = (self.refusal, self.config.has_site()) {
            return Err(refusal);
        }
        self.started = true;
        self.apply_settings(at, host)?;
        self.schedule(host);
        Ok(())
    }

    /// Takes one input.
    ///
    /// # Errors
    /// Why the call was not carried out.
    pub fn on(&mut self, input: Input<'_>, host: &mut impl Host) -> Call {
        if !self.started {
            return Err(self.refusal.unwrap_or(CallError::NotStarted));
        }
        let is_off = self.leave.mode == Mode::Off;
        let outcome = match input {
            Input::Consent(granted) => self.consented(granted, host),
            Input::Level(level) => {
                self.consent.page = level;
                self.reconsider(host.now(), host)
            }
            Input::Experience(started) => {
                self.consent.started = started;
                self.reconsider(host.now(), host)
            }
            Input::Inspect => self.inspect(),
            Input::Forget => self.forget(host),
            Input::State(state) => self.state(state, host),
            Input::LookAgain => self.look_around(host),
            Input::Flush => self.flush(host),
            Input::Answered(number, answer) => self.answered(number, answer, host),
            Input::Shared(number, answer) => self.shared(number, answer, host),
            Input::Online => self.online(host),
            Input::Record(_) | Input::Identify(..) if !self.config.has_site() => {
                Err(self.refusal.unwrap_or(CallError::SettingsUnavailable))
            }
            Input::Record(_) | Input::Identify(..) if is_off => Err(CallError::Off),
            _ if is_off => DONE,
            Input::Record(event) => self.record(event, host),
            Input::Identify(id, signature) => self.identify(id, signature, host),
            Input::Reset => self.reset(host),
            Input::Stop => self.stop(host),
            Input::Navigated => self.navigated(host.now(), host),
            Input::Replaced => self.catch_up(host.now(), host),
            Input::Resized => self.resized(),
            Input::Leaving(for_good) => self.leaving(for_good, host),
            Input::Returned => self.returned(host),
            Input::Turn(is_over) => self.turn(is_over, host),
            Input::Woken => self.woken(host),
            Input::Idle => self.idle(host),
            Input::Owned(tab) => self.owned(tab, host),
            Input::Wrote(name) => self.wrote(name, host),
        };
        // A page that was left may still record: its tab's next page must not use the numbers again.
        if self.tab.is_closed() {
            self.tab.close(self.recorded, &self.lost, &self.scope, host);
        }
        self.schedule(host);
        outcome
    }

    fn record(&mut self, event: Record<'_>, host: &mut impl Host) -> Call {
        if !limits::is_type(event.kind) {
            return Err(CallError::TypeInvalid);
        }
        if limits::refuse_data(event.data).is_some() {
            if !event.data.starts_with('{') {
                return Err(CallError::DataNotObject);
            } else if event.data.len() <= limits::DATA_BYTES {
                return Err(CallError::DataTooDeep);
            }
            self.lost.add(Reason::TooLarge, 1);
            self.is_kept = false;
            return Err(CallError::DataTooLarge);
        }
        if !self.leave.allowed.kind(event.kind) {
            return Err(CallError::NotCollected);
        }
        self.catch_up(event.at, host)?;
        self.settle_view(host);
        // The rest of the context is read when it changed or a batch begins, not per event.
        if self.queue.is_empty() || self.resized {
            self.look_again(host);
        }
        let play = if event.content.is_empty() { None } else { self.plays.of(event, host) };
        self.context.set_interaction(play.map_or("", |play| &play.interaction));
        let completed = play.map(|play| play.complete(event.data));
        self.push(event.at, event.kind, completed.as_deref().unwrap_or(event.data), host)?;
        DONE
    }

    /// Records what no call of the page waits for: where there is no room for it the next flush tells of it.
    fn push_or_report(&mut self, at: i64, kind: &str, data: &str, host: &mut impl Host) {
        if self.push(at, kind, data, host).is_err() {
            self.unreported.add(Reason::Held, 1);
        }
    }

    /// Every event goes through here: what the level, the switches and the user's leave do not allow stops here.
    ///
    /// # Errors
    /// Which buffer has no room for it.
    #[inline(never)]
    fn push(&mut self, at: i64, kind: &str, data: &str, host: &mut impl Host) -> Result<(), CallError> {
        if !self.leave.allowed.kind(kind) {
            return Ok(());
        }
        if self.hold == Hold::No {
            if !self.session.runs(at) {
                self.take_session(host);
            }
            self.session.touch(at);
        }
        if self.queue.is_too_full_for(data.len()) {
            if self.hold != Hold::No {
                // As much is held as one batch takes, and no more.
                self.lost.add(Reason::Held, 1);
                let is_asking = self.hold == Hold::Consent;
                return Err(if is_asking { CallError::ConsentBufferFull } else { CallError::IdentityBufferFull });
            }
            self.dispatch(host);
        }
        if let Some(shared) = self.context.change(&self.leave.allowed) {
            self.queue.share(shared);
        }
        self.queue.push(host.now(), at, kind, data);
        self.recorded += 1;
        self.is_kept = false;
        if self.hold == Hold::No && self.queue.is_full(&self.limits) {
            self.dispatch(host);
        }
        Ok(())
    }

    fn identify(&mut self, id: &str, signature: &str, host: &mut impl Host) -> Call {
        self.catch_up(host.now(), host)?;
        // The view that waits for its title was the known user's; of one unknown so far it becomes this one's.
        if self.who.is_known {
            self.settle_view(host);
        }
        let user = self.identity.identify(id, &self.config)?;
        self.ask_who(host);
        self.signed(&user, signature, host)
    }

    fn reset(&mut self, host: &mut impl Host) -> Call {
        self.catch_up(host.now(), host)?;
        self.settle_view(host);
        self.advance(true, host);
        self.identity.reset(&self.scope, host);
        self.share.end();
        self.plays.clear();
        self.anonymous_state().clear(host);
        // The session is a new one even where a provider still names the same user.
        self.find_who(host);
        let user = self.user();
        self.session.begin(host.now(), &user, &self.scope, host);
        self.context.set_session(&self.session);
        self.context.set_user(&self.who, &self.config);
        DONE
    }

    fn stop(&mut self, host: &mut impl Host) -> Call {
        self.leaving(true, host)?;
        if !self.outbox.is_empty() || self.is_handed_over {
            self.settle_flushes(Some(CallError::Unanswered), host);
        }
        self.leave = Leave::NONE;
        self.refusal = None;
        self.started = false;
        self.view = NEVER;
        DONE
    }

    fn woken(&mut self, host: &mut impl Host) -> Call {
        let now = host.now();
        self.wake_at = NEVER;
        self.catch_up(host.now(), host)?;
        if now >= self.view_due_at() {
            self.settle_view(host);
        }
        if self.hold != Hold::No {
            self.advance(false, host);
        }
        if self.hold == Hold::No {
            if now >= self.queue.due_at(&self.limits) {
                self.dispatch(host);
            }
            self.send(false, host);
            self.share(false, host);
        }
        DONE
    }

    #[inline(never)]
    fn schedule(&mut self, host: &mut impl Host) {
        let queue = match self.hold {
            Hold::No => self.queue.due_at(&self.limits),
            Hold::Consent => NEVER,
            _ => self.hold_until,
        };
        // Never at once: what is recorded is kept when the page has nothing else to do.
        if !self.is_kept && !self.is_asked_to_keep && self.hold == Hold::No {
            self.is_asked_to_keep = true;
            host.when_idle();
        }
        let next = self.view_due_at().min(queue).min(self.outbox.due_at()).min(self.share_due_at());
        if next != self.wake_at {
            self.wake_at = next;
            host.wake_at(next);
        }
    }
}
