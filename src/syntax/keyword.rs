//! The keywords: which word begins which item, where, and what follows it.
//!
//! Those of a policy's settings come from the table of `model`; the others are listed here and nowhere else. The parser, the
//! messages, the reference and the editor grammar are made from this list.

use std::sync::LazyLock;

use super::connective::Connective;
use super::kind::{ItemKind, NodeKind};
use super::nodes::{CollectionItem, FileItem, GroupItem, PolicyItem};
use crate::model::{BypassPart, Setting, SettingKind, SettingPlace};

/// A place where items are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Context {
    /// A file.
    File,
    /// A `policy`.
    Policy,
    /// A `group`.
    Group,
    /// A `collection`.
    Collection,
    /// A `bundle` or a `when`, which may hold what any policy, group or collection may hold.
    Bundle,
    /// A `test`.
    Test,
    /// A `firewall`.
    Firewall,
    /// A `routes`.
    Routes,
    /// A `private-endpoint`.
    PrivateEndpoint,
    /// `dns { … }`.
    Dns,
    /// `idps alert { … }`.
    Idps,
    /// `bypass "…" { … }` of `idps`.
    Bypass,
    /// `explicit-proxy on { … }`.
    ExplicitProxy,
    /// `snat { … }`.
    Snat,
    /// `insights { … }`.
    Insights,
    /// `tags { … }`, whose items are `"key" = "value"`.
    Tags,
}

impl Context {
    /// What the place is called in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "a file",
            Self::Policy => "a policy",
            Self::Group => "a group",
            Self::Collection => "a collection",
            Self::Bundle => "a bundle",
            Self::Test => "a test",
            Self::Firewall => "a firewall",
            Self::Routes => "a route table",
            Self::PrivateEndpoint => "a private endpoint",
            Self::Dns => "`dns`",
            Self::Idps => "`idps`",
            Self::Bypass => "`bypass`",
            Self::ExplicitProxy => "`explicit-proxy`",
            Self::Snat => "`snat`",
            Self::Insights => "`insights`",
            Self::Tags => "`tags`",
        }
    }

    /// Whether a protocol and its ports are settings of their own here.
    pub(super) fn has_ports(self) -> bool {
        matches!(self, Self::Bypass)
    }

    /// Whether rules with labels may be here.
    pub fn has_rules(self) -> bool {
        matches!(self, Self::Group | Self::Collection | Self::Bundle)
    }
}

/// A word that begins an item.
#[derive(PartialEq, Eq, Debug)]
pub struct Keyword {
    /// The word.
    pub word: &'static str,
    /// Where it begins an item.
    pub places: Vec<Context>,
    /// What it begins.
    pub form: KeywordForm,
}

/// What a keyword begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeywordForm {
    /// An item with a production of its own.
    Item(ItemKind),
    /// A setting: its parts, in order.
    Setting(&'static [SettingPart]),
}

/// A part of a setting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SettingPart {
    /// One term.
    Value,
    /// One term, which may be left out if a block or the next item follows.
    OptionalValue,
    /// Terms joined by commas.
    List,
    /// A fixed word.
    Word(&'static str),
    /// A connective.
    Joined(Connective),
    /// A connective with a term after it, both of which may be left out.
    Optional(Connective),
    /// A connective with a list after it, both of which may be left out.
    OptionalList(Connective),
    /// A block of settings.
    Block(Context),
    /// A block of settings that may be left out.
    OptionalBlock(Context),
    /// Any JSON value.
    Json,
}

use Context::{
    Bundle, Bypass, Collection, Dns, ExplicitProxy, File, Firewall, Group, Idps, Insights, Policy, PrivateEndpoint,
    Routes, Snat, Test,
};
use SettingPart::{Block, Joined, Json, List, Optional, OptionalBlock, OptionalList, OptionalValue, Value, Word};

/// A keyword with the places where it begins an item.
type Listed = (&'static str, KeywordForm, &'static [Context]);

const fn item(word: &'static str, kind: ItemKind, places: &'static [Context]) -> Listed {
    (word, KeywordForm::Item(kind), places)
}

const fn setting(word: &'static str, places: &'static [Context], parts: &'static [SettingPart]) -> Listed {
    (word, KeywordForm::Setting(parts), places)
}

