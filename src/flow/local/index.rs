//! Which boxes of a list meet a box: rows of bits, one bit for each box of the list, and'ed over the dimensions.

use crate::flow::space::{DIMENSIONS, FULL, MENTIONS, SetId, Space, SpacePiece};

/// The number of boxes in one batch, so that their rows stay in the cache.
pub(super) const BATCH: usize = 1024;

/// Where the boxes of a list begin and end in each dimension.
pub(super) struct Index<'l> {
    space: &'l Space,
    pieces: &'l [SpacePiece],
    dimensions: [Edges; DIMENSIONS],
    /// Boxes that match without any opaque set, for some conditions; empty where that is all of them.
    plain: Vec<u64>,
}

#[derive(Default)]
struct Edges {
    /// First value, box; sorted.
    starts: Vec<(u32, u32)>,
    /// Last value, box; sorted.
    ends: Vec<(u32, u32)>,
    /// The boxes that take the whole dimension.
    whole: Vec<u64>,
}

/// What to look up for the boxes of the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ask {
    /// Which of them meet a box.
    Meeting,
    /// Which of them hold the point chosen in a box.
    Holding,
}

/// Scratch rows of a batch, reused across batches.
#[derive(Default)]
pub(super) struct IndexRows {
    words: usize,
    dimensions: [IndexTable; DIMENSIONS],
}

#[derive(Default)]
struct IndexTable {
    /// For each set of the batch, its row and the value that was chosen in it.
    of: hashbrown::HashMap<SetId, (usize, u32)>,
    /// The boxes of the result, row by row.
    rows: Vec<u64>,
}

impl<'l> Index<'l> {
    pub(super) fn new(space: &'l Space, pieces: &'l [SpacePiece]) -> Self {
        let dimensions = std::array::from_fn(|dimension| Edges::new(space, pieces, dimension));
        let mut plain = Vec::new();
        let is_plain = |piece: &SpacePiece| piece.mentions == [0; MENTIONS] && space.may_be_there(piece);
        if !pieces.iter().all(is_plain) {
            plain = vec![0; pieces.len().div_ceil(64)];
            (0..).zip(pieces).filter(|(_, piece)| is_plain(piece)).for_each(|(at, _)| set(&mut plain, at));
        }
        Self { space, pieces, dimensions, plain }
    }

    /// Makes the rows for the boxes of `batch`, over the boxes before `end`.
    pub(super) fn fill(&self, rows: &mut IndexRows, ask: Ask, batch: &[SpacePiece], end: usize) {
        rows.words = end.div_ceil(64);
        for (dimension, (table, edges)) in rows.dimensions.iter_mut().zip(&self.dimensions).enumerate() {
            if !edges.starts.is_empty() {
                let asked = self.table(table, ask, dimension, batch);
                table.rows.resize(table.of.len() * rows.words, 0);
                edges.sweep(asked, &mut table.rows, rows.words);
            }
        }
    }

    /// Gives each set of the batch a row and a chosen value; returns the lookups: first value, last value, row.
    fn table(
        &self,
        table: &mut IndexTable,
        ask: Ask,
        dimension: usize,
        batch: &[SpacePiece],
    ) -> Vec<(u32, u32, usize)> {
        let mut asked = Vec::new();
        table.of.clear();
        for id in batch.iter().filter_map(|piece| piece.sets.get(dimension)) {
            if table.of.contains_key(id) {
                continue;
            }
            let of = self.space.set(dimension, *id);
            let row = table.of.len();
            let value = match ask {
                Ask::Meeting => 0,
                Ask::Holding => self.space.prefer(dimension, of).map_or(0, |(_, value)| value),
            };
            table.of.insert(*id, (row, value));
            match ask {
                Ask::Meeting => asked.extend(of.iter().map(|span| (span.first(), span.last(), row))),
                Ask::Holding => asked.push((value, value, row)),
            }
        }
        asked
    }

    /// The boxes before `before` that meet `piece`, as far as opaque sets do not matter; with mentions of its own, all.
    pub(super) fn meeting(&self, rows: &IndexRows, piece: &SpacePiece, before: usize, found: &mut Vec<u32>) {
        let plain = piece.is_plain() && !self.plain.is_empty();
        list(&rows.select(piece), plain.then_some(self.plain.as_slice()), before, found);
    }

    /// The boxes before `before` that meet `piece` in some world.
    pub(super) fn touching(&self, rows: &IndexRows, piece: &SpacePiece, before: usize, found: &mut Vec<u32>) {
        list(&rows.select(piece), None, before, found);
    }

    /// The first box before `before` that holds the point chosen in `piece`, which is plain.
    pub(super) fn first_holding(&self, rows: &IndexRows, piece: &SpacePiece, before: usize) -> Option<u32> {
        let rows = rows.select(piece);
        let plain = (!self.plain.is_empty()).then_some(self.plain.as_slice());
        and(&rows, plain, before).map(|(at, word)| at * 64 + word.trailing_zeros()).next()
    }

