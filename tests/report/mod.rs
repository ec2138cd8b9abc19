//! What a reviewer is told of a policy.

use crate::cli::{EXAMPLE, Sandbox};

/// A base and a child, in which a rule is dead, one has expired and one soon will.
const SOURCE: &str = r#"let nodes  = 10.240.0.0/20
let agents = 10.240.16.0/24

policy corp-base {
    location "westeurope"
    sku      premium
    dns { proxy on  servers 10.0.0.10 }

    @owner("network-security")
    group guardrails priority 200 {
        shells: deny ssh from nodes to internet
    }
}

policy web inherits corp-base {
    location "westeurope"
    sku      premium
    dns { proxy on  servers 10.0.0.10 }

    @owner("payments")  @ticket("CHG-4711")
    group workloads {
        stripe: allow https from nodes to api.stripe.com
        jump:   allow ssh from nodes to 198.51.100.7
        @expires(2026-06-20)
        soon:   allow tcp/8443 from agents to 198.51.100.0/24
        @expires(2026-05-01)
        past:   allow tcp/5432 from agents to 198.51.100.7
    }
}

routes aks-nodes {
    subnet "snet-aks" 10.240.0.0/20
    via    10.0.1.4
}
"#;

fn report(input: &str, more: &[&str]) -> String {
    let sandbox = Sandbox::with_example();
    sandbox.write("egress.pol", SOURCE);
    let run = sandbox.run(&[&["report", input, "--as-of", "2026-06-01", "--expired", "warn"], more].concat());
    assert_eq!(run.status, 0, "{}", run.stderr);
    run.stdout
}

#[test]
fn rules_stand_in_the_order_in_which_azure_reads_them() {
    let text = report("egress.pol", &["--format", "markdown"]);
    let rules: Vec<&str> =
        text.lines().filter_map(|line| line.split('`').nth(1).filter(|_| line.contains(". **"))).collect();
    assert_eq!(rules, ["shells", "jump", "soon", "past", "stripe"], "{text}");
}

#[test]
fn private_endpoints_say_which_zones_they_need() {
    let heading = "Private DNS zones that the private endpoints need";
    let vault = "policies/examples/key-vault-private-link/egress.pol";
    let text = report(vault, &["--format", "markdown"]);
    let zone = "- `privatelink.vaultcore.azure.net`: `vault-endpoint`, `kv-shop.vault.azure.net` at `10.60.2.4`";
    assert!(text.contains(&format!("## {heading}\n\n{zone}\n")), "{text}");
    let page = report(vault, &["--format", "html"]);
    assert!(page.contains(heading) && page.contains("privatelink.vaultcore.azure.net"), "{page}");
    assert!(!report("egress.pol", &["--format", "html"]).contains("Private DNS zones"));
}

#[test]
fn a_dead_rule_says_why() {
    let text = report("egress.pol", &["--format", "markdown"]);
    assert!(text.contains("unreachable: `shells` decides every flow of it first"), "{text}");
    assert!(report("egress.pol", &[]).contains("class=\"is-dead\""));
}

#[test]
fn owners_tickets_and_expiries_stand_at_the_rule() {
    let page = report("egress.pol", &[]);
    for wanted in ["owner payments", "ticket CHG-4711", "expires 2026-06-20", ">expired<", ">expires soon<"] {
        assert!(page.contains(wanted), "{wanted}");
    }
}

#[test]
fn each_named_source_has_its_reach() {
    let page = report("egress.pol", &[]);
    assert!(page.contains("<b>nodes</b> <code>10.240.0.0/20</code>"), "{page}");
    assert!(page.contains("https from nodes to api.stripe.com"), "{page}");
}

