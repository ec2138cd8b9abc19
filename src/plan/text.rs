//! A plan for people, at most 80 columns wide.

use std::fmt::Write;

use crate::assert::describe;
use crate::flow::Passing;

use super::Plan;

/// How many flows that are cut are shown for a step; the JSON has them all.
const SHOWN: usize = 3;

/// The plan as lines.
pub fn text(plan: &Plan) -> String {
    let mut text = String::new();
    let width = plan.steps.len().to_string().len();
    let path = plan.steps.iter().map(|step| step.operation.what.path().chars().count()).max().unwrap_or(0).min(36);
    let mut before: &[Passing] = &[];
    for (number, step) in (1..).zip(&plan.steps) {
        let operation = &step.operation;
        let (deed, kind) = (operation.deed.to_string(), operation.what.kind());
        let name = operation.what.path();
        let _ = writeln!(text, "{number:>width$}  {deed:6}  {kind:11}  {name:path$}  {}", operation.why);
        if step.cut.as_slice() != before {
            cut(&mut text, &step.cut, width);
        }
        before = &step.cut;
    }
    for what in &plan.left_over {
        let _ = writeln!(text, "stays: {what}");
    }
    text
}

fn cut(text: &mut String, passing: &[Passing], width: usize) {
    if passing.is_empty() {
        let _ = writeln!(text, "{:width$}  all that was cut passes again", "");
    }
    for flow in passing.iter().take(SHOWN) {
        let _ = writeln!(text, "{:width$}  cuts for now: {}", "", describe(&flow.witness));
    }
    if let Some(more) = passing.len().checked_sub(SHOWN).filter(|&more| more > 0) {
        let _ = writeln!(text, "{:width$}  and {more} more sets of flows: `--format json` lists them", "");
    }
}
