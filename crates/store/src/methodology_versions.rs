//! Versions of catalogue and methodologies: rows of the whole country, which no municipality owns. Whoever counts reads what is
//! published; what is published is never changed.

use balsts_domain::{access::Scope, methodology_versions::MethodologyVersionStatus, parameters::overlay::Overlay};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    entity::prelude::*,
};
use sha2::{Digest, Sha256};

use crate::{Store, StoreError, WriteTransaction, applications::known};

mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "methodology_version")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: Option<i64>,
        pub status: String,
        pub title: String,
        pub valid_from: Date,
        pub content: String,
        pub content_hash: Vec<u8>,
        pub version: i64,
        pub created_by: String,
        pub created_at: DateTimeUtc,
        pub updated_by: String,
        pub updated_at: DateTimeUtc,
        pub published_by: Option<String>,
        pub published_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// When and by whom a version was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// Its number among all, from 1, in the order of time.
    pub number: i64,
    /// Subject of who did it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A version of catalogue and methodologies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodologyVersion {
    /// Identifier.
    pub id: Uuid,
    /// Where it stands.
    pub status: MethodologyVersionStatus,
    /// What it is called.
    pub title: String,
    /// The first day that anything in it may begin on.
    pub valid_from: NaiveDate,
    /// What it adds.
    pub content: Overlay,
    /// SHA-256 of the content's JSON.
    pub content_hash: Vec<u8>,
    /// Counts up with every change.
    pub version: i64,
    /// Subject of who began it.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Subject of who changed it last.
    pub updated_by: String,
    /// When.
    pub updated_at: DateTime<Utc>,
    /// Its publication.
    pub published: Option<Publication>,
}

fn text(content: &Overlay, id: Uuid) -> Result<String, StoreError> {
    serde_json::to_string(content).map_err(|_| StoreError::Inconsistent { table: "methodology_version", id })
}

fn opened(row: row::Model) -> Result<MethodologyVersion, StoreError> {
    let inconsistent = || StoreError::Inconsistent { table: "methodology_version", id: row.id };
    let status = known(MethodologyVersionStatus::ALL, &row.status, MethodologyVersionStatus::as_str);
    let content = Some(&row.content).filter(|text| Sha256::digest(text).as_slice() == row.content_hash);
    let content = content.and_then(|text| serde_json::from_str(text).ok());
    let published = match (row.number, row.published_by, row.published_at) {
        (Some(number), Some(by), Some(at)) => Some(Publication { number, by, at }),
        (None, None, None) => None,
        _ => return Err(inconsistent()),
    };
    Ok(MethodologyVersion {
        id: row.id,
        status: status.ok_or_else(inconsistent)?,
        title: row.title,
        valid_from: row.valid_from,
        content: content.ok_or_else(inconsistent)?,
        content_hash: row.content_hash,
        version: row.version,
        created_by: row.created_by,
        created_at: row.created_at,
        updated_by: row.updated_by,
        updated_at: row.updated_at,
        published,
    })
}

fn published() -> Select<row::Entity> {
    row::Entity::find()
        .filter(row::Column::Status.eq(MethodologyVersionStatus::Published.as_str()))
        .order_by_asc(row::Column::Number)
}

async fn contents(connection: &impl ConnectionTrait) -> Result<Vec<(i64, Overlay)>, StoreError> {
    let rows = published().all(connection).await.map_err(StoreError::failed)?;
    let content = |row| {
        let MethodologyVersion { published, content, .. } = opened(row)?;
        Ok((published.map_or(0, |of| of.number), content))
    };
    rows.into_iter().map(content).collect()
}

