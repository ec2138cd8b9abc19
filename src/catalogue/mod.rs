//! The modules that are shipped inside fwc, written in its own language.
//!
//! In: nothing. Out: the name and text of each module of `policies/catalogue`, and a page of each for people. Guaranteed:
//! each one parses without findings (a test holds it). Deliberately absent: what the modules mean (`intent` reads them
//! like any other file); a page is what is there, not what it comes to. What Microsoft documents of FQDN tags is read
//! from the modules too, with the page that states so.

mod page;
mod pin;
mod tags;

pub use page::{Bundle, CatalogueEntry, ModulePage, ModuleParameter, ModuleSet};
pub use pin::Pin;
pub use tags::{DocumentedTag, documented_tags};

/// A shipped module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Module {
    /// The name that `use` takes.
    pub name: &'static str,
    /// The source.
    pub text: &'static str,
}

macro_rules! modules {
    ($($name:literal),* $(,)?) => {
        &[$(Module {
            name: $name,
            text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/policies/catalogue/", $name, ".pol")),
        }),*]
    };
}

static MODULES: &[Module] = modules![
    "acr",
    "acr-china",
    "acr-usgov",
    "aks",
    "aks-china",
    "aks-usgov",
    "arc",
    "arm",
    "arm-china",
    "arm-usgov",
    "azure-cli",
    "azure-devops",
    "azure-sql",
    "azure-sql-china",
    "azure-sql-usgov",
    "docker",
    "entra",
    "entra-china",
    "entra-usgov",
    "ghcr",
    "github-runner",
    "gitlab",
    "helm",
    "key-vault",
    "key-vault-china",
    "key-vault-usgov",
    "kubectl",
    "managed-devops-pools",
    "mcr",
    "mcr-china",
    "purview",
    "storage",
    "storage-china",
    "storage-usgov",
    "ubuntu",
    "windows-update",
];

impl Module {
    /// The name of its file, as messages show it.
    pub fn file_name(&self) -> String {
        format!("catalogue/{}.pol", self.name)
    }
}

/// The module that a file is, told by name and text.
pub fn module_of_file(name: &str, text: &str) -> Option<&'static Module> {
    modules().find(|module| module.text == text && module.file_name() == name)
}

/// Whether a destination, as an entry of a page has it, takes in a host; `{parameter}` means any label.
pub fn opens(destination: &str, host: &str) -> bool {
    if let Some(ending) = destination.strip_prefix('*').filter(|ending| !ending.contains('{')) {
        return !ending.is_empty() && host.len() > ending.len() && host.ends_with(ending);
    }
    let (mut parts, mut labels) = (destination.rsplit('.'), host.rsplit('.'));
    loop {
        match (parts.next(), labels.next()) {
            (None, None) => return true,
            (Some("*"), Some(_)) => return true,
            (Some(part), Some(label)) if part == label || part.starts_with('{') => {}
            _ => return false,
        }
    }
}

/// Every module, by name.
pub fn modules() -> impl Iterator<Item = &'static Module> {
    MODULES.iter()
}

/// The module called `name`.
///
/// ```rust
/// let module = fwc::catalogue::module("docker").expect("a module that is shipped");
/// assert!(module.text.contains("registry-1.docker.io"));
/// ```
pub fn module(name: &str) -> Option<&'static Module> {
    modules().find(|module| module.name == name)
}
