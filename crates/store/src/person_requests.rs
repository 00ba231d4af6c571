//! What recipients ask of the office. What is written is sealed; a list tells the rest.

use balsts_domain::{
    access::Scope,
    person_requests::{ChangeSubject, RequestKind, RequestOutcome, RequestStatus, RequestWords},
};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::*,
};

use crate::{Store, StoreError, WriteTransaction, applications::known, representatives::visible, vault::Place};

pub(crate) mod person_request {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "person_request")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub application_id: Uuid,
        pub person_id: Uuid,
        pub plan_id: Option<Uuid>,
        pub plan_version: i32,
        pub kind: String,
        pub change: Option<String>,
        pub line: Option<i32>,
        pub offer_id: Option<Uuid>,
        pub status: String,
        pub outcome: Option<String>,
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

/// A request without what is written in it: what a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRequestSummary {
    /// Identifier.
    pub id: Uuid,
    /// The case: its application.
    pub application_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// The plan of the case, where it had one.
    pub plan_id: Option<Uuid>,
    /// Version of the plan that was in force when it came in; 0 before the first.
    pub plan_version: u32,
    /// What is asked.
    pub kind: RequestKind,
    /// What has changed.
    pub change: Option<ChangeSubject>,
    /// Number of the plan's line.
    pub line: Option<u32>,
    /// The offer that is wanted instead.
    pub offer_id: Option<Uuid>,
    /// Where it stands.
    pub status: RequestStatus,
    /// What the office answered.
    pub outcome: Option<RequestOutcome>,
    /// The day on which it came in.
    pub received_on: NaiveDate,
    /// The day of the answer, or on which it was taken back.
    pub answered_on: Option<NaiveDate>,
    /// Subject of who answered.
    pub answered_by: Option<String>,
    /// Subject of who asked, or recorded it for the person.
    pub recorded_by: String,
    /// Counts up with every change.
    pub version: i64,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRequest {
    /// What a list shows.
    pub summary: PersonRequestSummary,
    /// What is written in it.
    pub words: RequestWords,
}

/// Which requests a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct PersonRequestFilter {
    /// Of this case.
    pub application: Option<Uuid>,
    /// Of this kind.
    pub kind: Option<RequestKind>,
    /// With this status.
    pub status: Option<RequestStatus>,
    /// After this one, in the order of identifiers.
    pub after: Option<Uuid>,
}

const fn inconsistent(id: Uuid) -> StoreError {
    StoreError::Inconsistent { table: "person_request", id }
}

const fn place(id: Uuid) -> Place {
    Place { table: "person_request", column: "words", row: id }
}

/// The rows that a scope sees.
fn seen(scope: &Scope) -> Condition {
    visible(scope, person_request::Column::MunicipalityCode, person_request::Column::PersonId)
}

