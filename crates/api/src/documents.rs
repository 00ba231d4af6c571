//! Documents of a case in Latvian: the acts and the calculation form, as HTML or PDF.

use actix_web::{
    HttpResponse, get,
    http::header,
    web::{Data, Path},
};
use balsts_app::{Application, Issued, Office};
use balsts_documents::{
    Document,
    calculation::{self, CalculationForm},
    decision::{self, DecisionAct, Notice, RevocationAct},
    parties::{Issuer, Official, Person, Representative},
    provisional::{ProvisionalForm, provisional},
};
use balsts_domain::{
    calculation::{Calculation, CalculationFacts},
    calendar::Delivery,
    text::{Language, Message},
};
use chrono::NaiveDate;

use crate::{
    ApiState, applications,
    body::off_thread,
    budgets,
    forms::{Asked, Forms, Pdf},
    i18n,
    identity::Identified,
    preconditions::{self, RequestId},
    problem::{AccessFailures, ApiError, Conflict, Failures, Missing, NotAcceptable, language_tag},
};

/// In what form a document is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Html,
    Pdf,
}

impl Forms for Format {
    const FORMS: &'static [(Self, &'static str)] = if cfg!(feature = "pdf") {
        &[(Self::Html, "text/html"), (Self::Pdf, "application/pdf")]
    } else {
        &[(Self::Html, "text/html")]
    };
}

/// Get the act as a document
///
/// The administrative act that grants or refuses, in Latvian, with facts, reasons for each criterion, legal basis and appeal:
/// HTML, or PDF where `Accept` asks for it and the server is built with it. The office must be described. The read is recorded
/// in the access log.
#[utoipa::path(
    tag = "documents",
    params(("id" = Uuid, Path, description = "Identifier of the application")),
    responses(
        (status = 200, description = "The document", content(
            (String = "text/html", example = json!("<!DOCTYPE html>\n<html lang=\"lv\">...</html>\n")),
            (Pdf = "application/pdf", example = json!("%PDF-1.7 ...")),
        )),
        AccessFailures, Conflict, Failures, Missing, NotAcceptable,
    ),
    security(("bearer" = ["applications:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "recipient", "integrator"]))),
)]
#[get("/v1/applications/{id}/decision/document")]
pub(crate) async fn get_decision_document(
    caller: Identified,
    state: Data<ApiState>,
    request_id: RequestId,
    id: Path<String>,
    format: Asked<Format>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(applications::READ)?, request_id);
    let id = preconditions::id(&id)?;
    let issued = state.app.issue_of_application(&call, id, "get_decision_document").await?;
    let act = issued.application.decision.as_ref().ok_or(ApiError::NotFound)?;
    let parties = Parties::new(&issued);
    let document = decision::decision(
        &DecisionAct {
            issuer: &parties.issuer,
            number: act.number.as_deref().unwrap_or(WITHOUT_NUMBER),
            decided_on: act.decided_on,
            person: &parties.person,
            representative: parties.representative.as_ref(),
            received_at: issued.application.summary.received_at,
            methodology: issued.application.summary.methodology,
            facts: &act.facts,
            outcome: act.outcome,
            notice: &notice(&issued.office, act.delivery, act.notified_on, act.appeal_until),
            prepared_by: &official(&issued.office, &act.prepared_by),
            signed_by: &official(&issued.office, &act.signed_by),
        },
        &state.parameters,
        &in_latvian,
    );
    // The act agreed with the rules when it was signed.
    shown(document.map_err(|_| ApiError::Conflict { code: "not_reproducible" })?, format.0).await
}

