//! The template functions that need nothing but their arguments.

use crate::net::same_word;
use serde_json::Value;

use super::value::{Node, Reference, Why};

/// What the function called `name`, in lower case, makes of `arguments`. `spelt` is the name as it stands.
pub(super) fn call(name: &str, spelt: &str, arguments: Vec<Node>) -> Result<Node, Why> {
    let known = texts(name, &arguments)
        .or_else(|| lists(name, &arguments))
        .or_else(|| numbers(name, &arguments))
        .or_else(|| truths(name, &arguments));
    known.ok_or_else(|| match NEEDS_DEPLOYMENT.contains(&name) {
        true => Why::Deployment(spelt.to_owned()),
        false => Why::Other(format!("`{spelt}(…)` of these arguments is not evaluated")),
    })
}

/// What only a deployment knows.
const NEEDS_DEPLOYMENT: [&str; 16] = [
    "reference",
    "uniquestring",
    "guid",
    "newguid",
    "utcnow",
    "resourcegroup",
    "subscription",
    "deployment",
    "tenant",
    "managementgroup",
    "environment",
    "listkeys",
    "list",
    "providers",
    "extensionresourceid",
    "subscriptionresourceid",
];

/// A text, or a number or a truth value taken for one.
pub(super) fn text(node: &Node) -> Option<String> {
    match node {
        Node::Text(text) => Some(text.clone()),
        Node::Number(number) => Some(number.to_string()),
        Node::Bool(value) => Some(if *value { "True" } else { "False" }.to_owned()),
        Node::Null | Node::Expression(_) | Node::Reference(_) | Node::List(_) | Node::Object(_) => None,
    }
}

fn all_texts(arguments: &[Node]) -> Option<Vec<String>> {
    arguments.iter().map(text).collect()
}

fn texts(name: &str, arguments: &[Node]) -> Option<Node> {
    let text_of = |made: String| Some(Node::Text(made));
    match (name, arguments) {
        ("concat", [Node::List(_), ..]) => None,
        ("concat", _) => text_of(all_texts(arguments)?.concat()),
        ("format", [pattern, rest @ ..]) => text_of(formatted(&text(pattern)?, &all_texts(rest)?)?),
        ("resourceid", _) => resource_id(&all_texts(arguments)?),
        ("tolower", [of]) => text_of(text(of)?.to_lowercase()),
        ("toupper", [of]) => text_of(text(of)?.to_uppercase()),
        ("trim", [of]) => text_of(text(of)?.trim().to_owned()),
        ("string", [of]) => text_of(text(of)?),
        ("replace", [of, from, to]) => {
            let from = text(from)?;
            if from.is_empty() { None } else { text_of(text(of)?.replace(&from, &text(to)?)) }
        }
        ("join", [Node::List(items), by]) => text_of(all_texts(items)?.join(&text(by)?)),
        ("split", [of, Node::Text(by)]) if !by.is_empty() => {
            Some(Node::List(text(of)?.split(by.as_str()).map(|part| Node::Text(part.to_owned())).collect()))
        }
        ("substring", [of, from]) => text_of(text(of)?.chars().skip(index(from)?).collect()),
        ("substring", [of, from, count]) => text_of(text(of)?.chars().skip(index(from)?).take(index(count)?).collect()),
        ("padleft", [of, width]) => text_of(padded(&text(of)?, index(width)?, ' ')),
        ("padleft", [of, width, with]) => text_of(padded(&text(of)?, index(width)?, text(with)?.chars().next()?)),
        ("json", [of]) => serde_json::from_str::<Value>(&text(of)?).ok().map(Node::plain),
        ("uri", _) => None,
        _ => None,
    }
}

fn index(node: &Node) -> Option<usize> {
    match node {
        Node::Number(number) => number.as_u64().and_then(|number| usize::try_from(number).ok()),
        Node::Text(text) => text.parse().ok(),
        _ => None,
    }
}

fn padded(text: &str, width: usize, with: char) -> String {
    let missing = width.min(1000).saturating_sub(text.chars().count());
    std::iter::repeat_n(with, missing).chain(text.chars()).collect()
}

/// The pattern with `{0}`, `{1:D2}`, … replaced. Any other use of braces is not understood.
fn formatted(pattern: &str, arguments: &[String]) -> Option<String> {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let (place, behind) = after.split_once('}')?;
        text.push_str(before);
        let (index, form) = place.split_once(':').unwrap_or((place, ""));
        let argument = arguments.get(index.parse::<usize>().ok()?)?;
        match form.strip_prefix(['D', 'd']) {
            Some(width) => text.push_str(&padded(argument, width.parse().ok()?, '0')),
            None if form.is_empty() => text.push_str(argument),
            None => return None,
        }
        rest = behind;
    }
    text.push_str(rest);
    (!pattern.contains("}}")).then_some(text)
}