impl WriteTransaction {
    /// Stores a new request.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_person_request(
        &self,
        scope: &Scope,
        new: &PersonRequest,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let summary = &new.summary;
        let number = |number: u32| i32::try_from(number).map_err(|_| inconsistent(summary.id));
        let row = person_request::ActiveModel {
            id: Set(summary.id),
            municipality_code: Set(scope.municipality.to_string()),
            application_id: Set(summary.application_id),
            person_id: Set(summary.person_id),
            plan_id: Set(summary.plan_id),
            plan_version: Set(number(summary.plan_version)?),
            kind: Set(summary.kind.as_str().to_owned()),
            change: Set(summary.change.map(|change| change.as_str().to_owned())),
            line: Set(summary.line.map(number).transpose()?),
            offer_id: Set(summary.offer_id),
            received_on: Set(summary.received_on),
            recorded_by: Set(summary.recorded_by.clone()),
            version: Set(summary.version),
            created_at: Set(at),
            ..self.answered_request(new, at)?
        };
        person_request::Entity::insert(row).exec_without_returning(&self.0).await.map(drop).map_err(StoreError::failed)
    }

    /// Stores what became of a request, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn update_person_request(
        &self,
        scope: &Scope,
        changed: &mut PersonRequest,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let version = changed.summary.version.saturating_add(1);
        let change = person_request::ActiveModel { version: Set(version), ..self.answered_request(changed, at)? };
        let updated = person_request::Entity::update_many()
            .set(change)
            .filter(person_request::Column::Id.eq(changed.summary.id))
            .filter(person_request::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(person_request::Column::Version.eq(changed.summary.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected != 1 {
            return Err(StoreError::Stale);
        }
        changed.summary.version = version;
        Ok(())
    }

    fn answered_request(
        &self,
        of: &PersonRequest,
        at: DateTime<Utc>,
    ) -> Result<person_request::ActiveModel, StoreError> {
        let summary = &of.summary;
        Ok(person_request::ActiveModel {
            status: Set(summary.status.as_str().to_owned()),
            outcome: Set(summary.outcome.map(|outcome| outcome.as_str().to_owned())),
            answered_on: Set(summary.answered_on),
            answered_by: Set(summary.answered_by.clone()),
            words: Set(self.vault()?.seal_json(place(summary.id), &of.words)?),
            updated_at: Set(at),
            ..Default::default()
        })
    }

    /// Tells which plan a request is about, without taking its row: the plan's comes before it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_plan_of_request(&self, scope: &Scope, id: Uuid) -> Result<Option<Option<Uuid>>, StoreError> {
        person_request::Entity::find_by_id(id)
            .filter(seen(scope))
            .select_only()
            .column(person_request::Column::PlanId)
            .into_tuple()
            .one(&self.0)
            .await
            .map_err(StoreError::failed)
    }

    /// Gets a request for a change: on PostgreSQL its row is locked to the end of the transaction.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_person_request(&self, scope: &Scope, id: Uuid) -> Result<Option<PersonRequest>, StoreError> {
        let mut query = person_request::Entity::find_by_id(id).filter(seen(scope));
        if self.0.get_database_backend() == DbBackend::Postgres {
            query = query.lock_exclusive();
        }
        let Some(row) = query.one(&self.0).await.map_err(StoreError::failed)? else { return Ok(None) };
        let words = self.vault()?.open_json(place(row.id), &row.words)?;
        Ok(Some(PersonRequest { summary: summary(row)?, words }))
    }
}

impl Store {
    /// Lists requests in the order in which they came in.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_person_requests(
        &self,
        scope: &Scope,
        filter: PersonRequestFilter,
        limit: u64,
    ) -> Result<Vec<PersonRequestSummary>, StoreError> {
        use person_request::Column;
        let condition = seen(scope)
            .add_option(filter.application.map(|application| Column::ApplicationId.eq(application)))
            .add_option(filter.kind.map(|kind| Column::Kind.eq(kind.as_str())))
            .add_option(filter.status.map(|status| Column::Status.eq(status.as_str())))
            .add_option(filter.after.map(|after| Column::Id.gt(after)));
        let query = person_request::Entity::find().filter(condition).order_by_asc(Column::Id).limit(limit);
        let rows = query.all(&self.read(scope)).await.map_err(StoreError::failed)?;
        rows.into_iter().map(summary).collect()
    }
}

fn summary(row: person_request::Model) -> Result<PersonRequestSummary, StoreError> {
    let broken = || inconsistent(row.id);
    let change = row.change.as_deref();
    let change =
        change.map(|text| known(ChangeSubject::ALL, text, ChangeSubject::as_str).ok_or_else(broken)).transpose()?;
    let outcome = row.outcome.as_deref();
    let outcome =
        outcome.map(|text| known(RequestOutcome::ALL, text, RequestOutcome::as_str).ok_or_else(broken)).transpose()?;
    Ok(PersonRequestSummary {
        id: row.id,
        application_id: row.application_id,
        person_id: row.person_id,
        plan_id: row.plan_id,
        plan_version: u32::try_from(row.plan_version).map_err(|_| broken())?,
        kind: known(RequestKind::ALL, &row.kind, RequestKind::as_str).ok_or_else(broken)?,
        change,
        line: row.line.map(u32::try_from).transpose().map_err(|_| broken())?,
        offer_id: row.offer_id,
        status: known(RequestStatus::ALL, &row.status, RequestStatus::as_str).ok_or_else(broken)?,
        outcome,
        received_on: row.received_on,
        answered_on: row.answered_on,
        answered_by: row.answered_by,
        recorded_by: row.recorded_by,
        version: row.version,
    })
}
