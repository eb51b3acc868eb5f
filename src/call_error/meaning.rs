//! The meaning of each outcome, for `docs/outcomes.md`. Not part of the wasm.

use super::outcome::CallError::{self, *};

/// When an outcome happens.
#[derive(Clone, Copy, Debug)]
pub struct Meaning {
    /// The commands with this outcome, separated by spaces; `*`: all.
    pub commands: &'static str,
    /// When it happens.
    pub when: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

/// The meaning of `ok: true`.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    /// The command.
    pub command: &'static str,
    /// What holds then.
    pub means: &'static str,
}

/// The meaning of `ok: true` for each command.
pub const DONE: [Done; 17] = [
    Done {
        command: "init",
        means: "the recorder has started, even at level 0 or while the collector cannot be reached",
    },
    Done {
        command: "record",
        means: "the event is in the queue; `flush` reports whether it arrived. `note` names what of data was replaced",
    },
    Done {
        command: "identify",
        means: "events carry the ID from now on; the state of a signed user is there, if the collector responds within 3 s",
    },
    Done { command: "reset", means: "a new session with a new anonymous user has begun" },
    Done {
        command: "flush",
        means: "the collector has acknowledged every event that was recorded before the call and was not reported by an earlier flush",
    },
    Done { command: "consent", means: "the answer is in force" },
    Done { command: "level", means: "the cap is in force on this page" },
    Done { command: "experience", means: "the answer is in force on this page" },
    Done {
        command: "explain",
        means: "`value` has what a click on the element would record now, and the rule that censors or hides it",
    },
    Done { command: "inspect", means: "`value` has everything that is held and stored, and the last batches" },
    Done {
        command: "forget",
        means: "all data in the browser is removed, and recording on this page has ended; if the request to the collector fails, the console says so",
    },
    Done { command: "state.get", means: "`value` has the entry, or null" },
    Done {
        command: "state.set",
        means: "the entry is stored, or lives as long as the page if the browser or the consent does not allow more",
    },
    Done { command: "state.remove", means: "the entry is removed" },
    Done { command: "state.all", means: "`value` has all entries" },
    Done {
        command: "on",
        means: "the listener is called with the current value, then with each change; `value` is a function that removes it",
    },
    Done { command: "stop", means: "the queued events were sent, and the recorder is removed from the page" },
];

const fn meaning(commands: &'static str, when: &'static str, remedy: &'static str) -> Meaning {
    Meaning { commands, when, remedy }
}

