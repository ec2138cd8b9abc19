//! Route tables: what a write of one makes pass, and when it is done.

use fwc::evaluate::Knowledge;
use fwc::flow::WorkBudget;
use fwc::model::Model;
use fwc::plan::{MigrationPlan, PlanGiven, effect};

use super::{checked, model};

const NODES: &str = "10.240.0.0/16";

/// A policy with `rules`, and the nodes with `routes` beside the default one.
fn network(rules: &str, routes: &str) -> Model {
    model(&format!(
        "policy web {{ location \"westeurope\" sku standard {rules} }}
         firewall hub {{ policy web sku standard private-ip 10.0.1.4 }}
         routes nodes {{ subnet \"nodes\" {NODES} {routes} }}"
    ))
}

fn group(rule: &str) -> String {
    format!(
        "group out priority 1000 {{ {rule} }} group late priority 2000 {{ ssh: allow tcp/22 from {NODES} to 10.9.0.1 }}"
    )
}

fn steps(plan: &MigrationPlan) -> Vec<String> {
    plan.steps.iter().map(|step| format!("{} {}", step.operation.deed, step.operation.what.path())).collect()
}

fn cuts(plan: &MigrationPlan) -> usize {
    plan.steps.iter().map(|step| step.cut.len()).sum()
}

const PARTNER: &str = "partner: allow tcp/443 from 10.240.0.0/16 to 20.0.0.0/8";

/// Flows that went past the firewall come to it: the rules that they need are there before.
#[test]
fn a_table_that_leads_to_the_firewall_is_written_after_the_rules() {
    let old =
        network(&group("other: allow tcp/80 from 10.240.0.0/16 to 10.9.0.2"), "via hub route 20.0.0.0/8 via internet");
    let new = network(&group(&format!("other: allow tcp/80 from 10.240.0.0/16 to 10.9.0.2\n{PARTNER}")), "via hub");
    let plan = checked(&old, &new).unwrap();
    assert_eq!((steps(&plan), cuts(&plan)), (vec!["put web/out".to_owned(), "put nodes".to_owned()], 0));
}

/// Flows go past the firewall only after what is closed for the others is closed.
#[test]
fn a_table_that_leads_past_the_firewall_is_written_last() {
    let closed = format!("no: deny tcp/22 from {NODES} to 10.9.0.1 {PARTNER}");
    let new = network(&group(&closed), "via hub route 20.0.0.0/8 via internet");
    let plan = checked(&network(&group(PARTNER), "via hub"), &new).unwrap();
    assert_eq!((steps(&plan), cuts(&plan)), (vec!["put web/out".to_owned(), "put nodes".to_owned()], 0));
}

/// The rule goes that the flows no longer need: without the route before it they would be cut.
#[test]
fn a_rule_that_no_flow_needs_any_more_goes_after_the_route_past_it() {
    let other = "other: allow tcp/80 from 10.240.0.0/16 to 10.9.0.2";
    let new = network(&group(other), "via hub route 20.0.0.0/8 via internet");
    let plan = checked(&network(&group(&format!("{other}\n{PARTNER}")), "via hub"), &new).unwrap();
    assert_eq!((steps(&plan), cuts(&plan)), (vec!["put nodes".to_owned(), "put web/out".to_owned()], 0));
}

/// A rule allows flows that their route drops in the end: until it does they would pass, which they do at neither end.
#[test]
fn a_route_that_drops_flows_comes_before_a_rule_that_allows_them() {
    let other = "other: allow tcp/80 from 10.240.0.0/16 to 10.9.0.2";
    let new = network(&group(&format!("{other}\n{PARTNER}")), "via hub route 20.0.0.0/8 via none");
    let old = network(&group(other), "via hub");
    let plan = checked(&old, &new).unwrap();
    assert_eq!((steps(&plan), cuts(&plan)), (vec!["put nodes".to_owned(), "put web/out".to_owned()], 0));
    // In the opposite order the same writes open it, which the promise sees.
    let careless = Model { route_tables: old.as_deployed().route_tables, ..new.as_deployed() };
    let (knowledge, budget) = (Knowledge::none(), WorkBudget::default());
    let given = PlanGiven { knowledge: &knowledge, budget: &budget };
    assert_eq!(effect([&old, &careless, &new], &given).unwrap().opened.len(), 1);
    assert!(effect([&old.as_deployed(), &careless, &new.as_deployed()], &given).unwrap().opened.is_empty());
}

/// Two tables: that which leads to the firewall before that which leads past it, whatever their order in the source.
#[test]
fn of_two_tables_the_one_that_leads_past_the_firewall_is_the_last() {
    let tables = |first: &str, second: &str| {
        model(&format!(
            "policy web {{ location \"westeurope\" sku standard {} }}
             firewall hub {{ policy web sku standard private-ip 10.0.1.4 }}
             routes a {{ subnet \"a\" 10.240.0.0/16 {first} }}
             routes b {{ subnet \"b\" 10.241.0.0/16 {second} }}",
            group(PARTNER)
        ))
    };
    let (filtered, past) = ("via hub", "via hub route 20.0.0.0/8 via internet");
    let plan = checked(&tables(filtered, past), &tables(past, filtered)).unwrap();
    assert_eq!(steps(&plan), ["put b", "put a"]);
    let plan = checked(&tables(past, filtered), &tables(filtered, past)).unwrap();
    assert_eq!(steps(&plan), ["put a", "put b"]);
}

/// Rules first would open the flows that the new route drops, the table first those that the old one drops: a temporary group
/// denies them until both are written.
#[test]
fn what_no_order_of_rules_and_routes_keeps_out_a_temporary_group_does() {
    let routes = |one: &str, other: &str| format!("via hub route 20.1.0.0/16 via {one} route 20.2.0.0/16 via {other}");
    let rules = |to: &str| group(&format!("partner: allow tcp/443 from {NODES} to {to}"));
    let old = network(&rules("20.1.0.0/16"), &routes("none", "hub"));
    let new = network(&rules("20.2.0.0/16"), &routes("hub", "none"));
    let plan = checked(&old, &new).unwrap();
    assert!(plan.is_guarded());
    assert_eq!(steps(&plan).first().unwrap(), "put web/fwc-plan-guard");
    assert_eq!(steps(&plan).last().unwrap(), "delete web/fwc-plan-guard");
    assert_eq!((plan.steps.len(), cuts(&plan)), (4, 0));
}

/// The subnet changes its table, which no plan writes; both tables are the same before and after.
#[test]
fn a_subnet_that_changes_its_table_is_no_operation() {
    let tables = |first: &str, second: &str| {
        model(&format!(
            "policy web {{ location \"westeurope\" sku standard {} }}
             firewall hub {{ policy web sku standard private-ip 10.0.1.4 }}
             routes a {{ {first} via hub route 20.1.0.0/16 via internet }}
             routes b {{ {second} via hub route 20.2.0.0/16 via internet }}",
            group(PARTNER)
        ))
    };
    let subnet = "subnet \"nodes\" 10.240.0.0/16";
    let plan = checked(&tables(subnet, ""), &tables("", subnet)).unwrap();
    assert_eq!(steps(&plan), [""; 0]);
}
