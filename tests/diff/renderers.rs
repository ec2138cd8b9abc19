//! What people are shown of typical changes: the terminal and the Markdown renderer of each is a golden.

use std::collections::BTreeMap;

use crate::cli::Sandbox;
use crate::golden::{compare, golden};

const SOURCE: &str = r#"use docker

let nodes    = 10.240.0.0/20
let agents   = 10.240.16.0/24
let payments = api.stripe.com, *.stripe.network

policy corp-base {
    location "westeurope"
    sku      premium
    threat-intel deny
    dns { proxy on  servers 10.0.0.10 }

    @owner("network-security")
    group guardrails priority 200 {
        imds:   deny any      from nodes, agents to 169.254.169.254
        shells: deny ssh, rdp from nodes, agents to internet
    }
}

policy aks-weu inherits corp-base {
    location "westeurope"
    sku      premium
    dns { proxy on  servers 10.0.0.10 }

    @owner("platform")
    group platform {
        clock: allow ntp   from nodes  to ntp.ubuntu.com
        tools: allow https from agents to docker::hosts
    }

    @owner("payments")  @ticket("CHG-4711")
    group workloads {
        stripe:  allow https    from nodes to payments
        partner: allow tcp/8443 from nodes to 198.51.100.0/24
    }

    group ingress {
        shop: dnat tcp/443 from 192.0.2.0/24 to hub::web -> 10.240.4.10:8443
    }
}

firewall hub {
    policy     aks-weu
    sku        premium
    private-ip 10.0.1.4
    public-ip  web 203.0.113.10
}

routes aks-nodes {
    subnet "snet-aks" 10.240.0.0/20
    via    hub
}
"#;

/// Twelve changes as teams make them: what each is called, and the texts that are replaced.
const CHANGES: [(&str, &[(&str, &str)]); 12] = [
    ("add-a-host", &[("= api.stripe.com,", "= api.stripe.com, files.stripe.com,")]),
    ("widen-a-source", &[("stripe:  allow https    from nodes to", "stripe:  allow https    from nodes, agents to")]),
    ("drop-a-rule", &[("        partner: allow tcp/8443 from nodes to 198.51.100.0/24\n", "")]),
    ("move-a-group", &[(IN_ORDER, SWAPPED)]),
    (
        "new-base-deny",
        &[("        shells:", "        corp:   deny https from nodes, agents to *.stripe.network\n        shells:")],
    ),
    ("rename-a-group", &[("group workloads", "group business")]),
    ("rename-a-rule", &[("stripe:", "card-settlement:")]),
    ("widen-a-shared-name", &[("nodes    = 10.240.0.0/20", "nodes    = 10.240.0.0/19")]),
    ("another-dnat-target", &[("-> 10.240.4.10:8443", "-> 10.240.4.11:8443")]),
    ("open-a-port-range", &[("tcp/8443 from", "tcp/8000-9000 from")]),
    (
        "settings-and-routes",
        &[
            ("threat-intel deny", "threat-intel alert"),
            ("    via    hub\n", "    via    hub\n    route  10.50.0.0/16 via gateway\n"),
        ],
    ),
    (
        "reformat",
        &[("        clock: allow ntp   from nodes  to", "        # A remark.\n        clock: allow ntp from nodes to")],
    ),
];

const IN_ORDER: &str = r#"    @owner("platform")
    group platform {
        clock: allow ntp   from nodes  to ntp.ubuntu.com
        tools: allow https from agents to docker::hosts
    }

    @owner("payments")  @ticket("CHG-4711")
    group workloads {
        stripe:  allow https    from nodes to payments
        partner: allow tcp/8443 from nodes to 198.51.100.0/24
    }
"#;
const SWAPPED: &str = r#"    @owner("payments")  @ticket("CHG-4711")
    group workloads {
        stripe:  allow https    from nodes to payments
        partner: allow tcp/8443 from nodes to 198.51.100.0/24
    }

    @owner("platform")
    group platform {
        clock: allow ntp   from nodes  to ntp.ubuntu.com
        tools: allow https from agents to docker::hosts
    }
"#;

#[test]
fn twelve_typical_changes_in_both_faces() {
    let mut written = BTreeMap::new();
    let sandbox = Sandbox::new();
    sandbox.write("old.pol", SOURCE);
    for (name, edits) in CHANGES {
        let mut text = SOURCE.to_owned();
        for (from, to) in edits {
            assert!(text.contains(from), "{from}");
            text = text.replace(from, to);
        }
        sandbox.write("new.pol", &text);
        for (format, extension) in [("text", "txt"), ("markdown", "md")] {
            let run = sandbox.run(&["diff", "old.pol", "new.pol", "--format", format, "--as-of", "2026-10-01"]);
            assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{name}");
            assert!(format != "text" || run.stdout.lines().all(|line| line.chars().count() <= 80), "{}", run.stdout);
            written.insert(format!("{name}.{extension}"), run.stdout);
        }
    }
    compare(&golden("diff"), &written);
}

#[test]
fn fail_on_judges_what_changes() {
    let sandbox = Sandbox::new();
    sandbox.write("old.pol", SOURCE);
    sandbox.write("wide.pol", &SOURCE.replace("tcp/8443", "tcp/8000-9000"));
    sandbox.write("same.pol", &SOURCE.replace("stripe:", "card:"));
    let status = |old: &str, new: &str, fail_on: &str| sandbox.run(&["diff", old, new, "--fail-on", fail_on]).status;
    assert_eq!(status("old.pol", "wide.pol", "widened"), 1);
    assert_eq!(status("wide.pol", "old.pol", "widened"), 0);
    assert_eq!(status("wide.pol", "old.pol", "changed"), 1);
    assert_eq!(status("old.pol", "same.pol", "changed"), 0);
    assert_eq!(status("old.pol", "wide.pol", "never"), 0);
}

#[test]
fn a_comment_that_would_be_too_long_is_cut_and_says_so() {
    let rules = |port: usize| -> String {
        (0..600)
            .map(|n| {
                format!(
                    "        rule-{n}: allow tcp/{port} from 10.{}.{}.0/24 to 198.51.100.{}\n",
                    n / 200,
                    n % 200,
                    n % 250
                )
            })
            .collect()
    };
    let sandbox = Sandbox::new();
    let source = |port: usize| SOURCE.replace("        stripe:", &format!("{}        stripe:", rules(port)));
    sandbox.write("old.pol", &source(8000));
    sandbox.write("new.pol", &source(9000));
    for (host, room) in [("github", 65_536), ("azure-devops", 150_000)] {
        let run = sandbox.run(&["diff", "old.pol", "new.pol", "--format", "markdown", "--host", host]);
        let size = run.stdout.chars().count();
        assert!(size <= room && size > room / 2, "{size}");
        assert!(run.stdout.contains("**Cut:**"), "{}", run.stdout);
    }
}

#[test]
fn a_hostile_name_is_text() {
    let sandbox = Sandbox::new();
    let hostile = "<script>alert(1)</script> @everyone ](http://x.test) `";
    sandbox.write("old.pol", SOURCE);
    sandbox.write(
        "new.pol",
        &SOURCE.replace(
            "        stripe:",
            &format!("        \"{hostile}\": allow tcp/1 from nodes to 198.51.100.7\n        stripe:"),
        ),
    );
    let run = sandbox.run(&["diff", "old.pol", "new.pol", "--format", "markdown"]);
    let outside: String = run.stdout.split('\n').filter(|line| line.contains("<summary>")).collect();
    assert!(!outside.contains("<script>") && !outside.contains('@'), "{outside}");
}
