//! Every builder with a table of cases, shown as HTML and, with the feature `pdf`, as PDF.

mod calculation;
mod cases;
mod decision;
mod hostile;
mod page;
#[cfg(feature = "pdf")]
mod pdf;
