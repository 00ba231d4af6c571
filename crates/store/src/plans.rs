//! Support plans: the draft, the signed versions, the signatures, and what happened to the plan. A version is added, never
//! changed.

use std::collections::BTreeMap;

use balsts_domain::{
    access::Scope,
    money::Money,
    parameters::catalogue::MethodologyId,
    plans::{
        PlanContent,
        ranking::Ranking,
        status::{PlanDocument, PlanParty, PlanStatus, PlanStepKind, Revision, SigningMethod},
    },
};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set,
    Condition, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    entity::prelude::*,
    sea_query::{OnConflict, SelectStatement},
};

use crate::{
    InsertError, Reach, Store, StoreError, WriteTransaction,
    applications::{application, known},
    budgets::row,
    representatives::visible,
    vault::{Place, Vault},
};

pub(crate) mod plan {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "plan")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub budget_id: Uuid,
        pub application_id: Uuid,
        pub person_id: Uuid,
        pub status: String,
        pub current: i32,
        pub draft: Option<Vec<u8>>,
        pub revision: Option<Vec<u8>>,
        pub agreed_cents: i64,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod plan_version {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "plan_version")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub plan_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        pub municipality_code: String,
        pub content: Vec<u8>,
        pub content_hash: Vec<u8>,
        pub revision: Option<Vec<u8>>,
        pub ceiling_cents: i64,
        pub agreed_cents: i64,
        pub payable_cents: i64,
        pub signed_on: Date,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod plan_signature {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "plan_signature")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub plan_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        pub document: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub party: String,
        pub municipality_code: String,
        pub signed_on: Date,
        pub method: String,
        pub document_hash: Vec<u8>,
        pub signer: Vec<u8>,
        pub recorded_by: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod plan_step {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "plan_step")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub plan_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        pub municipality_code: String,
        pub kind: String,
        pub code: String,
        pub on_day: Date,
        pub until_day: Option<Date>,
        pub words: Vec<u8>,
        pub recorded_by: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod plan_ranking {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "plan_ranking")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub plan_id: Uuid,
        pub municipality_code: String,
        pub lines: Vec<u8>,
        pub ranked_on: Date,
        pub recorded_by: String,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A plan without its content: what a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanSummary {
    /// Identifier.
    pub id: Uuid,
    /// The budget.
    pub budget_id: Uuid,
    /// The application.
    pub application_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// Where it stands.
    pub status: PlanStatus,
    /// Number of the version in force; 0 before the first is signed.
    pub current: u32,
    /// Whether there is a draft.
    pub has_draft: bool,
    /// Agreed budget of the version in force, EUR; zero before.
    pub agreed: Money,
    /// Counts up with every change.
    pub version: i64,
}

/// A signed version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanVersion {
    /// Its number, from 1.
    pub number: u32,
    /// What it says.
    pub content: PlanContent,
    /// SHA-256 of the canonical content.
    pub content_hash: Vec<u8>,
    /// Why the version before was revised; none for the first.
    pub revision: Option<Revision>,
    /// Indicative budget that it fits, EUR.
    pub ceiling: Money,
    /// Agreed budget, EUR.
    pub agreed: Money,
    /// Its part that the individual budget pays, EUR.
    pub payable: Money,
    /// Day of the last signature.
    pub signed_on: NaiveDate,
}

/// A signature under a version of the plan, or under the contract that it is the annex of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanSignature {
    /// Number of the version.
    pub number: u32,
    /// What is signed.
    pub document: PlanDocument,
    /// Who signed.
    pub party: PlanParty,
    /// Its day.
    pub signed_on: NaiveDate,
    /// How.
    pub method: SigningMethod,
    /// SHA-256 of what is signed.
    pub document_hash: Vec<u8>,
    /// Name or subject of who signed.
    pub signer: String,
    /// Subject of who recorded it.
    pub recorded_by: String,
}

/// What happened to a signed plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanStep {
    /// Its number, from 1.
    pub number: u32,
    /// What.
    pub kind: PlanStepKind,
    /// Published name of the cause or reason.
    pub code: String,
    /// The day.
    pub on: NaiveDate,
    /// Until when it is expected to last.
    pub until: Option<NaiveDate>,
    /// The reason in words; who signed the decision.
    pub words: StepWords,
    /// Subject of who recorded it.
    pub recorded_by: String,
}

