//! "Did you mean".

/// The candidate that a misspelt `word` most likely means, if one is near enough.
///
/// None for a word that is longer than names are: measuring a distance takes room for every pair of letters.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let word = word.to_lowercase();
    let length = word.chars().count();
    if length > LONGEST {
        return None;
    }
    let allowed = (length / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= allowed)
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), candidate))
        .filter(|&(distance, _)| distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// The longest word that others are compared with, in scalars; a host name has 253.
const LONGEST: usize = 300;

/// Joins words in backticks as a sentence does: `` `a`, `b` or `c` ``.
pub fn or_list<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    or_phrases(quoted.iter().map(String::as_str))
}

/// Joins phrases as a sentence does: `a group, a collection or a bundle`.
pub fn or_phrases<'w>(phrases: impl IntoIterator<Item = &'w str>) -> String {
    joined(phrases, "or")
}

/// Joins phrases as a sentence does: `a, b and c`.
pub fn and_phrases<'w>(phrases: impl IntoIterator<Item = &'w str>) -> String {
    joined(phrases, "and")
}

fn joined<'w>(phrases: impl IntoIterator<Item = &'w str>, word: &str) -> String {
    let phrases: Vec<&str> = phrases.into_iter().collect();
    match phrases.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {word} {last}", rest.join(", ")),
        Some((last, _)) => (*last).to_owned(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_understood() {
        assert_eq!(nearest("gruop", ["group", "policy"]), Some("group"));
        assert_eq!(nearest("AzureKubernetsService", ["AzureKubernetesService"]), Some("AzureKubernetesService"));
        assert_eq!(nearest("elephant", ["group", "policy"]), None);
    }

    #[test]
    fn words_are_joined_as_a_sentence_does() {
        assert_eq!(or_list(["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(or_list(["a"]), "`a`");
    }
}
