//! `apply` and `when`: the items that really are in a block.

use std::collections::HashSet;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::diag::{Code, Diagnostic, nearest, or_list, or_phrases};
use crate::source::SourceSpan;
use crate::syntax::ast::{self, CollectionItem, GroupItem, Item, NodeView, PolicyItem};
use crate::syntax::{Context, NodeKind, SyntaxNode, Token, keyword, keywords};

use super::eval::{EvalEnv, Evaluator};
use super::expand_advice::{unnamed, with_arguments};
use super::expects::Expects;
use super::scope::{Binding, DefinedThing};
use super::set::{IntentSet, Scalar, SetKind};
use super::sources::Sources;
use super::table::is_reserved;

/// How deep bundles may apply bundles.
const MAX_APPLY_DEPTH: usize = 64;
/// How many items all bundles of a source may make together, and how many more for each of its bytes: a part of one.
const MAX_ITEMS: usize = 100_000;
const BYTES_FOR_ITEM: usize = 32;

/// An item of a block, and where it is read.
pub(super) type LocatedItem<T> = (T, EvalEnv);

/// What may be in the blocks of one place.
pub(super) trait InPlace<'s>: NodeView<'s> {
    /// The place.
    const PLACE: Context;
}

impl<'s> InPlace<'s> for PolicyItem<'s> {
    const PLACE: Context = Context::Policy;
}

impl<'s> InPlace<'s> for GroupItem<'s> {
    const PLACE: Context = Context::Group;
}

impl<'s> InPlace<'s> for CollectionItem<'s> {
    const PLACE: Context = Context::Collection;
}

/// Expands the blocks of one source.
pub(super) struct Expander {
    /// The bundles being expanded, by the place of their names.
    open: Vec<SourceSpan>,
    /// The `apply`s whose bundles hold what is not there.
    misplaced: HashSet<SourceSpan>,
    items: usize,
    most: usize,
}

impl Expander {
    /// For a source, whose bundles may make the more the larger it is.
    pub(super) fn of(sources: &Sources) -> Self {
        let most = MAX_ITEMS + sources.bytes() / BYTES_FOR_ITEM;
        Self { open: Vec::new(), misplaced: HashSet::new(), items: 0, most }
    }

    /// The items of the item's block, with every `apply` and `when` replaced by what it holds.
    pub(super) fn items<'s, T: InPlace<'s>>(
        &mut self,
        evaluator: &mut Evaluator<'s>,
        item: SyntaxNode<'s>,
        env: &EvalEnv,
    ) -> Vec<LocatedItem<T>> {
        let mut found = Vec::new();
        self.expand(evaluator, item, env, &mut found);
        if self.items >= self.most {
            found.retain(|(_, env)| env.via.is_empty());
        }
        found
    }

    /// Counts an item that a bundle makes, or an `apply`; returns whether there is room for it, and once that there is not.
    fn spend(&mut self, evaluator: &mut Evaluator<'_>, item: SyntaxNode<'_>, env: &EvalEnv) -> bool {
        self.items += 1;
        if self.items == self.most {
            let message = format!("bundles expand to more than {} items", self.most);
            evaluator.report(env, Code::FW0108, item.span(), message);
        }
        self.items < self.most
    }

    fn expand<'s, T: InPlace<'s>>(
        &mut self,
        evaluator: &mut Evaluator<'s>,
        block: SyntaxNode<'s>,
        env: &EvalEnv,
        found: &mut Vec<LocatedItem<T>>,
    ) {
        let usable = |item: &Item<'_>| !ast::is_broken(**item) || item.child(NodeKind::Block).is_some();
        for item in ast::items(block).filter(usable) {
            match item {
                Item::Error(_) => {}
                Item::Apply(item) => self.apply(evaluator, *item, env, found),
                Item::When(item) => {
                    if holds(evaluator, *item, env) {
                        self.expand(evaluator, *item, env, found);
                    }
                }
                Item::Use(_)
                | Item::Import(_)
                | Item::Let(_)
                | Item::IpGroup(_)
                | Item::Param(_)
                | Item::Bundle(_)
                | Item::Policy(_)
                | Item::Group(_)
                | Item::Collection(_)
                | Item::Rule(_)
                | Item::Dnat(_)
                | Item::Setting(_)
                | Item::Firewall(_)
                | Item::Routes(_)
                | Item::PrivateEndpoint(_)
                | Item::Expect(_)
                | Item::Test(_) => self.keep(evaluator, *item, env, found),
            }
        }
    }

