//! Any line gets exactly one line of JSON.

#![no_main]

use libfuzzer_sys::fuzz_target;
use palisade_policy::simulate::{Simulator, SimulatorOptions};

fuzz_target!(|line: &str| {
    let mut output = Vec::new();
    let _ = Simulator::new(SimulatorOptions { unknown_context: vec!["*".to_owned()] }).answer(1, line, &mut output);
    assert_eq!(output.iter().filter(|&&byte| byte == b'\n').count(), 1);
    assert!(output.ends_with(b"\n"));
});
