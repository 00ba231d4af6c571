//! `/v1/applications`: from receipt to the act that grants or refuses. Stored data: every operation needs a caller.

use actix_web::{
    HttpResponse, get,
    http::header::{CONTENT_LANGUAGE, ETAG, LOCATION},
    post, put,
    web::{Data, Path},
};
use balsts_app::{
    Applicant, Application, ApplicationFilter, ApplicationSummary, Call, Contact, Decision, NewApplication,
    NewDecision, Person, RecordedAnswer,
};
use balsts_domain::{
    access::{Permission, Role},
    applications,
    eligibility::{self, Disability, EligibilityFacts},
    parameters::Parameters,
    personal_code::PersonalCode,
    text::{Language, Message},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiState,
    body::{self, Json, Query, RawJson},
    bounds::Label,
    eligibility_checks::{DisabilityRequest, EligibilityCheckResponse},
    i18n::{Accepted, Localised},
    identity::Identified,
    names::{ApplicationStatus, Delivery, DisabilityGroup, Impairment, Methodology, Outcome},
    pages::{cut, page_size},
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, etag},
    problem::{
        AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures, language_tag,
    },
    types::{Date, Minute},
};

const WRITE: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead], scope: "applications:write" };
const READ: Permission = Permission { municipal: &[Role::SocialWorker, Role::OfficeHead], scope: "applications:read" };
const DECIDE: Permission = Permission { municipal: &[Role::OfficeHead], scope: "applications:decide" };

/// A Latvian personal code, with a hyphen after the sixth digit or without. Which dates it may tell is checked by the rules.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, pattern = "^[0-9]{6}-?[0-9]{5}$", example = "320000-00001")]
pub(crate) struct PersonalCodeText(String);

impl PersonalCodeText {
    /// The code; 422 where it is none. The text is not repeated.
    fn code(&self, pointer: &str) -> Result<PersonalCode, ApiError> {
        let refuse = |_| ApiError::refuse(pointer, "invalid_personal_code", Message::new("application-personal-code"));
        self.0.parse().map_err(refuse)
    }
}

/// The child or adult that the application is about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonRequest {
    /// Personal code.
    personal_code: PersonalCodeText,
    /// Given name.
    given_name: Label,
    /// Family name.
    family_name: Label,
    /// Declared address.
    address: Option<Label>,
    /// Telephone number.
    phone: Option<Label>,
    /// E-mail address.
    email: Option<Label>,
    /// Language of communication.
    language: Option<Label>,
}

/// Who applies: the adult, or a representative.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApplicantRequest {
    /// Given name.
    given_name: Label,
    /// Family name.
    family_name: Label,
    /// Personal code, where it is known.
    personal_code: Option<PersonalCodeText>,
    /// In what capacity, such as parent, guardian or the adult itself.
    relation: Label,
}

/// What is known for the criteria; what is left out is not known yet.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EvidenceRequest {
    /// Birth date.
    birth_date: Option<Date>,
    /// Disability.
    disability: Option<DisabilityRequest>,
    /// Functional impairments of a child; an empty list says that there are none.
    #[schema(max_items = 6)]
    impairment_types: Option<Vec<Impairment>>,
    /// Disorder of mental nature (adults).
    mental_disorder: Option<bool>,
    /// Lives in the community, not in a long-term care institution (adults).
    lives_in_community: Option<bool>,
    /// Assessed in the deinstitutionalisation project (pilot).
    assessed_in_di_project: Option<bool>,
    /// First day of the pilot (pilot).
    pilot_start: Option<Date>,
    /// Last day of the pilot (pilot).
    pilot_end: Option<Date>,
}

impl From<EvidenceRequest> for EligibilityFacts {
    fn from(evidence: EvidenceRequest) -> Self {
        let date = |date: Option<Date>| date.map(|date| date.0);
        let disability = |disability: DisabilityRequest| Disability {
            group: disability.group.0,
            valid_until: date(disability.valid_until),
        };
        Self {
            birth_date: date(evidence.birth_date),
            disability: evidence.disability.map(disability),
            impairment_types: evidence.impairment_types.map(|types| types.into_iter().map(|kind| kind.0).collect()),
            mental_disorder: evidence.mental_disorder,
            lives_in_community: evidence.lives_in_community,
            assessed_in_di_project: evidence.assessed_in_di_project,
            pilot_start: date(evidence.pilot_start),
            pilot_end: date(evidence.pilot_end),
        }
    }
}

