//! Lists of terms as what a place wants: addresses, services, or addresses and host names.

use crate::diag::{Code, Diagnostic};
use crate::net::ServiceSet;
use crate::source::Span;
use crate::syntax::{Node, NodeKind};

use super::eval::{Env, Evaluator};
use super::expects::{Expects, ForServices};
use super::model::{Address, Ends, Entry};
use super::set::Kind;

impl<'s> Evaluator<'s> {
    /// The addresses that a node's list says; `None` where it is broken.
    pub(super) fn addresses(&mut self, node: Node<'s>, env: &Env) -> Option<Vec<Entry<Address>>> {
        let wanted = if node.kind() == NodeKind::From { Expects::Sources } else { Expects::Kind(Kind::Addresses) };
        let set = self.wanting(wanted, |evaluator| evaluator.list(node, env));
        let set = self.of_kind(set, Kind::Addresses, node.span(), env);
        (!set.broken).then_some(set.addresses)
    }

    /// The services that a node's list says, as one set.
    pub(super) fn services(&mut self, node: Node<'s>, env: &Env) -> Option<ServiceSet> {
        let set = self.wanting(Expects::Kind(Kind::Services), |evaluator| evaluator.list(node, env));
        let set = self.of_kind(set, Kind::Services, node.span(), env);
        let union = |all: ServiceSet, entry: &Entry<ServiceSet>| all.union(&entry.value);
        (!set.broken).then(|| set.services.iter().fold(ServiceSet::default(), union))
    }

    /// The addresses and host names that a node's list says.
    pub(super) fn ends(&mut self, node: Node<'s>, services: ForServices, env: &Env) -> Option<Ends> {
        let wanted = Expects::Destinations(services);
        let mut set = self.wanting(wanted, |evaluator| evaluator.list(node, env));
        set.addresses.extend(set.any.drain(..).map(|at| Entry { value: Address::Any, at }));
        let neither = |&(kind, _): &(Kind, Span)| !matches!(kind, Kind::Addresses | Kind::Hosts);
        if let Some((kind, at)) = set.kinds().into_iter().find(neither) {
            let message = format!("expected addresses or host names, found {}", kind.phrase());
            let found = self.advised(Diagnostic::new(Code::FW0202, at, message), &set, wanted, env);
            self.push(env, found);
            return None;
        }
        self.refuse_pods(&set.addresses, "pods stand as sources only", env)?;
        (!set.broken).then_some(Ends { addresses: set.addresses, hosts: set.hosts })
    }

    /// Reports pods among the entries, as `why` says.
    pub(super) fn refuse_pods(&mut self, entries: &[Entry<Address>], why: &str, env: &Env) -> Option<()> {
        let Some(entry) = entries.iter().find(|entry| matches!(entry.value, Address::Pods(_))) else { return Some(()) };
        let found = Diagnostic::new(Code::FW0207, entry.at, why);
        self.push(env, found.help("write addresses"));
        None
    }
}
