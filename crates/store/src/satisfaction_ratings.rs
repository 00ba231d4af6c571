//! Satisfaction ratings: the comment is sealed, what is counted is not, and stays when the person is erased.

use balsts_domain::{
    access::{MunicipalityCode, Role, Scope},
    parameters::catalogue::MethodologyId,
    satisfaction::{SatisfactionRespondent, SatisfactionStage, StageRating},
};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, entity::prelude::*,
};

use crate::{
    InsertError, Store, StoreError, WriteTransaction,
    applications::known,
    goal_results::reach,
    representatives::visible,
    vault::{ERASED, Place, Vault},
};

pub(crate) mod satisfaction_rating {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "satisfaction_rating")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub application_id: Uuid,
        pub person_id: Uuid,
        pub methodology: String,
        pub respondent: String,
        pub respondent_key: Option<String>,
        pub rated_on: Date,
        pub year: i32,
        pub granting: Option<i32>,
        pub assessment: Option<i32>,
        pub plan: Option<i32>,
        pub receipt: Option<i32>,
        pub revision: Option<i32>,
        pub whole: Option<i32>,
        pub comment: Vec<u8>,
        pub recorded_by: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// How somebody rates the stages of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SatisfactionRating {
    /// Identifier.
    pub id: Uuid,
    /// The case: its application.
    pub application_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// Methodology of the case.
    pub methodology: MethodologyId,
    /// Who rates.
    pub respondent: SatisfactionRespondent,
    /// Which of them: the subject, or the office's own identifier; none where the person is erased.
    pub respondent_key: Option<String>,
    /// The day.
    pub rated_on: NaiveDate,
    /// The ratings.
    pub ratings: Vec<StageRating>,
    /// In words; none where the person is erased.
    pub comment: Option<String>,
    /// Subject of who recorded it.
    pub recorded_by: String,
}

/// A rating as it is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedRating {
    /// Identifier.
    pub id: Uuid,
    /// The municipality.
    pub municipality: MunicipalityCode,
    /// The person.
    pub person: Uuid,
    /// Who rates.
    pub respondent: SatisfactionRespondent,
    /// The ratings.
    pub ratings: Vec<StageRating>,
}

#[derive(Debug, FromQueryResult)]
struct CountedRow {
    id: Uuid,
    municipality_code: String,
    person_id: Uuid,
    respondent: String,
    granting: Option<i32>,
    assessment: Option<i32>,
    plan: Option<i32>,
    receipt: Option<i32>,
    revision: Option<i32>,
    whole: Option<i32>,
}

fn place(id: Uuid) -> Place {
    Place { table: "satisfaction_rating", column: "comment", row: id }
}

/// The stages in the order of their columns.
const STAGES: [SatisfactionStage; 6] = [
    SatisfactionStage::Granting,
    SatisfactionStage::Assessment,
    SatisfactionStage::Plan,
    SatisfactionStage::Receipt,
    SatisfactionStage::Revision,
    SatisfactionStage::Whole,
];

/// The ratings of the stages that have one.
fn ratings(of_stages: [Option<i32>; 6]) -> Vec<StageRating> {
    let rating = |(stage, rating): (SatisfactionStage, Option<i32>)| {
        Some(StageRating { stage, rating: u32::try_from(rating?).ok()? })
    };
    STAGES.into_iter().zip(of_stages).filter_map(rating).collect()
}

impl WriteTransaction {
    /// Stores new ratings.
    ///
    /// # Errors
    /// [`InsertError::Exists`] where the respondent has rated the case in the year.
    pub async fn insert_satisfaction_rating(
        &self,
        scope: &Scope,
        new: &SatisfactionRating,
        at: DateTime<Utc>,
    ) -> Result<(), InsertError> {
        let comment = self.vault()?.seal_json(place(new.id), &new.comment).map_err(StoreError::from)?;
        let of = |stage| {
            let rating = new.ratings.iter().find(|rating| rating.stage == stage);
            Set(rating.and_then(|rating| i32::try_from(rating.rating).ok()))
        };
        let row = satisfaction_rating::ActiveModel {
            id: Set(new.id),
            municipality_code: Set(scope.municipality.to_string()),
            application_id: Set(new.application_id),
            person_id: Set(new.person_id),
            methodology: Set(new.methodology.as_str().to_owned()),
            respondent: Set(new.respondent.as_str().to_owned()),
            respondent_key: Set(new.respondent_key.clone()),
            rated_on: Set(new.rated_on),
            year: Set(new.rated_on.year()),
            granting: of(SatisfactionStage::Granting),
            assessment: of(SatisfactionStage::Assessment),
            plan: of(SatisfactionStage::Plan),
            receipt: of(SatisfactionStage::Receipt),
            revision: of(SatisfactionStage::Revision),
            whole: of(SatisfactionStage::Whole),
            comment: Set(comment),
            recorded_by: Set(new.recorded_by.clone()),
            created_at: Set(at),
        };
        let inserted = satisfaction_rating::Entity::insert(row).exec_without_returning(&self.0).await;
        inserted.map(drop).map_err(InsertError::failed)
    }

