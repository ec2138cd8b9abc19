//! Files of one folder import each other downwards only: no import leads back to the file it began at.
//!
//! An import is a path to another file of the same folder of `src`, in a `use` or in the code. It leads to the file that
//! defines what it names: a name that a `mod.rs` re-exports leads to the child, one that the `mod.rs` defines to the
//! `mod.rs`. So a `mod.rs` that only declares and re-exports is in no circle; one that defines a type that its children
//! use, and calls these children or holds their types, is. Tests inside a file do not count.

use std::collections::{BTreeMap, BTreeSet};

use super::{Source, sources, without_comment};

/// The imports that close a circle today. The list may only shrink: one that closes none any more must leave it.
const ALLOWED: &[(&str, &str)] = &[
    ("diag/code.rs", "diag/diagnostic.rs"),
    ("emit/terraform/mod.rs", "emit/terraform/policy.rs"),
    ("emit/terraform/mod.rs", "emit/terraform/routes.rs"),
    ("decompile/lets.rs", "decompile/rules.rs"),
    ("decompile/mod.rs", "decompile/policy.rs"),
    ("format/columns.rs", "format/lines.rs"),
    ("format/items.rs", "format/printer.rs"),
    ("format/mod.rs", "format/items.rs"),
    ("hcl/evaluate.rs", "hcl/module.rs"),
    ("hcl/evaluate.rs", "hcl/functions/mod.rs"),
    ("hcl/value.rs", "hcl/instance.rs"),
    ("hcl/templates.rs", "hcl/syntax.rs"),
    ("hcl/functions/mod.rs", "hcl/functions/argument.rs"),
    ("hcl/functions/mod.rs", "hcl/functions/cidr.rs"),
    ("hcl/functions/mod.rs", "hcl/functions/collections.rs"),
    ("hcl/functions/mod.rs", "hcl/functions/encoding.rs"),
    ("hcl/functions/mod.rs", "hcl/functions/files.rs"),
    ("hcl/functions/mod.rs", "hcl/functions/lists.rs"),
    ("hcl/functions/mod.rs", "hcl/functions/maps.rs"),
    ("hcl/functions/mod.rs", "hcl/functions/numbers.rs"),
    ("hcl/functions/mod.rs", "hcl/functions/sets.rs"),
    ("hcl/functions/mod.rs", "hcl/functions/texts.rs"),
    ("limits/mod.rs", "limits/count.rs"),
    ("source/files.rs", "source/origin.rs"),
    ("source/files.rs", "source/place.rs"),
    ("source/origin.rs", "source/place.rs"),
];

/// The names from the root of the crate: a module, or something in it.
type Path = Vec<String>;

/// A file as a module.
struct Module {
    file: String,
    /// The paths of its `use`s, and whether each is a re-export.
    uses: Vec<(bool, Path)>,
    /// The words and signs of the rest.
    body: Vec<String>,
}

/// Which file imports which.
type Imports = BTreeMap<String, BTreeSet<String>>;

struct Tree(BTreeMap<Path, Module>);

impl Tree {
    fn of(sources: &[Source]) -> Self {
        let modules = sources.iter().filter(|source| source.folder().is_some()).map(|source| {
            let mut path: Path =
                source.path.with_extension("").iter().map(|part| part.to_str().unwrap().into()).collect();
            path.pop_if(|last| last == "mod");
            (path, Module::of(source))
        });
        Self(modules.collect())
    }

    /// `path` as seen from `module`, from the root of the crate; none where it begins outside.
    fn absolute(&self, module: &Path, path: &[String]) -> Option<Path> {
        let up = path.iter().take_while(|part| *part == "super").count();
        let rest = &path[up..];
        let (base, rest) = match path.first()?.as_str() {
            "super" => (&module[..module.len().checked_sub(up)?], rest),
            "crate" => (&module[..0], &rest[1..]),
            "self" => (&module[..], &rest[1..]),
            child if self.0.contains_key(&[module, &[child.to_owned()][..]].concat()) => (&module[..], rest),
            _ => return None,
        };
        Some([base, rest].concat())
    }

