//! Notices of providers; what they say is sealed.

use balsts_domain::{
    access::Scope,
    provider_notices::{NoticeContent, ProviderNoticeKind},
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{ExprTrait as _, Query},
};

use crate::{
    Store, StoreError, WriteTransaction,
    applications::known,
    orders::service_order,
    representatives::visible,
    vault::{ERASED, Place, Vault},
};

mod notice {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "provider_notice")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub order_id: Uuid,
        pub plan_id: Uuid,
        pub person_id: Uuid,
        pub provider_id: Uuid,
        pub kind: String,
        pub content: Vec<u8>,
        pub recorded_by: String,
        pub acknowledged_by: Option<String>,
        pub acknowledged_at: Option<DateTimeUtc>,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What a provider told the office, without what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderNoticeSummary {
    /// Identifier.
    pub id: Uuid,
    /// The order that it is about.
    pub order_id: Uuid,
    /// The plan of the order.
    pub plan_id: Uuid,
    /// The person of the plan.
    pub person_id: Uuid,
    /// The provider.
    pub provider_id: Uuid,
    /// What it is about.
    pub kind: ProviderNoticeKind,
    /// Who recorded it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: DateTime<Utc>,
    /// Who acknowledged it, and when.
    pub acknowledged: Option<(String, DateTime<Utc>)>,
    /// Counts up with every change.
    pub version: i64,
}

/// What a provider told the office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderNotice {
    /// What it is about.
    pub summary: ProviderNoticeSummary,
    /// What it says; none where the person is erased.
    pub content: Option<NoticeContent>,
}

/// An order of a plan whose provider has not reported what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AwaitedReport {
    /// The plan.
    pub plan_id: Uuid,
    /// The provider.
    pub provider_id: Uuid,
    /// The order.
    pub order_id: Uuid,
}

/// Which notices to list.
#[derive(Debug, Default)]
pub struct ProviderNoticeFilter {
    /// Only those of an order.
    pub order: Option<Uuid>,
    /// Only those of a plan's orders.
    pub plan: Option<Uuid>,
    /// Only those of a provider.
    pub provider: Option<Uuid>,
    /// Only those of a kind.
    pub kind: Option<ProviderNoticeKind>,
    /// Only those that are acknowledged, or that wait.
    pub acknowledged: Option<bool>,
    /// After this one.
    pub after: Option<Uuid>,
}

fn place(row: Uuid) -> Place {
    Place { table: "provider_notice", column: "content", row }
}

fn own(scope: &Scope) -> Condition {
    Condition::all().add(notice::Column::MunicipalityCode.eq(scope.municipality.as_str()))
}

impl WriteTransaction {
    /// Stores a new notice.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_provider_notice(&self, scope: &Scope, new: &ProviderNotice) -> Result<(), StoreError> {
        let summary = &new.summary;
        let row = notice::ActiveModel {
            id: Set(summary.id),
            municipality_code: Set(scope.municipality.to_string()),
            order_id: Set(summary.order_id),
            plan_id: Set(summary.plan_id),
            person_id: Set(summary.person_id),
            provider_id: Set(summary.provider_id),
            kind: Set(summary.kind.as_str().to_owned()),
            content: Set(self.vault()?.seal_json(place(summary.id), &new.content)?),
            recorded_by: Set(summary.recorded_by.clone()),
            acknowledged_by: Set(None),
            acknowledged_at: Set(None),
            version: Set(summary.version),
            created_at: Set(summary.recorded_at),
            updated_at: Set(summary.recorded_at),
        };
        notice::Entity::insert(row).exec_without_returning(&self.0).await.map(drop).map_err(StoreError::failed)
    }

    /// Gets a notice.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_provider_notice(&self, scope: &Scope, id: Uuid) -> Result<Option<ProviderNotice>, StoreError> {
        let query = notice::Entity::find_by_id(id).filter(own(scope));
        let row = query.one(&self.0).await.map_err(StoreError::failed)?;
        row.map(|row| opened(self.vault()?, row)).transpose()
    }

    /// Stores who acknowledged a notice, and what is done about it, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first, or what the database says.
    pub async fn acknowledge_provider_notice(
        &self,
        scope: &Scope,
        changed: &ProviderNotice,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let summary = &changed.summary;
        let version = summary.version.saturating_add(1);
        let (by, acknowledged_at) = summary.acknowledged.clone().unzip();
        let updated = notice::Entity::update_many()
            .set(notice::ActiveModel {
                content: Set(self.vault()?.seal_json(place(summary.id), &changed.content)?),
                acknowledged_by: Set(by),
                acknowledged_at: Set(acknowledged_at),
                version: Set(version),
                updated_at: Set(at),
                ..Default::default()
            })
            .filter(notice::Column::Id.eq(summary.id))
            .filter(own(scope))
            .filter(notice::Column::Version.eq(summary.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected == 1 { Ok(version) } else { Err(StoreError::Stale) }
    }
}

impl Store {
    /// Lists notices without what they say, in the order in which they were recorded.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_provider_notices(
        &self,
        scope: &Scope,
        filter: &ProviderNoticeFilter,
        limit: u64,
    ) -> Result<Vec<ProviderNoticeSummary>, StoreError> {
        let acknowledged = notice::Column::AcknowledgedAt;
        let state = |is: bool| if is { acknowledged.is_not_null() } else { acknowledged.is_null() };
        let query = notice::Entity::find()
            .filter(
                own(scope)
                    .add_option(filter.order.map(|order| notice::Column::OrderId.eq(order)))
                    .add_option(filter.plan.map(|plan| notice::Column::PlanId.eq(plan)))
                    .add_option(filter.provider.map(|provider| notice::Column::ProviderId.eq(provider)))
                    .add_option(filter.kind.map(|kind| notice::Column::Kind.eq(kind.as_str())))
                    .add_option(filter.acknowledged.map(state))
                    .add_option(filter.after.map(|after| notice::Column::Id.gt(after))),
            )
            .order_by_asc(notice::Column::Id)
            .limit(limit);
        let rows = query.all(&self.read(scope)).await.map_err(StoreError::failed)?;
        rows.into_iter().map(|row| summary(&row)).collect()
    }
}

