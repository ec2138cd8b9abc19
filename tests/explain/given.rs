//! Lines of `--flows`.

use fwc::explain::FlowLine;
use fwc::flow::Flow;
use fwc::model::{Firewall, Model};

fn hub() -> Model {
    let web = ("web".to_owned(), [20, 61, 0, 10].into());
    let public_ips = [web].into_iter().collect();
    let firewall = Firewall {
        name: "hub-weu".into(),
        policy: None,
        sku: None,
        origin: None,
        private_ip: Some([10, 0, 1, 4].into()),
        public_ips,
    };
    Model { firewalls: vec![firewall], ..Model::default() }
}

fn flow(line: &str) -> Result<Flow, String> {
    let given = line.parse::<FlowLine>().map_err(|error| error.to_string())?;
    given.flow(&hub()).map_err(|error| error.to_string())
}

fn error(line: &str) -> String {
    flow(line).err().unwrap_or_default()
}

fn address_of(destination: &str) -> Option<String> {
    let line = format!(r#"{{"source":"10.0.0.4","destination":"{destination}","service":"tcp/443"}}"#);
    flow(&line).ok()?.address.map(|address| address.to_string())
}

#[test]
fn a_line_says_a_name_an_address_and_a_path() {
    let line =
        r#"{"source":"10.0.0.4","destination":"A.com","destinationAddress":"20.0.0.1","path":"/x","service":"https"}"#;
    let flow = flow(line).ok();
    assert_eq!(flow.as_ref().and_then(|flow| flow.name.as_ref()).map(|name| name.as_str()), Some("a.com"));
    assert_eq!(flow.as_ref().and_then(|flow| flow.address), Some([20, 0, 0, 1].into()));
    assert_eq!(flow.and_then(|flow| flow.path).as_deref(), Some("/x"));
}

#[test]
fn a_destination_may_be_an_address_of_a_firewall() {
    assert_eq!(address_of("hub-weu::web").as_deref(), Some("20.61.0.10"));
    assert_eq!(address_of("hub-weu::private").as_deref(), Some("10.0.1.4"));
}

#[test]
fn a_wrong_line_says_what_is_wrong() {
    let with = |field: &str, value: &str| {
        let mut fields = [("source", "10.0.0.4"), ("destination", "a.com"), ("service", "https")];
        fields.iter_mut().filter(|(name, _)| *name == field).for_each(|(_, old)| *old = value);
        let fields = fields.map(|(name, value)| format!("\"{name}\":\"{value}\""));
        error(&format!("{{{}}}", fields.join(",")))
    };
    assert_eq!(
        with("source", "10.0.0.0/8"),
        "source `10.0.0.0/8` holds more than one address: expected one, as in `10.1.2.3`"
    );
    assert_eq!(with("destination", "hub-eus::web"), "no firewall is called `hub-eus`");
    assert_eq!(with("destination", "hub-weu::api"), "firewall `hub-weu` has no address `api`: it has `web`, `private`");
    assert_eq!(
        with("destination", "10.0.0.300"),
        "destination `10.0.0.300`: `300` is not a part of an address: expected a number from 0 to 255"
    );
    assert_eq!(
        with("destination", "10.0.0"),
        "destination `10.0.0` is neither an address such as `10.1.2.3` nor a host name"
    );
    assert_eq!(
        with("destination", "*.a.com"),
        "destination `*.a.com` is neither an address nor a host name: a star is allowed only at the left end of a host name"
    );
    assert_eq!(with("destination", "fe80::1"), "destination `fe80::1`: expected an IPv4 address, found IPv6");
    assert!(with("service", "ftp").starts_with("`ftp` is no service of one flow"));
}

#[test]
fn other_fields_and_shapes_are_refused() {
    let unknown = r#"{"source":"10.0.0.4","destination":"a.com","service":"https","port":443}"#;
    assert!(error(unknown).starts_with("not a flow: unknown field `port`"));
    assert!(error(r#"{"source":"10.0.0.4","service":"https"}"#).contains("missing field `destination`"));
    assert_eq!(error(r#"["10.0.0.4","a.com","https"]"#), "not a flow: expected a JSON object");
    let twice = r#"{"source":"10.0.0.4","source":"10.0.0.5","destination":"a.com","service":"https"}"#;
    assert!(error(twice).contains("duplicate field `source`"));
    let two = r#"{"source":"10.0.0.4","destination":"20.0.0.1","destinationAddress":"20.0.0.2","service":"https"}"#;
    assert!(error(two).starts_with("destination `20.0.0.1` is an address already"));
    let path = r#"{"source":"10.0.0.4","destination":"a.com","path":"x","service":"https"}"#;
    assert_eq!(error(path), "path `x` does not begin with `/`");
}
