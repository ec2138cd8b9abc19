//! The optimiser: each step does what it says, and none changes what happens to a flow.

mod forced;
mod named;
mod remembered;

use std::collections::BTreeMap;

use fwc::driver::{Project, ProjectOptions, Stage};
use fwc::flow::{NotDecided, WorkBudget};
use fwc::limits::CheckOptions;
use fwc::lower::{How, Lock, Lowered, STEPS};
use fwc::model::{Model, Rules};
use fwc::prove;

use crate::oracle::{random::Random, source::source};
use crate::project::with;

/// Options with all steps, within these limits.
fn within(checks: &CheckOptions) -> ProjectOptions {
    ProjectOptions { checks: checks.clone(), ..ProjectOptions::default() }
}

/// The first step that changes a flow.
fn unlike(project: &Project<'_>, lock: &Lock) -> Result<Option<(&'static str, String)>, NotDecided> {
    let options = &project.options().checks;
    let how = How { lock, options, steps: &STEPS, bases: &[] };
    prove::unlike(project.intent(), &how, project.knowledge(), &WorkBudget::default())
}

fn policy(rules: &str) -> String {
    format!(
        "policy web {{ location \"westeurope\" sku premium tls \"c\" \"https://v/s\" identity \"/i\" group g {{ {rules} }} }}"
    )
}

/// Lowered with all steps, which are proved.
#[track_caller]
fn optimised(text: &str, options: &CheckOptions) -> Lowered {
    let project = with(text, within(options));
    assert!(!project.has_errors_through(Stage::Understand), "{text}");
    assert_eq!(unlike(&project, &Lock::default()), Ok(None), "{text}");
    project.into_lowered().1
}

/// The rules of the group `g`, as people read them.
fn rules(model: &Model) -> Vec<String> {
    let collections = model.policies[0].groups.iter().flat_map(|group| &group.collections);
    let texts = |items: Vec<String>| items.join(",");
    let mut all = Vec::new();
    for collection in collections {
        match &collection.rules {
            Rules::Nat(rules) => all.extend(rules.iter().map(|rule| rule.name.clone())),
            Rules::Network(_, rules) => all.extend(rules.iter().map(|rule| {
                let groups =
                    |groups: &[fwc::model::IpGroupRef]| groups.iter().map(|g| g.name().to_owned()).collect::<Vec<_>>();
                let from = [
                    rule.matches.sources.addresses.iter().map(ToString::to_string).collect(),
                    groups(&rule.matches.sources.ip_groups),
                ]
                .concat();
                let to = [
                    rule.matches.destinations.iter().map(ToString::to_string).collect(),
                    groups(&rule.matches.destination_ip_groups),
                    rule.matches.destination_fqdns.iter().map(ToString::to_string).collect(),
                ];
                let protocols = texts(rule.matches.protocols.iter().map(|protocol| format!("{protocol:?}")).collect());
                let ports = if rule.matches.ports.is_any() {
                    vec!["*".to_owned()]
                } else {
                    rule.matches.ports.spans().map(|span| span.to_string()).collect()
                };
                format!("{protocols} {} {} -> {}", texts(ports), texts(from), texts(to.concat()))
            })),
            Rules::Application(_, rules) => all.extend(rules.iter().map(|rule| {
                let from = rule.matches.sources.addresses.iter().map(ToString::to_string).collect();
                let protocols =
                    texts(rule.matches.protocols.iter().map(|(protocol, port)| format!("{protocol}/{port}")).collect());
                format!(
                    "{protocols} {} -> {}",
                    texts(from),
                    texts(rule.matches.fqdns.iter().map(ToString::to_string).collect())
                )
            })),
        }
    }
    all
}

#[track_caller]
fn gives(written: &str, expected: &[&str]) {
    assert_eq!(rules(&optimised(&policy(written), &CheckOptions::default()).model), expected);
}

#[test]
fn rules_that_differ_in_their_destinations_are_merged() {
    gives(
        "allow https from 10.0.0.4 to a.com\n allow https from 10.0.0.4 to b.com",
        &["https/443 10.0.0.4 -> a.com,b.com"],
    );
}

#[test]
fn rules_that_differ_in_their_sources_are_merged() {
    gives(
        "allow https from 10.0.0.4 to a.com\n allow https from 10.0.0.8 to a.com",
        &["https/443 10.0.0.4,10.0.0.8 -> a.com"],
    );
}

#[test]
fn rules_that_differ_in_their_ports_are_merged() {
    gives(
        "allow tcp/22 from 10.0.0.4 to 10.1.0.4\n allow tcp/3389 from 10.0.0.4 to 10.1.0.4",
        &["Tcp 22,3389 10.0.0.4 -> 10.1.0.4"],
    );
    gives(
        "allow https from 10.0.0.4 to a.com\n allow http from 10.0.0.4 to a.com",
        &["http/80,https/443 10.0.0.4 -> a.com"],
    );
}

#[test]
fn rules_that_differ_in_their_protocols_are_merged() {
    gives(
        "allow tcp/53 from 10.0.0.4 to 10.1.0.4\n allow udp/53 from 10.0.0.4 to 10.1.0.4",
        &["Tcp,Udp 53 10.0.0.4 -> 10.1.0.4"],
    );
    gives(
        "allow icmp from 10.0.0.4 to 10.1.0.4\n allow tcp/53 from 10.0.0.4 to 10.1.0.4",
        &["Icmp * 10.0.0.4 -> 10.1.0.4", "Tcp 53 10.0.0.4 -> 10.1.0.4"],
    );
}

