//! Every builder with a table of cases, shown as HTML and, with the feature `pdf`, as PDF; the workbook read back.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test may fail")]

mod calculation;
mod cases;
mod decision;
mod hostile;
mod page;
#[cfg(feature = "pdf")]
mod pdf;
mod plan;
mod workbook;
