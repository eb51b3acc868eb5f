//! Submits of forms.

use super::description::{Reading, describe};
use super::event::{By, Captured, EventData};
use super::node::{Node, attribute, has_value};
use super::rules::Rules;
use super::target::Target;

/// A submit of which it is not known yet whether the page stopped the browser from sending the form.
#[derive(Clone, Debug)]
pub struct Submit {
    at: i64,
    data: EventData,
}

impl Submit {
    /// A form is submitted; `None` if it is hidden.
    pub fn new<N: Node>(form: &N, submitter: Option<&N>, by: Option<By>, at: i64, rules: &Rules) -> Option<Self> {
        let describe = |node: &N| {
            let target = Target { node: node.clone(), is_plain: false, is_by_label: false };
            describe(target, node, Reading::NoText, rules)
        };
        let described = describe(form)?;
        let element = submitter.and_then(describe).map(|described| described.element);
        let mut data = EventData::of(&described);
        data.form = std::mem::replace(&mut data.el, element);
        data.by = by;
        data.fields = Some(form.controls().iter().filter(|control| is_listed(*control)).count() as u32);
        let method = submitter.and_then(|submitter| attribute(submitter, "formmethod"));
        let method = method.or_else(|| attribute(form, "method")).unwrap_or_default();
        let known = ["post", "dialog"].into_iter().find(|known| method.trim().eq_ignore_ascii_case(known));
        data.method = Some(known.unwrap_or("get"));
        Some(Submit { at, data })
    }

    /// The event, once it is known, or cannot be known, whether the page stopped the browser.
    pub fn event(mut self, is_prevented: Option<bool>) -> Captured {
        self.data.prevented = is_prevented;
        self.data.at(self.at, "formSubmit")
    }
}

fn is_listed<N: Node>(control: &N) -> bool {
    match &*control.tag() {
        "fieldset" | "output" | "object" => false,
        "input" => !has_value(control, "type", "hidden"),
        _ => true,
    }
}
