//! The complaint register: what is written is sealed. The ministry sees those about ethics. A complaint names no person: the access log
//! of the person of its case would tell who made it.

use balsts_domain::{
    access::{MunicipalityCode, Role, Scope},
    complaints::{self, ComplaintAbout, ComplaintStatus, ComplaintWords},
};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::*,
};

use crate::{Store, StoreError, WriteTransaction, applications::known, goal_results::reach, vault::Place};

mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "complaint")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub about: String,
        pub application_id: Option<Uuid>,
        pub anonymous: bool,
        pub status: String,
        pub received_on: Date,
        pub answered_on: Option<Date>,
        pub answered_by: Option<String>,
        pub words: Vec<u8>,
        pub recorded_by: String,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A complaint without what is written in it: what a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComplaintSummary {
    /// Identifier.
    pub id: Uuid,
    /// The municipality.
    pub municipality: MunicipalityCode,
    /// What it is about.
    pub about: ComplaintAbout,
    /// The case, where it is about one: its application.
    pub application_id: Option<Uuid>,
    /// Whether nothing tells who made it.
    pub anonymous: bool,
    /// Where it stands.
    pub status: ComplaintStatus,
    /// The day on which it came in.
    pub received_on: NaiveDate,
    /// The day of the answer.
    pub answered_on: Option<NaiveDate>,
    /// Subject of who answered.
    pub answered_by: Option<String>,
    /// Subject of who complains, or recorded it.
    pub recorded_by: String,
    /// Counts up with every change.
    pub version: i64,
}

/// A complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// What a list shows.
    pub summary: ComplaintSummary,
    /// What it says.
    pub words: ComplaintWords,
}

/// Which complaints a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct ComplaintFilter {
    /// About this.
    pub about: Option<ComplaintAbout>,
    /// With this status.
    pub status: Option<ComplaintStatus>,
    /// After this one, in the order of identifiers.
    pub after: Option<Uuid>,
}

const fn place(id: Uuid) -> Place {
    Place { table: "complaint", column: "words", row: id }
}

/// What a scope sees: of the municipality, or for the ministry of the country, what the role sees; a recipient only the own ones that
/// are not anonymous.
fn seen(scope: &Scope) -> Condition {
    let about = complaints::seen_by(scope.role).iter().map(|about| about.as_str());
    let mut seen = Condition::all().add(row::Column::About.is_in(about));
    if !scope.is_national() {
        seen = seen.add(row::Column::MunicipalityCode.eq(scope.municipality.as_str()));
    }
    if scope.role == Role::Recipient {
        seen = seen.add(row::Column::RecordedBy.eq(scope.subject.as_str())).add(row::Column::Anonymous.eq(false));
    }
    seen
}

impl WriteTransaction {
    /// Stores a new complaint.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_complaint(&self, scope: &Scope, new: &Complaint, at: DateTime<Utc>) -> Result<(), StoreError> {
        let summary = &new.summary;
        let row = row::ActiveModel {
            id: Set(summary.id),
            municipality_code: Set(scope.municipality.to_string()),
            about: Set(summary.about.as_str().to_owned()),
            application_id: Set(summary.application_id),
            anonymous: Set(summary.anonymous),
            status: Set(summary.status.as_str().to_owned()),
            received_on: Set(summary.received_on),
            answered_on: Set(None),
            answered_by: Set(None),
            words: Set(self.vault()?.seal_json(place(summary.id), &new.words)?),
            recorded_by: Set(summary.recorded_by.clone()),
            version: Set(summary.version),
            created_at: Set(at),
            updated_at: Set(at),
        };
        row::Entity::insert(row).exec_without_returning(&self.0).await.map(drop).map_err(StoreError::failed)
    }

    /// Stores the answer to a complaint, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn update_complaint(
        &self,
        scope: &Scope,
        changed: &mut Complaint,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let summary = &mut changed.summary;
        let version = summary.version.saturating_add(1);
        let change = row::ActiveModel {
            status: Set(summary.status.as_str().to_owned()),
            answered_on: Set(summary.answered_on),
            answered_by: Set(summary.answered_by.clone()),
            words: Set(self.vault()?.seal_json(place(summary.id), &changed.words)?),
            version: Set(version),
            updated_at: Set(at),
            ..Default::default()
        };
        let updated = row::Entity::update_many()
            .set(change)
            .filter(row::Column::Id.eq(summary.id))
            .filter(row::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(row::Column::Version.eq(summary.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected != 1 {
            return Err(StoreError::Stale);
        }
        summary.version = version;
        Ok(())
    }

    /// Gets a complaint that the scope sees: on PostgreSQL its row is locked to the end of the transaction.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_complaint(&self, scope: &Scope, id: Uuid) -> Result<Option<Complaint>, StoreError> {
        let mut query = row::Entity::find_by_id(id).filter(seen(scope));
        if self.0.get_database_backend() == DbBackend::Postgres {
            query = query.lock_exclusive();
        }
        let Some(row) = query.one(&self.0).await.map_err(StoreError::failed)? else { return Ok(None) };
        let words = self.vault()?.open_json(place(row.id), &row.words)?;
        Ok(Some(Complaint { summary: summary(row)?, words }))
    }
}

impl Store {
    /// Lists the complaints that the scope sees in the order in which they came in.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_complaints(
        &self,
        scope: &Scope,
        filter: ComplaintFilter,
        limit: u64,
    ) -> Result<Vec<ComplaintSummary>, StoreError> {
        use row::Column;
        let condition = seen(scope)
            .add_option(filter.about.map(|about| Column::About.eq(about.as_str())))
            .add_option(filter.status.map(|status| Column::Status.eq(status.as_str())))
            .add_option(filter.after.map(|after| Column::Id.gt(after)));
        let query = row::Entity::find().filter(condition).order_by_asc(Column::Id).limit(limit);
        let rows = query.all(&self.read(reach(scope))).await.map_err(StoreError::failed)?;
        rows.into_iter().map(summary).collect()
    }
}

fn summary(row: row::Model) -> Result<ComplaintSummary, StoreError> {
    let inconsistent = || StoreError::Inconsistent { table: "complaint", id: row.id };
    Ok(ComplaintSummary {
        id: row.id,
        municipality: row.municipality_code.parse().map_err(|_| inconsistent())?,
        about: known(ComplaintAbout::ALL, &row.about, ComplaintAbout::as_str).ok_or_else(inconsistent)?,
        application_id: row.application_id,
        anonymous: row.anonymous,
        status: known(ComplaintStatus::ALL, &row.status, ComplaintStatus::as_str).ok_or_else(inconsistent)?,
        received_on: row.received_on,
        answered_on: row.answered_on,
        answered_by: row.answered_by,
        recorded_by: row.recorded_by,
        version: row.version,
    })
}
