//! `/v1/events`: what happened to the municipality's data, as CloudEvents, to be read again from any place.

use actix_web::{get, web::Data};
use balsts_app::Event;
use balsts_domain::access::{Permission, Role};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiState,
    body::Query,
    i18n::{Accepted, Localised},
    identity::Identified,
    pages::{cut, page_size},
    preconditions::RequestId,
    problem::{AccessFailures, ApiError, Failures},
};

const READ: Permission = Permission { municipal: &[Role::OfficeHead, Role::Auditor], scope: "events:read" };

/// Where to read on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventsQuery {
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// The identifier of the last event that was read.
    cursor: Option<Uuid>,
}

/// Something that happened (CloudEvents 1.0).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventResponse {
    /// Version of CloudEvents.
    #[schema(example = "1.0")]
    specversion: &'static str,
    /// Identifier; later events have greater ones.
    id: Uuid,
    /// Where it happened.
    #[schema(example = "/v1/applications")]
    source: &'static str,
    /// What happened.
    #[schema(example = "application.registered")]
    r#type: String,
    /// Identifier of what it happened to.
    subject: Uuid,
    /// When.
    #[schema(value_type = String, format = DateTime, example = "2023-03-01T07:30:00Z")]
    time: DateTime<Utc>,
}

/// A page of events.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventList {
    /// The events, oldest first.
    items: Vec<EventResponse>,
    /// Cursor of the next page; null on the last.
    next: Option<String>,
}

impl From<Event> for EventResponse {
    fn from(event: Event) -> Self {
        let Event { id, kind, resource_id, at } = event;
        Self { specversion: "1.0", id, source: source(&kind), r#type: kind, subject: resource_id, time: at }
    }
}

/// The path of what a kind of event begins with.
fn source(kind: &str) -> &'static str {
    match kind.split('.').next() {
        Some("assessment") => "/v1/assessments",
        Some("attachment") => "/v1/attachments",
        Some("complaint") => "/v1/complaints",
        Some("consultation") => "/v1/consultations",
        Some("delivery") => "/v1/deliveries",
        Some("goal_result") => "/v1/goal-results",
        Some("hand_over") => "/v1/hand-overs",
        Some("invoice") => "/v1/invoices",
        Some("monthly_report") => "/v1/monthly-reports",
        Some("payment_run") => "/v1/payment-runs",
        Some("provider_notice") => "/v1/provider-notices",
        Some("risk") => "/v1/risks",
        // Ratings are there for their case, and as statistics.
        Some("satisfaction") => "/v1/satisfaction-statistics",
        Some("survey") => "/v1/surveys",
        Some("budget") => "/v1/budgets",
        Some("budget_manager") => "/v1/budget-managers",
        Some("document") => "/v1/documents",
        Some("calendar_exception") => "/v1/calendar-exceptions",
        Some("offer") => "/v1/offers",
        Some("provider") => "/v1/providers",
        Some("methodology_version") => "/v1/methodology-versions",
        Some("order") => "/v1/orders",
        Some("person_request") => "/v1/person-requests",
        Some("pilot_report") => "/v1/pilot-reports",
        Some("plan") => "/v1/plans",
        Some("plan_schedule") => "/v1/plan-schedules",
        Some("office") => "/v1/office",
        Some("person") => "/v1/persons",
        Some("conflict") => "/v1/conflicts-of-interest",
        Some("privacy_record") => "/v1/privacy-records",
        Some("representative") => "/v1/representatives",
        Some("role_grant") => "/v1/role-grants",
        Some("service_proposal") => "/v1/service-proposals",
        _ => "/v1/applications",
    }
}

/// An event as JSON, as it is listed and delivered.
#[must_use]
pub fn cloud_event(event: Event) -> Vec<u8> {
    serde_json::to_vec(&EventResponse::from(event)).unwrap_or_default()
}

/// List events
///
/// What happened to the municipality's data, oldest first, as CloudEvents without personal data. Whoever keeps the identifier
/// of the last event can read on from there at any time.
#[utoipa::path(
    tag = "events",
    params(EventsQuery),
    responses(
        (status = 200, description = "A page of events", body = EventList, example = json!({
            "items": [{"specversion": "1.0", "id": "018bcfe5-6800-7000-8000-000000000003", "source": "/v1/applications",
                "type": "application.registered", "subject": "018bcfe5-6800-7000-8000-000000000002",
                "time": "2023-03-01T07:30:00Z"}],
            "next": null,
        })),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["events:read"])),
    extensions(("x-roles" = json!(["office_head", "auditor", "integrator"]))),
)]
#[get("/v1/events")]
pub(crate) async fn list_events(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Query<EventsQuery>,
) -> Result<Localised<EventList>, ApiError> {
    let call = state.call(caller.scope(READ)?, request_id);
    let limit = page_size(query.0.limit)?;
    let events = state.app.list_events(&call, query.0.cursor, limit.saturating_add(1)).await?;
    let (events, next) = cut(events, limit, |event| event.id);
    let items = events.into_iter().map(EventResponse::from).collect();
    Ok(Localised(EventList { items, next }, language.0))
}

#[cfg(test)]
mod tests {
    use balsts_domain::events::EventType;

    use super::*;
    use crate::openapi;

    #[test]
    fn the_source_of_an_event_is_a_path_of_the_document() {
        for kind in EventType::ALL.iter().map(|kind| kind.as_str()) {
            let path = source(kind);
            let noun = kind.split('.').next().unwrap().replace('_', "-");
            // A delivery, of many deliveries.
            assert!(path.starts_with(&format!("/v1/{}", noun.trim_end_matches('y'))), "{kind}: {path}");
            // Of a list, or of what is there under its identifier only; a person is, by what is told of it.
            let paths = [path.to_owned(), format!("{path}/{{id}}"), format!("{path}/{{id}}/accesses")];
            assert!(paths.iter().any(|path| openapi::takes_query(path, "GET").is_some()), "{kind}: {path}");
        }
    }
}
