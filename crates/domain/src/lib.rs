//! The rules of Latvia's Individual Budget Model, pure: facts in, lines and reasons out.
//!
//! Nothing here does I/O, reads a clock, draws a random number or knows HTTP or SQL. Figures of law are data in
//! `parameters/`; sentences are [`text::Message`]s that the HTTP layer renders.

pub mod account;
pub mod adults;
pub mod age;
pub mod calendar;
pub mod children;
pub mod eligibility;
pub mod lines;
pub mod money;
pub mod parameters;
pub mod personal_code;
mod pricing;
pub mod text;
