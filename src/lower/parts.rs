//! The rule kind: each rule becomes the Azure rules that express it, or an error that suggests what to write instead.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::intent::{Address, Connective, Entry, Host, Meta, Rule};
use crate::net::{AddressSet, AddressSpan, AppProtocol, HostName, HostPattern, PortSet, ServiceSet};
use crate::source::{Fingerprint, Origin, SourceSpan};

use super::called::CalledNames;
use super::fault::fault;
use crate::model::{Carried, Inspection, NetworkProtocol};

/// A part of a rule that fits into one Azure rule.
#[derive(Clone, Debug)]
pub struct GroupPart {
    /// The author's label.
    pub label: Option<String>,
    /// What distinguishes it from the other parts of the same rule.
    pub suffix: Option<String>,
    /// Its generated name, where it has no label; several where it is merged from several.
    pub(super) called: Vec<CalledNames>,
    /// The description.
    pub description: Option<String>,
    /// Owner, ticket, expiry.
    pub meta: Meta,
    /// The sources: addresses only, or IP groups only.
    pub sources: Vec<Entry<Address>>,
    /// What else it matches.
    pub kind: PartKind,
    /// Properties of Azure's that are carried through unread.
    pub carried: Carried,
    /// How it was written.
    pub(super) written: Fingerprint,
    /// Where it was written.
    pub origin: Origin,
}

impl GroupPart {
    /// How many sources and destinations it lists.
    pub(super) fn entries(&self) -> usize {
        let ends = match &self.kind {
            PartKind::Network { to: NetworkEnds::Addresses(entries), .. } => entries.len(),
            PartKind::Network { to: NetworkEnds::Names(entries), .. } => entries.len(),
            PartKind::Application { hosts, .. } => hosts.len(),
        };
        self.sources.len() + ends
    }
}

/// What a part matches, by the kind of its Azure rule.
#[derive(Clone, Debug)]
pub enum PartKind {
    /// A network rule.
    Network {
        /// The protocols.
        protocols: Vec<NetworkProtocol>,
        /// The ports; the full set is every port of every protocol.
        ports: PortSet,
        /// The destinations: addresses and tags only, IP groups only, or names only.
        to: NetworkEnds,
    },
    /// An application rule.
    Application {
        /// The protocols and their ports.
        services: ServiceSet,
        /// The destinations: entries of one kind only.
        hosts: Vec<Entry<Host>>,
        /// What becomes of the requests.
        handling: Inspection,
    },
}

/// The destinations of a network rule, of one kind.
#[derive(Clone, Debug)]
pub enum NetworkEnds {
    /// Addresses, service tags and IP groups; never IP groups beside others.
    Addresses(Vec<Entry<Address>>),
    /// Host names.
    Names(Vec<Entry<HostName>>),
}

/// Splits `rule` into parts.
pub(super) fn parts(rule: &Rule, diagnostics: &mut Diagnostics) -> Vec<GroupPart> {
    let mut splitter = Splitter { rule, diagnostics, found: Vec::new() };
    splitter.check_sources();
    splitter.application();
    splitter.network();
    splitter.found
}

struct Splitter<'r, 'd> {
    rule: &'r Rule,
    diagnostics: &'d mut Diagnostics,
    found: Vec<GroupPart>,
}

impl Splitter<'_, '_> {
    fn report(&mut self, code: &'static Code, at: SourceSpan, message: impl Into<String>) -> &mut Self {
        self.diagnostics.push(fault(code, &self.rule.origin, at, message));
        self
    }

    fn push(&mut self, found: Diagnostic) {
        let found = found.applied(self.rule.origin.via.iter());
        self.diagnostics.push(found);
    }

    fn check_sources(&mut self) {
        for entry in &self.rule.from {
            if let Address::ServiceTag(tag) = &entry.value {
                let message =
                    format!("service tag `{tag}` as a source: Azure Firewall takes service tags as destinations only");
                let found = Diagnostic::new(Code::FW0406, entry.at, message);
                self.push(found.help("list the addresses, or use an IP group"));
            }
        }
    }

    /// The application rules: application services to host names.
    fn application(&mut self) {
        let services = self.rule.services.application_part();
        if services.is_empty() || self.rule.to.hosts.is_empty() {
            if let Some(at) = self.rule.flag(Connective::Inspect) {
                let found = Diagnostic::new(Code::FW0207, at, "`inspect` needs `http` or `https` to host names");
                self.push(found.help("take `inspect` away"));
            }
            if let Some(header) = self.rule.headers.first() {
                let found = Diagnostic::new(Code::FW0207, header.at, "a header needs `http` or `https` to host names");
                self.push(found.help("remove the header"));
            }
            return;
        }
        self.check_mssql();
        self.check_urls();
        let handling = handling(self.rule);
        let mut first = true;
        for kind_word in ["", "tag", "category", "url"] {
            let of_kind = |entry: &&Entry<Host>| target_word(&entry.value) == kind_word;
            let hosts: Vec<_> = self.rule.to.hosts.iter().filter(of_kind).cloned().collect();
            if hosts.is_empty() {
                continue;
            }
            let kind = PartKind::Application { services: services.clone(), hosts, handling: handling.clone() };
            self.add(if first { "" } else { kind_word }, kind);
            first = false;
        }
    }

