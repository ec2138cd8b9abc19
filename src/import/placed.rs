//! What is found of resources, with its place; one of each id.

use std::rc::Rc;

use indexmap::IndexMap;

use super::fault::{Error, ImportFault, quoted};
use crate::model::{self, DocumentPlace, ResourceId, ResourceName, Scope};

pub(super) struct PlacedValue<T> {
    pub(super) place: ImportPlace,
    pub(super) value: T,
}

pub(super) struct ImportPlace {
    pub(super) artefact: Rc<str>,
    pub(super) path: String,
}

impl ImportPlace {
    pub(super) fn in_document(&self) -> DocumentPlace {
        DocumentPlace::new(&*self.artefact, self.path.clone())
    }

    pub(super) fn error(&self, message: String) -> Error {
        ImportFault::at(self.path.clone(), message).of(&self.artefact)
    }

    pub(super) fn ambiguous(&self, name: &str, all: &[ResourceId]) -> Error {
        self.error(ambiguous("resource", name, all))
    }
}

/// A resource that is told from others by its id.
pub(super) trait Identified: PartialEq {
    fn id(&self) -> ResourceId;
    fn place(&mut self, scope: Scope);
}

macro_rules! identified {
    ($($kind:ty),*) => { $(
        impl Identified for $kind {
            fn id(&self) -> ResourceId {
                ResourceId { name: self.name.clone(), scope: self.scope.clone() }
            }

            fn place(&mut self, scope: Scope) {
                self.scope = scope;
            }
        }
    )* };
}

identified!(model::Policy, model::IpGroup, model::RouteTable);

/// Each resource once, in the order in which they were found. An id that is stated in part is the resource whose id agrees
/// with it; what two artefacts state of one resource must be equal.
pub(super) fn settled<T: Identified>(found: Vec<PlacedValue<T>>) -> Result<Vec<T>, Error> {
    let mut order: Vec<(usize, PlacedValue<T>)> = found.into_iter().enumerate().collect();
    order.sort_by_key(|(_, placed)| std::cmp::Reverse(placed.value.id().scope.stated()));
    let mut kept: IndexMap<ResourceName, Vec<(usize, T)>> = IndexMap::new();
    for (index, PlacedValue { place, mut value }) in order {
        let id = value.id();
        let of_name = kept.entry(id.name.clone()).or_default();
        let known: Vec<ResourceId> = of_name.iter().map(|(_, value)| value.id()).collect();
        let Some(at) = the_one(&id, known.iter()).map_err(|all| place.ambiguous(&id.name, &all))? else {
            of_name.push((index, value));
            continue;
        };
        let Some((first, other)) = of_name.get_mut(at) else { continue };
        value.place(other.id().scope);
        if value != *other {
            return Err(place.error(format!("{} is stated here and elsewhere, and the two differ", quoted(&id.name))));
        }
        *first = index.min(*first);
    }
    let mut all: Vec<(usize, T)> = kept.into_values().flatten().collect();
    all.sort_by_key(|(index, _)| *index);
    Ok(all.into_iter().map(|(_, value)| value).collect())
}

/// Which of `known` is meant by `id`: the equal one, else the only one that agrees. Several that agree are an error.
pub(super) fn the_one<'i>(
    id: &ResourceId,
    known: impl Iterator<Item = &'i ResourceId>,
) -> Result<Option<usize>, Vec<ResourceId>> {
    let agreeing: Vec<(usize, &ResourceId)> = known.enumerate().filter(|(_, other)| id.agrees(other)).collect();
    if let Some((at, _)) = agreeing.iter().find(|(_, other)| *other == id) {
        return Ok(Some(*at));
    }
    match agreeing.as_slice() {
        [] => Ok(None),
        [(at, _)] => Ok(Some(*at)),
        several => Err(several.iter().map(|(_, id)| (*id).clone()).collect()),
    }
}

pub(super) fn ambiguous(what: &str, name: &str, all: &[ResourceId]) -> String {
    let all: Vec<String> = all.iter().map(|id| quoted(&id.to_string())).collect();
    format!("{what} {} may be any of {}: state its whole resource id", quoted(name), all.join(", "))
}
