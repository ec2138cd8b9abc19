//! A flow that is written in a form of a log reads back as the same flow.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use fwc::explain::FlowLine;
use fwc::flow::{Flow, Service};
use fwc::model::Model;
use fwc::net::AppProtocol;

use super::entries;

/// A flow as a table of Azure has it: an application protocol to a host, or another to an address.
fn flow() -> impl Strategy<Value = Flow> {
    let host = "[a-z][a-z0-9]{0,8}(\\.[a-z][a-z0-9-]{0,5}[a-z0-9]){1,3}";
    let path = prop::option::of("/[a-z0-9/_.]{0,12}[a-z0-9]");
    let application = (0..3usize, 1..=u16::MAX, host, path).prop_map(|(protocol, port, host, path)| {
        (Service::Application(AppProtocol::ALL[protocol], port), None, Some(host), path)
    });
    let network = (0..3usize, 1..=u16::MAX, any::<[u8; 4]>()).prop_map(|(protocol, port, address)| {
        let service = [Service::Tcp(port), Service::Udp(port), Service::Icmp][protocol];
        (service, Some(address.into()), None, None)
    });
    let rest = prop_oneof![application, network];
    (any::<[u8; 4]>(), rest).prop_map(|(source, (service, address, host, path))| Flow {
        source: source.into(),
        address,
        name: host.map(|host| host.parse().unwrap()),
        path,
        service,
    })
}

fn protocol(flow: &Flow) -> String {
    match flow.service {
        Service::Application(protocol, _) => protocol.to_string().to_uppercase(),
        Service::Tcp(_) => "TCP".to_owned(),
        Service::Udp(_) => "UDP".to_owned(),
        Service::Icmp | Service::Other(_) => "ICMP Type=8".to_owned(),
    }
}

/// The columns and the category.
fn columns(flow: &Flow) -> (&'static str, Map<String, Value>) {
    let port = flow.service.port().unwrap_or_default();
    let mut columns = json!({"Protocol": protocol(flow), "SourceIp": flow.source.to_string(), "SourcePort": 5000,
        "DestinationPort": port, "Action": "Allow", "Policy": "p", "Rule": "one, \"two\""});
    let category = match &flow.name {
        Some(name) => {
            columns["Fqdn"] = json!(name.as_str().to_uppercase());
            columns["TargetUrl"] =
                flow.path.iter().map(|path| format!("https://{name}{path}")).collect::<String>().into();
            "AZFWApplicationRule"
        }
        None => {
            columns["DestinationIp"] = json!(flow.address.unwrap().to_string());
            "AZFWNetworkRule"
        }
    };
    (category, columns.as_object().unwrap().clone())
}

fn message(flow: &Flow) -> String {
    let destination = flow.name.as_ref().map_or_else(|| flow.address.unwrap().to_string(), ToString::to_string);
    let end = |port: u16| flow.service.port().map(|_| format!(":{port}")).unwrap_or_default();
    let url = flow.path.iter().map(|path| format!(" Url: {destination}{path}.")).collect::<String>();
    let (from, to) = (end(5000), end(flow.service.port().unwrap_or_default()));
    format!("{} request from {}{from} to {destination}{to}.{url} Action: Deny", protocol(flow), flow.source)
}

fn csv(columns: &Map<String, Value>) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let cells = columns.values().map(|value| format!("\"{}\"", text(value).replace('"', "\"\"")));
    let names: Vec<&str> = columns.keys().map(String::as_str).collect();
    format!("{}\n{}\n", names.join(","), cells.collect::<Vec<_>>().join(","))
}

/// Each form.
fn forms(flow: &Flow) -> Vec<String> {
    let (category, columns) = columns(flow);
    let record = json!({"category": category, "time": "2026-11-20T08:15:30Z", "properties": columns});
    let lower: Map<String, Value> = columns.iter().map(|(name, value)| (name.to_lowercase(), value.clone())).collect();
    let mut typed = columns.clone();
    typed.insert("Type".to_owned(), category.into());
    let document = json!({"records": [record]});
    let rows = json!([typed]);
    let message = message(flow);
    vec![
        record.to_string(),
        serde_json::to_string_pretty(&record).unwrap(),
        document.to_string(),
        serde_json::to_string_pretty(&document).unwrap(),
        rows.to_string(),
        serde_json::to_string_pretty(&rows).unwrap(),
        Value::from(lower).to_string(),
        csv(&columns),
        json!({"Category": "AzureFirewallNetworkRule", "msg_s": message}).to_string(),
        json!({"category": "AzureFirewallNetworkRule", "properties": {"msg": message}}).to_string(),
        format!("msg_s\n\"{message}\"\n"),
        message,
    ]
}

fn read(line: &FlowLine) -> Flow {
    line.flow(&Model::default()).unwrap()
}

proptest! {
    #[test]
    fn a_flow_reads_back_from_each_form(flow in flow()) {
        for form in forms(&flow) {
            let found = entries(&form);
            prop_assert_eq!(found.len(), 1, "{}", &form);
            let line = found[0].flow.as_ref().map_err(|error| TestCaseError::fail(format!("{error}: {form}")))?;
            prop_assert_eq!(read(line), flow.clone(), "{}", form);
        }
    }
}
