//! Values of `--set` that no `when` mentions.

use crate::diag::{Code, Diagnostic, Diagnostics, Severity, nearest, or_list};
use crate::syntax::ast::{self, NodeView};
use crate::syntax::{NodeKind, SyntaxNode, Token, TokenKind, unquoted};

use super::sources::{ParameterSetting, Sources};

/// Reports each value of `--set` that is compared with others only. Where one of them is nearly spelt so it is a warning, for
/// then a part of the source is dropped silently; else a note, where the parameter serves for nothing but to be compared.
pub(super) fn check(sources: &Sources, diagnostics: &mut Diagnostics) {
    for name in sources.setting_names() {
        let Some(setting) = sources.setting(name) else { continue };
        let Some(parameter) = parameter(sources, name) else { continue };
        let mut uses = MentionedUses::default();
        for (_, unit) in sources.units().filter(|(_, unit)| !unit.is_module) {
            uses.collect(unit.tree.root(), name);
        }
        diagnostics.extend(finding(name, setting, parameter, &uses));
    }
}

/// The `param` of that name, if it is a text.
fn parameter<'s>(sources: &'s Sources, name: &str) -> Option<SyntaxNode<'s>> {
    let own = sources.units().filter(|(_, unit)| !unit.is_module).flat_map(|(_, unit)| unit.tree.root().children());
    let parameters =
        own.filter(|item| item.kind() == NodeKind::Param).filter_map(|item| item.child(NodeKind::Parameter));
    let is_it = |parameter: &SyntaxNode<'_>| {
        let mut names = parameter.children_of(NodeKind::Name).filter_map(ast::word);
        names.next().is_some_and(|own| own.text() == name) && names.next().is_some_and(|kind| kind.text() == "text")
    };
    parameters.into_iter().find(is_it)
}

fn finding(
    name: &str,
    setting: &ParameterSetting,
    parameter: SyntaxNode<'_>,
    uses: &MentionedUses<'_>,
) -> Option<Diagnostic> {
    let given = setting.raw.as_str();
    let default = parameter.child(NodeKind::List).map(|list| unquoted(list.text()));
    let is_mentioned = uses.values.contains(&given) || default == Some(given);
    if uses.values.is_empty() || is_mentioned {
        return None;
    }
    let at = setting.parsed.tree.root().span();
    let found = Diagnostic::new(Code::FW0218, at, format!("no `when` mentions `{given}` as a value of `{name}`"));
    let found = found.related(ast::name(parameter).map_or(parameter.span(), |name| name.span()), "this parameter");
    match nearest(given, uses.values.iter().copied()) {
        Some(near) => Some(found.help(format!("did you mean `{near}`?"))),
        None if uses.elsewhere => None,
        None => {
            let values = or_list(uses.values.iter().copied());
            Some(found.severity(Severity::Note).help(format!("it is compared with {values}")))
        }
    }
}

/// What a parameter serves for.
#[derive(Default)]
struct MentionedUses<'s> {
    /// The values that a `when` compares it with.
    values: Vec<&'s str>,
    /// Whether it is used otherwise too.
    elsewhere: bool,
}

impl<'s> MentionedUses<'s> {
    fn collect(&mut self, node: SyntaxNode<'s>, name: &str) {
        for child in node.children() {
            let hides = child.kind() == NodeKind::Param || child.kind() == NodeKind::Bundle && has_own(child, name);
            let compares = ast::When::of(child).filter(|when| ast::name(**when).is_some_and(|own| own.text() == name));
            if let Some(when) = compares {
                let value = when.child(NodeKind::Term).map(|term| unquoted(term.text()));
                let new = value.filter(|value| !self.values.contains(value));
                self.values.extend(new);
                when.child(NodeKind::Block).into_iter().for_each(|block| self.collect(block, name));
            } else if !hides {
                self.elsewhere |= child.tokens().any(|token| names(token, name));
                self.collect(child, name);
            }
        }
    }
}

/// Whether the bundle has a parameter of its own of that name.
fn has_own(bundle: SyntaxNode<'_>, name: &str) -> bool {
    let parameters = bundle.child(NodeKind::Parameters).into_iter().flat_map(|all| all.children());
    parameters.into_iter().filter_map(ast::name).any(|own| own.text() == name)
}

fn names(token: Token<'_>, name: &str) -> bool {
    let is_text = matches!(token.kind(), TokenKind::Word | TokenKind::String);
    let is_name = token.kind() == TokenKind::Word && token.text() == name;
    is_name || is_text && token.text().contains(&format!("{{{name}}}"))
}
