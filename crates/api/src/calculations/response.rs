//! The answers of `/v1/budget-calculations`.
//!
//! A line of the rules reads the same in every answer of its language, so its JSON is made once ([`Renderings`]) and
//! copied; only a line with an amount of its own is rendered anew.

use std::sync::OnceLock;

use balsts_domain::{
    adults::AdultBudget,
    children::ChildBudget,
    lines::{Line, Warning},
    money::Money,
    parameters::{Parameters, catalogue::MethodologyId},
    text::Language,
};
use chrono::NaiveDate;
use serde::{Serialize, Serializer, ser::SerializeSeq};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::{
    i18n,
    names::{Funding, LivingArrangement, Methodology, Unit},
    types::{Date, Euros, Quantity},
};

/// Where a price and a volume come from.
#[derive(Debug, Serialize, ToSchema)]
pub struct SourceResponse {
    /// Document of the price.
    pub document: String,
    /// Place in the document.
    pub section: String,
    /// First day of the price.
    pub valid_from: Date,
    /// Legal basis of the volume.
    pub volume_basis: Option<String>,
}

/// A line of the calculation.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineResponse {
    /// What brings the line in: the base or an identified criterion or need.
    #[schema(example = "base_basket")]
    pub criterion: String,
    /// Support area.
    pub area: Option<u8>,
    /// Code of the service; none for an adult's needs.
    #[schema(example = "home_care")]
    pub service: Option<String>,
    /// Name of the service or need.
    pub name: String,
    /// What the volume is counted in.
    pub unit: Unit,
    /// EUR a unit.
    pub unit_price: Euros,
    /// Volume for the period.
    pub volume: Quantity,
    /// EUR for the period, rounded from the exact product.
    pub amount: Euros,
    /// Who pays.
    pub funding: Funding,
    /// Why the line is there and how its amount comes about.
    pub explanation: String,
    /// Where price and volume come from.
    pub source: SourceResponse,
}

impl LineResponse {
    pub(crate) fn new(line: &Line<'_>, language: Language) -> Self {
        let priced = line.priced;
        let text = |text: &balsts_domain::text::Text| text.in_language(language).to_owned();
        let basis = |source: &balsts_domain::parameters::documents::Source| {
            format!("{}, {}", source.document.title.in_language(language), source.section.in_language(language))
        };
        Self {
            criterion: priced.criterion.to_owned(),
            area: priced.area,
            service: priced.service.as_ref().map(|service| service.code.clone()),
            name: text(&priced.name),
            unit: Unit(priced.unit),
            unit_price: Euros(line.unit_price),
            volume: Quantity(line.volume),
            amount: Euros(line.amount),
            funding: Funding(priced.funding),
            explanation: i18n::render(&line.explanation(), language),
            source: SourceResponse {
                document: text(&priced.source.document.title),
                section: text(&priced.source.section),
                valid_from: Date(priced.valid_from),
                volume_basis: priced.basis.as_ref().map(basis),
            },
        }
    }
}

/// The JSON of every line of the rules in either language, each made when first needed.
#[derive(Debug, Default)]
pub(crate) struct Renderings {
    children: Vec<[Lines; 2]>,
    adults: Vec<[Lines; 2]>,
}

type Lines = Vec<OnceLock<Option<Box<RawValue>>>>;

impl Renderings {
    pub(crate) fn new(parameters: &Parameters) -> Self {
        let empty = |lines: usize| -> [Lines; 2] {
            std::array::from_fn(|_| std::iter::repeat_with(OnceLock::new).take(lines).collect())
        };
        Self {
            children: parameters.children.periods.iter().map(|rules| empty(rules.line_count)).collect(),
            adults: parameters.adults.periods.iter().map(|rules| empty(rules.line_count)).collect(),
        }
    }

    fn of(periods: &[[Lines; 2]], ordinal: usize, language: Language) -> &[OnceLock<Option<Box<RawValue>>>] {
        let Some([lv, en]) = periods.get(ordinal) else { return &[] };
        match language {
            Language::Lv => lv,
            Language::En => en,
        }
    }
}

/// The lines of one answer.
pub(super) struct AnswerLines<'a> {
    lines: Vec<Line<'a>>,
    rendered: &'a [OnceLock<Option<Box<RawValue>>>],
    language: Language,
}

impl Serialize for AnswerLines<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.lines.len()))?;
        for line in &self.lines {
            let cached = self.rendered.get(line.priced.index).filter(|_| line.is_standard());
            let render = || LineResponse::new(line, self.language);
            match cached.map(|cell| cell.get_or_init(|| serde_json::value::to_raw_value(&render()).ok())) {
                Some(Some(rendered)) => seq.serialize_element(rendered)?,
                _ => seq.serialize_element(&render())?,
            }
        }
        seq.end()
    }
}

/// Something to know beside the sum.
#[derive(Debug, Serialize, ToSchema)]
pub struct WarningResponse {
    /// The warning for programs.
    #[schema(example = "turns_18_in_period")]
    pub code: String,
    /// The warning in words.
    pub detail: String,
}

pub(crate) fn warnings(warnings: &[Warning], language: Language) -> Vec<WarningResponse> {
    warnings
        .iter()
        .map(|warning| WarningResponse {
            code: warning.code.to_owned(),
            detail: i18n::render(&warning.message, language),
        })
        .collect()
}

