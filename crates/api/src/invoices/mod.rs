//! Invoices and credit notes of providers: sent in as JSON or as an e-invoice, checked, endorsed, approved, sent back.

mod request;
mod response;

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder,
    dev::Payload,
    get,
    http::header::{CONTENT_LANGUAGE, CONTENT_TYPE, ETAG},
    post,
    web::{self, Bytes, Data, Path},
};
use balsts_app::{App, Call, Invoice, InvoiceFilter, ReceivedXml};
use balsts_domain::{
    access::{NO_MACHINE, Permission, Role, Scope},
    invoices::NewInvoice,
    text::{Fault, Language, Text},
};
use balsts_exchange::invoice::{EInvoice, embedded_files, read_invoice};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

pub(crate) use request::BankAccount;
use request::CreateInvoice;
pub(crate) use response::claim_example;
pub(crate) use response::{InvoiceCheckResponse, InvoiceFinding, InvoiceLineResponse, InvoiceList, InvoiceResponse};

use crate::{
    ApiState,
    body::{self, Json, Query, expect_media_type, off_thread},
    bounds::Sentences,
    files,
    i18n::{self, Accepted, Localised},
    identity::Identified,
    names::{InvoiceKind, InvoiceStatus},
    pages::{after_day, cut, day_cursor, page_size},
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, etag, recorded},
    problem::{
        AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures, Problem,
        language_tag,
    },
    seat::{Office, OfficeFailures, Seat, seat},
    types::{Atvk, Date},
};

pub(crate) const READ: Permission = Permission {
    municipal: &[
        Role::SocialWorker,
        Role::OfficeHead,
        Role::Accountant,
        Role::Provider,
        Role::Recipient,
        Role::Auditor,
        Role::Integrator,
    ],
    scope: "invoices:read",
};
const SEND: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Accountant, Role::Provider, Role::Integrator],
    scope: "invoices:write",
};
const CHECK: Permission = Permission { municipal: &[Role::SocialWorker, Role::OfficeHead], scope: NO_MACHINE };
const APPROVE: Permission = Permission { municipal: &[Role::OfficeHead], scope: NO_MACHINE };

/// Whose invoice it is, and to which office.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SenderQuery {
    /// The municipality whose office ordered, by its ATVK code: required of a provider, who has none.
    #[param(value_type = Option<String>, pattern = "^[0-9]{7}$", example = "0001000")]
    municipality: Option<Atvk>,
    /// The provider whose invoice an office enters. An e-invoice names it itself, by its registration number.
    provider: Option<Uuid>,
}

/// An invoice as it is sent: JSON, or an e-invoice as it was received.
pub(crate) struct Sent {
    bytes: Bytes,
    is_xml: bool,
}

impl FromRequest for Sent {
    type Error = ApiError;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let expected = "application/json, application/xml";
        let is = |essence: &str, kind: &str| {
            essence == format!("application/{kind}")
                || essence == format!("text/{kind}")
                || (essence.starts_with("application/") && essence.ends_with(&format!("+{kind}")))
        };
        let is_xml = request.headers().contains_key(CONTENT_TYPE)
            && expect_media_type(request, expected, |essence| is(essence, "xml")).is_ok();
        if !is_xml && let Err(error) = expect_media_type(request, expected, |essence| is(essence, "json")) {
            return Box::pin(std::future::ready(Err(error)));
        }
        // An e-invoice carries files.
        let limit = request.app_data::<Data<ApiState>>().map_or(0, |state| {
            if is_xml { state.config.body_limit.max(state.config.document_limit) } else { state.config.body_limit }
        });
        let payload = web::Payload::from_request(request, payload);
        Box::pin(async move {
            let payload = payload.await.map_err(|_| ApiError::Timeout)?;
            Ok(Self { bytes: files::collected(payload, limit).await?.into(), is_xml })
        })
    }
}

