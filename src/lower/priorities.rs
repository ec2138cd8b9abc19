//! Assigns priorities to groups and collections in their order.
//!
//! What was given a priority before keeps it, as long as the written order allows; what is new takes a number between its
//! neighbours.

use std::collections::BTreeSet;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::intent::{Collection, Entry, Group};
use crate::model::Priority;
use crate::source::Origin;

use super::fault::fault;
use super::lock::LockedNames;

/// How far apart priorities are where it fits, so that something can be put between them.
const STEP: u16 = 100;
/// Where numbers start that come after no given priority, so that something can be inserted before the first.
const START: u16 = 1000;

/// The groups in the order in which they decide, with their priorities.
pub(super) fn groups<'i>(
    groups: &'i [Group],
    known: &LockedNames,
    diagnostics: &mut Diagnostics,
) -> Vec<(&'i Group, Priority)> {
    assign(groups, "groups", known, diagnostics)
}

/// The collections in the order in which they decide, with their priorities.
pub(super) fn collections<'i>(
    collections: &'i [Collection],
    known: &LockedNames,
    diagnostics: &mut Diagnostics,
) -> Vec<(&'i Collection, Priority)> {
    assign(collections, "collections", known, diagnostics)
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

/// Items without a priority keep their place after the one written before them; the others are ordered by number.
fn assign<'i, T: Prioritised>(
    items: &'i [T],
    what: &str,
    known: &LockedNames,
    diagnostics: &mut Diagnostics,
) -> Vec<(&'i T, Priority)> {
    let mut runs: Vec<(Option<&Entry<Priority>>, Vec<&T>)> = vec![(None, Vec::new())];
    for item in items {
        match (item.priority(), runs.last_mut()) {
            (None, Some((_, run))) => run.push(item),
            (fixed, _) => runs.push((fixed, vec![item])),
        }
    }
    runs.sort_by_key(|(fixed, _)| fixed.map(|fixed| fixed.value));
    report_clashes(&runs, what, diagnostics);
    let gone = known.of_gone(items.iter().map(|item| item.name().value.as_str()));
    let numbered = number(runs, what, &Memory { known, gone }, diagnostics);
    let is_numbered = !diagnostics.has_errors();
    for (item, now) in numbered.iter().filter(|(item, _)| is_numbered && item.priority().is_none()) {
        let name = item.name();
        let Some(before) = known.get(&name.value).filter(|before| before != now) else { continue };
        let kind = what.trim_end_matches('s');
        let message = format!("{kind} `{}` had priority {before} and gets {now}", name.value);
        let found = fault(Code::FW0412, item.origin(), name.at, message);
        diagnostics.push(found.help("its place among the others has changed: `fwc plan` orders what that changes"));
    }
    numbered
}

/// What numbers were given before, and those of what is no longer there.
struct Memory<'k> {
    known: &'k LockedNames,
    gone: BTreeSet<u16>,
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
    memory: &Memory<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<(&'i T, Priority)> {
    let nexts: Vec<Option<&Entry<Priority>>> = runs.iter().skip(1).map(|(fixed, _)| *fixed).collect();
    let mut numbered = Vec::new();
    for (index, (fixed, run)) in runs.into_iter().enumerate() {
        let next = nexts.get(index).copied().flatten();
        let end = next.map_or(Priority::LAST.get() + 1, |next| next.value.get());
        let room = PriorityRoom { fixed: fixed.map(|fixed| fixed.value.get()), end, is_open: next.is_none() };
        let given: Vec<Option<u16>> =
            run.iter().map(|item| memory.known.get(&item.name().value).map(Priority::get)).collect();
        let lasts: Vec<Option<u16>> =
            run.iter().map(|item| memory.known.last(&item.name().value).map(Priority::get)).collect();
        let numbers = room.numbers(&given, &lasts, &memory.gone);
        // Without any room the two priorities are equal, which has been reported.
        if numbers.is_none() && room.fixed.is_none_or(|fixed| fixed < end) {
            report_no_room(&run, next, what, diagnostics);
        }
        let numbers = numbers.unwrap_or_else(|| vec![end; run.len()]);
        for (item, number) in run.into_iter().zip(numbers) {
            numbered.push((item, Priority::new(number.into()).unwrap_or(Priority::LAST)));
        }
    }
    numbered
}

/// The numbers that the items of a run may have.
#[derive(Clone, Copy)]
struct PriorityRoom {
    /// The priority of the first item, where the author gives it.
    fixed: Option<u16>,
    /// All are below it.
    end: u16,
    /// Whether nothing follows the run.
    is_open: bool,
}

