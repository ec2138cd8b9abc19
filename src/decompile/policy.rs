//! A model as the items of a file.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::Arc;

use super::lets::{Lets, OddLets};
use super::naming::SourceNames;
use super::{DecompileOptions, DecompileRefusal, SourceShape, flags, rules, settings, unheld, words};
use crate::evaluate::SortedRule;
use crate::format::format;
use crate::model::{
    Action, Assumption, Base, Collection, Group, Model, NextHop, Policy, Presence, Priority, Route, RoutePrefix,
    RouteTable, RuleKind, Rules,
};
use crate::source::{Files, quote};

/// The source in its canonical layout.
pub(super) fn source(
    model: &Model,
    notes: &[Assumption],
    shape: SourceShape,
    options: &DecompileOptions,
) -> Result<String, DecompileRefusal> {
    unheld::refuse(model, options)?;
    let model = &written(model);
    let mut taken = SourceNames::default();
    let policies = model.policies.iter().map(|policy| &policy.name);
    let groups = model.ip_groups.values().map(|group| &group.name);
    policies.chain(groups).for_each(|name| taken.take(name));
    crate::intent::table::predefined_services().for_each(|(name, _)| taken.take(name));
    let all = model.policies.iter().flat_map(|policy| &policy.groups).flat_map(|group| &group.collections);
    let flags = flags::flags(model);
    flags.iter().for_each(|(_, name)| taken.take(name));
    let lets = Lets::of(model, all.flat_map(|collection| SortedRule::all(&collection.rules)), options.catalogue, taken);
    let file = DecompiledFile { model, lets, odd: odd(notes), shape, flags };
    let text = file.text(notes, options)?;
    let mut files = Files::new();
    let id = files.add("import.pol", text.as_str());
    format(id, text.as_str().into()).map_err(|refusal| match refusal {
        crate::format::FormatRefusal::Broken(found) => {
            let first = found.iter().next().map(|found| found.message.clone()).unwrap_or_default();
            DecompileRefusal::Refused(first)
        }
        crate::format::FormatRefusal::Changed => DecompileRefusal::Refused(refusal.to_string()),
    })
}

/// The part of the model that is written.
fn written(model: &Model) -> Model {
    let mut model = model.clone();
    model.policies.retain(|policy| !policy.is_adopted());
    model.ip_groups.retain(|id, _| !id.is_adopted());
    model
}

fn odd(notes: &[Assumption]) -> OddLets<'_> {
    let mut odd = OddLets::new();
    for note in notes.iter() {
        if let [policy, group, collection, rule] = note.of.as_slice() {
            odd.entry([policy, group, collection, rule]).or_default().push(&note.message);
        }
    }
    odd
}

struct DecompiledFile<'m> {
    model: &'m Model,
    lets: Lets<'m>,
    odd: OddLets<'m>,
    shape: SourceShape,
    flags: Vec<(Arc<str>, String)>,
}

