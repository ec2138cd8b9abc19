//! What is open: by the rules, and past them. The first sentence of a report states it.

use indexmap::{IndexMap, IndexSet};

use crate::diag::Code;
use crate::diff::renderers::RuleSource;
use crate::exposure::{WIDE_PREFIX, is_most_of_internet, is_wide, is_wide_tag};
use crate::flow::{FlowNames, Match, MatchingEnds, MatchingField, MatchingNames, WorkBudget};
use crate::lint::is_reserved_subnet;
use crate::model::{AssumptionKind, Bearing, ResourceName, RuleKind};
use crate::net::AddressSet;
use crate::reach::reach;
use crate::way::{Carrier, Destinations, Sender, Ways};

use super::{Inbound, Report, ReportBeside, RuleRow, Together};

/// The most products of Internet traffic that rules let through and that are examined.
const REACH: usize = 2000;
/// How many rules or tables a sentence names.
const NAMED: usize = 3;

/// What the input states of the ways, together with the rules.
pub(super) fn beside(source: &RuleSource<'_>, budget: &WorkBudget) -> ReportBeside {
    let model = source.side.model;
    let ways = Ways::of(model, source.side.knowledge);
    let may_hold_rules = |bears: Bearing| match bears {
        Bearing::EveryFlow | Bearing::FromHere | Bearing::Rules => true,
        Bearing::NoFlow | Bearing::IpGroups | Bearing::Routes => false,
    };
    let is_missing = |kind: AssumptionKind| match kind {
        AssumptionKind::Omitted | AssumptionKind::Unknown => true,
        AssumptionKind::Assumed => false,
    };
    let unread = model.assumptions.iter().any(|of| is_missing(of.kind) && may_hold_rules(of.bears));
    let unrouted = model.assumptions.iter().any(|of| of.bears == Bearing::Routes);
    let (inbound, is_all) = inbound(source, budget);
    let together = match together(source, budget) {
        Together::Little if !is_all => Together::NotDecided,
        found => found,
    };
    ReportBeside { around: around(&ways), together, inbound, unread, unrouted }
}

/// Where machines reach a large part of the Internet past the firewall, or may, each table once.
fn around(ways: &Ways<'_>) -> Vec<String> {
    let mut found: IndexMap<String, ()> = IndexMap::new();
    for sender in ways.senders().iter().filter(|sender| !sender.subnets.iter().all(|name| is_reserved_subnet(name))) {
        let by_endpoint = sender.steps.iter().filter(|step| step.way.by == Carrier::ServiceEndpoint);
        for endpoint in by_endpoint.filter_map(|step| step.way.endpoint) {
            let subnet = sender.subnets.join(", ");
            found.insert(format!("a service endpoint of `{subnet}` leads to `{endpoint}` past the firewall"), ());
        }
        found.extend(leaving(sender).map(|clause| (clause, ())));
    }
    found.into_keys().collect()
}

/// The part of the Internet that a subnet sends so, by addresses, and whether a wide service tag is among it.
fn sent(sender: &Sender<'_>, so: impl Fn(Carrier) -> bool) -> (AddressSet, bool) {
    let (mut addresses, mut of_everybody) = (AddressSet::default(), false);
    for step in sender.steps.iter().filter(|step| so(step.way.by)) {
        match &step.to {
            Destinations::Addresses(some) => addresses = addresses.union(some),
            Destinations::Tagged { tags, .. } => of_everybody |= tags.iter().any(|tag| is_wide_tag(tag)),
        }
    }
    (addresses.intersection(&AddressSet::internet()), of_everybody)
}