    fn keep<'s, T: InPlace<'s>>(
        &mut self,
        evaluator: &mut Evaluator<'s>,
        item: SyntaxNode<'s>,
        env: &EvalEnv,
        found: &mut Vec<LocatedItem<T>>,
    ) {
        let word = ast::keyword(item);
        if !word.is_empty() && !ast::is_broken(item) && keyword(T::PLACE, word).is_none() {
            self.report_misplaced(evaluator, item, env, T::PLACE);
            return;
        }
        if env.via.is_empty() || self.spend(evaluator, item, env) {
            found.extend(T::of(item).map(|item| (item, env.clone())));
        }
    }

    /// Reports once for each `apply` that its bundle holds what is not there.
    fn report_misplaced(&mut self, evaluator: &mut Evaluator<'_>, item: SyntaxNode<'_>, env: &EvalEnv, place: Context) {
        let word = ast::keyword(item);
        let at = env.via.first().copied().unwrap_or(item.span());
        if !self.misplaced.insert(at) {
            return;
        }
        let message = format!("the bundle holds `{word}`, which is not allowed in {}", place.name());
        let found = Diagnostic::new(Code::FW0210, at, message).related(item.span(), "held here");
        let found = found.applied(env.via.iter().skip(1));
        let places = keywords().iter().filter(|known| known.word == word).flat_map(|known| &known.places);
        let places = or_phrases(places.filter(|place| **place != Context::Bundle).map(|place| place.name()));
        evaluator.diagnostics.push(found.help(format!("apply it in {places}")));
    }

    fn apply<'s, T: InPlace<'s>>(
        &mut self,
        evaluator: &mut Evaluator<'s>,
        item: SyntaxNode<'s>,
        env: &EvalEnv,
        found: &mut Vec<LocatedItem<T>>,
    ) {
        if !self.spend(evaluator, item, env) {
            return;
        }
        let Some((bundle, binding)) = bundle_of(evaluator, item, env) else { return };
        if self.open.contains(&binding.at) || self.open.len() >= MAX_APPLY_DEPTH {
            let (code, message) = match self.open.contains(&binding.at) {
                true => (Code::FW0204, "the bundle applies itself".to_owned()),
                false => (Code::FW0107, format!("bundles apply bundles more than {MAX_APPLY_DEPTH} deep")),
            };
            evaluator.diagnostics.push(Diagnostic::new(code, item.span(), message).related(binding.at, "defined here"));
            return;
        }
        let Some(params) = arguments(evaluator, item, bundle, binding, env) else { return };
        let via: Arc<[SourceSpan]> = std::iter::once(item.span()).chain(env.via.iter().copied()).collect();
        if item.child(NodeKind::Annotation).is_some() {
            evaluator.applied.insert(via.to_vec().into_boxed_slice(), (item, env.clone()));
        }
        let inner = EvalEnv { file: binding.file, params: Arc::new(params), via };
        self.open.push(binding.at);
        self.expand(evaluator, bundle, &inner, found);
        self.open.pop();
    }
}

