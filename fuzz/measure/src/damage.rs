//! Documents of JSON that are a little wrong, so that many stay near what readers know.

use serde_json::{Map, Value, json};

use super::dice::Dice;

/// Texts that stand where others are expected: expressions, odd characters, odd addresses and ports.
const TEXTS: &[&str] = &[
    "",
    " ",
    "*",
    "[",
    "[]",
    "[[x]",
    "[parameters('p')]",
    "[variables('v')]",
    "[reference('r').x]",
    "[resourceId('Microsoft.Network/ipGroups', 'g')]",
    "[resourceGroup().location]",
    "[if(equals(parameters('p'), 'x'), 'a', 'b')]",
    "[if(parameters('p'), createArray('10.0.0.1'), createArray())]",
    "[concat('a', uniqueString('b'), copyIndex())]",
    "[range(0, 100000000)]",
    "[format('{0}{1}', 'a')]",
    "[createObject('a')]",
    "[first('')]",
    "[substring('abc', 2, 9)]",
    "[json('{')]",
    "[concat(concat(concat(concat('a'))))",
    "[add(9223372036854775807, 1)]",
    "[div(1, 0)]",
    "10.0.0.0/33",
    "10.0.0.9-10.0.0.1",
    "10.0.0.1/8",
    "256.1.1.1",
    "::1",
    "2001:db8::/32",
    "Storage.WestEurope",
    "0",
    "65536",
    "9-1",
    "-1",
    "*.*.com",
    "a,b",
    "\u{202e}gro.elpmaxe",
    "\u{0}",
    "ex\u{430}mple.com",
    "\u{feff}\u{1f600}\n\"'${}%{}<b>",
];

/// Keys that readers treat apart.
const KEYS: &[&str] = &[
    "copy",
    "condition",
    "existing",
    "scope",
    "name",
    "type",
    "id",
    "properties",
    "parameters",
    "variables",
    "resources",
    "outputs",
    "priority",
    "ruleCollections",
    "rules",
    "ruleType",
    "action",
    "basePolicy",
    "value",
    "planned_values",
    "after_unknown",
    "child_modules",
    "Microsoft.Network/firewallPolicies",
    "",
];

/// Texts put into a document as they are, among them what no value can hold.
const PIECES: &[&str] = &[
    "{", "}", "[", "]", ",", ":", "\"", "\\", "null", "1e999", "\\ud800", "\\u0000", "// x\n", "/*", "\u{feff}",
    "\u{2028}",
];

/// The document, damaged in one to three places; the same for the same seed.
pub fn document(document: &Value, seed: u64) -> String {
    let mut dice = Dice::of(seed);
    let mut value = document.clone();
    for _ in 0..=dice.roll(3) {
        one_place(&mut value, &mut dice);
    }
    let mut text = value.to_string();
    if dice.roll(8) == 0 {
        twice(&mut text, &mut dice);
    }
    if dice.roll(4) == 0 { bytes(&text, seed) } else { text }
}

