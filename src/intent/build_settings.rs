//! Trees to meaning: the settings of a policy.

use std::net::Ipv4Addr;
use std::str::FromStr;

use indexmap::IndexMap;

use crate::diag::{Applicability, Code, Diagnostic, Severity, nearest, or_list};
use crate::net::{AddressSpan, PortSpan, same_word};
use crate::source::{SourceSpan, quote};
use crate::syntax::ast::{self, Primary};
use crate::syntax::{Connective, NodeKind, SyntaxNode};

use super::build::Builder;
use super::eval::EvalEnv;
use super::eval_meant::switch;
use super::expects::ForServices;
use super::model::{Address, Ends, Entry, Host, Order, Policy};
use crate::model::{
    BypassPart, BypassProtocol, ExplicitProxy, Idps, IdpsBypass, IdpsMode, IdpsProfile, Insights, Lens, Region,
    Setting, SettingKind, SettingPlace, Settings, Sku, ThreatIntel, ThreatIntelAllow, Times, Tls, region,
};

impl<'s> Builder<'s> {
    /// Takes over what one setting of a policy states.
    pub(super) fn setting(&mut self, policy: &mut Policy, item: SyntaxNode<'s>, env: &EvalEnv) {
        let keyword = ast::keyword(item);
        let Some(setting) = Setting::of(SettingPlace::Policy, keyword) else { return };
        let at = ast::word(item).map_or(item.span(), |token| token.span());
        let first = policy.setting_spans.insert(keyword.to_owned(), at);
        if let Some(first) = first.filter(|_| setting.row().times == Times::Once) {
            let found = Diagnostic::new(Code::FW0210, at, format!("`{keyword}` is set twice"));
            self.evaluator.push(env, found.related(first, "first set here"));
        }
        if !ast::is_broken(item) {
            self.value_of(setting, policy, item, env);
        }
    }

    /// Takes over the settings in the braces of an item.
    fn block(&mut self, place: SettingPlace, policy: &mut Policy, item: SyntaxNode<'s>, env: &EvalEnv) {
        for (setting, part) in self.settings_in(place, item, env) {
            self.value_of(setting, policy, part, env);
        }
    }

    /// The settings in the braces of an item, of which those that are valid once are there once.
    fn settings_in(
        &mut self,
        place: SettingPlace,
        item: SyntaxNode<'s>,
        env: &EvalEnv,
    ) -> Vec<(Setting, SyntaxNode<'s>)> {
        let many = Setting::inside(place).filter(|setting| setting.row().times == Times::Many);
        let many: Vec<&str> = many.map(Setting::keyword).collect();
        let parts = self.parts(item, &many, env).into_iter();
        parts.filter_map(|(keyword, part, _)| Some((Setting::of(place, keyword)?, part))).collect()
    }

