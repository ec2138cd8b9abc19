//! What a model leaves open, because only a deployment knows it.

use std::sync::Arc;

use super::{Collection, Model, Policy, Presence};

impl Model {
    /// The model of the deployments in which the conditions are as `truth` gives them: without what is not there then.
    /// The bases that were put beside their children stay as they are.
    #[must_use]
    pub fn where_holds(&self, truth: &dyn Fn(&Arc<str>) -> bool) -> Self {
        let mut model = self.clone();
        for policy in model.policies.iter_mut().filter(|policy| !policy.is_adopted()) {
            policy.groups.retain(|group| group.presence.holds(truth));
            for group in &mut policy.groups {
                group.presence = Presence::Always;
                group.collections.retain(|collection| collection.presence.holds(truth));
                group.collections.iter_mut().for_each(|collection| collection.presence = Presence::Always);
            }
        }
        model
    }

    /// What only a deployment knows about the existence and the names of resources; each in words.
    pub fn left_open(&self) -> Vec<String> {
        self.policies.iter().flat_map(|policy| self.left_open_in(policy)).collect()
    }

    /// The same of one policy.
    pub fn left_open_in(&self, policy: &Policy) -> Vec<String> {
        let mut open = Vec::new();
        if let Some(presence) = self.supposed.get(&policy.id()) {
            open.push(format!("policy `{}` is there only where {presence}", policy.name));
        }
        if !policy.name.is_known() {
            open.push(format!("the name of policy `{}` is not known", policy.name));
        }
        for group in &policy.groups {
            let path = format!("`{}/{}`", policy.name, group.name);
            if !group.name.is_known() && policy.name.is_known() {
                open.push(format!("the name of group {path} is not known"));
            }
            if !group.presence.is_always() {
                open.push(format!("group {path} is there only where {}", group.presence));
            }
            let under = group.collections.iter().filter(|collection| !collection.presence.is_always());
            open.extend(under.map(|Collection { name, presence, .. }| {
                format!("collection `{name}` of group {path} is there only where {presence}")
            }));
        }
        open
    }
}
