//! Applications and decisions: rows to domain types and back, sealed on the way. Every query names the
//! municipality of its scope.

use balsts_domain::{
    access::Scope,
    applications::{ApplicationStatus, Outcome},
    calendar::Delivery,
    circumstances::Circumstances,
    eligibility::EligibilityFacts,
    parameters::catalogue::MethodologyId,
};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, entity::prelude::*,
};
use serde::{Deserialize, Serialize};

use crate::{
    InsertError, Person, Store, StoreError, WriteTransaction,
    persons::{opened_person, person},
    representatives::visible,
    revocations::{self, Revocation},
    vault::{Place, Vault},
};

pub(crate) mod application {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "application")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub person_id: Uuid,
        pub subject_index: Vec<u8>,
        pub methodology: String,
        pub status: String,
        pub received_at: DateTime,
        pub due_on: Option<Date>,
        pub withdrawn_on: Option<Date>,
        pub worker: Option<String>,
        pub applicant: Vec<u8>,
        pub evidence: Vec<u8>,
        pub circumstances: Option<Vec<u8>>,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod decision {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "decision")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub application_id: Uuid,
        pub municipality_code: String,
        pub outcome: String,
        pub act_number: Option<String>,
        pub decided_on: Date,
        pub delivery: String,
        pub notified_on: Date,
        pub appeal_until: Date,
        pub facts: Vec<u8>,
        pub prepared_by: String,
        pub signed_by: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Who applies: the adult, or the representative of a child or adult.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applicant {
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Personal code as text with a hyphen, where it is known.
    pub personal_code: Option<String>,
    /// In what capacity: parent, guardian, foster family, the adult itself.
    pub relation: String,
}

/// An application without what tells of the person: what a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationSummary {
    /// Identifier.
    pub id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// Methodology.
    pub methodology: MethodologyId,
    /// Where it stands.
    pub status: ApplicationStatus,
    /// When it was received, to the minute, local time.
    pub received_at: NaiveDateTime,
    /// Last day to decide; none for the pilot.
    pub due_on: Option<NaiveDate>,
    /// Subject of the worker who leads the case, once that is said.
    pub worker: Option<String>,
    /// Counts up with every change.
    pub version: i64,
}

/// An application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// What a list shows.
    pub summary: ApplicationSummary,
    /// The person.
    pub person: Person,
    /// Who applies.
    pub applicant: Applicant,
    /// What is known for the criteria.
    pub evidence: EligibilityFacts,
    /// What it tells beside the criteria, once that is told.
    pub circumstances: Option<Circumstances>,
    /// The day on which the applicant took it back.
    pub withdrawn_on: Option<NaiveDate>,
    /// The act, once there is one.
    pub decision: Option<Decision>,
    /// The act that ended the grant.
    pub revocation: Option<Revocation>,
}

/// What is stored: all of it, or what the erasure of the person has left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept<T, E> {
    /// All of it.
    Whole(T),
    /// The person is erased.
    Erased(E),
}

impl<T, E> Kept<T, E> {
    /// All of it.
    ///
    /// # Errors
    /// [`StoreError::Erased`].
    pub fn whole(self) -> Result<T, StoreError> {
        match self {
            Self::Whole(whole) => Ok(whole),
            Self::Erased(_) => Err(StoreError::Erased),
        }
    }
}

/// An application whose person is erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasedApplication {
    /// What a list shows.
    pub summary: ApplicationSummary,
    /// The day on which the applicant took it back.
    pub withdrawn_on: Option<NaiveDate>,
    /// The act, without facts.
    pub decision: Option<Decision>,
    /// The act that ended the grant, without grounds.
    pub revocation: Option<Revocation>,
}

/// The administrative act on an application. Never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What it decides.
    pub outcome: Outcome,
    /// Its number in the register of the office.
    pub number: Option<String>,
    /// Its day.
    pub decided_on: NaiveDate,
    /// How it is sent.
    pub delivery: Delivery,
    /// The day on which the applicant counts as notified.
    pub notified_on: NaiveDate,
    /// The last day to appeal.
    pub appeal_until: NaiveDate,
    /// The facts that it rests on.
    pub facts: EligibilityFacts,
    /// Subject of who prepared it.
    pub prepared_by: String,
    /// Subject of who signed it.
    pub signed_by: String,
}

/// Which applications a list shows.
#[derive(Debug, Clone, Default)]
pub struct ApplicationFilter {
    /// With this status.
    pub status: Option<ApplicationStatus>,
    /// Open with the last day to decide before this day.
    pub overdue_on: Option<NaiveDate>,
    /// Of this worker.
    pub worker: Option<String>,
    /// After this one, in the order of identifiers.
    pub after: Option<Uuid>,
}