/// Get the act of revocation as a document
///
/// The administrative act that ended the grant, in Latvian; like the act on the application.
#[utoipa::path(
    tag = "documents",
    params(("id" = Uuid, Path, description = "Identifier of the application")),
    responses(
        (status = 200, description = "The document", content(
            (String = "text/html", example = json!("<!DOCTYPE html>\n<html lang=\"lv\">...</html>\n")),
            (Pdf = "application/pdf", example = json!("%PDF-1.7 ...")),
        )),
        AccessFailures, Conflict, Failures, Missing, NotAcceptable,
    ),
    security(("bearer" = ["applications:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "recipient", "integrator"]))),
)]
#[get("/v1/applications/{id}/revocation/document")]
pub(crate) async fn get_revocation_document(
    caller: Identified,
    state: Data<ApiState>,
    request_id: RequestId,
    id: Path<String>,
    format: Asked<Format>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(applications::READ)?, request_id);
    let id = preconditions::id(&id)?;
    let issued = state.app.issue_of_application(&call, id, "get_revocation_document").await?;
    let act = issued.application.revocation.as_ref().ok_or(ApiError::NotFound)?;
    let grant = issued.application.decision.as_ref().ok_or(ApiError::NotFound)?;
    let parties = Parties::new(&issued);
    let document = decision::revocation(&RevocationAct {
        issuer: &parties.issuer,
        number: act.number.as_deref().unwrap_or(WITHOUT_NUMBER),
        decided_on: act.decided_on,
        person: &parties.person,
        representative: parties.representative.as_ref(),
        grant_number: grant.number.as_deref().unwrap_or(WITHOUT_NUMBER),
        granted_on: grant.decided_on,
        reason: &act.grounds.reason,
        legal_basis: &act.grounds.legal_basis,
        effective_from: act.effective_from,
        notice: &notice(&issued.office, act.delivery, act.notified_on, act.appeal_until),
        prepared_by: &official(&issued.office, &act.prepared_by),
        signed_by: &official(&issued.office, &act.signed_by),
    });
    shown(document, format.0).await
}

/// Get the calculation form as a document
///
/// The calculation that holds, on the form that worker and recipient sign, in Latvian: registers, documents, criteria with their
/// sources, every line with its explanation. The office must be described. The read is recorded in the access log.
#[utoipa::path(
    tag = "documents",
    params(("id" = Uuid, Path, description = "Identifier of the budget")),
    responses(
        (status = 200, description = "The document", content(
            (String = "text/html", example = json!("<!DOCTYPE html>\n<html lang=\"lv\">...</html>\n")),
            (Pdf = "application/pdf", example = json!("%PDF-1.7 ...")),
        )),
        AccessFailures, Conflict, Failures, Missing, NotAcceptable,
    ),
    security(("bearer" = ["budgets:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "recipient", "integrator"]))),
)]
#[get("/v1/budgets/{id}/document")]
pub(crate) async fn get_calculation_document(
    caller: Identified,
    state: Data<ApiState>,
    request_id: RequestId,
    id: Path<String>,
    format: Asked<Format>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(budgets::READ)?, request_id);
    let issued = state.app.issue_of_budget(&call, preconditions::id(&id)?, "get_calculation_document").await?;
    let calculated = &issued.budget.as_ref().ok_or(ApiError::NotFound)?.calculated;
    let parties = Parties::new(&issued);
    // Lines and explanations are those of the frozen result, or there is no document.
    let again = calculated.facts.calculate(&state.parameters).ok();
    let again = again.filter(|again| again.result(calculated.facts.date()) == calculated.result);
    let decided = issued.application.decision.as_ref().map(|act| &act.facts);
    let impairments = decided.and_then(|facts| facts.impairment_types.as_deref()).unwrap_or_default();
    let calculation = match (&calculated.facts, &again) {
        (CalculationFacts::Child(facts), Some(Calculation::Child(budget))) => {
            calculation::Calculation::Child { facts, budget, impairments }
        }
        (CalculationFacts::Adult(facts), Some(Calculation::Adult(budget))) => {
            calculation::Calculation::Adult { facts, budget }
        }
        (CalculationFacts::Pilot(facts), Some(Calculation::Pilot(budget))) => {
            let form = ProvisionalForm {
                issuer: &parties.issuer,
                person: &parties.person,
                representative: parties.representative.as_ref(),
                facts,
                budget,
                methodology: &state.parameters.pilot.title,
                form: &calculated.form,
                prepared_by: &official(&issued.office, &calculated.calculated_by),
            };
            return shown(provisional(&form), format.0).await;
        }
        _ => return Err(ApiError::Conflict { code: "not_reproducible" }),
    };
    let form = CalculationForm {
        issuer: &parties.issuer,
        number: None,
        person: &parties.person,
        representative: parties.representative.as_ref(),
        calculation,
        form: &calculated.form,
        prepared_by: &official(&issued.office, &calculated.calculated_by),
    };
    shown(calculation::calculation(&form, &state.parameters, &in_latvian), format.0).await
}