impl Sent {
    /// The invoice, the e-invoice's text and files, and the provider that it names.
    async fn parsed(&self, app: &App, scope: &Scope, named: Option<Uuid>) -> Result<Parsed, ApiError> {
        if !self.is_xml {
            let new = body::parse::<CreateInvoice>(&self.bytes)?.try_into()?;
            return Ok(Parsed { new, xml: None, provider: named });
        }
        let (invoice, xml) = self.read().await?;
        let provider = match named {
            None if scope.role != Role::Provider => {
                let number = invoice.seller.registration.as_ref().map(|number| number.value.as_str());
                Some(app.find_provider_by_number(number.unwrap_or_default()).await?)
            }
            named => named,
        };
        Ok(Parsed { new: request::of_e_invoice(&invoice)?, xml: Some(xml), provider })
    }

    /// The e-invoice, and its text apart from the files that it carries.
    async fn read(&self) -> Result<(EInvoice, ReceivedXml), ApiError> {
        let bytes = self.bytes.clone();
        off_thread(move || {
            let invoice = read_invoice(&bytes, bytes.len()).map_err(request::refused)?;
            let carried = embedded_files(&bytes, bytes.len());
            let (text, carried) = carried.map_err(|fault| request::refused(vec![fault]))?;
            let terms = request::terms_of(&invoice);
            Ok((invoice, ReceivedXml { terms, text, files: request::carried_files(carried)? }))
        })
        .await
    }
}

struct Parsed {
    new: NewInvoice,
    xml: Option<ReceivedXml>,
    provider: Option<Uuid>,
}

/// A finding in both languages.
fn explain(fault: &Fault) -> Text {
    Text { lv: i18n::render(&fault.message, Language::Lv), en: i18n::render(&fault.message, Language::En) }
}

fn shown(invoice: &Invoice, language: Language, mut response: HttpResponseBuilder) -> HttpResponse {
    response
        .insert_header((ETAG, etag(invoice.summary.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language)))
        .json(InvoiceResponse::of(invoice, language))
}

