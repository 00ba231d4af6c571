//! Conflicts of interest that were declared; the rows that they block are left out by `visible` in `representatives`.

use std::collections::BTreeSet;

use balsts_domain::access::Scope;
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set,
    Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    entity::prelude::*,
    sea_query::{ExprTrait as _, SelectStatement},
};

use crate::{
    InsertError, StoreError, WriteTransaction,
    applications::application,
    representatives::visible,
    vault::{ERASED, Place, Vault},
};

mod conflict_of_interest {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "conflict_of_interest")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub person_id: Uuid,
        pub subject: String,
        pub reason: Vec<u8>,
        pub declared_by: String,
        pub declared_on: Date,
        pub ended_on: Option<Date>,
        pub ended_by: Option<String>,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use conflict_of_interest::Column;

/// A conflict of interest that was declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictOfInterest {
    /// Identifier.
    pub id: Uuid,
    /// The person on whose cases the subject does not work.
    pub person_id: Uuid,
    /// The issuer's identifier of who has it.
    pub subject: String,
    /// Why; none where the person is erased.
    pub reason: Option<String>,
    /// Subject of who declared it.
    pub declared_by: String,
    /// The day.
    pub declared_on: NaiveDate,
    /// The day from which it blocks no more, and who said so.
    pub ended: Option<(NaiveDate, String)>,
    /// Counts up with every change.
    pub version: i64,
}

const fn reason_place(row: Uuid) -> Place {
    Place { table: "conflict_of_interest", column: "reason", row }
}

/// The persons on whose cases the caller does not work.
pub(crate) fn blocked(scope: &Scope) -> SelectStatement {
    let conflicts = conflict_of_interest::Entity::find()
        .select_only()
        .column(Column::PersonId)
        .filter(Column::MunicipalityCode.eq(scope.municipality.as_str()))
        .filter(Column::Subject.eq(scope.subject.as_str()))
        .filter(Column::EndedOn.is_null());
    conflicts.into_query()
}

/// What the caller sees of them: not the own ones, which are of persons whom the caller does not see any more.
fn seen(scope: &Scope) -> Condition {
    visible(scope, Column::MunicipalityCode, Column::PersonId)
}

impl WriteTransaction {
    /// Stores a conflict that is declared, and takes the person's cases from its subject.
    ///
    /// # Errors
    /// [`InsertError::Exists`] where it is declared already, or what the database says.
    pub async fn insert_conflict_of_interest(
        &self,
        scope: &Scope,
        new: &ConflictOfInterest,
        at: DateTime<Utc>,
    ) -> Result<(), InsertError> {
        let reason = new.reason.as_deref().unwrap_or_default();
        let reason = self.vault()?.seal(reason_place(new.id), reason.as_bytes()).map_err(StoreError::from)?;
        let row = conflict_of_interest::ActiveModel {
            id: Set(new.id),
            municipality_code: Set(scope.municipality.to_string()),
            person_id: Set(new.person_id),
            subject: Set(new.subject.clone()),
            reason: Set(reason),
            declared_by: Set(new.declared_by.clone()),
            declared_on: Set(new.declared_on),
            ended_on: Set(None),
            ended_by: Set(None),
            version: Set(new.version),
            created_at: Set(at),
            updated_at: Set(at),
        };
        conflict_of_interest::Entity::insert(row).exec_without_returning(&self.0).await.map_err(InsertError::failed)?;
        application::Entity::update_many()
            .col_expr(application::Column::Worker, Expr::value(Option::<String>::None))
            .col_expr(application::Column::Version, Expr::col(application::Column::Version).add(1))
            .col_expr(application::Column::UpdatedAt, Expr::value(at))
            .filter(application::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(application::Column::PersonId.eq(new.person_id))
            .filter(application::Column::Worker.eq(new.subject.as_str()))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(())
    }

    /// Whether somebody has a conflict of interest in the cases of a person.
    ///
    /// # Errors
    /// What the database says.
    pub async fn has_conflict_of_interest(
        &self,
        scope: &Scope,
        person: Uuid,
        subject: &str,
    ) -> Result<bool, StoreError> {
        let row = conflict_of_interest::Entity::find()
            .filter(Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(Column::Subject.eq(subject))
            .filter(Column::PersonId.eq(person))
            .filter(Column::EndedOn.is_null())
            .one(&self.0)
            .await;
        Ok(row.map_err(StoreError::failed)?.is_some())
    }

    /// The persons among these in whose cases the caller has a conflict of interest.
    ///
    /// # Errors
    /// What the database says.
    pub async fn persons_in_conflict(
        &self,
        scope: &Scope,
        persons: &BTreeSet<Uuid>,
    ) -> Result<BTreeSet<Uuid>, StoreError> {
        let found = conflict_of_interest::Entity::find()
            .select_only()
            .column(Column::PersonId)
            .filter(Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(Column::Subject.eq(scope.subject.as_str()))
            .filter(Column::EndedOn.is_null())
            .filter(Column::PersonId.is_in(persons.iter().copied()))
            .into_tuple()
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(found.into_iter().collect())
    }

    /// Gets a conflict.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_conflict_of_interest(
        &self,
        scope: &Scope,
        id: Uuid,
    ) -> Result<Option<ConflictOfInterest>, StoreError> {
        let row = conflict_of_interest::Entity::find_by_id(id).filter(seen(scope)).one(&self.0).await;
        row.map_err(StoreError::failed)?.map(|row| opened(self.vault()?, row)).transpose()
    }

    /// Lists the conflicts about a person, those that have ended as well, in the order in which they were declared.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_conflicts_of_interest(
        &self,
        scope: &Scope,
        person: Uuid,
    ) -> Result<Vec<ConflictOfInterest>, StoreError> {
        let query = conflict_of_interest::Entity::find()
            .filter(seen(scope))
            .filter(Column::PersonId.eq(person))
            .order_by_asc(Column::Id);
        let rows = query.all(&self.0).await.map_err(StoreError::failed)?;
        rows.into_iter().map(|row| opened(self.vault()?, row)).collect()
    }

    /// Ends a conflict, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn end_conflict_of_interest(
        &self,
        scope: &Scope,
        known: &ConflictOfInterest,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let change = conflict_of_interest::ActiveModel {
            ended_on: Set(Some(scope.today)),
            ended_by: Set(Some(scope.subject.clone())),
            version: Set(known.version.saturating_add(1)),
            updated_at: Set(at),
            ..Default::default()
        };
        let ended = conflict_of_interest::Entity::update_many()
            .set(change)
            .filter(Column::Id.eq(known.id))
            .filter(seen(scope))
            .filter(Column::Version.eq(known.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if ended.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }
}

fn opened(vault: &Vault, row: conflict_of_interest::Model) -> Result<ConflictOfInterest, StoreError> {
    let inconsistent = StoreError::Inconsistent { table: "conflict_of_interest", id: row.id };
    let reason = match row.reason.as_slice() {
        ERASED => None,
        sealed => {
            let reason = vault.open(reason_place(row.id), sealed)?;
            Some(String::from_utf8(reason).map_err(|_| inconsistent)?)
        }
    };
    Ok(ConflictOfInterest {
        id: row.id,
        person_id: row.person_id,
        subject: row.subject,
        reason,
        declared_by: row.declared_by,
        declared_on: row.declared_on,
        ended: row.ended_on.zip(row.ended_by),
        version: row.version,
    })
}