/// The words of a step: sealed together.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StepWords {
    /// The reason.
    pub text: String,
    /// Who prepared the decision.
    pub prepared_by: Option<String>,
    /// The talk that came before, where one had to.
    pub talk: Option<String>,
}

/// A plan with its draft and the version in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What a list shows.
    pub summary: PlanSummary,
    /// What is being drafted.
    pub draft: Option<PlanContent>,
    /// Why the version in force is being revised.
    pub revision: Option<Revision>,
    /// How the recipient ranks the lines.
    pub ranking: Option<Ranking>,
    /// The version in force.
    pub current: Option<PlanVersion>,
    /// Signatures under the draft and under the version in force.
    pub signatures: Vec<PlanSignature>,
    /// What happened, oldest first.
    pub steps: Vec<PlanStep>,
}

/// Which plans a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlanFilter {
    /// With this status.
    pub status: Option<PlanStatus>,
    /// After this one, in the order of identifiers.
    pub after: Option<Uuid>,
}

fn cents(amount: Money, id: Uuid) -> Result<i64, StoreError> {
    amount.cents().ok_or(StoreError::Inconsistent { table: "plan", id })
}

fn stored(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn read(number: i32) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

fn plan_place(column: &'static str, id: Uuid) -> Place {
    Place { table: "plan", column, row: id }
}

fn version_place(column: &'static str, plan: Uuid, number: i32) -> Place {
    Place { table: "plan_version", column, row: row(plan, read(number), "") }
}

fn signature_place(plan: Uuid, number: i32, document: &str, party: &str) -> Place {
    Place { table: "plan_signature", column: "signer", row: row(plan, read(number), &format!("{document}/{party}")) }
}

const fn ranking_place(plan: Uuid) -> Place {
    Place { table: "plan_ranking", column: "lines", row: plan }
}

fn step_place(plan: Uuid, number: i32) -> Place {
    Place { table: "plan_step", column: "words", row: row(plan, read(number), "") }
}

impl WriteTransaction {
    /// Stores a new plan with its draft.
    ///
    /// # Errors
    /// [`InsertError::Exists`] where the budget has a plan.
    pub async fn insert_plan(
        &self,
        scope: &Scope,
        summary: &PlanSummary,
        draft: &PlanContent,
        at: DateTime<Utc>,
    ) -> Result<(), InsertError> {
        let sealed = self.vault()?.seal_json(plan_place("draft", summary.id), draft).map_err(StoreError::from)?;
        let row = plan::ActiveModel {
            id: Set(summary.id),
            municipality_code: Set(scope.municipality.to_string()),
            budget_id: Set(summary.budget_id),
            application_id: Set(summary.application_id),
            person_id: Set(summary.person_id),
            status: Set(summary.status.as_str().to_owned()),
            current: Set(stored(summary.current)),
            draft: Set(Some(sealed)),
            revision: Set(None),
            agreed_cents: Set(cents(summary.agreed, summary.id)?),
            version: Set(summary.version),
            created_at: Set(at),
            updated_at: Set(at),
        };
        plan::Entity::insert(row).exec_without_returning(&self.0).await.map(drop).map_err(InsertError::failed)
    }

    /// Gets a plan for a change: on PostgreSQL its row is locked to the end of the transaction.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_plan(&self, scope: &Scope, id: Uuid) -> Result<Option<Plan>, StoreError> {
        self.plan_where(scope, plan::Column::Id.eq(id)).await
    }

    /// Tells which application a plan is of, without taking its row: the application's comes before it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_application_of_plan(&self, scope: &Scope, id: Uuid) -> Result<Option<Uuid>, StoreError> {
        plan::Entity::find_by_id(id)
            .filter(visible(scope, plan::Column::MunicipalityCode, plan::Column::PersonId))
            .select_only()
            .column(plan::Column::ApplicationId)
            .into_tuple()
            .one(&self.0)
            .await
            .map_err(StoreError::failed)
    }

    /// Gets the last plan of an application.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_plan_of(&self, scope: &Scope, application: Uuid) -> Result<Option<Plan>, StoreError> {
        self.plan_where(scope, plan::Column::ApplicationId.eq(application)).await
    }

    /// Whether a plan of an application was signed.
    ///
    /// # Errors
    /// What the database says.
    pub async fn has_signed_plan(&self, scope: &Scope, application: Uuid) -> Result<bool, StoreError> {
        let signed = plan::Entity::find()
            .filter(plan::Column::ApplicationId.eq(application))
            .filter(plan::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(plan::Column::Current.gt(0));
        Ok(signed.count(&self.0).await.map_err(StoreError::failed)? > 0)
    }

    /// Tells the last day of the plans of a person that have ended, without one of them.
    ///
    /// # Errors
    /// What the database says.
    pub async fn last_day_before(&self, scope: &Scope, plan: &PlanSummary) -> Result<Option<NaiveDate>, StoreError> {
        let others = plan::Entity::find()
            .filter(plan::Column::PersonId.eq(plan.person_id))
            .filter(plan::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(plan::Column::Id.ne(plan.id))
            .select_only()
            .column(plan::Column::Id)
            .into_query();
        let last = plan_step::Entity::find()
            .select_only()
            .column_as(plan_step::Column::OnDay.max(), "last_day")
            .filter(plan_step::Column::PlanId.in_subquery(others))
            .filter(plan_step::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(plan_step::Column::Kind.eq(PlanStepKind::Termination.as_str()))
            .into_tuple::<Option<NaiveDate>>()
            .one(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(last.flatten())
    }

    /// Whether all parties have signed the contract of some version of a plan.
    ///
    /// # Errors
    /// What the database says.
    pub async fn has_contract(&self, scope: &Scope, plan: Uuid) -> Result<bool, StoreError> {
        let contract = PlanDocument::Contract;
        let parties = i64::try_from(contract.parties().len()).unwrap_or(i64::MAX);
        let signed = plan_signature::Entity::find()
            .select_only()
            .column(plan_signature::Column::Number)
            .filter(plan_signature::Column::PlanId.eq(plan))
            .filter(plan_signature::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(plan_signature::Column::Document.eq(contract.as_str()))
            .group_by(plan_signature::Column::Number)
            .having(plan_signature::Column::Party.count().gte(parties))
            .limit(1)
            .into_tuple::<i32>()
            .one(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(signed.is_some())
    }

    /// Gets the plan of a budget.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_plan_of_budget(&self, scope: &Scope, budget: Uuid) -> Result<Option<Plan>, StoreError> {
        self.plan_where(scope, plan::Column::BudgetId.eq(budget)).await
    }

    async fn plan_where(&self, scope: &Scope, condition: Expr) -> Result<Option<Plan>, StoreError> {
        let municipality = scope.municipality.as_str();
        let mut query = plan::Entity::find()
            .filter(condition)
            .filter(visible(scope, plan::Column::MunicipalityCode, plan::Column::PersonId))
            .order_by_desc(plan::Column::Id);
        if self.0.get_database_backend() == DbBackend::Postgres {
            query = query.lock_exclusive();
        }
        let Some(row) = query.one(&self.0).await.map_err(StoreError::failed)? else { return Ok(None) };
        let summary = summary(&row)?;
        let current = self.find_plan_version(scope, row.id, summary.current).await?;
        let signatures = plan_signature::Entity::find()
            .filter(plan_signature::Column::PlanId.eq(row.id))
            .filter(plan_signature::Column::Number.gte(row.current))
            .filter(plan_signature::Column::MunicipalityCode.eq(municipality))
            .order_by_asc(plan_signature::Column::CreatedAt)
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let steps = plan_step::Entity::find()
            .filter(plan_step::Column::PlanId.eq(row.id))
            .filter(plan_step::Column::MunicipalityCode.eq(municipality))
            .order_by_asc(plan_step::Column::Number)
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let ranking = plan_ranking::Entity::find_by_id(row.id)
            .filter(plan_ranking::Column::MunicipalityCode.eq(municipality))
            .one(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let vault = self.vault()?;
        Ok(Some(Plan {
            draft: opened(vault, "draft", row.id, row.draft.as_deref())?,
            revision: opened(vault, "revision", row.id, row.revision.as_deref())?,
            ranking: ranking.map(|row| opened_ranking(vault, row)).transpose()?,
            current,
            signatures: signatures.into_iter().map(|row| opened_signature(vault, row)).collect::<Result<_, _>>()?,
            steps: steps.into_iter().map(|row| opened_step(vault, row)).collect::<Result<_, _>>()?,
            summary,
        }))
    }

    /// Gets a signed version.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_plan_version(
        &self,
        scope: &Scope,
        plan: Uuid,
        number: u32,
    ) -> Result<Option<PlanVersion>, StoreError> {
        let row = plan_version::Entity::find_by_id((plan, stored(number)))
            .filter(plan_version::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .one(&self.0)
            .await
            .map_err(StoreError::failed)?;
        row.map(|row| opened_version(self.vault()?, row)).transpose()
    }

    /// Gets the version of the plan of a budget that held at the end of a day: the last of those that were signed until then.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], also where the person is erased, or what the database says.
    pub async fn find_plan_version_on(
        &self,
        scope: &Scope,
        budget: Uuid,
        day: NaiveDate,
    ) -> Result<Option<PlanVersion>, StoreError> {
        let plan = plan::Entity::find().select_only().column(plan::Column::Id);
        let plan = plan.filter(plan::Column::BudgetId.eq(budget)).into_query();
        let row = plan_version::Entity::find()
            .filter(plan_version::Column::PlanId.in_subquery(plan))
            .filter(plan_version::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(plan_version::Column::SignedOn.lte(day))
            .order_by_desc(plan_version::Column::Number)
            .one(&self.0)
            .await
            .map_err(StoreError::failed)?;
        row.map(|row| opened_version(self.vault()?, row)).transpose()
    }

    /// Stores another draft, or none, and why the version in force is revised, under the next version. Signatures under the
    /// draft before are gone: they were under other words.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn replace_draft(
        &self,
        scope: &Scope,
        plan: &PlanSummary,
        draft: Option<&PlanContent>,
        revision: Option<&Revision>,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let vault = self.vault()?;
        let draft = draft.map(|draft| vault.seal_json(plan_place("draft", plan.id), draft)).transpose()?;
        let revision =
            revision.map(|revision| vault.seal_json(plan_place("revision", plan.id), revision)).transpose()?;
        let change = plan::ActiveModel { draft: Set(draft), revision: Set(revision), ..Default::default() };
        let version = self.update_plan(scope, plan, change, at).await?;
        plan_signature::Entity::delete_many()
            .filter(plan_signature::Column::PlanId.eq(plan.id))
            .filter(plan_signature::Column::Number.gt(stored(plan.current)))
            .filter(plan_signature::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(version)
    }

    /// Stores how the recipient ranks the lines, in place of the ranking before, under the next version of the plan's row.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn replace_ranking(
        &self,
        scope: &Scope,
        plan: &PlanSummary,
        new: &Ranking,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let version = self.update_plan(scope, plan, plan::ActiveModel { ..Default::default() }, at).await?;
        let row = plan_ranking::ActiveModel {
            plan_id: Set(plan.id),
            municipality_code: Set(scope.municipality.to_string()),
            lines: Set(self.vault()?.seal_json(ranking_place(plan.id), &new.lines)?),
            ranked_on: Set(new.ranked_on),
            recorded_by: Set(new.recorded_by.clone()),
            updated_at: Set(at),
        };
        use plan_ranking::Column::{Lines, PlanId, RankedOn, RecordedBy, UpdatedAt};
        let replaced = OnConflict::column(PlanId).update_columns([Lines, RankedOn, RecordedBy, UpdatedAt]).to_owned();
        plan_ranking::Entity::insert(row)
            .on_conflict(replaced)
            .exec_without_returning(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(version)
    }

    /// Stores a signature, under the next version of the plan's row.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn insert_plan_signature(
        &self,
        scope: &Scope,
        plan: &PlanSummary,
        new: &PlanSignature,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let version = self.update_plan(scope, plan, plan::ActiveModel { ..Default::default() }, at).await?;
        let (document, party) = (new.document.as_str(), new.party.as_str());
        let place = signature_place(plan.id, stored(new.number), document, party);
        let row = plan_signature::ActiveModel {
            plan_id: Set(plan.id),
            number: Set(stored(new.number)),
            document: Set(document.to_owned()),
            party: Set(party.to_owned()),
            municipality_code: Set(scope.municipality.to_string()),
            signed_on: Set(new.signed_on),
            method: Set(new.method.as_str().to_owned()),
            document_hash: Set(new.document_hash.clone()),
            signer: Set(self.vault()?.seal_json(place, &new.signer)?),
            recorded_by: Set(new.recorded_by.clone()),
            created_at: Set(at),
        };
        plan_signature::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        Ok(version)
    }

    /// Stores a signed version, which is in force from now on; the draft is gone. Under the next version of the plan's row.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn insert_plan_version(
        &self,
        scope: &Scope,
        plan: &PlanSummary,
        new: &PlanVersion,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let vault = self.vault()?;
        let number = stored(new.number);
        let revision = new.revision.as_ref();
        let row = plan_version::ActiveModel {
            plan_id: Set(plan.id),
            number: Set(number),
            municipality_code: Set(scope.municipality.to_string()),
            content: Set(vault.seal_json(version_place("content", plan.id, number), &new.content)?),
            content_hash: Set(new.content_hash.clone()),
            revision: Set(revision
                .map(|revision| vault.seal_json(version_place("revision", plan.id, number), revision))
                .transpose()?),
            ceiling_cents: Set(cents(new.ceiling, plan.id)?),
            agreed_cents: Set(cents(new.agreed, plan.id)?),
            payable_cents: Set(cents(new.payable, plan.id)?),
            signed_on: Set(new.signed_on),
            created_at: Set(at),
        };
        plan_version::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        let change = plan::ActiveModel {
            status: Set(plan.status.signed().as_str().to_owned()),
            current: Set(number),
            draft: Set(None),
            revision: Set(None),
            agreed_cents: Set(cents(new.agreed, plan.id)?),
            ..Default::default()
        };
        self.update_plan(scope, plan, change, at).await
    }

    /// Stores what happened to a plan and where it stands then, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn insert_plan_step(
        &self,
        scope: &Scope,
        plan: &PlanSummary,
        step: &PlanStep,
        status: PlanStatus,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let number = stored(step.number);
        let row = plan_step::ActiveModel {
            plan_id: Set(plan.id),
            number: Set(number),
            municipality_code: Set(scope.municipality.to_string()),
            kind: Set(step.kind.as_str().to_owned()),
            code: Set(step.code.clone()),
            on_day: Set(step.on),
            until_day: Set(step.until),
            words: Set(self.vault()?.seal_json(step_place(plan.id, number), &step.words)?),
            recorded_by: Set(step.recorded_by.clone()),
            created_at: Set(at),
        };
        plan_step::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        if step.kind == PlanStepKind::Termination {
            self.note_ended(scope, plan.person_id).await?;
        }
        let change = plan::ActiveModel { status: Set(status.as_str().to_owned()), ..Default::default() };
        self.update_plan(scope, plan, change, at).await
    }

    async fn update_plan(
        &self,
        scope: &Scope,
        plan: &PlanSummary,
        mut change: plan::ActiveModel,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let version = plan.version.saturating_add(1);
        change.version = Set(version);
        change.updated_at = Set(at);
        let updated = plan::Entity::update_many()
            .set(change)
            .filter(plan::Column::Id.eq(plan.id))
            .filter(plan::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(plan::Column::Version.eq(plan.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected == 1 { Ok(version) } else { Err(StoreError::Stale) }
    }
}

impl Store {
    /// Lists plans of the municipality in the order of their identifiers; to the country those of the pilot.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_plans(
        &self,
        scope: &Scope,
        filter: PlanFilter,
        limit: u64,
    ) -> Result<Vec<PlanSummary>, StoreError> {
        let seen = if scope.is_national() {
            Condition::all().add(plan::Column::ApplicationId.in_subquery(of_pilot()))
        } else {
            visible(scope, plan::Column::MunicipalityCode, plan::Column::PersonId)
        };
        let mut query = plan::Entity::find().filter(seen).order_by_asc(plan::Column::Id).limit(limit);
        if let Some(status) = filter.status {
            query = query.filter(plan::Column::Status.eq(status.as_str()));
        }
        if let Some(after) = filter.after {
            query = query.filter(plan::Column::Id.gt(after));
        }
        let reach = if scope.is_national() { Reach::Country } else { scope.into() };
        let rows = query.all(&self.read(reach)).await.map_err(StoreError::failed)?;
        rows.iter().map(summary).collect()
    }
}

/// The applications of the pilot.
fn of_pilot() -> SelectStatement {
    let pilot = MethodologyId::ChildrenPilot2018.as_str();
    let of_pilot = application::Entity::find().filter(application::Column::Methodology.eq(pilot));
    of_pilot.select_only().column(application::Column::Id).into_query()
}

impl Store {
    /// Lists signed plans that have not ended with the version in force, in the order of their identifiers, without taking their
    /// rows.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_signed_plans(
        &self,
        scope: &Scope,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<(PlanSummary, PlanVersion)>, StoreError> {
        let signed = [PlanStatus::InForce, PlanStatus::Suspended].map(PlanStatus::as_str);
        let mut query = plan::Entity::find()
            .filter(visible(scope, plan::Column::MunicipalityCode, plan::Column::PersonId))
            .filter(plan::Column::Status.is_in(signed))
            .order_by_asc(plan::Column::Id)
            .limit(limit);
        if let Some(after) = after {
            query = query.filter(plan::Column::Id.gt(after));
        }
        let plans = query.all(&self.read(scope)).await.map_err(StoreError::failed)?;
        let versions = plan_version::Entity::find()
            .filter(plan_version::Column::PlanId.is_in(plans.iter().map(|plan| plan.id)))
            .filter(plan_version::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .all(&self.read(scope))
            .await
            .map_err(StoreError::failed)?;
        let mut versions: BTreeMap<(Uuid, i32), plan_version::Model> =
            versions.into_iter().map(|version| ((version.plan_id, version.number), version)).collect();
        let vault = self.vault()?;
        let with_version = |row: &plan::Model| {
            let version = versions.remove(&(row.id, row.current));
            let version = version.ok_or(StoreError::Inconsistent { table: "plan_version", id: row.id })?;
            Ok((summary(row)?, opened_version(vault, version)?))
        };
        plans.iter().map(with_version).collect()
    }
}

fn summary(row: &plan::Model) -> Result<PlanSummary, StoreError> {
    let status = known(PlanStatus::ALL, &row.status, PlanStatus::as_str);
    Ok(PlanSummary {
        id: row.id,
        budget_id: row.budget_id,
        application_id: row.application_id,
        person_id: row.person_id,
        status: status.ok_or(StoreError::Inconsistent { table: "plan", id: row.id })?,
        current: read(row.current),
        has_draft: row.draft.is_some(),
        agreed: Money::from_cents(row.agreed_cents),
        version: row.version,
    })
}

fn opened<T: serde::de::DeserializeOwned>(
    vault: &Vault,
    column: &'static str,
    plan: Uuid,
    sealed: Option<&[u8]>,
) -> Result<Option<T>, StoreError> {
    sealed.map(|sealed| Ok(vault.open_json(plan_place(column, plan), sealed)?)).transpose()
}

fn opened_version(vault: &Vault, row: plan_version::Model) -> Result<PlanVersion, StoreError> {
    let place = |column| version_place(column, row.plan_id, row.number);
    Ok(PlanVersion {
        number: read(row.number),
        content: vault.open_json(place("content"), &row.content)?,
        revision: row.revision.as_deref().map(|sealed| vault.open_json(place("revision"), sealed)).transpose()?,
        content_hash: row.content_hash,
        ceiling: Money::from_cents(row.ceiling_cents),
        agreed: Money::from_cents(row.agreed_cents),
        payable: Money::from_cents(row.payable_cents),
        signed_on: row.signed_on,
    })
}

fn opened_ranking(vault: &Vault, row: plan_ranking::Model) -> Result<Ranking, StoreError> {
    let lines = vault.open_json(ranking_place(row.plan_id), &row.lines)?;
    Ok(Ranking { lines, ranked_on: row.ranked_on, recorded_by: row.recorded_by })
}

fn opened_signature(vault: &Vault, row: plan_signature::Model) -> Result<PlanSignature, StoreError> {
    let inconsistent = || StoreError::Inconsistent { table: "plan_signature", id: row.plan_id };
    let place = signature_place(row.plan_id, row.number, &row.document, &row.party);
    Ok(PlanSignature {
        number: read(row.number),
        document: known(PlanDocument::ALL, &row.document, PlanDocument::as_str).ok_or_else(inconsistent)?,
        party: known(PlanParty::ALL, &row.party, PlanParty::as_str).ok_or_else(inconsistent)?,
        method: known(SigningMethod::ALL, &row.method, SigningMethod::as_str).ok_or_else(inconsistent)?,
        signed_on: row.signed_on,
        signer: vault.open_json(place, &row.signer)?,
        document_hash: row.document_hash,
        recorded_by: row.recorded_by,
    })
}

fn opened_step(vault: &Vault, row: plan_step::Model) -> Result<PlanStep, StoreError> {
    let inconsistent = || StoreError::Inconsistent { table: "plan_step", id: row.plan_id };
    Ok(PlanStep {
        number: read(row.number),
        kind: known(PlanStepKind::ALL, &row.kind, PlanStepKind::as_str).ok_or_else(inconsistent)?,
        code: row.code,
        on: row.on_day,
        until: row.until_day,
        words: vault.open_json(step_place(row.plan_id, row.number), &row.words)?,
        recorded_by: row.recorded_by,
    })
}
