//! Settings: the items that [`super::super::keyword`] describes part by part, and what is after `with` in a rule.

use super::super::connective::Connective;
use super::super::keyword::{KeywordForm, SettingPart, keyword};
use super::super::kind::{NodeKind, TokenKind};
use super::{Parser, ParserRead};

impl Parser<'_> {
    /// A keyword and its parts.
    pub(super) fn setting(&mut self) -> ParserRead {
        let read_as = self.read_as.take();
        let key = read_as.or(self.key()).unwrap_or_default().to_owned();
        let parts = match keyword(self.place(), &key) {
            Some(found) => match found.form {
                KeywordForm::Setting(parts) => parts,
                KeywordForm::Item(_) => &[],
            },
            None => &[],
        };
        self.bump();
        let following = parts.iter().skip(1).copied().map(Some).chain([None]);
        parts.iter().zip(following).try_for_each(|(&part, next)| {
            self.stray_sign(&key);
            if read_as.is_some() {
                self.plain_value();
            }
            if part == SettingPart::Value && self.value_in_block() {
                return Ok(());
            }
            match (part, next) {
                (SettingPart::Value, Some(SettingPart::Value | SettingPart::List | SettingPart::Json)) => {
                    self.plain_term("a value")
                }
                (part, _) => self.setting_part(part),
            }
        })?;
        if matches!(parts, [SettingPart::Value]) {
            self.unquoted_words();
        }
        Ok(())
    }

    fn setting_part(&mut self, part: SettingPart) -> ParserRead {
        match part {
            SettingPart::Value => self.term("a value"),
            SettingPart::OptionalValue if self.at_value() => self.term("a value"),
            SettingPart::List => self.list("a value"),
            SettingPart::Word(word) => self.expect_word(word),
            SettingPart::Joined(word) => self.expect_word(word.word()),
            SettingPart::Optional(word) if self.at_word(word.word()) => {
                self.bump();
                self.term("a value")
            }
            SettingPart::OptionalList(word) if self.at_word(word.word()) => {
                self.bump();
                self.list("a value")
            }
            SettingPart::Block(place) if !self.at(TokenKind::LeftBrace) => {
                let found = self.without_block(self.surprise("`{`"), place);
                self.lost(found)
            }
            SettingPart::Block(place) => self.block(place),
            SettingPart::OptionalBlock(place) if self.at(TokenKind::LeftBrace) => self.block(place),
            SettingPart::OptionalValue
            | SettingPart::Optional(_)
            | SettingPart::OptionalList(_)
            | SettingPart::OptionalBlock(_) => Ok(()),
            SettingPart::Json if self.at_next_item() => self.missing("a JSON value"),
            SettingPart::Json => self.json(),
        }
    }

    /// Whether an optional value is here: a word that is not a keyword, or a string that is not a label.
    fn at_value(&self) -> bool {
        let is_value = match self.kind() {
            TokenKind::Word => self.word().is_some_and(|word| match word {
                "on" | "off" => true,
                _ if matches!(Connective::of(word), Some(Connective::Port | Connective::File)) => false,
                _ => !self.is_keyword(word),
            }),
            TokenKind::String => true,
            _ => false,
        };
        is_value && self.next_kind() != TokenKind::Colon
    }

    /// `tag = ( word | string ) "=" ( word | string )`
    pub(super) fn tag(&mut self) -> ParserRead {
        self.atom_or_text("the key of a tag")?;
        self.expect_sign(TokenKind::Equals, "=", "`=`")?;
        if self.next_kind() == TokenKind::Equals {
            return self.missing("the value of the tag");
        }
        self.atom_or_text("the value of the tag")
    }

    /// `header = "with" "header" string string`
    pub(super) fn header(&mut self) -> ParserRead {
        self.node(NodeKind::Header, |p| {
            p.bump();
            p.expect_word(Connective::Header.word())?;
            p.expect_string("the name of a header, as a string")?;
            p.expect_string("the value of the header, as a string")
        })
    }

    /// Whether `with azure` comes next.
    pub(super) fn at_carried(&self) -> bool {
        self.at_connective(Connective::With)
            && self.token_text(self.solid_from(self.at + 1)) == Connective::Azure.word()
    }

    /// `carried = "with" "azure" string json`
    pub(super) fn carried(&mut self) -> ParserRead {
        self.node(NodeKind::Carried, |p| {
            p.bump();
            p.expect_word(Connective::Azure.word())?;
            p.expect_string("the name of a property, as a string")?;
            if p.at_next_item() { p.missing("a JSON value") } else { p.json() }
        })
    }

    /// Any JSON value, taken whole; whether it is right JSON is found out when it is read.
    fn json(&mut self) -> ParserRead {
        self.node(NodeKind::Json, |p| {
            let mut open = Vec::new();
            loop {
                let closes = |opening| open.last() == Some(&opening);
                match p.kind() {
                    opening @ (TokenKind::LeftBrace | TokenKind::LeftBracket) => open.push(opening),
                    TokenKind::RightBrace if closes(TokenKind::LeftBrace) => drop(open.pop()),
                    TokenKind::RightBracket if closes(TokenKind::LeftBracket) => drop(open.pop()),
                    TokenKind::Word | TokenKind::String => {}
                    TokenKind::Comma | TokenKind::Colon | TokenKind::Unknown if !open.is_empty() => {}
                    _ => return p.unexpected("a JSON value"),
                }
                p.bump();
                if open.is_empty() {
                    return Ok(());
                }
            }
        })
    }
}
