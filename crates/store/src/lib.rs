//! Persistence on SQLite and PostgreSQL: opening the database, migrating it, transactions, and (per table) entities and
//! queries. Rows become domain types here; no rule of the model and no access decision lives here.
//!
//! On SQLite there is exactly one writing connection per process, and every writing transaction begins with BEGIN
//! IMMEDIATE: a deferred one that reads first fails with "database is locked" under load, whatever the busy timeout.
//! All other connections are read-only.

mod applications;
mod assessments;
mod audit;
mod budgets;
mod bulk;
mod connect;
mod error;
mod hand_overs;
mod idempotency;
mod migrate;
mod municipalities;
mod offers;
mod office_calendar;
mod offices;
mod outbox;
mod persons;
mod providers;
mod qualifications;
mod reach;
mod representatives;
mod reseal;
mod revocations;
mod store;
mod url;
mod vault;
mod webhooks;

pub use applications::{Applicant, Application, ApplicationFilter, ApplicationSummary, Decision};
pub use assessments::Assessment;
pub use audit::{Access, Act, AuditReport};
pub use budgets::{Budget, BudgetFilter, BudgetSummary, Calculated, CalculationSummary, Signature};
pub use error::{DatabaseFailure, InsertError, StoreError};
pub use hand_overs::HandOver;
pub use idempotency::{Claim, IdempotencyKey, RecordedAnswer};
pub use offers::{Offer, OfferFilter};
pub use office_calendar::OfficeDay;
pub use offices::{Office, Official};
pub use outbox::Event;
pub use persons::{Contact, Person};
pub use providers::{OfProvider, Provider, ProviderFilter, ProviderIdentity, ProviderSummary};
pub use qualifications::{Qualification, QualificationCheck, QualificationDetails};
pub use reach::Reach;
pub use representatives::Representative;
pub use reseal::Resealed;
pub use revocations::{Grounds, Revocation};
pub use store::{DatabaseConfig, Store, WriteTransaction};
pub use url::{DatabaseUrl, InvalidDatabaseUrl};
pub use vault::{CannotOpen, ChangedKeys, DrawNonce, KeyRing, NoCurrentKey, NotAPurpose, Purpose, Vault};
pub use webhooks::{ClaimedWebhook, DeliveryProgress, Webhook, WebhookDelivery, WebhookSecret};

#[cfg(test)]
mod tests;
