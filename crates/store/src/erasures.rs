//! How long a person is kept, and the erasure of what tells of the person. Identifiers, amounts, dates, statuses, hashes and
//! the audit chain stay.

use std::collections::BTreeMap;

use balsts_domain::{
    access::Scope,
    applications::ApplicationStatus,
    plans::status::{PERIOD_ENDED, PlanStepKind},
    retention::{Ended, PersonRecord, RecordKind},
};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set,
    ConnectionTrait, DbBackend, DbErr, EntityTrait, Order, QueryFilter, QueryResult, QuerySelect,
    entity::prelude::*,
    sea_query::{ExprTrait as _, Query, SelectStatement, UnionType},
};

use crate::{
    Store, StoreError, WriteTransaction,
    applications::{application, known},
    budgets::budget,
    connect::BUSY_TIMEOUT,
    hand_overs::hand_over,
    persons::{person, person_place},
    representatives::{representative, visible},
    satisfaction_ratings::satisfaction_rating,
    surveys::survey,
};

/// The erasure of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// The day.
    pub on: NaiveDate,
    /// Subject of who erased.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// Whether a person's data is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonState {
    /// It is.
    Whole,
    /// It was erased.
    Erased,
}

/// Which persons the list of those whose retention has ended may hold.
#[derive(Debug, Clone)]
pub struct ExpiryFilter {
    /// For each kind of record the latest day that its retention may count from.
    pub latest: Vec<Ended>,
    /// After this one, in the order of the days and then of the identifiers.
    pub after: Option<(NaiveDate, Uuid)>,
}

impl WriteTransaction {
    /// Whether a person is known, and still there.
    ///
    /// # Errors
    /// What the database says.
    pub async fn person_state(&self, scope: &Scope, id: Uuid) -> Result<Option<PersonState>, StoreError> {
        self.state(scope, id, false).await
    }

    /// The same for a change: on PostgreSQL the row is locked to the end of the transaction, so that nobody registers
    /// anything for the person meanwhile.
    ///
    /// # Errors
    /// What the database says.
    pub async fn lock_person(&self, scope: &Scope, id: Uuid) -> Result<Option<PersonState>, StoreError> {
        self.state(scope, id, true).await
    }

    async fn state(&self, scope: &Scope, id: Uuid, lock: bool) -> Result<Option<PersonState>, StoreError> {
        let mut query =
            person::Entity::find_by_id(id).filter(visible(scope, person::Column::MunicipalityCode, person::Column::Id));
        if lock && self.0.get_database_backend() == DbBackend::Postgres {
            query = query.lock_exclusive();
        }
        let row = query.one(&self.0).await.map_err(StoreError::failed)?;
        Ok(row.map(|row| if row.erased_on.is_some() { PersonState::Erased } else { PersonState::Whole }))
    }

