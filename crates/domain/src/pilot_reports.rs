//! Reports of the pilot: cash flow, use and indicators of a quarter, activity of a worker; agreed with the ministry's team before
//! they are submitted [domain 8.2, 4.6].
//!
//! What the kind says of money is generated from what was paid, never typed; what the office pays beside the services (the worker's pay
//! and transport, indirect costs) stands in supporting documents. **Decisions**: a report tells of everything that the office pays, by
//! methodology, because who takes part in no pilot makes none. The programme team agrees, as it alone reaches the pilot's cases in all
//! municipalities; the reviewer returns and approves, as of monthly reports. What was agreed and is changed, and what was returned, is
//! agreed again. A payment stands in one cash flow and in one quarter; what was recorded after the report of its time was submitted is a
//! correction of the next. The activity of a worker is what the worker changed in the month, counted from the audit log.

use std::{collections::BTreeMap, fmt::Display};

use chrono::{Datelike, Months, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    calendar::Calendar,
    invoices::InvoiceKind,
    money::Money,
    month::Month,
    monthly_reports::due_after,
    parameters::catalogue::{Catalogue, MethodologyId, ServiceGroup, names},
    text::{Message, Refusal},
};

names! {
    /// A kind of report of the pilot.
    PilotReportKind {
        /// What was paid in a month, with the account statement and the supporting documents.
        CashFlow = "cash_flow",
        /// What a quarter used, and its indicators.
        Quarterly = "quarterly",
        /// What a worker did in a month.
        Activity = "activity",
    }
}

names! {
    /// Where a report of the pilot stands.
    PilotReportStatus {
        /// Generated; it can be changed or discarded.
        Draft = "draft",
        /// The ministry's team agrees that it is submitted.
        PreAgreed = "pre_agreed",
        /// At the ministry.
        Submitted = "submitted",
        /// Sent back for correction.
        Returned = "returned",
        /// The ministry found it right.
        Approved = "approved",
    }
}

names! {
    /// What was done with a report of the pilot.
    PilotReportStepKind {
        /// It was generated, or changed and generated again.
        Generated = "generated",
        /// The ministry's team agreed.
        PreAgreed = "pre_agreed",
        /// The head of the office submitted it.
        Submitted = "submitted",
        /// The ministry sent it back.
        Returned = "returned",
        /// The ministry approved it.
        Approved = "approved",
    }
}

names! {
    /// What a cost of the pilot is for `[S0 §8]`.
    CostItem {
        /// Services; generated from what was paid.
        Services = "services",
        /// Pay of the worker, without overtime.
        WorkerPay = "worker_pay",
        /// Transport of the worker.
        WorkerTransport = "worker_transport",
        /// Indirect costs.
        IndirectCosts = "indirect_costs",
    }
}

names! {
    /// What a supporting document is.
    SupportingDocumentKind {
        /// Statement of the account that the pilot's money is on.
        AccountStatement = "account_statement",
        /// An invoice.
        Invoice = "invoice",
        /// A receipt.
        Receipt = "receipt",
        /// A payroll.
        Payroll = "payroll",
        /// Any other.
        Other = "other",
    }
}

names! {
    /// What a figure of a report is about.
    FigureTopic {
        /// Costs of an item.
        CostItem = "cost_item",
        /// Paid for a service group.
        ServiceGroup = "service_group",
        /// Paid under a methodology.
        Methodology = "methodology",
        /// A result indicator.
        Indicator = "indicator",
        /// Acts of the worker, by the name of the operation.
        Act = "act",
        /// What of the services was paid in an earlier period, and recorded after its report was submitted.
        Correction = "correction",
    }
}

names! {
    /// A result indicator of a quarter. **Decision**: the source asks for indicators and names none.
    Indicator {
        /// Applications granted.
        Granted = "applications_granted",
        /// Assessments completed.
        Assessed = "assessments_completed",
        /// Plans, and versions of plans, signed.
        Planned = "plans_signed",
        /// Different people who received services.
        Recipients = "recipients",
        /// Times that a service was given.
        Deliveries = "deliveries",
        /// Goals achieved.
        Achieved = "goals_achieved",
        /// Goals achieved partly.
        PartlyAchieved = "goals_partly_achieved",
        /// Goals not achieved.
        NotAchieved = "goals_not_achieved",
    }
}

