//! Events that others may want to know of, written in the transaction of what happened. They carry identifiers only.

use std::collections::{BTreeMap, BTreeSet};

use balsts_domain::access::{MunicipalityCode, Scope};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{OnConflict, Query, SubQueryStatement},
};

use crate::{InsertError, Store, StoreError, WriteTransaction, audit::head};

pub(crate) mod row {
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
    /// Stores an event. Transactions of one municipality take turns from here to their end, and where the clock of another
    /// node is ahead, the identifier follows the last one: who reads on from an identifier misses nothing. The event is made
    /// when it is its turn, so that those of one node have their order already.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_event(&self, scope: &Scope, event: impl FnOnce() -> Event) -> Result<(), StoreError> {
        self.take_turn(scope).await?;
        self.insert_next_event(scope, event()).await
    }

    /// The same for a transaction that has its turn. Only events that are not before it are looked at: PostgreSQL may read and
    /// sort all that it is asked for, by a plan that it made when there were few.
    pub(crate) async fn insert_next_event(&self, scope: &Scope, event: Event) -> Result<(), StoreError> {
        let last = row::Entity::find()
            .filter(row::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(row::Column::Id.gte(event.id))
            .order_by_desc(row::Column::Id)
            .select_only()
            .column(row::Column::Id)
            .into_tuple::<Uuid>()
            .one(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let id = last.map_or(event.id, |last| Uuid::from_u128(last.as_u128().saturating_add(1)));
        let row = stored(scope, Event { id, ..event });
        row::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        Ok(())
    }

    /// Stores the same event in many municipalities, in a few statements: each has an identifier of its own. Their transactions
    /// take turns from here to the end, and first of all with others that tell many.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_event_in(
        &self,
        scope: &Scope,
        municipalities: &[MunicipalityCode],
        event: Event,
        new_id: fn() -> Uuid,
    ) -> Result<(), StoreError> {
        let events: Vec<_> = municipalities.iter().map(|code| (*code, event.clone())).collect();
        self.insert_events_in(scope, &events, new_id).await
    }

    /// Stores an event or several in each of many municipalities, the same way.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_events_in(
        &self,
        scope: &Scope,
        events: &[(MunicipalityCode, Event)],
        new_id: fn() -> Uuid,
    ) -> Result<(), StoreError> {
        let Some((_, first)) = events.first() else { return Ok(()) };
        let municipalities: Vec<_> =
            events.iter().map(|(code, _)| *code).collect::<BTreeSet<_>>().into_iter().collect();
        self.take_turn(scope).await?;
        self.take_turns(&municipalities).await?;
        let mut last: BTreeMap<String, Uuid> = BTreeMap::new();
        for (code, id) in self.last_events(&municipalities).await? {
            last.extend(id.map(|id| (code, id)));
        }
        let of = |(code, event): &(MunicipalityCode, Event)| {
            let last = last.entry(code.to_string()).or_default();
            *last = new_id().max(Uuid::from_u128(last.as_u128().saturating_add(1)));
            let scope = Scope { municipality: *code, ..scope.clone() };
            Ok(stored(&scope, Event { id: *last, ..event.clone() }))
        };
        match self.insert_all(events.iter().map(of)).await {
            Ok(()) => Ok(()),
            Err(InsertError::Store(error)) => Err(error),
            Err(InsertError::Exists) => Err(StoreError::Inconsistent { table: "event", id: first.resource_id }),
        }
    }

    /// Holds up the transactions of municipalities that write to their chains or outboxes, in the order of their codes.
    pub(crate) async fn take_turns(&self, municipalities: &[MunicipalityCode]) -> Result<(), StoreError> {
        let first = |code: &MunicipalityCode| head::ActiveModel {
            municipality_code: Set(code.to_string()),
            sequence: Set(0),
            hash: Set(Vec::new()),
        };
        head::Entity::insert_many(municipalities.iter().map(first))
            .on_conflict(OnConflict::column(head::Column::MunicipalityCode).do_nothing().to_owned())
            .exec_without_returning(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if self.0.get_database_backend() == DbBackend::Postgres {
            head::Entity::find()
                .filter(head::Column::MunicipalityCode.is_in(municipalities.iter().map(MunicipalityCode::as_str)))
                .order_by_asc(head::Column::MunicipalityCode)
                .lock_exclusive()
                .all(&self.0)
                .await
                .map_err(StoreError::failed)?;
        }
        Ok(())
    }

    /// The identifier of the last event of each municipality.
    async fn last_events(
        &self,
        municipalities: &[MunicipalityCode],
    ) -> Result<Vec<(String, Option<Uuid>)>, StoreError> {
        // Here only: its `max` is not that of numbers.
        use sea_orm::ExprTrait as _;

        let last = Query::select()
            .column(row::Column::Id)
            .from(row::Entity)
            .and_where(
                Expr::col((row::Entity, row::Column::MunicipalityCode))
                    .equals((head::Entity, head::Column::MunicipalityCode)),
            )
            .order_by(row::Column::Id, sea_orm::Order::Desc)
            .limit(1)
            .to_owned();
        head::Entity::find()
            .select_only()
            .column(head::Column::MunicipalityCode)
            .expr_as(Expr::from(SubQueryStatement::from(last)), "last")
            .filter(head::Column::MunicipalityCode.is_in(municipalities.iter().map(MunicipalityCode::as_str)))
            .into_tuple()
            .all(&self.0)
            .await
            .map_err(StoreError::failed)
    }

    /// The identifier of the municipality's last event.
    ///
    /// # Errors
    /// What the database says.
    pub async fn last_event(&self, scope: &Scope) -> Result<Option<Uuid>, StoreError> {
        row::Entity::find()
            .filter(row::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .order_by_desc(row::Column::Id)
            .select_only()
            .column(row::Column::Id)
            .into_tuple()
            .one(&self.0)
            .await
            .map_err(StoreError::failed)
    }

    /// Whether the municipality has this event.
    ///
    /// # Errors
    /// What the database says.
    pub async fn has_event(&self, scope: &Scope, id: Uuid) -> Result<bool, StoreError> {
        let found = row::Entity::find_by_id(id)
            .filter(row::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .one(&self.0)
            .await;
        Ok(found.map_err(StoreError::failed)?.is_some())
    }

    /// Stores events of a municipality that has none after them yet.
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
