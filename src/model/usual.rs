//! The settings of a policy without what states nothing: one form for all that mean the same to Azure.
//!
//! An export has defaults that a source leaves out, empty lists where there is none, lists in an order of their own, and ids
//! in another case.

use serde_json::Value;

use super::canonical::{normal_location, ordered_settings};
use super::{Dns, ExplicitProxy, Idps, IdpsMode, Insights, Model, Policy, Settings, Sku, Snat, ThreatIntel};

/// The ranges that are not source-translated where nothing else is stated.
///
/// Source: Microsoft Learn, "Azure Firewall SNAT private IP address ranges", 2025-06.
const USUAL_RANGES: &str = "IANAPrivateRanges";

impl Model {
    /// The model with the settings of its policies in the form in which two that mean the same are equal: defaults of Azure
    /// left out, what Azure reads as a set in one order, and of threat intelligence the mode that holds, own or inherited.
    #[must_use]
    pub fn with_usual_settings(&self) -> Self {
        let modes: Vec<Option<ThreatIntel>> = self.policies.iter().map(|policy| self.threat_intel(policy)).collect();
        let mut model = self.clone();
        for (policy, mode) in model.policies.iter_mut().zip(modes) {
            let own = usual(std::mem::replace(&mut policy.settings, Settings::new(Sku::Standard)));
            policy.settings = Settings { threat_intel: mode, ..own };
        }
        model
    }

    /// What threat intelligence does: as the policy or the nearest of its bases states, else Azure's default. `None` where a
    /// base may state it that the model does not hold.
    fn threat_intel(&self, policy: &Policy) -> Option<ThreatIntel> {
        let lineage: Vec<&Policy> = std::iter::once(policy).chain(self.bases(policy)).collect();
        let stated = lineage.iter().find_map(|policy| policy.settings.threat_intel);
        let is_whole = lineage.last().is_some_and(|last| last.base.is_none() && !last.settings.unknown.is_all());
        stated.or(is_whole.then_some(ThreatIntel::Alert))
    }
}

fn usual(mut settings: Settings) -> Settings {
    ordered_settings(&mut settings);
    settings.location = settings.location.as_deref().map(normal_location);
    settings.threat_intel_allow.take_if(|allow| allow.fqdns.is_empty() && allow.addresses.is_empty());
    if let Some(dns) = &mut settings.dns {
        dns.proxy.take_if(|proxy| !*proxy);
    }
    settings.dns.take_if(|dns| *dns == Dns::default());
    settings.idps.take_if(|idps| *idps == Idps::new(IdpsMode::Off));
    settings.explicit_proxy =
        settings.explicit_proxy.map(usual_proxy).filter(|proxy| *proxy != ExplicitProxy::default());
    settings.sql_redirect.take_if(|redirect| !*redirect);
    settings.snat = settings.snat.map(usual_snat).filter(|snat| *snat != Snat::default());
    // What is off neither keeps nor sends anything.
    settings.insights.take_if(|insights| insights.enabled != Some(true));
    settings.insights.iter_mut().for_each(lower_case);
    settings.identities.iter_mut().for_each(|id| id.make_ascii_lowercase());
    settings.other.retain(|_, value| !states_nothing(value));
    settings
}

fn usual_proxy(mut proxy: ExplicitProxy) -> ExplicitProxy {
    proxy.enabled.take_if(|enabled| !*enabled);
    proxy.pac_file_enabled.take_if(|enabled| !*enabled);
    for port in [&mut proxy.http_port, &mut proxy.https_port, &mut proxy.pac_file_port] {
        port.take_if(|port| *port == 0);
    }
    proxy.pac_file.take_if(|url| url.is_empty());
    proxy
}

fn usual_snat(mut snat: Snat) -> Snat {
    snat.auto_learn.take_if(|learns| !*learns);
    snat.private_ranges.sort_unstable();
    snat.private_ranges.dedup();
    if matches!(snat.private_ranges.as_slice(), [only] if only.eq_ignore_ascii_case(USUAL_RANGES)) {
        snat.private_ranges.clear();
    }
    snat
}

/// Azure compares ids without regard to case.
fn lower_case(insights: &mut Insights) {
    insights.default_workspace.iter_mut().for_each(|id| id.make_ascii_lowercase());
    insights.regional_workspaces.values_mut().for_each(|id| id.make_ascii_lowercase());
}

/// Whether a property that is carried through unread is `null` or empty.
fn states_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.values().all(states_nothing),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::model::ThreatIntelAllow;

    #[test]
    fn what_azure_fills_in_is_left_out() {
        let filled = Settings {
            threat_intel_allow: Some(ThreatIntelAllow::default()),
            dns: Some(Dns { proxy: Some(false), servers: Vec::new(), network_rules_need_proxy: Some(true) }),
            idps: Some(Idps::new(IdpsMode::Off)),
            explicit_proxy: Some(ExplicitProxy {
                enabled: Some(false),
                http_port: Some(0),
                ..ExplicitProxy::default()
            }),
            sql_redirect: Some(false),
            snat: Some(Snat { private_ranges: vec!["IANAPrivateRanges".to_owned()], auto_learn: Some(false) }),
            insights: Some(Insights { enabled: Some(false), retention_days: Some(30), ..Insights::default() }),
            ..Settings::new(Sku::Premium)
        };
        assert_eq!(usual(filled), Settings::new(Sku::Premium));
    }

    #[test]
    fn what_means_something_is_kept() {
        let servers = vec![Ipv4Addr::new(10, 0, 0, 10)];
        let stated = Settings {
            dns: Some(Dns { proxy: Some(true), servers, network_rules_need_proxy: Some(false) }),
            idps: Some(Idps::new(IdpsMode::Alert)),
            sql_redirect: Some(true),
            snat: Some(Snat { private_ranges: vec!["0.0.0.0/0".to_owned()], auto_learn: None }),
            ..Settings::new(Sku::Premium)
        };
        assert_eq!(usual(stated.clone()), stated);
    }
}
