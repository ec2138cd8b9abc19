//! What the expressions of a template can name, and their values.

use crate::net::same_word;
use std::cell::{Cell, RefCell};

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::expression::{DEEPEST, Expression, bracketed, parse, unescaped};
use super::functions;
use super::value::{Node, Unknown, Why};

/// How high the value of a parameter or a variable may be, in lists and objects within each other.
const HIGHEST: usize = 32;
/// How much evaluation may produce in one template, in values and bytes of text.
const BUDGET: usize = 50_000_000;
/// How often a loop may go round.
const MOST_COPIES: i64 = 10_000;

/// What the expressions of a template can name.
pub(crate) struct Scope {
    parameters: Vec<(String, Parameter)>,
    variables: Map<String, Value>,
    left: Cell<usize>,
    /// The loops around what is evaluated now, the innermost last: name and index.
    copies: RefCell<Vec<(String, i64)>>,
    /// The arguments of the lambdas around, the innermost last.
    arguments: RefCell<Vec<(String, Node)>>,
    /// Whether what only a deployment knows is replaced by a text that stands for it.
    stands_in: Cell<bool>,
}

/// The value of a parameter.
pub(crate) enum Parameter {
    /// The default, whose expressions are those of its own template.
    Default(Value),
    /// The value that another template or a file gives, evaluated there.
    Given(Node),
}

type Found = Result<Node, Why>;

impl Scope {
    /// The parameters, each with its value, and the variables.
    pub(crate) fn new(parameters: Vec<(String, Parameter)>, variables: Map<String, Value>) -> Self {
        Self {
            parameters,
            variables,
            left: Cell::new(BUDGET),
            copies: RefCell::default(),
            arguments: RefCell::default(),
            stands_in: Cell::new(false),
        }
    }

    /// `value` with its expressions evaluated, where they can be.
    pub(crate) fn node(&self, value: Value) -> Node {
        self.node_at(value, 0)
    }

    /// What `read` finds in each round of the loop that `copy` says.
    pub(crate) fn rounds<T>(&self, copy: &Value, read: &mut dyn FnMut(usize) -> T) -> Option<Vec<T>> {
        let name = copy.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let count = match self.node(copy.get("count")?.clone()) {
            Node::Number(number) => number.as_i64()?,
            Node::Text(text) => text.parse().ok()?,
            _ => return None,
        };
        if !(0..=MOST_COPIES).contains(&count) {
            return None;
        }
        let mut found = Vec::new();
        for index in 0..count {
            self.copies.borrow_mut().push((name.clone(), index));
            found.push(read(usize::try_from(index).unwrap_or_default()));
            self.copies.borrow_mut().pop();
        }
        Some(found)
    }

    fn node_at(&self, value: Value, depth: usize) -> Node {
        match value {
            Value::String(text) => self.text(text, depth),
            Value::Array(items) => Node::List(items.into_iter().map(|item| self.node_at(item, depth)).collect()),
            Value::Object(entries) => self.object(entries, depth),
            Value::Null | Value::Bool(_) | Value::Number(_) => Node::plain(value),
        }
    }

    /// An object, whose `copy` loops add properties.
    fn object(&self, mut entries: Map<String, Value>, depth: usize) -> Node {
        let loops = match entries.get("copy") {
            Some(Value::Array(loops)) if loops.iter().all(|copy| copy.get("input").is_some()) => loops.clone(),
            Some(_) | None => Vec::new(),
        };
        if !loops.is_empty() {
            entries.remove("copy");
        }
        let mut fields: Vec<(String, Node)> =
            entries.into_iter().map(|(key, value)| (unescaped(key), self.node_at(value, depth))).collect();
        for copy in loops {
            let input = copy.get("input").cloned().unwrap_or_default();
            let name = copy.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
            let items = self.rounds(&copy, &mut |_| self.node_at(input.clone(), depth));
            fields.push((name, items.map_or_else(|| self.unknown_count(&copy), Node::List)));
        }
        Node::Object(fields)
    }

