//! Each form of a log.

use serde_json::{Value, json};

use super::{one, told};

fn exported(category: &str, properties: &Value) -> String {
    json!({"category": category, "time": "2026-11-20T08:15:30.1234567Z", "properties": properties}).to_string()
}

fn network() -> Value {
    json!({"Protocol": "TCP", "SourceIp": "10.0.0.4", "SourcePort": 5000, "DestinationIp": "20.0.0.1",
        "DestinationPort": 443, "Action": "Deny", "Policy": "", "ActionReason": "Default Action"})
}

fn application() -> Value {
    json!({"Protocol": "HTTPS", "SourceIp": "10.0.0.4", "SourcePort": 5000, "DestinationPort": 443,
        "Fqdn": "a.com", "TargetUrl": "", "Action": "Allow", "IsTlsInspected": false})
}

fn with(mut record: Value, fields: &[(&str, Value)]) -> Value {
    fields.iter().for_each(|(name, value)| record[*name] = value.clone());
    record
}

#[test]
fn a_record_of_each_table_is_a_flow_or_says_what_it_is() {
    let nat = with(network(), &[("TranslatedIp", json!("10.1.2.3")), ("TranslatedPort", json!(8443))]);
    let packet = with(network(), &[("Action", json!("Log")), ("Flag", json!("SYN-ACK"))]);
    let threat = with(application(), &[("DestinationIp", json!("20.0.0.1")), ("Protocol", json!("HTTP"))]);
    let unresolved = json!({"Fqdn": "a.com", "ServerIp": "10.0.0.5", "ServerPort": 53, "Error": "no such host"});
    let queried = json!({"SourceIp": "10.0.0.4", "QueryName": "a.com.", "Protocol": "udp"});
    let counted = json!({"SourceIp": "10.0.0.4", "Protocol": "TCP", "NatRuleCount": 3});
    let cases = [
        ("AZFWApplicationRule", application(), "https 10.0.0.4 > a.com"),
        ("AZFWApplicationRuleAggregation", application(), "https 10.0.0.4 > a.com"),
        ("AZFWNetworkRule", network(), "tcp/443 10.0.0.4 > 20.0.0.1"),
        ("azfwnetworkruleaggregation", network(), "tcp/443 10.0.0.4 > 20.0.0.1"),
        ("AZFWNatRule", nat, "tcp/443 10.0.0.4 > 20.0.0.1"),
        ("AZFWThreatIntel", threat, "http/443 10.0.0.4 > a.com at 20.0.0.1"),
        ("AZFWIdpsSignature", network(), "tcp/443 10.0.0.4 > 20.0.0.1"),
        ("AZFWFatFlow", network(), "tcp/443 10.0.0.4 > 20.0.0.1"),
        ("AZFWFlowTrace", network(), "tcp/443 10.0.0.4 > 20.0.0.1"),
        ("AZFWFlowTrace", packet, "not a flow: a packet of a connection, on which no rule decides"),
        ("AZFWFqdnResolveFailure", unresolved, "not a flow: a host name of a rule that DNS did not resolve"),
        ("AZFWDnsQuery", queried, "not a flow: a query to the DNS proxy"),
        ("AZFWNatRuleAggregation", counted, "not a flow: the count of a NAT rule, without the destination"),
        ("kube-audit", json!({}), "not a flow: `kube-audit` is not a log category of Azure Firewall"),
    ];
    for (category, properties, expected) in cases {
        assert_eq!(one(&exported(category, &properties)), expected, "{category}");
    }
}

#[test]
fn the_destination_is_the_host_that_was_asked_for() {
    let url = |url: &str, fqdn: &str| {
        one(&with(application(), &[("TargetUrl", json!(url)), ("Fqdn", json!(fqdn))]).to_string())
    };
    assert_eq!(url("https://a.com/x/y?z=1", "a.com"), "https 10.0.0.4 > a.com/x/y?z=1");
    assert_eq!(url("A.com:443/x", "a.com"), "https 10.0.0.4 > a.com/x");
    assert_eq!(url("a.com", "a.com"), "https 10.0.0.4 > a.com");
    assert_eq!(url("a.com?x", "a.com"), "https 10.0.0.4 > a.com/?x");
    assert_eq!(url("a.com/x", ""), "https 10.0.0.4 > a.com/x");
    assert_eq!(url("b.com/x", "a.com"), "https 10.0.0.4 > a.com");
    assert_eq!(url("", ""), "not a flow: the log record has no destination");
    assert_eq!(url("", "20.0.0.1"), "https 10.0.0.4 > 20.0.0.1");
}

