//! What the office of a municipality says of itself: for the documents that it issues.

use balsts_domain::access::Scope;
use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, EntityTrait, entity::prelude::*, sea_query::OnConflict};
use serde::{Deserialize, Serialize};

use crate::{StoreError, WriteTransaction, vault::Place};

mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "office")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub municipality_code: String,
        pub settings: Vec<u8>,
        pub version: i64,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The office, its officials, and where its acts are appealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Office {
    /// The municipality as documents name it.
    pub municipality: String,
    /// Its name.
    pub name: String,
    /// Registration number.
    pub registration_number: Option<String>,
    /// Postal address.
    pub address: String,
    /// How it is reached.
    pub contact: Option<String>,
    /// Where documents are issued, in the locative.
    pub place: String,
    /// Who decides on an appeal.
    pub appeal_authority: String,
    /// Where an appeal is handed in.
    pub appeal_address: String,
    /// Who prepares and signs.
    pub officials: Vec<Official>,
}

/// An official of the office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Official {
    /// The issuer's identifier.
    pub subject: String,
    /// Given and family name.
    pub name: String,
    /// Position.
    pub position: String,
}

/// The row is that of the municipality: its code is the identifier.
pub(crate) fn row_of(municipality: &str) -> Uuid {
    let mut row = [0; 16];
    row.iter_mut().zip(municipality.bytes()).for_each(|(byte, digit)| *byte = digit);
    Uuid::from_bytes(row)
}

fn place(scope: &Scope) -> Place {
    Place { table: "office", column: "settings", row: row_of(scope.municipality.as_str()) }
}

impl WriteTransaction {
    /// What the office says of itself, and its version; nothing yet is version 0.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_office(&self, scope: &Scope) -> Result<(Option<Office>, i64), StoreError> {
        let row = row::Entity::find_by_id(scope.municipality.to_string()).one(&self.0).await;
        match row.map_err(StoreError::failed)? {
            Some(row) => Ok((Some(self.vault()?.open_json(place(scope), &row.settings)?), row.version)),
            None => Ok((None, 0)),
        }
    }

    /// Stores what the office says of itself.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn save_office(
        &self,
        scope: &Scope,
        office: &Office,
        version: i64,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let next = version.saturating_add(1);
        let row = row::ActiveModel {
            municipality_code: Set(scope.municipality.to_string()),
            settings: Set(self.vault()?.seal_json(place(scope), office)?),
            version: Set(next),
            updated_at: Set(at),
        };
        let saved = row::Entity::insert(row)
            .on_conflict(
                OnConflict::column(row::Column::MunicipalityCode)
                    .update_columns([row::Column::Settings, row::Column::Version, row::Column::UpdatedAt])
                    .action_and_where(row::Column::Version.eq(version))
                    .to_owned(),
            )
            .exec_without_returning(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if saved == 1 { Ok(next) } else { Err(StoreError::Stale) }
    }
}
