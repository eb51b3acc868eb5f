//! The whole system in real browsers: host pages, recorder, collector. One page under www/pages per behaviour; what is
//! asserted is what arrived, and what the browser kept.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod accessibility;
mod adapters;
mod answers;
mod capture;
mod compat;
mod consent;
mod delivery;
mod demo;
mod embedding;
mod examples;
mod follow;
mod guidance;
mod hostile;
mod identity;
mod insights;
mod inspector;
mod isolation;
mod loading;
mod outcomes;
mod overlay;
mod policies;
mod replaced;
mod session;
mod site_settings;
mod state;
mod state_sync;
mod traps;
mod unloadable;
mod view;

use adapters::*;
use answers::{
    a_click_that_a_view_transition_answers_is_not_dead, a_click_that_opens_an_alert_is_recorded_and_the_page_goes_on,
};
use capture::*;
use compat::*;
use consent::*;
use delivery::*;
use demo::*;
use embedding::*;
use follow::*;
use guidance::*;
use hostile::*;
use identity::*;
use insights::{
    a_drag_over_the_chart_shows_its_days_alone, a_filter_can_ask_for_a_member_of_the_data, a_link_is_a_view,
    a_read_token_reads_its_site_and_offers_nothing_else, a_segment_is_saved_used_and_dropped,
    a_shared_link_opens_its_view_until_it_is_revoked, a_user_is_erased_after_a_word_about_what_goes,
    days_are_those_of_the_time_zone, goals_are_saved_and_used_from_another_view, goals_are_written_one_a_line,
    no_data_is_not_zero_and_a_hole_is_not_a_beginning, numbers_are_compared_with_the_period_before,
    one_click_fills_the_demo_with_a_month, the_admin_token_opens_every_site, the_page_shows_the_numbers_of_the_api,
    what_cannot_be_shared_offers_no_link, what_others_send_is_text_in_every_view,
};
use inspector::*;
use isolation::*;
use loading::*;
use outcomes::*;
use overlay::{
    a_token_that_is_not_valid_here_opens_no_overlay, the_inspector_opens_a_page_with_the_overlay,
    the_overlay_frames_what_explain_says_and_is_not_recorded,
};
use policies::*;
use replaced::*;
use serde_json::{Value, json};
use session::*;
use site_settings::*;
use state::*;
use state_sync::*;
use support::browser::Browser;
use support::in_every_engine;
use support::world::World;
use traps::*;
use unloadable::*;
use view::*;

/// Goes to a page of www/pages that takes settings from its address (`settings.js`), as JSON.
async fn open(browser: &Browser, world: &World, page: &str, settings: &str) {
    browser.goto(&world.page(&format!("pages/{page}?settings={}", escaped(settings)))).await;
    browser.wait_for("window.waymark").await;
}

