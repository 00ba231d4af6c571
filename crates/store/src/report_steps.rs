//! What was done with reports: a table for each kind of report, all of one shape.

use balsts_domain::access::{MunicipalityCode, Scope};
use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, ExprTrait, FromQueryResult, Order,
    entity::prelude::*,
    sea_query::{Alias, Query},
};

use crate::{StoreError, applications::known};

/// What was done with a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportStep<K> {
    /// What.
    pub kind: K,
    /// Reasons in words.
    pub words: Option<String>,
    /// SHA-256 of the content at the time.
    pub content_hash: Vec<u8>,
    /// Subject of who did it.
    pub recorded_by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// The steps of a kind of reports.
pub(crate) struct StepTable<K: 'static> {
    pub(crate) table: &'static str,
    pub(crate) kinds: &'static [K],
    pub(crate) name: fn(K) -> &'static str,
}

#[derive(FromQueryResult)]
struct Row {
    kind: String,
    words: Option<String>,
    content_hash: Vec<u8>,
    recorded_by: String,
    created_at: DateTime<Utc>,
}

impl<K: Copy> StepTable<K> {
    /// Stores a step after the others of its report.
    pub(crate) async fn insert(
        &self,
        connection: &impl ConnectionTrait,
        (report, municipality): (Uuid, MunicipalityCode),
        new: &ReportStep<K>,
    ) -> Result<(), StoreError> {
        let last = Query::select()
            .expr_as(Expr::col("number").max(), Alias::new("last"))
            .from(self.table)
            .and_where(Expr::col("report_id").eq(report))
            .to_owned();
        let last = connection.query_one(&last).await.map_err(StoreError::failed)?;
        let last: Option<i32> =
            last.map(|row| row.try_get("", "last")).transpose().map_err(StoreError::failed)?.flatten();
        let row = Query::insert()
            .into_table(self.table)
            .columns([
                "report_id",
                "number",
                "municipality_code",
                "kind",
                "words",
                "content_hash",
                "recorded_by",
                "created_at",
            ])
            .values([
                report.into(),
                last.unwrap_or(0).saturating_add(1).into(),
                municipality.as_str().into(),
                (self.name)(new.kind).into(),
                new.words.clone().into(),
                new.content_hash.clone().into(),
                new.recorded_by.clone().into(),
                new.at.into(),
            ])
            .map_err(|_| StoreError::Inconsistent { table: self.table, id: report })?
            .to_owned();
        connection.execute(&row).await.map(drop).map_err(StoreError::failed)
    }

    /// Lists the steps of a report that the scope sees, the first first.
    pub(crate) async fn list(
        &self,
        connection: &impl ConnectionTrait,
        scope: &Scope,
        report: Uuid,
    ) -> Result<Vec<ReportStep<K>>, StoreError> {
        let mut query = Query::select()
            .columns(["kind", "words", "content_hash", "recorded_by", "created_at"])
            .from(self.table)
            .and_where(Expr::col("report_id").eq(report))
            .order_by("number", Order::Asc)
            .to_owned();
        if !scope.is_national() {
            query.and_where(Expr::col("municipality_code").eq(scope.municipality.as_str()));
        }
        let rows = connection.query_all(&query).await.map_err(StoreError::failed)?;
        let step = |row: &sea_orm::QueryResult| {
            let row = Row::from_query_result(row, "").map_err(StoreError::failed)?;
            let broken = || StoreError::Inconsistent { table: self.table, id: report };
            Ok(ReportStep {
                kind: known(self.kinds, &row.kind, self.name).ok_or_else(broken)?,
                words: row.words,
                content_hash: row.content_hash,
                recorded_by: row.recorded_by,
                at: row.created_at,
            })
        };
        rows.iter().map(step).collect()
    }

    /// Deletes the steps of a report.
    pub(crate) async fn delete(
        &self,
        connection: &impl ConnectionTrait,
        scope: &Scope,
        report: Uuid,
    ) -> Result<(), StoreError> {
        let delete = Query::delete()
            .from_table(self.table)
            .and_where(Expr::col("report_id").eq(report))
            .and_where(Expr::col("municipality_code").eq(scope.municipality.as_str()))
            .to_owned();
        connection.execute(&delete).await.map(drop).map_err(StoreError::failed)
    }
}
