//! Orders: how a service of a plan is ordered, each a commitment on the budget [domain 7.1].

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    day::DayRefusal,
    deliveries::{Rest, rest_on},
    ledger::{Balance, EntryKind, LedgerRefusal, LineBalance, NewEntry},
    money::{Money, Volume},
    parameters::catalogue::names,
    plans::{PlanContent, PlanLine, status::PlanStatus},
    prices::PriceRefusal,
    text::{Message, Refusal},
};

names! {
    /// How a service is ordered `[S2 stage 4]`.
    OrderForm {
        /// A contract of the office with the provider.
        Contract = "contract",
        /// The office's promise to pay the provider (garantijas vēstule).
        GuaranteeLetter = "guarantee_letter",
        /// The person pays and is repaid.
        SelfPrepaid = "self_prepaid",
    }
}

names! {
    /// Where an order stands.
    OrderStatus {
        /// Services may be delivered.
        Open = "open",
        /// Nothing more is delivered; what was not is given back.
        Closed = "closed",
    }
}

names! {
    /// How the provider was engaged [domain 7.1].
    Engagement {
        /// By a contract that exists.
        ExistingContract = "existing_contract",
        /// By the office's own procurement rules: expected price below EUR 750,000 without VAT.
        OwnRules = "own_rules",
        /// By the Public Procurement Law: from EUR 750,000.
        PublicProcurement = "public_procurement",
        /// By the parent's application.
        ParentApplication = "parent_application",
    }
}

/// What an order says beside services and prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderTerms {
    /// How the provider was engaged; none where the person pays first.
    pub engagement: Option<Engagement>,
    /// Number of the contract or letter.
    pub reference: Option<String>,
    /// How and when the office pays.
    pub payment: Option<String>,
    /// Everything else: rights, duties, liability, monitoring, disputes.
    pub other: Option<String>,
}

/// Why a service cannot be ordered so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderRefusal {
    /// The plan is not in force, or rests.
    PlanNotInForce {
        /// Where it stands.
        status: PlanStatus,
    },
    /// The contract with the person is not signed by both.
    ContractNotSigned,
    /// The order is closed.
    Closed,
    /// The plan has no such line.
    UnknownLine,
    /// Others than the individual budget pay for the line, or nobody does.
    NotPaidByBudget,
    /// Only lines that the person prepays are ordered so, and these in no other way.
    OtherForm,
    /// A contract and a guarantee letter are with a provider.
    ProviderRequired,
    /// It must be told how the provider was engaged.
    EngagementRequired,
    /// The days are not those of the plan's period.
    OutsidePeriod,
    /// The child turns 18 before: the plan is kept to the day before [domain 1].
    TurnsEighteen {
        /// That day.
        last_day: NaiveDate,
    },
    /// The volume is zero.
    NoVolume,
    /// A day does not fit.
    Day(DayRefusal),
    /// A price holds from that day already, or a later one does.
    PriceNotLater,
    /// What was delivered from that day on has the price before, and keeps it. **Decision**: no price rises for days that have a
    /// delivery, as an invoice asks for at most the price that held on them [domain 7.4]; a credit note lowers it, and another delivery
    /// adds a volume that was recorded too small.
    AlreadyDelivered {
        /// The last day of it.
        last: NaiveDate,
    },
    /// The price breaks a bound.
    Price(PriceRefusal),
    /// The plan has a lower price: it is revised first.
    AbovePlan,
    /// The ledger refuses.
    Ledger(LedgerRefusal),
}

impl OrderRefusal {
    /// Whether the state of plan, order or ledger is what refuses, not the request.
    #[must_use]
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::PlanNotInForce { .. } | Self::ContractNotSigned | Self::Closed)
    }
}

