//! Items: what a file, a policy, a group and a bundle hold.

use crate::diag::{Code, Diagnostic};

use super::super::connective::Connective;
use super::super::keyword::{Context, Keyword, KeywordForm, keyword};
use super::super::kind::{ItemKind, NodeKind, TokenKind};
use super::{Lost, Parser, ParserRead};

/// An item's kind and the function that reads it.
pub(super) type Production<'t> = (NodeKind, fn(&mut Parser<'t>) -> ParserRead);

impl<'t> Parser<'t> {
    /// `file = { item }`
    pub(super) fn file(&mut self) {
        let opened = self.builder.open(NodeKind::File, 0);
        self.places.push(Context::File);
        self.yaml();
        while !self.at(TokenKind::End) {
            if self.at(TokenKind::RightBrace) {
                self.stray_brace();
            } else if !self.stray_separator() {
                self.item();
            }
        }
        self.builder.close(opened, self.tokens.len());
    }

    /// `block = "{" { item } "}"`
    pub(super) fn block(&mut self, place: Context) -> ParserRead {
        self.deeper(|p| p.node(NodeKind::Block, |p| p.block_body(place)))
    }

    fn block_body(&mut self, place: Context) -> ParserRead {
        let opening = self.token_span(self.at);
        self.expect(TokenKind::LeftBrace, "`{`")?;
        self.places.push(place);
        self.closed = self.mended;
        let closed = self.block_items();
        self.places.pop();
        if !closed {
            let message = format!("the `{{` of {} is never closed", place.name());
            self.report(Diagnostic::new(Code::FW0104, opening, message).help("close it with `}`"));
        }
        Ok(())
    }

    /// Reads the items and the closing brace; returns whether the brace was there.
    fn block_items(&mut self) -> bool {
        loop {
            if self.eat(TokenKind::RightBrace) {
                return true;
            }
            if self.at(TokenKind::End) || self.at_item_of_outer_block() {
                return false;
            }
            if !self.stray_separator() {
                self.item();
            }
        }
    }

    /// `item = { description | annotation } , [ label ":" ] , …`
    fn item(&mut self) {
        let opened = self.builder.open(NodeKind::Error, self.at);
        let depth = self.depth;
        let before = self.at;
        self.item_start = self.at;
        let findings = self.diagnostics.len();
        // What other languages have on one line is one finding.
        let on_line = self.closed.filter(|_| !self.first_on_line(self.at));
        let outer = (std::mem::replace(&mut self.mended, on_line), std::mem::take(&mut self.broken));
        match self.item_kind() {
            Ok((kind, body)) => {
                self.builder.rename(opened, kind);
                let misspelt = self.diagnostics.len() > findings;
                let findings = self.diagnostics.len();
                let in_bracket = std::mem::take(&mut self.in_bracket);
                let read = body(self);
                if in_bracket && read.is_ok() {
                    self.end_of_rule_bracket();
                }
                if read.is_err() {
                    if misspelt {
                        // What does not fit may only show that another keyword was meant.
                        self.diagnostics.truncate(findings);
                        self.mended = self.mended.filter(|&at| at < findings);
                    }
                    self.depth = depth;
                    self.skip_to_next_item(before);
                }
            }
            Err(Lost) => self.skip_to_next_item(before),
        }
        if self.at == before {
            self.bump();
        }
        if self.broken {
            let broken = self.builder.open(NodeKind::Error, self.taken);
            self.builder.close(broken, self.taken);
        }
        self.closed = self.mended;
        (self.mended, self.broken) = outer;
        self.builder.close(opened, self.taken);
    }

