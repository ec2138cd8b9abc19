//! The texts of an input: artefacts, and Bicep as the templates that it means.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use crate::import::{Artefact, Cloud, ImportedPart, Moment, OtherText, Tolerance, UnreadPart, other_text};
use crate::model::Bearing;
use crate::source::SourceLayout;

use super::bicep::{BicepNeighbours, MadeTemplate};
use super::files::{FileFault, ProjectFiles, has_ending, read};
use super::folder::{Contents, contents};
use super::kinds::{InputKind, KINDS, KindReader, MakeReader};
use super::terraform::{ModuleFolder, VariableValues};

/// How many bytes the artefacts may have together that are made of the files of a folder.
const MOST_BYTES: usize = 128 << 20;
/// How many files are named where a folder has nothing to read.
const SHOWN: usize = 8;

/// The artefacts of an input, and what is not read.
pub(super) struct LoadedTexts<'v> {
    artefacts: Vec<LoadedText>,
    pub unread: Vec<UnreadPart>,
    cloud: Option<Cloud>,
    values: VariableValues<'v>,
}

struct LoadedText {
    name: String,
    text: String,
    moment: Moment,
    asked: Option<Moment>,
    tolerance: Tolerance,
    layout: Option<Arc<SourceLayout>>,
}

impl<'v> LoadedTexts<'v> {
    /// None yet, of an input that is deployed to `cloud`, with values for the variables of modules.
    pub(super) fn of(cloud: Option<Cloud>, values: VariableValues<'v>) -> Self {
        Self { artefacts: Vec::new(), unread: Vec::new(), cloud, values }
    }

