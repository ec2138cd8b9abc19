//! FW0411: HTTP headers that Azure Firewall does not insert.

use crate::diag::Code;
use crate::limits::{CheckOptions, HEADER_NAME, HEADER_VALUE, HEADERS};
use crate::model::SiteField;
use crate::net::same_word;

use super::finding::{Finding, Findings};
use super::subject::{CheckSubject, StatedSubject, SubjectForm};

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
pub(super) fn check(subject: &CheckSubject<'_>, options: &CheckOptions, found: &mut Findings) {
    let form = subject.form();
    subject.filters.iter().for_each(|stated| check_rule(stated, form, options, found));
}

fn check_rule(stated: &StatedSubject<'_>, form: SubjectForm, options: &CheckOptions, found: &mut Findings) {
    let Some(rule) = stated.application() else { return };
    let mut whole = 0;
    for (at, (name, value)) in rule.handling.headers.iter().enumerate() {
        whole += length(name) + length(value);
        if let Some((message, help)) = fault(name, value, form, options) {
            found.push(Finding::new(Code::FW0411, stated.site(SiteField::Header(at)), message).help(help));
        }
    }
    let most = options.max(&HEADERS);
    let last = rule.handling.headers.len().checked_sub(1).filter(|_| whole > most);
    if let Some(last) = last {
        let message = format!("the headers of a rule take up to {most} bytes, found {whole}");
        let finding = Finding::new(Code::FW0411, stated.site(SiteField::Header(last)), message);
        found.push(finding.help("insert fewer or shorter headers"));
    }
}

fn fault(name: &str, value: &str, form: SubjectForm, options: &CheckOptions) -> Option<(String, &'static str)> {
    if name.is_empty() {
        let help = form.pick("write it like `with header \"X-Team\" \"payments\"`", "give it a `headerName`");
        return Some(("a header needs a name".to_owned(), help));
    }
    if RESERVED_HEADERS.iter().any(|reserved| same_word(reserved, name)) {
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

/// In bytes, which is the safe side for text beyond ASCII.
fn length(text: &str) -> u64 {
    u64::try_from(text.len()).unwrap_or(u64::MAX)
}