/// The bundle that an `apply` names.
fn bundle_of<'s>(
    evaluator: &mut Evaluator<'s>,
    item: SyntaxNode<'s>,
    env: &EvalEnv,
) -> Option<(SyntaxNode<'s>, Binding<'s>)> {
    let path = item.child(NodeKind::Path)?;
    let names: Vec<Token<'s>> = path.children_of(NodeKind::Name).filter_map(ast::word).collect();
    let scope = evaluator.scopes.get(&env.file);
    let first = *names.first()?;
    let binding = match (scope.and_then(|scope| scope.get(first.text())).copied(), names.get(1)) {
        (Some(binding), None) => binding,
        (Some(Binding { what: DefinedThing::Unreadable, .. }), Some(_)) => return None,
        (Some(Binding { what: DefinedThing::Module(module), .. }), Some(&second)) => {
            evaluator.module_binding(module, first, second, env)?
        }
        (Some(binding), Some(_)) => {
            let message = format!("`{}` is {}, not a module", first.text(), binding.what.phrase());
            let found = Diagnostic::new(Code::FW0202, first.span(), message).related(binding.at, "defined here");
            evaluator.push(env, found);
            return None;
        }
        (None, _) => return evaluator.unknown_module(first, env),
    };
    match binding.what {
        DefinedThing::Bundle(bundle) => Some((bundle, binding)),
        DefinedThing::Unreadable => None,
        DefinedThing::Let(_)
        | DefinedThing::IpGroup(_)
        | DefinedThing::Param(_)
        | DefinedThing::Policy
        | DefinedThing::Firewall(_)
        | DefinedThing::Module(_) => {
            let message = format!("`{}` is {}, not a bundle", path.text(), binding.what.phrase());
            let found = Diagnostic::new(Code::FW0202, path.span(), message).related(binding.at, "defined here");
            evaluator.push(env, found);
            None
        }
    }
}

/// What the parameters of a bundle are in one `apply` of it.
fn arguments<'s>(
    evaluator: &mut Evaluator<'s>,
    item: SyntaxNode<'s>,
    bundle: SyntaxNode<'s>,
    binding: Binding<'s>,
    env: &EvalEnv,
) -> Option<IndexMap<String, IntentSet>> {
    if unnamed(evaluator, item, bundle, binding, env) {
        return None;
    }
    let mut given: IndexMap<&'s str, (Token<'s>, SyntaxNode<'s>)> = IndexMap::new();
    let mut fits = true;
    for argument in item.child(NodeKind::Arguments)?.children_of(NodeKind::Argument) {
        let Some(name) = ast::name(argument) else { continue };
        if let Some((first, _)) = given.insert(name.text(), (name, argument)) {
            fits = false;
            let message = format!("`{}` is given twice", name.text());
            let found = Diagnostic::new(Code::FW0205, name.span(), message).related(first.span(), "first given here");
            evaluator.push(env, found);
        }
    }
    let mut params = IndexMap::new();
    let home = EvalEnv::of(binding.file);
    let parameters: Vec<SyntaxNode<'s>> = match bundle.child(NodeKind::Parameters) {
        Some(parameters) => parameters.children_of(NodeKind::Parameter).collect(),
        None => Vec::new(),
    };
    let mut missing = Vec::new();
    for parameter in &parameters {
        let Some((name, kind, default)) = evaluator.parameter(*parameter, &home) else { continue };
        let set = match (given.shift_remove(name.text()), default) {
            (Some((_, argument)), _) => {
                let set = evaluator.wanting(Expects::Kind(kind), |evaluator| evaluator.list(argument, env));
                evaluator.of_kind(set, kind, name.span(), env)
            }
            (None, Some(default)) => {
                let set = evaluator.wanting(Expects::Kind(kind), |evaluator| evaluator.list(default, &home));
                evaluator.of_kind(set, kind, name.span(), &home)
            }
            (None, None) => {
                missing.push((name.text(), kind));
                IntentSet::broken()
            }
        };
        params.insert(name.text().to_owned(), set);
    }
    report_unfit(evaluator, item, binding, env, &missing, given.values().map(|&(name, _)| name), &params);
    (fits && missing.is_empty() && given.is_empty()).then_some(params)
}

