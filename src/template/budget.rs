//! How much evaluation may do, so that time and memory are bounded by the input.

use std::cell::Cell;

/// Bytes that one template may make, beside those that follow from its size.
const BYTES: usize = 24 << 20;
/// Steps that the evaluation of one template may take, beside those that follow from its size.
const STEPS: usize = 2_000_000;
/// What one step weighs where it has to be compared with bytes of the input.
const STEPS_PER_BYTE: usize = 2;
/// How many bytes may be made for each byte of the input.
const BYTES_PER_BYTE: usize = 4;

/// What is left. Both are charged before anything is made.
#[derive(Debug)]
pub(crate) struct TemplateBudget {
    bytes: Cell<usize>,
    steps: Cell<usize>,
}

/// More was requested than is left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Exhausted;

impl TemplateBudget {
    /// The budget of a template whose text has `length` bytes.
    pub(crate) fn of(length: usize) -> Self {
        Self {
            bytes: Cell::new(length.saturating_mul(BYTES_PER_BYTE).saturating_add(BYTES)),
            steps: Cell::new(length.saturating_mul(STEPS_PER_BYTE).saturating_add(STEPS)),
        }
    }

    /// Takes `count` bytes.
    pub(crate) fn bytes(&self, count: usize) -> Result<(), Exhausted> {
        take(&self.bytes, count)
    }

    /// Takes `count` steps.
    pub(crate) fn steps(&self, count: usize) -> Result<(), Exhausted> {
        take(&self.steps, count)
    }
}

/// What did not fit leaves nothing, so that evaluation ends soon.
fn take(left: &Cell<usize>, count: usize) -> Result<(), Exhausted> {
    let rest = left.get().checked_sub(count);
    left.set(rest.unwrap_or(0));
    rest.map(|_| ()).ok_or(Exhausted)
}
