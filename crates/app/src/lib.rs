//! One function per use case: authorise, load, ask the domain, save. It owns the transactions, and knows neither HTTP
//! nor SQL.

mod applications;
mod assessments;
mod attachments;
mod budget_managers;
mod budgets;
mod calendar_exceptions;
mod case_contacts;
mod case_documents;
mod cases;
mod claims;
mod complaints;
mod conflicts_of_interest;
mod consultations;
mod deliveries;
mod erasures;
mod events;
mod files;
mod functioning;
mod goal_results;
mod hand_overs;
mod invoices;
mod loading;
mod methodology_versions;
mod monthly_reports;
mod offers;
mod offices;
mod orders;
mod payments;
mod person_requests;
mod persons;
mod pilot_periods;
mod pilot_reports;
mod plan_documents;
mod plans;
mod price_changes;
mod privacy_records;
mod provider_notices;
mod providers;
mod readiness;
mod representatives;
mod risks;
mod role_grants;
mod satisfaction_ratings;
mod schedules;
mod service_proposals;
mod service_statistics;
mod surveys;
mod webhooks;
mod what_if;

use balsts_domain::{
    access::{Denied, MunicipalityCode, Scope},
    events::EventType,
    parameters::municipalities::Municipalities,
    text::{Fault, Refusal},
};
use balsts_store::{Act, Claim, Reach, Store, WriteTransaction};
use chrono::{DateTime, Utc};
use thiserror::Error;
use uuid::Uuid;

pub use applications::{NewApplication, NewDecision, NewRevocation};
pub use assessments::{NewAssessment, NewRightsReport};
/// What use cases take and give, as the store has it.
pub use balsts_store::{
    Access, Applicant, Application, ApplicationFilter, ApplicationSummary, Assessment, Attachment, AwaitedReport,
    Budget, BudgetFilter, BudgetManager, BudgetSummary, Calculated, CalculationSummary, CaseDocument, ClaimedWebhook,
    Complaint, ComplaintFilter, ComplaintSummary, ConflictOfInterest, Consultation, Contact, Debtor, DecidedProposal,
    Decision, Deletion, Delivery, DeliveryFilter, DeliverySummary, ErasedApplication, ErasedBudget, Erasure, Event,
    GoalResult, Grounds, HandOver, HandOverFilter, HandOverSummary, IdempotencyKey, InPeriod, Invoice, InvoiceFilter,
    InvoiceLine, InvoiceStep, InvoiceSummary, Kept, KeptContact, LedgerDay, ManagerReport, MethodologyVersion,
    MonthlyReport, MonthlyReportFilter, MonthlyReportStep, NamedProvider, OfPilot, OfProvider, Offer, OfferFilter,
    OfferedCase, Office, OfficeDay, Official, Order, OrderFilter, OrderPrice, OrderSummary, Payee, Payment, PaymentRun,
    PaymentRunSummary, Person, PersonRequest, PersonRequestFilter, PersonRequestSummary, PilotPeriod, PilotReport,
    PilotReportFilter, PilotReportStep, Plan, PlanFilter, PlanSchedule, PlanSignature, PlanStep, PlanSummary,
    PlanVersion, PrivacyRecord, Provider, ProviderFilter, ProviderIdentity, ProviderNotice, ProviderNoticeFilter,
    ProviderNoticeSummary, ProviderSummary, Publication, Purpose, Qualification, QualificationCheck,
    QualificationDetails, RecordedAnswer, RecordedEntry, Representative, Revocation, Risk, RiskFilter, RoleGrant,
    SatisfactionRating, ServiceProposal, Signature, StoreError, StoredFile, StoredFinding, StoredRedistribution,
    SubmittedLine, SummaryCell, SummaryFigure, Survey, SurveyFilter, Webhook, WebhookDelivery, WebhookSecret,
};
pub use budget_managers::NewBudgetManager;
pub use budgets::{Difference, GivenFacts, NewCalculation, NewSignature, Replay};
pub use case_documents::{DeletionRequest, NewCaseDocument};
pub use cases::{Case, CaseCover, CaseParts};
pub use claims::CheckedClaim;
pub use complaints::NewComplaint;
pub use consultations::NewConsultation;
pub use erasures::{Expiry, ExpiryPlace};
pub use files::NewFile;
pub use functioning::DomainCounts;
pub use goal_results::{NewGoalResult, PlanResults};
pub use hand_overs::NewHandOver;
pub use invoices::{CheckedInvoice, Explain, ReceivedXml};
pub use loading::{Loading, NewBudget, NewCase};
pub use methodology_versions::{NewVersion, Published};
pub use monthly_reports::{LateReport, MonthlyReportDocument, MonthlyReportFile, ReportRules};
pub use offices::Issued;
pub use orders::LedgerOnDay;
pub use payments::NewPaymentRun;
pub use person_requests::ChosenOffer;
pub use persons::PersonFile;
pub use pilot_periods::Redistributed;
pub use pilot_reports::{NewPilotContent, PilotReportDocument, PilotReportFile};
pub use plan_documents::{IssuedLetter, IssuedPlan, PlanExecution};
pub use plans::{
    CheckedPlan, NewPlanRevision, NewPlanSignature, NewSuspension, NewTermination, PlanCorrection, PlanToCorrect,
};
pub use price_changes::{ChangedPlan, ChangedPlans};
pub use privacy_records::NewPrivacyRecord;
pub use provider_notices::{EndingPlan, EndingPlans};
pub use providers::{NewProvider, NewQualification, SeenProvider};
pub use readiness::Readiness;
pub use representatives::NewRepresentative;
pub use risks::{NewRisk, NewRiskAnalysis, NewRiskReview};
pub use role_grants::NewRoleGrant;
pub use satisfaction_ratings::NewSatisfactionRating;
pub use schedules::{ComparedSchedule, NewSchedule};
pub use service_proposals::{NewProposal, NewProposalDecision};
pub use surveys::KnownSurvey;
pub use webhooks::{NewWebhook, TargetRefusal, Targets};
pub use what_if::{PopulationRequest, TriedDraft};

