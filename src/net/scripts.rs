//! Letters of several scripts in one label of a host name, and letters that look like Latin ones.

use std::collections::BTreeSet;

use icu_properties::props::Script;
use icu_properties::script::ScriptWithExtensions;

/// Why a label may be read as another one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Suspicion {
    /// Its letters are of several scripts that no language mixes; this letter is the first of another one.
    Mixed(char),
    /// All of its letters look like Latin ones; this is the first.
    LooksLatin(char),
}

/// What is suspicious of a host name, if its letters are not all ASCII.
///
/// Source: Unicode Technical Standard 39, §5.1 "Mixed-Script Detection" and §5.2 "Restriction-Level Detection" (Latin beside
/// Chinese, Japanese or Korean is usual).
pub fn suspicion(name: &str) -> Option<Suspicion> {
    name.split('.').filter(|label| !label.is_ascii()).find_map(of_label)
}

fn of_label(label: &str) -> Option<Suspicion> {
    let mut common: Option<BTreeSet<Writing>> = None;
    let mut beside_latin: Option<BTreeSet<Writing>> = None;
    let mut first_other = None;
    for c in label.chars() {
        let Some(scripts) = scripts(c) else { continue };
        if !scripts.contains(&Writing::Of(Script::Latin)) {
            meet(&mut beside_latin, &scripts);
            first_other = first_other.or(Some(c));
        }
        meet(&mut common, &scripts);
    }
    let is_usual = beside_latin.is_some_and(|scripts| {
        [Writing::Japanese, Writing::Korean, Writing::Bopomofo].iter().any(|of| scripts.contains(of))
    });
    if common.is_some_and(|common| common.is_empty()) && !is_usual {
        return first_other.map(Suspicion::Mixed);
    }
    let mut letters = label.chars().filter(|c| c.is_alphabetic());
    let first = letters.clone().find(|c| !c.is_ascii())?;
    letters.all(|c| c.is_ascii() || LATIN_LOOKS.contains(c)).then_some(Suspicion::LooksLatin(first))
}

fn meet(all: &mut Option<BTreeSet<Writing>>, scripts: &BTreeSet<Writing>) {
    *all = Some(match all.take() {
        Some(before) => before.intersection(scripts).copied().collect(),
        None => scripts.clone(),
    });
}

/// What a text is written in: one script, or several that a language uses together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Writing {
    Of(Script),
    Japanese,
    Korean,
    Bopomofo,
}

/// The scripts that have the character; none where all have.
fn scripts(c: char) -> Option<BTreeSet<Writing>> {
    let all = ScriptWithExtensions::new().get_script_extensions_val(c);
    let has = |script: Script| all.contains(&script);
    if has(Script::Common) || has(Script::Inherited) {
        return None;
    }
    let mut scripts: BTreeSet<Writing> = all.iter().map(Writing::Of).collect();
    if has(Script::Han) {
        scripts.extend([Writing::Japanese, Writing::Korean, Writing::Bopomofo]);
    }
    scripts.extend((has(Script::Hiragana) || has(Script::Katakana)).then_some(Writing::Japanese));
    scripts.extend(has(Script::Hangul).then_some(Writing::Korean));
    scripts.extend(has(Script::Bopomofo).then_some(Writing::Bopomofo));
    Some(scripts)
}

/// Small letters of other scripts that look like Latin ones.
///
/// Source: Unicode, "confusables.txt", the Cyrillic, Greek and Armenian letters whose prototype is a Latin letter.
const LATIN_LOOKS: &str = "аеорсухіјѕԁԛԝһӏѵүгανορυιγոսօցհգ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_two_scripts_are_suspicious() {
        assert_eq!(suspicion("api.ex\u{430}mple.com"), Some(Suspicion::Mixed('\u{430}')));
        assert_eq!(suspicion("g\u{3bf}\u{3bf}gle.com"), Some(Suspicion::Mixed('\u{3bf}')));
    }

    #[test]
    fn a_label_of_look_alikes_is_suspicious() {
        assert_eq!(suspicion("\u{430}\u{440}\u{440}.com"), Some(Suspicion::LooksLatin('\u{430}')));
    }

    #[test]
    fn international_names_are_not() {
        for name in ["bücher.example", "пример.example", "日本語abc.example", "한국.example", "παράδειγμα.example"]
        {
            assert_eq!(suspicion(name), None, "{name}");
        }
    }
}
