//! FW0705: ports that machines are managed through, to or from a large part of the Internet.

use crate::diag::Code;
use crate::evaluate::SortedRule;
use crate::exposure::{MANAGEMENT_PORTS, ports as ports_of};
use crate::flow::{Match, MatchingNames};
use crate::model::RuleKind;
use crate::net::ServiceSet;

use super::suspect::{OfLine, Suspect, matches};
use super::wide::internet_part;
use crate::lint::judged::JudgedRule;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfLine> = Lint::new(&[Code::FW0705], suspect);

fn suspect(judged: &JudgedRule<'_>, line: usize) -> Option<Suspect> {
    let translated = match judged.line(line)?.rule {
        SortedRule::Nat(rule) => MANAGEMENT_PORTS.contains(&rule.handling.port).then_some(rule.handling.port),
        SortedRule::Network(..) | SortedRule::Application(..) => None,
    };
    matches(judged, line).iter().find_map(|product| part(judged, line, product, translated))
}

fn part(judged: &JudgedRule<'_>, line: usize, product: &Match, translated: Option<u16>) -> Option<Suspect> {
    let managed = ports_of(&MANAGEMENT_PORTS);
    let ports = if product.services.any { managed } else { product.services.tcp.intersection(&managed) };
    if product.names != MatchingNames::Any || (ports.is_empty() && translated.is_none()) {
        return None;
    }
    let inbound = judged.line(line)?.rule.kind() == RuleKind::Nat;
    let shown: Vec<String> = match translated {
        Some(port) => vec![port.to_string()],
        None => ports.spans().map(|span| span.to_string()).collect(),
    };
    let shown = shown.join(", ");
    let services = match translated {
        Some(_) => product.services.clone(),
        None => ServiceSet { tcp: ports, ..ServiceSet::default() },
    };
    // Nothing but DNAT lets the Internet in: sources of other rules do not matter here.
    let (part, way) = if inbound {
        (Match { services, sources: internet_part(&product.sources)?, ..product.clone() }, "from")
    } else {
        (Match { services, destinations: internet_part(&product.destinations)?, ..product.clone() }, "to")
    };
    let message = format!("{} opens management port {shown} {way} a large part of the Internet", judged.called(line));
    let help = "let only the machines through that manage, by address, or go through Azure Bastion";
    Some(Suspect { line, part: vec![part], finding: judged.finding(Code::FW0705, line, message).help(help) })
}
