//! The examples of `docs/state.md` sign as the collector does.

use super::{SECRET, secret};
use std::process::Command;

/// What the page on kept state shows of this language.
fn example(language: &str) -> &'static str {
    let page = include_str!("../../../../../../docs/state.md");
    let (_, rest) = page.split_once("## Between browsers").unwrap();
    let (_, rest) = rest.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

#[test]
fn the_page_s_examples_sign_as_we_do() {
    let user = "Åsa \"1\"";
    let signature = secret(SECRET).sign("demo", user);
    let node = format!("{}\nconsole.log(sign('{SECRET}', 'demo', 'Åsa \"1\"'))", example("js"));
    let python = format!("{}\nprint(sign('{SECRET}', 'demo', 'Åsa \"1\"'))", example("python"));
    let php = format!("{}\necho sign('{SECRET}', 'demo', 'Åsa \"1\"');", example("php"));
    for (program, arguments) in [("node", ["-e", &node]), ("python3", ["-c", &python]), ("php", ["-r", &php])] {
        // What is not on this machine says nothing.
        let Ok(output) = Command::new(program).args(arguments).output() else { continue };
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(said.trim(), signature, "{program}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
