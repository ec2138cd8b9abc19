//! An artefact as a source that means the same, and the proof that it does.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::decompile::{DecompileOptions, DecompileRefusal, SourceShape, flags, shapes, source};
use crate::diag::{Diagnostics, Severity};
use crate::emit::{self, arm, json_text};
use crate::evaluate::{Knowledge, RuleOrder, SortedRule};
use crate::flow::{By, DecisionList, Equivalence, Space, WorkBudget, equivalent};
use crate::import::{Artefact, read_all};
use crate::intent::{GroupBody, Intent};
use crate::logic::{MOST, fillings};
use crate::lower::{Lock, Lowered};
use crate::model::{Assumption, Collection, Group, Model, NextHop, Policy, ResourceId};
use crate::prove::{Effects, Ipv6, OpaqueSort, RuleMeaning, axioms, decisions_of, describe, meaning};
use crate::source::Files;

use super::files::MemoryFiles;
use super::lock_file::used_modules;
use super::options::{self, Exports, LockUse};
use super::project::{Project, Stage};

/// A source, and what is proved of it.
#[derive(Clone, Debug)]
pub struct Decompiled {
    /// The text.
    pub text: String,
    /// What is proved.
    pub proof: SourceProof,
    /// The priorities of its groups and collections, for a lock beside it.
    pub lock: Lock,
}

/// What is proved of a source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceProof {
    /// The rules of the model, each of which the source has.
    pub rules: usize,
    /// The rules that the source compiles to; what another rule states is left out.
    pub compiled: usize,
    /// Whether the order of the source decides every flow as Azure does.
    pub order_is_proved: bool,
    /// Whether the source compiles to the very groups, collections and rules of the model, by name and priority.
    pub same_structure: bool,
}

impl SourceProof {
    /// What is proved of the same source with two settings of its flags; the numbers are those of the larger one.
    fn and(self, other: Self) -> Self {
        let order_is_proved = self.order_is_proved && other.order_is_proved;
        let same_structure = self.same_structure && other.same_structure;
        let larger = if self.rules < other.rules { other } else { self };
        Self { order_is_proved, same_structure, ..larger }
    }
}

/// The plainest source that means what `model` states. `notes` are what its artefacts do not settle; they become comments.
///
/// # Errors
/// Where the language cannot say it, or the proof fails.
pub fn decompile(
    model: &Model,
    notes: &[Assumption],
    options: &DecompileOptions,
) -> Result<Decompiled, DecompileRefusal> {
    let mut first = None;
    for &shape in shapes(options) {
        let text = source(model, notes, shape, options)?;
        match prove(model, &text, options) {
            // Where the order of the source is not Azure's, that order would be only a guess at what was meant.
            Ok((proof, lock)) if proof.order_is_proved || SourceShape::is_in_azures_order(shape) => {
                return Ok(Decompiled { text, proof, lock });
            }
            Ok(_) => {}
            Err(refusal) => {
                first.get_or_insert(refusal);
            }
        }
    }
    Err(first.unwrap_or_else(|| DecompileRefusal::Differs("no order of the rules could be proved".to_owned())))
}

/// Compiles `text` again and compares it with `model`, which holds the bases of its policies: for each setting of the flags
/// that mean conditions which only a deployment knows.
fn prove(model: &Model, text: &str, options: &DecompileOptions) -> Result<(SourceProof, Lock), DecompileRefusal> {
    let flags = flags(model);
    if flags.len() > MOST {
        let count = flags.len();
        return Err(DecompileRefusal::Inexpressible(format!(
            "it depends on {count} conditions that only a deployment knows, and at most {MOST} are proved: give the \
             parameters values with `--parameters FILE`"
        )));
    }
    let mut all: Option<SourceProof> = None;
    let mut lock = Lock::default();
    for row in fillings(flags.len()) {
        let set = |at: usize| row >> at & 1 == 1;
        let settings = flags
            .iter()
            .enumerate()
            .map(|(at, (_, name))| (name.clone(), if set(at) { "on" } else { "off" }.to_owned()));
        let holds = |condition: &Arc<str>| flags.iter().position(|(known, _)| known == condition).is_some_and(set);
        let (proof, intent, lowered) = prove_one(&model.where_holds(&holds), text, settings.collect(), options)?;
        lock = lock.with(&intent, &lowered);
        all = Some(all.map_or(proof.clone(), |all| all.and(proof)));
    }
    let proof = all.ok_or_else(|| DecompileRefusal::Differs("nothing was proved".to_owned()))?;
    let project = Project::new(MemoryFiles::of(NAME, text), NAME, options::ProjectOptions::default());
    lock.modules = used_modules(project.sources().files());
    Ok((proof, lock))
}

