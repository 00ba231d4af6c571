//! Webhooks: set up, changed and replayed by the office; claimed and moved on by who delivers.

mod targets;

use balsts_domain::{
    events::EventType,
    text::{Message, Refusal},
    webhooks::{self, Attempt, NextStep, WebhookStatus},
};
use balsts_store::{
    Act, ClaimedWebhook, DeliveryProgress, Event, RecordedAnswer, Webhook, WebhookDelivery, WebhookSecret,
    WriteTransaction,
};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use uuid::Uuid;

pub use targets::{TargetRefusal, Targets};

use crate::{App, AppError, Begun, Call, Told};

/// Events that are read at a time for one receiver, before others have their turn.
const BATCH: u64 = 100;

/// What a webhook is to be.
#[derive(Debug)]
pub struct NewWebhook {
    /// The receiver.
    pub url: String,
    /// What is delivered; everything if `None`.
    pub event_types: Option<Vec<EventType>>,
    /// Whether it is delivered.
    pub status: WebhookStatus,
}

/// Where the replay is to begin, there is no event.
#[derive(Debug)]
struct UnknownEvent;

impl Refusal for UnknownEvent {
    fn code(&self) -> &'static str {
        "unknown_event"
    }

    fn pointer(&self) -> String {
        "/after".to_owned()
    }

    fn message(&self) -> Message {
        Message::new("webhook-unknown-event")
    }
}

/// Forgets what failed.
fn start_anew(webhook: &mut Webhook, at: DateTime<Utc>) {
    (webhook.failures, webhook.failing_since, webhook.next_attempt_at) = (0, None, at);
}

fn told(action: &'static str, id: Uuid) -> Told {
    Told { action, resource: "webhook", id, event: None }
}

impl App {
    /// Makes a webhook for what happens from now on. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::Refused`] where the address is no receiver, [`AppError::KeyReused`], or the database.
    pub async fn create_webhook(
        &self,
        call: &Call<'_>,
        targets: &Targets,
        new: NewWebhook,
        secret: &WebhookSecret,
        answer: impl FnOnce(&Webhook) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        targets.check(&new.url).map_err(|refusal| AppError::refused(&[refusal]))?;
        let webhook = Webhook {
            id: (call.new_id)(),
            url: new.url,
            event_types: new.event_types,
            status: new.status,
            delivered_up_to: transaction.last_event(&call.scope).await?,
            failures: 0,
            failing_since: None,
            next_attempt_at: call.at,
            version: 1,
            created_at: call.at,
            updated_at: call.at,
        };
        transaction.insert_webhook(&call.scope, &webhook, secret).await?;
        let told = told("create_webhook", webhook.id);
        Ok(call.commit_once(transaction, told, answer(&webhook), None).await?)
    }

