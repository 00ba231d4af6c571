//! `/v1/applications/{id}/hand-over` and `/v1/hand-overs`: cases that are offered to another municipality, and go there with its
//! acceptance.

use actix_web::{
    HttpResponse, HttpResponseBuilder, get,
    http::header::{CONTENT_LANGUAGE, ETAG},
    post,
    web::{Data, Path},
};
use balsts_app::{Call, HandOver, HandOverFilter, HandOverSummary, NewHandOver, OfferedCase};
use balsts_domain::{
    access::{MunicipalityCode, Permission, Role},
    hand_overs::HandOverDirection as Direction,
    text::Language,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiState,
    body::{self, Json, Query, RawJson},
    bounds::Sentences,
    i18n::{Accepted, Localised},
    identity::Identified,
    names::{ApplicationStatus, HandOverDirection, HandOverStatus, Methodology},
    pages::{cut, page_size},
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, etag, recorded},
    problem::{
        AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures, language_tag,
    },
    types::{Atvk, Date},
};

/// The head of the office that has the case offers it, and takes the offer back.
const OFFER: Permission = Permission { municipal: &[Role::OfficeHead], scope: "applications:hand-over" };
/// The head of the office that is asked takes the case on, or does not.
const ANSWER: Permission = Permission { municipal: &[Role::OfficeHead], scope: "hand-overs:answer" };
pub(crate) const READ: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Auditor, Role::Recipient],
    scope: "hand-overs:read",
};

/// A case that is offered to another municipality.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfferHandOver {
    /// Code of the municipality that is asked.
    #[schema(value_type = String, pattern = "^[0-9]{7}$", example = "0040000")]
    to: Atvk,
    /// Why; the office that is asked reads it.
    reason: Sentences,
}

/// Why a case is not taken on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefuseHandOver {
    /// The reason, for the office that offered.
    reason: Sentences,
}

/// What the office that is asked is told of a case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OfferedCaseResponse {
    /// Personal code of the child or adult; null where there is none.
    #[schema(example = "320000-00001")]
    personal_code: Option<String>,
    /// Identification number of who has no personal code.
    identification_number: Option<String>,
    /// Given name.
    given_name: String,
    /// Family name.
    family_name: String,
    /// The methodology.
    methodology: Methodology,
    /// Where the application stood when it was offered.
    application_status: ApplicationStatus,
}

/// The hand-over of a case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HandOverResponse {
    /// Identifier.
    id: Uuid,
    /// `out` where the caller's municipality offers, `in` where it is asked.
    direction: HandOverDirection,
    /// Identifier of the case: that of its application.
    case_id: Uuid,
    /// Identifier of the person in the caller's municipality; null while the case is only offered to it.
    person_id: Option<Uuid>,
    /// Code of the municipality that offers, or handed over.
    #[schema(example = "0001000")]
    from: String,
    /// Code of the municipality that is asked, or received the case.
    #[schema(example = "0040000")]
    to: String,
    /// Where it stands.
    status: HandOverStatus,
    /// The day of the offer.
    offered_on: Date,
    /// Subject of who offered.
    offered_by: String,
    /// The day of the answer, on which an accepted case went over; or on which the offer ended without one.
    answered_on: Option<Date>,
    /// Subject of who answered or withdrew; null where nobody did.
    answered_by: Option<String>,
    /// Why it is offered; left out in lists, for the office that is asked once the offer has ended without a hand-over, and where the
    /// person is erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Who the person is; only for the office that is asked, while it is to answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    offered: Option<OfferedCaseResponse>,
    /// Why it was refused; left out in lists, and only for the office that offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<String>,
}

/// A page of hand-overs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HandOverList {
    /// The hand-overs, in the order in which they were offered.
    items: Vec<HandOverResponse>,
    /// Cursor of the next page; null on the last.
    next: Option<String>,
}

/// Which hand-overs to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HandOversQuery {
    /// Only those of this case.
    case: Option<Uuid>,
    /// Only what is offered by the municipality (`out`), or to it (`in`).
    #[param(inline)]
    direction: Option<HandOverDirection>,
    /// Only those with this status: `offered` is what waits for an answer.
    #[param(inline)]
    status: Option<HandOverStatus>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<Uuid>,
}

impl From<OfferHandOver> for NewHandOver {
    fn from(request: OfferHandOver) -> Self {
        Self { to: request.to.0, reason: request.reason.0 }
    }
}

impl OfferedCaseResponse {
    fn of(offered: OfferedCase) -> Option<Self> {
        let (methodology, status) = offered.of_model()?;
        let OfferedCase { personal_code, identification_number, given_name, family_name, .. } = offered;
        Some(Self {
            personal_code,
            identification_number,
            given_name,
            family_name,
            methodology: Methodology(methodology),
            application_status: ApplicationStatus(status),
        })
    }
}

