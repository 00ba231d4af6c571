//! The requests of `/v1/budget-calculations`: one schema for each methodology, told apart by `methodology`.

use std::borrow::Cow;

use arrayvec::ArrayVec;
use balsts_domain::{
    adults::{AdultFacts, MOST_NEEDS, NamedNeed},
    calculation::CalculationFacts,
    children::{ChildFacts, HearingServices, MOST_CRITERIA, NamedCriterion},
    text::Message,
};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    body::{self, Members},
    bounds::CareLevel,
    names::{AdditionalNeed, HearingService, LivingArrangement, RespiteForm, Severity},
    problem::{ApiError, Fault},
    types::{Amount, Date},
};

/// The methodology of children.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
pub enum ChildrenMethodology {
    /// Approved in 2023.
    #[serde(rename = "children-2023")]
    Children2023,
}

/// The methodology of adults.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
pub enum AdultsMethodology {
    /// Approved in 2023.
    #[serde(rename = "adults-2023")]
    Adults2023,
}

/// Whether the state's special care benefit is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpecialCareBenefit {
    /// Not counted, the default.
    Excluded,
    /// Counted in full.
    Included,
}

/// A variable criterion that the social worker has identified.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "criterion", rename_all = "snake_case", deny_unknown_fields)]
pub enum Criterion {
    /// A parent works or studies; the child is over 1.5 years.
    #[schema(title = "ParentalEmployment")]
    ParentalEmployment {},
    /// Care and upbringing difficulties are found.
    #[schema(title = "UpbringingSupport")]
    UpbringingSupport {},
    /// Palliative status; heavy limitation; the child is over 1.5 years.
    #[schema(title = "PalliativeCare")]
    PalliativeCare {},
    /// Psychological support of the parents.
    #[schema(title = "ParentPsychology")]
    ParentPsychology {},
    /// Respite of the parents; heavy limitation.
    #[schema(title = "Respite")]
    Respite {
        /// Where respite is given.
        form: RespiteForm,
    },
    /// Psychological support of the child, of 3 years or more.
    #[schema(title = "ChildPsychology")]
    ChildPsychology {},
    /// A specialist's opinion or extract is shown.
    #[schema(title = "SpecialistSupport")]
    SpecialistSupport {},
    /// Vision impairment with a rehabilitation plan of the Society of the Blind.
    #[schema(title = "VisionSupport")]
    VisionSupport {
        /// A guide dog is asked for: 16-17 years, very severe limitation.
        guide_dog: Option<bool>,
    },
    /// Hearing impairment with a rehabilitation plan of the Association of the Deaf.
    #[schema(title = "HearingSupport")]
    HearingSupport {
        /// The services that the plan names; all six where left out.
        #[schema(value_type = Option<Vec<HearingService>>, min_items = 1, max_items = 6)]
        services: Option<ArrayVec<HearingService, 6>>,
    },
    /// Mobility for the services and activities of the plan.
    #[schema(title = "Mobility")]
    Mobility {
        /// EUR for the period, not above the ceiling; the ceiling where left out.
        amount: Option<Amount>,
    },
}

/// A child's indicative budget, asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChildCalculationRequest {
    #[schema(ignore)]
    id: Option<LineId>,
    /// The methodology.
    #[serde(rename = "methodology")]
    pub _methodology: ChildrenMethodology,
    /// The day of the calculation; it selects the parameters.
    pub date: Date,
    /// Birth date of the child.
    pub birth_date: Date,
    /// The commission's opinion on special care need; required below 14 years.
    pub special_care: Option<bool>,
    /// Severity of the functional limitation; required at 14-17 years, ignored below.
    pub severity: Option<Severity>,
    /// Autism spectrum disorder.
    #[schema(default = false)]
    pub autism_spectrum: Option<bool>,
    /// The state transport allowance is granted.
    #[schema(default = false)]
    pub transport_allowance: Option<bool>,
    /// Whether the state's special care benefit is counted.
    pub special_care_benefit: Option<SpecialCareBenefit>,
    /// The criteria that the social worker has identified, each once.
    #[schema(value_type = Option<Vec<Criterion>>, max_items = 10)]
    pub criteria: Option<ArrayVec<Members<Criterion>, MOST_CRITERIA>>,
}

