//! The recorder itself: one input in, state changed, effects asked of the host. Beside this file: `hold` finds out who
//! and in which session before anything leaves, `leave` heeds what may be collected, `remember` keeps the user's state,
//! `share` shares it with the user's other browsers, `site` heeds what the site's owner set, `deliver` sends, `keep` keeps
//! what is not delivered yet, `inspect` shows all of it.

mod deliver;
mod hold;
mod inspect;
mod keep;
mod leave;
mod remember;
mod share;
mod site;

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
use waymark_wire::level::Key;
use waymark_wire::text::next_part;
use waymark_wire::{Lost, Reason, limits};

/// A page view waits so long for its title: single-page applications change the address first and the title after it,
/// or set the title when they have started.
pub const TITLE_SETTLES_MS: i64 = 100;

/// What a call answers that must be made again a moment later: who the user is, is not known yet.
pub const BUSY: &str = "busy";

/// A recorder: made with nothing in it, started once. It lives where it is made, so that nothing is ever moved.
#[derive(Debug)]
pub struct Recorder {
    started: bool,
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

/// What a call answers: the text of a JSON value, empty where there is nothing to tell.
pub type Call = Result<String, &'static str>;

const DONE: Call = Ok(String::new());

/// What a call answers that cannot be carried out because nobody knows what may be recorded.
const UNKNOWN: &str = "the collector cannot be asked for the site's settings: nothing is recorded before it can";

/// Tells the site's developer each line.
fn report_each(lines: &str, host: &mut impl Host) {
    let mut rest = lines;
    while !rest.is_empty() {
        host.report(next_part(&mut rest, b'\n'));
    }
}

impl Recorder {
    /// A recorder that has not started.
    pub const fn new() -> Self {
        Recorder {
            started: false,
            config: Config::new(),
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

    /// Starts on the host's page with the page's settings, a line each. The page's first view is as of `at`, when the
    /// page asked for it. Settings that are wrong are told to the site's developer one by one; the rest hold.
    ///
    /// # Errors
    /// What nothing can be done without, in words for the site's developer; the recorder can then be started again.
    /// [`BUSY`] where it must be, a moment later: it is not known yet what the site's owner set.
    pub fn start(&mut self, settings: &str, at: i64, host: &mut impl Host) -> Result<(), &'static str> {
        if self.started {
            return Err("was called before: the first settings stay in force");
        }
        self.config = Config::new();
        let read = self.config.read(settings);
        report_each(&self.config.refused, host);
        read?;
        self.scope = Scope::of(self.config.text("site"), self.config.text("collector"));
        // Before anything is known, nothing but what the user agreed to and what the site's owner set is read.
        host.permit(&self.scope.site, &[Key::CONSENT, Key::SETTINGS], Purge::Nothing);
        if !self.learn(false, host) {
            return Err(BUSY);
        }
        self.started = true;
        self.heed(at, host)?;
        self.schedule(host);
        Ok(())
    }

    /// Takes one input.
    ///
    /// # Errors
    /// What is wrong with a call that cannot be carried out, in words for the site's developer.
    pub fn on(&mut self, input: Input<'_>, host: &mut impl Host) -> Call {
        if !self.started {
            return Err("call init first");
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
            Input::Record(_) | Input::Identify(..) if !self.config.has_site() => Err(UNKNOWN),
            _ if is_off => DONE,
            Input::Record(event) => self.record(event, host),
            Input::Identify(id, signature) => self.identify(id, signature, host),
            Input::Reset => self.reset(host),
            Input::Stop => self.stop(host),
            Input::Navigated => self.navigated(host),
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
            return Err("type must be 1 to 64 of A-Z a-z 0-9 _ . : -");
        }
        if let Some(why) = limits::refuse_data(event.data) {
            if event.data.len() > limits::DATA_BYTES {
                self.lost.add(Reason::TooLarge, 1);
                self.is_kept = false;
            }
            return Err(why);
        }
        if !self.leave.allowed.kind(event.kind) {
            return Err("events of this type are not collected here: see the site's level and switches");
        }
        self.settle_view(host);
        // Context is read when it changed or a batch begins, not per event.
        if self.queue.is_empty() || self.resized {
            self.look_again(host);
        }
        let play = if event.content.is_empty() { None } else { self.plays.of(event, host) };
        self.context.set_interaction(play.map_or("", |play| &play.interaction));
        let completed = play.map(|play| play.complete(event.data));
        let before = self.recorded;
        self.push(event.at, event.kind, completed.as_deref().unwrap_or(event.data), host);
        if self.recorded == before {
            Err("too much waits for the user's answer: this is counted as lost")
        } else {
            DONE
        }
    }

    /// Every event goes through here: what the level, the switches and the user's leave do not allow stops here.
    #[inline(never)]
    fn push(&mut self, at: i64, kind: &str, data: &str, host: &mut impl Host) {
        if !self.leave.allowed.kind(kind) {
            return;
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
                return;
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
    }

    /// Title, viewport, time zone and user may have changed; the address is [`Recorder::navigated`]'s.
    #[inline(never)]
    fn look_again(&mut self, host: &mut impl Host) {
        let page = host.page(&self.query);
        self.context.see(&page);
        self.resized = false;
        self.ask_who(host);
    }

    /// Something changed outside of what the page tells: another tab, a promise, the page is seen again.
    fn look_around(&mut self, host: &mut impl Host) -> Call {
        self.learn(false, host);
        self.heed(host.now(), host)?;
        if self.leave.mode != Mode::Off {
            self.look_again(host);
            self.share_again(host);
        }
        DONE
    }

    fn resized(&mut self) -> Call {
        self.resized = true;
        DONE
    }

    fn navigated(&mut self, host: &mut impl Host) -> Call {
        let page = host.page(&self.query);
        if self.context.is_elsewhere(&page) {
            self.arrive(&page, host)?;
        }
        DONE
    }

    /// A page that was left and kept is back: that is a view of its own.
    fn returned(&mut self, host: &mut impl Host) -> Call {
        if self.tab.is_closed() {
            self.dispatch(host);
            self.tab.renew(&self.scope, host);
            self.recorded = 0;
            self.lost = Lost::NONE;
            self.declared = Lost::NONE;
            self.seek(host);
        }
        self.share_anew(host);
        let page = host.page(&self.query);
        self.arrive(&page, host)
    }

    #[inline(never)]
    fn arrive(&mut self, page: &str, host: &mut impl Host) -> Call {
        // A view that still waits for its title has the one that it had.
        self.record_view(host);
        self.context.arrive(page, host);
        self.view = host.now();
        self.reconsider(host.now(), host)?;
        self.ask_who(host);
        DONE
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

    fn identify(&mut self, id: &str, signature: &str, host: &mut impl Host) -> Call {
        // The view that waits for its title was the known user's; of one unknown so far it becomes this one's.
        if self.who.is_known {
            self.settle_view(host);
        }
        let user = self.identity.identify(id, &self.config)?;
        self.ask_who(host);
        self.signed(&user, signature, host)
    }

    fn reset(&mut self, host: &mut impl Host) -> Call {
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
        self.leave = Leave::NONE;
        self.started = false;
        self.view = NEVER;
        DONE
    }

    fn woken(&mut self, host: &mut impl Host) -> Call {
        let now = host.now();
        self.wake_at = NEVER;
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

    fn view_due_at(&self) -> i64 {
        self.view.saturating_add(TITLE_SETTLES_MS)
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
