//! The risk register: what the office writes is sealed. The ministry sees what was reported to it.

use balsts_domain::{
    access::{MunicipalityCode, Scope},
    risks::{RiskCell, RiskContent, RiskCounts, RiskGrade, RiskKind, RiskState},
};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    Condition, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait as _},
};

use crate::{
    Store, StoreError, WriteTransaction,
    applications::known,
    goal_results::reach,
    vault::{Place, Vault},
};

mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "risk")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub kind: String,
        pub identified_on: Date,
        pub probability: Option<String>,
        pub impact: Option<String>,
        pub analysed_level: Option<String>,
        pub level: Option<String>,
        pub needs_analysis: bool,
        pub review_on: Option<Date>,
        pub reported_on: Option<Date>,
        pub closed_on: Option<Date>,
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

/// A risk of an office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Risk {
    /// Identifier.
    pub id: Uuid,
    /// The municipality.
    pub municipality: MunicipalityCode,
    /// How it stands.
    pub state: RiskState,
    /// What the office writes.
    pub content: RiskContent,
    /// Subject of who registered it.
    pub created_by: String,
    /// Counts up with every change.
    pub version: i64,
}

/// Which risks a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct RiskFilter {
    /// Of this kind.
    pub kind: Option<RiskKind>,
    /// At this level.
    pub level: Option<RiskGrade>,
    /// That ask for an analysis, or do not.
    pub needs_analysis: Option<bool>,
    /// That are closed, or not.
    pub closed: Option<bool>,
    /// Open, and to be looked at on this day or before.
    pub due_on: Option<NaiveDate>,
    /// After this one, in the order of identifiers.
    pub after: Option<Uuid>,
}

fn place(id: Uuid) -> Place {
    Place { table: "risk", column: "content", row: id }
}

/// What a scope sees: the country what was reported to it, a municipality its own.
fn visible(scope: &Scope) -> Condition {
    if scope.is_national() {
        return Condition::all().add(row::Column::ReportedOn.is_not_null());
    }
    Condition::all().add(row::Column::MunicipalityCode.eq(scope.municipality.as_str()))
}

impl WriteTransaction {
    /// Stores a new risk.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_risk(&self, scope: &Scope, new: &Risk, at: DateTime<Utc>) -> Result<(), StoreError> {
        let row = row::ActiveModel {
            id: Set(new.id),
            municipality_code: Set(scope.municipality.to_string()),
            version: Set(new.version),
            created_by: Set(new.created_by.clone()),
            created_at: Set(at),
            ..self.sealed_risk(new, at)?
        };
        row::Entity::insert(row).exec_without_returning(&self.0).await.map(drop).map_err(StoreError::failed)
    }

    /// Stores a changed risk under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn update_risk(&self, scope: &Scope, changed: &mut Risk, at: DateTime<Utc>) -> Result<(), StoreError> {
        let version = changed.version.saturating_add(1);
        let change = row::ActiveModel { version: Set(version), ..self.sealed_risk(changed, at)? };
        let updated = row::Entity::update_many()
            .set(change)
            .filter(row::Column::Id.eq(changed.id))
            .filter(row::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(row::Column::Version.eq(changed.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected != 1 {
            return Err(StoreError::Stale);
        }
        changed.version = version;
        Ok(())
    }

    fn sealed_risk(&self, risk: &Risk, at: DateTime<Utc>) -> Result<row::ActiveModel, StoreError> {
        let state = &risk.state;
        let grade = |grade: Option<RiskGrade>| Set(grade.map(|grade| grade.as_str().to_owned()));
        Ok(row::ActiveModel {
            id: NotSet,
            kind: Set(state.kind.as_str().to_owned()),
            identified_on: Set(state.identified_on),
            probability: grade(state.probability),
            impact: grade(state.impact),
            analysed_level: grade(state.analysed_level),
            level: grade(state.level()),
            needs_analysis: Set(state.needs_analysis()),
            review_on: Set(state.review_on),
            reported_on: Set(state.reported_on),
            closed_on: Set(state.closed_on),
            content: Set(self.vault()?.seal_json(place(risk.id), &risk.content)?),
            updated_at: Set(at),
            ..Default::default()
        })
    }

    /// Gets a risk for a change: on PostgreSQL its row is locked to the end of the transaction.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_risk(&self, scope: &Scope, id: Uuid) -> Result<Option<Risk>, StoreError> {
        let mut query = row::Entity::find_by_id(id).filter(visible(scope));
        if self.0.get_database_backend() == DbBackend::Postgres {
            query = query.lock_exclusive();
        }
        let row = query.one(&self.0).await.map_err(StoreError::failed)?;
        row.map(|row| opened(self.vault()?, row)).transpose()
    }
}

