//! A plan as a script of `az` calls, and the script that leads back.

use crate::diag::counted;
use serde_json::Value;

use crate::emit::json_text;
use crate::source::{inert_json, without_commands};

use super::compare::compared;
use super::normal::PROGRAM;
use super::state::find_policy;
use super::text::{PlanLine, associations};
use super::undo::{Write, done, undo};
use super::{Deed, MigrationPlan, PlanChange, PlanOperation};

/// What ends a template in the script. No line of JSON is this one: a newline in a text is written `\n`.
const END: &str = "FWC_TEMPLATE";

const ABOUT: &str = "\
# Set RESOURCE_GROUP to the resource group of the policies, and ROUTES_RESOURCE_GROUP to
# that of the route tables where it is another one.
#
# Each operation writes one resource, and waits until Azure is done with it before the next:
# while a policy is being updated, Azure refuses to change it again.
";

/// The end of both scripts, where they say what is open then. Everything is a function that only this line calls, so that the shell, which runs what it has
/// read, does nothing with a script that was cut off; the braces keep it from a part of this line.
const LAST: &str = "}\n{ main \"$@\"; }\n";

/// What both scripts do. A name never begins an argument, so that `az` takes none for an option or for `@FILE`; whatever
/// is deleted is looked up afterwards where that failed, because what is not there need not be deleted.
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

deploy() {
    az network firewall policy deploy --resource-group=\"$1\" --name=\"$2\" --output none </dev/null
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

/// What the script of a plan does before it writes. It exits 3 where what is deployed is not what the plan was made from; the
/// resource of the operation that it begins with may be as that operation makes it, which failed after it was done.
const COMPARE: &str = "\
hash() {
    if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1
}

found() {
    code=0
    az resource show --ids \"$1/providers/$2\" --api-version \"$3\" --output json </dev/null \\
        >\"$work/found.json\" 2>\"$work/found\" || code=$?
    case $code in
    0) jq -j -f \"$work/normal.jq\" \"$work/found.json\" | hash ;;
    3) echo absent ;;
    *)
        cat \"$work/found\" >&2
        return 1
        ;;
    esac
}

differs=no
compare() {
    what=$1
    is=$(found \"$2\" \"$3\" \"$4\")
    shift 4
    now=unknown
    next=unknown
    for version in \"$@\"; do
        if test \"${version%%=*}\" -lt \"$first\"; then now=${version#*=}; fi
        if test \"${version%%=*}\" -eq \"$first\"; then next=${version#*=}; fi
    done
    test \"$is\" = \"$now\" || test \"$is\" = \"$next\" || {
        say \"$what is not as it was when the plan was made\"
        differs=yes
    }
}
";

/// What is said where `az` names no resource group: Azure names each, or fails. What replaces `az` then, to try the script,
/// writes nothing either.
const TRIED: &str = "az names no resource group: nothing is compared";

