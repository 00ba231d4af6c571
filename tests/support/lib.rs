//! What the end-to-end tests stand on: the real API, started in this process over a fresh database, spoken to over HTTP,
//! with every answer checked against the published OpenAPI document.

pub mod app;
pub mod cluster;
pub mod contract;
pub mod end;
pub mod golden;
pub mod receiver;
mod system;
pub mod tokens;

pub use app::{Answer, Database, TestApp};
pub use contract::contract;
