//! The municipalities as rows: what the rows of a municipality refer to. Their source is the parameters of the domain.

use balsts_domain::{
    access::MunicipalityCode,
    parameters::municipalities::{Municipalities, Municipality},
};
use sea_orm::{
    ActiveValue::Set,
    Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict, Query},
};
use uuid::Uuid;

use crate::StoreError;

mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "municipality")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: String,
        pub name: String,
        pub planning_region: Option<String>,
        pub valid_from: Date,
        pub valid_to: Option<Date>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Stores the municipalities, in one statement: new ones are added, changed ones changed, and none is removed.
pub(crate) async fn save(transaction: &DatabaseTransaction, all: &Municipalities) -> Result<(), StoreError> {
    let rows = all.all().map(|municipality: &Municipality| row::ActiveModel {
        code: Set(municipality.code.to_string()),
        name: Set(municipality.name.lv.clone()),
        planning_region: Set(Some(municipality.planning_region.to_string())),
        valid_from: Set(municipality.valid_from),
        valid_to: Set(municipality.valid_to),
    });
    let change = OnConflict::column(row::Column::Code)
        .update_columns([row::Column::Name, row::Column::PlanningRegion, row::Column::ValidFrom, row::Column::ValidTo])
        .to_owned();
    row::Entity::insert_many(rows)
        .on_conflict(change)
        .exec_without_returning(transaction)
        .await
        .map_err(StoreError::failed)?;
    Ok(())
}

/// The municipalities that have such a row in one of the tables, in order of their codes. Each is asked for by itself: its first row
/// answers, however many there are.
pub(crate) async fn with_rows<const N: usize>(
    connection: &impl ConnectionTrait,
    tables: [(&'static str, Condition); N],
) -> Result<Vec<MunicipalityCode>, StoreError> {
    let found = |(table, which): (&'static str, Condition)| {
        let own = Expr::col((table, "municipality_code")).equals((row::Entity, row::Column::Code));
        Expr::exists(Query::select().expr(Expr::val(1)).from(table).and_where(own).cond_where(which).to_owned())
    };
    let codes: Vec<String> = row::Entity::find()
        .select_only()
        .column(row::Column::Code)
        .filter(tables.map(found).into_iter().fold(Condition::any(), Condition::add))
        .order_by_asc(row::Column::Code)
        .into_tuple()
        .all(connection)
        .await
        .map_err(StoreError::failed)?;
    let broken = |_| StoreError::Inconsistent { table: "municipality", id: Uuid::nil() };
    codes.into_iter().map(|code| code.parse().map_err(broken)).collect()
}
