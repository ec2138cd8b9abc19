#![no_main]

use fwc_measure::{mutate, promises, within_bounds};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|text: &str| promises::formats(text, |text, format| within_bounds(text, format)));

// Only what parses is formatted, so three in four changes are to tokens rather than bytes.
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let changed =
        std::str::from_utf8(&data[..size]).ok().filter(|_| seed % 4 > 0).map(|text| mutate::tokens(text, seed));
    match changed.filter(|changed| changed.len() <= max_size) {
        Some(changed) => {
            data[..changed.len()].copy_from_slice(changed.as_bytes());
            changed.len()
        }
        None => fuzzer_mutate(data, size, max_size),
    }
});
