//! The audit chain of each municipality: who did what when, each entry hashed with the one before, so that a gap or an
//! edit is found. An entry is written in the transaction of what it tells.

use std::collections::{BTreeMap, BTreeSet};

use balsts_domain::{
    access::{MunicipalityCode, Role, Scope},
    case_documents::sees_office_only,
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement,
    entity::prelude::*,
    sea_query::{ExprTrait as _, OnConflict, Query, SelectStatement, UnionType},
};
use sha2::{Digest, Sha256};

use crate::{Event, InsertError, Reach, Store, StoreError, WriteTransaction, applications::known, municipalities};

/// What is told of a change or a read.
#[derive(Debug, Clone, Copy)]
pub struct Act {
    /// What was done: the name of the operation.
    pub action: &'static str,
    /// What kind of thing it was done to.
    pub resource: &'static str,
    /// Which one.
    pub resource_id: Uuid,
    /// The request that did it.
    pub request_id: Uuid,
    /// When; to the microsecond, as the database keeps it.
    pub at: DateTime<Utc>,
}

/// What somebody did with what a municipality has of a person: an entry of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Its place in the chain of the municipality, from 1.
    pub sequence: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Subject of who did it.
    pub subject: String,
    /// In what role.
    pub role: Role,
    /// What was done: the name of the operation.
    pub action: String,
    /// What kind of thing it was done to.
    pub resource: String,
    /// Which one.
    pub resource_id: Uuid,
    /// The request that did it.
    pub request_id: Uuid,
}

/// The act of reporting a suspicion of breached rights, which is the office's alone to know of.
pub const RIGHTS_REPORT: &str = "record_rights_report";

/// What is read of a person together with others: the table that names who, and its column with what was read.
/// What was handed over is told of by its identifier as well.
const BY_NAME: [(&str, &str); 3] =
    [("handed_over_resource", "resource_id"), ("payment", "run_id"), ("invoice_line", "invoice_id")];

/// The tables whose rows are about a person, which they name by `person_id`.
pub(crate) const OF_PERSON: &[&str] = &[
    "application",
    "assessment",
    "budget",
    "budget_manager",
    "case_contact",
    "case_document",
    "conflict_of_interest",
    "consultation",
    "delivery",
    "goal_result",
    "hand_over",
    "invoice",
    "invoice_attachment",
    "manager_report",
    "payment",
    "person_request",
    "plan",
    "plan_schedule",
    "privacy_record",
    "provider_notice",
    "representative",
    "satisfaction_rating",
    "service_order",
    "survey",
];

/// The identifiers of everything that a municipality has of a person.
fn resources_of(scope: &Scope, person: Uuid) -> SelectStatement {
    let select = |table: &'static str, id: &'static str, column: &'static str| {
        Query::select()
            .column(id)
            .from(table)
            .and_where(Expr::col(column).eq(person))
            .and_where(Expr::col("municipality_code").eq(scope.municipality.as_str()))
            .to_owned()
    };
    let mut all = select("person", "id", "id");
    for table in OF_PERSON {
        all.union(UnionType::All, select(table, "id", "person_id"));
    }
    for (table, id) in BY_NAME {
        all.union(UnionType::All, select(table, id, "person_id"));
    }
    // A case that was offered to this municipality and accepted: the offer is a row of the other one.
    let received = Query::select()
        .column("id")
        .from("hand_over")
        .and_where(Expr::col("received_person_id").eq(person))
        .and_where(Expr::col("receiving_code").eq(scope.municipality.as_str()))
        .to_owned();
    all.union(UnionType::All, received);
    // What is attached to a provider's invoice may tell of everybody whom the invoice is for.
    let invoices = Query::select()
        .column("invoice_id")
        .from("invoice_line")
        .and_where(Expr::col("person_id").eq(person))
        .and_where(Expr::col("municipality_code").eq(scope.municipality.as_str()))
        .to_owned();
    let attached = Query::select()
        .column("id")
        .from("invoice_attachment")
        .and_where(Expr::col("invoice_id").in_subquery(invoices))
        .to_owned();
    all.union(UnionType::All, attached);
    all
}

