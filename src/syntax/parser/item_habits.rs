//! Items as other languages write them: their words for ours, definitions without `let`, headers with signs.

use crate::diag::{Applicability, Code, Diagnostic, Edit};
use crate::net::same_word;
use crate::source::SourceSpan;

use super::super::foreign::unquoted;
use super::super::keyword::Context;
use super::super::kind::{ItemKind, TokenKind};
use super::items::Production;
use super::{Lost, Parser, ParserRead, shorten};

/// What a word of another language means.
#[derive(Clone, Copy)]
enum MeantItem {
    /// A keyword, which is read in its place.
    Keyword(&'static str),
    /// What to write, in words.
    Advice(&'static str),
}

use Context::{Bundle, Collection, Dns, File, Group, Policy, Snat, Test};
use MeantItem::{Advice, Keyword};

const TLS: &str = "write `tls \"CERTIFICATE\" \"KEY-VAULT-SECRET-ID\"`, and `inspect` after the rules whose traffic is to be inspected";
const LOOP: &str = "nothing is repeated: a bundle with parameters is applied once for each value";

/// Words that begin an item in other languages, without regard to case, `-` and `_`, with the places where they do.
const WORDS: &[(&[&str], &[Context], MeantItem)] = &[
    (&["threatintelmode", "threatintelligence", "threatintelligencemode"], &[Policy, Bundle], Keyword("threat-intel")),
    (&["tier", "skuname", "skutier"], &[Policy, Bundle], Keyword("sku")),
    (&["region"], &[Policy, Bundle], Keyword("location")),
    (&["rulecollectiongroup", "rulegroup"], &[Policy, Bundle], Keyword("group")),
    (
        &["intrusiondetection", "ids", "ips", "idpsmode"],
        &[Policy, Bundle],
        Advice("write `idps alert`, `idps deny` or `idps off`"),
    ),
    (
        &["dnsproxy", "dnssettings", "dnsservers", "proxyenabled", "enableproxy"],
        &[Policy, Bundle],
        Advice("write `dns { proxy on  servers 10.0.0.10 }`"),
    ),
    (
        &["privateipranges", "privateranges", "snatprivateranges"],
        &[Policy, Bundle],
        Advice("write `snat { private 10.0.0.0/8 }`"),
    ),
    (
        &["basepolicy", "basepolicyid", "parent", "parentpolicy", "inherits", "extends"],
        &[Policy],
        Advice("the base is in the header: `policy NAME inherits BASE { … }`"),
    ),
    (&["name"], &[Policy, Group, Collection], Advice("the name comes after the keyword, as in `policy NAME { … }`")),
    (
        &["type", "apiversion", "resourcegroup", "resourcegroupname", "subscription", "subscriptionid", "zones", "id"],
        &[Policy],
        Advice("leave it out: the artefacts or the deployment have it"),
    ),
    (&["priority"], &[Policy], Advice("a policy has no priority; a group has: `group NAME priority 200 { … }`")),
    (
        &["priority", "action"],
        &[Group, Collection],
        Advice("it is in the header: `group NAME priority 200 { … }`, `collection NAME priority 200 allow { … }`"),
    ),
    (
        &["rule", "rules", "networkrulecollection", "applicationrulecollection", "natrulecollection", "rulecollection"],
        &[Policy],
        Advice("rules are written in groups: `group NAME { web: allow https from ADDRESSES to HOSTS }`"),
    ),
    (
        &["rule", "rules", "sourceaddresses", "destinationaddresses", "destinationfqdns", "targetfqdns", "protocols"],
        &[Group, Collection],
        Advice("a rule is one sentence: `web: allow https from ADDRESSES to HOSTS`"),
    ),
    (
        &["else", "default", "implicit", "defaultaction"],
        &[Policy, Group, Collection, Bundle],
        Advice("leave it out: the implicit deny covers it"),
    ),
    (&["regions", "locations"], &[Policy], Advice("a policy is in one region: `location westeurope`")),
    (&["tlsinspection", "transportsecurity", "certificateauthority"], &[Policy], Advice(TLS)),
    (
        &["if"],
        &[Group, Collection, Bundle, Policy],
        Advice("a condition is `when NAME { … }` on a flag, or `when NAME = VALUE { … }`"),
    ),
    (&["for", "foreach", "loop"], &[File, Policy, Group, Collection, Bundle], Advice(LOOP)),
    (&["privateranges", "privateipranges", "ranges"], &[Snat], Keyword("private")),
    (&["dnsservers", "server", "nameservers"], &[Dns], Keyword("servers")),
    (&["enableproxy", "proxyenabled", "requestproxy"], &[Dns], Keyword("proxy")),
    (&["description"], &[Policy, Group, Collection], Advice("`## TEXT` before an item describes it")),
    (&["var", "const", "define", "alias"], &[File], Keyword("let")),
    (&["ipgroups", "ipset", "addressgroup", "objectgroup"], &[File], Keyword("ip-group")),
    (&["firewallpolicy"], &[File], Keyword("policy")),
    (&["routetable"], &[File], Keyword("routes")),
    (&["include", "source", "load"], &[File], Keyword("import")),
    (&["require", "using"], &[File], Keyword("use")),
    (
        &["variable", "parameter", "parameters", "input"],
        &[File],
        Advice("a parameter is written `param NAME: text = \"…\"`"),
    ),
    (&["locals"], &[File], Advice("a set is defined by `let NAME = …`, without a block")),
    (
        &["resource", "data", "module", "provider", "terraform", "output"],
        &[File],
        Advice("that is Terraform: fwc reads it from files that end with `.tf`, and `fwc import` makes a source of it"),
    ),
    (&["assert", "check", "verify", "should", "must"], &[Test], Keyword("expect")),
];

/// Words of other languages for `inherits`.
const INHERITS: [&str; 8] = ["extends", "from", "parent", "base", "based", "inherit", "inheriting", "is"];

impl<'t> Parser<'t> {
    /// An item as another language writes it: what is read in its place, or what to write.
    pub(super) fn foreign_item(&mut self) -> Option<Result<Production<'t>, Lost>> {
        if self.place() == Context::File && self.at_bare_definition() {
            self.missing_let();
            return Some(Ok((ItemKind::Let.node(), Self::bare_definition)));
        }
        let word = self.word()?;
        let plain: String = word.chars().filter(|c| !matches!(c, '-' | '_')).collect::<String>().to_lowercase();
        let here = self.place();
        let (_, _, meant) =
            WORDS.iter().find(|(words, places, _)| words.contains(&plain.as_str()) && places.contains(&here))?;
        let found = Diagnostic::new(Code::FW0109, self.token_span(self.at), self.no_item(word));
        Some(match *meant {
            Keyword(keyword) => {
                self.misspelt_as(Applicability::Safe, found.help(format!("write `{keyword}`")), keyword)
            }
            Advice(advice) => self.lost(found.help(advice)),
        })
    }

    /// Whether a name comes next, and a sign with a set after it: a definition that lacks its `let`.
    fn at_bare_definition(&self) -> bool {
        let sign = self.solid_from(self.at + 1);
        let behind = self.solid_from(sign + 1);
        self.word().is_some_and(super::is_name)
            && matches!(self.tokens.kind(sign), TokenKind::Equals | TokenKind::Colon)
            && matches!(self.tokens.kind(behind), TokenKind::Word | TokenKind::String | TokenKind::LeftBracket)
            && !self.first_on_line(behind)
            && !matches!(self.token_text(behind), "allow" | "deny" | "dnat")
    }

    fn missing_let(&mut self) {
        let (name, span) = (self.token_text(self.at), self.token_span(self.at));
        let found = Diagnostic::new(Code::FW0109, span, self.no_item(name));
        let edit = Edit::new(SourceSpan::new(self.file, span.start, span.start), "let ");
        let help = format!("write `let {} = …` to define a set", shorten(name));
        self.mend_as(Applicability::Maybe, found.help(help), vec![edit]);
    }

    /// `name "=" list`, where `let` is missing.
    fn bare_definition(&mut self) -> ParserRead {
        self.name("a name")?;
        self.expect_sign(TokenKind::Equals, "=", "`=`")?;
        self.list("a set")
    }

    /// A sign that other languages have between a header and its block.
    pub(super) fn sign_before_block(&mut self) {
        let is_sign = matches!(self.kind(), TokenKind::Colon | TokenKind::Equals);
        if !is_sign || self.next_kind() != TokenKind::LeftBrace {
            return;
        }
        let sign = self.token_text(self.at);
        let found = Diagnostic::new(Code::FW0101, self.token_span(self.at), format!("expected `{{`, found `{sign}`"));
        let edit = self.removal(self.at);
        self.mend(found.help(format!("leave out the `{sign}`")), vec![edit]);
        self.bump();
    }

    /// Whether the word names the base of a policy in another language.
    pub(super) fn is_base_word(&self, word: &str) -> bool {
        self.place() == Context::File && INHERITS.iter().any(|known| same_word(known, word))
    }

    /// Another language's way to name the base of a policy; returns whether there is one, which then is read as `inherits`.
    pub(super) fn inherits_otherwise(&mut self) -> bool {
        let is_name = |p: &Self| {
            let next = p.solid_from(p.at + 1);
            matches!(p.tokens.kind(next), TokenKind::Word | TokenKind::String) && !p.first_on_line(next)
        };
        let is_word = self.word().is_some_and(|word| self.is_base_word(word));
        if !(is_word || self.at(TokenKind::Colon)) || !is_name(self) {
            return false;
        }
        let (span, text) = (self.token_span(self.at), self.token_text(self.at));
        let found = Diagnostic::new(Code::FW0101, span, format!("expected `inherits` or `{{`, found `{text}`"));
        let written = if self.at(TokenKind::Colon) { " inherits" } else { "inherits" };
        self.mend(found.help("write `inherits` before the name of the base"), vec![Edit::new(span, written)]);
        true
    }

    /// `let NAME: KIND = SET`, whose kind the language infers; returns whether a kind was there.
    pub(super) fn stated_kind(&mut self) -> bool {
        let kind = self.solid_from(self.at + 1);
        let equals = self.solid_from(kind + 1);
        let is_kind = self.at(TokenKind::Colon)
            && self.tokens.kind(kind) == TokenKind::Word
            && self.tokens.kind(equals) == TokenKind::Equals
            && !self.first_on_line(equals);
        if !is_kind {
            return false;
        }
        let last = self.token_span(self.taken.saturating_sub(1));
        let found = Diagnostic::new(Code::FW0101, self.token_span(kind), "the kind of a set is not stated");
        let edit = Edit::new(SourceSpan::new(self.file, last.end, self.token_span(kind).end), "");
        self.mend(found.help("leave it out: what the set holds tells its kind"), vec![edit]);
        while self.at < equals {
            self.bump();
        }
        true
    }

    /// Another kind of sign before what a parameter is of, or none: `param env text`, and a default without `=`.
    pub(super) fn parameter_kind(&mut self) -> ParserRead {
        if self.at(TokenKind::Equals) {
            let found = self.surprise("`:` and the kind of the parameter");
            return self.lost(found.help("write `: text`, or another kind, before the `=`"));
        }
        if !self.at(TokenKind::Word) || self.first_on_line(self.at) || self.at_next_item() {
            return self.expect(TokenKind::Colon, "`:` and the kind of the parameter");
        }
        let last = self.token_span(self.taken.saturating_sub(1));
        let point = SourceSpan::new(self.file, last.end, last.end);
        let message = format!("expected `:` and the kind of the parameter, found `{}`", self.token_text(self.at));
        let found = Diagnostic::new(Code::FW0101, point, message).help("write `:` before the kind");
        self.mend(found, vec![Edit::new(point, ":")]);
        Ok(())
    }

    /// Whether a default comes next that lacks its `=`, which is reported.
    pub(super) fn default_without_equals(&mut self) -> bool {
        let is_value = matches!(self.kind(), TokenKind::String)
            || self.word().is_some_and(|word| !self.is_keyword(word)) && self.next_kind() != TokenKind::Colon;
        if !is_value || self.first_on_line(self.at) {
            return false;
        }
        let last = self.token_span(self.taken.saturating_sub(1));
        let point = SourceSpan::new(self.file, last.end, last.end);
        let message = format!("expected `=` before the default, found `{}`", self.token_text(self.at));
        let found = Diagnostic::new(Code::FW0101, point, message).help("write `=` before it");
        self.mend(found, vec![Edit::new(point, " =")]);
        true
    }

    /// A name of a module that no comma sets apart from the one before, which is reported.
    pub(super) fn module_without_comma(&mut self) -> bool {
        let is_name = self.word().is_some_and(|word| super::is_name(word) && !self.is_keyword(word))
            && !self.first_on_line(self.at)
            && !matches!(self.next_kind(), TokenKind::Colon | TokenKind::Equals);
        if !is_name {
            return false;
        }
        let last = self.token_span(self.taken.saturating_sub(1));
        let point = SourceSpan::new(self.file, last.end, last.end);
        let found = self.surprise("`,` or the next item").help("separate the modules by `,`");
        self.mend(found, vec![Edit::new(point, ",")]);
        true
    }

    /// The value of a setting that another word means, as it is written here.
    pub(super) fn plain_value(&mut self) {
        let (span, text) = (self.token_span(self.at), self.token_text(self.at));
        if let Some(plain) = value_of(unquoted(text)).filter(|plain| *plain != text && self.mended.is_some()) {
            let found = Diagnostic::new(Code::FW0101, span, format!("expected `{plain}`, found `{}`", shorten(text)));
            self.mend(found.help(format!("write `{plain}`")), vec![Edit::new(span, plain)]);
        }
    }

    /// Settings that other languages write without their block, as in `dns proxy on`.
    pub(super) fn without_block(&self, found: Diagnostic, place: Context) -> Diagnostic {
        let Some(word) = self.word().filter(|_| !self.first_on_line(self.at)) else { return found };
        let is_switch = place == Context::Dns && matches!(word, "on" | "off" | "true" | "false");
        if !is_switch && super::super::keyword::keyword(place, word).is_none() {
            return found;
        }
        let last = (self.at..self.tokens.len())
            .take_while(|&index| {
                !self.token_text(index).contains('\n') && self.tokens.kind(index) != TokenKind::RightBrace
            })
            .filter(|&index| !self.tokens.kind(index).is_trivia())
            .last();
        let whole = self.token_span(self.at).to(self.token_span(last.unwrap_or(self.at)));
        let key = if is_switch { "proxy " } else { "" };
        let written = format!("{{ {key}{} }}", self.text.get(whole.range()).unwrap_or(""));
        let help = format!("write `{}`", shorten(&written));
        found.replaced(Applicability::Maybe, whole, &written, help)
    }

    /// The label of a rule with another sign than `:` after it, or without one, as other languages name things; returns whether
    /// there is one.
    pub(super) fn label_with_other_sign(&mut self) -> bool {
        let sign = self.solid_from(self.at + 1);
        let is_verb = |index: usize| matches!(self.token_text(index), "allow" | "deny" | "dnat");
        let text = self.token_text(sign);
        let is_other = matches!(self.tokens.kind(sign), TokenKind::Equals | TokenKind::ColonColon | TokenKind::Arrow)
            || self.tokens.kind(sign) == TokenKind::Unknown && text == "-";
        let is_label = matches!(self.kind(), TokenKind::Word | TokenKind::String)
            && (is_other && is_verb(self.solid_from(sign + 1)) || self.at(TokenKind::String) && is_verb(sign))
            && self.place().has_rules();
        if is_label {
            let label = self.token_span(self.at);
            let end = if is_other { self.token_span(sign).end } else { label.end };
            let found = Diagnostic::new(
                Code::FW0101,
                self.token_span(sign),
                format!("expected `:` after a label, found `{text}`"),
            );
            let edit = Edit::new(SourceSpan::new(self.file, label.end, end), ":");
            self.mend(found.help(format!("write `{}:`", self.token_text(self.at))), vec![edit]);
        }
        is_label
    }

    /// Whether some item of the file defines the name.
    pub(super) fn is_defined(&self, name: &str) -> bool {
        (0..self.tokens.len()).any(|index| {
            matches!(self.token_text(index), "let" | "param" | "ip-group")
                && self.token_text(self.solid_from(index + 1)) == name
        })
    }
}

/// The value that the word is for settings with a closed list of values, without regard to case.
pub(super) fn value_of(word: &str) -> Option<&'static str> {
    const VALUES: [&str; 7] = ["off", "alert", "deny", "basic", "standard", "premium", "on"];
    match word.to_lowercase().as_str() {
        "true" => Some("on"),
        "false" => Some("off"),
        word => VALUES.into_iter().find(|value| *value == word),
    }
}