impl Refusal for OrderRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::PlanNotInForce { .. } => "plan_not_in_force",
            Self::ContractNotSigned => "contract_not_signed",
            Self::Closed => "order_closed",
            Self::UnknownLine => "unknown_line",
            Self::NotPaidByBudget => "not_paid_by_budget",
            Self::OtherForm => "other_order_form",
            Self::ProviderRequired => "provider_required",
            Self::EngagementRequired => "missing_field",
            Self::OutsidePeriod => "outside_period",
            Self::TurnsEighteen { .. } => "turns_18",
            Self::NoVolume => "volume_required",
            Self::Day(refusal) => refusal.code(),
            Self::PriceNotLater => "price_not_later",
            Self::AlreadyDelivered { .. } => "already_delivered",
            Self::Price(refusal) => refusal.code(),
            Self::AbovePlan => "above_plan_price",
            Self::Ledger(refusal) => refusal.code(),
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::PlanNotInForce { .. } | Self::ContractNotSigned | Self::Closed => String::new(),
            Self::UnknownLine | Self::NotPaidByBudget => "/line".to_owned(),
            Self::OtherForm => "/form".to_owned(),
            Self::ProviderRequired => "/offer".to_owned(),
            Self::EngagementRequired => "/terms/engagement".to_owned(),
            Self::OutsidePeriod | Self::TurnsEighteen { .. } => "/valid_to".to_owned(),
            Self::NoVolume => "/volume".to_owned(),
            Self::Day(refusal) => refusal.pointer(),
            Self::PriceNotLater | Self::AlreadyDelivered { .. } => "/valid_from".to_owned(),
            Self::Price(_) | Self::AbovePlan => "/unit_price".to_owned(),
            Self::Ledger(refusal) => refusal.pointer(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::PlanNotInForce { .. } => Message::new("problem-plan-not-in-force-detail"),
            Self::ContractNotSigned => Message::new("problem-contract-not-signed-detail"),
            Self::Closed => Message::new("problem-order-closed-detail"),
            Self::UnknownLine => Message::new("order-unknown-line"),
            Self::NotPaidByBudget => Message::new("order-not-paid-by-budget"),
            Self::OtherForm => Message::new("order-other-form"),
            Self::ProviderRequired => Message::new("order-provider-required"),
            Self::EngagementRequired => Message::new("order-engagement-required"),
            Self::OutsidePeriod => Message::new("order-outside-period"),
            Self::TurnsEighteen { last_day } => Message::new("plan-turns-18").with("day", last_day),
            Self::NoVolume => Message::new("order-no-volume"),
            Self::Day(refusal) => refusal.message(),
            Self::PriceNotLater => Message::new("order-price-not-later"),
            Self::AlreadyDelivered { last } => Message::new("order-already-delivered").with("date", *last),
            Self::Price(refusal) => refusal.message(),
            Self::AbovePlan => Message::new("order-above-plan-price"),
            Self::Ledger(refusal) => refusal.message(),
        }
    }
}

/// An order as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// Number of the plan's line.
    pub line: u32,
    /// How it is ordered.
    pub form: OrderForm,
    /// Volume, in the service's unit.
    pub volume: Volume,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day.
    pub valid_to: NaiveDate,
    /// Its terms.
    pub terms: OrderTerms,
}

/// The plan that an order is made under.
#[derive(Debug, Clone, Copy)]
pub struct Planned<'p> {
    /// Where it stands.
    pub status: PlanStatus,
    /// When it rests.
    pub rests: &'p [Rest],
    /// The day of the order.
    pub today: NaiveDate,
    /// The version in force.
    pub content: &'p PlanContent,
    /// Birth date of a child; none of an adult.
    pub child_born: Option<NaiveDate>,
    /// Whether head and person have both signed the contract of one of its versions.
    pub has_contract: bool,
}

