//! FW0705: ports that machines are managed through, to or from a large part of the Internet.

use crate::diag::Code;
use crate::evaluate::Rule;
use crate::flow::{Match, Names};
use crate::model::Kind;
use crate::net::{AddressSet, PortSet, PortSpan, ServiceSet};

use super::suspect::{Suspect, matches};
use super::wide::internet_part;
use crate::lint::judged::Judged;

/// SSH, Remote Desktop, and Windows Remote Management over HTTP and HTTPS (IANA port numbers).
const MANAGEMENT: [u16; 4] = [22, 3389, 5985, 5986];

pub(super) fn suspect(judged: &Judged<'_>, line: usize) -> Option<Suspect> {
    let translated = match judged.line(line)?.rule {
        Rule::Nat(rule) => MANAGEMENT.contains(&rule.handling.port).then_some(rule.handling.port),
        Rule::Network(..) | Rule::Application(..) => None,
    };
    matches(judged, line).iter().find_map(|product| part(judged, line, product, translated))
}

fn part(judged: &Judged<'_>, line: usize, product: &Match, translated: Option<u16>) -> Option<Suspect> {
    let managed: PortSet = MANAGEMENT.iter().filter_map(|&port| PortSpan::single(port)).collect();
    let ports = if product.services.any { managed } else { product.services.tcp.intersection(&managed) };
    if product.names != Names::Any || (ports.is_empty() && translated.is_none()) {
        return None;
    }
    let inbound = judged.line(line)?.rule.kind() == Kind::Nat;
    let shown: Vec<String> = match translated {
        Some(port) => vec![port.to_string()],
        None => ports.spans().map(|span| span.to_string()).collect(),
    };
    let shown = shown.join(", ");
    let services = match translated {
        Some(_) => product.services.clone(),
        None => ServiceSet { tcp: ports, ..ServiceSet::default() },
    };
    let (part, way) = if let Some(destinations) = internet_part(&product.destinations).filter(|_| !inbound) {
        (Match { services, destinations, ..product.clone() }, "to")
    } else {
        // Sources that are simply all say nothing of the Internet, but for DNAT, which is where the Internet comes in.
        let says_so = inbound || product.sources.addresses != AddressSet::any();
        let sources = internet_part(&product.sources).filter(|_| says_so)?;
        (Match { services, sources, ..product.clone() }, "from")
    };
    let message = format!("{} opens management port {shown} {way} a large part of the Internet", judged.called(line));
    let help = "let only the machines through that manage, by address, or go through Azure Bastion";
    Some(Suspect { line, part: vec![part], finding: judged.finding(Code::FW0705, line, message).help(help) })
}