    /// How the records of a person stand.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_records(&self, scope: &Scope, person: Uuid) -> Result<Vec<PersonRecord>, StoreError> {
        Ok(records_of(&self.0, scope, &[person]).await?.remove(&person).unwrap_or_default())
    }

    /// Notes what the retention of a person counts from, after one of the records has ended: the one that ended last, and
    /// nothing while one is live.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn note_ended(&self, scope: &Scope, person: Uuid) -> Result<(), StoreError> {
        let mut last = None;
        for record in self.list_records(scope, person).await? {
            match record {
                PersonRecord::Live => return Ok(()),
                PersonRecord::Ended(ended) => {
                    last = last.filter(|last: &Ended| last.on >= ended.on).or(Some(ended));
                }
            }
        }
        let Some(Ended { record, on }) = last else { return Ok(()) };
        person::Entity::update_many()
            .set(person::ActiveModel {
                last_ended_kind: Set(Some(record.as_str().to_owned())),
                last_ended_on: Set(Some(on)),
                ..Default::default()
            })
            .filter(person::Column::Id.eq(person))
            .filter(person::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(())
    }

    /// Overwrites what tells of a person, and takes the person out of the blind index: the same person may be registered
    /// anew, and is another one then.
    ///
    /// # Errors
    /// What the database says.
    pub async fn erase_person(
        &self,
        scope: &Scope,
        id: Uuid,
        erasure: &Erasure,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.erase_sealed(scope, id).await?;
        self.erase_attachments(scope, id).await?;
        self.blank_invoices(scope, id).await?;
        self.erase_recorders(scope, id).await?;
        let municipality = scope.municipality.as_str();
        // Shorter than any keyed hash, and no other row's.
        let nobody = id.as_bytes().to_vec();
        person::Entity::update_many()
            .set(person::ActiveModel {
                code_index: Set(nobody.clone()),
                last_ended_kind: Set(None),
                last_ended_on: Set(None),
                erased_on: Set(Some(erasure.on)),
                erased_by: Set(Some(erasure.by.clone())),
                erasure_reason: Set(Some(
                    self.vault()?.seal(person_place("erasure_reason", id), erasure.reason.as_bytes())?,
                )),
                ..Default::default()
            })
            .filter(person::Column::Id.eq(id))
            .filter(person::Column::MunicipalityCode.eq(municipality))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        application::Entity::update_many()
            .col_expr(application::Column::SubjectIndex, Expr::val(nobody.clone()))
            .col_expr(application::Column::Version, Expr::col(application::Column::Version).add(1))
            .col_expr(application::Column::UpdatedAt, Expr::val(at))
            .filter(application::Column::PersonId.eq(id))
            .filter(application::Column::MunicipalityCode.eq(municipality))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        budget::Entity::update_many()
            .col_expr(budget::Column::SubjectIndex, Expr::val(nobody))
            .col_expr(budget::Column::Version, Expr::col(budget::Column::Version).add(1))
            .col_expr(budget::Column::UpdatedAt, Expr::val(at))
            .filter(budget::Column::PersonId.eq(id))
            .filter(budget::Column::MunicipalityCode.eq(municipality))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        representative::Entity::update_many()
            .col_expr(representative::Column::Subject, Expr::val(None::<String>))
            .col_expr(representative::Column::Version, Expr::col(representative::Column::Version).add(1))
            .col_expr(representative::Column::UpdatedAt, Expr::val(at))
            .filter(representative::Column::PersonId.eq(id))
            .filter(representative::Column::MunicipalityCode.eq(municipality))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        // What is counted stays; who rated, and the code of surveys, go.
        satisfaction_rating::Entity::update_many()
            .col_expr(satisfaction_rating::Column::RespondentKey, Expr::val(None::<String>))
            .filter(satisfaction_rating::Column::PersonId.eq(id))
            .filter(satisfaction_rating::Column::MunicipalityCode.eq(municipality))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        survey::Entity::update_many()
            .col_expr(survey::Column::Code, Expr::val(None::<String>))
            .filter(survey::Column::PersonId.eq(id))
            .filter(survey::Column::MunicipalityCode.eq(municipality))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(())
    }

    /// Gets the erasure of a person; none where the person is not erased.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_erasure(&self, scope: &Scope, id: Uuid) -> Result<Option<Erasure>, StoreError> {
        let row = person::Entity::find_by_id(id)
            .filter(person::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .one(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let Some(row) = row else { return Ok(None) };
        let (Some(on), Some(by), Some(sealed)) = (row.erased_on, row.erased_by, row.erasure_reason) else {
            return Ok(None);
        };
        let reason = self.vault()?.open(person_place("erasure_reason", id), &sealed)?;
        let reason = String::from_utf8(reason).map_err(|_| StoreError::Inconsistent { table: "person", id })?;
        Ok(Some(Erasure { on, by, reason }))
    }
}

