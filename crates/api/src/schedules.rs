//! `/v1/plans/{id}/schedules` and `/v1/plan-schedules`: what of a plan is to be received in a month, signed and handed in by the
//! recipient, beside what was delivered.

use actix_web::{
    HttpResponse, HttpResponseBuilder, get,
    http::header::{CONTENT_LANGUAGE, ETAG},
    post, put,
    web::{Data, Path},
};
use balsts_app::{Call, ComparedSchedule, NewSchedule};
use balsts_domain::{
    access::{Permission, Role},
    schedules::{CarriedOver, MonthOfLine, Occasion, ScheduleContent, ScheduledLine},
    text::Language,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiState,
    body::{self, Json, RawJson},
    bounds::{Label, LineNumber, List, Sentences},
    i18n::{Accepted, Localised},
    identity::Identified,
    names::SigningMethod,
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, etag, recorded},
    problem::{
        AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures, language_tag,
    },
    types::{Date, Quantity, TimeOfDay, Units, YearMonth},
};

/// The recipient hands in, or the worker records what was handed in on paper.
const HAND_IN: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Recipient], scope: "schedules:write" };
const READ: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Auditor, Role::Recipient],
    scope: "schedules:read",
};

/// A day on which a service is to be received.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OccasionRequest {
    /// The day, in the month.
    on: Date,
    /// When it begins, where that is agreed.
    from: Option<TimeOfDay>,
    /// How much, in the service's unit.
    volume: Units,
}

/// What was not received in earlier months, and is used in this one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CarriedOverRequest {
    /// So much, in the service's unit.
    volume: Units,
    /// The objective reason for which it was not received.
    reason: Sentences,
}

type Occasions = List<OccasionRequest, 0, 62>;

/// A line of a monthly schedule.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScheduledLineRequest {
    /// Number of the plan's line.
    line: LineNumber,
    /// On which days; left out where they are not agreed.
    #[serde(default = "no_occasions")]
    #[schema(inline)]
    occasions: Occasions,
    /// How much in the month, where no days are told.
    volume: Option<Units>,
    /// Who gives it, where the plan's line names no offer.
    provider: Option<Label>,
    /// What is used of earlier months.
    carried_over: Option<CarriedOverRequest>,
}

fn no_occasions() -> Occasions {
    List(Vec::new())
}

type ScheduledLines = List<ScheduledLineRequest, 1, 100>;

/// The schedule of a month.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HandInSchedule {
    /// The month.
    month: YearMonth,
    /// The day of the signature: from the first day of the month before to the last of the month.
    signed_on: Date,
    /// How it was signed.
    method: SigningMethod,
    /// Name of who signs: the recipient, or who speaks for the recipient.
    signer: Label,
    /// Whether it was drafted with the worker.
    #[serde(default)]
    with_worker: bool,
    /// What is to be received.
    #[schema(inline)]
    lines: ScheduledLines,
    /// What else is to be said.
    note: Option<Sentences>,
}

/// What replaces the schedule of a month.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplaceSchedule {
    /// The day of the signature.
    signed_on: Date,
    /// How it was signed.
    method: SigningMethod,
    /// Name of who signs: the recipient, or who speaks for the recipient.
    signer: Label,
    /// Whether it was drafted with the worker.
    #[serde(default)]
    with_worker: bool,
    /// What is to be received.
    #[schema(inline)]
    lines: ScheduledLines,
    /// What else is to be said.
    note: Option<Sentences>,
}

/// A day on which a service is to be received.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Occasion)]
pub(crate) struct OccasionResponse {
    /// The day.
    on: Date,
    /// When it begins, where that is agreed.
    from: Option<TimeOfDay>,
    /// How much, in the service's unit.
    volume: Quantity,
}

/// What is used of earlier months.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CarriedOver)]
pub(crate) struct CarriedOverResponse {
    /// So much, in the service's unit.
    volume: Quantity,
    /// The objective reason for which it was not received.
    reason: String,
}

/// A line of a monthly schedule.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScheduledLine)]
pub(crate) struct ScheduledLineResponse {
    /// Number of the plan's line.
    line: u32,
    /// On which days.
    occasions: Vec<OccasionResponse>,
    /// How much in the month.
    volume: Quantity,
    /// Who gives it, where the plan's line names no offer.
    provider: Option<String>,
    /// What is used of earlier months.
    carried_over: Option<CarriedOverResponse>,
}

/// A line of the plan in the month: planned, scheduled, delivered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MonthOfLine)]
pub(crate) struct MonthOfLineResponse {
    /// Number of the line.
    line: u32,
    /// Code of the service; null where the version in force has the line no more.
    service: Option<String>,
    /// What the plan says of the month; null where it says nothing.
    planned: Option<Quantity>,
    /// What is used of earlier months.
    carried_over: Quantity,
    /// What is scheduled.
    scheduled: Quantity,
    /// What was delivered in the month so far; claims of who paid first count on the day of their approval.
    delivered: Quantity,
}

