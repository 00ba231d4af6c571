//! Engagements of budget managers for cases, which tell what a caller in that role may see; and the managers' reports.

use std::collections::BTreeSet;

use balsts_domain::{access::Scope, budget_managers::ManagerReportContent, month::Month};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, entity::prelude::*,
    sea_query::ExprTrait as _,
};

use crate::{StoreError, WriteTransaction, orders::service_order, representatives::visible, vault::Place};

pub(crate) mod budget_manager {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "budget_manager")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub application_id: Uuid,
        pub person_id: Uuid,
        pub subject: String,
        pub organisation: String,
        pub valid_from: Date,
        pub valid_to: Option<Date>,
        pub version: i64,
        pub created_by: String,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod manager_report {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "manager_report")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub application_id: Uuid,
        pub person_id: Uuid,
        pub month: Date,
        pub reported_on: Date,
        pub content: Vec<u8>,
        pub reported_by: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The engagement of a budget manager for a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetManager {
    /// Identifier.
    pub id: Uuid,
    /// The case: its application.
    pub application_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// The issuer's identifier of who signs in for the organisation.
    pub subject: String,
    /// Name of the organisation.
    pub organisation: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day; none while there is no end.
    pub valid_to: Option<NaiveDate>,
    /// Subject of who engaged it.
    pub created_by: String,
    /// Counts up with every change.
    pub version: i64,
}

/// What a budget manager reports of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagerReport {
    /// Identifier.
    pub id: Uuid,
    /// The case: its application.
    pub application_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// The month.
    pub month: Month,
    /// The day on which it came in.
    pub reported_on: NaiveDate,
    /// What it says.
    pub content: ManagerReportContent,
    /// Subject of who reports.
    pub reported_by: String,
}

const fn place(id: Uuid) -> Place {
    Place { table: "manager_report", column: "content", row: id }
}

