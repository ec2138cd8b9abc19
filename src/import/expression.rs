//! Template expressions, as far as an export needs them.

use std::cell::Cell;

use nom::branch::alt;
use nom::bytes::complete::{is_not, tag, take_while, take_while1};
use nom::character::complete::{char, multispace0};
use nom::combinator::{all_consuming, map, map_opt, opt, recognize, value};
use nom::multi::{fold_many0, many_m_n, separated_list0};
use nom::sequence::{delimited, pair, preceded};
use nom::{IResult, Parser};
use serde_json::{Map, Value};

use super::tree::{Node, Reference};

/// The region of the resource group, which a template says by this expression.
pub(super) const GROUP_LOCATION: &str = "[resourceGroup().location]";

/// How deep expressions, and the parameters and variables that they name, may nest.
const DEEPEST: usize = 24;
/// How high the value of a parameter or a variable may be, in lists and objects within each other.
const HIGHEST: usize = 32;
/// How much evaluation may produce in one template, in values and bytes of text.
const BUDGET: usize = 50_000_000;

/// What the expressions of a template can name.
pub(super) struct Scope {
    parameters: Vec<(String, Parameter)>,
    variables: Map<String, Value>,
    left: Cell<usize>,
}

/// The value of a parameter.
pub(super) enum Parameter {
    /// The default, whose expressions are those of its own template.
    Default(Value),
    /// The value that another template gives, evaluated there.
    Given(Node),
}

impl Scope {
    /// The parameters, each with its value, and the variables.
    pub(super) fn new(parameters: Vec<(String, Parameter)>, variables: Map<String, Value>) -> Self {
        Self { parameters, variables, left: Cell::new(BUDGET) }
    }

    /// `value` with its expressions evaluated, where they can be.
    pub(super) fn node(&self, value: Value) -> Node {
        self.node_at(value, 0)
    }

    fn node_at(&self, value: Value, depth: usize) -> Node {
        match value {
            Value::String(text) => self.text(text, depth),
            Value::Array(items) => Node::List(items.into_iter().map(|item| self.node_at(item, depth)).collect()),
            Value::Object(entries) => {
                let entries = entries.into_iter();
                Node::Object(entries.map(|(key, value)| (unescaped(key), self.node_at(value, depth))).collect())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => Node::plain(value),
        }
    }

    fn text(&self, text: String, depth: usize) -> Node {
        match bracketed(&text) {
            Some(inner) if !inner.starts_with('[') => {
                let evaluated = parse(inner).and_then(|expression| self.evaluated(&expression, depth));
                evaluated.unwrap_or(Node::Expression(text))
            }
            Some(_) | None => Node::Text(unescaped(text)),
        }
    }

    fn evaluated(&self, expression: &Expression, depth: usize) -> Option<Node> {
        let depth = depth.checked_add(1).filter(|&depth| depth <= DEEPEST)?;
        let node = match expression {
            Expression::Text(text) => Node::Text(text.clone()),
            Expression::Number(number) => Node::Number((*number).into()),
            Expression::Member(of, name) => self.member(of, name, depth)?,
            Expression::Call(function, arguments) => self.call(function, arguments, depth)?,
        };
        self.charge(&node)?;
        Some(node)
    }

    /// Takes what `node` weighs from the budget.
    fn charge(&self, node: &Node) -> Option<()> {
        let left = self.left.get().checked_sub(weight(node));
        self.left.set(left.unwrap_or(0));
        left.map(|_| ())
    }

    fn member(&self, of: &Expression, name: &str, depth: usize) -> Option<Node> {
        match of {
            Expression::Call(function, arguments)
                if function.eq_ignore_ascii_case("resourceGroup") && arguments.is_empty() =>
            {
                name.eq_ignore_ascii_case("location").then(|| Node::Expression(GROUP_LOCATION.to_owned()))
            }
            Expression::Text(_) | Expression::Number(_) => None,
            Expression::Call(..) | Expression::Member(..) => match self.evaluated(of, depth)? {
                Node::Object(entries) => {
                    entries.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, node)| node)
                }
                Node::Null
                | Node::Bool(_)
                | Node::Number(_)
                | Node::Text(_)
                | Node::Expression(_)
                | Node::Reference(_)
                | Node::List(_) => None,
            },
        }
    }

    fn call(&self, function: &str, arguments: &[Expression], depth: usize) -> Option<Node> {
        match (function.to_ascii_lowercase().as_str(), arguments) {
            ("parameters", [Expression::Text(name)]) => self.parameter(name, depth),
            ("variables", [Expression::Text(name)]) => self.variable(name, depth),
            ("concat", _) => self.texts(arguments, depth).map(|texts| Node::Text(texts.concat())),
            ("format", [pattern, rest @ ..]) => {
                let pattern = self.one_text(pattern, depth)?;
                formatted(&pattern, &self.texts(rest, depth)?).map(Node::Text)
            }
            ("resourceid", _) => reference(self.texts(arguments, depth)?),
            _ => None,
        }
    }

    fn parameter(&self, name: &str, depth: usize) -> Option<Node> {
        let (_, parameter) = self.parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        match parameter {
            Parameter::Default(value) => self.copy(value, depth),
            Parameter::Given(node) => self.is_affordable().then(|| node.clone()),
        }
    }

    fn variable(&self, name: &str, depth: usize) -> Option<Node> {
        let (_, value) = self.variables.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        self.copy(value, depth)
    }

    fn copy(&self, value: &Value, depth: usize) -> Option<Node> {
        (self.is_affordable() && height(value) <= HIGHEST).then(|| self.node_at(value.clone(), depth))
    }

    fn is_affordable(&self) -> bool {
        self.left.get() > 0
    }

    fn texts(&self, arguments: &[Expression], depth: usize) -> Option<Vec<String>> {
        arguments.iter().map(|argument| self.one_text(argument, depth)).collect()
    }

    fn one_text(&self, argument: &Expression, depth: usize) -> Option<String> {
        match self.evaluated(argument, depth)? {
            Node::Text(text) => Some(text),
            Node::Number(number) => Some(number.to_string()),
            Node::Null | Node::Bool(_) | Node::Expression(_) | Node::Reference(_) | Node::List(_) | Node::Object(_) => {
                None
            }
        }
    }
}

