//! A type for each kind of node, and an enum for each place where nodes of several kinds may be.
//!
//! Both are views: they hold a [`SyntaxNode`] and are read as one. Whoever matches on an enum has an arm for each kind that may be
//! there, so that a kind that is new compiles nowhere until every pass states what it makes of it.

use std::ops::Deref;

use super::kind::{NodeKind, each_node};
use super::tree::SyntaxNode;

/// A node that is known to be of one kind, or of one of those that may be in a place.
pub trait NodeView<'t>: Copy + Deref<Target = SyntaxNode<'t>> {
    /// The node as this; `None` where it is something else.
    fn of(node: SyntaxNode<'t>) -> Option<Self>;
}

macro_rules! views {
    ($($(#[$doc:meta])* $kind:ident,)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $kind<'t>(SyntaxNode<'t>);

            impl<'t> Deref for $kind<'t> {
                type Target = SyntaxNode<'t>;

                fn deref(&self) -> &SyntaxNode<'t> {
                    &self.0
                }
            }

            impl<'t> NodeView<'t> for $kind<'t> {
                fn of(node: SyntaxNode<'t>) -> Option<Self> {
                    (node.kind() == NodeKind::$kind).then_some(Self(node))
                }
            }
        )*
    };
}
each_node!(views);

macro_rules! place {
    ($(#[$doc:meta])* $name:ident { $($kind:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub enum $name<'t> { $(#[doc = concat!("A node of kind [`NodeKind::", stringify!($kind), "`].")] $kind($kind<'t>)),* }

        impl $name<'_> {
            /// The kinds that may be there.
            pub const KINDS: &'static [NodeKind] = &[$(NodeKind::$kind),*];
        }

        impl<'t> Deref for $name<'t> {
            type Target = SyntaxNode<'t>;

            fn deref(&self) -> &SyntaxNode<'t> {
                match self { $(Self::$kind(node) => node),* }
            }
        }

        impl<'t> NodeView<'t> for $name<'t> {
            fn of(node: SyntaxNode<'t>) -> Option<Self> {
                match node.kind() { $(NodeKind::$kind => Some(Self::$kind($kind(node))),)* _ => None }
            }
        }
    };
}

place! {
    /// Any item.
    Item {
        Use, Import, Let, IpGroup, Param, Bundle, Policy, Group, Collection, Rule, Dnat, Apply, When, Setting, Firewall,
        Routes, PrivateEndpoint, Expect, Test, Error,
    }
}

place! {
    /// An item of a file.
    FileItem {
        Use, Import, Let, IpGroup, Param, Bundle, Policy, Firewall, Routes, PrivateEndpoint, Expect, Test, Error,
    }
}

place! {
    /// An item of a policy, each `apply` and `when` replaced by what it holds.
    PolicyItem { Group, Expect, Setting }
}

place! {
    /// An item of a group, each `apply` and `when` replaced by what it holds.
    GroupItem { Collection, Rule, Dnat }
}

place! {
    /// An item of a collection, each `apply` and `when` replaced by what it holds.
    CollectionItem { Rule, Dnat, Setting }
}

place! {
    /// A rule of either sort.
    AnyRule { Rule, Dnat }
}

place! {
    /// What a term states before its `except`.
    Primary { Atom, Path, Call, Text, Service }
}

place! {
    /// A value in the brackets of an annotation or a call, or of a tag.
    Value { Atom, Text }
}

place! {
    /// A side of a service: its protocols or its ports.
    ServiceSide { Atom, Braces }
}