impl HandOverResponse {
    /// What a list shows to an office.
    pub(crate) fn listed(summary: &HandOverSummary, office: MunicipalityCode) -> Self {
        let direction = Direction::of(office, summary.to);
        let person_id = match direction {
            Direction::In => summary.received_person_id,
            Direction::Out => summary.person_id,
        };
        Self {
            id: summary.id,
            direction: HandOverDirection(direction),
            case_id: summary.application_id,
            person_id,
            from: summary.from.to_string(),
            to: summary.to.to_string(),
            status: HandOverStatus(summary.status),
            offered_on: Date(summary.offered_on),
            offered_by: summary.offered_by.clone(),
            answered_on: summary.answered_on.map(Date),
            answered_by: summary.answered_by.clone(),
            reason: None,
            offered: None,
            refusal: None,
        }
    }

    fn new(hand_over: &HandOver, office: MunicipalityCode) -> Self {
        let listed = Self::listed(&hand_over.summary, office);
        let told = hand_over.offered.clone().filter(|_| listed.direction.0 == Direction::In);
        Self {
            reason: hand_over.reason.clone(),
            offered: told.and_then(OfferedCaseResponse::of),
            refusal: hand_over.refusal.clone(),
            ..listed
        }
    }
}

/// An invented hand-over without its words.
pub(crate) fn listed(direction: &str, status: &str) -> Value {
    let answered = status != "offered";
    json!({
        "id": "018bcfe5-6800-7000-8000-000000000004", "direction": direction,
        "case_id": "018bcfe5-6800-7000-8000-000000000002",
        "person_id": (answered || direction == "out").then_some("018bcfe5-6800-7000-8000-000000000001"),
        "from": "0001000", "to": "0040000", "status": status, "offered_on": "2023-09-01", "offered_by": "demo-office-head",
        "answered_on": answered.then_some("2023-09-05"), "answered_by": answered.then_some("demo-office-head"),
    })
}

fn with(mut example: Value, words: Value) -> Value {
    if let (Some(members), Value::Object(words)) = (example.as_object_mut(), words) {
        members.extend(words);
    }
    example
}

fn offer() -> Value {
    with(listed("out", "offered"), json!({"reason": "Deklarētā dzīvesvieta mainīta."}))
}

fn asked() -> Value {
    with(
        listed("in", "offered"),
        json!({"reason": "Deklarētā dzīvesvieta mainīta.", "offered": {
            "personal_code": "320000-00001", "identification_number": null, "given_name": "Izdomāta", "family_name": "Paraudziņa",
            "methodology": "children-2023", "application_status": "granted",
        }}),
    )
}

fn accepted() -> Value {
    with(listed("in", "accepted"), json!({"reason": "Deklarētā dzīvesvieta mainīta."}))
}

fn refused() -> Value {
    with(listed("in", "refused"), json!({"person_id": null}))
}

fn withdrawn() -> Value {
    with(listed("out", "withdrawn"), json!({"reason": "Deklarētā dzīvesvieta mainīta."}))
}

fn shown(call: &Call<'_>, hand_over: &HandOver, language: Language, mut response: HttpResponseBuilder) -> HttpResponse {
    response
        .insert_header((ETAG, etag(hand_over.summary.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language)))
        .json(HandOverResponse::new(hand_over, call.scope.municipality))
}

/// Offer a case to another municipality
///
/// The person moves: the office offers the case to the municipality where the person will live. It goes there only when that office
/// accepts, and stays here with all duties until then. A case is offered to one municipality at a time, and not once its plan was
/// signed: its accounts stay. An offer lapses when the case is closed or its plan signed. Both offices see it in their events and audit
/// chains. With an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "hand-overs",
    params(("id" = Uuid, Path, description = "Identifier of the application"), IdempotencyKey),
    request_body(content = OfferHandOver, example = json!({"to": "0040000", "reason": "Deklarētā dzīvesvieta mainīta."})),
    responses(
        (status = 201, description = "The hand-over", body = HandOverResponse, example = json!(offer())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = ["applications:hand-over"])),
    extensions(("x-roles" = json!(["office_head", "integrator"]))),
)]
#[post("/v1/applications/{id}/hand-over")]
pub(crate) async fn offer_hand_over(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    id: Path<String>,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(OFFER)?;
    let case = preconditions::id(&id)?;
    let new: OfferHandOver = body::parse(&body.0)?;
    let hash = key.request_hash(&format!("POST /v1/applications/{case}/hand-over"), &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let office = call.scope.municipality;
    let answer = |offer: &HandOver| recorded(&HandOverResponse::new(offer, office));
    let municipalities = &state.parameters.municipalities;
    let answer = state.app.offer_hand_over(&call, municipalities, case, new.into(), answer).await?;
    created(answer, Some("/v1/hand-overs"), Some(1), language.0)
}

/// List hand-overs
///
/// What the municipality offers to others and what is offered to it, in the order of the offers, without personal data and words. A
/// recipient sees those of the persons for whom the caller speaks today. The read of those of a case is recorded in the access log.
#[utoipa::path(
    tag = "hand-overs",
    params(HandOversQuery),
    responses(
        (status = 200, description = "A page of hand-overs", body = HandOverList,
            example = json!({"items": [listed("in", "offered")], "next": null})),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["hand-overs:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "recipient", "integrator"]))),
)]
#[get("/v1/hand-overs")]
pub(crate) async fn list_hand_overs(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<HandOversQuery>,
) -> Result<Localised<HandOverList>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let HandOversQuery { case, direction, status, limit, cursor } = query.0;
    let limit = page_size(limit)?;
    let (direction, status) = (direction.map(|direction| direction.0), status.map(|status| status.0));
    let filter = HandOverFilter { application: case, direction, status, after: cursor };
    let found = state.app.list_hand_overs(&call, filter, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |hand_over| hand_over.id);
    let office = call.scope.municipality;
    let items = found.iter().map(|hand_over| HandOverResponse::listed(hand_over, office)).collect();
    Ok(Localised(HandOverList { items, next }, language.0))
}

