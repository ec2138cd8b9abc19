//! Which name means what, in each file.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, SourceSpan};
use crate::syntax::ast::{self, FileItem};
use crate::syntax::{NodeKind, SyntaxNode, Token, TokenKind, without_invisible};

use super::sources::{SourceUnit, Sources};
use super::table::is_reserved;

/// What a name means.
#[derive(Clone, Copy, Debug)]
pub(super) struct Binding<'s> {
    pub(super) what: DefinedThing<'s>,
    /// The file whose names the definition uses.
    pub(super) file: FileId,
    /// The name where it is defined.
    pub(super) at: SourceSpan,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum DefinedThing<'s> {
    Let(SyntaxNode<'s>),
    IpGroup(SyntaxNode<'s>),
    Param(SyntaxNode<'s>),
    Bundle(SyntaxNode<'s>),
    Policy,
    Firewall(SyntaxNode<'s>),
    Module(FileId),
    /// A word in an item that could not be read; it may have been defined there.
    Unreadable,
}

impl DefinedThing<'_> {
    /// How a message calls it.
    pub(super) fn phrase(&self) -> &'static str {
        match self {
            Self::Let(_) => "a set",
            Self::IpGroup(_) => "an IP group",
            Self::Param(_) => "a parameter",
            Self::Bundle(_) => "a bundle",
            Self::Policy => "a policy",
            Self::Firewall(_) => "a firewall",
            Self::Module(_) => "a module",
            Self::Unreadable => "unreadable",
        }
    }
}

/// The names of one file.
pub(super) type NameScope<'s> = HashMap<Cow<'s, str>, Binding<'s>>;

/// The names of every file: its own, those of its imports and its modules. A clash shows both places.
pub(super) fn scopes<'s>(sources: &'s Sources, diagnostics: &mut Diagnostics) -> HashMap<FileId, NameScope<'s>> {
    let mut scopes: HashMap<FileId, NameScope<'s>> = HashMap::new();
    for (file, unit) in sources.units() {
        let mut scope = own_names(file, unit, diagnostics);
        for import in &unit.imports {
            let names = scopes.get(import).into_iter().flatten();
            let shared = names.filter(|(_, binding)| !matches!(binding.what, DefinedThing::Module(_)));
            for (name, &binding) in shared {
                define(&mut scope, name.clone(), binding, diagnostics);
            }
        }
        scopes.insert(file, scope);
    }
    let root = sources.root().and_then(|root| scopes.get(&root)).cloned().unwrap_or_default();
    scopes.extend(sources.setting_files().map(|file| (file, root.clone())));
    scopes
}

fn own_names<'s>(file: FileId, unit: &'s SourceUnit, diagnostics: &mut Diagnostics) -> NameScope<'s> {
    let mut scope = NameScope::new();
    for (name, &(module, at)) in &unit.modules {
        scope.insert(name.into(), Binding { what: DefinedThing::Module(module), file, at });
    }
    for item in ast::parts::<FileItem<'_>>(unit.tree.root()) {
        let what = match item {
            FileItem::Let(item) => DefinedThing::Let(*item),
            FileItem::IpGroup(item) => DefinedThing::IpGroup(*item),
            FileItem::Param(item) => DefinedThing::Param(*item),
            FileItem::Bundle(item) => DefinedThing::Bundle(*item),
            FileItem::Policy(_) => DefinedThing::Policy,
            FileItem::Firewall(item) => DefinedThing::Firewall(*item),
            FileItem::Use(_)
            | FileItem::Import(_)
            | FileItem::Routes(_)
            | FileItem::PrivateEndpoint(_)
            | FileItem::Expect(_)
            | FileItem::Test(_)
            | FileItem::Error(_) => continue,
        };
        let Some(token) = ast::defined_name(*item) else { continue };
        let name = without_invisible(ast::plain_name(token));
        if token.kind() == TokenKind::Word && is_reserved(&name) {
            let message = format!("`{}` cannot be defined: it is a word of the language", token.text());
            diagnostics.push(Diagnostic::new(Code::FW0203, token.span(), message).help("choose another name"));
            continue;
        }
        // What was given up may have another name than can be read.
        if ast::is_broken(*item) && scope.contains_key(&name) {
            continue;
        }
        define(&mut scope, name, Binding { what, file, at: token.span() }, diagnostics);
    }
    for token in unit.tree.root().children_of(NodeKind::Error).flat_map(SyntaxNode::all_tokens) {
        if token.kind() == TokenKind::Word {
            let binding = Binding { what: DefinedThing::Unreadable, file, at: token.span() };
            scope.entry(token.text().into()).or_insert(binding);
        }
    }
    scope
}

fn define<'s>(scope: &mut NameScope<'s>, name: Cow<'s, str>, binding: Binding<'s>, diagnostics: &mut Diagnostics) {
    match scope.get(&name) {
        Some(first) if first.at != binding.at && !matches!(binding.what, DefinedThing::Unreadable) => {
            let message = format!("`{name}` is defined twice");
            let first_at = format!("first defined here, as {}", first.what.phrase());
            let found = Diagnostic::new(Code::FW0203, binding.at, message).related(first.at, first_at);
            diagnostics.push(
                found.help(format!("give one of them another name, such as `{}`", other_name(&name, binding.what))),
            );
            if std::mem::discriminant(&first.what) != std::mem::discriminant(&binding.what) {
                // Which of the two a use means is not known, so that nothing is said of any.
                scope.insert(name, Binding { what: DefinedThing::Unreadable, ..binding });
            }
        }
        Some(_) => {}
        None => {
            scope.insert(name, binding);
        }
    }
}

/// A name that tells what has it.
fn other_name(name: &str, what: DefinedThing<'_>) -> String {
    let ending = match what {
        DefinedThing::Let(_) => "set",
        DefinedThing::IpGroup(_) => "group",
        DefinedThing::Param(_) => "param",
        DefinedThing::Bundle(_) => "bundle",
        DefinedThing::Policy => "policy",
        DefinedThing::Firewall(_) => "firewall",
        DefinedThing::Module(_) | DefinedThing::Unreadable => "2",
    };
    format!("{name}-{ending}")
}

/// Gives what `token` names the name `name`, in every file that knows it: that of a resource, with its `{param}`s filled in.
pub(super) fn rename(
    scopes: &mut HashMap<FileId, NameScope<'_>>,
    token: Token<'_>,
    name: &str,
    found: &mut Diagnostics,
) {
    let written = ast::plain_name(token);
    for scope in scopes.values_mut() {
        let is_it = scope.get(written).is_some_and(|binding| binding.at == token.span());
        if !is_it {
            continue;
        }
        if let Some(binding) = scope.remove(written) {
            define(scope, Cow::Owned(name.to_owned()), binding, found);
        }
    }
}
