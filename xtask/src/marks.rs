//! What is generated between two marks of a document, `<!-- name -->` and `<!-- /name -->`.

use std::fs;

use anyhow::{Context as _, Result};

use crate::project::Project;

/// Puts it there.
pub fn write(project: &Project, document: &str, name: &str, what: &str) -> Result<()> {
    let path = project.root().join(document);
    let text = fs::read_to_string(&path).with_context(|| format!("could not read {document}"))?;
    let text = place(&text, name, what).with_context(|| format!("{document} lacks the marks of `{name}`"))?;
    fs::write(&path, text)?;
    println!("wrote {document}");
    Ok(())
}

fn place(text: &str, name: &str, what: &str) -> Option<String> {
    let (begin, end) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let (before, rest) = text.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}\n{what}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_between_its_marks_and_nowhere_else() {
        let text = "# Delivery\n<!-- faults -->\nold\n<!-- /faults -->\nrest\n";
        let new = "# Delivery\n<!-- faults -->\nnew\n<!-- /faults -->\nrest\n";
        assert_eq!(place(text, "faults", "new\n").unwrap(), new);
        assert_eq!(place("# Delivery\n", "faults", "new\n"), None);
    }
}
