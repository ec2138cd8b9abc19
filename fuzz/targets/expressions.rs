#![no_main]

use fwc_measure::expressions::agree;
use libfuzzer_sys::fuzz_target;

// Each byte is a choice; where they end, the first of each.
fuzz_target!(|data: &[u8]| {
    let mut bytes = data.iter();
    agree(&mut |sides| bytes.next().map_or(0, |byte| usize::from(*byte) % sides));
});