/// An application as it is received.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateApplication {
    /// The methodology.
    methodology: Methodology,
    /// When it was received, to the minute, local time.
    received_at: Minute,
    /// The child or adult.
    person: PersonRequest,
    /// Who applies.
    applicant: ApplicantRequest,
    /// What is known for the criteria.
    evidence: EvidenceRequest,
}

/// The act on an application.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateDecision {
    /// What it decides; it must agree with the criteria.
    outcome: Outcome,
    /// The day of the act, on which it is sent.
    decided_on: Date,
    /// How it is sent; it decides when it counts as notified.
    delivery: Delivery,
    /// Who prepared it, by the identifier of the issuer.
    prepared_by: Label,
}

/// An application in a list, without personal data.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApplicationSummaryResponse {
    /// Identifier.
    id: Uuid,
    /// Identifier of the person.
    person_id: Uuid,
    /// The methodology.
    methodology: Methodology,
    /// Where it stands.
    status: ApplicationStatus,
    /// When it was received, local time.
    received_at: Minute,
    /// Last day to decide; null in the pilot.
    due_on: Option<Date>,
    /// It is open and its last day to decide is past.
    #[schema(example = false)]
    overdue: bool,
}

/// A page of applications.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApplicationList {
    /// The applications, in the order of their registration.
    items: Vec<ApplicationSummaryResponse>,
    /// Cursor of the next page; null on the last.
    next: Option<String>,
}

/// The child or adult that the application is about.
#[derive(Serialize, ToSchema)]
pub(crate) struct PersonResponse {
    /// Identifier.
    id: Uuid,
    /// Personal code.
    #[schema(example = "320000-00001")]
    personal_code: String,
    /// Given name.
    given_name: String,
    /// Family name.
    family_name: String,
    /// Declared address.
    address: Option<String>,
    /// Telephone number.
    phone: Option<String>,
    /// E-mail address.
    email: Option<String>,
    /// Language of communication.
    language: Option<String>,
}

/// Who applies.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApplicantResponse {
    /// Given name.
    given_name: String,
    /// Family name.
    family_name: String,
    /// Personal code, where it is known.
    personal_code: Option<String>,
    /// In what capacity.
    relation: String,
}

/// A disability as the commission determined it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DisabilityResponse {
    /// Its group.
    group: DisabilityGroup,
    /// Last day in force; null for life.
    valid_until: Option<Date>,
}

/// What is known for the criteria.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EvidenceResponse {
    /// Birth date.
    birth_date: Option<Date>,
    /// Disability.
    disability: Option<DisabilityResponse>,
    /// Functional impairments.
    impairment_types: Option<Vec<Impairment>>,
    /// Disorder of mental nature.
    mental_disorder: Option<bool>,
    /// Lives in the community.
    lives_in_community: Option<bool>,
    /// Assessed in the deinstitutionalisation project.
    assessed_in_di_project: Option<bool>,
    /// First day of the pilot.
    pilot_start: Option<Date>,
    /// Last day of the pilot.
    pilot_end: Option<Date>,
}

/// The act on an application.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActResponse {
    /// What it decides.
    outcome: Outcome,
    /// Its day.
    decided_on: Date,
    /// The day on which the applicant counts as notified.
    notified_on: Date,
    /// The last day to appeal.
    appeal_until: Date,
    /// Who prepared it.
    prepared_by: String,
    /// Who signed it.
    signed_by: String,
}

/// An application.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApplicationResponse {
    /// Identifier.
    id: Uuid,
    /// The methodology.
    methodology: Methodology,
    /// Where it stands.
    status: ApplicationStatus,
    /// When it was received, local time.
    received_at: Minute,
    /// Last day to decide; null in the pilot.
    due_on: Option<Date>,
    /// The child or adult.
    person: PersonResponse,
    /// Who applies.
    applicant: ApplicantResponse,
    /// What is known for the criteria.
    evidence: EvidenceResponse,
    /// The criteria: on the day of the act, or today while there is none.
    eligibility: EligibilityCheckResponse,
    /// The act; null while there is none.
    decision: Option<ActResponse>,
}

