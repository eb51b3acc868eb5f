//! What the events of guidance content carry in `data`: which object, which play of it, which step.

use serde::{Deserialize, Serialize};

/// The `data` of an event about guidance content, as the example has it. A site may add keys of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Content {
    /// The kind's code: `wt` is a walk-thru.
    #[serde(rename = "type")]
    pub kind: String,
    /// The object's number.
    pub o_id: i64,
    /// The object's name, for people.
    pub o_name: String,
    /// One per play: `<start in epoch ms>-<oId>-<guid>`.
    pub p_id: String,
    /// How the play began.
    pub p_init: Init,
    /// The step that was asked for.
    pub o_requested_sub_object: i64,
    /// The step that the play really began with, or is at.
    pub o_actual_sub_object: i64,
    /// The version of what plays the content: the adapter's.
    pub plugin_ver: String,
    /// The recorder's build.
    pub lib_ver: String,
}

/// How a play began.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Init {
    /// Who began it: 1 the user, 2 an auto-play rule, 3 the page's own code.
    #[serde(rename = "type")]
    pub kind: i64,
}
