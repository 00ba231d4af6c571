//! Payment runs: what is paid, the file for the bank or the State Treasury, and what became of the payments.

use std::collections::BTreeSet;

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    post,
    web::{Bytes, Data, Path},
};
use balsts_app::{Call, NewPaymentRun, PaymentRun, PaymentRunSummary};
use balsts_domain::{
    access::{NO_MACHINE, Permission, Role},
    payments::{self, PaymentRefusal, PaymentResult},
    text::{Fault, Message},
};
use balsts_exchange::payment::{Code, CreditTransfer, Debtor, Payment, Status, Version, credit_transfer, read_status};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json, value::RawValue};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiState,
    body::{self, Query, RawJson, expect_media_type},
    bounds::{Label, List},
    i18n::{Accepted, Localised},
    identity::Identified,
    names::{PaymentFormat, PaymentRunStatus, PaymentStatus},
    pages::{cut, page_size},
    preconditions::{self, IdempotencyKey, RequestId, created, recorded, tagged},
    problem::{AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, Problem},
    types::{Date, Euros},
};

const READ: Permission =
    Permission { municipal: &[Role::Accountant, Role::OfficeHead, Role::Auditor], scope: NO_MACHINE };
const PAY: Permission = Permission { municipal: &[Role::Accountant], scope: NO_MACHINE };

/// Who pays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DebtorRequest {
    /// Name.
    #[schema(max_length = 70)]
    name: Label,
    /// IBAN, in a country of SEPA.
    bank_account: Label,
    /// BIC of the bank; by its account where it is left out.
    #[schema(value_type = Option<String>, pattern = "^[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?$")]
    bic: Option<String>,
}

/// A payment run.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreatePaymentRun {
    /// The file that the receiver takes.
    format: PaymentFormat,
    /// The day on which it is to be executed: today or later.
    execution_date: Date,
    /// Who pays.
    debtor: DebtorRequest,
}

/// What became of a payment, as somebody has seen it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PaymentResultRequest {
    /// The payment.
    payment: Uuid,
    /// Whether it was made.
    paid: bool,
    /// Why it was not.
    reason: Option<Label>,
}

/// Results of a run.
type Results = List<PaymentResultRequest, 1, 5000>;

/// What became of payments.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordPaymentResults {
    /// The day on which those that were made were made: that of the run or later.
    paid_on: Date,
    /// The payments.
    #[schema(inline)]
    payments: Results,
}

/// A payment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Payment)]
pub(crate) struct PaymentResponse {
    /// Identifier; in the file, without hyphens, its end-to-end identifier.
    id: Uuid,
    /// Name of whom it goes to; empty where the person is erased.
    payee: String,
    /// IBAN of whom it goes to; empty where the person is erased.
    bank_account: String,
    /// What they are told.
    text: String,
    /// EUR.
    amount: Euros,
    /// What became of it.
    status: PaymentStatus,
    /// The day on which it was made.
    paid_on: Option<Date>,
    /// Why it was refused.
    reason: Option<String>,
}

/// A payment run.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentRun)]
pub(crate) struct PaymentRunResponse {
    /// Identifier; in the file, without hyphens, the name of the message.
    id: Uuid,
    /// Where it stands.
    status: PaymentRunStatus,
    /// The file that it is written as.
    format: PaymentFormat,
    /// The day on which it is to be executed.
    execution_date: Date,
    /// Number of payments.
    count: u32,
    /// Their sum, EUR.
    amount: Euros,
    /// Subject of who made it.
    created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: DateTime<Utc>,
    /// The payments; null in a list.
    payments: Option<Vec<PaymentResponse>>,
}

/// A page of payment runs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaymentRunList {
    /// The runs, in the order in which they were made.
    items: Vec<PaymentRunResponse>,
    /// Cursor of the next page; null on the last.
    next: Option<String>,
}

impl From<&PaymentRunSummary> for PaymentRunResponse {
    fn from(run: &PaymentRunSummary) -> Self {
        Self {
            id: run.id,
            status: PaymentRunStatus(run.status),
            format: PaymentFormat(run.format),
            execution_date: Date(run.execution_date),
            count: run.payments,
            amount: Euros(run.amount),
            created_by: run.created_by.clone(),
            created_at: run.created_at,
            payments: None,
        }
    }
}

