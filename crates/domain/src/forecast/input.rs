//! What a forecast is asked for, and what may be wrong with it.

use std::collections::HashSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{ForecastParameters, ForecastRounding, FundingRefusal, bounds};
use crate::{
    funding::{FundedGroup, FundingVariant},
    money::Money,
    text::{Message, Refusal},
};

/// People of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PopulationGroup {
    /// Label, unique in the input.
    pub group: String,
    /// People of the group.
    pub people: u32,
    /// Percent of them that get a budget; all where not given.
    pub uptake_percent: Option<Decimal>,
    /// Average amount of a year for one of them, EUR. Needed unless the total of all services is given.
    pub yearly_amount: Option<Money>,
}

/// A need that some people have beside their group's average.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdditionalNeed {
    /// Label, unique in the input.
    pub need: String,
    /// People that have it.
    pub people: u32,
    /// Amount of a year for one of them, EUR.
    pub yearly_amount: Money,
}

/// What to forecast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForecastInput {
    /// The day whose parameters and funding percentages hold.
    pub date: NaiveDate,
    /// Population groups.
    pub groups: Vec<PopulationGroup>,
    /// Additional needs; they come on top of the groups or of the given total.
    pub additional_needs: Vec<AdditionalNeed>,
    /// The services of all groups in a year, EUR, in place of people x average amount.
    pub services_total: Option<Money>,
    /// People for each worker; the parameter where not given.
    pub caseload: Option<u32>,
    /// Yearly cost of a full-time worker, EUR; the parameter where not given.
    pub worker_yearly_cost: Option<Money>,
    /// Administration in percent of services and operations; the parameter where not given.
    pub admin_percent: Option<Decimal>,
    /// Who pays.
    pub variant: FundingVariant,
    /// Whose budgets are paid, where known: some variants are for children only.
    pub funded_group: Option<FundedGroup>,
    /// What yearly figures are rounded to.
    pub rounding: ForecastRounding,
}

/// Why no forecast can be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForecastRefusal {
    /// No parameters hold on the day.
    NoVersionForDate {
        /// The day.
        date: NaiveDate,
    },
    /// A label of a list is there twice.
    DuplicateLabel {
        /// JSON Pointer of the later one.
        pointer: String,
        /// The label.
        label: String,
    },
    /// A group has no average amount, and the total of all services is not given either.
    AmountMissing {
        /// Position of the group.
        group: usize,
    },
    /// An amount is negative or too large.
    AmountInvalid {
        /// JSON Pointer of the amount.
        pointer: String,
    },
    /// An uptake is not between 0 and 100 percent.
    UptakeOutOfRange {
        /// Position of the group.
        group: usize,
    },
    /// A worker for nobody.
    NoCaseload,
    /// Administration is negative or above what the law allows.
    AdminOutOfRange {
        /// The largest percentage.
        most: u32,
    },
    /// The total is larger than any amount that the service takes.
    TotalTooLarge,
    /// The funding variant does not apply.
    Funding(FundingRefusal),
}

impl Refusal for ForecastRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NoVersionForDate { .. } => "no_version_for_date",
            Self::DuplicateLabel { .. } => "duplicate_code",
            Self::AmountMissing { .. } => "missing_field",
            Self::AmountInvalid { .. } | Self::TotalTooLarge => "invalid_amount",
            Self::UptakeOutOfRange { .. } | Self::AdminOutOfRange { .. } => "percent_out_of_range",
            Self::NoCaseload => "count_out_of_range",
            Self::Funding(refusal) => refusal.code(),
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::NoVersionForDate { .. } => "/date".to_owned(),
            Self::DuplicateLabel { pointer, .. } | Self::AmountInvalid { pointer } => pointer.clone(),
            Self::AmountMissing { group } => format!("/groups/{group}/yearly_amount"),
            Self::UptakeOutOfRange { group } => format!("/groups/{group}/uptake_percent"),
            Self::NoCaseload => "/caseload".to_owned(),
            Self::AdminOutOfRange { .. } => "/admin_percent".to_owned(),
            Self::TotalTooLarge => String::new(),
            Self::Funding(refusal) => refusal.pointer(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::NoVersionForDate { date } => Message::new("forecast-no-version-for-date").with("date", date),
            Self::DuplicateLabel { label, .. } => Message::new("forecast-duplicate-label").with("label", label),
            Self::AmountMissing { .. } => Message::new("forecast-amount-missing"),
            Self::AmountInvalid { .. } => Message::new("forecast-amount-invalid"),
            Self::UptakeOutOfRange { .. } => Message::new("forecast-uptake-out-of-range"),
            Self::NoCaseload => Message::new("forecast-no-caseload"),
            Self::AdminOutOfRange { most } => Message::new("forecast-admin-out-of-range").with_number("most", *most),
            Self::TotalTooLarge => Message::new("forecast-total-too-large"),
            Self::Funding(refusal) => refusal.message(),
        }
    }
}

/// Everything that is wrong with the input itself.
pub(super) fn check(input: &ForecastInput, parameters: &ForecastParameters) -> Result<(), Vec<ForecastRefusal>> {
    let mut faults = labels("groups", "group", input.groups.iter().map(|group| group.group.as_str()));
    faults.extend(labels("additional_needs", "need", input.additional_needs.iter().map(|need| need.need.as_str())));

    let hundred = Decimal::ZERO..=Decimal::ONE_HUNDRED;
    for (index, group) in input.groups.iter().enumerate() {
        if group.yearly_amount.is_none() && input.services_total.is_none() {
            faults.push(ForecastRefusal::AmountMissing { group: index });
        }
        if group.uptake_percent.is_some_and(|uptake| !hundred.contains(&uptake)) {
            faults.push(ForecastRefusal::UptakeOutOfRange { group: index });
        }
    }
    let groups = input.groups.iter().enumerate();
    let needs = input.additional_needs.iter().enumerate();
    let amounts = groups
        .filter_map(|(index, group)| Some((format!("/groups/{index}/yearly_amount"), group.yearly_amount?)))
        .chain(needs.map(|(index, need)| (format!("/additional_needs/{index}/yearly_amount"), need.yearly_amount)))
        .chain(input.services_total.map(|amount| ("/services_total".to_owned(), amount)))
        .chain(input.worker_yearly_cost.map(|amount| ("/worker_yearly_cost".to_owned(), amount)));
    faults.extend(
        amounts
            .filter(|(_, amount)| !bounds::accepted(*amount))
            .map(|(pointer, _)| ForecastRefusal::AmountInvalid { pointer }),
    );

    if input.caseload == Some(0) {
        faults.push(ForecastRefusal::NoCaseload);
    }
    let most = parameters.admin_percent_max.value;
    if input.admin_percent.is_some_and(|percent| !(Decimal::ZERO..=Decimal::from(most)).contains(&percent)) {
        faults.push(ForecastRefusal::AdminOutOfRange { most });
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn labels<'a>(list: &str, member: &str, labels: impl Iterator<Item = &'a str>) -> Vec<ForecastRefusal> {
    let mut seen = HashSet::new();
    labels
        .enumerate()
        .filter(|(_, label)| !seen.insert(*label))
        .map(|(index, label)| ForecastRefusal::DuplicateLabel {
            pointer: format!("/{list}/{index}/{member}"),
            label: label.to_owned(),
        })
        .collect()
}
