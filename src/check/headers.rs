//! FW0411: HTTP headers that Azure Firewall does not insert.

use crate::diag::{Code, Diagnostics};
use crate::intent::Rule;
use crate::limits::{CheckOptions, HEADER_NAME, HEADER_VALUE, HEADERS};

use super::subject::{Sighting, Subject, filters};

/// The names that a rule cannot insert, in lower case.
///
/// Source: MicrosoftDocs/azure-docs, articles/firewall/configure-http-header-insertion.md, 2026-07-20.
pub const RESERVED_HEADERS: [&str; 29] = [
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "upgrade",
    "via",
    "te",
    "trailer",
    "proxy-authorization",
    "proxy-authenticate",
    "authorization",
    "cookie",
    "set-cookie",
    "content-security-policy",
    "strict-transport-security",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "x-xss-protection",
    "public-key-pins",
    "expect-ct",
    "x-xsrf-token",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-scheme",
    "forwarded",
    "metadata",
];

/// Reports each header that is reserved or too long, and rules whose headers are too long together.
pub(super) fn check(subject: &Subject<'_>, options: &CheckOptions, diagnostics: &mut Diagnostics) {
    filters(subject.policy).for_each(|rule| check_rule(rule, options, diagnostics));
}

fn check_rule(rule: &Rule, options: &CheckOptions, diagnostics: &mut Diagnostics) {
    let mut whole = 0;
    for header in &rule.headers {
        let (name, value) = &header.value;
        whole += length(name) + length(value);
        if let Some((message, help)) = fault(name, value, options) {
            let found = Sighting::in_rule(header.at, &rule.origin).finding(Code::FW0411, message);
            diagnostics.push(found.help(help));
        }
    }
    let most = options.max(&HEADERS);
    let last = rule.headers.last().filter(|_| whole > most);
    if let Some(last) = last {
        let message = format!("the headers of a rule take up to {most} bytes, found {whole}");
        let found = Sighting::in_rule(last.at, &rule.origin).finding(Code::FW0411, message);
        diagnostics.push(found.help("insert fewer or shorter headers"));
    }
}

fn fault(name: &str, value: &str, options: &CheckOptions) -> Option<(String, &'static str)> {
    if name.is_empty() {
        return Some(("a header needs a name".to_owned(), "write it like `with header \"X-Team\" \"payments\"`"));
    }
    if RESERVED_HEADERS.iter().any(|reserved| reserved.eq_ignore_ascii_case(name)) {
        let message = format!("header `{name}` is reserved: Azure Firewall does not insert it");
        return Some((message, "use another name"));
    }
    let (longest_name, longest_value) = (options.max(&HEADER_NAME), options.max(&HEADER_VALUE));
    if length(name) > longest_name {
        let message = format!("a header name has up to {longest_name} characters, found {}", length(name));
        return Some((message, "use a shorter name"));
    }
    let message = format!("a header value has up to {longest_value} characters, found {}", length(value));
    (length(value) > longest_value).then_some((message, "use a shorter value"))
}

/// In bytes, so that the safe side is taken for text beyond ASCII.
fn length(text: &str) -> u64 {
    u64::try_from(text.len()).unwrap_or(u64::MAX)
}