    fn check_mssql(&mut self) {
        if self.rule.services.mssql.is_empty() {
            return;
        }
        for entry in &self.rule.to.hosts {
            if !matches!(entry.value, Host::Pattern(_)) {
                let message = format!("`mssql` goes to host names, not to {}", phrase(&entry.value));
                let found = Diagnostic::new(Code::FW0207, entry.at, message);
                self.push(found.help("name the servers, as in `*.database.windows.net`"));
            }
        }
    }

    /// A URL is seen in HTTP, and in HTTPS only where TLS is inspected.
    fn check_urls(&mut self) {
        let hidden = !self.rule.services.https.is_empty() && self.rule.flag(Connective::Inspect).is_none();
        let url = self.rule.to.hosts.iter().find(|entry| matches!(entry.value, Host::Url(_)));
        if let (true, Some(entry)) = (hidden, url) {
            let found = Diagnostic::new(Code::FW0207, entry.at, "a URL is not seen in `https` unless TLS is inspected");
            self.push(found.help("add `inspect` at the end of the rule, or name the host instead"));
        }
    }

    /// The network rules: everything else.
    fn network(&mut self) {
        let plain = self.rule.services.network_part();
        let application = self.rule.services.application_part();
        if !self.rule.to.addresses.is_empty() {
            let as_tcp = self.application_as_tcp(&application);
            self.network_to_addresses(&plain.union(&as_tcp));
        }
        if !self.rule.to.hosts.is_empty() && !plain.is_empty() {
            self.network_to_hosts(&plain);
        }
    }

    /// An application service to addresses is TCP to its port, whatever that carries.
    fn application_as_tcp(&mut self, services: &ServiceSet) -> ServiceSet {
        let ports = AppProtocol::ALL
            .iter()
            .fold(PortSet::empty(), |all, &protocol| all.union(services.application_ports(protocol)));
        if ports.is_empty() {
            return ServiceSet::default();
        }
        let at = self.rule.services_at;
        let tcp = ServiceSet { tcp: ports, ..ServiceSet::default() };
        if let Some(entry) = self.rule.to.addresses.iter().find(|entry| !is_bounded(entry)) {
            let message = format!(
                "`{services}` to `{}` would let everything on its port through, whatever it carries",
                entry.value
            );
            let found = Diagnostic::new(Code::FW0207, at, message).related(entry.at, "to these addresses");
            self.push(found.help(format!("write `to any-host` to look at host names, or write `{tcp}`")));
            return tcp;
        }
        let wide: AddressSet = self.rule.to.addresses.iter().filter_map(literal).collect();
        if wide.covers(&AddressSet::internet()) {
            let entry = self.rule.to.addresses.first().map_or(at, |entry| entry.at);
            let message =
                format!("`{services}` to the whole Internet by address would let everything on its port through");
            let found = Diagnostic::new(Code::FW0207, at, message).related(entry, "to these addresses");
            self.push(found.help(format!("write `to any-host` to look at host names, or write `{tcp}`")));
            return tcp;
        }
        let message = format!("`{services}` to addresses is `{tcp}`, whatever it carries");
        self.report(Code::FW0213, at, message);
        tcp
    }

    fn network_to_addresses(&mut self, services: &ServiceSet) {
        let is_group =
            |entry: &&Entry<Address>| matches!(entry.value, Address::IpGroup(_) | Address::OutsideIpGroup(_));
        let (groups, plain): (Vec<&Entry<Address>>, Vec<_>) = self.rule.to.addresses.iter().partition(is_group);
        let suffixed = !plain.is_empty();
        for (suffix, entries) in [("", plain), ("ip-group", groups)] {
            if entries.is_empty() {
                continue;
            }
            let entries: Vec<Entry<Address>> = entries.into_iter().cloned().collect();
            let suffix = if suffixed { suffix } else { "" };
            self.network_services(services, suffix, &NetworkEnds::Addresses(entries));
        }
    }

    fn network_to_hosts(&mut self, services: &ServiceSet) {
        let mut names = Vec::new();
        for entry in &self.rule.to.hosts {
            match &entry.value {
                Host::Pattern(HostPattern::Exact(name)) => names.push(Entry { value: name.clone(), at: entry.at }),
                other => {
                    let found = inexpressible(services, other, entry.at, self.rule.services_at);
                    self.push(found);
                }
            }
        }
        if let (true, Some(entry)) = (services.icmp, names.first()) {
            let found = Diagnostic::new(Code::FW0207, entry.at, "ICMP to a host name: no Azure rule can express that");
            self.push(found.help("write the addresses"));
        }
        let has_addresses = !self.rule.to.addresses.is_empty();
        if !names.is_empty() {
            let services = ServiceSet { icmp: false, ..services.clone() };
            self.network_services(&services, if has_addresses { "fqdn" } else { "" }, &NetworkEnds::Names(names));
        }
    }

