//! Webhooks and the log of their deliveries. Who delivers holds a lease, and no transaction, while it waits for a receiver:
//! what it then stores counts only if nobody has changed or claimed the webhook meanwhile.

use balsts_domain::{
    access::{MunicipalityCode, Role, Scope},
    calendar::local_date,
    events::EventType,
    webhooks::{Attempt, DeliveryFailure, WebhookStatus},
};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set,
    ConnectionTrait, DbBackend, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{Condition, LockBehavior, LockType, Query},
};

use crate::{
    Event, Reach, Store, StoreError, WriteTransaction, applications::known, outbox::row as event, vault::Place,
};

mod webhook {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "webhook")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub url: String,
        pub event_types: Option<String>,
        pub secret: Vec<u8>,
        pub previous_secret: Option<Vec<u8>>,
        pub previous_secret_until: Option<DateTimeUtc>,
        pub status: String,
        pub delivered_up_to: Uuid,
        pub failures: i32,
        pub failing_since: Option<DateTimeUtc>,
        pub next_attempt_at: DateTimeUtc,
        pub lease: Option<Uuid>,
        pub leased_until: Option<DateTimeUtc>,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod delivery {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "webhook_delivery")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub webhook_id: Uuid,
        pub municipality_code: String,
        pub event_id: Uuid,
        pub attempt: i32,
        pub at: DateTimeUtc,
        pub status: Option<i32>,
        pub failure: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// How long who delivers may be silent before another takes over. An attempt takes at most 10 s.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// How long an attempt stands in the log.
const LOG_KEPT: TimeDelta = TimeDelta::days(30);
/// How long the secret before the present one still signs.
const SECRET_OVERLAP: TimeDelta = TimeDelta::hours(24);

/// The key that deliveries to a webhook are signed with, which the receiver knows as well. It shows itself to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(pub [u8; 32]);

impl std::fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WebhookSecret")
    }
}

/// Where events are delivered to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Identifier.
    pub id: Uuid,
    /// The receiver.
    pub url: String,
    /// What is delivered; everything if `None`.
    pub event_types: Option<Vec<EventType>>,
    /// Where it stands.
    pub status: WebhookStatus,
    /// The last event that was delivered or passed over.
    pub delivered_up_to: Option<Uuid>,
    /// Attempts in a row that failed.
    pub failures: u32,
    /// Since when they fail.
    pub failing_since: Option<DateTime<Utc>>,
    /// Not before this.
    pub next_attempt_at: DateTime<Utc>,
    /// Counts up with every change that was asked for, and when the deliveries end.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A webhook that the caller alone delivers to for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedWebhook {
    /// The municipality whose events it gets, and the program itself as the caller.
    pub scope: Scope,
    /// The webhook.
    pub webhook: Webhook,
    /// What its deliveries are signed with: the present secret, then the one before while it is valid.
    pub secrets: Vec<WebhookSecret>,
    /// The claim.
    lease: Uuid,
}

/// An attempt to deliver an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhookDelivery {
    /// Identifier; later attempts have greater ones.
    pub id: Uuid,
    /// The event.
    pub event_id: Uuid,
    /// Which attempt in a row it was, from 1.
    pub attempt: u32,
    /// When it ended.
    pub at: DateTime<Utc>,
    /// How.
    pub outcome: Attempt,
}

/// What an attempt changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryProgress {
    /// On to the next event; the claim is kept.
    Delivered,
    /// The claim is given back, and the event is tried again from then on.
    Postponed(DateTime<Utc>),
    /// The claim is given back, and nothing is delivered any more.
    Ended(WebhookStatus),
}

const fn place(column: &'static str, row: Uuid) -> Place {
    Place { table: "webhook", column, row }
}

