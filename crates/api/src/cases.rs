//! `/v1/cases`: an application and what follows from it, as a screen needs it.

use actix_web::{
    HttpResponse, get,
    http::header::{CONTENT_LANGUAGE, VARY},
    web::{Data, Path},
};
use balsts_app::{CaseCover, CaseParts, Issued, Office};
use balsts_documents::case_cover;
use balsts_domain::{
    access::{NO_MACHINE, Permission, Role},
    case_documents::FiledDocuments,
    text::Message,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiState,
    applications::{self, ApplicationResponse, PersonResponse},
    assessments::{self, AssessmentResponse},
    body::Query,
    budgets::{self, BudgetResponse},
    case_contacts::{self, CaseContactResponse},
    documents::{self, Parties},
    forms::{Asked, Forms, Pdf},
    hand_overs::{self, HandOverResponse},
    i18n::Accepted,
    identity::Identified,
    ledgers::{self, LedgerResponse},
    names::{CaseSection, Methodology},
    plans::{self, PlanResponse},
    preconditions::{self, RequestId},
    problem::{AccessFailures, ApiError, Conflict, Failures, Missing, NotAcceptable, language_tag},
    representatives::{self, RepresentativeResponse},
    types::Date,
};

const COVER: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Auditor], scope: NO_MACHINE };

/// What to show of a case beside the application.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CaseQuery {
    /// Any of `budget` (with the calculation that holds), `plan` (with its draft and version in force), `ledger`,
    /// `assessments` (those that the caller may see) and `hand_overs` (without their words), with commas between.
    #[param(
        pattern = "^(budget|plan|ledger|assessments|hand_overs)(,(budget|plan|ledger|assessments|hand_overs)){0,4}$",
        example = "budget,plan,ledger"
    )]
    include: Option<String>,
}

/// A case.
#[derive(Serialize, ToSchema)]
#[schema(as = Case)]
pub(crate) struct CaseResponse {
    /// Identifier: that of the application.
    id: Uuid,
    /// The application with its acts.
    application: ApplicationResponse,
    /// The budget; null where it was not asked for or not calculated yet.
    budget: Option<BudgetResponse>,
    /// The plan; null where it was not asked for or not drafted yet.
    plan: Option<PlanResponse>,
    /// Where the money of the budget is; null where it was not asked for or there is no budget yet.
    ledger: Option<LedgerResponse>,
    /// The assessments; null where they were not asked for.
    assessments: Option<Vec<AssessmentResponse>>,
    /// The hand-overs that were offered; null where they were not asked for.
    hand_overs: Option<Vec<HandOverResponse>>,
}

impl CaseQuery {
    /// What is asked for, each only once, and only what the caller may see.
    fn parts(&self, caller: &Identified) -> Result<CaseParts, ApiError> {
        let mut parts = CaseParts::default();
        for part in self.include.iter().flat_map(|include| include.split(',')) {
            let (wanted, permission) = match part {
                "budget" => (&mut parts.budget, budgets::READ),
                "plan" => (&mut parts.plan, plans::READ),
                "ledger" => (&mut parts.ledger, ledgers::READ),
                "assessments" => (&mut parts.assessments, assessments::READ),
                "hand_overs" => (&mut parts.hand_overs, hand_overs::READ),
                _ => return Err(ApiError::unfit("/include", "not_in_list", Message::new("query-invalid"))),
            };
            caller.scope(permission)?;
            *wanted = true;
        }
        Ok(parts)
    }
}

fn example() -> Value {
    let application = applications::examples::answer(true);
    json!({"id": application.get("id"), "application": application, "budget": budgets::examples::answer(),
        "plan": plans::examples::answer(), "ledger": null, "assessments": [assessments::example()],
        "hand_overs": [hand_overs::listed("out", "offered")]})
}

/// Get a case
///
/// The application with its acts and, where `include` asks for them, budget, plan, ledger, assessments and hand-overs, in one call. The
/// identifier is that of the application. The read is recorded in the access log.
#[utoipa::path(
    tag = "cases",
    params(("id" = Uuid, Path, description = "Identifier of the case: that of its application"), CaseQuery),
    responses(
        (status = 200, description = "The case", body = CaseResponse, example = json!(example())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["applications:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "recipient", "integrator"]))),
)]
#[get("/v1/cases/{id}")]
pub(crate) async fn get_case(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    query: Query<CaseQuery>,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(applications::READ)?;
    let parts = query.0.parts(&caller)?;
    let call = state.call(scope, request_id);
    let (id, office) = (preconditions::id(&id)?, call.scope.municipality);
    let case = state.app.get_case(&call, &state.parameters, id, parts).await?;
    let budget = case.budget.as_ref().map(|budget| BudgetResponse::kept(budget, &state.parameters, language.0));
    Ok(HttpResponse::Ok().insert_header((CONTENT_LANGUAGE, language_tag(language.0))).json(CaseResponse {
        id,
        application: ApplicationResponse::kept(&case.application, state.today(), language.0),
        budget,
        plan: case.plan.as_ref().map(|plan| PlanResponse::new(plan, &state.parameters, language.0)),
        ledger: case.ledger.as_ref().map(LedgerResponse::from),
        assessments: case.assessments.map(|found| found.iter().map(AssessmentResponse::from).collect()),
        hand_overs: case
            .hand_overs
            .map(|found| found.iter().map(|hand_over| HandOverResponse::listed(hand_over, office)).collect()),
    }))
}

/// The forms of the cover.
#[derive(Debug, Clone, Copy)]
pub(crate) enum CoverFormat {
    Json,
    Document(documents::Format),
}

impl Forms for CoverFormat {
    const FORMS: &'static [(Self, &'static str)] = if cfg!(feature = "pdf") {
        &[
            (Self::Json, "application/json"),
            (Self::Document(documents::Format::Html), "text/html"),
            (Self::Document(documents::Format::Pdf), "application/pdf"),
        ]
    } else {
        &[(Self::Json, "application/json"), (Self::Document(documents::Format::Html), "text/html")]
    };
}

