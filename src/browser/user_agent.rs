//! What the browser says of itself: the user-agent string and, where it has them, client hints.

use super::bindings::{NAVIGATOR, PageNavigator, member};
use crate::agent::Agent;
use js_sys::Array;
use wasm_bindgen::JsCast;

/// Reads them. What is missing, or what an extension has emptied, stays empty.
pub fn read() -> Agent {
    NAVIGATOR.with(|navigator| {
        let mut agent = hints(navigator).unwrap_or_default();
        agent.user_agent = navigator.user_agent().unwrap_or_default();
        agent
    })
}

fn hints(navigator: &PageNavigator) -> Option<Agent> {
    let hints = navigator.user_agent_data().ok().flatten()?;
    let mut agent = Agent {
        platform: hints.platform().ok().flatten().unwrap_or_default(),
        mobile: Some(hints.mobile().ok().flatten().unwrap_or_default()),
        ..Agent::default()
    };
    let brands = hints.brands().ok().filter(Array::is_array);
    for brand in brands.iter().flat_map(|brands| brands.unchecked_ref::<Array>().iter()) {
        for key in ["brand", "version"] {
            let value = member(&brand, key).ok().and_then(|value| value.as_string());
            agent.brands.push_str(&value.unwrap_or_default());
            agent.brands.push('\n');
        }
    }
    Some(agent)
}
