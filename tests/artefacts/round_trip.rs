//! What is written, read back, is the model.

use fwc::emit::{
    EmitOptions, Parents,
    arm::{policy_template, route_template},
    json_text,
};
use fwc::import::{Artefact, Error, read_all};
use fwc::model::Model;
use proptest::prelude::*;
use serde_json::Value;

use super::{bicep, models, schema};

fn templates(model: &Model, parents: Parents) -> Vec<Value> {
    let options = EmitOptions { parents, ..EmitOptions::default() };
    let policies = model.policies.iter().map(|policy| policy_template(model, policy, &options));
    policies.chain(route_template(model)).collect()
}

fn read_back(templates: &[Value]) -> Result<Model, Error> {
    let texts: Vec<String> = templates.iter().map(json_text).collect();
    let artefacts: Vec<Artefact> = texts.iter().map(|text| Artefact { name: "t", text }).collect();
    read_all(&artefacts)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_model_comes_back_from_its_templates(model in models::with_pods(), included in any::<bool>()) {
        let parents = if included { Parents::Included } else { Parents::Referenced };
        let templates = templates(&model, parents);
        for template in &templates {
            prop_assert_eq!(schema::faults(template).unwrap_or_default(), Vec::<String>::new());
        }
        prop_assert_eq!(read_back(&templates), Ok(model.as_deployed()));
    }

    #[test]
    fn a_model_comes_back_from_its_bicep(model in models::with_pods(), included in any::<bool>()) {
        let parents = if included { Parents::Included } else { Parents::Referenced };
        let files = bicep::files(&model, &EmitOptions { parents, ..EmitOptions::default() });
        prop_assert_eq!(bicep::read_back(&files), Ok(model.as_deployed()), "{}", files.join("\n"));
    }

    #[test]
    fn security_profiles_come_back_unread(model in models::with_profiles()) {
        prop_assert_eq!(read_back(&templates(&model, Parents::Referenced)), Ok(model.as_deployed()));
    }
}
