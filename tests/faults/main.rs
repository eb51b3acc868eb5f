//! What becomes of events where something fails: real pages in real browsers, a collector of its own process, and a
//! proxy before it that fails as it is told to. Each scenario counts its marks at the collector, says how many there
//! must be, and leaves a line in target/faults for the table of docs/delivery.md (`cargo xtask faults`).
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod clock;
mod collector;
mod kill;
mod leave;
mod marks;
mod network;
mod process;
mod proxy;
mod stage;
mod storage;
mod tabs;

use clock::*;
use kill::*;
use leave::*;
use network::*;
use storage::*;
use tabs::*;

/// A `#[test]` for each scenario and engine, as `chromium::quick::name`; `quick` ones are short enough for every run of
/// the tests, `alone` ones have sessions of their own.
macro_rules! scenarios {
    (quick { $($quick:ident,)* } long { $($long:ident,)* } alone { $($alone:ident,)* }) => {
        /// In the order of the table.
        const SCENARIOS: &[&str] = &[$(stringify!($quick),)* $(stringify!($long),)* $(stringify!($alone),)*];
        scenarios!(@ chromium Chromium ($($quick)*) ($($long)*) ($($alone)*));
        scenarios!(@ firefox Firefox ($($quick)*) ($($long)*) ($($alone)*));
        scenarios!(@ webkit Webkit ($($quick)*) ($($long)*) ($($alone)*));
    };
    (@ $module:ident $engine:ident ($($quick:ident)*) ($($long:ident)*) ($($alone:ident)*)) => {
        mod $module {
            scenarios!(@ $engine quick play $($quick)*);
            scenarios!(@ $engine long play $($long)*);
            scenarios!(@ $engine alone play_alone $($alone)*);
        }
    };
    (@ $engine:ident $group:ident $play:ident $($scenario:ident)*) => {
        mod $group {
            use $crate::stage::$play;
            use support::engine::Engine;
            $(
                #[test]
                #[ignore = "needs a browser: cargo xtask faults"]
                fn $scenario() {
                    $play(Engine::$engine, stringify!($scenario), $crate::$scenario);
                }
            )*
        }
    };
}

scenarios! {
    quick {
        the_tab_is_closed,
        the_page_is_left,
        the_page_is_reloaded_while_the_collector_is_away,
        the_answer_is_lost_and_the_collector_killed,
        the_collector_says_later,
        nothing_may_be_kept,
    }
    long {
        two_hundred_kilobytes_are_pending_at_the_end,
        the_collector_is_away_for_several_waits,
        the_connection_is_reset_in_the_body,
        a_portal_answers_instead,
        a_proxy_takes_small_bodies_only,
        everything_is_blocked,
        the_browser_is_offline,
        there_is_no_room,
        there_is_no_room_and_the_collector_is_away,
        more_is_recorded_than_is_kept,
        the_page_is_a_sandboxed_frame,
        the_clock_jumps_a_year_ahead,
        the_clock_jumps_a_year_back,
    }
    alone {
        the_page_s_process_is_killed,
        the_page_s_process_is_killed_while_the_collector_is_away,
        a_hidden_page_s_process_is_killed_while_the_collector_is_away,
        the_browser_is_killed,
        the_browser_is_killed_while_the_collector_is_away,
        ten_tabs_come_and_go,
    }
}
