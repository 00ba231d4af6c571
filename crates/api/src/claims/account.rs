//! The account to which a claim is paid, corrected after the bank refused it.

use actix_web::{
    HttpResponse,
    http::header::{CONTENT_LANGUAGE, ETAG},
    put,
    web::{Data, Path},
};
use balsts_domain::access::{NO_MACHINE, Permission, Role};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    body::Json,
    i18n::Accepted,
    identity::Identified,
    invoices::{BankAccount, InvoiceResponse},
    preconditions::{self, IfMatch, RequestId, etag},
    problem::{
        AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures, language_tag,
    },
};

const CORRECT: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Recipient], scope: NO_MACHINE };

/// The account to which a claim is paid.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CorrectClaimAccount {
    /// IBAN, in a country of SEPA.
    #[schema(value_type = String, max_length = 42)]
    bank_account: BankAccount,
}

/// Correct the account of a claim
///
/// After the bank refused its payment, by somebody who has neither endorsed nor approved it: the next payment run pays to this account.
/// A provider is paid to the account by which it is registered; that one is corrected there.
#[utoipa::path(
    tag = "invoices",
    params(("id" = Uuid, Path, description = "Identifier of the claim"), IfMatch),
    request_body(content = CorrectClaimAccount, example = json!({"bank_account": "LV80 BANK 0000 4351 9500 1"})),
    responses(
        (status = 200, description = "The claim", body = InvoiceResponse, example = json!(crate::invoices::claim_example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "recipient"]))),
)]
#[put("/v1/invoices/{id}/bank-account")]
pub(crate) async fn correct_claim_account(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<CorrectClaimAccount>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(CORRECT)?, request_id);
    let account = body.0.bank_account.to_pay("/bank_account")?;
    let claim = state.app.correct_claim_account(&call, (preconditions::id(&id)?, version.0), &account).await?;
    Ok(HttpResponse::Ok()
        .insert_header((ETAG, etag(claim.summary.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language.0)))
        .json(InvoiceResponse::of(&claim, language.0)))
}