fn prove_one(
    model: &Model,
    text: &str,
    settings: Vec<(String, String)>,
    options: &DecompileOptions,
) -> Result<(SourceProof, Intent, Lowered), DecompileRefusal> {
    let (intent, lowered) = compile(model, text, settings)?;
    let own = |policy: &&Policy| !policy.is_adopted();
    for policy in model.policies.iter().filter(own) {
        has_every_rule(policy, &intent)?;
        decides_alike(model, &lowered.model, policy)?;
    }
    let same_structure = same(model, &lowered.model, options)?;
    if options.faithful && !same_structure {
        let differs = first_difference(model, &lowered.model);
        return Err(DecompileRefusal::Differs(differs.unwrap_or_else(|| "its groups are others".to_owned())));
    }
    let budget = WorkBudget::default();
    let holds = |policy: &crate::intent::Policy| {
        matches!(meaning(&intent, policy, &lowered.model, &Knowledge::none(), &budget), RuleMeaning::Proved)
    };
    let proof = SourceProof {
        rules: model.policies.iter().filter(own).flat_map(|policy| &policy.groups).map(count).sum(),
        compiled: lowered.model.policies.iter().filter(own).flat_map(|policy| &policy.groups).map(count).sum(),
        order_is_proved: intent.policies.iter().all(holds),
        same_structure,
    };
    Ok((proof, intent, lowered))
}

fn count(group: &Group) -> usize {
    group.collections.iter().map(|collection| collection.rules.len()).sum()
}

/// The name of the source that is compiled again.
const NAME: &str = "import.pol";

fn compile(model: &Model, text: &str, settings: Vec<(String, String)>) -> Result<(Intent, Lowered), DecompileRefusal> {
    let alone = options::ProjectOptions {
        settings,
        lock: LockUse::Ignore,
        exports: Exports::Ignore,
        ..options::ProjectOptions::default()
    };
    let project = Project::new(MemoryFiles::of(NAME, text), NAME, alone);
    for stage in [Stage::Load, Stage::Understand, Stage::Lower] {
        refuse_errors(project.found(stage), project.texts())?;
    }
    let (intent, mut lowered) = project.into_lowered();
    for policy in &model.policies {
        let Some(base) = model.parent_of(policy).filter(|base| base.is_adopted()) else {
            continue;
        };
        lowered.model.adopt(&[ResourceId::own(policy.name.clone())], base, model);
    }
    Ok((intent, lowered))
}

fn refuse_errors(found: &Diagnostics, files: &Files) -> Result<(), DecompileRefusal> {
    let Some(error) = found.iter().find(|found| found.severity == Severity::Error) else { return Ok(()) };
    let line = error.at.as_ref().and_then(|label| {
        let span = label.at.span()?;
        let file = files.get(span.file)?;
        let position = file.position(span.start);
        Some(format!(" in `{}`", file.text().lines().nth(position.line.checked_sub(1)?)?.trim()))
    });
    Err(DecompileRefusal::Refused(format!("{}{}", error.message, line.unwrap_or_default())))
}

