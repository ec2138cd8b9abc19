//! Pictures as SVG: who may talk to whom, and a packet's way.

use maud::{Markup, html};

use crate::azure::Action;

use super::{Report, RuleRow};

/// How many ends of each side are drawn; the others share one.
const ENDS: usize = 22;
const ROW: usize = 44;
const WIDTH: usize = 960;

/// Sources on the left, groups of rules on the right, a line for each pair that some rule lets talk.
pub(super) fn talks(report: &Report) -> Markup {
    let allowing: Vec<&RuleRow> =
        report.rules.iter().filter(|row| row.rule.action == Action::Allow && row.dead.is_none()).collect();
    let left = ends(allowing.iter().map(|row| row.says[1].join(", ")));
    let right = ends(allowing.iter().map(|row| group(row)));
    let mut pairs: Vec<((usize, usize), Vec<&RuleRow>)> = Vec::new();
    for row in &allowing {
        let key = (place(&left, &row.says[1].join(", ")), place(&right, &group(row)));
        match pairs.iter_mut().find(|(known, _)| *known == key) {
            Some((_, rows)) => rows.push(row),
            None => pairs.push((key, vec![row])),
        }
    }
    let height = left.len().max(right.len()) * ROW + 16;
    let y = |at: usize, of: usize| 8 + at * ROW + ROW / 2 + (height - 16 - of * ROW) / 2;
    html! {
        div class="scroll" {
            svg viewBox=(format!("0 0 {WIDTH} {height}")) width=(WIDTH) height=(height) role="img" aria-label="who may talk to whom" {
                @for ((from, to), rows) in &pairs {
                    @let (a, b) = (y(*from, left.len()), y(*to, right.len()));
                    path d=(format!("M300 {a} C 430 {a}, 510 {b}, 640 {b}")) fill="none" stroke="#0550ae" stroke-opacity="0.55"
                        stroke-width=(1 + rows.len().ilog2() as usize * 2) {
                        title { (counted(rows.len())) ": " (names(rows)) }
                    }
                }
                @for (at, end) in left.iter().enumerate() {
                    (end_box(8, y(at, left.len()), end, "may reach what stands on the right"))
                }
                @for (at, end) in right.iter().enumerate() {
                    @let rows: Vec<&RuleRow> = pairs.iter().filter(|((_, to), _)| *to == at).flat_map(|(_, rows)| rows.iter().copied()).collect();
                    (end_box(640, y(at, right.len()), end, &format!("{}: {}", counted(rows.len()), destinations(&rows))))
                }
            }
        }
    }
}

fn end_box(x: usize, y: usize, label: &str, note: &str) -> Markup {
    html! {
        g {
            title { (label) " — " (note) }
            rect x=(x) y=(y - 19) width="292" height="38" rx="6" fill="#f6f8fa" stroke="#6e7781" {}
            text x=(x + 10) y=(y - 3) { (cut(label, 40)) }
            text x=(x + 10) y=(y + 13) class="note" { (cut(note, 46)) }
        }
    }
}

/// Where outbound and inbound packets pass, with how many rules read them there.
pub(super) fn way(report: &Report) -> Markup {
    let count = |kind: &str, inherited: bool| {
        report.rules.iter().filter(|row| row.rule.kind == kind && row.inherited == inherited).count()
    };
    let of = |kind: &str| match (&report.base, count(kind, true), count(kind, false)) {
        (Some(_), base, own) => format!("{base} of the base, then {own}"),
        (None, _, own) => counted(own),
    };
    let default = report.routes.iter().find(|[_, prefix, _]| prefix == "0.0.0.0/0");
    let sent = default.map_or("a route to the firewall".to_owned(), |[_, _, hop]| format!("0.0.0.0/0 → {hop}"));
    let out = [
        ("a machine".to_owned(), "asks".to_owned()),
        ("route table".to_owned(), sent),
        ("network rules".to_owned(), of("network")),
        ("application rules".to_owned(), of("application")),
        ("no rule".to_owned(), "deny".to_owned()),
    ];
    let dnat = count("dnat", false);
    let public = match report.public.as_slice() {
        [] => "the firewall's public address".to_owned(),
        [one] => one.clone(),
        [one, rest @ ..] => format!("{one} and {} more", rest.len()),
    };
    let inward = [
        ("the Internet".to_owned(), "asks".to_owned()),
        ("public address".to_owned(), public),
        ("DNAT rules".to_owned(), counted(dnat)),
        ("the target".to_owned(), "no network rule is asked".to_owned()),
        ("the answer".to_owned(), "goes back the same way".to_owned()),
    ];
    html! {
        div class="scroll" {
            svg viewBox="0 0 1000 210" width="1000" height="210" role="img" aria-label="a packet's way out and in through the firewall" {
                (lane("out", 24, &out))
                (lane("in", 130, &inward))
            }
        }
    }
}

fn lane(word: &str, y: usize, steps: &[(String, String); 5]) -> Markup {
    html! {
        text x="4" y=(y + 32) { (word) }
        @for (at, (title, note)) in steps.iter().enumerate() {
            @let x = 40 + at * 194;
            g {
                title { (title) ": " (note) }
                rect x=(x) y=(y) width="164" height="54" rx="6" fill="#f6f8fa" stroke="#6e7781" {}
                text x=(x + 10) y=(y + 23) { (title) }
                text x=(x + 10) y=(y + 42) class="note" { (cut(note, 25)) }
            }
            @if at > 0 {
                path d=(format!("M{} {} h22 m-7 -5 l7 5 l-7 5", x - 27, y + 27)) fill="none" stroke="#4d5661" stroke-width="2" {}
            }
        }
    }
}

/// The ends of one side, in the order in which rules name them; the last stands for those beyond the number that is drawn.
fn ends(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for end in all {
        if !found.contains(&end) {
            found.push(end);
        }
    }
    if found.len() > ENDS {
        let more = found.len() - ENDS + 1;
        found.truncate(ENDS - 1);
        found.push(format!("{more} more"));
    }
    found
}

fn place(ends: &[String], end: &str) -> usize {
    ends.iter().position(|known| known == end).unwrap_or(ends.len().saturating_sub(1))
}

fn group(row: &RuleRow) -> String {
    row.rule.holders.iter().take(2).cloned().collect::<Vec<_>>().join(" / ")
}

fn names(rows: &[&RuleRow]) -> String {
    rows.iter().filter_map(|row| row.rule.name.clone()).collect::<Vec<_>>().join(", ")
}

fn destinations(rows: &[&RuleRow]) -> String {
    let mut all: Vec<&str> = Vec::new();
    for word in rows.iter().flat_map(|row| &row.says[2]) {
        if !all.contains(&word.as_str()) {
            all.push(word);
        }
    }
    all.join(", ")
}

fn counted(rules: usize) -> String {
    if rules == 1 { "1 rule".to_owned() } else { format!("{rules} rules") }
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}
