//! Monthly reports to the ministry: what was paid and what awaits funding, claimed once, pseudonymous, frozen [domain 8.2].

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, Months, NaiveDate};
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    calendar::{Calendar, CalendarOptions},
    funding::{FundingPeriod, FundingTable, FundingVariant, Payer, VariantShares},
    invoices::InvoiceKind,
    money::{Money, Volume},
    month::Month,
    parameters::catalogue::{Catalogue, MethodologyId, ServiceGroup, Unit, names},
    text::{Message, Refusal},
};

names! {
    /// Where a monthly report stands.
    ReportStatus {
        /// Generated; it can be generated again or discarded.
        Draft = "draft",
        /// At the ministry.
        Submitted = "submitted",
        /// Sent back for correction.
        Returned = "returned",
        /// The ministry found it right.
        Approved = "approved",
        /// The ministry has transferred the state's share.
        Funded = "funded",
    }
}

names! {
    /// What was done with a monthly report.
    ReportStepKind {
        /// It was generated, or generated again.
        Generated = "generated",
        /// The head of the office submitted it.
        Submitted = "submitted",
        /// The ministry sent it back.
        Returned = "returned",
        /// The ministry approved it.
        Approved = "approved",
        /// The ministry transferred the state's share.
        Funded = "funded",
    }
}

names! {
    /// In which list of a report a line stands.
    ReportLineKind {
        /// Paid, and claimed now.
        Paid = "paid",
        /// Approved, waiting for the funding, and claimed now.
        Awaiting = "awaiting_funding",
        /// Paid by now; an earlier report has claimed it.
        PaidEarlier = "paid_of_earlier_claim",
    }
}

impl ReportLineKind {
    /// Whether this report claims it.
    #[must_use]
    pub const fn is_claimed(self) -> bool {
        !matches!(self, Self::PaidEarlier)
    }
}

impl ReportStatus {
    /// Where a report stands after a step.
    ///
    /// # Errors
    /// [`ReportRefusal::StatusUnfit`] where the step does not follow.
    pub const fn after(self, step: ReportStepKind) -> Result<Self, ReportRefusal> {
        match (self, step) {
            (Self::Draft | Self::Returned, ReportStepKind::Generated) => Ok(self),
            (Self::Draft | Self::Returned, ReportStepKind::Submitted) => Ok(Self::Submitted),
            (Self::Submitted, ReportStepKind::Returned) => Ok(Self::Returned),
            (Self::Submitted, ReportStepKind::Approved) => Ok(Self::Approved),
            (Self::Approved, ReportStepKind::Funded) => Ok(Self::Funded),
            _ => Err(ReportRefusal::StatusUnfit),
        }
    }

    /// The statuses that the national summary counts.
    pub const COUNTED: &[Self] = &[Self::Submitted, Self::Approved, Self::Funded];
}

/// Why a report is not made or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportRefusal {
    /// The month is not over.
    MonthNotOver,
    /// No funding shares hold on the month's last day.
    NoFunding {
        /// The day.
        date: NaiveDate,
    },
    /// The month has a report.
    Exists,
    /// A later month has a report.
    LaterExists,
    /// Where the report stands, this does not follow.
    StatusUnfit,
    /// The period ends before it begins, or is longer than two years.
    PeriodUnfit,
    /// The period is not one calendar quarter.
    NotAQuarter,
}

impl ReportRefusal {
    /// Whether the state of what is stored is what refuses, not the request.
    #[must_use]
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::Exists | Self::LaterExists | Self::StatusUnfit)
    }
}

impl Refusal for ReportRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::MonthNotOver | Self::PeriodUnfit => "date_out_of_range",
            Self::NotAQuarter => "not_a_quarter",
            Self::NoFunding { .. } => "no_version_for_date",
            Self::Exists => "monthly_report_exists",
            Self::LaterExists => "later_report_exists",
            Self::StatusUnfit => "monthly_report_status",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::MonthNotOver | Self::NoFunding { .. } => "/month".to_owned(),
            Self::PeriodUnfit | Self::NotAQuarter => "/to".to_owned(),
            Self::Exists | Self::LaterExists | Self::StatusUnfit => String::new(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::MonthNotOver => Message::new("report-month-not-over"),
            Self::NoFunding { date } => Message::new("funding-no-version-for-date").with("date", date),
            Self::PeriodUnfit => Message::new("report-period-unfit"),
            Self::NotAQuarter => Message::new("report-not-a-quarter"),
            Self::Exists => Message::new("problem-monthly-report-exists-detail"),
            Self::LaterExists => Message::new("problem-later-report-exists-detail"),
            Self::StatusUnfit => Message::new("problem-monthly-report-status-detail"),
        }
    }
}