    /// One part for each combination of protocols that shares its ports.
    fn network_services(&mut self, services: &ServiceSet, suffix: &str, to: &NetworkEnds) {
        use NetworkProtocol::{Any, Icmp, Tcp, Udp};
        let any = PortSet::any();
        let both = services.tcp.intersection(&services.udp);
        let combinations = if services.any {
            vec![("any", vec![Any], any)]
        } else {
            vec![
                ("tcp-udp", vec![Tcp, Udp], both.clone()),
                ("tcp", vec![Tcp], services.tcp.difference(&both)),
                ("udp", vec![Udp], services.udp.difference(&both)),
                ("icmp", vec![Icmp], if services.icmp { any } else { PortSet::empty() }),
            ]
        };
        let wanted: Vec<_> = combinations.into_iter().filter(|(_, _, ports)| !ports.is_empty()).collect();
        let several = wanted.len() > 1;
        for (name, protocols, ports) in wanted {
            let suffix = match (several, suffix.is_empty()) {
                (false, _) => suffix.to_owned(),
                (true, true) => name.to_owned(),
                (true, false) => format!("{suffix}-{name}"),
            };
            self.add(&suffix, PartKind::Network { protocols, ports, to: to.clone() });
        }
    }

    /// Adds a part for each kind of sources: addresses, IP groups, pods.
    fn add(&mut self, suffix: &str, kind: PartKind) {
        const KINDS: [&str; 3] = ["", "from-ip-group", "from-pods"];
        let of = |kind: &'static str| move |entry: &&Entry<Address>| source_word(&entry.value) == kind;
        let several =
            KINDS.iter().filter(|kind| self.rule.from.iter().any(|entry| source_word(&entry.value) == **kind));
        let several = several.count() > 1;
        for source_suffix in KINDS {
            let sources: Vec<&Entry<Address>> = self.rule.from.iter().filter(of(source_suffix)).collect();
            if sources.is_empty() {
                continue;
            }
            let words: Vec<&str> =
                [suffix, if several { source_suffix } else { "" }].into_iter().filter(|w| !w.is_empty()).collect();
            self.found.push(GroupPart {
                label: self.rule.label.as_ref().map(|label| label.value.clone()),
                suffix: (!words.is_empty()).then(|| words.join("-")),
                called: Vec::new(),
                description: self.rule.description.clone(),
                meta: self.rule.meta.clone(),
                sources: sources.into_iter().cloned().collect(),
                kind: kind.clone(),
                carried: self.rule.carried.clone(),
                written: self.rule.written,
                origin: self.rule.origin.clone(),
            });
        }
    }
}

/// What an application rule does with the requests that it allows.
pub(super) fn handling(rule: &Rule) -> Inspection {
    let headers = rule.headers.iter().map(|header| header.value.clone());
    Inspection { terminate_tls: rule.flag(Connective::Inspect).is_some(), headers: headers.collect() }
}

/// The word that distinguishes kinds of sources: a rule takes sources of one kind only.
pub(super) fn source_word(address: &Address) -> &'static str {
    match address {
        Address::Any | Address::Span(_) | Address::ServiceTag(_) | Address::Ipv6(_) => "",
        Address::IpGroup(_) | Address::OutsideIpGroup(_) => "from-ip-group",
        Address::Pods(_) => "from-pods",
    }
}

fn is_bounded(entry: &Entry<Address>) -> bool {
    !matches!(entry.value, Address::Any)
}

fn literal(entry: &Entry<Address>) -> Option<AddressSpan> {
    match entry.value {
        Address::Span(span) => Some(span),
        Address::Any
        | Address::ServiceTag(_)
        | Address::IpGroup(_)
        | Address::OutsideIpGroup(_)
        | Address::Pods(_)
        | Address::Ipv6(_) => None,
    }
}

/// The word that distinguishes kinds of targets: an application rule takes entries of one kind only.
fn target_word(host: &Host) -> &'static str {
    match host {
        Host::Pattern(_) => "",
        Host::FqdnTag(_) => "tag",
        Host::Category(_) => "category",
        Host::Url(_) => "url",
    }
}

fn phrase(host: &Host) -> &'static str {
    match host {
        Host::Pattern(HostPattern::Exact(_)) => "a host name",
        Host::Pattern(HostPattern::Any) => "every host",
        Host::Pattern(HostPattern::Below(_) | HostPattern::Ending(_)) => "a wildcard",
        Host::FqdnTag(_) => "an FQDN tag",
        Host::Category(_) => "a web category",
        Host::Url(_) => "a URL",
    }
}

fn inexpressible(services: &ServiceSet, host: &Host, at: SourceSpan, services_at: SourceSpan) -> Diagnostic {
    let message = format!("`{services}` to {}: no Azure rule can express that", phrase(host));
    let found =
        Diagnostic::new(Code::FW0207, at, message).related(services_at, "network rules take names without wildcards");
    match host {
        Host::Pattern(HostPattern::Any) => found.help("write `to internet` or `to any` for addresses, or use `https`"),
        Host::Pattern(_) => found.help("name each host, or use `https` or `http`, whose rules take wildcards"),
        Host::FqdnTag(_) | Host::Category(_) | Host::Url(_) => found.help("use `https` or `http`"),
    }
}
