//! Trees to meaning: the settings of a policy.

use std::net::Ipv4Addr;
use std::str::FromStr;

use indexmap::IndexMap;

use crate::diag::{Applicability, Code, Diagnostic, Severity, nearest, or_list};
use crate::net::{AddressSpan, PortSpan, same_word};
use crate::source::{Span, quote};
use crate::syntax::{Node, SyntaxKind, ast};

use super::build::Builder;
use super::eval::Env;
use super::eval_meant::switch;
use super::expects::ForServices;
use super::model::{Address, Ends, Entry, Host, Order, Policy};
use crate::model::{
    BypassProtocol, Dns, ExplicitProxy, Idps, IdpsBypass, IdpsMode, IdpsProfile, Insights, Region, Sku, Snat,
    ThreatIntel, ThreatIntelAllow, Tls, region,
};

/// Settings that may stand several times in one policy.
const REPEATABLE: [&str; 3] = ["azure", "tags", "threat-intel-allow"];

impl<'s> Builder<'s> {
    /// Takes over what one setting says.
    pub(super) fn setting(&mut self, policy: &mut Policy, item: Node<'s>, env: &Env) {
        let keyword = ast::keyword(item);
        let at = ast::word(item).map_or(item.span(), |token| token.span());
        let first = policy.setting_spans.insert(keyword.to_owned(), at);
        if let Some(first) = first.filter(|_| !REPEATABLE.contains(&keyword)) {
            let found = Diagnostic::new(Code::FW0210, at, format!("`{keyword}` is set twice"));
            self.evaluator.push(env, found.related(first, "first set here"));
        }
        if ast::is_broken(item) {
            return;
        }
        let terms: Vec<Node<'s>> = item.children_of(SyntaxKind::Term).collect();
        let settings = &mut policy.settings;
        match (keyword, terms.as_slice()) {
            ("location", [value]) => settings.location = self.region(*value, env),
            ("sku", [value]) => {
                if let Some(sku) = self.word_of(Sku::WORDS, *value, env) {
                    settings.sku = sku;
                }
            }
            ("threat-intel", [value]) => settings.threat_intel = self.word_of(ThreatIntel::WORDS, *value, env),
            ("threat-intel-allow", _) => {
                if let Some(ends) = self.evaluator.ends(item, ForServices::Others, env) {
                    self.threat_intel_allow(settings.threat_intel_allow.get_or_insert_default(), ends, env);
                }
            }
            ("dns", _) => settings.dns = Some(self.dns(item, env)),
            ("idps", [mode]) => {
                if let Some(mode) = self.word_of(IdpsMode::WORDS, *mode, env) {
                    settings.idps = Some(self.idps(mode, item, env));
                }
            }
            ("tls", [name, secret]) => {
                if let (Some(name), Some(key_vault_secret_id)) = (self.value(*name, env), self.value(*secret, env)) {
                    settings.tls = Some(Tls { name, key_vault_secret_id });
                }
            }
            ("identity", _) => settings.identities = self.texts(item, env),
            ("explicit-proxy", _) => settings.explicit_proxy = Some(self.explicit_proxy(item, &terms, env)),
            ("sql-redirect", [value]) => settings.sql_redirect = self.flag(*value, env),
            ("snat", _) => settings.snat = Some(self.snat(item, env)),
            ("insights", _) => settings.insights = Some(self.insights(item, &terms, env)),
            ("tags", _) => self.tags(&mut settings.tags, item, env),
            ("base-id", [value]) => policy.base_id = self.value(*value, env),
            ("order", [value]) => {
                let azure = self.word_of::<AzureOrder>(&["azure"], *value, env);
                policy.order = azure.map_or(Order::Intent, |AzureOrder| Order::Azure);
            }
            ("azure", [path]) => self.azure(policy, *path, item, env),
            _ => {}
        }
    }

