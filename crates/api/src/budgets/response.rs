//! The answers of budgets.

use balsts_app::{
    Budget, BudgetSummary, CalculationSummary, Difference, ErasedBudget, InPeriod, Kept, Replay, Signature,
};
use balsts_domain::{
    budgets::CalculationForm,
    calculation::{Calculation, CalculationFacts, CalculationResult},
    parameters::Parameters,
    pilot::funding_mix::FundingMix,
    text::Language,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::request::PilotMethodology;
use crate::{
    calculations::{AdultCalculationRequest, ChildCalculationRequest, LineResponse, WarningResponse, warnings},
    i18n::render,
    names::{
        BudgetStatus, DocumentKind, Funding, LivingArrangement, Methodology, Party, ProvisionalReason, Register, Unit,
    },
    problem::{Fault, ProblemItem},
    types::{Amount, Date, Euros, Quantity, YearMonth},
};

/// A budget in a list, without personal data.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BudgetSummaryResponse {
    /// Identifier.
    id: Uuid,
    /// The granted application.
    application_id: Uuid,
    /// Identifier of the person.
    person_id: Uuid,
    /// The methodology.
    methodology: Methodology,
    /// Where it stands.
    status: BudgetStatus,
    /// Indicative budget for the period, EUR.
    total: Euros,
}

/// A page of budgets.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BudgetList {
    /// The budgets, in the order of their first calculation.
    pub(super) items: Vec<BudgetSummaryResponse>,
    /// Cursor of the next page; null on the last.
    pub(super) next: Option<String>,
}

/// A line of a frozen calculation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FrozenLine)]
pub(crate) struct FrozenLineResponse {
    /// What brings the line in.
    #[schema(example = "base_basket")]
    criterion: String,
    /// Support area.
    area: Option<u8>,
    /// Code of the service.
    #[schema(example = "home_care")]
    service: Option<String>,
    /// What the volume is counted in.
    unit: Unit,
    /// EUR a unit.
    unit_price: Euros,
    /// Volume for the period.
    volume: Quantity,
    /// EUR for the period.
    amount: Euros,
    /// Who pays.
    funding: Funding,
    /// Name of the service or need; null where today's parameters do not give this result any more.
    name: Option<String>,
    /// Why the line is there and how its amount comes about; null like the name.
    explanation: Option<String>,
}

/// Why the provisional budget of the pilot is so much.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FrozenProvisional)]
pub(crate) struct FrozenProvisionalResponse {
    /// Number of the period.
    #[schema(minimum = 1)]
    period: u32,
    /// The day on which age and opinion count.
    assessed_on: Date,
    /// Completed years on that day.
    age: u32,
    /// The part of the funding per child, percent.
    #[schema(example = 70)]
    percent: u32,
    /// Why that part.
    reason: ProvisionalReason,
    /// The reason in words; null where today's parameters do not give this result any more.
    explanation: Option<String>,
}

/// The frozen result of a calculation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FrozenResult)]
pub(crate) struct FrozenResultResponse {
    /// The methodology.
    methodology: Methodology,
    /// Version of the methodology.
    #[schema(example = "1")]
    version: String,
    /// The day of the calculation.
    date: Date,
    /// Months of the budget period.
    #[schema(example = 12)]
    months: u32,
    /// A child's age group.
    #[schema(example = "1.5-6")]
    group: Option<String>,
    /// A child's heavy limitation.
    heavy: Option<bool>,
    /// An adult's care level.
    care_level: Option<u8>,
    /// An adult's type of residence.
    living_arrangement: Option<LivingArrangement>,
    /// Why a child in the pilot gets so much.
    provisional: Option<FrozenProvisionalResponse>,
    /// The lines; none in the pilot.
    lines: Vec<FrozenLineResponse>,
    /// Indicative budget for the period, EUR; in the pilot the provisional budget.
    total: Euros,
    /// Indicative budget a month, EUR.
    monthly: Euros,
    /// The part of the total that the state pays, EUR.
    of_which_state: Euros,
    /// Things to know beside the sum.
    warnings: Vec<WarningResponse>,
    /// Ids of the methodology's decisions that shaped this calculation.
    decisions: Vec<String>,
}

/// A document that was received.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SeenDocumentResponse {
    /// What it is.
    kind: DocumentKind,
    /// Its title or number.
    title: Option<String>,
    /// Its day.
    date: Option<Date>,
}

/// Where an identified criterion or need is known from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CriterionEvidenceResponse {
    /// The criterion or need.
    criterion: String,
    /// The source of information.
    source: String,
}

/// What the calculation form says beside the calculation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CalculationFormResponse {
    /// Registers that were consulted.
    registers: Vec<Register>,
    /// Documents that were received.
    documents: Vec<SeenDocumentResponse>,
    /// The source of each identified criterion or need.
    evidence: Vec<CriterionEvidenceResponse>,
    /// Why it was calculated again.
    reason: Option<String>,
}

