//! The bytes of a file as text, or what they are instead.

use super::json::after_comments;

/// A format that is no text, told by how its files begin.
struct BinaryFormat {
    start: &'static [u8],
    what: &'static str,
    instead: &'static str,
}

const EXPORT: &str = "expected a source, a template, an export or what `az` prints";

const BINARIES: &[BinaryFormat] = &[
    BinaryFormat { start: b"\x1f\x8b", what: "compressed with gzip", instead: "expected what `gzip -d` makes of it" },
    BinaryFormat { start: b"BZh", what: "compressed with bzip2", instead: "expected what `bzip2 -d` makes of it" },
    BinaryFormat { start: b"\xfd7zXZ\0", what: "compressed with xz", instead: "expected what `xz -d` makes of it" },
    BinaryFormat {
        start: b"\x28\xb5\x2f\xfd",
        what: "compressed with zstd",
        instead: "expected what `zstd -d` makes of it",
    },
    BinaryFormat { start: b"7z\xbc\xaf\x27\x1c", what: "a 7z archive", instead: "expected a file from inside it" },
    BinaryFormat { start: b"%PDF-", what: "a PDF", instead: EXPORT },
    BinaryFormat {
        start: b"\xd0\xcf\x11\xe0",
        what: "a file of Microsoft Office",
        instead: "expected an export or what `az` prints: a table is not read",
    },
    BinaryFormat { start: b"PAR1", what: "a Parquet file", instead: EXPORT },
    BinaryFormat { start: b"SQLite format 3\0", what: "a SQLite database", instead: EXPORT },
    BinaryFormat { start: b"\x89PNG", what: "an image", instead: EXPORT },
    BinaryFormat { start: b"\xff\xd8\xff", what: "an image", instead: EXPORT },
    BinaryFormat { start: b"GIF8", what: "an image", instead: EXPORT },
    BinaryFormat { start: b"\x7fELF", what: "a program", instead: EXPORT },
];

/// The text of a file. JSON in UTF-16, which Windows PowerShell's `>` writes, is read; a mark at the start is left out there.
///
/// Source: Microsoft Learn, "about_Character_Encoding" (Windows PowerShell writes UTF-16 with a mark), 2026-08.
///
/// # Errors
/// What the file is instead of text that is read, and the way to such text, as a sentence about `it`.
pub fn text_of(bytes: Vec<u8>) -> Result<String, String> {
    if let Some(why) = binary(&bytes) {
        return Err(why);
    }
    let utf16 = match bytes.as_slice() {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => {
            return Err("it is UTF-32 text: save it as UTF-8, as with `iconv -f UTF-32 -t UTF-8 FILE`".to_owned());
        }
        [0xff, 0xfe, text @ ..] => Some((text, u16::from_le_bytes as fn([u8; 2]) -> u16)),
        [0xfe, 0xff, text @ ..] => Some((text, u16::from_be_bytes as fn([u8; 2]) -> u16)),
        // Without a mark, ASCII characters tell: every other byte is null.
        [1..=255, 0, 1..=255, 0, ..] => Some((bytes.as_slice(), u16::from_le_bytes as fn([u8; 2]) -> u16)),
        [0, 1..=255, 0, 1..=255, ..] => Some((bytes.as_slice(), u16::from_be_bytes as fn([u8; 2]) -> u16)),
        _ => None,
    };
    match utf16 {
        Some((text, unit)) => of_utf16(text, unit),
        None => String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            not_utf8(error.as_bytes(), valid)
        }),
    }
}

fn binary(bytes: &[u8]) -> Option<String> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Some(zip(bytes));
    }
    let known = BINARIES.iter().find(|known| bytes.starts_with(known.start))?;
    Some(format!("it is {}: {}", known.what, known.instead))
}

