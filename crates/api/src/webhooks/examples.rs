//! The examples of webhooks.

use balsts_app::{Webhook, WebhookSecret};
use balsts_domain::{events::EventType, webhooks::WebhookStatus};
use chrono::DateTime;
use serde_json::Value;
use uuid::Uuid;

use super::response::WebhookResponse;

fn webhook() -> Webhook {
    Webhook {
        id: Uuid::from_u128(0x018b_cfe5_6800_7000_8000_0000_0000_0005),
        url: "https://hooks.example/balsts".to_owned(),
        event_types: Some(vec![EventType::ApplicationRegistered, EventType::ApplicationGranted]),
        status: WebhookStatus::Active,
        delivered_up_to: Some(Uuid::from_u128(0x018b_cfe5_6800_7000_8000_0000_0000_0003)),
        failures: 0,
        failing_since: None,
        next_attempt_at: DateTime::UNIX_EPOCH,
        version: 1,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    }
}

/// A webhook as it is shown.
pub(super) fn shown() -> Value {
    serde_json::to_value(WebhookResponse::from(&webhook())).unwrap_or_default()
}

/// The same in the answer that tells the secret: here one of zeros.
pub(super) fn made() -> Value {
    serde_json::to_value(WebhookResponse::with_secret(&webhook(), &WebhookSecret([0; 32]))).unwrap_or_default()
}