/// A text as a value in an address.
fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
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
    calls_before_loading_are_replayed_in_order_with_their_times,
    two_snippets_start_one_recorder,
    a_page_without_a_collector_works,
    a_page_that_forbids_wasm_and_its_stand_in_works,
    a_collector_that_goes_away_costs_the_page_nothing_and_gets_its_events_later,
    a_page_that_forbids_wasm_is_recorded,
    a_page_without_wasm_is_recorded,
    without_wasm_an_unknown_user_is_the_same_on_the_next_page,
    without_wasm_a_hashed_id_is_never_sent_or_stored_in_plain,
    without_wasm_before_an_answer_nothing_is_kept_or_sent,
    without_wasm_a_denial_after_consent_removes_everything,
    without_wasm_long_batches_are_compressed,
    without_wasm_unsent_events_are_sent_by_the_next_page,
    without_wasm_clicks_are_recorded_as_they_were_pressed,
    without_wasm_no_secret_of_the_page_leaves_it,
    the_snippet_hands_its_nonce_on,
    a_nonce_is_all_that_every_script_needs,
    another_base_changes_no_address,
    a_page_that_is_xml_is_recorded,
    a_page_without_a_current_script_is_recorded,
    scripts_that_an_optimiser_reorders_are_found,
    a_document_that_is_written_is_recorded_and_may_be_written_anew,
    a_frame_without_permissions_is_recorded,
    functions_of_the_page_that_throw_stop_nothing,
    after_an_exception_every_call_is_answered,
    elements_that_shadow_document_members_have_no_effect,
    a_call_is_answered_whatever_the_page_has_replaced,
    a_call_is_answered_whatever_the_page_replaces_later,
    nothing_that_a_page_replaces_loosens_a_limit,
    the_snippet_works_wherever_a_site_puts_it,
    the_snippet_of_the_collector_finds_its_address,
    one_tag_works_wherever_a_site_puts_it,
    a_tag_that_lacks_something_says_so,
    a_page_with_trusted_types_is_recorded,
    a_page_that_trusts_no_policy_of_ours_hears_so,
    a_script_that_does_not_come_answers_every_call,
    a_recorder_that_cannot_start_answers_every_call,
    a_script_that_is_damaged_answers_every_call,
    calls_just_before_their_tabs_are_closed_arrive,
    a_call_just_before_its_page_is_left_arrives,
    a_single_page_application_has_a_view_per_navigation,
    every_router_has_a_view_per_navigation,
    a_hash_change_is_a_view_only_if_the_site_collects_hashes,
    a_page_that_seems_to_route_by_its_hash_is_hinted_at,
    a_replaced_path_is_a_view_only_if_the_site_says_so,
    only_listed_query_parameters_are_collected,
    a_page_restored_from_the_back_forward_cache_is_a_view,
    a_prerendered_page_is_viewed_when_activated,
    a_stopped_recorder_restores_the_page,
    an_event_belongs_to_the_page_as_it_is_when_it_is_recorded,
    a_navigation_from_a_replaced_path_back_to_the_first_path_is_a_view,
    an_event_that_waited_for_the_recorder_belongs_to_the_page_of_its_call,
    invalid_arguments_are_refused,
    types_and_data_of_other_products_are_recorded,
    automated_browsers_are_flagged,
    invalid_settings_are_refused,
    the_first_of_two_inits_counts,
    a_wrong_site_key_is_reported_and_can_be_corrected,
    a_wrong_origin_is_reported_by_init_or_with_cached_settings_by_flush,
    no_call_reports_success_where_nothing_is_recorded,
    a_page_hears_of_changes,
    a_reference_to_the_stub_works_after_loading,
    a_page_learns_that_the_recorder_cannot_start,
    a_page_learns_that_the_script_was_not_loaded,
    recording_makes_no_storage_call,
    long_batches_are_compressed_and_short_ones_are_not,
    unsent_events_are_sent_by_the_next_page,
    without_web_locks_the_next_page_sends_unsent_events,
    an_open_tab_sends_the_events_of_a_closed_tab,
    without_storage_the_page_keeps_events_in_memory_and_reports_it,
    an_edited_batch_is_declared_lost,
    a_page_with_a_request_in_flight_can_enter_the_back_forward_cache,
    a_changed_system_clock_changes_no_event_time,
    a_cookie_names_the_user,
    a_variable_names_the_user,
    an_unknown_user_is_the_same_on_the_next_page,
    every_provider_can_name_the_user,
    the_first_provider_with_an_id_wins,
    an_invalid_id_identifies_no_user,
    a_site_can_leave_users_undistinguished,
    a_promise_that_is_kept_soon_names_the_user_of_the_first_view,
    a_promise_that_is_kept_late_links_the_anonymous_user,
    a_user_is_linked_once_at_login_and_anonymous_after_logout,
    a_provider_that_no_longer_names_the_user_leaves_the_anonymous_user,
    a_hashed_id_is_never_sent_or_stored_in_plain,
    an_id_deleted_in_one_storage_area_is_repaired_from_the_other,
    without_storage_the_anonymous_id_lives_as_long_as_the_page,
    ten_tabs_that_open_at_once_share_one_session,
    a_tab_continues_after_a_reload,
    a_tab_s_numbers_have_no_gaps_over_three_pages,
    a_copied_tab_is_another_tab,
    a_page_is_recorded_as_the_site_s_owner_set,
    a_site_that_is_switched_off_records_nothing_and_keeps_nothing,
    an_outage_records_nothing_at_first_and_goes_on_as_before_later,
    nothing_goes_to_another_data_centre,
    before_an_answer_nothing_is_kept_or_sent,
    a_denial_leaves_nothing_behind,
    at_level_0_nothing_is_kept_or_sent,
    with_consent_held_events_arrive_with_their_times,
    a_denial_after_consent_removes_everything,
    consent_is_stored_for_the_next_page,
    a_denial_in_one_tab_counts_in_the_other,
    anonymously_events_arrive_and_nothing_is_kept,
    under_global_privacy_control_users_are_not_linked,
    global_privacy_control_may_forbid_everything,
    a_forgotten_user_is_erased_in_the_browser_and_at_the_collector,
    inspect_shows_everything_held,
    state_can_be_read_and_its_changes_are_recorded,
    state_expires,
    edited_state_is_ignored,
    tabs_share_state,
    a_site_can_store_state_in_cookies,
    without_room_the_old_value_stays,
    progress_moves_to_the_known_user_only,
    the_page_s_own_data_outlives_the_recorder,
    two_sites_with_two_collectors_stay_isolated_through_an_outage,
    two_sites_at_one_collector_stay_isolated_through_an_outage,
    a_denial_on_one_site_leaves_the_other_site_s_data,
    two_browsers_of_one_user_end_with_the_same_state,
    a_wrong_signature_shares_no_state,
    a_played_walk_thru_is_stored_as_the_example_is,
    a_denial_in_the_panel_ends_recording,
    the_question_of_the_demo_is_asked_until_it_is_answered,
    the_form_of_the_demo_tells_nothing_that_is_written_in_it,
    what_others_send_is_shown_as_text,
    bots_can_be_left_out_of_the_inspector,
    events_of_elements_are_shown_in_words,
    nothing_moves_when_it_is_known_what_arrived,
    the_page_shows_the_numbers_of_the_api,
    days_are_those_of_the_time_zone,
    goals_are_written_one_a_line,
    no_data_is_not_zero_and_a_hole_is_not_a_beginning,
    numbers_are_compared_with_the_period_before,
    a_drag_over_the_chart_shows_its_days_alone,
    a_link_is_a_view,
    what_others_send_is_text_in_every_view,
    a_user_is_erased_after_a_word_about_what_goes,
    one_click_fills_the_demo_with_a_month,
    a_filter_can_ask_for_a_member_of_the_data,
    a_segment_is_saved_used_and_dropped,
    goals_are_saved_and_used_from_another_view,
    a_shared_link_opens_its_view_until_it_is_revoked,
    what_cannot_be_shared_offers_no_link,
    a_read_token_reads_its_site_and_offers_nothing_else,
    the_admin_token_opens_every_site,
    clicks_are_recorded_as_they_were_pressed,
    no_secret_of_the_page_leaves_it,
    a_submit_says_how_and_not_what,
    what_is_in_an_open_shadow_tree_is_found,
    what_is_shown_in_a_slot_counts_once,
    a_click_that_nothing_follows_is_dead,
    below_level_2_nothing_is_captured,
    without_the_code_of_level_2_a_page_is_recorded_at_level_1,
    what_a_click_would_record_can_be_asked_for,
    a_page_that_replaces_functions_later_changes_no_event,
    a_click_that_a_first_listener_keeps_is_not_recorded,
    a_text_that_is_selected_across_a_button_is_no_frustration,
    a_frame_is_recorded_by_its_own_snippet_only,
    a_page_with_a_strict_policy_is_captured,
    what_is_captured_too_fast_is_told_and_counted,
    a_page_is_the_same_with_the_recorder_and_without,
    a_click_that_a_view_transition_answers_is_not_dead,
    a_click_that_opens_an_alert_is_recorded_and_the_page_goes_on,
    the_overlay_frames_what_explain_says_and_is_not_recorded,
    a_token_that_is_not_valid_here_opens_no_overlay,
    the_inspector_opens_a_page_with_the_overlay,
    tours_of_driver_js_are_recorded,
    tours_of_shepherd_are_recorded,
    tours_of_intro_js_are_recorded,
    tours_of_intro_js_7_are_recorded,
    hints_of_intro_js_are_tips,
    tours_of_joyride_are_recorded,
    tours_of_joyride_2_are_recorded,
    tours_of_reactour_are_recorded,
    surveys_are_recorded_without_their_answers,
    a_task_is_complete_once_for_its_user,
    tours_that_are_told_by_dom_events_are_recorded,
    a_tour_that_its_page_leaves_has_no_end,
    clicks_in_a_tour_are_clicks_in_guidance,
];
