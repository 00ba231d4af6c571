//! Answered requests by their `Idempotency-Key`: a repeated request gets the first answer, from the same transaction as
//! the effect.

use balsts_domain::access::Scope;
use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use sea_orm::{
    ActiveValue::Set,
    EntityTrait, ExprTrait, QueryFilter, TryInsertResult,
    entity::prelude::*,
    sea_query::{OnConflict, Order, Query},
};
use sha2::{Digest, Sha256};

use crate::{Reach, Store, StoreError, WriteTransaction, vault::Place};

/// Old records that are deleted in one transaction.
const AT_A_TIME: u64 = 1_000;

mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "idempotency_record")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub municipality_code: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub subject: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub request_hash: Vec<u8>,
        pub status: Option<i32>,
        pub answer: Option<Vec<u8>>,
        pub created_at: DateTimeUtc,
        pub about_person: Option<Uuid>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The first answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedAnswer {
    /// HTTP status.
    pub status: u16,
    /// Body.
    pub body: Vec<u8>,
}

/// Whether a key is new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// It is: the caller carries out the request, and records the answer in the same transaction.
    New,
    /// The same request was answered before, and tells of this person.
    Answered(RecordedAnswer, Option<Uuid>),
    /// The key was used for another request.
    OtherRequest,
}

/// A key with the request that it was sent with.
#[derive(Debug, Clone, Copy)]
pub struct IdempotencyKey<'a> {
    /// The header.
    pub key: &'a str,
    /// SHA-256 of method, path and body.
    pub request_hash: &'a [u8],
}

/// The row of a record, for sealing: the hash of municipality, subject and key, by which it is known.
pub(crate) fn row_of(known_by: [&str; 3]) -> Uuid {
    let mut hash = Sha256::new();
    for part in known_by {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().first_chunk().map_or(Uuid::nil(), |first| Uuid::from_bytes(*first))
}

fn place(scope: &Scope, key: &str) -> Place {
    let row = row_of([scope.municipality.as_str(), &scope.subject, key]);
    Place { table: "idempotency_record", column: "answer", row }
}

impl Store {
    /// A key as it is claimed for somebody whom nothing is to tell: another for each subject, and without the key of the blind
    /// index not to be traced to one.
    ///
    /// # Errors
    /// [`StoreError::NoKeys`].
    pub fn anonymous_key(&self, scope: &Scope, key: &str) -> Result<String, StoreError> {
        let hash = self.vault()?.index("anonymous-key", &format!("{}\0{key}", scope.subject));
        Ok(HEXLOWER.encode(&hash))
    }

    /// Deletes the records of requests that were answered before an instant, everywhere. Tells how many.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_answers(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut all = 0_u64;
        loop {
            let deleted = self.delete_some_answers(before).await?;
            all = all.saturating_add(deleted);
            if deleted < AT_A_TIME {
                return Ok(all);
            }
        }
    }

    /// Deletes as many as hold up nobody: on SQLite, whose writers take turns, others have theirs in between.
    async fn delete_some_answers(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let transaction = self.begin_write(Reach::Country).await?;
        let key = [row::Column::MunicipalityCode, row::Column::Subject, row::Column::Key];
        let some = Query::select()
            .columns(key)
            .from(row::Entity)
            .and_where(row::Column::CreatedAt.lt(before))
            .order_by(row::Column::CreatedAt, Order::Asc)
            .limit(AT_A_TIME)
            .to_owned();
        let old = row::Entity::delete_many().filter(Expr::tuple(key.map(Expr::col)).in_subquery(some));
        let deleted = old.exec(&transaction.0).await.map_err(StoreError::failed)?;
        transaction.commit().await?;
        Ok(deleted.rows_affected)
    }
}

impl WriteTransaction {
    /// Claims a key. A second request with it waits for the transaction of the first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn claim_key(
        &self,
        scope: &Scope,
        key: IdempotencyKey<'_>,
        at: DateTime<Utc>,
    ) -> Result<Claim, StoreError> {
        let new = row::ActiveModel {
            municipality_code: Set(scope.municipality.to_string()),
            subject: Set(scope.subject.clone()),
            key: Set(key.key.to_owned()),
            request_hash: Set(key.request_hash.to_vec()),
            status: Set(None),
            answer: Set(None),
            created_at: Set(at),
            about_person: Set(None),
        };
        let columns = [row::Column::MunicipalityCode, row::Column::Subject, row::Column::Key];
        let inserted = row::Entity::insert(new)
            .on_conflict(OnConflict::columns(columns).do_nothing().to_owned())
            .try_insert()
            .exec_without_returning(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if matches!(inserted, TryInsertResult::Inserted(rows) if rows > 0) {
            return Ok(Claim::New);
        }
        let primary = (scope.municipality.to_string(), scope.subject.clone(), key.key.to_owned());
        let known = row::Entity::find_by_id(primary).one(&self.0).await.map_err(StoreError::failed)?;
        let Some(known) = known else { return Err(StoreError::Stale) };
        if known.request_hash != key.request_hash {
            return Ok(Claim::OtherRequest);
        }
        let inconsistent = StoreError::Inconsistent { table: "idempotency_record", id: Uuid::nil() };
        let (Some(status), Some(sealed)) = (known.status, known.answer) else { return Err(inconsistent) };
        let status = u16::try_from(status).map_err(|_| inconsistent)?;
        let body = self.vault()?.open(place(scope, key.key), &sealed)?;
        Ok(Claim::Answered(RecordedAnswer { status, body }, known.about_person))
    }

    /// Records the answer under a key that this transaction has claimed, and the person whom it tells of.
    ///
    /// # Errors
    /// What the database says.
    pub async fn record_answer(
        &self,
        scope: &Scope,
        key: &str,
        answer: &RecordedAnswer,
        about: Option<Uuid>,
    ) -> Result<(), StoreError> {
        let change = row::ActiveModel {
            municipality_code: Set(scope.municipality.to_string()),
            subject: Set(scope.subject.clone()),
            key: Set(key.to_owned()),
            status: Set(Some(i32::from(answer.status))),
            answer: Set(Some(self.vault()?.seal(place(scope, key), &answer.body)?)),
            about_person: Set(about),
            ..Default::default()
        };
        row::Entity::update(change).exec(&self.0).await.map_err(StoreError::failed)?;
        Ok(())
    }
}
