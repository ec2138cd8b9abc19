//! Where there are colours, and those in the source lines of findings.
//!
//! The renderer colours what it draws around a line and leaves the line itself plain; here the line gets the colours that
//! the editor grammar gives it.

use std::ffi::OsStr;
use std::io::IsTerminal;
use std::sync::OnceLock;

use anstyle::{AnsiColor, Style};

use crate::diag::{self, Severity};
use crate::syntax::{Connective, TokenKind, keywords, lex};

const KEYWORD: Style = AnsiColor::Blue.on_default().bold();
const LITERAL: Style = AnsiColor::Cyan.on_default();
const TEXT: Style = AnsiColor::Green.on_default();
const COMMENT: Style = Style::new().dimmed();

/// When there are colours.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum Colours {
    /// On a terminal, unless the environment states otherwise.
    #[default]
    Auto,
    Always,
    Never,
}

/// What the command line states of colours.
static WANTED: OnceLock<Colours> = OnceLock::new();

/// Sets what the command line states of colours; only the first call does.
pub(super) fn want(colours: Colours) {
    let _ = WANTED.set(colours);
}

/// Whether what is written to a stream has colours: as the command line states, else the environment, else on a terminal.
pub(super) fn style_of(stream: &impl IsTerminal) -> diag::RenderStyle {
    let is_coloured = match WANTED.get().copied().unwrap_or_default() {
        Colours::Always => {
            takes_codes();
            true
        }
        Colours::Never => false,
        Colours::Auto => environment().unwrap_or_else(|| stream.is_terminal() && takes_codes()),
    };
    if is_coloured { diag::RenderStyle::Coloured } else { diag::RenderStyle::Plain }
}

/// Whether the terminal understands codes. The console of Windows prints them as text until it is told to understand them.
fn takes_codes() -> bool {
    static TAKES: OnceLock<bool> = OnceLock::new();
    // Of other systems it is not known, and terminals do.
    *TAKES.get_or_init(|| anstyle_query::windows::enable_ansi_colors() != Some(false))
}

/// What the environment states of colours: `NO_COLOR`, then `CLICOLOR_FORCE`, `CLICOLOR=0` and a terminal that has none.
fn environment() -> Option<bool> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let is = |name: &str, value: &str| set(name).as_deref() == Some(OsStr::new(value));
    if set("NO_COLOR").is_some() {
        return Some(false);
    }
    if set("CLICOLOR_FORCE").is_some() && !is("CLICOLOR_FORCE", "0") {
        return Some(true);
    }
    (is("CLICOLOR", "0") || is("TERM", "dumb")).then_some(false)
}

/// A text in the colour of a severity.
pub(super) fn of_severity(severity: Severity, text: &str, style: diag::RenderStyle) -> String {
    let colour = match severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Note => AnsiColor::Cyan,
    };
    painted(colour.on_default().bold(), text, style)
}

/// A text in the colour of what is as it should be.
pub(super) fn good(text: &str, style: diag::RenderStyle) -> String {
    painted(AnsiColor::Green.on_default(), text, style)
}

fn painted(with: Style, text: &str, style: diag::RenderStyle) -> String {
    match style {
        diag::RenderStyle::Plain => text.to_owned(),
        diag::RenderStyle::Coloured => format!("{with}{text}{with:#}"),
    }
}

/// A rendered finding with its source lines coloured.
pub(super) fn source_lines(rendered: &str) -> String {
    let lines: Vec<String> = rendered.lines().map(line).collect();
    lines.join("\n")
}

/// A line that begins with a number and a bar holds source after the bar.
fn line(text: &str) -> String {
    let Some((margin, source)) = split_margin(text) else { return text.to_owned() };
    let numbered = plain(margin).trim_start().starts_with(|c: char| c.is_ascii_digit());
    if !numbered || source.contains('\u{1b}') {
        return text.to_owned();
    }
    format!("{margin}{}", coloured(source))
}

/// Splits after the first bar and the codes that end its style.
fn split_margin(text: &str) -> Option<(&str, &str)> {
    let bar = text.find('|')?;
    let after = text.get(bar + 1..)?;
    let codes = after.strip_prefix("\u{1b}[0m").map_or(0, |_| "\u{1b}[0m".len());
    Some(text.split_at(bar + 1 + codes))
}

/// The text without its style codes.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut parts = text.split('\u{1b}');
    plain.extend(parts.next());
    for part in parts {
        plain.push_str(part.split_once('m').map_or("", |(_, rest)| rest));
    }
    plain
}

fn coloured(source: &str) -> String {
    let mut text = String::new();
    lex(source, |kind, token| match style(kind, token) {
        Some(style) => text.push_str(&format!("{style}{token}{style:#}")),
        None => text.push_str(token),
    });
    text
}

fn style(kind: TokenKind, token: &str) -> Option<Style> {
    match kind {
        TokenKind::Comment | TokenKind::Doc => Some(COMMENT),
        TokenKind::String => Some(TEXT),
        TokenKind::Word if Connective::of(token).is_some_and(Connective::is_of_clauses) => Some(KEYWORD),
        TokenKind::Word if keywords().iter().any(|keyword| keyword.word == token) => Some(KEYWORD),
        TokenKind::Word if token.contains(['.', '*', '/']) => Some(LITERAL),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_source_lines_are_coloured_and_no_text_is_lost() {
        let rendered =
            "\u{1b}[1m12\u{1b}[0m \u{1b}[1m|\u{1b}[0m allow https from a to x.com # why\n   \u{1b}[1m|\u{1b}[0m ^^^^^";
        let coloured = source_lines(rendered);
        assert_eq!(plain(&coloured), plain(rendered));
        assert!(coloured.contains(&format!("{KEYWORD}allow{KEYWORD:#}")), "{coloured:?}");
        assert!(coloured.contains(&format!("{LITERAL}x.com{LITERAL:#}")), "{coloured:?}");
        assert!(coloured.ends_with("^^^^^"));
    }
}
