//! Text to tree: nothing is lost, and one wrong line is one finding.

use std::sync::Arc;

use fwc::source::Files;
use fwc::syntax::{ParsedFile, parse};

use crate::shipped::shipped;

fn parse_text(text: &str) -> ParsedFile {
    let mut files = Files::new();
    let file = files.add("test.pol", text);
    parse(file, Arc::from(text))
}

fn messages(text: &str) -> Vec<String> {
    let mut files = Files::new();
    let file = files.add("test.pol", text);
    let parsed = parse(file, Arc::from(text));
    let source = files.get(file).unwrap();
    let line =
        |found: &fwc::diag::Diagnostic| source.position(found.at.as_ref().unwrap().at.span().unwrap().start).line;
    parsed.diagnostics.iter().map(|found| format!("{}: {} {}", line(found), found.code.id, found.message)).collect()
}

fn joined(parsed: &ParsedFile) -> String {
    parsed.tree.tokens().map(|token| token.text()).collect()
}

#[test]
fn shipped_files_parse_without_findings() {
    for (path, text) in shipped() {
        let name = path.display();
        assert_eq!(messages(&text), Vec::<String>::new(), "{name}");
        assert_eq!(joined(&parse_text(&text)), text, "{name}");
    }
}

#[test]
fn a_wrong_line_is_one_finding_at_that_line() {
    let before = "let a = 10.0.0.0/8\npolicy p {\n sku premium\n group g {\n  x: allow https from a to x.com\n";
    let after = "  y: allow https from a to y.com\n }\n}\nlet b = 10.0.0.0/8\n";
    for wrong in [
        "allow https frm a to x.com",
        "allow https from a",
        "allow https from a to",
        "z: allow https from a to x.com,",
        "z: allow https from a to x.com y.com",
        "z: alow https from a to x.com",
        "z allow https from a to x.com",
        "allow https from to x.com",
        "@@@",
        "%",
        "z: dnat tcp/443 from a to b",
        "apply x",
        "z: allow tcp/ from a to x.com",
        "z: allow {tcp from a to x.com",
        "allow https from (a) to x.com",
        "sku premium",
        "let q = 10.0.0.0/8",
        "z: allow https from a except (a to x.com",
    ] {
        let found = messages(&format!("{before}{wrong}\n{after}"));
        assert_eq!(found.len(), 1, "{wrong}: {found:#?}");
        assert!(found[0].starts_with("6:"), "{wrong}: {found:#?}");
    }
}

#[test]
fn a_wrong_line_inside_brackets_is_one_finding() {
    for text in [
        "policy p {\n group g {\n  apply x(\n   a: b,\n   c d,\n   e: f\n  )\n  y: allow https from a to y.com\n }\n}\n",
        "bundle b(\n a: hosts,\n c text,\n d: flag\n) {\n y: allow https from a to y.com\n}\nlet b = 10.0.0.0/8\n",
        "polcy p {\n sku premium\n expect deny any from a to b\n group g { }\n}\nlet b = 10.0.0.0/8\n",
        "policy p {\n group g {\n  allow { tcp udp }/53 from a to b\n  y: allow https from a to y.com\n }\n}\n",
    ] {
        let found = messages(text);
        assert_eq!(found.len(), 1, "{text}: {found:#?}");
    }
}

#[test]
fn names_may_be_spelt_like_connectives_and_keywords() {
    for text in [
        "policy p {\n group g {\n  allow any from a to b\n  inspect: deny any from from to to\n  with: allow tcp/1 from a to b\n }\n}",
        "policy p {\n explicit-proxy {\n  pac port 80 file \"f\"\n }\n}",
        "param group: text = policy\nlet except = 10.0.0.0/8\nlet b = except except except\n",
    ] {
        assert_eq!(messages(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_number_is_no_name() {
    assert_eq!(messages("let 443 = 10.0.0.0/8\nlet a = b\n").len(), 1);
}

/// The characters that a text brings along from elsewhere, each with its one finding.
#[test]
fn characters_from_elsewhere_are_named() {
    for (text, wanted) in [
        (
            "let no\u{200b}des = 10.0.0.0/8\n",
            "1: FW0103 U+200B (zero width space) is invisible, and has no meaning here",
        ),
        ("let a = \u{feff}10.0.0.0/8\n", "1: FW0103 U+FEFF (byte order mark) is invisible, and has no meaning here"),
        (
            "let no\u{202e}des = 10.0.0.0/8\n",
            "1: FW0112 U+202E (right-to-left override) changes the order in which the text is shown",
        ),
        ("s\u{202e}##\n$", "1: FW0112 U+202E (right-to-left override) changes the order in which the text is shown"),
        (
            "# a \u{202e}b\nlet a = 10.0.0.0/8\n",
            "1: FW0112 U+202E (right-to-left override) changes the order in which the text is shown",
        ),
        ("let a = \u{201c}b\u{201d}\n", "1: FW0103 `\u{201c}` is not a quotation mark of the language"),
        ("let a = 'b'\n", "1: FW0103 `'` is not a quotation mark of the language"),
        ("let a = 10.0.0.1\u{2013}10.0.0.9\n", "1: FW0103 `\u{2013}`, U+2013 (en dash) in a word"),
        ("/* a\n b */ let a = 10.0.0.0/8\n", "1: FW0101 `/*` is not the sign of a comment"),
    ] {
        assert_eq!(messages(text), [wanted], "{text}");
        assert_eq!(joined(&parse_text(text)), text);
    }
}

/// What joins letters in a comment or a string is none of them, nor is a byte order mark at the start.
#[test]
fn characters_that_are_used_in_text_are_left_alone() {
    let text = "\u{feff}# \u{1f468}\u{200d}\u{1f469} \u{5d0}\u{5d1}\nlet a = \"\u{1f468}\u{200d}\u{1f469}\"\n";
    assert_eq!(messages(text), Vec::<String>::new());
}
