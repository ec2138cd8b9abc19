//! FW0203: two routes of a table to one prefix.
//!
//! Azure refuses the second: "Routes cannot have the same AddressPrefix" (kubernetes-sigs/cloud-provider-azure#657). In a
//! source `intent` reports it where it is written.

use crate::diag::Code;
use crate::model::{Model, Route, Site, SiteField, SiteSubject as Of};

use super::finding::{Finding, Findings};
use super::subject::SubjectForm;

/// Reports the first such pair of each table of an artefact.
pub(super) fn check(model: &Model, found: &mut Findings) {
    let tables =
        model.route_tables.iter().filter(|table| SubjectForm::of(table.origin.as_ref()) == SubjectForm::Artefact);
    for table in tables {
        let Some((first, second)) = table.prefix_twice() else { continue };
        let site = |route: &Route| Site { of: Of::Route, origin: route.origin.clone(), field: SiteField::Whole };
        let message = format!(
            "route table `{}` routes `{}` twice, by `{}` and `{}`: Azure takes one route for each prefix",
            table.name, second.prefix, first.name, second.name
        );
        let clash = Finding::new(Code::FW0203, site(second), message).related(site(first), "the first one");
        found.push(clash.help("remove one of them"));
    }
}
