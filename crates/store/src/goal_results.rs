//! Results of goals: the note is sealed, what is counted is not, and stays when the person is erased.

use balsts_domain::{
    access::{MunicipalityCode, Scope},
    goal_results::GoalAchievement,
    parameters::catalogue::MethodologyId,
};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, entity::prelude::*,
};

use crate::{
    InsertError, Reach, Store, StoreError, WriteTransaction,
    applications::known,
    representatives::visible,
    vault::{ERASED, Place, Vault},
};

pub(crate) mod goal_result {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "goal_result")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub plan_id: Uuid,
        pub application_id: Uuid,
        pub person_id: Uuid,
        pub methodology: String,
        pub goal: i32,
        pub area: i32,
        pub achievement: String,
        pub on_day: Date,
        pub note: Vec<u8>,
        pub version: i64,
        pub recorded_by: String,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What came of a goal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoalResult {
    /// Identifier.
    pub id: Uuid,
    /// The plan.
    pub plan_id: Uuid,
    /// The case: its application.
    pub application_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// Methodology of the plan.
    pub methodology: MethodologyId,
    /// Number of the goal in the plan.
    pub goal: u32,
    /// Its support area.
    pub area: u32,
    /// What came of it.
    pub achievement: GoalAchievement,
    /// The day on which that was seen.
    pub on: NaiveDate,
    /// In words; none where the person is erased.
    pub note: Option<String>,
    /// Subject of who recorded it.
    pub recorded_by: String,
    /// Counts up with every change.
    pub version: i64,
}

/// A result as it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedGoal {
    /// Identifier.
    pub id: Uuid,
    /// The municipality.
    pub municipality: MunicipalityCode,
    /// The person.
    pub person: Uuid,
    /// Support area.
    pub area: u32,
    /// What came of the goal.
    pub achievement: GoalAchievement,
}

#[derive(Debug, FromQueryResult)]
struct CountedRow {
    id: Uuid,
    municipality_code: String,
    person_id: Uuid,
    area: i32,
    achievement: String,
}

/// How far a count of a scope reaches: the country's every municipality.
pub(crate) fn reach(scope: &Scope) -> Reach {
    if scope.is_national() { Reach::Country } else { Reach::from(scope) }
}

fn place(id: Uuid) -> Place {
    Place { table: "goal_result", column: "note", row: id }
}

