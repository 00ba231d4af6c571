//! The rules of Latvia's Individual Budget Model, pure: facts in, lines and reasons out.
//!
//! Nothing here does I/O, reads a clock, draws a random number or knows HTTP or SQL. Figures of law are data in
//! `parameters/`; sentences are [`text::Message`]s that the HTTP layer renders.

pub mod access;
pub mod account;
pub mod adults;
pub mod age;
pub mod applications;
pub mod assessments;
mod bounds;
pub mod budgets;
pub mod calculation;
pub mod calendar;
pub mod children;
pub mod day;
pub mod deliveries;
pub mod eligibility;
pub mod events;
pub mod figures;
pub mod forecast;
pub mod funding;
pub mod invoices;
pub mod ledger;
pub mod lines;
pub mod methodology_versions;
pub mod money;
pub mod month;
pub mod monthly_reports;
pub mod offers;
pub mod orders;
pub mod parameters;
pub mod payments;
pub mod personal_code;
pub mod pilot;
pub mod plans;
pub mod prices;
mod pricing;
mod proportion;
pub mod proposal;
pub mod providers;
pub mod representatives;
pub mod results;
pub mod retention;
pub mod role_grants;
pub mod service_proposals;
pub mod service_statistics;
pub mod statistics;
pub mod text;
pub mod webhooks;
pub mod what_if;
