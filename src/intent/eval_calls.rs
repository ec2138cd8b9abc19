//! `tag(…)`, `category(…)` and the other sets that are named by a word in brackets, and addresses of firewalls.

use std::net::Ipv4Addr;

use crate::diag::{Code, Diagnostic, nearest, or_list};
use crate::source::{FileId, SourceSpan};
use crate::syntax::ast::{self, Call, Value};
use crate::syntax::{FirewallSetting, NodeKind, SyntaxNode, Token, TokenKind};

use super::eval::{EvalEnv, Evaluator};
use super::model::{Address, Host};
use super::scope::DefinedThing;
use super::set::IntentSet;
use crate::model::{self, Labels, Pods, WordList};
use crate::net::Ipv6Span;

/// What the private address of a firewall is called.
pub(super) const PRIVATE: &str = "private";

/// The names that take a word in brackets.
const CALLS: [&str; 8] = ["tag", "fqdn-tag", "category", "url", "host", "ip-group", "ipv6", "pods"];

impl<'s> Evaluator<'s> {
    pub(super) fn call(&mut self, node: Call<'s>, env: &EvalEnv) -> IntentSet {
        let Some(name) = node.child(NodeKind::Name).and_then(ast::word) else { return IntentSet::broken() };
        let argument = ast::part::<Value<'_>>(*node);
        let Some(token) = argument.and_then(|value| ast::word_or_string(*value)) else { return IntentSet::broken() };
        let Some(text) = self.call_text(token, env) else { return IntentSet::broken() };
        let at = token.span();
        // A quoted word is taken as it is: so a tag that fwc does not know yet can be used.
        let quoted = token.kind() == TokenKind::String;
        match name.text() {
            "tag" => self.service_tag(&text, at, quoted, env),
            "fqdn-tag" => match self.known(&model::FQDN_TAGS, "FQDN tag", &text, at, quoted, env) {
                Some(tag) => IntentSet::host(Host::FqdnTag(tag), at),
                None => IntentSet::broken(),
            },
            "category" => match self.known(&model::WEB_CATEGORIES, "web category", &text, at, quoted, env) {
                Some(category) => IntentSet::host(Host::Category(category), at),
                None => IntentSet::broken(),
            },
            "url" => self.url(&text, at, env),
            "host" => self.host(&text, at, env),
            "ip-group" => self.outside_ip_group(&text, at, env),
            "ipv6" => self.ipv6(&text, at, env),
            "pods" => self.pods(*node, &text, at, env),
            other => self.unknown_call(other, name.span(), env),
        }
    }

    /// The text in the brackets; a bare name that is a parameter means its text.
    fn call_text(&mut self, token: Token<'s>, env: &EvalEnv) -> Option<String> {
        let given = env.params.get(token.text()).and_then(|set| set.scalars.first());
        match given {
            Some(scalar) => Some(scalar.value.text().to_owned()),
            None => self.text(token, env),
        }
    }

    fn service_tag(&mut self, text: &str, at: SourceSpan, quoted: bool, env: &EvalEnv) -> IntentSet {
        match model::service_tag(text) {
            Some(tag) => IntentSet::address(Address::ServiceTag(tag), at),
            None if quoted && !text.is_empty() => IntentSet::address(Address::ServiceTag(text.to_owned()), at),
            None => {
                self.unknown_word("service tag", text, model::near_service_tag(text).as_deref(), at, env);
                IntentSet::broken()
            }
        }
    }

    fn known(
        &mut self,
        table: &WordList,
        what: &str,
        text: &str,
        at: SourceSpan,
        quoted: bool,
        env: &EvalEnv,
    ) -> Option<String> {
        if let Some(word) = table.canonical(text) {
            return Some(word.to_owned());
        }
        let taken = (quoted || text.starts_with("Office365.")) && !text.is_empty();
        if taken {
            return Some(text.to_owned());
        }
        self.unknown_word(what, text, nearest(text, table.words()), at, env);
        None
    }

