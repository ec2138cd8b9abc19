//! Flows are decided once for all of their class: as if each were decided by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fwc::driver::{Input, MemoryFiles, ProjectOptions, load_to_compare};
use fwc::evaluate::{RuleOrder, SortedRule};
use fwc::explain::{Detail, Explainer, Explanation, FlowLine, WrittenAnswer};
use fwc::logs::{Bounds, LogReader, Observed};
use fwc::model::AddressTerm;
use fwc::net::HostPattern;
use fwc::usage::{UsageSide, replay, usage};

use crate::dice::Dice;
use crate::shipped::shipped;

/// How many flows are drawn for each policy.
const FLOWS: usize = 1_500;

/// A policy with URLs, tags, IP groups' like, names with addresses and paths around it.
const RICH: &str = r#"
let nodes = 10.240.0.0/20
let agents = 10.240.16.0/24, 10.240.18.7

private-endpoint vault { host kv.vault.azure.net  address 10.241.0.4 }

policy web {
    location "westeurope"
    sku premium
    dns { proxy on }
    group out {
        part:  deny https from agents to bad.example.com
        clock: allow ntp from nodes to ntp.example.com
        store: allow tcp/443 from agents to tag(Storage)
        sql:   allow tcp/1433-1440 from nodes to 20.1.0.0/16 except 20.1.7.0/24
        paths: allow http from nodes to url("www.paths.edu/a/*"), url("www.paths.edu/b")
        wide:  allow https, http from nodes, agents to *.example.com, *ample.net
        key:   allow https from nodes to kv.vault.azure.net
        any:   allow icmp from nodes to 20.0.0.0/8
    }
}

firewall hub { policy web  sku premium  private-ip 10.0.1.4  public-ip edge 203.0.113.10 }

routes spoke {
    subnet "a" 10.240.0.0/20
    via    hub
    bgp-propagation off
}
"#;

fn input(text: &str) -> Input {
    let files = MemoryFiles::of("egress.pol", text);
    match load_to_compare(&files, Path::new("egress.pol"), &ProjectOptions::default()) {
        Ok(input) => input.with_known_addresses(),
        Err(fwc::driver::Unusable::Fault(fault)) => panic!("{fault}"),
        Err(fwc::driver::Unusable::Errors { found, .. }) => panic!("{found:?}"),
    }
}

/// Values at which rules tell flows apart, and those beside them.
#[derive(Default)]
struct Literals {
    addresses: BTreeSet<u32>,
    sources: BTreeSet<u32>,
    ports: BTreeSet<u16>,
    hosts: BTreeSet<String>,
    paths: BTreeSet<String>,
}

impl Literals {
    fn of(order: &RuleOrder<'_>) -> Self {
        let mut all = Self::default();
        all.hosts.extend(["kv.vault.azure.net", "else.example.edu"].map(str::to_owned));
        all.paths.extend(["/", "/a", "/a/x", "/b", "/b/", "/b?q", "/bc"].map(str::to_owned));
        all.addresses.extend([0x0808_0808, 0x0af1_0004, 0xcb00_710a, 0x0a00_0104, 0xa9fe_a9fe]);
        for line in order.lines() {
            all.terms(&line.rule.sources().addresses);
            all.sources.extend(line.rule.sources().addresses.iter().filter_map(|term| match term {
                AddressTerm::Span(span) => Some(span.interval().first()),
                AddressTerm::Any | AddressTerm::ServiceTag(_) | AddressTerm::Ipv6(_) => None,
            }));
            match line.rule {
                SortedRule::Nat(rule) => {
                    all.terms(&rule.matches.destinations);
                    rule.matches.ports.iter().for_each(|span| all.port(span.first(), span.last()));
                }
                SortedRule::Network(_, rule) => {
                    all.terms(&rule.matches.destinations);
                    rule.matches.ports.spans().for_each(|span| all.port(span.first(), span.last()));
                    all.hosts.extend(rule.matches.destination_fqdns.iter().map(ToString::to_string));
                }
                SortedRule::Application(_, rule) => {
                    rule.matches.protocols.iter().for_each(|(_, port)| all.port(*port, *port));
                    rule.matches.fqdns.iter().for_each(|pattern| all.host(pattern));
                    all.hosts
                        .extend(rule.matches.urls.iter().filter_map(|url| Some(url.split('/').next()?.to_owned())));
                }
            }
        }
        all
    }

    fn terms(&mut self, terms: &[AddressTerm]) {
        for term in terms {
            if let AddressTerm::Span(span) = term {
                let (first, last) = (span.interval().first(), span.interval().last());
                self.addresses.extend([first.saturating_sub(1), first, last, last.saturating_add(1)]);
            }
        }
    }

    fn port(&mut self, first: u16, last: u16) {
        self.ports.extend([first.saturating_sub(1).max(1), first.max(1), last, last.saturating_add(1)]);
    }