    /// What stands for a loop that goes round nobody knows how often.
    pub(crate) fn unknown_count(&self, copy: &Value) -> Node {
        let count = copy.get("count").cloned().unwrap_or_default();
        let why = match self.node(count.clone()) {
            Node::Expression(unknown) => unknown.why,
            other => Why::Other(format!("a `copy` loop cannot go round {} times", other.described())),
        };
        let text = count.as_str().unwrap_or("copy").to_owned();
        Node::Expression(Box::new(Unknown { text, why, stand_in: None }))
    }

    fn text(&self, text: String, depth: usize) -> Node {
        match bracketed(&text) {
            Some(inner) if !inner.starts_with('[') => {
                let Some(expression) = parse(inner) else {
                    let why = Why::Other("it is not understood".to_owned());
                    return Node::Expression(Box::new(Unknown { text, why, stand_in: None }));
                };
                match self.evaluated(&expression, depth) {
                    Ok(node) => node,
                    Err(why) => {
                        let stand_in = self.stand_in(&expression, depth);
                        Node::Expression(Box::new(Unknown { text, why, stand_in }))
                    }
                }
            }
            Some(_) | None => Node::Text(unescaped(text)),
        }
    }

    /// What `expression` says with texts that stand for what only a deployment knows: the same text for the same thing.
    fn stand_in(&self, expression: &Expression, depth: usize) -> Option<Node> {
        let before = self.stands_in.replace(true);
        let found = self.evaluated(expression, depth).ok();
        self.stands_in.set(before);
        found
    }

    pub(crate) fn evaluated(&self, expression: &Expression, depth: usize) -> Found {
        let depth = depth.checked_add(1).filter(|&depth| depth <= DEEPEST);
        let depth = depth.ok_or_else(|| Why::Other("it nests too deep".to_owned()))?;
        let found = match expression {
            Expression::Text(text) => Ok(Node::Text(text.clone())),
            Expression::Number(number) => Ok(Node::Number((*number).into())),
            Expression::Member(of, name) => self.member(of, name, depth),
            Expression::Item(of, index) => self.item(of, index, depth),
            Expression::Call(function, arguments) => self.call(function, arguments, depth),
        };
        let found = match found {
            Ok(Node::Expression(unknown)) => self.stood_in(Err(unknown.why.clone()), unknown.stand_in.clone()),
            found => found,
        };
        let node = match found {
            Err(why) if self.stands_in.get() && is_leaf(expression) => self.name_for(expression, why),
            found => found,
        }?;
        self.charge(&node).ok_or_else(|| Why::Other("it makes too much".to_owned()))?;
        Ok(node)
    }

    fn stood_in(&self, found: Found, stand_in: Option<Node>) -> Found {
        match stand_in {
            Some(node) if self.stands_in.get() => Ok(node),
            Some(_) | None => found,
        }
    }

    /// A text that stands for a value: a parameter's own name, else the function with a mark of what it is asked.
    fn name_for(&self, expression: &Expression, why: Why) -> Found {
        match expression {
            Expression::Call(function, arguments) => {
                match (function.to_ascii_lowercase().as_str(), arguments.as_slice()) {
                    ("parameters", [Expression::Text(name)]) => Ok(Node::Text(name.clone())),
                    ("uniquestring" | "guid" | "reference" | "newguid" | "utcnow", _) => {
                        Ok(Node::Text(mark(expression)))
                    }
                    _ => Err(why),
                }
            }
            Expression::Member(of, name) => match of.as_ref() {
                Expression::Call(function, _) => match function.to_ascii_lowercase().as_str() {
                    "resourcegroup" => Ok(Node::Text(format!("resource-group-{name}"))),
                    "parameters" | "subscription" | "deployment" | "tenant" => Ok(Node::Text(name.clone())),
                    _ => Ok(Node::Text(mark(expression))),
                },
                _ => Ok(Node::Text(mark(expression))),
            },
            Expression::Item(..) => Ok(Node::Text(mark(expression))),
            Expression::Text(_) | Expression::Number(_) => Err(why),
        }
    }