/// A plan file of Terraform is a ZIP archive, and so is a workbook; the names inside tell.
fn zip(bytes: &[u8]) -> String {
    let has = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
    if has(b"tfplan") {
        return "it is a plan file of Terraform: expected what `terraform show -json FILE` prints".to_owned();
    }
    if has(b"xl/workbook") || has(b"[Content_Types].xml") {
        return "it is a file of Microsoft Office: expected an export or what `az` prints: a table is not read"
            .to_owned();
    }
    "it is a ZIP archive: expected a file from inside it".to_owned()
}

fn of_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, String> {
    const UTF8: &str =
        "save it as UTF-8, as with `iconv -f UTF-16 -t UTF-8 FILE`, or `Out-File -Encoding utf8` in PowerShell";
    let pairs = bytes.chunks_exact(2);
    let is_cut = !pairs.remainder().is_empty();
    let units = pairs.filter_map(|pair| <[u8; 2]>::try_from(pair).ok()).map(unit);
    let text: Result<String, _> = char::decode_utf16(units).collect();
    match text {
        Ok(text) if !is_cut && after_comments(&text).starts_with(['{', '[']) => Ok(text),
        Ok(_) if !is_cut => Err(format!("it is UTF-16 text: {UTF8}")),
        Ok(_) | Err(_) => Err(format!("it is UTF-16 text that is broken: {UTF8}")),
    }
}

fn not_utf8(bytes: &[u8], valid: usize) -> String {
    let before = bytes.get(..valid).unwrap_or_default();
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let column = String::from_utf8_lossy(before.get(start..).unwrap_or_default()).chars().count() + 1;
    let byte = bytes.get(valid).copied().unwrap_or_default();
    if before.contains(&0) {
        return format!("it is not text: {EXPORT}");
    }
    format!(
        "it is not UTF-8 text: line {line}, column {column} has the byte 0x{byte:02x}; if it is Windows-1252, make it UTF-8 with \
         `iconv -f WINDOWS-1252 -t UTF-8 FILE`"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    fn refusal(bytes: Vec<u8>) -> String {
        text_of(bytes).err().unwrap_or_default()
    }

    #[test]
    fn json_in_utf16_is_read_with_a_mark_and_without() {
        for text in ["\u{feff}{\"é\": \"𝄞\"}", "{\"a\": 1}", "\u{feff}// a\n[]"] {
            let plain = text.trim_start_matches('\u{feff}');
            assert_eq!(text_of(utf16(text, u16::to_le_bytes)).as_deref(), Ok(plain));
            assert_eq!(text_of(utf16(text, u16::to_be_bytes)).as_deref(), Ok(plain));
        }
    }

    #[test]
    fn other_text_in_utf16_is_named() {
        let why = refusal(utf16("\u{feff}let a = 10.0.0.0/8", u16::to_le_bytes));
        assert!(why.starts_with("it is UTF-16 text: save it as UTF-8"), "{why}");
        let mut cut = utf16("\u{feff}{\"a\": 1}", u16::to_le_bytes);
        cut.pop();
        assert!(refusal(cut).contains("broken"));
    }

    #[test]
    fn a_byte_of_another_encoding_is_found() {
        let why = refusal(b"{\n \"name\": \"B\xfccher\"}".to_vec());
        assert!(why.starts_with("it is not UTF-8 text: line 2, column 12 has the byte 0xfc"), "{why}");
        assert!(why.contains("Windows-1252"), "{why}");
    }

    #[test]
    fn what_is_no_text_is_named_with_the_way_to_text() {
        let plan = [b"PK\x03\x04".as_slice(), b"......tfplan..."].concat();
        for (bytes, wanted) in [
            (plan.as_slice(), "terraform show -json FILE"),
            (b"PK\x03\x04...xl/workbook.xml", "table"),
            (b"PK\x03\x04...", "ZIP"),
            (b"\x1f\x8b\x08", "gzip -d"),
            (b"%PDF-1.7", "PDF"),
            (b"\xff\xfe\0\0{\0\0\0", "UTF-32"),
            (b"ab\0\xff", "not text"),
        ] {
            let why = refusal(bytes.to_vec());
            assert!(why.contains(wanted), "{wanted}: {why}");
        }
    }
}
