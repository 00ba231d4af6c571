//! Cases that move to another municipality, with everything that belongs to them, and the offers before. An offer is a row of the
//! municipality that offers; the one that is asked sees it as well, and nothing else of the case.

use balsts_domain::{
    access::{MunicipalityCode, Scope},
    applications::ApplicationStatus,
    hand_overs::{HandOverDirection, HandOverStatus},
    parameters::catalogue::MethodologyId,
    personal_code::PersonalCode,
};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set,
    Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    entity::prelude::*,
    sea_query::{ExprTrait as _, OnConflict, Query, SelectStatement, SimpleExpr, UnionType},
};
use serde::{Deserialize, Serialize};

use crate::{
    Application, ApplicationSummary, InsertError, Reach, Store, StoreError, WriteTransaction,
    applications::{application, decision, known},
    assessments::{assessment, member},
    budgets::{budget, calculation, signature},
    case_contacts::case_contact,
    case_documents::case_document,
    consultations::consultation,
    person_requests::person_request,
    pilot_periods::of_budget,
    plans::{plan, plan_ranking, plan_signature},
    representatives::visible,
    revocations::revocation,
    satisfaction_ratings::satisfaction_rating,
    surveys::survey,
    vault::{ERASED, Place},
};

pub(crate) mod hand_over {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "hand_over")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub receiving_code: String,
        pub application_id: Uuid,
        pub person_id: Option<Uuid>,
        pub status: String,
        pub offered_on: Option<Date>,
        pub handed_over_on: Option<Date>,
        pub reason: Vec<u8>,
        pub signed_by: String,
        pub offered: Option<Vec<u8>>,
        pub answered_on: Option<Date>,
        pub answered_by: Option<String>,
        pub refusal: Option<Vec<u8>>,
        pub received_person_id: Option<Uuid>,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A hand-over without what is written in it: what a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOverSummary {
    /// Identifier.
    pub id: Uuid,
    /// The case: its application.
    pub application_id: Uuid,
    /// The municipality that offers, or handed over.
    pub from: MunicipalityCode,
    /// The municipality that is asked, or received it.
    pub to: MunicipalityCode,
    /// The person in the municipality that offers.
    pub person_id: Option<Uuid>,
    /// The person in the municipality that accepted.
    pub received_person_id: Option<Uuid>,
    /// Where it stands.
    pub status: HandOverStatus,
    /// The day of the offer.
    pub offered_on: NaiveDate,
    /// Subject of who offered.
    pub offered_by: String,
    /// The day of the answer, or on which the offer ended without one.
    pub answered_on: Option<NaiveDate>,
    /// Subject of who answered or withdrew.
    pub answered_by: Option<String>,
    /// Counts up with every change.
    pub version: i64,
}

/// What the office that is asked is told of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedCase {
    /// Personal code of the child or adult, as text with a hyphen.
    pub personal_code: Option<String>,
    /// Identification number of who has no personal code.
    #[serde(default)]
    pub identification_number: Option<String>,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Methodology.
    pub methodology: String,
    /// Where the application stood when it was offered.
    pub status: String,
}

/// A hand-over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOver {
    /// What a list shows.
    pub summary: HandOverSummary,
    /// Why; none where the person is erased.
    pub reason: Option<String>,
    /// What the office that is asked is told; none once there is an answer.
    pub offered: Option<OfferedCase>,
    /// Why it was refused.
    pub refusal: Option<String>,
}

/// Which hand-overs a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct HandOverFilter {
    /// Of this case.
    pub application: Option<Uuid>,
    /// Offered by this municipality, or to it.
    pub direction: Option<HandOverDirection>,
    /// With this status.
    pub status: Option<HandOverStatus>,
    /// After this one, in the order of identifiers.
    pub after: Option<Uuid>,
}

impl OfferedCase {
    /// What is told of an application that is offered.
    #[must_use]
    pub fn of(application: &Application) -> Self {
        let person = &application.person;
        Self {
            personal_code: person.identifier.code().map(PersonalCode::reveal),
            identification_number: person.identifier.number().map(|number| number.reveal().to_owned()),
            given_name: person.given_name.clone(),
            family_name: person.family_name.clone(),
            methodology: application.summary.methodology.as_str().to_owned(),
            status: application.summary.status.as_str().to_owned(),
        }
    }

