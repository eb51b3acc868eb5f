//! Level 2 in the browser: listens to the page while the recorder wants it, hands nodes to [`crate::capture`], and
//! tells the recorder of the events. Nothing is listened to while capture is off.

mod attention;
mod dom;
mod events;
mod listening;

pub use listening::{answer, explain, is_element, leave, set_rules};