    /// Lists the ratings of a case in the order in which they were stored; for a recipient those of recipients.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_satisfaction_ratings(
        &self,
        scope: &Scope,
        application: Uuid,
    ) -> Result<Vec<SatisfactionRating>, StoreError> {
        use satisfaction_rating::Column;
        let mut query = satisfaction_rating::Entity::find()
            .filter(Column::ApplicationId.eq(application))
            .filter(visible(scope, Column::MunicipalityCode, Column::PersonId))
            .order_by_asc(Column::Id);
        if scope.role == Role::Recipient {
            query = query.filter(Column::Respondent.eq(SatisfactionRespondent::Recipient.as_str()));
        }
        let rows = query.all(&self.0).await.map_err(StoreError::failed)?;
        let vault = self.vault()?;
        rows.into_iter().map(|row| opened(vault, row)).collect()
    }
}

impl Store {
    /// Lists the ratings of a methodology as they are counted, of the scope's municipality or of the country, in the order of their
    /// identifiers after one.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_counted_ratings(
        &self,
        scope: &Scope,
        methodology: MethodologyId,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<CountedRating>, StoreError> {
        use satisfaction_rating::Column;
        let mut query = satisfaction_rating::Entity::find()
            .select_only()
            .columns([Column::Id, Column::MunicipalityCode, Column::PersonId, Column::Respondent])
            .columns([
                Column::Granting,
                Column::Assessment,
                Column::Plan,
                Column::Receipt,
                Column::Revision,
                Column::Whole,
            ])
            .filter(Column::Methodology.eq(methodology.as_str()))
            .filter(Column::Id.gt(after.unwrap_or_default()))
            .order_by_asc(Column::Id)
            .limit(limit);
        if !scope.is_national() {
            query = query.filter(Column::MunicipalityCode.eq(scope.municipality.as_str()));
        }
        let rows: Vec<CountedRow> =
            query.into_model().all(&self.read(reach(scope))).await.map_err(StoreError::failed)?;
        let counted = |row: CountedRow| {
            let inconsistent = || StoreError::Inconsistent { table: "satisfaction_rating", id: row.id };
            let CountedRow { granting, assessment, plan, receipt, revision, whole, .. } = row;
            Ok(CountedRating {
                id: row.id,
                municipality: row.municipality_code.parse().map_err(|_| inconsistent())?,
                person: row.person_id,
                respondent: respondent(row.id, &row.respondent)?,
                ratings: ratings([granting, assessment, plan, receipt, revision, whole]),
            })
        };
        rows.into_iter().map(counted).collect()
    }
}

fn respondent(row: Uuid, name: &str) -> Result<SatisfactionRespondent, StoreError> {
    known(SatisfactionRespondent::ALL, name, SatisfactionRespondent::as_str)
        .ok_or(StoreError::Inconsistent { table: "satisfaction_rating", id: row })
}

fn opened(vault: &Vault, row: satisfaction_rating::Model) -> Result<SatisfactionRating, StoreError> {
    let methodology = known(MethodologyId::ALL, &row.methodology, MethodologyId::as_str);
    Ok(SatisfactionRating {
        id: row.id,
        application_id: row.application_id,
        person_id: row.person_id,
        methodology: methodology.ok_or(StoreError::Inconsistent { table: "satisfaction_rating", id: row.id })?,
        respondent: respondent(row.id, &row.respondent)?,
        rated_on: row.rated_on,
        ratings: ratings([row.granting, row.assessment, row.plan, row.receipt, row.revision, row.whole]),
        comment: if row.comment == ERASED { None } else { vault.open_json(place(row.id), &row.comment)? },
        respondent_key: row.respondent_key,
        recorded_by: row.recorded_by,
    })
}
