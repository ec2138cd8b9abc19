//! The text of a policy with as many rules as asked, written as people write them: labels, descriptions, lists, comments.

use std::fmt::Write;

/// How many rules a group holds.
const GROUP: usize = 200;

/// A source with one policy of `rules` rules, the same for the same number.
pub fn source(rules: usize) -> String {
    let mut text = String::from("# A policy for measurements.\n\n");
    for network in 0..50 {
        let _ = writeln!(text, "let network-{network} = 10.{network}.0.0/16  # region {}", network % 7);
    }
    text.push_str("\npolicy measured {\n    location \"westeurope\"\n    sku      premium\n    dns { proxy on }\n");
    for first in (0..rules).step_by(GROUP) {
        let _ = writeln!(text, "\n    @owner(\"team-{}\")\n    group group-{} {{", first / GROUP % 40, first / GROUP);
        (first..rules.min(first + GROUP)).for_each(|number| rule(&mut text, number));
        text.push_str("    }\n");
    }
    text.push_str("}\n");
    text
}

fn rule(text: &mut String, number: usize) {
    let (a, b, network) = (number / 250 % 250, number % 250, number % 50);
    if number.is_multiple_of(10) {
        let _ = writeln!(text, "\n        ## What workload {number} needs.\n        @ticket(\"NET-{number}\")");
    }
    let _ = match number % 5 {
        0 => writeln!(
            text,
            "        rule-{number}: allow https from network-{network} to api-{number}.example.com, *.cdn-{number}.example.net"
        ),
        1 => writeln!(
            text,
            "        rule-{number}: allow tcp/443 from 10.{network}.{b}.0/24 to 172.16.{a}.{b}, 172.17.{a}.{b}  # partner {a}"
        ),
        2 => writeln!(
            text,
            "        rule-{number}: allow {{tcp,udp}}/{{53,853}} from network-{network} to 192.168.{a}.{b}"
        ),
        3 => writeln!(
            text,
            "        rule-{number}: allow http, https from 10.{network}.{b}.10-10.{network}.{b}.20 to www-{number}.example.org"
        ),
        _ => writeln!(
            text,
            "        rule-{number}: allow tcp/{} from network-{network} to 172.18.{a}.0/24",
            1024 + number % 40_000
        ),
    };
}
