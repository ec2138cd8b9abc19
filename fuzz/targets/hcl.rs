#![no_main]

use fwc_measure::reads_within_bounds;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| reads_within_bounds("hcl", text));
