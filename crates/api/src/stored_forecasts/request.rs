//! The request of `/v1/stored-forecasts`, and the request of `/v1/forecasts` that it becomes.

use balsts_app::{PopulationRequest, TriedDraft};
use balsts_domain::{
    access::MunicipalityCode,
    funding,
    month::Month,
    parameters::{catalogue::MethodologyId, municipalities::Municipalities},
    population::{self, Adjustment, PopulationPlace, StoredGroup},
    text::{Language, Message},
    what_if::Sums,
};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Map, Value, json, value::RawValue};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    bounds::{Count, Label, List},
    i18n::render,
    methodology_versions::{MethodologyContent, parsed_content},
    names::{ForecastRounding, FundingVariant, Methodology, PlanningRegion, PopulationAmounts},
    problem::ApiError,
    types::{Amount, Atvk, Date, Growth, Percent, YearMonth},
};

type Adjustments = List<PopulationAdjustment, 0, 200>;

/// How a group will change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PopulationAdjustment {
    /// The label of a group as the answer has it, or the methodology of several; that of a group comes before that of its methodology.
    group: Label,
    /// By how many percent its people become more; negative where they become fewer.
    growth_percent: Option<Growth>,
    /// Percent of them that get a budget; all where left out.
    uptake_percent: Option<Percent>,
}

/// What to count, and what to forecast of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateStoredForecast {
    /// The day whose parameters and funding percentages hold.
    date: Date,
    /// Which amount of a budget is its yearly amount; `indicative` where left out. Of the others only budgets with a signed plan count.
    amounts: Option<PopulationAmounts>,
    /// Only budgets that were calculated by the end of this month, and for `paid` the twelve months up to it; where left out, all that
    /// are not closed, and the twelve months that are over.
    month: Option<YearMonth>,
    /// Only budgets of this methodology, as far as it is told apart.
    methodology: Option<Methodology>,
    /// Only those municipalities of this region that may be told. Not with `municipality`.
    region: Option<PlanningRegion>,
    /// Only budgets of this municipality.
    municipality: Option<Atvk>,
    /// A draft to compare with, for indicative amounts: a second scenario over the budgets that both accept.
    methodology_version: Option<Uuid>,
    /// The same of a content that is not stored. Not with `methodology_version`.
    #[schema(value_type = Option<MethodologyContent>)]
    content: Option<Box<RawValue>>,
    /// How groups will change.
    #[schema(inline)]
    adjustments: Option<Adjustments>,
    /// People for each worker; the parameter of the day where left out.
    caseload: Option<Count>,
    /// Yearly cost of a full-time worker, EUR; the parameter of the day where left out.
    worker_yearly_cost: Option<Amount>,
    /// Administration in percent of services and operations; the parameter of the day where left out.
    admin_percent: Option<Percent>,
    /// Who pays.
    variant: FundingVariant,
    /// What yearly figures are rounded to; cents where left out.
    rounding: Option<ForecastRounding>,
}

/// What is asked for beside the population.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) amounts: population::PopulationAmounts,
    pub(super) month: Option<Month>,
    pub(super) of: (PopulationPlace, Option<MethodologyId>),
    pub(super) adjustments: Vec<Adjustment>,
    pub(super) is_drafted: bool,
    /// The members of each scenario beside its name and groups.
    common: Map<String, Value>,
}

impl CreateStoredForecast {
    /// # Errors
    /// What does not go together.
    pub(super) fn parsed(
        self,
        municipalities: &Municipalities,
        today: NaiveDate,
    ) -> Result<(Options, PopulationRequest), ApiError> {
        let amounts = self.amounts.map_or(population::PopulationAmounts::Indicative, |amounts| amounts.0);
        let place = place(self.municipality.map(|code| code.0), self.region, municipalities);
        let month = self.month.map(|month| month.0);
        let ahead = month
            .filter(|month| *month > Month::of(today))
            .map(|_| ApiError::refuse("/month", "date_out_of_range", Message::new("population-month-ahead")));
        let adjustments: Vec<Adjustment> =
            self.adjustments.into_iter().flatten().map(PopulationAdjustment::parsed).collect();
        let changed = population::check(&adjustments).map_err(|refusals| ApiError::refused(&refusals));
        let draft = draft(self.methodology_version, self.content.as_deref(), amounts);
        let faults = [place.as_ref().err(), ahead.as_ref(), changed.as_ref().err(), draft.as_ref().err()];
        if let Some(error) = faults.into_iter().flatten().cloned().reduce(ApiError::and) {
            return Err(error);
        }
        let (place, draft) = (place?, draft?);
        let methodology = self.methodology.map(|methodology| methodology.0);
        let mut common = Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                common.insert(name.to_owned(), value);
            }
        };
        put("date", Some(json!(self.date)));
        put("caseload", self.caseload.map(|caseload| json!(caseload)));
        put("worker_yearly_cost", self.worker_yearly_cost.map(|cost| json!(cost)));
        put("admin_percent", self.admin_percent.map(percent));
        put("variant", Some(json!(self.variant)));
        put("funded_group", methodology.map(|methodology| json!(funded(methodology))));
        put("rounding", self.rounding.map(|rounding| json!(rounding)));
        let options =
            Options { amounts, month, of: (place, methodology), adjustments, is_drafted: draft.is_some(), common };
        Ok((options, PopulationRequest { date: self.date.0, amounts, month, draft }))
    }
}