fn height(value: &Value) -> usize {
    let inside = match value {
        Value::Array(items) => items.iter().map(height).max(),
        Value::Object(entries) => entries.values().map(height).max(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return 0,
    };
    inside.unwrap_or(0).saturating_add(1)
}

fn weight(node: &Node) -> usize {
    match node {
        Node::Text(text) | Node::Expression(text) => text.len().saturating_add(1),
        Node::List(items) => items.iter().map(weight).fold(1, usize::saturating_add),
        Node::Object(entries) => entries.iter().map(|(_, node)| weight(node)).fold(1, usize::saturating_add),
        Node::Null | Node::Bool(_) | Node::Number(_) | Node::Reference(_) => 1,
    }
}

/// A resource of the same resource group; with a group or a subscription before the kind, it is elsewhere.
fn reference(mut texts: Vec<String>) -> Option<Node> {
    let kind = texts.first()?.clone();
    let names = texts.split_off(1);
    let depth = kind.matches('/').count();
    (depth > 0 && depth == names.len()).then_some(Node::Reference(Reference { kind, names }))
}

/// The pattern with `{0}`, `{1}`, … replaced. Any other use of braces is not understood.
fn formatted(pattern: &str, arguments: &[String]) -> Option<String> {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let (index, behind) = after.split_once('}')?;
        text.push_str(before);
        text.push_str(arguments.get(index.parse::<usize>().ok()?)?);
        rest = behind;
    }
    text.push_str(rest);
    (!pattern.contains("}}")).then_some(text)
}

fn bracketed(text: &str) -> Option<&str> {
    text.strip_prefix('[')?.strip_suffix(']')
}

/// A text, or a key, that is no expression: `[[x]` stands for `[x]`.
fn unescaped(text: String) -> String {
    match bracketed(&text) {
        Some(inner) if inner.starts_with('[') => [inner, "]"].concat(),
        Some(_) | None => text,
    }
}

#[derive(Clone, PartialEq, Debug)]
enum Expression {
    Text(String),
    Number(i64),
    Call(String, Vec<Expression>),
    Member(Box<Expression>, String),
}

fn parse(text: &str) -> Option<Expression> {
    if nesting(text) > DEEPEST {
        return None;
    }
    all_consuming(expression).parse(text).ok().map(|(_, expression)| expression)
}

