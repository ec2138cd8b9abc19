//! What an `apply` that does not fit its bundle is to be, as a call with all its arguments.

use crate::diag::{Applicability, Code, Diagnostic, Edit, Fix};
use crate::source::SourceSpan;
use crate::syntax::{NodeKind, SyntaxNode, Token, TokenKind, ast};

use super::eval::{EvalEnv, Evaluator};
use super::eval_meant::example;
use super::scope::Binding;
use super::set::SetKind;

/// Reports an `apply` some of whose arguments have no names, with the names that their places tell; returns whether there is
/// one.
pub(super) fn unnamed<'s>(
    evaluator: &mut Evaluator<'s>,
    item: SyntaxNode<'s>,
    bundle: SyntaxNode<'s>,
    binding: Binding<'s>,
    env: &EvalEnv,
) -> bool {
    let arguments = || item.child(NodeKind::Arguments).into_iter().flat_map(|all| all.children_of(NodeKind::Argument));
    let has_name = |argument: &SyntaxNode<'s>| argument.child(NodeKind::Name).is_some();
    let Some(first) = arguments().find(|argument| !has_name(argument)) else { return false };
    let named: Vec<&str> = arguments().filter(has_name).filter_map(ast::name).map(Token::text).collect();
    let parameters = || bundle.child(NodeKind::Parameters).into_iter().flat_map(|all| all.children());
    let mut free = parameters().filter_map(ast::name).map(Token::text).filter(|name| !named.contains(name));
    let mut edits = Vec::new();
    for term in arguments().filter(|argument| !has_name(argument)).flat_map(terms) {
        let (at, Some(name)) = (term.span(), free.next()) else { continue };
        edits.push(Edit::new(SourceSpan::new(at.file, at.start, at.start), format!("{name}: ")));
    }
    let start = terms(first).next().map_or(first.span(), SyntaxNode::span);
    let found =
        Diagnostic::new(Code::FW0205, start, "an argument without its name").related(binding.at, "defined here");
    let message = format!("write `{}`", call(item, &edits));
    evaluator.push(env, found.help(message.as_str()).fix(Fix { message, applicability: Applicability::Maybe, edits }));
    true
}

fn terms(argument: SyntaxNode<'_>) -> impl Iterator<Item = SyntaxNode<'_>> {
    argument.child(NodeKind::List).into_iter().flat_map(|list| list.children_of(NodeKind::Term))
}

/// Shows the call with the arguments that are missing, each with a value of its kind.
pub(super) fn with_arguments(found: Diagnostic, item: SyntaxNode<'_>, missing: &[(&str, SetKind)]) -> Diagnostic {
    let Some(arguments) = item.child(NodeKind::Arguments) else { return found };
    let Some(closing) = arguments.token(TokenKind::RightParen) else { return found };
    let last = arguments.children_of(NodeKind::Argument).last().map(|last| last.span().end);
    let ends_in_comma = arguments.tokens().filter(|token| token.kind() == TokenKind::Comma).last();
    let ends_in_comma = ends_in_comma.is_some_and(|comma| last.is_some_and(|last| comma.span().start >= last));
    let values: Vec<String> = missing.iter().map(|(name, kind)| format!("{name}: {}", example(*kind))).collect();
    let before = if last.is_none() || ends_in_comma { "" } else { ", " };
    let at = last.filter(|_| !ends_in_comma).unwrap_or(closing.span().start);
    let at = SourceSpan::new(closing.span().file, at, at);
    let edits = vec![Edit::new(at, format!("{before}{}", values.join(", ")))];
    let message = format!("write `{}`", call(item, &edits));
    found.help(message.as_str()).fix(Fix { message, applicability: Applicability::Display, edits })
}

/// The `apply` with the edits made, on one line.
fn call(item: SyntaxNode<'_>, edits: &[Edit]) -> String {
    let core = ast::core(item);
    let text = item.text().get((core.start - item.span().start) as usize..).unwrap_or("");
    let moved: Vec<Edit> = edits
        .iter()
        .map(|edit| {
            let by = |at: u32| at.saturating_sub(core.start);
            Edit::new(SourceSpan::new(edit.at.file, by(edit.at.start), by(edit.at.end)), edit.text.as_str())
        })
        .collect();
    crate::diag::edited(text, &moved).split_whitespace().collect::<Vec<_>>().join(" ")
}
