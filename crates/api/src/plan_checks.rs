//! `/v1/plan-checks`: the rules of support plans, for whoever keeps plans elsewhere. Stateless.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{post, web::Data};
use balsts_domain::{
    offers::Terms,
    parameters::{Parameters, tariffs::Parties},
    plans::{
        PlanContent,
        amounts::{Amounts, Ceiling},
        check::{self, Before, OfferFacts, PersonFacts, PlanContext},
        corrections,
    },
    text::Language,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiState,
    body::{Json, off_thread},
    bounds::{Label, List},
    i18n::{Accepted, Localised},
    names::{Impairment, Methodology, PriceKind},
    plans::{
        PlanDraft, examples,
        response::{FindingResponse, PlanAmountsResponse, PlanCorrectionResponse},
    },
    problem::{ApiError, BodyFailures, Failures},
    types::{Amount, Date, UnitPrice, Units},
};

/// What the rules need to know of the person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanPerson {
    /// Birth date; ages are not checked without it.
    birth_date: Option<Date>,
    /// Impairments; not checked where left out.
    #[serde(default = "nothing")]
    #[schema(inline)]
    impairment_types: Impairments,
    /// Autism spectrum disorder.
    #[serde(default)]
    autism_spectrum: bool,
    /// The state transport allowance is granted.
    #[serde(default)]
    transport_allowance: bool,
    /// Whether the commission's opinion on the need of an escort was seen; not checked where left out.
    escort_opinion: Option<bool>,
}

/// An offer that lines of the plan name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanOffer {
    /// Its identifier, as the lines name it.
    id: Uuid,
    /// Code of the service.
    service: Label,
    /// How its price comes about.
    price_kind: PriceKind,
    /// Price of the offer, EUR a unit.
    price: UnitPrice,
    /// What the provider asks from others, EUR a unit.
    free_market_price: Option<UnitPrice>,
    /// Price of its delegation contract, EUR a unit.
    delegation_price: Option<UnitPrice>,
    /// First day.
    valid_from: Date,
    /// Last day; left out while it holds.
    valid_to: Option<Date>,
    /// Whether the provider's qualification is proven.
    qualified: bool,
}

type Impairments = List<Impairment, 0, 6>;
type StateServices = List<Label, 0, 20>;
type Recommended = List<Label, 0, 100>;
type PlanOffers = List<PlanOffer, 0, 100>;

fn nothing<T, const MOST: usize>() -> List<T, 0, MOST> {
    List(Vec::new())
}

/// A plan and what it is checked against.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanCheckRequest {
    /// Methodology of the budget.
    methodology: Methodology,
    /// Indicative budget of the period, EUR; in the pilot the final or provisional one.
    indicative: Amount,
    /// The part of it that the state pays, EUR.
    of_which_state: Option<Amount>,
    /// Codes of the services that the calculation counts as paid by the state.
    #[serde(default = "nothing")]
    #[schema(inline)]
    state_services: StateServices,
    /// Hours of home care that the calculation counts, in children-2023; not checked without.
    home_care: Option<Units>,
    /// The person.
    person: PlanPerson,
    /// The plan.
    plan: PlanDraft,
    /// Codes of the services that an opinion of the last completed assessment recommends: a service whose fit a specialist has to
    /// confirm is one of them.
    #[serde(default = "nothing")]
    #[schema(inline)]
    recommended_services: Recommended,
    /// The offers that its lines name.
    #[serde(default = "nothing")]
    #[schema(inline)]
    offers: PlanOffers,
}

/// What the rules say of a plan.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanCheckResponse {
    /// Whether it can be signed: nothing found is an error.
    can_be_signed: bool,
    /// Everything that is wrong with it, or worth knowing.
    findings: Vec<FindingResponse>,
    /// Its sums.
    amounts: PlanAmountsResponse,
    /// A correction that fits; null where the plan can be signed as it is, or where nothing fits.
    correction: Option<PlanCorrectionResponse>,
}

fn request() -> Value {
    json!({
        "methodology": "children-2023", "indicative": "21838.32", "of_which_state": "4819.20",
        "state_services": ["assistant"], "person": {"birth_date": "2018-01-15"}, "plan": examples::request(),
    })
}

