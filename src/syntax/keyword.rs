//! The keywords: which word begins which item, where, and what follows it.
//!
//! This table is the only list of them. The parser, the messages, the reference and the editor grammar are made from it.

use super::kind::SyntaxKind;

/// A place where items stand.
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

    /// Whether rules with labels may stand here.
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
    pub places: &'static [Context],
    /// What it begins.
    pub form: Form,
}

/// What a keyword begins.
#[derive(PartialEq, Eq, Debug)]
pub enum Form {
    /// An item with a production of its own.
    Item(SyntaxKind),
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
    /// A fixed word with a term behind it, both of which may be left out.
    Optional(&'static str),
    /// A fixed word with a list after it, both of which may be left out.
    OptionalList(&'static str),
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
use SettingPart::{Block, Json, List, Optional, OptionalBlock, OptionalList, OptionalValue, Value, Word};

const fn item(word: &'static str, kind: SyntaxKind, places: &'static [Context]) -> Keyword {
    Keyword { word, places, form: Form::Item(kind) }
}

const fn setting(word: &'static str, places: &'static [Context], parts: &'static [SettingPart]) -> Keyword {
    Keyword { word, places, form: Form::Setting(parts) }
}

const KEYWORDS: &[Keyword] = &[
    item("use", SyntaxKind::Use, &[File]),
    item("import", SyntaxKind::Import, &[File]),
    item("param", SyntaxKind::Param, &[File]),
    item("let", SyntaxKind::Let, &[File]),
    item("ip-group", SyntaxKind::IpGroup, &[File]),
    item("bundle", SyntaxKind::Bundle, &[File]),
    item("policy", SyntaxKind::Policy, &[File]),
    item("firewall", SyntaxKind::Firewall, &[File]),
    item("routes", SyntaxKind::Routes, &[File]),
    item("private-endpoint", SyntaxKind::PrivateEndpoint, &[File]),
    item("test", SyntaxKind::Test, &[File]),
    item("group", SyntaxKind::Group, &[Policy, Bundle]),
    item("collection", SyntaxKind::Collection, &[Group, Bundle]),
    item("apply", SyntaxKind::Apply, &[Policy, Group, Collection, Bundle]),
    item("when", SyntaxKind::When, &[Policy, Group, Collection, Bundle]),
    item("allow", SyntaxKind::Rule, &[Group, Collection, Bundle]),
    item("deny", SyntaxKind::Rule, &[Group, Collection, Bundle]),
    item("dnat", SyntaxKind::Dnat, &[Group, Collection, Bundle]),
    item("expect", SyntaxKind::Expect, &[File, Policy, Bundle, Test]),
    setting("location", &[Policy, Bundle, Routes], &[Value]),
    setting("sku", &[Policy, Bundle, Firewall], &[Value]),
    setting("threat-intel", &[Policy, Bundle], &[Value]),
    setting("threat-intel-allow", &[Policy, Bundle], &[List]),
    setting("dns", &[Policy, Bundle], &[Block(Dns)]),
    setting("proxy", &[Dns], &[Value]),
    setting("servers", &[Dns], &[List]),
    setting("network-rules", &[Dns], &[Value]),
    setting("idps", &[Policy, Bundle], &[Value, OptionalBlock(Idps)]),
    setting("profile", &[Idps], &[Value]),
    setting("signature", &[Idps], &[Value, Value]),
    setting("bypass", &[Idps], &[Value, Block(Bypass)]),
    setting("private", &[Idps, Snat], &[List]),
    setting("protocol", &[Bypass], &[Value]),
    setting("from", &[Bypass], &[List]),
    setting("to", &[Bypass], &[List]),
    setting("ports", &[Bypass], &[List]),
    setting("tls", &[Policy, Bundle], &[Value, Value]),
    setting("identity", &[Policy, Bundle], &[List]),
    setting("explicit-proxy", &[Policy, Bundle], &[OptionalValue, OptionalBlock(ExplicitProxy)]),
    setting("http", &[ExplicitProxy], &[Value]),
    setting("https", &[ExplicitProxy], &[Value]),
    setting("pac", &[ExplicitProxy], &[OptionalValue, Optional("port"), Optional("file")]),
    setting("sql-redirect", &[Policy, Bundle], &[Value]),
    setting("snat", &[Policy, Bundle], &[Block(Snat)]),
    setting("auto-learn", &[Snat], &[Value]),
    setting("insights", &[Policy, Bundle], &[OptionalValue, Block(Insights)]),
    setting("workspace", &[Insights], &[Value, Optional("region")]),
    setting("retention", &[Insights], &[Value]),
    setting("tags", &[Policy, Bundle], &[Block(Context::Tags)]),
    setting("base-id", &[Policy, Bundle], &[Value]),
    setting("order", &[Policy, Bundle], &[Value]),
    setting("azure", &[Policy, Collection, Bundle], &[Value, Json]),
    setting("policy", &[Firewall], &[Value]),
    setting("private-ip", &[Firewall], &[Value]),
    setting("public-ip", &[Firewall], &[Value, Value]),
    setting("subnet", &[Routes], &[Value, List, OptionalList("service-endpoints")]),
    setting("via", &[Routes], &[Value]),
    setting("return", &[Routes], &[Word("via"), Word("internet"), Word("for"), List]),
    setting("route", &[Routes], &[Value, Word("via"), Value, Optional("named")]),
    setting("bgp-propagation", &[Routes], &[Value]),
    setting("host", &[PrivateEndpoint], &[List]),
    setting("address", &[PrivateEndpoint], &[List]),
    setting("zone", &[PrivateEndpoint], &[List]),
];

/// Every keyword.
pub fn keywords() -> &'static [Keyword] {
    KEYWORDS
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
