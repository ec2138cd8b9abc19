//! Every output: a line of [`OUTPUTS`] is all that the command line, its help and the tests know of one.

use crate::model;

use super::file::EmittedFile;
use super::{EmitOptions, arm, bicep, json_text, terraform};

/// What is written.
#[derive(Clone, Copy, Debug)]
pub struct EmittedDeployment<'m> {
    /// Everything that is known.
    pub model: &'m model::Model,
    /// The policies of the model that are to be written.
    pub policies: &'m [&'m model::Policy],
    /// What else is to be said.
    pub options: EmitOptions,
}

/// A format that policies and route tables can be written in.
pub struct OutputRow {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is, as help states it.
    pub help: &'static str,
    /// The files.
    pub files: fn(&EmittedDeployment<'_>) -> Vec<EmittedFile>,
    /// What of the deployment the format has no words for; where there is anything, its files would say something else.
    pub unsaid: fn(&EmittedDeployment<'_>) -> Vec<String>,
    /// Whether a compilation reads it back.
    pub read_back: ReadBack,
}

/// Whether a compilation reads back what it writes, and compares that with what was meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReadBack {
    /// It does, whichever formats were requested.
    Proved,
    /// It does not: the resources are those of a format that it reads back, or tests read them.
    Tested,
}

/// Every format, in the order in which files are listed.
pub static OUTPUTS: [OutputRow; 3] = [
    OutputRow { name: "arm", help: "ARM templates", files: arm_files, unsaid: nothing, read_back: ReadBack::Proved },
    OutputRow { name: "bicep", help: "Bicep files", files: bicep_files, unsaid: nothing, read_back: ReadBack::Tested },
    OutputRow {
        name: "terraform",
        help: "a Terraform module (azurerm)",
        files: terraform_files,
        unsaid: terraform_unsaid,
        read_back: ReadBack::Tested,
    },
];

fn nothing(_: &EmittedDeployment<'_>) -> Vec<String> {
    Vec::new()
}

fn arm_files(of: &EmittedDeployment<'_>) -> Vec<EmittedFile> {
    let policies = of.policies.iter().map(|policy| {
        let template = arm::policy_template(of.model, policy, &of.options);
        file(&policy.name, ".arm.json", json_text(&template))
    });
    let routes = arm::route_template(of.model).map(|template| file("routes", ".arm.json", json_text(&template)));
    policies.chain(routes).collect()
}

fn bicep_files(of: &EmittedDeployment<'_>) -> Vec<EmittedFile> {
    let policies = of.policies.iter().map(|policy| {
        let text = bicep::policy_file(of.model, policy, &of.options);
        file(&policy.name, ".bicep", text)
    });
    let routes = bicep::route_file(of.model).map(|text| file("routes", ".bicep", text));
    policies.chain(routes).collect()
}

fn terraform_files(of: &EmittedDeployment<'_>) -> Vec<EmittedFile> {
    terraform::files(of.model, of.policies, of.options.scope)
}

fn terraform_unsaid(of: &EmittedDeployment<'_>) -> Vec<String> {
    let each = |policy: &&model::Policy| {
        let unsaid = terraform::unsaid(policy, of.options.scope).into_iter();
        unsaid.map(|what| format!("{what}, in policy `{}`", policy.name)).collect::<Vec<String>>()
    };
    of.policies.iter().flat_map(each).collect()
}

fn file(name: &str, ending: &str, text: String) -> EmittedFile {
    EmittedFile { name: [name, ending].concat(), text }
}
