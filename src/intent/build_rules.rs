//! Trees to meaning: rules.

use std::net::Ipv4Addr;

use crate::diag::{Code, Diagnostic};
use crate::net::{HostPattern, PortSet, PortSpan, ServiceSet, Transport};
use crate::source::{Fingerprint, SourceSpan};
use crate::syntax::ast::{self, AnyRule, Primary, ServiceSide};
use crate::syntax::{Connective, NodeKind, SyntaxNode, Token, TokenKind};

use super::build::Builder;
use super::eval::EvalEnv;
use super::expects::ForServices;
use super::model::{Action, Address, AsIsDnat, Dnat, DnatTarget, Entry, Host, Meta, Rule, Rules};
use super::set::IntentSet;

/// Why a DNAT rule has no pods.
const NO_PODS: &str = "a DNAT rule takes no pods as sources";

impl<'s> Builder<'s> {
    /// Adds the rule that `item` states.
    pub(super) fn rule(&mut self, rules: &mut Rules, item: AnyRule<'s>, outer: &Meta, env: &EvalEnv) {
        if ast::is_broken(*item) {
            return;
        }
        match item {
            AnyRule::Dnat(item) => rules.dnats.extend(self.dnat(*item, outer, env)),
            AnyRule::Rule(item) => rules.filters.extend(self.filter(*item, outer, env)),
        }
    }

    fn label(&mut self, item: SyntaxNode<'s>, env: &EvalEnv) -> Option<Entry<String>> {
        let token = item.child(NodeKind::Label).and_then(ast::word_or_string)?;
        let value = self.evaluator.text(token, env)?;
        if value.is_empty() {
            self.evaluator.report(env, Code::FW0403, token.span(), "a label cannot be empty");
            return None;
        }
        Some(Entry { value, at: token.span() })
    }

    fn filter(&mut self, item: SyntaxNode<'s>, outer: &Meta, env: &EvalEnv) -> Option<Rule> {
        let label = self.label(item, env);
        let meta = self.meta(item, outer, env);
        let services_node = item.child(NodeKind::Services)?;
        let as_is = item.child(NodeKind::AsIs).map(SyntaxNode::span);
        self.evaluator.keeps_oddities = as_is.is_some();
        let services = self.evaluator.services(services_node, env);
        let from = item.child(NodeKind::From).and_then(|node| self.evaluator.addresses(node, env));
        let to = item
            .child(NodeKind::To)
            .and_then(|node| self.evaluator.ends(node, ForServices::of(services.as_ref()), env));
        self.evaluator.keeps_oddities = false;
        let headers = item.children_of(NodeKind::Header).filter_map(|node| self.header(node, env)).collect();
        let action = if ast::keyword(item) == "deny" { Action::Deny } else { Action::Allow };
        Some(Rule {
            label,
            action,
            services: services?,
            services_at: services_node.span(),
            from: from?,
            to: to?,
            flags: Connective::flags().filter_map(|flag| Some((flag, ast::flag(item, flag)?.span()))).collect(),
            headers,
            carried: self.carried(item, env),
            as_is,
            description: self.description(item, env),
            meta,
            written: self.written(item, env),
            origin: env.origin(ast::core(item)),
        })
    }

    /// What the text of a rule states, whatever its names mean, its blanks and comments are, and what is noted before it.
    fn written(&self, item: SyntaxNode<'s>, env: &EvalEnv) -> Fingerprint {
        let core = ast::core(item).start;
        let tokens = item.all_tokens().filter(|token| token.span().start >= core && !token.kind().is_trivia());
        let applies = env.via.iter().flat_map(|&via| self.evaluator.sources.files().text(via).split_whitespace());
        let words: Vec<&str> = tokens.map(Token::text).chain(applies).collect();
        Fingerprint::of(&words.join(" "))
    }

    fn header(&mut self, node: SyntaxNode<'s>, env: &EvalEnv) -> Option<Entry<(String, String)>> {
        let mut texts = node.children_of(NodeKind::Text).filter_map(ast::word_or_string);
        let (name, value) = (texts.next()?, texts.next()?);
        let value = (self.evaluator.text(name, env)?, self.evaluator.text(value, env)?);
        Some(Entry { value, at: node.span() })
    }