/// The longest reason, characters; the schema says the same.
const LONGEST_REASON: usize = 2000;

/// An additional need that the social worker has identified.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NeedRequest {
    /// The need.
    pub need: AdditionalNeed,
    /// EUR a month, not above the ceiling; the ceiling where left out.
    pub amount: Option<Amount>,
    /// Why the amount is lower.
    #[schema(max_length = 2000)]
    pub reason: Option<String>,
}

/// An adult's indicative budget, asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdultCalculationRequest {
    #[schema(ignore)]
    id: Option<LineId>,
    /// The methodology.
    #[serde(rename = "methodology")]
    pub _methodology: AdultsMethodology,
    /// The day of the calculation; it selects the parameters.
    pub date: Date,
    /// Care level; required.
    pub care_level: Option<CareLevel>,
    /// Type of residence; required.
    pub living_arrangement: Option<LivingArrangement>,
    /// The needs that the social worker has identified, each once.
    #[schema(value_type = Option<Vec<NeedRequest>>, max_items = 3)]
    pub additional_needs: Option<ArrayVec<Members<NeedRequest>, MOST_NEEDS>>,
}

/// A calculation, told apart by its methodology.
#[derive(ToSchema)]
#[serde(untagged)]
#[schema(discriminator(property_name = "methodology", mapping(
    ("children-2023" = "#/components/schemas/ChildCalculationRequest"),
    ("adults-2023" = "#/components/schemas/AdultCalculationRequest"),
)))]
#[allow(dead_code, reason = "the schema of the two requests; each is parsed by its own type")]
pub enum BudgetCalculationRequest {
    /// A child.
    Child(ChildCalculationRequest),
    /// An adult.
    Adult(AdultCalculationRequest),
}

/// The caller's own identifier of a bulk line, echoed in its answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub(super) struct LineId(String);

/// What a line is about, read before all of it.
#[derive(Deserialize)]
struct Peek<'a> {
    #[serde(borrow, default)]
    methodology: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
}

/// Whether a request may carry an `id`: only a bulk line may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Single,
    BulkLine,
}