    /// Takes what `node` weighs from the budget.
    fn charge(&self, node: &Node) -> Option<()> {
        let left = self.left.get().checked_sub(weight(node));
        self.left.set(left.unwrap_or(0));
        left.map(|_| ())
    }

    fn member(&self, of: &Expression, name: &str, depth: usize) -> Found {
        if let Expression::Call(function, arguments) = of
            && same_word(function, "resourceGroup")
            && arguments.is_empty()
            && same_word(name, "location")
        {
            return Err(Why::GroupLocation);
        }
        let found = self.evaluated(of, depth)?;
        let Node::Object(entries) = found else {
            return Err(Why::Other(format!("`.{name}` is asked of {}", found.described())));
        };
        let entry = entries.into_iter().find(|(key, _)| same_word(key, name)).map(|(_, node)| node);
        entry.ok_or_else(|| Why::Other(format!("there is no `.{name}`")))
    }

    fn item(&self, of: &Expression, index: &Expression, depth: usize) -> Found {
        let (found, index) = (self.evaluated(of, depth)?, self.evaluated(index, depth)?);
        match (found, index) {
            (Node::List(items), Node::Number(number)) => {
                let item = number.as_u64().and_then(|index| items.into_iter().nth(usize::try_from(index).ok()?));
                item.ok_or_else(|| Why::Other(format!("there is no item {number}")))
            }
            (Node::Object(entries), Node::Text(name)) => {
                let entry = entries.into_iter().find(|(key, _)| same_word(key, &name));
                entry.map(|(_, node)| node).ok_or_else(|| Why::Other(format!("there is no `{name}`")))
            }
            (found, index) => Err(Why::Other(format!("{} is asked for item {}", found.described(), index.described()))),
        }
    }

    fn call(&self, function: &str, arguments: &[Expression], depth: usize) -> Found {
        match (function.to_ascii_lowercase().as_str(), arguments) {
            ("parameters", [name]) => self.parameter(&self.one_text(name, depth)?, depth),
            ("variables", [name]) => self.variable(&self.one_text(name, depth)?, depth),
            ("if", [condition, yes, no]) => match self.evaluated(condition, depth)? {
                Node::Bool(true) => self.evaluated(yes, depth),
                Node::Bool(false) => self.evaluated(no, depth),
                found => Err(Why::Other(format!("`if` needs a truth value, found {}", found.described()))),
            },
            ("copyindex", arguments) => self.copy_index(arguments, depth),
            ("lambdavariables", [name]) => {
                let name = self.one_text(name, depth)?;
                let known = self.arguments.borrow();
                let found = known.iter().rev().find(|(known, _)| *known == name).map(|(_, node)| node.clone());
                found.ok_or_else(|| Why::Other(format!("there is no lambda variable `{name}`")))
            }
            ("map", [list, lambda]) => self.mapped(list, lambda, depth).map(Node::List),
            ("filter", [list, lambda]) => {
                let Node::List(items) = self.evaluated(list, depth)? else {
                    return Err(Why::Other("`filter` needs a list".to_owned()));
                };
                let kept = self.mapped(list, lambda, depth)?;
                let both = items.into_iter().zip(kept);
                Ok(Node::List(
                    both.filter(|(_, keep)| matches!(keep, Node::Bool(true))).map(|(item, _)| item).collect(),
                ))
            }
            ("and" | "or", arguments) => self.junction(same_word(function, "and"), arguments, depth),
            ("coalesce", arguments) => {
                for argument in arguments {
                    let found = self.evaluated(argument, depth)?;
                    if !matches!(found, Node::Null) {
                        return Ok(found);
                    }
                }
                Ok(Node::Null)
            }
            // What one entry lacks says nothing about the others.
            (name @ ("createobject" | "createarray"), arguments) => functions::call(
                name,
                function,
                arguments.iter().map(|argument| self.or_unknown(argument, depth)).collect(),
            ),
            (name, arguments) => {
                let values: Vec<Node> =
                    arguments.iter().map(|argument| self.evaluated(argument, depth)).collect::<Result<_, _>>()?;
                functions::call(name, function, values)
            }
        }
    }