/// The line that an order is of, where everything about the order fits the plan.
///
/// **Decision** [domain 5.1, 6.5]: services are received under a contract with the person, which is signed once: a later version of
/// its annex, the plan, is signed by itself.
///
/// # Errors
/// Every reason why it does not.
pub fn check<'p>(new: &NewOrder, planned: &Planned<'p>) -> Result<&'p PlanLine, Vec<OrderRefusal>> {
    let Planned { status, rests, today, content: plan, child_born, has_contract } = *planned;
    if !status.is_signed() || rest_on(rests, today).is_some() {
        return Err(vec![OrderRefusal::PlanNotInForce { status }]);
    }
    if !has_contract {
        return Err(vec![OrderRefusal::ContractNotSigned]);
    }
    let Some(line) = plan.line(new.line) else { return Err(vec![OrderRefusal::UnknownLine]) };
    let mut refusals = Vec::new();
    if !line.is_ordered() {
        refusals.push(OrderRefusal::NotPaidByBudget);
    }
    if line.self_prepaid != (new.form == OrderForm::SelfPrepaid) {
        refusals.push(OrderRefusal::OtherForm);
    }
    if new.form != OrderForm::SelfPrepaid {
        if line.offer.is_none() {
            refusals.push(OrderRefusal::ProviderRequired);
        }
        if new.terms.engagement.is_none() {
            refusals.push(OrderRefusal::EngagementRequired);
        }
    }
    if new.valid_from < plan.from || new.valid_to > plan.to || new.valid_to < new.valid_from {
        refusals.push(OrderRefusal::OutsidePeriod);
    } else if let Some(last_day) = Some(plan.last_day(child_born)).filter(|last| *last < new.valid_to) {
        refusals.push(OrderRefusal::TurnsEighteen { last_day });
    }
    if new.volume == Volume::default() {
        refusals.push(OrderRefusal::NoVolume);
    }
    if refusals.is_empty() { Ok(line) } else { Err(refusals) }
}

/// What the ledger says of an order. Cents and thousandths of the unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OrderSums {
    /// The order.
    pub order: Uuid,
    /// Number of the plan's line.
    pub line: u32,
    /// Committed, less what was released.
    pub committed: i64,
    /// The same volume.
    pub committed_volume: i64,
    /// Delivered.
    pub delivered: i64,
    /// The same volume.
    pub delivered_volume: i64,
}

impl OrderSums {
    /// Adds what an entry of the order says.
    pub const fn add(&mut self, kind: EntryKind, cents: i64, thousandths: i64) {
        match kind {
            EntryKind::Committed => {
                self.committed = self.committed.saturating_add(cents);
                self.committed_volume = self.committed_volume.saturating_add(thousandths);
            }
            EntryKind::Released => {
                self.committed = self.committed.saturating_sub(cents);
                self.committed_volume = self.committed_volume.saturating_sub(thousandths);
            }
            EntryKind::Delivered => {
                self.delivered = self.delivered.saturating_add(cents);
                self.delivered_volume = self.delivered_volume.saturating_add(thousandths);
            }
            EntryKind::Planned | EntryKind::Invoiced | EntryKind::Paid => {}
        }
    }

    /// The entry that gives back what is committed and neither delivered nor claimed; none where nothing is. Claims that wait
    /// for approval keep their cents and thousandths.
    #[must_use]
    pub fn release(&self, (claimed, claimed_volume): (i64, i64), on: NaiveDate) -> Option<NewEntry> {
        let left = |committed: i64, delivered: i64, claimed: i64| {
            committed.saturating_sub(delivered).saturating_sub(claimed).max(0)
        };
        let cents = left(self.committed, self.delivered, claimed);
        let thousandths = left(self.committed_volume, self.delivered_volume, claimed_volume);
        let (line, order) = (self.line, Some(self.order));
        let entry = NewEntry { line, kind: EntryKind::Released, cents, thousandths, on, order, reverses: None };
        (cents > 0 || thousandths > 0).then_some(entry)
    }

    /// The entry that commits what another price of the undelivered volume adds, or releases what it saves; none where
    /// nothing changes. A price that begins later saves nothing yet: nobody knows what is delivered before.
    #[must_use]
    pub fn repriced(&self, unit_price: Money, from: NaiveDate, on: NaiveDate) -> Option<NewEntry> {
        let left = Volume::from_thousandths(self.committed_volume.saturating_sub(self.delivered_volume));
        let needed = left.at(unit_price).rounded().cents()?;
        let more = needed.saturating_sub(self.committed.saturating_sub(self.delivered));
        let kind = if more > 0 { EntryKind::Committed } else { EntryKind::Released };
        let (line, order, cents) = (self.line, Some(self.order), more.checked_abs()?);
        let holds = from <= on;
        (more > 0 || (more < 0 && holds)).then_some(NewEntry {
            line,
            kind,
            cents,
            thousandths: 0,
            on,
            order,
            reverses: None,
        })
    }
}

