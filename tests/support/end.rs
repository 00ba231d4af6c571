//! What is left to do when the process ends: the test harness has no hook for "after the last test".

use std::{
    io::{self, Write},
    sync::Mutex,
};

use crate::system;

type Step = Box<dyn FnOnce() -> Result<(), String> + Send>;

static STEPS: Mutex<Vec<Step>> = Mutex::new(Vec::new());

/// Runs a step when the process ends, the last one first. A step that fails makes the process fail.
pub fn at_end(step: impl FnOnce() -> Result<(), String> + Send + 'static) {
    let mut steps = STEPS.lock().unwrap();
    if steps.is_empty() {
        system::at_exit(run);
    }
    steps.push(Box::new(step));
}

extern "C" fn run() {
    let steps = std::mem::take(&mut *STEPS.lock().unwrap());
    let mut failed = false;
    for step in steps.into_iter().rev() {
        if let Err(reason) = step() {
            failed = true;
            tell(&format!("\n{reason}\n"));
        }
    }
    if failed {
        system::exit_now(101);
    }
}

/// Says something that the harness does not capture: it shows the output of failed tests only.
pub fn tell(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
