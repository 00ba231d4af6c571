//! `/v1/methodology-versions` and `/v1/what-ifs`: what the ministry adds to catalogue, tariffs and methodologies: drafted, tried
//! on the budgets of the country, and published. What is published is in force on every node from its first day on.

mod content;
mod examples;
mod request;
mod response;

use actix_web::{
    HttpResponse, HttpResponseBuilder, delete, get, post, put,
    web::{Data, Path},
};
use balsts_app::{Call, MethodologyVersion};
use balsts_domain::{
    access::{NationalPermission, Permission, Role},
    text::Language,
};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

pub(crate) use content::{MethodologyContent, NewDescription, ServiceCode, parsed as parsed_content};
pub(crate) use examples::two_people;
use request::{CreateMethodologyVersion, CreateUnstoredWhatIf, CreateWhatIf};
use response::{MethodologyVersionList, MethodologyVersionResponse, MethodologyVersionSummary, WhatIfResponse};

use crate::{
    ApiState,
    body::{self, Json, Query, RawJson},
    i18n::{Accepted, Localised},
    identity::Identified,
    names::MethodologyVersionStatus,
    pages::{cut, page_size},
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, recorded, tagged},
    problem::{AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures},
};

const KEEP: NationalPermission = NationalPermission(&[Role::MinistryAdmin]);
const TRY: NationalPermission = NationalPermission(&[Role::MinistryAdmin, Role::MinistryReviewer]);
/// Reads drafts as well.
pub(crate) const READ: NationalPermission =
    NationalPermission(&[Role::MinistryAdmin, Role::MinistryReviewer, Role::ProgrammeTeam]);
/// Reads what is published.
const READ_PUBLISHED: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Accountant, Role::Auditor],
    scope: "catalogue:read",
};

/// Begin a draft
///
/// What the ministry wants to add: documents, services, tariffs of the whole country, whole new periods of a methodology. It is
/// compiled with everything that is published, and every fault is told at once. Nothing counts with it yet. With an
/// `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "methodology-versions",
    params(IdempotencyKey),
    request_body(content = CreateMethodologyVersion, example = json!(examples::request())),
    responses(
        (status = 201, description = "The draft", body = MethodologyVersionResponse, example = json!(examples::draft())),
        AccessFailures, Failures, BodyFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["ministry_admin"]))),
)]
#[post("/v1/methodology-versions")]
pub(crate) async fn create_methodology_version(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.national(KEEP)?;
    let new = body::parse::<CreateMethodologyVersion>(&body.0)?.parsed()?;
    let hash = key.request_hash("POST /v1/methodology-versions", &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |version: &MethodologyVersion| recorded(&MethodologyVersionResponse::from(version));
    let answer = state.app.create_methodology_version(&call, new, answer).await?;
    created(answer, Some("/v1/methodology-versions"), Some(1), language.0)
}

/// Which versions to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MethodologyVersionsQuery {
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<Uuid>,
    /// With this status.
    #[param(inline)]
    status: Option<MethodologyVersionStatus>,
}

/// List versions
///
/// In the order in which they were begun, without their content. Offices see the published ones.
#[utoipa::path(
    tag = "methodology-versions",
    params(MethodologyVersionsQuery),
    responses(
        (status = 200, description = "A page of versions", body = MethodologyVersionList, example = json!(examples::list())),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["catalogue:read"])),
    extensions(("x-roles" = json!(["ministry_admin", "ministry_reviewer", "programme_team", "social_worker", "office_head",
        "accountant", "auditor", "integrator"]))),
)]
#[get("/v1/methodology-versions")]
pub(crate) async fn list_methodology_versions(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<MethodologyVersionsQuery>,
) -> Result<Localised<MethodologyVersionList>, ApiError> {
    let call = state.call(caller.national_or_municipal(READ, READ_PUBLISHED)?, request_id);
    let limit = page_size(query.0.limit)?;
    let status = query.0.status.map(|status| status.0);
    let found = state.app.list_methodology_versions(&call, status, query.0.cursor, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |version| version.id);
    let items = found.iter().map(MethodologyVersionSummary::from).collect();
    Ok(Localised(MethodologyVersionList { items, next }, language.0))
}

fn shown(version: &MethodologyVersion, language: Language, response: HttpResponseBuilder) -> HttpResponse {
    tagged(version.version, language, response).json(MethodologyVersionResponse::from(version))
}

/// Get a version
///
/// With its content. Offices see the published ones.
#[utoipa::path(
    tag = "methodology-versions",
    params(("id" = Uuid, Path, description = "Identifier of the version")),
    responses(
        (status = 200, description = "The version", body = MethodologyVersionResponse, example = json!(examples::published())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["catalogue:read"])),
    extensions(("x-roles" = json!(["ministry_admin", "ministry_reviewer", "programme_team", "social_worker", "office_head",
        "accountant", "auditor", "integrator"]))),
)]
#[get("/v1/methodology-versions/{id}")]
pub(crate) async fn get_methodology_version(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.national_or_municipal(READ, READ_PUBLISHED)?, request_id);
    let version = state.app.get_methodology_version(&call, preconditions::id(&id)?).await?;
    Ok(shown(&version, language.0, HttpResponse::Ok()))
}