/// The most months that one question about the country may span.
pub const MOST_MONTHS: usize = 24;

/// Checks that a report's month is over.
///
/// # Errors
/// [`ReportRefusal::MonthNotOver`].
pub fn check_month(month: Month, today: NaiveDate) -> Result<(), ReportRefusal> {
    if month.last_day() < today { Ok(()) } else { Err(ReportRefusal::MonthNotOver) }
}

/// Checks a period of months, both included.
///
/// # Errors
/// [`ReportRefusal::PeriodUnfit`].
pub fn check_period(from: Month, to: Month) -> Result<(), ReportRefusal> {
    let months = from.to(to).take(MOST_MONTHS + 1).count();
    if (1..=MOST_MONTHS).contains(&months) { Ok(()) } else { Err(ReportRefusal::PeriodUnfit) }
}

/// Checks a period for which figures of the whole country are told without small groups: one calendar quarter. Periods that overlap
/// could be subtracted from each other, and would tell of the few who are hidden in each.
///
/// # Errors
/// [`ReportRefusal::NotAQuarter`].
pub fn check_quarter(from: Month, to: Month) -> Result<(), ReportRefusal> {
    let is_quarter = from.first_day().month0().is_multiple_of(3) && from.to(to).take(4).count() == 3;
    if is_quarter { Ok(()) } else { Err(ReportRefusal::NotAQuarter) }
}

/// The first day of services that the report of a month tells of in due time: that of the month before, as providers invoice and
/// persons claim in a month what was received in the one before it [domain 7.4, 7.5].
///
/// **Decision**: what is claimed in the report is a correction [domain 8.2] where the last day of its services is earlier (it was told
/// late), where it was approved before the report's month and no report took it, and where it is a credit note to an invoice that an
/// earlier report claimed. It is a correction of the month of its services. What is paid of an earlier claim corrects nothing.
#[must_use]
pub fn timely_from(month: Month) -> NaiveDate {
    month.first_day().checked_sub_months(Months::new(1)).unwrap_or_else(|| month.first_day())
}

/// The last day to submit the report of a month: the 15th of the next month.
#[must_use]
pub fn due_on(month: Month, calendar: &Calendar) -> Option<NaiveDate> {
    due_after(month, 15, calendar)
}

/// A day of the month after a month, moved to the next working day where it is none. **Decision**: in the calendar of the country,
/// without the moved working days, as all deadlines.
#[must_use]
pub fn due_after(month: Month, day: u64, calendar: &Calendar) -> Option<NaiveDate> {
    let due = month.last_day().checked_add_days(Days::new(day))?;
    let mut days = due.iter_days().take(31);
    days.find(|day| calendar.is_working_day(*day, CalendarOptions::default()))
}

/// What is equal of approved invoices and claims, added up by the database.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spent {
    /// The list that it stands in.
    pub kind: ReportLineKind,
    /// Pseudonym of the person.
    pub recipient: String,
    /// Methodology of the budget.
    pub methodology: MethodologyId,
    /// Code of the service.
    pub service: String,
    /// What asked for the money.
    pub document: InvoiceKind,
    /// The provider; none where a person claims.
    pub provider: Option<Uuid>,
    /// Name of a provider that is no natural person.
    pub provider_name: Option<String>,
    /// Cents a unit.
    pub unit_price: i64,
    /// The month of its services, where an earlier report should have told of it: see [`timely_from`].
    pub correction_of: Option<Month>,
    /// Thousandths of the unit; negative where a credit note takes back.
    pub thousandths: i64,
    /// Cents; negative where a credit note takes back.
    pub cents: i64,
}

/// Who pays what of an amount, cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shares {
    /// The state.
    pub state: i64,
    /// The municipality.
    pub municipality: i64,
    /// The parents.
    pub parents: i64,
}