/// The words for a subnet that reaches, or may reach, a large part of the Internet past the firewall.
fn leaving(sender: &Sender<'_>) -> Option<String> {
    let is_past = |by: Carrier| by.is_unfiltered() && by != Carrier::ServiceEndpoint;
    let (past, of_everybody) = sent(sender, is_past);
    let (unknown, _) = sent(sender, |by| by == Carrier::Unknown);
    let table = table(sender, is_past).or_else(|| table(sender, |_| true));
    let subnet = sender.subnets.join(", ");
    if of_everybody || is_wide(&past, WIDE_PREFIX) {
        let what = if is_most_of_internet(&past) { "the Internet" } else { "a large part of the Internet" };
        return Some(match table {
            Some(table) => format!("route table `{table}` leads to {what} past the firewall"),
            None => format!("subnet `{subnet}` has no route table and reaches {what} past the firewall"),
        });
    }
    is_wide(&unknown, WIDE_PREFIX).then(|| match table {
        Some(table) => format!("where route table `{table}` leads is not known"),
        None => format!("where subnet `{subnet}` sends its flows is not known"),
    })
}

/// The route table of the first way that is so.
fn table<'m>(sender: &Sender<'m>, so: impl Fn(Carrier) -> bool) -> Option<&'m ResourceName> {
    sender.steps.iter().filter(|step| so(step.way.by)).find_map(|step| Some(&step.way.table?.name))
}

/// What the network rules let through to addresses of the Internet, of the policy and of its base.
fn together(source: &RuleSource<'_>, budget: &WorkBudget) -> Together {
    let side = source.side;
    let asked = Match {
        destinations: MatchingEnds::from(AddressSet::internet()),
        names: MatchingNames::Unnamed,
        ..Match::any()
    };
    let Ok(found) = reach(side.model, side.policy, &[asked], side.knowledge, REACH, budget) else {
        return Together::NotDecided;
    };
    let outbound = found.passing.iter().filter(|passing| passing.by.rule.kind() != RuleKind::Nat);
    let known = outbound
        .filter(|passing| passing.product.opaque_inside().all(|(field, _)| *field != MatchingField::Destination));
    let all = known.fold(AddressSet::default(), |all, passing| all.union(&passing.product.addresses));
    match (is_most_of_internet(&all), found.complete) {
        (true, _) => Together::Internet,
        (false, true) => Together::Little,
        (false, false) => Together::NotDecided,
    }
}

/// What rules let in from all of the Internet or much of it: by DNAT, and to private addresses; whether that was decided.
fn inbound(source: &RuleSource<'_>, budget: &WorkBudget) -> (Vec<Inbound>, bool) {
    let side = source.side;
    let internet = AddressSet::internet();
    let asked = Match { sources: internet.clone().into(), ..Match::any() };
    let Ok(found) = reach(side.model, side.policy, &[asked], side.knowledge, REACH, budget) else {
        return (Vec::new(), false);
    };
    let (mut translated, mut let_in) = (OpenEntry::default(), OpenEntry::default());
    for passing in &found.passing {
        let sources = passing.product.sources.intersection(&internet);
        if passing.by.rule.kind() == RuleKind::Nat {
            translated.add(passing.by.rule.name(), &sources);
        } else if passing.product.addresses.difference(&internet).intersects(&AddressSet::private())
            && passing.product.names == FlowNames::Any
        {
            let_in.add(passing.by.rule.name(), &sources);
        }
    }
    let clause = |entry: &OpenEntry<'_>, one: &str, several: &str| {
        let names: Vec<String> = entry.rules.iter().map(|name| format!("`{name}`")).collect();
        let verb = if names.len() == 1 { one } else { several };
        let rules = entry.rules.iter().map(|&name| name.to_owned()).collect();
        is_most_of_internet(&entry.sources).then(|| Inbound { rules, clause: format!("{} {verb}", shortened(names)) })
    };
    let clauses = [
        clause(&translated, "is open to the Internet", "together are open to the Internet"),
        clause(&let_in, "lets everybody reach private addresses", "together let everybody reach private addresses"),
    ];
    (clauses.into_iter().flatten().collect(), found.complete)
}

/// Rules, and the sources that they let in together.
#[derive(Default)]
struct OpenEntry<'r> {
    rules: IndexSet<&'r str>,
    sources: AddressSet,
}

