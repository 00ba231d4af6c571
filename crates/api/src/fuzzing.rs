//! The way in for fuzz tests.

use std::sync::LazyLock;

use balsts_domain::text::Language;

use crate::command_line::{Calculator, Detail};

/// Parses a line of a bulk body, calculates it and writes the answer.
pub fn calculation_line(bytes: &[u8]) {
    static CALCULATOR: LazyLock<Option<Calculator>> = LazyLock::new(|| Calculator::new().ok());
    if let Some(calculator) = CALCULATOR.as_ref() {
        let _ = calculator.calculate_line(1, bytes, Detail::Lines, Language::En);
    }
}
