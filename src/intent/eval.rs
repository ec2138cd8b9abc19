//! Terms to sets: names looked up, literals read, `except` taken away.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::diag::{Code, Diagnostic, Diagnostics, nearest};
use crate::net::{AddressSet, AddressSpan, HostPattern, ServiceSet};
use crate::source::{FileId, Origin, SourceSpan};
use crate::syntax::ast::{self, Primary};
use crate::syntax::{NodeKind, SyntaxNode, TextPiece, Token, pieces};

use super::cures::host_advice;
use super::expects::Expects;
use super::model::{Address, Entry, Host};
use super::scope::{Binding, DefinedThing, NameScope};
use super::set::{IntentSet, Scalar, SetKind};
use super::sources::{ParameterSetting, Sources};

/// How deep names may lead to names.
const MAX_NAME_DEPTH: usize = 200;
/// How many entries all expansions of a source may make together, and one more for each of its bytes.
const MAX_ENTRIES: usize = 1_000_000;
/// How many words are compared with names that are not defined, to find what was meant.
const MAX_COMPARED: usize = 500_000;
/// How long a text may get by what is put into it, in bytes; the longest that Azure takes is a header of 16,000.
const MAX_TEXT: usize = 64 * 1024;

/// Where terms are read: in which file, with which parameters, through which `apply`s.
#[derive(Clone)]
pub(super) struct EvalEnv {
    pub(super) file: FileId,
    pub(super) params: Arc<IndexMap<String, IntentSet>>,
    pub(super) via: Arc<[SourceSpan]>,
}

impl EvalEnv {
    pub(super) fn of(file: FileId) -> Self {
        Self { file, params: Arc::default(), via: Arc::from([]) }
    }

    pub(super) fn origin(&self, at: SourceSpan) -> Origin {
        Origin::through(at, Arc::clone(&self.via))
    }
}

/// How many `apply`s a finding shows besides the outermost one.
const MAX_APPLIES_SHOWN: usize = 4;

/// Reads terms, and keeps what names mean and what is wrong.
pub(super) struct Evaluator<'s> {
    pub(super) sources: &'s Sources,
    pub(super) scopes: HashMap<FileId, NameScope<'s>>,
    pub(super) diagnostics: Diagnostics,
    /// What names mean, by the place of their definition; `None` while it is being found out.
    values: HashMap<SourceSpan, Option<IntentSet>>,
    depth: usize,
    entries: usize,
    most_entries: usize,
    compared: usize,
    /// The `apply`s with annotations, by the `apply`s that lead to what they hold; the innermost first.
    pub(super) applied: HashMap<Box<[SourceSpan]>, (SyntaxNode<'s>, EvalEnv)>,
    /// Whether `none` and URLs that Azure does not document may be where terms are read now: in a rule that is `as-is`.
    pub(super) keeps_oddities: bool,
    /// What the place wants where terms are read now.
    pub(super) wanted: Expects,
}

impl<'s> Evaluator<'s> {
    pub(super) fn new(sources: &'s Sources, scopes: HashMap<FileId, NameScope<'s>>, diagnostics: Diagnostics) -> Self {
        let mut evaluator = Self {
            sources,
            scopes,
            diagnostics,
            values: HashMap::new(),
            depth: 0,
            entries: 0,
            most_entries: MAX_ENTRIES + sources.bytes(),
            compared: 0,
            applied: HashMap::new(),
            keeps_oddities: false,
            wanted: Expects::Anything,
        };
        evaluator.fill_in_names();
        evaluator
    }

