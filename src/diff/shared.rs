//! What a change to something shared reaches: a name, a bundle, a base policy.

use crate::diag::counted;
use crate::evaluate::OrderLevel;
use crate::intent::{self, Address, Definition, Entry, Intent, Parent, Says};
use crate::model::{Model, Policy};
use crate::net::{AddressSet, same_word};
use crate::source::{Files, Origin, SourceSpan};

use super::renderers::RuleSource;
use super::{Change, Diff, DiffOutcome, DiffSide};

/// Something shared that differs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SharedContext {
    /// What it is: `set`, `bundle`, `IP group`, `base policy`.
    pub what: &'static str,
    /// Its name.
    pub name: String,
    /// What it holds now and did not, in the words of the language.
    pub added: Vec<String>,
    /// What it held and does not.
    pub removed: Vec<String>,
    /// How much it held and holds, where that is known: `4,096 addresses`.
    pub sizes: Option<[String; 2]>,
    /// How many rules use it.
    pub rules: usize,
    /// The policies that these rules decide in.
    pub policies: Vec<String>,
    /// How many of the changed sets of flows such a rule decides.
    pub changes: usize,
    /// Where the rules are written that use it, before and after.
    pub(super) users: Vec<Origin>,
}

impl SharedContext {
    /// Whether the outcome is that of a rule that uses it.
    pub(super) fn decides(&self, outcome: &DiffOutcome<'_>) -> bool {
        let origin = outcome.rule().and_then(|line| line.rule.origin());
        origin.is_some_and(|origin| self.users.contains(origin))
    }
}

/// The shared things that differ and that some rule uses.
pub fn shared(old: &RuleSource<'_>, new: &RuleSource<'_>, diff: &Diff<'_>) -> Vec<SharedContext> {
    let mut found = Vec::new();
    if let (Some(before), Some(after)) = (old.intent, new.intent) {
        let (before, after) =
            (CauseText { intent: before, files: old.files }, CauseText { intent: after, files: new.files });
        for definition in &after.intent.names {
            let other = before.intent.names.iter().find(|other| other.name == definition.name);
            if let Some(other) = other.filter(|other| other.says != definition.says) {
                let what = if matches!(definition.says, Says::Bundle(_)) { "bundle" } else { "set" };
                let users = (users(&before, other), users(&after, definition));
                let apart = apart(&words(&other.says), &words(&definition.says));
                let sizes = size(&other.says).zip(size(&definition.says)).map(|(before, after)| [before, after]);
                let reached = reaches(what, &definition.name, apart, users, after.intent, diff);
                found.extend(reached.map(|shared| SharedContext { sizes, ..shared }));
            }
        }
        for group in after.intent.ip_groups.values() {
            let words = |group: &intent::IpGroup| -> Vec<String> {
                group.addresses.iter().map(|entry| entry.value.to_string()).collect()
            };
            let other = before.intent.ip_groups.values().find(|other| other.name == group.name);
            let apart = other.map(|other| apart(&words(other), &words(group)));
            if let Some(apart) = apart.filter(|(added, removed)| !added.is_empty() || !removed.is_empty()) {
                let users = (users_of_group(before.intent, &group.name), users_of_group(after.intent, &group.name));
                found.extend(reaches("IP group", &group.name, apart, users, after.intent, diff));
            }
        }
    }
    found.extend(base(old.side, new.side, diff));
    found
}

/// A source with its text.
struct CauseText<'m> {
    intent: &'m Intent,
    files: &'m Files,
}

/// The rules that use something, with their policies.
type Users = Vec<(String, Origin)>;

fn reaches(
    what: &'static str,
    name: &str,
    (added, removed): (Vec<String>, Vec<String>),
    (earlier, users): (Users, Users),
    after: &Intent,
    diff: &Diff<'_>,
) -> Option<SharedContext> {
    let rules = users.len().max(earlier.len());
    if rules == 0 {
        return None;
    }
    let mut policies: Vec<String> = Vec::new();
    for (policy, _) in users.iter().chain(&earlier) {
        for name in with_children(after, policy) {
            if !policies.contains(&name) {
                policies.push(name);
            }
        }
    }
    let decides = |change: &&Change<'_>| {
        let by = |outcome: &DiffOutcome<'_>, users: &Users| {
            let origin = outcome.rule().and_then(|line| line.rule.origin().cloned());
            origin.is_some_and(|origin| users.iter().any(|(_, user)| *user == origin))
        };
        by(&change.after, &users) || by(&change.before, &earlier)
    };
    let changes = diff.changes.iter().filter(decides).count();
    let users = users.into_iter().chain(earlier).map(|(_, origin)| origin).collect();
    Some(SharedContext { what, name: name.to_owned(), added, removed, sizes: None, rules, policies, changes, users })
}

/// The rules that have something of a definition, with their policies.
fn users(of: &CauseText<'_>, definition: &Definition) -> Users {
    let inside = |at: SourceSpan| {
        at.file == definition.at.file && at.start >= definition.at.start && at.end <= definition.at.end
    };
    // Services keep no place of their own: a rule uses a set of them where its text has the name.
    let is_services = matches!(definition.says, Says::Services(_));
    let named = |at: SourceSpan| is_services && has_word(of.files.text(at), &definition.name);
    rules(
        of.intent,
        |rule| {
            let from = rule.from.iter().any(|entry| inside(entry.at));
            let addresses = rule.to.addresses.iter().any(|entry| inside(entry.at));
            let hosts = rule.to.hosts.iter().any(|entry| inside(entry.at));
            from || addresses || hosts || rule.origin.span().is_some_and(inside) || named(rule.services_at)
        },
        |dnat| dnat.from.iter().any(|entry| inside(entry.at)) || dnat.origin.span().is_some_and(inside),
    )
}

