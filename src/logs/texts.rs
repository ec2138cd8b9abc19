//! Texts that many records repeat, each kept once.

use hashbrown::DefaultHashBuilder;
use indexmap::IndexSet;

/// Texts by number.
#[derive(Clone, Default, Debug)]
pub(super) struct LogTexts {
    all: IndexSet<Box<str>, DefaultHashBuilder>,
    bytes: usize,
}

impl LogTexts {
    /// The number of a text, where it has one.
    pub(super) fn known(&self, text: &str) -> Option<u32> {
        self.all.get_index_of(text).and_then(|number| u32::try_from(number).ok())
    }

    /// The number of a text; nothing where it is new and the texts would take more than `most` bytes.
    pub(super) fn number(&mut self, text: &str, most: usize) -> Option<u32> {
        if let Some(known) = self.known(text) {
            return Some(known);
        }
        let bytes = self.bytes + text.len() + size_of::<Box<str>>();
        if bytes > most {
            return None;
        }
        self.bytes = bytes;
        u32::try_from(self.all.insert_full(text.into()).0).ok()
    }

    /// The text of a number.
    pub(super) fn get(&self, number: u32) -> &str {
        self.all.get_index(number as usize).map_or("", |text| text)
    }
}
