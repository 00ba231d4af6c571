//! Cases that move to another municipality, with everything that belongs to them.

use balsts_domain::access::{MunicipalityCode, Scope};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set,
    ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    entity::prelude::*,
    sea_query::{ExprTrait as _, OnConflict, Query, SelectStatement, SimpleExpr, UnionType},
};

use crate::{
    ApplicationSummary, StoreError, WriteTransaction,
    applications::{application, decision},
    assessments::{assessment, member},
    budgets::{budget, calculation, signature},
    case_contacts::case_contact,
    case_documents::case_document,
    person_requests::person_request,
    pilot_periods::of_budget,
    plans::{plan, plan_ranking, plan_signature},
    revocations::revocation,
    satisfaction_ratings::satisfaction_rating,
    surveys::survey,
    vault::Place,
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
        pub handed_over_on: Date,
        pub reason: Vec<u8>,
        pub signed_by: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A case that was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOver {
    /// Identifier.
    pub id: Uuid,
    /// The case.
    pub application_id: Uuid,
    /// The municipality that receives it.
    pub to: MunicipalityCode,
    /// The day.
    pub on: NaiveDate,
    /// Why.
    pub reason: String,
    /// Subject of who signed.
    pub signed_by: String,
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
    /// both.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn hand_over(
        &self,
        scope: &Scope,
        application: &ApplicationSummary,
        person: Uuid,
        new: &HandOver,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (from, to) = (scope.municipality.as_str(), new.to.to_string());
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
        of_budget::Entity::update_many()
            .set(of_budget::ActiveModel { municipality_code: Set(to.clone()), ..Default::default() })
            .filter(of_budget::Column::BudgetId.in_subquery(budgets))
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
            .set(survey::ActiveModel {
                municipality_code: Set(to.clone()),
                person_id: Set(person),
                ..Default::default()
            })
            .filter(survey::Column::ApplicationId.eq(application.id))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let place = Place { table: "hand_over", column: "reason", row: new.id };
        let row = hand_over::ActiveModel {
            id: Set(new.id),
            municipality_code: Set(from.to_owned()),
            receiving_code: Set(to),
            application_id: Set(new.application_id),
            person_id: Set(Some(application.person_id)),
            handed_over_on: Set(new.on),
            reason: Set(self.vault()?.seal(place, new.reason.as_bytes())?),
            signed_by: Set(new.signed_by.clone()),
            created_at: Set(at),
        };
        hand_over::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        self.note_ended(scope, application.person_id).await
    }
}
