//! `/v1/office`: what the office of the caller's municipality says of itself, for the documents that it issues.

use actix_web::{
    HttpResponse, HttpResponseBuilder, get,
    http::header::{CONTENT_LANGUAGE, ETAG},
    put,
    web::Data,
};
use balsts_app::{Office, Official};
use balsts_domain::{
    access::{Permission, Role},
    text::Language,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    ApiState,
    body::Json,
    bounds::{Label, List},
    i18n::Accepted,
    identity::Identified,
    preconditions::{IfMatch, RequestId, etag},
    problem::{AccessFailures, ApiError, BodyFailures, Failures, Missing, PreconditionFailures, language_tag},
};

pub(crate) const READ: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Accountant, Role::Auditor],
    scope: "office:read",
};
const WRITE: Permission = Permission { municipal: &[Role::OfficeHead], scope: "office:write" };

/// An official who prepares or signs documents.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfficialRequest {
    /// The issuer's identifier, as tokens have it.
    subject: Label,
    /// Given and family name.
    name: Label,
    /// Position.
    position: Label,
}

type Officials = List<OfficialRequest, 0, 200>;

/// What an office says of itself.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfficeRequest {
    /// The municipality as documents name it.
    municipality: Label,
    /// Its name.
    name: Label,
    /// Registration number.
    registration_number: Option<Label>,
    /// Postal address.
    address: Label,
    /// How it is reached.
    contact: Option<Label>,
    /// Where documents are issued, in the locative.
    place: Label,
    /// Who decides on an appeal.
    appeal_authority: Label,
    /// Where an appeal is handed in.
    appeal_address: Label,
    /// Who prepares and signs documents.
    #[schema(inline)]
    officials: Officials,
}

/// An official who prepares or signs documents.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OfficialResponse {
    /// The issuer's identifier.
    subject: String,
    /// Given and family name.
    name: String,
    /// Position.
    position: String,
}

/// What an office says of itself.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OfficeResponse {
    /// The municipality as documents name it.
    municipality: String,
    /// Its name.
    name: String,
    /// Registration number.
    registration_number: Option<String>,
    /// Postal address.
    address: String,
    /// How it is reached.
    contact: Option<String>,
    /// Where documents are issued, in the locative.
    place: String,
    /// Who decides on an appeal.
    appeal_authority: String,
    /// Where an appeal is handed in.
    appeal_address: String,
    /// Who prepares and signs documents.
    officials: Vec<OfficialResponse>,
}

impl From<OfficeRequest> for Office {
    fn from(request: OfficeRequest) -> Self {
        let text = |label: Option<Label>| label.map(|label| label.0);
        let official = |official: OfficialRequest| Official {
            subject: official.subject.0,
            name: official.name.0,
            position: official.position.0,
        };
        Self {
            municipality: request.municipality.0,
            name: request.name.0,
            registration_number: text(request.registration_number),
            address: request.address.0,
            contact: text(request.contact),
            place: request.place.0,
            appeal_authority: request.appeal_authority.0,
            appeal_address: request.appeal_address.0,
            officials: request.officials.into_iter().map(official).collect(),
        }
    }
}

impl From<Office> for OfficeResponse {
    fn from(office: Office) -> Self {
        let official = |official: Official| OfficialResponse {
            subject: official.subject,
            name: official.name,
            position: official.position,
        };
        Self {
            municipality: office.municipality,
            name: office.name,
            registration_number: office.registration_number,
            address: office.address,
            contact: office.contact,
            place: office.place,
            appeal_authority: office.appeal_authority,
            appeal_address: office.appeal_address,
            officials: office.officials.into_iter().map(official).collect(),
        }
    }
}

fn example() -> Value {
    json!({
        "municipality": "Parauga novada pašvaldība", "name": "Sociālais dienests", "registration_number": null, "address": "Parauga iela 1, Paraugs, LV-1000",
        "contact": "demo@example.org", "place": "Paraugā", "appeal_authority": "Parauga novada dome",
        "appeal_address": "Parauga iela 2, Paraugs, LV-1000",
        "officials": [
            {"subject": "demo-office-head", "name": "Demo Vadītāja", "position": "sociālā dienesta vadītāja"},
            {"subject": "demo-social-worker", "name": "Demo Darbinieks", "position": "sociālais darbinieks"},
        ],
    })
}

fn shown((office, version): (Office, i64), language: Language, mut response: HttpResponseBuilder) -> HttpResponse {
    response
        .insert_header((ETAG, etag(version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language)))
        .json(OfficeResponse::from(office))
}

/// Get the office
///
/// What the office of the municipality says of itself; 404 where that is nothing yet.
#[utoipa::path(
    tag = "offices",
    responses(
        (status = 200, description = "The office", body = OfficeResponse, example = json!(example())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["office:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "accountant", "auditor", "integrator"]))),
)]
#[get("/v1/office")]
pub(crate) async fn get_office(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let (office, version) = state.app.get_office(&call).await?;
    Ok(shown((office.ok_or(ApiError::NotFound)?, version), language.0, HttpResponse::Ok()))
}

/// Describe the office
///
/// Replaces what the office says of itself. The first time, `If-Match` is `"0"`.
#[utoipa::path(
    tag = "offices",
    params(IfMatch),
    request_body(content = OfficeRequest, example = json!(example())),
    responses(
        (status = 200, description = "The office", body = OfficeResponse, example = json!(example())),
        AccessFailures, Failures, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["office:write"])),
    extensions(("x-roles" = json!(["office_head", "integrator"]))),
)]
#[put("/v1/office")]
pub(crate) async fn describe_office(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    version: IfMatch,
    body: Json<OfficeRequest>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let described = state.app.describe_office(&call, version.0, body.0.into()).await?;
    Ok(shown(described, language.0, HttpResponse::Ok()))
}
