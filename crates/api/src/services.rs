//! `/v1/services` and `/v1/plan-suggestions`: the national service catalogue.

use std::collections::BTreeMap;

use actix_web::{
    get,
    web::{Data, Path},
};
use balsts_domain::{
    parameters::{Parameters, catalogue, documents, tariffs::Tariff},
    text::{Language, Text},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiState,
    body::Query,
    examples,
    i18n::{Accepted, Localised},
    names::{
        Impairment, Methodology, PriceKind, ServiceForm, ServiceGroup, ServiceTarget, TariffScope, Unit,
        YearlyVolumeCondition, YearlyVolumeKind,
    },
    pages::PageQuery,
    problem::{ApiError, Failures, Missing},
    types::{Atvk, Date, Euros, Quantity},
};

/// A place in a document.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReferenceResponse {
    /// Title of the document.
    pub(crate) document: String,
    /// Place in the document.
    pub(crate) section: String,
}

impl ReferenceResponse {
    pub(crate) fn new(source: &documents::Source, language: Language) -> Self {
        Self {
            document: source.document.title.in_language(language).to_owned(),
            section: source.section.in_language(language).to_owned(),
        }
    }
}

/// A service's place in the list of a methodology.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListingResponse {
    /// The methodology.
    methodology: Methodology,
    /// Support area.
    area: Option<u8>,
    /// Number in the source's list.
    number: Option<u8>,
    /// Where it is listed.
    source: ReferenceResponse,
}

/// A volume for 12 months that a plan is checked against.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct YearlyVolumeResponse {
    /// The methodology that sets it.
    methodology: Methodology,
    /// Volume in the service's unit.
    volume: Quantity,
    /// Whether it binds.
    kind: YearlyVolumeKind,
    /// For whom, where not for all.
    condition: Option<YearlyVolumeCondition>,
}

/// A service in the list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServiceSummary {
    /// Stable code.
    #[schema(example = "home_care")]
    code: String,
    /// Name.
    #[schema(example = "Aprūpes mājās pakalpojums")]
    name: String,
    /// What it is counted in.
    unit: Unit,
    /// Its group in statistics.
    group: ServiceGroup,
    /// Whether the individual budget may pay for it.
    payable: bool,
    /// Whether today a specialist has to confirm that it fits a person.
    specialist_confirmation: bool,
    /// Methodologies that list it.
    methodologies: Vec<Methodology>,
}

/// The price of one unit over a time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TariffResponse {
    /// EUR a unit.
    amount: Euros,
    /// What the price is for.
    unit: Unit,
    /// How the price comes about.
    price_kind: PriceKind,
    /// Where it holds.
    scope: TariffScope,
    /// The municipality in which it holds; null elsewhere.
    municipality: Option<Atvk>,
    /// The provider at which it holds; null elsewhere.
    provider: Option<Uuid>,
    /// First day.
    valid_from: Date,
    /// Last day; none while nothing later is known.
    valid_to: Option<Date>,
    /// Legal source.
    source: ReferenceResponse,
}

impl TariffResponse {
    fn new(tariff: &Tariff, language: Language) -> Self {
        Self {
            amount: Euros(tariff.amount),
            unit: Unit(tariff.unit),
            price_kind: PriceKind(tariff.price_kind),
            scope: TariffScope(tariff.target.scope()),
            municipality: tariff.target.municipality().map(Atvk),
            provider: tariff.target.provider(),
            valid_from: Date(tariff.valid_from),
            valid_to: tariff.valid_to.map(Date),
            source: ReferenceResponse::new(&tariff.source, language),
        }
    }
}

/// From a day on a specialist has to confirm that a service fits, or no more.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConfirmationResponse {
    /// Whether a specialist has to confirm it.
    required: bool,
    /// First day.
    valid_from: Date,
    /// Legal source.
    source: ReferenceResponse,
}

/// A service of the catalogue.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServiceResponse {
    /// Stable code.
    #[schema(example = "home_care")]
    code: String,
    /// Name.
    #[schema(example = "Aprūpes mājās pakalpojums")]
    name: String,
    /// What it is counted in.
    unit: Unit,
    /// Alone or with others.
    form: ServiceForm,
    /// Whom it is for.
    targets: Vec<ServiceTarget>,
    /// Its group in statistics.
    group: ServiceGroup,
    /// Whether the individual budget may pay for it.
    payable: bool,
    /// How its price usually comes about, where the sources say.
    price_kind: Option<PriceKind>,
    /// Where it is listed.
    listings: Vec<ListingResponse>,
    /// From so many completed months of age.
    from_months: Option<u32>,
    /// Below so many completed months of age.
    to_months: Option<u32>,
    /// Whether those ages are just usual, not a limit.
    usual_ages: bool,
    /// Impairments it is bound to; empty where to none.
    impairments: Vec<Impairment>,
    /// Yearly maxima and averages.
    yearly_volumes: Vec<YearlyVolumeResponse>,
    /// Whether on the day asked for a specialist has to confirm that it fits a person: an opinion of the last completed assessment
    /// recommends it.
    specialist_confirmation: bool,
    /// Since when, and what was said later, the earliest first.
    specialist_confirmations: Vec<ConfirmationResponse>,
    /// What the sources say of it, by subject: `definition`, `aim`, `content`, `specialists`, ...
    description: BTreeMap<String, String>,
    /// Remark.
    note: Option<String>,
    /// The tariff in force in the country on the day asked for, where there is one.
    tariff: Option<TariffResponse>,
    /// Every tariff: those of the country, the earliest first, then those of municipalities, then those at providers.
    tariffs: Vec<TariffResponse>,
}