/// A signature under the calculation that holds.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignatureResponse {
    /// Who signed.
    party: Party,
    /// The day.
    signed_on: Date,
    /// Name of the recipient, or identifier of the worker; null where the person is erased.
    signer: Option<String>,
    /// Who recorded it.
    recorded_by: String,
}

/// A calculation in the history of a budget.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CalculationSummaryResponse {
    /// Its number, from 1.
    #[schema(minimum = 1)]
    number: u32,
    /// Its day.
    calculated_on: Date,
    /// Version of the methodology.
    #[schema(example = "1")]
    methodology_version: String,
    /// Its total, EUR.
    total: Euros,
    /// SHA-256 of the canonical result, hexadecimal.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    result_hash: String,
}

/// What a provisional budget was calculated from.
#[derive(ToSchema)]
#[allow(dead_code, reason = "the schema of the facts, which write themselves")]
pub(crate) struct ProvisionalCalculation {
    /// The methodology.
    methodology: PilotMethodology,
    /// The day of the calculation.
    date: Date,
    /// Birth date of the child.
    birth_date: Date,
    /// Whether an opinion on special care need is in force on the 1st of the period's first month.
    special_care: bool,
    /// Number of the period.
    #[schema(minimum = 1)]
    period: u32,
    /// First month of the period.
    first_month: YearMonth,
    /// Months of the period.
    #[schema(example = 6)]
    months: u32,
    /// Funding of the whole period for one child, EUR, as it was then.
    per_child_funding: Amount,
}

/// What a budget was calculated from, told apart by its methodology.
#[derive(ToSchema)]
#[serde(untagged)]
#[schema(discriminator(property_name = "methodology", mapping(
    ("children-2023" = "#/components/schemas/ChildCalculationRequest"),
    ("adults-2023" = "#/components/schemas/AdultCalculationRequest"),
    ("children-pilot-2018" = "#/components/schemas/ProvisionalCalculation"),
)))]
#[allow(dead_code, reason = "the schema of the facts, which write themselves")]
pub(crate) enum StoredCalculation {
    /// A child.
    Child(ChildCalculationRequest),
    /// An adult.
    Adult(AdultCalculationRequest),
    /// A child in the pilot.
    Pilot(ProvisionalCalculation),
}

/// The total budget of a child in the pilot by source, EUR: the project first, then existing services and benefits, then others
/// (funding variant 2). Never above what is needed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TotalBudget {
    /// Paid by the project: of the final budget, or of the provisional one until that is set.
    project: Euros,
    /// Services that state and municipality pay already.
    existing_services: Euros,
    /// Benefits that the child gets already.
    existing_benefits: Euros,
    /// Parents and others.
    other: Euros,
    /// All of them: the total budget.
    total: Euros,
    /// What is needed and nobody pays.
    unmet: Euros,
}

impl From<FundingMix> for TotalBudget {
    fn from(mix: FundingMix) -> Self {
        Self {
            project: Euros(mix.project),
            existing_services: Euros(mix.existing_services),
            existing_benefits: Euros(mix.existing_benefits),
            other: Euros(mix.other),
            total: Euros(mix.total),
            unmet: Euros(mix.unmet),
        }
    }
}

/// A budget in its period of the pilot.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PilotBudget)]
pub(crate) struct PilotBudgetResponse {
    /// Identifier of the period.
    period_id: Uuid,
    /// Its number.
    #[schema(minimum = 1)]
    period: u32,
    /// What the ministry knows the child by.
    #[schema(example = "3f0a9c51d2e47b86")]
    code: String,
    /// Provisional budget, EUR.
    provisional: Euros,
    /// What every service of the signed plan costs, EUR; null before one is signed.
    needed: Option<Euros>,
    /// Final budget, EUR; null until the period is redistributed.
    #[serde(rename = "final")]
    final_budget: Option<Euros>,
    /// What a plan may cost at most, EUR: the final budget, or the provisional one until then.
    ceiling: Euros,
    /// The total budget by source; null before a plan is signed.
    total: Option<TotalBudget>,
}

impl From<InPeriod> for PilotBudgetResponse {
    fn from(InPeriod { period_id, period, code, amounts }: InPeriod) -> Self {
        Self {
            period_id,
            period,
            code,
            provisional: Euros(amounts.provisional),
            needed: amounts.need.map(|need| Euros(need.needed)),
            final_budget: amounts.final_budget.map(Euros),
            ceiling: Euros(amounts.ceiling()),
            total: amounts.total().map(TotalBudget::from),
        }
    }
}

