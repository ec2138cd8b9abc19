//! What is formatted compiles to the same bytes.

use std::sync::Arc;

use fwc::emit::{EmitOptions, arm, json_text};
use fwc::format::format;
use fwc::source::Files;

use super::random::Random;
use super::source::source;

fn template(text: &str) -> Vec<String> {
    let (model, options) = (crate::project::model(text), EmitOptions::default());
    let policies = model.policies.iter();
    policies.map(|policy| json_text(&arm::policy_template(&model, policy, &options))).collect()
}

#[test]
fn formatting_changes_no_byte_of_an_artefact() {
    for seed in 0..300 {
        let text = source(&mut Random::of(seed));
        let mut files = Files::new();
        let file = files.add("oracle.pol", text.as_str());
        let formatted = format(file, Arc::from(text.as_str())).unwrap();
        assert_eq!(template(&text), template(&formatted), "seed {seed}");
    }
}

#[test]
fn the_shipped_example_compiles_to_the_same_bytes_however_it_is_spaced() {
    let text = include_str!("../../policies/examples/aks-hub-spoke/egress.pol");
    assert_eq!(template(text), template(&text.replace("    ", "\t").replace('\n', "\n\n")));
}
