//! The flows of a diagram, product by product, with what decides them.

use std::collections::BTreeSet;
use std::rc::Rc;

use hashbrown::{HashMap, HashSet};
use indexmap::IndexSet;

use super::budget::BoundReached;
use super::choice::{Choice, Exception, Steps};
use super::choices::{WantedFlows, choices};
use super::compact::compact;
use super::diagram::{Diagram, DiagramCell, DiagramNode, Path};
use super::product::{Except, Product};
use super::space::{Space, Witness};

/// Further properties of a product, apart from the opaque sets that are held or not.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(super) struct Extra {
    pub(super) any: Vec<Vec<u32>>,
    pub(super) except: Vec<Exception>,
    world: Vec<u32>,
}

/// Products that do not meet, each with what one rule of each list gives there.
#[derive(Debug)]
pub(super) struct LineAnswers {
    found: Vec<(Vec<u32>, Path, Extra)>,
    /// Whether that is all; else each choice of rules has one product at least, as far as there was room.
    pub(super) complete: bool,
    /// The classes that there are, all of them.
    pub(super) classes: BTreeSet<u32>,
}

/// One answer: what the rules give or the class of that, the flows, and one of them.
pub(super) struct LineAnswer {
    pub(super) label: Vec<u32>,
    pub(super) product: Product,
    pub(super) witness: Witness,
}

/// The flows under `root`. `ends` gives, for an end of it, the ends of each list; `wanted` is the request.
pub(super) fn answers(
    diagram: &Diagram<'_>,
    root: DiagramNode,
    ends: &dyn Fn(DiagramNode) -> Vec<DiagramNode>,
    wanted: WantedFlows<'_>,
    limit: usize,
    steps: &mut Steps,
) -> Result<LineAnswers, BoundReached> {
    let mut all = Collector { diagram, ends, wanted, left: limit, steps, seen: HashSet::new(), known: HashMap::new() };
    let mut sorted = Sorted::default();
    let mut cells = diagram.cells(root, limit);
    let mut complete = cells.len() <= limit;
    cells.truncate(limit);
    for cell in cells {
        complete &= all.cell(cell, &mut sorted)?;
    }
    if !complete {
        // The part that was cut off may hold other rules: one product represents each choice of them.
        all.left = limit;
        for cell in diagram.first_cells(root) {
            all.only_new(cell, &mut sorted)?;
        }
    }
    Ok(sorted.answers(diagram.space(), complete))
}

struct Collector<'a, 's> {
    diagram: &'a Diagram<'s>,
    ends: &'a dyn Fn(DiagramNode) -> Vec<DiagramNode>,
    wanted: WantedFlows<'a>,
    left: usize,
    steps: &'a mut Steps,
    seen: HashSet<Vec<u32>>,
    known: HashMap<DiagramNode, Rc<[Choice]>>,
}

/// Paths, and the meaning of their numbers.
#[derive(Default)]
struct Sorted {
    paths: Vec<Path>,
    labels: IndexSet<Vec<u32>>,
    extras: IndexSet<Extra>,
    classes: BTreeSet<u32>,
}

impl Collector<'_, '_> {
    /// Takes the flows of one cell; whether all of them.
    fn cell(&mut self, cell: DiagramCell, into: &mut Sorted) -> Result<bool, BoundReached> {
        let known = self.known.get(&cell.end).filter(|known| room(known) <= self.left);
        let (found, complete) = match known {
            Some(known) => (Rc::clone(known), true),
            None => self.choices(cell.end, &HashSet::new(), into)?,
        };
        self.left = self.left.saturating_sub(room(&found));
        for choice in found.iter() {
            self.seen.insert(choice.label.clone());
            into.take(&cell, choice);
        }
        if complete {
            self.known.insert(cell.end, found);
        }
        Ok(complete)
    }

    /// Takes one product of the cell for each choice of rules that no other cell has shown.
    fn only_new(&mut self, cell: DiagramCell, into: &mut Sorted) -> Result<(), BoundReached> {
        if self.known.contains_key(&cell.end) {
            return Ok(());
        }
        let seen = std::mem::take(&mut self.seen);
        let found = self.choices(cell.end, &seen, into);
        self.seen = seen;
        let (found, _) = found?;
        for choice in found.iter() {
            if self.seen.insert(choice.label.clone()) {
                self.left = self.left.saturating_sub(choice.room());
                into.take(&cell, choice);
            }
        }
        Ok(())
    }

    fn choices(
        &mut self,
        end: DiagramNode,
        known: &HashSet<Vec<u32>>,
        into: &mut Sorted,
    ) -> Result<(Rc<[Choice]>, bool), BoundReached> {
        let lists: Vec<_> = (self.ends)(end).into_iter().map(|end| self.diagram.cases(end)).collect();
        let found = choices(self.diagram.space(), &lists, self.wanted, known, self.left, self.steps)?;
        into.classes.extend(&found.classes);
        Ok((found.found.into(), found.complete))
    }
}

fn room(choices: &[Choice]) -> usize {
    choices.iter().map(Choice::room).sum()
}

impl Sorted {
    fn take(&mut self, cell: &DiagramCell, choice: &Choice) {
        let Choice { label, bits, any, except, world } = choice;
        let extra = Extra { any: any.clone(), except: except.clone(), world: extra_world(choice, world) };
        let (value, _) = self.labels.insert_full(label.clone());
        let (extra, _) = self.extras.insert_full(extra);
        self.paths.push(Path { value, sets: cell.sets.clone(), bits: bits.clone(), extra });
    }

    fn answers(self, space: &Space, complete: bool) -> LineAnswers {
        let paths = compact(self.paths).into_iter().flat_map(|path| space.in_terms(path));
        let found = paths.filter_map(|path| {
            let label = self.labels.get_index(path.value)?.clone();
            Some((label, self.extras.get_index(path.extra)?.clone(), path))
        });
        let found = found.map(|(label, extra, path)| (label, path, extra)).collect();
        LineAnswers { found, complete, classes: self.classes }
    }
}

/// The world of an example, where the bits of the product do not give it.
fn extra_world(choice: &Choice, world: &[u32]) -> Vec<u32> {
    if choice.any.is_empty() && choice.except.is_empty() { Vec::new() } else { world.to_vec() }
}

impl LineAnswers {
    /// The products in the terms of addresses, names and services.
    pub(super) fn products<'a>(&'a self, space: &'a Space) -> impl Iterator<Item = LineAnswer> + 'a {
        self.found.iter().filter_map(|(label, path, extra)| {
            let product = self.product(space, path, extra)?;
            let witness = space.path_witness(path, &extra.world)?;
            Some(LineAnswer { label: label.clone(), product, witness })
        })
    }

    fn product(&self, space: &Space, path: &Path, extra: &Extra) -> Option<Product> {
        let named = |need: u32| space.mention(need).named.clone();
        let except = |exception: &Exception| {
            let (single, several): (Vec<_>, Vec<_>) =
                exception.needs.iter().map(|&need| named(need)).partition(|named| named.len() == 1);
            let line = usize::try_from(exception.value).ok()?.checked_sub(1)?;
            let (inside, any) = (space.atoms_of(&single.concat()), several.iter().map(|of| space.atoms_of(of)));
            Some(Except { inside, any: any.collect(), list: exception.list, line })
        };
        let mut product = space.product(path)?;
        product.any = extra.any.iter().map(|of| space.atoms_of(of)).collect();
        product.except = extra.except.iter().filter_map(except).collect();
        Some(product)
    }
}
