//! `grammar/egress.tmLanguage.json`, made from the keyword table, and tried on the shipped files.

use std::sync::Arc;

use fancy_regex::Regex;
use fwc::intent::table::predefined_services;
use fwc::source::Files;
use fwc::syntax::{KeywordForm, NodeKind, SyntaxNode, TokenKind, ast, keywords, parse};
use serde_json::{Value, json};

use super::keywords::{check_generated, words};

/// A word of the language, as `lexer.rs` reads it but for `{param}`s.
const WORD: &str = r"[\p{L}\p{N}._*-]*[\p{L}\p{N}._*]";
const SETTING: &str = "keyword.other.setting.egress";

/// Where no word goes on.
const START: &str = r"(?<![\p{L}\p{N}._*{}-])";
const END: &str = r"(?![\p{L}\p{N}._*{-])";

#[test]
fn the_textmate_grammar_is_what_the_keyword_table_says() {
    let mut text = serde_json::to_string_pretty(&textmate()).unwrap();
    text.push('\n');
    check_generated("egress.tmLanguage.json", &text);
}

fn textmate() -> Value {
    let any = |words: &[&str]| {
        let mut words = words.to_vec();
        // Longer words first, so that `private-ip` is not read as `private`.
        words.sort_by_key(|word| (std::cmp::Reverse(word.len()), *word));
        format!("(?:{})", words.join("|"))
    };
    let items: Vec<&str> = words().into_iter().filter(|word| !is_setting(word)).collect();
    let items = any(&items);
    let settings: Vec<&str> = words().into_iter().filter(|word| is_setting(word)).collect();
    let settings = any(&settings);
    let services: Vec<&str> = predefined_services().map(|(name, _)| name).collect();
    let services = any(&[services.as_slice(), &["http", "https", "mssql", "tcp", "udp", "icmp"]].concat());
    // An item begins a line, or stands behind a brace, a label or an annotation, or, in a block that is closed on the
    // line, two blanks behind another one.
    let item_start = r"(?:(?:^|(?<=[{}:)]))\s*|(?<=\S)\s{2,}(?=[^{}#]*\}))";
    // A setting has no label and no annotation; behind `:` and `)` its word is a name, or the `to` of a rule.
    let setting_start = item_start.replace("[{}:)]", "[{}]");
    let no_label = r"(?!\s*:(?!:))";
    json!({
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "name": "Egress policy",
        "scopeName": "source.egress",
        "fileTypes": ["pol"],
        "patterns": [
            { "name": "comment.line.documentation.egress", "match": "##.*$" },
            { "name": "comment.line.number-sign.egress", "match": "#.*$" },
            {
                "match": format!(r#"(?:^|(?<=[{{}}]))\s*({WORD}|"(?:[^"\\]|\\.)*")\s*(?=:(?!:))"#),
                "captures": { "1": { "name": "entity.name.function.label.egress" } }
            },
            {
                "name": "string.quoted.double.egress", "begin": "\"", "end": "\"|$",
                "patterns": [
                    { "name": "constant.character.escape.egress", "match": r#"\\(?:u\{[0-9A-Fa-f]{1,6}\}|.)|\{\{|\}\}"# },
                    { "name": "variable.parameter.egress", "match": r"\{[\p{L}_][\p{L}\p{N}_-]*\}" }
                ]
            },
            { "match": format!(r"(@)\s*({WORD})"), "captures": {
                "1": { "name": "punctuation.definition.annotation.egress" },
                "2": { "name": "storage.type.annotation.egress" } } },
            { "match": format!("{item_start}({items}){END}{no_label}"), "captures": { "1": { "name": "keyword.control.egress" } } },
            { "match": format!("{setting_start}({settings}){END}{no_label}"), "captures": { "1": { "name": SETTING } } },
            { "name": "constant.numeric.address.egress",
              "match": format!(r"{START}\d+\.\d+\.\d+\.\d+(?:/\d+|-\d+\.\d+\.\d+\.\d+)?{END}") },
            { "name": "constant.other.date.egress", "match": format!(r"{START}\d{{4}}-\d{{2}}-\d{{2}}{END}") },
            { "name": "string.unquoted.host.egress",
              "match": r"(?<![\p{L}\p{N}._*{}-])(?=[\p{L}\p{N}._*{}-]*[.*])(?:[\p{L}\p{N}._*]|-(?!>)|\{[\p{L}_][\p{L}\p{N}_-]*\})+" },
            { "name": "keyword.operator.word.egress",
              "match": format!("{START}(?:from|to|except|outside|inherits|external|priority|inspect|with|header|for|via){END}{no_label}") },
            { "name": "support.function.egress", "match": r"(?:ip-group|fqdn-tag|category|host|tag|url)(?=\()" },
            { "name": "keyword.control.egress", "match": format!("{START}(?:allow|deny|dnat){END}{no_label}") },
            { "name": "constant.language.egress", "match": format!("{START}(?:any-host|any|internet|private|on|off){END}{no_label}") },
            { "name": "support.constant.service.egress", "match": format!("{START}{services}{END}{no_label}") },
            { "name": "constant.numeric.egress", "match": format!(r"{START}\d+(?:-\d+)?{END}") },
            { "name": "keyword.operator.egress", "match": "->|::|[=/,:]" },
            { "name": "variable.other.egress", "match": WORD }
        ]
    })
}

/// A scope for each byte of the line: the name of the rule that matched it.
fn scopes(grammar: &Rules, line: &str) -> Vec<String> {
    let mut scopes = vec![String::new(); line.len()];
    let mut at = 0;
    while at < line.len() {
        let found = grammar.0.iter().filter_map(|rule| Some((rule, rule.starts.captures_from_pos(line, at).unwrap()?)));
        let first = found.min_by_key(|(_, captures)| captures.get(0).unwrap().start());
        let Some((rule, captures)) = first else { break };
        let whole = captures.get(0).unwrap();
        let mut end = whole.end();
        if let Some(ends) = &rule.ends {
            end = rule.end_of(ends, line, end);
        }
        scopes[whole.start()..end].fill(rule.name.clone());
        for (group, name) in &rule.captures {
            if let Some(part) = captures.get(*group) {
                scopes[part.range()].fill(name.clone());
            }
        }
        at = end.max(at + line[at..].chars().next().unwrap().len_utf8());
    }
    scopes
}

struct Rules(Vec<Rule>);

struct Rule {
    name: String,
    starts: Regex,
    ends: Option<Regex>,
    inner: Rules,
    captures: Vec<(usize, String)>,
}

impl Rules {
    fn new(patterns: &Value) -> Self {
        let regex = |value: &Value| Regex::new(value.as_str().unwrap()).unwrap();
        let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
        let rules = patterns.as_array().into_iter().flatten().map(|pattern| Rule {
            name: text(&pattern["name"]),
            starts: regex(pattern.get("match").unwrap_or(&pattern["begin"])),
            ends: pattern.get("end").map(regex),
            inner: Rules::new(&pattern["patterns"]),
            captures: pattern["captures"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(group, capture)| (group.parse().unwrap(), text(&capture["name"])))
                .collect(),
        });
        Self(rules.collect())
    }
}

impl Rule {
    /// Where what the rule began ends, what its inner rules match left out.
    fn end_of(&self, ends: &Regex, line: &str, mut at: usize) -> usize {
        loop {
            let end = ends.find_from_pos(line, at).unwrap().unwrap();
            let inner = self.inner.0.iter().filter_map(|rule| rule.starts.find_from_pos(line, at).unwrap());
            match inner.min_by_key(|found| found.start()).filter(|found| found.start() < end.start()) {
                Some(found) => at = found.end(),
                None => return end.end(),
            }
        }
    }
}

#[test]
fn shipped_files_are_coloured_as_they_are_read() {
    let rules = Rules::new(&textmate()["patterns"]);
    for (path, text) in crate::shipped::shipped() {
        let name = path.display().to_string();
        let scopes: Vec<Vec<String>> = text.lines().map(|line| scopes(&rules, line)).collect();
        let mut files = Files::new();
        let file = files.add(&name, text.as_str());
        let parsed = parse(file, Arc::from(text.as_str()));
        let source = files.get(file).unwrap();
        let expected = expected(parsed.tree.root());
        for (start, wanted) in &expected {
            let start = *start;
            let position = source.position(start as u32);
            let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
            let found = &scopes[position.line - 1][start - line_start];
            let line = text.lines().nth(position.line - 1).unwrap();
            assert!(found.starts_with(wanted), "{name}:{}: `{line}`: {wanted}, found {found:?}", position.line);
        }
        let coloured = scopes.iter().flatten().filter(|scope| *scope == SETTING).count();
        let keywords = expected.iter().filter(|(_, scope)| *scope == "keyword.");
        let settings = keywords.map(|&(start, _)| text[start..].split([' ', '\n']).next().unwrap());
        let settings = settings.filter(|word| is_setting(word));
        assert_eq!(coloured, settings.map(str::len).sum::<usize>(), "{name}: nothing else is coloured as a setting");
    }
}

/// Where comments, strings, keywords, labels, addresses and hosts begin, and the scope that each should have.
fn expected(root: SyntaxNode<'_>) -> Vec<(usize, &'static str)> {
    let mut wanted = Vec::new();
    for token in root.all_tokens() {
        let text = token.text();
        let scope = match token.kind() {
            TokenKind::Comment => "comment.line.number-sign",
            TokenKind::Doc => "comment.line.documentation",
            TokenKind::String => "string.quoted",
            TokenKind::Word if is_address(text) => "constant.numeric.address",
            TokenKind::Word if text.contains(['.', '*']) && !text.starts_with("AzureCloud") => "string.unquoted.host",
            _ => continue,
        };
        wanted.push((token.span().start as usize, scope));
    }
    items(root, &mut |item| {
        let keyword = ast::word(item).filter(|word| keywords().iter().any(|keyword| keyword.word == word.text()));
        wanted.extend(keyword.map(|word| (word.span().start as usize, "keyword.")));
        let label = item.child(NodeKind::Label).and_then(ast::word_or_string);
        wanted.extend(label.map(|label| (label.span().start as usize, "entity.name")));
    });
    wanted
}

fn items<'t>(node: SyntaxNode<'t>, visit: &mut impl FnMut(SyntaxNode<'t>)) {
    for child in node.children() {
        if matches!(node.kind(), NodeKind::File | NodeKind::Block) {
            visit(child);
        }
        items(child, visit);
    }
}

/// Whether the word begins settings only.
fn is_setting(word: &str) -> bool {
    keywords()
        .iter()
        .filter(|keyword| keyword.word == word)
        .all(|keyword| matches!(keyword.form, KeywordForm::Setting(_)))
}

fn is_address(word: &str) -> bool {
    word.contains('.') && word.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '/' | '-'))
}