    /// The text of a term: a string, a bare word, or what a parameter says.
    pub(super) fn value(&mut self, term: Node<'s>, env: &Env) -> Option<String> {
        let primary = term.children().next()?;
        let token = ast::word_or_string(primary)?;
        if primary.kind() == SyntaxKind::Atom {
            let given = env.params.get(token.text()).and_then(|set| set.scalars.first());
            if let Some(scalar) = given {
                return Some(scalar.value.text().to_owned());
            }
            return self.evaluator.word_value(token, env);
        }
        self.evaluator.text(token, env)
    }

    /// A region, in Azure's spelling.
    pub(super) fn region(&mut self, term: Node<'s>, env: &Env) -> Option<String> {
        let name = normal_location(self.value(term, env)?);
        let message = || format!("`{name}` is no region of Azure that fwc knows");
        match region(&name) {
            Region::Known => {}
            Region::Near(near) => {
                let found = Diagnostic::new(Code::FW0414, term.span(), message());
                let help = format!("did you mean `{near}`?");
                let text = if term.text().starts_with('"') { quote(near) } else { near.to_owned() };
                self.evaluator.push(env, found.asked(&text, help));
            }
            Region::Unknown => {
                let found = Diagnostic::new(Code::FW0414, term.span(), message()).severity(Severity::Note);
                self.evaluator.push(env, found.help("a new region is taken as it is"));
            }
        }
        Some(name)
    }

    /// The word of a closed list that a term says.
    pub(super) fn word_of<T: FromStr>(&mut self, words: &[&str], term: Node<'s>, env: &Env) -> Option<T> {
        let word = self.value(term, env)?;
        let known = words.contains(&word.as_str()).then(|| word.parse().ok()).flatten();
        if known.is_none() {
            let message = format!("expected {}, found `{word}`", or_list(words.iter().copied()));
            let found = Diagnostic::new(Code::FW0202, term.span(), message);
            self.evaluator.push(env, meant_word(found, &word, words, term.span()));
        }
        known
    }

    pub(super) fn flag(&mut self, term: Node<'s>, env: &Env) -> Option<bool> {
        self.word_of::<Switch>(&["on", "off"], term, env).map(|Switch(on)| on)
    }

    fn number(&mut self, term: Node<'s>, most: u32, env: &Env) -> Option<u32> {
        let text = self.value(term, env)?;
        let number = text.parse().ok().filter(|&number| number <= most);
        if number.is_none() {
            let message = format!("expected a number up to {most}, found `{text}`");
            self.evaluator.report(env, Code::FW0110, term.span(), message);
        }
        number
    }

    fn port(&mut self, term: Node<'s>, env: &Env) -> Option<u16> {
        self.number(term, 64000, env).and_then(|port| port.try_into().ok())
    }

    /// The texts of a list of strings.
    fn texts(&mut self, item: Node<'s>, env: &Env) -> Vec<String> {
        let list = item.child(SyntaxKind::List);
        let terms: Vec<Node<'s>> = list.into_iter().flat_map(|list| list.children_of(SyntaxKind::Term)).collect();
        terms.into_iter().filter_map(|term| self.value(term, env)).collect()
    }

    /// The literal address entries of a list.
    fn spans(&mut self, item: Node<'s>, env: &Env) -> Vec<AddressSpan> {
        let entries = self.evaluator.addresses(item, env).unwrap_or_default();
        let mut spans = Vec::new();
        for Entry { value, at } in entries {
            match value {
                Address::Span(span) => spans.push(span),
                Address::Any => spans.push(crate::net::Interval::full().into()),
                Address::ServiceTag(_)
                | Address::IpGroup(_)
                | Address::OutsideIpGroup(_)
                | Address::Pods(_)
                | Address::Ipv6(_) => {
                    self.evaluator.report(env, Code::FW0202, at, "only addresses, prefixes and ranges stand here");
                }
            }
        }
        spans
    }

    fn threat_intel_allow(&mut self, allow: &mut ThreatIntelAllow, ends: Ends, env: &Env) {
        for Entry { value, at } in ends.addresses {
            match value {
                Address::Span(span) => allow.addresses.push(span),
                Address::Any => allow.addresses.push(crate::net::Interval::full().into()),
                _ => self.evaluator.report(env, Code::FW0202, at, "only addresses and host names stand here"),
            }
        }
        for Entry { value, at } in ends.hosts {
            match value {
                Host::Pattern(pattern) => allow.fqdns.push(pattern.to_string()),
                _ => self.evaluator.report(env, Code::FW0202, at, "only addresses and host names stand here"),
            }
        }
    }

