//! Terraform source as an input: the files of a folder are one module, which may call others.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::hcl::{self, HclPlan, LoadedModules, ModuleFiles, Request};
use crate::import::{add_places, is_terraform_read};

use super::bicep::MadeTemplate;
use super::files::{FileFault, ProjectFiles, has_ending};

/// Whether a file is Terraform source by its name.
pub(super) fn has_source_name(path: &Path) -> bool {
    has_ending(path, &["tf"]) || name_of(path).to_ascii_lowercase().ends_with(".tf.json")
}

/// Whether a file gives values to the variables of a module.
pub(super) fn is_values_file(path: &Path) -> bool {
    hcl::is_values_file(&name_of(path))
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The values that modules are given.
#[derive(Clone, Copy)]
pub(super) struct VariableValues<'v> {
    /// Files of values; the last one wins.
    pub files: &'v [LoadedModules],
    /// Values by name, which win over files.
    pub settings: &'v [(String, String)],
}

/// A module: a folder, and the files that it may name.
pub(super) struct ModuleFolder<'f> {
    files: &'f dyn ProjectFiles,
    /// What is read lies in the folder of this file, or in the root that the user states.
    root: PathBuf,
    folder: PathBuf,
}

impl<'f> ModuleFolder<'f> {
    /// The module that a file is of.
    pub(super) fn of_file(files: &'f dyn ProjectFiles, path: &Path) -> Self {
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        // Without a folder, the path of a revision has one all the same.
        let revision = path.to_str().filter(|_| folder.as_os_str().is_empty() && !files.is_folder(Path::new(".")));
        let revision = revision.and_then(|name| name.split_once(':')).map(|(revision, _)| format!("{revision}:."));
        Self { files, root: path.to_owned(), folder: revision.map_or(folder, PathBuf::from) }
    }

    /// The module in `folder`, of an input that is the folder `root`.
    pub(super) fn of_folder(files: &'f dyn ProjectFiles, root: &Path, folder: &Path) -> Self {
        Self { files, root: root.join("main.tf"), folder: folder.to_owned() }
    }

    /// The plan that one file means, or, where it names what other files of its folder define, the whole module.
    pub(super) fn made_of_file(
        &mut self,
        name: &str,
        text: &str,
        values: VariableValues<'_>,
    ) -> Result<MadeTemplate, FileFault> {
        let alone = [LoadedModules { name: name.to_owned(), text: text.to_owned() }];
        match self.plan(&alone, values) {
            Ok(plan) => Ok(made(plan)),
            Err(fault) if fault.is_missing => match self.all() {
                Ok(all) if all.len() > 1 => self.plan(&all, values).map(made).map_err(|fault| shown(&fault)),
                Ok(_) | Err(_) => Err(shown(&fault)),
            },
            Err(fault) => Err(shown(&fault)),
        }
    }

    /// The plan that the files of the folder mean, and the folders of the modules that they call.
    pub(super) fn made(&mut self, values: VariableValues<'_>) -> Result<(MadeTemplate, Vec<PathBuf>), FileFault> {
        let all = self.all().map_err(|why| FileFault::cannot_read(&self.folder, &why))?;
        let plan = self.plan(&all, values).map_err(|fault| shown(&fault))?;
        let called = plan.called.iter().map(|folder| self.path(folder)).collect();
        Ok((made(plan), called))
    }

    fn plan(&mut self, files: &[LoadedModules], values: VariableValues<'_>) -> Result<HclPlan, hcl::HclFault> {
        let VariableValues { files: given, settings } = values;
        let mut plan = hcl::plan(&Request { files, values: given, settings, is_read: is_terraform_read }, self)?;
        for (kind, id) in &plan.resources {
            add_places(&mut plan.layout, kind, *id);
        }
        Ok(plan)
    }

    /// The files of the module.
    fn all(&mut self) -> Result<Vec<LoadedModules>, String> {
        let names = self.files(".")?;
        names.iter().filter(|name| has_source_name(Path::new(name))).map(|name| self.read(name)).collect()
    }

    /// A path that is stated from the folder of the module.
    fn path(&self, path: &str) -> PathBuf {
        let mut found = self.folder.clone();
        for part in Path::new(path).components() {
            match part {
                Component::Normal(name) => found.push(name),
                Component::ParentDir if matches!(found.components().next_back(), Some(Component::Normal(_))) => {
                    found.pop();
                }
                Component::ParentDir => found.push(".."),
                Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
            }
        }
        found
    }

    fn entries(&self, folder: &str) -> Result<Vec<PathBuf>, String> {
        let path = self.path(folder);
        let found = self.files.entries(&path);
        let is_here = path.as_os_str().is_empty();
        found.or_else(|why| if is_here { self.files.entries(Path::new(".")) } else { Err(why) })
    }

    fn names(&self, folder: &str, are_folders: bool) -> Result<Vec<String>, String> {
        let entries = self.entries(folder)?;
        let is_wanted = |path: &&PathBuf| self.files.is_folder(path) == are_folders && !self.files.is_special(path);
        let mut names: Vec<String> = entries.iter().filter(is_wanted).map(|path| name_of(path)).collect();
        names.sort();
        Ok(names)
    }
}

impl ModuleFiles for ModuleFolder<'_> {
    fn files(&mut self, folder: &str) -> Result<Vec<String>, String> {
        self.names(folder, false)
    }

    fn folders(&mut self, folder: &str) -> Result<Vec<String>, String> {
        let names = self.names(folder, true)?;
        let is_link = |name: &String| self.files.is_link(&self.path(folder).join(name));
        Ok(names.into_iter().filter(|name| !name.starts_with('.') && !is_link(name)).collect())
    }

    fn read(&mut self, path: &str) -> Result<LoadedModules, String> {
        let importer = self.folder.join("main.tf").display().to_string();
        let found = self.files.import(&self.root, &importer, path)?;
        Ok(LoadedModules { name: found.name, text: found.text })
    }
}

fn shown(fault: &hcl::HclFault) -> FileFault {
    FileFault::new(fault.to_string())
}

fn made(plan: HclPlan) -> MadeTemplate {
    let HclPlan { json, layout, .. } = plan;
    MadeTemplate { text: json.to_string(), layout: Arc::new(layout), unread: Vec::new() }
}