impl ApplicationSummaryResponse {
    fn new(summary: &ApplicationSummary, today: chrono::NaiveDate) -> Self {
        Self {
            id: summary.id,
            person_id: summary.person_id,
            methodology: Methodology(summary.methodology),
            status: ApplicationStatus(summary.status),
            received_at: Minute(summary.received_at),
            due_on: summary.due_on.map(Date),
            overdue: summary.status.is_open() && summary.due_on.is_some_and(|due| due < today),
        }
    }
}

impl ApplicationResponse {
    fn new(application: &Application, today: chrono::NaiveDate, language: Language) -> Self {
        let Application { summary, person, applicant, evidence, decision } = application.clone();
        let day = decision.as_ref().map_or(today, |decision| decision.decided_on);
        let eligibility = eligibility::check(summary.methodology, day, &evidence);
        Self {
            id: summary.id,
            methodology: Methodology(summary.methodology),
            status: ApplicationStatus(summary.status),
            received_at: Minute(summary.received_at),
            due_on: summary.due_on.map(Date),
            person: PersonResponse {
                id: person.id,
                personal_code: person.personal_code.reveal(),
                given_name: person.given_name,
                family_name: person.family_name,
                address: person.contact.address,
                phone: person.contact.phone,
                email: person.contact.email,
                language: person.contact.language,
            },
            applicant: ApplicantResponse {
                given_name: applicant.given_name,
                family_name: applicant.family_name,
                personal_code: applicant.personal_code,
                relation: applicant.relation,
            },
            evidence: EvidenceResponse::from(evidence),
            eligibility: EligibilityCheckResponse::new(eligibility, language),
            decision: decision.map(ActResponse::from),
        }
    }
}

impl From<EligibilityFacts> for EvidenceResponse {
    fn from(facts: EligibilityFacts) -> Self {
        let disability = |disability: Disability| DisabilityResponse {
            group: DisabilityGroup(disability.group),
            valid_until: disability.valid_until.map(Date),
        };
        Self {
            birth_date: facts.birth_date.map(Date),
            disability: facts.disability.map(disability),
            impairment_types: facts.impairment_types.map(|types| types.into_iter().map(Impairment).collect()),
            mental_disorder: facts.mental_disorder,
            lives_in_community: facts.lives_in_community,
            assessed_in_di_project: facts.assessed_in_di_project,
            pilot_start: facts.pilot_start.map(Date),
            pilot_end: facts.pilot_end.map(Date),
        }
    }
}

impl From<Decision> for ActResponse {
    fn from(decision: Decision) -> Self {
        Self {
            outcome: Outcome(decision.outcome),
            decided_on: Date(decision.decided_on),
            notified_on: Date(decision.notified_on),
            appeal_until: Date(decision.appeal_until),
            prepared_by: decision.prepared_by,
            signed_by: decision.signed_by,
        }
    }
}

impl CreateApplication {
    fn parsed(self) -> Result<NewApplication, ApiError> {
        let request = self;
        let CreateApplication { methodology, received_at, person, applicant, evidence } = request;
        let text = |label: Option<Label>| label.map(|label| label.0);
        let personal_code = person.personal_code.code("/person/personal_code");
        let of_applicant = applicant.personal_code.map(|code| code.code("/applicant/personal_code")).transpose();
        let (personal_code, of_applicant) = match (personal_code, of_applicant) {
            (Ok(personal_code), Ok(of_applicant)) => (personal_code, of_applicant),
            (Err(one), Err(other)) => return Err(one.and(other)),
            (Err(error), _) | (_, Err(error)) => return Err(error),
        };
        Ok(NewApplication {
            methodology: methodology.0,
            received_at: received_at.0,
            personal_code,
            given_name: person.given_name.0,
            family_name: person.family_name.0,
            contact: Contact {
                address: text(person.address),
                phone: text(person.phone),
                email: text(person.email),
                language: text(person.language),
            },
            applicant: Applicant {
                given_name: applicant.given_name.0,
                family_name: applicant.family_name.0,
                personal_code: of_applicant.map(PersonalCode::reveal),
                relation: applicant.relation.0,
            },
            evidence: evidence.into(),
        })
    }
}