    /// The methodology and the status.
    #[must_use]
    pub fn of_model(&self) -> Option<(MethodologyId, ApplicationStatus)> {
        let methodology = known(MethodologyId::ALL, &self.methodology, MethodologyId::as_str)?;
        Some((methodology, known(ApplicationStatus::ALL, &self.status, ApplicationStatus::as_str)?))
    }
}

pub(crate) mod handed_over_resource {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "handed_over_resource")]
    pub struct Model {
        pub municipality_code: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub resource_id: Uuid,
        pub office_only: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The tables whose rows move with a case, beside its documents, each by the column that names the case.
const MOVING: [(&str, &str); 7] = [
    ("application", "id"),
    ("assessment", "application_id"),
    ("budget", "application_id"),
    ("person_request", "application_id"),
    ("plan", "application_id"),
    ("satisfaction_rating", "application_id"),
    ("survey", "application_id"),
];

/// Of everything that moves with a case what its log of accesses is found by.
fn moving(scope: &Scope, application: &ApplicationSummary) -> SelectStatement {
    let select = |table: &'static str, case: &'static str, office_only: SimpleExpr| {
        Query::select()
            .expr(Expr::val(scope.municipality.as_str()))
            .expr(Expr::val(application.person_id))
            .column("id")
            .expr(office_only)
            .from(table)
            .and_where(Expr::col(case).eq(application.id))
            .and_where(Expr::col("municipality_code").eq(scope.municipality.as_str()))
            .to_owned()
    };
    let mut all = select("case_document", "application_id", Expr::col("office_only"));
    for (table, case) in MOVING {
        all.union(UnionType::All, select(table, case, Expr::val(false)));
    }
    all
}

impl WriteTransaction {
    /// Keeps the identifiers of what moves with a case: who read it here is told here.
    async fn keep_log(&self, scope: &Scope, application: &ApplicationSummary) -> Result<(), StoreError> {
        use handed_over_resource::Column;
        let known = OnConflict::columns([Column::PersonId, Column::ResourceId]).do_nothing().to_owned();
        let mut insert = Query::insert();
        insert
            .into_table(handed_over_resource::Entity)
            .columns([Column::MunicipalityCode, Column::PersonId, Column::ResourceId, Column::OfficeOnly])
            .select_from(moving(scope, application))
            .map_err(|_| StoreError::Inconsistent { table: "handed_over_resource", id: application.id })?
            .on_conflict(known);
        self.0.execute(&insert).await.map(drop).map_err(StoreError::failed)
    }

    /// Moves a case to another municipality, where the person has the identifier that is given. The transaction must reach
    /// both, and the hand-over be accepted.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn hand_over(
        &self,
        scope: &Scope,
        application: &ApplicationSummary,
        (to, person): (MunicipalityCode, Uuid),
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (from, to) = (scope.municipality.as_str(), to.to_string());
        self.keep_log(scope, application).await?;
        let moved = application::Entity::update_many()
            .set(application::ActiveModel {
                municipality_code: Set(to.clone()),
                person_id: Set(person),
                // Who works on it is the other office's to say.
                worker: Set(None),
                version: Set(application.version.saturating_add(1)),
                updated_at: Set(at),
                ..Default::default()
            })
            .filter(application::Column::Id.eq(application.id))
            .filter(application::Column::MunicipalityCode.eq(from))
            .filter(application::Column::Version.eq(application.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if moved.rows_affected != 1 {
            return Err(StoreError::Stale);
        }
        decision::Entity::update_many()
            .set(decision::ActiveModel { municipality_code: Set(to.clone()), ..Default::default() })
            .filter(decision::Column::ApplicationId.eq(application.id))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        revocation::Entity::update_many()
            .set(revocation::ActiveModel { municipality_code: Set(to.clone()), ..Default::default() })
            .filter(revocation::Column::ApplicationId.eq(application.id))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let budgets = budget::Entity::find()
            .filter(budget::Column::ApplicationId.eq(application.id))
            .select_only()
            .column(budget::Column::Id)
            .into_query();
        calculation::Entity::update_many()
            .set(calculation::ActiveModel { municipality_code: Set(to.clone()), ..Default::default() })
            .filter(calculation::Column::BudgetId.in_subquery(budgets.clone()))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        signature::Entity::update_many()
            .set(signature::ActiveModel { municipality_code: Set(to.clone()), ..Default::default() })
            .filter(signature::Column::BudgetId.in_subquery(budgets.clone()))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        // Only a draft moves: what was signed stays with its accounts, and keeps the case.
        let plans = plan::Entity::find()
            .filter(plan::Column::ApplicationId.eq(application.id))
            .select_only()
            .column(plan::Column::Id)
            .into_query();
        plan_signature::Entity::update_many()
            .set(plan_signature::ActiveModel { municipality_code: Set(to.clone()), ..Default::default() })
            .filter(plan_signature::Column::PlanId.in_subquery(plans.clone()))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        plan::Entity::update_many()
            .set(plan::ActiveModel {
                municipality_code: Set(to.clone()),
                person_id: Set(person),
                updated_at: Set(at),
                ..Default::default()
            })
            .filter(plan::Column::ApplicationId.eq(application.id))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        budget::Entity::update_many()
            .set(budget::ActiveModel {
                municipality_code: Set(to.clone()),
                person_id: Set(person),
                updated_at: Set(at),
                ..Default::default()
            })
            .filter(budget::Column::ApplicationId.eq(application.id))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        // After the budget, as the redistribution takes them.
        of_budget::Entity::update_many()
            .set(of_budget::ActiveModel { municipality_code: Set(to.clone()), ..Default::default() })
            .filter(of_budget::Column::BudgetId.in_subquery(budgets))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        plan_ranking::Entity::update_many()
            .set(plan_ranking::ActiveModel { municipality_code: Set(to.clone()), ..Default::default() })
            .filter(plan_ranking::Column::PlanId.in_subquery(plans))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        person_request::Entity::update_many()
            .set(person_request::ActiveModel {
                municipality_code: Set(to.clone()),
                person_id: Set(person),
                updated_at: Set(at),
                ..Default::default()
            })
            .filter(person_request::Column::ApplicationId.eq(application.id))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let assessments = assessment::Entity::find()
            .filter(assessment::Column::ApplicationId.eq(application.id))
            .select_only()
            .column(assessment::Column::Id)
            .into_query();
        member::Entity::update_many()
            .set(member::ActiveModel { municipality_code: Set(to.clone()), ..Default::default() })
            .filter(member::Column::AssessmentId.in_subquery(assessments))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        assessment::Entity::update_many()
            .set(assessment::ActiveModel {
                municipality_code: Set(to.clone()),
                person_id: Set(person),
                updated_at: Set(at),
                ..Default::default()
            })
            .filter(assessment::Column::ApplicationId.eq(application.id))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        case_contact::Entity::update_many()
            .set(case_contact::ActiveModel {
                municipality_code: Set(to.clone()),
                person_id: Set(person),
                updated_at: Set(at),
                ..Default::default()
            })
            .filter(case_contact::Column::ApplicationId.eq(application.id))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        consultation::Entity::update_many()
            .set(consultation::ActiveModel {
                municipality_code: Set(to.clone()),
                person_id: Set(person),
                updated_at: Set(at),
                ..Default::default()
            })
            .filter(consultation::Column::ApplicationId.eq(application.id))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        case_document::Entity::update_many()
            .set(case_document::ActiveModel {
                municipality_code: Set(to.clone()),
                person_id: Set(person),
                updated_at: Set(at),
                ..Default::default()
            })
            .filter(case_document::Column::ApplicationId.eq(application.id))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        satisfaction_rating::Entity::update_many()
            .set(satisfaction_rating::ActiveModel {
                municipality_code: Set(to.clone()),
                person_id: Set(person),
                ..Default::default()
            })
            .filter(satisfaction_rating::Column::ApplicationId.eq(application.id))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        survey::Entity::update_many()
            .set(survey::ActiveModel { municipality_code: Set(to), person_id: Set(person), ..Default::default() })
            .filter(survey::Column::ApplicationId.eq(application.id))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        self.note_ended(scope, application.person_id).await
    }
}

const fn inconsistent(id: Uuid) -> StoreError {
    StoreError::Inconsistent { table: "hand_over", id }
}

const fn place(column: &'static str, row: Uuid) -> Place {
    Place { table: "hand_over", column, row }
}

/// The rows that a scope sees: of what the municipality offers, and of what is offered to it.
fn seen(scope: &Scope) -> Condition {
    Condition::any().add(seen_as(scope, HandOverDirection::Out)).add(seen_as(scope, HandOverDirection::In))
}

/// Who speaks for a person sees in the municipality that is asked what it accepted.
fn seen_as(scope: &Scope, direction: HandOverDirection) -> Condition {
    use hand_over::Column;
    match direction {
        HandOverDirection::Out => visible(scope, Column::MunicipalityCode, Column::PersonId),
        HandOverDirection::In => visible(scope, Column::ReceivingCode, Column::ReceivedPersonId),
    }
}

impl WriteTransaction {
    /// Stores a new offer.
    ///
    /// # Errors
    /// [`InsertError::Exists`] where the case is offered already.
    pub async fn insert_hand_over(&self, scope: &Scope, new: &HandOver, at: DateTime<Utc>) -> Result<(), InsertError> {
        let (vault, summary) = (self.vault()?, &new.summary);
        let reason = new.reason.as_deref().unwrap_or_default().as_bytes();
        let row = hand_over::ActiveModel {
            id: Set(summary.id),
            municipality_code: Set(scope.municipality.to_string()),
            receiving_code: Set(summary.to.to_string()),
            application_id: Set(summary.application_id),
            person_id: Set(summary.person_id),
            offered_on: Set(Some(summary.offered_on)),
            reason: Set(vault.seal(place("reason", summary.id), reason).map_err(StoreError::from)?),
            signed_by: Set(summary.offered_by.clone()),
            version: Set(summary.version),
            created_at: Set(at),
            ..self.answered_hand_over(new, at)?
        };
        let inserted = hand_over::Entity::insert(row).exec_without_returning(&self.0).await;
        inserted.map(drop).map_err(InsertError::failed)
    }

    /// Stores what became of an offer, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another answer came first.
    pub async fn update_hand_over(&self, changed: &mut HandOver, at: DateTime<Utc>) -> Result<(), StoreError> {
        let before = changed.summary.version;
        let version = before.saturating_add(1);
        let change = hand_over::ActiveModel { version: Set(version), ..self.answered_hand_over(changed, at)? };
        let updated = hand_over::Entity::update_many()
            .set(change)
            .filter(hand_over::Column::Id.eq(changed.summary.id))
            .filter(hand_over::Column::MunicipalityCode.eq(changed.summary.from.as_str()))
            .filter(hand_over::Column::Status.eq(HandOverStatus::Offered.as_str()))
            .filter(hand_over::Column::Version.eq(before))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected != 1 {
            return Err(StoreError::Stale);
        }
        changed.summary.version = version;
        Ok(())
    }

    fn answered_hand_over(&self, of: &HandOver, at: DateTime<Utc>) -> Result<hand_over::ActiveModel, StoreError> {
        let (vault, summary) = (self.vault()?, &of.summary);
        let offered =
            of.offered.as_ref().map(|offered| vault.seal_json(place("offered", summary.id), offered)).transpose()?;
        let refusal = of.refusal.as_ref().map(|text| vault.seal(place("refusal", summary.id), text.as_bytes()));
        let accepted = summary.status == HandOverStatus::Accepted;
        Ok(hand_over::ActiveModel {
            status: Set(summary.status.as_str().to_owned()),
            handed_over_on: Set(summary.answered_on.filter(|_| accepted)),
            offered: Set(offered),
            answered_on: Set(summary.answered_on),
            answered_by: Set(summary.answered_by.clone()),
            refusal: Set(refusal.transpose()?),
            received_person_id: Set(summary.received_person_id),
            updated_at: Set(Some(at)),
            ..Default::default()
        })
    }

    /// Gets a hand-over.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_hand_over(&self, scope: &Scope, id: Uuid) -> Result<Option<HandOver>, StoreError> {
        self.hand_over_where(scope, hand_over::Column::Id.eq(id), false).await
    }

    /// Gets a hand-over for a change: on PostgreSQL its row is locked to the end of the transaction, which must reach both
    /// municipalities.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn lock_hand_over(&self, scope: &Scope, id: Uuid) -> Result<Option<HandOver>, StoreError> {
        self.hand_over_where(scope, hand_over::Column::Id.eq(id), true).await
    }

    /// Gets the offer of a case that waits for an answer, for a change as [`lock_hand_over`](Self::lock_hand_over) does.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn lock_offer_of(&self, scope: &Scope, application: Uuid) -> Result<Option<HandOver>, StoreError> {
        let condition = hand_over::Column::ApplicationId
            .eq(application)
            .and(hand_over::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .and(hand_over::Column::Status.eq(HandOverStatus::Offered.as_str()));
        self.hand_over_where(scope, condition, true).await
    }

    async fn hand_over_where(
        &self,
        scope: &Scope,
        condition: SimpleExpr,
        lock: bool,
    ) -> Result<Option<HandOver>, StoreError> {
        let mut query = hand_over::Entity::find().filter(condition).filter(seen(scope));
        if lock && self.0.get_database_backend() == DbBackend::Postgres {
            query = query.lock_exclusive();
        }
        let Some(row) = query.one(&self.0).await.map_err(StoreError::failed)? else { return Ok(None) };
        let (vault, id) = (self.vault()?, row.id);
        let text = |column, sealed: &[u8]| -> Result<Option<String>, StoreError> {
            if sealed == ERASED {
                return Ok(None);
            }
            let opened = vault.open(place(column, id), sealed)?;
            String::from_utf8(opened).map(Some).map_err(|_| inconsistent(id))
        };
        let offered = row.offered.as_deref().filter(|sealed| *sealed != ERASED);
        let offered = offered.map(|sealed| vault.open_json(place("offered", id), sealed)).transpose()?;
        let refusal = text("refusal", row.refusal.as_deref().unwrap_or_default())?;
        Ok(Some(HandOver { reason: text("reason", &row.reason)?, offered, refusal, summary: summary(row)? }))
    }

    /// Lists the hand-overs of a case that the scope sees, in the order in which they were offered.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_hand_overs_of(&self, scope: &Scope, case: Uuid) -> Result<Vec<HandOverSummary>, StoreError> {
        let query = hand_over::Entity::find()
            .filter(hand_over::Column::ApplicationId.eq(case))
            .filter(seen(scope))
            .order_by_asc(hand_over::Column::Id);
        let rows = query.all(&self.0).await.map_err(StoreError::failed)?;
        rows.into_iter().map(summary).collect()
    }

    /// Reaches the rows of two municipalities from here on: what was done in one ends an offer to the other.
    ///
    /// # Errors
    /// What the database says.
    pub async fn reach_both(&self, from: MunicipalityCode, to: MunicipalityCode) -> Result<(), StoreError> {
        Reach::HandOver { from, to }.limit(&self.0).await.map_err(StoreError::failed)
    }
}

