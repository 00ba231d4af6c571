//! Official documents in Latvian: what an office hands to a person, as HTML and, with the feature `pdf`, as PDF; and forecasts, in
//! English too.
//!
//! A builder ([`decision::decision`], [`decision::revocation`], [`calculation::calculation`], [`provisional::provisional`], [`plan::plan`],
//! [`contract::contract`], [`guarantee_letter::guarantee_letter`]) makes a [`Document`] of plain input and the results of the
//! rules; `html` and `pdf` show any document. [`workbook::workbook`] makes an XLSX file. Nothing here stores, sends or signs,
//! and nothing reads a clock: the same input gives the same bytes.

pub mod calculation;
pub mod case_cover;
pub mod contract;
mod csv;
pub mod decision;
mod document;
mod figures;
pub mod forecast;
mod grid;
pub mod guarantee_letter;
mod html;
mod latvian;
pub mod monthly_report;
pub mod national_summary;
pub mod parties;
#[cfg(feature = "pdf")]
mod pdf;
pub mod pilot_report;
pub mod plan;
pub mod provisional;
mod sources;
mod words;
pub mod workbook;

use balsts_domain::text::Message;
pub use document::{Align, BarGroup, Block, Chart, Column, Document, Fact, Signature, Table};
pub use html::{STYLE, html};
#[cfg(feature = "pdf")]
pub use pdf::{PdfError, pdf};

/// Renders a message of the rules in Latvian: the message files belong to the HTTP layer.
pub type Render<'a> = &'a dyn Fn(&Message) -> String;