    fn dnat(&mut self, item: SyntaxNode<'s>, outer: &Meta, env: &EvalEnv) -> Option<Dnat> {
        let label = self.label(item, env);
        let meta = self.meta(item, outer, env);
        let services_node = item.child(NodeKind::Services)?;
        let services = self.evaluator.services(services_node, env);
        if item.child(NodeKind::AsIs).is_some() {
            return self.dnat_as_is(item, label, meta, services?, env);
        }
        let service = services.and_then(|services| self.dnat_service(&services, services_node.span(), env));
        let from = item.child(NodeKind::From).and_then(|node| self.evaluator.addresses(node, env));
        let from = from.filter(|from| self.evaluator.refuse_pods(from, NO_PODS, env).is_some());
        let to = item.child(NodeKind::To).and_then(|node| self.dnat_destinations(node, env));
        let target_node = item.child(NodeKind::Target)?;
        let target = self.dnat_target(target_node, env);
        let target_port = self.dnat_target_port(target_node, env)?;
        let (transport, ports) = service?;
        Some(Dnat {
            label,
            transport,
            ports: Entry { value: ports, at: services_node.span() },
            from: from?,
            to: to?,
            target: target?,
            target_port,
            carried: self.carried(item, env),
            as_is: None,
            description: self.description(item, env),
            meta,
            written: self.written(item, env),
            origin: env.origin(ast::core(item)),
        })
    }

    /// A DNAT rule that becomes one Azure rule, whatever it lists.
    fn dnat_as_is(
        &mut self,
        item: SyntaxNode<'s>,
        label: Option<Entry<String>>,
        meta: Meta,
        services: ServiceSet,
        env: &EvalEnv,
    ) -> Option<Dnat> {
        let services_at = item.child(NodeKind::Services)?.span();
        self.evaluator.keeps_oddities = true;
        let from = item.child(NodeKind::From).and_then(|node| self.evaluator.addresses(node, env));
        let to = item.child(NodeKind::To).and_then(|node| self.evaluator.addresses(node, env));
        self.evaluator.keeps_oddities = false;
        let from = from.filter(|from| self.evaluator.refuse_pods(from, NO_PODS, env).is_some());
        let target_node = item.child(NodeKind::Target)?;
        let target = self.dnat_target(target_node, env);
        let target_port = self.dnat_target_port(target_node, env)?;
        let said = self.as_is_services(&services, services_at, env);
        let (from, to, target, (transports, ports)) = (from?, to?, target?, said?);
        let single = |entry: &Entry<Address>| Some(Entry { value: entry.value.single()?, at: entry.at });
        Some(Dnat {
            label,
            transport: transports.first().copied()?,
            ports: Entry { value: ports.first().copied()?, at: services_at },
            from,
            to: to.iter().filter_map(single).collect(),
            target,
            target_port,
            carried: self.carried(item, env),
            as_is: Some(AsIsDnat { transports, ports, to }),
            description: self.description(item, env),
            meta,
            written: self.written(item, env),
            origin: env.origin(ast::core(item)),
        })
    }

    /// TCP, UDP or both, with the same ports.
    fn as_is_services(
        &mut self,
        services: &ServiceSet,
        at: SourceSpan,
        env: &EvalEnv,
    ) -> Option<(Vec<Transport>, Vec<PortSpan>)> {
        let (transports, ports) = match (services.tcp.is_empty(), services.udp.is_empty()) {
            (false, true) => (vec![Transport::Tcp], &services.tcp),
            (true, false) => (vec![Transport::Udp], &services.udp),
            _ => (vec![Transport::Tcp, Transport::Udp], &services.tcp),
        };
        let both = |transport| if transports.contains(&transport) { ports.clone() } else { PortSet::empty() };
        let same = ServiceSet { tcp: both(Transport::Tcp), udp: both(Transport::Udp), ..ServiceSet::default() };
        if same != *services || ports.is_empty() {
            let message = "a DNAT rule that is `as-is` has TCP, UDP or both, with the same ports";
            self.evaluator.report(env, Code::FW0207, at, message);
            return None;
        }
        Some((transports, ports.spans().collect()))
    }