#[test]
fn protocols_are_read_in_any_case() {
    let service = |protocol: &str, port: Value| {
        one(&with(network(), &[("Protocol", json!(protocol)), ("DestinationPort", port)]).to_string())
            .replace(" 10.0.0.4 > 20.0.0.1", "")
    };
    assert_eq!(service("udp", json!("123")), "udp/123");
    assert_eq!(service("MSSQL", json!(1433)), "mssql");
    assert_eq!(service("Https", json!(8443.0)), "https/8443");
    assert_eq!(service("ICMP Type=8", json!(0)), "icmp");
    assert_eq!(service("icmp", Value::Null), "icmp");
    assert_eq!(service("47", Value::Null), "proto/47");
    assert_eq!(service("6", json!(22)), "tcp/22");
    assert_eq!(service("TCP", json!(0)), "not a flow: destination port `0`: expected a number from 1 to 65535");
    assert_eq!(service("TCP", Value::Null), "not a flow: the log record has no destination port");
    assert!(service("XYZ", json!(1)).starts_with("not a flow: protocol `XYZ`: expected HTTP"));
}

#[test]
fn rows_of_a_query_are_told_by_their_columns() {
    let row = with(application(), &[("TableName", json!("PrimaryResult")), ("DestinationPort", json!("443"))]);
    assert_eq!(one(&row.to_string()), "https 10.0.0.4 > a.com");
    let lower = json!({"protocol": "tcp", "sourceip": "10.0.0.4", "DESTINATIONIP": "20.0.0.1", "destinationport": 22});
    assert_eq!(one(&lower.to_string()), "tcp/22 10.0.0.4 > 20.0.0.1");
    let typed = json!({"Type": "AzureDiagnostics", "Category": "AZFWNetworkRule", "Protocol_s": "TCP",
        "SourceIP": "10.0.0.4", "DestinationIp_s": "20.0.0.1", "DestinationPort_d": 22.0});
    assert_eq!(one(&typed.to_string()), "tcp/22 10.0.0.4 > 20.0.0.1");
    let signature = with(network(), &[("Category", json!("Attempted Information Leak")), ("SignatureId", json!("1"))]);
    assert_eq!(one(&signature.to_string()), "tcp/443 10.0.0.4 > 20.0.0.1");
    let packet = with(network(), &[("Action", json!("Log")), ("Flag", json!("FIN"))]);
    assert_eq!(one(&packet.to_string()), "not a flow: a packet of a connection, on which no rule decides");
}

#[test]
fn a_document_gives_its_records() {
    let first = exported("AZFWNetworkRule", &network());
    let second = exported("AZFWApplicationRule", &application());
    let flows = ["tcp/443 10.0.0.4 > 20.0.0.1", "https 10.0.0.4 > a.com"];
    let on_one_line = [format!("1.1: {}", flows[0]), format!("1.2: {}", flows[1])];
    assert_eq!(told(&format!("{{\"records\":[{first},{second}]}}")), on_one_line);
    assert_eq!(told(&format!("[{first}, {second}]")), on_one_line);
    assert_eq!(told(&format!("{{\"count\": 2, \"Records\": [{first}, {second}]}}")), on_one_line);
    let lines = |first: usize, second: usize| [format!("{first}: {}", flows[0]), format!("{second}: {}", flows[1])];
    assert_eq!(told(&format!("{first}\n\n{second}\n")), lines(1, 3));
    assert_eq!(told(&format!("[\n{first},\n{second}\n]\n")), lines(2, 3));
    let records: Vec<Value> = [&first, &second].map(|record| serde_json::from_str(record).unwrap()).to_vec();
    assert_eq!(told(&serde_json::to_string_pretty(&json!({"records": records})).unwrap()), lines(3, 17));
    assert_eq!(told(&serde_json::to_string_pretty(&records).unwrap()), lines(2, 16));
    assert_eq!(told(&format!("\u{feff}{first}")), lines(1, 0)[..1]);
}

