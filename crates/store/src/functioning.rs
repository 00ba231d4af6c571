//! What completed assessments measured, for counts over many: read in pages, and opened where the caller wants.

use balsts_domain::{
    access::{MunicipalityCode, Scope},
    assessments::{Content, Functioning},
    parameters::catalogue::MethodologyId,
};
use chrono::NaiveDate;
use sea_orm::{
    ConnectionTrait, FromQueryResult,
    entity::prelude::*,
    sea_query::{ExprTrait as _, Query},
};

use crate::{
    Store, StoreError,
    applications::application,
    assessments::{assessment, place},
    goal_results::reach,
    vault::ERASED,
};

/// A completed assessment as it is counted, sealed.
#[derive(Debug, Clone, FromQueryResult)]
pub struct MeasuredAssessment {
    /// Identifier.
    pub id: Uuid,
    /// The case: its application.
    pub application_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// The day on which it took place.
    pub assessed_on: NaiveDate,
    municipality_code: String,
    content: Vec<u8>,
}

impl Store {
    /// Lists the completed assessments of a methodology, of the scope's municipality or of the country, in the order of their
    /// identifiers after one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn list_measured_assessments(
        &self,
        scope: &Scope,
        methodology: MethodologyId,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<MeasuredAssessment>, StoreError> {
        use assessment::Column;
        let of = |column: Column| Expr::col((assessment::Entity, column));
        let mut page = Query::select();
        for column in [
            Column::Id,
            Column::ApplicationId,
            Column::PersonId,
            Column::AssessedOn,
            Column::MunicipalityCode,
            Column::Content,
        ] {
            page.column((assessment::Entity, column));
        }
        page.from(assessment::Entity)
            .inner_join(
                application::Entity,
                Expr::col((application::Entity, application::Column::Id))
                    .equals((assessment::Entity, Column::ApplicationId)),
            )
            .and_where(Expr::col((application::Entity, application::Column::Methodology)).eq(methodology.as_str()))
            .and_where(of(Column::CompletedOn).is_not_null())
            .and_where(of(Column::Content).ne(ERASED))
            .and_where(of(Column::Id).gt(after.unwrap_or_default()))
            .order_by((assessment::Entity, Column::Id), sea_orm::Order::Asc)
            .limit(limit);
        if !scope.is_national() {
            page.and_where(of(Column::MunicipalityCode).eq(scope.municipality.as_str()));
        }
        let reader = self.read(reach(scope));
        let statement = reader.get_database_backend().build(&page);
        MeasuredAssessment::find_by_statement(statement).all(&reader).await.map_err(StoreError::failed)
    }

    /// Opens a completed assessment: its municipality, and what was measured.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or the keys do not fit.
    pub fn open_measured(&self, row: &MeasuredAssessment) -> Result<(MunicipalityCode, Vec<Functioning>), StoreError> {
        let inconsistent = |_| StoreError::Inconsistent { table: "assessment", id: row.id };
        let content: Content = self.vault()?.open_json(place("content", row.id), &row.content)?;
        Ok((row.municipality_code.parse().map_err(inconsistent)?, content.findings.functioning))
    }
}
