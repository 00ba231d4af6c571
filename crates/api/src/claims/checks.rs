//! `/v1/reimbursement-claim-checks` and `/v1/transport-claim-checks`: what would become of a claim.

use actix_web::{post, web::Data};
use balsts_app::CheckedClaim;
use balsts_domain::{
    claims::transport::{self, NewTransportClaim, Requirement, TransportItem},
    money::Money,
    text::Language,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    CLAIM,
    request::{self, CreateReimbursementClaim, CreateTransportClaim},
};
use crate::{
    ApiState,
    body::Json,
    i18n::{Accepted, Localised},
    identity::Identified,
    invoices::{InvoiceFinding, InvoiceLineResponse},
    names::{Ticketing, TransportDocumentKind, TransportMode},
    preconditions::RequestId,
    problem::{AccessFailures, ApiError, BodyFailures, Failures, Missing},
    types::Euros,
};

/// A document that an item of a transport claim lacks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MissingClaimDocument {
    /// Position of the item, from 0.
    #[schema(minimum = 0)]
    item: usize,
    /// How the person travelled.
    mode: TransportMode,
    /// How public transport was paid.
    ticketing: Option<Ticketing>,
    /// The kinds of documents, one of which is enough.
    any_of: Vec<TransportDocumentKind>,
}

/// What would become of a claim.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClaimCheck)]
pub(crate) struct ClaimCheckResponse {
    /// Whether it would be received.
    accepted: bool,
    /// What it would be refused for.
    findings: Vec<InvoiceFinding>,
    /// Its lines; empty where something is wrong.
    lines: Vec<InvoiceLineResponse>,
    /// What the lines add up to, EUR.
    amount: Euros,
    /// The documents that its ways of travelling lack.
    missing_documents: Vec<MissingClaimDocument>,
}

impl ClaimCheckResponse {
    fn of(checked: &CheckedClaim, missing_documents: Vec<MissingClaimDocument>, language: Language) -> Self {
        let amount: Money = checked.lines.iter().map(|line| line.amount).sum();
        Self {
            accepted: checked.findings.is_empty(),
            findings: checked.findings.iter().map(|fault| InvoiceFinding::found(fault, language)).collect(),
            lines: checked.lines.iter().map(InvoiceLineResponse::from).collect(),
            amount: Euros(amount),
            missing_documents,
        }
    }
}

fn missing(new: &NewTransportClaim) -> Vec<MissingClaimDocument> {
    let of = |(position, item): (usize, &TransportItem), need: &Requirement| MissingClaimDocument {
        item: position,
        mode: TransportMode(item.mode),
        ticketing: item.ticketing.map(Ticketing),
        any_of: need.any_of().iter().copied().map(TransportDocumentKind).collect(),
    };
    let items = new.items.iter().enumerate();
    items.flat_map(|placed| transport::missing(placed.1).map(move |need| of(placed, need))).collect()
}

/// Check a claim for prepaid services
///
/// Tells what would become of a claim that was sent now: its lines, or everything that it would be refused for. Nothing of it is
/// stored. As it shows what is left of the person's orders, it is recorded in the access log.
#[utoipa::path(
    tag = "invoices",
    request_body(content = CreateReimbursementClaim, example = json!(request::reimbursement_example())),
    responses(
        (status = 200, description = "What would become of it", body = ClaimCheckResponse, example = json!({
            "accepted": true, "findings": [], "amount": "250.00", "missing_documents": [],
            "lines": [{"order": "018bcfe5-6800-7000-8000-000000000008", "from": "2023-10-02", "to": "2023-10-06",
                "volume": "5", "unit_price": "50.00", "amount": "250.00"}]})),
        AccessFailures, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = ["claims:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "recipient", "integrator"]))),
)]
#[post("/v1/reimbursement-claim-checks")]
pub(crate) async fn check_reimbursement_claim(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    body: Json<CreateReimbursementClaim>,
) -> Result<Localised<ClaimCheckResponse>, ApiError> {
    let call = state.call(caller.scope(CLAIM)?, request_id);
    let (plan, parameters) = (body.0.plan, state.parameters.latest());
    let new = body.0.try_into()?;
    let checked = state.app.check_reimbursement_claim(&call, &parameters.parameters, plan, &new).await?;
    Ok(Localised(ClaimCheckResponse::of(&checked, Vec::new(), language.0), language.0))
}

/// Check a claim for the cost of transport
///
/// Tells what would become of a claim that was sent now: its lines, or everything that it would be refused for, and which documents
/// each way of travelling lacks. Nothing of it is stored. As it shows what is left of the person's orders, it is recorded in the
/// access log.
#[utoipa::path(
    tag = "invoices",
    request_body(content = CreateTransportClaim, example = json!(request::transport_example())),
    responses(
        (status = 200, description = "What would become of it", body = ClaimCheckResponse, example = json!({
            "accepted": false, "lines": [], "amount": "0.00",
            "findings": [{"pointer": "/items/0/documents", "code": "missing_document", "detail": "Trūkst: maršruta lapa."}],
            "missing_documents": [{"item": 0, "mode": "private_car", "ticketing": null, "any_of": ["route_sheet"]}]})),
        AccessFailures, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = ["claims:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "recipient", "integrator"]))),
)]
#[post("/v1/transport-claim-checks")]
pub(crate) async fn check_transport_claim(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    body: Json<CreateTransportClaim>,
) -> Result<Localised<ClaimCheckResponse>, ApiError> {
    let call = state.call(caller.scope(CLAIM)?, request_id);
    let (plan, parameters) = (body.0.plan, state.parameters.latest());
    let new: NewTransportClaim = body.0.try_into()?;
    let checked = state.app.check_transport_claim(&call, &parameters.parameters, plan, &new).await?;
    Ok(Localised(ClaimCheckResponse::of(&checked, missing(&new), language.0), language.0))
}