impl WriteTransaction {
    /// Stores a new draft. Fills in the hash of its content.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_methodology_version(&self, new: &mut MethodologyVersion) -> Result<(), StoreError> {
        let content = text(&new.content, new.id)?;
        new.content_hash = Sha256::digest(&content).to_vec();
        let row = row::ActiveModel {
            id: Set(new.id),
            number: Set(None),
            status: Set(new.status.as_str().to_owned()),
            title: Set(new.title.clone()),
            valid_from: Set(new.valid_from),
            content: Set(content),
            content_hash: Set(new.content_hash.clone()),
            version: Set(new.version),
            created_by: Set(new.created_by.clone()),
            created_at: Set(new.created_at),
            updated_by: Set(new.updated_by.clone()),
            updated_at: Set(new.updated_at),
            published_by: Set(None),
            published_at: Set(None),
        };
        row::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        Ok(())
    }

    /// Gets a version for a change: on PostgreSQL a draft's row is locked to the end of the transaction.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_methodology_version(&self, id: Uuid) -> Result<Option<MethodologyVersion>, StoreError> {
        let found = row::Entity::find_by_id(id).one(&self.0).await.map_err(StoreError::failed)?;
        let Some(found) = found else { return Ok(None) };
        // A locked read shows what may be changed, and so no published version: row-level security hides those from it.
        if self.0.get_database_backend() == DbBackend::Postgres {
            let locked = row::Entity::find_by_id(id).lock_exclusive().one(&self.0).await.map_err(StoreError::failed)?;
            return opened(locked.unwrap_or(found)).map(Some);
        }
        opened(found).map(Some)
    }

    /// Stores a changed draft under the next version: another content, or the end of it by publication or withdrawal.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn update_methodology_version(&self, changed: &mut MethodologyVersion) -> Result<(), StoreError> {
        let content = text(&changed.content, changed.id)?;
        changed.content_hash = Sha256::digest(&content).to_vec();
        let before = changed.version;
        changed.version = before.saturating_add(1);
        let published = changed.published.as_ref();
        let change = row::ActiveModel {
            number: Set(published.map(|of| of.number)),
            status: Set(changed.status.as_str().to_owned()),
            title: Set(changed.title.clone()),
            valid_from: Set(changed.valid_from),
            content: Set(content),
            content_hash: Set(changed.content_hash.clone()),
            version: Set(changed.version),
            updated_by: Set(changed.updated_by.clone()),
            updated_at: Set(changed.updated_at),
            published_by: Set(published.map(|of| of.by.clone())),
            published_at: Set(published.map(|of| of.at)),
            ..Default::default()
        };
        let updated = row::Entity::update_many()
            .set(change)
            .filter(row::Column::Id.eq(changed.id))
            .filter(row::Column::Version.eq(before))
            .filter(row::Column::Status.eq(MethodologyVersionStatus::Draft.as_str()))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// What is published, with the numbers of the publications, in their order. Others that publish wait from here to the end.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn published_contents(&self, scope: &Scope) -> Result<Vec<(i64, Overlay)>, StoreError> {
        self.take_turn(scope).await?;
        contents(&self.0).await
    }
}

impl Store {
    /// What is published, with the numbers of the publications, in their order.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn published_contents(&self) -> Result<Vec<(i64, Overlay)>, StoreError> {
        contents(self.reader()).await
    }

    /// The number of the last publication; 0 before the first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn last_publication(&self) -> Result<i64, StoreError> {
        let last: Option<Option<i64>> = row::Entity::find()
            .select_only()
            .column_as(row::Column::Number.max(), "last")
            .into_tuple()
            .one(self.reader())
            .await
            .map_err(StoreError::failed)?;
        Ok(last.flatten().unwrap_or(0))
    }

    /// Gets a version.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn get_methodology_version(&self, id: Uuid) -> Result<Option<MethodologyVersion>, StoreError> {
        row::Entity::find_by_id(id).one(self.reader()).await.map_err(StoreError::failed)?.map(opened).transpose()
    }

    /// Lists versions in the order in which they were begun: all, or those with a status.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_methodology_versions(
        &self,
        status: Option<MethodologyVersionStatus>,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<MethodologyVersion>, StoreError> {
        let mut query = row::Entity::find().order_by_asc(row::Column::Id).limit(limit);
        if let Some(status) = status {
            query = query.filter(row::Column::Status.eq(status.as_str()));
        }
        if let Some(after) = after {
            query = query.filter(row::Column::Id.gt(after));
        }
        let rows = query.all(self.reader()).await.map_err(StoreError::failed)?;
        rows.into_iter().map(opened).collect()
    }
}
