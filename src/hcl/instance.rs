//! Resources, data sources and modules, one for each that `count` or `for_each` makes.

use std::rc::Rc;

use super::scope::{ScopeFrame, ScopeNames};
use super::value::HclValue;

/// The key of one of several.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum InstanceKey {
    Number(usize),
    Text(Rc<str>),
}

/// One resource, data source or module.
#[derive(Clone, Debug)]
pub(super) struct Instance {
    /// The module whose files have the block.
    pub module: usize,
    /// The address of that module, as `module.hub["west"]`; empty for the root.
    pub path: Rc<str>,
    /// `TYPE.NAME`, `data.TYPE.NAME` or `module.NAME`.
    pub name: Rc<str>,
    pub key: Option<InstanceKey>,
    /// What `each` or `count` is in its block.
    pub own: Option<(Rc<str>, HclValue)>,
    /// Of a module, the one that it means; `None` where its files are not read.
    pub inner: Option<usize>,
}

impl Instance {
    /// The address, as plans have it.
    pub(super) fn address(&self) -> String {
        let key = self.key.as_ref().map_or_else(String::new, InstanceKey::index);
        let dot = if self.path.is_empty() { "" } else { "." };
        format!("{}{dot}{}{key}", self.path, self.name)
    }

    /// What its block sees beside the names of its module.
    pub(super) fn frame(&self) -> Option<ScopeFrame<'static>> {
        let (name, value) = self.own.as_ref()?;
        Some(ScopeFrame { names: ScopeNames::One(Rc::clone(name), value.clone()), above: None })
    }
}

impl InstanceKey {
    /// `[0]` or `["key"]`.
    fn index(&self) -> String {
        match self {
            Self::Number(number) => format!("[{number}]"),
            Self::Text(text) => format!("[{}]", serde_json::Value::from(&**text)),
        }
    }
}
