//! Balsts over HTTP: handlers, request and answer types, problem details, the OpenAPI document.
//!
//! A request's way: extractor (language, body) -> handler -> the domain's rule -> answer type. The document is made from
//! the handlers, committed as `openapi/v1.json`, and every failed body is explained by its schema.

use std::{
    num::NonZeroU32,
    sync::{Arc, LazyLock},
    time::Duration,
};

use balsts_domain::{
    calendar::local_date,
    forecast::ForecastTable,
    funding::FundingTable,
    parameters::{Faults, Parameters},
};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

mod answers;
mod applications;
mod assessments;
mod attachments;
mod body;
mod bounds;
mod budget_managers;
mod budgets;
pub mod calculations;
mod calendar_exceptions;
mod case_contacts;
mod case_documents;
mod cases;
mod claims;
pub mod command_line;
mod complaints;
mod conflicts_of_interest;
mod consultations;
mod contract;
mod cost_statistics;
mod deliveries;
mod docs;
mod documents;
mod eligibility_checks;
mod erasures;
mod events;
mod examples;
mod files;
mod forecasts;
mod forms;
mod functioning;
mod funding_mixes;
mod funding_shares;
pub mod fuzzing;
mod goal_attainments;
mod goal_results;
mod hand_overs;
mod health;
mod i18n;
pub mod identity;
mod imports;
mod invoices;
mod ledgers;
mod measures;
mod methodologies;
mod methodology_versions;
mod monthly_reports;
mod municipalities;
mod names;
mod national_summaries;
mod ndjson;
mod offers;
mod offices;
mod openapi;
mod orders;
mod pages;
mod participant_selections;
mod payment_runs;
mod person_requests;
mod persons;
mod pilot_periods;
mod pilot_reports;
mod plan_checks;
mod plan_documents;
mod plans;
mod preconditions;
mod price_changes;
mod price_statistics;
mod priority_rankings;
pub mod privacy_records;
mod problem;
mod provider_notices;
mod providers;
mod provisional_budgets;
mod published;
mod qualifications;
mod redistributions;
mod reports;
mod representatives;
mod retention_rules;
mod risks;
mod role_grants;
mod routes;
mod satisfaction_ratings;
mod schedules;
mod seat;
mod server;
mod service_proposals;
mod service_statistics;
mod services;
mod stored_forecasts;
mod surveys;
mod telemetry;
mod types;
mod webhooks;
mod working_days;

pub use contract::prepare;
pub use events::cloud_event;
pub use server::{ServerOptions, serve};
pub use webhooks::WebhookOptions;

/// Renders the metrics in Prometheus' text format.
pub type RenderMetrics = Arc<dyn Fn() -> String + Send + Sync>;

/// Requests a second that one client address may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Sustained.
    pub requests_per_second: NonZeroU32,
    /// At once.
    pub burst: NonZeroU32,
}

/// What the HTTP layer can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiConfig {
    /// The largest JSON body, bytes.
    pub body_limit: usize,
    /// The largest file of a document, bytes.
    pub document_limit: usize,
    /// The longest line of a bulk body, bytes.
    pub bulk_line_limit: usize,
    /// How long a request may take; bulk runs have a limit on silence instead.
    pub request_timeout: Duration,
    /// Origins that browsers may call from; `*` for any, none by default.
    pub cors_allowed_origins: Vec<String>,
    /// Off unless set.
    pub rate_limit: Option<RateLimit>,
    /// Log every request, not only the failed ones.
    pub access_log: bool,
    /// How often to look for what another node has published.
    pub publications_poll: Duration,
}

impl Default for ApiConfig {
    fn default() -> Self {
        Self {
            body_limit: 1024 * 1024,
            document_limit: 10 * 1024 * 1024,
            bulk_line_limit: 64 * 1024,
            request_timeout: Duration::from_secs(30),
            cors_allowed_origins: Vec::new(),
            rate_limit: None,
            access_log: false,
            publications_poll: Duration::from_secs(5),
        }
    }
}

/// What every handler shares.
pub struct ApiState {
    pub(crate) app: balsts_app::App,
    pub(crate) config: ApiConfig,
    pub(crate) parameters: published::InForce,
    pub(crate) forecasts: ForecastTable,
    pub(crate) funding: FundingTable,
    pub(crate) clock: fn() -> DateTime<Utc>,
    pub(crate) new_id: fn() -> Uuid,
    pub(crate) metrics: Option<RenderMetrics>,
    pub(crate) identity: Option<identity::Verifier>,
    pub(crate) webhooks: Option<WebhookOptions>,
}

impl ApiState {
    /// Loads and checks the parameters of the model.
    ///
    /// # Errors
    /// What is wrong with the parameters; never with the ones that are compiled in, which the tests check.
    pub fn new(
        app: balsts_app::App,
        config: ApiConfig,
        clock: fn() -> DateTime<Utc>,
        new_id: fn() -> Uuid,
        metrics: Option<RenderMetrics>,
    ) -> Result<Self, Faults> {
        let parameters = published::InForce::new(Parameters::embedded()?);
        let (forecasts, funding) = (ForecastTable::embedded()?, FundingTable::embedded()?);
        Ok(Self { app, config, parameters, forecasts, funding, clock, new_id, metrics, identity: None, webhooks: None })
    }

    /// The present date, in Latvia.
    pub(crate) fn today(&self) -> NaiveDate {
        local_date((self.clock)())
    }

    /// Lets callers identify themselves. Without, every operation that needs a caller answers 401.
    #[must_use]
    pub fn with_identity(mut self, verifier: identity::Verifier) -> Self {
        self.identity = Some(verifier);
        self
    }

    /// Lets webhooks be set up. Without, that answers 503.
    #[must_use]
    pub fn with_webhooks(mut self, options: WebhookOptions) -> Self {
        self.webhooks = Some(options);
        self
    }
}

/// The OpenAPI document, pretty-printed, with a newline at its end.
#[must_use]
pub fn openapi_json() -> String {
    openapi_text().to_owned()
}

pub(crate) fn openapi_text() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let mut text = openapi::document().to_pretty_json().unwrap_or_default();
        text.push('\n');
        text
    });
    &TEXT
}
