//! The bases of a policy, followed to their end.

use super::{Model, Policy};

impl Model {
    /// The policies that `policy` inherits, its own base first, then that one's base, and so on, as far as the model holds
    /// them. Bases in a circle are none: it is not known which of them is read first. Azure documents one level only
    /// (looked up on 2026-11-29). `check` reports a base of a base, and no answer may leave its rules out.
    pub fn bases<'m>(&'m self, policy: &'m Policy) -> Vec<&'m Policy> {
        self.lineage(policy).unwrap_or_default()
    }

    /// The policies that inherit each other in a circle, to which the bases of `policy` lead; `None` where they end.
    pub fn circle<'m>(&'m self, policy: &'m Policy) -> Option<Vec<&'m Policy>> {
        self.lineage(policy).err()
    }

    /// The bases of `policy`, or the circle that they end in.
    fn lineage<'m>(&'m self, policy: &'m Policy) -> Result<Vec<&'m Policy>, Vec<&'m Policy>> {
        let mut seen = vec![policy];
        let mut last = policy;
        while let Some(base) = self.parent_of(last) {
            if let Some(first) = seen.iter().position(|known| std::ptr::eq(*known, base)) {
                return Err(seen.split_off(first));
            }
            seen.push(base);
            last = base;
        }
        Ok(seen.split_off(1))
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Base, Model, Policy, ResourceId, Scope, Settings, Sku};

    /// Policies, each with its base.
    fn model(policies: &[(&str, Option<&str>)]) -> Model {
        let policy = |&(name, base): &(&str, Option<&str>)| Policy {
            name: name.into(),
            scope: Scope::default(),
            base: base.map(|base| Base::Named(ResourceId::own(base))),
            settings: Settings::new(Sku::Standard),
            groups: Vec::new(),
            origin: None,
        };
        Model { policies: policies.iter().map(policy).collect(), ..Model::default() }
    }

    fn names(policies: Vec<&Policy>) -> Vec<&str> {
        policies.into_iter().map(|policy| policy.name.as_str()).collect()
    }

    #[test]
    fn bases_are_followed_to_their_end() {
        let model = model(&[("top", None), ("mid", Some("top")), ("low", Some("mid"))]);
        assert_eq!(
            model.policies.iter().map(|policy| names(model.bases(policy))).collect::<Vec<_>>(),
            [vec![], vec!["top"], vec!["mid", "top"]]
        );
    }

    #[test]
    fn a_circle_has_no_bases() {
        let model = model(&[("a", Some("b")), ("b", Some("a")), ("self", Some("self")), ("below", Some("a"))]);
        assert!(model.policies.iter().all(|policy| model.bases(policy).is_empty()));
        let circles: Vec<_> = model.policies.iter().filter_map(|policy| model.circle(policy)).map(names).collect();
        assert_eq!(circles, [vec!["a", "b"], vec!["b", "a"], vec!["self"], vec!["a", "b"]]);
    }
}
