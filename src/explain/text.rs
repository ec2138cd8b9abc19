//! An explanation as text for people: the answer, then why, then what was passed on the way.

use super::whereabouts::Whereabouts;
use super::{
    Decision, Detail, ExplainedCase, ExplainedCourse, ExplainedTranslation, Explanation, FlowLine, FlowVerdict, Near,
};
use crate::diag::{TERMINAL_WIDTH, agreeing, counted, wrapped};
use crate::evaluate::{Miss, OrderLevel, OrderLine};
use crate::model::RuleKind;
use crate::net::AddressSet;
use crate::source::{Files, Origin};
use crate::way::{Carrier, Fate, another_policy, words};

/// How wide the text is, unless a single name is wider.
const WIDTH: usize = TERMINAL_WIDTH;

/// How many conditions are shown.
const MANY: usize = 12;

/// The text of `explanation`, which answers `given`. It needs no colour to be read, and ends with a line end.
pub fn text(explanation: &Explanation<'_>, given: &FlowLine, files: &Files, detail: Detail) -> String {
    let mut page = ExplainPage::default();
    answer(&mut page, explanation);
    page.blank();
    page.row("  flow", 14, &flow_text(given));
    course(&mut page, &explanation.course);
    match explanation.verdict {
        FlowVerdict::Depends => conditions(&mut page, explanation),
        FlowVerdict::Allow | FlowVerdict::Deny => {
            decision(&mut page, explanation, files);
            near(&mut page, &explanation.near);
            also(&mut page, explanation);
        }
    }
    match detail {
        Detail::Decision => {}
        Detail::Passed => order(&mut page, explanation),
    }
    page.text
}

fn answer(page: &mut ExplainPage, explanation: &Explanation<'_>) {
    let ExplainedCourse { way, fate, .. } = &explanation.course;
    match (fate, way.by) {
        (Fate::Unfiltered, _) => {
            return page.row("unfiltered", 12, &format!("past the firewall, {}", words(way)));
        }
        (Fate::Denied, Carrier::Nowhere) => return page.row("denied", 8, &words(way)),
        (Fate::Depends, _) if explanation.verdict != FlowVerdict::Depends => {
            return page.row("depends", 9, "on where the network sends the flow");
        }
        (Fate::Allowed | Fate::Denied | Fate::Depends, _) => {}
    }
    match explanation.verdict {
        FlowVerdict::Depends => page.row("depends", 9, "on what the flow does not state"),
        verdict @ (FlowVerdict::Allow | FlowVerdict::Deny) => {
            page.row(&verdict.to_string(), 7, &decider(explanation.decided_by));
        }
    }
}

/// The way, where the input states one, and the other ways that the flow may go.
fn course(page: &mut ExplainPage, course: &ExplainedCourse<'_>) {
    if course.way.table.is_some() || course.way.by != Carrier::Firewall {
        page.row("  way", 14, &words(&course.way));
    }
    if let Some((firewall, policy)) = &course.elsewhere {
        page.row("", 14, &another_policy(firewall, policy));
    }
    if course.fate == Fate::Depends {
        for detour in course.others.iter().take(MANY) {
            page.row("", 14, &format!("if {detour}: {}, so {}", words(&detour.way), detour.fate));
        }
    }
    if course.fate == Fate::Unfiltered {
        page.row("  rules", 14, "do not see it; of what came to the firewall, they would decide:");
    }
}

fn decider(decision: Decision<'_>) -> String {
    match decision {
        Decision::Default(_) => "no rule matches".to_owned(),
        Decision::Rule(line) => format!("by {} rule {}", line.rule.kind(), line.rule.name()),
    }
}

fn flow_text(given: &FlowLine) -> String {
    let FlowLine { source, destination, destination_address, path, service } = given;
    let path = path.as_deref().unwrap_or("");
    let address = destination_address.as_ref().map(|address| format!(" at {address}")).unwrap_or_default();
    format!("{service} from {source} to {destination}{path}{address}")
}

fn decision(page: &mut ExplainPage, explanation: &Explanation<'_>, files: &Files) {
    match explanation.decided_by {
        Decision::Default(policy) => {
            page.row("  policy", 14, &policy.name);
            let count = explanation.passed.len();
            let none = agreeing(count, "which does not match", "none of which matches");
            page.row("  read", 14, &format!("{}, {none}", counted(count, "rule")));
        }
        Decision::Rule(line) => {
            place(page, &line);
            explanation.written.iter().for_each(|origin| written(page, origin, files));
        }
    }
    if let Some(translation) = &explanation.translation {
        translated(page, translation);
    }
}

fn place(page: &mut ExplainPage, line: &OrderLine<'_>) {
    let collection = line.collection;
    page.row("  rule", 14, line.rule.name());
    page.row("  collection", 14, &format!("{}, priority {}", collection.name, collection.priority));
    page.row("  group", 14, &format!("{}, priority {}", line.group.name, line.group.priority));
    let level = match line.level {
        OrderLevel::Parent => ", the parent",
        OrderLevel::Attached => "",
    };
    page.row("  policy", 14, &format!("{}{level}", line.policy.name));
}

fn written(page: &mut ExplainPage, origin: &Origin, files: &Files) {
    let mut label = "  written at";
    let applied = origin.via.iter().map(|&via| via.into());
    for place in std::iter::once(origin.at).chain(applied) {
        if let Some(place) = files.locate(place) {
            page.row(label, 14, &place.to_string());
            label = "  applied at";
        }
    }
}

