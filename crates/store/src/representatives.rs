//! Representatives of persons; and, told by them, the persons that a recipient may see.

use balsts_domain::{
    access::{Role, Scope},
    representatives::Relation,
};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, entity::prelude::*,
    sea_query::SelectStatement,
};

use crate::{
    StoreError, WriteTransaction,
    applications::known,
    budget_managers::budget_manager,
    conflicts_of_interest::blocked,
    vault::{ERASED, Place, Vault},
};

pub(crate) mod representative {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "representative")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub person_id: Uuid,
        pub subject: Option<String>,
        pub relation: String,
        pub name: Vec<u8>,
        pub valid_from: Date,
        pub valid_to: Option<Date>,
        pub version: i64,
        pub created_by: String,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Who speaks for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Representative {
    /// Identifier.
    pub id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// The issuer's identifier of who signs in, where it is known.
    pub subject: Option<String>,
    /// What the representative is to the person.
    pub relation: Relation,
    /// Name of the representative; none where the person is erased.
    pub name: Option<String>,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day; none while there is no end.
    pub valid_to: Option<NaiveDate>,
    /// Counts up with every change.
    pub version: i64,
}

/// The rows that a scope sees of a table whose rows are about a person: those of the municipality, as a recipient only those
/// about whom the caller speaks for on the day, as a budget manager those of the persons for whose cases it is engaged then, and
/// as a worker of the office not those of persons about whom it has a conflict of interest. Every finder and list that these may
/// reach asks here.
pub(crate) fn visible<C: ColumnTrait>(scope: &Scope, municipality: C, person: C) -> Condition {
    let own = Condition::all().add(municipality.eq(scope.municipality.as_str()));
    match scope.role {
        Role::Recipient => own.add(person.in_subquery(spoken_for(scope))),
        Role::BudgetManager => own.add(person.in_subquery(managed(scope))).add(person.not_in_subquery(blocked(scope))),
        Role::SocialWorker | Role::OfficeHead | Role::Accountant | Role::AssessmentSpecialist => {
            // What is about nobody, a provider's invoice, blocks nobody.
            own.add(Condition::any().add(person.is_null()).add(person.not_in_subquery(blocked(scope))))
        }
        _ => own,
    }
}

/// The persons for whom the caller speaks on the day.
fn spoken_for(scope: &Scope) -> SelectStatement {
    let valid_to = representative::Column::ValidTo;
    let linked = representative::Entity::find()
        .select_only()
        .column(representative::Column::PersonId)
        .filter(representative::Column::MunicipalityCode.eq(scope.municipality.as_str()))
        .filter(representative::Column::Subject.eq(scope.subject.as_str()))
        .filter(representative::Column::ValidFrom.lte(scope.today))
        .filter(Condition::any().add(valid_to.is_null()).add(valid_to.gte(scope.today)));
    linked.into_query()
}

/// The persons for whose cases the caller is engaged on the day.
fn managed(scope: &Scope) -> SelectStatement {
    use budget_manager::Column;
    let engaged = budget_manager::Entity::find()
        .select_only()
        .column(Column::PersonId)
        .filter(Column::MunicipalityCode.eq(scope.municipality.as_str()))
        .filter(Column::Subject.eq(scope.subject.as_str()))
        .filter(Column::ValidFrom.lte(scope.today))
        .filter(Condition::any().add(Column::ValidTo.is_null()).add(Column::ValidTo.gte(scope.today)));
    engaged.into_query()
}

fn own(scope: &Scope) -> Condition {
    visible(scope, representative::Column::MunicipalityCode, representative::Column::PersonId)
}

fn name_place(row: Uuid) -> Place {
    Place { table: "representative", column: "name", row }
}

impl WriteTransaction {
    /// Stores a new representative.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_representative(
        &self,
        scope: &Scope,
        new: &Representative,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let row = representative::ActiveModel {
            id: Set(new.id),
            municipality_code: Set(scope.municipality.to_string()),
            person_id: Set(new.person_id),
            subject: Set(new.subject.clone()),
            relation: Set(new.relation.as_str().to_owned()),
            name: Set(self.vault()?.seal(name_place(new.id), new.name.as_deref().unwrap_or_default().as_bytes())?),
            valid_from: Set(new.valid_from),
            valid_to: Set(new.valid_to),
            version: Set(new.version),
            created_by: Set(scope.subject.clone()),
            created_at: Set(at),
            updated_at: Set(at),
        };
        representative::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        Ok(())
    }

    /// Gets a representative.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_representative(&self, scope: &Scope, id: Uuid) -> Result<Option<Representative>, StoreError> {
        let query = representative::Entity::find_by_id(id).filter(own(scope));
        let row = query.one(&self.0).await.map_err(StoreError::failed)?;
        row.map(|row| opened(self.vault()?, row)).transpose()
    }

    /// Lists the representatives of a person, those of old as well, in the order in which they were stored.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_representatives(&self, scope: &Scope, person: Uuid) -> Result<Vec<Representative>, StoreError> {
        let vault = self.vault()?;
        let query = representative::Entity::find()
            .filter(representative::Column::PersonId.eq(person))
            .filter(own(scope))
            .order_by_asc(representative::Column::Id);
        let rows = query.all(&self.0).await.map_err(StoreError::failed)?;
        rows.into_iter().map(|row| opened(vault, row)).collect()
    }

    /// Stores the last day, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn end_representative(
        &self,
        scope: &Scope,
        known: &Representative,
        valid_to: NaiveDate,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let version = known.version.saturating_add(1);
        let change = representative::ActiveModel {
            valid_to: Set(Some(valid_to)),
            version: Set(version),
            updated_at: Set(at),
            ..Default::default()
        };
        let updated = representative::Entity::update_many()
            .set(change)
            .filter(representative::Column::Id.eq(known.id))
            .filter(own(scope))
            .filter(representative::Column::Version.eq(known.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected == 1 { Ok(version) } else { Err(StoreError::Stale) }
    }
}

fn opened(vault: &Vault, row: representative::Model) -> Result<Representative, StoreError> {
    let inconsistent = StoreError::Inconsistent { table: "representative", id: row.id };
    let Some(relation) = known(Relation::ALL, &row.relation, Relation::as_str) else { return Err(inconsistent) };
    let name = match row.name.as_slice() {
        ERASED => None,
        sealed => {
            let name = vault.open(name_place(row.id), sealed)?;
            Some(String::from_utf8(name).map_err(|_| inconsistent)?)
        }
    };
    Ok(Representative {
        id: row.id,
        person_id: row.person_id,
        subject: row.subject,
        relation,
        name,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        version: row.version,
    })
}
