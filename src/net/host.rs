//! Host names and the patterns that Azure Firewall accepts for them.

use std::fmt;
use std::str::FromStr;

/// A fully qualified host name in lower-case ASCII, without the trailing dot.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct HostName(Box<str>);

impl HostName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for HostName {
    type Err = HostError;

    /// Reads a name of one label or more. International names become their ASCII form; case is folded.
    fn from_str(text: &str) -> Result<Self, HostError> {
        let text = text.strip_suffix('.').unwrap_or(text);
        if text.contains('*') {
            return Err(HostError::Star);
        }
        let ascii = if text.is_ascii() { text.to_ascii_lowercase() } else { ascii_form(text)? };
        check_labels(&ascii)?;
        Ok(Self(ascii.into()))
    }
}

/// Why a text is no host name or host pattern.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum HostError {
    /// A label is empty, as in `a..b`.
    EmptyLabel,
    /// A label is longer than 63 characters, or the name longer than 253.
    TooLong,
    /// A label begins or ends with `-`.
    Hyphen(String),
    /// A character that no host name has.
    Character(char),
    /// A star anywhere but at the left end.
    Star,
    /// An international name without an ASCII form.
    International,
    /// An international name that would become another one, which looks like it; holds that.
    LookAlike(String),
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyLabel => write!(f, "the host name has an empty label"),
            Self::TooLong => write!(f, "the host name is too long: a label has at most 63 characters, a name 253"),
            Self::Hyphen(label) => write!(f, "label `{label}` of the host name begins or ends with `-`"),
            Self::Character(found) => write!(f, "`{}` is not allowed in a host name", found.escape_default()),
            Self::Star => write!(f, "a star is allowed only at the left end of a host name"),
            Self::International => write!(f, "the international host name has no ASCII form"),
            Self::LookAlike(other) => write!(f, "the host name looks like `{other}` and is another one"),
        }
    }
}

impl std::error::Error for HostError {}

/// The ASCII form of an international name, for that name and no other: the mapping of IDNA also makes full-width
/// letters, ligatures and signs their neighbours (UTS #46, "Mapping"), and drops what cannot be seen.
fn ascii_form(text: &str) -> Result<String, HostError> {
    let ascii = idna::domain_to_ascii(text).map_err(|_| HostError::International)?;
    let (meant, _) = idna::domain_to_unicode(&ascii);
    let becomes_ascii = |c: char| !c.is_ascii() && c.to_lowercase().any(|lower| lower.is_ascii());
    match meant == text.to_lowercase() && !text.chars().any(becomes_ascii) {
        true => Ok(ascii),
        false => Err(HostError::LookAlike(meant)),
    }
}

fn check_labels(name: &str) -> Result<(), HostError> {
    if name.len() > 253 {
        return Err(HostError::TooLong);
    }
    name.split('.').try_for_each(check_label)
}

fn check_label(label: &str) -> Result<(), HostError> {
    if label.is_empty() {
        return Err(HostError::EmptyLabel);
    }
    if let Some(found) = label.chars().find(|&c| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')) {
        return Err(HostError::Character(found));
    }
    if label.len() > 63 {
        return Err(HostError::TooLong);
    }
    if label.starts_with('-') || label.ends_with('-') {
        return Err(HostError::Hyphen(label.to_owned()));
    }
    Ok(())
}

/// What an application rule may match in a host name (Azure Firewall FAQ, 2023-01).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum HostPattern {
    /// `*`: every name.
    Any,
    /// `mcr.microsoft.com`: that name.
    Exact(HostName),
    /// `*.azmk8s.io`: every name below, at any depth, not the bare name. Holds the name without `*.`.
    Below(HostName),
    /// `*azmk8s.io`: every name whose text ends so, `evilazmk8s.io` among them. Holds the text without `*`.
    Ending(HostName),
}

impl HostPattern {
    /// Whether the pattern matches `name`.
    pub fn matches(&self, name: &HostName) -> bool {
        match self {
            Self::Any => true,
            Self::Exact(exact) => exact == name,
            Self::Below(parent) => is_below(name.as_str(), parent.as_str()),
            Self::Ending(ending) => name.as_str().ends_with(ending.as_str()),
        }
    }