    fn host(&mut self, pattern: &HostPattern) {
        match pattern {
            HostPattern::Any => {}
            HostPattern::Exact(name) => self.hosts.extend([name.to_string(), format!("x.{name}")]),
            HostPattern::Below(name) | HostPattern::Ending(name) => {
                self.hosts.extend([
                    name.to_string(),
                    format!("x.{name}"),
                    format!("y.x.{name}"),
                    format!("evil{name}"),
                ]);
            }
        }
    }

    fn flow(&self, dice: &mut Dice) -> FlowLine {
        fn pick<'a, T>(of: &'a BTreeSet<T>, dice: &mut Dice) -> &'a T {
            of.iter().nth(dice.roll(of.len())).unwrap()
        }
        let mut address = || std::net::Ipv4Addr::from(*pick(&self.addresses, dice)).to_string();
        let (source, to) = (address(), address());
        let port = pick(&self.ports, dice).to_string();
        let host = pick(&self.hosts, dice).clone();
        let path = (dice.roll(2) == 0).then(|| pick(&self.paths, dice).clone());
        let application = ["http", "https", "mssql"][dice.roll(3)];
        // Paths count only where everything else is as a rule wants it.
        if dice.roll(4) == 0 && !self.sources.is_empty() {
            let source = std::net::Ipv4Addr::from(*pick(&self.sources, dice)).to_string();
            let service = ["http", "https"][dice.roll(2)].to_owned();
            return FlowLine { source, destination: host, destination_address: None, path, service };
        }
        match dice.roll(6) {
            0 => FlowLine {
                source,
                destination: to,
                destination_address: None,
                path: None,
                service: format!("tcp/{port}"),
            },
            1 => FlowLine {
                source,
                destination: to,
                destination_address: None,
                path: None,
                service: format!("udp/{port}"),
            },
            2 => {
                FlowLine { source, destination: to, destination_address: None, path: None, service: "icmp".to_owned() }
            }
            3 => FlowLine {
                source,
                destination: host,
                destination_address: Some(to),
                path,
                service: format!("{application}/{port}"),
            },
            4 => FlowLine {
                source,
                destination: host,
                destination_address: None,
                path: None,
                service: format!("udp/{port}"),
            },
            _ => FlowLine {
                source,
                destination: host,
                destination_address: None,
                path,
                service: format!("{application}/{port}"),
            },
        }
    }
}

/// The flows, without those that are the same.
fn flows(order: &RuleOrder<'_>, seed: u64) -> Vec<FlowLine> {
    let (literals, mut dice) = (Literals::of(order), Dice::of(seed));
    let drawn = (0..FLOWS).map(|_| literals.flow(&mut dice));
    let mut by_text: BTreeMap<String, FlowLine> = BTreeMap::new();
    // `https/443` and `https` are one service.
    let canonical = |flow: &FlowLine| {
        let service: fwc::flow::Service = flow.service.parse().unwrap();
        FlowLine { service: service.to_string(), ..flow.clone() }
    };
    by_text.extend(drawn.map(|flow| (serde_json::to_string(&canonical(&flow)).unwrap(), canonical(&flow))));
    by_text.into_values().collect()
}

fn observed(flows: &[FlowLine]) -> Observed {
    let (mut observed, mut reader) = (Observed::within(Bounds::default()), LogReader::default());
    flows.iter().for_each(|flow| observed.line("flows", &mut reader, &serde_json::to_string(flow).unwrap()));
    observed.end("flows", &mut reader);
    assert_eq!((observed.flows(), observed.unread().0), (flows.len(), 0));
    observed
}

/// The one rule that decides a flow, `default`, or `open` where there may be several.
fn decided(explained: &Explanation<'_>, input: &Input) -> String {
    let cases = explained.depends.iter().chain(&explained.also).map(|case| case.decided_by);
    let all: BTreeSet<Option<usize>> =
        cases.chain([explained.decided_by]).map(|by| by.line().map(|line| line.place)).collect();
    match (all.len(), explained.decided_by.line()) {
        (1, None) => "default".to_owned(),
        (1, Some(line)) => {
            let origin = explained.written.as_ref().or(line.rule.origin()).unwrap();
            format!("{} {} {:?}", line.policy.name, line.rule.kind(), input.files.locate(origin.at).unwrap())
        }
        _ => "open".to_owned(),
    }
}

#[test]
fn what_is_counted_is_what_each_flow_is_decided_by() {
    let shipped = shipped();
    let wanted = ["aks-hub-spoke/egress.pol", "private-endpoints.pol", "sku-premium.pol", "public-load-balancer.pol"];
    let texts = shipped
        .iter()
        .filter(|(path, _)| wanted.iter().any(|end| path.ends_with(end) || path.to_string_lossy().ends_with(end)));
    let texts: Vec<&str> = texts.map(|(_, text)| text.as_str()).chain([RICH, super::SOURCE]).collect();
    assert_eq!(texts.len(), 6);
    for (seed, text) in (1..).zip(texts) {
        let input = input(text);
        let written = input.written().unwrap();
        for policy in input.model.leaves() {
            compare(&input, &written, policy, seed);
        }
    }
}

