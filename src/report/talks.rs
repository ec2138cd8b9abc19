//! The picture of which sources may reach which destinations.

use crate::diag::counted;
use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use maud::{Markup, html};

use crate::model::Action;

use super::svg::cut;
use super::{Report, RuleRow};

/// How many ends of a side are drawn at most: half of them one by one where there are more, the others by group of rules.
const ENDS: usize = 36;
const ROW: usize = 28;
const BOX: usize = 340;
const WIDTH: usize = 1100;
/// Colours that are distinct, and visible, on white.
const COLOURS: [&str; 8] = ["#0550ae", "#b35900", "#116329", "#8250df", "#a40e26", "#0a6e7c", "#7a5b00", "#6e5494"];

/// Sources on the left, destinations on the right, a line for each pair that some rule lets talk.
pub(super) fn talks(report: &Report) -> Markup {
    let allowing = report.rules.iter().filter(|row| row.rule.action == Action::Allow && row.dead.is_none());
    let told: Vec<Told<'_>> = allowing.map(Told::of).collect();
    let from = TalkSide::of("source", &told, |told| &told.from);
    let to = TalkSide::of("destination", &told, |told| &told.to);
    let lines = lines(&told, &from, &to);
    if lines.is_empty() {
        return html! { p class="soft" { "No rule lets anybody talk." } };
    }
    let height = from.ends.len().max(to.ends.len()) * ROW + 8;
    let right = WIDTH - BOX - 2;
    html! {
        p class="soft" { (caption(&from, &to)) }
        div class="scroll" tabindex="0" role="region" aria-label="picture" {
            svg viewBox=(format!("0 0 {WIDTH} {height}")) width=(WIDTH) height=(height) role="img" aria-label="who may talk to whom" {
                @for ((a, b), rules) in &lines {
                    @let (left, over) = (middle(*a, from.ends.len(), height), middle(*b, to.ends.len(), height));
                    path class="talk" d=(curve(BOX + 2, left, right, over)) fill="none" stroke=(colour(*a)) stroke-width=(1 + rules.len().ilog2()) {
                        title { (sentence(from.label(*a), to.label(*b), rules)) }
                    }
                }
                @for (at, end) in from.ends.iter().enumerate() {
                    (end_box(2, middle(at, from.ends.len(), height), end, Some(colour(at))))
                }
                @for (at, end) in to.ends.iter().enumerate() { (end_box(right, middle(at, to.ends.len(), height), end, None)) }
            }
        }
    }
}

/// A rule with the words of its two sides.
struct Told<'r> {
    row: &'r RuleRow,
    from: Vec<String>,
    to: Vec<String>,
    group: String,
}

impl<'r> Told<'r> {
    fn of(row: &'r RuleRow) -> Self {
        let [_, from, to] = row.says.clone();
        let to = match &row.rule.target {
            Some(target) => to.iter().map(|to| format!("{to} → {target}")).collect(),
            None => to,
        };
        let group = row.rule.holders.iter().take(2).cloned().collect::<Vec<_>>().join(" / ");
        Self { row, from, to, group }
    }
}

/// An end of lines, and how many rules name it.
struct TalkEnd {
    label: String,
    /// Whether it represents many.
    is_group: bool,
    rules: BTreeSet<usize>,
}

/// One side: its ends, and the end of each word or group.
struct TalkSide {
    ends: Vec<TalkEnd>,
    places: BTreeMap<String, usize>,
}

/// The end for groups beyond the number that is drawn.
const REST: &str = "other groups";

impl TalkSide {
    fn of<'t>(what: &str, told: &'t [Told<'t>], words: impl Fn(&'t Told<'t>) -> &'t Vec<String>) -> Self {
        let mut counted: IndexMap<&str, BTreeSet<usize>> = IndexMap::new();
        for one in told {
            for word in words(one) {
                counted.entry(word).or_default().insert(one.row.place);
            }
        }
        let mut ranked: Vec<&str> = counted.keys().copied().collect();
        if ranked.len() > ENDS {
            let rules = |word: &str| counted.get(word).map_or(0, BTreeSet::len);
            ranked.retain(|word| rules(word) > 1);
            ranked.sort_by_key(|word| std::cmp::Reverse(rules(word)));
            ranked.truncate(ENDS / 2);
        }
        let kept: BTreeSet<&str> = ranked.into_iter().collect();
        let mut side = Self { ends: Vec::new(), places: BTreeMap::new() };
        for (word, rules) in counted.iter().filter(|(word, _)| kept.contains(*word)) {
            side.add(word, rules.iter().copied());
        }
        let mut apart: IndexMap<&str, BTreeSet<&str>> = IndexMap::new();
        for one in told {
            let others: BTreeSet<&str> =
                words(one).iter().map(String::as_str).filter(|word| !kept.contains(word)).collect();
            if !others.is_empty() {
                let known = side.places.contains_key(&one.group) || side.ends.len() + 1 < ENDS;
                let end = if known { one.group.as_str() } else { REST };
                side.add(end, [one.row.place]);
                apart.entry(end).or_default().extend(others);
            }
        }
        for (group, words) in apart {
            side.name(group, format!("{} {what}{} of {group}", words.len(), if words.len() == 1 { "" } else { "s" }));
        }
        side
    }