/// Send an invoice
///
/// An invoice or credit note of a provider, as JSON or as an e-invoice: UBL 2.1 as EN 16931 or Peppol BIS Billing 3 has it, in euro,
/// whose business rules are checked first. Its seller (BG-4) is the provider, by registration or VAT number; each line names the
/// order in its order line reference (BT-132) and the days in its period (BG-26), and the files that it carries (BG-24) are attached
/// to it. Each line is for all that was delivered of its order on its days and is not invoiced yet. What does not agree
/// goes back at once: it is stored with the status `returned` and every finding, and none of its lines is accepted. Its number
/// may be used again. With an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "invoices",
    params(SenderQuery, IdempotencyKey),
    request_body(description = "The invoice", content(
        (CreateInvoice = "application/json", example = json!(request::example())),
        (String = "application/xml", example = json!(request::XML_EXAMPLE)),
    )),
    responses(
        (status = 201, description = "The invoice: received, or returned with every finding", body = InvoiceResponse,
            example = json!(response::example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["invoices:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "accountant", "provider", "integrator"]))),
)]
#[post("/v1/invoices")]
pub(crate) async fn create_invoice(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    query: Query<SenderQuery>,
    sent: Sent,
) -> Result<HttpResponse, ApiError> {
    let SenderQuery { municipality, provider } = query.0;
    let scope = seat(&caller, &state, SEND, &Office { municipality })?;
    let Parsed { new, xml, provider } = sent.parsed(&state.app, &scope, provider).await?;
    let told = provider.map(|provider| provider.to_string()).unwrap_or_default();
    let hash = key.request_hash(&format!("POST /v1/invoices {told}"), &sent.bytes);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let language = language.0;
    let answer = |invoice: &Invoice| recorded(&InvoiceResponse::of(invoice, language));
    let answer = state.app.create_invoice(&call, provider, (new, xml), explain, answer).await?;
    created(answer, Some("/v1/invoices"), Some(1), language)
}

/// Check an invoice
///
/// Tells what would become of an invoice that was sent now: every finding, or for each line the deliveries that it is for. Nothing
/// is stored.
#[utoipa::path(
    tag = "invoices",
    params(SenderQuery),
    request_body(description = "The invoice", content(
        (CreateInvoice = "application/json", example = json!(request::example())),
        (String = "application/xml", example = json!(request::XML_EXAMPLE)),
    )),
    responses(
        (status = 200, description = "What would become of it", body = InvoiceCheckResponse, example = json!(
            {"accepted": true, "findings": [], "lines": [{"deliveries": ["018bcfe5-6800-7000-8000-000000000009"], "delivered": "19.89"}]}
        )),
        AccessFailures, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = ["invoices:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "accountant", "provider", "integrator"]))),
)]
#[post("/v1/invoice-checks")]
pub(crate) async fn check_invoice(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<SenderQuery>,
    sent: Sent,
) -> Result<Localised<InvoiceCheckResponse>, ApiError> {
    let SenderQuery { municipality, provider } = query.0;
    let scope = seat(&caller, &state, SEND, &Office { municipality })?;
    let Parsed { new, xml, provider } = sent.parsed(&state.app, &scope, provider).await?;
    let sent = (new, xml.map(|xml| xml.terms));
    let checked = state.app.check_invoice(&state.call(scope, request_id), provider, sent).await?;
    Ok(Localised(InvoiceCheckResponse::of(&checked, language.0), language.0))
}

/// Which invoices to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct InvoicesQuery {
    /// The municipality whose office ordered: for a provider, who has none.
    #[param(value_type = Option<String>, pattern = "^[0-9]{7}$", example = "0001000")]
    municipality: Option<Atvk>,
    /// Only those of this kind.
    #[param(inline)]
    kind: Option<InvoiceKind>,
    /// Only those with this status.
    #[param(inline)]
    status: Option<InvoiceStatus>,
    /// Only those of this provider.
    provider: Option<Uuid>,
    /// Only those whose period ends on this day or later.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// Only those whose period begins on this day or earlier.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    #[param(pattern = r"^[0-9]{1,6}\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
    cursor: Option<String>,
}

/// List invoices
///
/// Invoices, credit notes and claims of the municipality in the order in which they came in, or by the last day of their periods
/// where `from` or `to` is given: for a provider its own, for a recipient the claims of the persons for whom the caller speaks.
#[utoipa::path(
    tag = "invoices",
    params(InvoicesQuery),
    responses(
        (status = 200, description = "A page of invoices", body = InvoiceList,
            example = json!({"items": [response::summary_example()], "next": null})),
        OfficeFailures, AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["invoices:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "accountant", "provider", "recipient", "auditor", "integrator"]))),
)]
#[get("/v1/invoices")]
pub(crate) async fn list_invoices(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<InvoicesQuery>,
) -> Result<Localised<InvoiceList>, ApiError> {
    let InvoicesQuery { municipality, kind, status, provider, from, to, limit, cursor } = query.0;
    let call = state.call(seat(&caller, &state, READ, &Office { municipality })?, request_id);
    let limit = page_size(limit)?;
    let filter = InvoiceFilter {
        kind: kind.map(|kind| kind.0),
        status: status.map(|status| status.0),
        provider,
        from: from.map(|day| day.0),
        to: to.map(|day| day.0),
        after: after_day(cursor.as_deref())?,
    };
    let found = state.app.list_invoices(&call, filter, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |summary| day_cursor(summary.period.1, summary.id));
    let items = found.iter().map(|summary| InvoiceResponse::of_summary(summary, language.0)).collect();
    Ok(Localised(InvoiceList { items, next }, language.0))
}

/// Get an invoice
///
/// The invoice with its lines and what was done with it. The read is recorded in the access log.
#[utoipa::path(
    tag = "invoices",
    params(("id" = Uuid, Path, description = "Identifier of the invoice"), Office),
    responses(
        (status = 200, description = "The invoice", body = InvoiceResponse, example = json!(response::example())),
        OfficeFailures, AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["invoices:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "accountant", "provider", "recipient", "auditor", "integrator"]))),
)]
#[get("/v1/invoices/{id}")]
pub(crate) async fn get_invoice(
    seat: Seat,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(seat.scope(&state, READ)?, request_id);
    let invoice = state.app.get_invoice(&call, preconditions::id(&id)?).await?;
    Ok(shown(&invoice, language.0, HttpResponse::Ok()))
}

/// Endorse an invoice
///
/// The worker has checked what cannot be computed, and finds the invoice or claim right. An invoice with a line of a person in
/// whose case the caller has a conflict of interest is endorsed, sent back, rejected and approved by another.
#[utoipa::path(
    tag = "invoices",
    params(("id" = Uuid, Path, description = "Identifier of the invoice"), IfMatch),
    responses(
        (status = 201, description = "The invoice", body = InvoiceResponse, example = json!(response::example())),
        (status = 422, description = "The caller has a conflict of interest in a line", body = Problem,
            content_type = "application/problem+json"),
        AccessFailures, Conflict, Failures, Missing, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["social_worker", "office_head"]))),
)]
#[post("/v1/invoices/{id}/endorsement")]
pub(crate) async fn endorse_invoice(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(CHECK)?, request_id);
    let invoice = state.app.endorse_invoice(&call, (preconditions::id(&id)?, version.0)).await?;
    Ok(shown(&invoice, language.0, HttpResponse::Created()))
}