/// Who pays which share on a day: by the variant that is chosen for the country, and by those of methodologies with one of their
/// own [domain 4.6, 8.1].
#[derive(Debug, Clone)]
pub struct Percentages {
    /// The chosen variant.
    pub variant: FundingVariant,
    period: FundingPeriod,
}

impl Percentages {
    /// Those of a day.
    ///
    /// # Errors
    /// [`ReportRefusal::NoFunding`] where none hold.
    pub fn on(date: NaiveDate, table: &FundingTable) -> Result<Self, ReportRefusal> {
        let period = table.at(date).ok_or(ReportRefusal::NoFunding { date })?;
        let chosen = period.variants.iter().find(|variant| variant.chosen);
        let chosen = chosen.ok_or(ReportRefusal::NoFunding { date })?;
        Ok(Self { variant: chosen.variant, period: period.clone() })
    }

    /// The variant of a methodology.
    fn variant_of(&self, methodology: MethodologyId) -> FundingVariant {
        self.period.shares_for(methodology).map_or(self.variant, |shares| shares.variant)
    }

    /// Splits an amount by a variant.
    fn split(&self, variant: FundingVariant, cents: i64) -> Shares {
        self.period.shares_of(variant).map_or_else(Shares::default, |shares| split(shares, cents))
    }
}

/// Splits an amount: each share but the state's is rounded down to cents, the state takes the rest. What is taken back is split
/// like what was given.
fn split(shares: &VariantShares, cents: i64) -> Shares {
    // Integer division drops the fraction on either side of nothing.
    let part = |payer: Payer| {
        let percent = shares.shares.iter().find(|share| share.payer == payer).map_or(0, |share| share.percent);
        i64::try_from(i128::from(cents) * i128::from(percent) / 100).unwrap_or_default()
    };
    let (municipality, parents) = (part(Payer::Municipality), part(Payer::Parents));
    Shares { state: cents.saturating_sub(municipality).saturating_sub(parents), municipality, parents }
}

impl Shares {
    fn plus(self, other: Self) -> Self {
        Self {
            state: self.state.saturating_add(other.state),
            municipality: self.municipality.saturating_add(other.municipality),
            parents: self.parents.saturating_add(other.parents),
        }
    }
}

/// A line of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportLine {
    /// Its number, from 1.
    pub number: u32,
    /// The list that it stands in.
    pub kind: ReportLineKind,
    /// Pseudonym of the person.
    pub recipient: String,
    /// Methodology of the budget.
    pub methodology: MethodologyId,
    /// Code of the service.
    pub service: String,
    /// Its group.
    pub service_group: ServiceGroup,
    /// What the volume counts; none of a service that the catalogue does not know any more.
    pub unit: Option<Unit>,
    /// What asked for the money.
    pub document: InvoiceKind,
    /// The provider; none where a person claims.
    pub provider: Option<Uuid>,
    /// Name of a provider that is no natural person.
    pub provider_name: Option<String>,
    /// Whether an earlier report should have told of it, or has claimed what it takes back.
    pub correction: bool,
    /// The month of its services, where it is a correction.
    pub correction_of: Option<Month>,
    /// Volume; negative where a credit note takes back.
    pub units: Volume,
    /// EUR a unit.
    pub unit_price: Money,
    /// EUR; negative where a credit note takes back.
    pub amount: Money,
    /// What the state pays of it, EUR; nothing where an earlier report claimed it.
    pub state: Money,
    /// What the municipality pays of it, EUR.
    pub municipality: Money,
    /// What the parents pay of it, EUR.
    pub parents: Money,
}

/// What a report adds up to, EUR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct ReportTotals {
    /// Different recipients.
    pub recipients: u32,
    /// Paid, and claimed now.
    pub paid: Money,
    /// Approved, waiting for the funding, and claimed now.
    pub awaiting_funding: Money,
    /// Both lists together.
    pub claimed: Money,
    /// Of these, what corrects earlier reports.
    pub corrections: Money,
    /// Paid of what earlier reports claimed; not claimed again.
    pub paid_of_earlier_claims: Money,
    /// What the state pays of the claim.
    pub state: Money,
    /// What the municipality pays of the claim.
    pub municipality: Money,
    /// What the parents pay of the claim.
    pub parents: Money,
}