fn stored(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

impl WriteTransaction {
    /// Stores a new result.
    ///
    /// # Errors
    /// [`InsertError::Exists`] where the goal has one.
    pub async fn insert_goal_result(
        &self,
        scope: &Scope,
        new: &GoalResult,
        at: DateTime<Utc>,
    ) -> Result<(), InsertError> {
        let row = goal_result::ActiveModel {
            id: Set(new.id),
            municipality_code: Set(scope.municipality.to_string()),
            plan_id: Set(new.plan_id),
            application_id: Set(new.application_id),
            person_id: Set(new.person_id),
            methodology: Set(new.methodology.as_str().to_owned()),
            goal: Set(stored(new.goal)),
            area: Set(stored(new.area)),
            version: Set(new.version),
            created_at: Set(at),
            ..self.sealed_goal_result(new, at)?
        };
        goal_result::Entity::insert(row).exec_without_returning(&self.0).await.map(drop).map_err(InsertError::failed)
    }

    fn sealed_goal_result(&self, of: &GoalResult, at: DateTime<Utc>) -> Result<goal_result::ActiveModel, StoreError> {
        Ok(goal_result::ActiveModel {
            achievement: Set(of.achievement.as_str().to_owned()),
            on_day: Set(of.on),
            note: Set(self.vault()?.seal_json(place(of.id), &of.note)?),
            recorded_by: Set(of.recorded_by.clone()),
            updated_at: Set(at),
            ..Default::default()
        })
    }

    /// Stores a corrected result under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn update_goal_result(
        &self,
        scope: &Scope,
        changed: &mut GoalResult,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let version = changed.version.saturating_add(1);
        let change = goal_result::ActiveModel { version: Set(version), ..self.sealed_goal_result(changed, at)? };
        let updated = goal_result::Entity::update_many()
            .set(change)
            .filter(goal_result::Column::Id.eq(changed.id))
            .filter(goal_result::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(goal_result::Column::Version.eq(changed.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected != 1 {
            return Err(StoreError::Stale);
        }
        changed.version = version;
        Ok(())
    }

    /// Gets a result. Its row is not taken: those of the plan come first, and a correction names the version that it is of.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_goal_result(&self, scope: &Scope, id: Uuid) -> Result<Option<GoalResult>, StoreError> {
        let query = goal_result::Entity::find_by_id(id).filter(visible(
            scope,
            goal_result::Column::MunicipalityCode,
            goal_result::Column::PersonId,
        ));
        let row = query.one(&self.0).await.map_err(StoreError::failed)?;
        row.map(|row| opened(self.vault()?, row)).transpose()
    }

    /// Lists the results of a plan in the order of its goals.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_goal_results(&self, scope: &Scope, plan: Uuid) -> Result<Vec<GoalResult>, StoreError> {
        let query = goal_result::Entity::find()
            .filter(goal_result::Column::PlanId.eq(plan))
            .filter(visible(scope, goal_result::Column::MunicipalityCode, goal_result::Column::PersonId))
            .order_by_asc(goal_result::Column::Goal);
        let rows = query.all(&self.0).await.map_err(StoreError::failed)?;
        let vault = self.vault()?;
        rows.into_iter().map(|row| opened(vault, row)).collect()
    }
}

impl Store {
    /// Lists the results of a methodology as they are counted, of the scope's municipality or of the country, in the order of their
    /// identifiers after one.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_counted_goals(
        &self,
        scope: &Scope,
        methodology: MethodologyId,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<CountedGoal>, StoreError> {
        use goal_result::Column;
        let mut query = goal_result::Entity::find()
            .select_only()
            .columns([Column::Id, Column::MunicipalityCode, Column::PersonId, Column::Area, Column::Achievement])
            .filter(Column::Methodology.eq(methodology.as_str()))
            .filter(Column::Id.gt(after.unwrap_or_default()))
            .order_by_asc(Column::Id)
            .limit(limit);
        if !scope.is_national() {
            query = query.filter(Column::MunicipalityCode.eq(scope.municipality.as_str()));
        }
        let rows: Vec<CountedRow> =
            query.into_model().all(&self.read(reach(scope))).await.map_err(StoreError::failed)?;
        let counted = |row: CountedRow| {
            let inconsistent = || StoreError::Inconsistent { table: "goal_result", id: row.id };
            let achievement = known(GoalAchievement::ALL, &row.achievement, GoalAchievement::as_str);
            Ok(CountedGoal {
                id: row.id,
                municipality: row.municipality_code.parse().map_err(|_| inconsistent())?,
                person: row.person_id,
                area: u32::try_from(row.area).map_err(|_| inconsistent())?,
                achievement: achievement.ok_or_else(inconsistent)?,
            })
        };
        rows.into_iter().map(counted).collect()
    }
}

fn opened(vault: &Vault, row: goal_result::Model) -> Result<GoalResult, StoreError> {
    let inconsistent = || StoreError::Inconsistent { table: "goal_result", id: row.id };
    Ok(GoalResult {
        id: row.id,
        plan_id: row.plan_id,
        application_id: row.application_id,
        person_id: row.person_id,
        methodology: known(MethodologyId::ALL, &row.methodology, MethodologyId::as_str).ok_or_else(inconsistent)?,
        goal: u32::try_from(row.goal).map_err(|_| inconsistent())?,
        area: u32::try_from(row.area).map_err(|_| inconsistent())?,
        achievement: known(GoalAchievement::ALL, &row.achievement, GoalAchievement::as_str).ok_or_else(inconsistent)?,
        on: row.on_day,
        note: if row.note == ERASED { None } else { vault.open_json(place(row.id), &row.note)? },
        recorded_by: row.recorded_by,
        version: row.version,
    })
}