/// The plan as a shell script, an operation after the other; `back` is the script that leads back, and `end` states what is
/// open at the end.
pub fn script(plan: &MigrationPlan, back: Option<&str>, end: &[PlanLine]) -> String {
    let count = plan.steps.len();
    let failed = match back {
        Some(back) => {
            format!("    say \"sh \"{}\" $at: restores what was there before\"\n", quoted(&shown(back)))
        }
        None => String::new(),
    };
    let parts = ScriptParts {
        usage: format!(
            "# Written by fwc plan. It does {}; after each of them no flow passes\n\
             # that passes neither before the first nor after the last.\n#\n\
             #   sh THIS [N]   from operation N on, after one that failed; all of them without N\n#\n\
             # Before it writes, it compares the policies that it changes, all of their groups, and the IP\n\
             # groups and route tables that it writes with what the plan was made from, and does nothing\n\
             # where they differ in names, priorities, actions, rules, members, routes or settings that\n\
             # decide about traffic. That needs jq; COMPARE=no leaves it out.\n#\n",
            counted(count, "operation")
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
    text.push_str(&comparison(plan));
    for (number, step) in (1..).zip(&plan.steps) {
        text.extend(operation(number, count, &step.operation, &done(step), "-le"));
    }
    text.push_str("at=0\n");
    text.extend(end.iter().chain(&associations(plan)).map(said));
    text.push_str(LAST);
    text
}

/// The script that undoes the operations of a plan, the last one first, from whichever of them on.
///
/// Each state on the way back is one of the way there.
pub fn rollback(plan: &MigrationPlan) -> String {
    let count = plan.steps.len();
    let parts = ScriptParts {
        usage: format!(
            "# Written by fwc plan. It undoes {}, the last one first: what stands there\n\
             # on the way back stood there on the way. To undo what was not done changes nothing.\n#\n\
             #   sh THIS [N]   from operation N on back to the first; all of them without N\n#\n",
            counted(count, "operation")
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
    text.push_str("at=0\n");
    text.push_str(LAST);
    text
}

/// What differs in the heads of the two scripts.
struct ScriptParts {
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

impl ScriptParts {
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

fn operation(number: usize, count: usize, operation: &PlanOperation, write: &Write, when: &str) -> Vec<String> {
    let variable = if when == "-le" { "first" } else { "last" };
    let what = format!("{} {} {}", write.deed, operation.what.kind(), shown(&operation.what.path()));
    let group = resource_group(&operation.what);
    let said = quoted(&format!("{number} of {count}: {what}"));
    let head = format!("\nif test \"${variable}\" {when} {number}; then\nat={number}\nsay {said}\n");
    let body = match (&write.template, write.deed) {
        (Some(template), Deed::Put) => {
            let written = json_text(template);
            let text = inert_json(&written);
            let deploys = match &operation.what {
                PlanChange::Draft(policy, _) => format!("deploy {group} {}\n", quoted(policy)),
                PlanChange::IpGroup(_)
                | PlanChange::Settings(_)
                | PlanChange::Group(..)
                | PlanChange::Pods(..)
                | PlanChange::RouteTable(_) => String::new(),
            };
            ["cat >\"$work/template.json\" <<'", END, "'\n", &text, END, "\nput ", group, "\n", &deploys].concat()
        }
        (None, _) | (_, Deed::Delete) => format!("delete {group} {}\n", quoted(&id(&operation.what))),
    };
    vec![head, body, "fi\n".to_owned()]
}

/// The id of a resource after its resource group's and the word `providers`.
fn id(what: &PlanChange) -> String {
    let (kind, names) = match what {
        PlanChange::IpGroup(name) => ("ipGroups", vec![encoded(name)]),
        PlanChange::Settings(name) | PlanChange::Draft(name, _) => ("firewallPolicies", vec![encoded(name)]),
        PlanChange::Group(policy, name) => {
            ("firewallPolicies", vec![encoded(policy), "ruleCollectionGroups".to_owned(), encoded(name)])
        }
        PlanChange::Pods(policy, name) => {
            ("firewallPolicies", vec![encoded(policy), "kubeSelectorGroups".to_owned(), encoded(name)])
        }
        PlanChange::RouteTable(name) => ("routeTables", vec![encoded(name)]),
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

/// The comparison of what is deployed with what a plan was made from.
fn comparison(plan: &MigrationPlan) -> String {
    let compared = compared(plan);
    let Some(first) = compared.first() else { return String::new() };
    let needed = "\nif test \"${COMPARE-yes}\" != no; then\ncommand -v jq >/dev/null || {\n    \
                  say 'jq is needed to compare what is deployed with what the plan was made from'\n    exit 2\n}\n";
    let program = ["cat >\"$work/normal.jq\" <<'", END, "'\n", PROGRAM, END, "\n"].concat();
    let calls = compared.iter().map(|of| {
        let said = format!("{} {}", of.what.kind(), shown(&of.what.path()));
        let hashes: Vec<String> = of.hashes.iter().map(|(number, hash)| format!("{number}={hash}")).collect();
        let words = [quoted(&said), group_id(&of.what).to_owned(), quoted(&id(&of.what)), of.version.clone()];
        format!("compare {} \\\n    {}\n", words.join(" "), hashes.join(" "))
    });
    let mut groups: Vec<String> = Vec::new();
    for of in &compared {
        let variable = group_id(&of.what).trim_matches(['"', '$']);
        let asked = resource_group(&of.what);
        let line = format!("{variable}=$(az group show --name={asked} --query id --output tsv </dev/null)\n");
        if !groups.contains(&line) {
            groups.push(line);
        }
    }
    let refused = "if test \"$differs\" = yes; then\n    \
                   say 'nothing was written: export what is deployed, and plan again'\n    exit 3\nfi\nfi\nfi\n";
    let drafts = plan.steps.iter().filter_map(|step| undrafted(plan, &step.operation.what)).collect::<String>();
    let tried = ["if test -z ", group_id(&first.what), "; then\nsay ", &quoted(TRIED), "\nelse\n"].concat();
    let calls = calls.collect::<String>();
    ["\n", COMPARE, needed, &program, &groups.concat(), &tried, &calls, &drafts, refused].concat()
}

/// That nobody else has begun a draft of the policy or of one of its groups, which would be replaced, or deployed too. Who tries
/// an operation again by its number has begun it.
fn undrafted(plan: &MigrationPlan, what: &PlanChange) -> Option<String> {
    let PlanChange::Draft(policy, _) = what else { return None };
    let groups = find_policy(&plan.before, policy)?.groups.iter();
    let groups =
        groups.map(|group| (PlanChange::Group(policy.clone(), group.name.clone()), "ruleCollectionGroupDrafts"));
    let all = [(PlanChange::Settings(policy.clone()), "firewallPolicyDrafts")].into_iter().chain(groups);
    let calls = all.map(|(of, drafts)| {
        let words = [group_id(&of).to_owned(), quoted(&format!("{}/{drafts}/default", id(&of))), VERSION.to_owned()];
        let said = format!("{} {} has a draft already: deploy it, or delete it", of.kind(), shown(&of.path()));
        let found = words.join(" ");
        format!("test \"$(found {found})\" = absent || {{\n    say {}\n    differs=yes\n}}\n", quoted(&said))
    });
    Some(["if test $# -eq 0; then\n".to_owned(), calls.collect(), "fi\n".to_owned()].concat())
}

/// The version of the interface that drafts are asked by.
const VERSION: &str = "2024-05-01";

/// The variable with the id of the resource group of a resource.
fn group_id(what: &PlanChange) -> &'static str {
    match what {
        PlanChange::RouteTable(_) => "\"$routes_group\"",
        PlanChange::IpGroup(_)
        | PlanChange::Settings(_)
        | PlanChange::Group(..)
        | PlanChange::Pods(..)
        | PlanChange::Draft(..) => "\"$group\"",
    }
}

/// The variable with the resource group of a resource.
fn resource_group(what: &PlanChange) -> &'static str {
    match what {
        PlanChange::RouteTable(_) => "\"$ROUTES_RESOURCE_GROUP\"",
        PlanChange::IpGroup(_)
        | PlanChange::Settings(_)
        | PlanChange::Group(..)
        | PlanChange::Pods(..)
        | PlanChange::Draft(..) => "\"$RESOURCE_GROUP\"",
    }
}

/// What states a line.
fn said(line: &PlanLine) -> String {
    let text = [" ".repeat(line.indent), shown(&line.text)].concat();
    ["say ", &quoted(&text), "\n"].concat()
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
