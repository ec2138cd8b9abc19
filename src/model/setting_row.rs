//! What a row of the table of settings has: where a setting is valid, what it takes, where Azure and its Terraform provider
//! have it, which tier it needs and what its change does to the protection.

use super::{Settings, Sku};

/// Where a setting is valid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SettingPlace {
    /// In a policy.
    Policy,
    /// In a policy or a collection.
    PolicyOrCollection,
    /// In `dns { … }`.
    Dns,
    /// In `idps alert { … }`.
    Idps,
    /// In `bypass "…" { … }` of `idps`.
    Bypass,
    /// In `explicit-proxy on { … }`.
    ExplicitProxy,
    /// In `snat { … }`.
    Snat,
    /// In `insights { … }`.
    Insights,
}

impl SettingPlace {
    /// The keyword whose braces it is.
    pub fn keyword(self) -> Option<&'static str> {
        match self {
            Self::Policy | Self::PolicyOrCollection => None,
            Self::Dns => Some("dns"),
            Self::Idps => Some("idps"),
            Self::Bypass => Some("bypass"),
            Self::ExplicitProxy => Some("explicit-proxy"),
            Self::Snat => Some("snat"),
            Self::Insights => Some("insights"),
        }
    }
}

/// One value of the settings: how it is read and written. `get` gives nothing where it is not stated.
#[derive(Clone, Copy, Debug)]
pub struct Lens<T: 'static> {
    /// The value, where it is stated.
    pub get: fn(&Settings) -> Option<T>,
    /// States the value.
    pub set: fn(&mut Settings, T),
}

/// How ARM writes `on` and `off`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Truth {
    /// `true` and `false`.
    Bool,
    /// `"Enabled"` and `"Disabled"`.
    Enabled,
}

/// The kind of value of a setting. A new setting of one of the first kinds needs no code; the others have code of their
/// own.
#[derive(Clone, Copy, Debug)]
pub enum SettingKind {
    /// `on` or `off`.
    Switch(Truth, Lens<bool>),
    /// A port from 0 to 64000.
    Port(Lens<u16>),
    /// A number up to `most`.
    Number {
        /// The largest number.
        most: u32,
        /// The name of the unit, as in `a number of days`.
        what: &'static str,
        /// The value.
        of: Lens<u32>,
    },
    /// Settings in braces; the function states that they are given, whichever they are.
    Block(SettingPlace, fn(&mut Settings)),
    /// A region.
    Region,
    /// The tier.
    Tier,
    /// What threat intelligence does.
    ThreatIntel,
    /// Host names and addresses that threat intelligence ignores.
    ThreatIntelAllow,
    /// DNS servers.
    Servers,
    /// Host names in network rules without the DNS proxy.
    NetworkRules,
    /// What intrusion detection does, and its settings in braces.
    Idps,
    /// The set of signatures.
    Profile,
    /// A signature with a mode of its own.
    Signature,
    /// Traffic that intrusion detection ignores.
    Bypass,
    /// A part of such an entry.
    PartOfBypass(BypassPart),
    /// The private ranges of intrusion detection.
    IdpsRanges,
    /// The certificate authority.
    Certificate,
    /// User-assigned identities.
    Identities,
    /// The explicit proxy: on or off, and its settings in braces.
    ExplicitProxy,
    /// The PAC file of the explicit proxy.
    PacFile,
    /// The ranges that are not source-translated.
    SnatRanges,
    /// Policy analytics: on or off, and its settings in braces.
    Insights,
    /// A Log Analytics workspace.
    Workspace,
    /// Resource tags.
    Tags,
    /// The id of a base policy of another source. It is no property of the settings.
    BaseId,
    /// The order of the rules. It is no property of the settings.
    Order,
    /// A property that the language does not name.
    Carried,
}

/// A part of an entry of traffic that intrusion detection ignores.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BypassPart {
    /// Its protocol.
    Protocol,
    /// Its sources.
    From,
    /// Its destinations.
    To,
    /// Its destination ports.
    Ports,
}

