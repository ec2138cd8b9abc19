//! What parser, formatter and readers promise for any input, and how much heap and time they take for it.

pub mod damage;
pub mod dice;
pub mod expressions;
mod heap;
pub mod mutate;
pub mod promises;
pub mod readers;
mod time;

pub use heap::peak_of;
pub use time::time_of;

use std::time::Duration;

/// The longest that an input of up to 64 KiB may take.
pub const MOST_TIME: Duration = Duration::from_secs(1);

/// The most heap that a source may take: 1 MiB and 64 times its length.
pub fn bound(length: usize) -> usize {
    (1 << 20) + 64 * length
}

/// The most heap that any other input may take: 64 MiB and 16 times its length.
pub fn bound_of_readers(length: usize) -> usize {
    (64 << 20) + 16 * length
}

/// Does `work` on the text and panics if its heap goes over the [`bound`], or its time over [`MOST_TIME`].
pub fn within_bounds<T>(text: &str, work: impl FnOnce(&str) -> T) -> T {
    within(bound(text.len()), text, work)
}

/// Like [`within_bounds`], for the reader of this name. An error quotes the text, which must not be taken for one about fwc.
pub fn reads_within_bounds(name: &str, text: &str) {
    if text.contains("internal error") {
        return;
    }
    let (_, reader) = readers::READERS.iter().find(|(own, _)| *own == name).expect("a reader has this name");
    within(bound_of_readers(text.len()), text, reader);
}

fn within<T>(bound: usize, text: &str, work: impl FnOnce(&str) -> T) -> T {
    let ((result, time), peak) = peak_of(|| time_of(|| work(text)));
    assert!(peak <= bound, "{peak} bytes of heap for {} bytes of input, at most {bound}", text.len());
    assert!(time <= MOST_TIME, "{time:?} for {} bytes of input, at most {MOST_TIME:?}", text.len());
    result
}

/// Writes a changed text where a fuzzer wants it, if it is not too long for that; its length.
pub fn put(changed: &str, data: &mut [u8], most: usize) -> Option<usize> {
    let fits = changed.len() <= most.min(data.len());
    fits.then(|| {
        data[..changed.len()].copy_from_slice(changed.as_bytes());
        changed.len()
    })
}

/// A document of JSON changed as a document, three times in four; `None` where it is none or bytes are to change.
pub fn changed_document(data: &[u8], seed: u32) -> Option<String> {
    let document = (seed % 4 > 0).then(|| serde_json::from_slice(data).ok()).flatten()?;
    Some(damage::document(&document, u64::from(seed)))
}
