//! Names with a path: `module::set`, `firewall::address`.

use std::borrow::Cow;

use crate::diag::{Code, Diagnostic};
use crate::net::AddressError;
use crate::source::FileId;
use crate::syntax::{Node, SyntaxKind, Token, ast};

use super::eval::{Broken, Env, Evaluator};
use super::scope::{Binding, What};
use super::set::Set;

impl<'s> Evaluator<'s> {
    /// `module::set` or `firewall::address`.
    pub(super) fn path(&mut self, node: Node<'s>, env: &Env) -> Set {
        let mut names = node.children_of(SyntaxKind::Name).filter_map(ast::word);
        let (Some(first), Some(second)) = (names.next(), names.next()) else { return Set::broken() };
        match self.scopes.get(&env.file).and_then(|scope| scope.get(first.text())).copied() {
            Some(Binding { what: What::Module(module), .. }) => self.module_name(module, first, second, env),
            Some(Binding { what: What::Firewall(firewall), file, .. }) => {
                self.firewall_address(firewall, file, second, env)
            }
            Some(Binding { what: What::Unreadable, .. }) => Set::broken(),
            Some(binding) => {
                let message = format!("`{}` is {}, not a module or a firewall", first.text(), binding.what.phrase());
                let found = Diagnostic::new(Code::FW0202, first.span(), message);
                self.push(env, found.related(binding.at, "defined here"));
                Set::broken()
            }
            None if node.text().parse::<std::net::Ipv6Addr>().is_ok() => {
                let found = Diagnostic::new(Code::FW0110, node.span(), AddressError::Ipv6.to_string());
                self.push(env, found.help("write IPv4 addresses"));
                Set::broken()
            }
            None => self.unknown_module(first, env),
        }
    }

    pub(super) fn unknown_module<T: Broken>(&mut self, token: Token<'s>, env: &Env) -> T {
        let name = token.text();
        let found = Diagnostic::new(Code::FW0201, token.span(), format!("`{name}` is not defined"));
        let found = match crate::catalogue::module(name) {
            Some(_) => found.help(format!("add `use {name}`")),
            None => {
                let defined = self.scopes.get(&env.file).into_iter().flat_map(|scope| scope.keys().cloned());
                let modules = crate::catalogue::modules().map(|module| Cow::Borrowed(module.name));
                let words: Vec<Cow<'_, str>> = defined.chain(modules).collect();
                match self.nearest(name, words.iter().map(AsRef::as_ref)) {
                    Some(near) => found.help(format!("did you mean `{near}`?")),
                    None => found,
                }
            }
        };
        self.push(env, found);
        T::broken()
    }

    fn module_name(&mut self, module: FileId, first: Token<'s>, second: Token<'s>, env: &Env) -> Set {
        let name = second.text();
        match self.module_binding(module, first, second, env) {
            Some(binding) => self.binding(name, binding, second.span(), env),
            None => Set::broken(),
        }
    }

    /// What a name of a module means.
    pub(super) fn module_binding(
        &mut self,
        module: FileId,
        first: Token<'s>,
        second: Token<'s>,
        env: &Env,
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
            Some(near) => found.help(format!("did you mean `{}::{near}`?", first.text())),
            None => found.help(format!("`fwc catalog show {}` prints its names", first.text())),
        };
        self.push(env, found);
        None
    }
}
