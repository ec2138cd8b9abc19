//! Columns of adjacent lines.

use crate::syntax::{NodeKind, TokenKind, TreePart};

use super::LINE_LIMIT;
use super::lines::FormatLine;

/// How much longer than the shortest cell of a column the longest may be for the column to be aligned.
const MOST_SPREAD: usize = 40;
/// The same for the keywords of settings, so that one long keyword does not push all values away.
const MOST_SPREAD_OF_KEYWORDS: usize = 7;

/// The text of each line, with columns and comments aligned.
pub(super) fn align(lines: Vec<FormatLine>) -> Vec<String> {
    let mut texts = Vec::with_capacity(lines.len());
    for mut rest in lines.chunk_by(|a, b| a.sort.is_some() && a.sort == b.sort && a.indent == b.indent) {
        while let (run, behind) = rest.split_at(alike(rest))
            && !run.is_empty()
        {
            let widths = widths(run);
            texts.extend(run.iter().map(|line| join(line, &widths)));
            rest = behind;
        }
    }
    align_comments(&lines, &mut texts);
    texts
}

/// How many lines, from the first on, have first cells of about one length.
fn alike(lines: &[FormatLine]) -> usize {
    let is_setting = lines.first().is_some_and(|line| line.sort == Some((NodeKind::Setting, false)));
    let most_spread = if is_setting { MOST_SPREAD_OF_KEYWORDS } else { MOST_SPREAD };
    let (mut least, mut most) = (usize::MAX, 0);
    let is_alike = |line: &&FormatLine| {
        if let [first, _, ..] = line.cells.as_slice() {
            least = least.min(count(first));
            most = most.max(count(first));
        }
        most.saturating_sub(least) <= most_spread
    };
    lines.iter().take_while(is_alike).count()
}

/// The width of each column that is aligned: the first ones of the run, as many as can be.
fn widths(run: &[FormatLine]) -> Vec<usize> {
    let most = run.iter().map(|line| line.cells.len()).max().unwrap_or(0).saturating_sub(1);
    let mut widths: Vec<usize> = (0..most).map_while(|column| width(run, column)).collect();
    while run.iter().any(|line| length(line, &widths) > LINE_LIMIT && length(line, &[]) <= LINE_LIMIT) {
        widths.pop();
    }
    widths
}

/// The width of a column, unless it would leave gaps that are too wide.
fn width(run: &[FormatLine], column: usize) -> Option<usize> {
    let ended = run.iter().filter(|line| line.cells.len() > column + 1);
    let lengths = ended.filter_map(|line| line.cells.get(column)).map(|cell| count(cell));
    let (least, most) = lengths.fold((usize::MAX, 0), |(least, most), length| (least.min(length), most.max(length)));
    (most.saturating_sub(least) <= MOST_SPREAD).then_some(most)
}

fn length(line: &FormatLine, widths: &[usize]) -> usize {
    let ends = line.cells.len().saturating_sub(1);
    let widths = widths.iter().copied().take(ends).map(Some).chain(std::iter::repeat(None));
    let cells = line.cells.iter().zip(widths).map(|(cell, width)| width.unwrap_or(0).max(count(cell)));
    line.indent + cells.sum::<usize>() + ends
}

fn join(line: &FormatLine, widths: &[usize]) -> String {
    let mut text = " ".repeat(line.indent);
    for (index, cell) in line.cells.iter().enumerate() {
        text.push_str(cell);
        if index + 1 < line.cells.len() {
            let padding = widths.get(index).map_or(0, |width| width.saturating_sub(count(cell)));
            text.extend(std::iter::repeat_n(' ', padding + 1));
        }
    }
    text.truncate(text.trim_end().len());
    text
}

