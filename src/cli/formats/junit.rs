//! JUnit's XML, as pipelines read it: a suite for each file, a case for each thing that was looked at.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::diag::Severity;
use crate::source::is_unseen;

use super::LocatedFinding;

/// What was looked at in one file.
pub(in crate::cli) struct Suite {
    pub(in crate::cli) name: String,
    pub(in crate::cli) cases: Vec<TestCase>,
    /// What it rests on.
    pub(in crate::cli) remarks: Vec<String>,
}

/// One thing that was looked at.
pub(in crate::cli) struct TestCase {
    pub(in crate::cli) group: String,
    pub(in crate::cli) name: String,
    /// Why it failed.
    pub(in crate::cli) fault: Option<JunitFault>,
    /// What else is to be known.
    pub(in crate::cli) remark: Option<String>,
}

/// Why a case failed.
pub(in crate::cli) struct JunitFault {
    pub(in crate::cli) message: String,
    pub(in crate::cli) kind: String,
    pub(in crate::cli) details: String,
}

/// The findings of one input: those that fail a pipeline are failures, the others are told.
pub(in crate::cli) fn suite_of(input: &str, found: &[LocatedFinding], least: Severity) -> Suite {
    let of = || found.iter().filter(|found| found.input == input);
    let mut cases: Vec<TestCase> = of().map(|found| case(found, found.severity >= least)).collect();
    if cases.is_empty() {
        cases.push(TestCase { group: input.to_owned(), name: "no findings".to_owned(), fault: None, remark: None });
    }
    Suite { name: input.to_owned(), cases, remarks: Vec::new() }
}

/// A finding as a case, which fails or only tells.
pub(in crate::cli) fn case(found: &LocatedFinding, fails: bool) -> TestCase {
    let place = match &found.at {
        Some(place) => place.to_string(),
        None => found.rule.clone().unwrap_or_else(|| found.input.clone()),
    };
    let details = format!("{place}\n{}", found.whole());
    TestCase {
        group: found.file().to_owned(),
        name: format!("{} at {place}", found.title()),
        fault: fails.then(|| JunitFault {
            message: found.message.clone(),
            kind: found.code.id.to_owned(),
            details: details.clone(),
        }),
        remark: (!fails).then(|| format!("{}: {details}", found.severity)),
    }
}

/// The suites as a document.
pub(in crate::cli) fn junit(suites: &[Suite]) -> std::io::Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let cases = || suites.iter().flat_map(|suite| &suite.cases);
    let root = counted("testsuites", "fwc", cases());
    writer.write_event(Event::Start(root))?;
    for suite in suites {
        writer.write_event(Event::Start(counted("testsuite", &suite.name, suite.cases.iter())))?;
        for case in &suite.cases {
            write_case(&mut writer, case)?;
        }
        if !suite.remarks.is_empty() {
            element(&mut writer, BytesStart::new("system-out"), "system-out", &suite.remarks.join("\n"))?;
        }
        writer.write_event(Event::End(BytesEnd::new("testsuite")))?;
    }
    writer.write_event(Event::End(BytesEnd::new("testsuites")))?;
    String::from_utf8(writer.into_inner()).map_err(std::io::Error::other)
}

fn counted<'c>(
    tag: &'static str,
    name: &str,
    cases: impl Iterator<Item = &'c TestCase> + Clone,
) -> BytesStart<'static> {
    let failures = cases.clone().filter(|case| case.fault.is_some()).count().to_string();
    let tests = cases.count().to_string();
    let mut start = BytesStart::new(tag);
    start.push_attribute(("name", clean(name).as_str()));
    start.push_attribute(("tests", tests.as_str()));
    start.push_attribute(("failures", failures.as_str()));
    start.push_attribute(("errors", "0"));
    start
}

fn write_case(writer: &mut Writer<Vec<u8>>, case: &TestCase) -> std::io::Result<()> {
    let mut start = BytesStart::new("testcase");
    start.push_attribute(("classname", clean(&case.group).as_str()));
    start.push_attribute(("name", clean(&case.name).as_str()));
    if case.fault.is_none() && case.remark.is_none() {
        return writer.write_event(Event::Empty(start));
    }
    writer.write_event(Event::Start(start))?;
    if let Some(fault) = &case.fault {
        let mut failure = BytesStart::new("failure");
        failure.push_attribute(("message", clean(&fault.message).as_str()));
        failure.push_attribute(("type", clean(&fault.kind).as_str()));
        element(writer, failure, "failure", &fault.details)?;
    }
    if let Some(remark) = &case.remark {
        element(writer, BytesStart::new("system-out"), "system-out", remark)?;
    }
    writer.write_event(Event::End(BytesEnd::new("testcase")))
}

fn element(writer: &mut Writer<Vec<u8>>, start: BytesStart<'_>, tag: &str, text: &str) -> std::io::Result<()> {
    writer.write_event(Event::Start(start))?;
    writer.write_event(Event::Text(BytesText::new(&clean(text))))?;
    writer.write_event(Event::End(BytesEnd::new(tag)))
}

/// The text with U+FFFD for what XML cannot hold, and for what a reader would not see.
fn clean(text: &str) -> String {
    let can_be = |c: char| match c {
        '\t' | '\n' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        c => !is_unseen(c),
    };
    text.chars().map(|c| if can_be(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}
