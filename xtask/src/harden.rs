//! Makes the generated bindings independent of what a page may have replaced. They call nothing by its `apply` or `call`
//! and spread no lists, and each global that `www/intrinsics.js` stands in for has every member there that they use.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};

/// Members that stand in the generated code and never run: the loader compiles the wasm itself.
const UNUSED: [&str; 2] = ["WebAssembly.instantiate", "WebAssembly.instantiateStreaming"];

/// Rewrites the bindings.
///
/// # Errors
/// They are not as this version of wasm-bindgen writes them, or use a member that `intrinsics` lacks.
pub fn harden(bindings: &Path, intrinsics: &str) -> Result<()> {
    let mut script = fs::read_to_string(bindings)?;
    call_plainly(&mut script)?;
    apply_plainly(&mut script)?;
    import_plainly(&mut script);
    let missing = missing(&script, intrinsics);
    ensure!(missing.is_empty(), "the bindings use {}: add it to www/intrinsics.js", missing.join(", "));
    Ok(fs::write(bindings, script)?)
}

/// Imports that catch, and closures, hand a list of arguments on to another function. They call it with each.
fn call_plainly(script: &mut String) -> Result<()> {
    const CATCHES: &str = "function() { return handleError(function (";
    let mut parts = script.split(CATCHES);
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain += "function(";
        plain += &part.replacen(") {\n", ") {\n            try {\n", 1);
    }
    *script = plain;
    for (generated, plain) in [
        ("\n        }, arguments); },\n", "\n            } catch (e) { handleError(e); }\n        },\n"),
        (
            "function handleError(f, args) {\n    try {\n        return f.apply(this, args);\n    } catch (e) {\n",
            "function handleError(e) {\n    {\n",
        ),
        // No closure takes more than three arguments.
        ("const real = (...args) => {", "const real = (x, y, z) => {"),
        ("state.b, ...args);", "state.b, x, y, z);"),
    ] {
        ensure!(script.contains(generated), "the bindings do not hold `{generated}`");
        *script = script.replace(generated, plain);
    }
    Ok(())
}

/// Functions of the page are called by a `Reflect.apply` that was taken in time, not by their `call`.
fn apply_plainly(script: &mut String) -> Result<()> {
    // A text is stored by the bindings, whose first argument says where.
    for (function, object, given) in
        [("arg0", "arg1", ""), ("arg0", "arg1", "arg2"), ("arg0", "arg1", "arg2, arg3"), ("arg1", "arg2", "")]
    {
        let generated = [function, ".call(", object, if given.is_empty() { "" } else { ", " }, given, ")"].concat();
        *script = script.replace(&generated, &format!("Reflect.apply({function}, {object}, [{given}])"));
    }
    ensure!(!script.contains("arg0.call("), "the bindings call a function with more than two arguments");
    ensure!(!script.contains("= arg1.call("), "the bindings call a function with arguments, and store its result");
    Ok(())
}

/// A namespace of a module becomes an object of getters, which is made with what a page can put on `Object.prototype`.
/// `www/part.js` exports a plain object instead.
fn import_plainly(script: &mut String) {
    *script = script.replace("import * as ", "import ");
}

/// Changes the bindings for a recorder that is JavaScript: an instance is what the function gives, and memory that has
/// grown is another buffer, while the old one stays as it was.
///
/// # Errors
/// They are not as this version of wasm-bindgen writes them.
pub fn run_javascript(script: &str) -> Result<String> {
    let mut script = script.to_owned();
    for (generated, plain) in [
        ("module instanceof WebAssembly.Module", "true"),
        (
            "let heap = new Array(1024).fill(undefined);\nheap.push(undefined, null, true, false);\n",
            "let heap = [];\nwhile (heap.length < 1025) heap[heap.length] = undefined;\n\
             heap[1025] = null;\nheap[1026] = true;\nheap[1027] = false;\n",
        ),
        ("heap.push(heap.length + 1)", "heap[heap.length] = heap.length + 1"),
        ("new WebAssembly.Instance(module, imports)", "{ exports: module(imports) }"),
        (
            "cachedDataViewMemory0.buffer.detached === true || (cachedDataViewMemory0.buffer.detached === undefined \
             && cachedDataViewMemory0.buffer !== wasm.memory.buffer)",
            "cachedDataViewMemory0.buffer !== wasm.memory.buffer",
        ),
        ("cachedUint8ArrayMemory0.byteLength === 0", "cachedUint8ArrayMemory0.buffer !== wasm.memory.buffer"),
    ] {
        ensure!(script.contains(generated), "the bindings do not hold `{generated}`");
        script = script.replace(generated, plain);
    }
    Ok(script)
}

