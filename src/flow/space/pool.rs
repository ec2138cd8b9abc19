//! The distinct sets of one dimension, each stored once.

use hashbrown::HashMap;

use crate::flow::spans::IntervalSpan;
use crate::net::{Interval, IntervalSet};

/// The number of a set in its pool.
pub(in crate::flow) type SetId = u32;

/// The number of the whole dimension, in every pool.
pub(in crate::flow) const FULL: SetId = 0;

/// Sets of one dimension.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    last: u32,
    sets: Vec<IntervalSet<u32>>,
    ids: HashMap<IntervalSet<u32>, SetId>,
}

impl Pool {
    /// A pool that holds the whole dimension, 0 to `last`.
    pub(super) fn new(last: u32) -> Self {
        let mut pool = Self { last, sets: Vec::new(), ids: HashMap::new() };
        pool.intern(Interval::new(0, last).into_iter().collect());
        pool
    }

    pub(super) fn last(&self) -> u32 {
        self.last
    }

    /// The number of `set`.
    pub(super) fn intern(&mut self, set: IntervalSet<u32>) -> SetId {
        if let Some(&id) = self.ids.get(&set) {
            return id;
        }
        let id = u32::try_from(self.sets.len()).unwrap_or(u32::MAX);
        self.sets.push(set.clone());
        self.ids.insert(set, id);
        id
    }

    pub(super) fn spans(&self, id: SetId) -> &[IntervalSpan] {
        self.sets.get(id as usize).map_or(&[], IntervalSet::intervals)
    }

    pub(super) fn get(&self, id: SetId) -> IntervalSet<u32> {
        self.sets.get(id as usize).cloned().unwrap_or_default()
    }
}