/// Parses a request; with it the `id` of a bulk line, as far as it could be read.
pub(crate) fn parse(bytes: &[u8], place: Place) -> (Option<String>, Result<CalculationFacts, ApiError>) {
    let peek: Peek<'_> = match serde_json::from_slice(bytes) {
        Ok(Members(peek)) => peek,
        Err(_) => return (None, Err(explain::<Members<Peek<'_>>>(bytes, "BudgetCalculationRequest", place))),
    };
    let id = peek.id.as_deref().map(ToOwned::to_owned);
    let facts = match peek.methodology.as_deref() {
        Some("children-2023") => typed(bytes, "ChildCalculationRequest", place, child),
        Some("adults-2023") => typed(bytes, "AdultCalculationRequest", place, adult),
        Some("children-pilot-2018") => Err(no_indicative_budget()),
        Some(_) => {
            let message = Message::new("fault-not-in-list").with("options", "children-2023, adults-2023");
            Err(ApiError::unfit("/methodology", "not_in_list", message))
        }
        None => {
            let message = Message::new("fault-required").with("name", "methodology");
            Err(ApiError::unfit("/methodology", "required", message))
        }
    };
    (id, facts)
}

/// The pilot has no indicative budget.
pub(super) fn no_indicative_budget() -> ApiError {
    ApiError::unfit("/methodology", "not_in_list", Message::new("fault-pilot-has-no-indicative-budget"))
}

fn typed<T: serde::de::DeserializeOwned>(
    bytes: &[u8],
    schema: &str,
    place: Place,
    facts: impl Fn(T, Place) -> Result<CalculationFacts, ApiError>,
) -> Result<CalculationFacts, ApiError> {
    let request = serde_json::from_slice(bytes).map_err(|_| explain::<T>(bytes, schema, place))?;
    facts(request, place)
}

fn explain<'de, T: Deserialize<'de>>(bytes: &'de [u8], schema: &str, place: Place) -> ApiError {
    match place {
        Place::Single => body::explain::<T>(bytes, schema, body::no_other_faults),
        Place::BulkLine => body::explain::<T>(bytes, schema, |line| {
            let id = line.as_object_mut().and_then(|members| members.remove("id"));
            match id {
                None | Some(Value::Null | Value::String(_)) => Vec::new(),
                Some(_) => vec![Fault {
                    pointer: "/id".to_owned(),
                    code: "wrong_type",
                    message: Message::new("fault-wrong-type"),
                }],
            }
        }),
    }
}

fn check_id(id: Option<&LineId>, place: Place) -> Result<(), ApiError> {
    match id {
        Some(_) if place == Place::Single => {
            Err(ApiError::unfit("/id", "unknown_field", Message::new("fault-unknown-field")))
        }
        Some(id) if id.0.len() > 200 => {
            Err(ApiError::unfit("/id", "too_long", Message::new("fault-max-length").with("limit", 200)))
        }
        _ => Ok(()),
    }
}

fn child(request: ChildCalculationRequest, place: Place) -> Result<CalculationFacts, ApiError> {
    check_id(request.id.as_ref(), place)?;
    let mut faults = Vec::new();
    let named =
        request.criteria.into_iter().flatten().enumerate().map(|(position, Members(criterion))| match criterion {
            Criterion::ParentalEmployment {} => NamedCriterion::ParentalEmployment,
            Criterion::UpbringingSupport {} => NamedCriterion::UpbringingSupport,
            Criterion::PalliativeCare {} => NamedCriterion::PalliativeCare,
            Criterion::ParentPsychology {} => NamedCriterion::ParentPsychology,
            Criterion::Respite { form } => NamedCriterion::Respite { form: form.0 },
            Criterion::ChildPsychology {} => NamedCriterion::ChildPsychology,
            Criterion::SpecialistSupport {} => NamedCriterion::SpecialistSupport,
            Criterion::VisionSupport { guide_dog } => {
                NamedCriterion::VisionSupport { guide_dog: guide_dog == Some(true) }
            }
            Criterion::HearingSupport { services } => NamedCriterion::HearingSupport {
                services: match services {
                    None => HearingServices::all(),
                    Some(services) => {
                        if services.is_empty() {
                            let message = Message::new("fault-min-items").with("limit", 1);
                            faults.push(Fault {
                                pointer: format!("/criteria/{position}/services"),
                                code: "too_few",
                                message,
                            });
                        }
                        services.into_iter().map(|service| service.0).collect()
                    }
                },
            },
            Criterion::Mobility { amount } => NamedCriterion::Mobility { amount: amount.map(|amount| amount.0) },
        });
    let criteria = named.collect();
    if !faults.is_empty() {
        return Err(ApiError::Unfit(faults));
    }
    Ok(CalculationFacts::Child(ChildFacts {
        date: request.date.0,
        birth_date: request.birth_date.0,
        special_care: request.special_care,
        severity: request.severity.map(|severity| severity.0),
        autism_spectrum: request.autism_spectrum == Some(true),
        transport_allowance: request.transport_allowance == Some(true),
        special_care_benefit: request.special_care_benefit == Some(SpecialCareBenefit::Included),
        criteria,
    }))
}

fn adult(request: AdultCalculationRequest, place: Place) -> Result<CalculationFacts, ApiError> {
    check_id(request.id.as_ref(), place)?;
    let mut faults = Vec::new();
    let mut fault = |pointer: String, code, message: &'static str, limit: usize| {
        faults.push(Fault { pointer, code, message: Message::new(message).with("limit", limit) });
    };
    let needs = request.additional_needs.into_iter().flatten().enumerate().map(|(position, Members(need))| {
        if need.reason.as_ref().is_some_and(|reason| reason.chars().count() > LONGEST_REASON) {
            fault(format!("/additional_needs/{position}/reason"), "too_long", "fault-max-length", LONGEST_REASON);
        }
        NamedNeed { need: need.need.0, amount: need.amount.map(|amount| amount.0), reason: need.reason }
    });
    let needs = needs.collect();
    if !faults.is_empty() {
        return Err(ApiError::Unfit(faults));
    }
    Ok(CalculationFacts::Adult(AdultFacts {
        date: request.date.0,
        care_level: request.care_level.and_then(|level| u8::try_from(level.0).ok()),
        living_arrangement: request.living_arrangement.map(|arrangement| arrangement.0),
        needs,
    }))
}