const ITEMS: [Listed; 19] = [
    item("use", ItemKind::Use, &[File]),
    item("import", ItemKind::Import, &[File]),
    item("param", ItemKind::Param, &[File]),
    item("let", ItemKind::Let, &[File]),
    item("ip-group", ItemKind::IpGroup, &[File]),
    item("bundle", ItemKind::Bundle, &[File]),
    item("policy", ItemKind::Policy, &[File]),
    item("firewall", ItemKind::Firewall, &[File]),
    item("routes", ItemKind::Routes, &[File]),
    item("private-endpoint", ItemKind::PrivateEndpoint, &[File]),
    item("test", ItemKind::Test, &[File]),
    item("group", ItemKind::Group, &[Policy, Bundle]),
    item("collection", ItemKind::Collection, &[Group, Bundle]),
    item("apply", ItemKind::Apply, &[Policy, Group, Collection, Bundle]),
    item("when", ItemKind::When, &[Policy, Group, Collection, Bundle]),
    item("allow", ItemKind::Rule, &[Group, Collection, Bundle]),
    item("deny", ItemKind::Rule, &[Group, Collection, Bundle]),
    item("dnat", ItemKind::Dnat, &[Group, Collection, Bundle]),
    item("expect", ItemKind::Expect, &[File, Policy, Bundle, Test]),
];

const _: () = {
    assert!(has_each_item(Context::File, FileItem::KINDS));
    assert!(has_each_item(Context::Policy, PolicyItem::KINDS));
    assert!(has_each_item(Context::Group, GroupItem::KINDS));
    assert!(has_each_item(Context::Collection, CollectionItem::KINDS));
    assert!(has_each_item(Context::Test, &[NodeKind::Expect]));
};

/// Whether each item that begins in `place` is among the kinds that the passes have an arm for; what an `apply` and a `when`
/// hold comes in their place.
const fn has_each_item(place: Context, kinds: &[NodeKind]) -> bool {
    let mut rest: &[Listed] = &ITEMS;
    while let [(_, form, places), others @ ..] = rest {
        rest = others;
        if let KeywordForm::Item(kind) = form
            && is_in_places(place, places)
            && !matches!(kind, ItemKind::Apply | ItemKind::When)
            && !is_in_kinds(kind.node(), kinds)
        {
            return false;
        }
    }
    true
}

const fn is_in_places(place: Context, mut places: &[Context]) -> bool {
    while let [first, others @ ..] = places {
        if *first as u8 == place as u8 {
            return true;
        }
        places = others;
    }
    false
}

const fn is_in_kinds(kind: NodeKind, mut kinds: &[NodeKind]) -> bool {
    while let [first, others @ ..] = kinds {
        if *first as u8 == kind as u8 {
            return true;
        }
        kinds = others;
    }
    false
}

