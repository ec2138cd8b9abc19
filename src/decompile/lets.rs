//! Sets that several rules repeat become definitions.

use std::collections::HashMap;

use indexmap::{IndexMap, IndexSet};

use super::catalogue::{self, NamedModule};
use super::naming::{self, SourceNames};
use super::rules::{Lists, lists};
use super::words;
use crate::evaluate::SortedRule;
use crate::intent::Host;
use crate::model::{AddressTerm, IpGroupRef, Model, Pods, url_fault};
use crate::net::{AddressSpan, HostPattern};
use crate::source::quote;

/// How often a single address or prefix is used before it gets a name.
const USES_OF_ONE: usize = 4;
/// How long services are before it pays to name them.
const LONG_SERVICES: usize = 28;

/// The definitions of a source, and the text that replaces each set.
pub(super) struct Lets<'m> {
    model: &'m Model,
    catalogue: &'static [NamedModule],
    /// The names of the IP groups that the model does not hold, by their id.
    outside: IndexMap<String, String>,
    /// The name and text of a definition, by the sorted entries of its set.
    named: IndexMap<Vec<String>, (String, String)>,
    /// The catalogue modules that rules refer to.
    pub modules: IndexSet<&'static str>,
}

/// The sets that rules list, by their sorted entries.
type LetUses = IndexMap<Vec<String>, LetUse>;

/// The uses of a set.
struct LetUse {
    /// The names of the rules.
    rules: Vec<String>,
    /// A name made from its content.
    name: String,
}

