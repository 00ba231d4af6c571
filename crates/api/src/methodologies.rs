//! `/v1/methodologies`: the methodologies, their decisions and their figures through time.

use std::sync::Arc;

use actix_web::{
    get,
    web::{Data, Path},
};
use balsts_domain::{
    figures::{self, DatedFigure, Figure, Figures},
    lines::Decision,
    parameters::{NoVersionForDate, Parameters, catalogue::MethodologyId, documents::Source},
    text::{Language, Text},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    ApiState,
    body::Query,
    examples,
    i18n::{Accepted, Localised},
    names::{LivingArrangement, Methodology},
    problem::{ApiError, Failures, Missing, Refused},
    services::ReferenceResponse,
    types::Date,
};

/// A methodology in the list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MethodologySummary {
    /// Identifier.
    id: Methodology,
    /// Title.
    title: String,
    /// First day for which it has figures.
    valid_from: Date,
    /// Last day; none while nothing later is known.
    valid_to: Option<Date>,
}

/// Every methodology.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MethodologyList {
    /// The methodologies.
    items: Vec<MethodologySummary>,
}

/// A rule that was chosen where the sources leave a gap or contradict each other.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DecisionResponse {
    /// Identifier, as calculations name it.
    #[schema(example = "institution_respite_11_months")]
    id: String,
    /// What was chosen and why.
    text: String,
}

/// A stretch of time in which no figure of the methodology changes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MethodologyPeriod {
    /// Version of the methodology.
    #[schema(example = "1")]
    version: String,
    /// First day.
    valid_from: Date,
    /// Last day; none while nothing later is known.
    valid_to: Option<Date>,
    /// Months of the budget period.
    #[schema(example = 12)]
    months: u32,
    /// Where the methodology stands.
    source: ReferenceResponse,
    /// The decisions of the version.
    decisions: Vec<DecisionResponse>,
}

/// A type of residence as a parameter of the methodology.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LivingArrangementResponse {
    /// Identifier.
    id: LivingArrangement,
    /// Label.
    title: String,
    /// Column of the source's table.
    column: String,
    /// The label is not confirmed by a source.
    unconfirmed: bool,
}

/// A methodology.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MethodologyResponse {
    /// Identifier.
    id: Methodology,
    /// Title.
    title: String,
    /// Its stretches of time, the earliest first.
    periods: Vec<MethodologyPeriod>,
    /// Types of residence, for adults.
    living_arrangements: Vec<LivingArrangementResponse>,
}

/// A figure in force on the day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ParameterResponse {
    /// Stable path.
    #[schema(example = "tariffs/home_care")]
    key: String,
    /// What it is.
    name: String,
    /// The value.
    #[schema(example = "6.63")]
    value: String,
    /// What the value is counted in.
    #[schema(example = "EUR/hour")]
    unit: String,
    /// First day of the value.
    valid_from: Date,
    /// Where it comes from.
    source: ReferenceResponse,
    /// Every value through time, the earliest first.
    history: Vec<DatedValue>,
}

/// A value and the days on which it holds.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DatedValue {
    /// The value.
    value: String,
    /// First day.
    valid_from: Date,
    /// Last day; none while nothing later is known.
    valid_to: Option<Date>,
    /// Where it comes from.
    source: ReferenceResponse,
}

/// A figure that differs between the two days.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ParameterChange {
    /// Stable path.
    key: String,
    /// What it is.
    name: String,
    /// Value on `date`; none where there was none.
    before: Option<String>,
    /// Value on `compare_to`; none where there is none.
    after: Option<String>,
}

/// The figures of a methodology on a day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ParameterList {
    /// The methodology.
    methodology: Methodology,
    /// Version in force.
    version: String,
    /// The day.
    date: Date,
    /// The figures, in the order of the methodology.
    items: Vec<ParameterResponse>,
    /// The other day, where one was asked for.
    compare_to: Option<Date>,
    /// What differs on it; null where it was not asked for.
    changes: Option<Vec<ParameterChange>>,
}

/// Which day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ParametersQuery {
    /// The day; today where left out.
    #[param(value_type = Option<String>, format = Date, example = "2023-03-01")]
    date: Option<Date>,
    /// Another day: the answer tells what differs on it.
    #[param(value_type = Option<String>, format = Date)]
    compare_to: Option<Date>,
}

