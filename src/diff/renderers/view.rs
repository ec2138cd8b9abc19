//! From a difference to words.

use serde_json::Value;

use crate::flow::{FlowNames, MatchingField, Product};
use crate::net::AddressSet;
use crate::prove::{OpaqueSort, describe};
use crate::words::{NamedSets, SetWords, excepted};

use super::super::structure::StructureChange;
use super::super::{
    Cause, Diff, DiffOutcome, Effect, GuardChange, Move, Protection, RouteChange, Routed, SettingChange, SharedContext,
    StructureKind, UpkeepChange, causes, shared,
};
use super::rule::{RuleSource, RuleView};
use super::{CauseView, DiffView, FlowsView, GuardView, SettingView};

/// A difference in the words of the two sides.
pub fn view(diff: &Diff<'_>, upkeep: &[UpkeepChange], old: &RuleSource<'_>, new: &RuleSource<'_>) -> DiffView {
    let words = SetWords::of((old.intent, old.side.model), (new.intent, new.side.model));
    let sets = NamedSets::of(&words);
    let shared = shared(old, new, diff);
    DiffView {
        old: old.label.to_owned(),
        new: new.label.to_owned(),
        policy: new.side.policy.name.to_string(),
        verdict: diff.verdict(),
        causes: causes(diff).iter().map(|cause| of_cause(cause, (&words, &sets, &shared), old, new)).collect(),
        shared,
        others: Vec::new(),
        settings: diff.settings.iter().map(of_setting).collect(),
        routes: diff.routes.iter().map(of_route).collect(),
        guards: diff.guards.iter().map(of_guard).chain(guards_cut(diff)).collect(),
        upkeep: upkeep.iter().map(of_upkeep).collect(),
        structure: diff.structure.iter().map(of_move).collect(),
        caveats: cut(diff).into_iter().chain(left_open(old, new)).collect(),
    }
}

/// That not all flows are listed.
fn cut(diff: &Diff<'_>) -> Option<String> {
    let said = "the list of flows is cut: it has one set for each pair of rules at most";
    (!diff.complete).then(|| said.to_owned())
}

/// What both sides leave open, because only a deployment knows it: what changes may depend on it.
fn left_open(old: &RuleSource<'_>, new: &RuleSource<'_>) -> Vec<String> {
    let mut open = Vec::new();
    for RuleSource { side, label, .. } in [old, new] {
        for policy in side.model.bases(side.policy).into_iter().rev().chain([side.policy]) {
            let said = side.model.left_open_in(policy).into_iter();
            open.extend(said.map(|said| format!("{label}: {said}, which only a deployment knows")));
        }
    }
    open
}

fn of_route(one: &RouteChange) -> SettingView {
    let absent = match one.what {
        Routed::Prefix(_) => "not routed",
        Routed::Subnet(_) => "no subnet of a route table",
    };
    let said = |said: &Option<String>| said.clone().unwrap_or_else(|| absent.to_owned());
    let path = format!("{} {}", one.table, one.what.words()).trim_start().to_owned();
    SettingView {
        path,
        before: said(&one.before),
        after: said(&one.after),
        effect: one.effect,
        risk: None,
        approved: false,
    }
}

/// That a deny rule went or shrank.
fn of_guard(one: &GuardChange<'_>) -> GuardView {
    let rule = &one.rule;
    let name = format!("{}/{}/{}/{}", rule.policy.name, rule.group.name, rule.collection.name, rule.rule.name());
    let sentence = match &one.after {
        None => format!("deny rule `{name}` is gone: {}", one.before),
        Some(after) => format!("deny rule `{name}` denies less: it was {} and is {after}", one.before),
    };
    GuardView { sentence, risk: None, approved: false }
}

fn guards_cut(diff: &Diff<'_>) -> Option<GuardView> {
    let sentence = || "more deny rules went or shrank than are listed".to_owned();
    (!diff.guards_complete).then(|| GuardView { sentence: sentence(), risk: None, approved: false })
}

fn of_upkeep(one: &UpkeepChange) -> SettingView {
    let place = match &one.place {
        (group, Some(rule)) => format!("{group}/{rule}"),
        (group, None) => group.clone(),
    };
    let said = |said: &Option<String>| said.clone().unwrap_or_else(|| "not set".to_owned());
    let path = format!("{}/{place}: {}", one.policy, one.what);
    SettingView {
        path,
        before: said(&one.before),
        after: said(&one.after),
        effect: Protection::Neutral,
        risk: None,
        approved: false,
    }
}

