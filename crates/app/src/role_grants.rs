//! Roles that the system keeps: an office head grants those of the own municipality, the ministry the heads of offices.

use balsts_domain::{
    access::{MunicipalityCode, Role},
    events::EventType,
    role_grants,
};
use balsts_store::{RecordedAnswer, RoleGrant};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told};

/// A role as it is granted.
#[derive(Debug)]
pub struct NewRoleGrant {
    /// The issuer's identifier of who is to hold it.
    pub subject: String,
    /// The role.
    pub role: Role,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day; none while there is no end.
    pub valid_to: Option<NaiveDate>,
}

fn told(action: &'static str, event: EventType, id: Uuid) -> Told {
    Told { action, resource: "role_grant", id, event: Some(event) }
}

impl App {
    /// The roles that a subject was granted and holds on a day, each with its municipality.
    ///
    /// # Errors
    /// The database.
    pub async fn granted_roles(
        &self,
        subject: &str,
        day: NaiveDate,
    ) -> Result<Vec<(MunicipalityCode, Role)>, AppError> {
        Ok(self.store.granted_roles(subject, day).await?)
    }

    /// Grants a role. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::Refused`] where who calls may not grant so, [`AppError::Conflict`] where the role is held already,
    /// [`AppError::KeyReused`], or the database.
    pub async fn create_role_grant(
        &self,
        call: &Call<'_>,
        new: NewRoleGrant,
        answer: impl FnOnce(&RoleGrant) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let NewRoleGrant { subject, role, valid_from, valid_to } = new;
        let granter = (call.scope.role, call.scope.subject.as_str());
        role_grants::check(granter, (role, &subject), (valid_from, valid_to))
            .map_err(|refusals| AppError::refused(&refusals))?;
        let (id, granted_by) = ((call.new_id)(), call.scope.subject.clone());
        let grant = RoleGrant { id, subject, role, valid_from, valid_to, granted_by, ended: None, version: 1 };
        if transaction.has_role_grant(&call.scope, &grant).await? {
            return Err(AppError::Conflict { code: "role_granted_already" });
        }
        transaction.insert_role_grant(&call.scope, &grant, call.at).await?;
        let told = told("create_role_grant", EventType::RoleGrantCreated, id);
        Ok(call.commit_once(transaction, told, answer(&grant), None).await?)
    }

    /// Lists grants, those that have ended as well.
    ///
    /// # Errors
    /// The database.
    pub async fn list_role_grants(
        &self,
        call: &Call<'_>,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<RoleGrant>, AppError> {
        Ok(self.store.list_role_grants(&call.scope, after, limit).await?)
    }

    /// Gets a grant.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_role_grant(&self, call: &Call<'_>, id: Uuid) -> Result<RoleGrant, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        transaction.find_role_grant(&call.scope, id).await?.ok_or(AppError::NotFound)
    }

    /// Ends a grant at once: the next request of who held the role is without it.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it has ended, or the database.
    pub async fn end_role_grant(&self, call: &Call<'_>, (id, version): (Uuid, i64)) -> Result<(), AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let grant = transaction.find_role_grant(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        if grant.version != version {
            return Err(AppError::Stale);
        }
        if grant.ended.is_some() {
            return Err(AppError::Conflict { code: "role_grant_ended" });
        }
        transaction.end_role_grant(&call.scope, &grant, call.at).await?;
        call.commit(transaction, told("end_role_grant", EventType::RoleGrantEnded, id)).await?;
        Ok(())
    }
}
