//! Bicep files: the resources of the ARM templates, with symbols for references.

use std::collections::HashSet;

use super::Options;
use super::symbol::{Style, symbol};
use super::template::{API_VERSION, Id, Kind, Object, Resource, Value, policy_resources, route_tables};
use crate::model;

/// Keys that cannot stand without quotes.
const RESERVED: [&str; 7] = ["true", "false", "null", "if", "for", "in", "resource"];

/// The file of `policy`.
pub fn policy_file(model: &model::Model, policy: &model::Policy, options: &Options) -> String {
    file(&policy_resources(model, policy, options))
}

/// The file of the route tables, where the model has any.
pub fn route_file(model: &model::Model) -> Option<String> {
    let tables = route_tables(model);
    (!tables.is_empty()).then(|| file(&tables))
}

/// A Bicep expression.
enum Expression {
    Null,
    Word(String),
    Text(String),
    Call(&'static str, Vec<Expression>),
    Member(Box<Expression>, &'static str),
    List(Vec<Expression>),
    Object(Vec<(String, Expression)>),
}

/// A declared resource.
struct Declaration {
    symbol: String,
    kind: Kind,
    version: &'static str,
    existing: bool,
    body: Vec<(String, Expression)>,
}

fn file(resources: &[Resource]) -> String {
    let declared = Declared { ids: resources.iter().map(|resource| key(&resource.id)).collect() };
    let mut declarations: Vec<Declaration> = Vec::new();
    for id in foreign_policies(resources, &declared) {
        let name = id.names.first().cloned().unwrap_or_default();
        let body = vec![("name".to_owned(), Expression::Text(name))];
        declarations.push(Declaration {
            symbol: symbol_of(&id),
            kind: id.kind,
            version: API_VERSION,
            existing: true,
            body,
        });
    }
    declarations.extend(resources.iter().map(|resource| declared.declaration(resource)));
    let mut writer = Writer::default();
    for declaration in &declarations {
        writer.declaration(declaration);
    }
    writer.text
}

/// The policies that groups belong to without standing in the file.
fn foreign_policies(resources: &[Resource], declared: &Declared) -> Vec<Id> {
    let mut found: Vec<Id> = Vec::new();
    for parent in resources.iter().filter_map(|resource| parent_of(&resource.id)) {
        if !declared.has(&parent) && found.iter().all(|known| key(known) != key(&parent)) {
            found.push(parent);
        }
    }
    found
}

fn parent_of(id: &Id) -> Option<Id> {
    match (id.kind, id.names.as_slice()) {
        (Kind::Group | Kind::Pods, [policy, _]) => Some(Id::new(Kind::Policy, &[policy])),
        (Kind::Group | Kind::Pods | Kind::Policy | Kind::IpGroup | Kind::RouteTable, _) => None,
    }
}

/// Azure compares names without regard to case.
fn key(id: &Id) -> (&'static str, Vec<String>) {
    (id.kind.spelled(), id.names.iter().map(|name| name.to_ascii_lowercase()).collect())
}

fn symbol_of(id: &Id) -> String {
    let prefix = match id.kind {
        Kind::Policy => "policy_",
        Kind::Group => "group_",
        Kind::IpGroup => "ipGroup_",
        Kind::RouteTable => "routes_",
        Kind::Pods => "pods_",
    };
    [prefix, &symbol(Style::Bicep, &id.names)].concat()
}

/// The resources of the file.
struct Declared {
    ids: HashSet<(&'static str, Vec<String>)>,
}

impl Declared {
    fn has(&self, id: &Id) -> bool {
        self.ids.contains(&key(id))
    }

    fn declaration(&self, resource: &Resource) -> Declaration {
        let mut body = Vec::new();
        let parent = parent_of(&resource.id);
        if let Some(parent) = &parent {
            body.push(("parent".to_owned(), Expression::Word(symbol_of(parent))));
        }
        let name = resource.id.names.last().cloned().unwrap_or_default();
        body.push(("name".to_owned(), Expression::Text(name)));
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

    /// What has to stand before a resource, its parent apart, which Bicep adds itself.
    fn depends_on(&self, resource: &Resource, parent: Option<&Id>) -> Option<(String, Expression)> {
        let needs = resource.depends_on.iter().filter(|&id| Some(id) != parent && self.has(id));
        let needs: Vec<Expression> = needs.map(|id| Expression::Word(symbol_of(id))).collect();
        (!needs.is_empty()).then(|| ("dependsOn".to_owned(), Expression::List(needs)))
    }

    fn expression(&self, value: &Value) -> Expression {
        match value {
            Value::Null => Expression::Null,
            Value::Bool(value) => Expression::Word(value.to_string()),
            Value::Number(number) => number_expression(number),
            Value::Text(text) => Expression::Text(text.clone()),
            Value::Id(id) if self.has(id) => Expression::Member(Box::new(Expression::Word(symbol_of(id))), "id"),
            Value::Id(id) => {
                let kind = std::iter::once(id.kind.spelled().to_owned());
                Expression::Call("resourceId", kind.chain(id.names.clone()).map(Expression::Text).collect())
            }
            Value::GroupLocation => {
                Expression::Member(Box::new(Expression::Call("resourceGroup", Vec::new())), "location")
            }
            Value::List(items) => Expression::List(items.iter().map(|item| self.expression(item)).collect()),
            Value::Object(object) => Expression::Object(self.properties(object)),
        }
    }

    fn properties(&self, object: &Object) -> Vec<(String, Expression)> {
        object.iter().map(|(key, value)| (key.to_owned(), self.expression(value))).collect()
    }
}

/// Bicep has whole numbers only; others go through the JSON that they stand in.
fn number_expression(number: &serde_json::Number) -> Expression {
    match number.as_i64() {
        Some(whole) if i32::try_from(whole).is_ok() => Expression::Word(whole.to_string()),
        Some(_) | None => Expression::Call("json", vec![Expression::Text(number.to_string())]),
    }
}

/// `text` as a Bicep string: the one place that escapes.
///
/// Beside what ends a string or starts an interpolation, it escapes what a reader of the file cannot see: controls, and
/// the marks that turn the direction of writing; and a slash where some readers, as those of editors, would see a comment
/// begin: at the start of a string, behind an escape and a dollar sign, and behind blanks and number signs that
/// stand there.
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
struct Writer {
    text: String,
    depth: usize,
}

impl Writer {
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

    fn object(&mut self, entries: &[(String, Expression)]) {
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

    fn expression(&mut self, expression: &Expression) {
        match expression {
            Expression::Null => self.push(&["null"]),
            Expression::Word(word) => self.push(&[word]),
            Expression::Text(text) => self.push(&[&quoted(text)]),
            Expression::Call(function, arguments) => {
                self.push(&[function, "("]);
                for (index, argument) in arguments.iter().enumerate() {
                    self.push(&[if index == 0 { "" } else { ", " }]);
                    self.expression(argument);
                }
                self.push(&[")"]);
            }
            Expression::Member(of, name) => {
                self.expression(of);
                self.push(&[".", name]);
            }
            Expression::List(items) => self.list(items),
            Expression::Object(entries) => self.object(entries),
        }
    }

    fn list(&mut self, items: &[Expression]) {
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
