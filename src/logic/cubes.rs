//! Sets of combinations of truths, as a small number of conjunctions (not always the minimum).

/// A conjunction. A bit numbers a truth.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Cube {
    /// The atoms that are true.
    pub on: u32,
    /// The atoms that are false.
    pub off: u32,
}

impl Cube {
    /// Whether the combination `row` is one of those.
    pub fn contains(self, row: u32) -> bool {
        row & self.on == self.on && row & self.off == 0
    }

    /// Whether every combination of `other` is one of those.
    fn covers(self, other: Self) -> bool {
        self.on & other.on == self.on && self.off & other.off == self.off
    }

    fn size(self) -> u32 {
        self.on.count_ones() + self.off.count_ones()
    }
}

/// Every combination of `count` truths, at most [`MOST`](super::MOST) of them: bit by bit, what is true.
pub fn fillings(count: usize) -> impl Iterator<Item = u32> + Clone {
    0..1_u32 << count.min(super::MOST)
}

/// Conjunctions, none of which can be shortened, whose union is the combinations of `count` truths that `holds`.
pub fn cubes(count: usize, holds: &dyn Fn(u32) -> bool) -> Vec<Cube> {
    let rows: Vec<u32> = fillings(count).filter(|&row| holds(row)).collect();
    let mut largest: Vec<Cube> = Vec::new();
    for cube in by_size(count) {
        let within = || fillings(count).filter(|&row| cube.contains(row)).all(holds);
        if !largest.iter().any(|known| known.covers(cube)) && within() {
            largest.push(cube);
        }
    }
    let mut left = rows;
    let mut chosen = Vec::new();
    while !left.is_empty() {
        let gain = |cube: &&Cube| left.iter().filter(|&&row| cube.contains(row)).count();
        // Of equal ones the first: the shortest.
        let Some(best) = largest.iter().rev().max_by_key(gain).copied() else { break };
        left.retain(|&row| !best.contains(row));
        chosen.push(best);
    }
    chosen.sort_by_key(|cube| (cube.size(), *cube));
    chosen
}

/// Every conjunction of `count` truths, the shortest first.
fn by_size(count: usize) -> Vec<Cube> {
    let every = fillings(count).flat_map(|on| fillings(count).map(move |off| Cube { on, off }));
    let mut all: Vec<Cube> = every.filter(|cube| cube.on & cube.off == 0).collect();
    all.sort_by_key(|cube| cube.size());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_conjunctions_say_a_set() {
        let said = |count, holds: &dyn Fn(u32) -> bool| {
            cubes(count, holds).into_iter().map(|cube| (cube.on, cube.off)).collect::<Vec<_>>()
        };
        assert_eq!(said(2, &|row| row != 0), [(1, 0), (2, 0)]);
        assert_eq!(said(2, &|row| row == 2), [(2, 1)]);
        assert_eq!(said(3, &|_| true), [(0, 0)]);
        assert_eq!(said(1, &|_| false), []);
    }

    #[test]
    fn they_say_that_set_and_no_other() {
        for set in 0..256_u32 {
            let found = cubes(3, &|row| set >> row & 1 == 1);
            let said = |row: u32| found.iter().any(|cube| cube.contains(row));
            assert!((0..8).all(|row| said(row) == (set >> row & 1 == 1)), "{set}");
        }
    }
}