#[test]
fn rules_that_differ_in_two_fields_stay_apart() {
    gives(
        "allow tcp/22 from 10.0.0.4 to 10.1.0.4\n allow tcp/53 from 10.0.0.4 to 10.1.0.8",
        &["Tcp 22 10.0.0.4 -> 10.1.0.4", "Tcp 53 10.0.0.4 -> 10.1.0.8"],
    );
}

#[test]
fn a_rule_with_a_label_or_of_another_owner_is_not_merged() {
    gives(
        "one: allow https from 10.0.0.4 to a.com\n two: allow https from 10.0.0.4 to b.com",
        &["https/443 10.0.0.4 -> a.com", "https/443 10.0.0.4 -> b.com"],
    );
    gives(
        "@owner(\"x\") allow https from 10.0.0.4 to a.com\n @owner(\"y\") allow https from 10.0.0.4 to b.com",
        &["https/443 10.0.0.4 -> a.com", "https/443 10.0.0.4 -> b.com"],
    );
}

/// The rule between takes `b.com` with its header; merged into the first, the last would take it without.
#[test]
fn nothing_is_moved_past_a_rule_that_inserts_headers() {
    gives(
        "allow https from 10.0.0.4 to a.com
         allow http, https from 10.0.0.4 to b.com inspect with header \"n\" \"v\"
         allow https from 10.0.0.4 to b.com",
        &["https/443 10.0.0.4 -> a.com", "http/80,https/443 10.0.0.4 -> b.com", "https/443 10.0.0.4 -> b.com"],
    );
}

#[test]
fn what_another_rule_says_is_left_out() {
    gives(
        "wide: allow https from 10.0.0.0/8 to *.a.com\n small: allow https from 10.0.0.4 to x.a.com, b.com",
        &["https/443 10.0.0.0/8 -> *.a.com", "https/443 10.0.0.4 -> b.com"],
    );
}

#[test]
fn neighbouring_prefixes_are_joined() {
    gives(
        "one: allow tcp/22 from 10.0.0.0/24, 10.0.1.0/24, 10.9.0.4 to 10.1.0.4, 10.1.0.5, tag(Storage)",
        &["Tcp 22 10.0.0.0/23,10.9.0.4 -> 10.1.0.4/31,Storage"],
    );
}

#[test]
fn collections_of_the_authors_stay_as_they_are() {
    let text = "policy web { location \"westeurope\" sku standard group g { collection c allow {
        allow https from 10.0.0.4 to a.com\n allow https from 10.0.0.4 to b.com, a.com } } }";
    let expected = ["https/443 10.0.0.4 -> a.com", "https/443 10.0.0.4 -> b.com,a.com"];
    assert_eq!(rules(&optimised(text, &CheckOptions::default()).model), expected);
}

#[test]
fn each_step_says_what_it_saved() {
    let text = policy(
        "allow tcp/22 from 10.0.0.4 to 10.1.0.4\n allow tcp/22 from 10.0.0.4 to 10.1.0.8
         wide: allow tcp/23 from 10.0.0.0/8 to 10.1.0.0/16\n small: allow tcp/23 from 10.0.0.4 to 10.1.0.4, 10.2.0.4",
    );
    let lowered = optimised(&text, &CheckOptions::default());
    let saved: BTreeMap<&str, (i64, i64, bool)> = STEPS
        .iter()
        .zip(&lowered.policies[0].savings)
        .map(|(step, saving)| (step.name, (saving.rules, saving.pairs, saving.bytes > 0)))
        .collect();
    assert_eq!((saved["merge"], saved["fold"], saved["split"]), ((1, 0, true), (0, 1, true), (0, 0, false)));
}

/// Limits so small that they force every step.
fn tight() -> CheckOptions {
    let limits = [("network-pairs", 3), ("group-size", 900), ("ip-group-addresses", 2)];
    CheckOptions { limits: limits.map(|(name, number)| (name.to_owned(), number)).into(), group_margin: None }
}

#[test]
fn no_step_changes_a_flow_of_generated_policies() {
    let (mut did, mut undecided) = (BTreeMap::<&str, usize>::new(), 0);
    for seed in 0..300 {
        // A drawn source may be refused for what it means; it is lowered all the same.
        let text = source(&mut Random::of(seed));
        for options in [CheckOptions::default(), tight()] {
            let project = with(&text, within(&options));
            match unlike(&project, &Lock::default()) {
                Ok(found) => assert_eq!(found, None, "seed {seed}"),
                Err(_) => undecided += 1,
            }
            for policy in &project.lowered().policies {
                for (step, _) in STEPS.iter().zip(&policy.savings).filter(|(_, saving)| !saving.is_nothing()) {
                    *did.entry(step.name).or_default() += 1;
                }
            }
        }
    }
    println!("policies that each step changed: {did:?}; {undecided} not decided");
    assert!(did.len() == STEPS.len() && did.values().all(|&count| count > 20), "{did:?}");
    assert_eq!(undecided, 0);
}
