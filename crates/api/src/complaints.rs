//! `/v1/complaints`: the complaint register of an office. Complaints about ethics go to the head, and without who complains to the
//! ministry.

use actix_web::{
    HttpResponse, HttpResponseBuilder, get,
    http::header::{CONTENT_LANGUAGE, ETAG},
    post,
    web::{Data, Path},
};
use balsts_app::{Call, Complaint, ComplaintFilter, ComplaintSummary, NewComplaint};
use balsts_domain::{
    access::{NO_MACHINE, NationalPermission, Permission, Role, Scope},
    complaints::ComplaintWords,
    text::Language,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiState,
    body::{self, Json, Query, RawJson},
    bounds::{Label, Sentences},
    i18n::{Accepted, Localised},
    identity::Identified,
    names::{ComplaintAbout, ComplaintStatus},
    pages::{cut, page_size},
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, etag, recorded},
    problem::{
        AccessFailures, ApiError, BodyFailures, Conflict, Failures, Missing, PreconditionFailures, language_tag,
    },
    types::Date,
};

const COMPLAIN: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Recipient], scope: NO_MACHINE };
/// The head of the office, who sees everything.
const HEAD: Permission = Permission { municipal: &[Role::OfficeHead], scope: NO_MACHINE };
const ANSWER: Permission = Permission { municipal: &[Role::SocialWorker], scope: NO_MACHINE };
const READ: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::Auditor, Role::Recipient], scope: NO_MACHINE };
const READ_ETHICS: NationalPermission = NationalPermission(&[Role::MinistryReviewer]);

/// A complaint as it comes in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TakeComplaint {
    /// What it is about.
    about: ComplaintAbout,
    /// Identifier of the case that it is about, where it is about one.
    case: Option<Uuid>,
    /// Nothing is to tell who makes it: the answer cannot be read by who complains either.
    #[serde(default)]
    anonymous: bool,
    /// Name and contacts of who complains; required where it is not anonymous. Only the head of the office sees them.
    informant: Option<Label>,
    /// What it is about, in a few words.
    subject: Label,
    /// In words.
    text: Sentences,
}

/// The answer to a complaint.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswerComplaint {
    /// In words.
    text: Sentences,
}

/// A complaint.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Complaint)]
pub(crate) struct ComplaintResponse {
    /// Identifier.
    id: Uuid,
    /// ATVK code of the municipality.
    #[schema(example = "0001000")]
    municipality: String,
    /// What it is about.
    about: ComplaintAbout,
    /// Identifier of the case that it is about.
    case_id: Option<Uuid>,
    /// Nothing tells who made it.
    anonymous: bool,
    /// Where it stands.
    status: ComplaintStatus,
    /// The day on which it came in.
    received_on: Date,
    /// The day of the answer; null before.
    answered_on: Option<Date>,
    /// Subject of who answered.
    answered_by: Option<String>,
    /// Name and contacts of who complains; for the head of the office and who complains only.
    #[serde(skip_serializing_if = "Option::is_none")]
    informant: Option<String>,
    /// What it is about, in a few words; left out in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    /// In words; left out in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// The answer; left out in lists and before it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
}

/// A page of complaints.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ComplaintList {
    /// The complaints, in the order in which they came in.
    items: Vec<ComplaintResponse>,
    /// Cursor of the next page; null on the last.
    next: Option<String>,
}

/// Which complaints to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ComplaintsQuery {
    /// Only those about this.
    #[param(inline)]
    about: Option<ComplaintAbout>,
    /// Only those with this status.
    #[param(inline)]
    status: Option<ComplaintStatus>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<Uuid>,
}

impl From<TakeComplaint> for NewComplaint {
    fn from(request: TakeComplaint) -> Self {
        let TakeComplaint { about, case, anonymous, informant, subject, text } = request;
        let informant = informant.map(|name| name.0);
        let words = ComplaintWords { subject: subject.0, text: text.0, informant, answer: None };
        Self { about: about.0, case, anonymous, words }
    }
}

impl From<&ComplaintSummary> for ComplaintResponse {
    fn from(complaint: &ComplaintSummary) -> Self {
        Self {
            id: complaint.id,
            municipality: complaint.municipality.to_string(),
            about: ComplaintAbout(complaint.about),
            case_id: complaint.application_id,
            anonymous: complaint.anonymous,
            status: ComplaintStatus(complaint.status),
            received_on: Date(complaint.received_on),
            answered_on: complaint.answered_on.map(Date),
            answered_by: complaint.answered_by.clone(),
            informant: None,
            subject: None,
            text: None,
            answer: None,
        }
    }
}

impl From<&Complaint> for ComplaintResponse {
    fn from(complaint: &Complaint) -> Self {
        let ComplaintWords { subject, text, informant, answer } = complaint.words.clone();
        Self { informant, subject: Some(subject), text: Some(text), answer, ..Self::from(&complaint.summary) }
    }
}

