//! Where something that a policy lacks would be written, and what is meant by a word that is no host name.

use crate::diag::{Diagnostic, Edit};
use crate::net::{AddressError, AddressSpan, HostError};
use crate::source::SourceSpan;
use crate::syntax::{NodeKind, SyntaxNode, TokenKind, ast};

/// Turns on the DNS proxy of the policy that `item` states in a file of that text.
pub(super) fn dns_proxy(item: SyntaxNode<'_>, text: &str) -> Option<Edit> {
    let own = || item.child(NodeKind::Block).into_iter().flat_map(|block| block.children_of(NodeKind::Setting));
    if let Some(dns) = own().find(|own| ast::keyword(*own) == "dns") {
        return in_dns(dns);
    }
    const SETTING: &str = "dns { proxy on }";
    match own().last() {
        Some(last) => Some(after(last.span(), text, SETTING)),
        None => Some(Edit::new(opening(item)?, format!(" {SETTING}"))),
    }
}

fn in_dns(dns: SyntaxNode<'_>) -> Option<Edit> {
    let proxy = dns.child(NodeKind::Block)?.children().find(|own| ast::keyword(*own) == "proxy");
    match proxy {
        Some(proxy) => Some(Edit::new(proxy.child(NodeKind::Term)?.span(), "on")),
        None => Some(Edit::new(opening(dns)?, " proxy on")),
    }
}

/// After the `{` of the item's block.
fn opening(item: SyntaxNode<'_>) -> Option<SourceSpan> {
    let brace = item.child(NodeKind::Block)?.token(TokenKind::LeftBrace)?.span();
    Some(SourceSpan::new(brace.file, brace.end, brace.end))
}

/// Writes an item after another: on a line of its own, where the other has one.
fn after(last: SourceSpan, text: &str, item: &str) -> Edit {
    let (before, behind) = (text.get(..last.range().start).unwrap_or(""), text.get(last.range().end..).unwrap_or(""));
    let indent = before.rsplit('\n').next().unwrap_or("");
    let rest = behind.split('\n').next().unwrap_or("").trim_end();
    let has_line = indent.chars().all(char::is_whitespace) && (rest.is_empty() || rest.trim_start().starts_with('#'));
    if !has_line {
        return Edit::new(SourceSpan::new(last.file, last.end, last.end), format!(" {item}"));
    }
    let end = last.end.saturating_add(u32::try_from(rest.len()).unwrap_or(0));
    Edit::new(SourceSpan::new(last.file, end, end), format!("\n{indent}{item}"))
}

/// Advice for a word that is no host name, where it shows what was meant.
pub(super) fn host_advice(found: Diagnostic, error: &HostError, word: &str) -> Diagnostic {
    if let Err(AddressError::Otherwise(span)) = word.parse::<AddressSpan>() {
        return found.asked(&span.to_string(), format!("write `{span}` for the addresses"));
    }
    match error {
        HostError::EmptyLabel if word.starts_with('.') && !word.contains("..") => {
            found.asked(&format!("*{word}"), format!("write `*{word}` for every name below it"))
        }
        HostError::Star => found.help("Azure Firewall takes `*.contoso.com`, `*contoso.com` or the whole name"),
        HostError::EmptyLabel
        | HostError::TooLong
        | HostError::Hyphen(_)
        | HostError::Character(_)
        | HostError::International
        | HostError::LookAlike(_) => found,
    }
}