/// Get a hand-over
///
/// One hand-over with its words, and the `ETag` that an answer needs. The office that is asked is told who the person is, by personal
/// code and names, the methodology, and whether a budget is granted: what it needs to look up whether the person lives there. Of health,
/// family, contact and money it learns with the case. Once the offer has ended without a hand-over, it is told nothing of the person any
/// more. The read is recorded in the access log; that of the office that is asked also where the case is.
#[utoipa::path(
    tag = "hand-overs",
    params(("id" = Uuid, Path, description = "Identifier of the hand-over")),
    responses(
        (status = 200, description = "The hand-over", body = HandOverResponse, example = json!(asked())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["hand-overs:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "recipient", "integrator"]))),
)]
#[get("/v1/hand-overs/{id}")]
pub(crate) async fn get_hand_over(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let found = state.app.get_hand_over(&call, preconditions::id(&id)?).await?;
    Ok(shown(&call, &found, language.0, HttpResponse::Ok()))
}

/// Accept a case
///
/// The case goes over on this day: the application, its acts, its budget and everything else of it. Where this municipality knows the
/// person, it keeps the names and contact that it has. Afterwards the case is here, and there no more; both offices see it in their events
/// and audit chains. What the offer needed must still hold.
#[utoipa::path(
    tag = "hand-overs",
    params(("id" = Uuid, Path, description = "Identifier of the hand-over"), IfMatch),
    responses(
        (status = 201, description = "The hand-over", body = HandOverResponse, example = json!(accepted())),
        AccessFailures, Failures, Missing, PreconditionFailures,
    ),
    security(("bearer" = ["hand-overs:answer"])),
    extensions(("x-roles" = json!(["office_head", "integrator"]))),
)]
#[post("/v1/hand-overs/{id}/acceptance")]
pub(crate) async fn accept_hand_over(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(ANSWER)?, request_id);
    let accepted = state.app.accept_hand_over(&call, (preconditions::id(&id)?, version.0)).await?;
    Ok(shown(&call, &accepted, language.0, HttpResponse::Created()))
}

/// Refuse a case
///
/// The office that is asked does not take the case on, and tells why. The case stays where it is, and may be offered anew.
#[utoipa::path(
    tag = "hand-overs",
    params(("id" = Uuid, Path, description = "Identifier of the hand-over"), IfMatch),
    request_body(content = RefuseHandOver, example = json!({"reason": "Persona šeit nav deklarējusi dzīvesvietu."})),
    responses(
        (status = 201, description = "The hand-over", body = HandOverResponse, example = json!(refused())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["hand-overs:answer"])),
    extensions(("x-roles" = json!(["office_head", "integrator"]))),
)]
#[post("/v1/hand-overs/{id}/refusal")]
pub(crate) async fn refuse_hand_over(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<RefuseHandOver>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(ANSWER)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let refused = state.app.refuse_hand_over(&call, of, body.0.reason.0).await?;
    Ok(shown(&call, &refused, language.0, HttpResponse::Created()))
}

/// Take an offer back
///
/// The office that offered a case takes the offer back while it waits for an answer. The case stays where it is.
#[utoipa::path(
    tag = "hand-overs",
    params(("id" = Uuid, Path, description = "Identifier of the hand-over"), IfMatch),
    responses(
        (status = 201, description = "The hand-over", body = HandOverResponse, example = json!(withdrawn())),
        AccessFailures, Failures, Missing, PreconditionFailures,
    ),
    security(("bearer" = ["applications:hand-over"])),
    extensions(("x-roles" = json!(["office_head", "integrator"]))),
)]
#[post("/v1/hand-overs/{id}/withdrawal")]
pub(crate) async fn withdraw_hand_over(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(OFFER)?, request_id);
    let withdrawn = state.app.withdraw_hand_over(&call, (preconditions::id(&id)?, version.0)).await?;
    Ok(shown(&call, &withdrawn, language.0, HttpResponse::Created()))
}
