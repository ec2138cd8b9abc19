//! What a plan does not know yet, and what its configuration states about it.

use std::collections::BTreeMap;

use crate::json::{Json, Map, MemberName};

use super::{azapi, schema};
use crate::template::{Reference, TemplateNode, UnknownNode};

/// How many steps lead from an attribute through variables and outputs of modules to a resource.
const FARTHEST: usize = 16;

/// The configuration of a plan; a state knows everything and has none.
pub(super) struct Configuration<'v> {
    root: Option<&'v Json>,
    /// What the configuration states of each resource, by its address.
    written: BTreeMap<&'v str, &'v Json>,
    /// What is not known yet, by the address of the resource.
    unknown: BTreeMap<&'v str, &'v Json>,
    /// Azure's type and the names of each planned resource, by address; `None` for a type that is not read.
    resources: BTreeMap<&'v str, (Option<&'v str>, Vec<&'v str>)>,
}

impl<'v> Configuration<'v> {
    pub(super) fn of(shown: &'v Map) -> Self {
        let changes = shown.get("resource_changes").and_then(Json::as_array).into_iter().flatten();
        let mut unknown = BTreeMap::new();
        let mut resources = BTreeMap::new();
        for change in changes {
            let text = |key: &str| change.get(key).and_then(Json::as_str);
            let (Some(address), Some(kind)) = (text("address"), text("type")) else { continue };
            let what = change.get("change");
            if let Some(after) = what.and_then(|change| change.get("after_unknown")) {
                unknown.insert(address, after);
            }
            let after = what.and_then(|change| change.get("after"));
            if let Some(name) = after.and_then(|after| after.get("name")).and_then(Json::as_str) {
                let azapi = after.and_then(|after| after.get("type")).and_then(Json::as_str);
                let network = after.and_then(|after| after.get("virtual_network_name")).and_then(Json::as_str);
                let around = network.filter(|_| kind == "azurerm_subnet");
                resources.insert(address, (azure_type(kind, azapi), around.into_iter().chain([name]).collect()));
            }
        }
        let root = shown.get("configuration").and_then(|configuration| configuration.get("root_module"));
        let written = root.and_then(|root| root.get("resources")).and_then(Json::as_array).into_iter().flatten();
        let written = written.filter_map(|written| Some((written.get("address")?.as_str()?, written))).collect();
        Self { written, root, unknown, resources }
    }

    /// The values of the resource at `address`, with what is not known yet where it will be.
    pub(super) fn known(&self, address: &str, values: &Json) -> TemplateNode {
        let unknown = self.unknown.get(address).copied().unwrap_or(&Json::Null);
        let (module, written) = self.stated(address);
        let expressions = written.and_then(|written| written.get("expressions"));
        let mut known = self.merged(&module, values, unknown, expressions);
        if let TemplateNode::Object(entries) = &mut known {
            // What is not there yet has no id.
            entries.retain(|(name, value)| name != "id" || !matches!(value, TemplateNode::Expression(_)));
        }
        known
    }

    /// What the configuration states of a resource, and the module in which it does. Of what is made from source, each instance
    /// has an entry of its own, whose references are seen from the root.
    fn stated(&self, address: &str) -> (Vec<String>, Option<&'v Json>) {
        let (module, own) = parted(address);
        if let Some(written) = self.written.get(address) {
            return (Vec::new(), Some(written));
        }
        let written = self.module(&module).and_then(|module| {
            let resources = module.get("resources").and_then(Json::as_array)?;
            let bare = without_indexes(own);
            resources.iter().find(|resource| resource.get("address").and_then(Json::as_str) == Some(bare))
        });
        (module, written)
    }

    fn merged(&self, module: &[String], value: &Json, unknown: &Json, written: Option<&Json>) -> TemplateNode {
        match (value, unknown) {
            (_, Json::Bool(true)) => {
                let found = self.referred(module, written);
                if let [only] = found.as_slice() { only.clone() } else { not_yet(written) }
            }
            (Json::Object(entries), Json::Object(unknown)) => {
                let keys = entries.keys().chain(unknown.keys().filter(|key| !entries.contains_key(key)));
                let entry = |key: &MemberName| {
                    let written = written.and_then(|written| written.get(key));
                    let value = entries.get(key).unwrap_or(&Json::Null);
                    let unknown = unknown.get(key).unwrap_or(&Json::Null);
                    (key.clone(), self.merged(module, value, unknown, written))
                };
                TemplateNode::Object(keys.map(entry).collect())
            }
            (Json::Null, Json::Object(unknown)) => {
                self.merged(module, &Json::Object(Map::new()), &Json::Object(unknown.clone()), written)
            }
            (Json::Array(_) | Json::Null, Json::Array(unknown)) => {
                let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
                self.list(module, items, unknown, written)
            }
            (value, _) => TemplateNode::plain(value.clone()),
        }
    }