impl From<&PaymentRun> for PaymentRunResponse {
    fn from(run: &PaymentRun) -> Self {
        let payments = run.payments.iter().map(|payment| PaymentResponse {
            id: payment.id,
            payee: payment.payee.name.clone(),
            bank_account: payment.payee.account.clone(),
            text: payment.payee.text.clone(),
            amount: Euros(payment.amount),
            status: PaymentStatus(payment.status),
            paid_on: payment.paid_on.map(Date),
            reason: payment.reason.clone(),
        });
        Self { payments: Some(payments.collect()), ..Self::from(&run.summary) }
    }
}

fn request() -> Value {
    json!({
        "format": "pain.001.001.03", "execution_date": "2023-11-16",
        "debtor": {"name": "Demo novada Sociālais dienests", "bank_account": "LV80BANK0000435195001"},
    })
}

/// A bank's answer, shortened to one payment.
const STATUS_EXAMPLE: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.03\">",
    "<CstmrPmtStsRpt><GrpHdr><MsgId>S-1</MsgId><CreDtTm>2023-11-16T10:00:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts>",
    "<OrgnlMsgId>018bcfe568007000800000000000000c</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.03</OrgnlMsgNmId></OrgnlGrpInfAndSts>",
    "<OrgnlPmtInfAndSts><OrgnlPmtInfId>018bcfe568007000800000000000000c</OrgnlPmtInfId><TxInfAndSts>",
    "<OrgnlEndToEndId>018bcfe568007000800000000000000b</OrgnlEndToEndId><TxSts>ACSC</TxSts></TxInfAndSts>",
    "</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
);

fn summary() -> Value {
    json!({
        "id": "018bcfe5-6800-7000-8000-00000000000c", "status": "open", "format": "pain.001.001.03",
        "execution_date": "2023-11-16", "count": 1, "amount": "19.89", "created_by": "demo-accountant",
        "created_at": "2023-11-15T08:00:00Z", "payments": null,
    })
}

fn example() -> Value {
    let mut run = summary();
    let payments = json!([{
        "id": "018bcfe5-6800-7000-8000-00000000000b", "payee": "Demo sniedzējs SIA", "bank_account": "LV80BANK0000435195001",
        "text": "R-2023/117", "amount": "19.89", "status": "pending", "paid_on": null, "reason": null,
    }]);
    if let Some(run) = run.as_object_mut() {
        run.insert("payments".to_owned(), payments);
    }
    run
}

/// Make a payment run
///
/// Of everything that waits to be paid: each approved invoice and claim once, one payment to each payee, less what the payee's
/// credit notes took back: a provider to the account by which it is registered now, a person to that of the claim. What a provider
/// without an account asks for waits. With an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "payments",
    params(IdempotencyKey),
    request_body(content = CreatePaymentRun, example = json!(request())),
    responses(
        (status = 201, description = "The run", body = PaymentRunResponse, example = json!(example())),
        (status = 409, description = "Nothing waits to be paid", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "Another run came first", body = Problem, content_type = "application/problem+json"),
        AccessFailures, Failures, BodyFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["accountant"]))),
)]
#[post("/v1/payment-runs")]
pub(crate) async fn create_payment_run(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(PAY)?;
    let CreatePaymentRun { format, execution_date, debtor } = body::parse(&body.0)?;
    let hash = key.request_hash("POST /v1/payment-runs", &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let new = NewPaymentRun {
        format: format.0,
        execution_date: execution_date.0,
        debtor_name: debtor.name.0,
        debtor_account: debtor.bank_account.0,
        debtor_bic: debtor.bic,
    };
    let answer = |run: &PaymentRun| recorded(&PaymentRunResponse::from(run));
    let answer = state.app.create_payment_run(&call, new, answer).await?;
    created(answer, Some("/v1/payment-runs"), Some(1), language.0)
}

/// Which payment runs to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PaymentRunsQuery {
    /// Only those with this status.
    #[param(inline)]
    status: Option<PaymentRunStatus>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<Uuid>,
}