    /// The module that defines what `path` names.
    fn home(&self, path: &[String], steps: usize) -> Option<Path> {
        let module = (1..=path.len()).rev().map(|end| path[..end].to_vec()).find(|part| self.0.contains_key(part))?;
        let Some(name) = path.get(module.len()).filter(|_| steps > 0) else { return Some(module) };
        let imported = self.0[&module].uses.iter().find(|(_, path)| path.last() == Some(name));
        let imported = imported.and_then(|(_, path)| self.absolute(&module, path));
        imported.and_then(|path| self.home(&path, steps - 1)).or(Some(module))
    }

    fn imports(&self) -> Imports {
        let mut imports = Imports::new();
        for (at, module) in &self.0 {
            let paths = module.paths().filter_map(|path| self.home(&self.absolute(at, &path)?, 8));
            let others = paths.filter(|other| other != at && other.first() == at.first());
            let files = others.map(|other| self.0[&other].file.clone()).collect();
            imports.insert(module.file.clone(), files);
        }
        imports
    }
}

impl Module {
    fn of(source: &Source) -> Self {
        let text = source.text.split("#[cfg(test)]").next().unwrap_or_default();
        let code: Vec<String> = text.lines().map(code_of).collect();
        let mut words = words(&code.join("\n")).into_iter().peekable();
        let (mut uses, mut body) = (Vec::new(), Vec::<String>::new());
        while let Some(word) = words.next() {
            match word.as_str() {
                // `use<'_>` names what a type captures.
                "use" if words.peek().is_some_and(|next| next != "<") => {
                    let is_public = body.pop_if(|last| last == "pub").is_some();
                    let tree: Vec<String> = words.by_ref().take_while(|word| word != ";").collect();
                    uses.extend(leaves(&tree).into_iter().map(|path| (is_public, path)));
                }
                "pub" if words.next_if_eq("(").is_some() => {
                    words.by_ref().take_while(|word| word != ")").for_each(drop);
                    body.push(word);
                }
                _ => body.push(word),
            }
        }
        let file = source.path.iter().map(|part| part.to_str().unwrap()).collect::<Vec<_>>().join("/");
        Self { file, uses, body }
    }

    /// Every path that the file follows: a re-export only where the file itself uses the name.
    fn paths(&self) -> impl Iterator<Item = Path> {
        let is_followed =
            |(is_public, path): &&(bool, Path)| !is_public || path.last().is_some_and(|name| self.says(name));
        let used = self.uses.iter().filter(is_followed).map(|(_, path)| path.clone());
        let starts = (0..self.body.len()).filter(|&at| at == 0 || self.body[at - 1] != "::");
        let written = starts.filter_map(|at| {
            let path: Path = self.body[at..]
                .iter()
                .scan(false, |is_sign, word| {
                    let goes_on = if *is_sign { word == "::" } else { is_name(word) };
                    *is_sign = !*is_sign;
                    goes_on.then(|| word.clone())
                })
                .filter(|word| word != "::")
                .collect();
            (path.len() > 1).then_some(path)
        });
        used.chain(written)
    }

    /// Whether the body says a type called `name`, or calls a function of that name.
    fn says(&self, name: &str) -> bool {
        let before = |at: usize| at.checked_sub(1).map_or("", |at| self.body[at].as_str());
        let is_type = name.starts_with(char::is_uppercase);
        (0..self.body.len())
            .filter(|&at| self.body[at] == name && !["::", ".", "fn"].contains(&before(at)))
            .any(|at| is_type || self.body.get(at + 1).is_some_and(|next| next == "("))
    }
}

/// A line without its texts and its comment.
fn code_of(line: &str) -> String {
    let line = line.replace("\\\\", "").replace("\\\"", "").replace("'\"'", "");
    without_comment(&line.split('"').step_by(2).collect::<Vec<_>>().join(" ")).to_owned()
}