fn report_unfit<'s>(
    evaluator: &mut Evaluator<'s>,
    item: SyntaxNode<'s>,
    binding: Binding<'s>,
    env: &EvalEnv,
    missing: &[(&str, SetKind)],
    unknown: impl Iterator<Item = Token<'s>>,
    params: &IndexMap<String, IntentSet>,
) {
    for name in unknown {
        let message = format!("the bundle has no parameter `{}`", name.text());
        let found = Diagnostic::new(Code::FW0205, name.span(), message).related(binding.at, "defined here");
        let known = || params.keys().map(String::as_str);
        let found = match nearest(name.text(), known()) {
            Some(near) => found.meant(near),
            None if params.is_empty() => found,
            None => found.help(format!("it has {}", or_list(known()))),
        };
        evaluator.push(env, found);
    }
    if !missing.is_empty() {
        let at = item.child(NodeKind::Path).map_or(item.span(), SyntaxNode::span);
        let names = or_list(missing.iter().map(|(name, _)| *name)).replace(" or ", " and ");
        let found =
            Diagnostic::new(Code::FW0205, at, format!("{names} must be given")).related(binding.at, "defined here");
        evaluator.push(env, with_arguments(found, item, missing));
    }
}

/// Whether the part of a `when` is kept.
fn holds<'s>(evaluator: &mut Evaluator<'s>, item: SyntaxNode<'s>, env: &EvalEnv) -> bool {
    let Some(name) = ast::name(item) else { return false };
    let value = evaluator.port_name(name, env);
    if value.broken {
        return false;
    }
    let [scalar] = value.scalars.as_slice() else {
        let found = value.kinds().first().map_or("`any`", |(kind, _)| kind.phrase());
        let message = format!("`when` needs a flag, a text or a number, found {found}");
        evaluator.report(env, Code::FW0202, name.span(), message);
        return false;
    };
    match item.child(NodeKind::Term) {
        None => match scalar.value {
            Scalar::Flag(flag) => flag,
            Scalar::Text(_) | Scalar::Number(_) => {
                let message = format!("`{}` is not a flag: state the value, as in `when {0} = …`", name.text());
                evaluator.report(env, Code::FW0202, name.span(), message);
                false
            }
        },
        Some(term) => {
            let kind = Expects::Kind(scalar.value.kind());
            let wanted = evaluator.wanting(kind, |evaluator| evaluator.term(term, env));
            let wanted = evaluator.of_kind(wanted, scalar.value.kind(), name.span(), env);
            wanted.scalars.iter().any(|wanted| wanted.value.text() == scalar.value.text())
        }
    }
}

/// Reports bundles' parameters and arguments of one name given twice in a definition.
pub(super) fn check_parameters<'s>(evaluator: &mut Evaluator<'s>, bundle: SyntaxNode<'s>, env: &EvalEnv) {
    let mut seen: HashSet<&str> = HashSet::new();
    for parameter in bundle.child(NodeKind::Parameters).into_iter().flat_map(|all| all.children()) {
        let Some(name) = ast::name(parameter) else { continue };
        if is_reserved(name.text()) {
            let message = format!("`{}` cannot be a parameter: it is a word of the language", name.text());
            let found = Diagnostic::new(Code::FW0203, name.span(), message);
            evaluator.push(env, found.help("choose another name"));
        }
        if !seen.insert(name.text()) {
            let message = format!("the bundle has two parameters `{}`", name.text());
            evaluator.report(env, Code::FW0203, name.span(), message);
        }
        let Some((_, kind, Some(default))) = evaluator.parameter(parameter, env) else { continue };
        let set = evaluator.wanting(Expects::Kind(kind), |evaluator| evaluator.list(default, env));
        let _: IntentSet = evaluator.of_kind(set, kind, name.span(), env);
    }
}
