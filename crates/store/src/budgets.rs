//! Budgets, their frozen calculations and the signatures under these. A calculation is added, never changed.

use balsts_domain::{
    access::Scope,
    budgets::{BudgetStatus, CalculationForm, Party},
    calculation::{CalculationFacts, CalculationResult},
    money::Money,
    parameters::catalogue::MethodologyId,
};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, entity::prelude::*,
};
use sha2::{Digest, Sha256};

use crate::{
    InPeriod, InsertError, Kept, Person, Store, StoreError, WriteTransaction,
    applications::known,
    persons::{opened_person, person},
    representatives::visible,
    vault::{Place, Vault},
};

pub(crate) mod budget {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "budget")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub application_id: Uuid,
        pub person_id: Uuid,
        pub subject_index: Vec<u8>,
        pub methodology: String,
        pub status: String,
        pub calculation: i32,
        pub total_cents: i64,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod calculation {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "calculation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub budget_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        pub municipality_code: String,
        pub calculated_on: Date,
        pub methodology_version: String,
        pub total_cents: i64,
        pub facts: Vec<u8>,
        pub form: Vec<u8>,
        pub result: Vec<u8>,
        pub result_hash: Vec<u8>,
        pub calculated_by: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod signature {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "calculation_signature")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub budget_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        pub party: String,
        pub municipality_code: String,
        pub signed_on: Date,
        pub signer: Vec<u8>,
        pub recorded_by: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A budget without what tells of the person: what a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetSummary {
    /// Identifier.
    pub id: Uuid,
    /// The granted application.
    pub application_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// Methodology.
    pub methodology: MethodologyId,
    /// Where it stands.
    pub status: BudgetStatus,
    /// Number of the calculation that holds, from 1.
    pub calculation: u32,
    /// Indicative budget for the period, EUR.
    pub total: Money,
    /// Counts up with every change.
    pub version: i64,
}

/// A frozen calculation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calculated {
    /// Its number, from 1.
    pub number: u32,
    /// What it was made from.
    pub facts: CalculationFacts,
    /// What the form says beside it.
    pub form: CalculationForm,
    /// What came out.
    pub result: CalculationResult,
    /// SHA-256 of the canonical result.
    pub result_hash: Vec<u8>,
    /// Subject of who calculated.
    pub calculated_by: String,
    /// When it was stored.
    pub at: DateTime<Utc>,
}

/// A calculation in the history of a budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalculationSummary {
    /// Its number, from 1.
    pub number: u32,
    /// Its day.
    pub calculated_on: NaiveDate,
    /// Version of the methodology.
    pub methodology_version: String,
    /// Its total, EUR.
    pub total: Money,
    /// SHA-256 of the canonical result.
    pub result_hash: Vec<u8>,
}

/// A signature under a calculation form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Who signed.
    pub party: Party,
    /// Its day.
    pub signed_on: NaiveDate,
    /// Name or subject of who signed.
    pub signer: String,
    /// Subject of who recorded it.
    pub recorded_by: String,
}

/// A budget with the calculation that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// What a list shows.
    pub summary: BudgetSummary,
    /// The person.
    pub person: Person,
    /// The calculation that holds.
    pub calculated: Calculated,
    /// Signatures under it.
    pub signatures: Vec<Signature>,
    /// Every calculation, oldest first.
    pub history: Vec<CalculationSummary>,
    /// What it gets in its period of the pilot; none under the other methodologies.
    pub pilot: Option<InPeriod>,
}

/// A budget whose person is erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasedBudget {
    /// What a list shows.
    pub summary: BudgetSummary,
    /// Signatures under the calculation that held, without who signed.
    pub signatures: Vec<Signature>,
    /// Every calculation, oldest first.
    pub history: Vec<CalculationSummary>,
    /// What it gets in its period of the pilot; none under the other methodologies.
    pub pilot: Option<InPeriod>,
}

/// Which budgets a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct BudgetFilter {
    /// With this status.
    pub status: Option<BudgetStatus>,
    /// After this one, in the order of identifiers.
    pub after: Option<Uuid>,
}

