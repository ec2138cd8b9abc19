//! The report: a policy for a reviewer.
//!
//! In: a model, the policy attached to the firewall, what is known of names, and the day that counts as today. Out: a
//! [`Report`], and of it a page ([`html`]) and a summary ([`markdown`]). Guaranteed: the rules are in the order in
//! which Azure reads them, those of the base among them; a rule is reported as unreachable only where no flow reaches
//! it. Deliberately absent: files and the command line.

mod html;
mod in_force;
mod markdown;
mod open;
mod read;
mod svg;
mod talks;
mod way;

pub use html::html;
pub use in_force::SettingInForce;
pub use markdown::{MARK as MARKDOWN_MARK, markdown};
pub use read::{ReportGiven, report};

use crate::diag::{Code, Family, Severity, grouped};
use crate::diff::renderers::RuleView;
use crate::model::{Association, RoutePrefix};
use crate::words::NamedSet;

/// A policy in words.
#[derive(Clone, Debug)]
pub struct Report {
    /// The policy.
    pub policy: String,
    /// The policy it inherits.
    pub base: Option<String>,
    /// Tier, region and what else holds, each with its value and the policy that sets it.
    pub settings: Vec<SettingInForce>,
    /// The rules as the firewall reads them.
    pub rules: Vec<RuleRow>,
    /// What the sets hold that the rules name.
    pub sets: Vec<NamedSet>,
    /// What each named source may reach.
    pub sources: Vec<SourceRow>,
    /// Limits of Azure: what, used, most.
    pub limits: Vec<LimitRow>,
    /// The routes of all tables.
    pub routes: Vec<RouteRow>,
    /// The subnets that still need their route tables associated.
    pub associations: Vec<Association>,
    /// The private DNS zones that the private endpoints need.
    pub zones: Vec<ReportZone>,
    /// The public addresses of the firewalls that the policy is attached to.
    pub public: Vec<String>,
    /// What is open beside single rules.
    pub beside: ReportBeside,
    /// What the page leaves out.
    pub caveats: Vec<String>,
}

/// A route.
#[derive(Clone, Debug)]
pub struct RouteRow {
    /// Its table.
    pub table: String,
    /// Where it leads from.
    pub prefix: RoutePrefix,
    /// Where it leads, in words.
    pub hop: String,
}

/// A private DNS zone that an endpoint needs.
#[derive(Clone, Debug)]
pub struct ReportZone {
    /// The zone.
    pub zone: String,
    /// The endpoint.
    pub endpoint: String,
    /// Its host names.
    pub hosts: String,
    /// Its addresses.
    pub addresses: String,
}

/// The title of what the sets hold.
const SETS: &str = "Sets that the rules name";
/// The title of the subnets and their route tables: fwc writes the tables, and no subnet.
const ASSOCIATIONS: &str = "Subnets to associate with their route tables";

/// What is known of the ways beside the rules, and of the rules together.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ReportBeside {
    /// Where flows leave past the firewall: route tables, subnets without one and service endpoints, as clauses.
    pub around: Vec<String>,
    /// Whether the network rules, one with another, reach all of the Internet or much of it.
    pub together: Together,
    /// What the rules, one with another, let in from all of the Internet or much of it.
    pub inbound: Vec<Inbound>,
    /// Whether rules may be missing that the input has or refers to.
    pub unread: bool,
    /// Whether something of the routes, subnets or endpoints is assumed or not known.
    pub unrouted: bool,
}

/// Rules that together let much of the Internet in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Inbound {
    /// The names of the rules.
    pub rules: Vec<String>,
    /// What they do, as a clause with their names.
    pub clause: String,
}

/// What rules let through together.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Together {
    /// Not much of the Internet.
    #[default]
    Little,
    /// All of it, or more than a single owner has.
    Internet,
    /// It was not decided within the limits of the work.
    NotDecided,
}

