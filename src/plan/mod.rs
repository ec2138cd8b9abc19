//! The operations that lead from what is deployed to what was compiled.
//!
//! In: two models, of which the first is deployed. Out: a [`MigrationPlan`], its operations in order, as text, as JSON, as a
//! script, and as the script that leads back. Guaranteed: each operation is one write of one resource, or the one draft of
//! a policy; after each of them no flow passes, goes past the firewall or is translated as neither before the first nor
//! after the last, which the flow algebra decides along the way of each flow after every step; flows that are cut on the
//! way are said; of few operations the order cuts least. The way back visits the states of the way there. Deliberately
//! absent: talking to Azure, writing subnets, virtual networks, endpoints and firewalls, writing again what only an export
//! states in other words, and deleting what the new model does not speak of apart from rule collection groups of its own
//! policies.

mod changes;
mod compare;
mod draft;
mod guard;
mod json;
mod network;
mod normal;
mod order;
mod promise;
mod script;
mod search;
mod state;
mod text;
mod undo;

use std::fmt;

use crate::evaluate::Knowledge;
use crate::flow::{NotDecided, PassingFlows, WorkBudget};
use crate::model::{Association, Model, ResourceName};
use crate::prove::describe;

pub use draft::by_draft;
pub use json::json;
pub use network::ended;
pub use normal::normal;
pub use order::plan;
pub use promise::effect;
pub use script::{rollback, script};
pub use text::{PlanLine, text};

/// What is taken for granted while planning.
#[derive(Clone, Copy, Debug)]
pub struct PlanGiven<'k> {
    /// What is known of names and tags.
    pub knowledge: &'k Knowledge,
    /// How much work each question may cost.
    pub budget: &'k WorkBudget,
}

/// The operations in order.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct MigrationPlan {
    /// What is in Azure before the first step.
    pub before: Model,
    /// The steps.
    pub steps: Vec<PlanStep>,
    /// What is left over in Azure afterwards, in words.
    pub left_over: Vec<String>,
    /// The subnets of new route tables, which somebody has to associate with them: a plan writes no subnet.
    pub to_associate: Vec<Association>,
}

impl MigrationPlan {
    /// Whether a temporary deny group was needed.
    pub fn is_guarded(&self) -> bool {
        self.steps.iter().any(|step| step.operation.why == PlanReason::Guard)
    }
}

/// An operation, and what holds after it.
#[derive(Clone, PartialEq, Debug)]
pub struct PlanStep {
    /// What is done.
    pub operation: PlanOperation,
    /// What is in Azure afterwards.
    pub after: Model,
    /// Flows that pass before the first and after the last step, and not after this one.
    pub cut: Vec<PassingFlows>,
    /// Whether that is all of them.
    pub cut_complete: bool,
}

/// One write of one resource.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlanOperation {
    /// Written or deleted.
    pub deed: Deed,
    /// What.
    pub what: PlanChange,
    /// Why.
    pub why: PlanReason,
}

/// What is done with a resource.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Deed {
    /// It is written whole.
    Put,
    /// It is deleted, which no incremental deployment does.
    Delete,
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Put => "put",
            Self::Delete => "delete",
        })
    }
}

/// A resource, by the names that lead to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PlanChange {
    /// An IP group.
    IpGroup(ResourceName),
    /// A policy without its rules.
    Settings(ResourceName),
    /// A rule collection group, after its policy.
    Group(ResourceName, ResourceName),
    /// A selector group of pods, after its policy.
    Pods(ResourceName, ResourceName),
    /// A route table.
    RouteTable(ResourceName),
    /// The draft of a policy, with drafts of groups of it, all of which are deployed at once.
    Draft(ResourceName, Vec<ResourceName>),
}

impl PlanChange {
    /// The word for the kind of resource.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::IpGroup(_) => "ip-group",
            Self::Settings(_) => "policy",
            Self::Group(..) => "group",
            Self::Pods(..) => "pods",
            Self::RouteTable(_) => "route-table",
            Self::Draft(..) => "draft",
        }
    }

    /// The names that lead to it.
    pub fn path(&self) -> String {
        match self {
            Self::IpGroup(name) | Self::Settings(name) | Self::RouteTable(name) | Self::Draft(name, _) => {
                name.to_string()
            }
            Self::Group(policy, group) | Self::Pods(policy, group) => [policy.as_str(), group.as_str()].join("/"),
        }
    }
}

/// Why an operation is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PlanReason {
    /// It is not deployed.
    New,
    /// It is deployed otherwise.
    Changed,
    /// It is deployed and no longer wanted.
    Gone,
    /// It makes way for another that takes its priority, and comes back.
    InTheWay,
    /// It denies, for as long as the plan takes, what would pass on the way only.
    Guard,
    /// Its DNAT rules, which no group can deny, would translate what they shall not on the way; they come back.
    Untranslated,
    /// It made way, and is as it was.
    Back,
    /// It is no longer needed.
    GuardDone,
}

impl fmt::Display for PlanReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Gone => "no longer wanted",
            Self::InTheWay => "makes way, and comes back",
            Self::Guard => "denies what no order keeps out",
            Self::Untranslated => "without its DNAT for now",
            Self::Back => "as it was",
            Self::GuardDone => "no longer needed",
        })
    }
}

/// Why there is no plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NoPlan {
    /// Only a deployment knows which resources there are, or how they are called; in words.
    LeftOpen(Vec<String>),
    /// The flow algebra did not decide a step within its budget.
    NotDecided(String),
    /// Not even temporary deny groups keep this flow out.
    Opens(String),
    /// Only a deployment knows where a route of this table leads, which the plan would write.
    UnknownHop(String),
    /// What differs is not what a draft can hold; in words.
    NoDraft(Vec<String>),
    /// A controller writes the policy, so that others only read it.
    Managed(String),
    /// The policy is in another region.
    Moved {
        /// The policy.
        policy: String,
        /// Where it is.
        from: String,
        /// Where it shall be.
        to: String,
    },
}

impl NoPlan {
    fn of(opened: Option<&PassingFlows>) -> Self {
        Self::Opens(opened.map(|passing| describe(&passing.witness)).unwrap_or_default())
    }
}

fn not_decided(stopped: NotDecided) -> NoPlan {
    NoPlan::NotDecided(stopped.to_string())
}

impl fmt::Display for NoPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LeftOpen(open) => write!(
                f,
                "what is to be done depends on what only a deployment knows: {}; give the parameters values with \
                 `--parameters FILE`",
                open.join("; ")
            ),
            Self::NotDecided(why) => write!(f, "a step was {why}"),
            Self::Opens(flow) => write!(f, "no order of operations keeps this flow out on the way: {flow}"),
            Self::UnknownHop(table) => write!(
                f,
                "only a deployment knows where a route of route table `{table}` leads: put a literal address into its place"
            ),
            Self::NoDraft(obstacles) => write!(
                f,
                "a draft cannot hold it all: {}; leave out `--by draft` for a plan of single operations",
                obstacles.join("; ")
            ),
            Self::Managed(policy) => write!(
                f,
                "policy `{policy}` is written by the controller of a cluster (`afcManaged`): others only read it"
            ),
            Self::Moved { policy, from, to } => write!(
                f,
                "policy `{policy}` is in `{from}`, and Azure moves none to `{to}`: say `{from}`, or give the new one \
                 another name"
            ),
        }
    }
}

impl std::error::Error for NoPlan {}
