//! What each outcome means, for `docs/outcomes.md`. Nothing of it is in the wasm.

use super::outcome::CallError::{self, *};

/// When an outcome happens.
#[derive(Clone, Copy, Debug)]
pub struct Meaning {
    /// The commands that it is an outcome of, with a space between them; `*`: any.
    pub commands: &'static str,
    /// When it happens.
    pub when: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

/// What `ok: true` means.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    /// The command.
    pub command: &'static str,
    /// What has happened.
    pub means: &'static str,
}

/// `ok: true`, of every command.
pub const DONE: [Done; 16] = [
    Done { command: "init", means: "the recorder has started; at level 0 too, and where the collector is away" },
    Done { command: "record", means: "the event is in the queue; `flush` tells whether it arrived" },
    Done {
        command: "identify",
        means: "events carry the ID from now on; what other browsers know of a signed user is there, where the collector answers within 3 s",
    },
    Done { command: "reset", means: "the user is a new anonymous one, in a new session" },
    Done {
        command: "flush",
        means: "every event that was recorded before the call, and of which no flush has answered yet, was acknowledged by the collector",
    },
    Done { command: "consent", means: "the answer is in force" },
    Done { command: "level", means: "the cap is in force on this page" },
    Done { command: "experience", means: "it is in force on this page" },
    Done { command: "inspect", means: "`value` has what is held, kept and was sent lately" },
    Done {
        command: "forget",
        means: "everything here is removed and nothing more is collected on this page; where the request to the collector fails, the console says so",
    },
    Done { command: "state.get", means: "`value` has the entry, or null" },
    Done {
        command: "state.set",
        means: "the entry is kept, for this page only where the browser or consent allows no more",
    },
    Done { command: "state.remove", means: "the entry is gone" },
    Done { command: "state.all", means: "`value` has all entries" },
    Done {
        command: "on",
        means: "the listener is called with what holds now, then with each change; `value` is a function that takes it off",
    },
    Done { command: "stop", means: "what was queued is on its way, and the recorder is off the page" },
];

const fn meaning(commands: &'static str, when: &'static str, remedy: &'static str) -> Meaning {
    Meaning { commands, when, remedy }
}

