//! Exposure is monotone: an allow rule that is made wider in one field has no fewer FW07 findings, no lower risk and no better
//! headline.

use std::net::Ipv4Addr;

use fwc::diag::Family;
use fwc::diff::{DiffSide, Limits, causes, diff, renderers::RuleSource};
use fwc::driver::Project;
use fwc::flow::WorkBudget;
use fwc::report::{ReportGiven, report};
use fwc::risk::{RiskLevel, RiskTable, judge};
use jiff::civil::date;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::diff::number;
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
struct Said(bool, RiskLevel, bool);

fn said(rule: &str) -> Said {
    let with = |text: String| sound(project(&text));
    let (old, new): (Project<'_>, Project<'_>) = (with(policy("")), with(policy(&format!("x: allow {rule}"))));
    let [old, new] = [&old, &new].map(|project| {
        let model = &project.lowered().model;
        (DiffSide { model, policy: &model.policies[0], knowledge: project.knowledge() }, project)
    });
    let apart = diff(old.0, new.0, &Limits::default()).unwrap();
    let today = date(2026, 10, 1);
    let risks = causes(&apart).into_iter().flat_map(|cause| judge(&cause, &RiskTable::default(), None, false, today));
    let risk = risks.map(|risk| risk.level).max().unwrap_or(RiskLevel::Off);
    let source = RuleSource { side: new.0, intent: Some(new.1.intent()), files: new.1.texts(), label: "test" };
    let limits = fwc::limits::CheckOptions::default();
    let page = report(&source, &ReportGiven { today, soon: 30, limits: &limits, budget: WorkBudget::default() });
    let found = page.rules.iter().any(|row| row.remarks.iter().any(|remark| remark.code.family == Family::Exposure));
    Said(found, risk, !page.openings().is_empty())
}

/// Prefixes around one address, each in the next.
fn prefixes(address: u32) -> Vec<String> {
    const FIRST: [u32; 8] = [10, 13, 20, 52, 104, 172, 192, 198];
    let address = FIRST[address as usize % FIRST.len()] << 24 | address & 0x00ff_ffff;
    let of = |length: u32| match length {
        0 => "any".to_owned(),
        _ => format!("{}/{length}", Ipv4Addr::from(address & (u32::MAX << (32 - length)))),
    };
    [32, 30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map(of).to_vec()
}

/// Ranges of ports around one, each in the next.
fn ports(protocol: &str, port: u16) -> Vec<String> {
    let port = port.max(1);
    let of = |by: u16| format!("{protocol}/{}-{}", port.saturating_sub(by).max(1), port.saturating_add(by));
    [0, 1, 9, 50, 99, 500, 1_000, 1_024, 5_000, 10_000, 20_000, 40_000, 65_535].map(of).to_vec()
}

/// HTTPS on one port and as many more.
fn https(port: u16, more: u16) -> String {
    let ports: Vec<String> = (0..=more).map(|at| port.clamp(1, 60_000).saturating_add(at).to_string()).collect();
    format!("https/{{{}}}", ports.join(","))
}

/// Names below one another, and lists of more and more of them.
fn names(number: u16) -> [Vec<String>; 2] {
    let below = ["a.b.c", "*.b.c", "*.c", "*"].map(|labels| format!("{labels}.n{number}.com"));
    let list = |count: u16| (0..count).map(|of| format!("h{of}.n{number}.com")).collect::<Vec<_>>().join(", ");
    let wide = ["*.com", "any-host"].map(str::to_owned);
    [below.into_iter().chain(wide).collect(), (1..=12).map(list).collect()]
}

fn fixed(rows: &[&[&str]]) -> Vec<Vec<String>> {
    rows.iter().map(|row| row.iter().map(|&word| word.to_owned()).collect()).collect()
}

/// Three fields, and the same with one of them wider.
fn pair(rows: &[Vec<Vec<String>>; 3], picks: &[Index; 7]) -> [String; 2] {
    let rows: Vec<&[String]> = rows.iter().zip(picks).map(|(of, pick)| pick.get(of).as_slice()).collect();
    let narrow: Vec<usize> = rows.iter().zip(&picks[3..]).map(|(row, pick)| pick.index(row.len())).collect();
    let field = picks[6].index(3);
    let last = rows[field].len() - 1;
    let rule = |at: &dyn Fn(usize) -> usize| {
        let word = |field: usize| &rows[field][at(field)];
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

/// How many rules of each kind are widened; a long run sets it.
fn cases() -> u32 {
    u32::try_from(number("FWC_MONOTONE", 96)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn a_wider_network_rule_is_no_safer(
        picks in any::<[Index; 7]>(),
        (from, to) in any::<(u32, u32)>(),
        (tcp, udp) in any::<(u16, u16)>(),
    ) {
        let (mut services, mut sources, mut addresses) = (fixed(&SERVICES), fixed(&SOURCES), fixed(&ADDRESSES));
        services.extend([ports("tcp", tcp), ports("udp", udp)]);
        sources.push(prefixes(from));
        addresses.push(prefixes(to));
        is_monotone(&pair(&[services, sources, addresses], &picks))?;
    }

    #[test]
    fn a_wider_application_rule_is_no_safer(
        picks in any::<[Index; 7]>(),
        from in any::<u32>(),
        (port, number) in any::<(u16, u16)>(),
    ) {
        let (mut services, mut sources, mut hosts) = (fixed(&WEB), fixed(&SOURCES), fixed(&NAMES));
        services.push((0..5).map(|more| https(port, more)).collect());
        sources.push(prefixes(from));
        hosts.extend(names(number));
        is_monotone(&pair(&[services, sources, hosts], &picks))?;
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
