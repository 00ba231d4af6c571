//! The requests of `/v1/webhooks`.

use balsts_app::NewWebhook;
use balsts_domain::webhooks::WebhookStatus;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::names::EventType;

/// The address of a receiver.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, min_length = 1, max_length = 2000, example = "https://hooks.example/balsts")]
pub(crate) struct ReceiverUrl(String);

/// A webhook to be set up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateWebhook {
    /// The receiver: `https://`, on a public address.
    url: ReceiverUrl,
    /// The types of events to deliver; all, those of later versions included, where left out.
    #[schema(min_items = 1, max_items = 100)]
    types: Option<Vec<EventType>>,
}

/// Whether events are delivered.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WantedStatus {
    /// They are.
    Active,
    /// They wait.
    Paused,
}

/// What a webhook is to be from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateWebhook {
    /// The receiver: `https://`, on a public address.
    url: ReceiverUrl,
    /// The types of events to deliver; all, those of later versions included, where left out.
    #[schema(min_items = 1, max_items = 100)]
    types: Option<Vec<EventType>>,
    /// Whether events are delivered.
    status: WantedStatus,
}

/// Where deliveries are to begin again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateReplay {
    /// The last event that is not delivered again; null delivers all.
    #[serde(deserialize_with = "required")]
    #[schema(required = true)]
    pub(super) after: Option<Uuid>,
}

/// A member that must be there, even if null: everything again is not asked for by saying nothing.
fn required<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Uuid>, D::Error> {
    Option::deserialize(deserializer)
}

fn types(types: Option<Vec<EventType>>) -> Option<Vec<balsts_domain::events::EventType>> {
    types.map(|types| types.into_iter().map(|kind| kind.0).collect())
}

impl From<CreateWebhook> for NewWebhook {
    fn from(request: CreateWebhook) -> Self {
        Self { url: request.url.0, event_types: types(request.types), status: WebhookStatus::Active }
    }
}

impl From<UpdateWebhook> for NewWebhook {
    fn from(request: UpdateWebhook) -> Self {
        let status = match request.status {
            WantedStatus::Active => WebhookStatus::Active,
            WantedStatus::Paused => WebhookStatus::Paused,
        };
        Self { url: request.url.0, event_types: types(request.types), status }
    }
}
