//! The answers of surveys and of their statistics.

use balsts_app::{KnownSurvey, Survey};
use balsts_domain::{survey_statistics::DimensionStatistics, surveys};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::request::{SurveyAnswer, SurveyScore};
use crate::{
    measures::MeasuredTableResponse,
    names::{
        FamilyType, Impairment, Methodology, Sex, SurveyAgeGroup, SurveyDimension, SurveyHelp, SurveyInstrument,
        SurveyMeasure, SurveyMoment, SurveyRespondent, SurveyWarning,
    },
    types::Date,
};

/// A survey. The office sees whose it is; the ministry the code alone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SurveyResponse {
    /// Identifier.
    id: Uuid,
    /// The recipient's pseudonymous code: in all surveys the same, and of no other use.
    #[schema(example = "MZXW6YTBOJ2WC3TE")]
    code: String,
    /// Identifier of the case: that of its application; null for the ministry.
    case_id: Option<Uuid>,
    /// ATVK code of the municipality.
    #[schema(example = "0001000")]
    municipality: String,
    /// Methodology of the case.
    methodology: Methodology,
    /// The questionnaire.
    instrument: SurveyInstrument,
    /// When.
    moment: SurveyMoment,
    /// The day.
    taken_on: Date,
    /// Who answered.
    respondent: SurveyRespondent,
    /// The worker asked the questions.
    interviewed: bool,
    /// A parent was there.
    parent_present: bool,
    /// Who helped.
    help: SurveyHelp,
    /// The child cannot express a view.
    cannot_express_view: bool,
    /// Purpose, and the right to skip and to stop, were explained.
    explained: bool,
    /// It was stopped before its end.
    stopped: bool,
    /// The day of the contract of participation; null for the ministry.
    contract_on: Option<Date>,
    /// The answers.
    answers: Vec<SurveyAnswer>,
    /// How many items were skipped; null where the questionnaire's length is not known.
    skipped: Option<u32>,
    /// Scores of dimensions.
    scores: Vec<SurveyScore>,
    /// What else was said; null for the ministry.
    remarks: Option<String>,
    /// Sex.
    sex: Option<Sex>,
    /// Age group on the day.
    age_group: Option<SurveyAgeGroup>,
    /// Functional impairments.
    impairments: Vec<Impairment>,
    /// Type of family.
    family_type: Option<FamilyType>,
    /// Whether the adult, or a parent of the child, is employed.
    employed: Option<bool>,
    /// What is unusual about it, for the office.
    warnings: Vec<SurveyWarning>,
}

/// The surveys of a case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseSurveyList {
    /// In the order in which they were recorded.
    pub(super) items: Vec<SurveyResponse>,
}

/// A page of surveys.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SurveyList {
    /// The surveys.
    pub(super) items: Vec<SurveyResponse>,
    /// Cursor of the next page; null on the last.
    pub(super) next: Option<String>,
}

/// What is measured of a dimension.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DimensionStatisticsResponse {
    /// Name of the dimension.
    #[schema(example = "autonomy")]
    dimension: String,
    /// What is measured.
    measure: SurveyMeasure,
    /// Its measures.
    scores: MeasuredTableResponse,
}

/// Statistics over the scores of a questionnaire.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SurveyStatisticsResponse {
    /// The questionnaire.
    pub(super) instrument: SurveyInstrument,
    /// What the groups are.
    pub(super) by: SurveyDimension,
    /// Each dimension at the start, at the end, and how it changed.
    pub(super) dimensions: Vec<DimensionStatisticsResponse>,
}

impl SurveyResponse {
    /// A survey under its code, without what leads to the person.
    pub(super) fn by_code(survey: &Survey) -> Self {
        Self { case_id: None, contract_on: None, remarks: None, ..Self::new(survey, &[]) }
    }

    fn new(survey: &Survey, warnings: &[surveys::SurveyWarning]) -> Self {
        let content = &survey.content;
        let known = &content.characteristics;
        let answered = u32::try_from(content.answers.len()).unwrap_or(u32::MAX);
        Self {
            id: survey.id,
            code: survey.code.clone(),
            case_id: Some(survey.application_id),
            municipality: survey.municipality.to_string(),
            methodology: Methodology(survey.methodology),
            instrument: SurveyInstrument(survey.instrument),
            moment: SurveyMoment(survey.moment),
            taken_on: Date(survey.taken_on),
            respondent: SurveyRespondent(survey.respondent),
            interviewed: content.interviewed,
            parent_present: content.parent_present,
            help: SurveyHelp(content.help),
            cannot_express_view: content.cannot_express_view,
            explained: content.explained,
            stopped: content.stopped,
            contract_on: content.contract_on.map(Date),
            answers: content.answers.iter().map(SurveyAnswer::from).collect(),
            skipped: survey.instrument.items().map(|items| items.saturating_sub(answered)),
            scores: content.scores.iter().map(SurveyScore::from).collect(),
            remarks: content.remarks.clone(),
            sex: known.sex.map(Sex),
            age_group: known.age.map(surveys::SurveyAgeGroup::of).map(SurveyAgeGroup),
            impairments: known.impairments.iter().copied().map(Impairment).collect(),
            family_type: known.family_type.map(FamilyType),
            employed: known.employed,
            warnings: warnings.iter().copied().map(SurveyWarning).collect(),
        }
    }
}

impl From<&KnownSurvey> for SurveyResponse {
    fn from(known: &KnownSurvey) -> Self {
        Self::new(&known.survey, &known.warnings)
    }
}

impl From<DimensionStatistics> for DimensionStatisticsResponse {
    fn from(row: DimensionStatistics) -> Self {
        Self { dimension: row.dimension.to_owned(), measure: SurveyMeasure(row.measure), scores: row.told.into() }
    }
}

/// An invented survey as it is recorded.
pub(super) fn request_example() -> Value {
    json!({
        "instrument": "beach_center_family", "moment": "start", "taken_on": "2023-03-16", "respondent": "parent",
        "help": "nobody", "explained": true, "contract_on": "2023-03-15", "answers": [{"item": 1, "value": 4}],
        "scores": [{"dimension": "parenting", "score": "3.667"}], "sex": "female", "family_type": "one_parent",
    })
}

/// The same as an answer.
pub(super) fn example() -> Value {
    json!({
        "id": "018bcfe5-6800-7000-8000-000000000023", "code": "MZXW6YTBOJ2WC3TE",
        "case_id": "018bcfe5-6800-7000-8000-000000000002", "municipality": "0001000", "methodology": "children-2023",
        "instrument": "beach_center_family", "moment": "start", "taken_on": "2023-03-16", "respondent": "parent",
        "interviewed": false, "parent_present": false, "help": "nobody", "cannot_express_view": false, "explained": true,
        "stopped": false, "contract_on": "2023-03-15", "answers": [{"item": 1, "value": 4}], "skipped": 24,
        "scores": [{"dimension": "parenting", "score": "3.667"}], "remarks": null, "sex": "female", "age_group": "0-7",
        "impairments": ["movement"], "family_type": "one_parent", "employed": null, "warnings": [],
    })
}