/// Each rule of the model is a rule of the source, in the group of the same name.
fn has_every_rule(policy: &Policy, intent: &Intent) -> Result<(), DecompileRefusal> {
    let said = intent.policies.iter().find(|said| said.name.value == policy.name);
    for group in &policy.groups {
        let said = said.and_then(|policy| policy.groups.iter().find(|said| said.name.value == group.name));
        let mut labels = said.map(|group| labels(&group.body)).unwrap_or_default();
        for collection in &group.collections {
            for rule in SortedRule::all(&collection.rules) {
                let is_it = |label: &String| {
                    label.strip_prefix(rule.name()).is_some_and(|rest| rest.is_empty() || rest.starts_with(" ("))
                };
                match labels.iter().position(is_it) {
                    Some(found) => drop(labels.swap_remove(found)),
                    None => {
                        return Err(DecompileRefusal::Differs(format!(
                            "rule `{}` of `{}` is missing",
                            rule.name(),
                            group.name
                        )));
                    }
                }
            }
        }
    }
    Ok(())
}

fn labels(body: &GroupBody) -> Vec<String> {
    let mut labels = Vec::new();
    for rules in body.rules() {
        let filters = rules.filters.iter().map(|rule| &rule.label);
        let all = filters.chain(rules.dnats.iter().map(|rule| &rule.label));
        labels.extend(all.flatten().map(|label| label.value.clone()));
    }
    // A longer label is not taken for a shorter one with a number after it.
    labels.sort_unstable();
    labels
}

fn decides_alike(model: &Model, compiled: &Model, policy: &Policy) -> Result<(), DecompileRefusal> {
    let Some(other) = compiled.policy(&policy.name) else {
        return Err(DecompileRefusal::Differs(format!("policy `{}` is missing", policy.name)));
    };
    let knowledge = Knowledge::none();
    let mut effects = Effects::default();
    let before = decisions_of(&RuleOrder::of(model, policy), &knowledge, &mut effects, Ipv6::Sets);
    let after = decisions_of(&RuleOrder::of(compiled, other), &knowledge, &mut effects, Ipv6::Sets);
    let (space, [old, new]) = Space::of(&axioms(&knowledge), [&before.list, &after.list]);
    let rule = |by: By, lines: &[crate::evaluate::OrderLine<'_>], list: &crate::flow::DecisionList| match by {
        By::Line(index) => {
            let line = list.lines.get(index).and_then(|line| lines.get(line.origin));
            line.map_or("a rule".to_owned(), |line| format!("rule `{}/{}`", line.collection.name, line.rule.name()))
        }
        By::Default => "the default".to_owned(),
    };
    match equivalent(&space, &old, &new, &WorkBudget::default()) {
        Ok(Equivalence::Equal) => Ok(()),
        Ok(Equivalence::Apart { witness, before: by, after: now }) => Err(match open_order(&before.list) {
            Some(tie) => DecompileRefusal::Inexpressible(tie),
            None => DecompileRefusal::Differs(format!(
                "{} was decided by {} and would be by {}",
                describe(&witness),
                rule(by, &before.lines, &before.list),
                rule(now, &after.lines, &after.list),
            )),
        }),
        Err(stopped) if model.policy(&policy.name).map(|own| own.groups.len()) == Some(0) => {
            Err(DecompileRefusal::Differs(stopped.to_string()))
        }
        Err(stopped) => {
            Err(DecompileRefusal::Differs(format!("whether `{}` decides every flow alike was {stopped}", policy.name)))
        }
    }
}

/// That what comes first of one priority is not documented, where that matters to a list.
fn open_order(list: &DecisionList) -> Option<String> {
    let atoms = list.lines.iter().flat_map(|line| line.when.atoms());
    let ties: BTreeSet<&str> =
        atoms.filter(|atom| OpaqueSort::of(atom) == OpaqueSort::ReadFirst).map(|atom| &*atom.name).collect();
    let names: Vec<&str> = ties.into_iter().collect();
    (!names.is_empty()).then(|| {
        let names = names.join(", ");
        format!("which is read first of one priority is not documented, and decides flows: {names}; give each its own")
    })
}