/// How deep calls nest, so that the recursion of parser and evaluator is bounded.
fn nesting(text: &str) -> usize {
    // Every second piece between quotes is outside of a text.
    let outside = text.split('\'').step_by(2).flat_map(str::bytes);
    let depths = outside.scan(0usize, |depth, byte| {
        *depth = match byte {
            b'(' => depth.saturating_add(1),
            b')' => depth.saturating_sub(1),
            _ => *depth,
        };
        Some(*depth)
    });
    depths.max().unwrap_or(0)
}

fn expression(text: &str) -> IResult<&str, Expression> {
    let members = many_m_n(0, DEEPEST, preceded(char('.'), identifier));
    let atom = alt((map(quoted_text, Expression::Text), map(number, Expression::Number), call));
    map(delimited(multispace0, pair(atom, members), multispace0), |(atom, names)| {
        names.into_iter().fold(atom, |of, name| Expression::Member(Box::new(of), name.to_owned()))
    })
    .parse(text)
}

fn call(text: &str) -> IResult<&str, Expression> {
    let arguments = delimited(char('('), separated_list0(char(','), expression), preceded(multispace0, char(')')));
    map(pair(identifier, preceded(multispace0, arguments)), |(name, arguments)| {
        Expression::Call(name.to_owned(), arguments)
    })
    .parse(text)
}

fn identifier(text: &str) -> IResult<&str, &str> {
    let start = take_while1(|c: char| c.is_ascii_alphabetic() || c == '_');
    recognize(pair(start, take_while(|c: char| c.is_ascii_alphanumeric() || c == '_'))).parse(text)
}

fn number(text: &str) -> IResult<&str, i64> {
    let digits = recognize(pair(opt(char('-')), take_while1(|c: char| c.is_ascii_digit())));
    map_opt(digits, |digits: &str| digits.parse().ok()).parse(text)
}

fn quoted_text(text: &str) -> IResult<&str, String> {
    let piece = alt((is_not("'"), value("'", tag("''"))));
    let pieces = fold_many0(piece, String::new, |mut all, piece: &str| {
        all.push_str(piece);
        all
    });
    delimited(char('\''), pieces, char('\'')).parse(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    fn read(text: &str) -> String {
        let parameters = [("p", "hub"), ("where", "[resourceGroup().location]")];
        let parameters = parameters.map(|(name, value)| (name.into(), Parameter::Default(json!(value)))).into();
        let variables =
            object(json!({"v": {"name": "[concat(parameters('p'), '-fw')]"}, "loop": "[variables('loop')]"}));
        Scope::new(parameters, variables).node(json!(text)).described()
    }

    #[test]
    fn what_an_export_says_is_evaluated() {
        assert_eq!(read("[parameters('P')]"), "`hub`");
        assert_eq!(read("[format('{0}/{1}', variables('v').name, 'it''s')]"), "`hub-fw/it's`");
        assert_eq!(read("[resourceId('A.B/c', 'x')]"), "the resource id of `x`");
        assert_eq!(read("[parameters('where')]"), "the expression `[resourceGroup().location]`");
    }

    #[test]
    fn what_only_a_deployment_knows_stays_an_expression() {
        for text in [
            "[resourceId('rg', 'A.B/c', 'x')]",
            "[parameters('none')]",
            "[uniqueString('a')]",
            "[variables('loop')]",
            "[x",
        ] {
            assert!(read(text).contains(text), "{text}");
        }
        let tall = json!({"v": serde_json::from_str::<Value>(&["[".repeat(100), "]".repeat(100)].concat()).ok()});
        assert!(matches!(Scope::new(Vec::new(), object(tall)).node(json!("[variables('v')]")), Node::Expression(_)));
        let deep = ["[", &"concat(".repeat(10_000), &")".repeat(10_000), "]"].concat();
        assert!(read(&deep).starts_with("the expression"));
    }

    #[test]
    fn an_escaped_bracket_is_text() {
        assert_eq!(read("[[x]"), "`[x]`");
        assert_eq!(read("[[x"), "`[[x`");
    }

    #[test]
    fn evaluation_that_doubles_ends() {
        let mut variables = Map::new();
        variables.insert("v0".into(), json!("x".repeat(1000)));
        for level in 1..24 {
            let below = format!("variables('v{}')", level - 1);
            variables.insert(format!("v{level}"), json!(format!("[concat({below}, {below}, {below}, {below})]")));
        }
        let scope = Scope::new(Vec::new(), variables);
        assert!(matches!(scope.node(json!("[variables('v23')]")), Node::Expression(_)));
    }
}
