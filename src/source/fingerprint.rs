//! Texts boiled down, to be remembered in a few letters.

use std::fmt;

use sha2::{Digest, Sha256};

/// The first 32 bits of the SHA-256 of a text: the same on every machine and in every release. Two texts may share one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Fingerprint(u32);

impl Fingerprint {
    /// That of `text`.
    pub fn of(text: &str) -> Self {
        let digest = Sha256::digest(text.as_bytes());
        Self(digest.iter().take(4).fold(0, |bits, byte| bits << 8 | u32::from(*byte)))
    }

    /// That which [`Fingerprint`]'s `Display` wrote as `text`; `None` where it did not write it.
    pub fn read(text: &str) -> Option<Self> {
        let read = u32::from_str_radix(text, 16).map(Self).ok()?;
        (read.to_string() == text).then_some(read)
    }
}

/// Eight hexadecimal digits.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        // The SHA-256 of nothing starts with e3b0c442.
        assert_eq!(Fingerprint::of("").to_string(), "e3b0c442");
        assert_eq!(Fingerprint::read("e3b0c442"), Some(Fingerprint::of("")));
        for wrong in ["", "+3b0c442", "E3B0C442", "e3b0c4421", "3b0c442", "e3b0c44g"] {
            assert_eq!(Fingerprint::read(wrong), None, "{wrong}");
        }
    }
}