impl Store {
    /// Gets what a list shows of a hand-over.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn get_hand_over_summary(&self, scope: &Scope, id: Uuid) -> Result<Option<HandOverSummary>, StoreError> {
        let query = hand_over::Entity::find_by_id(id).filter(seen(scope));
        query.one(&self.read(scope)).await.map_err(StoreError::failed)?.map(summary).transpose()
    }

    /// Lists hand-overs in the order in which they were offered.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_hand_overs(
        &self,
        scope: &Scope,
        filter: HandOverFilter,
        limit: u64,
    ) -> Result<Vec<HandOverSummary>, StoreError> {
        use hand_over::Column;
        let condition = filter.direction.map_or_else(|| seen(scope), |direction| seen_as(scope, direction));
        let condition = Condition::all()
            .add(condition)
            .add_option(filter.application.map(|application| Column::ApplicationId.eq(application)))
            .add_option(filter.status.map(|status| Column::Status.eq(status.as_str())))
            .add_option(filter.after.map(|after| Column::Id.gt(after)));
        let query = hand_over::Entity::find().filter(condition).order_by_asc(Column::Id).limit(limit);
        let rows = query.all(&self.read(scope)).await.map_err(StoreError::failed)?;
        rows.into_iter().map(summary).collect()
    }
}

fn summary(row: hand_over::Model) -> Result<HandOverSummary, StoreError> {
    let broken = || inconsistent(row.id);
    // One of before was in force at once, and nobody answered.
    let offered_on = row.offered_on.or(row.handed_over_on).ok_or_else(broken)?;
    Ok(HandOverSummary {
        id: row.id,
        application_id: row.application_id,
        from: row.municipality_code.parse().map_err(|_| broken())?,
        to: row.receiving_code.parse().map_err(|_| broken())?,
        person_id: row.person_id,
        received_person_id: row.received_person_id,
        status: known(HandOverStatus::ALL, &row.status, HandOverStatus::as_str).ok_or_else(broken)?,
        offered_on,
        offered_by: row.signed_by,
        answered_on: row.answered_on.or(row.handed_over_on),
        answered_by: row.answered_by,
        version: row.version,
    })
}