    /// The settings of the item's block, each one once.
    pub(super) fn parts(
        &mut self,
        item: Node<'s>,
        repeatable: &[&str],
        env: &Env,
    ) -> Vec<(&'s str, Node<'s>, Vec<Node<'s>>)> {
        let mut seen: IndexMap<&str, Span> = IndexMap::new();
        let mut parts = Vec::new();
        for part in ast::items(item).filter(|&part| !ast::is_broken(part)) {
            let keyword = ast::keyword(part);
            let first = seen.insert(keyword, part.span());
            if let Some(first) = first.filter(|_| !repeatable.contains(&keyword)) {
                let found = Diagnostic::new(Code::FW0210, part.span(), format!("`{keyword}` is set twice"));
                self.evaluator.push(env, found.related(first, "first set here"));
            }
            parts.push((keyword, part, part.children_of(SyntaxKind::Term).collect()));
        }
        parts
    }

    fn dns(&mut self, item: Node<'s>, env: &Env) -> Dns {
        let mut dns = Dns::default();
        for (keyword, part, terms) in self.parts(item, &[], env) {
            match (keyword, terms.as_slice()) {
                ("proxy", [value]) => dns.proxy = self.flag(*value, env),
                ("servers", _) => dns.servers = self.servers(part, env),
                ("network-rules", [value]) => {
                    let word = self.word_of::<WithoutProxy>(&["without-proxy"], *value, env);
                    dns.network_rules_need_proxy = word.map(|_| false);
                }
                _ => {}
            }
        }
        dns
    }

    fn servers(&mut self, part: Node<'s>, env: &Env) -> Vec<Ipv4Addr> {
        let spans = self.spans(part, env);
        let servers: Option<Vec<Ipv4Addr>> = spans.iter().map(|span| span.single()).collect();
        if servers.is_none() {
            self.evaluator.report(env, Code::FW0202, part.span(), "a DNS server is one address");
        }
        servers.unwrap_or_default()
    }

    fn idps(&mut self, mode: IdpsMode, item: Node<'s>, env: &Env) -> Idps {
        let mut idps = Idps::new(mode);
        for (keyword, part, terms) in self.parts(item, &["signature", "bypass"], env) {
            match (keyword, terms.as_slice()) {
                ("profile", [value]) => idps.profile = self.word_of::<IdpsProfile>(IdpsProfile::WORDS, *value, env),
                ("signature", [id, mode]) => {
                    let mode = self.word_of::<IdpsMode>(IdpsMode::WORDS, *mode, env);
                    if let (Some(id), Some(mode)) = (self.value(*id, env), mode) {
                        idps.signatures.insert(id, mode);
                    }
                }
                ("bypass", [name]) => idps.bypass.extend(self.bypass(*name, part, env)),
                ("private", _) => idps.private_ranges = self.spans(part, env),
                _ => {}
            }
        }
        idps
    }

    fn bypass(&mut self, name: Node<'s>, item: Node<'s>, env: &Env) -> Option<IdpsBypass> {
        let name = self.value(name, env)?;
        let mut bypass = IdpsBypass {
            name,
            description: ast::description(item),
            protocol: BypassProtocol::Any,
            sources: Vec::new(),
            source_ip_groups: Vec::new(),
            destinations: Vec::new(),
            destination_ip_groups: Vec::new(),
            ports: Vec::new(),
        };
        for (keyword, part, terms) in self.parts(item, &[], env) {
            match (keyword, terms.as_slice()) {
                ("protocol", [value]) => {
                    let protocol = self.word_of::<BypassProtocol>(BypassProtocol::WORDS, *value, env);
                    bypass.protocol = protocol.unwrap_or(BypassProtocol::Any);
                }
                ("from", _) => (bypass.sources, bypass.source_ip_groups) = self.bypass_end(part, env),
                ("to", _) => (bypass.destinations, bypass.destination_ip_groups) = self.bypass_end(part, env),
                ("ports", _) => bypass.ports = self.port_list(part, env),
                _ => {}
            }
        }
        Some(bypass)
    }

