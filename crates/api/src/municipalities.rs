//! `/v1/municipalities`: the municipalities by their ATVK codes.

use actix_web::{get, web::Data};
use balsts_domain::{
    parameters::municipalities::{Municipalities, Municipality},
    text::Language,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    ApiState,
    body::Query,
    examples,
    i18n::{Accepted, Localised},
    names::{MunicipalityKind, PlanningRegion},
    problem::{ApiError, Failures},
    services::ReferenceResponse,
    types::Date,
};

/// The day of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MunicipalitiesQuery {
    /// Those that exist on this day; today where left out.
    #[param(value_type = Option<String>, format = Date, example = "2025-06-30")]
    date: Option<Date>,
}

/// A municipality.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MunicipalityResponse {
    /// ATVK code.
    #[schema(example = "0001000", pattern = "^[0-9]{7}$")]
    code: String,
    /// Name.
    #[schema(example = "Rīga")]
    name: String,
    /// What kind it is.
    kind: MunicipalityKind,
    /// The planning region that it lies in.
    planning_region: PlanningRegion,
    /// First day.
    valid_from: Date,
    /// Last day; null while it exists.
    valid_to: Option<Date>,
}

/// The municipalities on a day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MunicipalityList {
    /// The municipalities in order of their codes.
    items: Vec<MunicipalityResponse>,
    /// Where the codes and names stand.
    source: ReferenceResponse,
    /// Where the planning regions stand.
    planning_region_source: ReferenceResponse,
}

/// List municipalities
///
/// State cities and municipalities by the codes of the classification of administrative territories (ATVK).
#[utoipa::path(
    tag = "catalogue",
    params(MunicipalitiesQuery),
    responses(
        (status = 200, description = "The municipalities", body = MunicipalityList,
            example = json!(examples::shown(|parameters, language| {
                Ok(municipalities(&parameters.municipalities, NaiveDate::from_ymd_opt(2025, 7, 1).unwrap_or_default(), language))
            }))),
        Failures,
    ),
)]
#[get("/v1/municipalities")]
pub(crate) async fn list_municipalities(
    state: Data<ApiState>,
    language: Accepted,
    query: Query<MunicipalitiesQuery>,
) -> Result<Localised<MunicipalityList>, ApiError> {
    let date = query.0.date.map_or_else(|| state.today(), |date| date.0);
    Ok(Localised(municipalities(&state.parameters.municipalities, date, language.0), language.0))
}

fn municipalities(all: &Municipalities, date: NaiveDate, language: Language) -> MunicipalityList {
    let shown = |municipality: &Municipality| MunicipalityResponse {
        code: municipality.code.to_string(),
        name: municipality.name.in_language(language).to_owned(),
        kind: MunicipalityKind(municipality.kind),
        planning_region: PlanningRegion(municipality.planning_region),
        valid_from: Date(municipality.valid_from),
        valid_to: municipality.valid_to.map(Date),
    };
    MunicipalityList {
        items: all.on(date).map(shown).collect(),
        source: ReferenceResponse::new(&all.source, language),
        planning_region_source: ReferenceResponse::new(&all.planning_region_source, language),
    }
}
