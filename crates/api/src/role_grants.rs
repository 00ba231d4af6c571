//! `/v1/role-grants`: roles that the system keeps, for those whose issuer tells none. They add to the roles of a token from the
//! next request on, and are gone with the next after their end.

use actix_web::{
    HttpResponse, delete, get,
    http::header::{CONTENT_LANGUAGE, ETAG},
    post,
    web::{Data, Path},
};
use balsts_app::{Call, NewRoleGrant, RoleGrant};
use balsts_domain::{
    access::{self, MunicipalityCode, NO_MACHINE, Permission, Scope},
    text::Message,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, IntoResponses, ToSchema};
use uuid::Uuid;

use crate::{
    ApiState,
    body::{self, Query, RawJson},
    bounds::Label,
    i18n::{Accepted, Localised},
    identity::Identified,
    names::Role,
    pages::{cut, page_size},
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, etag, recorded},
    problem::{
        AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures, Problem,
        language_tag,
    },
    types::Date,
};

const MANAGE: Permission = Permission { municipal: &[access::Role::OfficeHead], scope: NO_MACHINE };
const READ: Permission =
    Permission { municipal: &[access::Role::OfficeHead, access::Role::Auditor], scope: NO_MACHINE };

/// In which municipality.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RoleGrantQuery {
    /// ATVK code of the municipality; that of the caller where left out. Only the ministry names another.
    #[param(pattern = "^[0-9]{7}$")]
    municipality: Option<String>,
}

/// What a request of the ministry without a municipality answers.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "only describes what a handler may answer")]
enum MunicipalityFailures {
    /// The ministry does not say which municipality the request is about
    #[response(status = 422, content_type = "application/problem+json")]
    Missing(Problem),
}

/// Which grants to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RoleGrantsQuery {
    /// ATVK code of the municipality; that of the caller where left out. Only the ministry names another.
    #[param(pattern = "^[0-9]{7}$")]
    municipality: Option<String>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<Uuid>,
}

/// A role to be granted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateRoleGrant {
    /// The issuer's identifier of who is to hold it; never a personal code, and not the caller's own.
    subject: Label,
    /// A role of the municipality; from the ministry, `office_head`.
    role: Role,
    /// First day.
    valid_from: Date,
    /// Last day, inclusive; left out while there is no end.
    valid_to: Option<Date>,
}

/// A role that somebody was granted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoleGrantResponse {
    /// Identifier.
    id: Uuid,
    /// The issuer's identifier of who holds it.
    subject: String,
    /// The role.
    role: Role,
    /// First day.
    valid_from: Date,
    /// Last day, inclusive; null while there is no end.
    valid_to: Option<Date>,
    /// Who granted it.
    granted_by: String,
    /// When it was ended before its last day; null where it was not.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<DateTime<Utc>>,
    /// Who ended it.
    ended_by: Option<String>,
}

/// A page of grants.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoleGrantList {
    /// Those that have ended as well, in the order in which they were stored.
    items: Vec<RoleGrantResponse>,
    /// Cursor of the next page; null on the last.
    next: Option<String>,
}

impl From<CreateRoleGrant> for NewRoleGrant {
    fn from(request: CreateRoleGrant) -> Self {
        Self {
            subject: request.subject.0,
            role: request.role.0,
            valid_from: request.valid_from.0,
            valid_to: request.valid_to.map(|day| day.0),
        }
    }
}

impl From<&RoleGrant> for RoleGrantResponse {
    fn from(grant: &RoleGrant) -> Self {
        let (ended_at, ended_by) = grant.ended.clone().unzip();
        Self {
            id: grant.id,
            subject: grant.subject.clone(),
            role: Role(grant.role),
            valid_from: Date(grant.valid_from),
            valid_to: grant.valid_to.map(Date),
            granted_by: grant.granted_by.clone(),
            ended_at,
            ended_by,
        }
    }
}

fn example() -> Value {
    json!({
        "id": "018bcfe5-6800-7000-8000-000000000007", "subject": "demo-social-worker-2", "role": "social_worker",
        "valid_from": "2023-03-01", "valid_to": "2023-12-31", "granted_by": "demo-office-head", "ended_at": null,
        "ended_by": null,
    })
}