impl PriorityRoom {
    /// A number for each item in rising order; those given before stay, as far as they rise, and items inserted after
    /// them come after their `lasts`. `None` where they do not fit.
    fn numbers(self, given: &[Option<u16>], lasts: &[Option<u16>], gone: &BTreeSet<u16>) -> Option<Vec<u16>> {
        let lowest = self.fixed.unwrap_or(Priority::FIRST.get() - 1);
        let kept = self.kept(given, lowest);
        let mut numbers = Vec::with_capacity(given.len());
        let (mut below, mut waiting) = (lowest, 0);
        let behind = |index: usize, number: u16| {
            let next = kept.iter().skip(index + 1).find_map(|next| *next).unwrap_or(self.end);
            lasts.get(index).copied().flatten().filter(|&last| number < last && last < next).unwrap_or(number)
        };
        for (index, kept) in kept.iter().enumerate() {
            if let (0, Some(fixed)) = (index, self.fixed) {
                numbers.push(fixed);
                below = behind(index, fixed);
                continue;
            }
            let Some(kept) = *kept else {
                waiting += 1;
                continue;
            };
            let is_first = numbers.is_empty() && self.fixed.is_none();
            let gap = PriorityGap {
                below,
                above: kept,
                side: if is_first { PrioritySide::Above } else { PrioritySide::Between },
            };
            numbers.extend(gap.fill(std::mem::take(&mut waiting), gone)?);
            numbers.push(kept);
            below = behind(index, kept);
        }
        let is_first = numbers.is_empty() && self.fixed.is_none();
        let side = match (is_first, self.is_open || self.fixed.is_some()) {
            (true, _) => PrioritySide::Nothing,
            (false, true) => PrioritySide::Below,
            (false, false) => PrioritySide::Between,
        };
        numbers.extend(PriorityGap { below, above: self.end, side }.fill(waiting, gone)?);
        Some(numbers)
    }

    /// The numbers given before that can stay: as many as rise in the written order.
    fn kept(self, given: &[Option<u16>], lowest: u16) -> Vec<Option<u16>> {
        let usable = given.iter().enumerate().map(|(index, number)| {
            let is_free = !(index == 0 && self.fixed.is_some());
            number.filter(|&number| is_free && lowest < number && number < self.end)
        });
        let usable: Vec<Option<u16>> = usable.collect();
        let rising = longest_rising(&usable);
        usable.into_iter().enumerate().map(|(index, number)| number.filter(|_| rising.contains(&index))).collect()
    }
}

/// The places of the longest rising run of numbers, which need not be adjacent.
fn longest_rising(numbers: &[Option<u16>]) -> BTreeSet<usize> {
    // For each length, the place whose number ends a rising run of that length the lowest; and the place before it.
    let mut ends: Vec<(u16, usize)> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(numbers.len());
    for (place, number) in numbers.iter().enumerate() {
        let Some(number) = *number else {
            before.push(None);
            continue;
        };
        let length = ends.partition_point(|&(end, _)| end < number);
        before.push(length.checked_sub(1).and_then(|shorter| ends.get(shorter)).map(|&(_, place)| place));
        ends.truncate(ends.len().max(length));
        match ends.get_mut(length) {
            Some(end) => *end = (number, place),
            None => ends.push((number, place)),
        }
    }
    let mut rising = BTreeSet::new();
    let mut next = ends.last().map(|&(_, place)| place);
    while let Some(place) = next {
        rising.insert(place);
        next = before.get(place).copied().flatten();
    }
    rising
}

/// Numbers between two, neither of which is among them.
#[derive(Clone, Copy)]
struct PriorityGap {
    below: u16,
    above: u16,
    side: PrioritySide,
}

/// What the numbers of a gap keep their distance to.
#[derive(Clone, Copy)]
enum PrioritySide {
    /// To nothing: they are the first that are given.
    Nothing,
    /// To the number below.
    Below,
    /// To the number above.
    Above,
    /// To both.
    Between,
}

impl PriorityGap {
    /// `count` rising numbers, outside `gone` where possible; `None` where there are too few.
    fn fill(self, count: usize, gone: &BTreeSet<u16>) -> Option<Vec<u16>> {
        if count == 0 {
            return Some(Vec::new());
        }
        let free: Vec<u16> = (self.below + 1..self.above).filter(|number| !gone.contains(number)).collect();
        if free.len() >= count {
            return self.spread(count, &free);
        }
        let all: Vec<u16> = (self.below + 1..self.above).collect();
        if all.len() >= count { self.spread(count, &all) } else { None }
    }

