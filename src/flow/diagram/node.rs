//! The numbers of nodes and of the ends of paths.

/// A node, or the end of a path.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(in crate::flow) struct DiagramNode(u32);

const TERMINAL: u32 = 1 << 31;

/// An additional bit of ends where opaque sets are left to decide.
pub(super) const OPEN: u32 = 1 << 30;

impl DiagramNode {
    /// The end of a path without a value.
    pub(in crate::flow) const NONE: Self = Self(TERMINAL);

    /// The end of a path with a value; 0 is [`DiagramNode::NONE`].
    pub(in crate::flow) fn end(value: u32) -> Self {
        Self(TERMINAL | value)
    }

    /// The end of a path where opaque sets are left to decide.
    pub(super) fn open(number: u32) -> Self {
        Self(TERMINAL | OPEN | number)
    }

    /// The value, where this is an end that has one whatever the opaque sets hold.
    pub(in crate::flow) fn value(self) -> Option<u32> {
        (self.is_end() && self.0 & OPEN == 0).then_some(self.0 & !TERMINAL)
    }

    /// The number of what is left to decide, where opaque sets are.
    pub(super) fn rest(self) -> Option<u32> {
        (self.is_end() && self.0 & OPEN != 0).then_some(self.0 & !(TERMINAL | OPEN))
    }

    pub(super) fn renumbered(self, rests: &[u32]) -> Self {
        let number = self.rest().and_then(|rest| rests.get(rest as usize));
        number.map_or(self, |&number| Self::open(number))
    }

    pub(in crate::flow) fn is_end(self) -> bool {
        self.0 & TERMINAL != 0
    }

    /// The node with this number in the store.
    pub(super) fn numbered(number: u32) -> Self {
        Self(number)
    }

    pub(super) fn number(self) -> u32 {
        self.0
    }
}