/// Which services to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ServicesQuery {
    /// Listed by this methodology.
    #[param(inline)]
    methodology: Option<Methodology>,
    /// In this group of statistics.
    #[param(inline)]
    group: Option<ServiceGroup>,
    /// Whether the individual budget may pay for it.
    payable: Option<bool>,
    /// Size of the page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

/// A page of services in order of their codes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServiceList {
    /// The services.
    items: Vec<ServiceSummary>,
    /// Cursor of the next page; none on the last.
    next: Option<String>,
}

/// List services
///
/// The national catalogue of community-based services, in order of their codes.
#[utoipa::path(
    tag = "catalogue",
    params(ServicesQuery),
    responses((status = 200, description = "A page of services", body = ServiceList, example = json!({
        "items": [{"code": "home_care", "name": "Aprūpes mājās pakalpojums", "unit": "hour", "group": "social",
            "payable": true, "specialist_confirmation": false, "methodologies": ["children-pilot-2018", "children-2023", "adults-2023"]}],
        "next": null,
    })), Failures),
)]
#[get("/v1/services")]
pub(crate) async fn list_services(
    state: Data<ApiState>,
    language: Accepted,
    query: Query<ServicesQuery>,
) -> Result<Localised<ServiceList>, ApiError> {
    let ServicesQuery { methodology, group, payable, limit, cursor } = query.0;
    let wanted = |service: &&std::sync::Arc<catalogue::Service>| {
        methodology.is_none_or(|asked| service.listings.iter().any(|listing| listing.methodology == asked.0))
            && group.is_none_or(|asked| service.group == asked.0)
            && payable.is_none_or(|asked| service.payable == asked)
    };
    let services = state.parameters.catalogue.services().filter(wanted);
    let page = PageQuery { limit, cursor }.cut(services, |service| service.code.as_str())?;
    let today = state.today();
    let summary = |service: &std::sync::Arc<catalogue::Service>| ServiceSummary {
        code: service.code.clone(),
        name: service.name.in_language(language.0).to_owned(),
        unit: Unit(service.unit),
        group: ServiceGroup(service.group),
        payable: service.payable,
        specialist_confirmation: service.needs_specialist(today),
        methodologies: methodologies(service),
    };
    Ok(Localised(ServiceList { items: page.items.into_iter().map(summary).collect(), next: page.next }, language.0))
}

/// The methodologies that list a service, each once.
fn methodologies(service: &catalogue::Service) -> Vec<Methodology> {
    let listed = |id: &&catalogue::MethodologyId| service.listings.iter().any(|listing| listing.methodology == **id);
    catalogue::MethodologyId::ALL.iter().filter(listed).copied().map(Methodology).collect()
}

/// The day of the tariff.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ServiceQuery {
    /// The day of the tariff, and of who confirms that the service fits; today where left out.
    #[param(value_type = Option<String>, format = Date, example = "2023-03-01")]
    date: Option<Date>,
}

/// Get a service
///
/// A service of the catalogue with its description, limits, tariff on a day and tariff history.
#[utoipa::path(
    tag = "catalogue",
    params(("code" = String, Path, description = "Code of the service", example = "home_care", max_length = 100), ServiceQuery),
    responses(
        (status = 200, description = "The service", body = ServiceResponse,
            example = json!(examples::shown(|parameters, language| {
                let service = parameters.catalogue.find("home_care").ok_or(ApiError::NotFound)?;
                let date = NaiveDate::from_ymd_opt(2023, 3, 1).unwrap_or_default();
                Ok(service_on(parameters, service, date, language))
            }))),
        Failures, Missing,
    ),
)]
#[get("/v1/services/{code}")]
pub(crate) async fn get_service(
    state: Data<ApiState>,
    language: Accepted,
    code: Path<String>,
    query: Query<ServiceQuery>,
) -> Result<Localised<ServiceResponse>, ApiError> {
    let service = state.parameters.catalogue.find(&code).ok_or(ApiError::NotFound)?;
    let date = query.0.date.map_or_else(|| state.today(), |date| date.0);
    Ok(Localised(service_on(&state.parameters, service, date, language.0), language.0))
}

