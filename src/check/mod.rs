//! What Azure refuses of a policy, and what comes close to its limits.
//!
//! In: a model, and the source it was lowered from where there is one. Out: diagnostics FW04xx and FW05xx, each with what
//! to write instead. Guaranteed: what only a deployment would report otherwise is reported here; features above the tier,
//! names and limits are rows of tables with source and date. Deliberately absent: questions about flows (`lint` asks
//! those).

mod subject;

mod counts;
mod headers;
mod inheritance;
mod inspection;
mod names;
mod proxy;
mod sku;
mod sql;
mod wildcards;

use crate::diag::Diagnostics;
use crate::intent::Intent;

use crate::limits::CheckOptions;
use crate::lower::Lowered;
use crate::model::Model;
use subject::Subject;

pub use headers::RESERVED_HEADERS;
pub use names::{NAME_RULES, NameRule};
pub use sku::{GATES, Gate};

/// Everything in `meant`, lowered to `lowered`, that Azure would refuse or that comes close to it.
pub fn check(meant: &Intent, lowered: &Lowered, options: &CheckOptions) -> Diagnostics {
    let mut found = Diagnostics::new();
    for policy in &meant.policies {
        let subject = Subject::new(meant, policy);
        names::check(&subject, options, &mut found);
        sku::check(&subject, &mut found);
        proxy::check(&subject, &mut found);
        inspection::check(&subject, &mut found);
        headers::check(&subject, options, &mut found);
        sql::check(&subject, &mut found);
        wildcards::check(&subject, &mut found);
        inheritance::check(&subject, &mut found);
        counts::check_ports_as_they_are(policy, options, &mut found);
    }
    names::check_network(meant, &lowered.model, options, &mut found);
    sku::check_firewalls(meant, &mut found);
    counts::check(meant, &lowered.model, options, &mut found);
    found
}

/// Every limit that a model read from artefacts exceeds or comes close to.
pub fn check_limits(model: &Model, options: &CheckOptions) -> Diagnostics {
    let mut found = Diagnostics::new();
    counts::check_model(model, options, &mut found);
    found
}
