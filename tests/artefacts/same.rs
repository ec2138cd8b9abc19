//! ARM, Bicep and Terraform mean what the model means, rule for rule: of every example, and of sources drawn at random.

use fwc::emit::{
    EmitOptions, EmittedFile,
    arm::{policy_template, route_template},
    json_text,
};
use fwc::import::{Artefact, read_all};
use fwc::model::Model;
use serde_json::Value;

use super::{bicep, schema, terraform};
use crate::cli::Sandbox;
use crate::oracle::{random::Random, source::source};
use crate::project;
use crate::systems::examples;

const GENERATED: u64 = 500;

fn says_what_the_model_says(model: &Model) {
    let templates = model.policies.iter().map(|policy| policy_template(model, policy, &EmitOptions::default()));
    let templates: Vec<Value> = templates.chain(route_template(model)).collect();
    for template in &templates {
        assert_eq!(schema::faults(template).unwrap_or_default(), Vec::<String>::new());
    }
    let texts: Vec<String> = templates.iter().map(json_text).collect();
    let artefacts: Vec<Artefact> = texts.iter().map(|text| Artefact { name: "t", text }).collect();
    assert_eq!(read_all(&artefacts), Ok(model.as_deployed()));
    assert_eq!(bicep::read_back(&bicep::files(model, &EmitOptions::default())), Ok(model.as_deployed()));
    bicep::says_what_arm_says(model);
    terraform::says_what_the_model_says(model);
}

#[test]
fn five_hundred_generated_policies_are_the_same_in_every_format() {
    let mut rules = 0;
    for seed in 0..GENERATED {
        let model = project::model(&source(&mut Random::of(seed)));
        let groups = model.policies.iter().flat_map(|policy| &policy.groups);
        rules += groups.flat_map(|group| &group.collections).map(|of| of.rules.len()).sum::<usize>();
        says_what_the_model_says(&model);
    }
    assert!(rules > 5_000, "{rules} rules");
}

/// The files of a format that a compilation wrote.
fn written(sandbox: &Sandbox, ending: &str) -> Vec<EmittedFile> {
    let mut names: Vec<String> = sandbox.names("build").into_iter().filter(|name| name.ends_with(ending)).collect();
    names.sort();
    names.into_iter().map(|name| EmittedFile { text: sandbox.read(&format!("build/{name}")), name }).collect()
}

#[test]
fn every_example_is_the_same_in_every_format() {
    let sandbox = Sandbox::with_example();
    let mut compared = 0;
    for example in examples() {
        let run = sandbox.run(&["compile", &example, "--as-of", "2026-10-01", "--no-lock"]);
        assert_eq!(run.status, 0, "{example}: {}", run.stderr);
        let arm = written(&sandbox, ".arm.json");
        if arm.is_empty() {
            // It has no policy, and is there for others to apply.
            continue;
        }
        compared += 1;
        let artefacts: Vec<Artefact> = arm.iter().map(|file| Artefact { name: &file.name, text: &file.text }).collect();
        let model = read_all(&artefacts).unwrap();
        let of_bicep: Vec<String> = written(&sandbox, ".bicep").into_iter().map(|file| file.text).collect();
        assert_eq!(bicep::read_back(&of_bicep).as_ref(), Ok(&model), "{example}");
        for (arm, bicep) in arm.iter().zip(&written(&sandbox, ".bicep")) {
            let template: Value = serde_json::from_str(&arm.text).unwrap();
            assert_eq!(schema::faults(&template).unwrap_or_default(), Vec::<String>::new(), "{example}");
            assert_eq!(bicep::lowered(&bicep.text), bicep::resources(&template), "{example}: {}", bicep.name);
        }
        let files = written(&sandbox, ".tf");
        if files.is_empty() {
            assert!(run.stderr.contains("terraform has no word for"), "{example}: {}", run.stderr);
            continue;
        }
        terraform::files_say_what_the_model_says(&files, &model);
        if let Some(said) = terraform::terraform_fmt(&files) {
            assert_eq!(said, "", "{example}");
        }
    }
    assert!(compared > 10, "{compared} examples");
}