    /// Takes over the value of a setting; of one with braces, all that is in them.
    fn value_of(&mut self, setting: Setting, policy: &mut Policy, item: SyntaxNode<'s>, env: &EvalEnv) {
        let terms: Vec<SyntaxNode<'s>> = item.children_of(NodeKind::Term).collect();
        let (first, second) = (terms.first().copied(), terms.get(1).copied());
        let settings = &mut policy.settings;
        match setting.row().kind {
            SettingKind::Switch(_, of) => state(of, settings, first.and_then(|value| self.flag(value, env))),
            SettingKind::Port(of) => state(of, settings, first.and_then(|value| self.port(value, env))),
            SettingKind::Number { most, of, .. } => {
                state(of, settings, first.and_then(|value| self.number(value, most, env)));
            }
            SettingKind::Block(place, open) => {
                open(settings);
                self.block(place, policy, item, env);
            }
            SettingKind::Region => settings.location = first.and_then(|value| self.region(value, env)),
            SettingKind::Tier => {
                let sku = first.and_then(|value| self.word_of(Sku::WORDS, value, env));
                settings.sku = sku.unwrap_or(settings.sku);
            }
            SettingKind::ThreatIntel => {
                settings.threat_intel = first.and_then(|value| self.word_of(ThreatIntel::WORDS, value, env));
            }
            SettingKind::ThreatIntelAllow => {
                if let Some(ends) = self.evaluator.ends(item, ForServices::Others, env) {
                    self.threat_intel_allow(settings.threat_intel_allow.get_or_insert_default(), ends, env);
                }
            }
            SettingKind::Servers => settings.dns.get_or_insert_default().servers = self.servers(item, env),
            SettingKind::NetworkRules => {
                let word = first.and_then(|value| self.word_of::<WithoutProxy>(&["without-proxy"], value, env));
                settings.dns.get_or_insert_default().network_rules_need_proxy = word.map(|_| false);
            }
            SettingKind::Idps => self.idps(first, policy, item, env),
            SettingKind::Profile => {
                let profile = first.and_then(|value| self.word_of(IdpsProfile::WORDS, value, env));
                settings.idps.iter_mut().for_each(|idps| idps.profile = profile);
            }
            SettingKind::Signature => self.signature(settings, (first, second), env),
            SettingKind::Bypass => {
                let bypass = first.and_then(|name| self.bypass(name, item, env));
                settings.idps.iter_mut().for_each(|idps| idps.bypass.extend(bypass.clone()));
            }
            // An entry reads its own parts.
            SettingKind::PartOfBypass(_) => {}
            SettingKind::IdpsRanges => {
                let ranges = self.spans(item, env);
                settings.idps.iter_mut().for_each(|idps| idps.private_ranges.clone_from(&ranges));
            }
            SettingKind::Certificate => self.certificate(settings, (first, second), env),
            SettingKind::Identities => settings.identities = self.texts(item, env),
            SettingKind::ExplicitProxy => {
                let enabled = first.and_then(|value| self.flag(value, env));
                settings.explicit_proxy = Some(ExplicitProxy { enabled, ..ExplicitProxy::default() });
                self.block(SettingPlace::ExplicitProxy, policy, item, env);
            }
            SettingKind::PacFile => self.pac(settings.explicit_proxy.get_or_insert_default(), item, env),
            SettingKind::SnatRanges => {
                settings.snat.get_or_insert_default().private_ranges = self.snat_ranges(item, env);
            }
            SettingKind::Insights => {
                let enabled = first.map_or(Some(true), |value| self.flag(value, env));
                settings.insights = Some(Insights { enabled, ..Insights::default() });
                self.block(SettingPlace::Insights, policy, item, env);
            }
            SettingKind::Workspace => {
                self.workspace(settings.insights.get_or_insert_default(), (first, second), env);
            }
            SettingKind::Tags => self.tags(&mut settings.tags, item, env),
            SettingKind::BaseId => policy.base_id = first.and_then(|value| self.value(value, env)),
            SettingKind::Order => {
                let azure = first.and_then(|value| self.word_of::<AzureOrder>(&["azure"], value, env));
                policy.order = azure.map_or(Order::Intent, |AzureOrder| Order::Azure);
            }
            SettingKind::Carried => first.into_iter().for_each(|path| self.azure(policy, path, item, env)),
        }
    }