/// The schedule of a month.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanSchedule)]
pub(crate) struct ScheduleResponse {
    /// Identifier.
    id: Uuid,
    /// Identifier of the plan.
    plan_id: Uuid,
    /// Version of the plan that it was checked against.
    plan_version: u32,
    /// The month.
    month: YearMonth,
    /// The day of the signature.
    signed_on: Date,
    /// How it was signed.
    method: SigningMethod,
    /// Name of who signed.
    signer: String,
    /// The day on which it came in, or was replaced.
    handed_in_on: Date,
    /// Whether it was drafted with the worker.
    with_worker: bool,
    /// What is to be received.
    lines: Vec<ScheduledLineResponse>,
    /// What else is to be said.
    note: Option<String>,
    /// Every line of the plan that has something in the month: planned, scheduled, delivered.
    month_lines: Vec<MonthOfLineResponse>,
    /// Subject of who handed it in, or recorded it for the person.
    recorded_by: String,
}

/// The schedules of a plan.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScheduleList {
    /// In the order of the months.
    items: Vec<ScheduleResponse>,
}

impl From<ScheduledLineRequest> for ScheduledLine {
    fn from(request: ScheduledLineRequest) -> Self {
        let occasion = |planned: OccasionRequest| Occasion {
            on: planned.on.0,
            from: planned.from.map(|time| time.0),
            volume: planned.volume.0,
        };
        let carried = |carried: CarriedOverRequest| CarriedOver { volume: carried.volume.0, reason: carried.reason.0 };
        Self {
            line: request.line.0,
            occasions: request.occasions.into_iter().map(occasion).collect(),
            volume: request.volume.map(|volume| volume.0),
            provider: request.provider.map(|name| name.0),
            carried_over: request.carried_over.map(carried),
        }
    }
}

impl From<ReplaceSchedule> for NewSchedule {
    fn from(request: ReplaceSchedule) -> Self {
        Self {
            signed_on: request.signed_on.0,
            method: request.method.0,
            content: ScheduleContent {
                lines: request.lines.into_iter().map(ScheduledLine::from).collect(),
                with_worker: request.with_worker,
                signer: request.signer.0,
                note: request.note.map(|text| text.0),
            },
        }
    }
}

impl From<HandInSchedule> for NewSchedule {
    fn from(request: HandInSchedule) -> Self {
        let HandInSchedule { month: _, signed_on, method, signer, with_worker, lines, note } = request;
        Self::from(ReplaceSchedule { signed_on, method, signer, with_worker, lines, note })
    }
}

impl From<&ScheduledLine> for ScheduledLineResponse {
    fn from(line: &ScheduledLine) -> Self {
        let occasion = |planned: &Occasion| OccasionResponse {
            on: Date(planned.on),
            from: planned.from.map(TimeOfDay),
            volume: Quantity(planned.volume),
        };
        let carried = |carried: &CarriedOver| CarriedOverResponse {
            volume: Quantity(carried.volume),
            reason: carried.reason.clone(),
        };
        Self {
            line: line.line,
            occasions: line.occasions.iter().map(occasion).collect(),
            volume: Quantity(line.scheduled()),
            provider: line.provider.clone(),
            carried_over: line.carried_over.as_ref().map(carried),
        }
    }
}

impl From<&MonthOfLine> for MonthOfLineResponse {
    fn from(line: &MonthOfLine) -> Self {
        Self {
            line: line.line,
            service: line.service.clone(),
            planned: line.planned.map(Quantity),
            carried_over: Quantity(line.carried_over),
            scheduled: Quantity(line.scheduled),
            delivered: Quantity(line.delivered),
        }
    }
}

impl From<&ComparedSchedule> for ScheduleResponse {
    fn from(compared: &ComparedSchedule) -> Self {
        let ComparedSchedule { schedule, lines } = compared;
        let content = &schedule.content;
        Self {
            id: schedule.id,
            plan_id: schedule.plan_id,
            plan_version: schedule.plan_version,
            month: YearMonth(schedule.month),
            signed_on: Date(schedule.signed_on),
            method: SigningMethod(schedule.method),
            signer: content.signer.clone(),
            handed_in_on: Date(schedule.handed_in_on),
            with_worker: content.with_worker,
            lines: content.lines.iter().map(ScheduledLineResponse::from).collect(),
            note: content.note.clone(),
            month_lines: lines.iter().map(MonthOfLineResponse::from).collect(),
            recorded_by: schedule.recorded_by.clone(),
        }
    }
}

fn request() -> Value {
    json!({
        "month": "2023-05", "signed_on": "2023-05-02", "method": "paper", "signer": "Demo Vecāks", "with_worker": true,
        "lines": [{"line": 1, "occasions": [{"on": "2023-05-03", "from": "09:00", "volume": "4"},
            {"on": "2023-05-10", "from": "09:00", "volume": "4"}],
            "carried_over": {"volume": "4", "reason": "Aprīlī bērns bija slimnīcā."}}],
    })
}

