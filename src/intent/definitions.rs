//! The names that a file defines, and what they say.

use crate::source::FileId;
use crate::syntax::SyntaxNode;
use crate::syntax::ast::{self, FileItem};

use super::eval::Evaluator;
use super::model::{Definition, Says};
use super::set::IntentSet;
use super::sources::Sources;

/// The names of sets and bundles that `file` defines; what is wrong among them is left out.
pub(super) fn definitions(sources: &Sources, file: FileId, evaluator: &Evaluator<'_>) -> Vec<Definition> {
    let prefix = module_name(sources, file).map_or(String::new(), |module| format!("{module}::"));
    let found = sources.items(file).filter_map(|item| {
        let token = ast::defined_name(*item)?;
        let says = match item {
            FileItem::Let(_) | FileItem::Param(_) => says(evaluator.defined(token.span())?)?,
            FileItem::Bundle(item) => Says::Bundle(words(*item)),
            FileItem::Use(_)
            | FileItem::Import(_)
            | FileItem::IpGroup(_)
            | FileItem::Policy(_)
            | FileItem::Firewall(_)
            | FileItem::Routes(_)
            | FileItem::PrivateEndpoint(_)
            | FileItem::Expect(_)
            | FileItem::Test(_)
            | FileItem::Error(_) => return None,
        };
        Some(Definition { name: format!("{prefix}{}", token.text()), at: item.span(), says })
    });
    found.collect()
}

/// What a file that is a module is called by those that use it.
fn module_name(sources: &Sources, file: FileId) -> Option<&str> {
    let mut used = sources.units().flat_map(|(_, unit)| &unit.modules);
    used.find(|(_, (module, _))| *module == file).map(|(name, _)| name.as_str())
}

/// What a set states, where it is a set of one kind and no single value.
fn says(set: &IntentSet) -> Option<Says> {
    match (set.addresses.is_empty(), set.hosts.is_empty(), set.services.is_empty()) {
        (false, true, true) => Some(Says::Addresses(set.addresses.iter().map(|entry| entry.value.clone()).collect())),
        (true, false, true) => Some(Says::Hosts(set.hosts.iter().map(|entry| entry.value.clone()).collect())),
        (true, true, false) => {
            let all = set.services.iter().fold(None, |all: Option<crate::net::ServiceSet>, entry| {
                Some(all.map_or(entry.value.clone(), |all| all.union(&entry.value)))
            });
            all.map(Says::Services)
        }
        _ => None,
    }
}

fn words(item: SyntaxNode<'_>) -> String {
    let words: Vec<&str> =
        item.all_tokens().filter(|token| !token.kind().is_trivia()).map(|token| token.text()).collect();
    words.join(" ")
}
