//! Every outcome of a call that was not carried out, with the text that the page gets.

/// Why a call was not carried out, or why what was asked for did not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallError {
    /// No `init` has succeeded.
    NotStarted,
    /// `init` succeeded before, or waits for the site's settings.
    AlreadyStarted,
    /// `site` is missing or cannot be a site's key.
    SiteInvalid,
    /// `collector` is missing or not an address.
    CollectorInvalid,
    /// The collector has no such site.
    UnknownSite,
    /// The site does not list the page's origin.
    WrongOrigin,
    /// The site belongs to another collector.
    WrongCollector,
    /// The collector does not answer and no settings are cached.
    SettingsUnavailable,
    /// The level in force is 0.
    Off,
    /// The event's type has other characters or another length.
    TypeInvalid,
    /// The event's data is not an object.
    DataNotObject,
    /// The event's data is over [`waymark_wire::limits::DATA_BYTES`].
    DataTooLarge,
    /// The event's data nests over [`waymark_wire::limits::DATA_DEPTH`].
    DataTooDeep,
    /// The site's level or switches leave out events of this type.
    NotCollected,
    /// The buffer is full that holds events until the user has answered.
    ConsentBufferFull,
    /// The buffer is full that holds events until user and session are known.
    IdentityBufferFull,
    /// The ID is a placeholder for nobody.
    IdNobody,
    /// The ID is over [`waymark_wire::limits::ID_CHARS`].
    IdTooLong,
    /// The ID holds control characters.
    IdControl,
    /// There is no such kind of kept state.
    StateKind,
    /// The name of a site's own value has other characters or another length.
    StateName,
    /// The name of a guidance object is not its number.
    StateNumber,
    /// The value of a guidance object is not a whole number.
    StateValue,
    /// The value of a guidance object is negative or beyond its end.
    StateRange,
    /// The site's own value is missing or too large.
    StateSize,
    /// `days` is not a whole number in range.
    StateDays,
    /// The browser's storage is full.
    StateFull,
    /// Flush: the user has not answered yet.
    ConsentPending,
    /// Flush: the collector did not take the events; they are tried again.
    Unreachable,
    /// Flush: events were lost since the last flush.
    EventsLost,
    /// Flush: nobody here hears what became of the events.
    Unanswered,
    /// The recorder waits for something: the call is made again when that may have come. After 12 seconds it is an
    /// error.
    Busy,
    /// There is no such command.
    UnknownCommand,
    /// Too many calls wait for `init` or for the site's settings.
    QueueFull,
    /// The settings are not an object.
    SettingsNotObject,
    /// The settings cannot be read: a getter throws, or they hold a circle or a BigInt.
    SettingsUnreadable,
    /// The data or value cannot be turned to JSON.
    NotJson,
    /// An answer to the question of consent that is none.
    ConsentInvalid,
    /// A level that is none.
    LevelInvalid,
    /// Not a boolean.
    ExperienceInvalid,
    /// The last argument is not an object of options.
    OptionsNotObject,
    /// The signature is not a text.
    SignatureInvalid,
    /// The option `record` is not a boolean.
    StateRecord,
    /// Nothing of that name can be listened to.
    TopicUnknown,
    /// The listener is not a function.
    ListenerInvalid,
    /// The page has too many listeners.
    ListenersFull,
    /// The page called `stop`.
    Stopped,
    /// The recorder broke.
    Failed,
    /// The recorder's script is there and cannot run.
    CannotStart,
    /// The recorder's script did not come.
    NotLoaded,
    /// Too many calls wait for the recorder's script.
    LoadQueueFull,
}

use CallError::*;

impl CallError {
    /// All of them: first those of the recorder, then those that the browser edge or the page's script finds.
    pub const ALL: [CallError; 51] = [
        NotStarted,
        AlreadyStarted,
        SiteInvalid,
        CollectorInvalid,
        UnknownSite,
        WrongOrigin,
        WrongCollector,
        SettingsUnavailable,
        Off,
        TypeInvalid,
        DataNotObject,
        DataTooLarge,
        DataTooDeep,
        NotCollected,
        ConsentBufferFull,
        IdentityBufferFull,
        IdNobody,
        IdTooLong,
        IdControl,
        StateKind,
        StateName,
        StateNumber,
        StateValue,
        StateRange,
        StateSize,
        StateDays,
        StateFull,
        ConsentPending,
        Unreachable,
        EventsLost,
        Unanswered,
        Busy,
        UnknownCommand,
        QueueFull,
        SettingsNotObject,
        SettingsUnreadable,
        NotJson,
        ConsentInvalid,
        LevelInvalid,
        ExperienceInvalid,
        OptionsNotObject,
        SignatureInvalid,
        StateRecord,
        TopicUnknown,
        ListenerInvalid,
        ListenersFull,
        Stopped,
        Failed,
        CannotStart,
        NotLoaded,
        LoadQueueFull,
    ];

