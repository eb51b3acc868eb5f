//! What capture may read and what it must censor, from the settings in force.

use waymark_wire::Settings;
use waymark_wire::settings::CensorNames;

/// The rules of capture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// Whether texts, labels, names and titles are read.
    pub reads_text: bool,
    /// Whether the masks of other tools count.
    pub honours_foreign: bool,
    /// The IDs of censored elements.
    pub ids: Vec<String>,
    /// The classes of censored elements.
    pub classes: Vec<String>,
    /// The selectors of censored elements.
    pub selectors: Vec<String>,
    /// Further attributes that are read.
    pub attributes: Vec<String>,
    /// The query parameters that are kept in addresses of the page's own host.
    pub query: Vec<String>,
    /// The page's own host, with its port.
    pub own_host: String,
}

impl From<&Settings> for Rules {
    fn from(settings: &Settings) -> Self {
        let Settings { experience, censor, collect, .. } = settings;
        let mut selectors = censor.selectors.clone().unwrap_or_default().texts();
        let ids = censor.ids.clone().unwrap_or_default().texts();
        let classes = censor.classes.clone().unwrap_or_default().texts();
        let is_everything = |name: &String| name == CensorNames::EVERYTHING;
        if ids.iter().chain(&classes).any(is_everything) {
            selectors.push(CensorNames::EVERYTHING.to_owned());
        }
        Rules {
            reads_text: experience.text.unwrap_or_default().0,
            honours_foreign: experience.foreign.unwrap_or_default().0,
            ids,
            classes,
            selectors,
            attributes: experience.attributes.clone().unwrap_or_default().texts(),
            own_host: String::new(),
            query: collect.query.clone().unwrap_or_default().texts(),
        }
    }
}
