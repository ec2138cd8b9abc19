//! The sets of hosts that the shipped catalogue names.

use std::sync::LazyLock;

use crate::catalogue::modules;
use crate::intent::{Ends, GroupBody, Host, NoImports, Sources, resolve};
use crate::syntax::{NodeKind, ast, parse};

/// A set of the catalogue.
#[derive(Clone, Debug)]
pub(super) struct NamedModule {
    /// The module.
    pub module: &'static str,
    /// The reference, as in `docker::hosts`.
    pub reference: String,
    /// The hosts, sorted.
    pub hosts: Vec<Host>,
}

/// The sets of two hosts or more, the largest first.
pub(super) fn sets() -> &'static [NamedModule] {
    static SETS: LazyLock<Vec<NamedModule>> = LazyLock::new(|| {
        let mut sets: Vec<NamedModule> = modules().flat_map(|module| sets_of(module.name, module.text)).collect();
        sets.sort_by(|a, b| b.hosts.len().cmp(&a.hosts.len()).then_with(|| a.reference.cmp(&b.reference)));
        sets
    });
    &SETS
}

/// The sets of the module that hold hosts only: a probe source with one rule for each set resolves them.
fn sets_of(module: &'static str, text: &str) -> Vec<NamedModule> {
    let mut sources = crate::source::Files::new();
    let file = sources.add(module, text);
    let parsed = parse(file, text.into());
    let lets = parsed.tree.root().children().filter(|item| item.kind() == NodeKind::Let);
    let references: Vec<String> =
        lets.filter_map(ast::name).map(|token| format!("{module}::{}", token.text())).collect();
    let rule = |(number, reference): (usize, &String)| format!("r{number}: allow https from any to {reference}\n");
    let rules: String = references.iter().enumerate().map(rule).collect();
    let asked = format!("use {module}\npolicy asked {{ sku premium group g {{\n{rules}}} }}\n");
    let (sources, _) = Sources::load("asked", &asked, &mut NoImports);
    // Sets of addresses or services are errors of their rules, which name no hosts then.
    let (intent, _) = resolve(&sources);
    let groups = intent.policies.first().map_or(&[][..], |policy| &policy.groups);
    let Some(GroupBody::Rules(rules)) = groups.first().map(|group| &group.body) else { return Vec::new() };
    let hosts = |rule: &str| {
        let filter =
            rules.filters.iter().find(|filter| filter.label.as_ref().is_some_and(|label| label.value == rule))?;
        let Ends { addresses, hosts } = &filter.to;
        let mut hosts: Vec<Host> = hosts.iter().map(|entry| entry.value.clone()).collect();
        hosts.sort();
        (addresses.is_empty() && hosts.len() > 1).then_some(hosts)
    };
    let named = |(number, reference): (usize, String)| {
        hosts(&format!("r{number}")).map(|hosts| NamedModule { module, reference, hosts })
    };
    references.into_iter().enumerate().filter_map(named).collect()
}