/// What the use cases work with. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App {
    store: Store,
}

impl App {
    /// The use cases over an open store.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

/// Why a use case did not succeed.
#[derive(Debug, Error)]
pub enum AppError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such thing, or it is out of the caller's scope.
    #[error("not found")]
    NotFound,
    /// The caller sees it, and may not do this with it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The rules refuse the request.
    #[error("refused")]
    Refused(Vec<Fault>),
    /// The state of what is stored does not allow it.
    #[error("conflict: {code}")]
    Conflict {
        /// Published code.
        code: &'static str,
    },
    /// The caller's copy is older than the stored one.
    #[error("stale")]
    Stale,
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The program itself failed.
    #[error("a task did not end")]
    Broken,
}

impl AppError {
    fn refused<R: Refusal>(refusals: &[R]) -> Self {
        Self::Refused(refusals.iter().map(Fault::from).collect())
    }

    /// The same refusals of a part of the body, with pointers from the whole.
    fn under(mut self, part: &str) -> Self {
        if let Self::Refused(faults) = &mut self {
            for fault in faults {
                fault.pointer.insert_str(0, part);
            }
        }
        self
    }

    fn conflict(refusal: &impl Refusal) -> Self {
        Self::Conflict { code: refusal.code() }
    }
}

/// Who calls, when, and with what request: what every use case of stored data takes.
#[derive(Debug)]
pub struct Call<'a> {
    /// The caller in the municipality whose data it may touch.
    pub scope: Scope,
    /// The request.
    pub request_id: Uuid,
    /// The present, to the microsecond.
    pub at: DateTime<Utc>,
    /// Makes identifiers that count up with time.
    pub new_id: fn() -> Uuid,
    /// The key of a repeatable request.
    pub key: Option<IdempotencyKey<'a>>,
}

/// What is told of a change, or of a read of personal data.
#[derive(Debug, Clone, Copy)]
struct Told {
    /// Name of the operation.
    action: &'static str,
    /// What kind of thing it was done to.
    resource: &'static str,
    /// Which one.
    id: Uuid,
    /// The event of a change.
    event: Option<EventType>,
}

impl Told {
    /// The read of a list of what belongs to one thing.
    const fn listed(action: &'static str, resource: &'static str, id: Uuid) -> Self {
        Self { action, resource, id, event: None }
    }
}

/// A transaction for a request that may be a repetition.
enum Begun {
    /// It is new.
    New(WriteTransaction),
    /// It is a repetition: the first answer.
    Answered(RecordedAnswer),
}

impl App {
    /// Begins the transaction of a request with an `Idempotency-Key`.
    async fn begin_once(&self, call: &Call<'_>) -> Result<Begun, AppError> {
        self.begin_once_within(call, Reach::from(&call.scope)).await
    }