/// The members of replaced globals that the script uses and the replacements lack, such as `Object.keys`.
fn missing(script: &str, intrinsics: &str) -> Vec<String> {
    let mut missing = Vec::new();
    for part in intrinsics.split("\nexport const ").skip(1) {
        let name = part.split([' ', '(']).next().unwrap_or_default();
        // Up to the next replacement: what is set on it stands there too.
        let has = |member: &str| words(part).any(|word| word == member);
        for used in script.split(&format!("{name}.")).collect::<Vec<_>>().windows(2) {
            let [before, after] = used else { continue };
            let member = words(after).next().filter(|member| after.starts_with(*member)).unwrap_or_default();
            let whole = format!("{name}.{member}");
            let is_other = before.ends_with(|last: char| last.is_alphanumeric() || "_$.\"'`".contains(last));
            if !is_other
                && !member.is_empty()
                && !has(member)
                && !UNUSED.contains(&&*whole)
                && !missing.contains(&whole)
            {
                missing.push(whole);
            }
        }
    }
    missing
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != '$')
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_that_a_replacement_lacks_is_named() {
        let intrinsics = "const own = 1;\nexport const Object = function () {};\nObject.is = same;\n\
                          export const JSON = {\n  parse: (text) => text,\n};\n";
        let script = "Object.is(a); Object.keys(b); Object.keys(c); JSON.parse(d); x.Object.of(e); Math.max(f);";
        assert_eq!(missing(script, intrinsics), ["Object.keys"]);
    }

    #[test]
    fn functions_of_the_page_are_called_without_their_call() {
        let mut script = "arg0.call(arg1); arg0.call(arg1, arg2); arg1.call(arg2); x.call(arg1)".to_owned();
        apply_plainly(&mut script).unwrap();
        assert_eq!(
            script,
            "Reflect.apply(arg0, arg1, []); Reflect.apply(arg0, arg1, [arg2]); Reflect.apply(arg1, arg2, []); x.call(arg1)"
        );
        assert!(apply_plainly(&mut "arg0.call(arg1, arg2, arg3, arg4)".to_owned()).is_err());
    }

    #[test]
    fn modules_are_imported_as_their_plain_object() {
        let mut script = "import { path } from './part.js';\nimport * as import1 from \"./part.js\"\n".to_owned();
        import_plainly(&mut script);
        assert_eq!(script, "import { path } from './part.js';\nimport import1 from \"./part.js\"\n");
    }

    #[test]
    fn imports_and_closures_are_called_with_each_argument() {
        let mut script = "\
        a: function() { return handleError(function (x, y) {
            return x.f(() => { y(); });
        }, arguments); },
        b: function(x) {
            return x;
        },
function handleError(f, args) {
    try {
        return f.apply(this, args);
    } catch (e) {
        keep(e);
    }
}
    const real = (...args) => {
            return f(state.a, state.b, ...args);
"
        .to_owned();
        call_plainly(&mut script).unwrap();
        assert_eq!(
            script,
            "\
        a: function(x, y) {
            try {
            return x.f(() => { y(); });
            } catch (e) { handleError(e); }
        },
        b: function(x) {
            return x;
        },
function handleError(e) {
    {
        keep(e);
    }
}
    const real = (x, y, z) => {
            return f(state.a, state.b, x, y, z);
"
        );
        assert!(call_plainly(&mut script).is_err(), "another wasm-bindgen generates something else");
    }
}