/// What is frozen of a report. Its JSON, byte for byte, is what the hash is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportContent {
    /// ATVK code of the municipality.
    pub municipality: String,
    /// The month.
    pub month: Month,
    /// How state, municipality and parents share what no methodology says otherwise of.
    pub variant: FundingVariant,
    /// What it adds up to.
    pub totals: ReportTotals,
    /// Its lines.
    pub lines: Vec<ReportLine>,
}

/// Makes a report of what was spent. The shares of the lines add up to those of the whole claim by their variant: each line gets
/// what the share of that claim grows by with it.
#[must_use]
pub fn report(
    municipality: String,
    month: Month,
    mut spent: Vec<Spent>,
    percentages: &Percentages,
    catalogue: &Catalogue,
) -> ReportContent {
    spent.sort();
    let mut totals = Sums::default();
    let mut recipients = BTreeSet::new();
    let mut claims: BTreeMap<FundingVariant, (i64, Shares)> = BTreeMap::new();
    let mut lines = Vec::with_capacity(spent.len());
    for (number, spent) in (1..).zip(spent) {
        let variant = percentages.variant_of(spent.methodology);
        let (claimed, shared) = claims.entry(variant).or_default();
        let before = *shared;
        if spent.kind.is_claimed() {
            *claimed = claimed.saturating_add(spent.cents);
            *shared = percentages.split(variant, *claimed);
        }
        totals.add(&spent);
        if !recipients.contains(&spent.recipient) {
            recipients.insert(spent.recipient.clone());
        }
        let service = catalogue.find(&spent.service);
        lines.push(ReportLine {
            number,
            kind: spent.kind,
            recipient: spent.recipient,
            methodology: spent.methodology,
            service_group: service.map_or(ServiceGroup::Other, |service| service.group),
            unit: service.map(|service| service.unit),
            service: spent.service,
            document: spent.document,
            provider: spent.provider,
            provider_name: spent.provider_name,
            correction: spent.correction_of.is_some(),
            correction_of: spent.correction_of,
            units: Volume::from_thousandths(spent.thousandths),
            unit_price: Money::from_cents(spent.unit_price),
            amount: Money::from_cents(spent.cents),
            state: Money::from_cents(shared.state.saturating_sub(before.state)),
            municipality: Money::from_cents(shared.municipality.saturating_sub(before.municipality)),
            parents: Money::from_cents(shared.parents.saturating_sub(before.parents)),
        });
    }
    let claimed = claims.values().fold(0_i64, |sum, (claimed, _)| sum.saturating_add(*claimed));
    let shared = claims.values().fold(Shares::default(), |sum, (_, shared)| sum.plus(*shared));
    let totals = ReportTotals {
        recipients: u32::try_from(recipients.len()).unwrap_or(u32::MAX),
        paid: Money::from_cents(totals.paid),
        awaiting_funding: Money::from_cents(totals.awaiting),
        claimed: Money::from_cents(claimed),
        corrections: Money::from_cents(totals.corrections),
        paid_of_earlier_claims: Money::from_cents(totals.earlier),
        state: Money::from_cents(shared.state),
        municipality: Money::from_cents(shared.municipality),
        parents: Money::from_cents(shared.parents),
    };
    ReportContent { municipality, month, variant: percentages.variant, totals, lines }
}

#[derive(Default)]
struct Sums {
    paid: i64,
    awaiting: i64,
    earlier: i64,
    corrections: i64,
}

impl Sums {
    fn add(&mut self, spent: &Spent) {
        let sum = match spent.kind {
            ReportLineKind::Paid => &mut self.paid,
            ReportLineKind::Awaiting => &mut self.awaiting,
            ReportLineKind::PaidEarlier => &mut self.earlier,
        };
        *sum = sum.saturating_add(spent.cents);
        if spent.correction_of.is_some() {
            self.corrections = self.corrections.saturating_add(spent.cents);
        }
    }
}

/// A bar of the report's chart: EUR of a service group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupSums {
    /// The group.
    pub group: ServiceGroup,
    /// Paid, and claimed now.
    pub paid: Money,
    /// Waiting for the funding.
    pub awaiting: Money,
}

