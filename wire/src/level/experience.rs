//! The data of the events of level 2: every member, the switch that removes it, and its meaning. The collector stores
//! no other member.

use super::{Allowed, Kind, Level, Switch};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

/// A member of the data of level 2's events.
#[derive(Clone, Copy, Debug)]
pub struct DataField {
    /// Its path in `data`. `el` stands for `form` too.
    pub path: &'static str,
    /// Whether `experience.text` removes it.
    pub is_text: bool,
    /// Its meaning.
    pub meaning: &'static str,
}

macro_rules! data {
    ($($path:literal $is_text:literal $meaning:literal;)*) => {
        impl DataField {
            /// All members.
            pub const ALL: &[DataField] = &[$(DataField { path: $path, is_text: $is_text, meaning: $meaning },)*];
        }
    };
}

data! {
    "el" false "The element: the nearest one above the innermost that a user operates, such as a button or a link. Of a submit the button, if there was one.";
    "el.tag" false "Its name, in lower case.";
    "el.id" false "Its ID, redacted, at most 64 characters.";
    "el.classes" false "Its first 10 classes, redacted.";
    "el.type" false "The type of a field or button, if the platform knows it.";
    "el.role" false "Its role.";
    "el.path" false "Names, stable IDs and classes, and positions of the element and of what is around it, at most 8 steps and 512 characters; `>>` at a shadow root. No positions inside a censored region.";
    "el.test" true "The first attribute that test tools use, as `data-testid=save`.";
    "el.href" true "Where a link or form leads: protocol, host and path, redacted; of the own host the listed query parameters; of other schemes only the scheme.";
    "el.attrs" true "At most 8 of the attributes that say what the element does and what state it is in, such as `aria-expanded`, `disabled`, `target`, and those of `experience.attributes`, redacted.";
    "form" false "Of a submit: the form, described as an element is.";
    "text" true "Of a click: the text of the interactive element, redacted, at most 100 characters. Or its attribute `data-wm-name`.";
    "label" true "The element's label, redacted, at most 100 characters.";
    "name" true "Its attribute `name`, redacted, at most 100 characters.";
    "title" true "Its attribute `title`, redacted, at most 100 characters.";
    "censored" false "`true`: the element is private, and only its structure is recorded.";
    "by" false "`mouse`, `touch`, `pen` or `key` of a click; `user` or `autofill` of a change; `button` or `enter` of a submit.";
    "button" false "1: the middle button.";
    "via" false "`label`: a label of the element was clicked.";
    "plain" false "`true`: nothing that a user operates was clicked.";
    "in" false "`guidance`: the element is part of guidance content.";
    "count" false "How many changes or clicks the event stands for.";
    "ms" false "The time from the first to the last of them.";
    "why" false "Of a dead click: `nothing` happened, or the control is `disabled`.";
    "prevented" false "Of a submit: whether the page kept the browser from sending the form.";
    "fields" false "Of a submit: the number of the form's controls, hidden ones left out.";
    "method" false "Of a submit: `get`, `post` or `dialog`.";
    "x" false "The place of a pointer in the viewport, in CSS pixels. Not of a censored element: on a pad of keys it tells the digit.";
    "y" false "See `x`.";
}

impl DataField {
    /// Removes from an event's data what the table does not name or `allowed` does not allow. Returns the number of
    /// members that were removed. The data of other events than those of level 2 is the page's own, and stays.
    pub fn strip(kind: &str, data: &mut Box<RawValue>, allowed: &Allowed) -> u64 {
        if Kind::rule(kind).0 != Level::Experience {
            return 0;
        }
        let Ok(mut members) = serde_json::from_str::<Map<String, Value>>(data.get()) else { return 0 };
        let mut stripped = retain(&mut members, "", allowed);
        for name in ["el", "form"] {
            match members.get_mut(name) {
                Some(Value::Object(element)) => stripped += retain(element, "el.", allowed),
                Some(_) => {
                    members.remove(name);
                    stripped += 1;
                }
                None => {}
            }
        }
        if let (Ok(kept), true) = (to_raw_value(&members), stripped > 0) {
            *data = kept;
        }
        stripped
    }
}

fn retain(members: &mut Map<String, Value>, under: &str, allowed: &Allowed) -> u64 {
    let before = members.len();
    members.retain(|name, _| {
        let field = DataField::ALL.iter().find(|field| field.path.strip_prefix(under) == Some(name));
        // A path with a dot names a member of an element, and never a member that has the dot in its own name.
        !name.contains('.') && field.is_some_and(|field| !field.is_text || allowed.switch(Switch::Text))
    });
    (before - members.len()) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripped(kind: &str, data: &str, allowed: &Allowed) -> (u64, String) {
        let mut data = RawValue::from_string(data.to_owned()).unwrap();
        let count = DataField::strip(kind, &mut data, allowed);
        (count, data.get().to_owned())
    }

    #[test]
    fn only_members_that_the_table_names_stay() {
        let all = Allowed::at(Level::Experience);
        let good = r#"{"text":"a", "el":{"tag":"a","attrs":{"rel":"x"}},"form":{"path":"b"}}"#;
        assert_eq!(stripped("elementClick", good, &all), (0, good.to_owned()));
        let bad = r#"{"value":"a","el":{"tag":"a","value":"b","el.tag":"c"},"form":[1],"el.tag":"d"}"#;
        assert_eq!(stripped("elementChange", bad, &all), (5, r#"{"el":{"tag":"a"}}"#.to_owned()));
        for kind in ["play", "anything", "pageView"] {
            assert_eq!(stripped(kind, bad, &all), (0, bad.to_owned()), "{kind}");
        }
    }

    #[test]
    fn without_text_the_structure_stays() {
        let mut allowed = Allowed::at(Level::Experience);
        allowed.without(Switch::Text);
        let data = r#"{"el":{"href":"a","tag":"a","test":"b"},"label":"c","text":"d","x":1}"#;
        assert_eq!(stripped("rageClick", data, &allowed), (4, r#"{"el":{"tag":"a"},"x":1}"#.to_owned()));
    }
}