impl PopulationAdjustment {
    fn parsed(self) -> Adjustment {
        Adjustment {
            group: self.group.0,
            growth_percent: self.growth_percent.map(|growth| growth.0),
            uptake_percent: self.uptake_percent.map(|uptake| uptake.0),
        }
    }
}

const fn funded(methodology: MethodologyId) -> funding::FundedGroup {
    match methodology {
        MethodologyId::Children2023 | MethodologyId::ChildrenPilot2018 => funding::FundedGroup::Children,
        MethodologyId::Adults2023 => funding::FundedGroup::Adults,
    }
}

fn percent(percent: Percent) -> Value {
    json!(percent.0.normalize().to_string())
}

fn place(
    municipality: Option<MunicipalityCode>,
    region: Option<PlanningRegion>,
    municipalities: &Municipalities,
) -> Result<PopulationPlace, ApiError> {
    match (municipality, region) {
        (Some(_), Some(_)) => {
            Err(ApiError::refuse("/region", "conflicting_fields", Message::new("population-place-twice")))
        }
        (Some(code), None) if municipalities.find(code).is_none() => Err(ApiError::refuse(
            "/municipality",
            "unknown_code",
            Message::new("population-unknown-municipality").with("code", code),
        )),
        (Some(code), None) => Ok(PopulationPlace::Municipality(code)),
        (None, Some(region)) => Ok(PopulationPlace::Region(region.0)),
        (None, None) => Ok(PopulationPlace::Country),
    }
}

fn draft(
    version: Option<Uuid>,
    content: Option<&RawValue>,
    amounts: population::PopulationAmounts,
) -> Result<Option<TriedDraft>, ApiError> {
    let conflict = |member, key: &'static str| Err(ApiError::refuse(member, "conflicting_fields", Message::new(key)));
    let is_indicative = amounts == population::PopulationAmounts::Indicative;
    match (version, content) {
        (Some(_), Some(_)) => conflict("/content", "population-draft-twice"),
        (Some(_), None) if !is_indicative => conflict("/methodology_version", "population-draft-of-stored"),
        (None, Some(_)) if !is_indicative => conflict("/content", "population-draft-of-stored"),
        (Some(id), None) => Ok(Some(TriedDraft::Version(id))),
        (None, Some(content)) => Ok(Some(TriedDraft::Content(Box::new(parsed_content(content)?)))),
        (None, None) => Ok(None),
    }
}

impl Options {
    /// The months whose payments count.
    pub(super) fn paid_months(&self, wanted: &PopulationRequest, today: NaiveDate) -> Option<(Month, Month)> {
        (self.amounts == population::PopulationAmounts::Paid).then(|| wanted.paid_months(today))
    }

    /// The request of `/v1/forecasts`.
    pub(super) fn forecast(&self, groups: &[StoredGroup], language: Language) -> Value {
        let name = |key: &'static str| render(&Message::new(key), language);
        let mut scenarios = vec![self.scenario(&name("population-in-force"), groups, |sums| sums.current)];
        if self.is_drafted {
            scenarios.push(self.scenario(&name("population-draft"), groups, |sums| sums.draft));
        }
        json!({ "scenarios": scenarios })
    }

    fn scenario(&self, name: &str, groups: &[StoredGroup], amount: fn(&Sums) -> balsts_domain::money::Money) -> Value {
        let group = |group: &StoredGroup| {
            let adjustment = population::adjustment(group, &self.adjustments);
            let mut shown = json!({
                "group": group.label,
                "people": group.grown(adjustment.and_then(|adjustment| adjustment.growth_percent)),
                "yearly_amount": group.average(amount(&group.sums)),
            });
            if let (Some(uptake), Some(members)) =
                (adjustment.and_then(|adjustment| adjustment.uptake_percent), shown.as_object_mut())
            {
                members.insert("uptake_percent".to_owned(), percent(Percent(uptake)));
            }
            shown
        };
        let groups: Vec<Value> = match groups {
            [] => vec![json!({"group": "other", "people": 0, "yearly_amount": "0.00"})],
            groups => groups.iter().map(group).collect(),
        };
        let mut members = self.common.clone();
        members.insert("name".to_owned(), json!(name));
        members.insert("groups".to_owned(), json!(groups));
        Value::Object(members)
    }
}
