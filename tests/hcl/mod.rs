//! Terraform source: what each construct means, where findings are, which files are read, and what hostile files come to.

mod constructs;
mod evaluation;
mod folders;
mod hostile;
mod places;
pub mod round_trip;
mod unknown;

use std::path::PathBuf;

use fwc::driver::{ImportRequest, ImportedSource, MemoryFiles, NotImported, import};

/// Files by their names.
pub(crate) fn files(files: &[(&str, &str)]) -> MemoryFiles {
    let mut memory = MemoryFiles::new();
    files.iter().for_each(|(path, text)| memory.insert(*path, *text));
    memory
}

/// What is read of `input`, stated as a source.
fn imported(files: &MemoryFiles, input: &str, parameters: &[&str]) -> Result<ImportedSource, String> {
    let request = ImportRequest {
        inputs: vec![PathBuf::from(input)],
        parameters: parameters.iter().map(PathBuf::from).collect(),
        faithful: true,
        ..ImportRequest::default()
    };
    requested(files, &request)
}

fn requested(files: &MemoryFiles, request: &ImportRequest) -> Result<ImportedSource, String> {
    import(files, request).map_err(|why| match why {
        NotImported::Fault(fault) => fault.to_string(),
        NotImported::Refused(refusal) => refusal.to_string(),
    })
}

/// The rules of one file, a line each, with one blank between words.
fn rules(text: &str) -> Vec<String> {
    let read = imported(&files(&[("main.tf", text)]), "main.tf", &[]);
    lines(&read.unwrap_or_else(|why| panic!("{why}\n{text}")))
}

/// The rules that were read.
fn lines(imported: &ImportedSource) -> Vec<String> {
    let is_rule = |line: &&str| (line.contains("allow ") || line.contains("deny ")) && !line.ends_with("{");
    let plain = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    imported.source.text.lines().filter(is_rule).map(plain).collect()
}

/// Why the file is not read.
fn fault(text: &str) -> String {
    match imported(&files(&[("main.tf", text)]), "main.tf", &[]) {
        Ok(read) => panic!("it is read: {}", read.source.text),
        Err(why) => why,
    }
}

/// A policy `edge`, and a group of it whose network rules are `rules`.
fn group(rules: &str) -> String {
    format!(
        "resource \"azurerm_firewall_policy\" \"edge\" {{
  name                = \"edge\"
  location            = \"westeurope\"
  resource_group_name = \"rg\"
}}
resource \"azurerm_firewall_policy_rule_collection_group\" \"web\" {{
  name               = \"web\"
  firewall_policy_id = azurerm_firewall_policy.edge.id
  priority           = 300
  network_rule_collection {{
    name     = \"out\"
    priority = 200
    action   = \"Allow\"
{rules}
  }}
}}
"
    )
}

/// A network rule to `addresses`, an expression.
fn rule(name: &str, addresses: &str) -> String {
    format!(
        "rule {{
  name                  = {name}
  protocols             = [\"TCP\"]
  source_addresses      = [\"10.0.0.0/8\"]
  destination_addresses = {addresses}
  destination_ports     = [\"443\"]
}}"
    )
}
