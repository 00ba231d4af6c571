//! `/v1/working-days`: the Latvian calendar and its deadlines.

use actix_web::{get, web::Data};
use balsts_domain::{calendar::CalendarOptions, text::Message};
use chrono::Datelike;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    ApiState,
    body::Query,
    i18n::{Accepted, Localised},
    problem::{ApiError, Failures, Refused},
    types::Date,
};

/// The longest stretch that is listed.
const MOST_DAYS: i64 = 3_660;

/// What to count.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WorkingDaysQuery {
    /// First day; with `days` the day of the event, which does not count.
    #[param(value_type = String, format = Date, example = "2023-04-28")]
    from: Date,
    /// Last day. Give either this or `days`.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
    /// So many working days after `from`. Give either this or `to`.
    #[param(minimum = 0, maximum = 1000, example = 10)]
    days: Option<u16>,
    /// Follow the moved working days of state institutions; municipalities need not.
    moved_working_days: Option<bool>,
}

/// A public holiday.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HolidayResponse {
    /// The free day.
    date: Date,
    /// Name.
    name: String,
    /// It stands for a holiday that fell on a weekend.
    observed: bool,
}

/// A working day exchanged for another.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MovedWorkingDayResponse {
    /// The working day that is free.
    off: Date,
    /// The free day that is worked instead.
    worked: Date,
}

/// A stretch of days.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WorkingDaysResponse {
    /// First day.
    from: Date,
    /// Last day: with `days` the working day that ends the period.
    to: Date,
    /// Number of working days: after `from` where `days` was asked for, else both ends included.
    count: usize,
    /// The working days that were counted.
    working_days: Vec<Date>,
    /// The public holidays of the stretch.
    holidays: Vec<HolidayResponse>,
    /// The moved working days that touch the stretch, followed or not.
    moved_working_days: Vec<MovedWorkingDayResponse>,
}

/// Count working days
///
/// Monday to Friday less the public holidays. With `days`, the deadline of a period that an event on `from` starts: the day
/// of the event does not count and the last working day ends it. With `to`, the working days from one day to the other.
#[utoipa::path(
    tag = "catalogue",
    params(WorkingDaysQuery),
    responses(
        (status = 200, description = "The working days", body = WorkingDaysResponse, example = json!({
            "from": "2023-11-16", "to": "2023-11-21", "count": 2, "working_days": ["2023-11-17", "2023-11-21"],
            "holidays": [{"date": "2023-11-18", "name": "Latvijas Republikas proklamēšanas diena", "observed": false},
                {"date": "2023-11-20", "name": "Latvijas Republikas proklamēšanas diena", "observed": true}],
            "moved_working_days": [],
        })),
        Failures, Refused,
    ),
)]
#[get("/v1/working-days")]
pub(crate) async fn list_working_days(
    state: Data<ApiState>,
    language: Accepted,
    query: Query<WorkingDaysQuery>,
) -> Result<Localised<WorkingDaysResponse>, ApiError> {
    let calendar = &state.parameters.calendar;
    let query = query.0;
    let options = CalendarOptions { moved_working_days: query.moved_working_days.unwrap_or_default() };
    let from = query.from.0;
    let beyond = || ApiError::refuse("/from", "date_out_of_range", Message::new("working-days-beyond-calendar"));
    let (to, working_days) = match (query.to, query.days) {
        (Some(to), None) => {
            let days = to.0.signed_duration_since(from).num_days();
            if days < 0 {
                return Err(ApiError::refuse("/to", "date_out_of_range", Message::new("working-days-to-before-from")));
            }
            if days > MOST_DAYS {
                let message = Message::new("working-days-too-long").with("most", MOST_DAYS);
                return Err(ApiError::refuse("/to", "date_out_of_range", message));
            }
            (to.0, calendar.working_days_between(from, to.0, options))
        }
        (None, Some(days)) if days > 1000 => {
            return Err(ApiError::unfit("/days", "too_large", Message::new("fault-maximum").with("limit", 1000)));
        }
        (None, Some(days)) => {
            let to = calendar.add_working_days(from, days.into(), options).ok_or_else(beyond)?;
            let after = from.succ_opt().ok_or_else(beyond)?;
            (to, calendar.working_days_between(after, to, options))
        }
        _ => return Err(ApiError::refuse("/days", "missing_field", Message::new("working-days-to-or-days"))),
    };
    // Dates of the contract have four digits for the year.
    if to.year() > 9999 {
        return Err(beyond());
    }
    let within = |date: chrono::NaiveDate| from <= date && date <= to;
    let holidays = (from.year()..=to.year()).flat_map(|year| calendar.holidays(year));
    let holidays = holidays.filter(|holiday| within(holiday.date)).map(|holiday| HolidayResponse {
        date: Date(holiday.date),
        name: holiday.name.in_language(language.0).to_owned(),
        observed: holiday.observed,
    });
    let moved = calendar.moved_working_days().iter().filter(|moved| within(moved.off) || within(moved.worked));
    Ok(Localised(
        WorkingDaysResponse {
            from: Date(from),
            to: Date(to),
            count: working_days.len(),
            working_days: working_days.into_iter().map(Date).collect(),
            holidays: holidays.collect(),
            moved_working_days: moved
                .map(|moved| MovedWorkingDayResponse { off: Date(moved.off), worked: Date(moved.worked) })
                .collect(),
        },
        language.0,
    ))
}
