//! Contact sheets of cases; who stands on them is sealed.

use balsts_domain::{access::Scope, case_contacts::CaseContact};
use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, Condition, EntityTrait, QueryFilter, QueryOrder, entity::prelude::*};

use crate::{
    StoreError, WriteTransaction,
    representatives::visible,
    vault::{Place, Vault},
};

pub(crate) mod case_contact {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "case_contact")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub application_id: Uuid,
        pub person_id: Uuid,
        pub content: Vec<u8>,
        pub version: i64,
        pub created_by: String,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A line of the contact sheet of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptContact {
    /// Identifier.
    pub id: Uuid,
    /// The case: its application.
    pub application_id: Uuid,
    /// The person of the case.
    pub person_id: Uuid,
    /// Who it is, and how they are reached.
    pub contact: CaseContact,
    /// Counts up with every change.
    pub version: i64,
}

const fn place(row: Uuid) -> Place {
    Place { table: "case_contact", column: "content", row }
}

fn own(scope: &Scope) -> Condition {
    visible(scope, case_contact::Column::MunicipalityCode, case_contact::Column::PersonId)
}

fn at_version(scope: &Scope, known: &KeptContact) -> Condition {
    own(scope).add(case_contact::Column::Id.eq(known.id)).add(case_contact::Column::Version.eq(known.version))
}

impl WriteTransaction {
    /// Stores a new line.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_case_contact(
        &self,
        scope: &Scope,
        new: &KeptContact,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let row = case_contact::ActiveModel {
            id: Set(new.id),
            municipality_code: Set(scope.municipality.to_string()),
            application_id: Set(new.application_id),
            person_id: Set(new.person_id),
            content: Set(self.vault()?.seal_json(place(new.id), &new.contact)?),
            version: Set(new.version),
            created_by: Set(scope.subject.clone()),
            created_at: Set(at),
            updated_at: Set(at),
        };
        case_contact::Entity::insert(row).exec_without_returning(&self.0).await.map(drop).map_err(StoreError::failed)
    }

    /// Gets a line.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_case_contact(&self, scope: &Scope, id: Uuid) -> Result<Option<KeptContact>, StoreError> {
        let row = case_contact::Entity::find_by_id(id).filter(own(scope)).one(&self.0).await;
        row.map_err(StoreError::failed)?.map(|row| opened(self.vault()?, row)).transpose()
    }

    /// Lists the contact sheet of a case in the order in which it was written.
    ///
    /// # Errors
    /// What the database says.
    pub async fn list_case_contacts(&self, scope: &Scope, application: Uuid) -> Result<Vec<KeptContact>, StoreError> {
        let query = case_contact::Entity::find()
            .filter(own(scope))
            .filter(case_contact::Column::ApplicationId.eq(application))
            .order_by_asc(case_contact::Column::Id);
        let rows = query.all(&self.0).await.map_err(StoreError::failed)?;
        rows.into_iter().map(|row| opened(self.vault()?, row)).collect()
    }

    /// Stores what a line says now, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn update_case_contact(
        &self,
        scope: &Scope,
        changed: &mut KeptContact,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let version = changed.version.saturating_add(1);
        let change = case_contact::ActiveModel {
            content: Set(self.vault()?.seal_json(place(changed.id), &changed.contact)?),
            version: Set(version),
            updated_at: Set(at),
            ..Default::default()
        };
        let query = case_contact::Entity::update_many().set(change).filter(at_version(scope, changed));
        if query.exec(&self.0).await.map_err(StoreError::failed)?.rows_affected != 1 {
            return Err(StoreError::Stale);
        }
        changed.version = version;
        Ok(())
    }

    /// Removes a line.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn delete_case_contact(&self, scope: &Scope, known: &KeptContact) -> Result<(), StoreError> {
        let query = case_contact::Entity::delete_many().filter(at_version(scope, known));
        let deleted = query.exec(&self.0).await.map_err(StoreError::failed)?;
        if deleted.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }
}

fn opened(vault: &Vault, row: case_contact::Model) -> Result<KeptContact, StoreError> {
    Ok(KeptContact {
        id: row.id,
        application_id: row.application_id,
        person_id: row.person_id,
        contact: vault.open_json(place(row.id), &row.content)?,
        version: row.version,
    })
}