/// The settings of one place as an enum, so that whoever reads them has an arm for each.
macro_rules! settings_in {
    ($(#[$doc:meta])* $name:ident in $place:ident { $($(#[$own:meta])* $variant:ident $word:literal $parts:expr;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum $name { $($(#[$own])* $variant),* }

        impl $name {
            const LISTED: &[Listed] = &[$(setting($word, &[$place], $parts)),*];

            /// The setting that begins with the word.
            pub fn of(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

settings_in! {
    /// A setting of a `firewall`.
    FirewallSetting in Firewall {
        /// Its policy.
        Policy "policy" &[Value];
        /// Its tier.
        Sku "sku" &[Value];
        /// Its private address.
        PrivateIp "private-ip" &[Value];
        /// A public address, by name.
        PublicIp "public-ip" &[Value, Value];
    }
}

settings_in! {
    /// A setting of a `routes`.
    RoutesSetting in Routes {
        /// Its region.
        Location "location" &[Value];
        /// A subnet that has the table.
        Subnet "subnet" &[Value, List, OptionalList(Connective::ServiceEndpoints)];
        /// The firewall that the default route leads to.
        Via "via" &[Value];
        /// Routes around the firewall for replies.
        Return "return" &[Joined(Connective::Via), Word("internet"), Joined(Connective::For), List];
        /// Another route.
        Route "route" &[Value, Joined(Connective::Via), Value, Optional(Connective::Named)];
        /// Whether learned routes are in the table.
        BgpPropagation "bgp-propagation" &[Value];
    }
}

settings_in! {
    /// A setting of a `private-endpoint`.
    EndpointSetting in PrivateEndpoint {
        /// Its host names.
        Host "host" &[List];
        /// Its addresses.
        Address "address" &[List];
        /// The private DNS zones that have them.
        Zone "zone" &[List];
    }
}

static KEYWORDS: LazyLock<Vec<Keyword>> = LazyLock::new(|| {
    let of_policies = Setting::ALL.iter().map(|of| {
        let row = of.row();
        (row.keyword, KeywordForm::Setting(parts(row.kind)), places(row.place))
    });
    let others = [FirewallSetting::LISTED, RoutesSetting::LISTED, EndpointSetting::LISTED];
    let others = others.into_iter().flatten().copied();
    let mut keywords: Vec<Keyword> = Vec::new();
    for (word, form, places) in ITEMS.into_iter().chain(of_policies).chain(others) {
        match keywords.iter_mut().find(|known| known.word == word && known.form == form) {
            Some(known) => known.places.extend(places),
            None => keywords.push(Keyword { word, places: places.to_vec(), form }),
        }
    }
    keywords
});

fn places(place: SettingPlace) -> &'static [Context] {
    match place {
        SettingPlace::Policy => &[Policy, Bundle],
        SettingPlace::PolicyOrCollection => &[Policy, Collection, Bundle],
        SettingPlace::Dns => &[Dns],
        SettingPlace::Idps => &[Idps],
        SettingPlace::Bypass => &[Bypass],
        SettingPlace::ExplicitProxy => &[ExplicitProxy],
        SettingPlace::Snat => &[Snat],
        SettingPlace::Insights => &[Insights],
    }
}

/// What follows the keyword of a setting of that kind.
fn parts(kind: SettingKind) -> &'static [SettingPart] {
    match kind {
        SettingKind::Switch(..)
        | SettingKind::Port(_)
        | SettingKind::Number { .. }
        | SettingKind::Region
        | SettingKind::Tier
        | SettingKind::ThreatIntel
        | SettingKind::NetworkRules
        | SettingKind::Profile
        | SettingKind::PartOfBypass(BypassPart::Protocol)
        | SettingKind::BaseId
        | SettingKind::Order => &[Value],
        SettingKind::ThreatIntelAllow
        | SettingKind::Servers
        | SettingKind::PartOfBypass(BypassPart::From | BypassPart::To | BypassPart::Ports)
        | SettingKind::IdpsRanges
        | SettingKind::Identities
        | SettingKind::SnatRanges => &[List],
        SettingKind::Block(place, _) => block(place),
        SettingKind::Idps => &[Value, OptionalBlock(Idps)],
        SettingKind::Signature | SettingKind::Certificate => &[Value, Value],
        SettingKind::Bypass => &[Value, Block(Bypass)],
        SettingKind::ExplicitProxy => &[OptionalValue, OptionalBlock(ExplicitProxy)],
        SettingKind::PacFile => &[OptionalValue, Optional(Connective::Port), Optional(Connective::File)],
        SettingKind::Insights => &[OptionalValue, Block(Insights)],
        SettingKind::Workspace => &[Value, Optional(Connective::Region)],
        SettingKind::Tags => &[Block(Context::Tags)],
        SettingKind::Carried => &[Value, Json],
    }
}

fn block(place: SettingPlace) -> &'static [SettingPart] {
    match place {
        SettingPlace::Policy | SettingPlace::PolicyOrCollection => &[Block(Policy)],
        SettingPlace::Dns => &[Block(Dns)],
        SettingPlace::Idps => &[Block(Idps)],
        SettingPlace::Bypass => &[Block(Bypass)],
        SettingPlace::ExplicitProxy => &[Block(ExplicitProxy)],
        SettingPlace::Snat => &[Block(Snat)],
        SettingPlace::Insights => &[Block(Insights)],
    }
}

/// Every keyword.
pub fn keywords() -> &'static [Keyword] {
    &KEYWORDS
}

/// The keywords that are spelt `word`: what it begins in one place and another.
pub fn spelt(word: &str) -> impl Iterator<Item = &'static Keyword> {
    // Most words are told from a keyword by their length and their first letter.
    let start = (word.len(), word.bytes().next());
    KEYWORDS
        .iter()
        .filter(move |keyword| (keyword.word.len(), keyword.word.bytes().next()) == start && keyword.word == word)
}

/// The keyword that `word` is in `place`.
pub fn keyword(place: Context, word: &str) -> Option<&'static Keyword> {
    spelt(word).find(|keyword| keyword.places.contains(&place))
}
