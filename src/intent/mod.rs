//! What the author means.
//!
//! In: syntax trees of a source and its imports and modules. Out: policies, firewalls, routes and expectations with
//! every name resolved, every bundle expanded and every kind checked. Guaranteed: nothing is left to resolve, and every
//! item carries its origin. Deliberately absent: Azure's rule kinds, collections and priorities (`azure` has those).

mod build;
mod build_carried;
mod build_network;
mod build_rules;
mod build_settings;
mod cures;
mod definitions;
mod eval;
mod eval_calls;
mod eval_meant;
mod eval_names;
mod eval_paths;
mod eval_services;
mod eval_wanted;
mod expand;
mod expand_advice;
mod expects;
mod locate;
mod mentioned;
mod metas;
mod model;
mod question;
mod resources;
mod rule_index;
mod scope;
mod set;
mod sources;
pub mod table;

pub use crate::syntax::Connective;
pub use build::resolve;
pub use locate::locate;
pub use model::{
    Action, Address, AsIsDnat, Collection, CollectionKind, Definition, Dnat, DnatTarget, Ends, Entry, Expectation,
    Expected, Firewall, Group, GroupBody, Host, Intent, IpGroup, Meta, NextHop, Order, Parent, Policy, PrivateEndpoint,
    Route, RoutePrefix, RouteTable, Rule, Rules, Says, Subnet, Test,
};
pub use question::{ReachQuestion, ask};
pub use set::SetKind;
pub use sources::{ImportedFile, NoImports, ParameterSetting, SourceReader, SourceUnit, Sources};