/// Change a draft
///
/// Replaces it as a whole; 409 once it is published or withdrawn.
#[utoipa::path(
    tag = "methodology-versions",
    params(("id" = Uuid, Path, description = "Identifier of the version"), IfMatch),
    request_body(content = CreateMethodologyVersion, example = json!(examples::request())),
    responses(
        (status = 200, description = "The draft", body = MethodologyVersionResponse, example = json!(examples::draft())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["ministry_admin"]))),
)]
#[put("/v1/methodology-versions/{id}")]
pub(crate) async fn update_methodology_version(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<CreateMethodologyVersion>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.national(KEEP)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let version = state.app.update_methodology_version(&call, of, body.0.parsed()?).await?;
    Ok(shown(&version, language.0, HttpResponse::Ok()))
}

/// Withdraw a draft
///
/// It is kept as withdrawn, and never counts; 409 once it is published.
#[utoipa::path(
    tag = "methodology-versions",
    params(("id" = Uuid, Path, description = "Identifier of the version"), IfMatch),
    responses(
        (status = 204, description = "It is withdrawn"),
        AccessFailures, Failures, Missing, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["ministry_admin"]))),
)]
#[delete("/v1/methodology-versions/{id}")]
pub(crate) async fn withdraw_methodology_version(
    caller: Identified,
    state: Data<ApiState>,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.national(KEEP)?, request_id);
    state.app.withdraw_methodology_version(&call, (preconditions::id(&id)?, version.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Publish a draft
///
/// Its content counts from its first day on, on every node within seconds, and can never be changed. It must begin after today,
/// so that no calculation that was made comes out otherwise, and go with what was published meanwhile. Every office gets the
/// event `methodology_version.published`.
#[utoipa::path(
    tag = "methodology-versions",
    params(("id" = Uuid, Path, description = "Identifier of the version"), IfMatch),
    responses(
        (status = 201, description = "The published version", body = MethodologyVersionResponse,
            example = json!(examples::published())),
        AccessFailures, Failures, Missing, PreconditionFailures, crate::problem::Refused,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["ministry_admin"]))),
)]
#[post("/v1/methodology-versions/{id}/publication")]
pub(crate) async fn publish_methodology_version(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.national(KEEP)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let version = state.app.publish_methodology_version(&call, &state.parameters.municipalities, of).await?;
    // It stands even if this node cannot read it just now: it looks again by itself.
    let _ = state.refresh_parameters().await;
    Ok(shown(&version, language.0, HttpResponse::Created()))
}

/// Try a draft
///
/// Calculates every budget of the country that is not closed on a day: with the parameters in force and with the draft. The
/// answer is sums by municipality and by group, none of fewer than five people. Nothing is stored; that it was asked is
/// audited. Budgets that change meanwhile may count before or after their change.
#[utoipa::path(
    tag = "methodology-versions",
    params(("id" = Uuid, Path, description = "Identifier of the draft")),
    request_body(content = CreateWhatIf, example = json!({"date": "2024-01-01"})),
    responses(
        (status = 200, description = "What the budgets would cost", body = WhatIfResponse, example = json!(examples::what_if())),
        AccessFailures, Failures, Missing, BodyFailures, Conflict,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["ministry_admin", "ministry_reviewer"]))),
)]
#[post("/v1/methodology-versions/{id}/what-if")]
pub(crate) async fn try_methodology_version(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    body: Json<CreateWhatIf>,
) -> Result<Localised<WhatIfResponse>, ApiError> {
    let call = state.call(caller.national(TRY)?, request_id);
    let date = body.0.date.0;
    let tally = state.app.try_methodology_version(&call, preconditions::id(&id)?, date).await?;
    Ok(Localised(WhatIfResponse::new(&tally, date, &state.parameters, language.0), language.0))
}

/// Try parameters without a draft
///
/// The same as for a draft, with a content that is not stored and may begin on any day.
#[utoipa::path(
    tag = "methodology-versions",
    request_body(content = CreateUnstoredWhatIf, example = json!(examples::unstored())),
    responses(
        (status = 200, description = "What the budgets would cost", body = WhatIfResponse, example = json!(examples::what_if())),
        AccessFailures, Failures, BodyFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["ministry_admin", "ministry_reviewer"]))),
)]
#[post("/v1/what-ifs")]
pub(crate) async fn try_parameters(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    body: Json<CreateUnstoredWhatIf>,
) -> Result<Localised<WhatIfResponse>, ApiError> {
    let call = state.call(caller.national(TRY)?, request_id);
    let (content, date) = body.0.parsed()?;
    let tally = state.app.try_parameters(&call, content, date).await?;
    Ok(Localised(WhatIfResponse::new(&tally, date, &state.parameters, language.0), language.0))
}