    fn bypass_end(&mut self, part: Node<'s>, env: &Env) -> (Vec<AddressSpan>, Vec<String>) {
        let (mut spans, mut groups) = (Vec::new(), Vec::new());
        for Entry { value, at } in self.evaluator.addresses(part, env).unwrap_or_default() {
            match value {
                Address::Span(span) => spans.push(span),
                Address::Any => spans.push(crate::net::Interval::full().into()),
                Address::OutsideIpGroup(id) => groups.push(id),
                Address::IpGroup(name) => groups.push(name),
                Address::Pods(_) => {
                    self.evaluator.report(env, Code::FW0207, at, "pods do not stand in a bypass");
                }
                Address::Ipv6(_) => {
                    self.evaluator.report(env, Code::FW0207, at, "IPv6 addresses do not stand in a bypass");
                }
                Address::ServiceTag(_) => {
                    self.evaluator.report(env, Code::FW0406, at, "a service tag does not stand in a bypass");
                }
            }
        }
        (spans, groups)
    }

    fn port_list(&mut self, part: Node<'s>, env: &Env) -> Vec<PortSpan> {
        let set = self.evaluator.list(part, env);
        let mut ports = Vec::new();
        for scalar in &set.scalars {
            match scalar.value.text().parse() {
                Ok(port) => ports.push(port),
                Err(error) => self.evaluator.report(env, Code::FW0110, scalar.at, format!("{error}")),
            }
        }
        if let Some(&(kind, at)) = set.kinds().iter().find(|(kind, _)| *kind != super::set::Kind::Number) {
            self.evaluator.report(env, Code::FW0202, at, format!("expected ports, found {}", kind.phrase()));
        }
        ports
    }