pub(crate) const fn application_place(column: &'static str, row: Uuid) -> Place {
    Place { table: "application", column, row }
}

impl WriteTransaction {
    /// Stores a new application.
    ///
    /// # Errors
    /// [`InsertError::Exists`] where the person has an open one, here or in another municipality.
    pub async fn insert_application(
        &self,
        scope: &Scope,
        new: &Application,
        at: DateTime<Utc>,
    ) -> Result<(), InsertError> {
        let row = self.sealed_application(scope, new, at)?;
        let inserted = application::Entity::insert(row).exec_without_returning(&self.0).await;
        inserted.map(drop).map_err(InsertError::failed)
    }

    /// Stores new applications with their acts, where they have some.
    ///
    /// # Errors
    /// [`InsertError::Exists`] where a person has an open one.
    pub async fn insert_applications(
        &self,
        scope: &Scope,
        new: &[Application],
        at: DateTime<Utc>,
    ) -> Result<(), InsertError> {
        self.insert_all(new.iter().map(|new| self.sealed_application(scope, new, at))).await?;
        let acts = new.iter().filter_map(|new| Some((new.summary.id, new.decision.as_ref()?)));
        self.insert_all(acts.map(|(id, act)| self.sealed_decision(scope, id, act, at))).await
    }

    fn sealed_application(
        &self,
        scope: &Scope,
        new: &Application,
        at: DateTime<Utc>,
    ) -> Result<application::ActiveModel, StoreError> {
        let (vault, summary) = (self.vault()?, &new.summary);
        let place = |column| application_place(column, summary.id);
        let sealed = |circumstances| vault.seal_json(place("circumstances"), circumstances);
        Ok(application::ActiveModel {
            id: Set(summary.id),
            municipality_code: Set(scope.municipality.to_string()),
            person_id: Set(summary.person_id),
            subject_index: Set(vault.person_index(&new.person.identifier)),
            methodology: Set(summary.methodology.as_str().to_owned()),
            status: Set(summary.status.as_str().to_owned()),
            received_at: Set(summary.received_at),
            due_on: Set(summary.due_on),
            withdrawn_on: Set(new.withdrawn_on),
            worker: Set(summary.worker.clone()),
            applicant: Set(vault.seal_json(place("applicant"), &new.applicant)?),
            evidence: Set(vault.seal_json(place("evidence"), &new.evidence)?),
            circumstances: Set(new.circumstances.as_ref().map(sealed).transpose()?),
            version: Set(summary.version),
            created_at: Set(at),
            updated_at: Set(at),
        })
    }

    fn sealed_decision(
        &self,
        scope: &Scope,
        application: Uuid,
        decision: &Decision,
        at: DateTime<Utc>,
    ) -> Result<decision::ActiveModel, StoreError> {
        let place = Place { table: "decision", column: "facts", row: application };
        Ok(decision::ActiveModel {
            application_id: Set(application),
            municipality_code: Set(scope.municipality.to_string()),
            outcome: Set(decision.outcome.as_str().to_owned()),
            act_number: Set(decision.number.clone()),
            decided_on: Set(decision.decided_on),
            delivery: Set(decision.delivery.as_str().to_owned()),
            notified_on: Set(decision.notified_on),
            appeal_until: Set(decision.appeal_until),
            facts: Set(self.vault()?.seal_json(place, &decision.facts)?),
            prepared_by: Set(decision.prepared_by.clone()),
            signed_by: Set(decision.signed_by.clone()),
            created_at: Set(at),
        })
    }