    /// Whether every name that `other` matches is matched by `self`.
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) => true,
            (_, Self::Exact(name)) => self.matches(name),
            (Self::Below(a), Self::Below(b)) => a == b || is_below(b.as_str(), a.as_str()),
            (Self::Ending(a), Self::Below(b)) => is_below_text(b.as_str(), a.as_str()),
            (Self::Ending(a), Self::Ending(b)) => b.as_str().ends_with(a.as_str()),
            (Self::Below(a), Self::Ending(b)) => is_below(b.as_str(), a.as_str()),
            (_, Self::Any) | (Self::Exact(_), Self::Below(_) | Self::Ending(_)) => false,
        }
    }

    /// Whether some name is matched by both.
    pub fn intersects(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Exact(name), pattern) | (pattern, Self::Exact(name)) => pattern.matches(name),
            (a, b) => a.covers(b) || b.covers(a),
        }
    }

    /// The one name, where the pattern is a name.
    pub fn as_exact(&self) -> Option<&HostName> {
        match self {
            Self::Exact(name) => Some(name),
            Self::Any | Self::Below(_) | Self::Ending(_) => None,
        }
    }
}

fn is_below(name: &str, parent: &str) -> bool {
    name.strip_suffix(parent).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
}

/// Whether every name below `parent` ends in `ending`, the dot before `parent` included in the text.
fn is_below_text(parent: &str, ending: &str) -> bool {
    parent.ends_with(ending)
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => write!(f, "*"),
            Self::Exact(name) => write!(f, "{name}"),
            Self::Below(name) => write!(f, "*.{name}"),
            Self::Ending(name) => write!(f, "*{name}"),
        }
    }
}

impl FromStr for HostPattern {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, HostError> {
        match (text, text.strip_prefix("*."), text.strip_prefix('*')) {
            ("*", ..) => Ok(Self::Any),
            (_, Some(parent), _) => parent.parse().map(Self::Below),
            (_, None, Some(ending)) => ending_of(ending).map(Self::Ending),
            (_, None, None) => text.parse().map(Self::Exact),
        }
    }
}

/// The text after a star. Unlike a name it may begin with `-`, as in Microsoft's own `*-files.sharepoint.com`.
fn ending_of(text: &str) -> Result<HostName, HostError> {
    match text.strip_prefix('-') {
        Some(_) => ["x", text].concat().parse().map(|HostName(name)| HostName(name.chars().skip(1).collect())),
        None => text.parse(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pattern(text: &str) -> HostPattern {
        text.parse().unwrap_or(HostPattern::Any)
    }

    #[test]
    fn stars_match_as_azure_documents() {
        let matches = |p: &str, n: &str| n.parse().is_ok_and(|name| pattern(p).matches(&name));
        assert!(matches("*.contoso.com", "a.b.contoso.com"));
        assert!(!matches("*.contoso.com", "contoso.com"));
        assert!(matches("*contoso.com", "contoso.com"));
        assert!(matches("*contoso.com", "evilcontoso.com"));
        assert!(matches("*-files.contoso.com", "my-files.contoso.com"));
        assert!(matches("WWW.contoso.com.", "www.Contoso.com"));
    }

    #[test]
    fn a_star_elsewhere_is_refused() {
        for text in ["www.contoso.*", "*.contoso.*", "md-*.blob.core.windows.net", "a.*.b"] {
            assert_eq!(text.parse::<HostPattern>(), Err(HostError::Star), "{text}");
        }
        assert_eq!("a..b".parse::<HostPattern>(), Err(HostError::EmptyLabel));
    }

    #[test]
    fn an_international_name_is_no_other() {
        let name = |text: &str| text.parse::<HostName>().map(|name| name.to_string());
        assert_eq!(name("Bücher.example").as_deref(), Ok("xn--bcher-kva.example"));
        assert_eq!(name("straße.example").as_deref(), Ok("xn--strae-oqa.example"));
        assert_eq!(name("аpple.example").as_deref(), Ok("xn--pple-43d.example"));
        assert_eq!(name("ıstanbul.example").as_deref(), Ok("xn--stanbul-qfb.example"));
        for text in ["ａpple.example", "\u{fb01}.example", "\u{212a}.example", "a\u{ad}.example", "a\u{3002}example"] {
            assert!(matches!(name(text), Err(HostError::LookAlike(_))), "{text}");
        }
    }

    fn patterns() -> impl Strategy<Value = HostPattern> {
        ("[ab]{1,2}(\\.[ab]{1,2}){0,2}", 0..4u8).prop_map(|(name, form)| match form {
            0 => HostPattern::Any,
            1 => pattern(&name),
            2 => pattern(&format!("*.{name}")),
            _ => pattern(&format!("*{name}")),
        })
    }

    proptest! {
        #[test]
        fn covering_and_meeting_agree_with_matching(a in patterns(), b in patterns(), names in proptest::collection::vec("[ab]{1,3}(\\.[ab]{1,3}){0,3}", 20)) {
            for name in names.iter().filter_map(|name| name.parse().ok()) {
                prop_assert!(!(a.covers(&b) && b.matches(&name) && !a.matches(&name)));
                prop_assert!(!(a.matches(&name) && b.matches(&name)) || a.intersects(&b));
            }
        }
    }
}
