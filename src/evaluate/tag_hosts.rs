//! What is known of the hosts of an FQDN tag.

use crate::flow::Service;
use crate::net::{AppProtocol, HostName, HostPattern};

/// What is known of the hosts of an FQDN tag. It holds no other host than these.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct TagHosts {
    /// The hosts that it holds.
    pub hosts: Vec<HostPattern>,
    /// Hosts of which it is not known whether it holds them.
    pub open: Vec<HostPattern>,
    /// The protocols, each with its port, over which it means those hosts; `None` where the protocols of the rule alone
    /// decide, as Azure documents it.
    pub protocols: Option<Vec<(AppProtocol, u16)>>,
}

/// Whether a tag holds a host.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Held {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// It is not known.
    Open,
}

impl TagHosts {
    /// Whether the tag holds `name` with `service`.
    pub fn holds(&self, name: &HostName, service: Service) -> Held {
        let matches = |patterns: &[HostPattern]| patterns.iter().any(|pattern| pattern.matches(name));
        let carried = match (&self.protocols, service) {
            (None, _) => true,
            (Some(protocols), Service::Application(protocol, port)) => protocols.contains(&(protocol, port)),
            (Some(_), Service::Tcp(_) | Service::Udp(_) | Service::Icmp | Service::Other(_)) => false,
        };
        match (carried, matches(&self.hosts), matches(&self.open)) {
            (false, _, _) | (true, false, false) => Held::No,
            (true, true, _) => Held::Yes,
            (true, false, true) => Held::Open,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(texts: &[&str]) -> Vec<HostPattern> {
        texts.iter().filter_map(|text| text.parse().ok()).collect()
    }

    #[test]
    fn a_host_is_held_or_open_or_neither_and_only_over_the_protocols_of_the_tag() {
        let tag = TagHosts {
            hosts: patterns(&["a.com", "*.b.com"]),
            open: patterns(&["*.com"]),
            protocols: Some(vec![(AppProtocol::Https, 443)]),
        };
        let https = Service::Application(AppProtocol::Https, 443);
        let http = Service::Application(AppProtocol::Http, 80);
        let holds = |name: &str, service| name.parse().map(|name| tag.holds(&name, service)).ok();
        assert_eq!(holds("a.com", https), Some(Held::Yes));
        assert_eq!(holds("x.y.b.com", https), Some(Held::Yes));
        assert_eq!(holds("b.com", https), Some(Held::Open));
        assert_eq!(holds("b.org", https), Some(Held::No));
        assert_eq!(holds("a.com", http), Some(Held::No));
        assert_eq!(holds("a.com", Service::Tcp(443)), Some(Held::No));
    }
}