fn compare(input: &Input, written: &fwc::model::Model, policy: &fwc::model::Policy, seed: u64) {
    let order = RuleOrder::of(&input.model, policy);
    let as_written = RuleOrder::of(written, written.policy(policy.name.as_ref()).unwrap());
    let flows = flows(&order, seed);
    let side =
        UsageSide { order: &order, written: Some(&as_written), knowledge: &input.knowledge, files: &input.files };
    let found = usage(&observed(&flows), side);
    let mut explainer =
        Explainer::new(&order, &input.knowledge, Detail::Decision).with_source(WrittenAnswer::new(&as_written));
    let mut expected: BTreeMap<String, u64> = BTreeMap::new();
    for flow in &flows {
        let explained = explainer.explain(&flow.flow(&input.model).unwrap()).unwrap();
        *expected.entry(decided(&explained, input)).or_default() += 1;
    }
    let key = |rule: &fwc::usage::RuleUse<'_>| {
        let at = input.files.locate(rule.origin.as_ref().unwrap().at).unwrap();
        format!("{} {} {at:?}", rule.line.policy.name, rule.line.rule.kind())
    };
    let used = found.rules.iter().filter(|rule| rule.flows > 0);
    let mut counted: BTreeMap<String, u64> = used.map(|rule| (key(rule), rule.flows)).collect();
    counted.extend([("default".to_owned(), found.denied.len() as u64), ("open".to_owned(), found.open.lines)]);
    counted.retain(|_, count| *count > 0);
    assert_eq!(counted, expected, "{}", policy.name);
    assert!(found.classes < flows.len(), "{} classes of {} flows", found.classes, flows.len());
}

#[test]
fn a_replay_tells_exactly_the_flows_of_which_something_else_becomes() {
    let old = input(RICH);
    // Each change, and a flow of which something else becomes, whatever is drawn.
    for (from, to, sure) in [
        (
            "nodes to 20.1.0.0/16 except",
            "nodes to 20.1.0.0/17 except",
            r#"{"source":"10.240.0.0","destination":"20.1.255.255","service":"tcp/1433"}"#,
        ),
        (
            "*.example.com, *ample.net",
            "*.example.com",
            r#"{"source":"10.240.0.0","destination":"x.ample.net","service":"https"}"#,
        ),
        (
            "url(\"www.paths.edu/b\")",
            "url(\"www.paths.edu/bc\")",
            r#"{"source":"10.240.0.0","destination":"www.paths.edu","path":"/b","service":"http"}"#,
        ),
        ("to tag(Storage)", "to tag(Sql)", r#"{"source":"10.240.16.0","destination":"8.8.8.8","service":"tcp/443"}"#),
        (
            "part:  deny https from agents",
            "part:  deny https from nodes",
            r#"{"source":"10.240.16.0","destination":"bad.example.com","service":"https"}"#,
        ),
    ] {
        assert!(RICH.contains(from));
        let new = input(&RICH.replace(from, to));
        let of = |input: &Input| input.model.policies[0].name.to_string();
        let (before, after) = (
            RuleOrder::of(&old.model, old.model.policy(&of(&old)).unwrap()),
            RuleOrder::of(&new.model, new.model.policy(&of(&new)).unwrap()),
        );
        let (mut flows, sure) = (flows(&before, 5), sure.parse().unwrap());
        if !flows.contains(&sure) {
            flows.push(sure);
        }
        let sides = [(&before, &old), (&after, &new)];
        let [one, other] = sides.map(|(order, input)| UsageSide {
            order,
            written: None,
            knowledge: &input.knowledge,
            files: &input.files,
        });
        let table = observed(&flows);
        let replayed = replay(&table, one, other);
        let told: BTreeSet<String> = replayed
            .flows
            .iter()
            .map(|flow| serde_json::to_string(&flow.seen.flow(&table).unwrap().line()).unwrap())
            .collect();
        let mut explainers = sides.map(|(order, input)| Explainer::new(order, &input.knowledge, Detail::Decision));
        let mut becomes = |flow: &FlowLine| {
            let mut said = Vec::new();
            for (explainer, (_, input)) in explainers.iter_mut().zip(sides) {
                let explained = explainer.explain(&flow.flow(&input.model).unwrap()).unwrap();
                let depends: Vec<String> =
                    explained.depends.iter().map(|case| format!("{} {}", case.on, case.decided_by.action())).collect();
                said.push((explained.verdict, explained.course.fate, depends));
            }
            said[0] != said[1]
        };
        let expected: BTreeSet<String> =
            flows.iter().filter(|flow| becomes(flow)).map(|flow| serde_json::to_string(flow).unwrap()).collect();
        assert!(!expected.is_empty(), "{from}");
        assert_eq!(told, expected, "{from}");
    }
}
