//! Bicep files: the resources of the ARM templates, with symbols for references.

use std::collections::HashSet;

use super::EmitOptions;
use super::symbol::{SymbolStyle, symbol};
use super::template::{
    API_VERSION, EmittedId, EmittedObject, EmittedResource, EmittedValue, IdKind, policy_resources, route_tables,
};
use crate::model;

/// Keys that cannot are without quotes.
const RESERVED: [&str; 7] = ["true", "false", "null", "if", "for", "in", "resource"];

/// The file of `policy`.
pub fn policy_file(model: &model::Model, policy: &model::Policy, options: &EmitOptions) -> String {
    file(&policy_resources(model, policy, options))
}

/// The file of the route tables, where the model has any.
pub fn route_file(model: &model::Model) -> Option<String> {
    let tables = route_tables(model);
    (!tables.is_empty()).then(|| file(&tables))
}

/// A Bicep expression.
enum EmittedExpression {
    Null,
    Word(String),
    Text(String),
    Call(&'static str, Vec<EmittedExpression>),
    Member(Box<EmittedExpression>, &'static str),
    List(Vec<EmittedExpression>),
    Object(Vec<(String, EmittedExpression)>),
}

/// A declared resource.
struct Declaration {
    symbol: String,
    kind: IdKind,
    version: &'static str,
    existing: bool,
    body: Vec<(String, EmittedExpression)>,
}

fn file(resources: &[EmittedResource]) -> String {
    let declared = DeclaredSymbols { ids: resources.iter().map(|resource| key(&resource.id)).collect() };
    let mut declarations: Vec<Declaration> = Vec::new();
    for id in foreign_policies(resources, &declared) {
        let name = id.names.first().cloned().unwrap_or_default();
        let body = vec![("name".to_owned(), EmittedExpression::Text(name))];
        declarations.push(Declaration {
            symbol: symbol_of(&id),
            kind: id.kind,
            version: API_VERSION,
            existing: true,
            body,
        });
    }
    declarations.extend(resources.iter().map(|resource| declared.declaration(resource)));
    let mut writer = BicepWriter::default();
    for declaration in &declarations {
        writer.declaration(declaration);
    }
    writer.text
}

/// The policies that groups belong to without standing in the file.
fn foreign_policies(resources: &[EmittedResource], declared: &DeclaredSymbols) -> Vec<EmittedId> {
    let mut found: Vec<EmittedId> = Vec::new();
    for parent in resources.iter().filter_map(|resource| parent_of(&resource.id)) {
        if !declared.has(&parent) && found.iter().all(|known| key(known) != key(&parent)) {
            found.push(parent);
        }
    }
    found
}

fn parent_of(id: &EmittedId) -> Option<EmittedId> {
    match (id.kind, id.names.as_slice()) {
        (IdKind::Group | IdKind::Pods, [policy, _]) => Some(EmittedId::new(IdKind::Policy, &[policy])),
        (IdKind::Group | IdKind::Pods | IdKind::Policy | IdKind::IpGroup | IdKind::RouteTable, _) => None,
    }
}

/// Azure compares names without regard to case.
fn key(id: &EmittedId) -> (&'static str, Vec<String>) {
    (id.kind.spelled(), id.names.iter().map(|name| name.to_ascii_lowercase()).collect())
}

fn symbol_of(id: &EmittedId) -> String {
    let prefix = match id.kind {
        IdKind::Policy => "policy_",
        IdKind::Group => "group_",
        IdKind::IpGroup => "ipGroup_",
        IdKind::RouteTable => "routes_",
        IdKind::Pods => "pods_",
    };
    [prefix, &symbol(SymbolStyle::Bicep, &id.names)].concat()
}

/// The resources of the file.
struct DeclaredSymbols {
    ids: HashSet<(&'static str, Vec<String>)>,
}

impl DeclaredSymbols {
    fn has(&self, id: &EmittedId) -> bool {
        self.ids.contains(&key(id))
    }

    fn declaration(&self, resource: &EmittedResource) -> Declaration {
        let mut body = Vec::new();
        let parent = parent_of(&resource.id);
        if let Some(parent) = &parent {
            body.push(("parent".to_owned(), EmittedExpression::Word(symbol_of(parent))));
        }
        let name = resource.id.names.last().cloned().unwrap_or_default();
        body.push(("name".to_owned(), EmittedExpression::Text(name)));
        for (key, value) in resource.body.iter() {
            if key == "properties" {
                body.extend(self.depends_on(resource, parent.as_ref()));
            }
            body.push((key.to_owned(), self.expression(value)));
        }
        Declaration {
            symbol: symbol_of(&resource.id),
            kind: resource.id.kind,
            version: resource.version,
            existing: false,
            body,
        }
    }

    /// What has to be before a resource, its parent apart, which Bicep adds itself.
    fn depends_on(
        &self,
        resource: &EmittedResource,
        parent: Option<&EmittedId>,
    ) -> Option<(String, EmittedExpression)> {
        let needs = resource.depends_on.iter().filter(|&id| Some(id) != parent && self.has(id));
        let needs: Vec<EmittedExpression> = needs.map(|id| EmittedExpression::Word(symbol_of(id))).collect();
        (!needs.is_empty()).then(|| ("dependsOn".to_owned(), EmittedExpression::List(needs)))
    }

    fn expression(&self, value: &EmittedValue) -> EmittedExpression {
        match value {
            EmittedValue::Null => EmittedExpression::Null,
            EmittedValue::Bool(value) => EmittedExpression::Word(value.to_string()),
            EmittedValue::Number(number) => number_expression(number),
            EmittedValue::Text(text) => EmittedExpression::Text(text.clone()),
            EmittedValue::Id(id) if self.has(id) => {
                EmittedExpression::Member(Box::new(EmittedExpression::Word(symbol_of(id))), "id")
            }
            EmittedValue::Id(id) => {
                let kind = std::iter::once(id.kind.spelled().to_owned());
                EmittedExpression::Call(
                    "resourceId",
                    kind.chain(id.names.clone()).map(EmittedExpression::Text).collect(),
                )
            }
            EmittedValue::GroupLocation => {
                EmittedExpression::Member(Box::new(EmittedExpression::Call("resourceGroup", Vec::new())), "location")
            }
            EmittedValue::List(items) => {
                EmittedExpression::List(items.iter().map(|item| self.expression(item)).collect())
            }
            EmittedValue::Object(object) => EmittedExpression::Object(self.properties(object)),
        }
    }

    fn properties(&self, object: &EmittedObject) -> Vec<(String, EmittedExpression)> {
        object.iter().map(|(key, value)| (key.to_owned(), self.expression(value))).collect()
    }
}

/// Bicep has whole numbers only; others go through the JSON that they are in.
fn number_expression(number: &serde_json::Number) -> EmittedExpression {
    match number.as_i64() {
        Some(whole) if i32::try_from(whole).is_ok() => EmittedExpression::Word(whole.to_string()),
        Some(_) | None => EmittedExpression::Call("json", vec![EmittedExpression::Text(number.to_string())]),
    }
}

/// `text` as a Bicep string: the one place that escapes.
///
/// Beside what ends a string or starts an interpolation, it escapes what a reader of the file cannot see: controls, and
/// the marks that turn the direction of writing; and a slash where some readers, as those of editors, would see a comment
/// begin: at the start of a string, after an escape and a dollar sign, and after blanks and number signs that
/// are there.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("'");
    let mut characters = text.chars().peekable();
    let mut is_fresh = true;
    while let Some(c) = characters.next() {
        let before = quoted.len();
        match c {
            '/' if is_fresh && matches!(characters.peek(), Some('/' | '*')) => quoted.push_str("\\u{2f}"),
            '\\' | '\'' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '$' if characters.peek() == Some(&'{') => quoted.push_str("\\$"),
            c if c.is_control() || is_mark(c) => quoted.extend(["\\u{", &format!("{:x}", u32::from(c)), "}"]),
            c => quoted.push(c),
        }
        let keeps_fresh = c == '#' || c.is_whitespace();
        is_fresh = c == '$' || keeps_fresh && is_fresh || quoted.len() - before > c.len_utf8();
    }
    quoted.push('\'');
    quoted
}

/// Whether a character breaks lines or turns the direction of writing without being seen.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn key_text(key: &str) -> String {
    let starts = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let is_word = starts && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_word && !RESERVED.contains(&key) { key.to_owned() } else { quoted(key) }
}

#[derive(Default)]
struct BicepWriter {
    text: String,
    depth: usize,
}

impl BicepWriter {
    fn push(&mut self, parts: &[&str]) {
        self.text.extend(parts.iter().copied());
    }

