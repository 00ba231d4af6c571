//! Surveys: what they say is sealed. The country reads them by the recipient's code alone; which case a code is of is the
//! office's to know. What belongs to an erased person is there no more.

use balsts_domain::{
    access::{MunicipalityCode, Scope},
    parameters::catalogue::MethodologyId,
    surveys::{SurveyContent, SurveyInstrument, SurveyMoment, SurveyRespondent},
};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, entity::prelude::*,
};

use crate::{
    InsertError, Store, StoreError, WriteTransaction,
    applications::known,
    goal_results::reach,
    representatives::visible,
    vault::{ERASED, Place, Vault},
};

pub(crate) mod survey {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "survey")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub application_id: Uuid,
        pub person_id: Uuid,
        pub methodology: String,
        pub code: Option<String>,
        pub instrument: String,
        pub moment: String,
        pub taken_on: Date,
        pub respondent: String,
        pub content: Vec<u8>,
        pub recorded_by: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A survey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// Identifier.
    pub id: Uuid,
    /// The municipality.
    pub municipality: MunicipalityCode,
    /// The case: its application.
    pub application_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// Methodology of the case.
    pub methodology: MethodologyId,
    /// The recipient's pseudonymous code.
    pub code: String,
    /// The questionnaire.
    pub instrument: SurveyInstrument,
    /// When.
    pub moment: SurveyMoment,
    /// The day.
    pub taken_on: NaiveDate,
    /// Who answered.
    pub respondent: SurveyRespondent,
    /// What it says.
    pub content: SurveyContent,
    /// Subject of who recorded it.
    pub recorded_by: String,
}

/// Which surveys a list shows.
#[derive(Debug, Clone, Default)]
pub struct SurveyFilter {
    /// Of this recipient.
    pub code: Option<String>,
    /// With this questionnaire.
    pub instrument: Option<SurveyInstrument>,
    /// Of this moment.
    pub moment: Option<SurveyMoment>,
    /// Of this methodology.
    pub methodology: Option<MethodologyId>,
    /// After this one, in the order of identifiers.
    pub after: Option<Uuid>,
}

/// A survey as it is counted, sealed.
#[derive(Debug, Clone, FromQueryResult)]
pub struct CountedSurvey {
    /// Identifier.
    pub id: Uuid,
    municipality_code: String,
    /// The case: its application.
    pub application_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    moment: String,
    respondent: String,
    content: Vec<u8>,
}

pub(crate) fn place(id: Uuid) -> Place {
    Place { table: "survey", column: "content", row: id }
}

/// What a scope sees: the country everything, a municipality its own; nothing of whom is erased.
fn seen(scope: &Scope) -> Condition {
    use survey::Column;
    let own = (!scope.is_national()).then(|| visible(scope, Column::MunicipalityCode, Column::PersonId));
    Condition::all().add(Column::Code.is_not_null()).add_option(own)
}

/// What is counted for a scope, whoever asks: a sum does not depend on conflicts of interest.
fn counted(scope: &Scope) -> Condition {
    let own = (!scope.is_national()).then(|| survey::Column::MunicipalityCode.eq(scope.municipality.as_str()));
    Condition::all().add(survey::Column::Code.is_not_null()).add_option(own)
}

impl WriteTransaction {
    /// Stores a new survey.
    ///
    /// # Errors
    /// [`InsertError::Exists`] where the case has the same one of the moment and respondent.
    pub async fn insert_survey(&self, scope: &Scope, new: &Survey, at: DateTime<Utc>) -> Result<(), InsertError> {
        let row = survey::ActiveModel {
            id: Set(new.id),
            municipality_code: Set(scope.municipality.to_string()),
            application_id: Set(new.application_id),
            person_id: Set(new.person_id),
            methodology: Set(new.methodology.as_str().to_owned()),
            code: Set(Some(new.code.clone())),
            instrument: Set(new.instrument.as_str().to_owned()),
            moment: Set(new.moment.as_str().to_owned()),
            taken_on: Set(new.taken_on),
            respondent: Set(new.respondent.as_str().to_owned()),
            content: Set(self.vault()?.seal_json(place(new.id), &new.content).map_err(StoreError::from)?),
            recorded_by: Set(new.recorded_by.clone()),
            created_at: Set(at),
        };
        survey::Entity::insert(row).exec_without_returning(&self.0).await.map(drop).map_err(InsertError::failed)
    }

