//! Lines under construction, and the text of those that are done.

use super::columns;
use crate::syntax::NodeKind;

/// How many lines are aligned with each other at most, so that no more of them wait.
const MOST_WAITING: usize = 1000;

/// How far a line is indented at most, so that the output is no more than a multiple of the input.
pub(super) const MOST_HANG: usize = 56;
/// The size of a piece of the output.
const PIECE: usize = 1 << 16;

/// Lines of one sort, which are aligned with each other: the kind of the item, and a variant of it.
pub(super) type LineSort = (NodeKind, bool);

/// A line whose columns have no width yet.
#[derive(Debug)]
pub(super) struct FormatLine {
    pub(super) indent: usize,
    /// Which lines it is aligned with; none, if it is alone.
    pub(super) sort: Option<LineSort>,
    pub(super) cells: Vec<String>,
    pub(super) comment: Option<String>,
}

/// Where the output goes.
pub(super) enum Out<'o> {
    /// Into pieces, because a text that grows is held twice at times.
    Pieces(Vec<String>),
    /// Nowhere: it is held against what is expected of it, of which this is left; `None` once it differs.
    Expected(Option<&'o str>),
}

impl Out<'_> {
    fn write(&mut self, text: &str) {
        match self {
            Self::Pieces(pieces) => match pieces.last_mut() {
                Some(last) if last.capacity() - last.len() >= text.len() => last.push_str(text),
                Some(_) | None => {
                    let mut piece = String::with_capacity(text.len().max(PIECE));
                    piece.push_str(text);
                    pieces.push(piece);
                }
            },
            Self::Expected(left) => *left = left.and_then(|left| left.strip_prefix(text)),
        }
    }
}

/// The lines on their way to the output.
pub(super) struct FormatLines<'o> {
    out: Out<'o>,
    waiting: Vec<FormatLine>,
    open: Option<FormatLine>,
    column: usize,
    /// Whether a blank line may follow: not at the start of a file or block, nor after another.
    may_be_blank: bool,
}

impl<'o> FormatLines<'o> {
    pub(super) fn new(out: Out<'o>) -> Self {
        Self { out, waiting: Vec::new(), open: None, column: 0, may_be_blank: false }
    }

    /// Begins a line.
    pub(super) fn begin(&mut self, indent: usize, sort: Option<LineSort>) {
        self.end();
        self.may_be_blank = true;
        let indent = indent.min(MOST_HANG);
        self.open = Some(FormatLine { indent, sort, cells: vec![String::new()], comment: None });
        self.column = indent;
    }

    /// Where the next text of the line goes if nothing is aligned.
    pub(super) fn column(&self) -> usize {
        self.column
    }

    pub(super) fn push(&mut self, text: &str) {
        if let Some(cell) = self.open.as_mut().and_then(|line| line.cells.last_mut()) {
            cell.push_str(text);
            self.column += text.chars().count();
        }
    }

    /// Ends a cell: what follows begins a column.
    pub(super) fn cell(&mut self) {
        if let Some(line) = &mut self.open {
            line.cells.push(String::new());
            self.column += 1;
        }
    }

    /// Puts a comment at the end of the line, if the line has none; returns whether it did.
    pub(super) fn comment(&mut self, text: &str) -> bool {
        let free = self.open.as_mut().filter(|line| line.comment.is_none());
        free.is_some_and(|line| {
            line.comment = Some(text.to_owned());
            true
        })
    }

    pub(super) fn end(&mut self) {
        self.waiting.extend(self.open.take());
        if self.waiting.len() >= MOST_WAITING {
            self.flush();
        }
    }

    /// An empty line, unless the last line is one or has opened a block.
    pub(super) fn blank(&mut self) {
        self.flush();
        if std::mem::take(&mut self.may_be_blank) {
            self.out.write("\n");
        }
    }

    /// Notes that the last line has opened a block.
    pub(super) fn open_block(&mut self) {
        self.flush();
        self.may_be_blank = false;
    }

    /// The output.
    pub(super) fn finish(mut self) -> Out<'o> {
        self.flush();
        self.out
    }

    fn flush(&mut self) {
        self.waiting.extend(self.open.take());
        for text in columns::align(std::mem::take(&mut self.waiting)) {
            self.out.write(&text);
            self.out.write("\n");
        }
    }
}
