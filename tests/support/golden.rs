//! The golden files: expected results, worked out from the methodologies independently of this code.

use std::{fs, path::Path};

use serde_json::Value;

/// A file of `tests/golden`.
///
/// # Panics
/// If it is missing or not JSON.
#[must_use]
pub fn golden(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
