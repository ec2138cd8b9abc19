//! What a newcomer sees first: `fwc check export.json`.

use std::fmt::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use super::golden;
use crate::corpus::shared;

const FILES: [&str; 10] = [
    "arm/Azure__Azure-Network-Security__GENERATED__o365_rules.py__ipv4.json",
    "arm/Azure__bicep__src__Bicep.Core.Samples__Files__user_submitted__301__modules-vwan-to-vnet-s2s-with-fw__main.json",
    "arm/anthony-c-martin__azure-quickstart-templates__101-azurefirewall-premium__azuredeploy.json",
    "arm/canada-ca__accelerators_accelerateurs-azure__Templates__arm__msfirewall__latest__parameters-sample__msfirewall.parameters.json",
    "arm/canada-ca__accelerators_accelerateurs-azure__Templates__arm__msfirewall__20190207.1__parameters-sample__msfirewall.parameters.json",
    "arm/SvenAelterman__Azure-HubAndSpokeResearchEnclave__research-hub__azure-firewall-rules__AzurePlatform.jsonc",
    "azcli/derived-cli-output/rcg-list__test_azure_firewall_policy.json",
    "azcli/derived-cli-output/rcg-list__test_azure_firewall_policy_rules_with_ip_groups.json",
    "other/AngleOSaxon__AzureFirewallCalculator__AzureFirewallCalculator.Tests__PowershellData__firewall.json",
    "arm/vhorne__azure-quickstart-templates__101-azurefirewall-forced-tunneling__azuredeploy.json",
];
/// How long the answer may take.
const PATIENCE: Duration = Duration::from_secs(2);

#[test]
fn check_says_on_one_page_what_matters_most() {
    let mut all = String::new();
    for file in FILES {
        let Some(path) = shared(&format!("corpus/{file}")) else { return };
        let start = Instant::now();
        let output = Command::new(env!("CARGO_BIN_EXE_fwc"))
            .args(["check", "--parent", "none"])
            .arg(path.file_name().unwrap())
            .current_dir(path.parent().unwrap())
            .output()
            .unwrap();
        assert!(start.elapsed() < PATIENCE, "{file} took {:?}", start.elapsed());
        let text = String::from_utf8(output.stdout).unwrap();
        assert!((1..=24).contains(&text.lines().count()), "{file}:\n{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{file}:\n{text}");
        writeln!(all, "{text}\n----").unwrap();
    }
    golden("headlines.txt", &all);
}
