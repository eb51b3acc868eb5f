//! The errors of calls, with their messages.

/// The reason why a call was not carried out, or why its result did not come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallError {
    /// No `init` has succeeded.
    NotStarted,
    /// `init` succeeded before, or waits for the site's settings.
    AlreadyStarted,
    /// `site` is missing or not a valid site key.
    SiteInvalid,
    /// `collector` is missing or not an address.
    CollectorInvalid,
    /// The collector does not know the site.
    UnknownSite,
    /// The site does not list the page's origin.
    WrongOrigin,
    /// The site belongs to another collector.
    WrongCollector,
    /// The collector does not respond, and no settings are cached.
    SettingsUnavailable,
    /// The level in force is 0.
    Off,
    /// The event's type is empty or too long, or contains control characters.
    TypeInvalid,
    /// The event's data is not an object.
    DataNotObject,
    /// The event's data is over [`waymark_wire::limits::DATA_BYTES`].
    DataTooLarge,
    /// The event's data nests over [`waymark_wire::limits::DATA_DEPTH`].
    DataTooDeep,
    /// The site's level or switches exclude events of this type.
    NotCollected,
    /// The buffer of events that wait for consent is full.
    ConsentBufferFull,
    /// The buffer of events that wait for user and session is full.
    IdentityBufferFull,
    /// The ID is empty or a placeholder, such as `null`.
    IdPlaceholder,
    /// The ID is over [`waymark_wire::limits::ID_CHARS`].
    IdTooLong,
    /// The ID holds control characters.
    IdControlCharacter,
    /// The kind of the state entry is unknown.
    StateKindInvalid,
    /// The name of a `data` entry has invalid characters or an invalid length.
    StateNameInvalid,
    /// The name of an entry of guidance content is not a number.
    StateNameNotNumber,
    /// The value of an entry of guidance content is not a whole number.
    StateValueInvalid,
    /// The value of an entry of guidance content is out of range.
    StateValueOutOfRange,
    /// The value of a `data` entry is missing or too large.
    StateValueTooLarge,
    /// `days` is not a whole number in range.
    StateDaysInvalid,
    /// The browser's storage is full.
    StorageFull,
    /// Flush: the user has not answered the question of consent.
    ConsentPending,
    /// Flush: the collector could not be reached; the events will be sent again.
    Unreachable,
    /// Flush: events were lost since the last flush.
    EventsLost,
    /// Flush: the page does not receive the response to the events.
    ResponseUnknown,
    /// The recorder waits for something, and the call is made again later. An error after 12 seconds.
    Busy,
    /// The command is unknown.
    UnknownCommand,
    /// Too many calls wait for `init` or for the site's settings.
    QueueFull,
    /// The settings are not an object.
    SettingsNotObject,
    /// The settings cannot be read: a getter throws, or they contain a cycle or a BigInt.
    SettingsUnreadable,
    /// The data or the value cannot be converted to JSON.
    NotJson,
    /// The answer to the question of consent is invalid.
    ConsentInvalid,
    /// The level is invalid.
    LevelInvalid,
    /// The argument of `experience` is not a boolean.
    ExperienceInvalid,
    /// The argument of `explain` is not an element, nor a selector of one.
    ElementInvalid,
    /// The code of level 2 could not be loaded.
    CaptureNotLoaded,
    /// The last argument is not an object of options.
    OptionsNotObject,
    /// The signature is not a text.
    SignatureInvalid,
    /// The option `record` is not a boolean.
    StateRecordInvalid,
    /// The topic is unknown.
    TopicUnknown,
    /// The listener is not a function.
    ListenerInvalid,
    /// The page has too many listeners.
    ListenersFull,
    /// The page called `stop`.
    Stopped,
    /// An exception ended the recorder.
    Failed,
    /// The recorder's script was loaded, and the recorder could not start.
    CannotStart,
    /// The recorder's script was not loaded.
    NotLoaded,
    /// Too many calls wait for the recorder's script.
    LoadQueueFull,
}

use CallError::*;

