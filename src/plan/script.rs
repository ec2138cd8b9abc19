//! A plan as a script of `az` calls.

use serde_json::Value;

use crate::emit::arm::{Single, single};
use crate::emit::json_text;

use super::{Deed, Plan, Step, What};

/// What ends a template in the script; no line of JSON is this one.
const END: &str = "FWC_TEMPLATE";

const HEAD: &str = "#!/bin/sh
# Written by fwc plan. Set RESOURCE_GROUP to the resource group of the policies, and
# ROUTES_RESOURCE_GROUP to that of the route tables where it is another one.
# It stops at the first operation that fails.
set -eu
: \"${RESOURCE_GROUP:?set it to the resource group of the policies}\"
: \"${ROUTES_RESOURCE_GROUP:=$RESOURCE_GROUP}\"
work=$(mktemp -d)
trap 'rm -rf \"$work\"' EXIT
";

/// The plan as a shell script, an operation after the other.
pub fn script(plan: &Plan) -> String {
    let mut script = HEAD.to_owned();
    for (number, step) in (1..).zip(&plan.steps) {
        script.extend(operation(number, step));
    }
    script
}

/// The template of what a step writes.
pub(super) fn template(step: &Step) -> Option<Value> {
    let operation = &step.operation;
    if operation.deed == Deed::Delete {
        return None;
    }
    let what = match &operation.what {
        What::IpGroup(name) => Single::IpGroup(name),
        What::Settings(name) => Single::Policy(name),
        What::Group(policy, name) => Single::Group(policy, name),
        What::RouteTable(name) => Single::RouteTable(name),
    };
    single(&step.after, what)
}

fn operation(number: usize, step: &Step) -> Vec<String> {
    let operation = &step.operation;
    // As JSON, a name cannot end the comment.
    let name = Value::from(operation.what.path()).to_string();
    let head = format!("\n# {number}: {} {} {name}: {}\n", operation.deed, operation.what.kind(), operation.why);
    let group = match operation.what {
        What::RouteTable(_) => "\"$ROUTES_RESOURCE_GROUP\"",
        What::IpGroup(_) | What::Settings(_) | What::Group(..) => "\"$RESOURCE_GROUP\"",
    };
    let Some(template) = template(step) else { return vec![head, delete(&operation.what, group)] };
    let text = json_text(&template);
    let file = format!("\"$work\"/{number}.json");
    let write = ["cat >", &file, " <<'", END, "'\n", &text, END, "\n"].concat();
    let put = format!(
        "az deployment group create --resource-group {group} --name fwc-plan-{number} --mode Incremental \\\n    \
         --template-file {file} --output none\n"
    );
    vec![head, write, put]
}

fn delete(what: &What, group: &str) -> String {
    let (kind, names) = match what {
        What::IpGroup(name) => ("ip-group", vec![("--name", name)]),
        What::Settings(name) => ("firewall policy", vec![("--name", name)]),
        What::Group(policy, name) => {
            ("firewall policy rule-collection-group", vec![("--policy-name", policy), ("--name", name)])
        }
        What::RouteTable(name) => ("route-table", vec![("--name", name)]),
    };
    let confirmed = match what {
        What::Group(..) => " --yes",
        What::IpGroup(_) | What::Settings(_) | What::RouteTable(_) => "",
    };
    let names: Vec<String> = names.into_iter().map(|(option, name)| format!(" {option} {}", quoted(name))).collect();
    format!("az network {kind} delete --resource-group {group}{}{confirmed}\n", names.concat())
}

/// A text as one word of the shell.
fn quoted(text: &str) -> String {
    ["'", &text.replace('\'', "'\\''"), "'"].concat()
}
