//! Which policies of two inputs are compared: those that are one, by name and then by content, and those that only one of the
//! two has.

use crate::diff::{Diff, DiffSide, Limits, UpkeepChange, diff, renderers::RuleSource, upkeep};
use crate::flow::NotDecided;
use crate::model::{Group, Model, Policy};
use crate::net::same_word;

use super::choice::choose;
use super::files::FileFault;

/// A policy on both sides.
pub struct PolicyPair<'i> {
    /// Whether both inputs have it.
    pub sides: Sides,
    old: Half<'i>,
    new: Half<'i>,
}

/// Which of the two inputs has a policy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sides {
    /// Both.
    Both,
    /// Only the new one: what it allows is newly allowed.
    OnlyNew,
    /// Only the old one: what it allowed is newly denied.
    OnlyOld,
}

/// What became of a policy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// Nothing.
    Same,
    /// Something differs.
    Changed,
    /// It was not there.
    Added,
    /// It is not there any more.
    Removed,
}

impl Status {
    /// The word for it in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Changed => "changed",
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }
}

enum Half<'i> {
    Stated(RuleSource<'i>),
    /// The other side, where the policy has no rules: it is not there.
    Empty {
        model: Box<Model>,
        like: RuleSource<'i>,
        label: &'i str,
    },
}

impl<'i> Half<'i> {
    fn without_rules(of: RuleSource<'i>, label: &'i str) -> Self {
        let mut model = of.side.model.clone();
        let id = of.side.policy.id();
        for policy in model.policies.iter_mut().filter(|policy| policy.id() == id) {
            policy.groups.clear();
            policy.base = None;
        }
        Self::Empty { model: Box::new(model), like: of, label }
    }

    /// The policy without rules, in a model that does not hold it.
    fn absent(of: RuleSource<'i>, model: &Model, label: &'i str) -> Self {
        let empty = Policy { groups: Vec::new(), base: None, ..of.side.policy.clone() };
        let mut model = model.clone();
        model.policies.push(empty);
        Self::Empty { model: Box::new(model), like: of, label }
    }

    fn source(&self) -> RuleSource<'_> {
        match self {
            Self::Stated(source) => *source,
            Self::Empty { model, like, label } => {
                let policy = model.policy_of(&like.side.policy.id()).unwrap_or(like.side.policy);
                RuleSource {
                    side: DiffSide { model, policy, knowledge: like.side.knowledge },
                    intent: None,
                    label,
                    ..*like
                }
            }
        }
    }
}

impl PolicyPair<'_> {
    /// Both sides. Where only one input has the policy, the other side is a policy without rules.
    pub fn sources(&self) -> (RuleSource<'_>, RuleSource<'_>) {
        (self.old.source(), self.new.source())
    }
}

/// What differs between the two sides of a policy.
pub struct ComparedProjects<'m> {
    /// The flows, and what is listed beside them.
    pub diff: Diff<'m>,
    /// Owners, tickets, expiries and descriptions.
    pub upkeep: Vec<UpkeepChange>,
    /// What became of the policy.
    pub status: Status,
}

/// Compares the two sides of a policy.
///
/// # Errors
/// Where the difference is not decided within its budget.
pub fn compared<'m>(
    (old, new): &(RuleSource<'m>, RuleSource<'m>),
    sides: Sides,
) -> Result<ComparedProjects<'m>, FileFault> {
    let mut diff = difference(old.side, new.side)?;
    let status = match sides {
        Sides::Both => {
            let upkeep = upkeep(old, new);
            let status = if diff.is_empty() && upkeep.is_empty() { Status::Same } else { Status::Changed };
            return Ok(ComparedProjects { diff, upkeep, status });
        }
        Sides::OnlyNew => Status::Added,
        Sides::OnlyOld => Status::Removed,
    };
    // What is said of a policy that is new, or gone, is no change of what was said.
    diff.settings.clear();
    diff.guards.clear();
    diff.guards_complete = true;
    Ok(ComparedProjects { diff, upkeep: Vec::new(), status })
}

/// The difference of two policies.
///
/// # Errors
/// Where it is not decided within its budget.
pub fn difference<'m>(old: DiffSide<'m>, new: DiffSide<'m>) -> Result<Diff<'m>, FileFault> {
    let found: Result<_, NotDecided> = diff(old, new, &Limits::default());
    found.map_err(|stopped| FileFault::new(stopped.to_string()))
}

/// One of two inputs, of which no policy is chosen yet: `of` makes a policy of it a side.
#[derive(Clone, Copy)]
pub struct Whole<'i> {
    /// What the input is called.
    pub label: &'i str,
    /// Its model.
    pub model: &'i Model,
    /// A policy of it with what is known around.
    pub of: &'i dyn Fn(&'i Policy) -> RuleSource<'i>,
}

