//! A base beside its child: here and nowhere else.

use indexmap::IndexMap;

use super::identity::{Came, ResourceId, Scope};
use super::{IpGroup, IpGroupRef, Model, Policy};

impl Model {
    /// Adds `base`, a policy of `from`, beside those that inherit it, with its own IP groups. A base keeps its name and
    /// its IP groups, which never replace a child's, even under the same name. One base that several inputs state alike
    /// is added once.
    ///
    /// A base that has a base in `from` is added with it, to the end of the chain.
    ///
    /// It joins and never judges: `check` reports what Azure requires of a base and its children.
    pub fn adopt(&mut self, children: &[ResourceId], base: &Policy, from: &Self) {
        let mut children = children.to_vec();
        for base in std::iter::once(base).chain(from.bases(base)) {
            children = vec![self.adopt_one(&children, base, from)];
        }
        self.link_whole_ids();
        self.tell_twins_apart();
    }

    /// Puts one base beside those that inherit it; the id that it has there.
    fn adopt_one(&mut self, children: &[ResourceId], base: &Policy, from: &Self) -> ResourceId {
        let numbers: Vec<u32> = self.policies.iter().filter_map(|policy| number(&policy.scope)).collect();
        let known = numbers.iter().copied().find(|&number| self.holds(base, from, number));
        let number = known.unwrap_or_else(|| numbers.iter().max().map_or(1, |last| last.saturating_add(1)));
        let supposed = from.supposed.get(&base.id()).cloned();
        let (base, ip_groups) = moved(base, from, number);
        let id = base.id();
        if known.is_none() {
            self.policies.insert(0, base);
            self.ip_groups.extend(ip_groups);
            self.stand_ins.extend(from.stand_ins.iter().cloned());
            self.supposed.extend(supposed.map(|presence| (id.clone(), presence)));
            self.assumptions.extend(from.assumptions.iter().cloned());
        }
        self.bring_named(from, number);
        self.adopted.extend(children.iter().map(|child| (child.clone(), id.clone())));
        id
    }

    /// Removes the base of `child`, which another will replace, unless other policies inherit it too.
    pub fn disown(&mut self, child: &ResourceId) {
        let Some(base) = self.policy_of(child).and_then(|child| self.parent_of(child)).map(Policy::id) else { return };
        self.adopted.shift_remove(child);
        let heirs =
            |policy: &&Policy| policy.id() != *child && self.parent_of(policy).is_some_and(|of| of.id() == base);
        if self.policies.iter().filter(heirs).count() == 0 {
            self.policies.retain(|policy| policy.id() != base);
        }
    }

    /// Whether `base` with its IP groups is there already under that number.
    fn holds(&self, base: &Policy, from: &Self, number: u32) -> bool {
        let (base, ip_groups) = moved(base, from, number);
        self.policy_of(&base.id()) == Some(&base)
            && ip_groups.iter().all(|(id, group)| self.ip_groups.get(id) == Some(group))
    }

    /// Adds the IP groups of the base's input that other rules name by their whole ids.
    fn bring_named(&mut self, from: &Self, number: u32) {
        let named = self.policies.iter().flat_map(Policy::ip_group_refs).filter_map(|reference| match reference {
            IpGroupRef::Id(text) => ResourceId::parse(text).filter(|id| id.scope.is_whole()),
            IpGroupRef::Named(_) => None,
        });
        let found: Vec<IpGroup> = named.filter_map(|id| from.ip_groups.get(&id).cloned()).collect();
        for mut group in found {
            group.scope.came = Came::Base(number);
            self.ip_groups.entry(group.id()).or_insert(group);
        }
    }

    /// A reference to an IP group by its whole id, which no other resource has, means that group in whichever input it
    /// is.
    fn link_whole_ids(&mut self) {
        let whole = |id: &&ResourceId| id.scope.is_whole();
        let (of_bases, own): (Vec<&ResourceId>, Vec<&ResourceId>) =
            self.ip_groups.keys().filter(whole).partition(|id| number(&id.scope).is_some());
        // What the input itself states of a group comes before what a base's input does.
        let by_place: IndexMap<ResourceId, ResourceId> =
            of_bases.into_iter().chain(own).map(|id| (at(id, Came::Itself), id.clone())).collect();
        for reference in self.policies.iter_mut().flat_map(Policy::ip_group_refs_mut) {
            let IpGroupRef::Id(text) = &*reference else { continue };
            let named = ResourceId::parse(text).filter(|id| id.scope.is_whole());
            if let Some(id) = named.and_then(|id| by_place.get(&id)) {
                *reference = IpGroupRef::Named(id.clone());
            }
        }
    }
}

fn number(scope: &Scope) -> Option<u32> {
    match scope.came {
        Came::Base(number) => Some(number),
        Came::Itself | Came::Elsewhere => None,
    }
}

fn at(id: &ResourceId, came: Came) -> ResourceId {
    ResourceId { name: id.name.clone(), scope: Scope { came, ..id.scope.clone() } }
}

/// `base` and the IP groups that its rules name, as those of the base `number`.
fn moved(base: &Policy, from: &Model, number: u32) -> (Policy, IndexMap<ResourceId, IpGroup>) {
    let came = Came::Base(number);
    let mut base = base.clone();
    let mut ip_groups = IndexMap::new();
    base.scope.came = came;
    for reference in base.ip_group_refs_mut() {
        let IpGroupRef::Named(id) = reference else { continue };
        let moved = at(id, came);
        if let Some(group) = from.ip_groups.get(id) {
            ip_groups.insert(moved.clone(), IpGroup { scope: moved.scope.clone(), ..group.clone() });
        }
        *id = moved;
    }
    (base, ip_groups)
}