    /// Gets a survey that the scope sees.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_survey(&self, scope: &Scope, id: Uuid) -> Result<Option<Survey>, StoreError> {
        let query = survey::Entity::find_by_id(id).filter(seen(scope));
        let row = query.one(&self.0).await.map_err(StoreError::failed)?;
        row.map(|row| opened(self.vault()?, row)).transpose()
    }

    /// Lists the surveys of a case in the order in which they were stored.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_surveys_of(&self, scope: &Scope, application: Uuid) -> Result<Vec<Survey>, StoreError> {
        let query = survey::Entity::find()
            .filter(seen(scope).add(survey::Column::ApplicationId.eq(application)))
            .order_by_asc(survey::Column::Id);
        self.opened_surveys(query.all(&self.0).await)
    }

    /// Lists surveys that the scope sees in the order in which they were stored.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_surveys(
        &self,
        scope: &Scope,
        filter: &SurveyFilter,
        limit: u64,
    ) -> Result<Vec<Survey>, StoreError> {
        use survey::Column;
        let condition = seen(scope)
            .add_option(filter.code.as_deref().map(|code| Column::Code.eq(code)))
            .add_option(filter.instrument.map(|instrument| Column::Instrument.eq(instrument.as_str())))
            .add_option(filter.moment.map(|moment| Column::Moment.eq(moment.as_str())))
            .add_option(filter.methodology.map(|methodology| Column::Methodology.eq(methodology.as_str())))
            .add_option(filter.after.map(|after| Column::Id.gt(after)));
        let query = survey::Entity::find().filter(condition).order_by_asc(Column::Id).limit(limit);
        self.opened_surveys(query.all(&self.0).await)
    }

    fn opened_surveys(&self, rows: Result<Vec<survey::Model>, DbErr>) -> Result<Vec<Survey>, StoreError> {
        let vault = self.vault()?;
        rows.map_err(StoreError::failed)?.into_iter().map(|row| opened(vault, row)).collect()
    }
}

impl Store {
    /// Lists the surveys with a questionnaire as they are counted, of the scope's municipality or of the country, in the order
    /// of their identifiers after one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn list_counted_surveys(
        &self,
        scope: &Scope,
        (methodology, instrument): (MethodologyId, SurveyInstrument),
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<CountedSurvey>, StoreError> {
        use survey::Column;
        let query = survey::Entity::find()
            .select_only()
            .columns([
                Column::Id,
                Column::MunicipalityCode,
                Column::ApplicationId,
                Column::PersonId,
                Column::Moment,
                Column::Respondent,
                Column::Content,
            ])
            .filter(counted(scope))
            .filter(Column::Methodology.eq(methodology.as_str()))
            .filter(Column::Instrument.eq(instrument.as_str()))
            .filter(Column::Id.gt(after.unwrap_or_default()))
            .order_by_asc(Column::Id)
            .limit(limit);
        query.into_model().all(&self.read(reach(scope))).await.map_err(StoreError::failed)
    }

    /// Opens a survey that is counted: its municipality, moment, respondent and content.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or the keys do not fit.
    pub fn open_counted_survey(
        &self,
        row: &CountedSurvey,
    ) -> Result<(MunicipalityCode, SurveyMoment, SurveyRespondent, SurveyContent), StoreError> {
        let inconsistent = || StoreError::Inconsistent { table: "survey", id: row.id };
        Ok((
            row.municipality_code.parse().map_err(|_| inconsistent())?,
            known(SurveyMoment::ALL, &row.moment, SurveyMoment::as_str).ok_or_else(inconsistent)?,
            known(SurveyRespondent::ALL, &row.respondent, SurveyRespondent::as_str).ok_or_else(inconsistent)?,
            self.vault()?.open_json(place(row.id), &row.content)?,
        ))
    }
}

fn opened(vault: &Vault, row: survey::Model) -> Result<Survey, StoreError> {
    let inconsistent = || StoreError::Inconsistent { table: "survey", id: row.id };
    if row.content == ERASED {
        return Err(StoreError::Erased);
    }
    Ok(Survey {
        id: row.id,
        municipality: row.municipality_code.parse().map_err(|_| inconsistent())?,
        application_id: row.application_id,
        person_id: row.person_id,
        methodology: known(MethodologyId::ALL, &row.methodology, MethodologyId::as_str).ok_or_else(inconsistent)?,
        code: row.code.clone().ok_or_else(inconsistent)?,
        instrument: known(SurveyInstrument::ALL, &row.instrument, SurveyInstrument::as_str).ok_or_else(inconsistent)?,
        moment: known(SurveyMoment::ALL, &row.moment, SurveyMoment::as_str).ok_or_else(inconsistent)?,
        taken_on: row.taken_on,
        respondent: known(SurveyRespondent::ALL, &row.respondent, SurveyRespondent::as_str).ok_or_else(inconsistent)?,
        content: vault.open_json(place(row.id), &row.content)?,
        recorded_by: row.recorded_by,
    })
}
