//! How Azure spells the words of its enumerations. Emitters and importers share this one table.

use super::{Action, NetworkProtocol};
use crate::model::{BypassProtocol, IdpsMode, IdpsProfile, Sku, ThreatIntel};
use crate::net::{AppProtocol, same_word};

/// An enumeration of Azure's, with the spelling that Azure documents.
pub trait NameSpelling: Copy + 'static {
    /// Every value.
    const ALL: &'static [Self];

    /// The documented spelling.
    fn spelled(self) -> &'static str;

    /// The value that `text` spells; Azure reads enumerations without regard to case.
    fn from_spelling(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| same_word(value.spelled(), text))
    }
}

macro_rules! spelling {
    ($($name:ident { $($variant:ident $spelled:literal),* $(,)? })*) => { $(
        impl NameSpelling for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),*];

            fn spelled(self) -> &'static str {
                match self { $(Self::$variant => $spelled),* }
            }
        }
    )* };
}

spelling! {
    Action { Allow "Allow", Deny "Deny" }
    NetworkProtocol { Tcp "TCP", Udp "UDP", Icmp "ICMP", Any "Any" }
    AppProtocol { Http "Http", Https "Https", Mssql "Mssql" }
    Sku { Basic "Basic", Standard "Standard", Premium "Premium" }
    ThreatIntel { Off "Off", Alert "Alert", Deny "Deny" }
    IdpsMode { Off "Off", Alert "Alert", Deny "Deny" }
    IdpsProfile { Off "Off", Emerging "Emerging", Core "Core", Extended "Extended" }
    BypassProtocol { Any "ANY", Icmp "ICMP", Tcp "TCP", Udp "UDP" }
}
