//! The command `fwc`.

fn main() {}
