//! `/v1/persons`: the people that a municipality knows. Stored data: every operation needs a caller. A personal code or
//! identification number is in no address, because addresses are logged.

mod request;
mod response;

use actix_web::{
    get, post,
    web::{Data, Path},
};
use balsts_app::Purpose;
use balsts_domain::{
    access::{Permission, Role},
    text::Message,
};

use request::{AccessesQuery, PseudonymsQuery, SearchPersons};
use response::{AccessList, AccessResponse, PersonList, PseudonymResponse};

use crate::{
    ApiState, applications,
    body::{Json, Query},
    i18n::{Accepted, Localised},
    identity::Identified,
    pages::{cut, page_size},
    preconditions::{self, RequestId},
    problem::{AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing},
};

const READ: Permission = Permission { municipal: &[Role::SocialWorker, Role::OfficeHead], scope: "persons:read" };
const READ_LOG: Permission =
    Permission { municipal: &[Role::OfficeHead, Role::Auditor, Role::Recipient], scope: "access-log:read" };
const PSEUDONYMS: Permission = Permission { municipal: &[Role::OfficeHead, Role::Auditor], scope: "pseudonyms:read" };

/// Search persons
///
/// Finds the person with a personal code, or with an identification number, among those of the municipality, with the cases: each application, by whose
/// identifier a case is known, and its budget. At most one is found; a find is recorded in the access log.
#[utoipa::path(
    tag = "persons",
    request_body(content = SearchPersons, example = json!({"personal_code": "320000-00001"})),
    responses(
        (status = 200, description = "The person, or an empty list", body = PersonList, example = json!({
            "items": [{
                "person": {"id": "018bcfe5-6800-7000-8000-000000000001", "personal_code": "320000-00001",
                    "identification_number": null, "given_name": "Demo", "family_name": "Paraugs", "address": null, "phone": null, "email": null,
                    "language": "lv"},
                "cases": [{"id": "018bcfe5-6800-7000-8000-000000000002", "methodology": "children-2023",
                    "status": "granted", "received_at": "2023-03-01T09:30",
                    "budget": {"id": "018bcfe5-6800-7000-8000-000000000003", "status": "indicative"}}],
            }],
        })),
        AccessFailures, Failures, BodyFailures,
    ),
    security(("bearer" = ["persons:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/persons/search")]
pub(crate) async fn search_persons(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    body: Json<SearchPersons>,
) -> Result<Localised<PersonList>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let SearchPersons { personal_code, identification_number } = body.0;
    let known_by = applications::identifier(personal_code.as_ref(), identification_number.as_ref(), "")?;
    let found = state.app.search_person(&call, &known_by).await?;
    Ok(Localised(PersonList::from(found), language.0))
}

/// List who accessed a person's data
///
/// Every read and change of what the municipality has of a person, newest first, with the invoices and payment runs that have the
/// person in them, and of what was handed over. A recipient sees the log of the persons for whom the caller speaks today, without what
/// only the office sees. The read is recorded itself.
#[utoipa::path(
    tag = "persons",
    params(("id" = Uuid, Path, description = "Identifier of the person"), AccessesQuery),
    responses(
        (status = 200, description = "A page of the access log", body = AccessList, example = json!({
            "items": [{"at": "2023-03-01T07:30:00Z", "subject": "demo-social-worker", "role": "social_worker",
                "action": "get_application", "resource": "application",
                "resource_id": "018bcfe5-6800-7000-8000-000000000002", "request_id": "018bcfe5-6800-7000-8000-000000000009"}],
            "next": null,
        })),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["access-log:read"])),
    extensions(("x-roles" = json!(["office_head", "auditor", "recipient", "integrator"]))),
)]
#[get("/v1/persons/{id}/accesses")]
pub(crate) async fn list_accesses(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    query: Query<AccessesQuery>,
) -> Result<Localised<AccessList>, ApiError> {
    let call = state.call(caller.scope(READ_LOG)?, request_id);
    let limit = page_size(query.0.limit)?;
    let id = preconditions::id(&id)?;
    let before = query.0.cursor;
    if before.is_some_and(|sequence| sequence < 1) {
        return Err(ApiError::unfit("/cursor", "too_small", Message::new("fault-minimum").with("limit", 1)));
    }
    let found = state.app.list_accesses(&call, id, before, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |access| access.sequence);
    Ok(Localised(AccessList { items: found.into_iter().map(AccessResponse::from).collect(), next }, language.0))
}

/// Get a pseudonym
///
/// The code by which reports, surveys and research know a person: for a purpose always the same, for another purpose another one,
/// and not to be traced to the person by whoever has not the keys of the service. The read is recorded in the access log.
#[utoipa::path(
    tag = "persons",
    params(("id" = Uuid, Path, description = "Identifier of the person"), PseudonymsQuery),
    responses(
        (status = 200, description = "The pseudonym", body = PseudonymResponse,
            example = json!({"purpose": "reports", "pseudonym": "MZXW6YTBOJ2WC3TE"})),
        AccessFailures, Conflict, Failures, Missing,
    ),
    security(("bearer" = ["pseudonyms:read"])),
    extensions(("x-roles" = json!(["office_head", "auditor", "integrator"]))),
)]
#[get("/v1/persons/{id}/pseudonyms")]
pub(crate) async fn get_pseudonym(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    query: Query<PseudonymsQuery>,
) -> Result<Localised<PseudonymResponse>, ApiError> {
    let call = state.call(caller.scope(PSEUDONYMS)?, request_id);
    let missing = || ApiError::unfit("/purpose", "required", Message::new("query-required").with("name", "purpose"));
    let purpose = query.0.purpose.ok_or_else(missing)?;
    let unfit = |_| ApiError::unfit("/purpose", "invalid_format", Message::new("fault-pattern"));
    let parsed: Purpose = purpose.parse().map_err(unfit)?;
    let pseudonym = state.app.get_pseudonym(&call, preconditions::id(&id)?, &parsed).await?;
    Ok(Localised(PseudonymResponse { purpose, pseudonym }, language.0))
}
