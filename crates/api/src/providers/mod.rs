//! `/v1/providers`: who gives services. A provider belongs to no municipality: an office registers it, and any office may choose
//! it. Its bank account, who signs in for it and who a natural person is are shown to who pays, who keeps it, and itself.

mod request;
mod response;

use actix_web::{
    HttpResponse, get,
    http::header::{CONTENT_LANGUAGE, ETAG},
    post, put,
    web::{Data, Path},
};
use balsts_app::{Call, OfProvider, Provider, ProviderFilter, SeenProvider};
use balsts_domain::{
    access::{Permission, Role},
    text::{Language, Message},
};

use request::{ProviderRequest, ProvidersQuery};
use response::{ProviderList, ProviderResponse, ProviderSummaryResponse, example, request_example, summary_example};

use crate::{
    ApiState,
    body::{self, Json, Query, RawJson},
    i18n::{Accepted, Localised},
    identity::Identified,
    pages::{cut, page_size},
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, etag, recorded},
    problem::{
        AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures, language_tag,
    },
};

const REGISTER: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead], scope: "providers:write" };
const WRITE: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead, Role::MinistryAdmin], scope: "providers:write" };
const READ: Permission = Permission { municipal: Role::ALL, scope: "providers:read" };
/// Adds and ends what a provider itself says of its services.
pub(crate) const OFFER: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::MinistryAdmin, Role::Provider],
    scope: "providers:write",
};

/// Register a provider
///
/// Registers a legal person by its number or a natural one by the personal code, once in the country. The office of the caller
/// keeps it: it and the ministry change it. With an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "providers",
    params(IdempotencyKey),
    request_body(content = ProviderRequest, example = json!(request_example())),
    responses(
        (status = 201, description = "The provider", body = ProviderResponse, example = json!(example())),
        AccessFailures, Conflict, Failures, BodyFailures,
    ),
    security(("bearer" = ["providers:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "integrator"]))),
)]
#[post("/v1/providers")]
pub(crate) async fn register_provider(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(REGISTER)?;
    let new: ProviderRequest = body::parse(&body.0)?;
    let hash = key.request_hash("POST /v1/providers", &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |provider: &Provider| recorded(&ProviderResponse::whole(provider));
    let answer = state.app.register_provider(&call, &state.parameters.municipalities, new.parsed()?, answer).await?;
    created(answer, Some("/v1/providers"), Some(1), language.0)
}

/// List providers
///
/// The providers of the country in the order of their registration, without anything personal. Who signs in as a provider sees the
/// own one.
#[utoipa::path(
    tag = "providers",
    params(ProvidersQuery),
    responses(
        (status = 200, description = "A page of providers", body = ProviderList,
            example = json!({"items": [summary_example()], "next": null})),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["providers:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "budget_manager", "accountant", "assessment_specialist",
        "programme_team", "ministry_reviewer", "ministry_admin", "provider", "recipient", "auditor", "integrator"]))),
)]
#[get("/v1/providers")]
pub(crate) async fn list_providers(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    query: Query<ProvidersQuery>,
) -> Result<Localised<ProviderList>, ApiError> {
    let actor = caller.actor(READ)?;
    let ProvidersQuery { municipality, registration_number, limit, cursor } = query.0;
    let limit = page_size(limit)?;
    let digits = |number: &String| number.len() == 11 && number.bytes().all(|byte| byte.is_ascii_digit());
    if registration_number.as_ref().is_some_and(|number| !digits(number)) {
        return Err(ApiError::unfit("/registration_number", "invalid_format", Message::new("fault-pattern")));
    }
    let municipality = municipality.map(|code| code.0);
    let filter = ProviderFilter { municipality, registration_number, after: cursor, ..ProviderFilter::default() };
    let found = state.app.list_providers(&actor, filter, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |provider| provider.id);
    let items = found.into_iter().map(ProviderSummaryResponse::from).collect();
    Ok(Localised(ProviderList { items, next }, language.0))
}

fn shown(seen: &SeenProvider, language: Language) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((ETAG, etag(seen.provider.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language)))
        .json(ProviderResponse::seen(seen))
}

/// Get a provider
///
/// One provider. The bank account, who signs in, and the name and code of a natural person are shown to the accountants, to the
/// office that registered it, to the ministry, and to the provider itself. The read is recorded in the access log.
#[utoipa::path(
    tag = "providers",
    params(("id" = Uuid, Path, description = "Identifier of the provider")),
    responses(
        (status = 200, description = "The provider", body = ProviderResponse, example = json!(example())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["providers:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "budget_manager", "accountant", "assessment_specialist",
        "programme_team", "ministry_reviewer", "ministry_admin", "provider", "recipient", "auditor", "integrator"]))),
)]
#[get("/v1/providers/{id}")]
pub(crate) async fn get_provider(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (actor, id) = (caller.actor(READ)?, preconditions::id(&id)?);
    let scope = state.app.scope_of_provider(&actor, OfProvider::Provider(id)).await?;
    let seen = state.app.get_provider(&state.call(scope, request_id), id).await?;
    Ok(shown(&seen, language.0))
}

/// Change a provider
///
/// Replaces who the provider is, what it serves and who signs in for it. The office that registered it may, and the ministry.
#[utoipa::path(
    tag = "providers",
    params(("id" = Uuid, Path, description = "Identifier of the provider"), IfMatch),
    request_body(content = ProviderRequest, example = json!(request_example())),
    responses(
        (status = 200, description = "The provider", body = ProviderResponse, example = json!(example())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["providers:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "ministry_admin", "integrator"]))),
)]
#[put("/v1/providers/{id}")]
pub(crate) async fn update_provider(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<ProviderRequest>,
) -> Result<HttpResponse, ApiError> {
    let (actor, id) = (caller.actor(WRITE)?, preconditions::id(&id)?);
    let scope = state.app.scope_of_provider(&actor, OfProvider::Provider(id)).await?;
    let call = state.call(scope, request_id);
    let municipalities = &state.parameters.municipalities;
    let seen = state.app.update_provider(&call, municipalities, (id, version.0), body.0.parsed()?).await?;
    Ok(shown(&seen, language.0))
}
