//! Any bytes as a line of a bulk calculation: parsed, calculated and answered, or refused; never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|line: &[u8]| balsts_api::fuzzing::calculation_line(line));