    fn explicit_proxy(&mut self, item: Node<'s>, terms: &[Node<'s>], env: &Env) -> ExplicitProxy {
        let enabled = terms.first().and_then(|&value| self.flag(value, env));
        let mut proxy = ExplicitProxy { enabled, ..ExplicitProxy::default() };
        for (keyword, part, terms) in self.parts(item, &[], env) {
            match (keyword, terms.as_slice()) {
                ("http", [value]) => proxy.http_port = self.port(*value, env),
                ("https", [value]) => proxy.https_port = self.port(*value, env),
                ("pac", _) => self.pac(&mut proxy, part, env),
                _ => {}
            }
        }
        proxy
    }

    /// `pac [on|off] [port N] [file "…"]`.
    fn pac(&mut self, proxy: &mut ExplicitProxy, part: Node<'s>, env: &Env) {
        let mut words = part.tokens().filter(|token| token.kind() == SyntaxKind::Word).map(|token| token.text());
        let _pac = words.next();
        let options: Vec<&str> = words.collect();
        let terms: Vec<Node<'s>> = part.children_of(SyntaxKind::Term).collect();
        let first_option = terms.len().saturating_sub(options.len());
        if let (1, Some(&switch)) = (first_option, terms.first()) {
            proxy.pac_file_enabled = self.flag(switch, env);
        }
        for (option, &term) in options.into_iter().zip(terms.iter().skip(first_option)) {
            match option {
                "port" => proxy.pac_file_port = self.port(term, env),
                _ => proxy.pac_file = self.value(term, env),
            }
        }
    }

    fn snat(&mut self, item: Node<'s>, env: &Env) -> Snat {
        let mut snat = Snat::default();
        for (keyword, part, terms) in self.parts(item, &[], env) {
            match (keyword, terms.as_slice()) {
                ("private", _) => snat.private_ranges = self.snat_ranges(part, env),
                ("auto-learn", [value]) => snat.auto_learn = self.flag(*value, env),
                _ => {}
            }
        }
        snat
    }

    /// Prefixes; the bare word `private` is Azure's keyword `IANAPrivateRanges`.
    fn snat_ranges(&mut self, part: Node<'s>, env: &Env) -> Vec<String> {
        let list = part.child(SyntaxKind::List);
        let terms: Vec<Node<'s>> = list.into_iter().flat_map(|list| list.children_of(SyntaxKind::Term)).collect();
        let mut ranges = Vec::new();
        for term in terms {
            let quoted = term.child(SyntaxKind::Text).is_some();
            match term.text() {
                "private" => ranges.push("IANAPrivateRanges".to_owned()),
                _ if quoted => ranges.extend(self.value(term, env)),
                _ => {
                    let set = self.evaluator.term(term, env);
                    let set = self.evaluator.of_kind(set, super::set::Kind::Addresses, term.span(), env);
                    for entry in set.addresses {
                        match entry.value {
                            Address::Span(span) => ranges.push(prefix_text(span)),
                            Address::Any => ranges.push("0.0.0.0/0".to_owned()),
                            _ => self.evaluator.report(env, Code::FW0202, entry.at, "only prefixes stand here"),
                        }
                    }
                }
            }
        }
        ranges
    }

    fn insights(&mut self, item: Node<'s>, terms: &[Node<'s>], env: &Env) -> Insights {
        let enabled = match terms.first() {
            Some(&value) => self.flag(value, env),
            None => Some(true),
        };
        let mut insights = Insights { enabled, ..Insights::default() };
        for (keyword, _, terms) in self.parts(item, &["workspace"], env) {
            match (keyword, terms.as_slice()) {
                ("workspace", [id]) => insights.default_workspace = self.value(*id, env),
                ("workspace", [id, region]) => {
                    if let (Some(id), Some(region)) = (self.value(*id, env), self.value(*region, env)) {
                        insights.regional_workspaces.insert(region, id);
                    }
                }
                ("retention", [days]) => insights.retention_days = self.number(*days, 36500, env),
                _ => {}
            }
        }
        insights
    }

    fn tags(&mut self, tags: &mut IndexMap<String, String>, item: Node<'s>, env: &Env) {
        for part in ast::items(item).filter(|&part| !ast::is_broken(part)) {
            let tokens: Vec<_> = part.children().filter_map(ast::word_or_string).collect();
            let [key, value] = tokens.as_slice() else { continue };
            if let (Some(key), Some(value)) = (self.evaluator.text(*key, env), self.evaluator.text(*value, env)) {
                tags.insert(key, value);
            }
        }
    }

    /// A property that the language does not name.
    fn azure(&mut self, policy: &mut Policy, path: Node<'s>, item: Node<'s>, env: &Env) {
        let Some(path_text) = self.value(path, env) else { return };
        let Some((value, _)) = self.json(item, env) else { return };
        let message = format!("`{path_text}` is written as it is: fwc does not read it");
        self.evaluator.report(env, Code::FW0214, path.span(), message);
        policy.settings.other.insert(path_text, value);
    }
}

/// Advice for a word that is none of a closed list: another spelling of one, another word for one, or a misspelt one.
fn meant_word(found: Diagnostic, word: &str, words: &[&str], at: Span) -> Diagnostic {
    let same = words.iter().copied().find(|known| same_word(known, word));
    if let Some(meant) = same.or_else(|| switch(word).filter(|switch| words.contains(switch))) {
        return found.replaced(Applicability::Safe, at, meant, format!("write `{meant}`"));
    }
    match nearest(word, words.iter().copied()) {
        Some(near) => found.meant(near),
        None => found,
    }
}

/// Azure's spelling of a region: lower case without blanks.
fn normal_location(text: String) -> String {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// A prefix with its length, also where it is one address.
fn prefix_text(span: AddressSpan) -> String {
    match span {
        AddressSpan::Cidr(cidr) => cidr.to_string(),
        AddressSpan::Range(..) => span.to_string(),
    }
}

struct Switch(bool);

impl FromStr for Switch {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Ok(Self(text == "on"))
    }
}

macro_rules! only_word {
    ($name:ident) => {
        struct $name;

        impl FromStr for $name {
            type Err = ();

            fn from_str(_: &str) -> Result<Self, ()> {
                Ok(Self)
            }
        }
    };
}
only_word!(AzureOrder);
only_word!(WithoutProxy);