impl Store {
    /// Lists persons none of whose records is live, and whose record that ended last has a day that the filter allows, with
    /// that day and all their records; in the order of the days.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_expired(
        &self,
        scope: &Scope,
        filter: &ExpiryFilter,
        limit: u64,
    ) -> Result<Vec<(Uuid, NaiveDate, Vec<PersonRecord>)>, StoreError> {
        let reader = self.read(scope);
        let mut parts = filter.latest.iter().map(|latest| candidates(scope, *latest, filter.after, limit));
        let Some(mut all) = parts.next() else { return Ok(Vec::new()) };
        for part in parts {
            all.union(UnionType::All, part);
        }
        let mut query = Query::select();
        query.columns(["id", "last_ended_on"]).from_subquery(all, "candidate").limit(limit);
        query.order_by("last_ended_on", Order::Asc).order_by("id", Order::Asc);
        let found = reader.query_all(&query).await.map_err(StoreError::failed)?;
        let candidate = |row: &QueryResult| Ok((row.try_get("", "id")?, row.try_get("", "last_ended_on")?));
        let found = found.iter().map(candidate).collect::<Result<Vec<(Uuid, NaiveDate)>, DbErr>>();
        let found = found.map_err(StoreError::failed)?;
        let persons: Vec<Uuid> = found.iter().map(|(id, _)| *id).collect();
        let mut records = records_of(&reader, scope, &persons).await?;
        Ok(found.into_iter().map(|(id, on)| (id, on, records.remove(&id).unwrap_or_default())).collect())
    }

    /// Overwrites on SQLite what the log of writes still holds of pages as they were, where no other process reads them. What
    /// was replaced or deleted in the file itself is overwritten at once. Writers wait meanwhile, so it gives up soon where somebody
    /// reads for long.
    pub async fn overwrite_log(&self) {
        if self.backend() != DbBackend::Sqlite {
            return;
        }
        let usual = BUSY_TIMEOUT.as_millis();
        let sql = format!("PRAGMA busy_timeout = 300; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = {usual}");
        if let Err(error) = self.writer.execute_unprepared(&sql).await {
            tracing::warn!(%error, "the log of writes holds what was erased until it is written anew");
        }
    }
}

/// Persons whose record that ended last is of one kind, in one walk along the index.
fn candidates(scope: &Scope, latest: Ended, after: Option<(NaiveDate, Uuid)>, limit: u64) -> SelectStatement {
    let mut part = Query::select();
    part.columns(["id", "last_ended_on"])
        .from("person")
        .and_where(Expr::col("municipality_code").eq(scope.municipality.as_str()))
        .and_where(Expr::col("last_ended_kind").eq(latest.record.as_str()))
        .and_where(Expr::col("last_ended_on").lte(latest.on))
        .order_by("last_ended_on", Order::Asc)
        .order_by("id", Order::Asc)
        .limit(limit);
    if let Some((on, id)) = after {
        let place = Expr::tuple(["last_ended_on", "id"].map(Expr::col));
        part.and_where(place.gt(Expr::tuple([Expr::val(on), Expr::val(id)])));
    }
    // SQLite takes an order and a limit only within a query of its own.
    Query::select().columns(["id", "last_ended_on"]).from_subquery(part, "part").to_owned()
}

