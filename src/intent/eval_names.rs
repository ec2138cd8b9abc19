//! The names of resources, which may hold `{param}`s.

use crate::source::SourceSpan;
use crate::syntax::ast::{self, FileItem};
use crate::syntax::{TextPiece, Token, pieces};

use super::eval::{EvalEnv, Evaluator};
use super::scope::rename;

impl<'s> Evaluator<'s> {
    /// Fills in the `{param}`s of the names of resources.
    pub(super) fn fill_in_names(&mut self) {
        let sources = self.sources;
        for (file, _) in sources.units() {
            let named = sources.items(file).filter(names_resource).filter_map(|item| ast::name(*item));
            for token in named.filter(|token| token.text().contains('{')) {
                if let Some(name) = self.text(token, &EvalEnv::of(file)) {
                    rename(&mut self.scopes, token, &name, &mut self.diagnostics);
                }
            }
        }
    }

    /// Where the `{param}` was given its value to which it is due that Azure refuses a name: one that states something that no
    /// name has, else the first. Nothing where the rest of the name is wrong, or has none.
    pub(super) fn due_to(&mut self, token: Token<'s>, env: &EvalEnv) -> Option<SourceSpan> {
        let mut given: Vec<(String, SourceSpan)> = Vec::new();
        for piece in pieces(token.text()).ok()? {
            match piece {
                TextPiece::Literal(text) if !is_plain(&text) => return None,
                TextPiece::Literal(_) => {}
                TextPiece::Param(name) => {
                    let scalar = self.name(&name, token.span(), env).scalars.into_iter().next()?;
                    given.push((scalar.value.text().to_owned(), scalar.at));
                }
            }
        }
        let strange = given.iter().find(|(text, _)| text.is_empty() || !is_plain(text));
        strange.or(given.first()).map(|(_, at)| *at)
    }
}

/// Whether the item names a resource that others refer to by its name.
fn names_resource(item: &FileItem<'_>) -> bool {
    matches!(item, FileItem::Policy(_) | FileItem::IpGroup(_) | FileItem::Firewall(_))
}

/// Whether the text has only what may be in the name of a resource.
fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}
