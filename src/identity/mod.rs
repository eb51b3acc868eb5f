//! The end user's identity: the ID that the site gives, else the anonymous ID that this browser stores.
//!
//! Providers are asked in the order of the settings; the first answer wins: `cookie`, `variable` (a dotted path from
//! `window`), `localStorage`, `sessionStorage`, `selector` (an element's value or text, or its `attribute`), `meta`,
//! `function` (a value or a promise), `idToken` (its `claim`). `none` ends the list: the user gets no ID. `generated`
//! ends the list: the user gets the anonymous ID. A value that cannot be an ID is refused and counted.

mod placeholder;
pub mod pseudonym;

use self::placeholder::refusal;
use self::pseudonym::{pseudonym, storage_key};
use crate::call_error::CallError;
use crate::host::{Host, new_guid};
use crate::settings::ActiveSettings;
use crate::stored::{self, V1};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use waymark_wire::level::Key;
use waymark_wire::settings::{Line, Provider, Providers};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// The storage key of a user who is not identified. State and session then belong to the browser and not to the
/// anonymous ID, because tabs that open at the same time can each create an anonymous ID.
pub const ANONYMOUS: &str = "0";

/// The end user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct User {
    /// The ID; `None` before the ID is known, or if the site does not distinguish users (provider `none`).
    pub id: Option<String>,
    /// Whether the site gave the ID.
    pub is_identified: bool,
}

impl User {
    fn identified(id: String) -> Self {
        User { id: Some(id), is_identified: true }
    }

    /// The name under which the user's state and session are stored.
    pub fn storage_key(&self) -> String {
        let id = self.id.as_deref().filter(|_| self.is_identified);
        id.map_or_else(|| ANONYMOUS.to_owned(), storage_key)
    }
}

/// The anonymous user of this browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Anonymous {
    v: V1,
    /// The GUID.
    id: String,
    /// When the anonymous ID was created, epoch ms.
    created_at: i64,
    /// The storage key of the identified user that the anonymous user is linked to.
    #[serde(skip_serializing_if = "Option::is_none")]
    linked: Option<String>,
}

/// The current user and how the user is known.
#[derive(Debug, Default)]
pub struct Identity {
    user: User,
    /// The anonymous user; `None` until one is found in storage or needed.
    anonymous: Option<Anonymous>,
    /// The ID that the page gave by `identify`.
    identified: Option<String>,
    /// The anonymous ID of a withdrawn consent, which the collector can still be asked to forget.
    forgettable_id: Option<String>,
    /// The storage key of the last refused value, so that the same value is counted once.
    last_refused: Option<String>,
    refused: u32,
}

impl Identity {
    /// The current user.
    pub fn user(&self) -> &User {
        &self.user
    }

    /// The number of refused values: values that cannot be an ID.
    pub fn refused(&self) -> u32 {
        self.refused
    }

    /// Reads the stored anonymous ID, unless it is too old.
    pub fn load(&mut self, settings: &ActiveSettings, host: &mut impl Host) {
        let (name, days) = (settings.scope().name(Key::EUID), settings.days());
        let Some(kept) = host.load(&name, Key::EUID.area, days) else { return };
        let found = serde_json::from_str(&kept)
            .ok()
            .filter(|found: &Anonymous| is_guid(&found.id) && host.now() - found.created_at < i64::from(days) * DAY_MS);
        match found {
            Some(found) => self.anonymous = Some(found),
            None => host.remove(&name),
        }
    }

    fn create_anonymous(&mut self, settings: &ActiveSettings, host: &mut impl Host) -> &Anonymous {
        let anonymous = Anonymous { v: V1, id: new_guid(host), created_at: host.now(), linked: None };
        save(&anonymous, settings, host);
        self.anonymous.insert(anonymous)
    }

    /// The page identifies the user as `id`. Returns the ID in the form used in events. [`Identity::resolve`] then
    /// makes this user the current one.
    ///
    /// # Errors
    /// The reason why `id` cannot be an ID. The user then stays as before.
    pub fn identify(&mut self, id: &str, settings: &ActiveSettings) -> Result<String, CallError> {
        let id = self.id_of(id, settings)?;
        Ok(self.identified.insert(id).clone())
    }

    /// The user signed out: forgets the identified user and the anonymous ID. A new anonymous ID is created when it is
    /// needed.
    pub fn reset(&mut self, settings: &ActiveSettings, host: &mut impl Host) {
        self.identified = None;
        self.anonymous = None;
        host.remove(&settings.scope().name(Key::EUID));
    }

    /// The consent was withdrawn: forgets the user, except the anonymous ID that the collector can be asked to forget.
    pub fn withdraw(&mut self) {
        let anonymous = self.anonymous.take().map(|anonymous| anonymous.id);
        let forgettable_id = anonymous.or_else(|| self.forgettable_id.take());
        *self = Identity { forgettable_id, ..Identity::default() };
    }

    /// The anonymous ID that the collector can be asked to forget.
    pub fn forgettable_id(&self) -> Option<&str> {
        self.anonymous.as_ref().map(|anonymous| &*anonymous.id).or(self.forgettable_id.as_deref())
    }

