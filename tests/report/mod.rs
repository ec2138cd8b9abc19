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
    assert!(text.contains("dead: `shells` decides every flow of it first"), "{text}");
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
