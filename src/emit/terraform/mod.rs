//! A Terraform module for the provider `azurerm`: a file for each policy, one for the route tables, one for what they
//! ask of their caller.
//!
//! All files of a compilation are one module, so that a child waits for its base and no resource is twice: an IP group
//! is in the file of the first policy that uses it. What the provider has no words for is named, never left out.

mod hcl;
mod policy;
mod routes;
mod rules;
mod settings;
mod unsaid;

use std::collections::BTreeSet;

use crate::model;

use self::hcl::{BlockContent, TerraformValue};
use super::symbol::{SymbolStyle, symbol};
use super::template::ip_groups_for;
use super::{EmitScope, EmittedFile};

pub use unsaid::unsaid;

/// The version of the provider that the files are shaped for.
const PROVIDER_VERSION: &str = ">= 4.0.0";

const GROUP: &str = "resource_group_name";
const LOCATION: &str = "location";
const ROUTES_GROUP: &str = "routes_resource_group_name";

/// What is written together.
struct EmittedModule<'m> {
    model: &'m model::Model,
    policies: Vec<&'m model::Policy>,
    scope: EmitScope,
    /// The IP groups of each policy's file.
    ip_groups: Vec<Vec<&'m model::IpGroup>>,
}

/// What the caller of the module has to say, by name.
type WantedVariables = BTreeSet<EmittedVariable>;

/// A variable of the module.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct EmittedVariable {
    name: String,
    description: String,
}

impl EmittedVariable {
    fn new(name: impl Into<String>, description: impl Into<String>) -> Self {
        Self { name: name.into(), description: description.into() }
    }

    fn value(&self) -> TerraformValue {
        TerraformValue::reference(&["var", &self.name])
    }
}

/// The files of `policies` and of the route tables.
pub fn files(model: &model::Model, policies: &[&model::Policy], scope: EmitScope) -> Vec<EmittedFile> {
    let module = EmittedModule::new(model, policies, scope);
    let mut wanted = WantedVariables::new();
    let mut files: Vec<EmittedFile> = (0..module.policies.len())
        .filter_map(|index| {
            let name = [module.policies.get(index)?.name.as_str(), ".tf"].concat();
            Some(EmittedFile { name, text: policy::file(&module, index, &mut wanted).text() })
        })
        .collect();
    if !model.route_tables.is_empty() {
        let text = routes::file(&model.route_tables, &mut wanted).text();
        files.push(EmittedFile { name: "routes.tf".to_owned(), text });
    }
    if !files.is_empty() {
        files.push(EmittedFile { name: "variables.tf".to_owned(), text: variables(&wanted).text() });
    }
    files
}

fn variables(wanted: &WantedVariables) -> BlockContent {
    let provider = vec![
        ("source".to_owned(), TerraformValue::text("hashicorp/azurerm")),
        ("version".to_owned(), TerraformValue::text(PROVIDER_VERSION)),
    ];
    let providers = BlockContent::default().with("azurerm", TerraformValue::Map(provider));
    let terraform = BlockContent::default().with_block("required_providers", providers);
    let file = BlockContent::default().with_labelled("terraform", &[], terraform);
    wanted.iter().fold(file, |file, variable| {
        let said = BlockContent::default()
            .with_text("description", &variable.description)
            .with("type", TerraformValue::reference(&["string"]));
        file.with_labelled("variable", &[&variable.name], said)
    })
}

impl<'m> EmittedModule<'m> {
    fn new(model: &'m model::Model, policies: &[&'m model::Policy], scope: EmitScope) -> Self {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let ip_groups = policies.iter().map(|policy| {
            let own = ip_groups_for(model, &[policy]);
            own.into_iter().filter(|group| seen.insert(&group.name)).collect()
        });
        let ip_groups = ip_groups.collect();
        Self { model, policies: policies.to_vec(), scope, ip_groups }
    }

    /// The policy of the module that `policy` inherits.
    fn base_of(&self, policy: &model::Policy) -> Option<&'m model::Policy> {
        match policy.base.as_ref()? {
            model::Base::Named(id) => self.policies.iter().copied().find(|other| other.name == id.name),
            model::Base::Id(_) => None,
        }
    }

    /// The IP groups of the module in the order in which they are made.
    fn ip_group_chain(&self) -> impl Iterator<Item = &'m model::IpGroup> {
        self.ip_groups.iter().flatten().copied()
    }

    fn ip_group(&self, name: &str) -> Option<&'m model::IpGroup> {
        self.ip_group_chain().find(|group| group.name == *name)
    }
}

/// The label of a resource.
fn label(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    symbol(SymbolStyle::Terraform, &names)
}

/// The region; absent, what the caller states.
fn location(region: Option<&String>, wanted: &mut WantedVariables) -> TerraformValue {
    match region {
        Some(region) => TerraformValue::text(region),
        None => ask(wanted, EmittedVariable::new(LOCATION, "The region of what names none.")),
    }
}

fn resource_group(wanted: &mut WantedVariables) -> TerraformValue {
    ask(wanted, EmittedVariable::new(GROUP, "The resource group of the policies and their IP groups."))
}

fn ask(wanted: &mut WantedVariables, variable: EmittedVariable) -> TerraformValue {
    let value = variable.value();
    wanted.insert(variable);
    value
}