impl WriteTransaction {
    /// Stores a new engagement.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_budget_manager(
        &self,
        scope: &Scope,
        new: &BudgetManager,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let row = budget_manager::ActiveModel {
            id: Set(new.id),
            municipality_code: Set(scope.municipality.to_string()),
            application_id: Set(new.application_id),
            person_id: Set(new.person_id),
            subject: Set(new.subject.clone()),
            organisation: Set(new.organisation.clone()),
            valid_from: Set(new.valid_from),
            valid_to: Set(new.valid_to),
            version: Set(new.version),
            created_by: Set(new.created_by.clone()),
            created_at: Set(at),
            updated_at: Set(at),
        };
        budget_manager::Entity::insert(row).exec_without_returning(&self.0).await.map(drop).map_err(StoreError::failed)
    }

    /// Gets an engagement.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_budget_manager(&self, scope: &Scope, id: Uuid) -> Result<Option<BudgetManager>, StoreError> {
        let query = budget_manager::Entity::find_by_id(id)
            .filter(budget_manager::Column::MunicipalityCode.eq(scope.municipality.as_str()));
        Ok(query.one(&self.0).await.map_err(StoreError::failed)?.map(engaged))
    }

    /// Lists the engagements for a case, those of old as well, in the order in which they were stored.
    ///
    /// # Errors
    /// What the database says.
    pub async fn list_budget_managers(
        &self,
        scope: &Scope,
        application: Uuid,
    ) -> Result<Vec<BudgetManager>, StoreError> {
        let query = budget_manager::Entity::find()
            .filter(budget_manager::Column::ApplicationId.eq(application))
            .filter(budget_manager::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .order_by_asc(budget_manager::Column::Id);
        Ok(query.all(&self.0).await.map_err(StoreError::failed)?.into_iter().map(engaged).collect())
    }

    /// Stores the last day, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn end_budget_manager(
        &self,
        scope: &Scope,
        ended: &mut BudgetManager,
        valid_to: NaiveDate,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let version = ended.version.saturating_add(1);
        let change = budget_manager::ActiveModel {
            valid_to: Set(Some(valid_to)),
            version: Set(version),
            updated_at: Set(at),
            ..Default::default()
        };
        let updated = budget_manager::Entity::update_many()
            .set(change)
            .filter(budget_manager::Column::Id.eq(ended.id))
            .filter(budget_manager::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(budget_manager::Column::Version.eq(ended.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected != 1 {
            return Err(StoreError::Stale);
        }
        (ended.version, ended.valid_to) = (version, Some(valid_to));
        Ok(())
    }

    /// Ends the engagements for a case with its last day. One that would begin later is of that day alone.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_engagements(
        &self,
        scope: &Scope,
        application: Uuid,
        last: NaiveDate,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        use budget_manager::Column;
        let begins = Expr::case(Column::ValidFrom.gt(last), Expr::val(last)).finally(Expr::col(Column::ValidFrom));
        budget_manager::Entity::update_many()
            .col_expr(Column::ValidFrom, begins.into())
            .col_expr(Column::ValidTo, Expr::val(last))
            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
            .col_expr(Column::UpdatedAt, Expr::val(at))
            .filter(Column::ApplicationId.eq(application))
            .filter(Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(Condition::any().add(Column::ValidTo.is_null()).add(Column::ValidTo.gt(last)))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(())
    }

    /// The identifiers of the orders of a person.
    ///
    /// # Errors
    /// What the database says.
    pub async fn order_ids_of(&self, scope: &Scope, person: Uuid) -> Result<BTreeSet<Uuid>, StoreError> {
        let ids: Vec<Uuid> = service_order::Entity::find()
            .select_only()
            .column(service_order::Column::Id)
            .filter(service_order::Column::PersonId.eq(person))
            .filter(service_order::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .into_tuple()
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(ids.into_iter().collect())
    }

    /// Stores a report.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_manager_report(
        &self,
        scope: &Scope,
        new: &ManagerReport,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let row = manager_report::ActiveModel {
            id: Set(new.id),
            municipality_code: Set(scope.municipality.to_string()),
            application_id: Set(new.application_id),
            person_id: Set(new.person_id),
            month: Set(new.month.first_day()),
            reported_on: Set(new.reported_on),
            content: Set(self.vault()?.seal_json(place(new.id), &new.content)?),
            reported_by: Set(new.reported_by.clone()),
            created_at: Set(at),
        };
        manager_report::Entity::insert(row).exec_without_returning(&self.0).await.map(drop).map_err(StoreError::failed)
    }

    /// Lists the reports on a case in the order in which they came in.
    ///
    /// # Errors
    /// [`StoreError::Erased`], or what the database says.
    pub async fn list_manager_reports(
        &self,
        scope: &Scope,
        application: Uuid,
    ) -> Result<Vec<ManagerReport>, StoreError> {
        let query = manager_report::Entity::find()
            .filter(manager_report::Column::ApplicationId.eq(application))
            .filter(visible(scope, manager_report::Column::MunicipalityCode, manager_report::Column::PersonId))
            .order_by_asc(manager_report::Column::Id);
        let rows = query.all(&self.0).await.map_err(StoreError::failed)?;
        let vault = self.vault()?;
        let report = |row: manager_report::Model| {
            Ok(ManagerReport {
                id: row.id,
                application_id: row.application_id,
                person_id: row.person_id,
                month: Month::of(row.month),
                reported_on: row.reported_on,
                content: vault.open_json(place(row.id), &row.content)?,
                reported_by: row.reported_by,
            })
        };
        rows.into_iter().map(report).collect()
    }
}

fn engaged(row: budget_manager::Model) -> BudgetManager {
    BudgetManager {
        id: row.id,
        application_id: row.application_id,
        person_id: row.person_id,
        subject: row.subject,
        organisation: row.organisation,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        created_by: row.created_by,
        version: row.version,
    }
}
