//! Numbers as people read them, and the words that go with them.

/// A number with a comma before each group of three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number with its word, as in `1 cause`, `2 policies`, `65,536 addresses`.
pub fn counted(number: impl TryInto<u64>, word: &str) -> String {
    let number = number.try_into().unwrap_or(u64::MAX);
    format!("{} {}", grouped(number), plural(number, word))
}

/// The word as it is after a number: `policy`, `policies`.
pub fn plural(number: u64, word: &str) -> String {
    if number == 1 {
        return word.to_owned();
    }
    match word.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None if word.ends_with('s') => format!("{word}es"),
        None => format!("{word}s"),
    }
}

/// The first of two words for one thing, the second for several: `takes` or `take`.
pub fn agreeing<'w>(number: usize, one: &'w str, several: &'w str) -> &'w str {
    if number == 1 { one } else { several }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_follow_their_numbers() {
        assert_eq!(counted(1u64, "rule"), "1 rule");
        assert_eq!(counted(0u64, "policy"), "0 policies");
        assert_eq!(counted(65_536u64, "address"), "65,536 addresses");
    }
}