impl Store {
    /// Lists the orders of some plans whose providers have reported nothing about the plan, by plan and provider.
    ///
    /// # Errors
    /// What the database says.
    pub async fn list_awaited_reports(&self, scope: &Scope, plans: &[Uuid]) -> Result<Vec<AwaitedReport>, StoreError> {
        use service_order::Column;
        let of_order = |column: Column| (service_order::Entity, column);
        let reported = Query::select()
            .expr(Expr::val(1))
            .from(notice::Entity)
            .and_where(Expr::col((notice::Entity, notice::Column::PlanId)).equals(of_order(Column::PlanId)))
            .and_where(Expr::col((notice::Entity, notice::Column::ProviderId)).equals(of_order(Column::ProviderId)))
            .and_where(notice::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .and_where(notice::Column::Kind.eq(ProviderNoticeKind::PlanEndReport.as_str()))
            .to_owned();
        let query = service_order::Entity::find()
            .select_only()
            .columns([Column::PlanId, Column::ProviderId, Column::Id])
            .filter(visible(scope, Column::MunicipalityCode, Column::PersonId))
            .filter(Column::PlanId.is_in(plans.iter().copied()))
            .filter(Column::ProviderId.is_not_null())
            .filter(Expr::exists(reported).not())
            .order_by_asc(Column::PlanId)
            .order_by_asc(Column::ProviderId)
            .order_by_asc(Column::Id);
        let rows: Vec<(Uuid, Uuid, Uuid)> =
            query.into_tuple().all(&self.read(scope)).await.map_err(StoreError::failed)?;
        let awaited = |(plan_id, provider_id, order_id)| AwaitedReport { plan_id, provider_id, order_id };
        Ok(rows.into_iter().map(awaited).collect())
    }
}

fn summary(row: &notice::Model) -> Result<ProviderNoticeSummary, StoreError> {
    let kind = known(ProviderNoticeKind::ALL, &row.kind, ProviderNoticeKind::as_str)
        .ok_or(StoreError::Inconsistent { table: "provider_notice", id: row.id })?;
    Ok(ProviderNoticeSummary {
        id: row.id,
        order_id: row.order_id,
        plan_id: row.plan_id,
        person_id: row.person_id,
        provider_id: row.provider_id,
        kind,
        recorded_by: row.recorded_by.clone(),
        recorded_at: row.created_at,
        acknowledged: row.acknowledged_by.clone().zip(row.acknowledged_at),
        version: row.version,
    })
}

fn opened(vault: &Vault, row: notice::Model) -> Result<ProviderNotice, StoreError> {
    let content = match row.content.as_slice() {
        ERASED => None,
        sealed => vault.open_json(place(row.id), sealed)?,
    };
    Ok(ProviderNotice { summary: summary(&row)?, content })
}
