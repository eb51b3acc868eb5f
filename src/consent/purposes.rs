//! What a page may answer for its user: `'granted'`, `'denied'`, a list of purposes, or an object that says yes or no
//! to each.

use waymark_wire::level::purpose;
use waymark_wire::settings::Value;

/// The purposes that the answer agrees to, as bits; `None` where it is no answer.
pub fn purposes_of(answer: &Value) -> Option<u8> {
    match answer {
        Value::Text(text) if text == "granted" => Some(purpose::ALL),
        Value::Text(text) if text == "denied" => Some(0),
        Value::List(names) => names.iter().try_fold(0, |bits, name| match name {
            Value::Text(name) => Some(bits | bit(name)?),
            _ => None,
        }),
        Value::Object(members) => {
            let mut agreed = members.iter().filter(|(_, value)| is_yes(value));
            agreed.try_fold(0, |bits, (name, _)| Some(bits | bit(name)?))
        }
        _ => None,
    }
}

fn bit(name: &str) -> Option<u8> {
    purpose::NAMES.iter().position(|known| *known == name).map(|at| 1 << at)
}

/// What JavaScript takes for true.
fn is_yes(value: &Value) -> bool {
    match value {
        Value::Nothing => false,
        Value::Bool(is) => *is,
        Value::Number(number) => *number != 0.0,
        Value::Text(text) => !text.is_empty(),
        Value::Function(_) | Value::List(_) | Value::Object(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agreed(answer: &str) -> Option<u8> {
        purposes_of(&serde_json::from_str(answer).unwrap())
    }

    #[test]
    fn an_answer_is_a_word_a_list_or_an_object() {
        for (answer, purposes) in [
            (r#""granted""#, 7),
            (r#""denied""#, 0),
            (r#"["analytics","functional"]"#, 3),
            ("[]", 0),
            (r#"{"analytics":true,"playback":1,"functional":"","ads":false}"#, 6),
            ("{}", 0),
        ] {
            assert_eq!(agreed(answer), Some(purposes), "{answer}");
        }
    }

    #[test]
    fn anything_else_is_no_answer() {
        for answer in ["null", "true", "7", r#""yes""#, r#"["analytics","ads"]"#, "[2]", r#"{"ads":true}"#] {
            assert_eq!(agreed(answer), None, "{answer}");
        }
    }
}