fn of_setting(one: &SettingChange) -> SettingView {
    let (before, after) = (said(&one.before), said(&one.after));
    SettingView { path: one.path.clone(), before, after, effect: one.effect, risk: None, approved: false }
}

fn said(value: &Option<Value>) -> String {
    match value {
        None => "not set".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

fn of_cause(
    cause: &Cause<'_, '_>,
    (words, sets, shared): (&SetWords, &NamedSets, &[SharedContext]),
    old: &RuleSource<'_>,
    new: &RuleSource<'_>,
) -> CauseView {
    let side = |outcome: &DiffOutcome<'_>, source: &RuleSource<'_>| match outcome.off_course() {
        None if cause.effect.is_of_the_way() => RuleView::at_firewall(source),
        None | Some(_) => RuleView::of_outcome(outcome, source),
    };
    let (before, after) = (side(&cause.before, old), side(&cause.after, new));
    let flows = all_flows(cause, words);
    CauseView {
        effect: cause.effect,
        case: cause.case,
        title: title(cause.effect, &before, &after),
        definition: definition(cause, shared),
        sets: sets.among(flows.iter().flat_map(FlowsView::all)).into_iter().cloned().collect(),
        flows,
        witness: cause.changes.first().map(|change| describe(&change.witness)).unwrap_or_default(),
        extent: cause.extent(),
        seen: None,
        before,
        after,
        risks: Vec::new(),
        approved: false,
    }
}

/// The one definition that the rule of the cause uses and that changed.
fn definition(cause: &Cause<'_, '_>, shared: &[SharedContext]) -> Option<usize> {
    let decides = |shared: &SharedContext| shared.decides(&cause.after) || shared.decides(&cause.before);
    let mut found = shared.iter().enumerate().filter(|(_, shared)| decides(shared)).map(|(at, _)| at);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

fn title(effect: Effect, before: &RuleView, after: &RuleView) -> String {
    match (effect, &before.way, &after.way) {
        (Effect::NewlyUnfiltered | Effect::NewlyPrivate, _, Some(way)) => format!("flows go past the firewall, {way}"),
        (Effect::NewlyFiltered, Some(way), _) => format!("flows come to the firewall that went past it, {way}"),
        (_, Some(_), _) => format!(
            "{} what a route sent nowhere",
            name_of(after).map_or("nobody".to_owned(), |name| format!("`{name}` allows"))
        ),
        (_, None, Some(_)) => format!(
            "what {} allowed, a route sends nowhere",
            name_of(before).map_or("nobody".to_owned(), |name| format!("`{name}`"))
        ),
        (_, None, None) => by_rules(effect, before, after),
    }
}

fn name_of(rule: &RuleView) -> Option<&str> {
    rule.name.as_deref()
}

fn by_rules(effect: Effect, before: &RuleView, after: &RuleView) -> String {
    match (effect, &before.name, &after.name) {
        (Effect::NewlyAllowed, None, Some(after)) => format!("`{after}` allows what the implicit deny covered"),
        (Effect::NewlyAllowed, Some(before), Some(after)) => format!("`{after}` allows what `{before}` denied"),
        (Effect::NewlyAllowed, before, None) => {
            format!(
                "what {} denied is allowed",
                before.as_ref().map_or("no rule".to_owned(), |name| format!("`{name}`"))
            )
        }
        (Effect::NewlyDenied, Some(before), None) => format!("what `{before}` allowed, the implicit deny covers now"),
        (Effect::NewlyDenied, Some(before), Some(after)) => format!("`{after}` denies what `{before}` allowed"),
        (Effect::NewlyDenied, None, after) => {
            format!("{} denies", after.as_ref().map_or("the default".to_owned(), |name| format!("`{name}`")))
        }
        (Effect::TranslationChanged, ..) => sent_elsewhere(before, after),
        (Effect::NewlyUnfiltered | Effect::NewlyPrivate | Effect::NewlyFiltered, ..) => effect.happens().to_owned(),
    }
}

fn sent_elsewhere(before: &RuleView, after: &RuleView) -> String {
    let name = |rule: &RuleView| rule.name.clone().unwrap_or_default();
    match (&before.target, &after.target) {
        (Some(old), Some(new)) => format!("`{}` sends flows to `{new}`, not to `{old}`", name(after)),
        (None, Some(new)) => format!("`{}` sends flows to `{new}` that nobody translated", name(after)),
        (Some(old), None) => {
            format!("what `{}` sent to `{old}`, `{}` lets through as it is", name(before), name(after))
        }
        (None, None) => format!("`{}` sends flows elsewhere", name(after)),
    }
}

/// The flows of a cause. Those to the addresses after a network rule's host name fall apart by the name that they ask for,
/// which states nothing to a reader: they are told once.
fn all_flows(cause: &Cause<'_, '_>, words: &SetWords) -> Vec<FlowsView> {
    let mut found: Vec<FlowsView> = Vec::new();
    let mut behind: Vec<(&str, Product)> = Vec::new();
    for change in &cause.changes {
        let product = &change.product;
        let Some(name) = behind_name(product).filter(|_| product.except.is_empty()) else {
            let mut view = flows(product, words);
            let first = change.first.iter().filter_map(|first| first.rule.line());
            view.conditions.extend(excepted(first.map(|line| line.rule.name())));
            found.push(view);
            continue;
        };
        let same = behind.iter_mut().find(|(other, of)| {
            *other == name
                && (&of.services, &of.sources, &of.inside, &of.any, &of.outside, &of.paths)
                    == (
                        &product.services,
                        &product.sources,
                        &product.inside,
                        &product.any,
                        &product.outside,
                        &product.paths,
                    )
        });
        match same {
            Some((_, of)) => of.addresses = of.addresses.union(&product.addresses),
            None => behind.push((name, product.clone())),
        }
    }
    found.extend(behind.into_iter().map(|(name, product)| {
        let inside = (MatchingField::Destination, OpaqueSort::Dns.atom(name));
        let mut rest = product.clone();
        rest.inside.retain(|atom| *atom != inside);
        rest.names = FlowNames::Any;
        let mut view = flows(&rest, words);
        let of = format!("the addresses of {name}");
        view.to = if product.addresses.is_any() { vec![of] } else { vec![format!("{of} in {}", view.to.join(", "))] };
        view
    }));
    found
}

/// The host name of a network rule after which the flows go, whatever they ask for.
fn behind_name(product: &Product) -> Option<&str> {
    let unnamed = match &product.names {
        FlowNames::Any => true,
        FlowNames::Of { unnamed, .. } => *unnamed,
    };
    let mut names = product.inside.iter().filter_map(|(field, atom)| match (field, atom) {
        (MatchingField::Destination, atom) if OpaqueSort::of(atom) == OpaqueSort::Dns => Some(&*atom.name),
        (MatchingField::Source | MatchingField::Destination | MatchingField::Name | MatchingField::Common, _) => None,
    });
    names.next().filter(|_| unnamed && names.next().is_none())
}

/// A product in words.
pub fn flows(product: &Product, words: &SetWords) -> FlowsView {
    let everywhere = product.addresses.covers(&AddressSet::internet());
    let mut conditions = Vec::new();
    let to = match words.hosts(&product.names) {
        None => words.addresses(&product.addresses),
        Some(hosts) if hosts == ["no name"] => {
            conditions.push("asking for no name".to_owned());
            words.addresses(&product.addresses)
        }
        Some(hosts) => {
            if !everywhere {
                conditions.push(format!("at {}", super::lines::few(&words.addresses(&product.addresses), 4)));
            }
            hosts
        }
    };
    conditions.extend(words.paths(&product.paths).map(|paths| format!("path {}", paths.join(", "))));
    conditions.extend(words.opaque(product));
    FlowsView { services: words.services(&product.services), from: words.addresses(&product.sources), to, conditions }
}

fn of_move(one: &Move) -> String {
    let what = match one.what {
        StructureChange::IpGroup => "IP group",
        StructureChange::RouteTable => "route table",
        StructureChange::Policy | StructureChange::Group | StructureChange::Collection | StructureChange::Rule => {
            one.what.word()
        }
    };
    match (&one.from, one.kind) {
        (Some(from), StructureKind::Moved) => format!("{what} `{}` moved here from `{from}`", one.name),
        (Some(from), StructureKind::Renamed | StructureKind::Added | StructureKind::Removed) => {
            format!("{what} `{from}` {} to `{}`", one.kind.word(), one.name)
        }
        (None, StructureKind::Moved) => format!("{what} `{}` moved to another place in the order", one.name),
        (None, StructureKind::Added | StructureKind::Removed | StructureKind::Renamed) => {
            format!("{what} `{}` {}", one.name, one.kind.word())
        }
    }
}
