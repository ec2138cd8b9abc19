//! What a change opens and closes.
//!
//! In: two models, the policy attached to the firewall in each, and what is known of names. Out: a [`Diff`]: every flow
//! whose fate or translation changes along its way, in products that do not share a flow, with what decides before and
//! after; apart from it settings, routes, guards, and what was added, removed, moved or renamed. The same for programs
//! ([`json`]) and, grouped by cause and in the words of the author, for people ([`renderers`]). Guaranteed: a change that alters
//! no flow has no [`Change`]; of a name without given addresses every address counts. Deliberately absent: files, git, the command line, and judgement of what is risky.

mod causes;
mod changed;
mod course;
mod endpoints;
mod firewalls;
mod flows;
mod guards;
mod handled;
mod ipv6;
mod json;
mod limits;
mod network;
mod outcome;
mod protection;
pub mod renderers;
mod settings;
mod shared;
mod side;
mod structure;
mod unstated;
mod upkeep;

use std::collections::BTreeSet;

use crate::explain::Decision;
use crate::flow::{Product, Witness};
use crate::reach::ReachCase;

pub use causes::{Cause, causes};
pub use changed::diff;
pub use guards::{GuardChange, Shrunk};
pub use json::{json, meaning_json, of_policy, route_json, together, upkeep_json};
pub use limits::Limits;
pub use network::{RouteChange, Routed};
pub use outcome::DiffOutcome;
pub use protection::Protection;
pub use settings::{SettingChange, SettingOf};
pub use shared::{SharedContext, shared};
pub use side::DiffSide;
pub use structure::{Move, StructureChange, StructureKind};
pub use upkeep::{UpkeepChange, upkeep};

/// Everything that differs.
#[derive(Clone, Debug)]
pub struct Diff<'m> {
    /// The flows, in the order of the flow space.
    pub changes: Vec<Change<'m>>,
    /// Whether those are all; else the list was cut, with a change for each pair of rules as far as the limit goes.
    pub complete: bool,
    /// How flows change, whether or not the list was cut.
    pub effects: BTreeSet<Effect>,
    /// What the policies say apart from their rules.
    pub settings: Vec<SettingChange>,
    /// The route tables, and the subnets.
    pub routes: Vec<RouteChange>,
    /// The deny rules that went or shrank, though nothing is allowed for it.
    pub guards: Vec<GuardChange<'m>>,
    /// Whether those are all.
    pub guards_complete: bool,
    /// What is elsewhere or is called otherwise, whether or not that changes a flow.
    pub structure: Vec<Move>,
}

/// Flows whose fate or translation changes.
#[derive(Clone, Debug)]
pub struct Change<'m> {
    /// How.
    pub effect: Effect,
    /// Whether they go to addresses that their names usually have.
    pub case: ReachCase,
    /// The flows.
    pub product: Product,
    /// What became of them.
    pub before: DiffOutcome<'m>,
    /// What becomes of them.
    pub after: DiffOutcome<'m>,
    /// One of the flows.
    pub witness: Witness,
    /// The rules that come first and take some of the product: one for each of its exceptions.
    pub first: Vec<First<'m>>,
}

/// A rule that comes first.
#[derive(Clone, Copy, Debug)]
pub struct First<'m> {
    /// Whether it comes first before or after the change; where it does both, before.
    pub when: ChangeWhen,
    /// The rule.
    pub rule: Decision<'m>,
}

/// A side of a difference.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChangeWhen {
    /// The old one.
    Before,
    /// The new one.
    After,
}

/// How flows change.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Effect {
    /// They go past the firewall, and did not.
    NewlyUnfiltered,
    /// They pass, and did not.
    NewlyAllowed,
    /// They go to a private endpoint, past the firewall, and did not.
    NewlyPrivate,
    /// They pass to somewhere else.
    TranslationChanged,
    /// They do not pass, and did.
    NewlyDenied,
    /// They come to the firewall, or nowhere, and went past it.
    NewlyFiltered,
}

impl Effect {
    /// Every effect, that which opens most first.
    pub const ALL: [Self; 6] = [
        Self::NewlyUnfiltered,
        Self::NewlyAllowed,
        Self::NewlyPrivate,
        Self::TranslationChanged,
        Self::NewlyDenied,
        Self::NewlyFiltered,
    ];

