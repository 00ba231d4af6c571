//! What was told of the use of a person's data, and agreed to; whom and what is sealed.

use balsts_domain::{
    access::Scope,
    privacy_records::{PrivacyRecordContent, PrivacyRecordKind},
};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ActiveValue::Set, Condition, EntityTrait, QueryFilter, QueryOrder, entity::prelude::*};

use crate::{
    StoreError, WriteTransaction,
    applications::known,
    representatives::visible,
    vault::{ERASED, Place, Vault},
};

mod privacy_record {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "privacy_record")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub person_id: Uuid,
        pub kind: String,
        pub on_day: Date,
        pub content: Vec<u8>,
        pub withdrawn_on: Option<Date>,
        pub recorded_by: String,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use privacy_record::Column;

/// What was told or agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivacyRecord {
    /// Identifier.
    pub id: Uuid,
    /// The person whose data it is about.
    pub person_id: Uuid,
    /// What it is.
    pub kind: PrivacyRecordKind,
    /// The day.
    pub on: NaiveDate,
    /// Whom and what; none where the person is erased.
    pub content: Option<PrivacyRecordContent>,
    /// The day from which an agreement holds no more.
    pub withdrawn_on: Option<NaiveDate>,
    /// Subject of who recorded it.
    pub recorded_by: String,
    /// Counts up with every change.
    pub version: i64,
}

const fn place(row: Uuid) -> Place {
    Place { table: "privacy_record", column: "content", row }
}

fn seen(scope: &Scope) -> Condition {
    visible(scope, Column::MunicipalityCode, Column::PersonId)
}

impl WriteTransaction {
    /// Stores a new record.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_privacy_record(
        &self,
        scope: &Scope,
        new: &PrivacyRecord,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let row = privacy_record::ActiveModel {
            id: Set(new.id),
            municipality_code: Set(scope.municipality.to_string()),
            person_id: Set(new.person_id),
            kind: Set(new.kind.as_str().to_owned()),
            on_day: Set(new.on),
            content: Set(self.vault()?.seal_json(place(new.id), &new.content)?),
            withdrawn_on: Set(new.withdrawn_on),
            recorded_by: Set(new.recorded_by.clone()),
            version: Set(new.version),
            created_at: Set(at),
            updated_at: Set(at),
        };
        privacy_record::Entity::insert(row).exec_without_returning(&self.0).await.map(drop).map_err(StoreError::failed)
    }

    /// Gets a record.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_privacy_record(&self, scope: &Scope, id: Uuid) -> Result<Option<PrivacyRecord>, StoreError> {
        let row = privacy_record::Entity::find_by_id(id).filter(seen(scope)).one(&self.0).await;
        row.map_err(StoreError::failed)?.map(|row| opened(self.vault()?, row)).transpose()
    }

    /// Lists the records about a person in the order in which they were made.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_privacy_records(&self, scope: &Scope, person: Uuid) -> Result<Vec<PrivacyRecord>, StoreError> {
        let query = privacy_record::Entity::find()
            .filter(seen(scope))
            .filter(Column::PersonId.eq(person))
            .order_by_asc(Column::Id);
        let rows = query.all(&self.0).await.map_err(StoreError::failed)?;
        rows.into_iter().map(|row| opened(self.vault()?, row)).collect()
    }

    /// Stores the day from which an agreement holds no more, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn withdraw_agreement(
        &self,
        scope: &Scope,
        known: &PrivacyRecord,
        on: NaiveDate,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let version = known.version.saturating_add(1);
        let change = privacy_record::ActiveModel {
            withdrawn_on: Set(Some(on)),
            version: Set(version),
            updated_at: Set(at),
            ..Default::default()
        };
        let updated = privacy_record::Entity::update_many()
            .set(change)
            .filter(Column::Id.eq(known.id))
            .filter(seen(scope))
            .filter(Column::Version.eq(known.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected == 1 { Ok(version) } else { Err(StoreError::Stale) }
    }
}

fn opened(vault: &Vault, row: privacy_record::Model) -> Result<PrivacyRecord, StoreError> {
    let inconsistent = StoreError::Inconsistent { table: "privacy_record", id: row.id };
    Ok(PrivacyRecord {
        id: row.id,
        person_id: row.person_id,
        kind: known(PrivacyRecordKind::ALL, &row.kind, PrivacyRecordKind::as_str).ok_or(inconsistent)?,
        on: row.on_day,
        content: if row.content == ERASED { None } else { vault.open_json(place(row.id), &row.content)? },
        withdrawn_on: row.withdrawn_on,
        recorded_by: row.recorded_by,
        version: row.version,
    })
}
