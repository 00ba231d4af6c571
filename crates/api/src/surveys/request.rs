//! The request that records a survey, and the parts that answers share with it.

use balsts_domain::surveys::{self, Characteristics, NewSurvey, SurveyContent};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    bounds::{Label, List, Sentences, SurveyItem, SurveyValue},
    names::{FamilyType, Sex, SurveyHelp, SurveyInstrument, SurveyMoment, SurveyRespondent},
    types::{Date, Score},
};

type Answers = List<SurveyAnswer, 0, 200>;
type Scores = List<SurveyScore, 0, 20>;

/// The answer to an item. An item without one was skipped.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SurveyAnswer {
    /// Number of the item in the licensed questionnaire, whose text is not stored.
    item: SurveyItem,
    /// The value on the questionnaire's scale.
    value: SurveyValue,
}

/// The score of a dimension, as the scoring of the questionnaire gave it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SurveyScore {
    /// Name of the dimension.
    #[schema(example = "autonomy")]
    dimension: Label,
    /// The score.
    score: Score,
}

/// A survey as it is recorded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordSurvey {
    /// The questionnaire.
    instrument: SurveyInstrument,
    /// When: at the start after the contract and before the assessment, or at the end.
    moment: SurveyMoment,
    /// The day.
    taken_on: Date,
    /// Who answered.
    respondent: SurveyRespondent,
    /// The worker asked the questions.
    #[serde(default)]
    interviewed: bool,
    /// A parent was there.
    #[serde(default)]
    parent_present: bool,
    /// Who helped.
    help: SurveyHelp,
    /// The child cannot express a view, so that a parent answers.
    #[serde(default)]
    cannot_express_view: bool,
    /// Purpose, and the right to skip questions and to stop, were explained; nothing is recorded without.
    explained: bool,
    /// It was stopped before its end.
    #[serde(default)]
    stopped: bool,
    /// The day of the contract of participation; required of the start.
    contract_on: Option<Date>,
    /// The answers; any item may be left out.
    #[schema(inline)]
    answers: Answers,
    /// Scores of dimensions; any may be left out.
    #[schema(inline)]
    scores: Scores,
    /// What else was said; the office alone sees it.
    remarks: Option<Sentences>,
    /// Sex, where it is told.
    sex: Option<Sex>,
    /// Type of family, where it is told.
    family_type: Option<FamilyType>,
    /// Whether the adult, or a parent of the child, is employed, where it is told.
    employed: Option<bool>,
}

impl From<&surveys::SurveyAnswer> for SurveyAnswer {
    fn from(answer: &surveys::SurveyAnswer) -> Self {
        Self { item: SurveyItem(answer.item), value: SurveyValue(answer.value) }
    }
}

impl From<&surveys::SurveyScore> for SurveyScore {
    fn from(score: &surveys::SurveyScore) -> Self {
        Self { dimension: Label(score.dimension.clone()), score: Score(score.score()) }
    }
}

impl From<RecordSurvey> for NewSurvey {
    fn from(request: RecordSurvey) -> Self {
        let answer = |of: SurveyAnswer| surveys::SurveyAnswer { item: of.item.0, value: of.value.0 };
        let score =
            |of: SurveyScore| surveys::SurveyScore { dimension: of.dimension.0, thousandths: of.score.thousandths() };
        Self {
            instrument: request.instrument.0,
            moment: request.moment.0,
            taken_on: request.taken_on.0,
            respondent: request.respondent.0,
            content: SurveyContent {
                interviewed: request.interviewed,
                parent_present: request.parent_present,
                help: request.help.0,
                cannot_express_view: request.cannot_express_view,
                explained: request.explained,
                stopped: request.stopped,
                contract_on: request.contract_on.map(|day| day.0),
                answers: request.answers.into_iter().map(answer).collect(),
                scores: request.scores.into_iter().map(score).collect(),
                remarks: request.remarks.map(|remarks| remarks.0),
                characteristics: Characteristics {
                    sex: request.sex.map(|sex| sex.0),
                    family_type: request.family_type.map(|family| family.0),
                    employed: request.employed,
                    ..Characteristics::default()
                },
            },
        }
    }
}
