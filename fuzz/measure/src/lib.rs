//! What parser and formatter promise for any input, and how much heap and time they take for it.

mod heap;
pub mod mutate;
pub mod promises;
mod time;

pub use heap::peak_of;
pub use time::time_of;

use std::time::Duration;

/// The longest that an input of up to 64 KiB may take.
pub const MOST_TIME: Duration = Duration::from_secs(1);

/// The most heap that an input may take: 1 MiB and 64 times its length.
pub fn bound(length: usize) -> usize {
    (1 << 20) + 64 * length
}

/// Does `work` on the text and panics if its heap goes over the [`bound`], or its time over [`MOST_TIME`].
pub fn within_bounds<T>(text: &str, work: impl FnOnce(&str) -> T) -> T {
    let ((result, time), peak) = peak_of(|| time_of(|| work(text)));
    let bound = bound(text.len());
    assert!(peak <= bound, "{peak} bytes of heap for {} bytes of input, at most {bound}", text.len());
    assert!(time <= MOST_TIME, "{time:?} for {} bytes of input, at most {MOST_TIME:?}", text.len());
    result
}