/// Names, `::`, and every other sign by itself.
fn words(code: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let name = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let length = if rest.starts_with("::") { 2 } else { name.max(first.len_utf8()) };
        words.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    words
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The paths of a `use`: each way through its braces, `self` and `as` left out.
fn leaves(tree: &[String]) -> Vec<Path> {
    let Some(open) = tree.iter().position(|word| word == "{") else {
        let path = tree.split(|word| word == "as").next().unwrap_or_default();
        let path: Path = path.iter().filter(|word| is_name(word)).cloned().collect();
        let ends_in_self = path.len() > 1 && path.last().is_some_and(|last| last == "self");
        return vec![path[..path.len() - usize::from(ends_in_self)].to_vec()];
    };
    let (mut depth, mut parts) = (0, vec![Vec::new()]);
    for word in &tree[open + 1..tree.len() - 1] {
        depth += usize::from(word == "{");
        depth -= usize::from(word == "}");
        if word == "," && depth == 0 {
            parts.push(Vec::new());
        } else {
            parts.last_mut().unwrap().push(word.clone());
        }
    }
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    parts.flat_map(|part| leaves(&[&tree[..open], &part].concat())).collect()
}

/// The files on the way from `from` to `to`.
fn way(imports: &Imports, from: &str, to: &str) -> Option<Vec<String>> {
    let mut before: BTreeMap<&str, &str> = BTreeMap::new();
    let mut waiting = vec![from];
    while let Some(file) = waiting.pop() {
        for next in imports.get(file).into_iter().flatten() {
            if before.contains_key(next.as_str()) {
                continue;
            }
            before.insert(next, file);
            waiting.push(next);
        }
    }
    let mut way = vec![to.to_owned()];
    let mut at = *before.get(to)?;
    while at != from {
        way.push(at.to_owned());
        at = before[at];
    }
    way.push(from.to_owned());
    way.reverse();
    Some(way)
}

fn circles(imports: &Imports) -> Vec<String> {
    imports.keys().filter_map(|file| way(imports, file, file)).map(|way| way.join(" -> ")).collect()
}

#[test]
fn files_of_a_folder_import_downwards() {
    let mut imports = Tree::of(&sources()).imports();
    for (from, to) in ALLOWED {
        if let Some(found) = imports.get_mut(*from) {
            found.remove(*to);
        }
    }
    let circles = circles(&imports);
    assert!(circles.is_empty(), "{circles:#?}");
}

#[test]
fn each_circle_that_is_allowed_is_there() {
    let imports = Tree::of(&sources()).imports();
    let is_there = |from: &str, to: &str| imports.get(from).is_some_and(|found| found.contains(to));
    let gone = ALLOWED.iter().filter(|(from, to)| !is_there(from, to) || way(&imports, to, from).is_none());
    let gone: Vec<_> = gone.collect();
    assert!(gone.is_empty(), "take these from the list: {gone:#?}");
}

#[test]
fn a_circle_is_found() {
    let source = |(path, text): (&str, &str)| Source { path: path.into(), text: text.to_owned() };
    let count = |files: &[(&str, &str)]| {
        circles(&Tree::of(&files.iter().copied().map(source).collect::<Vec<_>>()).imports()).len()
    };
    let above = ("x/a.rs", "use super::{b::{B, self}, c};\nfn f() -> b::B { \"super::d\" }\n");
    let below = ("x/b.rs", "// super::a::A\npub(in crate::x) struct B;\n");
    assert_eq!(count(&[above, below, ("x/mod.rs", "mod a;\nmod b;\npub use a::A;\n")]), 0);
    assert_eq!(count(&[above, ("x/b.rs", "struct B(super::a::A);\n")]), 2);
    assert_eq!(count(&[above, ("x/b.rs", "use super::A;\n"), ("x/mod.rs", "pub use a::A;\n")]), 2);
    assert_eq!(count(&[("x/a.rs", "use super::Own;\n"), ("x/mod.rs", "pub struct Own;\npub use a::run;\n")]), 0);
    assert_eq!(count(&[("x/a.rs", "use super::Own;\n"), ("x/mod.rs", "pub struct Own;\nfn f() { a::run() }\n")]), 2);
}