/// What of the log is told to a scope: who speaks for a person, and a machine, is not told what the office keeps to itself, neither
/// that a suspicion of breached rights was reported [domain 6.1] nor of the person's documents that only the office sees.
fn told_to(scope: &Scope, person: Uuid) -> Condition {
    if sees_office_only(scope.role) {
        return Condition::all();
    }
    let office_only = |table: &'static str, id: &'static str| {
        Query::select()
            .column(id)
            .from(table)
            .and_where(Expr::col("person_id").eq(person))
            .and_where(Expr::col("municipality_code").eq(scope.municipality.as_str()))
            .and_where(Expr::col("office_only").eq(true))
            .to_owned()
    };
    Condition::all()
        .add(entry::Column::Action.ne(RIGHTS_REPORT))
        .add(entry::Column::ResourceId.not_in_subquery(office_only("case_document", "id")))
        .add(entry::Column::ResourceId.not_in_subquery(office_only("handed_over_resource", "resource_id")))
}

pub(crate) mod head {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit_head")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub municipality_code: String,
        pub sequence: i64,
        pub hash: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod entry {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit_entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub municipality_code: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub sequence: i64,
        pub at: DateTimeUtc,
        pub subject: String,
        pub role: String,
        pub action: String,
        pub resource: String,
        pub resource_id: Uuid,
        pub request_id: Uuid,
        pub hash: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The event, unless the municipality has one after it, the head and the entry of the chain. The chain is held until the
/// commit, so each round trip from here is one that everybody in the municipality waits for. The event after it is asked for in
/// order: asked whether it `EXISTS`, PostgreSQL expects to meet one soon, and reads the whole table.
const TELL_AND_CHAIN: &str = "WITH told AS (INSERT INTO event (id, municipality_code, kind, resource_id, at) \
     SELECT $11, $1, $12, $13, $14 WHERE (SELECT id FROM event WHERE municipality_code = $1 AND id >= $11 \
     ORDER BY id DESC LIMIT 1) IS NULL \
     RETURNING id), \
     head AS (UPDATE audit_head SET sequence = $2, hash = $10 WHERE municipality_code = $1) \
     INSERT INTO audit_entry (municipality_code, sequence, at, subject, role, action, resource, resource_id, request_id, hash) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING EXISTS (SELECT FROM told) AS told";

/// The same without an event.
const CHAIN: &str = "WITH head AS (UPDATE audit_head SET sequence = $2, hash = $10 WHERE municipality_code = $1) \
     INSERT INTO audit_entry (municipality_code, sequence, at, subject, role, action, resource, resource_id, request_id, hash) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING true AS told";

impl entry::Model {
    /// The entry of an act that follows the end of a chain.
    fn following(last: &head::Model, scope: &Scope, act: Act) -> Self {
        let mut entry = Self {
            municipality_code: scope.municipality.to_string(),
            sequence: last.sequence.saturating_add(1),
            at: act.at,
            subject: scope.subject.clone(),
            role: scope.role.to_string(),
            action: act.action.to_owned(),
            resource: act.resource.to_owned(),
            resource_id: act.resource_id,
            request_id: act.request_id,
            hash: Vec::new(),
        };
        entry.hash = entry.chained(&last.hash);
        entry
    }

    /// Its values in the order of the columns.
    fn values(self) -> Vec<Value> {
        vec![
            self.municipality_code.into(),
            self.sequence.into(),
            self.at.into(),
            self.subject.into(),
            self.role.into(),
            self.action.into(),
            self.resource.into(),
            self.resource_id.into(),
            self.request_id.into(),
            self.hash.into(),
        ]
    }

    /// The hash of everything in the entry and of the hash before. Each part is preceded by its length, so that no two
    /// entries have the same bytes.
    fn chained(&self, before: &[u8]) -> Vec<u8> {
        let mut hash = Sha256::new();
        let (sequence, at) = (self.sequence.to_be_bytes(), self.at.timestamp_micros().to_be_bytes());
        for part in [
            before,
            self.municipality_code.as_bytes(),
            &sequence,
            &at,
            self.subject.as_bytes(),
            self.role.as_bytes(),
            self.action.as_bytes(),
            self.resource.as_bytes(),
            self.resource_id.as_bytes(),
            self.request_id.as_bytes(),
        ] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().to_vec()
    }
}

impl WriteTransaction {
    /// Appends an entry to the chain of the scope's municipality, and stores the event of a change, as
    /// [`insert_event`](Self::insert_event) does. Transactions of one municipality take turns from here to their end, so this
    /// comes last.
    ///
    /// # Errors
    /// What the database says.
    pub async fn audit(
        &self,
        scope: &Scope,
        act: Act,
        event: Option<impl FnOnce() -> Event>,
    ) -> Result<(), StoreError> {
        let last = self.take_turn(scope).await?;
        let event = event.map(|event| event());
        let event_stored = if self.0.get_database_backend() == DbBackend::Postgres {
            self.append_at_once(scope, &last, act, event.as_ref()).await
        } else {
            self.append(scope, last, &[act]).await.map(|()| event.is_none())
        };
        let event_stored = event_stored.map_err(|error| match error {
            InsertError::Store(error) => error,
            InsertError::Exists => StoreError::Inconsistent { table: "audit_entry", id: act.resource_id },
        })?;
        match event {
            Some(event) if !event_stored => self.insert_next_event(scope, event).await,
            _ => Ok(()),
        }
    }

    /// Appends entries to the chain, in their order.
    ///
    /// # Errors
    /// [`InsertError::Exists`] where the chain is longer than its head says, or what the database says.
    pub async fn audit_all(&self, scope: &Scope, acts: &[Act]) -> Result<(), InsertError> {
        let last = self.take_turn(scope).await?;
        self.append(scope, last, acts).await
    }

    /// Appends entries to the chains of many municipalities, in the order given, in a few statements. Their transactions take
    /// turns from here to the end, and first of all with others that tell many.
    ///
    /// # Errors
    /// [`InsertError::Exists`] where a chain is longer than its head says, or what the database says.
    pub async fn audit_in(&self, scope: &Scope, acts: &[(MunicipalityCode, Act)]) -> Result<(), InsertError> {
        if acts.is_empty() {
            return Ok(());
        }
        let municipalities: Vec<_> = acts.iter().map(|(code, _)| *code).collect::<BTreeSet<_>>().into_iter().collect();
        self.take_turn(scope).await?;
        self.take_turns(&municipalities).await?;
        let heads = head::Entity::find()
            .filter(head::Column::MunicipalityCode.is_in(municipalities.iter().map(MunicipalityCode::as_str)))
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let mut heads: BTreeMap<String, head::Model> =
            heads.into_iter().map(|head| (head.municipality_code.clone(), head)).collect();
        let mut entries = Vec::with_capacity(acts.len());
        for (code, act) in acts {
            let missing = StoreError::Inconsistent { table: "audit_head", id: act.resource_id };
            let last = heads.get_mut(code.as_str()).ok_or(missing)?;
            let entry = entry::Model::following(last, &Scope { municipality: *code, ..scope.clone() }, *act);
            (last.sequence, last.hash) = (entry.sequence, entry.hash.clone());
            entries.push(entry);
        }
        head::Entity::insert_many(heads.into_values().map(head::ActiveModel::from))
            .on_conflict(
                OnConflict::column(head::Column::MunicipalityCode)
                    .update_columns([head::Column::Sequence, head::Column::Hash])
                    .to_owned(),
            )
            .exec_without_returning(&self.0)
            .await
            .map_err(StoreError::failed)?;
        self.insert_all(entries.into_iter().map(|entry| Ok(entry::ActiveModel::from(entry)))).await
    }

    /// Appends entries to the end of a chain, whose turn this transaction has.
    async fn append(&self, scope: &Scope, mut last: head::Model, acts: &[Act]) -> Result<(), InsertError> {
        let mut entries = Vec::with_capacity(acts.len());
        for act in acts {
            let entry = entry::Model::following(&last, scope, *act);
            (last.sequence, last.hash) = (entry.sequence, entry.hash.clone());
            entries.push(entry);
        }
        let head = head::ActiveModel {
            municipality_code: Set(last.municipality_code),
            sequence: Set(last.sequence),
            hash: Set(last.hash),
        };
        head::Entity::update(head).exec(&self.0).await.map_err(StoreError::failed)?;
        self.insert_all(entries.into_iter().map(|entry| Ok(entry::ActiveModel::from(entry)))).await
    }

    /// Appends an entry on PostgreSQL, in one statement with the event. Tells whether that is stored.
    async fn append_at_once(
        &self,
        scope: &Scope,
        last: &head::Model,
        act: Act,
        event: Option<&Event>,
    ) -> Result<bool, InsertError> {
        let mut values = entry::Model::following(last, scope, act).values();
        let sql = match event {
            Some(Event { id, kind, resource_id, at }) => {
                values.extend([(*id).into(), kind.as_str().into(), (*resource_id).into(), (*at).into()]);
                TELL_AND_CHAIN
            }
            None => CHAIN,
        };
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        let row = self.0.query_one_raw(statement).await.map_err(InsertError::failed)?;
        let row = row.ok_or(StoreError::Inconsistent { table: "audit_entry", id: act.resource_id })?;
        row.try_get("", "told").map_err(InsertError::failed)
    }

    /// Waits for the transactions of the scope's municipality that write to its chain or its outbox, and holds up those
    /// that come later until this one ends. Tells the end of the chain.
    pub(crate) async fn take_turn(&self, scope: &Scope) -> Result<head::Model, StoreError> {
        let code = scope.municipality.to_string();
        let find = async || {
            let mut head = head::Entity::find_by_id(code.clone());
            if self.0.get_database_backend() == DbBackend::Postgres {
                head = head.lock_exclusive();
            }
            head.one(&self.0).await.map_err(StoreError::failed)
        };
        if let Some(head) = find().await? {
            return Ok(head);
        }
        let first = head::ActiveModel { municipality_code: Set(code.clone()), sequence: Set(0), hash: Set(Vec::new()) };
        let known = OnConflict::column(head::Column::MunicipalityCode).do_nothing().to_owned();
        head::Entity::insert(first)
            .on_conflict(known)
            .exec_without_returning(&self.0)
            .await
            .map_err(StoreError::failed)?;
        find().await?.ok_or(StoreError::Inconsistent { table: "audit_head", id: Uuid::nil() })
    }
}

impl WriteTransaction {
    /// Lists who did what with what the municipality has of a person, newest first, before an entry.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_accesses(
        &self,
        scope: &Scope,
        person: Uuid,
        before: Option<i64>,
        limit: u64,
    ) -> Result<Vec<Access>, StoreError> {
        let mut query = entry::Entity::find()
            .filter(entry::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(entry::Column::ResourceId.in_subquery(resources_of(scope, person)))
            .filter(told_to(scope, person))
            .order_by_desc(entry::Column::Sequence)
            .limit(limit);
        if let Some(before) = before {
            query = query.filter(entry::Column::Sequence.lt(before));
        }
        let rows = query.all(&self.0).await.map_err(StoreError::failed)?;
        let access = |row: entry::Model| {
            let role = known(Role::ALL, &row.role, Role::as_str);
            Ok(Access {
                sequence: row.sequence,
                at: row.at,
                role: role.ok_or(StoreError::Inconsistent { table: "audit_entry", id: row.request_id })?,
                subject: row.subject,
                action: row.action,
                resource: row.resource,
                resource_id: row.resource_id,
                request_id: row.request_id,
            })
        };
        rows.into_iter().map(access).collect()
    }
}

/// What a walk along the chains found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditReport {
    /// Entries that were read.
    pub entries: u64,
    /// The first fault of each faulty chain: the municipality and the sequence number.
    pub faults: Vec<(String, i64)>,
}

/// Entries read at a time.
const STEP: u64 = 1000;

impl WriteTransaction {
    /// How often a subject did what in a municipality from an instant to before another, by the name of the operation.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn count_acts(
        &self,
        scope: &Scope,
        subject: &str,
        (from, to): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<BTreeMap<String, u64>, StoreError> {
        use entry::Column;
        let counted: Vec<(String, i64)> = entry::Entity::find()
            .select_only()
            .column(Column::Action)
            .column_as(Column::Sequence.count(), "times")
            .filter(Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(Column::Subject.eq(subject))
            .filter(Column::At.gte(from))
            .filter(Column::At.lt(to))
            .group_by(Column::Action)
            .into_tuple()
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(counted.into_iter().map(|(action, times)| (action, times.unsigned_abs())).collect())
    }
}

impl Store {
    /// Walks along the chain of every municipality and compares each hash. One without a head is a fault where it has entries, or
    /// applications, which nobody registers without an entry.
    ///
    /// # Errors
    /// What the database says.
    pub async fn verify_audit(&self) -> Result<AuditReport, StoreError> {
        let heads =
            head::Entity::find().order_by_asc(head::Column::MunicipalityCode).all(&self.read(Reach::Country)).await;
        let heads = heads.map_err(StoreError::failed)?;
        let mut report = AuditReport { entries: 0, faults: Vec::new() };
        let written = [("audit_entry", Condition::all()), ("application", Condition::all())];
        for code in municipalities::with_rows(&self.read(Reach::Country), written).await? {
            if !heads.iter().any(|head| head.municipality_code == code.as_str()) {
                report.faults.push((code.to_string(), 1));
            }
        }
        for head in heads {
            let code = head.municipality_code.clone();
            if let Some(sequence) = self.first_fault(&head, &mut report.entries).await? {
                report.faults.push((code, sequence));
            }
        }
        Ok(report)
    }

