//! What Azure refuses in a policy, and what comes close to its limits.
//!
//! In: a model as it is stated, of a source or of artefacts, and as it is deployed. Out: findings FW02xx, FW04xx and FW05xx,
//! each with what to write instead, and with the resource or rule and the field that it is about. Guaranteed: what only
//! a deployment would report otherwise is reported here; features above the tier, names and limits are rows of tables
//! with source and date; a setting that an input does not state refuses nothing. Deliberately absent: where a field is
//! written (`intent` finds it in a source, the document's path in an artefact), and questions about flows (`lint`).

mod artefact;
mod carried;
mod finding;
mod subject;

mod counts;
mod headers;
mod inheritance;
mod inspection;
mod ipv6;
mod lacking;
mod names;
mod priorities;
mod proxy;
mod routes;
mod sku;
mod sql;
mod wildcards;
mod words;

use crate::limits::CheckOptions;
use crate::model::Model;
use subject::{CheckSubject, is_external};

pub use artefact::in_artefact;
pub use finding::{Finding, Findings, Remedy};
pub use headers::RESERVED_HEADERS;
pub use names::{NAME_RULES, NameRule};

/// Everything in a model that Azure would refuse or that comes close to it: rules and settings as they are `stated`, limits
/// as they are `deployed`. Of an export that a source inherits, its own findings are notes.
pub fn check(stated: &Model, deployed: &Model, options: &CheckOptions) -> Findings {
    let mut found = Findings::default();
    for policy in &stated.policies {
        let subject = CheckSubject::new(stated, policy);
        let own = of_policy(&subject, options);
        found.extend(if is_external(stated, policy) { own.into_notes() } else { own });
        inheritance::check(&subject, &mut found);
    }
    names::check_network(deployed, options, &mut found);
    words::check_routes(deployed, &mut found);
    routes::check(deployed, &mut found);
    ipv6::check_ip_groups(stated, &mut found);
    sku::check_firewalls(stated, &mut found);
    counts::check(deployed, options, &mut found);
    found
}

/// What is found in a policy by itself.
fn of_policy(subject: &CheckSubject<'_>, options: &CheckOptions) -> Findings {
    let mut found = Findings::default();
    names::check(subject, options, &mut found);
    priorities::check(subject, &mut found);
    lacking::check(subject, &mut found);
    words::check(subject, &mut found);
    sku::check(subject, &mut found);
    proxy::check(subject, &mut found);
    inspection::check(subject, &mut found);
    headers::check(subject, options, &mut found);
    sql::check(subject, &mut found);
    wildcards::check(subject, &mut found);
    carried::check(subject, &mut found);
    ipv6::check(subject, &mut found);
    found.extend(inheritance::check_dnat(subject));
    found
}
