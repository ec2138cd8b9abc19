//! Lists of terms as what a place wants: addresses, services, or addresses and host names.

use crate::diag::{Code, Diagnostic};
use crate::net::ServiceSet;
use crate::source::SourceSpan;
use crate::syntax::{NodeKind, SyntaxNode};

use super::eval::{EvalEnv, Evaluator};
use super::expects::{Expects, ForServices};
use super::model::{Address, Ends, Entry};
use super::set::SetKind;

impl<'s> Evaluator<'s> {
    /// The addresses that a node's list states; `None` where it is broken.
    pub(super) fn addresses(&mut self, node: SyntaxNode<'s>, env: &EvalEnv) -> Option<Vec<Entry<Address>>> {
        let wanted = if node.kind() == NodeKind::From { Expects::Sources } else { Expects::Kind(SetKind::Addresses) };
        let set = self.wanting(wanted, |evaluator| evaluator.list(node, env));
        let set = self.of_kind(set, SetKind::Addresses, node.span(), env);
        (!set.broken).then_some(set.addresses)
    }

    /// The services that a node's list states, as one set.
    pub(super) fn services(&mut self, node: SyntaxNode<'s>, env: &EvalEnv) -> Option<ServiceSet> {
        let set = self.wanting(Expects::Kind(SetKind::Services), |evaluator| evaluator.list(node, env));
        let set = self.of_kind(set, SetKind::Services, node.span(), env);
        let union = |all: ServiceSet, entry: &Entry<ServiceSet>| all.union(&entry.value);
        (!set.broken).then(|| set.services.iter().fold(ServiceSet::default(), union))
    }

    /// The addresses and host names that a node's list states.
    pub(super) fn ends(&mut self, node: SyntaxNode<'s>, services: ForServices, env: &EvalEnv) -> Option<Ends> {
        let wanted = Expects::Destinations(services);
        let mut set = self.wanting(wanted, |evaluator| evaluator.list(node, env));
        set.addresses.extend(set.any.drain(..).map(|at| Entry { value: Address::Any, at }));
        let neither = |&(kind, _): &(SetKind, SourceSpan)| !matches!(kind, SetKind::Addresses | SetKind::Hosts);
        if let Some((kind, at)) = set.kinds().into_iter().find(neither) {
            let message = format!("expected addresses or host names, found {}", kind.phrase());
            let found = self.advised(Diagnostic::new(Code::FW0202, at, message), &set, wanted, env);
            self.push(env, found);
            return None;
        }
        self.refuse_pods(&set.addresses, "pods are allowed as sources only", env)?;
        (!set.broken).then_some(Ends { addresses: set.addresses, hosts: set.hosts })
    }

    /// Reports pods among the entries, as `why` states.
    pub(super) fn refuse_pods(&mut self, entries: &[Entry<Address>], why: &str, env: &EvalEnv) -> Option<()> {
        let Some(entry) = entries.iter().find(|entry| matches!(entry.value, Address::Pods(_))) else { return Some(()) };
        let found = Diagnostic::new(Code::FW0207, entry.at, why);
        self.push(env, found.help("write addresses"));
        None
    }
}