    pub(super) fn parts(&self) -> Vec<ImportedPart<'_>> {
        self.artefacts.iter().map(LoadedText::part).collect()
    }

    /// Adds a file, or all that a folder holds.
    pub(super) fn add(&mut self, files: &dyn ProjectFiles, path: &Path, moment: Moment) -> Result<(), FileFault> {
        if files.is_folder(path) {
            return self.add_folder(files, path, moment);
        }
        let (text, asked) = read_state(files, path)?;
        let name = path.display().to_string();
        match InputKind::of(path, &text).map(|kind| kind.reader) {
            Some(KindReader::Made(make) | KindReader::Values { made: make, .. }) => {
                let made = make(&mut BicepNeighbours { files, root: path.to_owned() }, &name, &text, self.cloud)?;
                self.add_made(name, made, Tolerance::Nothing);
            }
            Some(KindReader::Module) => {
                let made = ModuleFolder::of_file(files, path).made_of_file(&name, &text, self.values)?;
                self.add_made(name, made, Tolerance::Nothing);
            }
            Some(KindReader::Artefact) => {
                self.artefacts.push(LoadedText {
                    name,
                    text,
                    moment,
                    asked,
                    tolerance: Tolerance::Nothing,
                    layout: None,
                });
            }
            Some(KindReader::Source) | None => return Err(no_json(&name, &text)),
        }
        Ok(())
    }

    fn add_made(&mut self, name: String, made: MadeTemplate, tolerance: Tolerance) {
        let MadeTemplate { text, layout, unread } = made;
        let (moment, asked) = (Moment::default(), None);
        self.artefacts.push(LoadedText { name, text, moment, asked, tolerance, layout: Some(layout) });
        self.unread.extend(unread);
    }

    fn add_folder(&mut self, files: &dyn ProjectFiles, path: &Path, moment: Moment) -> Result<(), FileFault> {
        let Contents { files: held, modules, values, unread } = contents(files, path)?;
        if held.is_empty() && modules.is_empty() {
            let all: Vec<String> = unread.iter().take(SHOWN).map(|one| format!("`{}` {}", one.name, one.why)).collect();
            let why = if all.is_empty() { String::new() } else { [": ", &all.join("; ")].concat() };
            let read = KINDS.iter().filter(|kind| kind.is_read_in_folders()).map(|kind| kind.name);
            let neither = read.collect::<Vec<_>>().join(" nor ");
            return Err(FileFault::new(format!("`{}` holds neither {neither}{why}", path.display())));
        }
        self.unread.extend(unread);
        let (mut artefacts, mut to_make) = (Vec::new(), Vec::new());
        for (kind, path, text) in held {
            match kind.reader {
                KindReader::Artefact => artefacts.push((kind, path, text)),
                KindReader::Made(make) | KindReader::Values { made: make, .. } => {
                    to_make.push((kind, make, path, text))
                }
                // A source is an input of its own, and the files of a module are read together.
                KindReader::Source | KindReader::Module => {}
            }
        }
        let read = self.add_all_made(files, path, to_make)?;
        let failed = self.add_modules(files, path, &modules)?;
        for path in values.iter().filter(|path| !is_read_with(path, &modules)) {
            let why = "gives values to variables: give it with `--parameters`".to_owned();
            self.unread.push(UnreadPart { name: plain_name(path), why, bears: Bearing::NoFlow });
        }
        for (kind, path, text) in artefacts {
            let name = path.display().to_string();
            if let Some(source) = compiled_from(&path, &text, &read) {
                let why = format!("is compiled from `{source}`, which is read");
                self.unread.push(UnreadPart { name, why, bears: Bearing::NoFlow });
                continue;
            }
            let is_json = path.extension().is_none() || has_ending(&path, kind.endings);
            let tolerance = if is_json { Tolerance::OtherDocuments } else { Tolerance::OtherTexts };
            self.artefacts.push(LoadedText { name, text, moment, asked: None, tolerance, layout: None });
        }
        // Where nothing else is here, why a module is not read is the answer.
        failed.filter(|_| self.artefacts.is_empty()).map_or(Ok(()), Err)
    }

    /// Adds the modules of a folder: one that another calls is read as a part of that one, as it is deployed.
    /// The first fault of one that is not read is given back.
    fn add_modules(
        &mut self,
        files: &dyn ProjectFiles,
        root: &Path,
        modules: &BTreeSet<PathBuf>,
    ) -> Result<Option<FileFault>, FileFault> {
        let (mut all, mut called, mut bytes) = (Vec::new(), HashSet::new(), 0usize);
        let mut failed = None;
        for folder in modules {
            let made = ModuleFolder::of_folder(files, root, folder).made(self.values);
            if let Ok((made, own)) = &made {
                bytes = bytes.saturating_add(made.text.len());
                called.extend(own.iter().filter(|own| *own != folder).cloned());
            }
            if bytes > MOST_BYTES {
                let most = MOST_BYTES >> 20;
                return Err(FileFault::new(format!("the modules of `{}` make more than {most} MiB", root.display())));
            }
            all.push((folder, made));
        }
        for (folder, made) in all.into_iter().filter(|(folder, _)| !called.contains(*folder)) {
            let name = plain_name(folder);
            match made {
                Ok((made, _)) => self.add_made(name, made, Tolerance::OtherDocuments),
                Err(fault) => {
                    let why = format!("is not read: {fault}");
                    self.unread.push(UnreadPart { name, why, bears: Bearing::EveryFlow });
                    failed.get_or_insert(fault);
                }
            }
        }
        Ok(failed)
    }

    /// Adds the artefacts that are made of files of a folder, and gives the names of those that are read: one that another
    /// names is read as a part of that one, as it is deployed.
    fn add_all_made(
        &mut self,
        files: &dyn ProjectFiles,
        folder: &Path,
        to_make: Vec<(&InputKind, MakeReader, PathBuf, String)>,
    ) -> Result<HashSet<String>, FileFault> {
        let mut beside = BicepNeighbours { files, root: folder.join("main.bicep") };
        let (mut all, mut named, mut bytes) = (Vec::new(), HashSet::new(), 0usize);
        for (kind, make, path, text) in to_make {
            let name = plain_name(&path);
            match make(&mut beside, &name, &text, self.cloud) {
                Ok(made) => {
                    bytes = bytes.saturating_add(made.text.len());
                    named.extend(made.layout.texts().iter().map(|(own, _)| own.clone()).filter(|own| *own != name));
                    all.push((name, made));
                }
                Err(fault) => {
                    let why = format!("is not read: {fault}");
                    self.unread.push(UnreadPart { name, why, bears: Bearing::EveryFlow });
                }
            }
            if bytes > MOST_BYTES {
                let most = MOST_BYTES >> 20;
                let (what, folder) = (kind.name, folder.display());
                return Err(FileFault::new(format!("the {what} files of `{folder}` make more than {most} MiB")));
            }
        }
        let read = all.iter().map(|(name, _)| name.clone()).collect();
        for (name, made) in all.into_iter().filter(|(name, _)| !named.contains(name)) {
            self.add_made(name, made, Tolerance::OtherDocuments);
        }
        Ok(read)
    }
}