impl Store {
    /// Gets a risk that the scope sees.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn get_risk(&self, scope: &Scope, id: Uuid) -> Result<Option<Risk>, StoreError> {
        let query = row::Entity::find_by_id(id).filter(visible(scope));
        let row = query.one(&self.read(reach(scope))).await.map_err(StoreError::failed)?;
        row.map(|row| opened(self.vault()?, row)).transpose()
    }

    /// Lists the risks that the scope sees in the order in which they were registered.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_risks(&self, scope: &Scope, filter: RiskFilter, limit: u64) -> Result<Vec<Risk>, StoreError> {
        use row::Column;
        let closed = |closed| if closed { Column::ClosedOn.is_not_null() } else { Column::ClosedOn.is_null() };
        let condition = visible(scope)
            .add_option(filter.kind.map(|kind| Column::Kind.eq(kind.as_str())))
            .add_option(filter.level.map(|level| Column::Level.eq(level.as_str())))
            .add_option(filter.needs_analysis.map(|needs| Column::NeedsAnalysis.eq(needs)))
            .add_option(filter.closed.map(closed))
            .add_option(filter.due_on.map(|day| closed(false).and(Column::ReviewOn.lte(day))))
            .add_option(filter.after.map(|after| Column::Id.gt(after)));
        let query = row::Entity::find().filter(condition).order_by_asc(Column::Id).limit(limit);
        let rows = query.all(&self.read(reach(scope))).await.map_err(StoreError::failed)?;
        let vault = self.vault()?;
        rows.into_iter().map(|row| opened(vault, row)).collect()
    }
}

/// Risks that have municipality, kind and level in common.
#[derive(FromQueryResult)]
struct CellRow {
    municipality_code: String,
    kind: String,
    level: Option<String>,
    risks: i64,
    open: i64,
    managed: i64,
    closed: i64,
    overdue: i64,
    level_changed: i64,
    reported: i64,
}

impl Store {
    /// Counts the risks that the scope sees by municipality, kind and level. Late are those that were to be looked at before its
    /// today.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn count_risks(&self, scope: &Scope) -> Result<Vec<RiskCell>, StoreError> {
        use row::Column;
        let is_open = || Condition::all().add(Column::ClosedOn.is_null());
        let counted = |condition: Condition| Expr::case(condition, Expr::val(1)).count();
        let query = row::Entity::find()
            .select_only()
            .columns([Column::MunicipalityCode, Column::Kind, Column::Level])
            .column_as(Column::Id.count(), "risks")
            .column_as(counted(is_open().add(Column::AnalysedLevel.is_null())), "open")
            .column_as(counted(is_open().add(Column::AnalysedLevel.is_not_null())), "managed")
            .column_as(counted(Condition::all().add(Column::ClosedOn.is_not_null())), "closed")
            .column_as(counted(is_open().add(Column::ReviewOn.lt(scope.today))), "overdue")
            .column_as(
                counted(is_open().add(Column::AnalysedLevel.is_not_null()).add(Column::NeedsAnalysis.eq(true))),
                "level_changed",
            )
            .column_as(Column::ReportedOn.count(), "reported")
            .filter(visible(scope))
            .group_by(Column::MunicipalityCode)
            .group_by(Column::Kind)
            .group_by(Column::Level);
        let rows: Vec<CellRow> = query.into_model().all(&self.read(reach(scope))).await.map_err(StoreError::failed)?;
        rows.into_iter().map(cell).collect()
    }
}

fn cell(row: CellRow) -> Result<RiskCell, StoreError> {
    let inconsistent = || StoreError::Inconsistent { table: "risk", id: Uuid::nil() };
    let count = |count: i64| u64::try_from(count).unwrap_or_default();
    let level = row.level.as_deref();
    let level = level.map(|level| known(RiskGrade::ALL, level, RiskGrade::as_str).ok_or_else(inconsistent));
    Ok(RiskCell {
        municipality: row.municipality_code.parse().map_err(|_| inconsistent())?,
        kind: known(RiskKind::ALL, &row.kind, RiskKind::as_str).ok_or_else(inconsistent)?,
        level: level.transpose()?,
        counts: RiskCounts {
            risks: count(row.risks),
            open: count(row.open),
            managed: count(row.managed),
            closed: count(row.closed),
            overdue: count(row.overdue),
            level_changed: count(row.level_changed),
            reported: count(row.reported),
        },
    })
}

fn opened(vault: &Vault, row: row::Model) -> Result<Risk, StoreError> {
    let inconsistent = || StoreError::Inconsistent { table: "risk", id: row.id };
    let grade = |text: Option<&str>| {
        text.map(|text| known(RiskGrade::ALL, text, RiskGrade::as_str).ok_or_else(inconsistent)).transpose()
    };
    Ok(Risk {
        id: row.id,
        municipality: row.municipality_code.parse().map_err(|_| inconsistent())?,
        state: RiskState {
            kind: known(RiskKind::ALL, &row.kind, RiskKind::as_str).ok_or_else(inconsistent)?,
            identified_on: row.identified_on,
            probability: grade(row.probability.as_deref())?,
            impact: grade(row.impact.as_deref())?,
            analysed_level: grade(row.analysed_level.as_deref())?,
            review_on: row.review_on,
            reported_on: row.reported_on,
            closed_on: row.closed_on,
        },
        content: vault.open_json(place(row.id), &row.content)?,
        created_by: row.created_by,
        version: row.version,
    })
}
