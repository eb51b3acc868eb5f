//! What a page follows instead of asking for it: level, user, state, delivery. In: what holds now, and what the page
//! was told last. Out: what has changed.

use super::conductor::Recorder;
use super::phase::Phase;
use crate::host::Host;
use crate::state::StateEntry;
use serde::Serialize;
use serde_json::value::RawValue;
use waymark_wire::Lost;

/// One subject, with what was told of it last.
#[derive(Debug)]
pub enum Follower {
    /// The level in force.
    Level(Option<u8>),
    /// The user.
    User(Option<UserNotice>),
    /// The user's state, as of a revision of it.
    State(Option<(u64, Vec<StateEntry>)>),
    /// What waits to be delivered.
    Delivery(Option<DeliveryNotice>),
}

impl Follower {
    /// By the subject's name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "level" => Follower::Level(None),
            "user" => Follower::User(None),
            "state" => Follower::State(None),
            "delivery" => Follower::Delivery(None),
            _ => return None,
        })
    }
}

/// What the page is told.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Notice {
    /// The level in force.
    Level(u8),
    /// The user.
    User(UserNotice),
    /// The entries that changed; at first all of them.
    State(Vec<StateNotice>),
    /// What waits to be delivered.
    Delivery(DeliveryNotice),
}

/// The user, as `inspect` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UserNotice {
    /// Left out where users are not told apart, or before the ID is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whether the site gave the ID.
    pub identified: bool,
}

/// An entry of the user's state that changed.
#[derive(Clone, Debug, Serialize)]
pub struct StateNotice {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its value; left out where the entry is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Box<RawValue>>,
}

impl StateNotice {
    fn new(entry: &StateEntry, value: Option<Box<RawValue>>) -> Self {
        let (kind, name) = (entry.kind.clone().unwrap_or_default(), entry.name.clone().unwrap_or_default());
        StateNotice { kind, name, value }
    }
}

/// What waits to be delivered, and what was lost.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeliveryNotice {
    /// Events in the open batch.
    pub queued: u32,
    /// Batches that are not acknowledged yet.
    pub unsent: usize,
    /// Whether events wait until consent, user and session are known.
    pub held: bool,
    /// The events of this tab that were lost, by reason.
    pub lost: Lost,
}

impl Recorder {
    /// What has changed since the follower was told last; at first what holds now.
    pub fn follow(&self, follower: &mut Follower, host: &mut impl Host) -> Option<Notice> {
        match follower {
            Follower::Level(told) => news(told, self.permissions.allowed.level() as u8).map(Notice::Level),
            Follower::User(told) => {
                let user = self.identity.user();
                news(told, UserNotice { id: user.id.clone(), identified: user.is_identified }).map(Notice::User)
            }
            Follower::State(told) => self.state_news(told, host).map(Notice::State),
            Follower::Delivery(told) => {
                let now = DeliveryNotice {
                    queued: self.delivery.queued(),
                    unsent: self.delivery.unsent(),
                    held: !self.startup.is_done(),
                    lost: self.delivery.losses(),
                };
                news(told, now).map(Notice::Delivery)
            }
        }
    }

    /// Storage is read only if the state may have changed.
    fn state_news(&self, told: &mut Option<(u64, Vec<StateEntry>)>, host: &mut impl Host) -> Option<Vec<StateNotice>> {
        let is_owner_unknown = self.startup.phase == Phase::User && !self.permissions.is_off();
        let is_told = told.as_ref().is_some_and(|(revision, _)| *revision == self.state_revision);
        if is_owner_unknown || is_told {
            return None;
        }
        let now = self.owner(&self.identity.user().storage_key()).all(host);
        let is_first = told.is_none();
        let before = told.take().map(|(_, before)| before).unwrap_or_default();
        let changes = changes(&before, &now);
        *told = Some((self.state_revision, now));
        (is_first || !changes.is_empty()).then_some(changes)
    }
}

fn news<T: Clone + PartialEq>(told: &mut Option<T>, now: T) -> Option<T> {
    let is_news = told.as_ref() != Some(&now);
    is_news.then(|| told.insert(now).clone())
}

fn changes(before: &[StateEntry], now: &[StateEntry]) -> Vec<StateNotice> {
    let mut changes = Vec::new();
    for entry in now {
        let same = find(before, entry).filter(|before| before.value.get() == entry.value.get());
        if same.is_none() {
            changes.push(StateNotice::new(entry, Some(entry.value.clone())));
        }
    }
    for entry in before {
        if find(now, entry).is_none() {
            changes.push(StateNotice::new(entry, None));
        }
    }
    changes
}

fn find<'a>(entries: &'a [StateEntry], entry: &StateEntry) -> Option<&'a StateEntry> {
    entries.iter().find(|other| (&other.kind, &other.name) == (&entry.kind, &entry.name))
}
