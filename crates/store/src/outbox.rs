//! Events that others may want to know of, written in the transaction of what happened. They carry identifiers only.

use balsts_domain::access::Scope;
use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, EntityTrait, QueryFilter, QueryOrder, QuerySelect, entity::prelude::*};

use crate::{InsertError, Store, StoreError, WriteTransaction};

mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "event")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub kind: String,
        pub resource_id: Uuid,
        pub at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Identifier; later events have greater ones.
    pub id: Uuid,
    /// What happened, such as `application.registered`.
    pub kind: String,
    /// To what.
    pub resource_id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
}

impl WriteTransaction {
    /// Stores an event.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_event(&self, scope: &Scope, event: Event) -> Result<(), StoreError> {
        row::Entity::insert(stored(scope, event)).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        Ok(())
    }

    /// Stores events.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_events(&self, scope: &Scope, events: Vec<Event>) -> Result<(), InsertError> {
        self.insert_all(events.into_iter().map(|event| Ok(stored(scope, event)))).await
    }
}

fn stored(scope: &Scope, event: Event) -> row::ActiveModel {
    row::ActiveModel {
        id: Set(event.id),
        municipality_code: Set(scope.municipality.to_string()),
        kind: Set(event.kind),
        resource_id: Set(event.resource_id),
        at: Set(event.at),
    }
}

impl Store {
    /// Lists the events of the municipality after one, oldest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn list_events(&self, scope: &Scope, after: Option<Uuid>, limit: u64) -> Result<Vec<Event>, StoreError> {
        let mut query = row::Entity::find()
            .filter(row::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .order_by_asc(row::Column::Id)
            .limit(limit);
        if let Some(after) = after {
            query = query.filter(row::Column::Id.gt(after));
        }
        let rows = query.all(&self.read(scope)).await.map_err(StoreError::failed)?;
        let event = |row: row::Model| Event { id: row.id, kind: row.kind, resource_id: row.resource_id, at: row.at };
        Ok(rows.into_iter().map(event).collect())
    }
}