names! {
    /// What is unusual about a report.
    PilotReportWarning {
        /// There is no account statement yet.
        WithoutStatement = "without_account_statement",
        /// Indirect costs are above their share of the worker's pay.
        IndirectCostsAboveShare = "indirect_costs_above_share",
    }
}

impl PilotReportKind {
    /// Day of the month after the period by which it is submitted. **Decision**: the source gives no day for the activity.
    const fn due_day(self) -> u64 {
        match self {
            Self::CashFlow | Self::Activity => 10,
            Self::Quarterly => 28,
        }
    }

    /// The first month of the period that ends with a month.
    #[must_use]
    pub fn first_month(self, last: Month) -> Month {
        match self {
            Self::CashFlow | Self::Activity => last,
            Self::Quarterly => {
                Month::of(last.first_day().checked_sub_months(Months::new(2)).unwrap_or(last.first_day()))
            }
        }
    }

    /// Checks that a period that ends with a month can be reported.
    ///
    /// # Errors
    /// [`PilotReportRefusal::PeriodNotOver`], [`PilotReportRefusal::NotAQuarter`].
    pub fn check_period(self, last: Month, today: NaiveDate) -> Result<(), PilotReportRefusal> {
        if self == Self::Quarterly && !last.first_day().month().is_multiple_of(3) {
            return Err(PilotReportRefusal::NotAQuarter);
        }
        if last.last_day() < today { Ok(()) } else { Err(PilotReportRefusal::PeriodNotOver) }
    }

    /// The last day to submit the report of the period that ends with a month, a working day.
    #[must_use]
    pub fn due_on(self, last: Month, calendar: &Calendar) -> Option<NaiveDate> {
        due_after(last, self.due_day(), calendar)
    }
}

impl PilotReportStatus {
    /// Where a report stands after a step. What was agreed and is changed is a draft again.
    ///
    /// # Errors
    /// [`PilotReportRefusal::StatusUnfit`] where the step does not follow.
    pub const fn after(self, step: PilotReportStepKind) -> Result<Self, PilotReportRefusal> {
        use PilotReportStepKind as Step;
        match (self, step) {
            (Self::Draft | Self::PreAgreed, Step::Generated) => Ok(Self::Draft),
            (Self::Returned, Step::Generated) => Ok(Self::Returned),
            (Self::Draft | Self::Returned, Step::PreAgreed) => Ok(Self::PreAgreed),
            (Self::PreAgreed, Step::Submitted) => Ok(Self::Submitted),
            (Self::Submitted, Step::Returned) => Ok(Self::Returned),
            (Self::Submitted, Step::Approved) => Ok(Self::Approved),
            _ => Err(PilotReportRefusal::StatusUnfit),
        }
    }

    /// The statuses that the summaries count.
    pub const COUNTED: &[Self] = &[Self::Submitted, Self::Approved];
}

/// A document that shows a cost, or the account. The original stays with the municipality.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportingDocument {
    /// What it is.
    pub kind: SupportingDocumentKind,
    /// Its day.
    pub on: NaiveDate,
    /// Its number.
    pub number: Option<String>,
    /// The document of a case that it is.
    pub case_document: Option<Uuid>,
    /// Number of the project.
    pub project_number: Option<String>,
    /// Number of the contract.
    pub contract_number: Option<String>,
    /// What it is for; none of an account statement.
    pub cost_item: Option<CostItem>,
    /// EUR; none of an account statement.
    pub amount: Option<Money>,
}

/// Why a report of the pilot is not made or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PilotReportRefusal {
    /// The period is not over.
    PeriodNotOver,
    /// No quarter ends with the month.
    NotAQuarter,
    /// The period has its report.
    Exists,
    /// Where the report stands, this does not follow.
    StatusUnfit,
    /// A cash flow without an account statement is not agreed.
    StatementRequired,
    /// Only a cash flow has documents.
    NoDocuments,
    /// A document is of the future.
    FutureDocument {
        /// Its place.
        index: usize,
    },
    /// A document has no number, and is none of a case.
    NumberRequired {
        /// Its place.
        index: usize,
    },
    /// The office has no such document of a case.
    UnknownDocument {
        /// Its place.
        index: usize,
    },
    /// A document names neither project nor contract.
    ContractRequired {
        /// Its place.
        index: usize,
    },
    /// A document names no cost item.
    CostItemRequired {
        /// Its place.
        index: usize,
    },
    /// What services cost is generated, not typed.
    GeneratedCostItem {
        /// Its place.
        index: usize,
    },
    /// A document names no amount.
    AmountRequired {
        /// Its place.
        index: usize,
    },
}

