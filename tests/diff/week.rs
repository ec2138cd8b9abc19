//! A week of changes, and the first lines that a reviewer sees of each: what may now happen that could not before, and what no
//! longer.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::cli::Sandbox;
use crate::golden;

const SOURCE: &str = r#"let nodes = 10.240.0.0/20
let agents = 10.240.16.0/24
let payments = api.stripe.com, *.stripe.network
policy base {
    location westeurope
    sku premium
    @owner("security")
    group guards priority 200 {
        shells: deny ssh, rdp from 10.0.0.0/8 to internet
    }
}
policy shop inherits base {
    location westeurope
    sku premium
    dns { proxy on }
    @owner("shop")
    group out {
        stripe: allow https from nodes to payments
        clock: allow ntp from nodes to ntp.ubuntu.com
        mirror: allow http from agents to archive.ubuntu.com
    }
    @owner("platform") @expires(2027-03-31)
    group temporary {
        move: allow tcp/5432 from nodes to 198.51.100.7
    }
}
firewall hub { policy shop sku premium private-ip 10.0.1.4 public-ip web 203.0.113.10 }
routes spoke {
    subnet "snet" 10.240.0.0/19
    via hub
}
"#;

/// What a change replaces, and what is there then.
type Edits = &'static [(&'static str, &'static str)];

const WEEK: &[(&str, Edits)] = &[
    (
        "add a partner",
        &[("        clock:", "        partner: allow https from nodes to partner.example.com\n        clock:")],
    ),
    (
        "rename and split a group",
        &[
            ("    group out {", "    group payments {"),
            ("        clock:", "    }\n    @owner(\"shop\")\n    group machines {\n        clock:"),
        ],
    ),
    (
        "move a rule to the base",
        &[
            ("        clock: allow ntp from nodes to ntp.ubuntu.com\n", ""),
            (
                "        shells: deny ssh, rdp from 10.0.0.0/8 to internet\n    }\n",
                "        shells: deny ssh, rdp from 10.0.0.0/8 to internet\n    }\n    @owner(\"security\")\n    \
                 group common {\n        clock: allow ntp from nodes to ntp.ubuntu.com\n    }\n",
            ),
            (
                "policy base {\n    location westeurope\n    sku premium\n",
                "policy base {\n    location westeurope\n    sku premium\n    dns { proxy on }\n",
            ),
        ],
    ),
    (
        "add a region",
        &[(
            "firewall hub {",
            "policy shop-neu inherits base {\n    location westeurope\n    sku premium\n    @owner(\"shop\")\n    group out {\n        \
             stripe: allow https from 10.250.0.0/20 to payments\n    }\n}\nfirewall hub {",
        )],
    ),
    (
        "add DNAT",
        &[(
            "    @owner(\"platform\")",
            "    @owner(\"shop\")\n    group ingress {\n        web: dnat tcp/443 from 198.51.100.0/24 to hub::web -> 10.240.4.10:443\n    }\n    @owner(\"platform\")",
        )],
    ),
    ("widen a set by mistake", &[("let nodes = 10.240.0.0/20", "let nodes = 10.0.0.0/8")]),
    ("remove a rule", &[("        mirror: allow http from agents to archive.ubuntu.com\n", "")]),
    ("change the firewall's address", &[("private-ip 10.0.1.4", "private-ip 10.0.1.5")]),
    ("let a rule expire", &[("@expires(2027-03-31)", "@expires(2026-03-31)")]),
    ("change an owner", &[("@owner(\"shop\")\n    group out", "@owner(\"payments\")\n    group out")]),
];

#[test]
fn the_first_lines_of_a_week_of_changes() {
    let sandbox = Sandbox::new();
    sandbox.write("old.pol", SOURCE);
    let mut text = String::new();
    for (change, edits) in WEEK {
        let new = edits.iter().fold(SOURCE.to_owned(), |text, (old, new)| {
            assert!(text.contains(old), "{change}: {old}");
            text.replace(old, new)
        });
        sandbox.write("new.pol", &new);
        let run = sandbox.run(&["diff", "old.pol", "new.pol", "--as-of", "2026-12-01"]);
        assert_eq!(run.status, 0, "{change}: {}", run.stderr);
        let first: Vec<&str> = run.stdout.lines().take(5).collect();
        assert!(first.iter().all(|line| line.chars().count() <= 80), "{change}: {first:?}");
        let _ = writeln!(text, "# {change}\n{}\n", first.join("\n").trim_end());
    }
    golden::compare(&golden::golden("week"), &BTreeMap::from([("week.txt".to_owned(), text)]));
}
