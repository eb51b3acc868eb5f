//! A site's recorder settings in TOML: `waymark_wire::Settings`.

use waymark_wire::Settings;

/// Reads settings as they stand below `[sites.settings]`: `level = 2`, `collect.title = false`, a line each.
///
/// # Errors
/// What is wrong with a setting, and on which line.
pub fn read_settings(text: &str) -> Result<Settings, Box<toml::de::Error>> {
    toml::from_str(text).map_err(Box::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_have_the_order_of_the_file() {
        let settings = read_settings(
            "user.variable = \"app.user\"\nuser.cookie = \"shop\"\nlevel = 2\n[collect]\nquery = [\"b\", \"a\"]\ntitle = false",
        );
        assert_eq!(
            serde_json::to_string(&settings.unwrap()).unwrap(),
            r#"{"level":2,"user":[{"variable":"app.user"},{"cookie":"shop"}],"collect":{"query":["b","a"],"title":false}}"#
        );
        let settings = read_settings("user = [{ selector = \"#a\", attribute = \"data-id\" }, \"none\"]").unwrap();
        assert_eq!(
            serde_json::to_string(&settings).unwrap(),
            r##"{"user":[{"selector":"#a","attribute":"data-id"},"none"]}"##
        );
    }

    #[test]
    fn what_the_recorder_would_refuse_is_refused_with_its_line() {
        for (text, reason) in [
            ("level = 4", "must be a whole number from 0 to 3"),
            ("level = 1.5", "must be a whole number from 0 to 3"),
            ("level = \"2\"", "must be a whole number from 0 to 3"),
            ("level = [1, 2]", "must be a whole number from 0 to 3"),
            ("consent = \"never\"", "must be one of implied, anonymous, wait"),
            ("collect.title = \"no\"", "must be true or false"),
            ("user.cookie = \"\"", "user.cookie must be a text of one line"),
            ("user.cookie = \"a\\nlevel = 3\"", "user.cookie must be a text of one line"),
            ("batch.size = 1", "unknown field `size`, expected one of `events`, `bytes`, `ageMs`"),
            ("gpc.title = 1", "must be one of limit, deny"),
        ] {
            let error = read_settings(text).unwrap_err();
            assert_eq!(error.message(), reason, "{text}");
            assert!(error.span().is_some(), "{text}");
        }
        for name in ["site", "sampling", "region", "levle"] {
            let error = read_settings(&format!("\n\n{name} = 1")).unwrap_err().to_string();
            assert!(error.starts_with("TOML parse error at line 3, column 1"), "{error}");
            assert!(error.contains(&format!("unknown field `{name}`, expected one of `level`, `env`")), "{error}");
        }
    }
}