fn lists(name: &str, arguments: &[Node]) -> Option<Node> {
    match (name, arguments) {
        ("createarray", items) => Some(Node::List(items.to_vec())),
        ("array", [Node::List(items)]) => Some(Node::List(items.clone())),
        ("array", [one]) => Some(Node::List(vec![one.clone()])),
        ("createobject", pairs) => {
            let pairs = pairs.chunks(2).map(|pair| match pair {
                [Node::Text(key), value] => Some((key.clone(), value.clone())),
                _ => None,
            });
            pairs.collect::<Option<Vec<_>>>().map(Node::Object)
        }
        ("concat", lists) => all_lists(lists).map(|lists| Node::List(lists.concat())),
        ("union", [Node::List(_), ..]) => {
            let mut all: Vec<Node> = Vec::new();
            for item in all_lists(arguments)?.concat() {
                if !all.iter().any(|known| same(known, &item)) {
                    all.push(item);
                }
            }
            Some(Node::List(all))
        }
        ("union", [Node::Object(_), ..]) => {
            let mut all: Vec<(String, Node)> = Vec::new();
            for argument in arguments {
                let Node::Object(entries) = argument else { return None };
                for (key, value) in entries {
                    all.retain(|(known, _)| !same_word(known, key));
                    all.push((key.clone(), value.clone()));
                }
            }
            Some(Node::Object(all))
        }
        ("flatten", [Node::List(lists)]) => all_lists(lists).map(|lists| Node::List(lists.concat())),
        ("first", [Node::List(items)]) => Some(items.first().cloned().unwrap_or(Node::Null)),
        ("last", [Node::List(items)]) => Some(items.last().cloned().unwrap_or(Node::Null)),
        ("first", [Node::Text(text)]) => Some(Node::Text(text.chars().take(1).collect())),
        ("take", [Node::List(items), count]) => Some(Node::List(items.iter().take(index(count)?).cloned().collect())),
        ("skip", [Node::List(items), count]) => Some(Node::List(items.iter().skip(index(count)?).cloned().collect())),
        ("take", [Node::Text(text), count]) => Some(Node::Text(text.chars().take(index(count)?).collect())),
        ("skip", [Node::Text(text), count]) => Some(Node::Text(text.chars().skip(index(count)?).collect())),
        ("range", [from, count]) => {
            let (from, count) = (index(from)?, index(count).filter(|count| *count <= 10_000)?);
            Some(Node::List((from..from.checked_add(count)?).map(|number| Node::Number(number.into())).collect()))
        }
        ("items", [Node::Object(entries)]) => {
            let item = |(key, value): &(String, Node)| {
                Node::Object(vec![("key".to_owned(), Node::Text(key.clone())), ("value".to_owned(), value.clone())])
            };
            let mut sorted: Vec<&(String, Node)> = entries.iter().collect();
            sorted.sort_by(|a, b| a.0.cmp(&b.0));
            Some(Node::List(sorted.into_iter().map(item).collect()))
        }
        ("tryget", [Node::Object(entries), Node::Text(name)]) => {
            let found = entries.iter().find(|(key, _)| same_word(key, name));
            Some(found.map_or(Node::Null, |(_, node)| node.clone()))
        }
        ("tryget", [Node::Null, _]) | ("null", []) => Some(Node::Null),
        _ => None,
    }
}

fn all_lists(arguments: &[Node]) -> Option<Vec<Vec<Node>>> {
    let list = |node: &Node| match node {
        Node::List(items) => Some(items.clone()),
        _ => None,
    };
    arguments.iter().map(list).collect()
}

fn numbers(name: &str, arguments: &[Node]) -> Option<Node> {
    let whole = |node: &Node| match node {
        Node::Number(number) => number.as_i64(),
        Node::Text(text) => text.parse().ok(),
        _ => None,
    };
    let made = match (name, arguments) {
        ("length", [Node::List(items)]) => i64::try_from(items.len()).ok(),
        ("length", [Node::Object(entries)]) => i64::try_from(entries.len()).ok(),
        ("length", [Node::Text(text)]) => i64::try_from(text.chars().count()).ok(),
        ("int", [of]) => whole(of),
        ("add", [a, b]) => whole(a)?.checked_add(whole(b)?),
        ("sub", [a, b]) => whole(a)?.checked_sub(whole(b)?),
        ("mul", [a, b]) => whole(a)?.checked_mul(whole(b)?),
        ("div", [a, b]) => whole(a)?.checked_div(whole(b)?),
        ("mod", [a, b]) => whole(a)?.checked_rem(whole(b)?),
        ("min", of) => of.iter().map(whole).collect::<Option<Vec<i64>>>()?.into_iter().min(),
        ("max", of) => of.iter().map(whole).collect::<Option<Vec<i64>>>()?.into_iter().max(),
        ("indexof", [Node::Text(text), Node::Text(part)]) => {
            let found = text.to_lowercase().find(&part.to_lowercase());
            found.map_or(Some(-1), |at| i64::try_from(at).ok())
        }
        _ => None,
    };
    made.map(|number| Node::Number(number.into()))
}

