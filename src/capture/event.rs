//! The events of capture, as they are recorded.

use super::description::{Described, ElementData, Words};
use super::node::Node;
use super::privacy::Strength;
use serde::Serialize;

/// The largest data of an event, in bytes of JSON.
pub const BYTES: usize = 2_048;

/// What an event says happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// A mouse.
    Mouse,
    /// A finger.
    Touch,
    /// A pen.
    Pen,
    /// A keyboard, or software that stands for one.
    Key,
    /// The browser filled the field in.
    Autofill,
    /// The user changed the field.
    User,
    /// The user pressed a button of the form.
    Button,
    /// The user pressed Enter in a field of the form.
    Enter,
}

/// The data of an event.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventData {
    /// The element.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub el: Option<ElementData>,
    /// The form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<ElementData>,
    /// See [`Words`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// See [`Words`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// See [`Words`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// See [`Words`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Whether the element is censored.
    #[serde(skip_serializing_if = "is_false")]
    pub censored: bool,
    /// By what it happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
    /// The mouse button, if it is not the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub button: Option<u8>,
    /// `label`: a label of the element was clicked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub via: Option<&'static str>,
    /// Whether the element is not interactive.
    #[serde(skip_serializing_if = "is_false")]
    pub plain: bool,
    /// `guidance`: the element belongs to guidance content.
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    pub within: Option<&'static str>,
    /// How many changes or clicks the event stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// From the first to the last of them, in ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ms: Option<i64>,
    /// Why nothing happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<&'static str>,
    /// Whether the page stopped the browser from sending the form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prevented: Option<bool>,
    /// The number of the form's controls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<u32>,
    /// How the form is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<&'static str>,
    /// Where in the viewport it happened, in CSS pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<i32>,
    /// See `x`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<i32>,
}

fn is_false(is: &bool) -> bool {
    !is
}

/// An event to be recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Captured {
    /// When it happened, epoch ms.
    pub at: i64,
    /// The event's type.
    pub kind: &'static str,
    /// The event's data, a JSON object of at most [`BYTES`].
    pub data: String,
}

impl EventData {
    /// The data of an event at a described element.
    pub fn of<N: Node>(described: &Described<N>) -> Self {
        let Words { text, label, name, title, .. } = described.words.clone();
        EventData {
            el: Some(described.element.clone()),
            text,
            label,
            name,
            title,
            censored: described.privacy.strength == Strength::Censored,
            via: described.is_by_label.then_some("label"),
            plain: described.is_plain,
            within: described.privacy.is_guidance.then_some("guidance"),
            ..EventData::default()
        }
    }

    /// The event of this data. What makes the data too large is left out.
    pub fn at(mut self, at: i64, kind: &'static str) -> Captured {
        for part in 0.. {
            let data = serde_json::to_string(&self).unwrap_or_default();
            if data.len() <= BYTES {
                return Captured { at, kind, data };
            }
            for element in [&mut self.el, &mut self.form].into_iter().flatten() {
                match part {
                    0 => element.attrs.clear(),
                    1 => element.href = None,
                    2 => element.test = None,
                    3 => element.classes.truncate(2),
                    _ => *element = ElementData { tag: std::mem::take(&mut element.tag), ..ElementData::default() },
                }
            }
            if part > 3 {
                (self.title, self.name, self.label, self.text) = (None, None, None, None);
            }
        }
        Captured { at, kind, data: String::new() }
    }
}