    /// The point chosen in `piece`.
    pub(super) fn chosen(&self, rows: &IndexRows, piece: &SpacePiece) -> [u32; DIMENSIONS] {
        let mut point = [0; DIMENSIONS];
        for (dimension, (slot, (table, id))) in
            point.iter_mut().zip(rows.dimensions.iter().zip(&piece.sets)).enumerate()
        {
            *slot = match table.of.get(id) {
                Some(&(_, value)) => value,
                None => self.space.prefer(dimension, self.space.set(dimension, *id)).map_or(0, |(_, value)| value),
            };
        }
        point
    }

    pub(super) fn pieces(&self) -> &'l [SpacePiece] {
        self.pieces
    }
}

impl Edges {
    fn new(space: &Space, pieces: &[SpacePiece], dimension: usize) -> Self {
        let mut edges = Self { whole: vec![0; pieces.len().div_ceil(64)], ..Self::default() };
        for (at, piece) in (0..).zip(pieces) {
            let id = piece.sets.get(dimension).copied().unwrap_or(FULL);
            if id == FULL {
                set(&mut edges.whole, at);
                continue;
            }
            for span in space.set(dimension, id) {
                edges.starts.push((span.first(), at));
                edges.ends.push((span.last(), at));
            }
        }
        edges.starts.sort_unstable();
        edges.ends.sort_unstable();
        edges
    }

    /// Writes into each row the boxes that meet one of its intervals: first value, last value, row. What it held before is lost;
    /// every row has an interval.
    fn sweep(&self, mut asked: Vec<(u32, u32, usize)>, rows: &mut [u64], words: usize) {
        asked.sort_unstable();
        let mut active = self.whole.get(..words).unwrap_or(&[]).to_vec();
        let mut touched = vec![false; rows.len() / words.max(1)];
        let (mut started, mut ended) = (0, 0);
        for (first, last, row) in asked {
            while let Some(&(start, at)) = self.starts.get(started).filter(|(start, _)| *start <= first) {
                ended = self.stop(&mut active, ended, start);
                set(&mut active, at);
                started += 1;
            }
            ended = self.stop(&mut active, ended, first);
            let place = row * words..(row + 1) * words;
            let (Some(row), Some(touched)) = (rows.get_mut(place), touched.get_mut(row)) else { continue };
            if std::mem::replace(touched, true) {
                row.iter_mut().zip(&active).for_each(|(word, active)| *word |= active);
            } else {
                row.copy_from_slice(&active);
            }
            for &(_, at) in self.starts.iter().skip(started).take_while(|(start, _)| *start <= last) {
                set(row, at);
            }
        }
    }
}

impl Edges {
    /// Clears the boxes whose intervals end before `value`, from the `ended`th end on; gives the first end that does not.
    fn stop(&self, active: &mut [u64], mut ended: usize, value: u32) -> usize {
        while let Some(&(_, at)) = self.ends.get(ended).filter(|(end, _)| *end < value) {
            clear(active, at);
            ended += 1;
        }
        ended
    }
}

impl IndexRows {
    /// The rows of a box, without those of dimensions in which no boxes differ.
    fn select(&self, piece: &SpacePiece) -> Vec<&[u64]> {
        let mut rows = Vec::with_capacity(DIMENSIONS);
        for (table, id) in self.dimensions.iter().zip(&piece.sets) {
            let row = table.of.get(id).map(|&(row, _)| row * self.words..(row + 1) * self.words);
            rows.extend(row.and_then(|row| table.rows.get(row)));
        }
        rows
    }
}

/// The numbers of the bits that the conjunction has, up to `before`.
fn list(rows: &[&[u64]], plain: Option<&[u64]>, before: usize, found: &mut Vec<u32>) {
    found.clear();
    for (at, mut word) in and(rows, plain, before) {
        while word != 0 {
            found.push(at * 64 + word.trailing_zeros());
            word &= word - 1;
        }
    }
}

/// The words of the conjunction that are not 0, up to the bit `before`.
fn and<'r>(rows: &'r [&'r [u64]], plain: Option<&'r [u64]>, before: usize) -> impl Iterator<Item = (u32, u64)> + 'r {
    let last = before / 64;
    let word = move |at: usize| {
        let cut = if at == last { (1 << (before % 64)) - 1 } else { u64::MAX };
        let seed = plain.map_or(cut, |plain| plain.get(at).copied().unwrap_or(0) & cut);
        rows.iter().fold(seed, |word, row| word & row.get(at).copied().unwrap_or(0))
    };
    (0..before.div_ceil(64))
        .map(move |at| (u32::try_from(at).unwrap_or(u32::MAX), word(at)))
        .filter(|(_, word)| *word != 0)
}

fn set(row: &mut [u64], at: u32) {
    row.get_mut(at as usize / 64).into_iter().for_each(|word| *word |= 1 << (at % 64));
}

fn clear(row: &mut [u64], at: u32) {
    row.get_mut(at as usize / 64).into_iter().for_each(|word| *word &= !(1 << (at % 64)));
}