impl CallError {
    /// When the error happens, and what to do.
    pub const fn meaning(self) -> Meaning {
        match self {
            NotStarted => meaning("*", "no `init` has succeeded on this page", "call `init`; it says what is wrong"),
            AlreadyStarted => {
                meaning("init", "an earlier `init` succeeded, or waits for the site's settings", "call `init` once")
            }
            SiteInvalid => {
                meaning("init", "`site` is missing or has invalid characters", "give the site's key; call `init` again")
            }
            CollectorInvalid => meaning(
                "init",
                "`collector` is missing, or does not begin with `https://`, `http://` or `/`",
                "give the collector's address; call `init` again",
            ),
            UnknownSite => meaning(
                "*",
                "the collector has no site with this key (401 or 404). Without cached settings, `init` and all later calls fail. With cached settings, `flush` reports it",
                "correct `site`, or add the site at the collector; call `init` again or reload the page",
            ),
            WrongOrigin => meaning(
                "*",
                "the site does not list the page's origin (403). Without cached settings `init` fails, and so does every call after it. With cached settings, `flush` says it",
                "add the origin to the site's `origins` at the collector; call `init` again or reload the page",
            ),
            WrongCollector => meaning(
                "*",
                "the site belongs to another data centre (421, or another `region`). Without cached settings, `init` fails. With cached settings, `flush` reports it, and the events wait",
                "correct `collector`; call `init` again or reload the page",
            ),
            SettingsUnavailable => meaning(
                "record identify flush",
                "the collector did not respond within 5 seconds, and no settings are cached",
                "nothing: recording begins when the collector responds. Events before that are not recorded",
            ),
            Off => meaning(
                "record identify",
                "the site, the page, the user or a signal of the browser set the level to 0. The console stays silent",
                "nothing; `inspect` has the reason under `why`",
            ),
            TypeInvalid => meaning(
                "record",
                "the type is not a string, is empty or too long, or contains a line break or another control character",
                "correct the type",
            ),
            DataNotObject => meaning("record", "data is a string, a number, an array, or null", "give an object"),
            DataTooLarge => meaning(
                "record",
                "data is over 32,768 bytes of JSON; the event is counted as `too_large`",
                "record less, or several events",
            ),
            DataTooDeep => meaning("record", "objects or arrays are nested over 32 levels deep", "flatten data"),
            NotCollected => meaning(
                "record",
                "the site's level or a switch excludes this type",
                "change the site's settings, or do not record it",
            ),
            ConsentBufferFull => meaning(
                "record",
                "`consent: 'wait'`, the user has not answered, and one batch is full; the event is counted as `held`",
                "ask the user sooner, or record less before the answer",
            ),
            IdentityBufferFull => meaning(
                "record",
                "a provider has not named the user yet, or another tab is beginning the session, and one batch is full; the event is counted as `held`",
                "lower `identity.waitMs`, or record less at the start",
            ),
            IdPlaceholder => meaning(
                "identify",
                "the ID is empty, or a placeholder such as `null` or `guest`; the user does not change",
                "give the user's ID; call `reset` when the user signs out",
            ),
            IdTooLong => meaning("identify", "the ID is over 256 characters", "give a shorter ID"),
            IdControlCharacter => {
                meaning("identify", "the ID contains a line break or another control character", "give only the ID")
            }
            StateKindInvalid => {
                meaning("state.get state.set state.remove", "the kind is not one of these", "correct the kind")
            }
            StateNameInvalid => meaning(
                "state.get state.set state.remove",
                "the name of a `data` value has invalid characters, or is not a string",
                "correct the name",
            ),
            StateNameNotNumber => meaning(
                "state.get state.set state.remove",
                "the name of guidance content is not a whole number",
                "give the object's number",
            ),
            StateValueInvalid => {
                meaning("state.set", "the value of guidance content is not a whole number", "give a whole number")
            }
            StateValueOutOfRange => meaning(
                "state.set",
                "the value is below 0 or above the maximum of its kind",
                "give a value in range ([state.md](state.md))",
            ),
            StateValueTooLarge => {
                meaning("state.set", "the value of `data` is undefined, or over 1,000 bytes of JSON", "store less")
            }
            StateDaysInvalid => {
                meaning("state.set", "`days` is a string, a fraction, or out of range", "give a whole number")
            }
            StorageFull => meaning("state.set", "the browser's storage is full", "remove entries"),
            ConsentPending => {
                meaning("flush", "`consent: 'wait'`, and the user has not answered", "ask the user; flush again")
            }
            Unreachable => meaning(
                "flush",
                "the collector did not respond, or asked to wait",
                "nothing: the events are sent again",
            ),
            EventsLost => meaning(
                "flush",
                "events recorded before this flush will never arrive; their number and the reasons follow ([reasons](wire.md#losses)). Each loss is reported once",
                "look at the reasons; the collector's audit has the same counts",
            ),
            ResponseUnknown => meaning(
                "flush",
                "events were being sent when the page entered the back-forward cache, or when `stop` was called",
                "nothing: a later page sends the stored events; the collector's audit shows what arrived",
            ),
            Busy => meaning(
                "*",
                "the user's ID or state was not known for 12 seconds, or a getter of the page made calls",
                "make the call again; shorten `identity.waitMs`",
            ),
            UnknownCommand => meaning("*", "the command is not in the list that follows", "correct the command"),
            QueueFull => meaning(
                "*",
                "1,000 calls wait for `init`, or for the site's settings",
                "call `init` earlier; make fewer calls before it",
            ),
            SettingsNotObject => meaning(
                "init",
                "the settings are null, a string, a number or an array",
                "give an object; call `init` again",
            ),
            SettingsUnreadable => meaning(
                "init",
                "a getter throws, or the settings contain a cycle or a BigInt; the cause follows",
                "give plain values; call `init` again",
            ),
            NotJson => meaning(
                "record state.set",
                "a getter throws, or the value contains a cycle or a BigInt; of data, the members cannot be listed. The cause follows",
                "give plain values",
            ),
            ConsentInvalid => meaning("consent", "the answer is not one of these", "correct the answer"),
            LevelInvalid => meaning("level", "the level is another value", "give a number from 0 to 3"),
            ExperienceInvalid => meaning("experience", "the argument is not a boolean", "give a boolean"),
            ElementInvalid => meaning(
                "explain",
                "the argument is not an element, or the page has none for the selector",
                "give an element, or a selector of one",
            ),
            CaptureNotLoaded => meaning(
                "explain",
                "the collector cannot be reached, or its `capture.wasm` is of another build; the recorder tries again after 30 s, then less often",
                "call it again later; check `connect-src`, and that all files of one build are in the collector's `assets`",
            ),
            OptionsNotObject => {
                meaning("identify state.set", "the last argument is not an object", "give an object, or omit it")
            }
            SignatureInvalid => meaning(
                "identify",
                "the signature is not a string; the user does not change",
                "give the server's signature",
            ),
            StateRecordInvalid => meaning("state.set", "the option `record` is not a boolean", "give a boolean"),
            TopicUnknown => meaning("on", "the first argument is not one of these names", "correct the name"),
            ListenerInvalid => meaning("on", "the second argument is not a function", "give a function"),
            ListenersFull => {
                meaning("on", "the page has 100 listeners", "call the functions that earlier calls of `on` returned")
            }
            Stopped => meaning("*", "`stop` was called on this page", "reload the page"),
            Failed => meaning(
                "*",
                "a defect of the recorder; the cause follows. The page goes on",
                "report it, with the message",
            ),
            CannotStart => meaning(
                "*",
                "the page has replaced what the recorder needs, or wasm is refused and `waymark-compat.js` cannot be loaded either; the cause follows",
                "do not replace what the cause names; allow `'wasm-unsafe-eval'`, or the collector, in `script-src`",
            ),
            NotLoaded => meaning(
                "*",
                "the script is blocked, or the collector did not deliver it, or delivered something else",
                "check `script-src`, `trusted-types` and the collector's address; a content blocker may be active",
            ),
            LoadQueueFull => meaning("*", "1,000 calls wait for the script", "make fewer calls before it is loaded"),
        }
    }
}