/// Approve an invoice
///
/// By somebody who has neither entered nor endorsed it. Its sums enter the ledgers of the budgets, and it is paid with the next
/// payment run. A credit note is settled at once: what it takes back is set against the provider's next payment.
#[utoipa::path(
    tag = "invoices",
    params(("id" = Uuid, Path, description = "Identifier of the invoice"), IfMatch),
    responses(
        (status = 201, description = "The invoice", body = InvoiceResponse, example = json!(response::example())),
        (status = 422, description = "Who entered or endorsed it approves it, or has a conflict of interest in a line, or the ledger refuses", body = Problem,
            content_type = "application/problem+json"),
        AccessFailures, Conflict, Failures, Missing, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["office_head"]))),
)]
#[post("/v1/invoices/{id}/approval")]
pub(crate) async fn approve_invoice(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(APPROVE)?, request_id);
    let invoice = state.app.approve_invoice(&call, (preconditions::id(&id)?, version.0)).await?;
    Ok(shown(&invoice, language.0, HttpResponse::Created()))
}

/// Why an invoice is not taken.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvoiceReasons {
    /// The reasons, in words.
    reasons: Sentences,
}

/// Send an invoice back
///
/// With reasons. Its deliveries are part of no invoice any more: they may be corrected, and the sender may use the number again.
#[utoipa::path(
    tag = "invoices",
    params(("id" = Uuid, Path, description = "Identifier of the invoice"), IfMatch),
    request_body(content = InvoiceReasons, example = json!({"reasons": "5. jūnijā pakalpojums nav saņemts."})),
    responses(
        (status = 201, description = "The invoice", body = InvoiceResponse, example = json!(response::example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["social_worker", "office_head"]))),
)]
#[post("/v1/invoices/{id}/return")]
pub(crate) async fn return_invoice(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<InvoiceReasons>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(CHECK)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let invoice = state.app.return_invoice(&call, of, body.0.reasons.0).await?;
    Ok(shown(&invoice, language.0, HttpResponse::Created()))
}

/// Reject an invoice
///
/// For good, with reasons: nothing is paid. Its deliveries are part of no invoice any more.
#[utoipa::path(
    tag = "invoices",
    params(("id" = Uuid, Path, description = "Identifier of the invoice"), IfMatch),
    request_body(content = InvoiceReasons, example = json!({"reasons": "Pakalpojums nav pasūtīts."})),
    responses(
        (status = 201, description = "The invoice", body = InvoiceResponse, example = json!(response::example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["social_worker", "office_head"]))),
)]
#[post("/v1/invoices/{id}/rejection")]
pub(crate) async fn reject_invoice(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<InvoiceReasons>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(CHECK)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let invoice = state.app.reject_invoice(&call, of, body.0.reasons.0).await?;
    Ok(shown(&invoice, language.0, HttpResponse::Created()))
}
