//! A module as people read it: what each bundle opens, for whom, and who states so.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::Files;
use crate::syntax::ast::{self, Item, terms};
use crate::syntax::{NodeKind, SyntaxNode, parse};

use super::Module;

/// How deep sets may name sets before the page stops following them.
const MAX_DEPTH: usize = 16;

/// What a module states.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModulePage {
    /// What the module is for, in a sentence without its full stop.
    pub summary: String,
    /// What else its opening comment states, by paragraph.
    pub notes: Vec<String>,
    /// The sets, in the order of the module.
    pub sets: Vec<ModuleSet>,
    /// The bundles, in the order of the module.
    pub bundles: Vec<Bundle>,
}

/// A named set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModuleSet {
    /// Its name, without that of the module.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// Its members, as they are written.
    pub members: Vec<String>,
}

/// A bundle.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bundle {
    /// Its name, without that of the module.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// What it wants to be told.
    pub parameters: Vec<ModuleParameter>,
    /// What it opens.
    pub entries: Vec<CatalogueEntry>,
    /// The bundles that it applies, each with the conditions it is applied under.
    pub applies: Vec<(String, Vec<String>)>,
}

/// A parameter of a bundle.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModuleParameter {
    /// Its name.
    pub name: String,
    /// The kind of its value.
    pub kind: String,
    /// What it is where nothing is given.
    pub default: Option<String>,
    /// The comment after it.
    pub note: Option<String>,
}

/// Destinations that a rule opens for one reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CatalogueEntry {
    /// The services, as the rule states them.
    pub services: String,
    /// The destinations, as they are written.
    pub destinations: Vec<String>,
    /// Why they are needed.
    pub purpose: String,
    /// Who needs them.
    pub need: String,
    /// Who states so.
    pub source: String,
    /// The day on which that was checked, `yyyy-mm-dd`.
    pub checked: String,
    /// The parameters that must have a value for it, as in `windows` or `private-cluster = off`.
    pub conditions: Vec<String>,
}

impl ModulePage {
    /// Reads a module.
    pub fn of(module: &Module) -> Self {
        let mut files = Files::new();
        let file = files.add(module.name, module.text);
        let parsed = parse(file, Arc::from(module.text));
        let root = parsed.tree.root();
        let reading = PageReading { text: module.text, sets: named(root, NodeKind::Let) };
        let (summary, notes) = opening(module);
        Self {
            summary,
            notes,
            sets: root.children_of(NodeKind::Let).filter_map(set).collect(),
            bundles: root.children_of(NodeKind::Bundle).filter_map(|item| reading.bundle(item)).collect(),
        }
    }

    /// The day of the fact that was checked longest ago.
    pub fn oldest(&self) -> Option<&str> {
        let entries = self.bundles.iter().flat_map(|bundle| &bundle.entries);
        entries.map(|entry| entry.checked.as_str()).filter(|day| !day.is_empty()).min()
    }
}

/// What a module opens with: its first sentence, without its own name, and the rest by paragraph.
fn opening(module: &Module) -> (String, Vec<String>) {
    let lines: Vec<&str> = module.text.lines().map_while(|line| line.strip_prefix('#')).map(str::trim).collect();
    let mut paragraphs = lines.split(|line| line.is_empty()).map(|lines| lines.join(" "));
    let first = paragraphs.next().unwrap_or_default();
    let first = first.strip_prefix(module.name).unwrap_or(&first).trim_start_matches([':', ' ']);
    let (sentence, rest) = first.split_once(". ").unwrap_or((first, ""));
    let rest = Some(rest.to_owned()).filter(|rest| !rest.is_empty());
    let notes = rest.into_iter().chain(paragraphs.filter(|paragraph| !paragraph.is_empty())).collect();
    (sentence.trim_end_matches('.').to_owned(), notes)
}