/// The request of the examples; its people are invented.
fn example() -> serde_json::Value {
    json!({
        "methodology": "children-2023", "received_at": "2023-03-01T09:30",
        "person": {"personal_code": "320000-00001", "given_name": "Demo", "family_name": "Paraugs", "language": "lv"},
        "applicant": {"given_name": "Demo", "family_name": "Vecāks", "relation": "parent"},
        "evidence": {"birth_date": "2013-01-01", "disability": {"group": "child"}, "impairment_types": ["movement"]},
    })
}

/// The answer of the examples, before or after the act.
fn example_answer(decided: bool) -> serde_json::Value {
    let request: Option<CreateApplication> = serde_json::from_value(example()).ok();
    let Some(new) = request.and_then(|request| request.parsed().ok()) else { return serde_json::Value::Null };
    let (id, received) = (Uuid::from_u128, new.received_at.date());
    let calendar = Parameters::embedded().ok().map(|parameters| parameters.calendar);
    let due_on = calendar.as_ref().and_then(|calendar| calendar.decision_due(received));
    let day = due_on.unwrap_or(received);
    let decision = Decision {
        outcome: applications::Outcome::Grant,
        decided_on: day,
        notified_on: day,
        appeal_until: calendar.as_ref().and_then(|calendar| calendar.appeal_until(day)).unwrap_or(day),
        facts: new.evidence.clone(),
        prepared_by: "demo-social-worker".to_owned(),
        signed_by: "demo-office-head".to_owned(),
    };
    let status =
        if decided { applications::ApplicationStatus::Granted } else { applications::ApplicationStatus::Registered };
    let application = Application {
        summary: ApplicationSummary {
            id: id(0x018b_cfe5_6800_7000_8000_0000_0000_0002),
            person_id: id(0x018b_cfe5_6800_7000_8000_0000_0000_0001),
            methodology: new.methodology,
            status,
            received_at: new.received_at,
            due_on,
            version: 1,
        },
        person: Person {
            id: id(0x018b_cfe5_6800_7000_8000_0000_0000_0001),
            personal_code: new.personal_code,
            given_name: new.given_name,
            family_name: new.family_name,
            contact: new.contact,
        },
        applicant: new.applicant,
        evidence: new.evidence,
        decision: decided.then_some(decision),
    };
    let today = day;
    serde_json::to_value(ApplicationResponse::new(&application, today, Language::Lv)).unwrap_or_default()
}

/// Register an application
///
/// Registers the application, to the minute, with the person where the municipality does not know the personal code yet.
/// A person has at most one open application, nationally. With an `Idempotency-Key` a repeated request gets the first
/// answer. The last day to decide is ten working days after receipt.
#[utoipa::path(
    tag = "applications",
    params(IdempotencyKey),
    request_body(content = CreateApplication, example = json!(example())),
    responses(
        (status = 201, description = "The application", body = ApplicationResponse, example = json!(example_answer(false))),
        AccessFailures, Conflict, Failures, BodyFailures,
    ),
    security(("bearer" = ["applications:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/applications")]
pub(crate) async fn register_application(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(WRITE)?;
    let new: CreateApplication = body::parse(&body.0)?;
    let hash = key.request_hash("POST /v1/applications", &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let today = (state.clock)().date_naive();
    let answer = |application: &Application| RecordedAnswer {
        status: 201,
        body: serde_json::to_vec(&ApplicationResponse::new(application, today, language.0)).unwrap_or_default(),
    };
    let answer = state.app.register_application(&call, &state.parameters.calendar, new.parsed()?, answer).await?;
    let id = serde_json::from_slice::<Created>(&answer.body).map_err(|_| ApiError::Internal)?.id;
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, format!("/v1/applications/{id}")))
        .insert_header((ETAG, etag(1)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language.0)))
        .content_type("application/json")
        .body(answer.body))
}

/// The part of a recorded answer that its headers need.
#[derive(Deserialize)]
struct Created {
    id: Uuid,
}

/// Which applications to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ApplicationsQuery {
    /// Only those with this status.
    #[param(inline)]
    status: Option<ApplicationStatus>,
    /// Only open ones whose last day to decide is past.
    overdue: Option<bool>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<Uuid>,
}

