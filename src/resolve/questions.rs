//! Which names to ask about, and what they are for.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Code, Diagnostic, EvidenceRule};
use crate::intent::PrivateEndpoint;
use crate::model::{ApplicationRule, Model, NatTarget, Rules};
use crate::net::{HostName, HostPattern};
use crate::source::{Origin, SourceSpan};

/// The names of a model and of the private endpoints around it.
#[derive(Debug, Default)]
pub struct Questions<'m> {
    /// The exact names, each with what it is for.
    pub names: BTreeMap<HostName, DnsQuestion<'m>>,
    /// The wildcards, which mean names that nobody can list.
    pub wildcards: BTreeSet<String>,
}

/// A name to ask about.
#[derive(Debug, Default)]
pub struct DnsQuestion<'m> {
    /// The rules that name it.
    pub rules: Vec<NameUse<'m>>,
    /// The private endpoint that it leads to.
    pub endpoint: Option<&'m PrivateEndpoint>,
    /// Its text in the private endpoint.
    pub host_at: Option<SourceSpan>,
}

/// A rule that names a host.
#[derive(Clone, Debug)]
pub struct NameUse<'m> {
    /// The place of the rule in the artefacts.
    pub path: EvidenceRule,
    /// Where the rule was written; absent in artefacts.
    pub origin: Option<&'m Origin>,
    /// Whether it is a network rule, which decides by the addresses of the name.
    pub is_network: bool,
}

impl<'m> DnsQuestion<'m> {
    /// The network rules that name it.
    pub fn network_rules(&self) -> impl Iterator<Item = &NameUse<'m>> {
        self.rules.iter().filter(|rule| rule.is_network)
    }

    /// A finding about the name, at its private endpoint or at the first rule that names it.
    pub(super) fn finding(&self, code: &'static Code, message: String) -> Diagnostic {
        match (self.host_at, self.rules.first()) {
            (Some(at), _) => Diagnostic::new(code, at, message),
            (None, Some(rule)) => rule.finding(code, message),
            (None, None) => Diagnostic::nowhere(code, message),
        }
    }
}

impl NameUse<'_> {
    /// A finding about the rule.
    pub(super) fn finding(&self, code: &'static Code, message: String) -> Diagnostic {
        let found = match self.origin {
            Some(origin) => Diagnostic::at_origin(code, origin, message),
            None => Diagnostic::nowhere(code, message),
        };
        found.rule(self.path.clone())
    }
}

/// The names that rules and private endpoints speak of.
pub fn questions<'m>(model: &'m Model, endpoints: &'m [PrivateEndpoint]) -> Questions<'m> {
    let mut questions = Questions::default();
    for policy in &model.policies {
        for group in &policy.groups {
            for collection in &group.collections {
                let path = |rule: &str| EvidenceRule {
                    policy: policy.name.to_string(),
                    group: group.name.to_string(),
                    collection: collection.name.clone(),
                    rule: rule.to_owned(),
                };
                questions.of_rules(&collection.rules, &path);
            }
        }
    }
    for endpoint in endpoints {
        for host in &endpoint.hosts {
            let question = questions.names.entry(host.value.clone()).or_default();
            question.endpoint.get_or_insert(endpoint);
            question.host_at.get_or_insert(host.at);
        }
    }
    questions
}

impl<'m> Questions<'m> {
    fn of_rules(&mut self, rules: &'m Rules, path: &dyn Fn(&str) -> EvidenceRule) {
        match rules {
            Rules::Nat(rules) => {
                for rule in rules {
                    if let NatTarget::Fqdn(name) = &rule.handling.target {
                        let origin = rule.origin.as_ref();
                        self.ask(name, NameUse { path: path(&rule.name), origin, is_network: true });
                    }
                }
            }
            Rules::Network(_, rules) => {
                for rule in rules {
                    let of_rule = NameUse { path: path(&rule.name), origin: rule.origin.as_ref(), is_network: true };
                    rule.matches.destination_fqdns.iter().for_each(|name| self.ask(name, of_rule.clone()));
                }
            }
            Rules::Application(_, rules) => {
                for rule in rules {
                    self.of_application(rule, path(&rule.name));
                }
            }
        }
    }

    fn of_application(&mut self, rule: &'m ApplicationRule, path: EvidenceRule) {
        let of_rule = NameUse { path, origin: rule.origin.as_ref(), is_network: false };
        let hosts = rule.matches.urls.iter().map(|url| url.split('/').next().unwrap_or(url));
        let hosts = hosts.filter_map(|host| host.parse::<HostPattern>().ok());
        for pattern in rule.matches.fqdns.iter().cloned().chain(hosts) {
            match pattern {
                HostPattern::Exact(name) => self.ask(&name, of_rule.clone()),
                HostPattern::Any | HostPattern::Below(_) | HostPattern::Ending(_) => {
                    self.wildcards.insert(pattern.to_string());
                }
            }
        }
    }

    fn ask(&mut self, name: &HostName, of_rule: NameUse<'m>) {
        self.names.entry(name.clone()).or_default().rules.push(of_rule);
    }
}
