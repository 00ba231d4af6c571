//! Acts that end a grant. Added, never changed.

use balsts_domain::{access::Scope, applications::ApplicationStatus, calendar::Delivery};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, QueryFilter, entity::prelude::*};
use serde::{Deserialize, Serialize};

use crate::{
    ApplicationSummary, StoreError, WriteTransaction,
    applications::{application, known},
    vault::{Place, Vault},
};

pub(crate) mod revocation {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "revocation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub application_id: Uuid,
        pub municipality_code: String,
        pub act_number: Option<String>,
        pub decided_on: Date,
        pub effective_from: Date,
        pub delivery: String,
        pub notified_on: Date,
        pub appeal_until: Date,
        pub grounds: Vec<u8>,
        pub prepared_by: String,
        pub signed_by: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Why a grant ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grounds {
    /// In words.
    pub reason: String,
    /// The norms that it rests on.
    pub legal_basis: Vec<String>,
}

/// The administrative act that ends a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// Its number in the register of the office.
    pub number: Option<String>,
    /// Its day.
    pub decided_on: NaiveDate,
    /// The first day without a budget.
    pub effective_from: NaiveDate,
    /// How it is sent.
    pub delivery: Delivery,
    /// The day on which its addressee counts as notified.
    pub notified_on: NaiveDate,
    /// The last day to appeal.
    pub appeal_until: NaiveDate,
    /// Why.
    pub grounds: Grounds,
    /// Subject of who prepared it.
    pub prepared_by: String,
    /// Subject of who signed it.
    pub signed_by: String,
}

const fn place(application: Uuid) -> Place {
    Place { table: "revocation", column: "grounds", row: application }
}

impl WriteTransaction {
    /// Stores the act and the status that it leads to, under the next version of the application.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn insert_revocation(
        &self,
        scope: &Scope,
        application: &ApplicationSummary,
        status: ApplicationStatus,
        new: &Revocation,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let version = self.set_status(scope, application, status, at).await?;
        let row = revocation::ActiveModel {
            application_id: Set(application.id),
            municipality_code: Set(scope.municipality.to_string()),
            act_number: Set(new.number.clone()),
            decided_on: Set(new.decided_on),
            effective_from: Set(new.effective_from),
            delivery: Set(new.delivery.as_str().to_owned()),
            notified_on: Set(new.notified_on),
            appeal_until: Set(new.appeal_until),
            grounds: Set(self.vault()?.seal_json(place(application.id), &new.grounds)?),
            prepared_by: Set(new.prepared_by.clone()),
            signed_by: Set(new.signed_by.clone()),
            created_at: Set(at),
        };
        revocation::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        self.note_ended(scope, application.person_id).await?;
        Ok(version)
    }
}

/// The act that ended the grant of an application. Without a vault nothing is known of its grounds: they are erased.
pub(crate) async fn find(
    connection: &impl ConnectionTrait,
    vault: Option<&Vault>,
    scope: &Scope,
    application: &application::Model,
) -> Result<Option<Revocation>, StoreError> {
    if application.status != ApplicationStatus::Revoked.as_str() {
        return Ok(None);
    }
    let row = revocation::Entity::find_by_id(application.id)
        .filter(revocation::Column::MunicipalityCode.eq(scope.municipality.as_str()))
        .one(connection)
        .await
        .map_err(StoreError::failed)?;
    row.map(|row| {
        let inconsistent = StoreError::Inconsistent { table: "revocation", id: application.id };
        Ok(Revocation {
            number: row.act_number,
            decided_on: row.decided_on,
            effective_from: row.effective_from,
            delivery: known(Delivery::ALL, &row.delivery, Delivery::as_str).ok_or(inconsistent)?,
            notified_on: row.notified_on,
            appeal_until: row.appeal_until,
            grounds: vault
                .map(|vault| vault.open_json(place(application.id), &row.grounds))
                .transpose()?
                .unwrap_or_default(),
            prepared_by: row.prepared_by,
            signed_by: row.signed_by,
        })
    })
    .transpose()
}
