//! `/v1/offers` and `/v1/providers/{id}/offers`: what providers offer for what price, over what time. A price that changes is
//! another offer.

use actix_web::{
    HttpResponse, get,
    http::header::{CONTENT_LANGUAGE, ETAG},
    post, put,
    web::{Data, Path},
};
use balsts_app::{Call, OfProvider, Offer, OfferFilter, RecordedAnswer};
use balsts_domain::{
    access::{MunicipalityCode, Permission, Role},
    money::Money,
    offers::{OfferedService, Place, Terms, Validity},
    text::Message,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiState,
    body::{self, Json, Query, RawJson},
    bounds::Label,
    i18n::{Accepted, Localised},
    identity::Identified,
    names::{DeliveryPlace, PriceKind, Unit},
    pages::{cut, page_size},
    preconditions::{self, IdempotencyKey, IfMatch, RequestId, created, etag},
    problem::{AccessFailures, ApiError, BodyFailures, Failures, Missing, PreconditionFailures, language_tag},
    providers::OFFER,
    types::{Amount, Atvk, Date, Euros},
};

const READ: Permission = Permission { municipal: Role::ALL, scope: "providers:read" };
/// Everybody but the providers: each sees its own offers only.
pub(crate) const SEARCH: Permission = Permission {
    municipal: &[
        Role::SocialWorker,
        Role::OfficeHead,
        Role::BudgetManager,
        Role::Accountant,
        Role::AssessmentSpecialist,
        Role::ProgrammeTeam,
        Role::MinistryReviewer,
        Role::MinistryAdmin,
        Role::Recipient,
        Role::Auditor,
    ],
    scope: "providers:read",
};

/// Where a service is given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlaceRequest {
    /// What kind of place it is.
    kind: DeliveryPlace,
    /// Its address; an institution has one.
    address: Option<Label>,
    /// The municipality that it lies in.
    municipality: Option<Atvk>,
}

/// An offer as it is added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateOffer {
    /// Code of the service.
    service: Label,
    /// Price of a unit of the service, EUR.
    price: Amount,
    /// How the price comes about.
    price_kind: PriceKind,
    /// What the provider asks for a unit in the free market or in its contracts with others, EUR.
    free_market_price: Option<Amount>,
    /// The price of a unit in its delegation contract, EUR.
    delegation_price: Option<Amount>,
    /// Where the service is given.
    place: PlaceRequest,
    /// First day.
    valid_from: Date,
    /// Last day, inclusive; left out while there is no end.
    valid_to: Option<Date>,
}

/// The end of an offer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndOffer {
    /// Last day, inclusive.
    valid_to: Date,
}

/// Where a service is given.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlaceResponse {
    /// What kind of place it is.
    kind: DeliveryPlace,
    /// Its address.
    address: Option<String>,
    /// The municipality that it lies in.
    municipality: Option<Atvk>,
}

/// An offer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OfferResponse {
    /// Identifier of the offer at this price.
    id: Uuid,
    /// Identifier of the provider.
    provider_id: Uuid,
    /// Name of the provider; null where it is a natural person.
    provider_name: Option<String>,
    /// Code of the service.
    service: String,
    /// What the price is for: the unit of the service.
    unit: Option<Unit>,
    /// Price of a unit, EUR.
    price: Euros,
    /// How the price comes about.
    price_kind: PriceKind,
    /// What the provider asks from others, EUR.
    free_market_price: Option<Euros>,
    /// The price of its delegation contract, EUR.
    delegation_price: Option<Euros>,
    /// Where the service is given.
    place: PlaceResponse,
    /// First day.
    valid_from: Date,
    /// Last day, inclusive; null while there is no end.
    valid_to: Option<Date>,
    /// Whether the provider has a qualification document for the service that is valid on the day and that the caller's office has
    /// not found wanting.
    qualified: bool,
}

/// Offers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OfferList {
    /// The offers.
    items: Vec<OfferResponse>,
    /// Cursor of the next page; null on the last.
    next: Option<String>,
}

impl From<CreateOffer> for OfferedService {
    fn from(request: CreateOffer) -> Self {
        let PlaceRequest { kind, address, municipality } = request.place;
        Self {
            service: request.service.0,
            place: Place {
                kind: kind.0,
                address: address.map(|address| address.0),
                municipality: municipality.map(|code| code.0),
            },
            terms: Terms {
                price: request.price.0,
                kind: request.price_kind.0,
                free_market: request.free_market_price.map(|price| price.0),
                delegation: request.delegation_price.map(|price| price.0),
            },
            validity: Validity { from: request.valid_from.0, to: request.valid_to.map(|day| day.0) },
            qualifications: Vec::new(),
        }
    }
}