/// Whether the structure is the same. Everything but the rules must be.
fn same(model: &Model, compiled: &Model, options: &DecompileOptions) -> Result<bool, DecompileRefusal> {
    let (wanted, found) = (own(model).canonical(), own(&artefact(compiled)?).canonical());
    for policy in &wanted.policies {
        let other = found.policy(&policy.name);
        if !other.is_some_and(|other| other.settings == policy.settings && base_of(other) == base_of(policy)) {
            return Err(DecompileRefusal::Differs(format!("the settings of policy `{}` are others", policy.name)));
        }
    }
    if options.external.is_empty() && wanted.ip_groups != found.ip_groups {
        return Err(DecompileRefusal::Differs("the IP groups are others".to_owned()));
    }
    if wanted.route_tables != found.route_tables {
        return Err(DecompileRefusal::Differs("the route tables are others".to_owned()));
    }
    Ok(wanted.policies.iter().zip(&found.policies).all(|(a, b)| a.groups == b.groups))
}

fn base_of(policy: &Policy) -> Option<&str> {
    policy.base.as_ref().map(crate::model::Base::name)
}

fn own(model: &Model) -> Model {
    let mut model = model.clone();
    model.policies.retain(|policy| !policy.is_adopted());
    // The language cannot state where they lead; the source has a comment about each.
    for table in &mut model.route_tables {
        table.routes.retain(|route| !matches!(route.next_hop, NextHop::Unknown(_)));
    }
    model
}

/// The model as its templates say it.
fn artefact(model: &Model) -> Result<Model, DecompileRefusal> {
    let options = emit::EmitOptions::default();
    let templates = model.policies.iter().map(|policy| arm::policy_template(model, policy, &options));
    let texts: Vec<String> = templates.chain(arm::route_template(model)).map(|value| json_text(&value)).collect();
    let artefacts: Vec<Artefact<'_>> = texts.iter().map(|text| Artefact { name: "template", text }).collect();
    let mut read = read_all(&artefacts).map_err(|error| DecompileRefusal::Refused(error.to_string()))?;
    // A template has the IP groups that its rules use.
    for group in model.own_ip_groups() {
        if !read.ip_groups.values().any(|known| known.name == group.name) {
            read.ip_groups.insert(group.id(), group.clone());
        }
    }
    Ok(read)
}

fn first_difference(model: &Model, compiled: &Model) -> Option<String> {
    let (wanted, found) = (model.canonical(), compiled.canonical());
    for policy in &wanted.policies {
        let other = found.policy(&policy.name)?;
        for (index, group) in policy.groups.iter().enumerate() {
            let said = other.groups.get(index)?;
            if (&group.name, group.priority) != (&said.name, said.priority) {
                return Some(format!("group `{}` with priority {} would be others", group.name, group.priority));
            }
            for (index, collection) in group.collections.iter().enumerate() {
                if let Some(what) = collection_differs(collection, said.collections.get(index)) {
                    return Some(format!("{what} of group `{}` would be another", group.name));
                }
            }
        }
    }
    None
}

/// What of a collection is other than it was.
fn collection_differs(old: &Collection, new: Option<&Collection>) -> Option<String> {
    if new == Some(old) {
        return None;
    }
    let (before, after) = (SortedRule::all(&old.rules), new.map(|new| SortedRule::all(&new.rules)).unwrap_or_default());
    let is_head = |new: &Collection| (&new.name, new.priority) == (&old.name, old.priority);
    let rule = before.iter().zip(&after).find(|(old, new)| old != new).map(|(old, _)| old);
    Some(match rule {
        Some(rule) if new.is_some_and(is_head) => format!("rule `{}` of collection `{}`", rule.name(), old.name),
        Some(_) | None => format!("collection `{}`", old.name),
    })
}
