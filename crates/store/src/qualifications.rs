//! Qualification documents of providers, number and issuer sealed, and the checks of offices: added, never changed.

use balsts_domain::{
    access::{MunicipalityCode, Scope},
    offers::Validity,
    providers::QualificationKind,
};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ActiveValue::Set, EntityTrait, QueryFilter, QueryOrder, entity::prelude::*};
use serde::{Deserialize, Serialize};

use crate::{
    StoreError, WriteTransaction,
    applications::known,
    providers::code,
    vault::{Place, Vault},
};

pub(crate) mod qualification {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "qualification")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub provider_id: Uuid,
        pub service: String,
        pub kind: String,
        pub details: Vec<u8>,
        pub valid_from: Date,
        pub valid_to: Option<Date>,
        pub created_by: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod check {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "qualification_check")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub qualification_id: Uuid,
        pub municipality: String,
        pub checked_by: String,
        pub checked_on: Date,
        pub accepted: bool,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A document that shows that a provider may give a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qualification {
    /// Identifier.
    pub id: Uuid,
    /// The provider.
    pub provider_id: Uuid,
    /// Code of the service.
    pub service: String,
    /// What the document is.
    pub kind: QualificationKind,
    /// Its number and issuer.
    pub details: QualificationDetails,
    /// When it is valid.
    pub validity: Validity,
    /// The checks of offices, the latest last.
    pub checks: Vec<QualificationCheck>,
}

/// What a document says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QualificationDetails {
    /// Number, where it has one.
    pub number: Option<String>,
    /// Who issued it.
    pub issuer: String,
}

/// What an office found when it checked a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QualificationCheck {
    /// Identifier.
    pub id: Uuid,
    /// The municipality of the office.
    pub municipality: MunicipalityCode,
    /// Subject of who checked.
    pub checked_by: String,
    /// The day.
    pub checked_on: NaiveDate,
    /// Whether the office accepts the document.
    pub accepted: bool,
}

const fn place(row: Uuid) -> Place {
    Place { table: "qualification", column: "details", row }
}

impl WriteTransaction {
    /// Stores a new document.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_qualification(
        &self,
        scope: &Scope,
        new: &Qualification,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let row = qualification::ActiveModel {
            id: Set(new.id),
            provider_id: Set(new.provider_id),
            service: Set(new.service.clone()),
            kind: Set(new.kind.as_str().to_owned()),
            details: Set(self.vault()?.seal_json(place(new.id), &new.details)?),
            valid_from: Set(new.validity.from),
            valid_to: Set(new.validity.to),
            created_by: Set(scope.subject.clone()),
            created_at: Set(at),
        };
        qualification::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        Ok(())
    }

    /// Stores what an office found.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_qualification_check(
        &self,
        qualification: Uuid,
        new: &QualificationCheck,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let row = check::ActiveModel {
            id: Set(new.id),
            qualification_id: Set(qualification),
            municipality: Set(new.municipality.to_string()),
            checked_by: Set(new.checked_by.clone()),
            checked_on: Set(new.checked_on),
            accepted: Set(new.accepted),
            created_at: Set(at),
        };
        check::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        Ok(())
    }

    /// Gets a document with its checks.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_qualification(&self, id: Uuid) -> Result<Option<Qualification>, StoreError> {
        let rows = qualification::Entity::find_by_id(id).all(&self.0).await.map_err(StoreError::failed)?;
        Ok(self.with_checks(rows).await?.pop())
    }

    /// Lists the documents of a provider with their checks, in the order in which they were stored.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_qualifications(&self, provider: Uuid) -> Result<Vec<Qualification>, StoreError> {
        let query = qualification::Entity::find()
            .filter(qualification::Column::ProviderId.eq(provider))
            .order_by_asc(qualification::Column::Id);
        let rows = query.all(&self.0).await.map_err(StoreError::failed)?;
        self.with_checks(rows).await
    }

    async fn with_checks(&self, rows: Vec<qualification::Model>) -> Result<Vec<Qualification>, StoreError> {
        let vault = self.vault()?;
        let checks = check::Entity::find()
            .filter(check::Column::QualificationId.is_in(rows.iter().map(|row| row.id)))
            .order_by_asc(check::Column::Id)
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        rows.into_iter().map(|row| opened(vault, row, &checks)).collect()
    }
}

fn opened(vault: &Vault, row: qualification::Model, checks: &[check::Model]) -> Result<Qualification, StoreError> {
    let kind = known(QualificationKind::ALL, &row.kind, QualificationKind::as_str);
    let checks = checks.iter().filter(|check| check.qualification_id == row.id).map(|check| {
        Ok(QualificationCheck {
            id: check.id,
            municipality: code(&check.municipality, "qualification_check", check.id)?,
            checked_by: check.checked_by.clone(),
            checked_on: check.checked_on,
            accepted: check.accepted,
        })
    });
    Ok(Qualification {
        id: row.id,
        provider_id: row.provider_id,
        kind: kind.ok_or(StoreError::Inconsistent { table: "qualification", id: row.id })?,
        details: vault.open_json(place(row.id), &row.details)?,
        validity: Validity { from: row.valid_from, to: row.valid_to },
        checks: checks.collect::<Result<_, StoreError>>()?,
        service: row.service,
    })
}