/// The scope of a role of an office in the own municipality, or of the ministry in the one that is named.
fn scope(
    caller: &Identified,
    state: &ApiState,
    permission: Permission,
    named: Option<&str>,
) -> Result<Scope, ApiError> {
    let unfit = |_| ApiError::unfit("/municipality", "invalid_format", Message::new("fault-pattern"));
    let may = caller.scope(permission);
    let is_ministry = caller.roles.contains(&access::Role::MinistryAdmin);
    if may.is_err() && !is_ministry {
        return may;
    }
    let named: Option<MunicipalityCode> = named.map(str::parse).transpose().map_err(unfit)?;
    match may {
        Ok(scope) if named.is_none_or(|named| named == scope.municipality) => Ok(scope),
        _ if is_ministry => {
            let name = Message::new("query-required").with("name", "municipality");
            let required = || ApiError::refuse("/municipality", "missing_field", name);
            let municipality = named.or(caller.municipality).ok_or_else(required)?;
            let known = state.parameters.municipalities.find(municipality);
            known.filter(|municipality| municipality.exists_on(state.today())).ok_or(ApiError::NotFound)?;
            Ok(caller.of_the_ministry(municipality))
        }
        _ => Err(ApiError::NotFound),
    }
}

/// Grant a role
///
/// An office head grants roles of the own municipality, the ministry's administrator heads of offices in any; nobody to
/// themselves. Roles of the ministry are the issuer's to tell, and a recipient is who speaks for a person. From the next request
/// on the role adds to those of the token; a token that names no municipality gets it where all its grants are of one. With an
/// `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "roles",
    params(RoleGrantQuery, IdempotencyKey),
    request_body(content = CreateRoleGrant, example = json!({
        "subject": "demo-office-head-2", "role": "office_head", "valid_from": "2023-03-01", "valid_to": "2023-12-31",
    })),
    responses(
        (status = 201, description = "The grant", body = RoleGrantResponse, example = json!(example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["office_head", "ministry_admin"]))),
)]
#[post("/v1/role-grants")]
pub(crate) async fn create_role_grant(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    query: Query<RoleGrantQuery>,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = scope(&caller, &state, MANAGE, query.0.municipality.as_deref())?;
    let new: CreateRoleGrant = body::parse(&body.0)?;
    let hash = key.request_hash("POST /v1/role-grants", &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |grant: &RoleGrant| recorded(&RoleGrantResponse::from(grant));
    let answer = state.app.create_role_grant(&call, new.into(), answer).await?;
    created(answer, Some("/v1/role-grants"), Some(1), language.0)
}

/// List granted roles
///
/// The roles that are granted in the municipality; the ministry sees the heads of the office only.
#[utoipa::path(
    tag = "roles",
    params(RoleGrantsQuery),
    responses(
        (status = 200, description = "A page of grants", body = RoleGrantList,
            example = json!({"items": [example()], "next": null})),
        AccessFailures, Failures, Missing, MunicipalityFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["office_head", "auditor", "ministry_admin"]))),
)]
#[get("/v1/role-grants")]
pub(crate) async fn list_role_grants(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<RoleGrantsQuery>,
) -> Result<Localised<RoleGrantList>, ApiError> {
    let RoleGrantsQuery { municipality, limit, cursor } = query.0;
    let call = state.call(scope(&caller, &state, READ, municipality.as_deref())?, request_id);
    let limit = page_size(limit)?;
    let found = state.app.list_role_grants(&call, cursor, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |grant| grant.id);
    Ok(Localised(RoleGrantList { items: found.iter().map(RoleGrantResponse::from).collect(), next }, language.0))
}

/// Get a granted role
///
/// One grant, with the `ETag` that its end needs.
#[utoipa::path(
    tag = "roles",
    params(("id" = Uuid, Path, description = "Identifier of the grant"), RoleGrantQuery),
    responses(
        (status = 200, description = "The grant", body = RoleGrantResponse, example = json!(example())),
        AccessFailures, Failures, Missing, MunicipalityFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["office_head", "auditor", "ministry_admin"]))),
)]
#[get("/v1/role-grants/{id}")]
pub(crate) async fn get_role_grant(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    query: Query<RoleGrantQuery>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(scope(&caller, &state, READ, query.0.municipality.as_deref())?, request_id);
    let grant = state.app.get_role_grant(&call, preconditions::id(&id)?).await?;
    Ok(HttpResponse::Ok()
        .insert_header((ETAG, etag(grant.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language.0)))
        .json(RoleGrantResponse::from(&grant)))
}

/// End a granted role
///
/// Ends it at once: the next request of who held it is without it. The grant stays in the list, with its end.
#[utoipa::path(
    tag = "roles",
    params(("id" = Uuid, Path, description = "Identifier of the grant"), RoleGrantQuery, IfMatch),
    responses(
        (status = 204, description = "It has ended"),
        AccessFailures, Failures, Missing, MunicipalityFailures, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["office_head", "ministry_admin"]))),
)]
#[delete("/v1/role-grants/{id}")]
pub(crate) async fn end_role_grant(
    caller: Identified,
    state: Data<ApiState>,
    request_id: RequestId,
    id: Path<String>,
    query: Query<RoleGrantQuery>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(scope(&caller, &state, MANAGE, query.0.municipality.as_deref())?, request_id);
    state.app.end_role_grant(&call, (preconditions::id(&id)?, version.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}
