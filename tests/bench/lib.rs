//! What the benchmarks share: a synthetic population, the floor server, and the product as a program.
//!
//! Speeds are ratios to a floor in the same run, because the machines are noisy; nothing here is a test.

pub mod floor;
pub mod population;
pub mod product;
