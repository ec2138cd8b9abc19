//! Sets of pods of a cluster, by their labels; only Azure knows their addresses.

use std::fmt;
use std::str::FromStr;

/// A set of pods.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Pods {
    /// The pods that match the two selectors.
    Selected {
        /// The name of the resource that Azure keeps them in; absent, the name is made from what it selects.
        name: Option<String>,
        /// The labels of the pods.
        labels: Labels,
        /// The labels of their namespaces.
        namespaces: Labels,
    },
    /// The pods of a selector group elsewhere, by resource id.
    Group(String),
}

impl Pods {
    /// What the set is, whatever its name: two with the same key hold the same pods.
    pub fn key(&self) -> String {
        match self {
            Self::Selected { labels, namespaces, .. } => format!("{} in {}", labels.sorted(), namespaces.sorted()),
            Self::Group(id) => id.to_ascii_lowercase(),
        }
    }
}

impl fmt::Display for Pods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use crate::source::quote;
        let (name, labels, namespaces) = match self {
            Self::Group(id) => return write!(f, "pods({})", quote(id)),
            Self::Selected { name, labels, namespaces } => (name, labels, namespaces),
        };
        write!(f, "pods({}", quote(&labels.to_string()))?;
        if !namespaces.is_any() {
            write!(f, " in {}", quote(&namespaces.to_string()))?;
        }
        if let Some(name) = name {
            write!(f, " named {}", quote(name))?;
        }
        f.write_str(")")
    }
}

/// A label selector, as `kubectl get --selector` takes it: requirements, all of which hold.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Labels(Vec<Requirement>);

/// What a selector wants of one label.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Requirement {
    /// The name of the label.
    pub key: String,
    /// What of it.
    pub wanted: WantedPods,
}

/// What a selector wants of a label.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum WantedPods {
    /// It has one of the values.
    In(Vec<String>),
    /// It is not there, or has none of the values.
    NotIn(Vec<String>),
    /// It is there.
    Exists,
    /// It is not there.
    DoesNotExist,
}

impl Labels {
    /// The selector of these requirements; why not, where one of them cannot be.
    pub fn new(requirements: Vec<Requirement>) -> Result<Self, String> {
        requirements.iter().try_for_each(check)?;
        Ok(Self(requirements))
    }

    /// The requirements, in order.
    pub fn requirements(&self) -> &[Requirement] {
        &self.0
    }

    /// Whether every pod is selected.
    pub fn is_any(&self) -> bool {
        self.0.is_empty()
    }

    /// The same selector, whatever the order of its requirements and values.
    #[must_use]
    pub fn sorted(&self) -> Self {
        let mut all = self.0.clone();
        for requirement in &mut all {
            match &mut requirement.wanted {
                WantedPods::In(values) | WantedPods::NotIn(values) => {
                    values.sort_unstable();
                    values.dedup();
                }
                WantedPods::Exists | WantedPods::DoesNotExist => {}
            }
        }
        all.sort_unstable();
        all.dedup();
        Self(all)
    }
}

/// Kubernetes wants letters, digits, `-`, `_` and `.`, and a prefix with `/` before the name of a label.
fn check(requirement: &Requirement) -> Result<(), String> {
    let is_word = |text: &str| {
        let is_end = |c: char| c.is_ascii_alphanumeric();
        text.len() <= 63
            && text.starts_with(is_end)
            && text.ends_with(is_end)
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    let Requirement { key, wanted } = requirement;
    let (prefix, name) = key.rsplit_once('/').map_or((None, key.as_str()), |(prefix, name)| (Some(prefix), name));
    let is_prefix = |prefix: &str| {
        let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
        !prefix.is_empty() && prefix.len() <= 253 && prefix.chars().all(inner)
    };
    if !is_word(name) || !prefix.is_none_or(is_prefix) {
        return Err(format!("`{key}` is not a name of a label"));
    }
    let values = match wanted {
        WantedPods::In(values) | WantedPods::NotIn(values) if values.is_empty() => {
            return Err(format!("label `{key}` is compared with no value"));
        }
        WantedPods::In(values) | WantedPods::NotIn(values) => values.as_slice(),
        WantedPods::Exists | WantedPods::DoesNotExist => &[],
    };
    match values.iter().find(|value| !value.is_empty() && !is_word(value)) {
        Some(value) => Err(format!("`{value}` is not a value of a label")),
        None => Ok(()),
    }
}

impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Requirement { key, wanted }) in self.0.iter().enumerate() {
            f.write_str(if index > 0 { ", " } else { "" })?;
            match wanted {
                WantedPods::In(values) => match values.as_slice() {
                    [only] => write!(f, "{key}={only}")?,
                    several => write!(f, "{key} in ({})", several.join(", "))?,
                },
                WantedPods::NotIn(values) => match values.as_slice() {
                    [only] => write!(f, "{key}!={only}")?,
                    several => write!(f, "{key} notin ({})", several.join(", "))?,
                },
                WantedPods::Exists => write!(f, "{key}")?,
                WantedPods::DoesNotExist => write!(f, "!{key}")?,
            }
        }
        Ok(())
    }
}

impl FromStr for Labels {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::default());
        }
        Self::new(entries(text).map(requirement).collect::<Result<_, _>>()?)
    }
}

/// The parts between commas outside brackets.
fn entries(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    text.split(move |c: char| {
        match c {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
    .map(str::trim)
}

fn requirement(text: &str) -> Result<Requirement, String> {
    let made = |key: &str, wanted| Ok(Requirement { key: key.trim().to_owned(), wanted });
    let one = |value: &str| vec![value.trim().to_owned()];
    if let Some((head, values)) = text.strip_suffix(')').and_then(|rest| rest.split_once('(')) {
        let values = values.split(',').map(|value| value.trim().to_owned()).collect();
        let mut words = head.split_whitespace();
        return match (words.next(), words.next(), words.next()) {
            (Some(key), Some("in"), None) => made(key, WantedPods::In(values)),
            (Some(key), Some("notin"), None) => made(key, WantedPods::NotIn(values)),
            _ => Err(format!("`{text}` is not a requirement: expected `label in (a, b)` or `label notin (a, b)`")),
        };
    }
    if let Some((key, value)) = text.split_once("!=") {
        return made(key, WantedPods::NotIn(one(value)));
    }
    if let Some((key, value)) = text.split_once('=') {
        return made(key, WantedPods::In(one(value.strip_prefix('=').unwrap_or(value))));
    }
    match text.strip_prefix('!') {
        Some(key) => made(key, WantedPods::DoesNotExist),
        None => made(text, WantedPods::Exists),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_read_as_kubectl_takes_them() {
        let said = |text: &str| text.parse::<Labels>().map(|labels| labels.to_string());
        let whole = "app=web, tier in (front, back), env!=prod, zone notin (a, b), team, !legacy";
        assert_eq!(said(whole).as_deref(), Ok(whole));
        assert_eq!(
            said("app == web,kubernetes.io/metadata.name=shop").as_deref(),
            Ok("app=web, kubernetes.io/metadata.name=shop")
        );
        assert_eq!(said("").as_deref(), Ok(""));
        assert_eq!(said("a b"), Err("`a b` is not a name of a label".to_owned()));
        assert_eq!(said("app=web,"), Err("`` is not a name of a label".to_owned()));
        assert_eq!(said("app in ()").as_deref(), Ok("app="));
        assert!(said("app of (x)").is_err());
        assert!(said("app=w b").is_err());
    }
}