fn service_on(
    parameters: &Parameters,
    service: &catalogue::Service,
    date: NaiveDate,
    language: Language,
) -> ServiceResponse {
    let tariffs = &parameters.tariffs;
    let text = |text: &Text| text.in_language(language).to_owned();
    let tariff = |tariff: &std::sync::Arc<Tariff>| TariffResponse::new(tariff, language);
    ServiceResponse {
        code: service.code.clone(),
        name: text(&service.name),
        unit: Unit(service.unit),
        form: ServiceForm(service.form),
        targets: service.targets.iter().copied().map(ServiceTarget).collect(),
        group: ServiceGroup(service.group),
        payable: service.payable,
        price_kind: service.price_kind.map(PriceKind),
        listings: service
            .listings
            .iter()
            .map(|listing| ListingResponse {
                methodology: Methodology(listing.methodology),
                area: listing.area,
                number: listing.number,
                source: ReferenceResponse::new(&listing.source, language),
            })
            .collect(),
        from_months: service.age.and_then(|age| age.from_months),
        to_months: service.age.and_then(|age| age.to_months),
        usual_ages: service.age.is_some_and(|age| age.usual),
        impairments: service.impairments.iter().copied().map(Impairment).collect(),
        yearly_volumes: service
            .yearly
            .iter()
            .map(|yearly| YearlyVolumeResponse {
                methodology: Methodology(yearly.methodology),
                volume: Quantity(yearly.volume),
                kind: YearlyVolumeKind(yearly.kind),
                condition: yearly.condition.map(YearlyVolumeCondition),
            })
            .collect(),
        specialist_confirmation: service.needs_specialist(date),
        specialist_confirmations: service
            .confirmations
            .iter()
            .map(|known| ConfirmationResponse {
                required: known.required,
                valid_from: Date(known.valid_from),
                source: ReferenceResponse::new(&known.source, language),
            })
            .collect(),
        description: service.description.fields().map(|(name, about)| (name.to_owned(), text(about))).collect(),
        note: service.note.as_ref().map(text),
        tariff: tariffs.on(&service.code, date).map(tariff),
        tariffs: tariffs.history(&service.code).iter().chain(tariffs.scoped(&service.code)).map(tariff).collect(),
    }
}

/// Which suggestions to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PlanSuggestionsQuery {
    /// For this impairment.
    #[param(inline)]
    impairment: Option<Impairment>,
}

/// A service that a suggestion names.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SuggestedService {
    /// Code of the service.
    code: String,
    /// Name of the service.
    name: String,
}

/// A problem of a child, what to aim at and which services help.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanSuggestionResponse {
    /// The impairment.
    impairment: Impairment,
    /// The problem.
    problem: String,
    /// Goals.
    goals: Vec<String>,
    /// Services that serve the goals.
    services: Vec<SuggestedService>,
    /// Where it stands.
    source: ReferenceResponse,
}

/// Suggestions in the order of the source.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanSuggestionList {
    /// The suggestions.
    items: Vec<PlanSuggestionResponse>,
}

/// List plan suggestions
///
/// What the children methodology suggests for a support plan: by impairment, a problem, the goals and the services that
/// serve them.
#[utoipa::path(
    tag = "catalogue",
    params(PlanSuggestionsQuery),
    responses(
        (status = 200, description = "The suggestions", body = PlanSuggestionList,
            example = json!(examples::shown(|parameters, language| Ok(suggestions(parameters, None, language))))),
        Failures,
    ),
)]
#[get("/v1/plan-suggestions")]
pub(crate) async fn list_plan_suggestions(
    state: Data<ApiState>,
    language: Accepted,
    query: Query<PlanSuggestionsQuery>,
) -> Result<Localised<PlanSuggestionList>, ApiError> {
    Ok(Localised(suggestions(&state.parameters, query.0.impairment, language.0), language.0))
}

fn suggestions(parameters: &Parameters, impairment: Option<Impairment>, language: Language) -> PlanSuggestionList {
    let text = |text: &Text| text.in_language(language).to_owned();
    let asked = |suggestion: &&catalogue::PlanSuggestion| {
        impairment.is_none_or(|impairment| suggestion.impairment == impairment.0)
    };
    let suggestions = parameters.catalogue.suggestions().iter().filter(asked);
    let items = suggestions.map(|suggestion| PlanSuggestionResponse {
        impairment: Impairment(suggestion.impairment),
        problem: text(&suggestion.problem),
        goals: suggestion.goals.iter().map(text).collect(),
        services: suggestion
            .services
            .iter()
            .map(|service| SuggestedService { code: service.code.clone(), name: text(&service.name) })
            .collect(),
        source: ReferenceResponse::new(&suggestion.source, language),
    });
    PlanSuggestionList { items: items.collect() }
}