/// List applications
///
/// The municipality's applications in the order of their registration, without personal data.
#[utoipa::path(
    tag = "applications",
    params(ApplicationsQuery),
    responses(
        (status = 200, description = "A page of applications", body = ApplicationList, example = json!({
            "items": [{"id": "018bcfe5-6800-7000-8000-000000000002", "person_id": "018bcfe5-6800-7000-8000-000000000001",
                "methodology": "children-2023", "status": "registered", "received_at": "2023-03-01T09:30",
                "due_on": "2023-03-15", "overdue": false}],
            "next": null,
        })),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["applications:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[get("/v1/applications")]
pub(crate) async fn list_applications(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<ApplicationsQuery>,
) -> Result<Localised<ApplicationList>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let ApplicationsQuery { status, overdue, limit, cursor } = query.0;
    let limit = page_size(limit)?;
    let today = (state.clock)().date_naive();
    let filter = ApplicationFilter {
        status: status.map(|status| status.0),
        overdue_on: overdue.unwrap_or_default().then_some(today),
        after: cursor,
    };
    let found = state.app.list_applications(&call, filter, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |summary| summary.id);
    let items = found.iter().map(|summary| ApplicationSummaryResponse::new(summary, today)).collect();
    Ok(Localised(ApplicationList { items, next }, language.0))
}

fn shown(
    state: &ApiState,
    application: &Application,
    language: Language,
    mut response: actix_web::HttpResponseBuilder,
) -> HttpResponse {
    let today = (state.clock)().date_naive();
    response
        .insert_header((ETAG, etag(application.summary.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language)))
        .json(ApplicationResponse::new(application, today, language))
}

/// Get an application
///
/// The application with the person, the applicant, what is known for the criteria, their outcome and the act. The read is
/// recorded in the access log.
#[utoipa::path(
    tag = "applications",
    params(("id" = Uuid, Path, description = "Identifier of the application")),
    responses(
        (status = 200, description = "The application", body = ApplicationResponse, example = json!(example_answer(false))),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["applications:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[get("/v1/applications/{id}")]
pub(crate) async fn get_application(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let application = state.app.get_application(&call, preconditions::id(&id)?).await?;
    Ok(shown(&state, &application, language.0, HttpResponse::Ok()))
}

/// Complete an application
///
/// Replaces what is known for the criteria of an open application, as the registers tell it.
#[utoipa::path(
    tag = "applications",
    params(("id" = Uuid, Path, description = "Identifier of the application"), IfMatch),
    request_body(content = EvidenceRequest, example = json!(example().get("evidence"))),
    responses(
        (status = 200, description = "The application", body = ApplicationResponse, example = json!(example_answer(false))),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["applications:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[put("/v1/applications/{id}/evidence")]
pub(crate) async fn complete_application(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<EvidenceRequest>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let id = preconditions::id(&id)?;
    let application = state.app.complete_application(&call, id, version.0, body.0.into()).await?;
    Ok(shown(&state, &application, language.0, HttpResponse::Ok()))
}

/// Decide an application
///
/// Signs the administrative act that grants or refuses. It must agree with the criteria on its day: missing data is neither a
/// grant nor a refusal. The answer tells when the applicant counts as notified and until when the act can be appealed.
#[utoipa::path(
    tag = "applications",
    params(("id" = Uuid, Path, description = "Identifier of the application"), IfMatch),
    request_body(content = CreateDecision, example = json!({
        "outcome": "grant", "decided_on": "2023-03-10", "delivery": "e_address", "prepared_by": "demo-social-worker",
    })),
    responses(
        (status = 201, description = "The application with the act", body = ApplicationResponse,
            example = json!(example_answer(true))),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["applications:decide"])),
    extensions(("x-roles" = json!(["office_head", "integrator"]))),
)]
#[post("/v1/applications/{id}/decision")]
pub(crate) async fn decide_application(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<CreateDecision>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(DECIDE)?, request_id);
    let id = preconditions::id(&id)?;
    let CreateDecision { outcome, decided_on, delivery, prepared_by } = body.0;
    let act =
        NewDecision { outcome: outcome.0, decided_on: decided_on.0, delivery: delivery.0, prepared_by: prepared_by.0 };
    let calendar = &state.parameters.calendar;
    let application = state.app.decide_application(&call, calendar, id, version.0, act).await?;
    Ok(shown(&state, &application, language.0, HttpResponse::Created()))
}