impl CallError {
    /// When it happens and what to do.
    pub const fn meaning(self) -> Meaning {
        match self {
            NotStarted => meaning("*", "no `init` has succeeded on this page", "call `init`; it says what is wrong"),
            AlreadyStarted => meaning(
                "init",
                "`init` succeeded before; of two calls the first counts, though it may still wait for the site's settings",
                "call `init` once",
            ),
            SiteInvalid => {
                meaning("init", "`site` is missing or has other characters", "give the site's key; call `init` again")
            }
            CollectorInvalid => meaning(
                "init",
                "`collector` is missing, or begins with none of `https://`, `http://` and `/`",
                "give the collector's address; call `init` again",
            ),
            UnknownSite => meaning(
                "*",
                "the collector has no site with this key (401 or 404). Without cached settings `init` fails, and so does every call after it. With cached settings, `flush` says it",
                "correct `site`, or add the site at the collector; call `init` again or reload the page",
            ),
            WrongOrigin => meaning(
                "*",
                "the site does not list the page's origin (403). Without cached settings `init` fails, and so does every call after it. With cached settings, `flush` says it",
                "add the origin to the site's `origins` at the collector; call `init` again or reload the page",
            ),
            WrongCollector => meaning(
                "*",
                "the site belongs to another data centre (421, or another `region`). Without cached settings `init` fails. Else `flush` says it, and the events wait",
                "correct `collector`; call `init` again or reload the page",
            ),
            SettingsUnavailable => meaning(
                "record identify flush",
                "the collector did not answer within 5 seconds, and no settings are cached",
                "nothing: recording begins when the collector answers. Before that, events are not recorded",
            ),
            Off => meaning(
                "record identify",
                "the site, the page, the user or a signal of the browser set the level to 0. The console stays silent",
                "nothing; `inspect` has the reason under `why`",
            ),
            TypeInvalid => meaning("record", "the type is not a text, or has other characters", "correct the type"),
            DataNotObject => meaning("record", "data is a text, a number, an array, or null", "give an object"),
            DataTooLarge => meaning(
                "record",
                "data is over 32,768 bytes of JSON; the event is counted as `too_large`",
                "record less, or several events",
            ),
            DataTooDeep => meaning("record", "objects or arrays nest over 32 levels", "flatten data"),
            NotCollected => meaning(
                "record",
                "the site's level or a switch leaves out this type",
                "change the site's settings, or do not record it",
            ),
            ConsentBufferFull => meaning(
                "record",
                "`consent: 'wait'`, the user has not answered, and one batch is full; the event is counted as `held`",
                "ask the user sooner, or record less before the answer",
            ),
            IdentityBufferFull => meaning(
                "record",
                "a provider has not named the user yet, or another tab begins the session, and one batch is full; the event is counted as `held`",
                "lower `identity.waitMs`, or record less at the start",
            ),
            IdNobody => meaning(
                "identify",
                "the ID is empty, or stands for nobody, such as `null` or `guest`; the user stays who it was",
                "give the user's ID; call `reset` when the user signs out",
            ),
            IdTooLong => meaning("identify", "the ID is over 256 characters", "give a shorter ID"),
            IdControl => {
                meaning("identify", "the ID holds a line break or another control character", "give the ID alone")
            }
            StateKind => meaning("state.get state.set state.remove", "the kind is none of these", "correct the kind"),
            StateName => meaning(
                "state.get state.set state.remove",
                "the name of a `data` value has other characters, or is no text",
                "correct the name",
            ),
            StateNumber => meaning(
                "state.get state.set state.remove",
                "the name of guidance content is not a whole number",
                "give the object's number",
            ),
            StateValue => {
                meaning("state.set", "the value of guidance content is not a whole number", "give a whole number")
            }
            StateRange => meaning(
                "state.set",
                "the value is below 0 or beyond the end of its kind",
                "give a value in range ([state.md](state.md))",
            ),
            StateSize => {
                meaning("state.set", "the value of `data` is undefined, or over 1,000 bytes of JSON", "store less")
            }
            StateDays => meaning("state.set", "`days` is a text, a fraction, or out of range", "give a whole number"),
            StateFull => meaning("state.set", "the browser's storage is full", "remove what is not needed"),
            ConsentPending => {
                meaning("flush", "`consent: 'wait'`, and the user has not answered", "ask the user; flush again")
            }
            Unreachable => meaning(
                "flush",
                "the collector did not answer, or asked for a wait",
                "nothing: the events are tried again",
            ),
            EventsLost => meaning(
                "flush",
                "events recorded before this flush will never arrive; how many and why follows ([reasons](wire.md#losses)). Each loss is reported by one flush",
                "look at the reason; the collector's audit has the same counts",
            ),
            Unanswered => meaning(
                "flush",
                "events were on their way when the page was left and came back, or when `stop` was called",
                "nothing: what is kept is sent by a later page; the collector's audit has what arrived",
            ),
            Busy => meaning(
                "*",
                "for 12 seconds the user's ID or state was not known, or a getter of the page made calls",
                "make the call again; shorten `identity.waitMs`",
            ),
            UnknownCommand => meaning("*", "the command is not in the list that follows", "correct the command"),
            QueueFull => meaning(
                "*",
                "1,000 calls wait for `init`, or for the collector's answer",
                "call `init` earlier; make fewer calls before it",
            ),
            SettingsNotObject => meaning(
                "init",
                "the settings are null, a text, a number or an array",
                "give an object; call `init` again",
            ),
            SettingsUnreadable => meaning(
                "init",
                "a getter throws, or the settings hold a circle or a BigInt; the cause follows",
                "give plain values; call `init` again",
            ),
            NotJson => meaning(
                "record state.set",
                "data or the value is cyclic, holds a BigInt, or a getter throws; the cause follows",
                "give what `JSON.stringify` takes",
            ),
            ConsentInvalid => meaning("consent", "the answer is none of these", "correct the answer"),
            LevelInvalid => meaning("level", "the level is another value", "give a number from 0 to 3"),
            ExperienceInvalid => meaning("experience", "the argument is no boolean", "give a boolean"),
            OptionsNotObject => meaning(
                "identify state.set",
                "the last argument is null, or no object",
                "give an object, or leave it out",
            ),
            SignatureInvalid => {
                meaning("identify", "the signature is no text; the user is not changed", "give the server's signature")
            }
            StateRecord => meaning("state.set", "the option `record` is no boolean", "give a boolean"),
            TopicUnknown => meaning("on", "the first argument is none of these names", "correct the name"),
            ListenerInvalid => meaning("on", "the second argument is not a function", "give a function"),
            ListenersFull => meaning("on", "100 listeners are on the page", "call what earlier calls of `on` returned"),
            Stopped => meaning("*", "`stop` was called on this page", "reload the page"),
            Failed => meaning(
                "*",
                "a defect of the recorder; the cause follows. The page goes on",
                "report it, with the text",
            ),
            CannotStart => meaning(
                "*",
                "the page's Content Security Policy forbids wasm, or the browser lacks it; the cause follows",
                "allow `'wasm-unsafe-eval'` in `script-src`",
            ),
            NotLoaded => meaning(
                "*",
                "the script is blocked, or the collector does not answer for it",
                "check `script-src` and the collector's address; a blocker may be at work",
            ),
            LoadQueueFull => meaning("*", "1,000 calls wait for the script", "make fewer calls before it is loaded"),
        }
    }
}
