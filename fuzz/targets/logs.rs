#![no_main]

use fwc_measure::{changed_document, put, reads_within_bounds};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|text: &str| reads_within_bounds("logs", text));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let changed = changed_document(&data[..size], seed);
    changed.and_then(|text| put(&text, data, max_size)).unwrap_or_else(|| fuzzer_mutate(data, size, max_size))
});