/// The records of persons, in two queries however many they are.
async fn records_of(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    persons: &[Uuid],
) -> Result<BTreeMap<Uuid, Vec<PersonRecord>>, StoreError> {
    let mut records = BTreeMap::<Uuid, Vec<PersonRecord>>::new();
    if persons.is_empty() {
        return Ok(records);
    }
    let of = |table: &'static str, column: &'static str| Expr::col((table, column));
    let persons = persons.iter().copied();
    let mut query = Query::select();
    query
        .columns([("application", "id"), ("application", "person_id"), ("application", "status")])
        .column(("application", "withdrawn_on"))
        .expr_as(of("decision", "appeal_until"), "appeal_until")
        .expr_as(of("revocation", "decided_on"), "revoked_on")
        .column(("revocation", "effective_from"))
        .from("application")
        .left_join("decision", of("decision", "application_id").equals(("application", "id")))
        .left_join("revocation", of("revocation", "application_id").equals(("application", "id")))
        .expr_as(terminated_on(), "terminated_on")
        .and_where(of("application", "municipality_code").eq(scope.municipality.as_str()))
        .and_where(of("application", "person_id").is_in(persons.clone()));
    for row in connection.query_all(&query).await.map_err(StoreError::failed)? {
        let row = ApplicationRow::read(&row).map_err(StoreError::failed)?;
        records.entry(row.person).or_default().push(row.record()?);
    }

    let handed_over = hand_over::Entity::find()
        .filter(hand_over::Column::MunicipalityCode.eq(scope.municipality.as_str()))
        .filter(hand_over::Column::PersonId.is_in(persons))
        .filter(hand_over::Column::HandedOverOn.is_not_null())
        .select_only()
        .columns([hand_over::Column::PersonId, hand_over::Column::HandedOverOn])
        .into_tuple::<(Uuid, NaiveDate)>()
        .all(connection)
        .await
        .map_err(StoreError::failed)?;
    for (person, on) in handed_over {
        let ended = Ended { record: RecordKind::CaseHandedOver, on };
        records.entry(person).or_default().push(PersonRecord::Ended(ended));
    }
    Ok(records)
}

/// The day on which the plan of an application was terminated; that its period is over ends no case.
fn terminated_on() -> SelectStatement {
    let of = |table: &'static str, column: &'static str| Expr::col((table, column));
    Query::select()
        .expr(of("plan_step", "on_day").max())
        .from("plan_step")
        .inner_join("plan", of("plan", "id").equals(("plan_step", "plan_id")))
        .and_where(of("plan", "application_id").equals(("application", "id")))
        .and_where(of("plan_step", "kind").eq(PlanStepKind::Termination.as_str()))
        .and_where(of("plan_step", "code").ne(PERIOD_ENDED))
        .to_owned()
}

/// An application with the days of its acts.
struct ApplicationRow {
    id: Uuid,
    person: Uuid,
    status: String,
    withdrawn_on: Option<NaiveDate>,
    appeal_until: Option<NaiveDate>,
    revoked_on: Option<NaiveDate>,
    effective_from: Option<NaiveDate>,
    terminated_on: Option<NaiveDate>,
}

impl ApplicationRow {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        Ok(Self {
            id: row.try_get("", "id")?,
            person: row.try_get("", "person_id")?,
            status: row.try_get("", "status")?,
            withdrawn_on: row.try_get("", "withdrawn_on")?,
            appeal_until: row.try_get("", "appeal_until")?,
            revoked_on: row.try_get("", "revoked_on")?,
            effective_from: row.try_get("", "effective_from")?,
            terminated_on: row.try_get("", "terminated_on")?,
        })
    }

    /// A grant lives until an act ends it, and then to the later of the days of that act, or until its plan is terminated.
    fn record(&self) -> Result<PersonRecord, StoreError> {
        let inconsistent = StoreError::Inconsistent { table: "application", id: self.id };
        let status = known(ApplicationStatus::ALL, &self.status, ApplicationStatus::as_str);
        let (record, on) = match status {
            Some(ApplicationStatus::Granted) if self.terminated_on.is_some() => (RecordKind::Case, self.terminated_on),
            Some(ApplicationStatus::Registered | ApplicationStatus::Granted) => return Ok(PersonRecord::Live),
            Some(ApplicationStatus::Refused) => (RecordKind::ApplicationRefused, self.appeal_until),
            Some(ApplicationStatus::Withdrawn) => (RecordKind::ApplicationWithdrawn, self.withdrawn_on),
            Some(ApplicationStatus::Revoked) => (RecordKind::Case, std::cmp::max(self.revoked_on, self.effective_from)),
            None => return Err(inconsistent),
        };
        Ok(PersonRecord::Ended(Ended { record, on: on.ok_or(inconsistent)? }))
    }
}
