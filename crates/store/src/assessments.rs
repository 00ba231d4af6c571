//! Assessments: what they say is sealed. A specialist sees those that are assigned, a recipient the completed ones of those for
//! whom the caller speaks, an office those of its municipality.

use std::collections::BTreeSet;

use balsts_domain::{
    access::{Role, Scope},
    assessments::{AssessmentKind, AssessmentStatus, Content, RightsReport},
};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    entity::prelude::*,
};

use crate::{
    StoreError, WriteTransaction,
    applications::known,
    representatives::visible,
    vault::{Place, Vault},
};

pub(crate) mod assessment {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "assessment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub application_id: Uuid,
        pub person_id: Uuid,
        pub kind: String,
        pub assessed_on: Date,
        pub status: String,
        pub completed_on: Option<Date>,
        pub content: Vec<u8>,
        pub reports: Vec<u8>,
        pub version: i64,
        pub created_by: String,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod member {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "assessment_member")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub assessment_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub subject: String,
        pub municipality_code: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// An assessment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// Identifier.
    pub id: Uuid,
    /// The case: its application.
    pub application_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// Why it is made.
    pub kind: AssessmentKind,
    /// The day on which it takes or took place.
    pub assessed_on: NaiveDate,
    /// Where it stands.
    pub status: AssessmentStatus,
    /// The day on which it was completed.
    pub completed_on: Option<NaiveDate>,
    /// What it says.
    pub content: Content,
    /// Reports of breached rights, for the office alone.
    pub reports: Vec<RightsReport>,
    /// Subject of who began it.
    pub created_by: String,
    /// Counts up with every change.
    pub version: i64,
}

pub(crate) const fn place(column: &'static str, row: Uuid) -> Place {
    Place { table: "assessment", column, row }
}

/// The rows that a scope sees.
fn seen(scope: &Scope) -> Condition {
    let own = visible(scope, assessment::Column::MunicipalityCode, assessment::Column::PersonId);
    match scope.role {
        Role::AssessmentSpecialist => {
            let assigned = member::Entity::find()
                .select_only()
                .column(member::Column::AssessmentId)
                .filter(member::Column::MunicipalityCode.eq(scope.municipality.as_str()))
                .filter(member::Column::Subject.eq(scope.subject.as_str()));
            own.add(assessment::Column::Id.in_subquery(assigned.into_query()))
        }
        Role::Recipient => own.add(assessment::Column::Status.eq(AssessmentStatus::Completed.as_str())),
        _ => own,
    }
}

