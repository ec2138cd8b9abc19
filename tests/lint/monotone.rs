//! Exposure is monotone: an allow rule that is made wider in one field has no fewer FW07 findings, no lower risk and no better
//! headline.

use fwc::diff::{Limits, Side, causes, diff, faces::Source};
use fwc::driver::Project;
use fwc::flow::Budget;
use fwc::report::{Given, report};
use fwc::risk::{Level, Table, judge};
use jiff::civil::date;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::project::{project, sound};

/// Sets of each field; of two that are side by side in a row, the later holds the earlier.
const SOURCES: [&[&str]; 2] =
    [&["10.1.2.3", "10.1.0.0/16", "10.0.0.0/8", "private", "any"], &["10.240.0.0/20", "10.240.0.0/12", "any"]];
const SERVICES: [&[&str]; 4] = [
    &["tcp/22", "tcp/20-30", "tcp/1-1024", "tcp/1-40000", "tcp/1-65535", "any"],
    &["tcp/443", "tcp/1-40000", "{tcp,udp}/1-65535", "any"],
    &["udp/53", "udp/1-40000", "udp/1-65535"],
    &["tcp/8443", "tcp/8000-9000"],
];
const ADDRESSES: [&[&str]; 3] = [
    &["203.0.113.7", "203.0.113.0/24", "203.0.0.0/10", "128.0.0.0/1", "internet", "any"],
    &["10.1.2.3", "10.0.0.0/8", "private", "any"],
    &["20.0.0.0/12", "20.0.0.0/8", "0.0.0.0/1", "internet"],
];
const WEB: [&[&str]; 2] = [&["https", "http, https"], &["https/8443", "https/{443,8443}"]];
const NAMES: [&[&str]; 3] = [
    &["a.contoso.com", "*.contoso.com", "*.com", "any-host"],
    &["one.blob.core.windows.net", "*.blob.core.windows.net", "*.windows.net", "*.net", "*"],
    &["a.contoso.com", "a.contoso.com, b.contoso.com", "a.contoso.com, *.github.io, b.contoso.com", "any-host"],
];

/// The text of a policy that has the rule, and one that is always there.
fn policy(rule: &str) -> String {
    format!(
        "policy pp {{ location \"westeurope\" sku standard dns {{ proxy on }}
         group gg {{ base: allow https from 10.240.0.0/20 to feed.contoso.com {rule} }} }}"
    )
}

/// What is said of a rule: whether there is a finding, the highest risk of adding it, whether the headline names it.
#[derive(PartialEq, PartialOrd, Debug)]
struct Said(bool, Level, bool);

fn said(rule: &str) -> Said {
    let with = |text: String| sound(project(&text));
    let (old, new): (Project<'_>, Project<'_>) = (with(policy("")), with(policy(&format!("x: allow {rule}"))));
    let [old, new] = [&old, &new].map(|project| {
        let model = &project.lowered().model;
        (Side { model, policy: &model.policies[0], knowledge: project.knowledge() }, project)
    });
    let apart = diff(old.0, new.0, &Limits::default()).unwrap();
    let today = date(2026, 10, 1);
    let risks = causes(&apart).into_iter().flat_map(|cause| judge(&cause, &Table::default(), None, false, today));
    let risk = risks.map(|risk| risk.level).max().unwrap_or(Level::Off);
    let source = Source { side: new.0, intent: Some(new.1.intent()), files: new.1.texts(), label: "test" };
    let limits = fwc::limits::CheckOptions::default();
    let page = report(&source, &Given { today, soon: 30, limits: &limits, budget: Budget::default() });
    let found = page.rules.iter().any(|row| row.remarks.iter().any(|remark| remark.code.starts_with("FW07")));
    Said(found, risk, !page.openings().is_empty())
}

/// Three fields, and the same with one of them wider.
fn pair(rows: [&[&[&'static str]]; 3], picks: &[Index; 7]) -> [String; 2] {
    let rows: Vec<&[&str]> = rows.iter().zip(picks).map(|(of, pick)| *pick.get(of)).collect();
    let narrow: Vec<usize> = rows.iter().zip(&picks[3..]).map(|(row, pick)| pick.index(row.len())).collect();
    let field = picks[6].index(3);
    let last = rows[field].len() - 1;
    let rule = |at: &dyn Fn(usize) -> usize| {
        let word = |field: usize| rows[field][at(field)];
        format!("{} from {} to {}", word(0), word(1), word(2))
    };
    [rule(&|of| narrow[of]), rule(&|of| if of == field { (narrow[of] + 1).min(last) } else { narrow[of] })]
}

fn is_monotone([narrow, wide]: &[String; 2]) -> Result<(), TestCaseError> {
    let (a, b) = (said(narrow), said(wide));
    let no_better = a.0 <= b.0 && a.1 <= b.1 && a.2 <= b.2;
    prop_assert!(no_better, "{narrow}: {a:?}, but {wide}: {b:?}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_wider_network_rule_is_no_safer(picks in any::<[Index; 7]>()) {
        is_monotone(&pair([&SERVICES, &SOURCES, &ADDRESSES], &picks))?;
    }

    #[test]
    fn a_wider_application_rule_is_no_safer(picks in any::<[Index; 7]>()) {
        is_monotone(&pair([&WEB, &SOURCES, &NAMES], &picks))?;
    }
}

/// A network rule on a port holds what an application rule on it lets through.
#[test]
fn a_network_rule_is_no_safer_than_the_names_on_its_port() {
    for names in NAMES.iter().flat_map(|row| row.iter()) {
        let pair = [format!("https from 10.240.0.0/20 to {names}"), "tcp/443 from 10.240.0.0/20 to any".to_owned()];
        is_monotone(&pair).unwrap();
    }
}
