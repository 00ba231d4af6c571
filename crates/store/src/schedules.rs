//! Monthly schedules of plans: one a plan and month, its content sealed.

use balsts_domain::{access::Scope, month::Month, plans::status::SigningMethod, schedules::ScheduleContent};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::*,
};

use crate::{
    InsertError, StoreError, WriteTransaction,
    applications::known,
    representatives::visible,
    vault::{Place, Vault},
};

mod plan_schedule {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "plan_schedule")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub plan_id: Uuid,
        pub person_id: Uuid,
        pub month: Date,
        pub plan_version: i32,
        pub signed_on: Date,
        pub method: String,
        pub handed_in_on: Date,
        pub content: Vec<u8>,
        pub recorded_by: String,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A monthly schedule of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanSchedule {
    /// Identifier.
    pub id: Uuid,
    /// The plan.
    pub plan_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// The month.
    pub month: Month,
    /// Version of the plan that it was checked against.
    pub plan_version: u32,
    /// The day of the signature.
    pub signed_on: NaiveDate,
    /// How it was signed.
    pub method: SigningMethod,
    /// The day on which it came in, or was replaced.
    pub handed_in_on: NaiveDate,
    /// What it says.
    pub content: ScheduleContent,
    /// Subject of who handed it in, or recorded it for the person.
    pub recorded_by: String,
    /// Counts up with every change.
    pub version: i64,
}

const fn place(id: Uuid) -> Place {
    Place { table: "plan_schedule", column: "content", row: id }
}

/// The rows that a scope sees.
fn seen(scope: &Scope) -> Condition {
    visible(scope, plan_schedule::Column::MunicipalityCode, plan_schedule::Column::PersonId)
}

impl WriteTransaction {
    /// Stores a new schedule.
    ///
    /// # Errors
    /// [`InsertError::Exists`] where the month has one.
    pub async fn insert_schedule(
        &self,
        scope: &Scope,
        new: &PlanSchedule,
        at: DateTime<Utc>,
    ) -> Result<(), InsertError> {
        let row = plan_schedule::ActiveModel {
            id: Set(new.id),
            municipality_code: Set(scope.municipality.to_string()),
            plan_id: Set(new.plan_id),
            person_id: Set(new.person_id),
            month: Set(new.month.first_day()),
            version: Set(new.version),
            created_at: Set(at),
            ..self.sealed_schedule(new, at)?
        };
        plan_schedule::Entity::insert(row).exec_without_returning(&self.0).await.map(drop).map_err(InsertError::failed)
    }

    /// Stores what replaces a schedule, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn update_schedule(
        &self,
        scope: &Scope,
        changed: &mut PlanSchedule,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let version = changed.version.saturating_add(1);
        let change = plan_schedule::ActiveModel { version: Set(version), ..self.sealed_schedule(changed, at)? };
        let updated = plan_schedule::Entity::update_many()
            .set(change)
            .filter(plan_schedule::Column::Id.eq(changed.id))
            .filter(plan_schedule::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(plan_schedule::Column::Version.eq(changed.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected != 1 {
            return Err(StoreError::Stale);
        }
        changed.version = version;
        Ok(())
    }

    fn sealed_schedule(&self, of: &PlanSchedule, at: DateTime<Utc>) -> Result<plan_schedule::ActiveModel, StoreError> {
        let inconsistent = |_| StoreError::Inconsistent { table: "plan_schedule", id: of.id };
        Ok(plan_schedule::ActiveModel {
            plan_version: Set(i32::try_from(of.plan_version).map_err(inconsistent)?),
            signed_on: Set(of.signed_on),
            method: Set(of.method.as_str().to_owned()),
            handed_in_on: Set(of.handed_in_on),
            content: Set(self.vault()?.seal_json(place(of.id), &of.content)?),
            recorded_by: Set(of.recorded_by.clone()),
            updated_at: Set(at),
            ..Default::default()
        })
    }

    /// Tells which plan a schedule is of, without taking its row: the plan's comes before it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_plan_of_schedule(&self, scope: &Scope, id: Uuid) -> Result<Option<Uuid>, StoreError> {
        plan_schedule::Entity::find_by_id(id)
            .filter(seen(scope))
            .select_only()
            .column(plan_schedule::Column::PlanId)
            .into_tuple()
            .one(&self.0)
            .await
            .map_err(StoreError::failed)
    }

    /// Gets a schedule for a change: on PostgreSQL its row is locked to the end of the transaction.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_schedule(&self, scope: &Scope, id: Uuid) -> Result<Option<PlanSchedule>, StoreError> {
        let mut query = plan_schedule::Entity::find_by_id(id).filter(seen(scope));
        if self.0.get_database_backend() == DbBackend::Postgres {
            query = query.lock_exclusive();
        }
        let row = query.one(&self.0).await.map_err(StoreError::failed)?;
        row.map(|row| opened(self.vault()?, row)).transpose()
    }

    /// Lists the schedules of a plan in the order of their months.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_schedules(&self, scope: &Scope, plan: Uuid) -> Result<Vec<PlanSchedule>, StoreError> {
        let query = plan_schedule::Entity::find()
            .filter(plan_schedule::Column::PlanId.eq(plan))
            .filter(seen(scope))
            .order_by_asc(plan_schedule::Column::Month);
        let rows = query.all(&self.0).await.map_err(StoreError::failed)?;
        let vault = self.vault()?;
        rows.into_iter().map(|row| opened(vault, row)).collect()
    }
}

fn opened(vault: &Vault, row: plan_schedule::Model) -> Result<PlanSchedule, StoreError> {
    let inconsistent = || StoreError::Inconsistent { table: "plan_schedule", id: row.id };
    Ok(PlanSchedule {
        id: row.id,
        plan_id: row.plan_id,
        person_id: row.person_id,
        month: Month::of(row.month),
        plan_version: u32::try_from(row.plan_version).map_err(|_| inconsistent())?,
        signed_on: row.signed_on,
        method: known(SigningMethod::ALL, &row.method, SigningMethod::as_str).ok_or_else(inconsistent)?,
        handed_in_on: row.handed_in_on,
        content: vault.open_json(place(row.id), &row.content)?,
        recorded_by: row.recorded_by,
        version: row.version,
    })
}
