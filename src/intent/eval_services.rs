//! Services: `https`, `tcp/{80,443}`, `{tcp,udp}/53`, `ssh`.

use crate::diag::{Code, Diagnostic, nearest};
use crate::net::{AddressSpan, AppProtocol, PortSet, PortSpan, ServiceSet, Transport};
use crate::source::SourceSpan;
use crate::syntax::ast::{self, ServiceSide};
use crate::syntax::{NodeKind, SyntaxNode, Token};

use super::eval::{EvalEnv, Evaluator};
use super::set::{IntentSet, Scalar};
use super::table::predefined_service;
use crate::model::LAST_APPLICATION_PORT;

#[derive(Clone, Copy)]
enum Protocol {
    Application(AppProtocol),
    Transport(Transport),
}

fn protocol(word: &str) -> Option<Protocol> {
    match word {
        "http" => Some(Protocol::Application(AppProtocol::Http)),
        "https" => Some(Protocol::Application(AppProtocol::Https)),
        "mssql" => Some(Protocol::Application(AppProtocol::Mssql)),
        "tcp" => Some(Protocol::Transport(Transport::Tcp)),
        "udp" => Some(Protocol::Transport(Transport::Udp)),
        _ => None,
    }
}

impl<'s> Evaluator<'s> {
    /// A name that is a service everywhere.
    pub(super) fn named_service(&mut self, name: &str, at: SourceSpan) -> Option<IntentSet> {
        let services = match (name, protocol(name)) {
            ("icmp", _) => ServiceSet::transport(Transport::Icmp, PortSet::any()),
            (_, Some(Protocol::Application(protocol))) => {
                ServiceSet::application(protocol, PortSpan::single(protocol.default_port())?.into())
            }
            (_, Some(Protocol::Transport(_))) => {
                let found = Diagnostic::new(Code::FW0101, at, format!("`{name}` needs a port"));
                self.diagnostics.push(found.help(format!("write `{name}/443`, or `{name}/1-65535` for every port")));
                return Some(IntentSet::broken());
            }
            (_, None) => parse_service(predefined_service(name)?)?,
        };
        Some(IntentSet::service(services, at))
    }

    /// `protocols / ports`.
    pub(super) fn service(&mut self, node: SyntaxNode<'s>, env: &EvalEnv) -> IntentSet {
        let mut sides = ast::parts::<ServiceSide<'_>>(node);
        let (Some(protocols), Some(ports)) = (sides.next(), sides.next()) else { return IntentSet::broken() };
        if let Some(prefix) = prefix_apart(protocols, ports) {
            let found = Diagnostic::new(Code::FW0110, node.span(), "a prefix is written without blanks");
            self.push(env, found.asked(&prefix, format!("write `{prefix}`")));
            return IntentSet::broken();
        }
        let Some(ports) = self.ports(ports, env) else { return IntentSet::broken() };
        let mut services = ServiceSet::default();
        for token in words(protocols) {
            match self.one_protocol(token, &ports, env) {
                Some(part) => services = services.union(&part),
                None => return IntentSet::broken(),
            }
        }
        IntentSet::service(services, node.span())
    }

    fn one_protocol(
        &mut self,
        token: Token<'s>,
        ports: &[(PortSpan, SourceSpan)],
        env: &EvalEnv,
    ) -> Option<ServiceSet> {
        let set: PortSet = ports.iter().map(|&(span, _)| span).collect();
        match protocol(token.text()) {
            Some(Protocol::Transport(transport)) => Some(ServiceSet::transport(transport, set)),
            Some(Protocol::Application(protocol)) => {
                ports.iter().try_for_each(|&(span, at)| self.check_application_port(protocol, span, at, env))?;
                Some(ServiceSet::application(protocol, set))
            }
            None => {
                let word = token.text();
                let found = Diagnostic::new(Code::FW0201, token.span(), format!("`{word}` is not a protocol"));
                let known = ["tcp", "udp", "http", "https", "mssql"];
                let found = match nearest(word, known) {
                    Some(near) => found.meant(near),
                    None if word.contains('.') => found.help("write the host name alone, or `url(\"host/path\")`"),
                    None if word == "icmp" => found.help("ICMP has no ports: write `icmp`"),
                    None => found.help(format!("expected {}", crate::diag::or_list(known))),
                };
                self.push(env, found);
                None
            }
        }
    }