/// The text with a few stretches cut, doubled, overwritten or put in.
pub fn bytes(text: &str, seed: u64) -> String {
    let mut dice = Dice::of(seed);
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=dice.roll(3) {
        let at = dice.roll(bytes.len() + 1);
        let end = (at + dice.roll(40)).min(bytes.len());
        match dice.roll(6) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let stretch = bytes[at..end].to_vec();
                let to = dice.roll(bytes.len() + 1);
                bytes.splice(to..to, stretch);
            }
            3 if at < bytes.len() => bytes[at] = u8::try_from(dice.roll(256)).unwrap_or(0),
            _ => drop(bytes.splice(at..at, PIECES[dice.roll(PIECES.len())].bytes())),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn one_place(document: &mut Value, dice: &mut Dice) {
    let count = nodes(document);
    let other = node(document, dice.roll(count)).cloned().unwrap_or_default();
    let Some(place) = node(document, dice.roll(count)) else { return };
    match dice.roll(8) {
        0 => *place = odd(dice),
        1 => *place = other,
        2 => *place = nested(place.take(), dice),
        3 => retype(place, dice),
        _ => match place {
            Value::Object(fields) => field(fields, other, dice),
            Value::Array(items) => item(items, other, dice),
            Value::String(text) => splice(text, dice),
            Value::Null | Value::Bool(_) | Value::Number(_) => *place = odd(dice),
        },
    }
}

fn field(fields: &mut Map<String, Value>, other: Value, dice: &mut Dice) {
    let keys: Vec<String> = fields.keys().cloned().collect();
    let key = keys.get(dice.roll(keys.len())).cloned().unwrap_or_default();
    match dice.roll(4) {
        0 => drop(fields.shift_remove(&key)),
        1 => {
            let value = fields.shift_remove(&key).unwrap_or_default();
            fields.insert(renamed(&key, dice), value);
        }
        2 => drop(fields.insert(key, other)),
        _ => drop(fields.insert(KEYS[dice.roll(KEYS.len())].to_owned(), special(other, dice))),
    }
}

fn item(items: &mut Vec<Value>, other: Value, dice: &mut Dice) {
    let at = dice.roll(items.len() + 1);
    match dice.roll(4) {
        0 if at < items.len() => drop(items.remove(at)),
        1 if at < items.len() => items.insert(at, items[at].clone()),
        2 if at < items.len() => {
            let to = dice.roll(items.len());
            items.swap(at, to);
        }
        _ => items.insert(at, other),
    }
}

fn splice(text: &mut String, dice: &mut Dice) {
    let piece = TEXTS[dice.roll(TEXTS.len())];
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    match dice.roll(4) {
        0 => *text = piece.to_owned(),
        1 => *text = text.repeat(1 + dice.roll(200)),
        2 => text.truncate(ends[dice.roll(ends.len())]),
        _ => text.insert_str(ends[dice.roll(ends.len())], piece),
    }
    // Doubled again and again, it would be all that there is.
    *text = text.chars().take(20_000).collect();
}

fn renamed(key: &str, dice: &mut Dice) -> String {
    match dice.roll(4) {
        0 => key.to_uppercase(),
        1 => key.chars().rev().collect(),
        2 => format!("{key}s"),
        _ => KEYS[dice.roll(KEYS.len())].to_owned(),
    }
}

/// A value for a key that readers treat apart.
fn special(other: Value, dice: &mut Dice) -> Value {
    let count = [0, 1, 2, -1, 801, 1_000_000_000][dice.roll(6)];
    match dice.roll(4) {
        0 => json!({ "name": "loop", "count": count, "input": other }),
        1 => json!([{ "name": "rules", "count": count, "input": other }]),
        2 => odd(dice),
        _ => other,
    }
}

fn odd(dice: &mut Dice) -> Value {
    match dice.roll(10) {
        0 => Value::Null,
        1 => json!(dice.roll(2) == 0),
        2 => json!([0, 1, -1, 443, 65_536, i64::MAX][dice.roll(6)]),
        3 => json!(u64::MAX),
        4 => json!(0.5),
        5 => json!([]),
        6 => json!({}),
        _ => json!(TEXTS[dice.roll(TEXTS.len())]),
    }
}

/// The value inside lists or objects, sometimes deeper than a reader should follow.
fn nested(value: Value, dice: &mut Dice) -> Value {
    let depth = [1, 2, 100, 130][dice.roll(4)];
    let is_list = dice.roll(2) == 0;
    (0..depth).fold(value, |value, _| if is_list { json!([value]) } else { json!({ "properties": value }) })
}

fn retype(place: &mut Value, dice: &mut Dice) {
    *place = match place.take() {
        Value::String(text) => text.parse::<i64>().map_or_else(|_| json!([text]), |number| json!(number)),
        Value::Array(mut items) if dice.roll(2) == 0 => items.pop().unwrap_or_default(),
        Value::Array(items) => {
            let keyed = items.into_iter().enumerate().map(|(at, item)| (format!("r{at}"), item));
            Value::Object(keyed.collect())
        }
        Value::Object(fields) => Value::Array(fields.into_iter().map(|(_, value)| value).collect()),
        scalar @ (Value::Null | Value::Bool(_) | Value::Number(_)) => json!(scalar.to_string()),
    };
}

/// Puts the first field of some object once more at its front.
fn twice(text: &mut String, dice: &mut Dice) {
    let fields: Vec<usize> = text.match_indices("{\"").map(|(at, _)| at + 1).collect();
    let Some(&at) = fields.get(dice.roll(fields.len())) else { return };
    let rest = &text[at..];
    if let Some(end) = rest.find(',') {
        let again = rest[..=end].to_owned();
        text.insert_str(at, &again);
    }
}

fn nodes(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(nodes).sum(),
        Value::Object(fields) => fields.values().map(nodes).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// The node of this number, counted from the root.
fn node(value: &mut Value, number: usize) -> Option<&mut Value> {
    if number == 0 {
        return Some(value);
    }
    let mut left = number - 1;
    let inner: Vec<&mut Value> = match value {
        Value::Array(items) => items.iter_mut().collect(),
        Value::Object(fields) => fields.values_mut().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    for child in inner {
        let count = nodes(child);
        if left < count {
            return node(child, left);
        }
        left -= count;
    }
    None
}