fn translated(page: &mut ExplainPage, translation: &ExplainedTranslation<'_>) {
    page.row("  goes to", 14, &format!("{}, port {}", translation.to.target, translation.to.port));
    if let Some(source) = translation.source_becomes {
        page.row("  seen from", 14, &format!("{source}, the firewall"));
    }
}

/// What decides under each condition. Where it takes an unusual address of the name, the ordinary answer comes first.
fn conditions(page: &mut ExplainPage, explanation: &Explanation<'_>) {
    let are_unusual = explanation.depends.iter().all(is_unusual);
    if are_unusual {
        condition(page, "unless a condition below holds", explanation.decided_by);
    }
    for case in explanation.depends.iter().take(MANY) {
        condition(page, &format!("if {}", case.on), case.decided_by);
    }
    if let Some(rest) = beyond(&explanation.depends) {
        page.blank();
        page.row("", 9, &format!("and under {rest} more conditions, which JSON lists"));
    }
    if !are_unusual {
        condition(page, "otherwise", explanation.decided_by);
    }
}

/// Whether a case takes an address of the name that is private, special or the firewall's own, as those of DNAT rules are.
fn is_unusual(case: &ExplainedCase<'_>) -> bool {
    let Some((_, Whereabouts::In(addresses))) = &case.on.address else { return false };
    let of_dnat = case.decided_by.line().is_some_and(|line| line.rule.kind() == RuleKind::Nat);
    of_dnat || !addresses.intersects(&AddressSet::internet())
}

/// How many conditions of a list are not shown.
fn beyond(cases: &[ExplainedCase<'_>]) -> Option<usize> {
    cases.len().checked_sub(MANY).filter(|&rest| rest > 0)
}

fn condition(page: &mut ExplainPage, when: &str, decision: Decision<'_>) {
    page.blank();
    page.row(&format!("  {}", decision.action()), 9, when);
    let place = decision.line().map(|line| format!(": {}", path(&line))).unwrap_or_default();
    let who = match decision {
        Decision::Default(_) => "no rule matches".to_owned(),
        Decision::Rule(line) => format!("by {} rule", line.rule.kind()),
    };
    page.row("", 9, &format!("{who}{place}"));
}

fn also(page: &mut ExplainPage, explanation: &Explanation<'_>) {
    for ExplainedCase { on, decided_by } in explanation.also.iter().take(MANY) {
        page.row("  or", 14, &format!("{}, if {on}", decider(*decided_by)));
    }
    if let Some(rest) = beyond(&explanation.also) {
        page.row("  or", 14, &format!("by another rule, under {rest} more conditions"));
    }
}

/// The rules that would allow the flow if one field of it were another, alike one.
fn near(page: &mut ExplainPage, near: &[Near<'_>]) {
    let mut label = "  near miss";
    for Near { line, differs, with, .. } in near.iter().filter(|near| near.is_alike) {
        page.row(label, 14, &format!("{}, if {} {with}", line.rule.name(), were(*differs)));
        label = "";
    }
}

fn were(differs: Miss) -> &'static str {
    match differs {
        Miss::Service => "the service were",
        Miss::Source => "the source were in",
        Miss::Destination => "the destination were in",
        Miss::Name => "the name were",
        Miss::Order | Miss::Condition => "it were for",
    }
}

/// Every rule in the order of reading, up to the one that decides.
fn order(page: &mut ExplainPage, explanation: &Explanation<'_>) {
    page.blank();
    page.row("  read in this order, with the priorities of groups and collections:", 2, "");
    for passed in &explanation.passed {
        page.order_row(&passed.line, why(passed.why));
    }
    match explanation.decided_by {
        Decision::Rule(line) => page.order_row(&line, "decides"),
        Decision::Default(_) => page.row("  default", 15, "decides"),
    }
}

fn why(miss: Miss) -> &'static str {
    match miss {
        Miss::Service => "service",
        Miss::Source => "source",
        Miss::Destination => "destination",
        Miss::Name => "name",
        Miss::Order => "order",
        Miss::Condition => "condition",
    }
}

fn path(line: &OrderLine<'_>) -> String {
    let OrderLine { policy, group, collection, rule, .. } = line;
    format!(
        "{} / {} {} / {} {} / {}",
        policy.name,
        group.priority,
        group.name,
        collection.priority,
        collection.name,
        rule.name()
    )
}

/// Lines of at most [`WIDTH`] columns, broken between words.
#[derive(Default)]
struct ExplainPage {
    text: String,
}

impl ExplainPage {
    fn blank(&mut self) {
        self.text.push('\n');
    }

    fn order_row(&mut self, line: &OrderLine<'_>, why: &str) {
        self.row(&format!("  {:<13}{why}", line.rule.kind().to_string()), 30, &path(line));
    }

    /// `label`, and from column `indent` on `body`, over as many lines as it needs. Where a word of it is too long for
    /// that, the body begins on a line of its own.
    fn row(&mut self, label: &str, indent: usize, body: &str) {
        let longest = body.split(' ').map(|word| word.chars().count()).max().unwrap_or(0);
        if indent > 4 && indent + longest > WIDTH {
            self.finish(label);
            return self.row("", 4, body);
        }
        for line in wrapped(body, &format!("{label:<indent$}"), &" ".repeat(indent), WIDTH) {
            self.finish(&line);
        }
    }

    fn finish(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }
}