/// The calculation of a budget that holds.
#[derive(Serialize, ToSchema)]
#[schema(as = FrozenCalculation)]
pub(crate) struct FrozenCalculationResponse {
    /// Its number, from 1.
    #[schema(minimum = 1)]
    number: u32,
    /// What it was calculated from: the request with every default written out, in the pilot with what the period gave.
    #[schema(value_type = StoredCalculation)]
    input: CalculationFacts,
    /// The rest of the form.
    form: CalculationFormResponse,
    /// What came out.
    result: FrozenResultResponse,
    /// SHA-256 of the canonical result, hexadecimal.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    result_hash: String,
    /// Who calculated.
    calculated_by: String,
}

/// A budget.
#[derive(Serialize, ToSchema)]
#[schema(as = Budget)]
pub(crate) struct BudgetResponse {
    /// Identifier.
    id: Uuid,
    /// The granted application.
    application_id: Uuid,
    /// Identifier of the person.
    person_id: Uuid,
    /// The methodology.
    methodology: Methodology,
    /// Where it stands.
    status: BudgetStatus,
    /// Indicative budget for the period, EUR; in the pilot the provisional budget.
    total: Euros,
    /// The period and the amounts of the pilot; null under the other methodologies.
    pilot: Option<PilotBudgetResponse>,
    /// The person is erased: what told of the person is null, and the rest stays.
    #[schema(example = false)]
    erased: bool,
    /// The calculation that holds; null where the person is erased.
    calculation: Option<FrozenCalculationResponse>,
    /// Signatures under it.
    signatures: Vec<SignatureResponse>,
    /// Every calculation, oldest first.
    calculations: Vec<CalculationSummaryResponse>,
}

/// A member of a result that is not what it was.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ResultDifference)]
pub(crate) struct DifferenceResponse {
    /// JSON Pointer into the result.
    #[schema(example = "/lines/1/amount")]
    pointer: String,
    /// As it was stored.
    stored: Option<Value>,
    /// As it is now.
    replayed: Option<Value>,
}