fn named(root: SyntaxNode<'_>, kind: NodeKind) -> BTreeMap<&str, SyntaxNode<'_>> {
    root.children_of(kind).filter_map(|item| Some((ast::name(item)?.text(), item))).collect()
}

fn set(item: SyntaxNode<'_>) -> Option<ModuleSet> {
    let members = terms(item).map(written).collect();
    Some(ModuleSet { name: ast::name(item)?.text().to_owned(), purpose: purpose(item), members })
}

fn purpose(item: SyntaxNode<'_>) -> String {
    ast::description(item).unwrap_or_default()
}

fn written(node: SyntaxNode<'_>) -> String {
    node.text().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The arguments of an annotation of an item.
fn annotation(item: SyntaxNode<'_>, name: &str) -> Option<Vec<String>> {
    let found = item.children_of(NodeKind::Annotation).find(|note| ast::name(*note).is_some_and(|n| n.text() == name));
    let arguments = ast::parts::<ast::Value<'_>>(found?);
    Some(arguments.map(|argument| argument.text().trim_matches('"').to_owned()).collect())
}

struct PageReading<'m> {
    text: &'m str,
    sets: BTreeMap<&'m str, SyntaxNode<'m>>,
}

impl<'m> PageReading<'m> {
    fn bundle(&self, item: SyntaxNode<'m>) -> Option<Bundle> {
        let parameters = item.child(NodeKind::Parameters).into_iter();
        let mut bundle = Bundle {
            name: ast::name(item)?.text().to_owned(),
            purpose: purpose(item),
            parameters: parameters
                .flat_map(|all| all.children_of(NodeKind::Parameter))
                .filter_map(|parameter| self.parameter(parameter))
                .collect(),
            entries: Vec::new(),
            applies: Vec::new(),
        };
        self.items(item, &[], &mut bundle);
        Some(bundle)
    }

    fn parameter(&self, item: SyntaxNode<'m>) -> Option<ModuleParameter> {
        let text = item.text().trim_end_matches(',');
        let (head, default) = match text.split_once('=') {
            Some((head, default)) => (head, Some(default.trim().to_owned())),
            None => (text, None),
        };
        let behind = self.text.get(item.span().range().end..)?.lines().next()?;
        let note = behind.split_once('#').map(|(_, note)| note.trim().to_owned());
        let (name, kind) = head.split_once(':')?;
        Some(ModuleParameter { name: name.trim().to_owned(), kind: kind.trim().to_owned(), default, note })
    }

    /// The items of a block, with those of the `when`s in it.
    fn items(&self, item: SyntaxNode<'m>, conditions: &[String], bundle: &mut Bundle) {
        for part in ast::items(item) {
            match part {
                Item::When(_) => {
                    let condition = part.text().split_once('{').map_or("", |(head, _)| head);
                    let condition = condition.trim_start_matches("when").trim().to_owned();
                    let conditions: Vec<String> = conditions.iter().cloned().chain([condition]).collect();
                    self.items(*part, &conditions, bundle);
                }
                Item::Apply(_) => {
                    let path = part.children().find(|child| matches!(child.kind(), NodeKind::Path | NodeKind::Name));
                    let name = path.map_or_else(String::new, written);
                    bundle.applies.push((name, conditions.to_vec()));
                }
                Item::Rule(rule) => self.rule(*rule, conditions, bundle),
                // A module of the catalogue holds sets and bundles, and its bundles rules.
                Item::Use(_)
                | Item::Import(_)
                | Item::Let(_)
                | Item::IpGroup(_)
                | Item::Param(_)
                | Item::Bundle(_)
                | Item::Policy(_)
                | Item::Group(_)
                | Item::Collection(_)
                | Item::Dnat(_)
                | Item::Setting(_)
                | Item::Firewall(_)
                | Item::Routes(_)
                | Item::PrivateEndpoint(_)
                | Item::Expect(_)
                | Item::Test(_)
                | Item::Error(_) => {}
            }
        }
    }

    fn rule(&self, rule: SyntaxNode<'m>, conditions: &[String], bundle: &mut Bundle) {
        let services = rule.child(NodeKind::Services).map_or_else(String::new, written);
        let of_rule = PageWords::of(rule);
        let mut own = Vec::new();
        for term in rule.child(NodeKind::To).into_iter().flat_map(terms) {
            let mut facts = Vec::new();
            self.facts(term, 0, &mut facts);
            for (fact, members) in &facts {
                let said = PageWords::of(*fact).or(&of_rule);
                bundle.entries.push(said.entry(&services, purpose(*fact), members.clone(), conditions));
            }
            if facts.is_empty() {
                own.push(written(term));
            }
        }
        if !own.is_empty() {
            bundle.entries.push(of_rule.entry(&services, purpose(rule), own, conditions));
        }
    }

    /// The sets with a source that a term names, perhaps by way of others, each with its members.
    fn facts(&self, term: SyntaxNode<'m>, depth: usize, found: &mut Vec<(SyntaxNode<'m>, Vec<String>)>) {
        let Some(item) = self.sets.get(term.text()).filter(|_| depth < MAX_DEPTH) else { return };
        if annotation(*item, "source").is_some() {
            found.push((*item, terms(*item).map(written).collect()));
            return;
        }
        for term in terms(*item) {
            self.facts(term, depth + 1, found);
        }
    }
}

/// What annotations say of a fact.
#[derive(Default)]
struct PageWords {
    need: Option<String>,
    source: Option<(String, String)>,
}

impl PageWords {
    fn of(item: SyntaxNode<'_>) -> Self {
        let source = annotation(item, "source").map(Vec::into_iter);
        Self {
            need: annotation(item, "need").and_then(|all| all.into_iter().next()),
            source: source.and_then(|mut all| Some((all.next()?, all.next()?))),
        }
    }

    /// What a rule states of its use of a fact is before what the fact states.
    fn or(self, rule: &Self) -> Self {
        Self { need: rule.need.clone().or(self.need), source: rule.source.clone().or(self.source) }
    }

    fn entry(
        &self,
        services: &str,
        purpose: String,
        destinations: Vec<String>,
        conditions: &[String],
    ) -> CatalogueEntry {
        let (source, checked) = self.source.clone().unwrap_or_default();
        CatalogueEntry {
            services: services.to_owned(),
            destinations,
            purpose,
            need: self.need.clone().unwrap_or_default(),
            source,
            checked,
            conditions: conditions.to_vec(),
        }
    }
}