/// The row of a calculation, or of a party's signature under it, for sealing: the hash of what it is known by.
pub(crate) fn row(budget: Uuid, number: u32, party: &str) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(budget.as_bytes());
    hash.update(number.to_be_bytes());
    hash.update(party);
    hash.finalize().first_chunk().map_or(Uuid::nil(), |first| Uuid::from_bytes(*first))
}

fn calculation_place(column: &'static str, budget: Uuid, number: u32) -> Place {
    Place { table: "calculation", column, row: row(budget, number, "") }
}

/// Where the facts of a calculation are.
pub(crate) fn facts_place(budget: Uuid, number: u32) -> Place {
    calculation_place("facts", budget, number)
}

fn signature_place(budget: Uuid, number: u32, party: Party) -> Place {
    Place { table: "calculation_signature", column: "signer", row: row(budget, number, party.as_str()) }
}

fn cents(amount: Money, id: Uuid) -> Result<i64, StoreError> {
    amount.cents().ok_or(StoreError::Inconsistent { table: "budget", id })
}

fn stored(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn read(number: i32) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

impl WriteTransaction {
    /// Stores a new budget with its first calculation.
    ///
    /// # Errors
    /// [`InsertError::Exists`] where the person has an active one, here or in another municipality.
    pub async fn insert_budget(
        &self,
        scope: &Scope,
        summary: &BudgetSummary,
        person: &Person,
        calculated: &Calculated,
    ) -> Result<(), InsertError> {
        let row = self.stored_budget(scope, summary, person, calculated)?;
        let inserted = budget::Entity::insert(row).exec_without_returning(&self.0).await;
        inserted.map_err(InsertError::failed)?;
        Ok(self.insert_calculation(scope, summary.id, calculated).await?)
    }

    /// Stores new budgets, each with the calculation that holds and the signatures under it.
    ///
    /// # Errors
    /// [`InsertError::Exists`] where a person has an active one.
    pub async fn insert_budgets(&self, scope: &Scope, new: &[Budget]) -> Result<(), InsertError> {
        let budget = |new: &Budget| self.stored_budget(scope, &new.summary, &new.person, &new.calculated);
        self.insert_all(new.iter().map(budget)).await?;
        let calculation = |new: &Budget| self.sealed_calculation(scope, new.summary.id, &new.calculated);
        self.insert_all(new.iter().map(calculation)).await?;
        let signatures = new.iter().flat_map(|new| new.signatures.iter().map(move |signature| (new, signature)));
        let signature = |(new, signature): (&Budget, &Signature)| {
            self.sealed_signature(scope, &new.summary, signature, new.calculated.at)
        };
        self.insert_all(signatures.map(signature)).await
    }

    fn stored_budget(
        &self,
        scope: &Scope,
        summary: &BudgetSummary,
        person: &Person,
        calculated: &Calculated,
    ) -> Result<budget::ActiveModel, StoreError> {
        Ok(budget::ActiveModel {
            id: Set(summary.id),
            municipality_code: Set(scope.municipality.to_string()),
            application_id: Set(summary.application_id),
            person_id: Set(summary.person_id),
            subject_index: Set(self.vault()?.person_index(&person.identifier)),
            methodology: Set(summary.methodology.as_str().to_owned()),
            status: Set(summary.status.as_str().to_owned()),
            calculation: Set(stored(summary.calculation)),
            total_cents: Set(cents(summary.total, summary.id)?),
            version: Set(summary.version),
            created_at: Set(calculated.at),
            updated_at: Set(calculated.at),
        })
    }

    async fn insert_calculation(&self, scope: &Scope, budget: Uuid, new: &Calculated) -> Result<(), StoreError> {
        let row = self.sealed_calculation(scope, budget, new)?;
        calculation::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        Ok(())
    }

    fn sealed_calculation(
        &self,
        scope: &Scope,
        budget: Uuid,
        new: &Calculated,
    ) -> Result<calculation::ActiveModel, StoreError> {
        let vault = self.vault()?;
        let place = |column| calculation_place(column, budget, new.number);
        Ok(calculation::ActiveModel {
            budget_id: Set(budget),
            number: Set(stored(new.number)),
            municipality_code: Set(scope.municipality.to_string()),
            calculated_on: Set(new.result.date),
            methodology_version: Set(new.result.version.clone()),
            total_cents: Set(cents(new.result.total, budget)?),
            facts: Set(vault.seal_json(place("facts"), &new.facts)?),
            form: Set(vault.seal_json(place("form"), &new.form)?),
            result: Set(vault.seal_json(place("result"), &new.result)?),
            result_hash: Set(new.result_hash.clone()),
            calculated_by: Set(new.calculated_by.clone()),
            created_at: Set(new.at),
        })
    }

    fn sealed_signature(
        &self,
        scope: &Scope,
        budget: &BudgetSummary,
        new: &Signature,
        at: DateTime<Utc>,
    ) -> Result<signature::ActiveModel, StoreError> {
        let place = signature_place(budget.id, budget.calculation, new.party);
        Ok(signature::ActiveModel {
            budget_id: Set(budget.id),
            number: Set(stored(budget.calculation)),
            party: Set(new.party.as_str().to_owned()),
            municipality_code: Set(scope.municipality.to_string()),
            signed_on: Set(new.signed_on),
            signer: Set(self.vault()?.seal_json(place, &new.signer)?),
            recorded_by: Set(new.recorded_by.clone()),
            created_at: Set(at),
        })
    }

    /// Gets a budget for a change: on PostgreSQL its row is locked to the end of the transaction.
    ///
    /// # Errors
    /// [`StoreError::Erased`], [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_budget(&self, scope: &Scope, id: Uuid) -> Result<Option<Budget>, StoreError> {
        self.find_kept_budget(scope, id).await?.map(Kept::whole).transpose()
    }

    /// The same, or what the erasure of its person has left of it.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_kept_budget(
        &self,
        scope: &Scope,
        id: Uuid,
    ) -> Result<Option<Kept<Budget, ErasedBudget>>, StoreError> {
        self.budget_where(scope, budget::Column::Id.eq(id)).await
    }

    /// Tells which application a budget is of, without taking its row: the application's comes before it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_application_of_budget(&self, scope: &Scope, id: Uuid) -> Result<Option<Uuid>, StoreError> {
        budget::Entity::find_by_id(id)
            .filter(visible(scope, budget::Column::MunicipalityCode, budget::Column::PersonId))
            .select_only()
            .column(budget::Column::ApplicationId)
            .into_tuple()
            .one(&self.0)
            .await
            .map_err(StoreError::failed)
    }

    /// Gets the last budget of an application, or what the erasure of its person has left of it.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_budget_of(
        &self,
        scope: &Scope,
        application: Uuid,
    ) -> Result<Option<Kept<Budget, ErasedBudget>>, StoreError> {
        self.budget_where(scope, budget::Column::ApplicationId.eq(application)).await
    }

    async fn budget_where(
        &self,
        scope: &Scope,
        condition: Expr,
    ) -> Result<Option<Kept<Budget, ErasedBudget>>, StoreError> {
        let municipality = scope.municipality.as_str();
        let mut query = budget::Entity::find()
            .filter(condition)
            .filter(visible(scope, budget::Column::MunicipalityCode, budget::Column::PersonId))
            .order_by_desc(budget::Column::Id);
        if self.0.get_database_backend() == DbBackend::Postgres {
            query = query.lock_exclusive();
        }
        let Some(row) = query.one(&self.0).await.map_err(StoreError::failed)? else { return Ok(None) };
        let person = person::Entity::find_by_id(row.person_id)
            .filter(person::Column::MunicipalityCode.eq(municipality))
            .one(&self.0)
            .await
            .map_err(StoreError::failed)?
            .ok_or(StoreError::Inconsistent { table: "person", id: row.person_id })?;
        let summary = summary(&row)?;
        let pilot = match summary.methodology {
            MethodologyId::ChildrenPilot2018 => self.find_in_period(scope, row.id).await?,
            MethodologyId::Children2023 | MethodologyId::Adults2023 => None,
        };
        let vault = if person.erased_on.is_some() { None } else { Some(self.vault()?) };
        let signatures = signature::Entity::find()
            .filter(signature::Column::BudgetId.eq(row.id))
            .filter(signature::Column::Number.eq(row.calculation))
            .filter(signature::Column::MunicipalityCode.eq(municipality))
            .order_by_asc(signature::Column::CreatedAt)
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let signatures =
            signatures.into_iter().map(|row| opened_signature(vault, row)).collect::<Result<Vec<_>, _>>()?;
        let history = calculation::Entity::find()
            .select_only()
            .columns([
                calculation::Column::Number,
                calculation::Column::CalculatedOn,
                calculation::Column::MethodologyVersion,
                calculation::Column::TotalCents,
                calculation::Column::ResultHash,
            ])
            .filter(calculation::Column::BudgetId.eq(row.id))
            .filter(calculation::Column::MunicipalityCode.eq(municipality))
            .order_by_asc(calculation::Column::Number)
            .into_tuple::<(i32, NaiveDate, String, i64, Vec<u8>)>()
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let history = history
            .into_iter()
            .map(|(number, calculated_on, methodology_version, total, result_hash)| CalculationSummary {
                number: read(number),
                calculated_on,
                methodology_version,
                total: Money::from_cents(total),
                result_hash,
            })
            .collect();
        let Some(vault) = vault else {
            return Ok(Some(Kept::Erased(ErasedBudget { summary, signatures, history, pilot })));
        };
        let person = opened_person(vault, person)?;
        let calculated = self.find_calculation(scope, row.id, summary.calculation).await?;
        let calculated = calculated.ok_or(StoreError::Inconsistent { table: "calculation", id: row.id })?;
        Ok(Some(Kept::Whole(Budget { summary, person, calculated, signatures, history, pilot })))
    }

    /// Gets one calculation of a budget.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_calculation(
        &self,
        scope: &Scope,
        budget: Uuid,
        number: u32,
    ) -> Result<Option<Calculated>, StoreError> {
        let row = calculation::Entity::find_by_id((budget, stored(number)))
            .filter(calculation::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .one(&self.0)
            .await
            .map_err(StoreError::failed)?;
        row.map(|row| opened_calculation(self.vault()?, row)).transpose()
    }

    /// Tells the birth date of the child that a budget is of; none of an adult.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_child_born(&self, scope: &Scope, budget: Uuid) -> Result<Option<NaiveDate>, StoreError> {
        let row = calculation::Entity::find()
            .select_only()
            .columns([calculation::Column::Number, calculation::Column::Facts])
            .filter(calculation::Column::BudgetId.eq(budget))
            .filter(calculation::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .order_by_desc(calculation::Column::Number)
            .limit(1)
            .into_tuple::<(i32, Vec<u8>)>()
            .one(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let Some((number, facts)) = row else { return Ok(None) };
        let facts: CalculationFacts = self.vault()?.open_json(facts_place(budget, read(number)), &facts)?;
        Ok(facts.child_born())
    }

    /// Lists the budgets of a person, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_budgets_of(&self, scope: &Scope, person: Uuid) -> Result<Vec<BudgetSummary>, StoreError> {
        let query = budget::Entity::find()
            .filter(budget::Column::PersonId.eq(person))
            .filter(visible(scope, budget::Column::MunicipalityCode, budget::Column::PersonId))
            .order_by_asc(budget::Column::Id);
        query.all(&self.0).await.map_err(StoreError::failed)?.iter().map(summary).collect()
    }

    /// Stores another calculation, which holds from now on, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn replace_calculation(
        &self,
        scope: &Scope,
        budget: &BudgetSummary,
        calculated: &Calculated,
    ) -> Result<i64, StoreError> {
        let change = budget::ActiveModel {
            calculation: Set(stored(calculated.number)),
            total_cents: Set(cents(calculated.result.total, budget.id)?),
            ..Default::default()
        };
        let version = self.update_budget(scope, budget, change, calculated.at).await?;
        self.insert_calculation(scope, budget.id, calculated).await?;
        Ok(version)
    }

    /// Stores a signature under the calculation that holds, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn insert_signature(
        &self,
        scope: &Scope,
        budget: &BudgetSummary,
        new: &Signature,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let version = self.touch_budget(scope, budget, at).await?;
        let row = self.sealed_signature(scope, budget, new, at)?;
        signature::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        Ok(version)
    }

    /// Stores another status, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn update_budget_status(
        &self,
        scope: &Scope,
        budget: &BudgetSummary,
        status: BudgetStatus,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let change = budget::ActiveModel { status: Set(status.as_str().to_owned()), ..Default::default() };
        self.update_budget(scope, budget, change, at).await
    }

    /// Puts a budget under the next version because of what is stored beside its row.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn touch_budget(
        &self,
        scope: &Scope,
        budget: &BudgetSummary,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        self.update_budget(scope, budget, budget::ActiveModel { ..Default::default() }, at).await
    }

    async fn update_budget(
        &self,
        scope: &Scope,
        budget: &BudgetSummary,
        mut change: budget::ActiveModel,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let version = budget.version.saturating_add(1);
        change.version = Set(version);
        change.updated_at = Set(at);
        let updated = budget::Entity::update_many()
            .set(change)
            .filter(budget::Column::Id.eq(budget.id))
            .filter(budget::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(budget::Column::Version.eq(budget.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected == 1 { Ok(version) } else { Err(StoreError::Stale) }
    }
}

impl Store {
    /// Lists budgets of the municipality in the order of their identifiers, which is that of their first calculation.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_budgets(
        &self,
        scope: &Scope,
        filter: BudgetFilter,
        limit: u64,
    ) -> Result<Vec<BudgetSummary>, StoreError> {
        let mut query = budget::Entity::find()
            .filter(visible(scope, budget::Column::MunicipalityCode, budget::Column::PersonId))
            .order_by_asc(budget::Column::Id)
            .limit(limit);
        if let Some(status) = filter.status {
            query = query.filter(budget::Column::Status.eq(status.as_str()));
        }
        if let Some(after) = filter.after {
            query = query.filter(budget::Column::Id.gt(after));
        }
        let rows = query.all(&self.read(scope)).await.map_err(StoreError::failed)?;
        rows.iter().map(summary).collect()
    }
}

fn summary(row: &budget::Model) -> Result<BudgetSummary, StoreError> {
    let inconsistent = || StoreError::Inconsistent { table: "budget", id: row.id };
    let methodology = known(MethodologyId::ALL, &row.methodology, MethodologyId::as_str);
    let status = known(BudgetStatus::ALL, &row.status, BudgetStatus::as_str);
    Ok(BudgetSummary {
        id: row.id,
        application_id: row.application_id,
        person_id: row.person_id,
        methodology: methodology.ok_or_else(inconsistent)?,
        status: status.ok_or_else(inconsistent)?,
        calculation: read(row.calculation),
        total: Money::from_cents(row.total_cents),
        version: row.version,
    })
}

fn opened_calculation(vault: &Vault, row: calculation::Model) -> Result<Calculated, StoreError> {
    let number = read(row.number);
    let place = |column| calculation_place(column, row.budget_id, number);
    Ok(Calculated {
        number,
        facts: vault.open_json(place("facts"), &row.facts)?,
        form: vault.open_json(place("form"), &row.form)?,
        result: vault.open_json(place("result"), &row.result)?,
        result_hash: row.result_hash,
        calculated_by: row.calculated_by,
        at: row.created_at,
    })
}

/// Without a vault nothing is known of the signer, who is erased.
fn opened_signature(vault: Option<&Vault>, row: signature::Model) -> Result<Signature, StoreError> {
    let inconsistent = StoreError::Inconsistent { table: "calculation_signature", id: row.budget_id };
    let party = known(Party::ALL, &row.party, Party::as_str).ok_or(inconsistent)?;
    let place = signature_place(row.budget_id, read(row.number), party);
    Ok(Signature {
        party,
        signed_on: row.signed_on,
        signer: vault.map(|vault| vault.open_json(place, &row.signer)).transpose()?.unwrap_or_default(),
        recorded_by: row.recorded_by,
    })
}