impl<'r> OpenEntry<'r> {
    fn add(&mut self, rule: &'r str, sources: &AddressSet) {
        self.rules.insert(rule);
        self.sources = self.sources.union(sources);
    }
}

/// The first sentence: what is open, with the rules and route tables that open it.
pub(super) fn headline(report: &Report) -> String {
    let [past, _] = report.expiring();
    let mut said = report.openings();
    if said.is_empty() {
        said.push(nothing(&report.beside));
    }
    said.extend((past > 0).then(|| format!("{past} expired")));
    said.join("; ")
}

/// The sentence for a policy where nothing is open, as far as that was decided.
fn nothing(beside: &ReportBeside) -> String {
    match (beside.unread, beside.together) {
        (true, _) => "rules may be missing here: what is open cannot be told".to_owned(),
        (false, Together::NotDecided) => "what the rules open together was not decided".to_owned(),
        (false, Together::Little | Together::Internet) if beside.unrouted => {
            "routes are not all known: what goes past the firewall cannot be told".to_owned()
        }
        (false, Together::Little | Together::Internet) => {
            "nothing is open to everybody or to all of the Internet".to_owned()
        }
    }
}

/// The clause of a finding about rules in the headline: for one rule and for several.
const CLAUSES: [(&Code, &str, &str); 8] = [
    (Code::FW0701, "is open to everything", "are open to everything"),
    (Code::FW0702, "opens every port or most to the Internet", "open every port or most to the Internet"),
    (Code::FW0705, "opens a management port to the Internet", "open management ports to the Internet"),
    (Code::FW0706, "reaches every name", "reach every name"),
    (Code::FW0707, "reaches all of the Internet or much of it", "reach all of the Internet or much of it"),
    (Code::FW0703, "reaches names that anybody can get", "reach names that anybody can get"),
    (Code::FW0704, "is open to the Internet", "are open to the Internet"),
    (Code::FW0708, "lets everybody reach private addresses", "let everybody reach private addresses"),
];

impl Report {
    /// What is open, as clauses, the widest first; none where nothing is.
    pub fn openings(&self) -> Vec<String> {
        let has = |row: &&RuleRow, code: &Code| row.remarks.iter().any(|remark| remark.code == code);
        let of = |code: &Code| -> Vec<&RuleRow> {
            self.rules.iter().filter(|row| row.dead.is_none() && has(row, code)).collect()
        };
        let mut said = self.beside.around.clone();
        for (code, one, several) in CLAUSES {
            match of(code).as_slice() {
                [] => {}
                [only] => said.push(format!("{} {one}", name(only))),
                rows => said.push(format!("{} rules {several}: {}", rows.len(), names(rows))),
            }
        }
        let is_told = [Code::FW0701, Code::FW0702, Code::FW0707].iter().any(|code| !of(code).is_empty());
        if self.beside.together == Together::Internet && !is_told {
            said.push("network rules together reach all of the Internet or much of it".to_owned());
        }
        let told: Vec<&RuleRow> =
            [Code::FW0701, Code::FW0704, Code::FW0705, Code::FW0708].iter().flat_map(|code| of(code)).collect();
        let is_told =
            |rules: &[String]| told.iter().any(|row| row.rule.name.as_ref().is_some_and(|own| rules.contains(own)));
        let inbound = self.beside.inbound.iter().filter(|inbound| !is_told(&inbound.rules));
        said.extend(inbound.map(|inbound| inbound.clause.clone()));
        said
    }
}

fn name(row: &RuleRow) -> String {
    format!("`{}`", row.rule.name.as_deref().unwrap_or_default())
}

fn names(rows: &[&RuleRow]) -> String {
    shortened(rows.iter().map(|row| name(row)).collect())
}

fn shortened(mut names: Vec<String>) -> String {
    if let Some(more) = names.len().checked_sub(NAMED).filter(|&more| more > 0) {
        names.truncate(NAMED);
        names.push(format!("{more} more"));
    }
    names.join(", ")
}
