//! Which hosts FQDN tags mean, from a file that the user keeps.
//!
//! Azure publishes the names of its FQDN tags and not their hosts, so that the format is fwc's own:
//!
//! ```json
//! {
//!   "schema": "fwc.fqdn-tags/1",
//!   "date": "2026-08-24",
//!   "source": "application rule log of hub-weu",
//!   "tags": {
//!     "WindowsUpdate": { "fqdns": ["*.update.microsoft.com"], "protocols": ["https:443", "http:80"] }
//!   }
//! }
//! ```
//!
//! `fqdns` are all hosts of the tag, with the wildcards of application rules. `protocols` are those over which the tag is
//! for them, each with a port; without, the protocols of the rule alone decide. Every other field is an error.

use crate::json::{Json, Map};

use super::fault::{Error, ImportFault, quoted};
use super::json;
use crate::evaluate::{Knowledge, TagHosts};
use crate::net::{AppProtocol, HostPattern, PortSpan, same_word};

/// The one value of `schema`.
const SCHEMA: &str = "fwc.fqdn-tags/1";

/// What a file of FQDN tags states of itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FqdnTags {
    /// The day of its contents, `yyyy-mm-dd`.
    pub date: String,
    /// Who states so.
    pub source: String,
    /// The tags whose hosts it has, as it spells them.
    pub tags: Vec<String>,
}

/// Learns the hosts of FQDN tags from a file, and returns what it states of itself.
///
/// # Errors
/// Where the text is no such file, at the place of the first fault: bad JSON, a field that the format does not have, a tag that is there
/// twice (Azure compares their names without regard to case), a tag without hosts, a text that is no host or no protocol.
pub fn fqdn_tags(text: &str, name: &str, knowledge: &mut Knowledge) -> Result<FqdnTags, Error> {
    let found = json::parse(text).and_then(|document| read(&document)).map_err(|fault| fault.of(name))?;
    let (file, tags) = found;
    file.tags.iter().zip(tags).for_each(|(tag, hosts)| knowledge.learn_fqdn_tag(tag, hosts));
    Ok(file)
}

fn read(document: &Json) -> Result<(FqdnTags, Vec<TagHosts>), ImportFault> {
    if lists_names_only(document) {
        let found = "found Azure's list of FQDN tags, which has their names and not their hosts";
        return Err(ImportFault::at(
            "$",
            format!("{found}: expected a file with the schema `{SCHEMA}`, which has both"),
        ));
    }
    let fields = object(document, "$")?;
    let schema = text(fields, "$", "schema")?;
    if schema != SCHEMA {
        return Err(ImportFault::at("$.schema", format!("expected `{SCHEMA}`, found {}", quoted(schema))));
    }
    only(fields, "$", &["schema", "date", "source", "tags"])?;
    let date = text(fields, "$", "date")?;
    if !is_date(date) {
        return Err(ImportFault::at("$.date", format!("expected a day as in `2026-08-24`, found {}", quoted(date))));
    }
    let source = text(fields, "$", "source")?;
    let Some(tags) = fields.get("tags") else { return Err(missing("$", "tags")) };
    let tags = object(tags, "$.tags")?;
    let mut names: Vec<String> = Vec::new();
    let mut contents = Vec::new();
    for (name, content) in tags {
        let path = format!("$.tags[{}]", quoted_key(name));
        if let Some(first) = names.iter().find(|first| same_word(first, name)) {
            let why = "Azure compares the names of tags without regard to case";
            return Err(ImportFault::at(path, format!("this is the tag {} again: {why}", quoted(first))));
        }
        contents.push(hosts(content, &path)?);
        names.push(name.to_string());
    }
    Ok((FqdnTags { date: date.to_owned(), source: source.to_owned(), tags: names }, contents))
}

/// What Azure's REST interface and `az network firewall list-fqdn-tags` answer.
///
/// Source: Azure/azure-rest-api-specs, azureFirewallFqdnTag.json, 2021-02-01: the properties are `fqdnTagName` and
/// `provisioningState`.
fn lists_names_only(document: &Json) -> bool {
    let list = document.as_array().or_else(|| document.get("value").and_then(Json::as_array));
    let names = |tag: &Json| {
        let own = tag.get("fqdnTagName").or_else(|| tag.get("properties").and_then(|of| of.get("fqdnTagName")));
        own.is_some_and(Json::is_string)
    };
    list.is_some_and(|tags| tags.first().is_some_and(names))
}