    async fn first_fault(&self, head: &head::Model, read: &mut u64) -> Result<Option<i64>, StoreError> {
        let (mut sequence, mut hash) = (0, Vec::new());
        loop {
            let page = entry::Entity::find()
                .filter(entry::Column::MunicipalityCode.eq(&head.municipality_code))
                .filter(entry::Column::Sequence.gt(sequence))
                // What was appended since the heads were read is for the next walk.
                .filter(entry::Column::Sequence.lte(head.sequence))
                .order_by_asc(entry::Column::Sequence)
                .limit(STEP)
                .all(&self.read(Reach::Country))
                .await
                .map_err(StoreError::failed)?;
            if page.is_empty() {
                let whole = sequence == head.sequence && hash == head.hash;
                return Ok((!whole).then_some(sequence.saturating_add(1)));
            }
            for entry in page {
                *read += 1;
                if entry.sequence != sequence.saturating_add(1) || entry.hash != entry.chained(&hash) {
                    return Ok(Some(sequence.saturating_add(1)));
                }
                (sequence, hash) = (entry.sequence, entry.hash);
            }
        }
    }

    /// The number of entries in a municipality's chain.
    ///
    /// # Errors
    /// What the database says.
    pub async fn audit_length(&self, municipality: MunicipalityCode) -> Result<i64, StoreError> {
        let head =
            head::Entity::find_by_id(municipality.to_string()).one(&self.read(Reach::Municipality(municipality))).await;
        Ok(head.map_err(StoreError::failed)?.map_or(0, |head| head.sequence))
    }
}
