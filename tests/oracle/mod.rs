//! The compiler against its own definition, end to end.
//!
//! Random sources go the whole way, from text to an ARM template and back into a model, and Azure's order decides flows
//! in it. An evaluator written from the language's definition alone decides the same flows in what the source means.
//!
//! The two must agree on every flow but those that a warning FW0303 announces: the rule that is meant to decide is the
//! application rule of the warning, and its network rule, which does the opposite, matches the flow too. Nothing else
//! is left out, so that a pair of which the compiler does not warn is found as well.
//!
//! A flow that asks for a name goes to an address of its private endpoints, else to one in `internet`.
//!
//! The reader of artefacts has an oracle too: `reading` decides flows of real policies as an independent reading does.
//!
//! What `intent::resolve` makes of a text counts as what its author means; whether it does is for other tests.

mod compare;
pub mod flows;
mod formatted;
pub mod meaning;
mod mutants;
pub mod random;
mod reading;
mod refusals;
pub mod source;

use compare::{Counts, Run, compile};

/// The seed of the first source; another one draws other sources.
const FIRST_SEED: &str = "ORACLE_FIRST_SEED";

/// How many policies compile, and how many flows each of them decides.
const POLICIES: usize = 2_000;
const FLOWS: usize = 500;

#[test]
fn the_template_decides_as_the_source_means() {
    let run = Run { policies: POLICIES, flows: FLOWS, mutant: None };
    let counts = run.on_two_threads();
    println!("{counts}");
    assert!(counts.disagreement.is_none(), "{}", counts.disagreement.unwrap_or_default());
    assert_well_spread(&counts);
}

/// The draw is worth something: all that can decide a flow does so often.
fn assert_well_spread(counts: &Counts) {
    let at_least = |part: usize, share: usize, what: &str| {
        assert!(part * 100 >= counts.flows * share, "{what}: {part} of {} flows\n{counts}", counts.flows);
    };
    assert_eq!((counts.policies, counts.flows), (POLICIES, POLICIES * FLOWS));
    assert!(counts.refused() * 10 <= (counts.policies + counts.refused()) * 4, "too many are refused\n{counts}");
    at_least(counts.allowed, 20, "allowed");
    at_least(counts.by_parent, 10, "decided by a parent");
    at_least(counts.by_application, 10, "decided by an application rule");
    at_least(counts.by_network, 10, "decided by a network rule");
    at_least(counts.opaque, 10, "in a world with facts");
    for (count, what) in [(counts.below, "*.x"), (counts.ending, "*x"), (counts.dnat, "dnat")] {
        assert!(count * 200 >= counts.flows, "{what} decides {count} of {} flows\n{counts}", counts.flows);
    }
    assert!(counts.announced * 100 <= counts.flows, "too much hangs on a warning\n{counts}");
}

#[test]
fn a_network_rule_to_a_private_endpoint_takes_flows_from_a_wildcard() {
    let source = r#"
        private-endpoint store { host a.corp.example  address 10.50.1.4 }
        policy child {
            location "westeurope"
            sku premium
            group first { deny https from 10.1.0.0/16 to *.corp.example }
            group second { allow tcp/443 from 10.1.0.0/16 to 10.50.0.0/16 }
        }
    "#;
    assert_eq!(compile(source, None).err(), Some("FW0303"));
}

#[test]
fn every_mutant_is_caught() {
    for mutant in mutants::ALL {
        let run = Run { policies: POLICIES, flows: FLOWS, mutant: Some(mutant.change) };
        let counts = run.on_two_threads();
        assert!(counts.disagreement.is_some(), "a compiler that {} is not caught\n{counts}", mutant.name);
        println!("a compiler that {}: caught after {} policies", mutant.name, counts.policies);
    }
}