/// The entries with what must be committed again before them, so that what they deliver may be: the ledger is as they find it.
/// `closed` are the sums of those of their orders that are closed, and follow the entries.
///
/// The prices of an order may add up to more than was committed when one of them changed: the same volume, so that the line has the
/// money for it. An order that is closed gave back what nobody had told of yet: what was delivered before its last day still counts
/// [domain 6.6: delivered services are paid].
#[must_use]
pub fn recommitted(
    balance: &Balance,
    new: &[NewEntry],
    closed: &mut BTreeMap<Uuid, OrderSums>,
    on: NaiveDate,
) -> Vec<NewEntry> {
    let mut lines: BTreeMap<u32, LineBalance> = BTreeMap::new();
    let mut all = Vec::with_capacity(new.len());
    for entry in new {
        let known = || balance.lines.get(&entry.line).copied().unwrap_or_default();
        let line = lines.entry(entry.line).or_insert_with(known);
        for entry in recommitment(line, closed, entry, on).into_iter().chain([*entry]) {
            *line = line.moved(entry.kind, entry.cents, entry.thousandths);
            if let Some(sums) = entry.order.and_then(|order| closed.get_mut(&order)) {
                sums.add(entry.kind, entry.cents, entry.thousandths);
            }
            all.push(entry);
        }
    }
    all
}

/// What must be committed again before an entry that delivers more.
fn recommitment(
    line: &LineBalance,
    closed: &BTreeMap<Uuid, OrderSums>,
    entry: &NewEntry,
    on: NaiveDate,
) -> Option<NewEntry> {
    let closed = closed.get(&entry.delivers()?);
    let missing = |delivered: i64, more: i64, committed: i64| delivered.saturating_add(more).saturating_sub(committed);
    let (cents, thousandths) = match closed {
        Some(sums) => (
            missing(sums.delivered, entry.cents, sums.committed),
            missing(sums.delivered_volume, entry.thousandths, sums.committed_volume),
        ),
        None if missing(line.delivered_volume, entry.thousandths, line.committed_volume) > 0 => return None,
        None => (missing(line.delivered, entry.cents, line.committed), 0),
    };
    let (cents, thousandths) = (cents.max(0), thousandths.max(0));
    let again = NewEntry { kind: EntryKind::Committed, cents, thousandths, on, reverses: None, ..*entry };
    (cents > 0 || thousandths > 0).then_some(again)
}

/// The entries that give back, none of them more than a line has beyond what is delivered of it: where prices of an order add up to
/// more than it commits, the line has that from its other orders.
#[must_use]
pub fn released(balance: &Balance, entries: impl IntoIterator<Item = NewEntry>) -> Vec<NewEntry> {
    let mut lines = balance.lines.clone();
    let bounded = |entry: NewEntry| {
        let line = lines.get_mut(&entry.line)?;
        let cents = entry.cents.min(line.undelivered());
        let thousandths = entry.thousandths.min(line.committed_volume.saturating_sub(line.delivered_volume));
        *line = line.moved(entry.kind, cents, thousandths);
        (cents > 0 || thousandths > 0).then_some(NewEntry { cents, thousandths, ..entry })
    };
    entries.into_iter().filter_map(bounded).collect()
}