fn example() -> Value {
    json!({
        "id": "018bcfe5-6800-7000-8000-000000000023", "plan_id": "018bcfe5-6800-7000-8000-000000000004", "plan_version": 1,
        "month": "2023-05", "signed_on": "2023-05-02", "method": "paper", "signer": "Demo Vecāks",
        "handed_in_on": "2023-05-02", "with_worker": true,
        "lines": [{"line": 1, "occasions": [{"on": "2023-05-03", "from": "09:00", "volume": "4"},
            {"on": "2023-05-10", "from": "09:00", "volume": "4"}], "volume": "8", "provider": null,
            "carried_over": {"volume": "4", "reason": "Aprīlī bērns bija slimnīcā."}}],
        "note": null,
        "month_lines": [{"line": 1, "service": "home_care", "planned": "4", "carried_over": "4", "scheduled": "8",
            "delivered": "4"}],
        "recorded_by": "demo-recipient",
    })
}

fn replacement() -> Value {
    let mut replacement = request();
    if let Some(members) = replacement.as_object_mut() {
        members.remove("month");
    }
    replacement
}

fn shown(compared: &ComparedSchedule, language: Language, mut response: HttpResponseBuilder) -> HttpResponse {
    response
        .insert_header((ETAG, etag(compared.schedule.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language)))
        .json(ScheduleResponse::from(compared))
}

/// Hand in a monthly schedule
///
/// What of a plan in force is to be received in a month, signed by the recipient, who hands it in or has the office record it: one a
/// month. A line has the volume of the month; what was not received before for a stated, objective reason is carried over, never
/// above the line's total. With an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "schedules",
    params(("id" = Uuid, Path, description = "Identifier of the plan"), IdempotencyKey),
    request_body(content = HandInSchedule, example = json!(request())),
    responses(
        (status = 201, description = "The schedule", body = ScheduleResponse, example = json!(example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = ["schedules:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "recipient", "integrator"]))),
)]
#[post("/v1/plans/{id}/schedules")]
pub(crate) async fn hand_in_schedule(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    id: Path<String>,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(HAND_IN)?;
    let plan = preconditions::id(&id)?;
    let new: HandInSchedule = body::parse(&body.0)?;
    let hash = key.request_hash(&format!("POST /v1/plans/{plan}/schedules"), &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |compared: &ComparedSchedule| recorded(&ScheduleResponse::from(compared));
    let answer = state.app.hand_in_schedule(&call, plan, (new.month.0, new.into()), answer).await?;
    created(answer, Some("/v1/plan-schedules"), Some(1), language.0)
}

/// List monthly schedules
///
/// The schedules of a plan, each beside what is planned and was delivered in its month. The read is recorded in the access log.
#[utoipa::path(
    tag = "schedules",
    params(("id" = Uuid, Path, description = "Identifier of the plan")),
    responses(
        (status = 200, description = "The schedules", body = ScheduleList, example = json!({"items": [example()]})),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["schedules:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "recipient", "integrator"]))),
)]
#[get("/v1/plans/{id}/schedules")]
pub(crate) async fn list_schedules(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<Localised<ScheduleList>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let found = state.app.list_schedules(&call, preconditions::id(&id)?).await?;
    Ok(Localised(ScheduleList { items: found.iter().map(ScheduleResponse::from).collect() }, language.0))
}

/// Get a monthly schedule
///
/// One schedule beside what is planned and was delivered in its month. The read is recorded in the access log.
#[utoipa::path(
    tag = "schedules",
    params(("id" = Uuid, Path, description = "Identifier of the schedule")),
    responses(
        (status = 200, description = "The schedule", body = ScheduleResponse, example = json!(example())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["schedules:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "recipient", "integrator"]))),
)]
#[get("/v1/plan-schedules/{id}")]
pub(crate) async fn get_schedule(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let compared = state.app.get_schedule(&call, preconditions::id(&id)?).await?;
    Ok(shown(&compared, language.0, HttpResponse::Ok()))
}

/// Replace a monthly schedule
///
/// Another one for the same month, signed anew, until the month is over.
#[utoipa::path(
    tag = "schedules",
    params(("id" = Uuid, Path, description = "Identifier of the schedule"), IfMatch),
    request_body(content = ReplaceSchedule, example = json!(replacement())),
    responses(
        (status = 200, description = "The schedule", body = ScheduleResponse, example = json!(example())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["schedules:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "recipient", "integrator"]))),
)]
#[put("/v1/plan-schedules/{id}")]
pub(crate) async fn replace_schedule(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<ReplaceSchedule>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(HAND_IN)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let compared = state.app.replace_schedule(&call, of, body.0.into()).await?;
    Ok(shown(&compared, language.0, HttpResponse::Ok()))
}