/// "Bez numura": what an act without a number has in its place.
const WITHOUT_NUMBER: &str = "b/n";

/// Who issues a document, and about whom.
pub(crate) struct Parties {
    pub(crate) issuer: Issuer,
    pub(crate) person: Person,
    pub(crate) representative: Option<Representative>,
}

impl Parties {
    pub(crate) fn new(issued: &Issued) -> Self {
        let Issued { application: Application { person, applicant, .. }, office, .. } = issued;
        let code = applicant.personal_code.as_ref().and_then(|code| code.parse().ok());
        let itself = applicant.relation == "self" || code.is_some() && code == person.identifier.code();
        Self {
            issuer: Issuer {
                municipality: office.municipality.clone(),
                office: office.name.clone(),
                registration_number: office.registration_number.clone(),
                address: office.address.clone(),
                contact: office.contact.clone(),
                place: office.place.clone(),
            },
            person: Person {
                given_name: person.given_name.clone(),
                family_name: person.family_name.clone(),
                identifier: Some(person.identifier.clone()),
                address: person.contact.address.clone(),
            },
            representative: (!itself).then(|| Representative {
                given_name: applicant.given_name.clone(),
                family_name: applicant.family_name.clone(),
                personal_code: code,
                relation: applicant.relation.clone(),
            }),
        }
    }
}

/// An official by subject; one that the office does not list stands with the subject.
pub(crate) fn official(office: &Office, subject: &str) -> Official {
    let known = office.officials.iter().find(|official| official.subject == subject);
    known.map_or_else(
        || Official { name: subject.to_owned(), position: "amatpersona".to_owned() },
        |known| Official { name: known.name.clone(), position: known.position.clone() },
    )
}

fn notice(office: &Office, delivery: Delivery, notified_on: NaiveDate, appeal_until: NaiveDate) -> Notice {
    Notice {
        delivery,
        notified_on,
        appeal_until,
        appeal_authority: office.appeal_authority.clone(),
        appeal_address: office.appeal_address.clone(),
    }
}

pub(crate) fn in_latvian(message: &Message) -> String {
    i18n::render(message, Language::Lv)
}

/// A document in a form: made where it holds up nobody, and sent.
pub(crate) async fn shown(document: Document, format: Format) -> Result<HttpResponse, ApiError> {
    let language = document.language;
    let made = off_thread(move || made(&document, format)).await?;
    Ok(sent(language, format, made))
}

/// The bytes of a document in a form.
pub(crate) fn made(document: &Document, format: Format) -> Result<Vec<u8>, ApiError> {
    match format {
        Format::Html => Ok(balsts_documents::html(document).into_bytes()),
        Format::Pdf => pdf(document),
    }
}

pub(crate) fn sent(language: Language, format: Format, made: Vec<u8>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_LANGUAGE, language_tag(language)));
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    response.insert_header((header::VARY, "Accept"));
    match format {
        Format::Html => {
            use base64::Engine as _;
            use sha2::Digest as _;
            let digest = sha2::Sha256::digest(balsts_documents::STYLE);
            let digest = base64::engine::general_purpose::STANDARD.encode(digest);
            let policy = format!("default-src 'none'; style-src 'sha256-{digest}'");
            response
                .insert_header((header::CONTENT_SECURITY_POLICY, policy))
                .content_type("text/html; charset=utf-8")
                .body(made)
        }
        Format::Pdf => response.content_type("application/pdf").body(made),
    }
}

#[cfg(feature = "pdf")]
fn pdf(document: &Document) -> Result<Vec<u8>, ApiError> {
    balsts_documents::pdf(document).map_err(|error| match error {
        // A letter that the fonts do not have: the page shows it.
        balsts_documents::PdfError::NoGlyph(_) => ApiError::NotAcceptable,
        error => {
            tracing::error!(%error, "a document could not be set");
            ApiError::Internal
        }
    })
}

#[cfg(not(feature = "pdf"))]
fn pdf(_: &Document) -> Result<Vec<u8>, ApiError> {
    Err(ApiError::NotAcceptable)
}
