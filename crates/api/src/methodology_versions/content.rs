//! What a version adds to the parameters, as a schema. The members are those of the data files, and the domain reads them
//! itself; these types only say what fits.

use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use utoipa::ToSchema;
use uuid::Uuid;

use balsts_domain::{parameters::overlay::Overlay, text::Message};

use crate::{
    body,
    bounds::{Label, Sentences},
    names::{
        Impairment, Methodology, PriceKind, ServiceForm, ServiceGroup, ServiceTarget, Unit, YearlyVolumeCondition,
        YearlyVolumeKind,
    },
    problem::ApiError,
    types::{Amount, Atvk, Date},
};

/// A text in both languages.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "a schema")]
pub(crate) struct BilingualText {
    /// In Latvian.
    lv: Sentences,
    /// In English.
    en: Sentences,
}

/// A place in a document.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "a schema")]
pub(crate) struct NewReference {
    /// Identifier of the document: a known one, or one of `documents`.
    document: Label,
    /// Place in it.
    section: BilingualText,
}

/// A document that the rest refers to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "a schema")]
pub(crate) struct NewDocument {
    /// Short identifier.
    id: Label,
    /// Title.
    title: BilingualText,
}

/// The code of a service.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, pattern = "^[a-z][a-z0-9_]*$", max_length = 100, example = "home_care")]
#[allow(dead_code, reason = "a schema")]
pub(crate) struct ServiceCode(pub(crate) String);

/// A new price of a service: in the whole country, or where it names a municipality or a provider, there alone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "a schema")]
pub(crate) struct NewTariffRequest {
    /// Code of the service.
    service: ServiceCode,
    /// EUR a unit.
    amount: Amount,
    /// What the price is for: the service's unit.
    unit: Unit,
    /// How the price comes about.
    price_kind: PriceKind,
    /// The municipality in which alone it holds.
    municipality: Option<Atvk>,
    /// The provider at which alone it holds; not both.
    provider: Option<Uuid>,
    /// First day.
    valid_from: Date,
    /// Last day; none while nothing later is known.
    valid_to: Option<Date>,
    /// Legal source.
    source: NewReference,
}

/// A service's place in the list of a methodology.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "a schema")]
pub(crate) struct NewListing {
    /// The methodology.
    methodology: Methodology,
    /// Support area.
    #[schema(maximum = 99)]
    area: Option<u8>,
    /// Number in the source's list.
    #[schema(maximum = 255)]
    number: Option<u8>,
    /// Where it is listed.
    source: NewReference,
}

/// Ages in completed months that a service is limited to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "a schema")]
pub(crate) struct NewAgeLimit {
    /// From so many.
    #[schema(maximum = 1800)]
    from_months: Option<u32>,
    /// Below so many.
    #[schema(maximum = 1800)]
    to_months: Option<u32>,
}

/// A volume for 12 months that a plan is checked against.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "a schema")]
pub(crate) struct NewYearlyVolume {
    /// The methodology that sets it.
    methodology: Methodology,
    /// Volume in the service's unit.
    #[schema(value_type = String, format = "decimal", pattern = r"^[0-9]{1,12}(\.[0-9]{1,3})?$", example = "37.5")]
    volume: String,
    /// Whether it binds.
    kind: YearlyVolumeKind,
    /// For whom, where not for all.
    when: Option<YearlyVolumeCondition>,
}

/// The description of a service.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "a schema")]
pub(crate) struct NewDescription {
    /// What the service is.
    definition: Option<BilingualText>,
    /// What it aims at.
    aim: Option<BilingualText>,
    /// Whom it serves.
    direct_target_group: Option<BilingualText>,
    /// Who else gains.
    indirect_target_group: Option<BilingualText>,
    /// What it consists of.
    content: Option<BilingualText>,
    /// Who provides it.
    specialists: Option<BilingualText>,
    /// When it is provided.
    when_provided: Option<BilingualText>,
    /// How much of it.
    volume: Option<BilingualText>,
    /// What should come of it.
    expected_results: Option<BilingualText>,
    /// Who may receive it.
    receipt_criteria: Option<BilingualText>,
    /// What both sides owe each other.
    rights_and_duties: Option<BilingualText>,
    /// What a provider must meet.
    provider_requirements: Option<BilingualText>,
    /// Legal acts.
    legal_acts: Option<BilingualText>,
}

/// A new service of the catalogue.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "a schema")]
pub(crate) struct NewService {
    /// Stable code.
    code: ServiceCode,
    /// Name.
    name: BilingualText,
    /// What it is counted in.
    unit: Unit,
    /// Alone or with others.
    form: ServiceForm,
    /// Whom it is for.
    #[schema(min_items = 1, max_items = 4)]
    targets: Vec<ServiceTarget>,
    /// Its group in statistics.
    group: ServiceGroup,
    /// Whether the individual budget may pay for it.
    payable: bool,
    /// How its price usually comes about.
    price_kind: Option<PriceKind>,
    /// Where it is listed.
    #[schema(required = false, max_items = 10)]
    methodologies: Vec<NewListing>,
    /// Ages it is limited to.
    age: Option<NewAgeLimit>,
    /// Impairments it is bound to.
    #[schema(required = false, max_items = 6)]
    impairments: Vec<Impairment>,
    /// Yearly maxima and averages.
    #[schema(required = false, max_items = 10)]
    yearly: Vec<NewYearlyVolume>,
    /// Description.
    description: NewDescription,
    /// Remark.
    note: Option<BilingualText>,
}

/// That a specialist has to confirm a service from a day on, or no more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "a schema")]
pub(crate) struct NewConfirmation {
    /// Code of the service: a listed one, or one of `services`.
    service: ServiceCode,
    /// Whether only a specialist can certify that the service fits a person.
    required: bool,
    /// First day; it ends what was said before.
    valid_from: Date,
    /// Legal source.
    source: NewReference,
}

/// A whole new period of a methodology.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "a schema")]
pub(crate) struct NewPeriodRequest {
    /// The methodology.
    methodology: Methodology,
    /// The period: an item of `versions` of the methodology's data file, as JSON. Its own `version` and `valid_from` are new.
    #[schema(value_type = Object)]
    period: Value,
}

/// What is added to the parameters of the model. What is there already stays: a tariff ends the one before it
/// in the country, or of the same kind at its municipality or provider, a period of a
/// methodology the one before it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "a schema")]
pub(crate) struct MethodologyContent {
    /// Documents that the rest refers to.
    #[schema(required = false, max_items = 100)]
    documents: Vec<NewDocument>,
    /// Services.
    #[schema(required = false, max_items = 200)]
    services: Vec<NewService>,
    /// Tariffs.
    #[schema(required = false, max_items = 500)]
    tariffs: Vec<NewTariffRequest>,
    /// Which services a specialist has to confirm, and which no more.
    #[schema(required = false, max_items = 200)]
    specialist_confirmations: Vec<NewConfirmation>,
    /// Periods of methodologies.
    #[schema(required = false, max_items = 10)]
    methodologies: Vec<NewPeriodRequest>,
}

/// Reads a content that fits the schema.
///
/// # Errors
/// 400 with the place of what does not fit.
pub(crate) fn parsed(content: &RawValue) -> Result<Overlay, ApiError> {
    let mut deserializer = serde_json::Deserializer::from_str(content.get());
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let at = format!("/content{}", body::pointer(error.path()));
        ApiError::unfit(at, "invalid_value", Message::new("fault-invalid-value"))
    })
}