/// A stored calculation, calculated again.
#[derive(Serialize, ToSchema)]
#[schema(as = BudgetReplay)]
pub(crate) struct ReplayResponse {
    /// Number of the calculation.
    #[schema(minimum = 1)]
    calculation: u32,
    /// The stored result is unharmed, and today's is the same to the byte.
    identical: bool,
    /// The stored result has the hash that was stored with it.
    intact: bool,
    /// Hash of the stored result.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    stored_hash: String,
    /// Hash of today's result; null where the rules refuse the input today.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    replayed_hash: Option<String>,
    /// What differs.
    differences: Vec<DifferenceResponse>,
    /// Why the rules refuse the input today.
    refusals: Vec<ProblemItem>,
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl From<&BudgetSummary> for BudgetSummaryResponse {
    fn from(summary: &BudgetSummary) -> Self {
        Self {
            id: summary.id,
            application_id: summary.application_id,
            person_id: summary.person_id,
            methodology: Methodology(summary.methodology),
            status: BudgetStatus(summary.status),
            total: Euros(summary.total),
        }
    }
}

impl FrozenResultResponse {
    /// The result as it was frozen, put into words by the calculation that still gives it.
    fn new(result: CalculationResult, living: Option<&Calculation<'_>>, language: Language) -> Self {
        let in_words: Vec<LineResponse> = living
            .map(|living| living.lines().iter().map(|line| LineResponse::new(line, language)).collect())
            .unwrap_or_default();
        let mut in_words = in_words.into_iter();
        let why = match living {
            Some(Calculation::Pilot(budget)) => Some(render(&budget.provisional.explanation(), language)),
            _ => None,
        };
        let provisional = result.provisional.map(|of| FrozenProvisionalResponse {
            period: of.period,
            assessed_on: Date(of.assessed_on),
            age: of.age,
            percent: of.percent,
            reason: ProvisionalReason(of.reason),
            explanation: why,
        });
        let lines = result.lines.into_iter().map(|line| {
            let words = in_words.next();
            let (name, explanation) = words.map(|words| (words.name, words.explanation)).unzip();
            FrozenLineResponse {
                criterion: line.criterion,
                area: line.area,
                service: line.service,
                unit: Unit(line.unit),
                unit_price: Euros(line.unit_price),
                volume: Quantity(line.volume),
                amount: Euros(line.amount),
                funding: Funding(line.funding),
                name,
                explanation,
            }
        });
        Self {
            methodology: Methodology(result.methodology),
            version: result.version,
            date: Date(result.date),
            months: result.months,
            group: result.group,
            heavy: result.heavy,
            care_level: result.care_level,
            living_arrangement: result.living_arrangement.map(LivingArrangement),
            provisional,
            lines: lines.collect(),
            total: Euros(result.total),
            monthly: Euros(result.monthly),
            of_which_state: Euros(result.of_which_state),
            warnings: match living {
                Some(living) => warnings(&living.warnings(), language),
                None => {
                    let only_code = |code: String| WarningResponse { detail: code.clone(), code };
                    result.warnings.into_iter().map(only_code).collect()
                }
            },
            decisions: result.decisions,
        }
    }
}

impl From<CalculationForm> for CalculationFormResponse {
    fn from(form: CalculationForm) -> Self {
        Self {
            registers: form.registers.into_iter().map(Register).collect(),
            documents: form
                .documents
                .into_iter()
                .map(|document| SeenDocumentResponse {
                    kind: DocumentKind(document.kind),
                    title: document.title,
                    date: document.date.map(Date),
                })
                .collect(),
            evidence: form
                .evidence
                .into_iter()
                .map(|evidence| CriterionEvidenceResponse { criterion: evidence.criterion, source: evidence.source })
                .collect(),
            reason: form.reason,
        }
    }
}

impl From<Signature> for SignatureResponse {
    fn from(signature: Signature) -> Self {
        Self {
            party: Party(signature.party),
            signed_on: Date(signature.signed_on),
            signer: Some(signature.signer),
            recorded_by: signature.recorded_by,
        }
    }
}

impl From<CalculationSummary> for CalculationSummaryResponse {
    fn from(summary: CalculationSummary) -> Self {
        Self {
            number: summary.number,
            calculated_on: Date(summary.calculated_on),
            methodology_version: summary.methodology_version,
            total: Euros(summary.total),
            result_hash: hex(&summary.result_hash),
        }
    }
}

impl BudgetResponse {
    pub(crate) fn new(budget: &Budget, parameters: &Parameters, language: Language) -> Self {
        let Budget { summary, calculated, signatures, history, pilot, .. } = budget.clone();
        let living = calculated.facts.calculate(parameters).ok();
        let living = living.filter(|living| living.result(calculated.facts.date()) == calculated.result);
        Self {
            id: summary.id,
            application_id: summary.application_id,
            person_id: summary.person_id,
            methodology: Methodology(summary.methodology),
            status: BudgetStatus(summary.status),
            total: Euros(summary.total),
            pilot: pilot.map(PilotBudgetResponse::from),
            erased: false,
            calculation: Some(FrozenCalculationResponse {
                number: calculated.number,
                input: calculated.facts,
                form: calculated.form.into(),
                result: FrozenResultResponse::new(calculated.result, living.as_ref(), language),
                result_hash: hex(&calculated.result_hash),
                calculated_by: calculated.calculated_by,
            }),
            signatures: signatures.into_iter().map(SignatureResponse::from).collect(),
            calculations: history.into_iter().map(CalculationSummaryResponse::from).collect(),
        }
    }

    /// All of it, or what the erasure of the person has left.
    pub(crate) fn kept(budget: &Kept<Budget, ErasedBudget>, parameters: &Parameters, language: Language) -> Self {
        match budget {
            Kept::Whole(budget) => Self::new(budget, parameters, language),
            Kept::Erased(budget) => budget.clone().into(),
        }
    }
}

impl From<ErasedBudget> for BudgetResponse {
    fn from(ErasedBudget { summary, signatures, history, pilot }: ErasedBudget) -> Self {
        let signature = |signature: Signature| SignatureResponse { signer: None, ..signature.into() };
        Self {
            id: summary.id,
            application_id: summary.application_id,
            person_id: summary.person_id,
            methodology: Methodology(summary.methodology),
            status: BudgetStatus(summary.status),
            total: Euros(summary.total),
            pilot: pilot.map(PilotBudgetResponse::from),
            erased: true,
            calculation: None,
            signatures: signatures.into_iter().map(signature).collect(),
            calculations: history.into_iter().map(CalculationSummaryResponse::from).collect(),
        }
    }
}

impl ReplayResponse {
    pub(super) fn new(replay: Replay, language: Language) -> Self {
        let identical = replay.is_identical();
        let (replayed_hash, refusals) = match &replay.outcome {
            Ok(result) => (Some(hex(&result.hash())), Vec::new()),
            Err(refusals) => (None, refusals.iter().map(Fault::from).collect()),
        };
        let difference = |Difference { pointer, stored, replayed }| DifferenceResponse { pointer, stored, replayed };
        Self {
            calculation: replay.number,
            identical,
            intact: replay.stored_hash == replay.intact_hash,
            stored_hash: hex(&replay.stored_hash),
            replayed_hash,
            differences: replay.differences.into_iter().map(difference).collect(),
            refusals: refusals.iter().map(|fault| ProblemItem::new(fault, language)).collect(),
        }
    }
}