/// One rule in its place.
#[derive(Clone, Debug)]
pub struct RuleRow {
    /// Where it is read: 1 is first.
    pub place: usize,
    /// The rule.
    pub rule: RuleView,
    /// Whether the base holds it.
    pub inherited: bool,
    /// The priorities of its group and collection.
    pub priorities: [u16; 2],
    /// Over what, from whom, to whom.
    pub says: [Vec<String>; 3],
    /// The sets of those that have a name, by their place in [`Report::sets`].
    pub sets: Vec<usize>,
    /// Its description.
    pub description: Option<String>,
    /// What must be so that Azure reads it at all, and is not known.
    pub condition: Option<String>,
    /// Why no flow reaches it.
    pub dead: Option<String>,
    /// What is remarkable about it.
    pub remarks: Vec<ReportRemark>,
    /// Whether it has expired, or is about to, today.
    pub expiry: Expiry,
}

/// A finding about a rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReportRemark {
    /// The rule.
    pub rule: String,
    /// How much it counts.
    pub severity: Severity,
    /// Its code.
    pub code: &'static Code,
    /// The message.
    pub message: String,
}

/// Whether a rule has expired, or is about to, today.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expiry {
    /// It does not expire, or not soon.
    None,
    /// It is past.
    Past,
    /// It expires within the number of days that counts as soon.
    Near,
}

/// What one named source may reach.
#[derive(Clone, Debug)]
pub struct SourceRow {
    /// Its name.
    pub name: String,
    /// Its addresses.
    pub addresses: String,
    /// Rule by rule: its name, and the flows it lets through.
    pub reach: Vec<(String, Vec<String>)>,
    /// Whether that is all.
    pub complete: bool,
}

impl SourceRow {
    /// How much it may reach, in a few words.
    pub fn summary(&self) -> String {
        let count = match self.reach.len() {
            0 => "reaches nothing".to_owned(),
            1 => "1 rule lets it pass".to_owned(),
            several => format!("{several} rules let it pass"),
        };
        if self.complete { count } else { format!("{count}; there is more, which was not looked at") }
    }
}

/// How much of a limit is used.
#[derive(Clone, Debug)]
pub struct LimitRow {
    /// What has the limit.
    pub of: String,
    /// What is counted.
    pub counts: String,
    /// How much is used.
    pub used: u64,
    /// The most that Azure takes.
    pub max: u64,
    /// Whether it is near or beyond.
    pub near: bool,
}

/// That no limit is near, with the fullest; nothing where one is near.
fn no_limit_near(rows: &[LimitRow]) -> Option<String> {
    if rows.iter().any(|row| row.near || row.used > row.max) {
        return None;
    }
    let share = |row: &&LimitRow| row.used.saturating_mul(1000) / row.max.max(1);
    Some(match rows.iter().filter(|row| row.used > 0).max_by_key(share) {
        None => "nothing counts against a limit".to_owned(),
        Some(LimitRow { of, used, max, counts, .. }) => {
            format!("no limit is near; the fullest, of {of}: {} of {} {counts}", grouped(*used), grouped(*max))
        }
    })
}

impl Report {
    /// How many rules are unreachable.
    pub fn dead(&self) -> usize {
        self.rules.iter().filter(|row| row.dead.is_some()).count()
    }

    /// How many rules have no owner, where some rule has one.
    pub fn ownerless(&self) -> Option<usize> {
        let owned = self.rules.iter().any(|row| row.rule.owner.is_some());
        owned.then(|| self.rules.iter().filter(|row| row.rule.owner.is_none()).count())
    }

    /// How many rules have expired or soon will.
    pub fn expiring(&self) -> [usize; 2] {
        let count = |wanted: Expiry| self.rules.iter().filter(|row| row.expiry == wanted).count();
        [count(Expiry::Past), count(Expiry::Near)]
    }

    /// The findings about rules that are open wider than they perhaps should be.
    pub fn exposure(&self) -> impl Iterator<Item = &ReportRemark> {
        self.rules.iter().flat_map(|row| &row.remarks).filter(|remark| remark.code.family == Family::Exposure)
    }
}