/// The scope of a caller who reads: the head comes first, as who is a worker as well sees everything.
fn reader(caller: &Identified) -> Result<Scope, ApiError> {
    caller.scope(HEAD).or_else(|_| caller.national_or_municipal(READ_ETHICS, READ))
}

fn listed() -> Value {
    json!({
        "id": "018bcfe5-6800-7000-8000-000000000026", "municipality": "0001000", "about": "service", "case_id": null,
        "anonymous": true, "status": "open", "received_on": "2023-05-02", "answered_on": null, "answered_by": null,
    })
}

fn example() -> Value {
    let mut example = listed();
    if let Some(members) = example.as_object_mut() {
        members.insert("subject".to_owned(), json!("Aprūpe mājās"));
        members.insert("text".to_owned(), json!("Aprūpētājs regulāri kavējas."));
    }
    example
}

fn shown(complaint: &Complaint, language: Language, mut response: HttpResponseBuilder) -> HttpResponse {
    response
        .insert_header((ETAG, etag(complaint.summary.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language)))
        .json(ComplaintResponse::from(complaint))
}

/// Complain
///
/// A complaint about a service or about ethics, with the name of who complains or anonymous: of an anonymous one nothing that is stored
/// tells the caller. With an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "complaints",
    params(IdempotencyKey),
    request_body(content = TakeComplaint, example = json!({
        "about": "service", "anonymous": true, "subject": "Aprūpe mājās", "text": "Aprūpētājs regulāri kavējas.",
    })),
    responses(
        (status = 201, description = "The complaint", body = ComplaintResponse, example = json!(example())),
        AccessFailures, Conflict, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "recipient"]))),
)]
#[post("/v1/complaints")]
pub(crate) async fn take_complaint(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let scope = caller.scope(COMPLAIN)?;
    let new: TakeComplaint = body::parse(&body.0)?;
    let hash = key.request_hash("POST /v1/complaints", &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |complaint: &Complaint| recorded(&ComplaintResponse::from(complaint));
    let answer = state.app.take_complaint(&call, new.into(), answer).await?;
    created(answer, Some("/v1/complaints"), Some(1), language.0)
}

/// List complaints
///
/// The complaints that the caller sees, in the order in which they came in, without what is written in them: the head of the office
/// all, a worker those about services, a recipient the own ones, the ministry those about ethics of the whole country.
#[utoipa::path(
    tag = "complaints",
    params(ComplaintsQuery),
    responses(
        (status = 200, description = "A page of complaints", body = ComplaintList,
            example = json!({"items": [listed()], "next": null})),
        AccessFailures, Failures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "ministry_reviewer", "recipient", "auditor"]))),
)]
#[get("/v1/complaints")]
pub(crate) async fn list_complaints(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<ComplaintsQuery>,
) -> Result<Localised<ComplaintList>, ApiError> {
    let call = state.call(reader(&caller)?, request_id);
    let ComplaintsQuery { about, status, limit, cursor } = query.0;
    let limit = page_size(limit)?;
    let (about, status) = (about.map(|about| about.0), status.map(|status| status.0));
    let filter = ComplaintFilter { about, status, after: cursor };
    let found = state.app.list_complaints(&call, filter, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |complaint| complaint.id);
    let items = found.iter().map(ComplaintResponse::from).collect();
    Ok(Localised(ComplaintList { items, next }, language.0))
}

/// Get a complaint
///
/// One complaint with its words, and the `ETag` that an answer needs. Only the head of the office and who complains see the name. The
/// read is recorded in the access log.
#[utoipa::path(
    tag = "complaints",
    params(("id" = Uuid, Path, description = "Identifier of the complaint")),
    responses(
        (status = 200, description = "The complaint", body = ComplaintResponse, example = json!(example())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "ministry_reviewer", "recipient", "auditor"]))),
)]
#[get("/v1/complaints/{id}")]
pub(crate) async fn get_complaint(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(reader(&caller)?, request_id);
    let complaint = state.app.get_complaint(&call, preconditions::id(&id)?).await?;
    Ok(shown(&complaint, language.0, HttpResponse::Ok()))
}

/// Answer a complaint
///
/// The office answers, the head what is about ethics. It never changes afterwards.
#[utoipa::path(
    tag = "complaints",
    params(("id" = Uuid, Path, description = "Identifier of the complaint"), IfMatch),
    request_body(content = AnswerComplaint, example = json!({"text": "Sniedzējs ir mainījis grafiku."})),
    responses(
        (status = 201, description = "The complaint", body = ComplaintResponse, example = json!(example())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["social_worker", "office_head"]))),
)]
#[post("/v1/complaints/{id}/answer")]
pub(crate) async fn answer_complaint(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<AnswerComplaint>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(HEAD).or_else(|_| caller.scope(ANSWER))?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let complaint = state.app.answer_complaint(&call, of, body.0.text.0).await?;
    Ok(shown(&complaint, language.0, HttpResponse::Created()))
}
