//! Where an artefact states the subject of a finding.

use crate::model::{Site, SiteField};
use crate::source::{Files, PathStep, Place};

/// The path of the property: of a rule, the property itself, whose name is the same in every form; of a resource, as far
/// down as the reader of the artefact kept the paths.
pub fn in_artefact(files: &mut Files, site: &Site) -> Option<Place> {
    let whole = site.origin.as_ref()?.at;
    let (path, index) = site.property();
    let mut steps: Vec<PathStep> =
        path.split('/').filter(|key| !key.is_empty()).map(|key| PathStep::Key(key.into())).collect();
    steps.extend(index.map(PathStep::Index));
    Some(match site.field {
        SiteField::Whole => whole,
        _ if site.rule().is_some() => files.below(whole, &steps),
        _ => resource(files, whole, &steps),
    })
}

/// As far down as there are paths. What `az` prints has the properties beside the name.
fn resource(files: &Files, whole: Place, steps: &[PathStep]) -> Place {
    match (files.within(whole, steps), steps) {
        (found, [_, rest @ ..]) if found == whole => files.within(whole, rest),
        (found, _) => found,
    }
}
