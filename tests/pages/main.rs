//! The whole system in real browsers: host pages, recorder, collector. One page under www/pages per behaviour; what is
//! asserted is what arrived, and what the browser kept.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod apart;
mod consent;
mod delivery;
mod demo;
mod follow;
mod hostile;
mod identity;
mod inspector;
mod loading;
mod outcomes;
mod session;
mod share;
mod site;
mod state;
mod view;

use apart::*;
use consent::*;
use delivery::*;
use demo::*;
use follow::*;
use hostile::*;
use identity::*;
use inspector::*;
use loading::*;
use outcomes::*;
use serde_json::{Value, json};
use session::*;
use share::*;
use site::*;
use state::*;
use support::browser::Browser;
use support::in_every_engine;
use support::world::World;
use view::*;

/// Goes to a page of www/pages that takes settings from its address (`settings.js`), as JSON.
async fn open(browser: &Browser, world: &World, page: &str, settings: &str) {
    let escaped: String = settings.bytes().map(|byte| format!("%{byte:02x}")).collect();
    browser.goto(&world.page(&format!("pages/{page}?settings={escaped}"))).await;
    browser.wait_for("window.waymark").await;
}

/// Everything that the page recorded so far has arrived.
async fn flush(browser: &Browser) {
    browser.wait_for("window.waymark").await;
    assert_eq!(browser.promised("waymark('flush')").await, json!({ "ok": true }));
}

/// Makes a call, which works.
#[track_caller]
fn call<'a>(browser: &'a Browser, call: &'a str) -> impl Future<Output = Value> + 'a {
    let caller = std::panic::Location::caller();
    async move {
        let outcome = browser.promised(call).await;
        assert_eq!(outcome["ok"], true, "{caller}: {call}: {outcome}");
        outcome["value"].clone()
    }
}

/// Where the browser keeps what of this origin's, and under which key (`kept.js`).
async fn kept(browser: &Browser) -> Vec<String> {
    texts(&browser.promised("kept()").await)
}

/// The same, of the recorder's own.
async fn kept_by_the_recorder(browser: &Browser) -> Vec<String> {
    kept(browser).await.into_iter().filter(|line| line.contains(" wm-")).collect()
}

/// All but what waits to be acknowledged, which comes and goes, and who sends it.
fn but_for_the_outbox(kept: Vec<String>) -> Vec<String> {
    kept.into_iter().filter(|line| !line.contains(" wm-out.") && !line.contains(" wm-lease.")).collect()
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// One text of each event, by its path; empty where there is none.
fn each<'e>(events: &'e [Value], path: &str) -> Vec<&'e str> {
    events.iter().map(|event| event.pointer(path).and_then(Value::as_str).unwrap_or_default()).collect()
}

/// How many different ones there are.
fn different<T: Ord>(mut list: Vec<T>) -> usize {
    list.sort();
    list.dedup();
    list.len()
}

/// What went wrong on the page, as `www/pages/watch.js` saw it.
async fn wrong(browser: &Browser) -> Value {
    browser.run("return wrong", &[]).await
}