impl<'m> Lets<'m> {
    /// The definitions that `rules` need, with names that are not in `taken`.
    pub(super) fn of<'r>(
        model: &'m Model,
        rules: impl Iterator<Item = SortedRule<'r>> + Clone,
        with_catalogue: bool,
        mut taken: SourceNames,
    ) -> Self {
        let catalogue = if with_catalogue { catalogue::sets() } else { &[] };
        let mut lets =
            Self { model, catalogue, outside: IndexMap::new(), named: IndexMap::new(), modules: IndexSet::new() };
        lets.use_modules(rules.clone(), &mut taken);
        lets.name_outside(rules.clone(), &mut taken);
        let mut uses: LetUses = IndexMap::new();
        for rule in rules {
            lets.count(rule.name(), &lists(rule), &mut uses);
        }
        for (entries, LetUse { rules, name }) in uses {
            let count = rules.len();
            let wanted = match naming::says_little(&name) {
                true => naming::of_rules(&rules).unwrap_or(name),
                false => name,
            };
            if let [one] = entries.as_slice() {
                let is_span = one.parse::<AddressSpan>().is_ok() && count >= USES_OF_ONE;
                let is_long = one.contains('/') && one.len() >= LONG_SERVICES && count > 1;
                if !is_span && !is_long {
                    continue;
                }
            } else if count < 2 {
                continue;
            }
            let said = entries.join(", ");
            lets.named.insert(entries, (taken.unique(&wanted), said));
        }
        lets
    }

    /// The definitions, as items.
    pub(super) fn items(&self) -> String {
        let outside = self.outside.iter().map(|(id, name)| format!("let {name} = ip-group({})\n", quote(id)));
        let named = self.named.values().map(|(name, said)| format!("let {name} = {said}\n"));
        outside.chain(named).collect()
    }

    /// An IP group that is not here gets the name at the end of its id.
    fn name_outside<'r>(&mut self, rules: impl Iterator<Item = SortedRule<'r>>, taken: &mut SourceNames) {
        for rule in rules {
            let Lists { from_groups, to_groups, .. } = lists(rule);
            for group in from_groups.iter().chain(&to_groups) {
                if self.model.ip_group(group).is_some() {
                    continue;
                }
                let text = group.outside();
                if !self.outside.contains_key(&text) {
                    let name = taken.unique(&naming::kept(group.name()));
                    self.outside.insert(text, name);
                }
            }
        }
    }

    /// Keeps the modules that some rule refers to.
    fn use_modules<'r>(&mut self, rules: impl Iterator<Item = SortedRule<'r>>, taken: &mut SourceNames) {
        let mut used = IndexSet::new();
        for rule in rules {
            self.host_entries(&lists(rule).hosts, &mut used);
        }
        let mut used: Vec<&'static str> = used.into_iter().collect();
        used.sort_unstable();
        used.iter().for_each(|module| taken.take(module));
        self.modules = used.into_iter().collect();
    }

    fn count(&self, rule: &str, lists: &Lists, uses: &mut LetUses) {
        let mut add = |mut entries: Vec<String>, name: &dyn Fn() -> String| {
            entries.sort_unstable();
            if !entries.is_empty() {
                let found = uses.entry(entries).or_insert_with(|| LetUse { rules: Vec::new(), name: name() });
                found.rules.push(rule.to_owned());
            }
        };
        for (terms, groups) in [(&lists.from, &lists.from_groups), (&lists.to, &lists.to_groups)] {
            let names: Vec<String> = groups.iter().map(|group| group.name().to_owned()).collect();
            add(self.address_entries(terms, groups), &|| naming::of_addresses(terms, &names));
        }
        let patterns: Vec<HostPattern> = lists.hosts.iter().filter_map(pattern).collect();
        // A rule that is `as-is` may hold a URL that Azure would not take; a set of its own may not.
        let is_odd = |host: &Host| matches!(host, Host::Url(url) if url_fault(url).is_some());
        let hosts = if lists.hosts.iter().any(is_odd) { &[][..] } else { &lists.hosts[..] };
        add(self.host_entries(hosts, &mut IndexSet::new()), &|| match patterns.is_empty() {
            true => "targets".to_owned(),
            false => naming::of_hosts(&patterns),
        });
        if lists.services.is_empty() {
            return;
        }
        add(vec![lists.services.clone()], &|| naming::of_services(&lists.services));
    }

    /// What the services of a rule are written as.
    pub(super) fn services(&self, text: &str) -> String {
        self.named.get(&vec![text.to_owned()]).map_or_else(|| text.to_owned(), |(name, _)| name.clone())
    }

    /// What addresses and IP groups are written as; nothing where there are none.
    pub(super) fn addresses(&self, terms: &[AddressTerm], groups: &[IpGroupRef]) -> String {
        self.said(self.address_entries(terms, groups))
    }

    /// What sources are written as; nothing where there are none.
    pub(super) fn sources(&self, terms: &[AddressTerm], groups: &[IpGroupRef], pods: &[Pods]) -> String {
        let named = self.addresses(terms, groups);
        let pods = pods.iter().map(ToString::to_string);
        let all: Vec<String> = [named].into_iter().filter(|text| !text.is_empty()).chain(pods).collect();
        all.join(", ")
    }

    /// What hosts are written as; nothing where there are none.
    pub(super) fn hosts(&self, hosts: &[Host]) -> String {
        self.said(self.host_entries(hosts, &mut IndexSet::new()))
    }

    fn said(&self, entries: Vec<String>) -> String {
        let mut key = entries.clone();
        key.sort_unstable();
        self.named.get(&key).map_or_else(|| entries.join(", "), |(name, _)| name.clone())
    }

    fn address_entries(&self, terms: &[AddressTerm], groups: &[IpGroupRef]) -> Vec<String> {
        let is_all = |term: &AddressTerm| words::address(term) == "any" || words::address(term) == "0.0.0.0/0";
        let is_ipv6 = |term: &&AddressTerm| matches!(term, AddressTerm::Ipv6(_));
        let mut entries: IndexSet<String> = match terms.iter().any(is_all) {
            true => std::iter::once("any".to_owned()).chain(terms.iter().filter(is_ipv6).map(words::address)).collect(),
            false => terms.iter().map(words::address).collect(),
        };
        if entries.len() == PRIVATE.len() && PRIVATE.iter().all(|prefix| entries.contains(*prefix)) {
            entries = IndexSet::from(["private".to_owned()]);
        }
        entries.extend(groups.iter().map(|group| {
            let defined = self.model.ip_group(group);
            match self.outside.get(&group.outside()).filter(|_| defined.is_none()) {
                Some(name) => name.clone(),
                None => words::ip_group(group, defined.map(|group| &group.name)),
            }
        }));
        entries.into_iter().collect()
    }

    /// The entries, those that a set of the catalogue holds replaced by its name.
    fn host_entries(&self, hosts: &[Host], used: &mut IndexSet<&'static str>) -> Vec<String> {
        if hosts.contains(&Host::Pattern(HostPattern::Any)) && hosts.iter().all(|host| matches!(host, Host::Pattern(_)))
        {
            return vec!["any-host".to_owned()];
        }
        let mut left: IndexSet<&Host> = hosts.iter().collect();
        let mut entries = Vec::new();
        for set in self.catalogue {
            if set.hosts.iter().all(|host| left.contains(host)) {
                set.hosts.iter().for_each(|host| {
                    left.shift_remove(host);
                });
                used.insert(set.module);
                entries.push(set.reference.clone());
            }
        }
        entries.extend(left.into_iter().map(host_text));
        entries
    }
}

const PRIVATE: [&str; 4] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

fn pattern(host: &Host) -> Option<HostPattern> {
    match host {
        Host::Pattern(pattern) => Some(pattern.clone()),
        Host::FqdnTag(_) | Host::Category(_) | Host::Url(_) => None,
    }
}

fn host_text(host: &Host) -> String {
    match host {
        Host::Pattern(pattern) => words::host(pattern),
        Host::FqdnTag(tag) => words::fqdn_tag(tag),
        Host::Category(category) => words::category(category),
        Host::Url(url) => words::url(url),
    }
}

/// What was odd, by the rule it is about.
pub(super) type OddLets<'n> = HashMap<[&'n str; 4], Vec<&'n str>>;
