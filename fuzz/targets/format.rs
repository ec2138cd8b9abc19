#![no_main]

use fwc_measure::{promises, within_bounds};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| promises::formats(text, |text, format| within_bounds(text, format)));