    /// Gets a webhook.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_webhook(&self, call: &Call<'_>, id: Uuid) -> Result<Webhook, AppError> {
        self.store.get_webhook(&call.scope, id).await?.ok_or(AppError::NotFound)
    }

    /// Lists webhooks.
    ///
    /// # Errors
    /// The database.
    pub async fn list_webhooks(
        &self,
        call: &Call<'_>,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<Webhook>, AppError> {
        Ok(self.store.list_webhooks(&call.scope, after, limit).await?)
    }

    /// Lists the attempts of a webhook, the latest first.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn list_webhook_deliveries(
        &self,
        call: &Call<'_>,
        id: Uuid,
        before: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<WebhookDelivery>, AppError> {
        self.get_webhook(call, id).await?;
        Ok(self.store.list_webhook_deliveries(&call.scope, id, before, limit).await?)
    }

    /// Changes a webhook; what failed before is forgotten, and tried again at once.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Refused`] where the address is no receiver, or the database.
    pub async fn update_webhook(
        &self,
        call: &Call<'_>,
        targets: &Targets,
        of: (Uuid, i64),
        new: NewWebhook,
    ) -> Result<Webhook, AppError> {
        let (transaction, mut webhook) = self.webhook_for_change(call, of).await?;
        targets.check(&new.url).map_err(|refusal| AppError::refused(&[refusal]))?;
        (webhook.url, webhook.event_types, webhook.status) = (new.url, new.event_types, new.status);
        start_anew(&mut webhook, call.at);
        transaction.update_webhook(&call.scope, &mut webhook, call.at).await?;
        call.commit(transaction, told("update_webhook", webhook.id)).await?;
        Ok(webhook)
    }

    /// Deletes a webhook and its log.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], or the database.
    pub async fn delete_webhook(&self, call: &Call<'_>, of: (Uuid, i64)) -> Result<(), AppError> {
        let (transaction, webhook) = self.webhook_for_change(call, of).await?;
        transaction.delete_webhook(&call.scope, &webhook).await?;
        Ok(call.commit(transaction, told("delete_webhook", webhook.id)).await?)
    }

    /// Gives a webhook another secret. The one before still signs for a day.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], or the database.
    pub async fn replace_webhook_secret(
        &self,
        call: &Call<'_>,
        of: (Uuid, i64),
        secret: &WebhookSecret,
    ) -> Result<Webhook, AppError> {
        let (transaction, mut webhook) = self.webhook_for_change(call, of).await?;
        transaction.replace_webhook_secret(&call.scope, &mut webhook, secret, call.at).await?;
        call.commit(transaction, told("replace_webhook_secret", webhook.id)).await?;
        Ok(webhook)
    }

    /// Delivers what came after an event again, or everything.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Refused`] where there is no such event, or the database.
    pub async fn replay_webhook(
        &self,
        call: &Call<'_>,
        of: (Uuid, i64),
        after: Option<Uuid>,
    ) -> Result<Webhook, AppError> {
        let (transaction, mut webhook) = self.webhook_for_change(call, of).await?;
        if let Some(event) = after
            && !transaction.has_event(&call.scope, event).await?
        {
            return Err(AppError::refused(&[UnknownEvent]));
        }
        webhook.delivered_up_to = after;
        start_anew(&mut webhook, call.at);
        transaction.update_webhook(&call.scope, &mut webhook, call.at).await?;
        call.commit(transaction, told("replay_webhook", webhook.id)).await?;
        Ok(webhook)
    }

    async fn webhook_for_change(
        &self,
        call: &Call<'_>,
        (id, version): (Uuid, i64),
    ) -> Result<(WriteTransaction, Webhook), AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let webhook = transaction.find_webhook(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        if webhook.version == version { Ok((transaction, webhook)) } else { Err(AppError::Stale) }
    }

    /// Claims a webhook that has something to be delivered, for the caller alone, and reads the events. `lease` is a new
    /// identifier.
    ///
    /// # Errors
    /// The database.
    pub async fn claim_webhook(
        &self,
        at: DateTime<Utc>,
        lease: Uuid,
    ) -> Result<Option<(ClaimedWebhook, Vec<Event>)>, AppError> {
        let Some(claimed) = self.store.claim_webhook(at.trunc_subsecs(6), lease).await? else { return Ok(None) };
        let events = self.store.list_events(&claimed.scope, claimed.webhook.delivered_up_to, BATCH).await?;
        Ok(Some((claimed, events)))
    }

    /// Records an attempt that ended at `at`, and what follows from it. Tells whether the next event may be sent: otherwise the
    /// claim is over. `id` is a new identifier, `jitter` a random number.
    ///
    /// # Errors
    /// [`balsts_store::StoreError::Stale`] where the webhook was changed meanwhile and the claim is over, or the database.
    pub async fn record_delivery(
        &self,
        claimed: &mut ClaimedWebhook,
        event_id: Uuid,
        outcome: Attempt,
        (at, id, jitter): (DateTime<Utc>, Uuid, u16),
    ) -> Result<bool, AppError> {
        let at = at.trunc_subsecs(6);
        let webhook = &mut claimed.webhook;
        let failing_for = webhook.failing_since.map_or(TimeDelta::zero(), |since| at.signed_duration_since(since));
        let attempt = webhook.failures.saturating_add(1);
        let step = webhooks::after(outcome, webhook.failures, failing_for, jitter);
        let progress = match step {
            NextStep::Advance => DeliveryProgress::Delivered,
            NextStep::Retry(pause) => DeliveryProgress::Postponed(at + pause),
            NextStep::Pause => DeliveryProgress::Ended(WebhookStatus::Paused),
            NextStep::GiveUp => DeliveryProgress::Ended(WebhookStatus::Failing),
        };
        let delivery = WebhookDelivery { id, event_id, attempt, at, outcome };
        let transaction = self.store.begin_write(&claimed.scope).await?;
        transaction.insert_webhook_delivery(claimed, delivery, progress).await?;
        if let DeliveryProgress::Ended(_) = progress {
            // A change that nobody asked for: the program itself made it, in no request.
            let act =
                Act { action: "end_webhook", resource: "webhook", resource_id: claimed.webhook.id, request_id: id, at };
            transaction.audit(&claimed.scope, act, None::<fn() -> Event>).await?;
        }
        transaction.commit().await?;
        if step == NextStep::Advance {
            (claimed.webhook.failures, claimed.webhook.failing_since) = (0, None);
        }
        Ok(step == NextStep::Advance)
    }

    /// Gives a claim back, with everything up to an event delivered or passed over.
    ///
    /// # Errors
    /// [`balsts_store::StoreError::Stale`] where the webhook was changed meanwhile, or the database.
    pub async fn release_webhook(
        &self,
        claimed: &ClaimedWebhook,
        delivered_up_to: Option<Uuid>,
        at: DateTime<Utc>,
    ) -> Result<(), AppError> {
        let transaction = self.store.begin_write(&claimed.scope).await?;
        transaction.release_webhook(claimed, delivered_up_to, at.trunc_subsecs(6)).await?;
        Ok(transaction.commit().await?)
    }
}
