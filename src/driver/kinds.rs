//! The kinds of files that are read: a row of [`KINDS`] is all that commands, folders and messages know of one.

use std::path::Path;

use crate::bicep;
use crate::hcl;
use crate::import::{Cloud, recognise};

use super::bicep::{BicepNeighbours, MadeTemplate, kind as bicep_kind};
use super::files::{FileFault, has_ending};
use super::terraform::has_source_name;

/// A kind of files.
pub(super) struct InputKind {
    /// What messages call it, as in "holds neither JSON nor Bicep".
    pub name: &'static str,
    /// What help calls an input of it; nothing for what is none by itself.
    pub help: &'static str,
    /// How the names of its files usually end.
    pub endings: &'static [&'static str],
    /// Whether a file is of it.
    is: fn(&Path, &str) -> bool,
    /// Whether a text is of it that no kind has by its name.
    seems: fn(&str) -> bool,
    /// What becomes of a file that a folder holds.
    pub in_folder: InFolder,
    /// What reads it.
    pub reader: KindReader,
}

/// What becomes of a file of a folder that is read whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum InFolder {
    /// It is read.
    Read,
    /// It is read where its name tells what it is: a text of another name may quote one, as a README does.
    ReadByName,
    /// It is named with this reason, for it is an input of its own.
    Alone(&'static str),
    /// It is named with this reason, for it goes with another file.
    With(&'static str),
}

/// What reads a file.
#[derive(Clone, Copy)]
pub(super) enum KindReader {
    /// `import`, as it is.
    Artefact,
    /// `import`, the plan that its module is evaluated into.
    Module,
    /// The language.
    Source,
    /// `import`, the artefact that this makes of it.
    Made(MakeReader),
    /// The same, by way of the file that it gives values to; `values` is what it gives.
    Values { made: MakeReader, values: MakeValues },
}

/// Makes an artefact of a file of that name and text.
pub(super) type MakeReader = fn(&mut BicepNeighbours<'_>, &str, &str, Option<Cloud>) -> Result<MadeTemplate, FileFault>;
/// Makes a parameter file of JSON of a file of that name and text.
pub(super) type MakeValues = fn(&mut BicepNeighbours<'_>, &str, &str, Option<Cloud>) -> Result<String, FileFault>;

/// Every kind; a file is of the first that has it. One that is of none is a source, unless another tool's form is known in it.
pub(super) static KINDS: [InputKind; 5] = [
    // Before JSON, in which a module may be written too.
    InputKind {
        name: "Terraform",
        help: "Terraform source",
        endings: &["tf"],
        is: |path, _| has_source_name(path),
        seems: hcl::recognise,
        in_folder: InFolder::ReadByName,
        reader: KindReader::Module,
    },
    InputKind {
        name: "JSON",
        help: "an ARM template, the output of `az` or `terraform show -json`",
        endings: &["json", "jsonc", "tfstate", "template"],
        is: |_, text| recognise(text),
        seems: |_| false,
        in_folder: InFolder::Read,
        reader: KindReader::Artefact,
    },
    InputKind {
        name: "a source",
        help: "a source",
        endings: &["pol"],
        is: |path, _| has_ending(path, &["pol"]),
        seems: |_| false,
        in_folder: InFolder::Alone("is a source: name it itself"),
        reader: KindReader::Source,
    },
    InputKind {
        name: "Bicep",
        help: "a Bicep file",
        endings: &["bicep"],
        is: |path, text| bicep_kind(path, text) == Some(bicep::BicepKind::Template),
        seems: |_| false,
        in_folder: InFolder::ReadByName,
        reader: KindReader::Made(|beside, name, text, cloud| {
            beside.made(name, text, bicep::BicepKind::Template, cloud)
        }),
    },
    InputKind {
        name: "a Bicep parameter file",
        help: "",
        endings: &["bicepparam"],
        is: |path, text| bicep_kind(path, text) == Some(bicep::BicepKind::Parameters),
        seems: |_| false,
        in_folder: InFolder::With("is a Bicep parameter file: name it itself, or give it with `--parameters`"),
        reader: KindReader::Values {
            made: |beside, name, text, cloud| beside.made(name, text, bicep::BicepKind::Parameters, cloud),
            values: |beside, name, text, cloud| beside.values(name, text, cloud),
        },
    },
];

impl InputKind {
    /// The kind of a file; none where only the author knows.
    pub(super) fn of(path: &Path, text: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| (kind.is)(path, text)).or_else(|| KINDS.iter().find(|kind| (kind.seems)(text)))
    }

    /// The kind of a file that a folder holds.
    pub(super) fn in_folder(path: &Path, text: &str) -> Option<&'static Self> {
        Self::of(path, text).filter(|kind| kind.in_folder == InFolder::Read || has_ending(path, kind.endings))
    }

    /// Whether a folder that is read whole reads files of the kind.
    pub(super) fn is_read_in_folders(&self) -> bool {
        match self.in_folder {
            InFolder::Read | InFolder::ReadByName => true,
            InFolder::Alone(_) | InFolder::With(_) => false,
        }
    }

    /// Whether a file of the kind is a source.
    pub(super) fn is_source(&self) -> bool {
        matches!(self.reader, KindReader::Source)
    }

    /// Whether a file of the kind is an input by itself.
    pub(super) fn is_input(&self) -> bool {
        match self.in_folder {
            InFolder::Read | InFolder::ReadByName | InFolder::Alone(_) => true,
            InFolder::With(_) => false,
        }
    }
}

/// The inputs that commands read, as help lists them: sources first.
pub fn inputs() -> String {
    let sources = KINDS.iter().filter(|kind| kind.is_source()).map(|kind| kind.help);
    let listed: Vec<String> = sources.map(str::to_owned).chain([artefacts()]).collect();
    listed.join(", ")
}

/// The artefacts that are read, as help lists them.
pub fn artefacts() -> String {
    let read = KINDS.iter().filter(|kind| kind.is_read_in_folders()).map(|kind| kind.help);
    read.collect::<Vec<_>>().join(", ")
}

/// Whether the name of a file ends as those of a kind do for which `may_be` holds.
pub(super) fn is_named_as(path: &Path, may_be: fn(&InputKind) -> bool) -> bool {
    KINDS.iter().any(|kind| may_be(kind) && has_ending(path, kind.endings))
}
