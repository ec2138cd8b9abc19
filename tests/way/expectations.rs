//! Expectations are proved along the way of each flow.

use fwc::driver::{Conditional, MemoryFiles, Project, ProjectOptions, is_failed};
use fwc::prove::{Caveat, Checked, ProofVerdict, VerdictReason};

/// Asks about `expected` where the table of the nodes has the given lines, and a group of rules more.
fn judged<T>(lines: &str, rules: &str, expected: &str, answer: impl Fn(&Checked<'_, '_>) -> T) -> T {
    let source = format!(
        "let nodes = 10.240.0.0/20
         policy edge {{
             sku standard
             dns {{ proxy on }}
             group work {{ feed: allow https from nodes to feed.example.com {rules} }}
             group ingress {{ shop: dnat tcp/443 from any to hub::web -> 10.240.4.10:443 }}
         }}
         firewall hub {{ policy edge sku standard private-ip 10.0.1.4 public-ip web 203.0.113.10 }}
         routes nodes-rt {{ subnet \"snet\" 10.240.0.0/20 {lines} }}
         private-endpoint vault {{ host kv.vault.azure.net address 10.240.20.5 zone privatelink.vaultcore.azure.net }}
         test \"promise\" for edge {{ expect {expected} }}"
    );
    let project = Project::new(MemoryFiles::of("egress.pol", source.clone()), "egress.pol", ProjectOptions::default());
    let checked = project.expectations();
    assert_eq!(checked.len(), 1, "{source}");
    answer(&checked[0])
}

/// Whether it holds, and whether it does under `--strict`.
fn holds_with(lines: &str, rules: &str, expected: &str) -> (bool, bool) {
    judged(lines, rules, expected, |checked| {
        (!is_failed(checked, Conditional::Holds), !is_failed(checked, Conditional::Fails))
    })
}

fn holds(lines: &str, expected: &str) -> (bool, bool) {
    holds_with(lines, "", expected)
}

const HOLDS: (bool, bool) = (true, true);
const FAILS: (bool, bool) = (false, false);
const NOT_STRICTLY: (bool, bool) = (true, false);

#[test]
fn a_denied_flow_that_leaves_past_the_firewall_fails() {
    assert_eq!(holds("via hub", "deny ssh from nodes to internet"), HOLDS);
    assert_eq!(holds("via internet", "deny ssh from nodes to internet"), FAILS);
    let part = "via hub route 198.51.100.0/24 via internet";
    assert_eq!(holds(part, "deny ssh from nodes to 198.51.100.0/24"), FAILS);
    assert_eq!(holds(part, "deny ssh from nodes to 192.0.2.0/24"), HOLDS);
}

#[test]
fn an_allowed_flow_may_arrive_past_the_firewall_but_not_strictly() {
    let part = "via hub route 198.51.100.7/32 via internet";
    assert_eq!(holds(part, "allow tcp/443 from nodes to 198.51.100.7"), NOT_STRICTLY);
    assert_eq!(holds(part, "allow tcp/443 from nodes to 198.51.100.8"), FAILS);
    assert_eq!(holds("via hub", "allow https from nodes to kv.vault.azure.net"), NOT_STRICTLY);
}

#[test]
fn a_flow_whose_route_leads_nowhere_does_not_arrive() {
    let none = "via hub route 192.0.2.0/24 via none";
    assert_eq!(holds(none, "deny any from nodes to 192.0.2.9"), HOLDS);
    assert_eq!(holds(none, "allow any from nodes to 192.0.2.9"), FAILS);
}

#[test]
fn private_means_a_private_endpoint_and_nothing_else() {
    assert_eq!(holds("via hub", "private https from nodes to kv.vault.azure.net"), HOLDS);
    assert_eq!(holds("via hub", "private https from nodes to other.vault.azure.net"), FAILS);
    assert_eq!(holds("via hub", "private https from nodes to kv.vault.azure.net, other.vault.azure.net"), FAILS);
    assert_eq!(holds("via hub", "private https from nodes to *.vault.azure.net"), FAILS);
    assert_eq!(holds("via hub route 10.240.20.5/32 via hub", "private https from nodes to kv.vault.azure.net"), FAILS);
    assert_eq!(holds("via hub", "deny https from nodes to kv.vault.azure.net"), FAILS);
}

#[test]
fn a_name_is_at_ordinary_addresses_unless_the_reading_is_strict() {
    assert_eq!(holds("via hub", "deny https from nodes to example.com"), NOT_STRICTLY);
    assert_eq!(holds("via hub", "deny tcp/443 from nodes to hub::web"), FAILS);
}

#[test]
fn what_no_table_can_move_counts_only_where_nothing_else_is_asked() {
    assert_eq!(holds("via hub", "deny tcp/22 from nodes to any except 10.240.20.5"), HOLDS);
    assert_eq!(holds("via hub", "deny tcp/80 from nodes to 169.254.169.254"), FAILS);
    assert_eq!(holds("via hub", "deny tcp/80 from nodes to 10.240.0.0/24"), FAILS);
}

#[test]
fn a_service_endpoint_carries_flows_past_the_firewall() {
    let endpoint = "service-endpoints Storage via hub";
    assert_eq!(holds(endpoint, "deny tcp/22 from nodes to internet"), FAILS);
    assert_eq!(holds(endpoint, "deny tcp/22 from nodes to internet outside tag(Storage)"), HOLDS);
}

#[test]
fn a_route_to_a_service_tag_leads_to_the_rules() {
    let monitor = "monitor: allow tcp/443 from nodes to tag(AzureMonitor), 20.0.0.0/8";
    let here = "via none route tag(AzureMonitor) via hub";
    assert_eq!(holds_with(here, monitor, "allow tcp/443 from nodes to tag(AzureMonitor)"), HOLDS);
    assert_eq!(holds_with(here, monitor, "allow tcp/444 from nodes to tag(AzureMonitor)"), FAILS);
    assert_eq!(holds_with(here, monitor, "deny tcp/443 from nodes to tag(AzureMonitor)"), FAILS);
    assert_eq!(holds_with(here, monitor, "deny udp/53 from nodes to internet"), HOLDS);
    assert_eq!(holds_with(here, monitor, "deny tcp/443 from nodes to 20.0.0.0/8 outside tag(AzureMonitor)"), HOLDS);
    let around = "via internet route tag(AzureMonitor) via hub";
    assert_eq!(holds_with(around, monitor, "deny udp/53 from nodes to internet"), FAILS);
    assert_eq!(holds_with(around, monitor, "deny udp/53 from nodes to tag(AzureMonitor)"), HOLDS);
    assert_eq!(
        holds_with(around, monitor, "allow udp/53 from nodes to 20.0.0.0/8 outside tag(AzureMonitor)"),
        NOT_STRICTLY
    );
}

#[test]
fn what_depends_on_a_set_says_how_to_state_it() {
    let outside = |rules: &str, expected: &str| {
        judged("via hub", rules, expected, |checked| match &checked.verdict {
            ProofVerdict::Fails { outside, .. } => outside.clone(),
            ProofVerdict::Holds | ProofVerdict::Conditional(_) | ProofVerdict::NotDecided(_) => None,
        })
    };
    let rules =
        "monitor: allow tcp/443 from nodes to tag(AzureMonitor) games: allow https from nodes to category(Games)";
    let stated = "outside tag(AzureMonitor), category(Games)";
    assert_eq!(outside(rules, "deny https from nodes to example.com").as_deref(), Some(stated));
    let one = "deny https from nodes to example.com outside tag(AzureMonitor)";
    assert_eq!(outside(rules, one).as_deref(), Some(stated));
    assert_eq!(holds_with("via hub", rules, &format!("deny https from nodes to example.com {stated}")), NOT_STRICTLY);
    assert_eq!(outside("ftp: allow tcp/21 from nodes to ftp.example.com", "deny tcp/21 from nodes to internet"), None);
}

#[test]
fn no_service_tag_holds_a_private_address() {
    let rules = "monitor: allow tcp/443 from nodes to tag(AzureMonitor)";
    assert_eq!(holds_with("via hub", rules, "deny tcp/443 from nodes to 10.97.0.0/16"), NOT_STRICTLY);
    assert_eq!(holds_with("via hub", rules, "deny tcp/443 from nodes to 192.0.2.0/24"), FAILS);
    assert_eq!(holds_with("via hub", rules, "deny tcp/444 from nodes to 10.97.0.0/16"), HOLDS);
}

#[test]
fn a_name_need_not_have_the_addresses_that_are_listed() {
    assert_eq!(holds("via hub", "deny tcp/443 from nodes to 192.0.2.0/24"), NOT_STRICTLY);
    assert_eq!(holds("via hub", "deny tcp/443 from nodes to internet"), FAILS);
    let api = "api: allow https from nodes to kv.vault.azure.net";
    assert_eq!(
        holds_with("via hub route 10.240.20.5/32 via hub", api, "deny tcp/443 from nodes to 10.240.20.5"),
        FAILS
    );
}

#[test]
fn what_no_table_can_move_is_a_note_beside_other_destinations() {
    judged("via hub", "", "deny tcp/80 from nodes to any except 10.240.20.5", |checked| {
        assert!(matches!(checked.caveats.as_slice(), [Caveat::Unmoved(..)]), "{checked:?}");
        assert!(!is_failed(checked, Conditional::Fails));
    });
}

#[test]
fn a_name_without_an_endpoint_is_the_reason() {
    judged("via hub", "", "private https from nodes to other.vault.azure.net", |checked| {
        assert!(matches!(checked.verdict, ProofVerdict::Fails { by: VerdictReason::NoEndpoint, .. }), "{checked:?}");
    });
}

#[test]
fn an_endpoint_on_an_unknown_way_is_a_condition() {
    let appliance = "via hub route 10.240.20.5/32 via 10.9.9.9";
    judged(appliance, "", "private https from nodes to kv.vault.azure.net", |checked| {
        assert!(matches!(checked.verdict, ProofVerdict::Conditional(_)), "{checked:?}");
    });
}