    /// The collector was asked to forget the user.
    pub fn forgotten(&mut self) {
        self.forgettable_id = None;
    }

    /// Updates the current user. Returns the previous user if the user changed. `asks`: whether the permissions allow
    /// reading the providers.
    pub fn resolve(&mut self, asks: bool, settings: &ActiveSettings, host: &mut impl Host) -> Option<User> {
        let user = match self.named(asks, settings, host) {
            Some(user) => user,
            None => self.anonymous_user(settings, host),
        };
        (user != self.user).then(|| std::mem::replace(&mut self.user, user))
    }

    /// Updates the current user only if `identify` or a provider names the user. Returns whether one of them does.
    pub fn resolve_named(&mut self, asks: bool, settings: &ActiveSettings, host: &mut impl Host) -> bool {
        let named = self.named(asks, settings, host);
        let is_named = named.is_some();
        if let Some(user) = named {
            self.user = user;
        }
        is_named
    }

    fn anonymous_user(&mut self, settings: &ActiveSettings, host: &mut impl Host) -> User {
        if self.anonymous.is_none() {
            // Another tab may have stored an anonymous ID meanwhile.
            self.load(settings, host);
        }
        let anonymous = match &self.anonymous {
            Some(anonymous) => anonymous,
            None => self.create_anonymous(settings, host),
        };
        User { id: Some(anonymous.id.clone()), is_identified: false }
    }

    /// The user that `identify` names, else the user that a provider names. A user without ID if provider `none` is
    /// reached; `None` if no provider gives an ID.
    fn named(&mut self, asks: bool, settings: &ActiveSettings, host: &mut impl Host) -> Option<User> {
        let providers = settings.in_force().user.as_ref();
        // With provider `none` in first place, `identify` is ignored too.
        if let (true, Some(id)) = (asks && !providers.is_some_and(Providers::begins_with_none), &self.identified) {
            return Some(User::identified(id.clone()));
        }
        for provider in providers.iter().flat_map(|providers| &providers.0) {
            match provider {
                Provider::None => return Some(User::default()),
                Provider::Generated => return None,
                provider if asks => {
                    let id = host.read_provider(provider).and_then(|found| self.id_of(&found, settings).ok());
                    if id.is_some() {
                        return id.map(User::identified);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// Checks the value, and hashes it if the site asks for that. The raw value is not passed on in that case.
    fn id_of(&mut self, value: &str, settings: &ActiveSettings) -> Result<String, CallError> {
        if let Some(reason) = refusal(value) {
            let refused = Some(storage_key(value));
            self.refused += u32::from(refused != self.last_refused);
            self.last_refused = refused;
            return Err(reason);
        }
        let identity = &settings.in_force().identity;
        let salt = identity.salt.as_ref().map_or("", Line::as_str);
        Ok(if identity.hash.unwrap_or_default().0 { pseudonym(salt, value) } else { value.to_owned() })
    }

    /// Whether the current user, with storage key `user`, is identified and may take over the anonymous user's state.
    /// The user may if there is no anonymous user yet, or if [`Identity::can_link`] is true.
    pub fn can_merge(&self, user: &str) -> bool {
        self.user.is_identified && (self.anonymous.is_none() || self.can_link(user))
    }

    /// Whether the anonymous user may be linked to the identified user with storage key `user`: not if the anonymous
    /// user is linked to another user already.
    pub fn can_link(&self, user: &str) -> bool {
        self.anonymous.as_ref().is_some_and(|anonymous| anonymous.linked.as_deref().is_none_or(|linked| linked == user))
    }

    /// The storage key of the user whose session the current user, with storage key `user`, continues. An identified
    /// user continues the anonymous user's session. On a site where only `identify` names users, a linked user is
    /// anonymous on each page until `identify` is called, and continues the linked user's session.
    pub fn previous_user(&self, user: &str, may_link: bool, settings: &ActiveSettings) -> Option<String> {
        if self.user.is_identified {
            return (may_link && self.can_link(user)).then(|| ANONYMOUS.to_owned());
        }
        let linked = self.anonymous.as_ref().and_then(|anonymous| anonymous.linked.clone());
        linked.filter(|_| !settings.names_provider())
    }

    /// Links the anonymous user to the identified user with storage key `user`. Returns the anonymous ID if the link is
    /// new.
    pub fn link(&mut self, user: &str, settings: &ActiveSettings, host: &mut impl Host) -> Option<&str> {
        let anonymous = self.anonymous.as_mut()?;
        if anonymous.linked.as_deref() == Some(user) {
            return None;
        }
        anonymous.linked = Some(user.to_owned());
        save(anonymous, settings, host);
        Some(&anonymous.id)
    }
}

fn save(anonymous: &Anonymous, settings: &ActiveSettings, host: &mut impl Host) {
    stored::save(&settings.scope().name(Key::EUID), anonymous, Key::EUID.area, settings.days(), host);
}

/// Whether `text` is a hyphenated GUID. Used to check stored values, which may have been edited by hand.
pub(crate) fn is_guid(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok()
}

#[cfg(test)]
mod tests;
