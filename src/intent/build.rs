//! Trees to meaning: policies, groups, collections, tests.

use std::borrow::Cow;
use std::collections::HashMap;

use indexmap::IndexMap;
use jiff::civil::Date;

use crate::diag::{CODES, Code, Diagnostic, Diagnostics, nearest};
use crate::net::Interval;
use crate::source::{FileId, Place, SourceSpan, quote};
use crate::syntax::ast::{self, AnyRule, CollectionItem, FileItem, GroupItem, PolicyItem, Value};
use crate::syntax::{NodeKind, SyntaxNode};

use super::cures::dns_proxy;
use super::definitions::definitions;
use super::eval::{EvalEnv, Evaluator};
use super::expand::{Expander, check_parameters};
use super::expects::ForServices;
use super::model::{
    Action, Address, Collection, CollectionKind, Entry, Expectation, Expected, Group, GroupBody, Intent, IpGroup, Meta,
    Order, Parent, Policy, Rules, Test,
};
use super::scope::{DefinedThing, scopes};
use super::sources::Sources;
use crate::model::{Carried, Priority, ResourceName, Settings, Sku};

/// What the author of `sources` means, and what is wrong with it.
pub fn resolve(sources: &Sources) -> (Intent, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let scopes = scopes(sources, &mut diagnostics);
    let mut builder = Builder {
        evaluator: Evaluator::new(sources, scopes, diagnostics),
        expander: Expander::of(sources),
        intent: Intent::default(),
        of_applies: HashMap::new(),
    };
    builder.check_settings();
    super::mentioned::check(sources, &mut builder.evaluator.diagnostics);
    for (file, unit) in sources.units() {
        builder.check_definitions(file);
        let found = definitions(sources, file, &builder.evaluator);
        builder.intent.names.extend(found);
        if !unit.is_module {
            builder.file(file);
        }
    }
    builder.order_policies();
    super::resources::check(&builder.intent, &mut builder.evaluator.diagnostics);
    let mut found = builder.evaluator.diagnostics;
    found.sort();
    (builder.intent, found)
}

/// The name of a resource as the language writes it.
fn resource_name(name: &str) -> String {
    let is_word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if is_word { name.to_owned() } else { quote(name) }
}

/// How many policies of the source are above each; `None` in a circle and below one.
fn depths(policies: &[Policy]) -> Vec<Option<usize>> {
    let places: HashMap<&str, usize> = policies.iter().zip(0..).map(|(of, at)| (of.name.value.as_str(), at)).collect();
    let above = |at: usize| match policies.get(at)?.parent.as_ref().map(|parent| &parent.value)? {
        Parent::Policy(parent) => places.get(parent.as_str()).copied(),
        Parent::External(_) => None,
    };
    let mut depths: HashMap<usize, Option<usize>> = HashMap::new();
    for start in 0..policies.len() {
        let (mut way, mut next) = (Vec::new(), Some(start));
        while let Some(at) = next.filter(|at| !depths.contains_key(at)) {
            // Until the way comes to its end, what it comes to twice is a circle.
            depths.insert(at, None);
            way.push(at);
            next = above(at);
        }
        let mut depth = next.map_or(Some(0), |top| depths.get(&top).copied().flatten().map(|depth| depth + 1));
        for at in way.into_iter().rev() {
            depths.insert(at, depth);
            depth = depth.map(|depth| depth + 1);
        }
    }
    (0..policies.len()).map(|at| depths.get(&at).copied().flatten()).collect()
}

pub(super) struct Builder<'s> {
    pub(super) evaluator: Evaluator<'s>,
    pub(super) expander: Expander,
    pub(super) intent: Intent,
    /// The annotations of `apply`s, by the `apply`s that lead to what they hold.
    pub(super) of_applies: HashMap<Box<[SourceSpan]>, Meta>,
}