impl OfferResponse {
    fn new(offer: &Offer, state: &ApiState, day: NaiveDate, office: Option<MunicipalityCode>) -> Self {
        let OfferedService { service, place, terms, validity, qualifications: _ } = &offer.offered;
        Self {
            id: offer.id,
            provider_id: offer.provider_id,
            provider_name: offer.provider_name.clone(),
            service: service.clone(),
            unit: state.parameters.catalogue.find(service).map(|service| Unit(service.unit)),
            price: Euros(terms.price),
            price_kind: PriceKind(terms.kind),
            free_market_price: terms.free_market.map(Euros),
            delegation_price: terms.delegation.map(Euros),
            place: PlaceResponse {
                kind: DeliveryPlace(place.kind),
                address: place.address.clone(),
                municipality: place.municipality.map(Atvk),
            },
            valid_from: Date(validity.from),
            valid_to: validity.to.map(Date),
            qualified: offer.offered.is_qualified_on(day, office),
        }
    }
}

/// An invented offer.
fn example() -> Value {
    json!({
        "id": "018bcfe5-6800-7000-8000-000000000012", "provider_id": "018bcfe5-6800-7000-8000-000000000011",
        "provider_name": "SIA Demo", "service": "home_care", "unit": "hour", "price": "6.50", "price_kind": "market",
        "free_market_price": "7.00", "delegation_price": null,
        "place": {"kind": "home", "address": null, "municipality": null}, "valid_from": "2023-03-01", "valid_to": null,
        "qualified": true,
    })
}

/// Add an offer
///
/// Adds what the provider offers for a price. The one of the same service at the same place that has no end yet ends on the day
/// before: that is how a price changes. The price keeps the regulated and the delegated price of its first day, and what the
/// provider asks from others. With an `Idempotency-Key` a repeated request gets the first answer.
#[utoipa::path(
    tag = "providers",
    params(("id" = Uuid, Path, description = "Identifier of the provider"), IdempotencyKey),
    request_body(content = CreateOffer, example = json!({
        "service": "home_care", "price": "6.50", "price_kind": "market", "free_market_price": "7.00",
        "place": {"kind": "home"}, "valid_from": "2023-03-01",
    })),
    responses(
        (status = 201, description = "The offer", body = OfferResponse, example = json!(example())),
        AccessFailures, Failures, Missing, BodyFailures,
    ),
    security(("bearer" = ["providers:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "ministry_admin", "provider", "integrator"]))),
)]
#[post("/v1/providers/{id}/offers")]
pub(crate) async fn create_offer(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    key: IdempotencyKey,
    request_id: RequestId,
    id: Path<String>,
    body: RawJson,
) -> Result<HttpResponse, ApiError> {
    let (actor, provider) = (caller.actor(OFFER)?, preconditions::id(&id)?);
    let new: CreateOffer = body::parse(&body.0)?;
    let scope = state.app.scope_of_provider(&actor, OfProvider::Provider(provider)).await?;
    let hash = key.request_hash(&format!("POST /v1/providers/{provider}/offers"), &body.0);
    let call = Call { key: key.with(&hash), ..state.call(scope, request_id) };
    let answer = |offer: &Offer| RecordedAnswer {
        status: 201,
        body: serde_json::to_vec(&OfferResponse::new(offer, &state, actor.today, actor.municipality))
            .unwrap_or_default(),
    };
    let answer = state.app.create_offer(&call, &state.parameters, provider, new.into(), answer).await?;
    created(answer, Some("/v1/offers"), Some(1), language.0)
}

/// Where a page of a provider's offers begins.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProviderOffersQuery {
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<Uuid>,
}

/// List the offers of a provider
///
/// Every offer of the provider, those of old as well, in the order in which they were added.
#[utoipa::path(
    tag = "providers",
    params(("id" = Uuid, Path, description = "Identifier of the provider"), ProviderOffersQuery),
    responses(
        (status = 200, description = "A page of offers", body = OfferList,
            example = json!({"items": [example()], "next": null})),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["providers:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "budget_manager", "accountant", "assessment_specialist",
        "programme_team", "ministry_reviewer", "ministry_admin", "provider", "recipient", "auditor", "integrator"]))),
)]
#[get("/v1/providers/{id}/offers")]
pub(crate) async fn list_offers(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    id: Path<String>,
    query: Query<ProviderOffersQuery>,
) -> Result<Localised<OfferList>, ApiError> {
    let actor = caller.actor(READ)?;
    let limit = page_size(query.0.limit)?;
    let provider = preconditions::id(&id)?;
    let found = state.app.list_offers(&actor, provider, query.0.cursor, limit.saturating_add(1)).await?;
    let (found, next) = cut(found, limit, |offer| offer.id);
    let shown = |offer: &Offer| OfferResponse::new(offer, &state, actor.today, actor.municipality);
    Ok(Localised(OfferList { items: found.iter().map(shown).collect(), next }, language.0))
}

