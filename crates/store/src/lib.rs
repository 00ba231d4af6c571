//! Persistence on SQLite and PostgreSQL: opening the database, migrating it, transactions, and (per table) entities and
//! queries. Rows become domain types here; no rule of the model and no access decision lives here.
//!
//! On SQLite there is exactly one writing connection per process, and every writing transaction begins with BEGIN
//! IMMEDIATE: a deferred one that reads first fails with "database is locked" under load, whatever the busy timeout.
//! All other connections are read-only.

mod applications;
mod assessments;
mod attachments;
mod audit;
mod budget_managers;
mod budgets;
mod bulk;
mod case_contacts;
mod case_documents;
mod claims;
mod complaints;
mod conflicts_of_interest;
mod connect;
mod consultations;
mod deliveries;
mod erasures;
mod error;
mod files;
mod functioning;
mod goal_results;
mod hand_overs;
mod idempotency;
mod invoices;
mod ledger;
mod methodology_versions;
mod migrate;
mod monthly_reports;
mod municipalities;
mod objects;
mod offers;
mod office_calendar;
mod offices;
mod orders;
mod outbox;
mod pages;
mod payments;
mod person_requests;
mod persons;
mod pilot_periods;
mod pilot_reports;
mod plans;
mod privacy_records;
mod provider_notices;
mod providers;
mod qualifications;
mod reach;
mod received;
mod report_steps;
mod representatives;
mod reseal;
mod revocations;
mod risks;
mod role_grants;
mod satisfaction_ratings;
mod schedules;
mod service_proposals;
mod service_statistics;
mod store;
mod surveys;
mod url;
mod vault;
mod webhooks;
mod what_if;

pub use applications::{
    Applicant, Application, ApplicationFilter, ApplicationSummary, Decision, ErasedApplication, Kept,
};
pub use assessments::Assessment;
pub use attachments::Attachment;
pub use audit::{Access, Act, AuditReport, RIGHTS_REPORT};
pub use budget_managers::{BudgetManager, ManagerReport};
pub use budgets::{Budget, BudgetFilter, BudgetSummary, Calculated, CalculationSummary, ErasedBudget, Signature};
pub use case_contacts::KeptContact;
pub use case_documents::CaseDocument;
pub use claims::WaitingClaim;
pub use complaints::{Complaint, ComplaintFilter, ComplaintSummary};
pub use conflicts_of_interest::ConflictOfInterest;
pub use consultations::Consultation;
pub use deliveries::{Delivery, DeliveryFilter, DeliverySummary, Meeting};
pub use erasures::{Erasure, ExpiryFilter, PersonState};
pub use error::{DatabaseFailure, InsertError, StoreError};
pub use files::{Deletion, StoredFile};
pub use functioning::MeasuredAssessment;
pub use goal_results::{CountedGoal, GoalResult};
pub use hand_overs::{HandOver, HandOverFilter, HandOverSummary, OfferedCase};
pub use idempotency::{Claim, IdempotencyKey, RecordedAnswer};
pub use invoices::{
    Invoice, InvoiceContent, InvoiceFilter, InvoiceLine, InvoiceStep, InvoiceSummary, StoredFinding, SubmittedLine,
};
pub use ledger::{Ledger, LedgerDay, Ordered, Posting, RecordedEntry};
pub use methodology_versions::{MethodologyVersion, Publication};
pub use monthly_reports::{MonthlyReport, MonthlyReportFilter, MonthlyReportStep, ReportLineFilter, SummaryCell};
pub use objects::{ContentKey, ObjectFailure, Objects};
pub use offers::{Offer, OfferFilter};
pub use office_calendar::OfficeDay;
pub use offices::{Office, Official};
pub use orders::{Order, OrderFilter, OrderPrice, OrderSummary};
pub use outbox::Event;
pub use payments::{Debtor, PaidLine, Payee, Payment, PaymentRun, PaymentRunSummary, Waiting};
pub use person_requests::{PersonRequest, PersonRequestFilter, PersonRequestSummary};
pub use persons::{Contact, Person};
pub use pilot_periods::{BudgetOfPeriod, InPeriod, OfPilot, PilotPeriod, StoredRedistribution};
pub use pilot_reports::{PilotReport, PilotReportFilter, PilotReportStep, SummaryFigure};
pub use plans::{Plan, PlanFilter, PlanSignature, PlanStep, PlanSummary, PlanVersion, StepWords};
pub use privacy_records::PrivacyRecord;
pub use provider_notices::{AwaitedReport, ProviderNotice, ProviderNoticeFilter, ProviderNoticeSummary};
pub use providers::{NamedProvider, OfProvider, Provider, ProviderFilter, ProviderIdentity, ProviderSummary};
pub use qualifications::{Qualification, QualificationCheck, QualificationDetails};
pub use reach::Reach;
pub use report_steps::ReportStep;
pub use representatives::Representative;
pub use reseal::Resealed;
pub use revocations::{Grounds, Revocation};
pub use risks::{Risk, RiskFilter};
pub use role_grants::RoleGrant;
pub use satisfaction_ratings::{CountedRating, SatisfactionRating};
pub use schedules::PlanSchedule;
pub use service_proposals::{DecidedProposal, ServiceProposal};
pub use service_statistics::{SealedCharacteristics, ServedCase};
pub use store::{DatabaseConfig, Store, WriteTransaction};
pub use surveys::{CountedSurvey, Survey, SurveyFilter};
pub use url::{DatabaseUrl, InvalidDatabaseUrl};
pub use vault::{CannotOpen, ChangedKeys, DrawNonce, KeyRing, NoCurrentKey, NotAPurpose, Purpose, Vault};
pub use webhooks::{ClaimedWebhook, DeliveryProgress, Webhook, WebhookDelivery, WebhookSecret};
pub use what_if::{SealedFacts, StoredAmounts};

#[cfg(test)]
mod tests;