    fn or_unknown(&self, expression: &Expression, depth: usize) -> Node {
        self.evaluated(expression, depth).unwrap_or_else(|why| {
            let stand_in = self.stand_in(expression, depth);
            Node::Expression(Box::new(Unknown { text: format!("[{expression}]"), why, stand_in }))
        })
    }

    fn junction(&self, all: bool, arguments: &[Expression], depth: usize) -> Found {
        for argument in arguments {
            match self.evaluated(argument, depth)? {
                Node::Bool(value) if value != all => return Ok(Node::Bool(value)),
                Node::Bool(_) => {}
                found => return Err(Why::Other(format!("expected a truth value, found {}", found.described()))),
            }
        }
        Ok(Node::Bool(all))
    }

    fn copy_index(&self, arguments: &[Expression], depth: usize) -> Found {
        let values: Vec<Node> =
            arguments.iter().map(|argument| self.evaluated(argument, depth)).collect::<Result<_, _>>()?;
        let copies = self.copies.borrow();
        let (name, offset) = match values.as_slice() {
            [] => (None, 0),
            [Node::Number(offset)] => (None, offset.as_i64().unwrap_or_default()),
            [Node::Text(name)] => (Some(name), 0),
            [Node::Text(name), Node::Number(offset)] => (Some(name), offset.as_i64().unwrap_or_default()),
            _ => return Err(Why::Other("`copyIndex` is not understood".to_owned())),
        };
        let mut around = copies.iter().rev();
        let found = around.find(|(known, _)| name.is_none_or(|name| same_word(known, name)));
        let index = found.and_then(|(_, index)| index.checked_add(offset));
        index
            .map(|index| Node::Number(index.into()))
            .ok_or_else(|| Why::Other("there is no such `copy` loop".to_owned()))
    }

    fn mapped(&self, list: &Expression, lambda: &Expression, depth: usize) -> Result<Vec<Node>, Why> {
        let Node::List(items) = self.evaluated(list, depth)? else {
            return Err(Why::Other("a list is needed".to_owned()));
        };
        let Expression::Call(function, parts) = lambda else { return Err(Why::Other("a lambda is needed".to_owned())) };
        let (true, [Expression::Text(name), body]) = (same_word(function, "lambda"), parts.as_slice()) else {
            return Err(Why::Other("a lambda of one argument is needed".to_owned()));
        };
        let mut found = Vec::new();
        for item in items {
            self.arguments.borrow_mut().push((name.clone(), item));
            let value = self.evaluated(body, depth);
            self.arguments.borrow_mut().pop();
            found.push(value?);
        }
        Ok(found)
    }

    fn parameter(&self, name: &str, depth: usize) -> Found {
        let found = self.parameters.iter().find(|(key, _)| same_word(key, name));
        let (_, parameter) = found.ok_or_else(|| Why::Parameter(name.to_owned()))?;
        match parameter {
            Parameter::Default(value) => self.copy(value, depth),
            Parameter::Given(node) => self.is_affordable().then(|| node.clone()).ok_or_else(too_much),
        }
    }

    fn variable(&self, name: &str, depth: usize) -> Found {
        if let Some((_, value)) = self.variables.iter().find(|(key, _)| same_word(key, name)) {
            return self.copy(value, depth);
        }
        let loops = self.variables.get("copy").and_then(Value::as_array).into_iter().flatten();
        let copy = loops
            .into_iter()
            .find(|copy| copy.get("name").and_then(Value::as_str).is_some_and(|own| same_word(own, name)));
        let copy = copy.ok_or_else(|| Why::Other(format!("there is no variable `{name}`")))?;
        let input = copy.get("input").cloned().unwrap_or_default();
        let items = self.rounds(copy, &mut |_| self.node_at(input.clone(), depth));
        Ok(items.map_or_else(|| self.unknown_count(copy), Node::List))
    }