    /// Whether the browser edge or the page's script finds it, not the recorder.
    pub const fn is_of_edge(self) -> bool {
        self as usize > Busy as usize
    }

    /// Whether it follows from what the user or the site's owner decided. It is no mistake: the console stays silent.
    pub const fn is_expected(self) -> bool {
        matches!(self, Off)
    }

    /// What the page gets as `error`. Where it ends in a colon, the cause follows.
    pub const fn message(self) -> &'static str {
        match self {
            NotStarted => "call init first",
            AlreadyStarted => "already started: the first settings stay in force",
            SiteInvalid => "site must be the site's key: 1 to 64 of A-Z a-z 0-9 _ . -",
            CollectorInvalid => "collector must be an address such as https://collect.example.com",
            UnknownSite => "the collector does not know this site key: check 'site' in init",
            WrongOrigin => "the collector takes no events from this origin: add it to the site's origins",
            WrongCollector => "the collector is not this site's: check 'collector' in init",
            SettingsUnavailable => {
                "the collector cannot be asked for the site's settings: nothing is recorded before it can"
            }
            Off => "nothing is recorded here: the level in force is 0, and inspect says why",
            TypeInvalid => "type must be 1 to 64 of A-Z a-z 0-9 _ . : -",
            DataNotObject => "data must be an object",
            DataTooLarge => "data is over 32,768 bytes",
            DataTooDeep => "data nests over 32 levels deep",
            NotCollected => "events of this type are not collected here: see the site's level and switches",
            ConsentBufferFull => "event dropped: the buffer of events awaiting consent is full",
            IdentityBufferFull => "event dropped: the buffer of events awaiting the user's ID and session is full",
            IdNobody => "the id names nobody",
            IdTooLong => "the id is over 256 characters",
            IdControl => "the id holds control characters",
            StateKind => "there is no such kind; there are walkthru, autoplay, goal, task, course and data",
            StateName => "the name must be 1 to 64 of A-Z a-z 0-9 _ . -",
            StateNumber => "the name must be the object's number",
            StateValue => "the value must be a whole number",
            StateRange => "the value is out of range",
            StateSize => "the value must be JSON of at most 1,000 bytes",
            StateDays => "days must be a whole number from 1 to 3650",
            StateFull => "the browser has no room for it: what was there before is kept",
            ConsentPending => "nothing is sent before the user has agreed",
            Unreachable => "the collector cannot be reached; the events are sent later",
            EventsLost => "events were lost",
            Unanswered => "the page was left, or the recorder stopped, before the collector answered",
            Busy => "the recorder was busy for 12 seconds: make the call again",
            UnknownCommand => "there is no such command; there are:",
            QueueFull => "too many calls wait for init, or for the site's settings",
            SettingsNotObject => "init takes an object with site and collector",
            SettingsUnreadable => "the settings cannot be read:",
            NotJson => "it cannot be turned to JSON:",
            ConsentInvalid => "must be 'granted', 'denied', or some of functional, analytics, playback",
            LevelInvalid => "must be 0, 1, 2 or 3",
            ExperienceInvalid => "must be true or false",
            OptionsNotObject => "the options must be an object",
            SignatureInvalid => "signature must be a text",
            StateRecord => "record must be true or false",
            TopicUnknown => "there is nothing of that name to listen to; there are level, user, state and delivery",
            ListenerInvalid => "the listener must be a function",
            ListenersFull => "there are 100 listeners already: take one off first",
            Stopped => "the recorder was stopped",
            Failed => "the recorder failed:",
            CannotStart => "the recorder could not start:",
            NotLoaded => "the recorder could not be loaded",
            LoadQueueFull => "too many calls before the recorder was loaded",
        }
    }
}
