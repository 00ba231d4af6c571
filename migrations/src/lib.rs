//! The database schema, one module per step, applied in order and never edited once released.
//!
//! A step is written for SQLite and PostgreSQL alike: keys and checks stand in its CREATE TABLE, because SQLite can add
//! neither afterwards. The store applies all pending steps in one transaction. Steps must leave the previous release
//! able to run (add first, remove a release later), so that nodes can be replaced one by one and rolled back.

use sea_orm_migration::prelude::*;

mod m20261122_000001_create_municipality;
mod m20261125_000002_create_application;
mod m20261125_000003_create_budget;
mod m20261126_000004_create_office_calendar;
mod m20261126_000005_create_webhook;
mod m20261126_000006_create_representative;
mod m20261126_000007_create_revocation;
mod m20261126_000008_create_role_grant;
mod m20261126_000009_create_methodology_version;
mod m20261126_000010_create_provider;
mod m20261126_000011_create_assessment;
mod m20261126_000012_create_plan;
mod m20261126_000013_create_case_document;
mod m20261126_000014_create_results;
mod m20261126_000015_create_delivery;
mod m20261126_000016_create_payment_run;
mod m20261126_000017_create_monthly_report;
mod m20261126_000018_create_claim_receipt;
mod m20261126_000019_create_pilot_report;
mod m20261126_000020_create_person_request;
mod m20261126_000021_create_plan_schedule;
mod m20261126_000022_create_budget_manager;
mod m20261126_000024_create_provider_notice;
mod m20261126_000025_create_pilot_period;
mod m20261126_000026_create_invoice_attachment;
mod m20261126_000027_create_case_contact;
mod m20261126_000028_privacy;
mod m20261126_000029_count_claims_and_payments;
mod m20261126_000030_close_order;
mod m20261126_000031_offer_hand_over;
mod m20261126_000032_follow_periods;
mod m20261126_000033_find_by_day;
mod m20261126_000035_create_conflict_of_interest;
mod m20261126_000036_create_privacy_record;
mod m20261126_000037_keep_audit;
mod m20261127_000038_tell_circumstances;
mod m20261127_000041_correction_of;
mod m20261127_000043_create_consultation;
mod tenant;

pub use tenant::{SERVER_ROLE, grant};

/// The steps, oldest first.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_create_municipality::Migration),
            Box::new(m20261125_000002_create_application::Migration),
            Box::new(m20261125_000003_create_budget::Migration),
            Box::new(m20261126_000004_create_office_calendar::Migration),
            Box::new(m20261126_000005_create_webhook::Migration),
            Box::new(m20261126_000006_create_representative::Migration),
            Box::new(m20261126_000007_create_revocation::Migration),
            Box::new(m20261126_000008_create_role_grant::Migration),
            Box::new(m20261126_000009_create_methodology_version::Migration),
            Box::new(m20261126_000010_create_provider::Migration),
            Box::new(m20261126_000011_create_assessment::Migration),
            Box::new(m20261126_000012_create_plan::Migration),
            Box::new(m20261126_000013_create_case_document::Migration),
            Box::new(m20261126_000014_create_results::Migration),
            Box::new(m20261126_000015_create_delivery::Migration),
            Box::new(m20261126_000016_create_payment_run::Migration),
            Box::new(m20261126_000017_create_monthly_report::Migration),
            Box::new(m20261126_000018_create_claim_receipt::Migration),
            Box::new(m20261126_000019_create_pilot_report::Migration),
            Box::new(m20261126_000020_create_person_request::Migration),
            Box::new(m20261126_000021_create_plan_schedule::Migration),
            Box::new(m20261126_000022_create_budget_manager::Migration),
            Box::new(m20261126_000024_create_provider_notice::Migration),
            Box::new(m20261126_000025_create_pilot_period::Migration),
            Box::new(m20261126_000026_create_invoice_attachment::Migration),
            Box::new(m20261126_000027_create_case_contact::Migration),
            Box::new(m20261126_000028_privacy::Migration),
            Box::new(m20261126_000029_count_claims_and_payments::Migration),
            Box::new(m20261126_000030_close_order::Migration),
            Box::new(m20261126_000031_offer_hand_over::Migration),
            Box::new(m20261126_000032_follow_periods::Migration),
            Box::new(m20261126_000033_find_by_day::Migration),
            Box::new(m20261126_000035_create_conflict_of_interest::Migration),
            Box::new(m20261126_000036_create_privacy_record::Migration),
            Box::new(m20261126_000037_keep_audit::Migration),
            Box::new(m20261127_000038_tell_circumstances::Migration),
            Box::new(m20261127_000041_correction_of::Migration),
            Box::new(m20261127_000043_create_consultation::Migration),
        ]
    }
}