    /// The same for a request that reaches further than the caller's municipality. The first answer is a read of the person whom it
    /// tells of: it is audited, and not told to who has a conflict of interest by now.
    async fn begin_once_within(&self, call: &Call<'_>, reach: Reach) -> Result<Begun, AppError> {
        let (transaction, claim) = self.claim(call, reach).await?;
        match claim {
            Claim::New => Ok(Begun::New(transaction)),
            Claim::Answered(first, about) => {
                if let Some(person) = about {
                    let subject = &call.scope.subject;
                    if transaction.has_conflict_of_interest(&call.scope, person, subject).await? {
                        return Err(Denied.into());
                    }
                    let told = Told { action: "repeat_answer", resource: "person", id: person, event: None };
                    call.commit(transaction, told).await?;
                }
                Ok(Begun::Answered(first))
            }
            Claim::OtherRequest => Err(AppError::KeyReused),
        }
    }

    async fn claim(&self, call: &Call<'_>, reach: Reach) -> Result<(WriteTransaction, Claim), AppError> {
        let transaction = self.store.begin_write(reach).await?;
        let claim = match call.key {
            Some(key) => transaction.claim_key(&call.scope, key, call.at).await?,
            None => Claim::New,
        };
        Ok((transaction, claim))
    }
}

impl App {
    /// What was listed of one thing, where the list names one: the read is audited as one of that, if it told anything.
    async fn read_of<T>(&self, call: &Call<'_>, of: Option<Told>, found: Vec<T>) -> Result<Vec<T>, AppError> {
        if let Some(told) = of.filter(|_| !found.is_empty()) {
            let transaction = self.store.begin_write(&call.scope).await?;
            call.commit(transaction, told).await?;
        }
        Ok(found)
    }
}

/// Runs what may take tens of milliseconds where it does not hold up the requests of others.
async fn off_thread<A: Send + 'static>(work: impl FnOnce() -> A + Send + 'static) -> Result<A, AppError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| AppError::Broken)
}

impl Call<'_> {
    /// Writes what every change writes with itself, and commits: the event and the audit entry last, because the chain of a
    /// municipality is what its transactions wait for.
    async fn commit(&self, transaction: WriteTransaction, told: Told) -> Result<(), StoreError> {
        let Told { action, resource, id: resource_id, event } = told;
        let act = Act { action, resource, resource_id, request_id: self.request_id, at: self.at };
        let event = event.map(|kind| self.event(kind, resource_id));
        transaction.audit(&self.scope, act, event).await?;
        transaction.commit().await
    }

    /// Writes the same event for every municipality that exists on the day of the call.
    async fn tell_everybody(
        &self,
        transaction: &WriteTransaction,
        municipalities: &Municipalities,
        kind: EventType,
        resource_id: Uuid,
    ) -> Result<(), StoreError> {
        let existing = municipalities.all().filter(|municipality| municipality.exists_on(self.scope.today));
        let codes: Vec<_> = existing.map(|municipality| municipality.code).collect();
        let event = Event { id: Uuid::nil(), kind: kind.to_string(), resource_id, at: self.at };
        transaction.insert_event_in(&self.scope, &codes, event, self.new_id).await
    }

    /// Writes an event of another municipality than the caller's. The caller's takes its turn first, as in what is told to many: two
    /// that meet would otherwise wait for each other.
    async fn tell_there(
        &self,
        transaction: &WriteTransaction,
        there: MunicipalityCode,
        kind: EventType,
        resource_id: Uuid,
    ) -> Result<(), StoreError> {
        let event = Event { id: Uuid::nil(), kind: kind.to_string(), resource_id, at: self.at };
        transaction.insert_event_in(&self.scope, &[there], event, self.new_id).await
    }

    /// Writes an event.
    async fn tell(
        &self,
        transaction: &WriteTransaction,
        scope: &Scope,
        kind: EventType,
        resource_id: Uuid,
    ) -> Result<(), StoreError> {
        transaction.insert_event(scope, self.event(kind, resource_id)).await
    }

    /// Makes an event when it is its turn.
    fn event(&self, kind: EventType, resource_id: Uuid) -> impl FnOnce() -> Event + use<> {
        let (new_id, at) = (self.new_id, self.at);
        move || Event { id: new_id(), kind: kind.to_string(), resource_id, at }
    }

    /// The same for a request that may be repeated: with its answer, and the person whom that tells of.
    async fn commit_once(
        &self,
        transaction: WriteTransaction,
        told: Told,
        answer: RecordedAnswer,
        about: Option<Uuid>,
    ) -> Result<RecordedAnswer, StoreError> {
        if let Some(key) = self.key {
            transaction.record_answer(&self.scope, key.key, &answer, about).await?;
        }
        self.commit(transaction, told).await?;
        Ok(answer)
    }
}
