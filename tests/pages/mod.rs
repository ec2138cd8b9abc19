//! The page of each code: its wrong example yields that code and nothing else, its right one no error and no warning.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use fwc::diag::{CODES, Code, CodeNeeds, Diagnostic, Severity};
use fwc::flow::WorkBudget;
use fwc::lint::codes as lints;
use fwc::resolve::{DnsAnswer, DnsAnswers, judge, questions};

use crate::understood::{linted, understand_with};

/// Codes whose wrong example cannot be without another: only a rule to every address takes all flows to a name.
const BESIDE: [(&str, &str); 1] = [("FW0310", "FW0707")];

/// A budget that no question is decided within.
const TINY: WorkBudget = WorkBudget { nodes: 1, bytes: 1 };

#[test]
fn each_page_is_that_of_its_code() {
    for code in CODES {
        let title = format!("# {} {}\n", code.id, code.name);
        assert!(code.page.starts_with(&title), "{}: its page begins otherwise", code.id);
        let headings: Vec<&str> = code.page.lines().filter(|line| line.starts_with("## ")).collect();
        assert!(
            matches!(headings.as_slice(), ["## Wrong", "## Right"] | ["## Wrong", "## Right", "## See also"]),
            "{}: {headings:?}",
            code.id
        );
    }
}

#[test]
fn no_page_is_orphaned() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/diag/pages");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let pages: BTreeSet<String> = fs::read_dir(folder).unwrap().map(name).collect();
    let codes: BTreeSet<String> = CODES.iter().map(|code| format!("{}.md", code.id)).collect();
    assert_eq!(pages, codes);
}

#[test]
fn a_page_speaks_of_codes_that_exist() {
    for code in CODES {
        let words = code.page.split(|c: char| !c.is_alphanumeric());
        for word in words.filter(|word| word.len() == 6 && word.starts_with("FW")) {
            assert!(CODES.iter().any(|known| known.id == word), "{}: {word}", code.id);
        }
    }
}

#[test]
fn the_wrong_example_yields_the_code_and_nothing_else() {
    for code in CODES {
        let budget = if *code == Code::FW0305 { TINY } else { WorkBudget::default() };
        let wrong = example(code, "## Wrong");
        // Other wrong examples yield those of lints by the way.
        let is_lint = lints().any(|lint| lint == *code) && code.needs == CodeNeeds::Source;
        let understood = if is_lint { linted(wrong) } else { understand_with(wrong, &[], &budget) };
        let found: BTreeSet<&str> = understood.diagnostics.iter().map(|found| found.code.id).collect();
        if code.needs == CodeNeeds::Answers {
            assert!(found.is_empty(), "{}:\n{}", code.id, understood.rendered());
            let (wrong, right) = (resolved(wrong), resolved(example(code, "## Right")));
            assert_eq!((wrong.as_slice(), right.as_slice()), ([code.id].as_slice(), [].as_slice()));
            continue;
        }
        if code.needs != CodeNeeds::Source {
            assert!(found.is_empty(), "{}: it needs no more than a source\n{}", code.id, understood.rendered());
            continue;
        }
        let beside = BESIDE.iter().filter(|(of, _)| *of == code.id).map(|(_, other)| *other);
        assert_eq!(found, beside.chain([code.id]).collect(), "\n{}", understood.rendered());
        let severe = |found: &Diagnostic| found.code.id != code.id || found.severity == code.severity;
        assert!(understood.diagnostics.iter().all(severe), "{}:\n{}", code.id, understood.rendered());
    }
}

#[test]
fn the_right_example_yields_no_error_and_no_warning() {
    for code in CODES {
        let understood = linted(example(code, "## Right"));
        let counts = |found: &&Diagnostic| found.severity > Severity::Note || found.code == *code;
        let found = understood.diagnostics.iter().filter(counts).count();
        assert_eq!(found, 0, "{}:\n{}", code.id, understood.rendered());
    }
}

/// The one `pol` block below a heading.
fn example(code: &Code, heading: &str) -> &'static str {
    let (_, below) = code.page.split_once(&format!("{heading}\n")).unwrap_or_else(|| panic!("{}: {heading}", code.id));
    let section = below.split_once("\n## ").map_or(below, |(section, _)| section);
    let (_, block) = section.split_once("```pol\n").unwrap_or_else(|| panic!("{}: {heading}", code.id));
    let (block, rest) = block.split_once("```").unwrap();
    assert!(!rest.contains("```"), "{}: one block is enough", code.id);
    block
}

/// What `resolve` finds in a source, by what the names in it begin with.
fn resolved(text: &str) -> Vec<&'static str> {
    let understood = linted(text);
    let questions = questions(understood.project.model(), &understood.project.intent().private_endpoints);
    let answers: DnsAnswers = questions.names.keys().map(|name| (name.clone(), answer(name.as_str()))).collect();
    judge(&questions, &answers, &[]).iter().map(|found| found.code.id).collect()
}

fn answer(name: &str) -> DnsAnswer {
    let at = |aliases: &[&str], address: [u8; 4], varies| DnsAnswer::Addresses {
        aliases: aliases.iter().map(|alias| alias.parse().unwrap()).collect(),
        addresses: [address.into()].into(),
        varies,
    };
    match name.split('.').next().unwrap() {
        "gone" => DnsAnswer::NoName,
        "failing" => DnsAnswer::Failed("no answer in time".to_owned()),
        "changing" => at(&[], [20, 1, 2, 3], true),
        "public" => at(&["x.privatelink.vaultcore.azure.net"], [20, 1, 2, 4], false),
        "private" => at(&["x.privatelink.vaultcore.azure.net"], [10, 240, 20, 5], false),
        "direct" => at(&[], [10, 240, 20, 5], false),
        _ => at(&[], [20, 1, 2, 5], false),
    }
}