    fn add(&mut self, label: &str, rules: impl IntoIterator<Item = usize>) {
        let at = *self.places.entry(label.to_owned()).or_insert(self.ends.len());
        if at == self.ends.len() {
            self.ends.push(TalkEnd { label: label.to_owned(), is_group: false, rules: BTreeSet::new() });
        }
        if let Some(end) = self.ends.get_mut(at) {
            end.rules.extend(rules);
        }
    }

    /// Gives the end of a group its label.
    fn name(&mut self, group: &str, label: String) {
        let end = self.places.get(group).and_then(|&at| self.ends.get_mut(at));
        end.into_iter().for_each(|end| (end.label, end.is_group) = (label.clone(), true));
    }

    /// The ends of the words of a rule.
    fn places(&self, words: &[String], group: &str) -> BTreeSet<usize> {
        let of = |word: &String| [word.as_str(), group, REST].iter().find_map(|word| self.places.get(*word).copied());
        words.iter().filter_map(of).collect()
    }

    fn label(&self, at: usize) -> &str {
        self.ends.get(at).map_or("", |end| &end.label)
    }
}

type Lines<'r> = BTreeMap<(usize, usize), Vec<&'r RuleRow>>;

fn lines<'r>(told: &[Told<'r>], from: &TalkSide, to: &TalkSide) -> Lines<'r> {
    let mut lines = Lines::new();
    for one in told {
        let ends = to.places(&one.to, &one.group);
        for a in from.places(&one.from, &one.group) {
            ends.iter().for_each(|&b| lines.entry((a, b)).or_default().push(one.row));
        }
    }
    lines
}

fn caption(from: &TalkSide, to: &TalkSide) -> String {
    let many = [from, to].iter().any(|side| side.ends.iter().any(|end| end.is_group));
    let how = if many { "; ends that few rules name are shown together, by group of rules" } else { "" };
    format!("Rules that never decide are left out{how}. Point at a line to read its rules.")
}

fn sentence(from: &str, to: &str, rules: &[&RuleRow]) -> String {
    let one = |row: &&RuleRow| {
        let condition = row.condition.as_ref().map(|on| format!(", only if {on}")).unwrap_or_default();
        format!("{} {}{condition}", row.rule.name.as_deref().unwrap_or(""), row.says[0].join(", "))
    };
    let said: Vec<String> = rules.iter().take(8).map(one).collect();
    let more = if rules.len() > said.len() { format!("; {} more", rules.len() - said.len()) } else { String::new() };
    format!("{from} → {to}: {}{more}", said.join("; "))
}

fn end_box(x: usize, y: usize, end: &TalkEnd, colour: Option<&str>) -> Markup {
    let count = counted(end.rules.len(), "rule");
    html! {
        g {
            title { (end.label) ": " (count) }
            rect class="box" x=(x) y=(y - 12) width=(BOX) height="24" rx="5" {}
            @if let Some(colour) = colour { rect x=(x) y=(y - 12) width="6" height="24" rx="2" fill=(colour) {} }
            text x=(x + 14) y=(y + 4) { (cut(&end.label, 36)) }
            text x=(x + BOX - 8) y=(y + 4) class="note" text-anchor="end" { (count) }
        }
    }
}

/// The middle of an end: the ends of a side are one below the other, in the middle of the picture.
fn middle(at: usize, of: usize, height: usize) -> usize {
    (height - of * ROW) / 2 + at * ROW + ROW / 2
}

fn curve(x: usize, y: usize, to_x: usize, to_y: usize) -> String {
    let bend = (to_x - x) / 2;
    format!("M{x} {y} C {} {y}, {} {to_y}, {to_x} {to_y}", x + bend, to_x - bend)
}

fn colour(at: usize) -> &'static str {
    COLOURS.get(at % COLOURS.len()).copied().unwrap_or("#0550ae")
}