/// Puts the comments of adjacent lines under one another.
fn align_comments(lines: &[FormatLine], texts: &mut [String]) {
    let mut rest = texts;
    for run in lines.chunk_by(|a, b| a.comment.is_some() && b.comment.is_some()) {
        let (texts, behind) = rest.split_at_mut(run.len());
        rest = behind;
        let column = comment_column(run, texts);
        for (line, text) in run.iter().zip(texts) {
            let Some(comment) = &line.comment else { continue };
            let padding = column.saturating_sub(count(text)).max(2);
            text.extend(std::iter::repeat_n(' ', padding));
            text.push_str(comment);
        }
    }
}

/// Two blanks after the longest line, or 0 where each comment had better follow its own line.
fn comment_column(run: &[FormatLine], texts: &[String]) -> usize {
    let lengths = || texts.iter().map(|text| count(text));
    let most = lengths().max().unwrap_or(0);
    let spread = most - lengths().min().unwrap_or(0);
    let pushed_over = run.iter().zip(lengths()).any(|(line, length)| {
        let comment = 2 + line.comment.as_deref().map_or(0, count);
        length + comment <= LINE_LIMIT && most + comment > LINE_LIMIT
    });
    if spread > MOST_SPREAD || pushed_over { 0 } else { most + 2 }
}

fn count(text: &str) -> usize {
    text.chars().count()
}

/// Whether a column begins at a part of a node of `kind`, the one with `index`; `is_last` if no part follows it.
pub(super) fn opens_cell(kind: NodeKind, index: usize, part: TreePart<'_>, is_last: bool) -> bool {
    use NodeKind::{Argument, From, List, Name, Outside, Services, Target, Term, To};
    let is = |kinds: &[NodeKind]| match part {
        TreePart::Token(_) => false,
        TreePart::Node(node) => kinds.contains(&node.kind()),
    };
    let is_token = |kind: TokenKind| match part {
        TreePart::Token(token) => token.kind() == kind,
        TreePart::Node(_) => false,
    };
    match columns_of(kind) {
        LineColumns::Definition => is_token(TokenKind::Equals),
        LineColumns::Entry => {
            index > 0 && (is(&[Name]) || is_token(TokenKind::Equals) || kind == Argument && is(&[List]))
        }
        LineColumns::Rule => is(&[Services, From, To, Target]) || index > 0 && is_token(TokenKind::Word),
        LineColumns::Expectation => is(&[Services, From, To, Outside]),
        LineColumns::Setting => match index {
            1 => is(&[Term, List]) || is_token(TokenKind::Equals) || is_token(TokenKind::Word),
            2 => is_last && is(&[Term, List]),
            _ => false,
        },
        LineColumns::None => false,
    }
}

/// Which parts of a node begin columns.
enum LineColumns {
    Definition,
    /// A parameter or an argument.
    Entry,
    Rule,
    Expectation,
    Setting,
    None,
}

fn columns_of(kind: NodeKind) -> LineColumns {
    use NodeKind::{
        Annotation, Apply, Argument, Arguments, AsIs, Atom, Block, Braces, Bundle, Call, Carried, Collection, Dnat,
        Error, Except, Expect, File, Firewall, Flag, For, From, Group, Header, Import, Inherits, IpGroup, Json, Label,
        Let, List, Name, Outside, Param, Parameter, Parameters, Path, Policy, Priority, PrivateEndpoint, Routes, Rule,
        Service, Services, Setting, Target, Term, Test, Text, To, Use, When,
    };
    match kind {
        Let | IpGroup => LineColumns::Definition,
        Parameter | Argument => LineColumns::Entry,
        Rule | Dnat => LineColumns::Rule,
        Expect => LineColumns::Expectation,
        Setting => LineColumns::Setting,
        File | Use | Import | Param | Bundle | Policy | Group | Collection | Apply | When | Firewall | Routes
        | PrivateEndpoint | Test | Error | Block | Name | Label | Annotation | Inherits | Priority | Parameters
        | Arguments | Services | From | To | Target | Outside | Flag | Header | Carried | AsIs | For | Json | List
        | Term | Except | Atom | Path | Call | Text | Service | Braces => LineColumns::None,
    }
}
