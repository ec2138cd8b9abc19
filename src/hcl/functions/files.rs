//! Functions that read files. Only what is inside the root folder is read.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::fault::quoted;
use super::super::module::LoadedModules;
use super::super::paths;
use super::super::scope::{HclScope, ScopeFrame, ScopeNames};
use super::super::syntax::{self, HclSource};
use super::super::value::{Data, HclValue, ListKind};
use super::argument::{HclStop, Taken, refused, text};
use super::{Function, FunctionCall};

/// How many files and folders a set of files may look at.
const MOST_ENTRIES: usize = 10_000;
/// How deep folders may lie in each other.
const DEEPEST: usize = 16;

pub(super) fn function(name: &str) -> Option<Function> {
    Some(match name {
        "file" => |asked| {
            let text = loaded(asked)?.text;
            asked.made_text(text)
        },
        "fileexists" => |asked| {
            let [path] = asked.only()?;
            let path = local(&text(path)?)?;
            Ok(HclValue::bool(asked.evaluator.reader.read(&path).is_ok()))
        },
        "templatefile" => template_file,
        "fileset" => file_set,
        "basename" => |asked| path_part(asked, |path| path.rsplit('/').next().unwrap_or(path).to_owned()),
        "dirname" => |asked| {
            path_part(asked, |path| {
                path.rsplit_once('/').map_or_else(|| ".".to_owned(), |(folder, _)| folder.to_owned())
            })
        },
        "abspath" | "pathexpand" => |_| Err(HclStop::Unknown),
        "filebase64" | "filemd5" | "filesha1" | "filesha256" | "filesha512" | "filebase64sha256"
        | "filebase64sha512" => |_| Err(HclStop::Unread("files are read as texts only".to_owned())),
        _ => return None,
    })
}

fn path_part(asked: &mut FunctionCall<'_, '_, '_>, part: fn(&str) -> String) -> Taken {
    let [path] = asked.only()?;
    let made = part(text(path)?.trim_end_matches('/'));
    asked.made_text(made)
}

/// A path inside the root folder, from the folder of the root module.
fn local(path: &str) -> Result<String, HclStop> {
    match paths::is_absolute(path) {
        true => Err(HclStop::Unread(format!("{} is not read: it is not inside the root folder", quoted(path)))),
        false => Ok(paths::joined(".", path)),
    }
}

/// The file that the first argument names.
fn loaded(asked: &mut FunctionCall<'_, '_, '_>) -> Result<LoadedModules, HclStop> {
    let path = asked.text(0)?;
    let own = local(&path)?;
    // Each reading of a file makes a value of it.
    asked.evaluator.step(asked.at, 1_000)?;
    match asked.evaluator.reader.read(&own) {
        Ok(loaded) => {
            asked.charge(loaded.text.len())?;
            let text = loaded.text.strip_prefix('\u{feff}').map(str::to_owned);
            Ok(LoadedModules { text: text.unwrap_or(loaded.text), ..loaded })
        }
        Err(why) => Err(HclStop::Unread(format!("{} is not read: {why}", quoted(&path)))),
    }
}

/// The text of a file as a template, which sees the given names alone.
fn template_file(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [_, given] = asked.only()?;
    let file = loaded(asked)?;
    super::argument::object(given)?;
    let LoadedModules { name, text } = &file;
    // The text is parsed each time.
    asked.charge(text.len().saturating_mul(8))?;
    let known = asked.evaluator.layout.texts().iter().position(|(own, _)| own == name);
    let number = match known {
        Some(number) => number,
        None => asked.evaluator.layout.add_text(name, text),
    };
    let template = syntax::template(HclSource::whole(number, text))?;
    let Data::Object(names) = &given.data else { return Err(HclStop::Unknown) };
    let frame = ScopeFrame { names: ScopeNames::All(Rc::clone(names)), above: None };
    Ok(asked.evaluator.eval(&template, HclScope { frame: Some(&frame), ..asked.scope })?)
}

fn file_set(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [folder, pattern] = asked.only()?;
    let (folder, pattern) = (local(&text(folder)?)?, text(pattern)?);
    let mut walk = FileWalk { found: BTreeSet::new(), left: MOST_ENTRIES };
    walk.enter(asked, &folder, "", DEEPEST)?;
    asked.evaluator.step(asked.at, walk.found.len().saturating_mul(pattern.len().saturating_add(1)))?;
    let matching = walk.found.iter().filter(|path| paths::matches(&pattern, path));
    let items = matching.map(|path| HclValue::text(path.as_str())).collect();
    asked.made_list(ListKind::Set, items)
}

/// The files below a folder.
struct FileWalk {
    found: BTreeSet<String>,
    left: usize,
}

impl FileWalk {
    fn enter(
        &mut self,
        asked: &mut FunctionCall<'_, '_, '_>,
        folder: &str,
        below: &str,
        depth: usize,
    ) -> Result<(), HclStop> {
        let Some(depth) = depth.checked_sub(1) else { return refused("the folders lie too deep in each other") };
        let here = paths::joined(folder, below);
        let why = |why: String| HclStop::Unread(format!("{} is not read: {why}", quoted(&here)));
        let files = asked.evaluator.reader.files(&here).map_err(why)?;
        let folders = asked.evaluator.reader.folders(&here).map_err(why)?;
        let left = self.left.checked_sub(files.len() + folders.len());
        self.left = left.ok_or_else(|| HclStop::Unread(format!("more than {MOST_ENTRIES} files")))?;
        let own = |name: String| if below.is_empty() { name } else { format!("{below}/{name}") };
        self.found.extend(files.into_iter().map(own));
        folders.into_iter().try_for_each(|name| self.enter(asked, folder, &own(name), depth))
    }
}