    /// One transport with one port or one range: what a DNAT rule can translate.
    fn dnat_service(&mut self, services: &ServiceSet, at: SourceSpan, env: &EvalEnv) -> Option<(Transport, PortSpan)> {
        let one = |transport, ports: &crate::net::PortSet| {
            let spans: Vec<PortSpan> = ports.spans().collect();
            match spans.as_slice() {
                [span] => Some((transport, *span)),
                _ => None,
            }
        };
        let found = match (services.tcp.is_empty(), services.udp.is_empty()) {
            (false, true) => one(Transport::Tcp, &services.tcp),
            (true, false) => one(Transport::Udp, &services.udp),
            _ => None,
        };
        let nothing_else =
            ServiceSet { tcp: services.tcp.clone(), udp: services.udp.clone(), ..ServiceSet::default() } == *services;
        match found.filter(|_| nothing_else) {
            Some(found) => Some(found),
            None => {
                let found =
                    Diagnostic::new(Code::FW0207, at, "a DNAT rule translates one TCP or UDP port, or one range");
                self.evaluator.push(env, found.help("write `tcp/443`, and one rule for each port"));
                None
            }
        }
    }

    fn dnat_destinations(&mut self, node: SyntaxNode<'s>, env: &EvalEnv) -> Option<Vec<Entry<Ipv4Addr>>> {
        let entries = self.evaluator.addresses(node, env)?;
        let single = |entry: &Entry<Address>| Some(Entry { value: entry.value.single()?, at: entry.at });
        let addresses: Option<Vec<Entry<Ipv4Addr>>> = entries.iter().map(single).collect();
        if addresses.is_none() {
            let found = Diagnostic::new(Code::FW0207, node.span(), "DNAT translates single addresses of a firewall");
            self.evaluator.push(env, found.help("name one, as in `hub::web` or `hub::private`"));
        }
        addresses
    }

    fn dnat_target(&mut self, node: SyntaxNode<'s>, env: &EvalEnv) -> Option<Entry<DnatTarget>> {
        let primary = ast::part::<Primary<'_>>(node)?;
        let set = self.evaluator.primary(primary, env);
        let at = primary.span();
        if set.broken {
            return None;
        }
        match one_target(&set) {
            Some(value) => Some(Entry { value, at }),
            None => {
                let found = Diagnostic::new(Code::FW0207, at, "DNAT sends a flow to one address or one host name");
                self.evaluator.push(env, found.help("write it like `10.240.4.10:8443`"));
                None
            }
        }
    }

    /// The port after the target; `None` where it is wrong.
    fn dnat_target_port(&mut self, node: SyntaxNode<'s>, env: &EvalEnv) -> Option<Option<Entry<u16>>> {
        if node.token(TokenKind::Colon).is_none() {
            return Some(None);
        }
        let atom = ast::parts::<ServiceSide<'_>>(node).last()?;
        let ports = self.evaluator.ports(atom, env)?;
        match ports.as_slice() {
            [(span, at)] if span.as_single().is_some() => Some(span.as_single().map(|value| Entry { value, at: *at })),
            _ => {
                let message = "the target of a DNAT rule has a single port";
                self.evaluator.report(env, Code::FW0207, atom.span(), message);
                None
            }
        }
    }
}

fn one_target(set: &IntentSet) -> Option<DnatTarget> {
    match (set.addresses.as_slice(), set.hosts.as_slice(), set.len()) {
        ([Entry { value: Address::Span(span), .. }], [], 1) => span.single().map(DnatTarget::Address),
        ([], [Entry { value: Host::Pattern(HostPattern::Exact(name)), .. }], 1) => Some(DnatTarget::Host(name.clone())),
        _ => None,
    }
}
