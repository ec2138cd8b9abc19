//! Reading artefacts, beside serde_json on the same text in the same run: one run that shows how the time grows, with counts of
//! what was read, then criterion.
//!
//! `FWC_BENCH_SIZES=1,10,100` chooses the sizes, in megabytes; `FWC_BENCH_ONCE=1` leaves criterion out.

#[path = "../fuzz/measure/src/time.rs"]
mod time;

use std::fmt::Write;
use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use serde_json::Value;
use time::time_of;

fn main() {
    let sizes = std::env::var("FWC_BENCH_SIZES").unwrap_or_else(|_| "1,10,100".to_owned());
    let inputs: Vec<Input> = sizes.split(',').filter_map(|size| Input::new(size.parse().ok()?)).collect();
    show_growth(&inputs);
    if std::env::var_os("FWC_BENCH_ONCE").is_none() {
        let mut criterion = Criterion::default().configure_from_args().sample_size(10);
        inputs.iter().for_each(|input| measure(&mut criterion, input));
        criterion.final_summary();
    }
}

/// A template as Azure exports it, but in as few bytes as it takes.
struct Input {
    megabytes: usize,
    rules: usize,
    text: String,
}

/// Rules of a group, as many as fit into 2 MB, the most that Azure takes.
const GROUP: usize = 5000;

impl Input {
    /// A template of about so many megabytes.
    fn new(megabytes: usize) -> Option<Self> {
        let mut text = String::from(
            r#"{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#","contentVersion":"1.0.0.0","resources":["#,
        );
        let mut rules = 0;
        while text.len() < megabytes * 1_000_000 {
            group(&mut text, rules, megabytes * 1_000_000).ok()?;
            rules += GROUP;
        }
        text.push_str("]}");
        let rules = text.matches("\"ruleType\"").count();
        Some(Self { megabytes, rules, text })
    }
}

/// A group of network rules and one of application rules, until the text is long enough.
fn group(text: &mut String, first: usize, enough: usize) -> std::fmt::Result {
    let number = first / GROUP;
    let kind = if number.is_multiple_of(2) { network } else { application };
    if number > 0 {
        text.push(',');
    }
    write!(
        text,
        r#"{{"type":"Microsoft.Network/firewallPolicies/ruleCollectionGroups","apiVersion":"2024-05-01","name":"hub/group-{number}","properties":{{"priority":{},"ruleCollections":[{{"ruleCollectionType":"FirewallPolicyFilterRuleCollection","name":"allow","priority":200,"action":{{"type":"Allow"}},"rules":["#,
        100 + number
    )?;
    for at in first..first + GROUP {
        if at > first {
            if text.len() >= enough {
                break;
            }
            text.push(',');
        }
        kind(text, at)?;
    }
    text.push_str("]}]}}");
    Ok(())
}

fn network(text: &mut String, at: usize) -> std::fmt::Result {
    let (a, b) = (at / 250 % 250, at % 250);
    write!(
        text,
        r#"{{"ruleType":"NetworkRule","name":"rule-{at}","description":"What workload {at} needs.","ipProtocols":["TCP"],"sourceAddresses":["10.{a}.{b}.0/24"],"sourceIpGroups":[],"destinationAddresses":["172.16.{a}.{b}","172.17.{a}.{b}"],"destinationIpGroups":[],"destinationFqdns":[],"destinationPorts":["443","1433"]}}"#
    )
}

fn application(text: &mut String, at: usize) -> std::fmt::Result {
    let (a, b) = (at / 250 % 250, at % 250);
    write!(
        text,
        r#"{{"ruleType":"ApplicationRule","name":"rule-{at}","protocols":[{{"protocolType":"Https","port":443}}],"fqdnTags":[],"webCategories":[],"targetFqdns":["api-{at}.example.com","*.cdn-{at}.example.net"],"targetUrls":[],"terminateTLS":false,"sourceAddresses":["10.{a}.{b}.0/24"],"destinationAddresses":[],"sourceIpGroups":[]}}"#
    )
}

/// What is timed, and its name.
type Task = (&'static str, fn(&Input));

const TASKS: [Task; 2] = [
    ("serde_json, as values", |input| drop(black_box(serde_json::from_str::<Value>(&input.text)))),
    ("import", |input| drop(black_box(fwc::import::read(&input.text, "template")))),
];

/// How many rules and entries of rules were read.
fn counted(input: &Input) -> (usize, usize) {
    let Ok(model) = fwc::import::read(&input.text, "template") else { return (0, 0) };
    let groups = model.policies.iter().flat_map(|policy| &policy.groups);
    let rules = groups.flat_map(|group| &group.collections).map(|collection| match &collection.rules {
        fwc::model::Rules::Nat(rules) => (rules.len(), 0),
        fwc::model::Rules::Network(_, rules) => {
            let entries = |rule: &fwc::model::NetworkRule| {
                rule.matches.sources.addresses.len() + rule.matches.ports.spans().count()
            };
            (rules.len(), rules.iter().map(entries).sum())
        }
        fwc::model::Rules::Application(_, rules) => {
            (rules.len(), rules.iter().map(|rule| rule.matches.sources.addresses.len()).sum())
        }
    });
    rules.fold((0, 0), |(rules, entries), (more_rules, more)| (rules + more_rules, entries + more))
}

/// The best of three runs of each task for each size: how much longer than for the size before, and than serde_json.
fn show_growth(inputs: &[Input]) {
    let mut before: [Option<(usize, Duration)>; 2] = [None; 2];
    for input in inputs {
        let (rules, entries) = counted(input);
        assert_eq!(rules, input.rules, "every rule is read");
        let bytes = input.text.len();
        println!("{} MB: {rules} rules, {entries} addresses and ports in {bytes} bytes", input.megabytes);
        let mut json = None;
        for ((name, run), before) in TASKS.into_iter().zip(&mut before) {
            let time = (0..3).map(|_| time_of(|| run(input)).1).min().unwrap_or_default();
            let speed = bytes as f64 / 1e6 / time.as_secs_f64();
            let growth = before.map_or(String::new(), |(bytes_before, time_before)| {
                let (longer, larger) =
                    (time.as_secs_f64() / time_before.as_secs_f64(), bytes as f64 / bytes_before as f64);
                format!(", {longer:.1} times the time for {larger:.1} times the bytes")
            });
            let ratio = json.map_or(String::new(), |json: Duration| {
                format!(", {:.2} times the time of serde_json", time.as_secs_f64() / json.as_secs_f64())
            });
            println!("  {name}: {time:.1?}, {speed:.1} MB/s{ratio}{growth}");
            json.get_or_insert(time);
            *before = Some((bytes, time));
        }
    }
}

fn measure(criterion: &mut Criterion, input: &Input) {
    let mut group = criterion.benchmark_group(format!("{} MB", input.megabytes));
    group.measurement_time(Duration::from_secs(5)).warm_up_time(Duration::from_millis(500));
    for (name, run) in TASKS {
        group.throughput(Throughput::Bytes(input.text.len() as u64));
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| bencher.iter(|| run(input)));
    }
    group.finish();
}