impl PilotReportRefusal {
    /// Whether the state of what is stored is what refuses, not the request.
    #[must_use]
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::Exists | Self::StatusUnfit | Self::StatementRequired)
    }
}

impl Refusal for PilotReportRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::PeriodNotOver | Self::FutureDocument { .. } => "date_out_of_range",
            Self::NotAQuarter => "not_a_quarter",
            Self::Exists => "pilot_report_exists",
            Self::StatusUnfit => "pilot_report_status",
            Self::StatementRequired => "account_statement_required",
            Self::NoDocuments => "documents_not_applicable",
            Self::NumberRequired { .. }
            | Self::ContractRequired { .. }
            | Self::CostItemRequired { .. }
            | Self::AmountRequired { .. } => "missing_field",
            Self::UnknownDocument { .. } => "unknown_document",
            Self::GeneratedCostItem { .. } => "generated_cost_item",
        }
    }

    fn pointer(&self) -> String {
        let of = |index: &usize, member: &str| format!("/documents/{index}/{member}");
        match self {
            Self::PeriodNotOver | Self::NotAQuarter => "/month".to_owned(),
            Self::Exists | Self::StatusUnfit | Self::StatementRequired => String::new(),
            Self::NoDocuments => "/documents".to_owned(),
            Self::FutureDocument { index } => of(index, "on"),
            Self::NumberRequired { index } => of(index, "number"),
            Self::UnknownDocument { index } => of(index, "case_document"),
            Self::ContractRequired { index } => of(index, "contract_number"),
            Self::CostItemRequired { index } | Self::GeneratedCostItem { index } => of(index, "cost_item"),
            Self::AmountRequired { index } => of(index, "amount"),
        }
    }

    fn message(&self) -> Message {
        Message::new(match self {
            Self::PeriodNotOver => "pilot-report-period-not-over",
            Self::NotAQuarter => "pilot-report-not-a-quarter",
            Self::Exists => "problem-pilot-report-exists-detail",
            Self::StatusUnfit => "problem-pilot-report-status-detail",
            Self::StatementRequired => "problem-account-statement-required-detail",
            Self::NoDocuments => "pilot-report-no-documents",
            Self::FutureDocument { .. } => "pilot-report-future-document",
            Self::NumberRequired { .. } => "pilot-report-number-required",
            Self::UnknownDocument { .. } => "pilot-report-unknown-document",
            Self::ContractRequired { .. } => "pilot-report-contract-required",
            Self::CostItemRequired { .. } => "pilot-report-cost-item-required",
            Self::GeneratedCostItem { .. } => "pilot-report-generated-cost-item",
            Self::AmountRequired { .. } => "pilot-report-amount-required",
        })
    }
}

/// Everything that is wrong with the documents of a report; `is_known` tells of the documents of cases.
#[must_use]
pub fn check_documents(
    kind: PilotReportKind,
    documents: &[SupportingDocument],
    today: NaiveDate,
    is_known: impl Fn(Uuid) -> bool,
) -> Vec<PilotReportRefusal> {
    if kind != PilotReportKind::CashFlow {
        return if documents.is_empty() { Vec::new() } else { vec![PilotReportRefusal::NoDocuments] };
    }
    let check = |(index, document): (usize, &SupportingDocument)| {
        let is_statement = document.kind == SupportingDocumentKind::AccountStatement;
        let is_nameless = document.number.is_none() && document.case_document.is_none();
        let is_loose = document.project_number.is_none() && document.contract_number.is_none();
        [
            (document.on > today).then_some(PilotReportRefusal::FutureDocument { index }),
            is_nameless.then_some(PilotReportRefusal::NumberRequired { index }),
            document.case_document.filter(|id| !is_known(*id)).map(|_| PilotReportRefusal::UnknownDocument { index }),
            is_loose.then_some(PilotReportRefusal::ContractRequired { index }),
            (!is_statement && document.cost_item.is_none()).then_some(PilotReportRefusal::CostItemRequired { index }),
            (document.cost_item == Some(CostItem::Services)).then_some(PilotReportRefusal::GeneratedCostItem { index }),
            (!is_statement && document.amount.is_none()).then_some(PilotReportRefusal::AmountRequired { index }),
        ]
    };
    documents.iter().enumerate().flat_map(check).flatten().collect()
}

