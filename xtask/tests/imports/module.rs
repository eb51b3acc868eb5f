//! The modules of a crate, the names that each passes on, and the paths that each uses. Code for tests is left out.

use crate::graph::Imports;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, UseTree, Visibility};

/// A path from the crate's root: `crate::a::B` is `["a", "B"]`.
type Names = Vec<String>;

/// The modules of a crate by path.
#[derive(Default)]
pub struct Crate(BTreeMap<Names, Module>);

#[derive(Default)]
struct Module {
    file: PathBuf,
    /// What its `use` lines name; none where that is another crate's.
    imported: BTreeMap<String, Option<Names>>,
    /// Those of the names that it passes on.
    passed_on: BTreeSet<String>,
    /// Its own modules.
    children: BTreeSet<String>,
    /// What it uses of the crate.
    used: BTreeSet<Names>,
}

impl Crate {
    /// Reads the crate whose root is `file`, and all files of its modules.
    pub fn read(file: &Path, read: &dyn Fn(&Path) -> Option<String>) -> Self {
        let mut modules = Crate::default();
        let folder = file.parent().unwrap().to_owned();
        let text = read(file).unwrap_or_else(|| panic!("{} cannot be read", file.display()));
        modules.add(Vec::new(), file, &folder, syn::parse_file(&text).unwrap().items, read);
        modules
    }

    fn add(
        &mut self,
        path: Names,
        file: &Path,
        folder: &Path,
        items: Vec<Item>,
        read: &dyn Fn(&Path) -> Option<String>,
    ) {
        let mut reader = Reader { path: path.clone(), module: Module { file: file.to_owned(), ..Module::default() } };
        let items: Vec<_> = items.into_iter().filter(|item| !is_for_tests(item)).collect();
        // The names come first: what is used goes by them.
        for item in &items {
            if let Item::Mod(child) = item {
                reader.module.children.insert(child.ident.to_string());
            }
        }
        for item in &items {
            if let Item::Use(line) = item {
                reader.imports(line);
            }
        }
        items.iter().for_each(|item| reader.visit_item(item));
        self.0.insert(path.clone(), reader.module);
        for ItemMod { ident, content, .. } in items.into_iter().filter_map(|item| match item {
            Item::Mod(child) => Some(child),
            _ => None,
        }) {
            let name = ident.to_string();
            let child = [path.as_slice(), std::slice::from_ref(&name)].concat();
            let inner = folder.join(&name);
            match content {
                Some((_, items)) => self.add(child, file, &inner, items, read),
                None => {
                    let files = [folder.join(format!("{name}.rs")), inner.join("mod.rs")];
                    let found = files.iter().find_map(|file| Some((file, read(file)?)));
                    let (file, text) = found.unwrap_or_else(|| panic!("no file has the module {}", child.join("::")));
                    self.add(child, file, &inner, syn::parse_file(&text).unwrap().items, read);
                }
            }
        }
    }

    /// Which files each file imports.
    pub fn imports(&self) -> Imports {
        let mut imports = Imports::new();
        for module in self.0.values() {
            let files = imports.entry(module.file.clone()).or_default();
            files.extend(module.used.iter().filter_map(|path| self.file_of(path, 0)));
            files.remove(&module.file);
        }
        imports
    }

    /// The file that defines what `path` names, through every module that only passes it on.
    fn file_of(&self, path: &[String], passed: usize) -> Option<PathBuf> {
        assert!(passed < 16, "{} is passed on in a circle", path.join("::"));
        let depth = (0..=path.len()).rev().find(|depth| self.0.contains_key(&path[..*depth]))?;
        let (module, rest) = (&self.0[&path[..depth]], &path[depth..]);
        match rest.first().and_then(|name| module.imported.get(name)) {
            Some(Some(target)) => self.file_of(&[target.as_slice(), &rest[1..]].concat(), passed + 1),
            Some(None) => None,
            None => Some(module.file.clone()),
        }
    }
}

/// Reads one module.
struct Reader {
    path: Names,
    module: Module,
}

impl Reader {
    fn imports(&mut self, line: &ItemUse) {
        let mut all = Vec::new();
        flatten(&line.tree, &mut Vec::new(), &mut all);
        for (path, name) in all {
            let target = if line.leading_colon.is_some() { None } else { self.absolute(&path) };
            let is_passed_on = !matches!(line.vis, Visibility::Inherited);
            if is_passed_on {
                self.module.passed_on.insert(name.clone());
            } else {
                self.module.used.extend(target.clone());
            }
            self.module.imported.insert(name, target);
        }
    }

    /// The path from the root; none where it is another crate's, or a name of this module.
    fn absolute(&self, path: &[String]) -> Option<Names> {
        let (first, mut rest) = path.split_first()?;
        let mut base = match first.as_str() {
            "crate" => Vec::new(),
            "self" | "super" => self.path.clone(),
            child if self.module.children.contains(child) => [self.path.clone(), vec![first.clone()]].concat(),
            _ => return None,
        };
        if first == "super" {
            base.pop();
        }
        while let Some(("super", after)) = rest.split_first().map(|(name, after)| (name.as_str(), after)) {
            base.pop();
            rest = after;
        }
        Some([base.as_slice(), rest].concat())
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_for_tests(item) && !matches!(item, Item::Mod(_) | Item::Use(_)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Names = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        match names.first().filter(|first| self.module.passed_on.contains(*first)) {
            Some(first) => self.module.used.extend(self.module.imported.get(first).cloned().flatten()),
            None => self.module.used.extend(self.absolute(&names).filter(|_| names.len() > 1)),
        }
        visit::visit_path(self, path);
    }
}

/// Every path of a `use` line, and the name that it then has. A glob's name is `*`.
fn flatten(tree: &UseTree, before: &mut Names, all: &mut Vec<(Names, String)>) {
    let mut add = |names: &[String], name: String| all.push((names.to_vec(), name));
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            flatten(&path.tree, before, all);
            before.pop();
        }
        UseTree::Name(name) if name.ident == "self" => add(before, before.last().cloned().unwrap_or_default()),
        UseTree::Name(name) => {
            let name = name.ident.to_string();
            add(&[before.as_slice(), std::slice::from_ref(&name)].concat(), name);
        }
        UseTree::Rename(renamed) if renamed.ident == "self" => add(before, renamed.rename.to_string()),
        UseTree::Rename(renamed) => {
            add(&[before.as_slice(), &[renamed.ident.to_string()]].concat(), renamed.rename.to_string());
        }
        UseTree::Glob(_) => add(before, "*".to_owned()),
        UseTree::Group(group) => group.items.iter().for_each(|tree| flatten(tree, before, all)),
    }
}

fn is_for_tests(item: &Item) -> bool {
    let attributes: &[Attribute] = match item {
        Item::Mod(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Const(item) => &item.attrs,
        _ => &[],
    };
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        _ => false,
    })
}