fn hosts(content: &Json, path: &str) -> Result<TagHosts, ImportFault> {
    let fields = object(content, path)?;
    only(fields, path, &["fqdns", "protocols"])?;
    let Some(fqdns) = fields.get("fqdns") else { return Err(missing(path, "fqdns")) };
    let hosts = each(fqdns, &format!("{path}.fqdns"), "host", |text| {
        text.parse::<HostPattern>().map_err(|error| error.to_string())
    })?;
    let protocols = fields.get("protocols");
    let protocols = protocols.map(|list| each(list, &format!("{path}.protocols"), "protocol", protocol)).transpose()?;
    Ok(TagHosts { hosts, open: Vec::new(), protocols })
}

/// The entries of a list of texts, which must not be empty: what is not known is left out.
fn each<T>(list: &Json, path: &str, what: &str, read: fn(&str) -> Result<T, String>) -> Result<Vec<T>, ImportFault> {
    let Some(entries) = list.as_array() else { return Err(unlike(path, "a list of texts", list)) };
    if entries.is_empty() {
        return Err(ImportFault::at(path, format!("expected at least one {what}, found an empty list")));
    }
    let one = |(index, entry): (usize, &Json)| {
        let path = format!("{path}[{index}]");
        let Some(text) = entry.as_str() else { return Err(unlike(&path, "a text", entry)) };
        read(text).map_err(|why| ImportFault::at(path, format!("{}: {why}", quoted(text))))
    };
    entries.iter().enumerate().map(one).collect()
}

/// A protocol with its port, as in `https:443`.
fn protocol(text: &str) -> Result<(AppProtocol, u16), String> {
    let found = text.split_once(':').and_then(|(protocol, port)| {
        let protocol = AppProtocol::ALL.into_iter().find(|known| same_word(protocol, &known.to_string()))?;
        let port: u16 = port.parse().ok()?;
        PortSpan::single(port).map(|_| (protocol, port))
    });
    found.ok_or_else(|| "expected `http`, `https` or `mssql` with a port, as in `https:443`".to_owned())
}

fn object<'v>(value: &'v Json, path: &str) -> Result<&'v Map, ImportFault> {
    value.as_object().ok_or_else(|| unlike(path, "an object", value))
}

fn text<'v>(fields: &'v Map, path: &str, name: &str) -> Result<&'v str, ImportFault> {
    let Some(value) = fields.get(name) else { return Err(missing(path, name)) };
    let text = value.as_str().ok_or_else(|| unlike(&format!("{path}.{name}"), "a text", value))?;
    let is_blank = text.trim().is_empty();
    if is_blank {
        Err(ImportFault::at(format!("{path}.{name}"), "expected a text, found an empty one"))
    } else {
        Ok(text)
    }
}

/// Refuses fields that the format does not have.
fn only(fields: &Map, path: &str, known: &[&str]) -> Result<(), ImportFault> {
    let Some(other) = fields.keys().find(|name| !known.contains(&name.as_str())) else { return Ok(()) };
    let expected: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    let message = format!("unknown field {}: expected {}", quoted(other), expected.join(", "));
    Err(ImportFault::at(path, message))
}

fn missing(path: &str, name: &str) -> ImportFault {
    ImportFault::at(path, format!("expected the field `{name}`, which is missing"))
}

fn unlike(path: &str, expected: &str, found: &Json) -> ImportFault {
    let found = match found {
        Json::Null => "null",
        Json::Bool(_) => "a truth value",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    };
    ImportFault::at(path, format!("expected {expected}, found {found}"))
}

/// A key as a JSON path has it in brackets.
fn quoted_key(key: &str) -> String {
    Json::from(key).to_string()
}