/// One stretch of any methodology.
struct Stretch<'a> {
    version: &'a str,
    months: u32,
    source: &'a Source,
    decisions: &'a [Arc<Decision>],
    rules: &'a dyn Figures,
}

/// A methodology as this module looks at it.
struct View<'a> {
    id: MethodologyId,
    title: &'a Text,
    stretches: Vec<Stretch<'a>>,
}

macro_rules! view {
    ($id:expr, $methodology:expr) => {
        View {
            id: $id,
            title: &$methodology.title,
            stretches: $methodology
                .periods
                .iter()
                .map(|rules| Stretch {
                    version: &rules.version,
                    months: rules.months,
                    source: &rules.source,
                    decisions: &rules.decisions,
                    rules,
                })
                .collect(),
        }
    };
}

fn view(parameters: &Parameters, id: MethodologyId) -> View<'_> {
    match id {
        MethodologyId::ChildrenPilot2018 => view!(id, parameters.pilot),
        MethodologyId::Children2023 => view!(id, parameters.children),
        MethodologyId::Adults2023 => view!(id, parameters.adults),
    }
}

impl View<'_> {
    fn on(&self, date: NaiveDate) -> Result<&Stretch<'_>, NoVersionForDate> {
        let in_force = |stretch: &&Stretch<'_>| {
            stretch.rules.valid_from() <= date && stretch.rules.valid_to().is_none_or(|to| date <= to)
        };
        self.stretches.iter().find(in_force).ok_or(NoVersionForDate { methodology: self.id, date })
    }

    fn history(&self) -> std::collections::BTreeMap<String, Vec<DatedFigure>> {
        figures::history(self.stretches.iter().map(|stretch| stretch.rules))
    }
}

/// List methodologies
///
/// The three methodologies of the model, with the time for which each has figures.
#[utoipa::path(
    tag = "catalogue",
    responses(
        (status = 200, description = "The methodologies", body = MethodologyList,
            example = json!(examples::shown(|parameters, language| Ok(methodologies(parameters, language))))),
        Failures,
    ),
)]
#[get("/v1/methodologies")]
pub(crate) async fn list_methodologies(state: Data<ApiState>, language: Accepted) -> Localised<MethodologyList> {
    Localised(methodologies(&state.parameters, language.0), language.0)
}

fn methodologies(parameters: &Parameters, language: Language) -> MethodologyList {
    let summary = |id: &MethodologyId| {
        let view = view(parameters, *id);
        let first = view.stretches.first()?.rules.valid_from();
        Some(MethodologySummary {
            id: Methodology(*id),
            title: view.title.in_language(language).to_owned(),
            valid_from: Date(first),
            valid_to: view.stretches.last().and_then(|stretch| stretch.rules.valid_to()).map(Date),
        })
    };
    MethodologyList { items: MethodologyId::ALL.iter().filter_map(summary).collect() }
}

fn known(id: &str) -> Result<MethodologyId, ApiError> {
    MethodologyId::ALL.iter().copied().find(|known| known.as_str() == id).ok_or(ApiError::NotFound)
}

/// Get a methodology
///
/// Its stretches of time, sources, and the decisions that fill gaps of the sources.
#[utoipa::path(
    tag = "catalogue",
    params(("id" = String, Path, description = "The methodology", example = "children-2023", max_length = 100)),
    responses(
        (status = 200, description = "The methodology", body = MethodologyResponse,
            example = json!(examples::shown(|parameters, language| {
                Ok(methodology(parameters, MethodologyId::Adults2023, language))
            }))),
        Failures, Missing,
    ),
)]
#[get("/v1/methodologies/{id}")]
pub(crate) async fn get_methodology(
    state: Data<ApiState>,
    language: Accepted,
    id: Path<String>,
) -> Result<Localised<MethodologyResponse>, ApiError> {
    Ok(Localised(methodology(&state.parameters, known(&id)?, language.0), language.0))
}

fn methodology(parameters: &Parameters, id: MethodologyId, language: Language) -> MethodologyResponse {
    let view = view(parameters, id);
    let arrangements = match id {
        MethodologyId::Adults2023 => parameters.adults.periods.last().map_or(&[][..], |rules| &rules.arrangements),
        _ => &[],
    };
    MethodologyResponse {
        id: Methodology(id),
        title: view.title.in_language(language).to_owned(),
        periods: view.stretches.iter().map(|stretch| period(stretch, language)).collect(),
        living_arrangements: arrangements
            .iter()
            .map(|arrangement| LivingArrangementResponse {
                id: LivingArrangement(arrangement.id),
                title: arrangement.title.in_language(language).to_owned(),
                column: arrangement.column.clone(),
                unconfirmed: arrangement.unconfirmed,
            })
            .collect(),
    }
}

