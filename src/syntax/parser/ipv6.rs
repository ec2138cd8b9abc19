//! IPv6 addresses, which the language does not have: several tokens that are one literal to the author.

use crate::diag::{Code, Diagnostic};
use crate::net::AddressError;

use super::super::kind::TokenKind;
use super::{Lost, Parser, ParserRead};

impl Parser<'_> {
    /// Reports an IPv6 address as one literal. `a::b` may be a name of a module, and is left to the passes after.
    pub(super) fn refuse_ipv6(&mut self) -> ParserRead {
        let Some(end) = self.end_of_ipv6() else { return Ok(()) };
        let at = self.token_span(self.at).to(self.token_span(end - 1));
        while self.at < end {
            self.bump();
        }
        self.report(Diagnostic::new(Code::FW0110, at, AddressError::Ipv6.to_string()).help("write IPv4 addresses"));
        Err(Lost)
    }

    /// The token after the IPv6 address that begins here, if one does.
    fn end_of_ipv6(&self) -> Option<usize> {
        /// Eight groups with their colons, a prefix length, and some more.
        const MOST: usize = 24;
        let mut end = self.at;
        while end < self.at + MOST && is_part(self.tokens.kind(end), self.token_text(end)) {
            end += 1;
        }
        if matches!(self.tokens.kind(end), TokenKind::Word | TokenKind::String) {
            return None;
        }
        let text: String = (self.at..end).map(|index| self.token_text(index)).collect();
        let address = text.split_once('/').map_or(text.as_str(), |(address, _)| address);
        // `fe80::` may be the first half of a path, and `fe80::ab` is one; a name is never a number, nor before a `/`.
        let may_be_name = |text: &str| text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit());
        let path = text.split_once("::").filter(|(first, _)| !first.is_empty() && end <= self.at + 3);
        let is_name = path.is_some_and(|(first, second)| may_be_name(first) && may_be_name(second));
        (!is_name && address.parse::<std::net::Ipv6Addr>().is_ok()).then_some(end)
    }
}

fn is_part(kind: TokenKind, text: &str) -> bool {
    match kind {
        TokenKind::Colon | TokenKind::ColonColon | TokenKind::Slash => true,
        TokenKind::Word => text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'.'),
        _ => false,
    }
}