    /// Picks from `free`, which has enough, in steps of [`STEP`] where they fit.
    fn spread(self, count: usize, free: &[u16]) -> Option<Vec<u16>> {
        let step = free.len() / (count + 1);
        let wide = step.min(usize::from(STEP)).max(1);
        // Where `free` is nearly used up, the steps are of one and start at its beginning.
        let place = |index: usize| match self.side {
            _ if step == 0 => index,
            PrioritySide::Nothing => (step - 1).min(usize::from(START - Priority::FIRST.get())) + index * wide,
            PrioritySide::Below => (index + 1) * wide - 1,
            PrioritySide::Above => free.len() - (count - index) * wide,
            PrioritySide::Between => (index + 1) * step - 1 + step % 2,
        };
        (0..count).map(|index| free.get(place(index)).or_else(|| free.get(index)).copied()).collect()
    }
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

    const OPEN: PriorityRoom = PriorityRoom { fixed: None, end: 65001, is_open: true };

    fn numbers(room: PriorityRoom, given: &[Option<u16>]) -> Option<Vec<u16>> {
        room.numbers(given, &[], &BTreeSet::new())
    }

    #[test]
    fn steps_leave_room_where_it_fits() {
        assert_eq!(numbers(OPEN, &[None; 3]), Some(vec![1000, 1100, 1200]));
        let before = PriorityRoom { fixed: None, end: 200, is_open: false };
        assert_eq!(numbers(before, &[None; 3]), Some(vec![124, 149, 174]));
        let behind = PriorityRoom { fixed: Some(200), end: 65001, is_open: true };
        assert_eq!(numbers(behind, &[None; 3]), Some(vec![200, 300, 400]));
        assert_eq!(numbers(PriorityRoom { end: 102, ..OPEN }, &[None; 3]), None);
        assert_eq!(numbers(PriorityRoom { end: 103, ..OPEN }, &[None; 3]), Some(vec![100, 101, 102]));
    }

    #[test]
    fn what_was_given_stays() {
        let given = [Some(1000), None, Some(1100), Some(1200)];
        assert_eq!(numbers(OPEN, &given), Some(vec![1000, 1050, 1100, 1200]));
        assert_eq!(numbers(OPEN, &[None, Some(1000), None]), Some(vec![900, 1000, 1100]));
        assert_eq!(numbers(OPEN, &[Some(1100), Some(1200), Some(1000)]), Some(vec![1100, 1200, 1300]));
        assert_eq!(numbers(OPEN, &[Some(100), None, Some(101)]), None);
    }

    #[test]
    fn what_is_put_behind_a_group_keeps_behind_its_parts() {
        let behind = |given: &[Option<u16>], lasts: &[Option<u16>]| OPEN.numbers(given, lasts, &BTreeSet::new());
        assert_eq!(behind(&[Some(1000), None], &[Some(1150), None]), Some(vec![1000, 1250]));
        assert_eq!(behind(&[Some(1000), None, Some(1200)], &[Some(1150), None, None]), Some(vec![1000, 1174, 1200]));
        assert_eq!(behind(&[Some(1000), None, Some(1100)], &[Some(1150), None, None]), Some(vec![1000, 1050, 1100]));
        let fixed = PriorityRoom { fixed: Some(200), ..OPEN };
        assert_eq!(fixed.numbers(&[None, None], &[Some(250), None], &BTreeSet::new()), Some(vec![200, 350]));
    }

    #[test]
    fn a_number_of_what_is_gone_is_given_away_last() {
        let fill = |gone: &[u16]| OPEN.numbers(&[Some(100), None, Some(103)], &[], &gone.iter().copied().collect());
        assert_eq!(fill(&[101]), Some(vec![100, 102, 103]));
        assert_eq!(fill(&[102]), Some(vec![100, 101, 103]));
        assert!(fill(&[101, 102]).is_some());
    }

    #[test]
    fn many_can_be_put_in_front_and_between() {
        for place in [0, 1] {
            let mut given = vec![Some(1000), Some(1100)];
            let mut rounds = 0;
            loop {
                given.insert(place, None);
                let Some(numbers) = numbers(OPEN, &given) else { break };
                let kept = given.iter().zip(&numbers).all(|(given, number)| given.is_none_or(|given| given == *number));
                assert!(kept && numbers.is_sorted_by(|one, next| one < next), "{given:?} {numbers:?}");
                given = numbers.into_iter().map(Some).collect();
                rounds += 1;
            }
            assert!(rounds >= 6, "place {place}: {rounds}");
        }
    }
}
