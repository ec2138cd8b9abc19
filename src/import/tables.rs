//! Route tables and the routes that are beside them, put together. What is there only under a condition that only a
//! deployment knows leads nobody knows where: the route, or what holds without it.

use indexmap::IndexMap;

use super::fault::{Error, quoted};
use super::placed::{Identified, PlacedValue, settled, the_one};
use super::presence::Supposed;
use super::routes::{is_twin, twice};
use super::tree::Notes;
use crate::model::{
    AssumptionKind, Bearing, DocumentPlace, NextHop, Presence, ResourceId, ResourceName, Route, RouteTable,
};

/// A route, by its table's place in the list and its name.
type TableKey = (usize, ResourceName);

/// What was found of route tables: each table, and each route that is a resource of its own, with when it is there.
#[derive(Default)]
pub(super) struct ImportTables {
    pub(super) tables: Vec<(PlacedValue<RouteTable>, Presence)>,
    pub(super) routes: Vec<(PlacedValue<(ResourceId, Route)>, Presence)>,
}

impl ImportTables {
    /// How many resources were found.
    pub(super) fn len(&self) -> usize {
        self.tables.len() + self.routes.len()
    }

    /// The tables with their routes. Two routes of one name must be equal, unless each is there under a condition.
    pub(super) fn joined(self, policies: &Supposed<'_>, notes: &Notes) -> Result<Vec<RouteTable>, Error> {
        let whole = presences(&self.tables);
        let mut tables = settled(self.tables.into_iter().map(|(placed, _)| placed).collect())?;
        let mut unsure: IndexMap<TableKey, (Presence, DocumentPlace)> = IndexMap::new();
        for (PlacedValue { place, value: (of, route) }, presence) in self.routes {
            let ids: Vec<ResourceId> = tables.iter().map(Identified::id).collect();
            let at = the_one(&of, ids.iter()).map_err(|all| place.ambiguous(&of.name, &all))?;
            let Some((at, found)) = at.and_then(|at| Some((at, tables.get_mut(at)?))) else {
                return Err(place.error(format!("the route table {} of this route is missing", quoted(&of.name))));
            };
            let key = (at, route.name.clone());
            let Some(other) = found.routes.iter().find(|other| other.name == route.name) else {
                if let Some(other) = found.routes.iter().find(|other| is_twin(other, &route)) {
                    let message = twice(&of.name, other, &route);
                    notes.tell_at(AssumptionKind::Unknown, Bearing::Routes, place.in_document(), message);
                }
                found.routes.push(route);
                unsure.insert(key, (presence, place.in_document()));
                continue;
            };
            match unsure.get_mut(&key) {
                Some((known, _)) if *other == route => *known = std::mem::take(known).or(presence).settled(),
                None if *other == route => {}
                // Each of them under a condition: which one holds is not known.
                Some((known, _)) if !known.is_always() && !presence.is_always() && other.prefix == route.prefix => {}
                Some(_) | None => {
                    let message = format!("{} is stated here and elsewhere, and the two differ", quoted(&route.name));
                    return Err(place.error(message));
                }
            }
        }
        for (id, presence, at) in whole {
            let open = tables.iter_mut().filter(|table| id.agrees(&table.id()) && !policies.imply(&presence));
            for table in open {
                let what = format!("route table {}", quoted(&table.name));
                tell(notes, &what, &presence, at.clone());
                table.routes.iter_mut().for_each(|route| open_hop(route, &presence));
            }
        }
        for ((at, name), (presence, place)) in unsure.into_iter().filter(|(_, (presence, _))| !policies.imply(presence))
        {
            let routes = tables.get_mut(at).into_iter().flat_map(|table| &mut table.routes);
            for route in routes.filter(|route| route.name == name) {
                tell(notes, &format!("route {}", quoted(&name)), &presence, place.clone());
                open_hop(route, &presence);
            }
        }
        Ok(tables)
    }
}

/// When each table is there: where one of those is that state it.
fn presences(tables: &[(PlacedValue<RouteTable>, Presence)]) -> Vec<(ResourceId, Presence, DocumentPlace)> {
    let mut found: Vec<(ResourceId, Presence, DocumentPlace)> = Vec::new();
    for (placed, presence) in tables {
        let id = placed.value.id();
        match found.iter_mut().find(|(other, ..)| other.agrees(&id)) {
            Some((_, known, _)) => *known = std::mem::take(known).or(presence.clone()).settled(),
            None => found.push((id, presence.clone(), placed.place.in_document())),
        }
    }
    found
}

fn tell(notes: &Notes, what: &str, presence: &Presence, at: DocumentPlace) {
    let message = format!(
        "{what} is there only where {presence}, which only a deployment knows: where flows to its prefixes go is not known"
    );
    notes.tell_at(AssumptionKind::Unknown, Bearing::Routes, at, message);
}

fn open_hop(route: &mut Route, presence: &Presence) {
    route.next_hop = NextHop::Unknown(format!("{}, only where {presence}", route.next_hop));
}
