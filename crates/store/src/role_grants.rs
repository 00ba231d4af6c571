//! Roles that are granted here, for those whose issuer tells none. A grant is ended, never deleted.

use balsts_domain::access::{MunicipalityCode, Role, Scope};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ActiveValue::Set, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, entity::prelude::*};

use crate::{Reach, Store, StoreError, WriteTransaction, applications::known};

mod role_grant {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "role_grant")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub subject: String,
        pub role: String,
        pub valid_from: Date,
        pub valid_to: Option<Date>,
        pub granted_by: String,
        pub ended_by: Option<String>,
        pub ended_at: Option<DateTimeUtc>,
        pub version: i64,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A role that somebody was granted in a municipality.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleGrant {
    /// Identifier.
    pub id: Uuid,
    /// The issuer's identifier of who holds it.
    pub subject: String,
    /// The role.
    pub role: Role,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day; none while there is no end.
    pub valid_to: Option<NaiveDate>,
    /// Subject of who granted it.
    pub granted_by: String,
    /// When it was ended before its last day, and by whom.
    pub ended: Option<(DateTime<Utc>, String)>,
    /// Counts up with every change.
    pub version: i64,
}

/// The grants that a scope sees: those of the municipality, and for the ministry only of those who head its office.
fn seen(scope: &Scope) -> Condition {
    let own = Condition::all().add(role_grant::Column::MunicipalityCode.eq(scope.municipality.as_str()));
    match scope.role {
        Role::MinistryAdmin => own.add(role_grant::Column::Role.eq(Role::OfficeHead.as_str())),
        _ => own,
    }
}

/// Not ended, and its last day not before this one.
fn lasts_on(day: NaiveDate) -> Condition {
    let valid_to = role_grant::Column::ValidTo;
    Condition::all()
        .add(role_grant::Column::EndedAt.is_null())
        .add(Condition::any().add(valid_to.is_null()).add(valid_to.gte(day)))
}

impl WriteTransaction {
    /// Stores a new grant.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_role_grant(&self, scope: &Scope, new: &RoleGrant, at: DateTime<Utc>) -> Result<(), StoreError> {
        let row = role_grant::ActiveModel {
            id: Set(new.id),
            municipality_code: Set(scope.municipality.to_string()),
            subject: Set(new.subject.clone()),
            role: Set(new.role.as_str().to_owned()),
            valid_from: Set(new.valid_from),
            valid_to: Set(new.valid_to),
            granted_by: Set(new.granted_by.clone()),
            ended_by: Set(None),
            ended_at: Set(None),
            version: Set(new.version),
            created_at: Set(at),
        };
        role_grant::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        Ok(())
    }

    /// Whether the subject of a grant holds the same role on a day of it already.
    ///
    /// # Errors
    /// What the database says.
    pub async fn has_role_grant(&self, scope: &Scope, new: &RoleGrant) -> Result<bool, StoreError> {
        let mut query = role_grant::Entity::find()
            .filter(role_grant::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(role_grant::Column::Subject.eq(new.subject.as_str()))
            .filter(role_grant::Column::Role.eq(new.role.as_str()))
            .filter(lasts_on(new.valid_from));
        if let Some(valid_to) = new.valid_to {
            query = query.filter(role_grant::Column::ValidFrom.lte(valid_to));
        }
        Ok(query.one(&self.0).await.map_err(StoreError::failed)?.is_some())
    }

    /// Gets a grant.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_role_grant(&self, scope: &Scope, id: Uuid) -> Result<Option<RoleGrant>, StoreError> {
        let row = role_grant::Entity::find_by_id(id).filter(seen(scope)).one(&self.0).await;
        row.map_err(StoreError::failed)?.map(read).transpose()
    }

    /// Ends a grant at once, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn end_role_grant(&self, scope: &Scope, known: &RoleGrant, at: DateTime<Utc>) -> Result<(), StoreError> {
        let change = role_grant::ActiveModel {
            ended_by: Set(Some(scope.subject.clone())),
            ended_at: Set(Some(at)),
            version: Set(known.version.saturating_add(1)),
            ..Default::default()
        };
        let ended = role_grant::Entity::update_many()
            .set(change)
            .filter(role_grant::Column::Id.eq(known.id))
            .filter(seen(scope))
            .filter(role_grant::Column::Version.eq(known.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if ended.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }
}

impl Store {
    /// Lists grants in the order in which they were stored, those that have ended as well.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_role_grants(
        &self,
        scope: &Scope,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<RoleGrant>, StoreError> {
        let mut query =
            role_grant::Entity::find().filter(seen(scope)).order_by_asc(role_grant::Column::Id).limit(limit);
        if let Some(after) = after {
            query = query.filter(role_grant::Column::Id.gt(after));
        }
        let rows = query.all(&self.read(scope)).await.map_err(StoreError::failed)?;
        rows.into_iter().map(read).collect()
    }

    /// The roles that a subject holds on a day, each with its municipality. This is what a scope is made of, so it takes none.
    ///
    /// # Errors
    /// What the database says.
    pub async fn granted_roles(
        &self,
        subject: &str,
        day: NaiveDate,
    ) -> Result<Vec<(MunicipalityCode, Role)>, StoreError> {
        let rows = role_grant::Entity::find()
            .filter(role_grant::Column::Subject.eq(subject))
            .filter(role_grant::Column::ValidFrom.lte(day))
            .filter(lasts_on(day))
            .select_only()
            .columns([role_grant::Column::MunicipalityCode, role_grant::Column::Role])
            .into_tuple::<(String, String)>()
            .all(&self.read(Reach::Country))
            .await
            .map_err(StoreError::failed)?;
        // A role of a later version of this program is none.
        let role = |(code, role): (String, String)| Some((code.parse().ok()?, known(Role::ALL, &role, Role::as_str)?));
        Ok(rows.into_iter().filter_map(role).collect())
    }
}

fn read(row: role_grant::Model) -> Result<RoleGrant, StoreError> {
    let role = known(Role::ALL, &row.role, Role::as_str);
    Ok(RoleGrant {
        id: row.id,
        role: role.ok_or(StoreError::Inconsistent { table: "role_grant", id: row.id })?,
        subject: row.subject,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        granted_by: row.granted_by,
        ended: row.ended_at.zip(row.ended_by),
        version: row.version,
    })
}