impl CallError {
    /// All errors: first those of the recorder, then those that the browser edge or a script finds.
    pub const ALL: [CallError; 53] = [
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
        IdPlaceholder,
        IdTooLong,
        IdControlCharacter,
        StateKindInvalid,
        StateNameInvalid,
        StateNameNotNumber,
        StateValueInvalid,
        StateValueOutOfRange,
        StateValueTooLarge,
        StateDaysInvalid,
        StorageFull,
        ConsentPending,
        Unreachable,
        EventsLost,
        ResponseUnknown,
        Busy,
        UnknownCommand,
        QueueFull,
        SettingsNotObject,
        SettingsUnreadable,
        NotJson,
        ConsentInvalid,
        LevelInvalid,
        ExperienceInvalid,
        ElementInvalid,
        CaptureNotLoaded,
        OptionsNotObject,
        SignatureInvalid,
        StateRecordInvalid,
        TopicUnknown,
        ListenerInvalid,
        ListenersFull,
        Stopped,
        Failed,
        CannotStart,
        NotLoaded,
        LoadQueueFull,
    ];

    /// Whether the browser edge or a script finds the error, and not the recorder.
    pub const fn is_found_by_edge(self) -> bool {
        self as usize > Busy as usize
    }

    /// Whether the error follows from a decision of the user or the site's owner. The console stays silent then.
    pub const fn is_expected(self) -> bool {
        matches!(self, Off)
    }

    /// The message for the page. After a colon at its end, the cause follows.
    pub const fn message(self) -> &'static str {
        match self {
            NotStarted => "call init first",
            AlreadyStarted => "already started: the first settings stay in force",
            SiteInvalid => "site must be the site's key: 1 to 64 of A-Z a-z 0-9 _ . -",
            CollectorInvalid => "collector must be an address such as https://collect.example.com",
            UnknownSite => "the collector does not know this site key: check 'site' in init",
            WrongOrigin => "the collector accepts no events from this origin: add it to the site's origins",
            WrongCollector => "this collector does not store this site's data: check 'collector' in init",
            SettingsUnavailable => {
                "the site's settings could not be fetched from the collector: nothing is recorded until they are"
            }
            Off => "nothing is recorded: the level in force is 0; inspect shows the reason",
            TypeInvalid => "type must be 1 to 128 characters, none of them a control character",
            DataNotObject => "data must be an object",
            DataTooLarge => "data is over 32,768 bytes",
            DataTooDeep => "data is nested over 32 levels deep",
            NotCollected => "events of this type are not collected here: see the site's level and switches",
            ConsentBufferFull => "event dropped: the buffer of events awaiting consent is full",
            IdentityBufferFull => "event dropped: the buffer of events awaiting the user's ID and session is full",
            IdPlaceholder => "the id is empty or a placeholder",
            IdTooLong => "the id is over 256 characters",
            IdControlCharacter => "the id contains control characters",
            StateKindInvalid => "kind must be walkthru, autoplay, goal, task, course or data",
            StateNameInvalid => "the name must be 1 to 64 of A-Z a-z 0-9 _ . -",
            StateNameNotNumber => "the name must be the object's number",
            StateValueInvalid => "the value must be a whole number",
            StateValueOutOfRange => "the value is out of range",
            StateValueTooLarge => "the value must be JSON of at most 1,000 bytes",
            StateDaysInvalid => "days must be a whole number from 1 to 3650",
            StorageFull => "the browser's storage is full: the earlier value stays",
            ConsentPending => "nothing is sent until the user has agreed",
            Unreachable => "the collector cannot be reached; the events are sent later",
            EventsLost => "events were lost",
            ResponseUnknown => "the page was left, or the recorder stopped, before the collector responded",
            Busy => "the recorder was busy for 12 seconds: make the call again",
            UnknownCommand => "unknown command; the commands are:",
            QueueFull => "too many calls wait for init, or for the site's settings",
            SettingsNotObject => "init takes an object with site and collector",
            SettingsUnreadable => "the settings cannot be read:",
            NotJson => "cannot be converted to JSON:",
            ConsentInvalid => "consent must be 'granted', 'denied', or some of functional, analytics, playback",
            LevelInvalid => "level must be 0, 1, 2 or 3",
            ExperienceInvalid => "experience must be true or false",
            ElementInvalid => "explain takes an element, or a selector of one",
            CaptureNotLoaded => "the code of level 2 could not be loaded",
            OptionsNotObject => "the options must be an object",
            SignatureInvalid => "signature must be a string",
            StateRecordInvalid => "record must be true or false",
            TopicUnknown => "the topic must be level, user, state or delivery",
            ListenerInvalid => "the listener must be a function",
            ListenersFull => "the page has 100 listeners: remove one first",
            Stopped => "the recorder was stopped",
            Failed => "the recorder failed:",
            CannotStart => "the recorder could not start:",
            NotLoaded => "the recorder could not be loaded",
            LoadQueueFull => "too many calls before the recorder was loaded",
        }
    }
}
