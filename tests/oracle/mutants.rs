//! Wrong compilers: what each does to a template that was right.

use std::net::Ipv4Addr;

use serde_json::Value;

pub struct Mutant {
    pub name: &'static str,
    pub change: fn(&mut Value),
}

pub const ALL: [Mutant; 8] = [
    Mutant { name: "swaps the priorities of two collections", change: swap_collections },
    Mutant { name: "swaps the priorities of two groups", change: swap_groups },
    Mutant { name: "drops a deny collection", change: drop_deny },
    Mutant { name: "drops the last rule of a collection", change: drop_rule },
    Mutant { name: "turns `*.x` into `*x`", change: loosen_wildcard },
    Mutant { name: "widens a prefix", change: widen_prefix },
    Mutant { name: "widens a port", change: widen_port },
    Mutant { name: "sends DNAT to another port", change: move_target },
];

fn groups(template: &mut Value) -> impl Iterator<Item = &mut Value> {
    let resources = template["resources"].as_array_mut().unwrap();
    resources.iter_mut().filter(|resource| resource["properties"]["ruleCollections"].is_array())
}

fn collections(template: &mut Value) -> impl Iterator<Item = &mut Value> {
    groups(template).flat_map(|group| group["properties"]["ruleCollections"].as_array_mut().unwrap())
}

fn rules(template: &mut Value) -> impl Iterator<Item = &mut Value> {
    collections(template).flat_map(|collection| collection["rules"].as_array_mut().unwrap())
}

/// The first two collections of the first group that has two.
fn swap_collections(template: &mut Value) {
    let lists = groups(template).map(|group| group["properties"]["ruleCollections"].as_array_mut().unwrap());
    if let Some([first, second, ..]) = lists.map(Vec::as_mut_slice).find(|list| list.len() > 1) {
        std::mem::swap(&mut first["priority"], &mut second["priority"]);
    }
}

/// The last two groups, which belong to the same policy wherever that has two.
fn swap_groups(template: &mut Value) {
    let mut all: Vec<&mut Value> = groups(template).collect();
    if let [.., first, second] = all.as_mut_slice() {
        std::mem::swap(&mut first["properties"]["priority"], &mut second["properties"]["priority"]);
    }
}

fn drop_deny(template: &mut Value) {
    for group in groups(template) {
        let list = group["properties"]["ruleCollections"].as_array_mut().unwrap();
        if let Some(deny) = list.iter().position(|collection| collection["action"]["type"] == "Deny") {
            list.remove(deny);
            return;
        }
    }
}

fn drop_rule(template: &mut Value) {
    let mut lists = collections(template).map(|collection| collection["rules"].as_array_mut().unwrap());
    if let Some(list) = lists.find(|list| list.len() > 1) {
        list.pop();
    }
}

fn loosen_wildcard(template: &mut Value) {
    let loosened = |text: &str| text.strip_prefix("*.").map(|rest| Value::from(["*", rest].concat()));
    change_text(template, "targetFqdns", loosened);
}

fn widen_prefix(template: &mut Value) {
    let widened = |text: &str| {
        let (address, length) = text.split_once('/')?;
        let (address, length): (Ipv4Addr, u32) = (address.parse().ok()?, length.parse().ok()?);
        let length = length.checked_sub(1).filter(|&length| length > 0)?;
        let network = Ipv4Addr::from(u32::from(address) & !(u32::MAX >> length));
        Some(Value::from(format!("{network}/{length}")))
    };
    change_text(template, "destinationAddresses", widened);
}

fn widen_port(template: &mut Value) {
    let widened = |text: &str| {
        let port: u16 = text.parse().ok()?;
        Some(Value::from(format!("{port}-{}", port.checked_add(1)?)))
    };
    change_text(template, "destinationPorts", widened);
}

/// Changes the first text of a list called `key` that `change` takes.
fn change_text(template: &mut Value, key: &str, change: impl Fn(&str) -> Option<Value>) {
    let lists = rules(template).filter_map(|rule| rule.get_mut(key)?.as_array_mut());
    for text in lists.flatten() {
        if let Some(changed) = text.as_str().and_then(&change) {
            *text = changed;
            return;
        }
    }
}

fn move_target(template: &mut Value) {
    let port = rules(template).find_map(|rule| rule.get_mut("translatedPort"));
    if let Some(port) = port {
        *port = Value::from("1");
    }
}
