//! FW0303 in artefacts, and what a base's rule is for where a child is beside it.

use fwc::evaluate::Knowledge;
use fwc::flow::WorkBudget;
use fwc::lint;

use super::{NOTHING, child, found};

/// The findings of one code in what a source of these policies becomes, each as `policy/rule: message`.
#[track_caller]
fn artefact(code: &str, text: &str) -> Vec<String> {
    let model = crate::project::model(text).as_deployed();
    let (found, _) = lint::of_model(&model, &Knowledge::none(), &WorkBudget::default());
    let told = found.iter().filter(|found| found.code.id == code);
    told.map(|found| {
        let rule = found.rule.as_ref().unwrap();
        format!("{}/{}: {}", rule.policy, rule.rule, found.message)
    })
    .collect()
}

/// A network rule and an application rule of one group, each in a collection of that priority.
#[track_caller]
fn pair((at, network): (u16, &str), (priority, application): (u16, &str)) -> Vec<String> {
    let action = |rule: &str| rule.split(' ').next().unwrap().to_owned();
    artefact(
        "FW0303",
        &format!(
            "policy pp {{ location \"westeurope\" sku premium dns {{ proxy on }} group gg priority 200 {{
                collection net priority {at} {} {{ n: {network} }}
                collection app priority {priority} {} {{ a: {application} }} }} }}",
            action(network),
            action(application),
        ),
    )
}

#[test]
fn a_network_rule_that_passes_what_a_name_rule_denies() {
    let news = "deny https from any to news.contoso.com";
    let message = "pp/n: network rule `gg/net/n` allows flows that `gg/app/a` denies";
    for priority in [200, 400] {
        assert_eq!(pair((priority, "allow tcp/443 from 10.1.0.0/16 to any"), (300, news)), [message], "{priority}");
    }
    let tag = format!("{message}, depending on what tag(AzureCloud) holds");
    assert_eq!(pair((400, "allow tcp/443 from 10.1.0.0/16 to tag(AzureCloud)"), (300, news)), [tag]);
    let name = format!("{message}, depending on the address of news.contoso.com");
    assert_eq!(pair((400, "allow tcp/443 from 10.1.0.0/16 to 203.0.113.0/24"), (300, news)), [name]);
    assert_eq!(
        pair((400, "deny tcp/443 from 10.1.0.0/16 to internet"), (300, "allow https from 10.0.0.0/8 to a.com")),
        ["pp/n: network rule `gg/net/n` denies flows that `gg/app/a` allows"]
    );
}

#[test]
fn rules_apart_void_nothing() {
    let news = "deny https from 10.2.0.0/16 to news.contoso.com";
    for network in [
        "allow tcp/443 from 10.1.0.0/16 to any",
        "allow tcp/22 from 10.2.0.0/16 to any",
        "allow udp/443 from 10.2.0.0/16 to any",
        "allow tcp/443 from 10.2.0.0/16 to 10.0.0.0/8",
        "deny tcp/443 from 10.2.0.0/16 to any",
    ] {
        assert_eq!(pair((400, network), (300, news)), NOTHING, "{network}");
    }
}

#[test]
fn an_exception_that_goes_first_is_meant() {
    let network = "allow tcp/443 from 10.1.0.0/16 to 203.0.113.0/24";
    assert_eq!(pair((200, network), (300, "deny https from any to news.contoso.com")), NOTHING);
    assert_eq!(
        pair((200, "allow tcp/443 from 10.1.0.0/16 to any"), (300, "deny http, https from any to any-host")),
        NOTHING
    );
    assert_eq!(
        pair((200, "deny tcp/443 from 10.1.0.0/16 to internet"), (300, "allow https from any to a.com")),
        NOTHING
    );
}

/// A base with one rule and a child with another.
fn both(base: &str, own: &str) -> String {
    let head = "location \"westeurope\" sku standard dns { proxy on }";
    format!(
        "policy base {{ {head} group up priority 300 {{ b: {base} }} }}
         policy kid inherits base {{ {head} group down priority 200 {{ c: {own} }} }}"
    )
}

const BETTING: &str = "deny https from 10.0.0.0/8 to *.bets.com";

#[test]
fn a_child_that_voids_its_base_is_told_at_the_child() {
    let message =
        "kid/c: network rule `down/down-allow-network/c` allows flows that `base/up/up-deny-application/b` denies";
    for sources in ["10.0.0.0/8", "10.1.0.0/16"] {
        let text = both(BETTING, &format!("allow tcp/443 from {sources} to any"));
        assert_eq!(artefact("FW0303", &text), [message], "{sources}");
        assert_eq!(artefact("FW0302", &text), NOTHING, "{sources}");
    }
    assert_eq!(artefact("FW0303", &both(BETTING, "allow udp/53 from 10.0.0.0/8 to 203.0.113.7")), NOTHING);
}

#[test]
fn a_guard_of_a_base_guards_its_children() {
    let deny = "deny tcp/80 from 10.0.0.0/8 to 203.0.113.7";
    assert_eq!(artefact("FW0302", &both(deny, "allow tcp/80 from 10.0.0.0/8 to any")), NOTHING);
    assert_eq!(
        artefact("FW0302", &both(deny, "allow tcp/81 from 10.0.0.0/8 to any")),
        ["base/b: network rule `up/up-deny-network/b` is a guard: what it denies, no rule allows today"]
    );
    let redundant = |found: Vec<String>| found.into_iter().filter(|found| found.starts_with("FW0302")).count();
    assert_eq!(redundant(child(&format!("b: {deny}"), "c: allow tcp/80 from 10.0.0.0/8 to any")), 0);
    assert_eq!(redundant(child(&format!("b: {deny}"), "c: allow tcp/81 from 10.0.0.0/8 to any")), 1);
}

#[test]
fn a_rule_of_a_base_that_a_child_needs_stays() {
    let head = "location \"westeurope\" sku standard dns { proxy on }";
    let base =
        "narrow: allow tcp/443 from 10.1.0.0/16 to 203.0.113.7 wide: allow tcp/443 from 10.0.0.0/8 to 203.0.113.0/24";
    let text = format!("policy base {{ {head} group up {{ {base} }} }} policy kid inherits base {{ {head} }}");
    let could_go = found(&text).into_iter().filter(|found| found.starts_with("FW0302 narrow")).count();
    assert_eq!(could_go, 1);
}