/// How many documents lie in a section of the file of a case; one that exists in both forms counts in both.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SectionDocuments {
    /// The section.
    section: CaseSection,
    /// On paper.
    on_paper: u64,
    /// Electronically.
    electronic: u64,
}

/// The cover of the file of a case, with its contact sheet.
#[derive(Serialize, ToSchema)]
#[schema(as = CaseCover)]
pub(crate) struct CaseCoverResponse {
    /// Identifier of the case: that of its application.
    case_id: Uuid,
    /// The methodology.
    methodology: Methodology,
    /// The child or adult.
    person: PersonResponse,
    /// Who speaks for the person, or did.
    representatives: Vec<RepresentativeResponse>,
    /// The day on which the application was received.
    opened_on: Date,
    /// The day on which the case was closed: withdrawn, refused, revoked, or its plan terminated; null while it is open.
    closed_on: Option<Date>,
    /// The issuer's identifier of the worker who leads the case; null where that is not said.
    worker: Option<String>,
    /// The contact sheet.
    contacts: Vec<CaseContactResponse>,
    /// The documents by section, where there are some.
    documents: Vec<SectionDocuments>,
}

impl From<CaseCover> for CaseCoverResponse {
    fn from(cover: CaseCover) -> Self {
        let CaseCover { application, closed_on, representatives, contacts, documents, .. } = cover;
        let filed = |(section, FiledDocuments { on_paper, electronic })| SectionDocuments {
            section: CaseSection(section),
            on_paper,
            electronic,
        };
        Self {
            case_id: application.summary.id,
            methodology: Methodology(application.summary.methodology),
            person: application.person.into(),
            representatives: representatives.iter().map(RepresentativeResponse::from).collect(),
            opened_on: Date(application.summary.received_at.date()),
            closed_on: closed_on.map(Date),
            worker: application.summary.worker,
            contacts: contacts.iter().map(CaseContactResponse::from).collect(),
            documents: documents.into_iter().map(filed).collect(),
        }
    }
}

fn cover_example() -> Value {
    let application = applications::examples::answer(true);
    json!({"case_id": application.get("id"), "methodology": application.get("methodology"),
        "person": application.get("person"), "representatives": [representatives::example()], "opened_on": "2023-03-01",
        "closed_on": null, "worker": "demo-social-worker", "contacts": [case_contacts::example()],
        "documents": [{"section": "assessment", "on_paper": 1, "electronic": 2}]})
}

/// Get the cover of a case
///
/// Whom the case is about, when it was opened and closed, who leads it, whom the contact sheet names, and how many documents lie in each
/// section: as JSON or, where `Accept` asks for it, as a document in Latvian, for which the office must be described. The read is
/// recorded in the access log.
#[utoipa::path(
    tag = "cases",
    params(("id" = Uuid, Path, description = "Identifier of the case: that of its application")),
    responses(
        (status = 200, description = "The cover", content(
            (CaseCoverResponse = "application/json", example = json!(cover_example())),
            (String = "text/html", example = json!("<!DOCTYPE html>\n<html lang=\"lv\">...</html>\n")),
            (Pdf = "application/pdf", example = json!("%PDF-1.7 ...")),
        )),
        AccessFailures, Conflict, Failures, Missing, NotAcceptable,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor"]))),
)]
#[get("/v1/cases/{id}/cover")]
pub(crate) async fn get_case_cover(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    format: Asked<CoverFormat>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(COVER)?, request_id);
    let cover = state.app.get_case_cover(&call, preconditions::id(&id)?).await?;
    match format.0 {
        CoverFormat::Json => Ok(HttpResponse::Ok()
            .insert_header((CONTENT_LANGUAGE, language_tag(language.0)))
            .insert_header((VARY, "Accept"))
            .json(CaseCoverResponse::from(cover))),
        CoverFormat::Document(format) => document(&state, cover, format).await,
    }
}

async fn document(state: &ApiState, cover: CaseCover, format: documents::Format) -> Result<HttpResponse, ApiError> {
    let CaseCover { application, closed_on, contacts, documents, office, .. } = cover;
    let office: Office = office.ok_or(ApiError::Conflict { code: "office_not_described" })?;
    let worker = application.summary.worker.as_deref().map(|worker| documents::official(&office, worker));
    let issued = Issued { application, budget: None, office };
    let parties = Parties::new(&issued);
    let (summary, contact) = (&issued.application.summary, &issued.application.person.contact);
    let contacts: Vec<_> = contacts.iter().map(|kept| &kept.contact).collect();
    let cover = case_cover::case_cover(&case_cover::CaseCover {
        issuer: &parties.issuer,
        date: state.today(),
        person: &parties.person,
        reached_by: [contact.phone.as_deref(), contact.email.as_deref()],
        representative: parties.representative.as_ref(),
        methodology: summary.methodology,
        opened_on: summary.received_at.date(),
        closed_on,
        worker: worker.as_ref(),
        contacts: &contacts,
        documents: &documents,
    });
    documents::shown(cover, format).await
}