/// List payment runs
///
/// The municipality's runs in the order in which they were made.
#[utoipa::path(
    tag = "payments",
    params(PaymentRunsQuery),
    responses(
        (status = 200, description = "A page of payment runs", body = PaymentRunList,
            example = json!({"items": [summary()], "next": null})),
        AccessFailures, Failures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["accountant", "office_head", "auditor"]))),
)]
#[get("/v1/payment-runs")]
pub(crate) async fn list_payment_runs(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<PaymentRunsQuery>,
) -> Result<Localised<PaymentRunList>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let PaymentRunsQuery { status, limit, cursor } = query.0;
    let limit = page_size(limit)?;
    let status = status.map(|status| status.0);
    let found = state.app.list_payment_runs(&call, status, cursor, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |summary| summary.id);
    Ok(Localised(PaymentRunList { items: found.iter().map(PaymentRunResponse::from).collect(), next }, language.0))
}

/// Get a payment run
///
/// The run with its payments. The read is recorded in the access log.
#[utoipa::path(
    tag = "payments",
    params(("id" = Uuid, Path, description = "Identifier of the run")),
    responses(
        (status = 200, description = "The run", body = PaymentRunResponse, example = json!(example())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["accountant", "office_head", "auditor"]))),
)]
#[get("/v1/payment-runs/{id}")]
pub(crate) async fn get_payment_run(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let run = state.app.get_payment_run(&call, preconditions::id(&id)?).await?;
    Ok(tagged(run.summary.version, language.0, HttpResponse::Ok()).json(PaymentRunResponse::from(&run)))
}

/// Get the file of a payment run
///
/// ISO 20022 pain.001 in the version that the run was made for, the same bytes each time. SEPA knows no Latvian letters: names are
/// written with the nearest that it has.
#[utoipa::path(
    tag = "payments",
    params(("id" = Uuid, Path, description = "Identifier of the run")),
    responses(
        (status = 200, description = "The file", body = String, content_type = "application/xml",
            example = json!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document>...</Document>")),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["accountant", "office_head", "auditor"]))),
)]
#[get("/v1/payment-runs/{id}/file")]
pub(crate) async fn get_payment_file(
    caller: Identified,
    state: Data<ApiState>,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let run = state.app.get_payment_run(&call, preconditions::id(&id)?).await?;
    let (order, version) = order(&run)?;
    let file = credit_transfer(&order, version).map_err(|fault| {
        // The rule only: names and accounts are not for the log.
        tracing::error!(rule = fault.rule, "a payment run cannot be written");
        ApiError::Internal
    })?;
    Ok(HttpResponse::Ok()
        .content_type("application/xml")
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{}.xml\"", run.summary.id)))
        .body(file))
}

fn order(run: &PaymentRun) -> Result<(CreditTransfer, Version), ApiError> {
    let iban = |text: &str| text.parse().map_err(|_| ApiError::Internal);
    let payment = |payment: &balsts_app::Payment| {
        Ok(Payment {
            end_to_end_id: payment.id.simple().to_string(),
            creditor_name: payment.payee.name.chars().take(70).collect(),
            creditor_iban: iban(&payment.payee.account)?,
            amount_cents: payment.amount.cents().ok_or(ApiError::Internal)?,
            remittance: payment.payee.text.clone(),
        })
    };
    let order = CreditTransfer {
        message_id: run.summary.id.simple().to_string(),
        created: run.summary.created_at,
        debtor: Debtor {
            name: run.debtor.name.chars().take(70).collect(),
            iban: iban(&run.debtor.account)?,
            bic: run.debtor.bic.clone(),
        },
        execution_date: run.summary.execution_date,
        payments: run.payments.iter().map(payment).collect::<Result<_, ApiError>>()?,
    };
    let version = match run.summary.format {
        payments::PaymentFormat::Pain001V03 => Version::V03,
        payments::PaymentFormat::Pain001V09 => Version::V09,
    };
    Ok((order, version))
}