#[test]
fn a_template_is_told_of_like_its_source() {
    let sandbox = Sandbox::with_example();
    let run = sandbox.run(&["compile", EXAMPLE, "-o", "build", "--emit", "arm", "--emit-parents"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let names = |input: &str| {
        let run = sandbox.run(&["report", input, "--format", "markdown", "--policy", "aks-weu"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        let rules = run
            .stdout
            .lines()
            .filter_map(|line| line.split_once(". **").map(|_| line.split(':').next().unwrap().to_owned()));
        rules.collect::<Vec<String>>()
    };
    assert_eq!(names(EXAMPLE), names("build/aks-weu.arm.json"));
}

#[test]
fn compile_writes_the_same_for_a_reviewer() {
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", SOURCE);
    let compile = |more: &[&str]| {
        let run =
            sandbox.run(&[&["compile", "egress.pol", "--as-of", "2026-06-01", "--expired", "warn"], more].concat());
        assert_eq!(run.status, 0, "{}", run.stderr);
        std::fs::read_dir(sandbox.path("build"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect::<std::collections::BTreeSet<_>>()
    };
    let all = compile(&[]);
    for name in ["web.review.md", "web.review.html", "corp-base.review.md", "corp-base.review.html"] {
        assert!(all.contains(name), "{all:?}");
    }
    assert_eq!(
        std::fs::read_to_string(sandbox.path("build/web.review.md")).unwrap(),
        report("egress.pol", &["--format", "markdown"])
    );
    assert!(!compile(&["--emit", "arm"]).contains("web.review.md"));
    assert!(compile(&["--emit", "review"]).contains("web.review.md"));
}

#[test]
fn a_rule_that_is_read_under_a_condition_says_so() {
    let example = "tests/golden/worked-example/template.json";
    let template = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(example)).unwrap();
    let sandbox = Sandbox::new();
    sandbox.write("template.json", &template);
    let report = |format: &str| sandbox.run(&["report", "template.json", "--format", format]).stdout;
    let condition = "only if DNAT rules of a base policy are inherited";
    let text = report("markdown");
    let conditional: Vec<&str> =
        text.lines().filter(|line| line.contains(condition)).filter_map(|line| line.split('`').nth(1)).collect();
    assert_eq!(conditional, ["base-shop-1", "base-shop-2"], "{text}");
    let page = report("html");
    assert_eq!(page.matches("Azure reads it only if: DNAT rules of a base policy are inherited.").count(), 2);
    assert_eq!(page.matches(&format!("base-shop-1 tcp/443, {condition}")).count(), 1);
}

/// The first sentence about a policy with these rules, and what is around it.
#[track_caller]
fn headline(rules: &str, around: &str) -> String {
    let sandbox = Sandbox::new();
    let head = "location \"westeurope\" sku premium dns { proxy on }";
    sandbox.write("egress.pol", &format!("policy web {{ {head} group out {{ {rules} }} }} {around}"));
    let run = sandbox.run(&["report", "egress.pol", "--format", "markdown"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    run.stdout.lines().find_map(|line| Some(line.strip_prefix("**")?.strip_suffix("**")?.to_owned())).unwrap()
}

const NOTHING_OPEN: &str = "nothing is open to everybody or to all of the Internet";
const NARROW: &str = "stripe: allow https from 10.240.0.0/20 to api.stripe.com";

#[test]
fn the_first_sentence_says_which_rules_are_open() {
    assert_eq!(headline(NARROW, ""), NOTHING_OPEN);
    assert_eq!(headline("web: allow https from 10.1.2.3 to any-host", ""), "`web` reaches every name");
    assert_eq!(
        headline("a: allow tcp/443 from 10.1.0.0/16 to internet b: allow udp/53 from 10.1.0.0/16 to any", ""),
        "2 rules reach all of the Internet or much of it: `a`, `b`"
    );
    assert_eq!(
        headline(&format!("{NARROW} shop: dnat tcp/443 from internet to 203.0.113.9 -> 10.240.4.10"), ""),
        "`shop` is open to the Internet"
    );
}

#[test]
fn narrow_prefixes_may_make_all_of_the_internet_together() {
    let rules: String = (1..=63)
        .filter(|n| *n != 10)
        .map(|n| format!("r{n}: allow tcp/8443 from 10.{n}.0.0/16 to {n}.0.0.0/8\n"))
        .collect();
    assert_eq!(headline(&rules, ""), "network rules together reach all of the Internet or much of it");
}

#[test]
fn what_an_earlier_rule_denies_is_not_open() {
    let rules =
        "none: deny tcp/443 from 10.0.0.0/8 to any } group more { web: allow tcp/443 from 10.1.0.0/16 to internet";
    assert_eq!(headline(rules, ""), NOTHING_OPEN);
}

#[test]
fn a_base_is_as_open_as_its_child() {
    let base =
        "policy up { location \"westeurope\" sku premium group g { all: allow tcp/443 from 10.1.0.0/16 to internet } }";
    let text =
        format!("{base} policy web inherits up {{ location \"westeurope\" sku premium group out {{ {NARROW} }} }}");
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", &text);
    let run = sandbox.run(&["report", "egress.pol", "--policy", "web", "--format", "markdown"]);
    assert!(run.stdout.contains("**`all` reaches all of the Internet or much of it**"), "{}", run.stdout);
}

#[test]
fn the_first_sentence_says_what_goes_past_the_firewall() {
    let network = |routes: &str| {
        format!(
            "firewall hub {{ policy web sku premium private-ip 10.0.1.4 }}
             routes nodes {{ subnet \"snet-aks\" 10.240.0.0/20 {routes} bgp-propagation off }}"
        )
    };
    assert_eq!(headline(NARROW, &network("via hub")), NOTHING_OPEN);
    let all = "route table `nodes` leads to the Internet past the firewall";
    assert_eq!(headline(NARROW, &network("via internet")), all);
    assert_eq!(headline(NARROW, &network("")), all);
    assert_eq!(
        headline(NARROW, &network("via hub route 20.0.0.0/8 via internet")),
        "route table `nodes` leads to a large part of the Internet past the firewall"
    );
    assert_eq!(
        headline(
            NARROW,
            &network("")
                .replace("10.240.0.0/20", "10.240.0.0/20 service-endpoints Storage")
                .replace("bgp", "via hub bgp")
        ),
        "a service endpoint of `snet-aks` leads to `Storage` past the firewall"
    );
    assert_eq!(headline(NARROW, &network("via 10.9.9.9")), "where route table `nodes` leads is not known");
    assert_eq!(
        headline(NARROW, &network("via hub route tag(AzureCloud) via internet")),
        "route table `nodes` leads to a large part of the Internet past the firewall"
    );
    let gateway = "routes gw { subnet \"AppGatewaySubnet\" 10.9.0.0/24 via internet }";
    assert_eq!(headline(NARROW, &format!("{} {gateway}", network("via hub"))), NOTHING_OPEN);
}

#[test]
fn rules_that_were_not_read_may_be_open() {
    let sandbox = Sandbox::new();
    let rule = r#"{"ruleType": "ApplicationRule", "name": "x", "sourceAddresses": ["10.1.0.0/16"],
        "protocols": [{"protocolType": "Https", "port": 443}], "targetFqdns": ["a.contoso.com"]}"#;
    let group = format!(
        r#"{{"type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups", "apiVersion": "2024-05-01", "name": "pp/g",
        "properties": {{"priority": 200, "ruleCollections": [{{"ruleCollectionType": "FirewallPolicyFilterRuleCollection",
        "name": "c", "priority": 200, "action": {{"type": "Allow"}}, "rules": [{rule}]}}]}}}}"#
    );
    let policy = r#"{"type": "Microsoft.Network/firewallPolicies", "apiVersion": "2024-05-01", "name": "pp",
        "location": "westeurope", "properties": {"sku": {"tier": "Standard"}}}"#;
    let linked = r#"{"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "more",
        "properties": {"mode": "Incremental", "templateLink": {"uri": "https://contoso.com/more.json"}}}"#;
    let template = |resources: &[&str]| {
        format!(
            r#"{{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0", "resources": [{}]}}"#,
            resources.join(", ")
        )
    };
    sandbox.write("read.json", &template(&[policy, &group]));
    sandbox.write("linked.json", &template(&[policy, &group, linked]));
    let text = |name: &str| sandbox.run(&["report", name, "--format", "markdown"]).stdout;
    assert!(text("read.json").contains(NOTHING_OPEN), "{}", text("read.json"));
    let linked = text("linked.json");
    assert!(linked.contains("**rules may be missing here") && !linked.contains("nothing is open"), "{linked}");
}

#[test]
fn the_headline_is_about_all_rules_together() {
    let of = |rules: &str| {
        let sandbox = Sandbox::new();
        let source = format!(
            "policy web {{\n    sku standard\n    group work {{\n        {rules}\n    }}\n}}\nfirewall fw {{\n    policy web\n    sku standard\n    private-ip 10.0.1.4\n    public-ip w 203.0.113.10\n}}\n"
        );
        sandbox.write("egress.pol", &source);
        let run = sandbox.run(&["report", "egress.pol", "--format", "markdown", "--as-of", "2026-06-01"]);
        run.stdout.lines().find(|line| line.starts_with("**")).map(str::to_owned).unwrap_or(run.stderr)
    };
    let half = |name: &str, from: &str| format!("{name}: dnat tcp/443 from {from} to fw::w -> 10.0.0.4:443\n");
    let both = [half("a", "0.0.0.0/1"), half("b", "128.0.0.0/1")].concat();
    assert_eq!(of(&both), "**2 rules are open to the Internet: `a`, `b`**");
    // Neither of these is much of it by itself.
    let parts = [half("a", "64.0.0.0/5"), half("b", "72.0.0.0/5")].concat();
    assert_eq!(of(&parts), "**`a`, `b` together are open to the Internet**");
    assert_eq!(of(&half("a", "198.51.100.0/24")), "**nothing is open to everybody or to all of the Internet**");
    assert!(of(&half("a", "any")).contains("`a` is open to the Internet"));
    assert_eq!(of("a: allow tcp/8443 from any to 10.0.0.4"), "**`a` lets everybody reach private addresses**");
}

#[test]
fn sets_are_expanded_where_rules_name_them() {
    let text = report("egress.pol", &["--format", "markdown"]);
    assert!(text.contains("## Sets that the rules name\n\n- `nodes` is 4,096 addresses: `10.240.0.0/20`\n"), "{text}");
    let page = report("egress.pol", &["--format", "html"]);
    assert!(page.contains("4,096 addresses: <code>10.240.0.0/20</code>"));
}

#[test]
fn settings_of_the_base_hold_where_the_child_is_no_stricter() {
    let policy = |name: &str, more: &str| {
        format!("policy {name} {{\n    location westeurope\n    sku premium\n    dns {{ proxy on }}\n{more}}}\n")
    };
    let base = policy("bb", "    threat-intel alert\n    threat-intel-allow 198.51.100.7\n    idps deny\n");
    let child = policy("web inherits bb", "    threat-intel deny\n    idps alert\n");
    let sandbox = Sandbox::new();
    sandbox.write("both.pol", &format!("{base}{child}"));
    let run = sandbox.run(&["report", "both.pol", "--policy", "web", "--format", "markdown"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let settings = run.stdout.split("## Settings").nth(1).unwrap().split("\n## ").next().unwrap().to_owned();
    for line in [
        "- `threatIntelMode`: `Deny`\n",
        "- `threatIntelWhitelist.ipAddresses`: `[\"198.51.100.7\"]`, base `bb`\n",
        "- `intrusionDetection.mode`: `Deny`, base `bb`\n",
        "- `dnsSettings.enableProxy`: `true`\n",
    ] {
        assert!(settings.contains(line), "{line}: {settings}");
    }
    assert_eq!(settings.matches("dnsSettings").count(), 1, "a child's DNS settings are its own: {settings}");
}
