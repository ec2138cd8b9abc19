//! `fwc.toml`: the table of risks.
//!
//! Who judges a change applies what was agreed before it: where the old side is of a git revision, so is the file. That one was
//! read is said, in the answer too.

use std::path::Path;

use crate::driver::ProjectFiles;
use crate::risk::RiskTable;

use super::reader::{Disk, read};
use super::revision::AtRevision;
use super::{Failure, printer};

/// The file in the working folder.
const FILE: &str = "fwc.toml";

/// What `fwc.toml` states.
#[derive(Default)]
pub(super) struct Config {
    pub(super) table: RiskTable,
    /// Where it states so.
    pub(super) file: Option<String>,
}

impl Config {
    /// What `--config` names, else the file of the revision that `old` is of, else that of the working folder.
    pub(super) fn of(named: Option<&Path>, old: &Path) -> Result<Self, Failure> {
        match (named, AtRevision::of(old)) {
            (Some(path), _) if path == Path::new("none") => Ok(Self::default()),
            (Some(path), _) => Self::parse(&read(path)?, &path.display().to_string()),
            (None, Some(old)) => Self::of_revision(&old.beside_working_folder(FILE)),
            (None, None) => {
                let cannot = |why| Failure::new(format!("cannot read `{FILE}`: {why}"));
                let text = Disk::default().read_optional(Path::new(FILE)).map_err(cannot)?;
                text.map_or_else(|| Ok(Self::default()), |text| Self::parse(&text, FILE))
            }
        }
    }

    fn of_revision(file: &AtRevision) -> Result<Self, Failure> {
        if !file.is_there() {
            if Path::new(FILE).exists() {
                let why = format!("the old revision has none: `--config {FILE}` uses it");
                printer::complain(&format!("`{FILE}` of the working folder is not used: {why}"));
            }
            return Ok(Self::default());
        }
        let name = file.name();
        let text = file.read().map_err(|error| Failure::new(format!("cannot read `{name}`: {error}")))?;
        Self::parse(&text, &name)
    }

    fn parse(text: &str, name: &str) -> Result<Self, Failure> {
        let table = text.parse().map_err(|error| Failure::new(format!("{name}: {error}")))?;
        printer::complain(&sentence(name));
        Ok(Self { table, file: Some(name.to_owned()) })
    }
}

/// That risks are judged by a file.
pub(super) fn sentence(file: &str) -> String {
    format!("risks are judged by `{file}`")
}
