//! The program from outside.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test may fail")]

mod commands;
mod kills;
mod nodes;
mod running;
