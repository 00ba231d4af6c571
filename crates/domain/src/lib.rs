//! The rules of Latvia's Individual Budget Model, pure: facts in, lines and reasons out.
//!
//! Nothing here does I/O, reads a clock, draws a random number or knows HTTP or SQL. Figures of law are data in
//! `parameters/`; sentences are [`text::Message`]s that the HTTP layer renders.

pub mod money;
pub mod text;