fn stored(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn read(number: i32) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

fn types_text(types: Option<&Vec<EventType>>, id: Uuid) -> Result<Option<String>, StoreError> {
    let text = types.map(serde_json::to_string).transpose();
    text.map_err(|_| StoreError::Inconsistent { table: "webhook", id })
}

fn opened(row: &webhook::Model) -> Result<Webhook, StoreError> {
    let inconsistent = || StoreError::Inconsistent { table: "webhook", id: row.id };
    let types = row.event_types.as_deref().map(serde_json::from_str).transpose();
    Ok(Webhook {
        id: row.id,
        url: row.url.clone(),
        event_types: types.map_err(|_| inconsistent())?,
        status: known(WebhookStatus::ALL, &row.status, WebhookStatus::as_str).ok_or_else(inconsistent)?,
        delivered_up_to: Some(row.delivered_up_to).filter(|id| !id.is_nil()),
        failures: read(row.failures),
        failing_since: row.failing_since,
        next_attempt_at: row.next_attempt_at,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

impl WriteTransaction {
    /// Stores a new webhook.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_webhook(&self, scope: &Scope, new: &Webhook, secret: &WebhookSecret) -> Result<(), StoreError> {
        let row = webhook::ActiveModel {
            id: Set(new.id),
            municipality_code: Set(scope.municipality.to_string()),
            url: Set(new.url.clone()),
            event_types: Set(types_text(new.event_types.as_ref(), new.id)?),
            secret: Set(self.vault()?.seal(place("secret", new.id), &secret.0)?),
            previous_secret: Set(None),
            previous_secret_until: Set(None),
            status: Set(new.status.as_str().to_owned()),
            delivered_up_to: Set(new.delivered_up_to.unwrap_or_default()),
            failures: Set(0),
            failing_since: Set(None),
            next_attempt_at: Set(new.next_attempt_at),
            lease: Set(None),
            leased_until: Set(None),
            version: Set(new.version),
            created_at: Set(new.created_at),
            updated_at: Set(new.updated_at),
        };
        webhook::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        Ok(())
    }

    /// Gets a webhook for a change: on PostgreSQL its row is locked to the end of the transaction.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_webhook(&self, scope: &Scope, id: Uuid) -> Result<Option<Webhook>, StoreError> {
        self.webhook_row(scope, id).await?.as_ref().map(opened).transpose()
    }

    async fn webhook_row(&self, scope: &Scope, id: Uuid) -> Result<Option<webhook::Model>, StoreError> {
        let mut query =
            webhook::Entity::find_by_id(id).filter(webhook::Column::MunicipalityCode.eq(scope.municipality.as_str()));
        if self.0.get_database_backend() == DbBackend::Postgres {
            query = query.lock_exclusive();
        }
        query.one(&self.0).await.map_err(StoreError::failed)
    }

    /// Stores the changed webhook under the next version, and ends a claim: who delivers begins again with what is new.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn update_webhook(
        &self,
        scope: &Scope,
        changed: &mut Webhook,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let change = webhook::ActiveModel {
            url: Set(changed.url.clone()),
            event_types: Set(types_text(changed.event_types.as_ref(), changed.id)?),
            status: Set(changed.status.as_str().to_owned()),
            delivered_up_to: Set(changed.delivered_up_to.unwrap_or_default()),
            failures: Set(stored(changed.failures)),
            failing_since: Set(changed.failing_since),
            next_attempt_at: Set(changed.next_attempt_at),
            ..Default::default()
        };
        self.change_webhook(scope, changed, change, at).await
    }

    /// Stores a new secret under the next version; the one before signs for another 24 hours.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn replace_webhook_secret(
        &self,
        scope: &Scope,
        changed: &mut Webhook,
        secret: &WebhookSecret,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (vault, id) = (self.vault()?, changed.id);
        let row = self.webhook_row(scope, id).await?.ok_or(StoreError::Stale)?;
        let before = vault.open(place("secret", id), &row.secret)?;
        let change = webhook::ActiveModel {
            secret: Set(vault.seal(place("secret", id), &secret.0)?),
            previous_secret: Set(Some(vault.seal(place("previous_secret", id), &before)?)),
            previous_secret_until: Set(Some(at + SECRET_OVERLAP)),
            ..Default::default()
        };
        self.change_webhook(scope, changed, change, at).await
    }

    async fn change_webhook(
        &self,
        scope: &Scope,
        changed: &mut Webhook,
        mut change: webhook::ActiveModel,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let version = changed.version.saturating_add(1);
        change.version = Set(version);
        change.updated_at = Set(at);
        change.lease = Set(None);
        change.leased_until = Set(None);
        let updated = webhook::Entity::update_many()
            .set(change)
            .filter(webhook::Column::Id.eq(changed.id))
            .filter(webhook::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(webhook::Column::Version.eq(changed.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected != 1 {
            return Err(StoreError::Stale);
        }
        (changed.version, changed.updated_at) = (version, at);
        Ok(())
    }

    /// Deletes a webhook with its log.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn delete_webhook(&self, scope: &Scope, webhook: &Webhook) -> Result<(), StoreError> {
        let deleted = webhook::Entity::delete_many()
            .filter(webhook::Column::Id.eq(webhook.id))
            .filter(webhook::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(webhook::Column::Version.eq(webhook.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if deleted.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// Stores an attempt and what it changes.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where the webhook was changed or claimed by another meanwhile: nothing is stored then.
    pub async fn insert_webhook_delivery(
        &self,
        claimed: &ClaimedWebhook,
        delivery: WebhookDelivery,
        progress: DeliveryProgress,
    ) -> Result<(), StoreError> {
        let WebhookDelivery { id, event_id, attempt, at, outcome } = delivery;
        let since = claimed.webhook.failing_since.unwrap_or(at);
        let failed = webhook::ActiveModel {
            failures: Set(stored(attempt)),
            failing_since: Set(Some(since)),
            lease: Set(None),
            leased_until: Set(None),
            ..Default::default()
        };
        let change = match progress {
            DeliveryProgress::Delivered => webhook::ActiveModel {
                delivered_up_to: Set(event_id),
                failures: Set(0),
                failing_since: Set(None),
                leased_until: Set(Some(at + LEASE)),
                ..Default::default()
            },
            DeliveryProgress::Postponed(next) => webhook::ActiveModel { next_attempt_at: Set(next), ..failed },
            DeliveryProgress::Ended(status) => webhook::ActiveModel {
                status: Set(status.as_str().to_owned()),
                version: Set(claimed.webhook.version.saturating_add(1)),
                updated_at: Set(at),
                ..failed
            },
        };
        self.change_claimed(claimed, change).await?;
        let row = delivery::ActiveModel {
            id: Set(id),
            webhook_id: Set(claimed.webhook.id),
            municipality_code: Set(claimed.scope.municipality.to_string()),
            event_id: Set(event_id),
            attempt: Set(stored(attempt)),
            at: Set(at),
            status: Set(outcome.ok().map(i32::from)),
            failure: Set(outcome.err().map(|failure| failure.as_str().to_owned())),
        };
        delivery::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        Ok(())
    }

    /// Gives a claim back: everything up to an event is delivered or passed over, and others have their turn before the
    /// next. Attempts that are too old leave the log.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where the webhook was changed or claimed by another meanwhile.
    pub async fn release_webhook(
        &self,
        claimed: &ClaimedWebhook,
        delivered_up_to: Option<Uuid>,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut change = webhook::ActiveModel {
            next_attempt_at: Set(at),
            lease: Set(None),
            leased_until: Set(None),
            ..Default::default()
        };
        if let Some(event) = delivered_up_to {
            change.delivered_up_to = Set(event);
        }
        self.change_claimed(claimed, change).await?;
        delivery::Entity::delete_many()
            .filter(delivery::Column::WebhookId.eq(claimed.webhook.id))
            .filter(delivery::Column::MunicipalityCode.eq(claimed.scope.municipality.as_str()))
            .filter(delivery::Column::At.lt(at - LOG_KEPT))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(())
    }

    async fn change_claimed(&self, claimed: &ClaimedWebhook, change: webhook::ActiveModel) -> Result<(), StoreError> {
        let updated = webhook::Entity::update_many()
            .set(change)
            .filter(webhook::Column::Id.eq(claimed.webhook.id))
            .filter(webhook::Column::MunicipalityCode.eq(claimed.scope.municipality.as_str()))
            .filter(webhook::Column::Lease.eq(claimed.lease))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }
}

/// Those that have an event to deliver, and nobody at it.
fn due(at: DateTime<Utc>) -> sea_orm::Select<webhook::Entity> {
    let waiting = Query::select()
        .expr(Expr::val(1))
        .from(event::Entity)
        .and_where(
            Expr::col((event::Entity, event::Column::MunicipalityCode))
                .equals((webhook::Entity, webhook::Column::MunicipalityCode)),
        )
        .and_where(
            Expr::col((event::Entity, event::Column::Id))
                .gt(Expr::col((webhook::Entity, webhook::Column::DeliveredUpTo))),
        )
        .to_owned();
    let free = Condition::any().add(webhook::Column::LeasedUntil.is_null()).add(webhook::Column::LeasedUntil.lte(at));
    webhook::Entity::find()
        .filter(webhook::Column::Status.eq(WebhookStatus::Active.as_str()))
        .filter(webhook::Column::NextAttemptAt.lte(at))
        .filter(free)
        .filter(Expr::exists(waiting))
        .order_by_asc(webhook::Column::NextAttemptAt)
        .order_by_asc(webhook::Column::Id)
        .limit(1)
}

impl Store {
    /// Claims the webhook that has waited longest, of any municipality. Several nodes each get another one.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] or [`StoreError::Sealed`] where a row cannot be read: it stays claimed for a while, so
    /// that it does not stand in the way of others. Or what the database says.
    pub async fn claim_webhook(&self, at: DateTime<Utc>, lease: Uuid) -> Result<Option<ClaimedWebhook>, StoreError> {
        // Mostly there is none, and no need to wait for the writer.
        let is_due = due(at).one(&self.read(Reach::Country)).await.map_err(StoreError::failed)?;
        if is_due.is_none() {
            return Ok(None);
        }
        let transaction = self.begin_write(Reach::Country).await?;
        let mut query = due(at);
        if transaction.0.get_database_backend() == DbBackend::Postgres {
            query = query.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        }
        let Some(row) = query.one(&transaction.0).await.map_err(StoreError::failed)? else { return Ok(None) };
        let claim =
            webhook::ActiveModel { lease: Set(Some(lease)), leased_until: Set(Some(at + LEASE)), ..Default::default() };
        webhook::Entity::update_many()
            .set(claim)
            .filter(webhook::Column::Id.eq(row.id))
            .exec(&transaction.0)
            .await
            .map_err(StoreError::failed)?;
        let secrets = opened_secrets(&transaction, &row, at);
        transaction.commit().await?;

        let municipality: MunicipalityCode =
            row.municipality_code.parse().map_err(|_| StoreError::Inconsistent { table: "webhook", id: row.id })?;
        let scope = Scope { municipality, subject: "balsts".to_owned(), role: Role::Integrator, today: local_date(at) };
        Ok(Some(ClaimedWebhook { scope, webhook: opened(&row)?, secrets: secrets?, lease }))
    }

    /// Gets a webhook.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn get_webhook(&self, scope: &Scope, id: Uuid) -> Result<Option<Webhook>, StoreError> {
        let row = webhook::Entity::find_by_id(id)
            .filter(webhook::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .one(&self.read(scope))
            .await
            .map_err(StoreError::failed)?;
        row.as_ref().map(opened).transpose()
    }

    /// Lists webhooks of the municipality after one, in the order of their identifiers.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_webhooks(
        &self,
        scope: &Scope,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<Webhook>, StoreError> {
        let mut query = webhook::Entity::find()
            .filter(webhook::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .order_by_asc(webhook::Column::Id)
            .limit(limit);
        if let Some(after) = after {
            query = query.filter(webhook::Column::Id.gt(after));
        }
        let rows = query.all(&self.read(scope)).await.map_err(StoreError::failed)?;
        rows.iter().map(opened).collect()
    }

    /// Lists attempts of a webhook before one, the latest first.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_webhook_deliveries(
        &self,
        scope: &Scope,
        webhook: Uuid,
        before: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<WebhookDelivery>, StoreError> {
        let mut query = delivery::Entity::find()
            .filter(delivery::Column::WebhookId.eq(webhook))
            .filter(delivery::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .order_by_desc(delivery::Column::Id)
            .limit(limit);
        if let Some(before) = before {
            query = query.filter(delivery::Column::Id.lt(before));
        }
        let rows = query.all(&self.read(scope)).await.map_err(StoreError::failed)?;
        rows.iter().map(opened_delivery).collect()
    }
}

impl ClaimedWebhook {
    /// Whether an event is one of those that are delivered.
    #[must_use]
    pub fn wants(&self, event: &Event) -> bool {
        let types = self.webhook.event_types.as_ref();
        types.is_none_or(|types| types.iter().any(|kind| kind.as_str() == event.kind))
    }
}

fn opened_secrets(
    transaction: &WriteTransaction,
    row: &webhook::Model,
    at: DateTime<Utc>,
) -> Result<Vec<WebhookSecret>, StoreError> {
    let vault = transaction.vault()?;
    let open = |column, sealed: &[u8]| -> Result<WebhookSecret, StoreError> {
        let secret = vault.open(place(column, row.id), sealed)?;
        let secret = secret.try_into().map_err(|_| StoreError::Inconsistent { table: "webhook", id: row.id })?;
        Ok(WebhookSecret(secret))
    };
    let mut secrets = vec![open("secret", &row.secret)?];
    if let Some(sealed) = row.previous_secret.as_ref().filter(|_| row.previous_secret_until.is_some_and(|end| at < end))
    {
        secrets.push(open("previous_secret", sealed)?);
    }
    Ok(secrets)
}

fn opened_delivery(row: &delivery::Model) -> Result<WebhookDelivery, StoreError> {
    let failure = row.failure.as_deref().and_then(|name| known(DeliveryFailure::ALL, name, DeliveryFailure::as_str));
    let outcome = match (row.status.map(u16::try_from), failure) {
        (Some(Ok(status)), None) => Ok(status),
        (None, Some(failure)) => Err(failure),
        _ => return Err(StoreError::Inconsistent { table: "webhook_delivery", id: row.id }),
    };
    Ok(WebhookDelivery { id: row.id, event_id: row.event_id, attempt: read(row.attempt), at: row.at, outcome })
}