    /// Gets an application for a change: on PostgreSQL its row is locked to the end of the transaction.
    ///
    /// # Errors
    /// [`StoreError::Erased`], [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_application(&self, scope: &Scope, id: Uuid) -> Result<Option<Application>, StoreError> {
        self.find_kept_application(scope, id).await?.map(Kept::whole).transpose()
    }

    /// The same, or what the erasure of its person has left of it.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_kept_application(
        &self,
        scope: &Scope,
        id: Uuid,
    ) -> Result<Option<Kept<Application, ErasedApplication>>, StoreError> {
        find_application(&self.0, self.vault()?, scope, id, true).await
    }

    /// Gets the day on which an application was decided and the facts that it was decided on, without taking its row.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_decided_facts(
        &self,
        scope: &Scope,
        application: Uuid,
    ) -> Result<Option<(NaiveDate, EligibilityFacts)>, StoreError> {
        let row = decision::Entity::find_by_id(application)
            .filter(decision::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .one(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let place = Place { table: "decision", column: "facts", row: application };
        row.map(|row| Ok((row.decided_on, self.vault()?.open_json(place, &row.facts)?))).transpose()
    }

    /// Lists the applications of a person, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_applications_of(
        &self,
        scope: &Scope,
        person: Uuid,
    ) -> Result<Vec<ApplicationSummary>, StoreError> {
        let query = application::Entity::find()
            .filter(application::Column::PersonId.eq(person))
            .filter(visible(scope, application::Column::MunicipalityCode, application::Column::PersonId))
            .order_by_asc(application::Column::Id);
        query.all(&self.0).await.map_err(StoreError::failed)?.iter().map(summary).collect()
    }

    /// Stores changed evidence under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn update_evidence(
        &self,
        scope: &Scope,
        application: &ApplicationSummary,
        evidence: &EligibilityFacts,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let sealed = self.vault()?.seal_json(application_place("evidence", application.id), evidence)?;
        let change = application::ActiveModel { evidence: Set(sealed), ..Default::default() };
        self.update(scope, application, change, at).await
    }

    /// Stores changed circumstances under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn update_circumstances(
        &self,
        scope: &Scope,
        application: &ApplicationSummary,
        circumstances: &Circumstances,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let sealed = self.vault()?.seal_json(application_place("circumstances", application.id), circumstances)?;
        let change = application::ActiveModel { circumstances: Set(Some(sealed)), ..Default::default() };
        self.update(scope, application, change, at).await
    }

    /// Stores who leads the case, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn assign_worker(
        &self,
        scope: &Scope,
        application: &ApplicationSummary,
        worker: Option<String>,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let change = application::ActiveModel { worker: Set(worker), ..Default::default() };
        self.update(scope, application, change, at).await
    }

    /// Stores the act and the status that it leads to, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn insert_decision(
        &self,
        scope: &Scope,
        application: &ApplicationSummary,
        status: ApplicationStatus,
        decision: &Decision,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let row = self.sealed_decision(scope, application.id, decision, at)?;
        let version = self.set_status(scope, application, status, at).await?;
        decision::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        if decision.outcome == Outcome::Refuse {
            self.note_ended(scope, application.person_id).await?;
        }
        Ok(version)
    }

    /// Stores that the applicant has taken an application back, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn withdraw_application(
        &self,
        scope: &Scope,
        application: &ApplicationSummary,
        (status, on): (ApplicationStatus, NaiveDate),
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let change = application::ActiveModel {
            status: Set(status.as_str().to_owned()),
            withdrawn_on: Set(Some(on)),
            ..Default::default()
        };
        let version = self.update(scope, application, change, at).await?;
        self.note_ended(scope, application.person_id).await?;
        Ok(version)
    }

    pub(crate) async fn set_status(
        &self,
        scope: &Scope,
        application: &ApplicationSummary,
        status: ApplicationStatus,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let change = application::ActiveModel { status: Set(status.as_str().to_owned()), ..Default::default() };
        self.update(scope, application, change, at).await
    }

    async fn update(
        &self,
        scope: &Scope,
        application: &ApplicationSummary,
        mut change: application::ActiveModel,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let version = application.version.saturating_add(1);
        change.version = Set(version);
        change.updated_at = Set(at);
        let updated = application::Entity::update_many()
            .set(change)
            .filter(application::Column::Id.eq(application.id))
            .filter(application::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(application::Column::Version.eq(application.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected == 1 { Ok(version) } else { Err(StoreError::Stale) }
    }
}

impl Store {
    /// Lists applications of the municipality in the order of their identifiers, which is that of their registration.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_applications(
        &self,
        scope: &Scope,
        filter: ApplicationFilter,
        limit: u64,
    ) -> Result<Vec<ApplicationSummary>, StoreError> {
        let mut query = application::Entity::find()
            .filter(visible(scope, application::Column::MunicipalityCode, application::Column::PersonId))
            .order_by_asc(application::Column::Id)
            .limit(limit);
        if let Some(status) = filter.status {
            query = query.filter(application::Column::Status.eq(status.as_str()));
        }
        if let Some(day) = filter.overdue_on {
            query = query
                .filter(application::Column::Status.eq(ApplicationStatus::Registered.as_str()))
                .filter(application::Column::DueOn.lt(day));
        }
        if let Some(worker) = filter.worker {
            query = query.filter(application::Column::Worker.eq(worker));
        }
        if let Some(after) = filter.after {
            query = query.filter(application::Column::Id.gt(after));
        }
        let rows = query.all(&self.read(scope)).await.map_err(StoreError::failed)?;
        rows.iter().map(summary).collect()
    }
}

async fn find_application(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    scope: &Scope,
    id: Uuid,
    lock: bool,
) -> Result<Option<Kept<Application, ErasedApplication>>, StoreError> {
    let mut query = application::Entity::find_by_id(id).filter(visible(
        scope,
        application::Column::MunicipalityCode,
        application::Column::PersonId,
    ));
    if lock && connection.get_database_backend() == sea_orm::DbBackend::Postgres {
        query = query.lock_exclusive();
    }
    let Some(row) = query.one(connection).await.map_err(StoreError::failed)? else { return Ok(None) };
    let person = person::Entity::find_by_id(row.person_id)
        .filter(person::Column::MunicipalityCode.eq(scope.municipality.as_str()))
        .one(connection)
        .await
        .map_err(StoreError::failed)?
        .ok_or(StoreError::Inconsistent { table: "person", id: row.person_id })?;
    let decision = decision_of(connection, scope, &row).await?;
    let vault = if person.erased_on.is_some() { None } else { Some(vault) };
    let (summary, withdrawn_on) = (summary(&row)?, row.withdrawn_on);
    let decision = decision.map(|row| opened_decision(vault, row)).transpose()?;
    let revocation = revocations::find(connection, vault, scope, &row).await?;
    let Some(vault) = vault else {
        return Ok(Some(Kept::Erased(ErasedApplication { summary, withdrawn_on, decision, revocation })));
    };
    let told = |sealed: &[u8]| vault.open_json(application_place("circumstances", id), sealed);
    Ok(Some(Kept::Whole(Application {
        summary,
        person: opened_person(vault, person)?,
        applicant: vault.open_json(application_place("applicant", id), &row.applicant)?,
        evidence: vault.open_json(application_place("evidence", id), &row.evidence)?,
        circumstances: row.circumstances.as_deref().map(told).transpose()?,
        withdrawn_on,
        decision,
        revocation,
    })))
}

/// The act on an application; it is looked for only where there is one.
async fn decision_of(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    application: &application::Model,
) -> Result<Option<decision::Model>, StoreError> {
    let undecided = [ApplicationStatus::Registered, ApplicationStatus::Withdrawn];
    if undecided.iter().any(|status| status.as_str() == application.status) {
        return Ok(None);
    }
    let query = decision::Entity::find_by_id(application.id)
        .filter(decision::Column::MunicipalityCode.eq(scope.municipality.as_str()));
    query.one(connection).await.map_err(StoreError::failed)
}

/// The member of a closed set by its stored name.
pub(crate) fn known<T: Copy>(all: &[T], name: &str, as_str: fn(T) -> &'static str) -> Option<T> {
    all.iter().copied().find(|member| as_str(*member) == name)
}

fn summary(row: &application::Model) -> Result<ApplicationSummary, StoreError> {
    let inconsistent = || StoreError::Inconsistent { table: "application", id: row.id };
    let methodology = known(MethodologyId::ALL, &row.methodology, MethodologyId::as_str);
    let status = known(ApplicationStatus::ALL, &row.status, ApplicationStatus::as_str);
    Ok(ApplicationSummary {
        id: row.id,
        person_id: row.person_id,
        methodology: methodology.ok_or_else(inconsistent)?,
        status: status.ok_or_else(inconsistent)?,
        received_at: row.received_at,
        due_on: row.due_on,
        worker: row.worker.clone(),
        version: row.version,
    })
}

/// Without a vault nothing is known of the facts: they are erased.
fn opened_decision(vault: Option<&Vault>, row: decision::Model) -> Result<Decision, StoreError> {
    let id = row.application_id;
    let place = Place { table: "decision", column: "facts", row: id };
    let inconsistent = || StoreError::Inconsistent { table: "decision", id };
    Ok(Decision {
        outcome: known(Outcome::ALL, &row.outcome, Outcome::as_str).ok_or_else(inconsistent)?,
        number: row.act_number,
        delivery: known(Delivery::ALL, &row.delivery, Delivery::as_str).ok_or_else(inconsistent)?,
        decided_on: row.decided_on,
        notified_on: row.notified_on,
        appeal_until: row.appeal_until,
        facts: vault.map(|vault| vault.open_json(place, &row.facts)).transpose()?.unwrap_or_default(),
        prepared_by: row.prepared_by,
        signed_by: row.signed_by,
    })
}