/// A child's indicative budget.
#[derive(Serialize, ToSchema)]
#[schema(as = ChildBudget)]
pub(super) struct ChildBudgetResponse<'a> {
    /// The methodology.
    methodology: Methodology,
    /// Version of the methodology.
    #[schema(example = "1")]
    version: &'a str,
    /// The day of the calculation.
    date: Date,
    /// Months of the budget period.
    #[schema(example = 12)]
    months: u32,
    /// The child's age group.
    #[schema(example = "7-13")]
    group: &'a str,
    /// Special care need (under 14), or severe or very severe limitation (14-17).
    heavy: bool,
    /// The lines: the base basket, then the criteria as they were named.
    #[schema(value_type = Vec<LineResponse>)]
    lines: AnswerLines<'a>,
    /// Indicative budget for the period, EUR: the exact sum of the lines, rounded once.
    total: Euros,
    /// Indicative budget a month, EUR.
    monthly: Euros,
    /// The part of the total that the state pays, EUR.
    of_which_state: Euros,
    /// Things to know beside the sum.
    warnings: Vec<WarningResponse>,
    /// Ids of the methodology's decisions that shaped this calculation; `GET /v1/methodologies/{id}` explains each.
    #[schema(value_type = Vec<String>)]
    decisions: Vec<&'a str>,
}

/// An adult's indicative budget.
#[derive(Serialize, ToSchema)]
#[schema(as = AdultBudget)]
pub(super) struct AdultBudgetResponse<'a> {
    /// The methodology.
    methodology: Methodology,
    /// Version of the methodology.
    #[schema(example = "1")]
    version: &'a str,
    /// The day of the calculation.
    date: Date,
    /// Months of the budget period.
    #[schema(example = 12)]
    months: u32,
    /// Care level.
    care_level: u8,
    /// Type of residence.
    living_arrangement: LivingArrangement,
    /// The lines: base needs, then the additional needs as they were named.
    #[schema(value_type = Vec<LineResponse>)]
    lines: AnswerLines<'a>,
    /// Indicative budget for the period, EUR.
    total: Euros,
    /// Indicative budget a month, EUR.
    monthly: Euros,
    /// The part of the total that the state pays, EUR.
    of_which_state: Euros,
    /// Things to know beside the sum.
    warnings: Vec<WarningResponse>,
    /// Ids of the methodology's decisions that shaped this calculation; `GET /v1/methodologies/{id}` explains each.
    #[schema(value_type = Vec<String>)]
    decisions: Vec<&'a str>,
}

/// Only the sums of a calculation.
#[derive(Serialize, ToSchema)]
#[schema(as = BudgetTotals)]
pub(super) struct TotalsResponse<'a> {
    /// The methodology.
    methodology: Methodology,
    /// Version of the methodology.
    #[schema(example = "1")]
    version: &'a str,
    /// The day of the calculation.
    date: Date,
    /// Indicative budget for the period, EUR.
    total: Euros,
    /// Indicative budget a month, EUR.
    monthly: Euros,
    /// The part of the total that the state pays, EUR.
    of_which_state: Euros,
}

pub(super) fn child<'a>(
    budget: &'a ChildBudget<'a>,
    date: NaiveDate,
    renderings: &'a Renderings,
    language: Language,
) -> ChildBudgetResponse<'a> {
    ChildBudgetResponse {
        methodology: Methodology(MethodologyId::Children2023),
        version: &budget.rules.version,
        date: Date(date),
        months: budget.rules.months,
        group: &budget.group.id,
        heavy: budget.heavy,
        lines: AnswerLines {
            lines: budget.lines().collect(),
            rendered: Renderings::of(&renderings.children, budget.rules.ordinal, language),
            language,
        },
        total: Euros(budget.total),
        monthly: Euros(budget.monthly()),
        of_which_state: Euros(budget.of_which_state),
        warnings: warnings(&budget.warnings(), language),
        decisions: budget.decisions().into_iter().map(|decision| decision.id.as_str()).collect(),
    }
}

pub(super) fn adult<'a>(
    budget: &'a AdultBudget<'a>,
    date: NaiveDate,
    renderings: &'a Renderings,
    language: Language,
) -> AdultBudgetResponse<'a> {
    AdultBudgetResponse {
        methodology: Methodology(MethodologyId::Adults2023),
        version: &budget.rules.version,
        date: Date(date),
        months: budget.rules.months,
        care_level: budget.care_level,
        living_arrangement: LivingArrangement(budget.living_arrangement),
        lines: AnswerLines {
            lines: budget.lines().collect(),
            rendered: Renderings::of(&renderings.adults, budget.rules.ordinal, language),
            language,
        },
        total: Euros(budget.total),
        monthly: Euros(budget.monthly()),
        of_which_state: Euros(Money::ZERO),
        warnings: warnings(&budget.warnings(), language),
        decisions: budget.decisions().into_iter().map(|decision| decision.id.as_str()).collect(),
    }
}

pub(super) fn child_totals<'a>(budget: &ChildBudget<'a>, date: NaiveDate) -> TotalsResponse<'a> {
    TotalsResponse {
        methodology: Methodology(MethodologyId::Children2023),
        version: &budget.rules.version,
        date: Date(date),
        total: Euros(budget.total),
        monthly: Euros(budget.monthly()),
        of_which_state: Euros(budget.of_which_state),
    }
}

pub(super) fn adult_totals<'a>(budget: &AdultBudget<'a>, date: NaiveDate) -> TotalsResponse<'a> {
    TotalsResponse {
        methodology: Methodology(MethodologyId::Adults2023),
        version: &budget.rules.version,
        date: Date(date),
        total: Euros(budget.total),
        monthly: Euros(budget.monthly()),
        of_which_state: Euros(Money::ZERO),
    }
}

/// An indicative budget, told apart by its methodology.
#[derive(ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "the schema of the two answers; each is written by its own type")]
pub(crate) enum BudgetCalculationResponse {
    /// A child.
    Child(ChildBudgetResponse<'static>),
    /// An adult.
    Adult(AdultBudgetResponse<'static>),
}
