//! How much evaluation may do, so that time and memory are bounded by the input.

/// Steps that the evaluation of one module may take, beside those that follow from the length of its files.
const STEPS: usize = 1_000_000;
const STEPS_PER_BYTE: usize = 8;
/// Bytes that may be made, beside those that follow from the length of the files.
const BYTES: usize = 16 << 20;
const BYTES_PER_BYTE: usize = 16;
/// Values that the plan may have, beside one for each byte of the files.
const VALUES: usize = 60_000;
/// What a value weighs beside the bytes of its text.
pub(super) const VALUE: usize = 64;
/// How deep expressions and what they refer to may be nested while they are evaluated.
pub(super) const DEEPEST: usize = 96;

/// What is left. All of it is charged before anything is made.
#[derive(Debug)]
pub(super) struct HclBudget {
    steps: usize,
    bytes: usize,
    values: usize,
}

impl HclBudget {
    pub(super) fn new() -> Self {
        Self { steps: STEPS, bytes: BYTES, values: VALUES }
    }

    /// A file of `length` bytes is a part of the input.
    pub(super) fn grow(&mut self, length: usize) {
        self.steps = self.steps.saturating_add(length.saturating_mul(STEPS_PER_BYTE));
        self.bytes = self.bytes.saturating_add(length.saturating_mul(BYTES_PER_BYTE));
        self.values = self.values.saturating_add(length);
    }

    #[must_use]
    pub(super) fn steps(&mut self, count: usize) -> bool {
        take(&mut self.steps, count)
    }

    #[must_use]
    pub(super) fn bytes(&mut self, count: usize) -> bool {
        take(&mut self.bytes, count)
    }

    #[must_use]
    pub(super) fn values(&mut self, count: usize) -> bool {
        take(&mut self.values, count)
    }
}

/// What did not fit leaves nothing, so that evaluation ends soon.
fn take(left: &mut usize, count: usize) -> bool {
    let rest = left.checked_sub(count);
    *left = rest.unwrap_or(0);
    rest.is_some()
}
