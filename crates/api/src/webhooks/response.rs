//! The answers of `/v1/webhooks`.

use balsts_app::{Webhook, WebhookDelivery, WebhookSecret};
use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::names::{DeliveryFailure, EventType, WebhookStatus};

/// Where events are delivered to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhookResponse {
    /// Identifier.
    id: Uuid,
    /// The receiver.
    #[schema(example = "https://hooks.example/balsts")]
    url: String,
    /// The types of events that are delivered; null for all.
    types: Option<Vec<EventType>>,
    /// Where it stands.
    status: WebhookStatus,
    /// The last event that was delivered, or passed over because of its type; null before the first.
    delivered_up_to: Option<Uuid>,
    /// Attempts in a row that failed.
    failures: u32,
    /// Since when they fail; null if they do not.
    #[schema(value_type = Option<String>, format = DateTime)]
    failing_since: Option<DateTime<Utc>>,
    /// When it is tried again; null if nothing failed.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_attempt_at: Option<DateTime<Utc>>,
    /// The key of the signatures, in the answer that made it only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    secret: Option<String>,
    /// When it was set up.
    #[schema(value_type = String, format = DateTime)]
    created_at: DateTime<Utc>,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: DateTime<Utc>,
}

impl From<&Webhook> for WebhookResponse {
    fn from(webhook: &Webhook) -> Self {
        let types = webhook.event_types.as_ref();
        Self {
            id: webhook.id,
            url: webhook.url.clone(),
            types: types.map(|types| types.iter().copied().map(EventType).collect()),
            status: WebhookStatus(webhook.status),
            delivered_up_to: webhook.delivered_up_to,
            failures: webhook.failures,
            failing_since: webhook.failing_since,
            next_attempt_at: webhook.failing_since.map(|_| webhook.next_attempt_at),
            secret: None,
            created_at: webhook.created_at,
            updated_at: webhook.updated_at,
        }
    }
}

impl WebhookResponse {
    pub(super) fn with_secret(webhook: &Webhook, secret: &WebhookSecret) -> Self {
        Self { secret: Some(format!("whsec_{}", BASE64_STANDARD.encode(secret.0))), ..Self::from(webhook) }
    }
}

/// A page of webhooks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhookList {
    /// The webhooks.
    pub(super) items: Vec<WebhookResponse>,
    /// Cursor of the next page; null on the last.
    pub(super) next: Option<String>,
}

/// An attempt to deliver an event.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhookDeliveryResponse {
    /// Identifier; later attempts have greater ones.
    id: Uuid,
    /// The event.
    event_id: Uuid,
    /// Which attempt in a row it was, from 1.
    attempt: u32,
    /// When it ended.
    #[schema(value_type = String, format = DateTime)]
    at: DateTime<Utc>,
    /// HTTP status of the answer; null if there was none.
    status: Option<u16>,
    /// Why there was no answer; null if there was one.
    failure: Option<DeliveryFailure>,
}

impl From<WebhookDelivery> for WebhookDeliveryResponse {
    fn from(delivery: WebhookDelivery) -> Self {
        let WebhookDelivery { id, event_id, attempt, at, outcome } = delivery;
        Self { id, event_id, attempt, at, status: outcome.ok(), failure: outcome.err().map(DeliveryFailure) }
    }
}

/// A page of attempts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhookDeliveryList {
    /// The attempts, the latest first.
    pub(super) items: Vec<WebhookDeliveryResponse>,
    /// Cursor of the next page; null on the last.
    pub(super) next: Option<String>,
}
