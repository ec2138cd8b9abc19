//! What the author means.
//!
//! In: syntax trees of a source and its imports and modules. Out: policies, firewalls, routes and expectations with
//! every name resolved, every bundle expanded and every kind checked. Guaranteed: nothing is left to resolve, and every
//! item carries its origin. Deliberately absent: Azure's rule kinds, collections and priorities (`azure` has those).

mod settings;

pub use settings::{
    BypassProtocol, Dns, ExplicitProxy, Idps, IdpsBypass, IdpsMode, IdpsProfile, Insights, Priority, Settings, Sku,
    Snat, ThreatIntel, ThreatIntelAllow, Tls,
};
