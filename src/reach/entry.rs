//! A product of sets of flows in literal words.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::flow::{Except, FlowNames, FlowPaths, FlowServices, MatchingAtom, MatchingField, Product, Witness};
use crate::net::{AddressSet, AppProtocol, PortSet};
use crate::prove::{conditions, words};

/// A product of sets: a flow is inside where every field holds it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ReachEntry {
    /// Prefixes, ranges, or `*`.
    pub sources: Vec<String>,
    /// Prefixes, ranges, or `*`.
    pub addresses: Vec<String>,
    /// The destination names: `none` is no name, `*` any name.
    pub names: EntryNames,
    /// `https/443`, `tcp/8000-8080`; `tcp` carries none of the application protocols.
    pub services: Vec<String>,
    /// The sets that only Azure knows.
    #[serde(skip_serializing_if = "Opaque::is_empty")]
    pub opaque: Opaque,
    /// The conditions that only a deployment knows: all of them hold, those that do not as `not(…)`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// The paths of the URL; `*` is any, or none.
    pub paths: Vec<String>,
    /// The excluded paths among them.
    #[serde(rename = "pathsExcept", skip_serializing_if = "Vec::is_empty")]
    pub paths_except: Vec<String>,
    /// Flows among all these that rules which come first decide.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<Excepted>,
}

/// Flows that are not meant: those in all of these sets.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Excepted {
    /// Sets that only Azure knows.
    #[serde(rename = "in")]
    pub inside: Vec<String>,
    /// Lists of such sets: in one of each.
    #[serde(rename = "anyOf", skip_serializing_if = "Vec::is_empty")]
    pub any: Vec<Vec<String>>,
}

/// Names, and those among them that are not meant.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct EntryNames {
    /// The names.
    pub of: Vec<String>,
    /// The excluded members.
    pub except: Vec<String>,
}

/// Sets that only Azure knows.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Opaque {
    /// The sets that the flow is in.
    #[serde(rename = "in")]
    pub inside: Vec<String>,
    /// Lists of them: it is in one of each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub any_of: Vec<Vec<String>>,
    /// The sets that it is not in.
    pub not_in: Vec<String>,
}

impl Opaque {
    fn is_empty(&self) -> bool {
        self.inside.is_empty() && self.any_of.is_empty() && self.not_in.is_empty()
    }
}

impl ReachEntry {
    /// A product in literal words.
    pub fn of(product: &Product) -> Self {
        let (paths, paths_except) = paths(&product.paths);
        Self {
            sources: addresses(&product.sources),
            addresses: addresses(&product.addresses),
            names: names(&product.names),
            services: services(&product.services),
            opaque: Opaque {
                inside: sets(&product.inside),
                any_of: product.any.iter().map(|of| sets(of)).collect(),
                not_in: sets(&product.outside),
            },
            conditions: conditions(&product.inside, &product.outside),
            paths,
            paths_except,
            except: product.except.iter().map(excepted).collect(),
        }
    }
}

fn excepted(except: &Except) -> Excepted {
    Excepted { inside: all_words(&except.inside), any: except.any.iter().map(|of| all_words(of)).collect() }
}

fn all_words(sets: &[(MatchingField, MatchingAtom)]) -> Vec<String> {
    sets.iter().map(opaque_words).collect()
}

fn addresses(set: &AddressSet) -> Vec<String> {
    if set.is_any() {
        return vec!["*".to_owned()];
    }
    let spans = set.spans().map(|span| match span {
        crate::net::AddressSpan::Cidr(cidr) => cidr.to_string(),
        crate::net::AddressSpan::Range(..) => span.to_string(),
    });
    spans.collect()
}

fn names(names: &FlowNames) -> EntryNames {
    match names {
        FlowNames::Any => EntryNames { of: vec!["none".to_owned(), "*".to_owned()], except: Vec::new() },
        FlowNames::Of { unnamed, terms } => EntryNames {
            of: unnamed
                .then(|| "none".to_owned())
                .into_iter()
                .chain(terms.iter().flat_map(|term| &term.of).map(ToString::to_string))
                .collect(),
            except: terms.iter().flat_map(|term| &term.except).map(ToString::to_string).collect(),
        },
    }
}

fn services(set: &FlowServices) -> Vec<String> {
    let ports = |word: &str, ports: &PortSet| ports.spans().map(|span| format!("{word}/{span}")).collect::<Vec<_>>();
    let mut services = Vec::new();
    for protocol in AppProtocol::ALL {
        let of = match protocol {
            AppProtocol::Http => &set.http,
            AppProtocol::Https => &set.https,
            AppProtocol::Mssql => &set.mssql,
        };
        services.extend(ports(&protocol.to_string(), of));
    }
    services.extend(ports("tcp", &set.tcp));
    services.extend(ports("udp", &set.udp));
    services.extend(set.icmp.then(|| "icmp".to_owned()));
    services.extend(set.other.then(|| "other".to_owned()));
    services
}

/// An opaque set in words, `tag(Storage)`; one of a source has `source` in front.
pub fn opaque_words((field, atom): &(MatchingField, MatchingAtom)) -> String {
    match field {
        MatchingField::Source => format!("source {}", words(atom)),
        MatchingField::Destination | MatchingField::Name | MatchingField::Common => words(atom),
    }
}

fn sets(of: &[(MatchingField, MatchingAtom)]) -> Vec<String> {
    of.iter().filter(|(field, _)| *field != MatchingField::Common).map(opaque_words).collect()
}

/// The paths, and those among them that are excluded; the paths of one term.
fn paths(paths: &FlowPaths) -> (Vec<String>, Vec<String>) {
    match paths {
        FlowPaths::Any => (vec!["*".to_owned()], Vec::new()),
        FlowPaths::Of(terms) => (
            terms.iter().flat_map(|term| &term.of).map(ToString::to_string).collect(),
            terms.iter().flat_map(|term| &term.except).map(ToString::to_string).collect(),
        ),
    }
}

/// A flow as `explain --flows` takes it.
pub fn witness(witness: &Witness) -> Value {
    let flow = &witness.flow;
    let address = flow.address.map(|address| address.to_string());
    let mut fields = Map::new();
    fields.insert("source".to_owned(), json!(flow.source.to_string()));
    match &flow.name {
        Some(name) => {
            fields.insert("destination".to_owned(), name.as_str().into());
            fields.extend(address.map(|address| ("destinationAddress".to_owned(), address.into())));
        }
        None => fields.extend(address.map(|address| ("destination".to_owned(), address.into()))),
    }
    fields.extend(flow.path.as_ref().map(|path| ("path".to_owned(), path.as_str().into())));
    fields.insert("service".to_owned(), flow.service.to_string().into());
    Value::Object(fields)
}