/// The policies of two inputs that are compared: that which `name` picks of either, else all that no other inherits.
///
/// # Errors
/// Where neither has the policy of that name, one has several, or an input has none at all.
pub fn pairs<'i>(old: Whole<'i>, new: Whole<'i>, name: Option<&str>) -> Result<Vec<PolicyPair<'i>>, FileFault> {
    let Some(name) = name else { return all(old, new) };
    let is_there = |whole: Whole<'i>| !whole.model.policies_called(name).is_empty();
    match (is_there(old), is_there(new)) {
        (true, true) => {
            let (before, after) = (choose(old.model, Some(name))?, choose(new.model, Some(name))?);
            Ok(vec![both(old, before, new, after)])
        }
        (false, false) => choose(new.model, Some(name)).map(|_| Vec::new()),
        (is_old, _) => {
            let of = if is_old { old } else { new };
            let chosen = choose(of.model, Some(name))?;
            let is_it = |pair: &PolicyPair<'i>| {
                let half = if is_old { pair.old.source() } else { pair.new.source() };
                half.side.policy.id() == chosen.id()
            };
            let found = all(old, new)?.into_iter().find(is_it);
            let alone = || if is_old { gone(old, new, chosen) } else { added(old, new, chosen) };
            Ok(vec![found.unwrap_or_else(alone)])
        }
    }
}

/// The policies that a plan changes: each of `new` that no other inherits and that `told` speaks of, itself or one of its
/// bases, beside that of its name in `old`, or without rules where that has none.
pub fn planned_pairs<'i>(old: Whole<'i>, new: Whole<'i>, told: &Model) -> Vec<PolicyPair<'i>> {
    let is_told = |policy: &Policy| told.policies.iter().any(|known| known.name == policy.name);
    let leaves =
        new.model.leaves().filter(|policy| is_told(policy) || new.model.bases(policy).into_iter().any(is_told));
    let pair = |after: &'i Policy| match old.model.policies.iter().find(|before| before.name == after.name) {
        Some(before) => both(old, before, new, after),
        None => {
            let like = (new.of)(after);
            let half = Half::absent(like, old.model, old.label);
            PolicyPair { sides: Sides::OnlyNew, old: half, new: Half::Stated(like) }
        }
    };
    leaves.map(pair).collect()
}

/// The policies of both that no other inherits.
fn all<'i>(old: Whole<'i>, new: Whole<'i>) -> Result<Vec<PolicyPair<'i>>, FileFault> {
    let (mut before, mut after): (Vec<&Policy>, Vec<&Policy>) =
        (old.model.leaves().collect(), new.model.leaves().collect());
    if before.is_empty() || after.is_empty() || before.len() == 1 && after.len() == 1 {
        return Ok(vec![both(old, choose(old.model, None)?, new, choose(new.model, None)?)]);
    }
    let mut found: Vec<(&Policy, &Policy)> = Vec::new();
    let ways: [fn(&Policy, &Policy) -> bool; 3] = [
        |one, other| one.id() == other.id(),
        |one, other| same_word(&one.name, &other.name) && one.id().agrees(&other.id()),
        |one, other| same_base(one, other) && bare(one) == bare(other),
    ];
    for is_same in ways {
        before.retain(|one| {
            let at = after.iter().position(|other| is_same(one, other));
            at.map(|at| found.push((one, after.remove(at)))).is_none()
        });
    }
    let order = |policy: &Policy| new.model.policies.iter().position(|other| std::ptr::eq(other, policy));
    found.sort_by_key(|(_, after)| order(after));
    let pairs = found.into_iter().map(|(before, after)| both(old, before, new, after));
    let added = after.into_iter().map(|policy| added(old, new, policy));
    let gone = before.into_iter().map(|policy| gone(old, new, policy));
    Ok(pairs.chain(added).chain(gone).collect())
}

/// Whether two policies inherit one policy, as far as both state which it is, or none.
fn same_base(one: &Policy, other: &Policy) -> bool {
    match (&one.base, &other.base) {
        (None, None) => true,
        (Some(one), Some(other)) => {
            let agree = one.resource().zip(other.resource()).is_some_and(|(one, other)| one.agrees(other));
            one == other || agree
        }
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// The rules of a policy, wherever and in whatever order they were written.
fn bare(policy: &Policy) -> Vec<Group> {
    let model = Model { policies: vec![policy.clone()], ..Model::default() }.canonical();
    model.policies.into_iter().flat_map(|policy| policy.groups).collect()
}

fn both<'i>(old: Whole<'i>, before: &'i Policy, new: Whole<'i>, after: &'i Policy) -> PolicyPair<'i> {
    PolicyPair { sides: Sides::Both, old: Half::Stated((old.of)(before)), new: Half::Stated((new.of)(after)) }
}

fn added<'i>(old: Whole<'i>, new: Whole<'i>, policy: &'i Policy) -> PolicyPair<'i> {
    let source = (new.of)(policy);
    PolicyPair { sides: Sides::OnlyNew, old: Half::without_rules(source, old.label), new: Half::Stated(source) }
}

fn gone<'i>(old: Whole<'i>, new: Whole<'i>, policy: &'i Policy) -> PolicyPair<'i> {
    let source = (old.of)(policy);
    PolicyPair { sides: Sides::OnlyOld, old: Half::Stated(source), new: Half::without_rules(source, new.label) }
}
