//! Templates: texts with values, conditions and loops in them.

use super::ast::{ForPiece, TemplatePiece};
use super::budget::VALUE;
use super::evaluate::{HclEvaluator, HclResult};
use super::fault::WrongHcl;
use super::operators;
use super::scope::HclScope;
use super::value::{Data, HclValue};
use crate::source::LayoutStretch;

impl HclEvaluator<'_> {
    /// The text of a template; unknown where a piece of it is.
    pub(super) fn template(&mut self, pieces: &[TemplatePiece], at: LayoutStretch, scope: HclScope<'_>) -> HclResult {
        let mut text = TextBuilder::default();
        self.pieces(pieces, at, scope, &mut text)?;
        if text.unknown.is_empty() {
            return Ok(HclValue::text(text.plain));
        }
        let written = format!("\"{}\"", text.plain);
        Ok(match text.parts {
            Some(mut parts) => {
                parts.push(HclValue::text(text.plain.get(text.told..).unwrap_or_default()));
                HclValue::unknown_text(&written, parts)
            }
            None => HclValue::unknown_of(written, &text.unknown),
        })
    }

    fn pieces(
        &mut self,
        pieces: &[TemplatePiece],
        at: LayoutStretch,
        scope: HclScope<'_>,
        text: &mut TextBuilder,
    ) -> Result<(), WrongHcl> {
        for piece in pieces {
            match piece {
                TemplatePiece::Text(own) => self.push(own, at, text)?,
                TemplatePiece::Value(own) => {
                    let value = self.eval(own, scope)?;
                    self.push_value(&value, own.at, text)?;
                }
                TemplatePiece::If(condition, then, otherwise) => {
                    let truth = self.eval(condition, scope)?;
                    match operators::truth(&truth).map_err(|message| WrongHcl::new(condition.at, message))? {
                        Some(true) => self.pieces(then, at, scope, text)?,
                        Some(false) => self.pieces(otherwise, at, scope, text)?,
                        None => self.either(&truth, then, otherwise, at, scope, text)?,
                    }
                }
                TemplatePiece::For(own) => self.for_piece(own, at, scope, text)?,
            }
        }
        Ok(())
    }

    /// Both branches of a condition that is not known are a part of what tells the text from others.
    fn either(
        &mut self,
        truth: &HclValue,
        then: &[TemplatePiece],
        otherwise: &[TemplatePiece],
        at: LayoutStretch,
        scope: HclScope<'_>,
        text: &mut TextBuilder,
    ) -> Result<(), WrongHcl> {
        text.parts = None;
        self.push(&format!("%{{if {}}}", truth.written()), at, text)?;
        self.pieces(then, at, scope, text)?;
        self.push("%{else}", at, text)?;
        self.pieces(otherwise, at, scope, text)?;
        self.push("%{endif}", at, text)?;
        text.unknown.push(truth.clone());
        Ok(())
    }

    fn push(&mut self, own: &str, at: LayoutStretch, text: &mut TextBuilder) -> Result<(), WrongHcl> {
        self.charge(at, own.len())?;
        self.step(at, 1 + own.len() / VALUE)?;
        text.plain.push_str(own);
        Ok(())
    }

    fn push_value(&mut self, value: &HclValue, at: LayoutStretch, text: &mut TextBuilder) -> Result<(), WrongHcl> {
        match operators::text(value).map_err(|message| WrongHcl::new(at, message))? {
            Some(own) => self.push(&own, at, text),
            None => {
                let own = Self::parts(value);
                self.charge(at, own.len().saturating_mul(VALUE))?;
                if let Some(parts) = &mut text.parts {
                    parts.push(HclValue::text(text.plain.get(text.told..).unwrap_or_default()));
                    parts.extend(own);
                }
                self.push(&format!("${{{}}}", value.written()), at, text)?;
                text.told = text.plain.len();
                text.unknown.push(value.clone());
                Ok(())
            }
        }
    }

    /// The parts of a text that is not known, or what is not known itself.
    fn parts(value: &HclValue) -> Vec<HclValue> {
        match &value.data {
            Data::Unknown(unknown) if !unknown.parts.is_empty() => unknown.parts.clone(),
            Data::Null
            | Data::Bool(_)
            | Data::Number(_)
            | Data::Text(_)
            | Data::List(_)
            | Data::Object(_)
            | Data::Instance(_)
            | Data::Unknown(_) => vec![value.clone()],
        }
    }

    fn for_piece(
        &mut self,
        own: &ForPiece,
        at: LayoutStretch,
        scope: HclScope<'_>,
        text: &mut TextBuilder,
    ) -> Result<(), WrongHcl> {
        let collection = self.eval(&own.collection, scope)?;
        let Some(rounds) = self.rounds(&collection, own.collection.at)? else {
            text.parts = None;
            self.push(&format!("%{{for {}}}", collection.written()), at, text)?;
            text.unknown.push(collection);
            return Ok(());
        };
        for (key, value) in rounds {
            self.step(at, 1)?;
            let outer = own.key.as_ref().map(|name| scope.frame(name, key));
            let outer_scope = outer.as_ref().map_or(scope, |frame| scope.with(frame));
            let inner = outer_scope.frame(&own.value, value);
            self.pieces(&own.pieces, at, outer_scope.with(&inner), text)?;
        }
        Ok(())
    }
}

/// The text of a template so far.
struct TextBuilder {
    plain: String,
    /// The pieces that are not known, as `plain` has them written.
    unknown: Vec<HclValue>,
    /// What the text consists of, but for what follows the last piece that is not known; `None` where that is not known.
    parts: Option<Vec<HclValue>>,
    /// Where in `plain` what follows that piece begins.
    told: usize,
}

impl Default for TextBuilder {
    fn default() -> Self {
        Self { plain: String::new(), unknown: Vec::new(), parts: Some(Vec::new()), told: 0 }
    }
}
