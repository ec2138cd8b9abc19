//! Realistic logs: one week of a cluster, in each of the forms that Azure writes.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::dice::Dice;

const HOSTS: [&str; 8] = [
    "api.example.com",
    "x.example.org",
    "Y.Example.org",
    "bad.example.org",
    "telemetry.example.net",
    "a.b.example.org",
    "mcr.example.com",
    "login.example.net",
];

/// One record, before it is written in a form.
pub(super) struct Event {
    time: String,
    source: String,
    protocol: &'static str,
    destination: String,
    port: u16,
    action: &'static str,
    rule: Option<[&'static str; 2]>,
}

/// So many records, of far fewer distinct flows, in the order of time.
pub(super) fn events(count: usize, seed: u64) -> Vec<Event> {
    let mut dice = Dice::of(seed);
    (0..count).map(|at| event(at * 600_000 / count.max(1), &mut dice)).collect()
}

fn event(second: usize, dice: &mut Dice) -> Event {
    let (day, rest) = (1 + second / 86_400, second % 86_400);
    let clock = format!("{:02}:{:02}:{:02}.{:07}", rest / 3600, rest / 60 % 60, rest % 60, dice.roll(10_000_000));
    let time = format!("2026-11-{day:02}T{clock}Z");
    let source = format!("10.240.{}.{}", dice.roll(2), 4 + dice.roll(8));
    if dice.roll(3) == 0 {
        let (protocol, port) = [("UDP", 123), ("TCP", 22), ("ICMP Type=8", 0)][dice.roll(3)];
        let destination = format!("20.0.{}.{}", dice.roll(2), dice.roll(6));
        let is_clock = port == 123 && destination.starts_with("20.0.0.");
        let rule = is_clock.then_some(["out-allow-network", "clock"]);
        let action = if is_clock { "Allow" } else { "Deny" };
        return Event { time, source, protocol, destination, port, action, rule };
    }
    let host = HOSTS[dice.roll(HOSTS.len())];
    let lower = host.to_ascii_lowercase();
    let rule = match lower.as_str() {
        "api.example.com" => Some(["out-allow-application", "api"]),
        name if name.ends_with(".example.org") => Some(["out-allow-application", "images"]),
        _ => None,
    };
    let action = if rule.is_some() { "Allow" } else { "Deny" };
    Event { time, source, protocol: "HTTPS", destination: host.to_owned(), port: 443, action, rule }
}

impl Event {
    fn is_application(&self) -> bool {
        self.protocol == "HTTPS"
    }

    fn columns(&self) -> Value {
        let [collection, rule] = self.rule.unwrap_or_default();
        let group = if self.rule.is_some() { "out" } else { "" };
        let policy = if self.rule.is_some() { "web" } else { "" };
        let to = if self.is_application() { "Fqdn" } else { "DestinationIp" };
        let reason = if self.rule.is_some() { "" } else { "Default Action" };
        json!({"Protocol": self.protocol, "SourceIp": self.source, "SourcePort": 50_000, to: self.destination,
            "DestinationPort": self.port, "Action": self.action, "Policy": policy, "RuleCollectionGroup": group,
            "RuleCollection": collection, "Rule": rule, "ActionReason": reason})
    }

    fn category(&self) -> &'static str {
        if self.is_application() { "AZFWApplicationRule" } else { "AZFWNetworkRule" }
    }

    fn exported(&self) -> Value {
        json!({"category": self.category(), "time": self.time, "resourceId": "/SUBSCRIPTIONS/0/AZUREFIREWALLS/HUB",
            "properties": self.columns()})
    }

    fn row(&self) -> Value {
        let mut row = self.columns();
        row["TimeGenerated"] = json!(self.time);
        row["Type"] = json!(self.category());
        row
    }

    fn message(&self) -> Value {
        let Self { source, protocol, destination, port, action, .. } = self;
        let to = if *port == 0 { format!("{destination}:") } else { format!("{destination}:{port}") };
        let mut text = format!("{protocol} request from {source}:50000 to {to}. Action: {action}.");
        match self.rule {
            Some([collection, rule]) => {
                write!(text, " Policy: web. Rule Collection Group: out. Rule Collection: {collection}. Rule: {rule}")
                    .unwrap();
            }
            None => text.push_str(" No rule matched. Proceeding with default action"),
        }
        let category = if self.is_application() { "AzureFirewallApplicationRule" } else { "AzureFirewallNetworkRule" };
        json!({"category": category, "time": self.time, "properties": {"msg": text}})
    }
}

/// The records in all forms, a file each: a share of the records for each form.
pub(super) fn files(events: &[Event]) -> Vec<(&'static str, String)> {
    let part = |at: usize| events.iter().skip(at).step_by(5);
    let lines = |values: Vec<Value>| values.iter().map(|value| format!("{value}\n")).collect::<String>();
    let rows: Vec<Value> = part(2).map(Event::row).collect();
    vec![
        ("export/y=2026/PT1H.json", lines(part(0).map(Event::exported).collect())),
        ("hub.json", json!({"records": part(1).map(Event::exported).collect::<Vec<_>>()}).to_string()),
        ("rows.json", serde_json::to_string_pretty(&rows).unwrap()),
        ("rows.csv", csv(part(3))),
        ("legacy.json", lines(part(4).map(Event::message).collect())),
    ]
}

fn csv<'e>(events: impl Iterator<Item = &'e Event>) -> String {
    let columns = [
        "TimeGenerated [UTC]",
        "Type",
        "Protocol",
        "SourceIp",
        "Fqdn",
        "DestinationIp",
        "DestinationPort",
        "Action",
        "ActionReason",
        "Policy",
        "RuleCollectionGroup",
        "RuleCollection",
        "Rule",
    ];
    let mut text = columns.join(",") + "\n";
    for event in events {
        let row = event.row();
        let field = |name: &str| match &row[name.trim_end_matches(" [UTC]")] {
            Value::Null => String::new(),
            Value::String(text) => format!("\"{text}\""),
            other => other.to_string(),
        };
        text += &(columns.map(field).join(",") + "\n");
    }
    text
}