fn answer() -> Value {
    let answer = examples::answer();
    json!({"can_be_signed": true, "findings": [], "amounts": answer.get("amounts"), "correction": null})
}

/// Check a support plan
///
/// Everything that is wrong with a plan at once: its sum against the indicative budget, prices, combinations of services,
/// yearly maxima, ages, schedule, priorities; and a correction that fits. Needs no login and stores nothing.
#[utoipa::path(
    tag = "rules",
    request_body(content = PlanCheckRequest, example = json!(request())),
    responses(
        (status = 200, description = "What the rules say", body = PlanCheckResponse, example = json!(answer())),
        Failures, BodyFailures,
    ),
)]
#[post("/v1/plan-checks")]
pub(crate) async fn check_plan(
    state: Data<ApiState>,
    language: Accepted,
    body: Json<PlanCheckRequest>,
) -> Result<Localised<PlanCheckResponse>, ApiError> {
    let language = language.0;
    Ok(Localised(off_thread(move || Ok(checked(&state.parameters, body.0, language))).await?, language))
}

fn checked(parameters: &Parameters, request: PlanCheckRequest, language: Language) -> PlanCheckResponse {
    let PlanCheckRequest {
        methodology,
        indicative,
        of_which_state,
        state_services,
        home_care,
        person,
        plan,
        recommended_services,
        offers,
    } = request;
    let content = PlanContent::from(plan);
    let recommended: BTreeSet<String> = recommended_services.0.into_iter().map(|code| code.0).collect();
    let ceiling = Ceiling {
        indicative: indicative.0,
        of_which_state: of_which_state.map(|amount| amount.0).unwrap_or_default(),
        state_services: state_services.0.into_iter().map(|code| code.0).collect(),
        home_care: home_care.map(|hours| hours.0),
    };
    let offers: BTreeMap<Uuid, OfferFacts> = offers
        .0
        .into_iter()
        .map(|offer| {
            let terms = Terms {
                price: offer.price.0,
                kind: offer.price_kind.0,
                free_market: offer.free_market_price.map(|price| price.0),
                delegation: offer.delegation_price.map(|price| price.0),
            };
            let day = content.from.max(offer.valid_from.0);
            // Neither provider nor municipality is known.
            let bounds = terms.offered_bounds(&parameters.tariffs, &offer.service.0, day, Parties::UNKNOWN);
            let facts = OfferFacts {
                provider: None,
                service: offer.service.0,
                price_kind: offer.price_kind.0,
                bounds,
                valid_from: offer.valid_from.0,
                valid_to: offer.valid_to.map(|day| day.0),
                qualified: offer.qualified,
            };
            (offer.id, facts)
        })
        .collect();
    let person = PersonFacts {
        birth_date: person.birth_date.map(|day| day.0),
        impairments: person.impairment_types.0.into_iter().map(|impairment| impairment.0).collect(),
        autism_spectrum: person.autism_spectrum,
        transport_allowance: person.transport_allowance,
        escort_opinion: person.escort_opinion,
    };
    let committed = BTreeMap::new();
    let context = PlanContext {
        parameters,
        methodology: methodology.0,
        person: &person,
        ceiling: &ceiling,
        municipality: None,
        before: &Before::default(),
        recommended: &recommended,
        offers: &offers,
        committed: &committed,
        signed: None,
    };
    let findings = check::findings(&content, &context);
    let can_be_signed = check::can_be_signed(&findings);
    let correction = if can_be_signed { None } else { corrections::correct(&content, &context).ok() };
    let correction = correction.map(|correction| {
        let findings = check::findings(&correction.content, &context);
        PlanCorrectionResponse::of(correction, &ceiling, &findings, language)
    });
    PlanCheckResponse {
        can_be_signed,
        findings: findings.iter().map(|finding| FindingResponse::new(finding, language)).collect(),
        amounts: PlanAmountsResponse::new(&Amounts::of(&content, &ceiling), &ceiling),
        correction,
    }
}