/// Record what became of payments
///
/// The bank's answer, ISO 20022 pain.002 (`ACSC` and `ACCC` were made, `RJCT` and `CANC` were refused, others are not known yet;
/// what is told of the block or of the whole file holds for each payment that it does not name), or what somebody has seen on the
/// account. What was made enters the ledgers of the budgets; what was refused waits for the next run.
/// What is told again changes nothing. The payments that a pain.002 tells of were made on the day of execution. With an
/// `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "payments",
    params(("id" = Uuid, Path, description = "Identifier of the run"), IdempotencyKey),
    request_body(description = "The results", content(
        (RecordPaymentResults = "application/json", example = json!(
            {"paid_on": "2023-11-15", "payments": [{"payment": "018bcfe5-6800-7000-8000-00000000000b", "paid": true}]}
        )),
        (String = "application/xml", example = json!(STATUS_EXAMPLE)),
    )),
    responses(
        (status = 201, description = "The run", body = PaymentRunResponse, example = json!(example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["accountant"]))),
)]
#[post("/v1/payment-runs/{id}/results")]
pub(crate) async fn record_payment_results(
    caller: Identified,
    state: Data<ApiState>,
    key: IdempotencyKey,
    request_id: RequestId,
    request: HttpRequest,
    id: Path<String>,
    bytes: Bytes,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(PAY)?;
    let language = Accepted::of(request.headers());
    let id = preconditions::id(&id)?;
    let hash = key.request_hash(&format!("POST /v1/payment-runs/{id}/results"), &bytes);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |run: &PaymentRun| {
        recorded(&RecordedResults { version: run.summary.version, run: PaymentRunResponse::from(run) })
    };
    let expected = "application/json, application/xml";
    let is_xml = request.headers().contains_key(CONTENT_TYPE)
        && expect_media_type(&request, expected, |essence| essence.ends_with("/xml") || essence.ends_with("+xml"))
            .is_ok();
    let answer = if is_xml {
        let status = status_of(&bytes, id)?;
        state.app.record_payment_results(&call, id, None, |run| outcomes(&status, run), answer).await?
    } else {
        expect_media_type(&request, expected, |essence| essence == "application/json" || essence.ends_with("+json"))?;
        let RecordPaymentResults { paid_on, payments } = body::parse(&bytes)?;
        let result = |result: PaymentResultRequest| PaymentResult {
            payment: result.payment,
            paid: result.paid,
            reason: result.reason.map(|reason| reason.0),
        };
        let results = payments.into_iter().map(result).collect();
        state.app.record_payment_results(&call, id, Some(paid_on.0), |_| results, answer).await?
    };
    let first: RecordedResults<Box<RawValue>> = serde_json::from_slice(&answer.body).map_err(|_| ApiError::Internal)?;
    let mut response = tagged(first.version, language, HttpResponse::Created());
    Ok(response.content_type("application/json").body(first.run.get().to_owned()))
}

/// The answer as it is recorded: with the version that its tag tells, which the run itself does not.
#[derive(Serialize, Deserialize)]
struct RecordedResults<R> {
    version: i64,
    run: R,
}

fn status_of(xml: &[u8], run: Uuid) -> Result<Status, ApiError> {
    let status = read_status(xml, xml.len()).map_err(|fault| {
        let message = Message::new("e-invoice-rule").with("rule", fault.rule).with("message", fault.message);
        ApiError::Refused(vec![Fault { pointer: String::new(), code: "payment_status_unfit", message }])
    })?;
    if status.original_message_id.parse() != Ok(run) {
        return Err(ApiError::refused(&[PaymentRefusal::OtherRun]));
    }
    Ok(status)
}

/// The outcomes that a pain.002 tells of the payments of a run: those that are final. A payment of which it tells nothing has the
/// outcome of its block, or of the whole.
fn outcomes(status: &Status, run: &PaymentRun) -> Vec<PaymentResult> {
    let result = |payment: Uuid, id: &str, code: &Code| {
        let reason = status.reason(id).map(str::to_owned);
        let last = code.is_settled() || code.is_refused();
        last.then(|| PaymentResult { payment, paid: code.is_settled(), reason })
    };
    let told = status.blocks.iter().flat_map(|block| &block.payments);
    let told = told.filter_map(|payment| {
        let id = payment.end_to_end_id.as_deref()?;
        Some((id.parse::<Uuid>().ok()?, id, payment.code.as_ref()?))
    });
    let told: Vec<_> = told.collect();
    let named: BTreeSet<Uuid> = told.iter().map(|(payment, ..)| *payment).collect();
    let others = run.payments.iter().map(|payment| payment.id).filter(|payment| !named.contains(payment));
    let with_all = others.filter_map(|payment| {
        let id = payment.simple().to_string();
        result(payment, &id, status.of(&id)?)
    });
    told.iter().filter_map(|(payment, id, code)| result(*payment, id, code)).chain(with_all).collect()
}
