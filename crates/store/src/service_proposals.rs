//! Proposals of new services: of the municipality that proposes, decided for the country, and seen by everybody once decided.

use balsts_domain::{
    access::{MunicipalityCode, Scope},
    parameters::catalogue::{Description, MethodologyId},
    service_proposals::ProposalStatus,
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::*, sea_query::Condition,
};

use crate::{Store, StoreError, WriteTransaction, applications::known};

mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "service_proposal")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub name: String,
        pub methodology: String,
        pub description: String,
        pub reason: String,
        pub status: String,
        pub service: Option<String>,
        pub methodology_version_id: Option<Uuid>,
        pub decision_reason: Option<String>,
        pub version: i64,
        pub created_by: String,
        pub created_at: DateTimeUtc,
        pub decided_by: Option<String>,
        pub decided_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What the ministry decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecidedProposal {
    /// Code of the equal service, or of the one that is added.
    pub service: Option<String>,
    /// The version that adds it.
    pub methodology_version: Option<Uuid>,
    /// Why.
    pub reason: Option<String>,
    /// Subject of who decided.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A service that a worker proposes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceProposal {
    /// Identifier.
    pub id: Uuid,
    /// The municipality that proposes.
    pub municipality: MunicipalityCode,
    /// Name of the service.
    pub name: String,
    /// The methodology that lacks it.
    pub methodology: MethodologyId,
    /// What is known of it.
    pub description: Description,
    /// Why it is needed.
    pub reason: String,
    /// Where it stands.
    pub status: ProposalStatus,
    /// Subject of who proposed.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// The decision.
    pub decision: Option<DecidedProposal>,
    /// Counts up with every change.
    pub version: i64,
}

fn opened(row: row::Model) -> Result<ServiceProposal, StoreError> {
    let inconsistent = || StoreError::Inconsistent { table: "service_proposal", id: row.id };
    let decision = match (row.decided_by, row.decided_at) {
        (Some(by), Some(at)) => Some(DecidedProposal {
            service: row.service,
            methodology_version: row.methodology_version_id,
            reason: row.decision_reason,
            by,
            at,
        }),
        _ => None,
    };
    Ok(ServiceProposal {
        id: row.id,
        municipality: row.municipality_code.parse().map_err(|_| inconsistent())?,
        name: row.name,
        methodology: known(MethodologyId::ALL, &row.methodology, MethodologyId::as_str).ok_or_else(inconsistent)?,
        description: serde_json::from_str(&row.description).map_err(|_| inconsistent())?,
        reason: row.reason,
        status: known(ProposalStatus::ALL, &row.status, ProposalStatus::as_str).ok_or_else(inconsistent)?,
        created_by: row.created_by,
        created_at: row.created_at,
        decision,
        version: row.version,
    })
}

/// What a scope sees: the country everything, a municipality its own and what is decided.
fn visible(scope: &Scope) -> Condition {
    if scope.is_national() {
        return Condition::all();
    }
    Condition::any()
        .add(row::Column::MunicipalityCode.eq(scope.municipality.as_str()))
        .add(row::Column::Status.ne(ProposalStatus::Open.as_str()))
}

impl WriteTransaction {
    /// Stores a new proposal of the scope's municipality.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_service_proposal(&self, scope: &Scope, new: &ServiceProposal) -> Result<(), StoreError> {
        let inconsistent = |_| StoreError::Inconsistent { table: "service_proposal", id: new.id };
        let row = row::ActiveModel {
            id: Set(new.id),
            municipality_code: Set(scope.municipality.to_string()),
            name: Set(new.name.clone()),
            methodology: Set(new.methodology.as_str().to_owned()),
            description: Set(serde_json::to_string(&new.description).map_err(inconsistent)?),
            reason: Set(new.reason.clone()),
            status: Set(new.status.as_str().to_owned()),
            service: Set(None),
            methodology_version_id: Set(None),
            decision_reason: Set(None),
            version: Set(new.version),
            created_by: Set(new.created_by.clone()),
            created_at: Set(new.created_at),
            decided_by: Set(None),
            decided_at: Set(None),
        };
        row::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        Ok(())
    }

    /// Gets a proposal for a decision: on PostgreSQL an open one's row is locked to the end of the transaction.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_service_proposal(&self, scope: &Scope, id: Uuid) -> Result<Option<ServiceProposal>, StoreError> {
        let query = || row::Entity::find_by_id(id).filter(visible(scope));
        let Some(found) = query().one(&self.0).await.map_err(StoreError::failed)? else { return Ok(None) };
        // A locked read shows what may be changed: row-level security hides from it what is decided.
        if self.0.get_database_backend() == DbBackend::Postgres {
            let locked = query().lock_exclusive().one(&self.0).await.map_err(StoreError::failed)?;
            return opened(locked.unwrap_or(found)).map(Some);
        }
        opened(found).map(Some)
    }

    /// Stores the decision on an open proposal, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn decide_service_proposal(&self, decided: &mut ServiceProposal) -> Result<(), StoreError> {
        let Some(decision) = &decided.decision else { return Err(StoreError::Stale) };
        let before = decided.version;
        let change = row::ActiveModel {
            status: Set(decided.status.as_str().to_owned()),
            service: Set(decision.service.clone()),
            methodology_version_id: Set(decision.methodology_version),
            decision_reason: Set(decision.reason.clone()),
            decided_by: Set(Some(decision.by.clone())),
            decided_at: Set(Some(decision.at)),
            version: Set(before.saturating_add(1)),
            ..Default::default()
        };
        let updated = row::Entity::update_many()
            .set(change)
            .filter(row::Column::Id.eq(decided.id))
            .filter(row::Column::Version.eq(before))
            .filter(row::Column::Status.eq(ProposalStatus::Open.as_str()))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected != 1 {
            return Err(StoreError::Stale);
        }
        decided.version = before.saturating_add(1);
        Ok(())
    }
}

impl Store {
    /// Gets a proposal that the scope sees.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn get_service_proposal(&self, scope: &Scope, id: Uuid) -> Result<Option<ServiceProposal>, StoreError> {
        let query = row::Entity::find_by_id(id).filter(visible(scope));
        query.one(&self.read(scope)).await.map_err(StoreError::failed)?.map(opened).transpose()
    }

    /// Lists the proposals that the scope sees in the order in which they were made.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_service_proposals(
        &self,
        scope: &Scope,
        status: Option<ProposalStatus>,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<ServiceProposal>, StoreError> {
        let mut query = row::Entity::find().filter(visible(scope)).order_by_asc(row::Column::Id).limit(limit);
        if let Some(status) = status {
            query = query.filter(row::Column::Status.eq(status.as_str()));
        }
        if let Some(after) = after {
            query = query.filter(row::Column::Id.gt(after));
        }
        let rows = query.all(&self.read(scope)).await.map_err(StoreError::failed)?;
        rows.into_iter().map(opened).collect()
    }
}