/// Whether a file of values is one that Terraform reads by itself with the module beside it.
fn is_read_with(path: &Path, modules: &BTreeSet<PathBuf>) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let is_automatic = name.starts_with("terraform.tfvars") || name.contains(".auto.tfvars");
    is_automatic && modules.contains(path.parent().unwrap_or(Path::new("")))
}

/// The name of a file as it is when another names it.
fn plain_name(path: &Path) -> String {
    let plain = path.strip_prefix(".").unwrap_or(path);
    if plain.as_os_str().is_empty() { ".".to_owned() } else { plain.display().to_string() }
}

/// The Bicep file beside it that a template was compiled from, where that is read.
fn compiled_from(path: &Path, text: &str, read: &HashSet<String>) -> Option<String> {
    let source = plain_name(&path.with_extension("bicep"));
    if !read.contains(&source) || !text.contains("\"_generator\"") {
        return None;
    }
    let template: Value = serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(text)).ok()?;
    let generator = template.get("metadata")?.get("_generator")?.get("name")?.as_str()?;
    generator.eq_ignore_ascii_case("bicep").then_some(source)
}

impl LoadedText {
    fn part(&self) -> ImportedPart<'_> {
        let Self { name, text, moment, asked, tolerance, layout } = self;
        let artefact = Artefact { name, text };
        ImportedPart {
            moment: *moment,
            asked: *asked,
            tolerance: *tolerance,
            layout: layout.as_ref(),
            ..ImportedPart::of(artefact)
        }
    }
}

/// A parameter file: its name, and its text as JSON.
pub(super) fn parameters(
    files: &dyn ProjectFiles,
    path: &Path,
    cloud: Option<Cloud>,
) -> Result<(String, String), FileFault> {
    let (name, text) = (path.display().to_string(), read(files, path)?);
    let kind = InputKind::of(path, &text);
    match kind.map(|kind| kind.reader) {
        Some(KindReader::Values { values, .. }) => {
            let values = values(&mut BicepNeighbours { files, root: path.to_owned() }, &name, &text, cloud)?;
            Ok((name, values))
        }
        Some(KindReader::Made(_) | KindReader::Module) => {
            let what = kind.map_or("", |kind| kind.help);
            Err(FileFault::new(format!("`{name}` is {what}, expected a parameter file")))
        }
        Some(KindReader::Artefact) => Ok((name, text)),
        Some(KindReader::Source) | None => Err(no_json(&name, &text)),
    }
}

/// Why a text is none that is wanted.
fn no_json(name: &str, text: &str) -> FileFault {
    match other_text(text) {
        Some(other) => other_format(name, other),
        None => FileFault::new(format!("`{name}` is not JSON: it begins with neither an object nor a list")),
    }
}

pub(super) fn other_format(name: &str, other: OtherText) -> FileFault {
    FileFault::new(format!("`{name}` is {}: {}", other.what, other.instead))
}

/// Reads a file; of one that tells two states, `FILE#before` and `FILE#after` name one.
pub(super) fn read_state(files: &dyn ProjectFiles, path: &Path) -> Result<(String, Option<Moment>), FileFault> {
    let whole = match files.read(path) {
        Ok(text) => return Ok((text, None)),
        Err(why) => FileFault::cannot_read(path, &why),
    };
    let name = path.to_str().unwrap_or_default();
    let named =
        Moment::ALL.into_iter().find_map(|moment| Some((name.strip_suffix(&format!("#{}", moment.word()))?, moment)));
    match named {
        Some((file, moment)) => Ok((read(files, Path::new(file))?, Some(moment))),
        None => Err(whole),
    }
}