    pub(super) fn unknown_word(&mut self, what: &str, text: &str, near: Option<&str>, at: SourceSpan, env: &EvalEnv) {
        let found = Diagnostic::new(Code::FW0201, at, format!("`{text}` is not a known {what}"));
        let found = match near {
            Some(near) if self.sources.files().text(at) == text => found.meant(near),
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None => found,
        };
        self.push(env, found.help("to use it all the same, write it as a string"));
    }

    fn unknown_call(&mut self, name: &str, at: SourceSpan, env: &EvalEnv) -> IntentSet {
        let found = Diagnostic::new(Code::FW0201, at, format!("`{name}(…)` is not known"));
        let found = match nearest(name, CALLS) {
            Some(near) => found.asked(near, format!("did you mean `{near}(…)`?")),
            None => found.help(format!("expected {}", or_list(CALLS))),
        };
        self.push(env, found);
        IntentSet::broken()
    }

    /// A URL as Azure Firewall takes it: no scheme, no port, no query; a star at the left of the host or at the right end.
    ///
    /// Source: MicrosoftDocs/azure-docs, firewall-faq and policy-rule-sets.
    fn url(&mut self, text: &str, at: SourceSpan, env: &EvalEnv) -> IntentSet {
        match model::url_fault(text).filter(|_| !self.keeps_oddities) {
            None => IntentSet::host(Host::Url(text.to_owned()), at),
            Some(fault) => {
                let found =
                    Diagnostic::new(Code::FW0110, at, format!("`{text}` is not a URL that a rule can name: {fault}"));
                self.push(env, found.help("write it like `www.contoso.com/api/*`"));
                IntentSet::broken()
            }
        }
    }

    fn outside_ip_group(&mut self, text: &str, at: SourceSpan, env: &EvalEnv) -> IntentSet {
        let binding = self.scopes.get(&env.file).and_then(|scope| scope.get(text));
        if binding.is_some_and(|binding| matches!(binding.what, DefinedThing::IpGroup(_))) {
            return IntentSet::address(Address::IpGroup(text.to_owned()), at);
        }
        let is_id = text.to_ascii_lowercase().contains("/providers/microsoft.network/ipgroups/");
        // A bare name is an IP group of the same resource group that the source does not hold.
        if is_id || !text.is_empty() && !text.contains('/') {
            return IntentSet::address(Address::OutsideIpGroup(text.to_owned()), at);
        }
        let found = Diagnostic::new(Code::FW0110, at, format!("`{text}` is not a resource id of an IP group"));
        self.push(env, found.help("it looks like `/subscriptions/…/providers/Microsoft.Network/ipGroups/NAME`"));
        IntentSet::broken()
    }

    /// `pods("app=web" in "team=shop" named "web")`, or the id of a selector group elsewhere.
    fn pods(&mut self, node: SyntaxNode<'s>, text: &str, at: SourceSpan, env: &EvalEnv) -> IntentSet {
        if text.starts_with('/') {
            if text.to_ascii_lowercase().contains("/kubeselectorgroups/") {
                return IntentSet::address(Address::Pods(Pods::Group(text.to_owned())), at);
            }
            let found = Diagnostic::new(Code::FW0110, at, format!("`{text}` is not a resource id of a selector group"));
            let example = "/subscriptions/…/firewallPolicies/POLICY/kubeSelectorGroups/NAME";
            self.push(env, found.help(format!("it looks like `{example}`")));
            return IntentSet::broken();
        }
        let labels = self.labels(text, at, env);
        let namespaces = match self.behind(node, "in", env) {
            Some((text, at)) => self.labels(&text, at, env),
            None => Some(Labels::default()),
        };
        let name = self.behind(node, "named", env).map(|(name, _)| name);
        match (labels, namespaces) {
            (Some(labels), Some(namespaces)) => {
                IntentSet::address(Address::Pods(Pods::Selected { name, labels, namespaces }), at)
            }
            _ => IntentSet::broken(),
        }
    }

