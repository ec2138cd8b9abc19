//! What is taken for the hosts of FQDN tags on the word of Microsoft's documentation, and how that is told.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::{DocumentedTag, documented_tags};
use crate::evaluate::{Knowledge, TagHosts};
use crate::import::Cloud;
use crate::intent::{Expectation, Host};
use crate::model::{Assumption, AssumptionKind, Bearing, DocumentPlace, Model};
use crate::source::{Files, Place};

use super::options::{OtherFqdnTags, ProjectOptions};

/// What is to be said of FQDN tags where they are used; nothing unless documented contents were requested.
#[derive(Clone, Default)]
pub(super) struct TagNotes {
    /// The tags that a file has, in lower case: nothing is assumed of them.
    stated: BTreeSet<String>,
    /// What is assumed of those that are documented, by their names in lower case.
    documented: BTreeMap<String, String>,
    /// Why the others are not known; `None` where nobody asked.
    others: Option<&'static str>,
}

/// Learns the documented hosts of tags that no file states, where the options ask for them.
pub(super) fn learn_documented(options: &ProjectOptions, stated: &[String], knowledge: &mut Knowledge) -> TagNotes {
    match options.other_fqdn_tags {
        OtherFqdnTags::Opaque => return TagNotes::default(),
        OtherFqdnTags::Documented => {}
    }
    let mut notes = TagNotes {
        stated: stated.iter().map(|tag| tag.to_ascii_lowercase()).collect(),
        documented: BTreeMap::new(),
        others: Some(match options.cloud {
            None | Some(Cloud::Public) => "no documentation that fwc has lists its hosts",
            Some(Cloud::UsGov | Cloud::China) => "its hosts in this cloud are not documented",
        }),
    };
    if matches!(options.cloud, None | Some(Cloud::Public)) {
        for documented in documented_tags() {
            let key = documented.tag.to_ascii_lowercase();
            if !notes.stated.contains(&key) {
                let patterns = |texts: &[String]| texts.iter().filter_map(|text| text.parse().ok()).collect();
                let (hosts, open) = (patterns(&documented.hosts), patterns(&documented.open));
                knowledge.learn_fqdn_tag(documented.tag, TagHosts { hosts, open, protocols: None });
                notes.documented.insert(key, sentence(&documented));
            }
        }
    }
    notes
}

fn sentence(documented: &DocumentedTag) -> String {
    let DocumentedTag { tag, page, checked, promise: (promise, day), hosts, open } = documented;
    format!(
        "FQDN tag `{tag}` is taken to hold the {} hosts that {page} ({checked}) requires of every cluster in the public \
         cloud, and no host that this page does not list; {promise} ({day}) says that it holds all that are listed; whether \
         it holds the {} other patterns of the page stays unknown",
        hosts.len(),
        open.len(),
    )
}

impl TagNotes {
    /// Adds to `model` what is assumed, or stays unknown, of each FQDN tag: at the rules that name it, and where it is asked
    /// for besides.
    pub(super) fn suppose<'t>(
        &self,
        model: &mut Model,
        texts: &Files,
        besides: impl IntoIterator<Item = (&'t str, Place)>,
    ) {
        if self.others.is_none() {
            return;
        }
        let mut found: Vec<Assumption> = Vec::new();
        let mut add = |tag: &str, place: Place| {
            found.extend(DocumentPlace::of(texts, place).and_then(|at| self.assumption(tag, at)));
        };
        let collections = model.policies.iter().flat_map(|policy| &policy.groups).flat_map(|group| &group.collections);
        for rule in collections.flat_map(|collection| collection.rules.application()) {
            let Some(origin) = &rule.origin else { continue };
            rule.matches.fqdn_tags.iter().for_each(|tag| add(tag, origin.at));
        }
        let in_rules: BTreeSet<String> = found.iter().map(|assumption| assumption.message.clone()).collect();
        let mut asked = Vec::new();
        for (tag, place) in besides {
            let assumption = DocumentPlace::of(texts, place).and_then(|at| self.assumption(tag, at));
            asked.extend(assumption.filter(|assumption| !in_rules.contains(&assumption.message)));
        }
        model.assumptions.extend(found.into_iter().chain(asked));
    }

    /// Adds what is assumed of the tags of a question to `model`, unless a rule of it names them too.
    pub(super) fn suppose_asked(&self, model: &mut Model, question: &Expectation, at: &DocumentPlace) {
        for (tag, _) in tags_of(question) {
            let assumption = self.others.and_then(|_| self.assumption(tag, at.clone()));
            let is_new = |of: &Assumption| model.assumptions.iter().all(|known| known.message != of.message);
            let assumption = assumption.filter(is_new);
            model.assumptions.extend(assumption);
        }
    }

    fn assumption(&self, tag: &str, at: DocumentPlace) -> Option<Assumption> {
        let key = tag.to_ascii_lowercase();
        if self.stated.contains(&key) {
            return None;
        }
        let (kind, message) = match self.documented.get(&key) {
            Some(sentence) => (AssumptionKind::Assumed, sentence.clone()),
            None => (AssumptionKind::Unknown, format!("the hosts of FQDN tag `{tag}`: {}", self.others?)),
        };
        // What a rule does not match for its tag, a later one decides.
        Some(Assumption { kind, of: Vec::new(), message, at, bears: Bearing::FromHere })
    }
}

/// The FQDN tags that an expectation names, each with its place.
pub(super) fn tags_of(expectation: &Expectation) -> impl Iterator<Item = (&str, Place)> {
    let hosts = expectation.to.hosts.iter().chain(&expectation.outside.hosts);
    hosts.filter_map(|host| match &host.value {
        Host::FqdnTag(tag) => Some((tag.as_str(), expectation.origin.at)),
        Host::Pattern(_) | Host::Category(_) | Host::Url(_) => None,
    })
}