    fn line(&mut self) {
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n("  ", self.depth));
    }

    fn declaration(&mut self, declaration: &Declaration) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let kind = [declaration.kind.spelled(), "@", declaration.version].concat();
        let existing = if declaration.existing { " existing" } else { "" };
        self.push(&["resource ", &declaration.symbol, " ", &quoted(&kind), existing, " = "]);
        self.object(&declaration.body);
        self.text.push('\n');
    }

    fn object(&mut self, entries: &[(String, EmittedExpression)]) {
        if entries.is_empty() {
            return self.push(&["{}"]);
        }
        self.text.push('{');
        self.depth += 1;
        for (key, value) in entries {
            self.line();
            self.push(&[&key_text(key), ": "]);
            self.expression(value);
        }
        self.depth -= 1;
        self.line();
        self.text.push('}');
    }

    fn expression(&mut self, expression: &EmittedExpression) {
        match expression {
            EmittedExpression::Null => self.push(&["null"]),
            EmittedExpression::Word(word) => self.push(&[word]),
            EmittedExpression::Text(text) => self.push(&[&quoted(text)]),
            EmittedExpression::Call(function, arguments) => {
                self.push(&[function, "("]);
                for (index, argument) in arguments.iter().enumerate() {
                    self.push(&[if index == 0 { "" } else { ", " }]);
                    self.expression(argument);
                }
                self.push(&[")"]);
            }
            EmittedExpression::Member(of, name) => {
                self.expression(of);
                self.push(&[".", name]);
            }
            EmittedExpression::List(items) => self.list(items),
            EmittedExpression::Object(entries) => self.object(entries),
        }
    }

    fn list(&mut self, items: &[EmittedExpression]) {
        if items.is_empty() {
            return self.push(&["[]"]);
        }
        self.text.push('[');
        self.depth += 1;
        for item in items {
            self.line();
            self.expression(item);
        }
        self.depth -= 1;
        self.line();
        self.text.push(']');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_string_or_is_evaluated_in_it() {
        assert_eq!(quoted("$// a//b"), "'$\\u{2f}/ a//b'");
        assert_eq!(quoted("#//#//"), "'#\\u{2f}/#//'");
        assert_eq!(quoted(" //a //"), "' \\u{2f}/a //'");
        assert_eq!(quoted("it's ${x} $x \\"), "'it\\'s \\${x} $x \\\\'");
        assert_eq!(quoted("a\n'''\u{0}\u{202e}"), "'a\\n\\'\\'\\'\\u{0}\\u{202e}'");
    }

    #[test]
    fn keys_are_quoted_where_they_are_no_words() {
        assert_eq!(["a_1", "1a", "a-b", "null", "${x}"].map(key_text), ["a_1", "'1a'", "'a-b'", "'null'", "'\\${x}'"]);
    }
}
