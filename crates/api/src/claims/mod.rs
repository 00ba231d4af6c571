//! Claims of people who paid first: for services, and for the cost of transport. Afterwards they are invoices like others.

mod account;
mod checks;
mod costs;
mod request;

use actix_web::{HttpResponse, post, web::Data};
use balsts_app::{Call, Invoice};
use balsts_domain::access::{Permission, Role};

pub(crate) use account::*;
pub(crate) use checks::*;
pub(crate) use costs::*;
pub(crate) use request::ClaimDetails;
use request::{CreateReimbursementClaim, CreateTransportClaim};

use crate::{
    ApiState,
    body::{self, RawJson},
    i18n::Accepted,
    identity::Identified,
    invoices::InvoiceResponse,
    preconditions::{IdempotencyKey, RequestId, created, recorded},
    problem::{AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing},
};

const CLAIM: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Recipient, Role::Integrator],
    scope: "claims:write",
};

/// Claim prepaid services back
///
/// By somebody who speaks for the person, or by the office for them: services of a month that the person prepaid, each with its
/// receipt. Everything that is wrong is told at once, and nothing is stored then; what fits is an invoice of the kind
/// `reimbursement`, which the worker endorses and the head approves. A receipt stands in one claim only; a claim that goes
/// back frees it. With an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "invoices",
    params(IdempotencyKey),
    request_body(content = CreateReimbursementClaim, example = json!(request::reimbursement_example())),
    responses(
        (status = 201, description = "The claim", body = InvoiceResponse, example = json!(crate::invoices::claim_example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = ["claims:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "recipient", "integrator"]))),
)]
#[post("/v1/reimbursement-claims")]
pub(crate) async fn create_reimbursement_claim(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(CLAIM)?;
    let request: CreateReimbursementClaim = body::parse(&body.0)?;
    let hash = key.request_hash("POST /v1/reimbursement-claims", &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let (plan, language) = (request.plan, language.0);
    let answer = |invoice: &Invoice| recorded(&InvoiceResponse::of(invoice, language));
    let parameters = state.parameters.latest();
    let answer =
        state.app.create_reimbursement_claim(&call, &parameters.parameters, plan, &request.try_into()?, answer).await?;
    created(answer, Some("/v1/invoices"), Some(1), language)
}

/// Claim the cost of transport
///
/// By somebody who speaks for the person, or by the office for them: what travelling to services of the plan cost in a month, with
/// the documents that each mode needs. A car costs kilometres / 100 x norm x fuel price paid, rounded once; it is hired for days
/// with trips only and drives empty only where the person stays. An escorted child travels free with public transport, fees for
/// booking are not repaid, and the worker's own travel is not claimed here. The state's transport allowance is used first, and the
/// ceiling of mobility holds. Everything that is wrong is told at once, and nothing is stored then; what fits is an invoice of the
/// kind `transport_claim`. With an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "invoices",
    params(IdempotencyKey),
    request_body(content = CreateTransportClaim, example = json!(request::transport_example())),
    responses(
        (status = 201, description = "The claim", body = InvoiceResponse, example = json!(crate::invoices::claim_example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = ["claims:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "recipient", "integrator"]))),
)]
#[post("/v1/transport-claims")]
pub(crate) async fn create_transport_claim(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(CLAIM)?;
    let request: CreateTransportClaim = body::parse(&body.0)?;
    let hash = key.request_hash("POST /v1/transport-claims", &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let (plan, language) = (request.plan, language.0);
    let answer = |invoice: &Invoice| recorded(&InvoiceResponse::of(invoice, language));
    let parameters = state.parameters.latest();
    let answer =
        state.app.create_transport_claim(&call, &parameters.parameters, plan, &request.try_into()?, answer).await?;
    created(answer, Some("/v1/invoices"), Some(1), language)
}
