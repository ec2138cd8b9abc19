//! A plan as a script of `az` calls, and the script that leads back.

use serde_json::Value;

use crate::emit::json_text;
use crate::source::{inert_json, without_commands};

use super::undo::{Write, done, undo};
use super::{Deed, Operation, Plan, What};

/// What ends a template in the script. No line of JSON is this one: a newline in a text is written `\n`.
const END: &str = "FWC_TEMPLATE";

const ABOUT: &str = "\
# Set RESOURCE_GROUP to the resource group of the policies, and ROUTES_RESOURCE_GROUP to
# that of the route tables where it is another one.
#
# Each operation writes one resource, and waits until Azure is done with it before the next:
# while a policy is being updated, Azure refuses to change it again.
";

/// The end of both scripts. Everything is a function that only this line calls, so that the shell, which runs what it has
/// read, does nothing with a script that was cut off; the braces keep it from a part of this line.
const LAST: &str = "at=0\n}\n{ main \"$@\"; }\n";

/// What both scripts do. A name never begins an argument, so that `az` takes none for an option or for `@FILE`; whatever
/// is deleted is asked for afterwards where that failed, because what is not there need not be deleted.
const FUNCTIONS: &str = "\
set -eu
: \"${RESOURCE_GROUP:?set it to the resource group of the policies}\"
: \"${ROUTES_RESOURCE_GROUP:=$RESOURCE_GROUP}\"
work=$(mktemp -d)
at=0

say() {
    printf '%s\\n' \"$1\" >&2
}

put() {
    az deployment group create --resource-group=\"$1\" --name=\"fwc-$way-$at\" \\
        --mode Incremental --template-file=\"$work/template.json\" --output none </dev/null
}

