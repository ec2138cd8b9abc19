//! Which boxes of a list meet a box: rows of bits, one bit for each box of the list, and'ed over the dimensions.

use crate::flow::space::{DIMENSIONS, FULL, Lowered, Piece, SetId, Space};

/// Boxes that are asked about together, so that their rows stay in the cache.
pub(super) const BATCH: usize = 1024;

/// Where the boxes of a list begin and end in each dimension.
pub(super) struct Index<'l> {
    space: &'l Space,
    pieces: &'l [Piece],
    dimensions: [Edges; DIMENSIONS],
    /// Boxes that ask for no opaque set; empty where that is all of them.
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

/// The rows of a batch.
pub(super) struct Rows {
    words: usize,
    dimensions: [Table; DIMENSIONS],
}

#[derive(Default)]
struct Table {
    /// For each set of the batch, its row and the value that was chosen in it.
    of: hashbrown::HashMap<SetId, (usize, u32)>,
    /// The boxes that meet the set.
    meeting: Vec<u64>,
    /// The boxes that hold the chosen value.
    holding: Vec<u64>,
}

impl<'l> Index<'l> {
    pub(super) fn new(space: &'l Space, list: &'l Lowered) -> Self {
        let pieces = list.pieces.as_slice();
        let dimensions = std::array::from_fn(|dimension| Edges::new(space, pieces, dimension));
        let mut plain = Vec::new();
        if pieces.iter().any(|piece| piece.mentions != [0; 3]) {
            plain = vec![0; pieces.len().div_ceil(64)];
            (0..).zip(pieces).filter(|(_, piece)| piece.mentions == [0; 3]).for_each(|(at, _)| set(&mut plain, at));
        }
        Self { space, pieces, dimensions, plain }
    }

    /// The rows for the boxes from `first` on, over the boxes before `end`.
    pub(super) fn rows(&self, batch: &[Piece], end: usize) -> Rows {
        let words = end.div_ceil(64);
        let table = |dimension: usize| match self.dimensions.get(dimension) {
            Some(edges) if !edges.starts.is_empty() => self.table(edges, dimension, batch, words),
            Some(_) | None => Table::default(),
        };
        Rows { words, dimensions: std::array::from_fn(table) }
    }

    fn table(&self, edges: &Edges, dimension: usize, batch: &[Piece], words: usize) -> Table {
        let mut table = Table::default();
        let mut spans = Vec::new();
        let mut values = Vec::new();
        for id in batch.iter().filter_map(|piece| piece.sets.get(dimension)) {
            if table.of.contains_key(id) {
                continue;
            }
            let of = self.space.set(dimension, *id);
            let value = self.space.prefer(dimension, of).map_or(0, |(_, value)| value);
            let row = table.of.len();
            table.of.insert(*id, (row, value));
            spans.extend(of.iter().map(|span| (span.first(), span.last(), row)));
            values.push((value, value, row));
        }
        let count = table.of.len();
        table.meeting = edges.sweep(spans, count, words);
        table.holding = edges.sweep(values, count, words);
        table
    }

    /// The boxes before `before` that meet `piece`, as far as opaque sets do not matter; with mentions of its own, all.
    pub(super) fn meeting(&self, rows: &Rows, piece: &Piece, before: usize, found: &mut Vec<u32>) {
        found.clear();
        let plain = piece.mentions == [0; 3];
        let rows = rows.select(piece, |table| &table.meeting);
        let plain = (plain && !self.plain.is_empty()).then_some(self.plain.as_slice());
        for (at, mut word) in and(&rows, plain, before) {
            while word != 0 {
                found.push(at * 64 + word.trailing_zeros());
                word &= word - 1;
            }
        }
    }

    /// The first box before `before` that holds the point chosen in `piece`, which has no mentions.
    pub(super) fn first_holding(&self, rows: &Rows, piece: &Piece, before: usize) -> Option<u32> {
        let rows = rows.select(piece, |table| &table.holding);
        let plain = (!self.plain.is_empty()).then_some(self.plain.as_slice());
        and(&rows, plain, before).map(|(at, word)| at * 64 + word.trailing_zeros()).next()
    }

    /// The point chosen in `piece`.
    pub(super) fn chosen(&self, rows: &Rows, piece: &Piece) -> [u32; DIMENSIONS] {
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

    pub(super) fn pieces(&self) -> &'l [Piece] {
        self.pieces
    }
}

impl Edges {
    fn new(space: &Space, pieces: &[Piece], dimension: usize) -> Self {
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

    /// For each of `count` rows, the boxes that meet one of its intervals: first value, last value, row.
    fn sweep(&self, mut asked: Vec<(u32, u32, usize)>, count: usize, words: usize) -> Vec<u64> {
        asked.sort_unstable();
        let mut rows = vec![0; count * words];
        let mut active = self.whole.get(..words).unwrap_or(&[]).to_vec();
        let (mut started, mut ended) = (0, 0);
        for (first, last, row) in asked {
            while let Some(&(start, at)) = self.starts.get(started).filter(|(start, _)| *start <= first) {
                ended = self.stop(&mut active, ended, start);
                set(&mut active, at);
                started += 1;
            }
            ended = self.stop(&mut active, ended, first);
            let Some(row) = rows.get_mut(row * words..(row + 1) * words) else { continue };
            row.iter_mut().zip(&active).for_each(|(word, active)| *word |= active);
            for &(_, at) in self.starts.iter().skip(started).take_while(|(start, _)| *start <= last) {
                set(row, at);
            }
        }
        rows
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

impl Rows {
    /// The rows of a box, without those of dimensions that tell nothing apart.
    fn select<'r>(&'r self, piece: &Piece, of: impl Fn(&'r Table) -> &'r Vec<u64>) -> Vec<&'r [u64]> {
        let row = |(table, id): (&'r Table, &SetId)| {
            let (row, _) = *table.of.get(id)?;
            of(table).get(row * self.words..(row + 1) * self.words)
        };
        self.dimensions.iter().zip(&piece.sets).filter_map(row).collect()
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
