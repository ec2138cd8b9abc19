//! A line for each change.

use crate::diff::renderers::{CauseView, DiffView, SettingView};

/// How many terms of a list a line shows.
const TERMS: usize = 2;

/// A change: what kind it is, with a sign, and what it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DriftLine {
    /// `!` or `+` for what opens, `-` for what closes, `~` for anything else.
    pub sign: char,
    /// What kind of change it is.
    pub kind: &'static str,
    /// The change.
    pub text: String,
}

/// The changes of one policy: flows, settings, routes, deny rules.
pub fn lines(view: &DiffView) -> Vec<DriftLine> {
    let guards = view.guards.iter().map(|guard| DriftLine {
        sign: '!',
        kind: "deny rule",
        text: guard.line().trim_start_matches("deny rule ").to_owned(),
    });
    let flows = view.causes.iter().map(of_cause);
    let rows = row_lines(&view.settings, "setting").chain(row_lines(&view.routes, "route"));
    flows.chain(rows).chain(guards).collect()
}

fn row_lines(rows: &[SettingView], kind: &'static str) -> impl Iterator<Item = DriftLine> {
    rows.iter().map(move |row| {
        let (sign, weaker) = if row.is_weaker() { ('!', " (weaker)") } else { ('~', "") };
        DriftLine { sign, kind, text: format!("{}: {} -> {}{weaker}", row.path, row.before, row.after) }
    })
}

/// The flows of a cause, the first set of them, and by which rule.
fn of_cause(cause: &CauseView) -> DriftLine {
    let flows = cause.flows.first().map(|flows| flows.sentence(TERMS)).unwrap_or_default();
    let more = match cause.flows.len() {
        0 | 1 => String::new(),
        sets => format!(" and {} more", sets - 1),
    };
    DriftLine {
        sign: cause.effect.sign(),
        kind: cause.effect.phrase(),
        text: format!("{flows}{more}: {}", cause.title),
    }
}