fn period(stretch: &Stretch<'_>, language: Language) -> MethodologyPeriod {
    let decision = |decision: &Arc<Decision>| DecisionResponse {
        id: decision.id.clone(),
        text: decision.text.in_language(language).to_owned(),
    };
    MethodologyPeriod {
        version: stretch.version.to_owned(),
        valid_from: Date(stretch.rules.valid_from()),
        valid_to: stretch.rules.valid_to().map(Date),
        months: stretch.months,
        source: ReferenceResponse::new(stretch.source, language),
        decisions: stretch.decisions.iter().map(decision).collect(),
    }
}

/// List a methodology's parameters
///
/// Every figure that the methodology counts with on a day, with its source and its history; with `compare_to` also what
/// differs on another day.
#[utoipa::path(
    tag = "catalogue",
    params(
        ("id" = String, Path, description = "The methodology", example = "children-2023", max_length = 100),
        ParametersQuery,
    ),
    responses(
        (status = 200, description = "The figures", body = ParameterList,
            example = json!(examples::shown(|parameters, language| {
                let date = NaiveDate::from_ymd_opt(2023, 3, 1).unwrap_or_default();
                figures_on(parameters, MethodologyId::Children2023, date, None, language)
            }))),
        Failures, Missing, Refused,
    ),
)]
#[get("/v1/methodologies/{id}/parameters")]
pub(crate) async fn list_parameters(
    state: Data<ApiState>,
    language: Accepted,
    id: Path<String>,
    query: Query<ParametersQuery>,
) -> Result<Localised<ParameterList>, ApiError> {
    let id = known(&id)?;
    let date = query.0.date.map_or_else(|| state.today(), |date| date.0);
    figures_on(&state.parameters, id, date, query.0.compare_to, language.0)
        .map(|figures| Localised(figures, language.0))
}

fn figures_on(
    parameters: &Parameters,
    id: MethodologyId,
    date: NaiveDate,
    compare_to: Option<Date>,
    language: Language,
) -> Result<ParameterList, ApiError> {
    let view = view(parameters, id);
    let on = |date, pointer: &str| {
        view.on(date).map_err(|missing| ApiError::refuse(pointer, "no_version_for_date", missing.message()))
    };
    let stretch = on(date, "/date")?;
    let changes = match compare_to {
        Some(other) => {
            let after = on(other.0, "/compare_to")?.rules.figures();
            Some(figures::changes(stretch.rules.figures(), after))
        }
        None => None,
    };
    let history = view.history();
    let item = |figure: Figure| parameter(figure, &history, language);
    Ok(ParameterList {
        methodology: Methodology(view.id),
        version: stretch.version.to_owned(),
        date: Date(date),
        items: stretch.rules.figures().into_iter().map(item).collect(),
        compare_to,
        changes: changes.map(|changes| changes.into_iter().map(|change| parameter_change(change, language)).collect()),
    })
}

fn parameter(
    figure: Figure,
    history: &std::collections::BTreeMap<String, Vec<DatedFigure>>,
    language: Language,
) -> ParameterResponse {
    let dated = history.get(&figure.key).map_or(&[][..], Vec::as_slice).iter().map(|dated| DatedValue {
        value: dated.figure.value.clone(),
        valid_from: Date(dated.figure.valid_from),
        valid_to: dated.valid_to.map(Date),
        source: ReferenceResponse::new(&dated.figure.source, language),
    });
    ParameterResponse {
        history: dated.collect(),
        name: figure.name.in_language(language).to_owned(),
        source: ReferenceResponse::new(&figure.source, language),
        key: figure.key,
        value: figure.value,
        unit: figure.unit,
        valid_from: Date(figure.valid_from),
    }
}

fn parameter_change(change: figures::FigureChange, language: Language) -> ParameterChange {
    ParameterChange {
        key: change.key,
        name: change.name.in_language(language).to_owned(),
        before: change.before.map(|figure| figure.value),
        after: change.after.map(|figure| figure.value),
    }
}
