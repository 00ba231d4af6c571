//! Consultations of specialists; what is told of them is sealed. A specialist sees those of the cases whose assessments are
//! assigned, a recipient those of whom the caller speaks for, an office those of its municipality.

use balsts_domain::{
    access::{Role, Scope},
    consultations::ConsultationDetails,
};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, entity::prelude::*,
};

use crate::{
    StoreError, WriteTransaction,
    assessments::{assessment, member},
    representatives::visible,
    vault::{ERASED, Place, Vault},
};

pub(crate) mod consultation {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "consultation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub application_id: Uuid,
        pub person_id: Uuid,
        pub held_on: Date,
        pub corrects: Option<Uuid>,
        pub details: Vec<u8>,
        pub recorded_by: String,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use consultation::Column;

/// A consultation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consultation {
    /// Identifier.
    pub id: Uuid,
    /// The case: its application.
    pub application_id: Uuid,
    /// The person of the case.
    pub person_id: Uuid,
    /// The day.
    pub held_on: NaiveDate,
    /// The entry that this one corrects.
    pub corrects: Option<Uuid>,
    /// The entry that corrects this one.
    pub corrected_by: Option<Uuid>,
    /// What is recorded of it; none where the person is erased.
    pub details: Option<ConsultationDetails>,
    /// Subject of who recorded it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

const fn place(row: Uuid) -> Place {
    Place { table: "consultation", column: "details", row }
}

/// The rows that a scope sees.
fn seen(scope: &Scope) -> Condition {
    let own = visible(scope, Column::MunicipalityCode, Column::PersonId);
    if scope.role != Role::AssessmentSpecialist {
        return own;
    }
    let assigned = member::Entity::find()
        .select_only()
        .column(member::Column::AssessmentId)
        .filter(member::Column::MunicipalityCode.eq(scope.municipality.as_str()))
        .filter(member::Column::Subject.eq(scope.subject.as_str()));
    let cases = assessment::Entity::find()
        .select_only()
        .column(assessment::Column::ApplicationId)
        .filter(assessment::Column::MunicipalityCode.eq(scope.municipality.as_str()))
        .filter(assessment::Column::Id.in_subquery(assigned.into_query()));
    own.add(Column::ApplicationId.in_subquery(cases.into_query()))
}

impl WriteTransaction {
    /// Stores a new entry.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_consultation(&self, scope: &Scope, new: &Consultation) -> Result<(), StoreError> {
        let row = consultation::ActiveModel {
            id: Set(new.id),
            municipality_code: Set(scope.municipality.to_string()),
            application_id: Set(new.application_id),
            person_id: Set(new.person_id),
            held_on: Set(new.held_on),
            corrects: Set(new.corrects),
            details: Set(self.vault()?.seal_json(place(new.id), &new.details)?),
            recorded_by: Set(new.recorded_by.clone()),
            created_at: Set(new.recorded_at),
            updated_at: Set(new.recorded_at),
        };
        consultation::Entity::insert(row).exec_without_returning(&self.0).await.map(drop).map_err(StoreError::failed)
    }

    /// Gets an entry.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_consultation(&self, scope: &Scope, id: Uuid) -> Result<Option<Consultation>, StoreError> {
        let query = consultation::Entity::find_by_id(id).filter(seen(scope));
        let Some(row) = query.one(&self.0).await.map_err(StoreError::failed)? else { return Ok(None) };
        let correction = consultation::Entity::find()
            .filter(seen(scope))
            .filter(Column::Corrects.eq(id))
            .one(&self.0)
            .await
            .map_err(StoreError::failed)?;
        opened(self.vault()?, row, correction.map(|correction| correction.id)).map(Some)
    }

    /// Lists the entries of a case in the order in which they were recorded.
    ///
    /// # Errors
    /// What the database says.
    pub async fn list_consultations(&self, scope: &Scope, application: Uuid) -> Result<Vec<Consultation>, StoreError> {
        let query = consultation::Entity::find()
            .filter(seen(scope))
            .filter(Column::ApplicationId.eq(application))
            .order_by_asc(Column::Id);
        let rows = query.all(&self.0).await.map_err(StoreError::failed)?;
        let corrections: Vec<(Uuid, Uuid)> =
            rows.iter().filter_map(|row| row.corrects.map(|corrects| (corrects, row.id))).collect();
        let correction = |of: Uuid| corrections.iter().find(|(corrects, _)| *corrects == of).map(|(_, id)| *id);
        let vault = self.vault()?;
        rows.into_iter()
            .map(|row| {
                let by = correction(row.id);
                opened(vault, row, by)
            })
            .collect()
    }
}

fn opened(vault: &Vault, row: consultation::Model, corrected_by: Option<Uuid>) -> Result<Consultation, StoreError> {
    Ok(Consultation {
        id: row.id,
        application_id: row.application_id,
        person_id: row.person_id,
        held_on: row.held_on,
        corrects: row.corrects,
        corrected_by,
        details: if row.details == ERASED { None } else { vault.open_json(place(row.id), &row.details)? },
        recorded_by: row.recorded_by,
        recorded_at: row.created_at,
    })
}