impl DecompiledFile<'_> {
    fn text(&self, notes: &[Assumption], options: &DecompileOptions) -> Result<String, DecompileRefusal> {
        let mut text: String = options.title.iter().map(|line| words::comment(line)).collect();
        let general: indexmap::IndexSet<String> =
            notes.iter().filter(|note| note.of.len() < 4).map(|note| words::comment(&note.what())).collect();
        text.extend(general);
        text.push('\n');
        if !self.lets.modules.is_empty() {
            let modules: Vec<&str> = self.lets.modules.iter().copied().collect();
            let _ = writeln!(text, "use {}\n", modules.join(", "));
        }
        text.push_str(&flags::items(&self.flags));
        for group in self.model.ip_groups.values() {
            let ipv6 = group.ipv6.iter().copied().map(words::ipv6);
            let members: Vec<String> = group.addresses.iter().map(ToString::to_string).chain(ipv6).collect();
            if members.is_empty() {
                let what = format!("IP group `{}` has no member, which the language cannot express", group.name);
                return Err(DecompileRefusal::Inexpressible(what));
            }
            let _ = writeln!(text, "ip-group {} = {}", words::name(&group.name), members.join(", "));
        }
        text.push_str(&self.lets.items());
        for policy in &self.model.policies {
            text.push_str(&self.policy(policy, options)?);
        }
        for table in &self.model.route_tables {
            text.push_str(&routes(table)?);
        }
        Ok(text)
    }

    fn policy(&self, policy: &Policy, options: &DecompileOptions) -> Result<String, DecompileRefusal> {
        let mut head = format!("policy {}", words::name(&policy.name));
        let base = policy.base.as_ref();
        let within = self.model.parent_of(policy);
        let external = base.and_then(|_| options.external.get(&policy.id()));
        match (within, external) {
            (Some(base), _) => head.push_str(&format!(" inherits {}", words::name(&base.name))),
            (None, Some(file)) => head.push_str(&format!(" inherits external {}", quote(file))),
            (None, None) => {}
        }
        let mut body = settings::items(policy, options);
        match base {
            Some(Base::Id(id)) => body.push_str(&format!("base-id {}\n", quote(id.text()))),
            Some(Base::Named(name)) if within.is_none() && external.is_none() => {
                body.push_str(&format!("base-id {}\n", quote(&name.name)));
            }
            Some(Base::Named(_)) | None => {}
        }
        if self.shape.is_in_azures_order() {
            body.push_str("order azure\n");
        }
        let mut priorities = Priorities::default();
        for group in by_priority(&policy.groups, |group| group.priority) {
            let priority = priorities.of(group.priority, &group.presence);
            let what = format!("{}/{}", policy.name, group.name);
            body.push_str(&flags::within(&group.presence, &self.flags, &what, self.group(policy, group, priority)?)?);
        }
        Ok(format!("\n{head} {{\n{body}}}\n"))
    }

    fn group(&self, policy: &Policy, group: &Group, priority: String) -> Result<String, DecompileRefusal> {
        let collections = by_priority(&group.collections, |collection| collection.priority);
        let head = format!("group {}{priority}", words::name(&group.name));
        let mut body = String::new();
        if !self.shape.has_collections() && is_plain(&collections) {
            for collection in collections {
                body.push_str(&self.rules(policy, group, collection)?);
            }
            return Ok(format!("\n{head} {{\n{body}}}\n"));
        }
        let mut priorities = Priorities::default();
        for collection in collections {
            let priority = priorities.of(collection.priority, &collection.presence);
            let what = match &collection.rules {
                Rules::Nat(_) => "dnat",
                Rules::Network(Action::Allow, _) | Rules::Application(Action::Allow, _) => "allow",
                Rules::Network(Action::Deny, _) | Rules::Application(Action::Deny, _) => "deny",
            };
            let rules = self.rules(policy, group, collection)?;
            let name = words::name(&collection.name);
            let carried: String = collection.carried.iter().map(|(name, value)| settings::kept(name, value)).collect();
            let item = format!("\ncollection {name}{priority} {what} {{\n{carried}{rules}}}\n");
            let path = format!("{}/{}/{}", policy.name, group.name, collection.name);
            body.push_str(&flags::within(&collection.presence, &self.flags, &path, item)?);
        }
        Ok(format!("\n{head} {{\n{body}}}\n"))
    }

    fn rules(&self, policy: &Policy, group: &Group, collection: &Collection) -> Result<String, DecompileRefusal> {
        let mut seen: HashSet<String> = HashSet::new();
        let mut text = String::new();
        for rule in SortedRule::all(&collection.rules) {
            let name = unique(rule.name(), &mut seen);
            if name != rule.name() {
                text.push_str(&words::comment(&format!(
                    "another rule of the collection is called `{}` too",
                    rule.name()
                )));
            }
            let key = [policy.name.as_str(), &group.name, &collection.name, rule.name()];
            for odd in self.odd.get(&key).into_iter().flatten() {
                text.push_str(&words::comment(odd));
            }
            let said = rules::rule(rule, &name, &self.lets).map_err(|refusal| match refusal {
                DecompileRefusal::Inexpressible(what) => DecompileRefusal::Inexpressible(format!(
                    "{}/{}/{}: {what}",
                    policy.name, group.name, collection.name
                )),
                DecompileRefusal::Refused(_) | DecompileRefusal::Differs(_) => refusal,
            })?;
            text.push_str(&said);
        }
        Ok(text)
    }
}

