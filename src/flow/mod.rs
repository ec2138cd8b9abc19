//! The flow space: single flows, sets of flows, and what an ordered list of rules does with them.
//!
//! In: flows, and decision lists that `prove` makes of an intent or of a model. Out: verdicts, differences and
//! witnesses. Guaranteed: exact, or an honest "not decided"; never an approximation. Deliberately absent: Azure, files,
//! names of the author's sets.
//!
//! A caller lowers its rules to [`ListLine`]s, puts the lists and queries that belong together into one [`Space`], and
//! queries it:
//!
//! ```
//! use fwc::flow::{FlowAction, Axioms, WorkBudget, DecisionList, Equivalence, ListLine, Match, MatchingNames, Space, Standing, equivalent, shadows};
//! use fwc::net::{AppProtocol, PortSet, PortSpan, ServiceSet, Transport};
//!
//! let port: PortSet = PortSpan::single(443).into_iter().collect();
//! let network = Match { services: ServiceSet::transport(Transport::Tcp, port.clone()), ..Match::any() };
//! let names = MatchingNames::of("*.contoso.com".parse());
//! let application = Match { services: ServiceSet::application(AppProtocol::Https, port), names, ..Match::any() };
//! // The stages of the firewall are one list: network lines first. The last number is the caller's own.
//! let both = DecisionList::new(vec![ListLine::new(FlowAction::Allow, network, 0), ListLine::new(FlowAction::Deny, application, 1)]);
//! let first = DecisionList::new(both.lines.iter().take(1).cloned().collect());
//!
//! let (space, [both, first]) = Space::of(&Axioms::default(), [&both, &first]);
//! let standings = shadows(&space, &both, &WorkBudget::default());
//! assert_eq!(standings.last(), Some(&Standing::Covered { by: vec![0] }));
//! assert_eq!(equivalent(&space, &both, &first, &WorkBudget::default()), Ok(Equivalence::Equal));
//! ```
//!
//! [`reach`] gives the line that decides each flow of a query, [`shares`] how much each decides, [`expect`] whether a
//! verdict holds for all of it, [`difference`] what a change opens and closes, [`between`] what a step on the way does,
//! [`redundancies`] which lines can be removed, [`touched`] which lines decide some of the given flows, and a
//! [`Decider`] takes single flows by the million. Lines are named by their index in the list. by their index in the
//! list.

mod align;
mod answers;
mod between;
mod budget;
mod case;
mod choice;
mod choices;
mod common;
mod compact;
mod decider;
mod diagram;
mod difference;
mod joint;
mod list;
mod local;
mod matching;
mod point;
mod product;
mod reach;
mod setting;
mod space;
mod spans;

pub(crate) use align::longest_rise;
pub use between::{Between, PassingFlows, between};
pub use budget::{BoundReached, NotDecided, WorkBudget};
pub use decider::{DecidedCase, Decider, DeciderAnswer, OpenDecision};
pub use difference::{Difference, Equivalence, FlowChange, difference, equivalent};
pub use list::{By, DecisionList, FlowAction, ListLine};
pub use local::{Need, Sample, Standing, Touch, TouchedQuery, crowded, redundancies, shadows, touched};
pub use matching::{Match, MatchingAtom, MatchingEnds, MatchingField, MatchingNames, MatchingPaths, PathPattern};
pub use point::{Flow, Service, ServiceError};
pub use product::{Except, Product};
pub use reach::{Decided, FlowReach, ReachExpectation, expect, reach, shares};
pub use space::{
    Axioms, FlowNames, FlowPaths, FlowServices, LoweredBoxes, NameTerm, PathTerm, Space, SpaceQuery, Witness,
};