delete() {
    id=$(az group show --name=\"$1\" --query id --output tsv </dev/null)
    id=$id/providers/$2
    az resource delete --ids \"$id\" --output none </dev/null && return
    found=0
    az resource show --ids \"$id\" --output none </dev/null 2>\"$work/found\" || found=$?
    test \"$found\" -eq 3
}
";

/// The plan as a shell script, an operation after the other; `back` is the script that leads back.
pub fn script(plan: &Plan, back: Option<&str>) -> String {
    let count = plan.steps.len();
    let failed = match back {
        Some(back) => {
            format!("    say \"sh \"{}\" $at: leads back to what stood there before\"\n", quoted(&shown(back)))
        }
        None => String::new(),
    };
    let parts = Parts {
        usage: format!(
            "# Written by fwc plan. It does {}; after each of them no flow passes\n\
             # that passes neither before the first nor after the last.\n#\n\
             #   sh THIS [N]   from operation N on, after one that failed; all of them without N\n#\n",
            counted(count)
        ),
        way: "plan",
        number: "first",
        default: 1,
        failed: [
            format!("    say \"operation $at of {count} failed\"\n"),
            "    say \"sh $0 $at: tries it again and goes on\"\n".to_owned(),
            failed,
        ]
        .concat(),
        range: (1, count.max(1)),
    };
    let mut text = parts.head();
    for (number, step) in (1..).zip(&plan.steps) {
        text.extend(operation(number, count, &step.operation, &done(step), "-le"));
    }
    text.push_str(LAST);
    text
}

/// The script that undoes the operations of a plan, the last one first, from whichever of them on.
///
/// Each state on the way back is one of the way there.
pub fn rollback(plan: &Plan) -> String {
    let count = plan.steps.len();
    let parts = Parts {
        usage: format!(
            "# Written by fwc plan. It undoes {}, the last one first: what stands there\n\
             # on the way back stood there on the way. To undo what was not done changes nothing.\n#\n\
             #   sh THIS [N]   from operation N on back to the first; all of them without N\n#\n",
            counted(count)
        ),
        way: "undo",
        number: "last",
        default: count,
        failed: "    say \"undoing operation $at failed\"\n    say \"sh $0 $at: tries it again and goes on back\"\n"
            .to_owned(),
        range: (0, count),
    };
    let mut text = parts.head();
    for (index, step) in plan.steps.iter().enumerate().rev() {
        text.extend(operation(index + 1, count, &step.operation, &undo(plan, index, step), "-ge"));
    }
    text.push_str(LAST);
    text
}

/// What differs in the heads of the two scripts.
struct Parts {
    usage: String,
    /// The word in the names of its deployments.
    way: &'static str,
    /// The variable of the argument, and its value without one.
    number: &'static str,
    default: usize,
    failed: String,
    /// The numbers that the argument may be.
    range: (usize, usize),
}

impl Parts {
    fn head(&self) -> String {
        let Self { usage, way, number, default, failed, range: (least, most) } = self;
        let ended = format!(
            "ended() {{\n    code=$?\n    rm -rf \"$work\"\n    if test \"$code\" -eq 0 || test \"$at\" -eq 0; then return; fi\n\
             {failed}}}\ntrap ended EXIT\ntrap 'exit 129' HUP\ntrap 'exit 130' INT\ntrap 'exit 143' TERM\n"
        );
        let argument = format!(
            "{number}=${{1:-{default}}}\ncase ${number} in\n'' | *[!0-9]* | ?????*) {number}=-1 ;;\nesac\n\
             if test \"${number}\" -lt {least} || test \"${number}\" -gt {most}; then\n    \
             say \"expected a number from {least} to {most}\"\n    exit 2\nfi\n",
        );
        ["#!/bin/sh\n", usage, ABOUT, "main() {\n", FUNCTIONS, "way=", way, "\n\n", &ended, "\n", &argument].concat()
    }
}

fn counted(count: usize) -> String {
    if count == 1 { "1 operation".to_owned() } else { format!("{count} operations") }
}

fn operation(number: usize, count: usize, operation: &Operation, write: &Write, when: &str) -> Vec<String> {
    let variable = if when == "-le" { "first" } else { "last" };
    let what = format!("{} {} {}", write.deed, operation.what.kind(), shown(&operation.what.path()));
    let group = match operation.what {
        What::RouteTable(_) => "\"$ROUTES_RESOURCE_GROUP\"",
        What::IpGroup(_) | What::Settings(_) | What::Group(..) | What::Pods(..) => "\"$RESOURCE_GROUP\"",
    };
    let said = quoted(&format!("{number} of {count}: {what}"));
    let head = format!("\nif test \"${variable}\" {when} {number}; then\nat={number}\nsay {said}\n");
    let body = match (&write.template, write.deed) {
        (Some(template), Deed::Put) => {
            let text = json_text(template);
            let text = inert_json(&text);
            ["cat >\"$work/template.json\" <<'", END, "'\n", &text, END, "\nput ", group, "\n"].concat()
        }
        (None, _) | (_, Deed::Delete) => format!("delete {group} {}\n", quoted(&id(&operation.what))),
    };
    vec![head, body, "fi\n".to_owned()]
}

/// The id of a resource behind its resource group's and the word `providers`.
fn id(what: &What) -> String {
    let (kind, names) = match what {
        What::IpGroup(name) => ("ipGroups", vec![encoded(name)]),
        What::Settings(name) => ("firewallPolicies", vec![encoded(name)]),
        What::Group(policy, name) => {
            ("firewallPolicies", vec![encoded(policy), "ruleCollectionGroups".to_owned(), encoded(name)])
        }
        What::Pods(policy, name) => {
            ("firewallPolicies", vec![encoded(policy), "kubeSelectorGroups".to_owned(), encoded(name)])
        }
        What::RouteTable(name) => ("routeTables", vec![encoded(name)]),
    };
    format!("Microsoft.Network/{kind}/{}", names.join("/"))
}

/// A name as a part of a URL, so that it stays one part of an id.
fn encoded(name: &str) -> String {
    let mut text = String::new();
    for byte in name.bytes() {
        let is_plain = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if is_plain { text.push(char::from(byte)) } else { text.push_str(&format!("%{byte:02X}")) }
    }
    text
}

/// A name on one line of printable ASCII.
fn shown(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_graphic() || c == ' ';
    if name.chars().all(|c| is_plain(c) && c != '"' && c != '\\') {
        return without_commands(name, " #").into_owned();
    }
    let text = Value::from(name).to_string();
    let escaped = |c: char| if is_plain(c) { c.to_string() } else { c.escape_unicode().to_string() };
    let text: String = text.chars().map(escaped).collect();
    without_commands(&text, " #").into_owned()
}

/// A text as one word of the shell.
fn quoted(text: &str) -> String {
    let word = ["'", &text.replace('\'', "'\\''"), "'"].concat();
    without_commands(&word, "''#").into_owned()
}