/// `name`, with a number where another rule has that name.
fn unique(name: &str, seen: &mut HashSet<String>) -> String {
    let numbered = (2u32..).map(|number| format!("{name} ({number})"));
    let free = std::iter::once(name.to_owned()).chain(numbered).find(|name| seen.insert(name.to_ascii_lowercase()));
    free.unwrap_or_default()
}

/// Whether the rules of a group mean the same without their collections: of each kind every deny comes before every
/// allow, the names of the rules are unique in the group, and no collection has a property of its own.
fn is_plain(collections: &[&Collection]) -> bool {
    let mut allowed: Vec<RuleKind> = Vec::new();
    let mut names: HashSet<String> = HashSet::new();
    let mut nat = 0;
    for collection in collections {
        let kind = collection.rules.kind();
        match &collection.rules {
            _ if collection.rules.is_empty() || !collection.presence.is_always() || !collection.carried.is_empty() => {
                return false;
            }
            Rules::Nat(_) => nat += 1,
            Rules::Network(Action::Deny, _) | Rules::Application(Action::Deny, _) if allowed.contains(&kind) => {
                return false;
            }
            Rules::Network(Action::Deny, _) | Rules::Application(Action::Deny, _) => {}
            Rules::Network(Action::Allow, _) | Rules::Application(Action::Allow, _) => allowed.push(kind),
        }
        if !SortedRule::all(&collection.rules).iter().all(|rule| names.insert(rule.name().to_ascii_lowercase())) {
            return false;
        }
    }
    nat < 2 && !collections.is_empty()
}

fn by_priority<T>(items: &[T], priority: impl Fn(&T) -> Priority) -> Vec<&T> {
    let mut sorted: Vec<&T> = items.iter().collect();
    sorted.sort_by_key(|item| priority(item));
    sorted
}

/// Priorities as they are written; one that is written already is left out, and its item keeps its place.
#[derive(Default)]
struct Priorities(Option<Priority>);

impl Priorities {
    fn next(&mut self, priority: Priority) -> String {
        let is_new = self.0.replace(priority) != Some(priority);
        if is_new { format!(" priority {priority}") } else { String::new() }
    }

    /// An item that may not be there has its own priority always, and lends it to none.
    fn of(&mut self, priority: Priority, presence: &Presence) -> String {
        if presence.is_always() { self.next(priority) } else { format!(" priority {priority}") }
    }
}

fn routes(table: &RouteTable) -> Result<String, DecompileRefusal> {
    let mut body = String::new();
    body.extend(table.location.as_ref().map(|location| format!("location {}\n", quote(location))));
    for entry in &table.routes {
        body.push_str(&route(table, entry)?);
    }
    let propagation = |disabled: bool| if disabled { "bgp-propagation off\n" } else { "bgp-propagation on\n" };
    body.extend(table.disable_bgp_propagation.map(propagation));
    Ok(format!("\nroutes {} {{\n{body}}}\n", words::name(&table.name)))
}

fn route(table: &RouteTable, route: &Route) -> Result<String, DecompileRefusal> {
    let prefix = match &route.prefix {
        RoutePrefix::Cidr(cidr) => cidr.to_string(),
        RoutePrefix::ServiceTag(tag) => words::address(&crate::model::AddressTerm::ServiceTag(tag.clone())),
    };
    let hop = match &route.next_hop {
        NextHop::Appliance(address) => address.to_string(),
        NextHop::Appliances(_) => return Err(several_hops(table, route)),
        NextHop::Unknown(expression) => {
            let what = format!("route {} to {prefix} is left out: where it leads is {expression}", quote(&route.name));
            return Ok(words::comment(&what));
        }
        NextHop::Internet => "internet".to_owned(),
        NextHop::Gateway => "gateway".to_owned(),
        NextHop::VnetLocal => "vnet".to_owned(),
        NextHop::None => "none".to_owned(),
    };
    Ok(format!("route {prefix} via {hop} named {}\n", quote(&route.name)))
}

fn several_hops(table: &RouteTable, route: &Route) -> DecompileRefusal {
    let name = format!("route `{}` of `{}`", route.name, table.name);
    DecompileRefusal::Inexpressible(format!("{name} has several next hops, which the language cannot state"))
}
