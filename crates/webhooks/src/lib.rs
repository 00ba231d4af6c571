//! Delivers events to webhooks: claims one that has something waiting, sends its events one after the other, signed, and
//! records how each attempt ended. The use cases are in `balsts-app`; here is what speaks HTTP. No transaction is open while
//! a receiver is waited for. Nothing that is sent or answered is logged: the addresses neither, which may hold a secret.

mod client;
mod signature;

use std::{sync::Arc, time::Duration};

use balsts_app::{App, AppError, ClaimedWebhook, Event, StoreError, Targets};
use balsts_domain::webhooks::{Attempt, DeliveryFailure};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use reqwest::{Client, header::CONTENT_TYPE};
use uuid::Uuid;

/// Receivers that one node sends to at a time: a slow one does not hold up the others.
const AT_A_TIME: usize = 4;

/// How long one receiver is sent to before others have their turn: a slow one gets the rest of its events later.
const TURN: TimeDelta = TimeDelta::seconds(20);

/// Where time and randomness come from.
#[derive(Clone)]
pub struct Sources {
    /// The present.
    pub clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    /// Makes identifiers that count up with time.
    pub new_id: fn() -> Uuid,
    /// Any number.
    pub jitter: fn() -> u16,
}

/// Delivers.
pub struct Deliverer {
    app: App,
    targets: Targets,
    client: Client,
    sources: Sources,
}

impl Deliverer {
    /// A deliverer that calls these targets only.
    ///
    /// # Errors
    /// There is no TLS to be had.
    pub fn new(app: App, targets: Targets, sources: Sources) -> reqwest::Result<Self> {
        let client = client::guarded(&targets)?;
        Ok(Self { app, targets, client, sources })
    }

    /// Delivers for ever. Where nothing waits it looks again after a pause.
    pub async fn run(&self, pause: Duration) {
        join_all((0..AT_A_TIME).map(|_| self.work(pause))).await;
    }

    async fn work(&self, pause: Duration) {
        loop {
            match self.deliver_next().await {
                Ok(true) => {}
                Ok(false) => tokio::time::sleep(pause).await,
                Err(error) => {
                    let reason = std::error::Error::source(&error).map(ToString::to_string);
                    tracing::error!(%error, reason, "webhooks cannot be delivered");
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }

    /// Claims one webhook and delivers what waits for it. Tells whether there was one.
    ///
    /// # Errors
    /// The database.
    pub async fn deliver_next(&self) -> Result<bool, AppError> {
        let Sources { clock, new_id, .. } = &self.sources;
        let Some((mut claimed, events)) = self.app.claim_webhook(clock(), new_id()).await? else { return Ok(false) };
        match self.deliver(&mut claimed, events).await {
            // It was changed meanwhile, and begins again as it now is.
            Err(AppError::Store(StoreError::Stale)) | Ok(()) => Ok(true),
            Err(error) => Err(error),
        }
    }

    async fn deliver(&self, claimed: &mut ClaimedWebhook, events: Vec<Event>) -> Result<(), AppError> {
        let Sources { clock, new_id, jitter } = &self.sources;
        let until = clock() + TURN;
        let mut passed = None;
        for event in events {
            let id = event.id;
            if !claimed.wants(&event) {
                passed = Some(id);
                continue;
            }
            if clock() >= until {
                break;
            }
            let outcome = self.attempt(claimed, event).await;
            if !self.app.record_delivery(claimed, id, outcome, (clock(), new_id(), jitter())).await? {
                let (webhook, attempt) = (claimed.webhook.id, claimed.webhook.failures.saturating_add(1));
                tracing::warn!(%webhook, event = %id, attempt, ?outcome, "an event was not delivered");
                return Ok(());
            }
            passed = Some(id);
        }
        self.app.release_webhook(claimed, passed, clock()).await
    }

    async fn attempt(&self, claimed: &ClaimedWebhook, event: Event) -> Attempt {
        // Checked again: what is allowed may have changed since, and no name is looked up for an address of digits.
        let url = self.targets.check(&claimed.webhook.url).map_err(|_| DeliveryFailure::AddressRefused)?;
        let (id, timestamp) = (event.id.to_string(), (self.sources.clock)().timestamp());
        let body = balsts_api::cloud_event(event);
        let request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/cloudevents+json")
            .header("webhook-signature", signature::header(&claimed.secrets, &id, timestamp, &body))
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .body(body);
        // The body of the answer is not read.
        request.send().await.map(|answer| answer.status().as_u16()).map_err(|error| client::failure(&error))
    }
}