#[test]
fn messages_are_read_alone_or_in_a_field() {
    let cases = [
        ("HTTPS request from 10.0.0.4:5000 to a.com:443. Action: Allow. Policy: p. Rule: r", "https 10.0.0.4 > a.com"),
        (
            "HTTP  request from 10.0.0.4:5000 to a.com:80. Url: a.com/x.cab. Action: Deny. No rule",
            "http 10.0.0.4 > a.com/x.cab",
        ),
        ("TCP request from 10.0.0.4:5000 to 20.0.0.1:22. Action: Deny", "tcp/22 10.0.0.4 > 20.0.0.1"),
        ("tcp Request From 10.0.0.4:5000 to 20.0.0.1:22. action: Deny.", "tcp/22 10.0.0.4 > 20.0.0.1"),
        ("ICMP Type=8 request from 10.0.0.4:0 to 20.0.0.1:0. Action: Deny..", "icmp 10.0.0.4 > 20.0.0.1"),
        ("ICMP request from 10.0.0.4: to 20.0.0.1:. Action: alert. Signature: 1", "icmp 10.0.0.4 > 20.0.0.1"),
        ("ICMP Type=8 request from 10.0.0.4 to 20.0.0.1. Action: Allow.", "icmp 10.0.0.4 > 20.0.0.1"),
        ("TCP request from 10.0.0.4:5000 to 20.0.0.1:443 was DNAT'ed to 10.1.2.3:8443", "tcp/443 10.0.0.4 > 20.0.0.1"),
        (
            "HTTPS request from 10.0.0.4:5000. Action: Deny. Reason: SNI",
            "not a flow: the log record has no destination",
        ),
        ("DNS Request: 10.0.0.4:5000 - 1 A IN a.com. udp 55 false 512 NOERROR", "not a flow: a query to the DNS proxy"),
        (" Error: 2 a.com. A: read udp: i/o timeout", "not a flow: an error of the DNS proxy"),
    ];
    for (message, expected) in cases {
        assert_eq!(one(message), expected);
        assert_eq!(one(&exported("AzureFirewallNetworkRule", &json!({"msg": message}))), expected);
        assert_eq!(one(&json!({"Category": "AzureFirewallApplicationRule", "msg_s": message}).to_string()), expected);
        assert_eq!(one(&format!("msg_s\n\"{message}\"\n")), expected);
    }
    let other = one(&json!({"msg_s": "the firewall was started"}).to_string());
    assert!(other.starts_with("not a flow: message `the firewall was started`: expected `TCP request"), "{other}");
}

#[test]
fn rows_of_csv_are_read_by_their_header() {
    let log = "\u{feff}TenantId,\"TimeGenerated [UTC]\",Protocol,SourceIp,DestinationPort,Fqdn,Rule\r\n\
        ,\"11/20/2026, 8:15:30.123 AM\",HTTPS,10.0.0.4,443,a.com,\"web, \"\"all\"\"\"\r\n\
        \r\n\
        ,x,HTTPS,10.0.0.4,443\r\n\
        ,x,HTTPS,10.0.0.4,443,a.com,\"web\r\n\
        SourceIp,DestinationIp,DestinationPort,Protocol\r\n\
        10.0.0.4,20.0.0.1,22,TCP\r\n";
    let expected = [
        "2: https 10.0.0.4 > a.com",
        "4: not a flow: the row has 5 columns: expected 7, as in the header",
        "5: not a flow: the row ends inside quotation marks",
        "7: tcp/22 10.0.0.4 > 20.0.0.1",
    ];
    assert_eq!(told(log), expected);
}

#[test]
fn lines_of_fwc_are_read_beside_records() {
    let flow = r#"{"source":"10.0.0.4","destination":"a.com","path":"/x","service":"HTTPS"}"#;
    let log = format!("{flow}\n{}\n{{\"source\":\"10.0.0.4\"}}\n[1]\n", exported("AZFWNetworkRule", &network()));
    let expected = [
        "1: HTTPS 10.0.0.4 > a.com/x",
        "2: tcp/443 10.0.0.4 > 20.0.0.1",
        "3: not a flow: missing field `destination` (column 21)",
    ];
    let told = told(&log);
    assert_eq!(told[..3], expected);
    assert!(told[3].starts_with("4: not a flow: expected a JSON object"), "{told:?}");
}