impl<'s> Builder<'s> {
    /// Every `--set` must name a parameter.
    fn check_settings(&mut self) {
        let sources = self.evaluator.sources;
        for name in sources.setting_names() {
            let files = sources.units().filter(|(_, unit)| !unit.is_module).map(|(file, _)| file);
            let params: Vec<&str> = files
                .filter_map(|file| self.evaluator.scopes.get(&file))
                .flat_map(|scope| scope.iter())
                .filter(|(_, binding)| matches!(binding.what, DefinedThing::Param(_)))
                .map(|(name, _)| name.as_ref())
                .collect();
            if !params.contains(&name) {
                let found =
                    Diagnostic::nowhere(Code::FW0205, format!("`--set {name}`: the source has no parameter `{name}`"));
                self.evaluator.diagnostics.push(match nearest(name, params) {
                    Some(near) => found.meant(near),
                    None => found.help(format!("a parameter is declared by `param {name}: text`")),
                });
            }
        }
    }

    /// Reads every definition, also those that nothing uses, so that what is wrong in them is found.
    fn check_definitions(&mut self, file: FileId) {
        let env = EvalEnv::of(file);
        for item in self.evaluator.sources.items(file) {
            match item {
                FileItem::Let(_) | FileItem::Param(_) => {
                    let _: Meta = self.meta(*item, &Meta::default(), &env);
                    self.evaluator.check_definition(*item, &env);
                }
                FileItem::Bundle(bundle) if !ast::is_broken(*bundle) => {
                    check_parameters(&mut self.evaluator, *bundle, &env);
                }
                FileItem::Bundle(_)
                | FileItem::Use(_)
                | FileItem::Import(_)
                | FileItem::IpGroup(_)
                | FileItem::Policy(_)
                | FileItem::Firewall(_)
                | FileItem::Routes(_)
                | FileItem::PrivateEndpoint(_)
                | FileItem::Expect(_)
                | FileItem::Test(_)
                | FileItem::Error(_) => {}
            }
        }
    }

    fn file(&mut self, file: FileId) {
        let env = EvalEnv::of(file);
        for item in self.evaluator.sources.items(file) {
            // A policy that was given up in part is there all the same, for others refer to it.
            if let FileItem::Policy(policy) = item {
                self.policy(*policy, &env);
            } else if !ast::is_broken(*item) {
                self.whole_item(item, &env);
            }
        }
    }

    fn whole_item(&mut self, item: FileItem<'s>, env: &EvalEnv) {
        match item {
            FileItem::Policy(item) => self.policy(*item, env),
            FileItem::IpGroup(item) => self.ip_group(*item, env),
            FileItem::Firewall(item) => self.firewall(*item, env),
            FileItem::Routes(item) => self.routes(*item, env),
            FileItem::PrivateEndpoint(item) => self.private_endpoint(*item, env),
            FileItem::Test(item) => self.test(*item, env),
            FileItem::Expect(item) => {
                let expectation = self.expectation(*item, env);
                self.intent.expectations.extend(expectation);
            }
            // Names are bound, and definitions read, before.
            FileItem::Use(_)
            | FileItem::Import(_)
            | FileItem::Let(_)
            | FileItem::Param(_)
            | FileItem::Bundle(_)
            | FileItem::Error(_) => {}
        }
    }

    fn ip_group(&mut self, item: SyntaxNode<'s>, env: &EvalEnv) {
        let Some(name) = self.name(item, env) else { return };
        let Some(entries) = self.evaluator.addresses(item, env) else { return };
        let (mut addresses, mut ipv6) = (Vec::new(), Vec::new());
        for entry in entries {
            match entry.value {
                Address::Span(value) => addresses.push(Entry { value, at: entry.at }),
                Address::Any => addresses.push(Entry { value: Interval::full().into(), at: entry.at }),
                Address::Ipv6(value) => ipv6.push(Entry { value, at: entry.at }),
                Address::ServiceTag(_) | Address::IpGroup(_) | Address::OutsideIpGroup(_) | Address::Pods(_) => {
                    let message = "an IP group holds addresses, prefixes and ranges only";
                    self.evaluator.report(env, Code::FW0202, entry.at, message);
                }
            }
        }
        let group = IpGroup { name: name.value, name_at: name.at, addresses, ipv6, origin: env.origin(item.span()) };
        self.intent.ip_groups.insert(group.name.clone(), group);
    }

