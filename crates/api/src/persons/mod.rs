//! `/v1/persons`: the people that a municipality knows. Stored data: every operation needs a caller. A personal code is in no
//! address, because addresses are logged.

mod request;
mod response;

use actix_web::{post, web::Data};
use balsts_domain::access::{Permission, Role};

use request::SearchPersons;
use response::PersonList;

use crate::{
    ApiState,
    body::Json,
    i18n::{Accepted, Localised},
    identity::Identified,
    preconditions::RequestId,
    problem::{AccessFailures, ApiError, BodyFailures, Failures},
};

const READ: Permission = Permission { municipal: &[Role::SocialWorker, Role::OfficeHead], scope: "persons:read" };

/// Search persons
///
/// Finds the person with a personal code among those of the municipality, with the cases: each application, by whose
/// identifier a case is known, and its budget. At most one is found; a find is recorded in the access log.
#[utoipa::path(
    tag = "persons",
    request_body(content = SearchPersons, example = json!({"personal_code": "320000-00001"})),
    responses(
        (status = 200, description = "The person, or an empty list", body = PersonList, example = json!({
            "items": [{
                "person": {"id": "018bcfe5-6800-7000-8000-000000000001", "personal_code": "320000-00001",
                    "given_name": "Demo", "family_name": "Paraugs", "address": null, "phone": null, "email": null,
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
    let found = state.app.search_person(&call, body.0.personal_code.code("/personal_code")?).await?;
    Ok(Localised(PersonList::from(found), language.0))
}
