//! The files that money travels by: e-invoices ([`invoice`]), payment orders and what a bank answers to them ([`payment`]).
//!
//! Bytes in, plain types out, and back. The libraries behind are seen by nobody outside this crate, so that they can be
//! replaced. Nothing here stores, sends or decides, and nothing reads a clock.
//!
//! A file from outside is never trusted: larger than the caller allows, not UTF-8, with a document type declaration (and so with
//! entities of its own), or nested too deeply, it is refused before it is read.

mod fault;
pub mod invoice;
pub mod payment;
mod xml;

pub use fault::{Fault, Severity};
