//! What the modules of a lock open now, and did not when it was written.

use std::fmt::Write;
use std::path::Path;

use serde_json::{Value, json};

use crate::catalogue::{Pin, module};
use crate::driver::parse_lock;

use super::super::Failure;
use super::super::reader::read;
use super::words::push;

/// A module that is not what the lock has, and what it is now; `None` where none has its name any more.
pub(super) struct ModuleChange {
    name: String,
    then: Pin,
    now: Option<Pin>,
}

impl ModuleChange {
    /// What it opens now and did not, and the other way round; a module that is gone opens nothing.
    fn both(&self) -> [Vec<&str>; 2] {
        match &self.now {
            Some(now) => self.then.changes(now),
            None => [Vec::new(), self.then.opens.iter().map(String::as_str).collect()],
        }
    }
}

/// What has changed since a lock was written.
pub(super) fn of_lock(path: &Path) -> Result<Vec<ModuleChange>, Failure> {
    let lock = parse_lock(&read(path)?);
    let lock = lock.map_err(|why| Failure::new(format!("`{}` is not a lock file: {why}", path.display())))?;
    let now = |name: &str| module(name).map(Pin::of);
    let all = lock.modules.into_iter().map(|(name, then)| ModuleChange { now: now(&name), name, then });
    Ok(all.filter(|change| change.now.as_ref() != Some(&change.then)).collect())
}

/// The answer for people: a line for each thing that is opened or no longer opened.
pub(super) fn text(path: &Path, changes: &[ModuleChange]) -> String {
    let lock = path.display();
    let mut text = match changes {
        [] => format!("{lock}: its modules are those of this fwc\n"),
        [_] => format!("{lock}: 1 module is another now\n"),
        several => format!("{lock}: {} modules are others now\n", several.len()),
    };
    for change in changes {
        let ModuleChange { name, then, now } = change;
        let day = now.as_ref().map(|now| now.checked.as_str());
        let what = match day {
            Some(day) => format!("checked {}, now {day}", then.checked),
            None => "there is no such module any more".to_owned(),
        };
        text.push('\n');
        push(&mut text, &what, &format!("{name}  "), "    ");
        let [opened, closed] = change.both();
        opened.iter().for_each(|what| push(&mut text, what, "  + ", "    "));
        closed.iter().for_each(|what| push(&mut text, what, "  - ", "    "));
        if opened.is_empty() && closed.is_empty() {
            let _ = writeln!(text, "  it opens what it opened");
        }
    }
    text
}

/// The answer for programs.
pub(super) fn json(changes: &[ModuleChange]) -> Value {
    let one = |change: &ModuleChange| {
        let [opened, closed] = change.both();
        let now = change.now.as_ref();
        json!({
            "name": change.name,
            "opened": opened,
            "closed": closed,
            "before": { "checked": change.then.checked, "sha256": change.then.sha256 },
            "after": now.map(|now| json!({ "checked": now.checked, "sha256": now.sha256 })),
        })
    };
    json!({ "schema": "fwc.catalogue-diff/1", "modules": changes.iter().map(one).collect::<Vec<_>>() })
}