/// Checks that the ministry's team can agree: a cash flow has its account statement.
///
/// # Errors
/// [`PilotReportRefusal::StatementRequired`].
pub fn check_agreement(kind: PilotReportKind, documents: &[SupportingDocument]) -> Result<(), PilotReportRefusal> {
    if kind == PilotReportKind::CashFlow && !has_statement(documents) {
        return Err(PilotReportRefusal::StatementRequired);
    }
    Ok(())
}

fn has_statement(documents: &[SupportingDocument]) -> bool {
    documents.iter().any(|document| document.kind == SupportingDocumentKind::AccountStatement)
}

fn documented(documents: &[SupportingDocument], item: CostItem) -> Money {
    let of_item = documents.iter().filter(|document| document.cost_item == Some(item));
    of_item
        .filter(|document| document.kind != SupportingDocumentKind::AccountStatement)
        .filter_map(|of| of.amount)
        .sum()
}

/// What is unusual about a report. Indirect costs are so many percent of the worker's pay at most, where the pilot sets it.
#[must_use]
pub fn warnings(
    kind: PilotReportKind,
    documents: &[SupportingDocument],
    indirect_percent: Option<u32>,
) -> Vec<PilotReportWarning> {
    if kind != PilotReportKind::CashFlow {
        return Vec::new();
    }
    let without = (!has_statement(documents)).then_some(PilotReportWarning::WithoutStatement);
    let pay = documented(documents, CostItem::WorkerPay).value();
    let indirect = documented(documents, CostItem::IndirectCosts).value();
    let above = indirect_percent.is_some_and(|percent| indirect * Decimal::ONE_HUNDRED > pay * Decimal::from(percent));
    without.into_iter().chain(above.then_some(PilotReportWarning::IndirectCostsAboveShare)).collect()
}

/// A payment of the month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentLine {
    /// The day.
    pub paid_on: NaiveDate,
    /// What asked for the money.
    pub document: InvoiceKind,
    /// Number of a provider's invoice.
    pub number: Option<String>,
    /// The provider; none where a person claims.
    pub provider: Option<Uuid>,
    /// Name of a provider that is no natural person.
    pub provider_name: Option<String>,
    /// Pseudonym of the person who claims.
    pub recipient: Option<String>,
    /// EUR; negative where a credit note takes back.
    pub amount: Money,
    /// Whether it was made in an earlier month, and recorded after the cash flow of that one was submitted.
    pub correction: bool,
}

/// What was paid for a service under a methodology in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// The methodology.
    pub methodology: MethodologyId,
    /// Code of the service.
    pub service: String,
    /// Cents.
    pub cents: i64,
    /// Whether it was paid in an earlier period, and recorded after the report of that one was submitted.
    pub correction: bool,
}

/// What a report is generated from, as its kind asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Generated {
    /// What was paid in the month.
    CashFlow(Vec<PaymentLine>),
    /// What was paid in the quarter, and the indicators.
    Quarterly(Vec<Used>, BTreeMap<Indicator, u64>),
    /// What the worker did, by the name of the operation.
    Activity(BTreeMap<String, u64>),
}

/// A figure of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// What it is about.
    pub topic: FigureTopic,
    /// The item, group, methodology, indicator or operation.
    pub of: String,
    /// EUR, where it is money.
    pub amount: Option<Money>,
    /// A number, where it is none.
    pub count: Option<u64>,
}

/// What is frozen of a report. Its JSON, byte for byte, is what the hash is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PilotReportContent {
    /// ATVK code of the municipality.
    pub municipality: String,
    /// The kind.
    pub kind: PilotReportKind,
    /// The first month.
    pub from: Month,
    /// The last month.
    pub to: Month,
    /// Subject of the worker whose activity it is.
    pub worker: Option<String>,
    /// The office's words.
    pub notes: Option<String>,
    /// Its figures.
    pub figures: Vec<Figure>,
    /// Each payment of a cash flow.
    pub payments: Vec<PaymentLine>,
    /// The documents of a cash flow.
    pub documents: Vec<SupportingDocument>,
}