    /// The text of a term: a string, a bare word, or what a parameter states.
    pub(super) fn value(&mut self, term: SyntaxNode<'s>, env: &EvalEnv) -> Option<String> {
        match ast::part::<Primary<'_>>(term)? {
            Primary::Atom(atom) => {
                let token = ast::word(*atom)?;
                let given = env.params.get(token.text()).and_then(|set| set.scalars.first());
                match given {
                    Some(scalar) => Some(scalar.value.text().to_owned()),
                    None => self.evaluator.word_value(token, env),
                }
            }
            Primary::Text(text) => self.evaluator.text(ast::word_or_string(*text)?, env),
            Primary::Path(_) | Primary::Call(_) | Primary::Service(_) => {
                let message = format!("expected a word or a text, found `{}`", term.text());
                self.evaluator.report(env, Code::FW0202, term.span(), message);
                None
            }
        }
    }

    /// A region, in Azure's spelling.
    pub(super) fn region(&mut self, term: SyntaxNode<'s>, env: &EvalEnv) -> Option<String> {
        let name = normal_location(self.value(term, env)?);
        let message = || format!("`{name}` is not a region of Azure that fwc knows");
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

    /// The word of a closed list that a term states.
    pub(super) fn word_of<T: FromStr>(&mut self, words: &[&str], term: SyntaxNode<'s>, env: &EvalEnv) -> Option<T> {
        let word = self.value(term, env)?;
        let known = words.contains(&word.as_str()).then(|| word.parse().ok()).flatten();
        if known.is_none() {
            let message = format!("expected {}, found `{word}`", or_list(words.iter().copied()));
            let found = Diagnostic::new(Code::FW0202, term.span(), message);
            self.evaluator.push(env, meant_word(found, &word, words, term.span()));
        }
        known
    }

    pub(super) fn flag(&mut self, term: SyntaxNode<'s>, env: &EvalEnv) -> Option<bool> {
        self.word_of::<Switch>(&["on", "off"], term, env).map(|Switch(on)| on)
    }

    fn number(&mut self, term: SyntaxNode<'s>, most: u32, env: &EvalEnv) -> Option<u32> {
        let text = self.value(term, env)?;
        let number = text.parse().ok().filter(|&number| number <= most);
        if number.is_none() {
            let message = format!("expected a number up to {most}, found `{text}`");
            self.evaluator.report(env, Code::FW0110, term.span(), message);
        }
        number
    }

    fn port(&mut self, term: SyntaxNode<'s>, env: &EvalEnv) -> Option<u16> {
        self.number(term, 64000, env).and_then(|port| port.try_into().ok())
    }

    /// The texts of a list of strings.
    fn texts(&mut self, item: SyntaxNode<'s>, env: &EvalEnv) -> Vec<String> {
        let terms: Vec<SyntaxNode<'s>> = ast::terms(item).collect();
        terms.into_iter().filter_map(|term| self.value(term, env)).collect()
    }

    /// The literal address entries of a list.
    fn spans(&mut self, item: SyntaxNode<'s>, env: &EvalEnv) -> Vec<AddressSpan> {
        let entries = self.evaluator.addresses(item, env).unwrap_or_default();
        let mut spans = Vec::new();
        for Entry { value, at } in entries {
            match value.literal() {
                Some(span) => spans.push(span),
                None => {
                    self.evaluator.report(
                        env,
                        Code::FW0202,
                        at,
                        "only addresses, prefixes and ranges are allowed here",
                    );
                }
            }
        }
        spans
    }

    fn threat_intel_allow(&mut self, allow: &mut ThreatIntelAllow, ends: Ends, env: &EvalEnv) {
        for Entry { value, at } in ends.addresses {
            match value.literal() {
                Some(span) => allow.addresses.push(span),
                None => self.evaluator.report(env, Code::FW0202, at, "only addresses and host names are allowed here"),
            }
        }
        for Entry { value, at } in ends.hosts {
            match value {
                Host::Pattern(pattern) => allow.fqdns.push(pattern.to_string()),
                Host::FqdnTag(_) | Host::Category(_) | Host::Url(_) => {
                    self.evaluator.report(env, Code::FW0202, at, "only addresses and host names are allowed here")
                }
            }
        }
    }

    /// The settings of the item's block, each one once.
    pub(super) fn parts(
        &mut self,
        item: SyntaxNode<'s>,
        repeatable: &[&str],
        env: &EvalEnv,
    ) -> Vec<(&'s str, SyntaxNode<'s>, Vec<SyntaxNode<'s>>)> {
        let mut seen: IndexMap<&str, SourceSpan> = IndexMap::new();
        let mut parts = Vec::new();
        for part in ast::settings(item) {
            let keyword = ast::keyword(part);
            let first = seen.insert(keyword, part.span());
            if let Some(first) = first.filter(|_| !repeatable.contains(&keyword)) {
                let found = Diagnostic::new(Code::FW0210, part.span(), format!("`{keyword}` is set twice"));
                self.evaluator.push(env, found.related(first, "first set here"));
            }
            parts.push((keyword, part, part.children_of(NodeKind::Term).collect()));
        }
        parts
    }

    fn servers(&mut self, part: SyntaxNode<'s>, env: &EvalEnv) -> Vec<Ipv4Addr> {
        let spans = self.spans(part, env);
        let servers: Option<Vec<Ipv4Addr>> = spans.iter().map(|span| span.single()).collect();
        if servers.is_none() {
            self.evaluator.report(env, Code::FW0202, part.span(), "a DNS server is one address");
        }
        servers.unwrap_or_default()
    }

    fn idps(&mut self, mode: Option<SyntaxNode<'s>>, policy: &mut Policy, item: SyntaxNode<'s>, env: &EvalEnv) {
        if let Some(mode) = mode.and_then(|mode| self.word_of(IdpsMode::WORDS, mode, env)) {
            policy.settings.idps = Some(Idps::new(mode));
            self.block(SettingPlace::Idps, policy, item, env);
        }
    }

    fn signature(&mut self, settings: &mut Settings, (id, mode): Terms<'s>, env: &EvalEnv) {
        let mode = mode.and_then(|mode| self.word_of::<IdpsMode>(IdpsMode::WORDS, mode, env));
        let id = id.and_then(|id| self.value(id, env));
        if let (Some(idps), Some(id), Some(mode)) = (&mut settings.idps, id, mode) {
            idps.signatures.insert(id, mode);
        }
    }

    fn certificate(&mut self, settings: &mut Settings, (name, secret): Terms<'s>, env: &EvalEnv) {
        let mut text = |term: Option<SyntaxNode<'s>>| term.and_then(|term| self.value(term, env));
        if let (Some(name), Some(key_vault_secret_id)) = (text(name), text(secret)) {
            settings.tls = Some(Tls { name, key_vault_secret_id });
        }
    }

    fn bypass(&mut self, name: SyntaxNode<'s>, item: SyntaxNode<'s>, env: &EvalEnv) -> Option<IdpsBypass> {
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
        for (setting, part) in self.settings_in(SettingPlace::Bypass, item, env) {
            let SettingKind::PartOfBypass(what) = setting.row().kind else { continue };
            match what {
                BypassPart::Protocol => {
                    let term = part.child(NodeKind::Term);
                    let protocol = term.and_then(|value| self.word_of(BypassProtocol::WORDS, value, env));
                    bypass.protocol = protocol.unwrap_or(BypassProtocol::Any);
                }
                BypassPart::From => (bypass.sources, bypass.source_ip_groups) = self.bypass_end(part, env),
                BypassPart::To => (bypass.destinations, bypass.destination_ip_groups) = self.bypass_end(part, env),
                BypassPart::Ports => bypass.ports = self.port_list(part, env),
            }
        }
        Some(bypass)
    }

    fn bypass_end(&mut self, part: SyntaxNode<'s>, env: &EvalEnv) -> (Vec<AddressSpan>, Vec<String>) {
        let (mut spans, mut groups) = (Vec::new(), Vec::new());
        for Entry { value, at } in self.evaluator.addresses(part, env).unwrap_or_default() {
            match value {
                Address::Span(span) => spans.push(span),
                Address::Any => spans.push(crate::net::Interval::full().into()),
                Address::OutsideIpGroup(id) => groups.push(id),
                Address::IpGroup(name) => groups.push(name),
                Address::Pods(_) => {
                    self.evaluator.report(env, Code::FW0207, at, "pods are not allowed in a bypass");
                }
                Address::Ipv6(_) => {
                    self.evaluator.report(env, Code::FW0207, at, "IPv6 addresses are not allowed in a bypass");
                }
                Address::ServiceTag(_) => {
                    self.evaluator.report(env, Code::FW0406, at, "a service tag is not allowed in a bypass");
                }
            }
        }
        (spans, groups)
    }

    fn port_list(&mut self, part: SyntaxNode<'s>, env: &EvalEnv) -> Vec<PortSpan> {
        let set = self.evaluator.list(part, env);
        let mut ports = Vec::new();
        for scalar in &set.scalars {
            match scalar.value.text().parse() {
                Ok(port) => ports.push(port),
                Err(error) => self.evaluator.report(env, Code::FW0110, scalar.at, format!("{error}")),
            }
        }
        if let Some(&(kind, at)) = set.kinds().iter().find(|(kind, _)| *kind != super::set::SetKind::Number) {
            self.evaluator.report(env, Code::FW0202, at, format!("expected ports, found {}", kind.phrase()));
        }
        ports
    }

    /// `pac [on|off] [port N] [file "…"]`.
    fn pac(&mut self, proxy: &mut ExplicitProxy, part: SyntaxNode<'s>, env: &EvalEnv) {
        let options: Vec<Connective> = part.tokens().filter_map(|token| Connective::of(token.text())).collect();
        let terms: Vec<SyntaxNode<'s>> = part.children_of(NodeKind::Term).collect();
        let first_option = terms.len().saturating_sub(options.len());
        if let (1, Some(&switch)) = (first_option, terms.first()) {
            proxy.pac_file_enabled = self.flag(switch, env);
        }
        for (option, &term) in options.into_iter().zip(terms.iter().skip(first_option)) {
            if option == Connective::Port {
                proxy.pac_file_port = self.port(term, env);
            } else {
                proxy.pac_file = self.value(term, env);
            }
        }
    }

    /// Prefixes; the bare word `private` is Azure's keyword `IANAPrivateRanges`.
    fn snat_ranges(&mut self, part: SyntaxNode<'s>, env: &EvalEnv) -> Vec<String> {
        let mut ranges = Vec::new();
        for term in ast::terms(part) {
            if term.text() == "private" {
                ranges.push("IANAPrivateRanges".to_owned());
            } else if term.child(NodeKind::Text).is_some() {
                ranges.extend(self.value(term, env));
            } else {
                self.prefixes(&mut ranges, term, env);
            }
        }
        ranges
    }

    fn prefixes(&mut self, ranges: &mut Vec<String>, term: SyntaxNode<'s>, env: &EvalEnv) {
        let set = self.evaluator.term(term, env);
        let set = self.evaluator.of_kind(set, super::set::SetKind::Addresses, term.span(), env);
        for entry in set.addresses {
            match entry.value {
                Address::Span(span) => ranges.push(prefix_text(span)),
                Address::Any => ranges.push("0.0.0.0/0".to_owned()),
                Address::ServiceTag(_)
                | Address::IpGroup(_)
                | Address::OutsideIpGroup(_)
                | Address::Pods(_)
                | Address::Ipv6(_) => {
                    self.evaluator.report(env, Code::FW0202, entry.at, "only prefixes are allowed here")
                }
            }
        }
    }

    fn workspace(&mut self, insights: &mut Insights, (id, region): Terms<'s>, env: &EvalEnv) {
        let id = id.and_then(|id| self.value(id, env));
        match region {
            None => insights.default_workspace = id,
            Some(region) => {
                if let (Some(id), Some(region)) = (id, self.value(region, env)) {
                    insights.regional_workspaces.insert(region, id);
                }
            }
        }
    }

    fn tags(&mut self, tags: &mut IndexMap<String, String>, item: SyntaxNode<'s>, env: &EvalEnv) {
        for part in ast::settings(item) {
            let tokens: Vec<_> = part.children().filter_map(ast::word_or_string).collect();
            let [key, value] = tokens.as_slice() else { continue };
            if let (Some(key), Some(value)) = (self.evaluator.text(*key, env), self.evaluator.text(*value, env)) {
                tags.insert(key, value);
            }
        }
    }

    /// A property that the language does not name.
    fn azure(&mut self, policy: &mut Policy, path: SyntaxNode<'s>, item: SyntaxNode<'s>, env: &EvalEnv) {
        let Some(path_text) = self.value(path, env) else { return };
        let Some((value, _)) = self.json(item, env) else { return };
        let message = format!("`{path_text}` is written as it is: fwc does not read it");
        self.evaluator.report(env, Code::FW0214, path.span(), message);
        policy.settings.other.insert(path_text, value);
    }
}

/// The first two terms of a setting.
type Terms<'s> = (Option<SyntaxNode<'s>>, Option<SyntaxNode<'s>>);

/// States a value, where there is one.
fn state<T>(of: Lens<T>, settings: &mut Settings, value: Option<T>) {
    if let Some(value) = value {
        (of.set)(settings, value);
    }
}

/// Advice for a word that is not in a closed list: another spelling of one, another word for one, or a misspelt one.
fn meant_word(found: Diagnostic, word: &str, words: &[&str], at: SourceSpan) -> Diagnostic {
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