/// The entry that commits a volume at a price.
#[must_use]
pub fn commitment(line: u32, volume: Volume, unit_price: Money, on: NaiveDate, order: Uuid) -> Option<NewEntry> {
    Some(NewEntry {
        line,
        kind: EntryKind::Committed,
        cents: volume.at(unit_price).rounded().cents()?,
        thousandths: volume.thousandths()?,
        on,
        order: Some(order),
        reverses: None,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const TODAY: NaiveDate = NaiveDate::MIN;

    fn entry(kind: EntryKind, cents: i64, thousandths: i64) -> NewEntry {
        let order = Some(Uuid::from_u128(1));
        NewEntry { line: 1, kind, cents, thousandths, on: TODAY, order, reverses: None }
    }

    fn sums(committed: (i64, i64), delivered: (i64, i64)) -> OrderSums {
        OrderSums {
            order: Uuid::from_u128(1),
            line: 1,
            committed: committed.0,
            committed_volume: committed.1,
            delivered: delivered.0,
            delivered_volume: delivered.1,
        }
    }

    /// What an entry moves.
    fn moves(entry: Option<NewEntry>) -> Option<(EntryKind, i64, i64)> {
        entry.map(|entry| (entry.kind, entry.cents, entry.thousandths))
    }

    #[test]
    fn what_is_released_was_neither_delivered_nor_claimed() {
        use EntryKind::Released;
        for (committed, delivered, claimed, expected) in [
            ((1_000, 10_000), (0, 0), (0, 0), Some((Released, 1_000, 10_000))),
            ((1_000, 10_000), (300, 3_000), (200, 2_000), Some((Released, 500, 5_000))),
            // Everything is delivered, at a lower price than that of the commitment.
            ((1_000, 10_000), (900, 10_000), (0, 0), Some((Released, 100, 0))),
            ((1_000, 10_000), (1_000, 10_000), (0, 0), None),
            // A claim may take what was delivered by another.
            ((1_000, 10_000), (800, 8_000), (300, 3_000), None),
        ] {
            let released = sums(committed, delivered).release(claimed, TODAY);
            assert_eq!(moves(released), expected, "{committed:?} {delivered:?} {claimed:?}");
        }
    }

    #[test]
    fn another_price_commits_or_releases_the_difference_of_the_undelivered_volume() {
        use EntryKind::{Committed, Released};
        let yesterday = TODAY;
        let today = TODAY.succ_opt().unwrap();
        let tomorrow = today.succ_opt().unwrap();
        // Six units are left, and 600 cents.
        let sums = sums((1_000, 10_000), (400, 4_000));
        for (cents, from, expected) in [
            (120, tomorrow, Some((Committed, 120, 0))),
            (120, yesterday, Some((Committed, 120, 0))),
            (100, today, None),
            (90, today, Some((Released, 60, 0))),
            (90, tomorrow, None),
        ] {
            let change = sums.repriced(Money::from_cents(cents), from, today);
            assert_eq!(moves(change), expected, "{cents} from {from}");
        }
    }

    #[test]
    fn what_is_delivered_beyond_the_commitment_is_committed_before() {
        use EntryKind::{Committed, Delivered};
        let line = LineBalance {
            counted: true,
            planned: 2_000,
            planned_volume: 20_000,
            committed: 1_000,
            committed_volume: 10_000,
            delivered: 900,
            delivered_volume: 9_000,
            ..LineBalance::default()
        };
        let balance = Balance { ceiling: 2_000, lines: BTreeMap::from([(1, line)]) };
        let closed = sums((900, 9_000), (900, 9_000));
        for (closed, new, expected) in [
            (None, (100, 1_000), vec![]),
            // The last unit costs more than was committed for it.
            (None, (130, 1_000), vec![(Committed, 30, 0)]),
            // More than was ordered: the ledger is to refuse it.
            (None, (130, 1_001), vec![]),
            (Some(closed), (100, 1_000), vec![(Committed, 100, 1_000)]),
            (Some(closed), (-100, -1_000), vec![]),
        ] {
            let mut closed = closed.map(|sums| (sums.order, sums)).into_iter().collect();
            let entries = recommitted(&balance, &[entry(Delivered, new.0, new.1)], &mut closed, TODAY);
            let mut found: Vec<_> = entries.iter().filter_map(|entry| moves(Some(*entry))).collect();
            assert_eq!(found.pop(), Some((Delivered, new.0, new.1)));
            assert_eq!(found, expected, "{new:?}");
        }
        // Each entry finds what those before it left: a correction gives the room that the next one takes.
        let twice = [entry(Delivered, -100, -1_000), entry(Delivered, 200, 1_000), entry(Delivered, 20, 1_000)];
        let entries = recommitted(&balance, &twice, &mut BTreeMap::new(), TODAY);
        assert_eq!(entries.len(), 4);
        assert_eq!(moves(entries.get(2).copied()), Some((Committed, 20, 0)));
    }

    #[test]
    fn a_line_keeps_what_is_delivered_of_it_whichever_order_gives_back() {
        let line = LineBalance {
            planned: 2_000,
            committed: 1_100,
            delivered: 500,
            planned_volume: 20_000,
            committed_volume: 11_000,
            delivered_volume: 4_000,
            ..LineBalance::default()
        };
        let balance = Balance { ceiling: 2_000, lines: BTreeMap::from([(1, line)]) };
        // Of 11 hours 4 are delivered for more than their own order commits.
        let rest = [entry(EntryKind::Released, 400, 4_000), entry(EntryKind::Released, 300, 3_000)];
        let found: Vec<_> = released(&balance, rest).iter().filter_map(|entry| moves(Some(*entry))).collect();
        assert_eq!(found, [(EntryKind::Released, 400, 4_000), (EntryKind::Released, 200, 3_000)]);
        let again = released(&balance, [rest[0], rest[1], rest[0]]);
        assert_eq!(again.len(), 2, "nothing is left to give back");
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn plan() -> PlanContent {
        let line = |number: u32, funding: &str, prepaid: bool, offer: Option<Uuid>| {
            json!({"number": number, "service": "specialist", "recipient": "child", "goal": 1, "volume": "10",
                "minimum_volume": null, "intensity": null, "schedule": [], "times": [], "offer": offer,
                "unit_price": "60.00", "price_kind": null, "funding": funding, "priority": number, "expert_rank": null,
                "parent_rank": null, "self_prepaid": prepaid, "free_support": false, "provider_is_relative": false,
                "includes": [], "reason": null})
        };
        let lines = [
            line(1, "individual_budget", false, Some(Uuid::nil())),
            line(2, "individual_budget", true, None),
            line(3, "parent", true, None),
        ];
        serde_json::from_value(json!({"from": "2023-04-01", "to": "2024-03-31", "goals": [], "lines": lines,
            "notes": null}))
        .unwrap()
    }

    fn new() -> NewOrder {
        let engagement = Some(Engagement::ParentApplication);
        NewOrder {
            line: 1,
            form: OrderForm::Contract,
            volume: Volume::exact(2.into()),
            valid_from: day("2023-04-01"),
            valid_to: day("2024-03-31"),
            terms: OrderTerms { engagement, reference: None, payment: None, other: None },
        }
    }

    type Change = fn(&mut NewOrder, &mut Planned<'_>);

    #[test]
    fn every_reason_not_to_order_has_its_code_and_place() {
        let content = plan();
        let planned = Planned {
            status: PlanStatus::InForce,
            rests: &[],
            today: day("2023-11-15"),
            content: &content,
            child_born: None,
            has_contract: true,
        };
        static BEFORE: LazyLock<[Rest; 1]> = LazyLock::new(|| [(day("2023-11-01"), Some(day("2023-11-15")))]);
        static NOW: LazyLock<[Rest; 1]> = LazyLock::new(|| [(day("2023-11-15"), None)]);
        static LATER: LazyLock<[Rest; 1]> = LazyLock::new(|| [(day("2023-11-16"), None)]);
        let cases: [(Change, &[&str]); 16] = [
            (|_, _| {}, &[]),
            (|_, planned| planned.status = PlanStatus::Draft, &["plan_not_in_force "]),
            (|_, planned| planned.status = PlanStatus::Terminated, &["plan_not_in_force "]),
            (|_, planned| planned.rests = BEFORE.as_slice(), &[]),
            // What was told ahead holds from its day on, whatever the status says.
            (|_, planned| planned.rests = NOW.as_slice(), &["plan_not_in_force "]),
            (|_, planned| (planned.status, planned.rests) = (PlanStatus::Suspended, LATER.as_slice()), &[]),
            (|_, planned| planned.has_contract = false, &["contract_not_signed "]),
            (|new, _| new.line = 9, &["unknown_line /line"]),
            (|new, _| (new.line, new.form) = (3, OrderForm::SelfPrepaid), &["not_paid_by_budget /line"]),
            (|new, _| new.form = OrderForm::SelfPrepaid, &["other_order_form /form"]),
            (|new, _| new.line = 2, &["other_order_form /form", "provider_required /offer"]),
            (|new, _| new.terms.engagement = None, &["missing_field /terms/engagement"]),
            (|new, _| new.valid_from = day("2023-03-31"), &["outside_period /valid_to"]),
            (|new, _| new.volume = Volume::default(), &["volume_required /volume"]),
            (|_, planned| planned.child_born = Some(day("2006-03-31")), &["turns_18 /valid_to"]),
            (|_, planned| planned.child_born = Some(day("2006-04-01")), &[]),
        ];
        for (position, (change, expected)) in cases.into_iter().enumerate() {
            let (mut new, mut planned) = (new(), planned);
            change(&mut new, &mut planned);
            let found = check(&new, &planned).err().unwrap_or_default();
            let found: Vec<_> =
                found.iter().map(|refusal| format!("{} {}", refusal.code(), refusal.pointer())).collect();
            assert_eq!(found, expected, "{position}");
        }
    }

    proptest! {
        /// Whatever is ordered, delivered, repriced, closed and told of afterwards: the ledger takes it as long as the line has the money,
        /// and a closed order has nothing left that nobody waits for.
        #[test]
        fn a_closed_order_keeps_what_was_delivered_and_no_more(
            ordered in (1_i64..40, 1_i64..2_000),
            steps in prop::collection::vec((0_usize..4, 1_i64..10, 1_i64..2_000), 0..40),
        ) {
            let id = Uuid::from_u128(1);
            let line = LineBalance { counted: true, planned: 1_000_000, planned_volume: 80_000, ..LineBalance::default() };
            let mut balance = Balance { ceiling: 1_000_000, lines: BTreeMap::from([(1, line)]) };
            let (volume, price) = (Volume::from_thousandths(ordered.0 * 1_000), Money::from_cents(ordered.1));
            let first = commitment(1, volume, price, TODAY, id).unwrap();
            let mut sums = OrderSums { order: id, line: 1, ..OrderSums::default() };
            let mut is_closed = false;
            let mut post = |entries: &[NewEntry], sums: &mut OrderSums| {
                let taken = balance.append(entries).is_ok();
                for entry in entries.iter().filter(|_| taken) {
                    sums.add(entry.kind, entry.cents, entry.thousandths);
                }
                (taken, balance.clone())
            };
            let (_, mut now) = post(&[first], &mut sums);
            for (step, units, cents) in steps {
                let entries: Vec<NewEntry> = match step {
                    0 | 1 => {
                        let delivered = entry(EntryKind::Delivered, units * cents, units * 1_000);
                        let mut closed = is_closed.then_some((id, sums)).into_iter().collect();
                        recommitted(&now, &[delivered], &mut closed, TODAY)
                    }
                    2 if !is_closed => sums.repriced(Money::from_cents(cents), TODAY, TODAY).into_iter().collect(),
                    _ => {
                        is_closed = true;
                        sums.release((0, 0), TODAY).into_iter().collect()
                    }
                };
                let (taken, after) = post(&entries, &mut sums);
                let of_line = after.lines[&1];
                prop_assert_eq!((of_line.committed, of_line.delivered), (sums.committed, sums.delivered));
                if is_closed {
                    let room = of_line.planned_volume - of_line.delivered_volume;
                    prop_assert!(taken || room < units * 1_000, "{:?}", entries);
                    prop_assert_eq!(sums.release((0, 0), TODAY), None);
                }
                now = after;
            }
        }
    }
}