/// Whether an act of the audit log changed something.
#[must_use]
pub fn is_change(action: &str) -> bool {
    !["get_", "list_", "search_", "find_", "verify_", "check_"].iter().any(|read| action.starts_with(read))
}

fn amount(topic: FigureTopic, of: impl Display, amount: Money) -> Figure {
    Figure { topic, of: of.to_string(), amount: Some(amount), count: None }
}

fn count(topic: FigureTopic, of: impl Display, count: u64) -> Figure {
    Figure { topic, of: of.to_string(), amount: None, count: Some(count) }
}

/// The sum of what belongs to earlier periods, where there is any.
fn correction(late: impl Iterator<Item = Money>) -> Option<Figure> {
    let late: Vec<Money> = late.collect();
    let sum = || late.iter().copied().sum();
    (!late.is_empty()).then(|| amount(FigureTopic::Correction, CostItem::Services, sum()))
}

/// The figures of a report.
#[must_use]
pub fn figures(generated: &Generated, documents: &[SupportingDocument], catalogue: &Catalogue) -> Vec<Figure> {
    match generated {
        Generated::CashFlow(payments) => {
            let cost = |item: &CostItem| match item {
                CostItem::Services => payments.iter().map(|payment| payment.amount).sum(),
                item => documented(documents, *item),
            };
            let costs = CostItem::ALL.iter().map(|item| amount(FigureTopic::CostItem, item, cost(item)));
            let late = payments.iter().filter(|payment| payment.correction).map(|payment| payment.amount);
            costs.chain(correction(late)).collect()
        }
        Generated::Quarterly(used, indicators) => {
            let by_group =
                sums(used, |used| catalogue.find(&used.service).map_or(ServiceGroup::Other, |service| service.group));
            let by_methodology = sums(used, |used| used.methodology);
            let groups = by_group.into_iter().map(|(of, sum)| amount(FigureTopic::ServiceGroup, of, sum));
            let methodologies = by_methodology.into_iter().map(|(of, sum)| amount(FigureTopic::Methodology, of, sum));
            let of_indicator =
                |of: &Indicator| count(FigureTopic::Indicator, of, indicators.get(of).copied().unwrap_or_default());
            let late = used.iter().filter(|used| used.correction).map(|used| Money::from_cents(used.cents));
            let sums = groups.chain(methodologies).chain(correction(late));
            sums.chain(Indicator::ALL.iter().map(of_indicator)).collect()
        }
        Generated::Activity(acts) => {
            let changes = acts.iter().filter(|(action, _)| is_change(action));
            changes.map(|(action, times)| count(FigureTopic::Act, action, *times)).collect()
        }
    }
}

fn sums<K: Ord>(used: &[Used], of: impl Fn(&Used) -> K) -> BTreeMap<K, Money> {
    let mut sums: BTreeMap<K, Money> = BTreeMap::new();
    for used in used {
        *sums.entry(of(used)).or_default() += Money::from_cents(used.cents);
    }
    sums
}

/// The figures of several reports together, in the order of their topics and names.
#[must_use]
pub fn together<'f>(figures: impl IntoIterator<Item = &'f Figure>) -> Vec<Figure> {
    let mut sums: BTreeMap<_, Figure> = BTreeMap::new();
    for figure in figures {
        let none = || Figure { amount: None, count: None, ..figure.clone() };
        let sum = sums.entry((figure.topic, figure.of.as_str())).or_insert_with(none);
        sum.amount = sum.amount.into_iter().chain(figure.amount).reduce(|sum, more| sum + more);
        sum.count = sum.count.into_iter().chain(figure.count).reduce(u64::saturating_add);
    }
    sums.into_values().collect()
}

