//! A plan for people.

use crate::diag::counted;
use crate::flow::{Flow, FlowNames, FlowServices, PassingFlows, Product, Service, Witness};
use crate::model::Association;
use crate::net::AppProtocol;
use crate::prove::describe;

use super::MigrationPlan;

/// How many flows that are cut are shown for a step; the JSON has them all.
const SHOWN: usize = 3;
/// How wide a terminal is at least.
const COLUMNS: usize = 80;
/// A longer name moves what is after it.
const WIDE: usize = 36;

/// A line of the plan, which may be wrapped.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlanLine {
    /// What it states.
    pub text: String,
    /// How far it is from the left, and what it is wrapped onto.
    pub indent: usize,
}

/// The plan as lines: the operations, each with the flows that it cuts, and what is left over.
pub fn text(plan: &MigrationPlan) -> Vec<PlanLine> {
    let width = plan.steps.len().to_string().len();
    let path = plan.steps.iter().map(|step| step.operation.what.path().chars().count()).max().unwrap_or(0).min(WIDE);
    let mut lines = Vec::new();
    let mut before: &[PassingFlows] = &[];
    for (number, step) in (1..).zip(&plan.steps) {
        let operation = &step.operation;
        let (deed, kind) = (operation.deed.to_string(), operation.what.kind());
        let name = operation.what.path();
        let row = format!("{number:>width$}  {deed:6}  {kind:11}  {name:path$}");
        let (column, why) = (row.chars().count() - name.chars().count().max(path), operation.why.to_string());
        if row.chars().count() + 2 + why.chars().count() > COLUMNS {
            lines.push(PlanLine { text: row.trim_end().to_owned(), indent: 0 });
            lines.push(PlanLine { text: why, indent: column });
        } else {
            lines.push(PlanLine { text: format!("{row}  {why}"), indent: 0 });
        }
        let said = cut(&step.cut, before, step.cut_complete);
        lines.extend(said.into_iter().map(|text| PlanLine { text, indent: width + 2 }));
        before = &step.cut;
    }
    if !plan.left_over.is_empty() {
        lines.push(PlanLine { text: String::new(), indent: 0 });
    }
    lines.extend(plan.left_over.iter().map(|what| PlanLine { text: format!("stays in Azure: {what}"), indent: 0 }));
    let associations = associations(plan);
    if !associations.is_empty() {
        lines.push(PlanLine { text: String::new(), indent: 0 });
    }
    lines.extend(associations);
    lines
}

/// What somebody has to do afterwards, whose subnets these are.
pub(super) fn associations(plan: &MigrationPlan) -> Vec<PlanLine> {
    let said = |of: &Association| {
        format!(
            "to do afterwards: associate subnet {} with route table {}, which does nothing before",
            of.subnet, of.table
        )
    };
    plan.to_associate.iter().map(|of| PlanLine { text: said(of), indent: 0 }).collect()
}

/// The flows that a step cuts and the one before it did not, and whether those pass again that it did.
fn cut(now: &[PassingFlows], before: &[PassingFlows], complete: bool) -> Vec<String> {
    let is_new = |flow: &&PassingFlows| !before.iter().any(|known| holds(&known.product, &flow.witness));
    let new: Vec<&PassingFlows> = now.iter().filter(is_new).collect();
    let mut said: Vec<String> =
        new.iter().take(SHOWN).map(|flow| format!("cuts for now: {}", describe(&flow.witness))).collect();
    let more = new.len().saturating_sub(SHOWN);
    if more > 0 || !complete {
        let at_least = if complete { "" } else { "at least " };
        let sets = counted(more, "set");
        said.push(format!("and {at_least}{sets} of flows more: `--format json` has them"));
    }
    if now.is_empty() && !before.is_empty() {
        said.push("all that was cut passes again".to_owned());
    }
    said
}

/// Whether a flow lies in a product.
fn holds(product: &Product, witness: &Witness) -> bool {
    let Flow { source, address, name, .. } = &witness.flow;
    let is_named = match (&product.names, name) {
        (FlowNames::Any, _) => true,
        (FlowNames::Of { unnamed, .. }, None) => *unnamed,
        (FlowNames::Of { terms, .. }, Some(name)) => terms.iter().any(|term| {
            term.of.iter().any(|of| of.matches(name)) && !term.except.iter().any(|except| except.matches(name))
        }),
    };
    let any = |of: &[Vec<_>]| of.iter().all(|sets| sets.iter().any(|set| witness.inside.contains(set)));
    product.sources.contains(*source)
        && address.is_none_or(|address| product.addresses.contains(address))
        && is_named
        && carries(&product.services, witness.flow.service)
        && product.inside.iter().all(|set| witness.inside.contains(set))
        && !product.outside.iter().any(|set| witness.inside.contains(set))
        && any(&product.any)
        && !product.except.iter().any(|of| of.inside.iter().all(|set| witness.inside.contains(set)) && any(&of.any))
}

fn carries(services: &FlowServices, service: Service) -> bool {
    match service {
        Service::Application(AppProtocol::Http, port) => services.http.contains(port),
        Service::Application(AppProtocol::Https, port) => services.https.contains(port),
        Service::Application(AppProtocol::Mssql, port) => services.mssql.contains(port),
        Service::Tcp(port) => services.tcp.contains(port),
        Service::Udp(port) => services.udp.contains(port),
        Service::Icmp => services.icmp,
        Service::Other(_) => services.other,
    }
}