    /// Reads what comes before an item and finds out which one it is.
    ///
    /// A keyword that is misspelt is a finding; the item is read as if it were not, so that what is inside is seen.
    fn item_kind(&mut self) -> Result<Production<'t>, Lost> {
        self.item_dash();
        self.prefix()?;
        self.quoted_key();
        let labelled = matches!(self.kind(), TokenKind::Word | TokenKind::String)
            && self.next_kind() == TokenKind::Colon
            && self.place().has_rules()
            && !self.at_setting_with_colon()
            || self.label_with_other_sign();
        if labelled {
            self.label()?;
            self.in_bracket = self.rule_bracket();
        }
        if self.place() == Context::Tags {
            return Ok((NodeKind::Setting, Self::tag));
        }
        let quoted = self.key().filter(|_| self.mended.is_some() && self.at(TokenKind::String));
        match self.word().or(quoted).and_then(|word| keyword(self.place(), word)) {
            Some(Keyword { form: KeywordForm::Item(kind), .. }) if !labelled || is_rule(*kind) => {
                Ok((kind.node(), production(*kind)))
            }
            Some(Keyword { form: KeywordForm::Setting(_), .. }) if !labelled => Ok((NodeKind::Setting, Self::setting)),
            Some(_) => self.unexpected("`allow`, `deny` or `dnat` after the label"),
            None if labelled => self.unexpected_behind_label(),
            None => self.unknown_item(),
        }
    }

    /// Whether a setting comes next that has a `:` before its value, and no label.
    fn at_setting_with_colon(&self) -> bool {
        let behind = self.solid_from(self.solid_from(self.at + 1) + 1);
        let found = self.key().and_then(|key| keyword(self.place(), key));
        let takes_value = |form: KeywordForm| match form {
            KeywordForm::Setting(_) => true,
            KeywordForm::Item(kind) => is_rule(kind),
        };
        found.is_some_and(|found| takes_value(found.form))
            && !matches!(self.token_text(behind), "allow" | "deny" | "dnat")
    }

    /// Descriptions and annotations, in any order.
    fn prefix(&mut self) -> ParserRead {
        loop {
            match self.kind() {
                TokenKind::Doc => self.bump(),
                TokenKind::At => self.node(NodeKind::Annotation, Self::annotation)?,
                TokenKind::End | TokenKind::RightBrace if self.taken > 0 => {
                    let last = self.token_span(self.taken - 1);
                    let message = "no item follows the description or annotation";
                    return self.lost(Diagnostic::new(Code::FW0106, last, message));
                }
                _ => return Ok(()),
            }
        }
    }

    /// `annotation = "@" name [ "(" value { "," value } ")" ]`
    fn annotation(&mut self) -> ParserRead {
        self.bump();
        if self.word().is_some_and(|word| self.is_keyword(word)) {
            return self.missing("the name of an annotation");
        }
        self.expect_name("the name of an annotation, such as `owner`")?;
        if !self.eat(TokenKind::LeftParen) {
            return Ok(());
        }
        while !self.at(TokenKind::RightParen) {
            self.atom_or_text("a word or a string")?;
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        self.expect(TokenKind::RightParen, "`,` or `)`")
    }

    fn label(&mut self) -> ParserRead {
        self.node(NodeKind::Label, |p| {
            p.title("a label")?;
            if !matches!(p.word(), Some("allow" | "deny" | "dnat")) {
                p.bump();
            }
            Ok(())
        })
    }

    /// `use = "use" name { "," name }`
    fn use_(&mut self) -> ParserRead {
        self.bump();
        self.expect_name("the name of a catalogue module")?;
        while self.eat(TokenKind::Comma) || self.module_without_comma() {
            self.expect_name("the name of a catalogue module")?;
        }
        Ok(())
    }

    /// `import = "import" string`
    fn import(&mut self) -> ParserRead {
        self.bump();
        self.expect_string("the path of a file, such as `\"network.pol\"`")
    }

    /// `let = "let" name "=" list` and `ip-group = "ip-group" resource-name "=" list`
    fn definition(&mut self) -> ParserRead {
        let names_resource = self.at_word("ip-group");
        self.bump();
        if names_resource {
            self.resource_name("a name")?
        } else {
            self.expect_name("a name")?;
            self.words_of_name();
        }
        self.stated_kind();
        self.expect_sign(TokenKind::Equals, "=", "`=`")?;
        self.further_name()?;
        self.list("a set")
    }

    /// `param = "param" parameter`
    fn param(&mut self) -> ParserRead {
        self.bump();
        self.node(NodeKind::Parameter, Self::parameter)
    }

    /// `parameter = name ":" kind [ "=" list ]`
    fn parameter(&mut self) -> ParserRead {
        self.expect_name("the name of a parameter")?;
        if !self.eat(TokenKind::Colon) {
            self.parameter_kind()?;
        }
        self.expect_name("`addresses`, `hosts`, `services`, `text`, `number` or `flag`")?;
        let has_default = self.eat(TokenKind::Equals) || self.default_without_equals();
        if has_default { self.list("a default") } else { Ok(()) }
    }

    /// `bundle = "bundle" name parameters block`
    fn bundle(&mut self) -> ParserRead {
        self.with_block(Context::Bundle, |p| {
            p.bump();
            p.expect_name("the name of the bundle")?;
            p.node(NodeKind::Parameters, |p| p.in_parens(Self::parameter, NodeKind::Parameter))
        })
    }

    /// Entries in round brackets, joined by commas, a last comma allowed.
    fn in_parens(&mut self, entry: fn(&mut Self) -> ParserRead, kind: NodeKind) -> ParserRead {
        self.expect(TokenKind::LeftParen, "`(`")?;
        self.entries = true;
        let read = self.entries(entry, kind);
        self.entries = false;
        read?;
        self.expect(TokenKind::RightParen, "`,` or `)`")
    }

    /// Entries joined by commas. A list inside an entry may have taken the comma after it.
    fn entries(&mut self, entry: fn(&mut Self) -> ParserRead, kind: NodeKind) -> ParserRead {
        while !self.at(TokenKind::RightParen) {
            self.node(kind, entry)?;
            if !self.eat(TokenKind::Comma) && !self.taken_comma() {
                break;
            }
        }
        Ok(())
    }

    fn taken_comma(&self) -> bool {
        self.taken > 0 && self.tokens.kind(self.taken - 1) == TokenKind::Comma
    }

    /// `policy = "policy" name [ "inherits" ( name | "external" string ) ] block`
    fn policy(&mut self) -> ParserRead {
        self.with_block(Context::Policy, |p| {
            p.bump();
            p.stray_sign("policy");
            p.resource_name("the name of the policy")?;
            p.words_of_name();
            if !p.at_word(Connective::Inherits.word()) && !p.inherits_otherwise() {
                return Ok(());
            }
            p.node(NodeKind::Inherits, |p| {
                p.bump();
                p.stray_sign(Connective::Inherits.word());
                if p.at_word(Connective::External.word()) && p.next_kind() == TokenKind::String {
                    p.bump();
                    return p.expect_string("the path of an export");
                }
                p.resource_name("the name of a policy, or `external \"export.json\"`")
            })
        })
    }

    /// `group = "group" name [ priority ] block`
    fn group(&mut self) -> ParserRead {
        self.with_block(Context::Group, |p| {
            p.bump();
            p.stray_sign("group");
            p.name_or_string("the name of the group")?;
            p.words_of_name();
            p.priority()
        })
    }

    /// `collection = "collection" name [ priority ] ( "allow" | "deny" | "dnat" ) block`
    fn collection(&mut self) -> ParserRead {
        self.with_block(Context::Collection, |p| {
            p.bump();
            p.name_or_string("the name of the collection")?;
            p.words_of_name();
            p.priority()?;
            if p.eat_word("allow") || p.eat_word("deny") || p.eat_word("dnat") {
                return Ok(());
            }
            p.unexpected("`allow`, `deny` or `dnat`")
        })
    }

    /// `resource-name = name | string`: Azure takes names with dots, which only a string can say.
    fn resource_name(&mut self, what: &str) -> ParserRead {
        if !self.at(TokenKind::String) {
            return self.expect_name(what);
        }
        self.node(NodeKind::Name, |p| {
            p.check_string();
            p.bump();
            Ok(())
        })
    }

    fn name_or_string(&mut self, what: &str) -> ParserRead {
        if self.at_next_item() {
            return self.missing(what);
        }
        self.node(NodeKind::Name, |p| p.title(what))
    }

    /// `title = word | string`, where the word may hold dots and `{param}`s
    fn title(&mut self, what: &str) -> ParserRead {
        if self.at(TokenKind::String) {
            self.check_string();
        } else if self.word().is_none_or(|word| word.contains(['*', '/']) || word.starts_with('-')) {
            return self.unexpected(what);
        }
        self.bump();
        Ok(())
    }

    fn priority(&mut self) -> ParserRead {
        self.bare_priority();
        if !self.at_word(Connective::Priority.word()) {
            return Ok(());
        }
        self.node(NodeKind::Priority, |p| {
            p.bump();
            p.stray_sign(Connective::Priority.word());
            p.atom("a priority from 100 to 65000")
        })
    }

    /// `rule = ( "allow" | "deny" ) list "from" list "to" list [ "inspect" ] { header | carried } [ "as-is" ]`
    fn rule(&mut self) -> ParserRead {
        let action = self.token_text(self.at);
        self.bump();
        self.stray_sign(action);
        self.label_after_verb();
        self.ends("a service, such as `https` or `tcp/443`")?;
        for flag in Connective::flags() {
            if self.at_connective(flag) {
                self.node(NodeKind::Flag, |p| {
                    p.bump();
                    Ok(())
                })?;
            }
        }
        while self.at_connective(Connective::With) {
            if self.at_carried() { self.carried()? } else { self.header()? }
        }
        self.as_is()
    }

    /// `[ "as-is" ]`
    fn as_is(&mut self) -> ParserRead {
        if !self.at_connective(Connective::AsIs) {
            return Ok(());
        }
        self.node(NodeKind::AsIs, |p| {
            p.bump();
            Ok(())
        })
    }

    /// `dnat = "dnat" list "from" list "to" list "->" atom [ ":" port ] { carried } [ "as-is" ]`
    fn dnat(&mut self) -> ParserRead {
        self.bump();
        self.label_after_verb();
        self.ends("a service, such as `tcp/443`")?;
        self.node(NodeKind::Target, |p| {
            p.expect(TokenKind::Arrow, "`->` and where the flow goes")?;
            p.target()?;
            if !p.eat(TokenKind::Colon) {
                return Ok(());
            }
            if p.word().is_some_and(|word| p.is_keyword(word)) { p.missing("a port") } else { p.port("a port") }
        })?;
        while self.at_carried() {
            self.carried()?;
        }
        self.as_is()
    }

    /// Where a flow goes; the next rule's label, with its keyword after it, is no target.
    fn target(&mut self) -> ParserRead {
        let colon = self.solid_from(self.at + 1);
        let behind = self.solid_from(colon + 1);
        let labels_rule =
            self.tokens.kind(colon) == TokenKind::Colon && keyword(self.place(), self.token_text(behind)).is_some();
        let ends = labels_rule || self.keyword_begins_item() || self.keyword_begins_block();
        if ends { self.missing("an address or a host name") } else { self.primary("an address or a host name") }
    }

    /// `apply = "apply" path arguments`
    fn apply(&mut self) -> ParserRead {
        self.bump();
        if self.keyword_begins_block() {
            return self.missing("the name of a bundle");
        }
        self.path("the name of a bundle")?;
        if !self.at(TokenKind::LeftParen) {
            return self.unexpected("`(` and the arguments");
        }
        self.node(NodeKind::Arguments, |p| p.in_parens(Self::argument, NodeKind::Argument))
    }

    /// `argument = name ":" list`
    fn argument(&mut self) -> ParserRead {
        if self.at_unnamed_argument() {
            return self.unnamed_argument();
        }
        if self.at(TokenKind::String) {
            self.quoted_name();
            self.bump();
        } else {
            self.expect_name("the name of a parameter")?;
        }
        self.expect_sign(TokenKind::Colon, ":", "`:` and a value")?;
        self.list("a value")
    }

    /// `when = "when" name [ "=" term ] block`
    fn when(&mut self) -> ParserRead {
        self.with_block(Context::Bundle, |p| {
            p.bump();
            p.expect_name("the name of a parameter")?;
            if p.eat(TokenKind::Equals) { p.term("a value") } else { Ok(()) }
        })
    }

    fn firewall(&mut self) -> ParserRead {
        self.named_block(Context::Firewall, "the name of the firewall")
    }

    fn routes(&mut self) -> ParserRead {
        self.with_block(Context::Routes, |p| {
            p.bump();
            p.resource_name("the name of the route table")
        })
    }

    fn private_endpoint(&mut self) -> ParserRead {
        self.named_block(Context::PrivateEndpoint, "the name of the private endpoint")
    }

    fn named_block(&mut self, place: Context, what: &str) -> ParserRead {
        self.with_block(place, |p| {
            p.bump();
            p.expect_name(what)
        })
    }

    /// `expect = "expect" ( "allow" | "deny" | "private" ) list "from" list "to" list [ "outside" list ]`
    fn expect_(&mut self) -> ParserRead {
        self.bump();
        self.stray_sign("expect");
        if !(self.eat_word("allow") || self.eat_word("deny") || self.eat_word("private")) {
            return self.unexpected("`allow`, `deny` or `private`");
        }
        self.ends("a service, such as `https` or `any`")?;
        if !self.at_connective(Connective::Outside) {
            return Ok(());
        }
        self.node(NodeKind::Outside, |p| {
            p.bump();
            p.list("a set")
        })
    }

    /// `test = "test" string [ "for" name ] block`
    fn test(&mut self) -> ParserRead {
        self.with_block(Context::Test, |p| {
            p.bump();
            p.expect_string("what the test shows, as a string")?;
            if !p.at_word(Connective::For.word()) {
                return Ok(());
            }
            p.node(NodeKind::For, |p| {
                p.bump();
                p.resource_name("the name of a policy")
            })
        })
    }

    /// A header and a block. A wrong header is one finding, and the block is read all the same.
    fn with_block(&mut self, place: Context, header: impl FnOnce(&mut Self) -> ParserRead) -> ParserRead {
        let read = header(self).and_then(|()| {
            self.sign_before_block();
            if self.at(TokenKind::LeftBrace) { Ok(()) } else { self.unexpected("`{`") }
        });
        match read {
            Ok(()) => self.block(place),
            Err(lost) if !self.skip_to_block() => Err(lost),
            Err(_) => self.block(place),
        }
    }
}

fn is_rule(kind: ItemKind) -> bool {
    matches!(kind, ItemKind::Rule | ItemKind::Dnat)
}

/// The function that reads an item of `kind`.
pub(super) fn production<'t>(kind: ItemKind) -> fn(&mut Parser<'t>) -> ParserRead {
    match kind {
        ItemKind::Use => |p| p.use_(),
        ItemKind::Import => |p| p.import(),
        ItemKind::Let | ItemKind::IpGroup => |p| p.definition(),
        ItemKind::Param => |p| p.param(),
        ItemKind::Bundle => |p| p.bundle(),
        ItemKind::Policy => |p| p.policy(),
        ItemKind::Group => |p| p.group(),
        ItemKind::Collection => |p| p.collection(),
        ItemKind::Rule => |p| p.rule(),
        ItemKind::Dnat => |p| p.dnat(),
        ItemKind::Apply => |p| p.apply(),
        ItemKind::When => |p| p.when(),
        ItemKind::Firewall => |p| p.firewall(),
        ItemKind::Routes => |p| p.routes(),
        ItemKind::PrivateEndpoint => |p| p.private_endpoint(),
        ItemKind::Expect => |p| p.expect_(),
        ItemKind::Test => |p| p.test(),
    }
}