    /// A list, some entries of which may not be known yet: the resources that the attribute refers to and that are not there
    /// yet, where there are as many of them.
    fn list(&self, module: &[String], items: &[Json], unknown: &[Json], written: Option<&Json>) -> TemplateNode {
        if let Some(Json::Array(each)) = written {
            return self.each(module, items, unknown, each);
        }
        let missing = unknown.iter().filter(|unknown| **unknown == Json::Bool(true)).count();
        let mut found = self.referred(module, written);
        if found.len() != missing {
            found.clear();
        }
        let mut found = found.into_iter();
        let length = items.len().max(unknown.len());
        let entry = |index: usize| {
            let value = items.get(index).unwrap_or(&Json::Null);
            let unknown = unknown.get(index).unwrap_or(&Json::Null);
            if *unknown == Json::Bool(true) {
                return found.next().unwrap_or_else(|| not_yet(written));
            }
            let written = written.and_then(|written| match written {
                Json::Array(items) => items.get(index),
                other => Some(other).filter(|other| other.is_object()),
            });
            self.merged(module, value, unknown, written)
        };
        TemplateNode::List((0..length).map(entry).collect())
    }

    /// A list whose entries the configuration states one by one.
    fn each(&self, module: &[String], items: &[Json], unknown: &[Json], written: &[Json]) -> TemplateNode {
        let length = items.len().max(unknown.len());
        let entry = |index: usize| {
            let at = |list: &'_ [Json]| list.get(index).cloned().unwrap_or(Json::Null);
            self.merged(module, &at(items), &at(unknown), written.get(index))
        };
        TemplateNode::List((0..length).map(entry).collect())
    }

    /// The resources that are not there yet and that `written` refers to.
    fn referred(&self, module: &[String], written: Option<&Json>) -> Vec<TemplateNode> {
        let mut addresses = Vec::new();
        self.follow(module, written, FARTHEST, &mut addresses);
        let mut seen: Vec<&str> = Vec::new();
        for address in addresses {
            if !seen.contains(&address) {
                seen.push(address);
            }
        }
        let node = |address: &str| {
            let (kind, names) = self.resources.get(address)?;
            let names = names.iter().map(|&name| name.to_owned()).collect();
            Some(TemplateNode::Reference(Box::new(Reference { kind: (*kind)?.to_owned(), names })))
        };
        seen.into_iter().filter_map(node).collect()
    }

    /// Collects the addresses of the resources that an expression refers to, through variables and outputs of modules.
    fn follow(&self, module: &[String], written: Option<&Json>, steps: usize, found: &mut Vec<&'v str>) {
        let Some(steps) = steps.checked_sub(1) else { return };
        let references = written.and_then(|written| written.get("references")).and_then(Json::as_array);
        let all: Vec<&str> = references.into_iter().flatten().filter_map(Json::as_str).collect();
        let is_part = |reference: &str| {
            all.iter().any(|other| other.strip_prefix(reference).is_some_and(|rest| rest.starts_with(['.', '['])))
        };
        for reference in all.iter().filter(|reference| !is_part(reference)) {
            if self.follow_address(module, reference, found) {
                continue;
            }
            let parts: Vec<&str> = reference.splitn(3, '.').collect();
            match parts.as_slice() {
                ["var", name, ..] => {
                    let name = without_indexes(name);
                    let Some((call, above)) = module.split_last() else { continue };
                    let call =
                        self.module(above).and_then(|above| above.get("module_calls")?.get(without_indexes(call)));
                    let argument = call.and_then(|call| call.get("expressions")?.get(name));
                    self.follow(above, argument, steps, found);
                }
                ["module", name, output] => {
                    let inside: Vec<String> = module.iter().cloned().chain([(*name).to_owned()]).collect();
                    let output = without_indexes(output.split('.').next().unwrap_or(output));
                    let output =
                        self.module(&inside).and_then(|inner| inner.get("outputs")?.get(output)?.get("expression"));
                    self.follow(&inside, output, steps, found);
                }
                [kind, name, ..] if schema::table(kind).is_some() || azapi::is_one(kind) => {
                    self.planned(module, kind, name, found)
                }
                _ => {}
            }
        }
    }