/// What each service group adds up to; the groups without a line are left out.
#[must_use]
pub fn by_group(lines: &[ReportLine]) -> Vec<GroupSums> {
    let sum = |group: ServiceGroup, kind| {
        let of = lines.iter().filter(|line| line.service_group == group && line.kind == kind);
        of.map(|line| line.amount).sum::<Money>()
    };
    let is_there = |group: &&ServiceGroup| lines.iter().any(|line| line.service_group == **group);
    let sums = |group: &ServiceGroup| GroupSums {
        group: *group,
        paid: sum(*group, ReportLineKind::Paid),
        awaiting: sum(*group, ReportLineKind::Awaiting),
    };
    ServiceGroup::ALL.iter().filter(is_there).map(sums).collect()
}

/// Thousandths of a volume, for the database.
#[must_use]
pub fn thousandths(volume: Volume) -> Option<i64> {
    volume.value().checked_mul(rust_decimal::Decimal::ONE_THOUSAND)?.to_i64()
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::parameters::Parameters;

    static TABLE: LazyLock<FundingTable> = LazyLock::new(|| FundingTable::embedded().unwrap());

    fn shared() -> Percentages {
        Percentages::on("2023-06-30".parse().unwrap(), &TABLE).unwrap()
    }

    fn spent(kind: ReportLineKind, recipient: &str, cents: i64, correction: bool) -> Spent {
        Spent {
            kind,
            recipient: recipient.to_owned(),
            methodology: MethodologyId::Children2023,
            service: "home_care".to_owned(),
            document: InvoiceKind::Invoice,
            provider: None,
            provider_name: None,
            unit_price: 663,
            correction_of: correction.then(|| "2023-04".parse().unwrap()),
            thousandths: 1_000,
            cents,
        }
    }

    fn made(spent: Vec<Spent>) -> ReportContent {
        let month = "2023-06".parse().unwrap();
        report("0001000".to_owned(), month, spent, &shared(), &Parameters::embedded().unwrap().catalogue)
    }

    #[test]
    fn services_of_the_month_before_are_told_in_due_time() {
        for (month, first) in [("2023-06", "2023-05-01"), ("2024-01", "2023-12-01"), ("2024-03", "2024-02-01")] {
            assert_eq!(timely_from(month.parse().unwrap()).to_string(), first);
        }
        let made = made(vec![spent(ReportLineKind::Paid, "A", 1, true), spent(ReportLineKind::Paid, "B", 2, false)]);
        let told: Vec<_> = made.lines.iter().map(|line| (line.correction, line.correction_of)).collect();
        assert_eq!(told, [(true, "2023-04".parse().ok()), (false, None)]);
    }

    #[test]
    fn shares_are_those_of_the_golden_split() {
        assert_eq!(shared().variant, FundingVariant::Shared5050);
        let lines = vec![
            spent(ReportLineKind::Paid, "A", 1_000_000_001, false),
            spent(ReportLineKind::Awaiting, "B", 362_916_101, false),
            spent(ReportLineKind::Awaiting, "C", 1, true),
            spent(ReportLineKind::PaidEarlier, "D", 777, false),
        ];
        let ReportContent { totals, lines, .. } = made(lines);
        assert_eq!(totals.claimed.to_string(), "13629161.03");
        assert_eq!(
            (totals.municipality.to_string(), totals.state.to_string()),
            ("6814580.51".to_owned(), "6814580.52".to_owned())
        );
        assert_eq!(totals.paid_of_earlier_claims.to_string(), "7.77");
        assert_eq!((totals.corrections.to_string(), totals.recipients), ("0.01".to_owned(), 4));
        assert_eq!(lines.iter().map(|line| line.municipality).sum::<Money>(), totals.municipality);
        assert_eq!(lines.last().map(|line| (line.kind, line.state)), Some((ReportLineKind::PaidEarlier, Money::ZERO)));
    }

    #[test]
    fn the_state_pays_the_whole_of_the_pilot() {
        let of = |methodology, cents| Spent { methodology, ..spent(ReportLineKind::Paid, "A", cents, false) };
        let pilot = MethodologyId::ChildrenPilot2018;
        let lines = vec![
            of(MethodologyId::Children2023, 101),
            of(pilot, 1_001),
            of(MethodologyId::Adults2023, 100),
            of(pilot, -1),
        ];
        let ReportContent { totals, lines, variant, .. } = made(lines);
        assert_eq!(variant, FundingVariant::Shared5050);
        let cents = |amount: Money| amount.cents().unwrap();
        assert_eq!(
            ["12.01", "1.00", "11.01"],
            [totals.claimed, totals.municipality, totals.state].map(|sum| sum.to_string())
        );
        for line in lines {
            let expected = if line.methodology == pilot { line.amount } else { line.state };
            assert_eq!(line.state, expected);
            assert_eq!(cents(line.state) + cents(line.municipality), cents(line.amount));
        }
    }

    #[test]
    fn reports_are_due_on_the_fifteenth_or_the_next_working_day() {
        let calendar = Parameters::embedded().unwrap().calendar;
        for (month, due) in [("2023-10", "2023-11-15"), ("2023-06", "2023-07-17"), ("2023-12", "2024-01-15")] {
            assert_eq!(due_on(month.parse().unwrap(), &calendar), due.parse().ok(), "{month}");
        }
    }

    #[test]
    fn a_month_is_reported_when_it_is_over() {
        let month: Month = "2023-10".parse().unwrap();
        assert_eq!(check_month(month, "2023-10-31".parse().unwrap()), Err(ReportRefusal::MonthNotOver));
        assert_eq!(check_month(month, "2023-11-01".parse().unwrap()), Ok(()));
        let period = |from: &str, to: &str| check_period(from.parse().unwrap(), to.parse().unwrap()).is_ok();
        assert_eq!(
            [period("2023-01", "2024-12"), period("2023-01", "2025-01"), period("2023-02", "2023-01")],
            [true, false, false]
        );
    }

    #[test]
    fn the_country_is_told_of_by_whole_quarters() {
        for (from, to, fits) in [
            ("2023-01", "2023-03", true),
            ("2023-10", "2023-12", true),
            ("2023-01", "2023-01", false),
            ("2023-01", "2023-02", false),
            ("2023-01", "2023-04", false),
            ("2023-01", "2023-06", false),
            ("2023-02", "2023-04", false),
            ("2022-10", "2023-12", false),
            ("2023-10", "2022-12", false),
        ] {
            let expected = if fits { Ok(()) } else { Err(ReportRefusal::NotAQuarter) };
            assert_eq!(check_quarter(from.parse().unwrap(), to.parse().unwrap()), expected, "{from} {to}");
        }
    }

    #[test]
    fn steps_follow_each_other() {
        use ReportStatus::{Approved, Draft, Funded, Returned, Submitted};
        use ReportStepKind as Step;
        let allowed = [
            (Draft, Step::Generated, Draft),
            (Draft, Step::Submitted, Submitted),
            (Submitted, Step::Returned, Returned),
            (Returned, Step::Generated, Returned),
            (Returned, Step::Submitted, Submitted),
            (Submitted, Step::Approved, Approved),
            (Approved, Step::Funded, Funded),
        ];
        for &status in ReportStatus::ALL {
            for &step in ReportStepKind::ALL {
                let to = allowed.iter().find(|(from, by, _)| (*from, *by) == (status, step)).map(|(_, _, to)| *to);
                assert_eq!(status.after(step).ok(), to, "{status} {step}");
            }
        }
    }

    proptest! {
        #[test]
        fn shares_of_lines_add_up_to_those_of_the_claim(
            amounts in prop::collection::vec((-50_000_i64..900_000, 0_usize..3), 0..60),
        ) {
            let lines = amounts.iter().map(|(cents, kind)| spent(ReportLineKind::ALL[*kind], "A", *cents, false));
            let content = made(lines.collect());
            let claimed: i64 = amounts.iter().filter(|(_, kind)| *kind < 2).map(|(cents, _)| cents).sum();
            prop_assert_eq!(content.totals.claimed.cents(), Some(claimed));
            let whole = shared().split(FundingVariant::Shared5050, claimed);
            let sum = |of: fn(&ReportLine) -> Money| content.lines.iter().map(of).sum::<Money>().cents();
            prop_assert_eq!(sum(|line| line.state), Some(whole.state));
            prop_assert_eq!(sum(|line| line.municipality), Some(whole.municipality));
            prop_assert_eq!(whole.state + whole.municipality + whole.parents, claimed);
            for line in content.lines.iter().filter(|line| line.kind.is_claimed()) {
                prop_assert_eq!(line.state + line.municipality + line.parents, line.amount);
            }
        }
    }
}