    /// The word for it in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::NewlyUnfiltered | Self::NewlyPrivate => "newly-unfiltered",
            Self::NewlyAllowed => "newly-allowed",
            Self::TranslationChanged => "translation-changed",
            Self::NewlyDenied => "newly-denied",
            Self::NewlyFiltered => "newly-filtered",
        }
    }

    /// Whether more passes. A private endpoint is reached by those that its network lets in, which is told and judged by itself.
    pub fn is_wider(self) -> bool {
        match self {
            Self::NewlyUnfiltered | Self::NewlyAllowed => true,
            Self::NewlyPrivate | Self::TranslationChanged | Self::NewlyDenied | Self::NewlyFiltered => false,
        }
    }

    /// Whether less passes.
    pub fn is_narrower(self) -> bool {
        match self {
            Self::NewlyDenied | Self::NewlyFiltered => true,
            Self::NewlyUnfiltered | Self::NewlyAllowed | Self::NewlyPrivate | Self::TranslationChanged => false,
        }
    }

    /// Whether only the way changes, not what the rules decide.
    pub fn is_of_the_way(self) -> bool {
        match self {
            Self::NewlyUnfiltered | Self::NewlyPrivate | Self::NewlyFiltered => true,
            Self::NewlyAllowed | Self::TranslationChanged | Self::NewlyDenied => false,
        }
    }
}

impl Diff<'_> {
    /// Whether the rules decide every flow as before that comes to the firewall on both sides.
    pub fn is_equivalent(&self) -> bool {
        self.effects.iter().all(|effect| effect.is_of_the_way())
    }

    /// Whether a setting, a route or a guard protects less than it did.
    pub fn is_weaker(&self) -> bool {
        let settings = self.settings.iter().map(|setting| setting.effect);
        let mut effects = settings.chain(self.routes.iter().map(|route| route.effect));
        effects.any(|effect| effect == Protection::Weakens) || !self.guards.is_empty() || !self.guards_complete
    }

    /// Whether some flow changes so.
    pub fn has(&self, effect: Effect) -> bool {
        self.effects.contains(&effect)
    }

    /// Whether some flow passes that did not.
    pub fn is_wider(&self) -> bool {
        self.effects.iter().any(|effect| effect.is_wider())
    }

    /// Whether some flow does not pass that did.
    pub fn is_narrower(&self) -> bool {
        self.effects.iter().any(|effect| effect.is_narrower())
    }

    /// Whether nothing differs but the structure: neither flows nor what protects them.
    pub fn is_same_in_meaning(&self) -> bool {
        let lists = self.settings.is_empty() && self.routes.is_empty() && self.guards.is_empty();
        self.effects.is_empty() && lists && self.guards_complete
    }

    /// Whether nothing differs at all.
    pub fn is_empty(&self) -> bool {
        self.is_same_in_meaning() && self.structure.is_empty()
    }

    /// What happens to flows.
    pub fn verdict(&self) -> DiffVerdict {
        DiffVerdict(self.effects.clone())
    }
}

/// What happens to flows: in which ways they change.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct DiffVerdict(BTreeSet<Effect>);

impl DiffVerdict {
    /// Whether no flow changes.
    pub fn is_same(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether some flow passes that did not, or passes to somewhere else.
    pub fn opens(&self) -> bool {
        self.0.iter().any(|effect| !effect.is_narrower())
    }

    /// As a person states it.
    pub fn phrase(&self) -> String {
        let some = |of: fn(Effect) -> bool| self.0.iter().copied().filter(move |effect| of(*effect));
        let said = |effects: &mut dyn Iterator<Item = Effect>| {
            effects.map(|effect| format!("flows {}", effect.happens())).collect::<Vec<_>>().join(", and ")
        };
        let (wider, narrower) = (some(Effect::is_wider).count() > 0, some(Effect::is_narrower).count() > 0);
        match (wider, narrower) {
            _ if self.is_same() => "no flow changes".to_owned(),
            (true, true) => {
                let all = some(|_| true).map(Effect::phrase).collect::<Vec<_>>();
                format!("wider and narrower: some flows are {}", all.join(", others "))
            }
            (true, false) => format!("wider: {}", said(&mut some(|_| true))),
            (false, true) => format!("narrower: {}", said(&mut some(|_| true))),
            (false, false) => said(&mut some(|_| true)),
        }
    }
}
