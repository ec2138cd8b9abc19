//! The modules that are shipped inside fwc, written in its own language.
//!
//! In: nothing. Out: the name and text of each module of `policies/catalogue`. Guaranteed: each one parses without
//! findings (a test holds it). Deliberately absent: what the modules mean (`intent` reads them like any other file).

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

static MODULES: &[Module] = modules!["aks", "azure-cli", "docker", "helm", "kubectl", "ubuntu"];

/// Every module, by name.
pub fn modules() -> impl Iterator<Item = &'static Module> {
    MODULES.iter()
}

/// The module called `name`.
pub fn module(name: &str) -> Option<&'static Module> {
    modules().find(|module| module.name == name)
}