impl WriteTransaction {
    /// Stores a new assessment.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_assessment(
        &self,
        scope: &Scope,
        new: &Assessment,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let row = assessment::ActiveModel {
            id: Set(new.id),
            municipality_code: Set(scope.municipality.to_string()),
            application_id: Set(new.application_id),
            person_id: Set(new.person_id),
            created_by: Set(new.created_by.clone()),
            created_at: Set(at),
            version: Set(new.version),
            ..self.sealed_assessment(new, at)?
        };
        assessment::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        self.save_members(scope, new).await
    }

    /// Stores a changed assessment under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn update_assessment(
        &self,
        scope: &Scope,
        changed: &mut Assessment,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let version = changed.version.saturating_add(1);
        let change = assessment::ActiveModel { version: Set(version), ..self.sealed_assessment(changed, at)? };
        let updated = assessment::Entity::update_many()
            .set(change)
            .filter(assessment::Column::Id.eq(changed.id))
            .filter(assessment::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(assessment::Column::Version.eq(changed.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected != 1 {
            return Err(StoreError::Stale);
        }
        changed.version = version;
        self.save_members(scope, changed).await
    }

    fn sealed_assessment(&self, known: &Assessment, at: DateTime<Utc>) -> Result<assessment::ActiveModel, StoreError> {
        let vault = self.vault()?;
        Ok(assessment::ActiveModel {
            id: NotSet,
            kind: Set(known.kind.as_str().to_owned()),
            assessed_on: Set(known.assessed_on),
            status: Set(known.status.as_str().to_owned()),
            completed_on: Set(known.completed_on),
            content: Set(vault.seal_json(place("content", known.id), &known.content)?),
            reports: Set(vault.seal_json(place("reports", known.id), &known.reports)?),
            updated_at: Set(at),
            ..Default::default()
        })
    }

    /// Counts the completed assessments of a case.
    ///
    /// # Errors
    /// What the database says.
    pub async fn count_completed_assessments(&self, scope: &Scope, application: Uuid) -> Result<u32, StoreError> {
        let completed = assessment::Entity::find()
            .filter(assessment::Column::ApplicationId.eq(application))
            .filter(assessment::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(assessment::Column::CompletedOn.is_not_null())
            .count(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(u32::try_from(completed).unwrap_or(u32::MAX))
    }

    /// Tells the day of the last completed assessment of a case.
    ///
    /// # Errors
    /// What the database says.
    pub async fn last_assessed(&self, scope: &Scope, application: Uuid) -> Result<Option<NaiveDate>, StoreError> {
        let last = assessment::Entity::find()
            .select_only()
            .column_as(assessment::Column::AssessedOn.max(), "assessed_on")
            .filter(assessment::Column::ApplicationId.eq(application))
            .filter(assessment::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(assessment::Column::CompletedOn.is_not_null())
            .into_tuple::<Option<NaiveDate>>()
            .one(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(last.flatten())
    }

    /// Codes of the services that the opinions of the last completed assessment of a case recommend.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_recommended_services(
        &self,
        scope: &Scope,
        application: Uuid,
    ) -> Result<BTreeSet<String>, StoreError> {
        let last = assessment::Entity::find()
            .filter(assessment::Column::ApplicationId.eq(application))
            .filter(visible(scope, assessment::Column::MunicipalityCode, assessment::Column::PersonId))
            .filter(assessment::Column::CompletedOn.is_not_null())
            .order_by_desc(assessment::Column::CompletedOn)
            .order_by_desc(assessment::Column::Id)
            .one(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let Some(row) = last else { return Ok(BTreeSet::new()) };
        let content: Content = self.vault()?.open_json(place("content", row.id), &row.content)?;
        Ok(content.recommended().map(str::to_owned).collect())
    }

    /// Stores who is assigned, in place of those before.
    async fn save_members(&self, scope: &Scope, assessment: &Assessment) -> Result<(), StoreError> {
        member::Entity::delete_many()
            .filter(member::Column::AssessmentId.eq(assessment.id))
            .filter(member::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let rows: Vec<member::ActiveModel> = assessment
            .content
            .findings
            .members
            .iter()
            .map(|known| member::ActiveModel {
                assessment_id: Set(assessment.id),
                subject: Set(known.subject.clone()),
                municipality_code: Set(scope.municipality.to_string()),
            })
            .collect();
        if !rows.is_empty() {
            member::Entity::insert_many(rows).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        }
        Ok(())
    }

    /// Gets an assessment for a change: on PostgreSQL its row is locked to the end of the transaction.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_assessment(&self, scope: &Scope, id: Uuid) -> Result<Option<Assessment>, StoreError> {
        let mut query = assessment::Entity::find_by_id(id).filter(seen(scope));
        if self.0.get_database_backend() == DbBackend::Postgres {
            query = query.lock_exclusive();
        }
        let row = query.one(&self.0).await.map_err(StoreError::failed)?;
        row.map(|row| opened(self.vault()?, row)).transpose()
    }

    /// Tells which application an assessment is of, without taking its row: the application's comes before it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_application_of_assessment(&self, scope: &Scope, id: Uuid) -> Result<Option<Uuid>, StoreError> {
        assessment::Entity::find_by_id(id)
            .filter(seen(scope))
            .select_only()
            .column(assessment::Column::ApplicationId)
            .into_tuple()
            .one(&self.0)
            .await
            .map_err(StoreError::failed)
    }

    /// Lists the assessments of a case in the order in which they were begun.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_assessments(&self, scope: &Scope, application: Uuid) -> Result<Vec<Assessment>, StoreError> {
        let vault = self.vault()?;
        let query = assessment::Entity::find()
            .filter(assessment::Column::ApplicationId.eq(application))
            .filter(seen(scope))
            .order_by_asc(assessment::Column::Id);
        let rows = query.all(&self.0).await.map_err(StoreError::failed)?;
        rows.into_iter().map(|row| opened(vault, row)).collect()
    }
}

fn opened(vault: &Vault, row: assessment::Model) -> Result<Assessment, StoreError> {
    let inconsistent = || StoreError::Inconsistent { table: "assessment", id: row.id };
    Ok(Assessment {
        id: row.id,
        application_id: row.application_id,
        person_id: row.person_id,
        kind: known(AssessmentKind::ALL, &row.kind, AssessmentKind::as_str).ok_or_else(inconsistent)?,
        assessed_on: row.assessed_on,
        status: known(AssessmentStatus::ALL, &row.status, AssessmentStatus::as_str).ok_or_else(inconsistent)?,
        completed_on: row.completed_on,
        content: vault.open_json(place("content", row.id), &row.content)?,
        reports: vault.open_json(place("reports", row.id), &row.reports)?,
        created_by: row.created_by,
        version: row.version,
    })
}
