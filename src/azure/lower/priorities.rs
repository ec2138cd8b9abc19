//! Places to priorities.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::intent::{Collection, Entry, Group, Priority};
use crate::source::Origin;

use super::fault;

/// How far apart priorities are where it fits, so that something can be put between them by hand.
const STEP: u16 = 100;

/// The groups in the order in which they decide, with their priorities.
pub(super) fn groups<'i>(groups: &'i [Group], diagnostics: &mut Diagnostics) -> Vec<(&'i Group, Priority)> {
    assign(groups, "groups", diagnostics)
}

/// The collections in the order in which they decide, with their priorities.
pub(super) fn collections<'i>(
    collections: &'i [Collection],
    diagnostics: &mut Diagnostics,
) -> Vec<(&'i Collection, Priority)> {
    assign(collections, "collections", diagnostics)
}

/// Something that has a place among others of its sort.
trait Prioritised {
    fn priority(&self) -> Option<&Entry<Priority>>;
    fn name(&self) -> &Entry<String>;
    fn origin(&self) -> &Origin;
}

impl Prioritised for Group {
    fn priority(&self) -> Option<&Entry<Priority>> {
        self.priority.as_ref()
    }

    fn name(&self) -> &Entry<String> {
        &self.name
    }

    fn origin(&self) -> &Origin {
        &self.origin
    }
}

impl Prioritised for Collection {
    fn priority(&self) -> Option<&Entry<Priority>> {
        self.priority.as_ref()
    }

    fn name(&self) -> &Entry<String> {
        &self.name
    }

    fn origin(&self) -> &Origin {
        &self.origin
    }
}

/// Items without a priority keep their place behind the one written before them; the others go by number.
fn assign<'i, T: Prioritised>(items: &'i [T], what: &str, diagnostics: &mut Diagnostics) -> Vec<(&'i T, Priority)> {
    let mut runs: Vec<(Option<&Entry<Priority>>, Vec<&T>)> = vec![(None, Vec::new())];
    for item in items {
        match (item.priority(), runs.last_mut()) {
            (None, Some((_, run))) => run.push(item),
            (fixed, _) => runs.push((fixed, vec![item])),
        }
    }
    runs.sort_by_key(|(fixed, _)| fixed.map(|fixed| fixed.value));
    report_clashes(&runs, what, diagnostics);
    number(runs, what, diagnostics)
}

fn report_clashes<T: Prioritised>(
    runs: &[(Option<&Entry<Priority>>, Vec<&T>)],
    what: &str,
    diagnostics: &mut Diagnostics,
) {
    for ((first, first_run), (second, _)) in runs.iter().zip(runs.iter().skip(1)) {
        let (Some(first), Some(second)) = (first, second) else { continue };
        if first.value == second.value {
            let message = format!("two {what} have priority {}", second.value);
            let other = first_run.first().map_or("", |item| item.name().value.as_str());
            let found = Diagnostic::new(Code::FW0404, second.at, message).related(first.at, format!("`{other}`"));
            diagnostics.push(found.help("give one of them another priority, or leave it out"));
        }
    }
}

/// Gives each run numbers between its own fixed one and that of the next run.
fn number<'i, T: Prioritised>(
    runs: Vec<(Option<&'i Entry<Priority>>, Vec<&'i T>)>,
    what: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<(&'i T, Priority)> {
    let nexts: Vec<Option<&Entry<Priority>>> = runs.iter().skip(1).map(|(fixed, _)| *fixed).collect();
    let mut numbered = Vec::new();
    for (index, (fixed, run)) in runs.into_iter().enumerate() {
        let next = nexts.get(index).copied().flatten();
        let end = next.map_or(Priority::LAST.get() + 1, |next| next.value.get());
        let start = fixed.map_or(Priority::FIRST.get(), |fixed| fixed.value.get());
        let step = step_for(run.len(), start, end);
        // Without any room the two priorities are equal, which has been reported.
        if step == 0 && start < end {
            report_no_room(&run, next, what, diagnostics);
        }
        let numbers = (0u32..).map(|n| u32::from(start) + n * u32::from(step.max(1)));
        for (item, number) in run.into_iter().zip(numbers) {
            numbered.push((item, Priority::new(number).unwrap_or(Priority::LAST)));
        }
    }
    numbered
}

/// The distance between the numbers of a run of `count` items from `start` on that stay below `end`; 0 if they do not fit.
fn step_for(count: usize, start: u16, end: u16) -> u16 {
    let count = u16::try_from(count).unwrap_or(u16::MAX);
    let room = end.saturating_sub(start);
    room.checked_div(count).unwrap_or(STEP).min(STEP)
}

fn report_no_room<T: Prioritised>(
    run: &[&T],
    next: Option<&Entry<Priority>>,
    what: &str,
    diagnostics: &mut Diagnostics,
) {
    let Some(last) = run.last() else { return };
    let message = format!("there is no room for {} {what} before the next priority that is given", run.len());
    let found = fault(Code::FW0404, last.origin(), last.name().at, message);
    let found = next.into_iter().fold(found, |found, next| found.related(next.at, "the next priority"));
    diagnostics.push(found.help("move the priorities further apart"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_leave_room_where_it_fits() {
        assert_eq!(step_for(3, 100, 65001), 100);
        assert_eq!(step_for(3, 100, 200), 33);
        assert_eq!(step_for(3, 100, 102), 0);
    }
}
