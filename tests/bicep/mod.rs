//! Bicep files: what each construct means, where findings are, which files are read, and what hostile files come to.

mod constructs;
mod folders;
mod hostile;
mod parameters;
mod places;

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
    import(files, &request).map_err(|why| match why {
        NotImported::Fault(fault) => fault.to_string(),
        NotImported::Refused(refusal) => refusal.to_string(),
    })
}

/// The rules of one file, a line each, with one blank between words.
fn rules(text: &str) -> Vec<String> {
    let read = imported(&files(&[("main.bicep", text)]), "main.bicep", &[]);
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
    match imported(&files(&[("main.bicep", text)]), "main.bicep", &[]) {
        Ok(read) => panic!("it is read: {}", read.source.text),
        Err(why) => why,
    }
}

/// A group whose rules are `rules`, a value of Bicep, in the policy `edge`.
fn group(rules: &str) -> String {
    format!(
        "resource group 'Microsoft.Network/firewallPolicies/ruleCollectionGroups@2024-05-01' = {{
  name: 'edge/web'
  properties: {{
    priority: 300
    ruleCollections: [
      {{
        ruleCollectionType: 'FirewallPolicyFilterRuleCollection'
        name: 'out'
        priority: 200
        action: {{ type: 'Allow' }}
        rules: {rules}
      }}
    ]
  }}
}}
"
    )
}

/// A network rule to `addresses`, a value of Bicep.
fn rule(name: &str, addresses: &str) -> String {
    format!(
        "{{
  ruleType: 'NetworkRule'
  name: {name}
  ipProtocols: ['TCP']
  sourceAddresses: ['10.0.0.0/8']
  destinationAddresses: {addresses}
  destinationPorts: ['443']
}}"
    )
}
