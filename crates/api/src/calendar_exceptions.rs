//! `/v1/calendar-exceptions`: the days on which an office departs from the calendar of the country.

use actix_web::{
    HttpResponse, delete, get,
    http::header::CONTENT_LANGUAGE,
    put,
    web::{Data, Path},
};
use balsts_app::OfficeDay;
use balsts_domain::{
    access::{Permission, Role},
    calendar::CalendarException,
    text::Message,
};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiState,
    body::{Json, Query},
    bounds::Label,
    i18n::{Accepted, Localised},
    identity::Identified,
    preconditions::RequestId,
    problem::{AccessFailures, ApiError, BodyFailures, Failures, Missing, language_tag},
    types::Date,
};

const READ: Permission = Permission {
    municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Accountant, Role::Auditor],
    scope: "calendar:read",
};
const WRITE: Permission = Permission { municipal: &[Role::OfficeHead], scope: "calendar:write" };

/// The last year that a date of the contract can have.
const LAST_YEAR: i32 = 9999;

/// Which exceptions to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CalendarExceptionsQuery {
    /// Those of this year; the present one where left out.
    #[param(minimum = 1, maximum = 9999, example = 2023)]
    year: Option<u16>,
}

/// Whether an office works on a day.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeclareCalendarException {
    /// The office works on the day.
    working: bool,
    /// Why. No personal data.
    reason: Label,
}

/// A day on which the office departs from the calendar of the country.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CalendarExceptionResponse {
    /// Identifier, as events name it.
    id: Uuid,
    /// The day.
    date: Date,
    /// The office works on the day.
    working: bool,
    /// Why.
    reason: String,
}

/// The exceptions of a year.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CalendarExceptionList {
    /// The exceptions in order of time.
    items: Vec<CalendarExceptionResponse>,
}

impl From<OfficeDay> for CalendarExceptionResponse {
    fn from(day: OfficeDay) -> Self {
        let OfficeDay { id, exception: CalendarException { date, working, reason } } = day;
        Self { id, date: Date(date), working, reason }
    }
}

/// List calendar exceptions
///
/// The days of a year on which the municipality's office departs from the calendar of the country. Its deadlines are counted
/// with them.
#[utoipa::path(
    tag = "calendar",
    params(CalendarExceptionsQuery),
    responses(
        (status = 200, description = "The exceptions", body = CalendarExceptionList, example = json!({
            "items": [{"id": "018bcfe5-6800-7000-8000-000000000004", "date": "2023-03-08", "working": false,
                "reason": "Darbinieku mācību diena"}],
        })),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["calendar:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "accountant", "auditor", "integrator"]))),
)]
#[get("/v1/calendar-exceptions")]
pub(crate) async fn list_calendar_exceptions(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<CalendarExceptionsQuery>,
) -> Result<Localised<CalendarExceptionList>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let (from, to) = year(query.0.year.map_or_else(|| state.today().year(), i32::from))?;
    let days = state.app.list_calendar_exceptions(&call, from, to).await?;
    let items = days.into_iter().map(CalendarExceptionResponse::from).collect();
    Ok(Localised(CalendarExceptionList { items }, language.0))
}

/// The first and the last day of a year.
fn year(year: i32) -> Result<(NaiveDate, NaiveDate), ApiError> {
    let refused = |key, code, limit: i32| ApiError::unfit("/year", code, Message::new(key).with("limit", limit));
    if year < 1 {
        return Err(refused("fault-minimum", "too_small", 1));
    }
    let day = |month, day| NaiveDate::from_ymd_opt(year, month, day).filter(|_| year <= LAST_YEAR);
    day(1, 1).zip(day(12, 31)).ok_or_else(|| refused("fault-maximum", "too_large", LAST_YEAR))
}

/// Declare a calendar exception
///
/// Declares that the office works on a free day or is closed on a working day of the country's calendar. Deadlines that are set from now on
/// count with it; those that are set already do not move.
#[utoipa::path(
    tag = "calendar",
    params(("date" = Date, Path, description = "The day")),
    request_body(content = DeclareCalendarException, example = json!({"working": false, "reason": "Darbinieku mācību diena"})),
    responses(
        (status = 200, description = "The exception, which replaces one that was there", body = CalendarExceptionResponse,
            example = json!({"id": "018bcfe5-6800-7000-8000-000000000004", "date": "2023-03-08", "working": false,
                "reason": "Darbinieku mācību diena"})),
        (status = 201, description = "The exception, which is new", body = CalendarExceptionResponse,
            example = json!({"id": "018bcfe5-6800-7000-8000-000000000004", "date": "2023-03-08", "working": false,
                "reason": "Darbinieku mācību diena"})),
        AccessFailures, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = ["calendar:write"])),
    extensions(("x-roles" = json!(["office_head", "integrator"]))),
)]
#[put("/v1/calendar-exceptions/{date}")]
pub(crate) async fn declare_calendar_exception(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    date: Path<String>,
    body: Json<DeclareCalendarException>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    let DeclareCalendarException { working, reason } = body.0;
    let exception = CalendarException { date: day(&date)?, working, reason: reason.0 };
    if !state.parameters.calendar.is_departed_from_by(&exception) {
        let message = Message::new("calendar-exception-says-nothing").with("date", exception.date);
        return Err(ApiError::refuse("/working", "same_as_calendar", message));
    }
    let (declared, is_new) = state.app.declare_calendar_exception(&call, exception).await?;
    let mut response = if is_new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(response
        .insert_header((CONTENT_LANGUAGE, language_tag(language.0)))
        .json(CalendarExceptionResponse::from(declared)))
}

/// Withdraw a calendar exception
///
/// The day is again as in the calendar of the country. Deadlines that are set already do not move.
#[utoipa::path(
    tag = "calendar",
    params(("date" = Date, Path, description = "The day")),
    responses(
        (status = 204, description = "The exception is withdrawn"),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["calendar:write"])),
    extensions(("x-roles" = json!(["office_head", "integrator"]))),
)]
#[delete("/v1/calendar-exceptions/{date}")]
pub(crate) async fn withdraw_calendar_exception(
    caller: Identified,
    state: Data<ApiState>,
    request_id: RequestId,
    date: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(WRITE)?, request_id);
    state.app.withdraw_calendar_exception(&call, day(&date)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A day in a path. What is none is not found.
fn day(text: &str) -> Result<NaiveDate, ApiError> {
    Date::parse(text).ok_or(ApiError::NotFound)
}