fn truths(name: &str, arguments: &[Node]) -> Option<Node> {
    let number = |node: &Node| match node {
        Node::Number(number) => number.as_i64(),
        _ => None,
    };
    let made = match (name, arguments) {
        ("true", []) => Some(true),
        ("false", []) => Some(false),
        ("not", [Node::Bool(value)]) => Some(!value),
        ("bool", [Node::Bool(value)]) => Some(*value),
        ("bool", [of]) => text(of)?.to_lowercase().parse().ok(),
        ("equals", [a, b]) => known(a).zip(known(b)).map(|(a, b)| same(a, b)),
        ("empty", [Node::List(items)]) => Some(items.is_empty()),
        ("empty", [Node::Object(entries)]) => Some(entries.is_empty()),
        ("empty", [Node::Text(text)]) => Some(text.is_empty()),
        ("empty", [Node::Null]) => Some(true),
        ("empty", [Node::Reference(_)]) => Some(false),
        ("contains", [Node::List(items), of]) => Some(items.iter().any(|item| same(item, of))),
        ("contains", [Node::Object(entries), Node::Text(name)]) => {
            Some(entries.iter().any(|(key, _)| same_word(key, name)))
        }
        ("contains", [Node::Text(text), part]) => Some(text.contains(&self::text(part)?)),
        ("startswith", [Node::Text(text), Node::Text(part)]) => {
            Some(text.to_lowercase().starts_with(&part.to_lowercase()))
        }
        ("endswith", [Node::Text(text), Node::Text(part)]) => Some(text.to_lowercase().ends_with(&part.to_lowercase())),
        ("less", [a, b]) => Some(number(a)? < number(b)?),
        ("lessorequals", [a, b]) => Some(number(a)? <= number(b)?),
        ("greater", [a, b]) => Some(number(a)? > number(b)?),
        ("greaterorequals", [a, b]) => Some(number(a)? >= number(b)?),
        _ => None,
    };
    made.map(Node::Bool)
}

fn known(node: &Node) -> Option<&Node> {
    (!matches!(node, Node::Expression(_))).then_some(node)
}

/// Whether two values are one.
fn same(a: &Node, b: &Node) -> bool {
    match (a, b) {
        (Node::Null, Node::Null) => true,
        (Node::Bool(a), Node::Bool(b)) => a == b,
        (Node::Number(a), Node::Number(b)) => a == b,
        (Node::Text(a), Node::Text(b)) => a == b,
        (Node::Reference(a), Node::Reference(b)) => a == b,
        (Node::List(a), Node::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Node::Object(a), Node::Object(b)) => {
            let has =
                |(key, value): &(String, Node)| b.iter().any(|(other, of)| same_word(other, key) && same(value, of));
            a.len() == b.len() && a.iter().all(has)
        }
        _ => false,
    }
}

/// A resource of the same resource group, or the id of one elsewhere: of a kind, with the names of it and of those around.
fn resource_id(texts: &[String]) -> Option<Node> {
    let kind_at = texts.iter().position(|text| text.contains('/') && !text.starts_with('/'))?;
    let texts: Vec<String> = texts.iter().map(|text| text.trim_end_matches('/').to_owned()).collect();
    let (before, rest) = texts.split_at(kind_at);
    let (kind, names) = rest.split_first()?;
    if kind.matches('/').count() != names.len() {
        return None;
    }
    if before.is_empty() {
        return Some(Node::Reference(Reference { kind: kind.clone(), names: names.to_vec() }));
    }
    let (group, subscription) = match before {
        [group] => (group, "subscription"),
        [subscription, group] => (group, subscription.as_str()),
        _ => return None,
    };
    let mut parts = kind.split('/');
    let provider = parts.next()?;
    let path: Vec<String> = parts.zip(names).map(|(kind, name)| format!("{kind}/{name}")).collect();
    let path = path.join("/");
    Some(Node::Text(format!("/subscriptions/{subscription}/resourceGroups/{group}/providers/{provider}/{path}")))
}