    /// Collects the resource that a reference names by its whole address, with an attribute after it.
    fn follow_address(&self, module: &[String], reference: &str, found: &mut Vec<&'v str>) -> bool {
        let Some((address, "id")) = reference.rsplit_once('.') else { return false };
        let Some((&address, _)) = self.resources.get_key_value(address).filter(|_| module.is_empty()) else {
            return false;
        };
        let is_new = self.unknown.get(address).and_then(|unknown| unknown.get("id")) == Some(&Json::Bool(true));
        found.extend(is_new.then_some(address));
        is_new
    }

    /// The planned resources of that kind and name in a module that have no id yet.
    fn planned(&self, module: &[String], kind: &str, name: &str, found: &mut Vec<&'v str>) {
        let wanted = format!("{kind}.{name}");
        for &address in self.resources.keys() {
            let (within, own) = parted(address);
            let same = |a: &str, b: &str| a == b || without_indexes(a) == b || a == without_indexes(b);
            let is_within = within.len() == module.len() && within.iter().zip(module).all(|(a, b)| same(a, b));
            let is_new = self.unknown.get(address).and_then(|unknown| unknown.get("id")) == Some(&Json::Bool(true));
            if is_new && is_within && (own == wanted || without_indexes(own) == wanted) {
                found.push(address);
            }
        }
    }

    /// The configuration of the module at that path.
    fn module(&self, path: &[String]) -> Option<&'v Json> {
        path.iter()
            .try_fold(self.root?, |module, name| module.get("module_calls")?.get(without_indexes(name))?.get("module"))
    }
}

/// What Azure calls a resource of that type; one of azapi states it itself.
fn azure_type<'v>(kind: &'v str, azapi: Option<&'v str>) -> Option<&'v str> {
    if azapi::is_one(kind) {
        return azapi.map(azapi::bare);
    }
    schema::table(kind)?.kind
}

fn not_yet(written: Option<&Json>) -> TemplateNode {
    let references = written.and_then(|written| written.get("references")).and_then(Json::as_array);
    let first = references.and_then(|all| all.first()).and_then(Json::as_str);
    let text = first.map_or_else(|| "(known after apply)".to_owned(), str::to_owned);
    if let Some(unknown) = of_parts(&text, written) {
        return TemplateNode::Expression(Box::new(unknown));
    }
    match written.and_then(|written| written.get("lacks")) {
        Some(Json::String(variable)) => {
            return TemplateNode::Expression(Box::new(UnknownNode::of_variable(&text, variable)));
        }
        Some(Json::Null) => return TemplateNode::Expression(Box::new(UnknownNode::deployed(&text))),
        Some(Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_)) | None => {}
    }
    let why = "only `terraform apply` knows it: read the state then, with `terraform show -json`";
    TemplateNode::Expression(Box::new(UnknownNode::of(text, why)))
}

/// A text of which some parts are not known, as what is made from source states it.
fn of_parts(text: &str, written: Option<&Json>) -> Option<UnknownNode> {
    let parts = written.and_then(|written| written.get("parts")).and_then(Json::as_array)?;
    let part = |part: &Json| match part {
        Json::String(text) => TemplateNode::Text(text.clone()),
        other => not_yet(Some(other)),
    };
    let parts: Vec<TemplateNode> = parts.iter().map(part).collect();
    UnknownNode::joined(text, &parts.iter().collect::<Vec<_>>())
}

/// The modules around a resource, each as it is called, and its own address.
fn parted(address: &str) -> (Vec<String>, &str) {
    let mut modules = Vec::new();
    let mut rest = address;
    while let Some(inner) = rest.strip_prefix("module.") {
        let end = end_of_step(inner);
        let (name, after) = inner.split_at(end);
        modules.push(name.to_owned());
        rest = after.strip_prefix('.').unwrap_or(after);
    }
    (modules, rest)
}

/// Where the first step of an address ends; an index in brackets, in which anything may be, is part of it.
fn end_of_step(text: &str) -> usize {
    let mut quoted = false;
    for (index, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '.' if !quoted => return index,
            _ => {}
        }
    }
    text.len()
}

/// The address without the index after it.
fn without_indexes(text: &str) -> &str {
    text.split_once('[').map_or(text, |(bare, _)| bare)
}
