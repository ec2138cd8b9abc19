//! FW0303: Azure reads every network rule before any application rule, so that a network rule written later may decide
//! what an opposite application rule written earlier was meant to decide.
//!
//! Pairs of rules are compared; what a third rule decides before both is not seen.

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::intent::{Action, Intent, Order, Parent, Policy};

use super::meet::{Meeting, network_takes};
use super::parts::PartKind;
use super::{LoweredPolicy, Placed, fault};

/// Reports application rules that a network rule written behind them, here or in a child, takes flows from.
pub(super) fn check(meant: &Intent, lowered: &[LoweredPolicy], diagnostics: &mut Diagnostics) {
    for policy in &meant.policies {
        let Some(own) = lowered.iter().find(|lowered| lowered.name == policy.name.value) else { continue };
        check_pairs(policy, &own.parts, &own.parts, Later::InOrder, meant, diagnostics);
        let parent = policy.parent.as_ref().and_then(|parent| match &parent.value {
            Parent::Policy(name) => lowered.iter().find(|lowered| &lowered.name == name),
            Parent::External(_) => None,
        });
        if let Some(parent) = parent {
            check_pairs(policy, &parent.parts, &own.parts, Later::Always, meant, diagnostics);
        }
    }
}

/// When a network part counts as written behind an application part.
#[derive(Clone, Copy)]
enum Later {
    /// Both stand in one policy: by place.
    InOrder,
    /// The application part stands in the parent.
    Always,
}

fn check_pairs(
    policy: &Policy,
    earlier: &[Placed],
    later: &[Placed],
    when: Later,
    meant: &Intent,
    diagnostics: &mut Diagnostics,
) {
    let is_network = |placed: &&Placed| matches!(placed.part.kind, PartKind::Network { .. });
    let networks: Vec<&Placed> = later.iter().filter(is_network).collect();
    for application in earlier.iter().filter(|placed| !is_network(placed)) {
        for network in &networks {
            let behind = match when {
                Later::InOrder => network.place > application.place,
                Later::Always => true,
            };
            if behind && network.action != application.action {
                let meeting = network_takes(&network.part, &application.part, meant);
                diagnostics.extend(finding(policy, application, network, meeting));
            }
        }
    }
}

fn finding(policy: &Policy, application: &Placed, network: &Placed, meeting: Meeting) -> Option<Diagnostic> {
    let (severity, condition) = match meeting {
        Meeting::No => return None,
        Meeting::Yes if policy.order == Order::Azure => (Severity::Warning, String::new()),
        Meeting::Yes => (Severity::Error, String::new()),
        Meeting::On(condition) => (Severity::Warning, format!(", depending on {condition}")),
    };
    let does = |action: Action| match action {
        Action::Allow => "allows",
        Action::Deny => "denies",
    };
    let message = format!(
        "this network rule {} flows that an application rule before it {}{condition}: Azure reads network rules first",
        does(network.action),
        does(application.action),
    );
    let origin = &network.part.origin;
    let found = fault(Code::FW0303, origin, origin.at, message).severity(severity);
    let found = found.related(application.part.origin.at, "the application rule that it bypasses");
    let help = match application.action {
        Action::Deny => "narrow the network rule, or deny by address in a network rule before it",
        Action::Allow => "narrow the network rule, or allow by address in a network rule before it",
    };
    let ignored = |meta: &crate::intent::Meta| meta.ignored.iter().any(|ignored| ignored.value.0 == "FW0303");
    let accepted = severity == Severity::Warning && (ignored(&network.part.meta) || ignored(&application.part.meta));
    (!accepted).then(|| found.help(help))
}
