//! Names with a path: `module::set`, `firewall::address`.

use std::borrow::Cow;

use crate::diag::{Applicability, Code, Diagnostic, Edit, Fix};
use crate::net::AddressError;
use crate::source::{FileId, SourceSpan};
use crate::syntax::{NodeKind, SyntaxNode, Token, ast};

use super::eval::{Broken, EvalEnv, Evaluator};
use super::expects::Expects;
use super::scope::{Binding, DefinedThing};
use super::set::{IntentSet, SetKind};

impl<'s> Evaluator<'s> {
    /// `module::set` or `firewall::address`.
    pub(super) fn path(&mut self, node: SyntaxNode<'s>, env: &EvalEnv) -> IntentSet {
        let mut names = node.children_of(NodeKind::Name).filter_map(ast::word);
        let (Some(first), Some(second)) = (names.next(), names.next()) else { return IntentSet::broken() };
        match self.scopes.get(&env.file).and_then(|scope| scope.get(first.text())).copied() {
            Some(Binding { what: DefinedThing::Module(module), .. }) => self.module_name(module, first, second, env),
            Some(Binding { what: DefinedThing::Firewall(firewall), file, .. }) => {
                self.firewall_address(firewall, file, second, env)
            }
            Some(Binding { what: DefinedThing::Unreadable, .. }) => IntentSet::broken(),
            Some(binding) => {
                let message = format!("`{}` is {}, not a module or a firewall", first.text(), binding.what.phrase());
                let found = Diagnostic::new(Code::FW0202, first.span(), message);
                self.push(env, found.related(binding.at, "defined here"));
                IntentSet::broken()
            }
            None if node.text().parse::<std::net::Ipv6Addr>().is_ok() => {
                let found = Diagnostic::new(Code::FW0110, node.span(), AddressError::Ipv6.to_string());
                self.push(env, found.help("write IPv4 addresses"));
                IntentSet::broken()
            }
            None => self.unknown_owner(first, second, env),
        }
    }

    /// A name before `::` that nothing defines: where addresses are wanted, that of a firewall.
    fn unknown_owner(&mut self, first: Token<'s>, second: Token<'s>, env: &EvalEnv) -> IntentSet {
        let wants_address = matches!(self.wanted, Expects::Kind(SetKind::Addresses) | Expects::Destinations(_));
        let scope = self.scopes.get(&env.file);
        let words: Vec<Cow<'_, str>> = scope.into_iter().flat_map(|scope| scope.keys().cloned()).collect();
        let is_module = crate::catalogue::module(first.text()).is_some();
        if !wants_address || is_module || self.nearest(first.text(), words.iter().map(AsRef::as_ref)).is_some() {
            return self.unknown_module(first, env);
        }
        let (name, address) = (first.text(), second.text());
        let policies = self.scopes.get(&env.file).into_iter().flatten();
        let policies =
            policies.filter(|(_, binding)| matches!(binding.what, DefinedThing::Policy)).map(|(name, _)| name.as_ref());
        let policy = policies.min().unwrap_or("POLICY");
        let public = if address == "private" { String::new() } else { format!("  public-ip {address} 203.0.113.10") };
        let firewall = format!("firewall {name} {{ policy {policy}  sku standard  private-ip 10.0.1.4{public} }}");
        let found = Diagnostic::new(Code::FW0201, first.span(), format!("there is no firewall `{name}`"));
        let end = self.sources.files().text_of(env.file).len();
        let end = u32::try_from(end).unwrap_or(u32::MAX);
        let edit = Edit::new(SourceSpan::new(env.file, end, end), format!("\n{firewall}\n"));
        let help = format!("state it with its own addresses: `{firewall}`");
        self.push(env, found.help(help.as_str()).fix(Fix::new(help, Applicability::Display, edit)));
        IntentSet::broken()
    }

    pub(super) fn unknown_module<T: Broken>(&mut self, token: Token<'s>, env: &EvalEnv) -> T {
        let name = token.text();
        let found = Diagnostic::new(Code::FW0201, token.span(), format!("`{name}` is not defined"));
        let found = match crate::catalogue::module(name) {
            Some(_) => found.help(format!("add `use {name}`")),
            None => {
                let defined = self.scopes.get(&env.file).into_iter().flat_map(|scope| scope.keys().cloned());
                let modules = crate::catalogue::modules().map(|module| Cow::Borrowed(module.name));
                let words: Vec<Cow<'_, str>> = defined.chain(modules).collect();
                match self.nearest(name, words.iter().map(AsRef::as_ref)) {
                    Some(near) => found.meant(near),
                    None => found,
                }
            }
        };
        self.push(env, found);
        T::broken()
    }

    fn module_name(&mut self, module: FileId, first: Token<'s>, second: Token<'s>, env: &EvalEnv) -> IntentSet {
        let name = second.text();
        match self.module_binding(module, first, second, env) {
            Some(binding) => self.binding(name, binding, second.span(), env),
            None => IntentSet::broken(),
        }
    }

    /// What a name of a module means.
    pub(super) fn module_binding(
        &mut self,
        module: FileId,
        first: Token<'s>,
        second: Token<'s>,
        env: &EvalEnv,
    ) -> Option<Binding<'s>> {
        let scope = self.scopes.get(&module)?;
        if let Some(&binding) = scope.get(second.text()) {
            return Some(binding);
        }
        let names: Vec<Cow<'_, str>> = scope.keys().cloned().collect();
        let near = self.nearest(second.text(), names.iter().map(AsRef::as_ref));
        let message = format!("module `{}` has no `{}`", first.text(), second.text());
        let found = Diagnostic::new(Code::FW0201, second.span(), message);
        let found = match near {
            Some(near) => found.asked(near, format!("did you mean `{}::{near}`?", first.text())),
            None => found.help(format!("`fwc catalog show {}` prints its names", first.text())),
        };
        self.push(env, found);
        None
    }
}