/// Whether a setting may be given several times in one block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Times {
    /// Once.
    Once,
    /// Several times; each adds to what was given.
    Many,
}

/// What becomes of a value in a template that only a deployment knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unresolved {
    /// It is an error.
    Refused,
    /// It decides no flow: it is left out, and an assumption reports it.
    LeftOut,
}

/// What the Terraform provider calls a setting: an attribute of `azurerm_firewall_policy`, after the name of its block and a
/// `/` where it is in one.
///
/// Source: the schema of hashicorp/azurerm 5.2.0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Azurerm {
    /// It has no attribute for it.
    Absent,
    /// Its attribute.
    Named(&'static str),
    /// An attribute of older versions, which is read and not written.
    Former(&'static str),
    /// The block of the settings in braces.
    Block(&'static str),
}

/// What a change of a property does to what the firewall stops, inspects or logs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SettingEffect {
    /// Nothing.
    Neutral,
    /// On, it protects more.
    On,
    /// Off, it protects more.
    Off,
    /// A larger number protects more.
    More,
    /// A stricter mode of threat intelligence protects more; without one, Azure takes `Alert`.
    ThreatIntel,
    /// A stricter mode of intrusion detection protects more; without one, it is off.
    Mode,
    /// A higher tier protects more; Azure's default is Standard.
    Tier,
    /// A larger set of signatures protects more.
    Profile,
    /// A list of exceptions: an added entry weakens.
    Exceptions,
    /// Signatures with a mode of their own, each by that mode.
    Overrides,
    /// It protects as long as it is given, whatever its value is.
    Presence,
    /// As a whole it is present or absent by its `mode`; otherwise its properties decide.
    Inspection,
    /// As a whole it protects where it is given; otherwise its properties decide.
    Logging,
    /// No change can be shown to protect as much.
    Unknown,
}

/// Whether settings use a feature.
pub type SettingUses = fn(&Settings) -> bool;

/// A feature that not every tier has.
#[derive(Clone, Copy, Debug)]
pub struct TierGate {
    /// The least tier that has it.
    pub least: Sku,
    /// The feature, in the words of the language.
    pub feature: &'static str,
    /// The feature, in the words of an artefact.
    pub property: &'static str,
    /// What to do in a source on a lower tier.
    pub instead: &'static str,
    /// The same in an artefact.
    pub instead_of_property: &'static str,
    /// The page that states it.
    pub source: &'static str,
    /// The date of the page.
    pub date: &'static str,
}

/// A row of the table.
#[derive(Debug)]
pub struct SettingRow {
    /// The keyword; its page is the file of that name in `grammar/keywords`.
    pub keyword: &'static str,
    /// Where it is valid.
    pub place: SettingPlace,
    /// What it takes.
    pub kind: SettingKind,
    /// How often it may be given.
    pub times: Times,
    /// The path of the property in the policy resource, its steps with `/` between them; empty where it has none.
    ///
    /// Source: Microsoft.Network 2025-07-01, `firewallPolicies`.
    pub arm: &'static str,
    /// The properties of that object which the setting states, where it does not state all of it.
    pub states: &'static [&'static str],
    /// What the Terraform provider calls it.
    pub azurerm: Azurerm,
    /// What becomes of an unresolved value.
    pub unresolved: Unresolved,
    /// The tier that it needs, where not every tier has it, and whether a policy uses it: Azure's answers have settings that
    /// set nothing.
    pub gate: Option<(SettingUses, TierGate)>,
    /// What a change does, for the property itself, with an empty name, and for those below it.
    pub effects: &'static [(&'static str, SettingEffect)],
}

impl TierGate {
    /// The page that lists the features of each tier.
    pub const BY_SKU: &str = "MicrosoftDocs/azure-docs, articles/firewall/features-by-sku.md";
    /// The date of that page.
    pub const BY_SKU_DATE: &str = "2025-09-18";
}