in_every_engine![
    the_snippet_records_a_page_view,
    one_tag_records_a_page_view,
    calls_before_the_recorder_is_there_are_replayed_in_order_with_their_times,
    two_snippets_start_one_recorder,
    a_page_without_a_collector_works,
    a_collector_that_goes_away_costs_the_page_nothing_and_gets_its_events_later,
    a_page_that_forbids_wasm_works,
    what_the_page_replaces_by_functions_that_throw_ends_nothing,
    a_recorder_that_an_exception_has_ended_answers_every_call,
    elements_that_shadow_the_document_are_read_past,
    calls_just_before_their_tabs_are_closed_arrive,
    a_call_just_before_its_page_is_left_arrives,
    a_single_page_application_has_a_view_per_navigation,
    every_router_has_a_view_per_navigation,
    a_hash_is_a_place_only_where_the_site_says_so,
    of_the_query_only_what_the_site_names_is_kept,
    a_page_that_comes_back_as_it_was_is_viewed_again,
    a_page_that_is_made_ready_is_viewed_when_it_is_seen,
    a_stopped_recorder_leaves_the_page_as_it_was,
    an_event_belongs_to_the_page_as_it_is_when_it_is_recorded,
    who_navigates_from_a_replaced_path_to_the_first_one_views_it_again,
    an_event_that_waited_for_the_recorder_belongs_to_the_page_of_its_call,
    odd_arguments_are_refused_as_they_are_given,
    what_is_no_settings_is_no_setting_either,
    of_two_inits_the_first_counts,
    a_wrong_key_is_told_and_can_be_corrected,
    a_wrong_origin_is_told_and_with_settings_of_before_flush_tells_it,
    where_nothing_is_recorded_no_call_says_that_it_was,
    a_page_hears_of_changes,
    a_function_that_the_page_kept_before_the_recorder_came_goes_on_working,
    a_page_hears_that_the_script_cannot_work,
    a_page_hears_that_the_script_did_not_come,
    recording_calls_no_store_of_the_browser_s,
    long_batches_are_compressed_and_short_ones_are_not,
    what_could_not_be_sent_is_sent_by_the_next_page,
    without_locks_the_next_page_sends_it_too,
    a_living_tab_sends_what_a_closed_one_left,
    where_nothing_can_be_kept_the_page_holds_it_and_says_so,
    what_was_edited_by_hand_is_declared_lost,
    a_page_can_be_kept_as_it_was_with_a_request_on_its_way,
    times_are_the_page_s_own_whoever_sets_the_clock,
    a_cookie_names_the_user,
    a_variable_names_the_user,
    an_unknown_user_is_the_same_on_the_next_page,
    every_place_can_name_the_user,
    the_first_place_that_knows_the_user_is_believed,
    what_cannot_be_an_id_names_nobody,
    users_need_not_be_told_apart,
    a_promise_that_is_kept_soon_names_the_user_of_the_first_view,
    a_promise_that_is_kept_late_links_the_anonymous_user,
    whoever_logs_in_is_linked_once_and_whoever_logs_out_is_anonymous_again,
    a_place_that_no_longer_names_the_user_leaves_the_anonymous_one,
    a_hashed_id_stands_nowhere_as_it_was,
    what_is_deleted_in_one_place_is_repaired_from_the_other,
    where_nothing_can_be_kept_the_user_lasts_as_long_as_the_page,
    ten_tabs_that_open_at_once_share_one_session,
    a_tab_goes_on_after_a_reload,
    a_tab_s_numbers_have_no_gaps_over_three_pages,
    a_copied_tab_is_another_tab,
    a_page_is_recorded_as_the_site_s_owner_set,
    a_site_that_is_switched_off_records_nothing_and_keeps_nothing,
    an_outage_records_nothing_at_first_and_goes_on_as_before_later,
    nothing_goes_to_another_data_centre,
    before_an_answer_nothing_is_kept_or_sent,
    a_denial_leaves_nothing_behind,
    at_level_0_nothing_is_kept_or_sent,
    with_leave_what_was_held_arrives_as_it_happened,
    a_denial_after_leave_takes_everything_with_it,
    leave_is_remembered_on_the_next_page,
    a_denial_in_one_tab_counts_in_the_other,
    anonymously_events_arrive_and_nothing_is_kept,
    under_global_privacy_control_nobody_is_linked,
    global_privacy_control_may_forbid_everything,
    whoever_is_forgotten_leaves_nothing_here_nor_at_the_collector,
    everything_that_is_held_can_be_looked_at,
    what_is_remembered_can_be_asked_for_and_is_recorded,
    what_is_remembered_is_forgotten_in_time,
    what_was_edited_by_hand_breaks_nothing,
    what_one_tab_remembers_the_other_knows,
    a_cookie_remembers_where_the_site_says_so,
    where_there_is_no_room_the_old_value_stays,
    progress_becomes_the_known_user_s_and_nobody_else_s,
    the_page_s_own_data_outlives_the_recorder,
    two_sites_with_two_collectors_keep_apart_through_an_outage,
    two_sites_at_one_collector_keep_apart_through_an_outage,
    whoever_denies_one_site_keeps_the_other,
    two_browsers_of_one_user_end_with_the_same,
    a_signature_that_is_not_the_site_s_shares_nothing,
    a_played_walk_thru_is_stored_as_the_example_is,
    whoever_says_no_in_the_panel_is_not_collected_any_more,
    the_question_of_the_demo_is_asked_until_it_is_answered,
    what_strangers_send_is_shown_and_does_nothing,
];