/// What to search for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OffersQuery {
    /// Code of the service.
    #[param(value_type = String, example = "home_care", min_length = 1, max_length = 200)]
    service: Label,
    /// Only of providers that serve this municipality.
    #[param(value_type = Option<String>, pattern = "^[0-9]{7}$", example = "0001000")]
    municipality: Option<Atvk>,
    /// Only at this price or a lower one, EUR.
    #[param(value_type = Option<String>, format = "decimal", pattern = r"^[0-9]{1,12}(\.[0-9]{1,2})?$", example = "7.00")]
    price_to: Option<Amount>,
    /// Only at a place of this kind.
    #[param(inline)]
    place: Option<DeliveryPlace>,
    /// Valid on this day; today where left out.
    #[param(value_type = Option<String>, format = Date, example = "2023-03-01")]
    on: Option<Date>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    #[param(pattern = r"^[0-9]{1,18}\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
    cursor: Option<String>,
}

/// The price and the identifier after which a page begins.
fn after(cursor: &str) -> Result<(Money, Uuid), ApiError> {
    let parsed = cursor.split_once('.').and_then(|(cents, id)| {
        Some((cents.parse::<i64>().ok().filter(|cents| *cents >= 0).map(Money::from_cents)?, id.parse().ok()?))
    });
    parsed.ok_or_else(|| ApiError::unfit("/cursor", "invalid_format", Message::new("fault-pattern")))
}

/// Search offers
///
/// The offers of a service on a day, the cheapest first, of all providers of the country or of those that serve a municipality.
#[utoipa::path(
    tag = "providers",
    params(OffersQuery),
    responses(
        (status = 200, description = "A page of offers", body = OfferList,
            example = json!({"items": [example()], "next": null})),
        AccessFailures, Failures,
    ),
    security(("bearer" = ["providers:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "budget_manager", "accountant", "assessment_specialist",
        "programme_team", "ministry_reviewer", "ministry_admin", "recipient", "auditor", "integrator"]))),
)]
#[get("/v1/offers")]
pub(crate) async fn search_offers(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    query: Result<Query<OffersQuery>, ApiError>,
) -> Result<Localised<OfferList>, ApiError> {
    // Before the query, so that who may not search is told no more.
    let actor = caller.actor(SEARCH)?;
    let OffersQuery { service, municipality, price_to, place, on, limit, cursor } = query?.0;
    let (limit, on) = (page_size(limit)?, on.map_or(actor.today, |day| day.0));
    let filter = OfferFilter {
        service: service.0,
        on,
        municipality: municipality.map(|code| code.0),
        price_to: price_to.map(|price| price.0),
        place: place.map(|place| place.0),
        after: cursor.as_deref().map(after).transpose()?,
    };
    let found = state.app.search_offers(&filter, limit.saturating_add(1)).await?;
    let cursor = |offer: &Offer| format!("{}.{}", offer.offered.terms.price.cents().unwrap_or(i64::MAX), offer.id);
    let (found, next) = cut(found, limit, cursor);
    let shown = |offer: &Offer| OfferResponse::new(offer, &state, on, actor.municipality);
    Ok(Localised(OfferList { items: found.iter().map(shown).collect(), next }, language.0))
}

/// Get an offer
///
/// One offer, with the `ETag` that a change needs.
#[utoipa::path(
    tag = "providers",
    params(("id" = Uuid, Path, description = "Identifier of the offer")),
    responses(
        (status = 200, description = "The offer", body = OfferResponse, example = json!(example())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = ["providers:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "budget_manager", "accountant", "assessment_specialist",
        "programme_team", "ministry_reviewer", "ministry_admin", "provider", "recipient", "auditor", "integrator"]))),
)]
#[get("/v1/offers/{id}")]
pub(crate) async fn get_offer(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let actor = caller.actor(READ)?;
    let offer = state.app.get_offer(&actor, preconditions::id(&id)?).await?;
    Ok(HttpResponse::Ok()
        .insert_header((ETAG, etag(offer.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language.0)))
        .json(OfferResponse::new(&offer, &state, actor.today, actor.municipality)))
}

/// End an offer
///
/// Sets the last day of an offer, not later than the one that it has. What was ordered at its price stays so.
#[utoipa::path(
    tag = "providers",
    params(("id" = Uuid, Path, description = "Identifier of the offer"), IfMatch),
    request_body(content = EndOffer, example = json!({"valid_to": "2023-12-31"})),
    responses(
        (status = 200, description = "The offer", body = OfferResponse, example = json!(example())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["providers:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "ministry_admin", "provider", "integrator"]))),
)]
#[put("/v1/offers/{id}/end")]
pub(crate) async fn end_offer(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<EndOffer>,
) -> Result<HttpResponse, ApiError> {
    let (actor, id) = (caller.actor(OFFER)?, preconditions::id(&id)?);
    let scope = state.app.scope_of_provider(&actor, OfProvider::Offer(id)).await?;
    let call = state.call(scope, request_id);
    let offer = state.app.end_offer(&call, (id, version.0), body.0.valid_to.0).await?;
    Ok(HttpResponse::Ok()
        .insert_header((ETAG, etag(offer.version)))
        .insert_header((CONTENT_LANGUAGE, language_tag(language.0)))
        .json(OfferResponse::new(&offer, &state, actor.today, actor.municipality)))
}
