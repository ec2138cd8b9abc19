//! Flows that both policies allow, by rules that inspect them differently.

use serde_json::Value;

use crate::evaluate::{OrderLine, RuleOrder, SortedRule};
use crate::flow::{By, FlowAction, NotDecided, Space, difference};
use crate::model::SECURITY_PROFILE_GROUP;
use crate::prove::{Decisions, Effects, axioms_of_any_address, decisions_with};

use super::protection::Protection;
use super::settings::{SettingChange, SettingOf};
use super::{DiffSide, Limits};

/// How a rule inspects what it allows.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
struct Handled<'m> {
    terminates_tls: bool,
    /// The security profiles, of the rule itself or of its collection.
    profiles: Option<&'m Value>,
    /// The HTTP headers that it inserts, such as one that restricts the tenants.
    headers: &'m [(String, String)],
}

impl<'m> Handled<'m> {
    fn of(line: &OrderLine<'m>) -> Self {
        let own = line.rule.carried().get(SECURITY_PROFILE_GROUP);
        let profiles = own.or_else(|| line.collection.carried.get(SECURITY_PROFILE_GROUP));
        let (terminates_tls, headers) = match line.rule {
            SortedRule::Application(_, rule) => (rule.handling.terminate_tls, rule.handling.headers.as_slice()),
            SortedRule::Nat(_) | SortedRule::Network(..) => (false, [].as_slice()),
        };
        Self { terminates_tls, profiles, headers }
    }
}

/// What differs in how flows are inspected that both policies allow, once for each pair of rules; at the rule that allows
/// them now, as `GROUP/COLLECTION/RULE/terminateTLS`.
pub(super) fn changes(old: DiffSide<'_>, new: DiffSide<'_>, limits: &Limits) -> Result<Vec<SettingChange>, NotDecided> {
    let mut effects = Effects::default();
    let (before, after) = (decided(old, &mut effects), decided(new, &mut effects));
    if [&before, &after].iter().all(|side| side.lines.iter().all(|line| Handled::of(line) == Handled::default())) {
        return Ok(Vec::new());
    }
    let axioms = axioms_of_any_address(new.knowledge);
    let (space, [a, b]) = Space::of(&axioms, [&before.list, &after.list]);
    let found = difference(&space, &a, &b, limits.products, &limits.budget)?;
    let mut changes: Vec<SettingChange> = Vec::new();
    for change in &found.changes {
        let (Some(old), Some(new)) = (allowing(&before, change.before), allowing(&after, change.after)) else {
            continue;
        };
        for found in apart(old, new) {
            if !changes.contains(&found) {
                changes.push(found);
            }
        }
    }
    if !found.complete {
        let (path, effect) = (format!("{}: inspection of the other rules", new.policy.name), Protection::Weakens);
        changes.push(SettingChange { of: SettingOf::Other, path, before: None, after: None, effect });
    }
    Ok(changes)
}

/// A policy as a decision list in which flows that are inspected differently are decided differently.
fn decided<'m>(side: DiffSide<'m>, effects: &mut Effects) -> Decisions<'m> {
    let mut decisions =
        decisions_with(&RuleOrder::of(side.model, side.policy), side.knowledge, &mut Effects::default());
    for line in &mut decisions.list.lines {
        let of = decisions.lines.get(line.origin).filter(|of| !matches!(of.rule, SortedRule::Nat(_)));
        let handled = of.map(Handled::of).unwrap_or_default();
        line.effect = match handled == Handled::default() {
            true => 0,
            false => effects.number(&format!("{handled:?}")),
        };
    }
    decisions
}

/// The filter rule that allows the flows, if one does.
fn allowing<'d, 'm>(decisions: &'d Decisions<'m>, by: By) -> Option<&'d OrderLine<'m>> {
    let By::Line(index) = by else { return None };
    let line = decisions.list.lines.get(index).filter(|line| line.action == FlowAction::Allow)?;
    decisions.lines.get(line.origin).filter(|line| !matches!(line.rule, SortedRule::Nat(_)))
}

fn apart(old: &OrderLine<'_>, new: &OrderLine<'_>) -> Vec<SettingChange> {
    let (before, after) = (Handled::of(old), Handled::of(new));
    let path = |property: &str| {
        format!("{}: {}/{}/{}/{property}", new.policy.name, new.group.name, new.collection.name, new.rule.name())
    };
    let tls = (before.terminates_tls != after.terminates_tls).then(|| SettingChange {
        of: SettingOf::Inspection,
        path: path("terminateTLS"),
        before: Some(before.terminates_tls.into()),
        after: Some(after.terminates_tls.into()),
        effect: Protection::ranked(&before.terminates_tls, &after.terminates_tls),
    });
    let profiles = (before.profiles != after.profiles).then(|| SettingChange {
        of: SettingOf::Inspection,
        path: path(SECURITY_PROFILE_GROUP),
        before: before.profiles.cloned(),
        after: after.profiles.cloned(),
        effect: Protection::replaced(before.profiles, after.profiles),
    });
    let said = |of: &Handled<'_>| {
        let headers: Vec<Value> = of.headers.iter().map(|(name, value)| format!("{name}: {value}").into()).collect();
        Some(Value::from(headers)).filter(|_| !of.headers.is_empty())
    };
    let (was, is) = (said(&before), said(&after));
    let headers = (was != is).then(|| SettingChange {
        of: SettingOf::Headers,
        path: path("httpHeadersToInsert"),
        effect: Protection::replaced(was.as_ref(), is.as_ref()),
        before: was,
        after: is,
    });
    tls.into_iter().chain(profiles).chain(headers).collect()
}