    fn copy(&self, value: &Value, depth: usize) -> Found {
        if self.is_affordable() && height(value) <= HIGHEST {
            Ok(self.node_at(value.clone(), depth))
        } else {
            Err(too_much())
        }
    }

    fn is_affordable(&self) -> bool {
        self.left.get() > 0
    }

    fn one_text(&self, argument: &Expression, depth: usize) -> Result<String, Why> {
        let found = self.evaluated(argument, depth)?;
        functions::text(&found).ok_or_else(|| Why::Other(format!("expected a text, found {}", found.described())))
    }
}

/// Six digits that tell one expression from another.
fn mark(expression: &Expression) -> String {
    let digest = Sha256::digest(format!("{expression:?}").as_bytes());
    digest.iter().take(3).map(|byte| format!("{byte:02x}")).collect()
}

fn too_much() -> Why {
    Why::Other("it makes too much".to_owned())
}

/// Whether a text may stand for the value of the expression as a whole.
fn is_leaf(expression: &Expression) -> bool {
    !matches!(expression, Expression::Text(_) | Expression::Number(_))
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
        Node::Text(text) => text.len().saturating_add(1),
        Node::Expression(unknown) => unknown.text.len().saturating_add(1),
        Node::List(items) => items.iter().map(weight).fold(1, usize::saturating_add),
        Node::Object(entries) => entries.iter().map(|(_, node)| weight(node)).fold(1, usize::saturating_add),
        Node::Null | Node::Bool(_) | Node::Number(_) | Node::Reference(_) => 1,
    }
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
        let variables = object(json!({
            "v": {"name": "[concat(parameters('p'), '-fw')]"}, "loop": "[variables('loop')]", "list": ["a", "b"],
            "copy": [{"name": "nets", "count": 2, "input": "[format('10.{0}.0.0/16', copyIndex('nets', 1))]"}]}));
        Scope::new(parameters, variables).node(json!(text)).described()
    }

    #[test]
    fn what_an_export_says_is_evaluated() {
        assert_eq!(read("[parameters('P')]"), "`hub`");
        assert_eq!(read("[format('{0}/{1}', variables('v').name, 'it''s')]"), "`hub-fw/it's`");
        assert_eq!(read("[resourceId('A.B/c', 'x')]"), "the resource id of `x`");
        assert_eq!(
            read("[resourceId('s', 'g', 'A.B/c', 'x')]"),
            "`/subscriptions/s/resourceGroups/g/providers/A.B/c/x`"
        );
        assert_eq!(read("[parameters('where')]"), "the expression `[parameters('where')]`");
        assert_eq!(read("[if(equals(length(variables('list')), 2), variables('list')[1], 'c')]"), "`b`");
        assert_eq!(read("[join(map(range(0, 3), lambda('i', add(lambdaVariables('i'), 1))), ',')]"), "`1,2,3`");
        assert_eq!(read("[variables('nets')[1]]"), "`10.2.0.0/16`");
    }

    #[test]
    fn what_only_a_deployment_knows_stays_an_expression() {
        for text in ["[parameters('none')]", "[uniqueString('a')]", "[variables('loop')]", "[x"] {
            assert!(read(text).contains(text), "{text}");
        }
        let tall = json!({"v": serde_json::from_str::<Value>(&["[".repeat(100), "]".repeat(100)].concat()).ok()});
        assert!(matches!(Scope::new(Vec::new(), object(tall)).node(json!("[variables('v')]")), Node::Expression(_)));
        let deep = ["[", &"concat(".repeat(10_000), &")".repeat(10_000), "]"].concat();
        assert!(read(&deep).starts_with("the expression"));
    }

    #[test]
    fn a_text_stands_for_what_only_a_deployment_knows() {
        let scope = Scope::new(Vec::new(), Map::new());
        let Node::Expression(unknown) = scope.node(json!("[concat('ipg-', parameters('env'))]")) else {
            return assert_eq!("an expression", "a value");
        };
        assert_eq!(unknown.why, Why::Parameter("env".to_owned()));
        assert_eq!(unknown.stand_in.as_ref().map(Node::described).as_deref(), Some("`ipg-env`"));
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