fn has_word(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ':');
    text.split(|c| !is_part(c)).any(|word| word == name)
}

/// The rules that name an IP group.
fn users_of_group(intent: &Intent, name: &str) -> Users {
    let is_it = |entry: &Entry<Address>| matches!(&entry.value, Address::IpGroup(of) if of == name);
    rules(intent, |rule| rule.from.iter().chain(&rule.to.addresses).any(is_it), |dnat| dnat.from.iter().any(is_it))
}

fn rules(intent: &Intent, is_filter: impl Fn(&intent::Rule) -> bool, is_dnat: impl Fn(&intent::Dnat) -> bool) -> Users {
    let mut found = Vec::new();
    for policy in &intent.policies {
        for rules in policy.groups.iter().flat_map(|group| group.body.rules()) {
            let filters = rules.filters.iter().filter(|rule| is_filter(rule)).map(|rule| &rule.origin);
            let dnats = rules.dnats.iter().filter(|dnat| is_dnat(dnat)).map(|dnat| &dnat.origin);
            found.extend(filters.chain(dnats).map(|origin| (policy.name.value.clone(), origin.clone())));
        }
    }
    found
}

/// A policy and those that inherit it.
fn with_children(intent: &Intent, name: &str) -> Vec<String> {
    let inherits = |policy: &&intent::Policy| {
        policy.parent.as_ref().is_some_and(|parent| matches!(&parent.value, Parent::Policy(base) if base == name))
    };
    let children = intent.policies.iter().filter(inherits).map(|policy| policy.name.value.clone());
    std::iter::once(name.to_owned()).chain(children).collect()
}

fn words(says: &Says) -> Vec<String> {
    match says {
        Says::Addresses(entries) => entries.iter().map(ToString::to_string).collect(),
        Says::Hosts(hosts) => hosts.iter().map(ToString::to_string).collect(),
        Says::Services(_) | Says::Bundle(_) => Vec::new(),
    }
}

/// How much a set holds; none where only Azure knows some of its members.
fn size(says: &Says) -> Option<String> {
    match says {
        Says::Addresses(entries) => {
            let span = |entry: &Address| if let Address::Span(span) = entry { Some(*span) } else { None };
            let spans = entries.iter().map(span).collect::<Option<AddressSet>>()?;
            Some(counted(spans.count(), "address"))
        }
        Says::Hosts(hosts) => Some(counted(hosts.len(), "host name")),
        Says::Services(_) | Says::Bundle(_) => None,
    }
}

/// What is in the one and not in the other: added, removed.
fn apart(old: &[String], new: &[String]) -> (Vec<String>, Vec<String>) {
    let only = |here: &[String], there: &[String]| here.iter().filter(|word| !there.contains(word)).cloned().collect();
    (only(new, old), only(old, new))
}

/// The base policy, where it differs and rules of it decide flows that change.
fn base(old: DiffSide<'_>, new: DiffSide<'_>, diff: &Diff<'_>) -> Option<SharedContext> {
    let (before, after) = (old.model.parent_of(old.policy), new.model.parent_of(new.policy));
    let base = after.or(before)?;
    if before.zip(after).is_some_and(|(before, after)| says_same(before, after)) {
        return None;
    }
    let of_base = |outcome: &DiffOutcome<'_>| {
        outcome.rule().filter(|line| line.level == OrderLevel::Parent).map(|line| line.place)
    };
    let changes: Vec<&Change<'_>> =
        diff.changes.iter().filter(|change| of_base(&change.before).or(of_base(&change.after)).is_some()).collect();
    let mut rules: Vec<(bool, usize)> = Vec::new();
    for change in &changes {
        rules.extend(of_base(&change.before).map(|place| (false, place)));
        rules.extend(of_base(&change.after).map(|place| (true, place)));
    }
    rules.sort_unstable();
    rules.dedup();
    let inherits = |model: &Model| -> Vec<String> {
        let children = model
            .policies
            .iter()
            .filter(|policy| policy.base.as_ref().is_some_and(|of| same_word(of.name(), &base.name)));
        children.map(|policy| policy.name.to_string()).collect()
    };
    let mut policies = inherits(new.model);
    policies.extend(inherits(old.model).into_iter().filter(|name| !inherits(new.model).contains(name)));
    (!changes.is_empty()).then(|| SharedContext {
        what: "base policy",
        name: base.name.to_string(),
        added: Vec::new(),
        removed: Vec::new(),
        sizes: None,
        rules: rules.len(),
        policies,
        changes: changes.len(),
        users: Vec::new(),
    })
}

/// Whether two policies have the same rules, wherever these were written.
fn says_same(old: &Policy, new: &Policy) -> bool {
    let bare = |policy: &Policy| Model { policies: vec![policy.clone()], ..Model::default() }.as_deployed();
    bare(old).policies == bare(new).policies
}