    fn check_application_port(
        &mut self,
        protocol: AppProtocol,
        span: PortSpan,
        at: SourceSpan,
        env: &EvalEnv,
    ) -> Option<()> {
        if span.as_single().is_none() {
            let message = format!("`{protocol}` takes single ports, not a range");
            let found = Diagnostic::new(Code::FW0207, at, message);
            self.push(env, found.help(format!("list the ports, as in `{protocol}/{{8080,8443}}`")));
            return None;
        }
        if span.last() > LAST_APPLICATION_PORT {
            let message = format!("application rules take ports up to {LAST_APPLICATION_PORT}, found {span}");
            self.report(env, Code::FW0405, at, message);
            return None;
        }
        Some(())
    }

    /// The ports of an atom or of braces, each with its text.
    pub(super) fn ports(&mut self, side: ServiceSide<'s>, env: &EvalEnv) -> Option<Vec<(PortSpan, SourceSpan)>> {
        let mut ports = Vec::new();
        for token in words(side) {
            ports.extend(self.port_entries(token, env)?);
        }
        Some(ports)
    }

    fn port_entries(&mut self, token: Token<'s>, env: &EvalEnv) -> Option<Vec<(PortSpan, SourceSpan)>> {
        let at = token.span();
        if token.text().starts_with(|c: char| c.is_ascii_digit()) {
            return Some(vec![(self.port(token.text(), at, env)?, at)]);
        }
        if let Some(ports) = ports_of_others(token.text()) {
            let found = Diagnostic::new(Code::FW0202, at, format!("`{}` is not a port", token.text()));
            self.push(env, found.asked(&ports, format!("write `{ports}`")));
            return None;
        }
        let set = self.port_name(token, env);
        if set.broken {
            return None;
        }
        if set.scalars.len() != set.len() {
            self.report(env, Code::FW0202, at, format!("`{}` is not a port", token.text()));
            return None;
        }
        let mut ports = Vec::new();
        for scalar in set.scalars {
            match scalar.value {
                Scalar::Number(number) => ports.push((self.port(&number, at, env)?, at)),
                Scalar::Text(_) | Scalar::Flag(_) => {
                    self.report(env, Code::FW0202, at, format!("`{}` is not a port", token.text()));
                    return None;
                }
            }
        }
        Some(ports)
    }

    fn port(&mut self, text: &str, at: SourceSpan, env: &EvalEnv) -> Option<PortSpan> {
        match text.parse::<PortSpan>() {
            Ok(span) => Some(span),
            Err(error) => {
                let found = Diagnostic::new(Code::FW0110, at, error.to_string());
                let found = match error.mended() {
                    Some(mended) => found.asked(&mended, format!("write `{mended}`")),
                    None => found,
                };
                self.push(env, found);
                None
            }
        }
    }
}

/// A prefix whose length is set apart: `10.0.0.0 / 8`.
fn prefix_apart(address: ServiceSide<'_>, length: ServiceSide<'_>) -> Option<String> {
    let (addresses, lengths) = (words(address), words(length));
    let ([address], [length]) = (addresses.as_slice(), lengths.as_slice()) else { return None };
    let text = format!("{}/{}", address.text(), length.text());
    text.parse::<AddressSpan>().ok().map(|_| text)
}

/// The ports that other languages have a word for: all of them, or those of a protocol.
fn ports_of_others(word: &str) -> Option<String> {
    if matches!(word, "*" | "any" | "all") {
        return Some("1-65535".to_owned());
    }
    if let Some(Protocol::Application(protocol)) = protocol(word) {
        return Some(protocol.default_port().to_string());
    }
    let (_, ports) = predefined_service(word)?.split_once('/')?;
    Some(ports.to_owned())
}

fn words(side: ServiceSide<'_>) -> Vec<Token<'_>> {
    match side {
        ServiceSide::Braces(node) => node.children_of(NodeKind::Atom).filter_map(ast::word).collect(),
        ServiceSide::Atom(node) => ast::word(*node).into_iter().collect(),
    }
}

/// What a line of the table of predefined services means.
fn parse_service(text: &str) -> Option<ServiceSet> {
    let (protocols, ports) = text.split_once('/')?;
    let ports: Option<PortSet> = list(ports).map(|port| port.parse::<PortSpan>().ok()).collect();
    let ports = ports?;
    list(protocols).try_fold(ServiceSet::default(), |services, word| match protocol(word)? {
        Protocol::Application(protocol) => Some(services.union(&ServiceSet::application(protocol, ports.clone()))),
        Protocol::Transport(transport) => Some(services.union(&ServiceSet::transport(transport, ports.clone()))),
    })
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.trim_start_matches('{').trim_end_matches('}').split(',')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intent::table::predefined_services;

    #[test]
    fn every_predefined_service_means_something() {
        for (name, meaning) in predefined_services() {
            assert!(parse_service(meaning).is_some_and(|services| !services.is_empty()), "{name}");
        }
    }
}