/// What a report adds up to: all costs, or what was used; nothing where it tells of no money.
#[must_use]
pub fn total(figures: &[Figure]) -> Money {
    let is_summed = |figure: &&Figure| matches!(figure.topic, FigureTopic::CostItem | FigureTopic::ServiceGroup);
    figures.iter().filter(is_summed).filter_map(|figure| figure.amount).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::Parameters;

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn document(kind: SupportingDocumentKind, item: Option<CostItem>, euros: Option<i64>) -> SupportingDocument {
        SupportingDocument {
            kind,
            on: day("2018-09-30"),
            number: Some("M-1".to_owned()),
            case_document: None,
            project_number: Some("9.2.2.2/16/I/001".to_owned()),
            contract_number: None,
            cost_item: item,
            amount: euros.map(|euros| Money::from_cents(euros * 100)),
        }
    }

    fn payroll(euros: i64) -> SupportingDocument {
        document(SupportingDocumentKind::Payroll, Some(CostItem::WorkerPay), Some(euros))
    }

    fn statement() -> SupportingDocument {
        document(SupportingDocumentKind::AccountStatement, None, None)
    }

    #[test]
    fn reports_are_due_on_their_day_or_the_next_working_day() {
        let calendar = Parameters::embedded().unwrap().calendar;
        for (kind, last, due) in [
            (PilotReportKind::CashFlow, "2023-10", "2023-11-10"),
            (PilotReportKind::Activity, "2023-08", "2023-09-11"),
            (PilotReportKind::Quarterly, "2023-09", "2023-10-30"),
            (PilotReportKind::Quarterly, "2023-12", "2024-01-29"),
        ] {
            assert_eq!(kind.due_on(month(last), &calendar), Some(day(due)), "{kind} {last}");
        }
    }

    #[test]
    fn a_period_is_reported_when_it_is_over() {
        let quarterly = PilotReportKind::Quarterly;
        assert_eq!(quarterly.first_month(month("2024-03")), month("2024-01"));
        assert_eq!(PilotReportKind::CashFlow.first_month(month("2024-03")), month("2024-03"));
        let check = |kind: PilotReportKind, last, today| kind.check_period(month(last), day(today));
        assert_eq!(check(quarterly, "2023-10", "2024-01-01"), Err(PilotReportRefusal::NotAQuarter));
        assert_eq!(check(quarterly, "2023-12", "2023-12-31"), Err(PilotReportRefusal::PeriodNotOver));
        assert_eq!(check(quarterly, "2023-12", "2024-01-01"), Ok(()));
        assert_eq!(check(PilotReportKind::Activity, "2023-10", "2023-11-01"), Ok(()));
    }

    #[test]
    fn steps_follow_each_other_and_nothing_is_submitted_that_is_not_agreed() {
        use PilotReportStatus::{Approved, Draft, PreAgreed, Returned, Submitted};
        use PilotReportStepKind as Step;
        let allowed = [
            (Draft, Step::Generated, Draft),
            (Draft, Step::PreAgreed, PreAgreed),
            (PreAgreed, Step::Generated, Draft),
            (PreAgreed, Step::Submitted, Submitted),
            (Submitted, Step::Returned, Returned),
            (Submitted, Step::Approved, Approved),
            (Returned, Step::Generated, Returned),
            (Returned, Step::PreAgreed, PreAgreed),
        ];
        for &status in PilotReportStatus::ALL {
            for &step in PilotReportStepKind::ALL {
                let to = allowed.iter().find(|(from, by, _)| (*from, *by) == (status, step)).map(|(_, _, to)| *to);
                assert_eq!(status.after(step).ok(), to, "{status} {step}");
            }
        }
    }

    #[test]
    fn a_document_says_what_for_how_much_and_under_which_contract() {
        let known = Uuid::from_u128(1);
        let check = |kind, documents: &[SupportingDocument]| {
            let faults = check_documents(kind, documents, day("2018-10-02"), |id| id == known);
            faults.iter().map(|fault| format!("{} {}", fault.code(), fault.pointer())).collect::<Vec<_>>()
        };
        let cash = PilotReportKind::CashFlow;
        let of_case = SupportingDocument { number: None, case_document: Some(known), ..payroll(1) };
        assert!(check(cash, &[payroll(1_000), statement(), of_case]).is_empty());
        let bad = SupportingDocument {
            on: day("2018-10-03"),
            number: None,
            project_number: None,
            ..document(SupportingDocumentKind::Other, None, None)
        };
        let unknown = SupportingDocument { case_document: Some(Uuid::from_u128(2)), ..payroll(1) };
        let services = document(SupportingDocumentKind::Invoice, Some(CostItem::Services), Some(1));
        assert_eq!(
            check(cash, &[bad, unknown, services]),
            [
                "date_out_of_range /documents/0/on",
                "missing_field /documents/0/number",
                "missing_field /documents/0/contract_number",
                "missing_field /documents/0/cost_item",
                "missing_field /documents/0/amount",
                "unknown_document /documents/1/case_document",
                "generated_cost_item /documents/2/cost_item",
            ]
        );
        assert_eq!(check(PilotReportKind::Activity, &[payroll(1)]), ["documents_not_applicable /documents"]);
        assert!(check(PilotReportKind::Quarterly, &[]).is_empty());
        assert_eq!(check_agreement(cash, &[payroll(1)]), Err(PilotReportRefusal::StatementRequired));
        assert_eq!(check_agreement(cash, &[statement()]), Ok(()));
        assert_eq!(check_agreement(PilotReportKind::Activity, &[]), Ok(()));
    }

    #[test]
    fn indirect_costs_are_a_share_of_the_pay() {
        let indirect = |euros| document(SupportingDocumentKind::Other, Some(CostItem::IndirectCosts), Some(euros));
        let warn =
            |euros| warnings(PilotReportKind::CashFlow, &[payroll(1_000), statement(), indirect(euros)], Some(15));
        assert_eq!(warn(150), []);
        assert_eq!(warn(151), [PilotReportWarning::IndirectCostsAboveShare]);
        assert_eq!(warnings(PilotReportKind::CashFlow, &[], Some(15)), [PilotReportWarning::WithoutStatement]);
        assert_eq!(warnings(PilotReportKind::Quarterly, &[], Some(15)), []);
    }

    #[test]
    fn figures_add_up_to_what_was_paid() {
        let catalogue = Parameters::embedded().unwrap().catalogue;
        let payment = |cents, correction| PaymentLine {
            paid_on: day("2018-09-20"),
            document: InvoiceKind::Invoice,
            number: None,
            provider: None,
            provider_name: None,
            recipient: None,
            amount: Money::from_cents(cents),
            correction,
        };
        let cash = figures(
            &Generated::CashFlow(vec![payment(10_050, false), payment(-50, false)]),
            &[payroll(1_000), payroll(200), statement()],
            &catalogue,
        );
        let shown = |figures: &[Figure]| -> Vec<String> {
            let value = |figure: &Figure| figure.amount.map(|amount| amount.to_string());
            let text = |figure: &Figure| {
                let value = value(figure).or(figure.count.map(|count| count.to_string()));
                format!("{} {}", figure.of, value.unwrap_or_default())
            };
            figures.iter().map(text).collect()
        };
        assert_eq!(
            shown(&cash),
            ["services 100.00", "worker_pay 1200.00", "worker_transport 0.00", "indirect_costs 0.00"]
        );
        assert_eq!(total(&cash).to_string(), "1300.00");
        let late = figures(&Generated::CashFlow(vec![payment(100, false), payment(50, true)]), &[], &catalogue);
        assert_eq!((&*shown(&late)[4], total(&late).to_string()), ("services 0.50", "1.50".to_owned()));
        let used = |service: &str, methodology, cents| Used {
            methodology,
            service: service.to_owned(),
            cents,
            correction: false,
        };
        let quarterly = Generated::Quarterly(
            vec![
                used("home_care", MethodologyId::Children2023, 500),
                used("home_care", MethodologyId::Adults2023, 300),
                used("no_longer_known", MethodologyId::Adults2023, 200),
            ],
            BTreeMap::from([(Indicator::Recipients, 3)]),
        );
        let quarterly = figures(&quarterly, &[], &catalogue);
        assert_eq!(
            shown(&quarterly)[..5],
            ["social 8.00", "other 2.00", "children-2023 5.00", "adults-2023 5.00", "applications_granted 0"]
        );
        assert_eq!((total(&quarterly).to_string(), quarterly.len()), ("10.00".to_owned(), 12));
        let acts = BTreeMap::from([("get_person".to_owned(), 7), ("sign_plan".to_owned(), 2)]);
        let activity = figures(&Generated::Activity(acts), &[], &catalogue);
        assert_eq!((shown(&activity), total(&activity)), (vec!["sign_plan 2".to_owned()], Money::ZERO));
    }
}