/// Whether the text is a day, `yyyy-mm-dd`.
fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        let read = fqdn_tags(text, "tags.json", &mut Knowledge::none());
        read.map_or_else(|error| error.to_string(), |file| format!("{file:?}"))
    }

    fn with_tags(tags: &str) -> String {
        format!(r#"{{"schema":"fwc.fqdn-tags/1","date":"2026-08-24","source":"log","tags":{tags}}}"#)
    }

    #[test]
    fn each_fault_is_one_error_at_its_place() {
        let cases = [
            ("{", "tags.json: the JSON ends too early, at line 1 column 1"),
            ("[]", "tags.json: expected an object, found a list"),
            (r#"{"schema":"fwc.dns/1"}"#, "tags.json: $.schema: expected `fwc.fqdn-tags/1`, found `fwc.dns/1`"),
            (
                r#"{"schema":"fwc.fqdn-tags/1","date":"August","source":"log","tags":{}}"#,
                "tags.json: $.date: expected a day as in `2026-08-24`, found `August`",
            ),
            (
                r#"{"schema":"fwc.fqdn-tags/1","date":"2026-08-24","tags":{}}"#,
                "tags.json: expected the field `source`, which is missing",
            ),
            (
                r#"{"schema":"fwc.fqdn-tags/1","when":1}"#,
                "tags.json: unknown field `when`: expected `schema`, `date`, `source`, `tags`",
            ),
            (r#"{"value":[{"properties":{"fqdnTagName":"A"}}]}"#, NAMES_ONLY),
            (r#"[{"fqdnTagName":"A","name":"A"}]"#, NAMES_ONLY),
        ];
        for (text, wanted) in cases {
            assert_eq!(error(text), wanted);
        }
    }

    const NAMES_ONLY: &str = "tags.json: found Azure's list of FQDN tags, which has their names and not their hosts: \
                              expected a file with the schema `fwc.fqdn-tags/1`, which has both";

    #[test]
    fn each_fault_of_a_tag_is_one_error_at_its_place() {
        let cases = [
            (r#"{"A":{"fqdns":["a.com"]},"a":{"fqdns":["b.com"]}}"#, r#"$.tags["a"]: this is the tag `A` again: "#),
            (r#"{"A":{"fqdns":["a.com"]},"A":{"fqdns":["b.com"]}}"#, "duplicate key `A`"),
            (r#"{"A":{"fqdns":[]}}"#, r#"$.tags["A"].fqdns: expected at least one host, found an empty list"#),
            (r#"{"A":{"fqdns":["a.com","a.*.com"]}}"#, r#"$.tags["A"].fqdns[1]: `a.*.com`: "#),
            (
                r#"{"A":{"fqdns":["a.com"],"port":443}}"#,
                r#"$.tags["A"]: unknown field `port`: expected `fqdns`, `protocols`"#,
            ),
            (r#"{"A":{"fqdns":["a.com"],"protocols":["https"]}}"#, r#"$.tags["A"].protocols[0]: `https`: expected "#),
            (
                r#"{"A":{"fqdns":["a.com"],"protocols":["https:0"]}}"#,
                r#"$.tags["A"].protocols[0]: `https:0`: expected "#,
            ),
            (r#"{"A":["a.com"]}"#, r#"$.tags["A"]: expected an object, found a list"#),
        ];
        for (tags, wanted) in cases {
            let error = error(&with_tags(tags));
            assert!(error.starts_with(&format!("tags.json: {wanted}")), "{error}");
        }
    }

    #[test]
    fn a_tag_is_found_however_it_is_spelled() {
        let mut knowledge = Knowledge::none();
        let text = with_tags(r#"{"WindowsUpdate":{"fqdns":["*.a.com"],"protocols":["HTTPS:443"]}}"#);
        let file = fqdn_tags(&text, "tags.json", &mut knowledge);
        assert_eq!(file.map(|file| file.tags), Ok(vec!["WindowsUpdate".to_owned()]));
        let hosts = knowledge.hosts_of_tag("windowsupdate");
        assert_eq!(hosts.map(|hosts| hosts.protocols.clone()), Some(Some(vec![(AppProtocol::Https, 443)])));
        assert_eq!(hosts.map(|hosts| hosts.hosts.len()), Some(1));
    }
}