    /// The word that `name` may be meant for; none where so many wrong names were compared with so many words before.
    pub(super) fn nearest<'w>(&mut self, name: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
        let left = MAX_COMPARED.saturating_sub(self.compared);
        let mut count = 0;
        let found = nearest(name, words.take(left).inspect(|_| count += 1));
        self.compared += count;
        found
    }

    pub(super) fn report(&mut self, env: &EvalEnv, code: &'static Code, at: SourceSpan, message: impl Into<String>) {
        self.push(env, Diagnostic::new(code, at, message));
    }

    /// Reports a finding, with the `apply`s that lead to it.
    pub(super) fn push(&mut self, env: &EvalEnv, found: Diagnostic) {
        let (inner, outermost) = env.via.split_at(env.via.len().saturating_sub(1));
        let shown = inner.iter().take(MAX_APPLIES_SHOWN).chain(outermost);
        let found = found.applied(shown);
        self.diagnostics.push(found);
    }

    /// What a `List`, or a node that holds one, states.
    pub(super) fn list(&mut self, node: SyntaxNode<'s>, env: &EvalEnv) -> IntentSet {
        let list = if node.kind() == NodeKind::List { Some(node) } else { node.child(NodeKind::List) };
        let Some(list) = list.filter(|_| !ast::is_broken(node)) else { return IntentSet::broken() };
        let mut set = IntentSet::default();
        for term in list.children_of(NodeKind::Term) {
            let part = self.term(term, env);
            set.extend(part);
        }
        self.count(set.without_repetitions(), list.span(), env)
    }

    /// Holds the number of entries within bounds.
    fn count(&mut self, set: IntentSet, at: SourceSpan, env: &EvalEnv) -> IntentSet {
        if self.spend(set.len(), at, env) { set } else { IntentSet::broken() }
    }

    /// Counts entries, or as much memory in other forms; returns whether there is room for them, and once that there is not.
    fn spend(&mut self, entries: usize, at: SourceSpan, env: &EvalEnv) -> bool {
        let before = self.entries;
        self.entries = before.saturating_add(entries);
        let most = self.most_entries;
        if before <= most && self.entries > most {
            let message = format!("the source expands to more than {most} entries");
            self.report(env, Code::FW0108, at, message);
        }
        self.entries <= most
    }

    /// What a `Term` states.
    pub(super) fn term(&mut self, term: SyntaxNode<'s>, env: &EvalEnv) -> IntentSet {
        let Some(primary) = ast::part::<Primary<'_>>(term) else { return IntentSet::broken() };
        let set = self.primary(primary, env);
        match term.child(NodeKind::Except) {
            Some(except) => self.except(set, except, env),
            None => set,
        }
    }

    fn except(&mut self, set: IntentSet, except: SyntaxNode<'s>, env: &EvalEnv) -> IntentSet {
        let from = except.span();
        let away = match except.child(NodeKind::List) {
            Some(list) => self.list(list, env),
            None => ast::part(except).map_or_else(IntentSet::broken, |primary| self.primary(primary, env)),
        };
        let (Some(set), Some(away)) = (self.literal(set, env), self.literal(away, env)) else {
            return IntentSet::broken();
        };
        let rest = set.difference(&away);
        if rest.is_empty() {
            self.report(env, Code::FW0208, from, "nothing is left after `except`");
            return IntentSet::broken();
        }
        IntentSet::literal(&rest, from)
    }

    /// The addresses of a set that holds nothing but literal ones.
    fn literal(&mut self, set: IntentSet, env: &EvalEnv) -> Option<AddressSet> {
        if set.broken {
            return None;
        }
        if !set.any.is_empty() {
            return Some(AddressSet::any());
        }
        let other = set.kinds().into_iter().find(|&(kind, _)| kind != SetKind::Addresses);
        if let Some((kind, at)) = other {
            let message = format!("`except` needs addresses on both sides, found {}", kind.phrase());
            self.report(env, Code::FW0202, at, message);
            return None;
        }
        let mut spans: Vec<AddressSpan> = Vec::new();
        for Entry { value, at } in set.addresses {
            match value {
                Address::Any => return Some(AddressSet::any()),
                Address::Span(span) => spans.push(span),
                Address::IpGroup(name) => spans.extend(self.ip_group_spans(&name, at, env)?),
                Address::ServiceTag(_) | Address::OutsideIpGroup(_) | Address::Pods(_) | Address::Ipv6(_) => {
                    let message = "`except` needs literal addresses: only Azure knows what this set holds";
                    self.report(env, Code::FW0202, at, message);
                    return None;
                }
            }
        }
        Some(spans.into_iter().collect())
    }

    /// The members of an IP group of the source; `None` where some are of IPv6.
    fn ip_group_spans(&mut self, name: &str, at: SourceSpan, env: &EvalEnv) -> Option<Vec<AddressSpan>> {
        let binding = self.scopes.get(&env.file).and_then(|scope| scope.get(name)).copied();
        let Some(Binding { what: DefinedThing::IpGroup(item), file, .. }) = binding else { return Some(Vec::new()) };
        let set = self.list(item, &EvalEnv::of(file));
        if set.addresses.iter().any(|entry| matches!(entry.value, Address::Ipv6(_))) {
            let message = format!("`except` needs IPv4 addresses: IP group `{name}` has others too");
            self.report(env, Code::FW0202, at, message);
            return None;
        }
        Some(set.addresses.iter().filter_map(|entry| entry.value.span()).collect())
    }

    pub(super) fn primary(&mut self, primary: Primary<'s>, env: &EvalEnv) -> IntentSet {
        match primary {
            Primary::Atom(node) => ast::word(*node).map_or_else(IntentSet::broken, |token| self.atom(token, env)),
            Primary::Path(node) => self.path(*node, env),
            Primary::Call(node) => self.call(node, env),
            Primary::Text(node) => match ast::word_or_string(*node).and_then(|token| self.text(token, env)) {
                Some(text) => IntentSet::scalar(Scalar::Text(text), node.span()),
                None => IntentSet::broken(),
            },
            Primary::Service(node) => self.service(*node, env),
        }
    }

    /// A bare word: an address, a host, a number or a name.
    fn atom(&mut self, token: Token<'s>, env: &EvalEnv) -> IntentSet {
        let at = token.span();
        let word = token.text();
        if word.contains('{') {
            return match self.text(token, env) {
                Some(text) => self.filled_word(&text, at, env),
                None => IntentSet::broken(),
            };
        }
        if word.contains(['.', '*', '/']) || is_number(word) {
            return self.literal_word(word, at, env);
        }
        self.name(word, at, env)
    }

    /// A word with its parameters filled in; what is wrong with it cannot be seen where it is written.
    fn filled_word(&mut self, text: &str, at: SourceSpan, env: &EvalEnv) -> IntentSet {
        let before = self.diagnostics.len();
        let set = self.literal_word(text, at, env);
        let labels = self.diagnostics.iter_mut().skip(before).filter_map(|found| found.at.as_mut());
        labels.filter(|label| label.message.is_empty()).for_each(|label| label.message = format!("here `{text}`"));
        set
    }

    fn literal_word(&mut self, word: &str, at: SourceSpan, env: &EvalEnv) -> IntentSet {
        if is_number(word) {
            return IntentSet::scalar(Scalar::Number(word.to_owned()), at);
        }
        if looks_like_address(word) {
            return self.address(word, at, env);
        }
        if let Some(set) = self.dotted_tag(word, at, env) {
            return set;
        }
        if let Some(name) = self.foreign_reference(word, env) {
            return self.refer(word, name, at, env);
        }
        self.host(word, at, env)
    }

    fn address(&mut self, word: &str, at: SourceSpan, env: &EvalEnv) -> IntentSet {
        match word.parse::<AddressSpan>() {
            Ok(span) if span.interval() == crate::net::Interval::full() => IntentSet::address(Address::Any, at),
            Ok(span) => IntentSet::address(Address::Span(span), at),
            Err(error) => {
                let found = Diagnostic::new(Code::FW0110, at, error.to_string());
                let found = match error.mended() {
                    Some(mended) => found.asked(&mended, format!("write `{mended}`")),
                    None => found,
                };
                self.push(env, found);
                IntentSet::broken()
            }
        }
    }

    pub(super) fn host(&mut self, word: &str, at: SourceSpan, env: &EvalEnv) -> IntentSet {
        match word.parse::<HostPattern>() {
            Ok(pattern) => {
                self.note_ascii_form(word, &pattern, at, env);
                IntentSet::host(Host::Pattern(pattern), at)
            }
            Err(error) => {
                let found = Diagnostic::new(Code::FW0110, at, error.to_string());
                let found = host_advice(found, &error, word);
                self.push(env, found);
                IntentSet::broken()
            }
        }
    }

    /// The set or the switch that is a word of the language.
    fn built_in(&mut self, name: &str, at: SourceSpan, env: &EvalEnv) -> Option<IntentSet> {
        Some(match name {
            "any" => IntentSet { any: vec![at], ..IntentSet::default() },
            "none" => self.none(at, env),
            "internet" => IntentSet::literal(&AddressSet::internet(), at),
            "private" => IntentSet::literal(&AddressSet::private(), at),
            "any-host" => IntentSet::host(Host::Pattern(HostPattern::Any), at),
            "on" | "off" => IntentSet::scalar(Scalar::Flag(name == "on"), at),
            _ => return None,
        })
    }

    pub(super) fn name(&mut self, name: &str, at: SourceSpan, env: &EvalEnv) -> IntentSet {
        if let Some(set) = self.built_in(name, at, env) {
            return set;
        }
        if let Some(services) = self.named_service(name, at) {
            return services;
        }
        if let Some(set) = env.params.get(name) {
            return if self.spend(set.len(), at, env) { set.clone() } else { IntentSet::broken() };
        }
        match self.scopes.get(&env.file).and_then(|scope| scope.get(name)).copied() {
            Some(binding) => self.binding(name, binding, at, env),
            None => self.unknown_name(name, at, env),
        }
    }

    /// Nothing at all, which a rule that somebody else wrote may say.
    fn none(&mut self, at: SourceSpan, env: &EvalEnv) -> IntentSet {
        if self.keeps_oddities {
            return IntentSet::default();
        }
        let found = Diagnostic::new(Code::FW0208, at, "a rule from or to `none` decides nothing");
        self.push(env, found.help("remove the rule, or end it with `as-is` if it must be kept"));
        IntentSet::broken()
    }

    /// What a name states where a port is wanted.
    pub(super) fn port_name(&mut self, token: Token<'s>, env: &EvalEnv) -> IntentSet {
        self.atom(token, env)
    }

    /// Finds what is wrong in a definition, whether or not anything uses it.
    pub(super) fn check_definition(&mut self, item: SyntaxNode<'s>, env: &EvalEnv) {
        let named = if item.kind() == NodeKind::Param { item.child(NodeKind::Parameter) } else { Some(item) };
        let Some(token) = named.and_then(ast::name) else { return };
        let binding = self.scopes.get(&env.file).and_then(|scope| scope.get(token.text())).copied();
        if let Some(binding) = binding.filter(|binding| binding.at == token.span()) {
            let _: IntentSet = self.binding(token.text(), binding, token.span(), env);
        }
    }

    /// What the definition states whose name is at `at`, where it has been found out and states one thing.
    pub(super) fn defined(&self, at: SourceSpan) -> Option<&IntentSet> {
        self.values.get(&at)?.as_ref().filter(|set| !set.broken)
    }

    /// The text of a bare word: that of the parameter or text it names, else its own.
    pub(super) fn word_value(&mut self, token: Token<'s>, env: &EvalEnv) -> Option<String> {
        let binding = self.scopes.get(&env.file).and_then(|scope| scope.get(token.text())).copied();
        let named = binding.filter(|binding| matches!(binding.what, DefinedThing::Let(_) | DefinedThing::Param(_)));
        let Some(binding) = named else { return self.text(token, env) };
        let set = self.binding(token.text(), binding, token.span(), env);
        match set.scalars.as_slice() {
            [scalar] if set.len() == 1 => Some(scalar.value.text().to_owned()),
            _ if set.broken => None,
            _ => self.text(token, env),
        }
    }

    /// What a defined name states.
    pub(super) fn binding(&mut self, name: &str, binding: Binding<'s>, at: SourceSpan, env: &EvalEnv) -> IntentSet {
        match binding.what {
            DefinedThing::Let(item) => {
                self.value(binding, at, env, |evaluator| evaluator.list(item, &EvalEnv::of(binding.file)))
            }
            DefinedThing::Param(item) => self.value(binding, at, env, |evaluator| evaluator.param(item, binding.file)),
            DefinedThing::IpGroup(_) => IntentSet::address(Address::IpGroup(name.to_owned()), at),
            DefinedThing::Unreadable => IntentSet::broken(),
            DefinedThing::Bundle(_) | DefinedThing::Policy | DefinedThing::Firewall(_) | DefinedThing::Module(_) => {
                let message = format!("`{name}` is {}, where a set is wanted", binding.what.phrase());
                let found = Diagnostic::new(Code::FW0202, at, message).related(binding.at, "defined here");
                let found = match binding.what {
                    DefinedThing::Firewall(_) => {
                        found.help(format!("name one of its addresses, as in `{name}::private`"))
                    }
                    DefinedThing::Module(_) => found.help(format!("name one of its sets, as in `{name}::hosts`")),
                    DefinedThing::Let(_)
                    | DefinedThing::Param(_)
                    | DefinedThing::IpGroup(_)
                    | DefinedThing::Unreadable
                    | DefinedThing::Bundle(_)
                    | DefinedThing::Policy => found,
                };
                self.push(env, found);
                IntentSet::broken()
            }
        }
    }

    /// What a definition states, found out once; a definition that needs itself is an error.
    fn value(
        &mut self,
        binding: Binding<'s>,
        at: SourceSpan,
        env: &EvalEnv,
        find: impl FnOnce(&mut Self) -> IntentSet,
    ) -> IntentSet {
        match self.values.get(&binding.at) {
            Some(Some(set)) => {
                let entries = set.len();
                if !self.spend(entries, at, env) {
                    return IntentSet::broken();
                }
                return self.values.get(&binding.at).cloned().flatten().unwrap_or_else(IntentSet::broken);
            }
            Some(None) => {
                let found = Diagnostic::new(Code::FW0204, at, "the definition needs itself");
                self.push(env, found.related(binding.at, "defined here"));
                return IntentSet::broken();
            }
            None => {}
        }
        if self.depth >= MAX_NAME_DEPTH {
            let message = format!("names lead to names more than {MAX_NAME_DEPTH} times");
            self.report(env, Code::FW0107, at, message);
            return IntentSet::broken();
        }
        self.values.insert(binding.at, None);
        self.depth += 1;
        let set = self.wanting(Expects::Anything, find);
        self.depth -= 1;
        let set = self.of_one_kind(set, env);
        self.values.insert(binding.at, Some(set.clone()));
        set
    }

    /// A definition states one kind of thing; a mix-up shows both places.
    fn of_one_kind(&mut self, set: IntentSet, env: &EvalEnv) -> IntentSet {
        let kinds = set.kinds();
        let [(first, first_at), (second, second_at), ..] = kinds.as_slice() else { return set };
        let message = format!("a set of {} cannot hold {} too", first.phrase(), second.phrase());
        let found = Diagnostic::new(Code::FW0202, *second_at, message);
        self.push(env, found.related(*first_at, format!("{} here", first.phrase())));
        IntentSet::broken()
    }

    fn param(&mut self, item: SyntaxNode<'s>, file: FileId) -> IntentSet {
        let env = EvalEnv::of(file);
        let Some(parameter) = item.child(NodeKind::Parameter).filter(|_| !ast::is_broken(item)) else {
            return IntentSet::broken();
        };
        let Some((name, kind, default)) = self.parameter(parameter, &env) else { return IntentSet::broken() };
        let wanted = Expects::Kind(kind);
        let set = match (self.sources.setting(name.text()), default) {
            (Some(setting), _) if kind == SetKind::Text => {
                IntentSet::scalar(Scalar::Text(setting.raw.clone()), setting.parsed.tree.root().span())
            }
            (Some(setting), _) => self.wanting(wanted, |evaluator| evaluator.setting(setting)),
            (None, Some(default)) => self.wanting(wanted, |evaluator| evaluator.list(default, &env)),
            (None, None) => {
                let message = format!("`{}` has no value", name.text());
                let found = Diagnostic::new(Code::FW0205, name.span(), message);
                self.push(&env, found.help(format!("give it one with `--set {}=…`, or a default", name.text())));
                return IntentSet::broken();
            }
        };
        self.of_kind(set, kind, name.span(), &env)
    }

    /// What `--set` states, in the scope of the source.
    fn setting(&mut self, setting: &'s ParameterSetting) -> IntentSet {
        self.diagnostics.extend(setting.parsed.diagnostics.iter().cloned());
        self.list(setting.parsed.tree.root(), &EvalEnv::of(setting.parsed.tree.file()))
    }

    /// The name, kind and default of a `Parameter`.
    pub(super) fn parameter(
        &mut self,
        node: SyntaxNode<'s>,
        env: &EvalEnv,
    ) -> Option<(Token<'s>, SetKind, Option<SyntaxNode<'s>>)> {
        let mut names = node.children_of(NodeKind::Name).filter_map(ast::word);
        let (name, kind) = (names.next()?, names.next()?);
        let Some(found) = SetKind::ALL.into_iter().find(|known| known.word() == kind.text()) else {
            let words = SetKind::ALL.map(SetKind::word);
            let message = format!("`{}` is not a kind: expected {}", kind.text(), crate::diag::or_list(words));
            let found = Diagnostic::new(Code::FW0205, kind.span(), message);
            let meant = SetKind::of_others(kind.text());
            let found = match (meant, nearest(kind.text(), words)) {
                (Some(known), _) => found.asked(known.word(), format!("write `{}`", known.word())),
                (None, Some(near)) => found.meant(near),
                (None, None) => found,
            };
            self.push(env, found);
            // A default is looked at all the same.
            return meant.zip(node.child(NodeKind::List)).map(|(kind, default)| (name, kind, Some(default)));
        };
        Some((name, found, node.child(NodeKind::List)))
    }

    /// The set, if it is of `kind`; `any` becomes that kind.
    pub(super) fn of_kind(
        &mut self,
        mut set: IntentSet,
        kind: SetKind,
        wanted_at: SourceSpan,
        env: &EvalEnv,
    ) -> IntentSet {
        if let Some(&at) = set.any.first() {
            match kind {
                SetKind::Addresses => set.addresses.push(Entry { value: Address::Any, at }),
                SetKind::Services => set.services.push(Entry { value: ServiceSet::any(), at }),
                SetKind::Hosts | SetKind::Text | SetKind::Number | SetKind::Flag => {
                    let message = format!("expected {}, found `any`", kind.phrase());
                    self.push(env, Diagnostic::new(Code::FW0202, at, message).related(wanted_at, "wanted here"));
                    return IntentSet::broken();
                }
            }
            set.any.clear();
        }
        match set.kinds().into_iter().find(|&(other, _)| other != kind) {
            Some((other, at)) => {
                let message = format!("expected {}, found {}", kind.phrase(), other.phrase());
                let found = Diagnostic::new(Code::FW0202, at, message);
                let found = self.advised(found, &set, Expects::Kind(kind), env);
                let found = if at == wanted_at { found } else { found.related(wanted_at, "wanted here") };
                self.push(env, found);
                IntentSet::broken()
            }
            None => set,
        }
    }

    /// The text of a word or string, its `{param}`s filled in.
    pub(super) fn text(&mut self, token: Token<'s>, env: &EvalEnv) -> Option<String> {
        let mut text = String::new();
        for piece in pieces(token.text()).ok()? {
            match piece {
                TextPiece::Literal(literal) => text.push_str(&literal),
                TextPiece::Param(name) => {
                    text.push_str(&self.param_text(&name, token.span(), env)?);
                    self.check_length(&text, token.span(), env)?;
                }
            }
        }
        Some(text)
    }

    fn check_length(&mut self, text: &str, at: SourceSpan, env: &EvalEnv) -> Option<()> {
        if text.len() > MAX_TEXT {
            let message = format!("the text expands to more than {MAX_TEXT} bytes");
            self.report(env, Code::FW0108, at, message);
            return None;
        }
        self.spend(text.len() / size_of::<Entry<Host>>(), at, env).then_some(())
    }

    fn param_text(&mut self, name: &str, at: SourceSpan, env: &EvalEnv) -> Option<String> {
        let set = self.name(name, at, env);
        if set.broken {
            return None;
        }
        if let ([scalar], 1) = (set.scalars.as_slice(), set.len()) {
            return Some(scalar.value.text().to_owned());
        }
        let found = set.kinds().first().map_or("`any`", |&(kind, _)| kind.phrase());
        let message = format!("`{{{name}}}` needs a text or a number, found {found}");
        self.report(env, Code::FW0202, at, message);
        None
    }
}

/// What means something that was wrong and has been reported.
pub(super) trait Broken {
    fn broken() -> Self;
}

impl Broken for IntentSet {
    fn broken() -> Self {
        IntentSet::broken()
    }
}

impl<T> Broken for Option<T> {
    fn broken() -> Self {
        None
    }
}

/// Whether a word is a number or a range of numbers.
fn is_number(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match word.split_once('-') {
        Some((first, last)) => digits(first) && digits(last),
        None => digits(word),
    }
}

/// Whether a word can only be meant as an address: it ends in a decimal part, which no host name does.
fn looks_like_address(word: &str) -> bool {
    let last = word.rsplit(['.', '-', '/']).next().unwrap_or("");
    let numeric = word.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'/'));
    word.contains('/') || numeric && !last.is_empty()
}
