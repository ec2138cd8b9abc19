//! The sets of hosts that the shipped catalogue names.

use crate::catalogue::modules;
use crate::intent::{Ends, GroupBody, Host, NoImports, Sources, resolve};
use crate::syntax::{SyntaxKind, ast, parse};

/// A set of the catalogue.
#[derive(Clone, Debug)]
pub(super) struct Named {
    /// The module.
    pub module: &'static str,
    /// The reference, as in `docker::hosts`.
    pub reference: String,
    /// The hosts, sorted.
    pub hosts: Vec<Host>,
}

/// The sets of two hosts or more, the largest first.
pub(super) fn sets() -> Vec<Named> {
    let mut sets: Vec<Named> = modules().flat_map(|module| sets_of(module.name, module.text)).collect();
    sets.sort_by(|a, b| b.hosts.len().cmp(&a.hosts.len()).then_with(|| a.reference.cmp(&b.reference)));
    sets
}

fn sets_of(module: &'static str, text: &str) -> Vec<Named> {
    let mut sources = crate::source::Files::new();
    let file = sources.add(module, text);
    let parsed = parse(file, text.into());
    let lets = parsed.tree.root().children().filter(|item| item.kind() == SyntaxKind::Let);
    let names: Vec<String> = lets.filter_map(ast::name).map(|token| token.text().to_owned()).collect();
    names.into_iter().filter_map(|name| set(module, &name)).collect()
}

/// What `module::name` says, where it says nothing but hosts.
fn set(module: &'static str, name: &str) -> Option<Named> {
    let reference = format!("{module}::{name}");
    let asked =
        format!("use {module}\npolicy asked {{ sku premium group g {{ r: allow https from any to {reference} }} }}\n");
    let (sources, found) = Sources::load("asked", &asked, &mut NoImports);
    let (intent, wrong) = resolve(&sources);
    if found.has_errors() || wrong.has_errors() {
        return None;
    }
    let GroupBody::Rules(rules) = &intent.policies.first()?.groups.first()?.body else { return None };
    let Ends { addresses, hosts } = &rules.filters.first()?.to;
    let mut hosts: Vec<Host> = hosts.iter().map(|entry| entry.value.clone()).collect();
    hosts.sort();
    (addresses.is_empty() && hosts.len() > 1).then_some(Named { module, reference, hosts })
}