    /// The text after `word` in the brackets, and where it is.
    fn behind(&mut self, node: SyntaxNode<'s>, word: &str, env: &EvalEnv) -> Option<(String, SourceSpan)> {
        let begin = node.tokens().find(|token| token.text() == word)?.span().end;
        let token = node.children().filter_map(ast::word_or_string).find(|token| token.span().start >= begin)?;
        Some((self.text(token, env)?, token.span()))
    }

    fn labels(&mut self, text: &str, at: SourceSpan, env: &EvalEnv) -> Option<Labels> {
        match text.parse() {
            Ok(labels) => Some(labels),
            Err(fault) => {
                let found = Diagnostic::new(Code::FW0110, at, fault);
                self.push(env, found.help("write it as `kubectl` takes it: `app=web, tier in (front, back), !legacy`"));
                None
            }
        }
    }

    /// `ipv6("2001:db8::/32")`.
    fn ipv6(&mut self, text: &str, at: SourceSpan, env: &EvalEnv) -> IntentSet {
        match text.parse::<Ipv6Span>() {
            Ok(span) => IntentSet::address(Address::Ipv6(span), at),
            Err(error) => {
                self.report(env, Code::FW0110, at, format!("`{text}`: {error}"));
                IntentSet::broken()
            }
        }
    }

    /// `hub::web`, `hub::private`.
    pub(super) fn firewall_address(
        &mut self,
        firewall: SyntaxNode<'s>,
        file: FileId,
        name: Token<'s>,
        env: &EvalEnv,
    ) -> IntentSet {
        let addresses = self.firewall_addresses(firewall, &EvalEnv::of(file));
        match addresses.iter().find(|(known, _)| known == name.text()) {
            Some(&(_, address)) => IntentSet::address(Address::Span(address.into()), name.span()),
            None if ast::is_broken(firewall) || ast::items(firewall).any(|item| ast::is_broken(*item)) => {
                IntentSet::broken()
            }
            None => {
                let owner = ast::name(firewall).map_or("", Token::text);
                let message = format!("firewall `{owner}` has no address `{}`", name.text());
                let found = Diagnostic::new(Code::FW0201, name.span(), message);
                let names = addresses.iter().map(|(name, _)| name.as_str());
                let found = match nearest(name.text(), names.clone()) {
                    Some(near) => found.asked(near, format!("did you mean `{owner}::{near}`?")),
                    None => found.help(format!("it has {}", or_list(names))),
                };
                self.push(env, found);
                IntentSet::broken()
            }
        }
    }

    /// The addresses of a firewall by name, `private` among them.
    pub(super) fn firewall_addresses(&mut self, firewall: SyntaxNode<'s>, env: &EvalEnv) -> Vec<(String, Ipv4Addr)> {
        let mut addresses = Vec::new();
        for item in ast::settings(firewall) {
            let terms: Vec<SyntaxNode<'s>> = item.children_of(NodeKind::Term).collect();
            let (Some(setting), Some(&address)) = (FirewallSetting::of(ast::keyword(item)), terms.last()) else {
                continue;
            };
            let name = match setting {
                FirewallSetting::PrivateIp => PRIVATE,
                FirewallSetting::PublicIp => terms.first().map_or("", |name| name.text()),
                FirewallSetting::Policy | FirewallSetting::Sku => continue,
            };
            addresses.extend(self.single_address(address, env).map(|address| (name.to_owned(), address)));
        }
        addresses
    }

    /// A term that must be one address.
    pub(super) fn single_address(&mut self, term: SyntaxNode<'s>, env: &EvalEnv) -> Option<Ipv4Addr> {
        let set = self.term(term, env);
        if set.broken {
            return None;
        }
        let single = match set.addresses.as_slice() {
            [entry] if set.len() == 1 => entry.value.single(),
            _ => None,
        };
        if single.is_none() {
            self.report(env, Code::FW0202, term.span(), "expected one address, such as `10.0.1.4`");
        }
        single
    }
}