    fn policy(&mut self, item: SyntaxNode<'s>, env: &EvalEnv) {
        let Some(name) = self.name(item, env) else { return };
        let mut policy = Policy {
            name,
            parent: self.parent(item, env),
            settings: Settings::new(Sku::Standard),
            setting_spans: IndexMap::new(),
            proxy_edit: dns_proxy(item, self.evaluator.sources.files().text_of(item.span().file)),
            base_id: None,
            order: Order::Intent,
            groups: Vec::new(),
            expectations: Vec::new(),
            description: self.description(item, env),
            origin: env.origin(item.span()),
        };
        for (part, env) in self.expander.items::<PolicyItem<'_>>(&mut self.evaluator, item, env) {
            match part {
                PolicyItem::Group(part) => policy.groups.extend(self.group(*part, &env)),
                PolicyItem::Expect(part) => policy.expectations.extend(self.expectation(*part, &env)),
                PolicyItem::Setting(part) => self.setting(&mut policy, *part, &env),
            }
        }
        policy.settings.unknown.sku = !policy.setting_spans.contains_key("sku");
        self.check_policy(&policy, ast::is_broken(item) || ast::may_have_stated(item, "sku"));
        self.intent.policies.push(policy);
    }

    fn check_policy(&mut self, policy: &Policy, broken: bool) {
        if !policy.setting_spans.contains_key("sku") && !broken {
            let message = format!("policy `{}` has no `sku`", policy.name.value);
            let found = Diagnostic::new(Code::FW0211, policy.name.at, message);
            self.evaluator.diagnostics.push(found.help("add `sku basic`, `sku standard` or `sku premium`"));
        }
        let mut names: HashMap<ResourceName, SourceSpan> = HashMap::new();
        for group in &policy.groups {
            if let Some(first) = names.insert(group.name.value.as_str().into(), group.name.at) {
                let message = format!("policy `{}` has two groups `{}`", policy.name.value, group.name.value);
                let found = Diagnostic::new(Code::FW0203, group.name.at, message).related(first, "the first one");
                let via = group.origin.via.iter();
                self.evaluator.diagnostics.push(found.applied(via));
            }
        }
    }

    fn parent(&mut self, item: SyntaxNode<'s>, env: &EvalEnv) -> Option<Entry<Parent>> {
        let inherits = item.child(NodeKind::Inherits)?;
        if let Some(path) = inherits.child(NodeKind::Text).and_then(ast::word_or_string) {
            let value = Parent::External(self.evaluator.text(path, env)?);
            return Some(Entry { value, at: path.span() });
        }
        let Entry { value, at } = self.name(inherits, env)?;
        if !self.is_policy(&value, env) && !self.is_unreadable(&value, env) {
            self.unknown_policy(&value, at, env);
            return None;
        }
        Some(Entry { value: Parent::Policy(value), at })
    }

    fn is_unreadable(&self, name: &str, env: &EvalEnv) -> bool {
        let binding = self.evaluator.scopes.get(&env.file).and_then(|scope| scope.get(name));
        binding.is_some_and(|binding| matches!(binding.what, DefinedThing::Unreadable))
    }

    pub(super) fn is_policy(&self, name: &str, env: &EvalEnv) -> bool {
        let binding = self.evaluator.scopes.get(&env.file).and_then(|scope| scope.get(name));
        binding.is_some_and(|binding| matches!(binding.what, DefinedThing::Policy))
    }

    fn policy_names(&self, env: &EvalEnv) -> Vec<Cow<'s, str>> {
        let scope = self.evaluator.scopes.get(&env.file).into_iter().flatten();
        scope
            .filter(|(_, binding)| matches!(binding.what, DefinedThing::Policy))
            .map(|(name, _)| name.clone())
            .collect()
    }

    pub(super) fn unknown_policy(&mut self, name: &str, at: SourceSpan, env: &EvalEnv) {
        let found = Diagnostic::new(Code::FW0201, at, format!("there is no policy `{name}`"));
        let names = self.policy_names(env);
        let found = match self.evaluator.nearest(name, names.iter().map(AsRef::as_ref)) {
            Some(near) => found.asked(&resource_name(near), format!("did you mean `{near}`?")),
            None => found,
        };
        self.evaluator.push(env, found);
    }

    /// Puts each base before the policies that inherit it, and finds circles.
    fn order_policies(&mut self) {
        let policies = std::mem::take(&mut self.intent.policies);
        let depths = depths(&policies);
        if let Some((first, _)) = policies.iter().zip(&depths).find(|(_, depth)| depth.is_none()) {
            let at = first.parent.as_ref().map_or(first.name.at, |parent| parent.at);
            let message = format!("policy `{}` inherits itself", first.name.value);
            self.evaluator.diagnostics.push(Diagnostic::new(Code::FW0204, at, message));
        }
        let mut placed: Vec<(usize, Policy)> =
            depths.into_iter().zip(policies).filter_map(|(depth, policy)| Some((depth?, policy))).collect();
        placed.sort_by_key(|(depth, _)| *depth);
        self.intent.policies = placed.into_iter().map(|(_, policy)| policy).collect();
    }

    /// Reports a group or a collection whose braces hold nothing.
    fn check_filled(&mut self, item: SyntaxNode<'s>, name: &Entry<String>, env: &EvalEnv) {
        if ast::is_broken(item) || ast::items(item).next().is_some() {
            return;
        }
        let what = ast::keyword(item);
        let found = Diagnostic::new(Code::FW0217, name.at, format!("{what} `{}` holds no rule", name.value));
        self.evaluator.push(env, found.help(format!("add its rules, or remove the {what}")));
    }

    fn group(&mut self, item: SyntaxNode<'s>, env: &EvalEnv) -> Option<Group> {
        let name = self.name(item, env)?;
        self.check_filled(item, &name, env);
        let meta = self.meta(item, &Meta::default(), env);
        let (mut rules, mut collections) = (Rules::default(), Vec::new());
        let mut first_rule = None;
        for (part, env) in self.expander.items::<GroupItem<'_>>(&mut self.evaluator, item, env) {
            let rule = match part {
                GroupItem::Collection(part) => {
                    collections.extend(self.collection(*part, &meta, &env));
                    continue;
                }
                GroupItem::Rule(rule) => AnyRule::Rule(rule),
                GroupItem::Dnat(rule) => AnyRule::Dnat(rule),
            };
            first_rule.get_or_insert(rule.span());
            self.rule(&mut rules, rule, &meta, &env);
        }
        self.check_labels(&rules, &name.value);
        let body = match (first_rule, collections.first()) {
            (Some(rule), Some(collection)) => {
                let message = "a group holds rules or collections, not both";
                let found = Diagnostic::new(Code::FW0210, collection.origin.at, message);
                self.evaluator.push(env, found.related(rule, "a rule of the group itself"));
                return None;
            }
            (None, Some(_)) => GroupBody::Collections(collections),
            (_, None) => GroupBody::Rules(rules),
        };
        let priority = self.priority(item, env);
        let description = self.description(item, env);
        Some(Group { name, priority, body, description, meta, origin: env.origin(item.span()) })
    }

    fn collection(&mut self, item: SyntaxNode<'s>, group: &Meta, env: &EvalEnv) -> Option<Collection> {
        let name = self.name(item, env)?;
        self.check_filled(item, &name, env);
        let meta = self.meta(item, group, env);
        let kind = item.tokens().find_map(|token| match token.text() {
            "allow" => Some(CollectionKind::Filter(Action::Allow)),
            "deny" => Some(CollectionKind::Filter(Action::Deny)),
            "dnat" => Some(CollectionKind::Dnat),
            _ => None,
        })?;
        let (mut rules, mut carried) = (Rules::default(), Carried::default());
        for (part, env) in self.expander.items::<CollectionItem<'_>>(&mut self.evaluator, item, env) {
            let rule = match part {
                CollectionItem::Setting(part) => {
                    self.carried_by_collection(&mut carried, *part, &env);
                    continue;
                }
                CollectionItem::Rule(rule) => AnyRule::Rule(rule),
                CollectionItem::Dnat(rule) => AnyRule::Dnat(rule),
            };
            self.check_fits(*rule, kind, name.at, &env);
            self.rule(&mut rules, rule, &meta, &env);
        }
        self.check_labels(&rules, &name.value);
        let priority = self.priority(item, env);
        let description = self.description(item, env);
        Some(Collection { name, priority, kind, rules, carried, description, meta, origin: env.origin(item.span()) })
    }

    fn check_fits(&mut self, part: SyntaxNode<'s>, kind: CollectionKind, collection: SourceSpan, env: &EvalEnv) {
        let wanted = match kind {
            CollectionKind::Filter(Action::Allow) => "allow",
            CollectionKind::Filter(Action::Deny) => "deny",
            CollectionKind::Dnat => "dnat",
        };
        let found = ast::keyword(part);
        if found != wanted {
            let at = ast::word(part).map_or(part.span(), |token| token.span());
            let message = format!("a `{found}` rule in a collection that is `{wanted}`");
            self.evaluator.push(env, Diagnostic::new(Code::FW0210, at, message).related(collection, "this collection"));
        }
    }

    /// Labels are unique in their group.
    fn check_labels(&mut self, rules: &Rules, group: &str) {
        let mut seen: HashMap<String, (SourceSpan, Place)> = HashMap::new();
        let filters = rules.filters.iter().map(|rule| (&rule.label, &rule.origin));
        let dnats = rules.dnats.iter().map(|rule| (&rule.label, &rule.origin));
        for (label, origin) in filters.chain(dnats) {
            let Some(label) = label else { continue };
            let place = (label.at, origin.outermost());
            if let Some((first, first_outermost)) = seen.insert(label.value.to_ascii_lowercase(), place) {
                let message = format!("two rules of `{group}` are labelled `{}`", label.value);
                let found = Diagnostic::new(Code::FW0206, label.at, message);
                let found = match first == label.at {
                    true => found.related(first_outermost, "first applied here"),
                    false => found.related(first, "the first one"),
                };
                let found = found.applied(origin.via.iter());
                self.evaluator
                    .diagnostics
                    .push(found.help("give one of them another label, or put it into another group"));
            }
        }
    }

    pub(super) fn name(&mut self, item: SyntaxNode<'s>, env: &EvalEnv) -> Option<Entry<String>> {
        let token = ast::name(item)?;
        let value = self.evaluator.text(token, env)?;
        if let Some(given) = self.evaluator.due_to(token, env) {
            self.intent.due_to.insert(token.span(), given);
        }
        Some(Entry { value, at: token.span() })
    }

    fn priority(&mut self, item: SyntaxNode<'s>, env: &EvalEnv) -> Option<Entry<Priority>> {
        let node = item.child(NodeKind::Priority)?;
        let token = node.child(NodeKind::Atom).and_then(ast::word)?;
        let set = self.evaluator.port_name(token, env);
        if set.broken {
            return None;
        }
        let number = set.scalars.first().and_then(|scalar| scalar.value.text().parse().ok());
        match number.and_then(Priority::new) {
            Some(value) => Some(Entry { value, at: token.span() }),
            None => {
                let message = format!("expected a priority from 100 to 65000, found `{}`", token.text());
                self.evaluator.report(env, Code::FW0110, token.span(), message);
                None
            }
        }
    }

    pub(super) fn description(&mut self, item: SyntaxNode<'s>, _: &EvalEnv) -> Option<String> {
        ast::description(item)
    }

    fn test(&mut self, item: SyntaxNode<'s>, env: &EvalEnv) {
        let text = item.child(NodeKind::Text).and_then(ast::word_or_string);
        let Some(name) = text.and_then(|token| self.evaluator.text(token, env)) else { return };
        let mut policy = None;
        if let Some(of) = item.child(NodeKind::For) {
            let Some(Entry { value, at }) = self.name(of, env) else { return };
            if !self.is_policy(&value, env) && !self.is_unreadable(&value, env) {
                self.unknown_policy(&value, at, env);
            }
            policy = Some(Entry { value, at });
        }
        let mut expectations = Vec::new();
        let block = item.child(NodeKind::Block).into_iter().flat_map(|block| block.children_of(NodeKind::Expect));
        for part in block.filter(|part| !ast::is_broken(*part)) {
            expectations.extend(self.expectation(part, env));
        }
        self.intent.tests.push(Test { name, policy, expectations, origin: env.origin(item.span()) });
    }

    fn expectation(&mut self, item: SyntaxNode<'s>, env: &EvalEnv) -> Option<Expectation> {
        let words: Vec<&str> = item.tokens().map(|token| token.text()).collect();
        let expected = match (words.contains(&"deny"), words.contains(&"private")) {
            (true, _) => Expected::Deny,
            (false, true) => Expected::Private,
            (false, false) => Expected::Allow,
        };
        let services = item.child(NodeKind::Services).and_then(|node| self.evaluator.services(node, env));
        let from = item.child(NodeKind::From).and_then(|node| self.evaluator.addresses(node, env));
        let to = item
            .child(NodeKind::To)
            .and_then(|node| self.evaluator.ends(node, ForServices::of(services.as_ref()), env));
        let outside = match item.child(NodeKind::Outside) {
            Some(node) => self.evaluator.ends(node, ForServices::Others, env),
            None => Some(super::model::Ends::default()),
        };
        let text = item.text().split_whitespace().collect::<Vec<_>>().join(" ");
        let origin = env.origin(item.span());
        let ends = [from.as_ref(), to.as_ref().map(|to| &to.addresses), outside.as_ref().map(|to| &to.addresses)];
        for entry in ends.into_iter().flatten().flatten() {
            if matches!(entry.value, Address::Ipv6(_)) {
                self.evaluator.report(env, Code::FW0207, entry.at, "an expectation speaks of IPv4 flows only");
            }
        }
        let (services, from, to) = (services?, from?, to?);
        if let (Expected::Private, Some(entry)) = (expected, to.addresses.first()) {
            let message = "`expect private` speaks of host names: an endpoint is found by its name";
            self.evaluator.report(env, Code::FW0202, entry.at, message);
            return None;
        }
        Some(Expectation { expected, services, from, to, outside: outside?, text, origin })
    }

    /// What the annotations of an item say; what they leave out is that of the `apply`s that it came through, the innermost
    /// first, and then `outer`'s.
    pub(super) fn meta(&mut self, item: SyntaxNode<'s>, outer: &Meta, env: &EvalEnv) -> Meta {
        let new = env.via.len().saturating_sub(outer.applies);
        let through = env.via.iter().enumerate().take(new).rev().map(|(at, _)| at);
        let mut meta = through.fold(outer.clone(), |meta, at| match env.via.get(at..) {
            Some(via) => meta.with(&self.of_apply(via)),
            None => meta,
        });
        meta.applies = env.via.len();
        for annotation in item.children_of(NodeKind::Annotation) {
            self.annotation(&mut meta, annotation, env);
        }
        meta
    }

    /// The annotations of the innermost of these `apply`s.
    fn of_apply(&mut self, via: &[SourceSpan]) -> Meta {
        if let Some(known) = self.of_applies.get(via) {
            return known.clone();
        }
        let mut meta = Meta::default();
        if let Some((item, env)) = self.evaluator.applied.get(via).cloned() {
            for annotation in item.children_of(NodeKind::Annotation) {
                self.annotation(&mut meta, annotation, &env);
            }
            self.of_applies.insert(via.into(), meta.clone());
        }
        meta
    }

    fn annotation(&mut self, meta: &mut Meta, node: SyntaxNode<'s>, env: &EvalEnv) {
        let Some(name) = ast::name(node) else { return };
        let arguments: Vec<(String, SourceSpan)> = ast::parts::<Value<'_>>(node)
            .filter_map(|value| ast::word_or_string(*value))
            .filter_map(|token| Some((self.evaluator.text(token, env)?, token.span())))
            .collect();
        match (name.text(), arguments.as_slice()) {
            ("owner", [(owner, _)]) => meta.owner = Some(owner.clone()),
            ("ticket", [(ticket, _)]) => meta.ticket = Some(ticket.clone()),
            ("expires", [(date, at)]) => {
                meta.expires = self.date(date, *at, env).map(|value| Entry { value, at: *at }).or(meta.expires.take());
            }
            ("ignore", [(code, at), (reason, _)]) => {
                self.check_code(code, *at, env);
                meta.ignored.push(Entry { value: (code.clone(), reason.clone()), at: *at });
            }
            ("source", [(source, _), (date, at)]) => {
                meta.source = self.date(date, *at, env).map(|date| (source.clone(), date));
            }
            ("need", [(need, _)]) => meta.need = Some(need.clone()),
            (known, _) => self.wrong_annotation(known, node, name.span(), env),
        }
    }

    fn check_code(&mut self, code: &str, at: SourceSpan, env: &EvalEnv) {
        if CODES.iter().any(|known| known.id == code) {
            return;
        }
        let found = Diagnostic::new(Code::FW0201, at, format!("there is no code `{code}`"));
        let same_name = CODES.iter().find(|known| known.name == code);
        let near = same_name.map(|known| known.id).or_else(|| nearest(code, CODES.iter().map(|known| known.id)));
        self.evaluator.push(
            env,
            match near {
                Some(near) => found.meant(near),
                None => found.help("every finding shows its code, as in `error[FW0303]`"),
            },
        );
    }

    fn wrong_annotation(&mut self, name: &str, node: SyntaxNode<'s>, at: SourceSpan, env: &EvalEnv) {
        const FORMS: [(&str, &str); 6] = [
            ("owner", "@owner(\"team\")"),
            ("ticket", "@ticket(\"CHG-4711\")"),
            ("expires", "@expires(2027-03-31)"),
            ("ignore", "@ignore(FW0303, \"reason\")"),
            ("source", "@source(\"where from\", 2026-06-18)"),
            ("need", "@need(\"required\")"),
        ];
        let found = match FORMS.iter().find(|(known, _)| *known == name) {
            Some((_, form)) => {
                let message = format!("`@{name}` is written `{form}`");
                Diagnostic::new(Code::FW0205, node.span(), message)
            }
            None => {
                let found = Diagnostic::new(Code::FW0201, at, format!("there is no annotation `@{name}`"));
                match nearest(name, FORMS.iter().map(|&(known, _)| known)) {
                    Some(near) => found.asked(near, format!("did you mean `@{near}`?")),
                    None => found.help("there are `@owner`, `@ticket`, `@expires`, `@ignore`, `@source` and `@need`"),
                }
            }
        };
        self.evaluator.push(env, found);
    }

    fn date(&mut self, text: &str, at: SourceSpan, env: &EvalEnv) -> Option<Date> {
        let date = text.parse().ok();
        if date.is_none() {
            let message = format!("`{text}` is not a date: expected one such as `2027-03-31`");
            self.evaluator.report(env, Code::FW0110, at, message);
        }
        date
    }
}
