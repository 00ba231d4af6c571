//! What a claim says: as it is sent, and as the claim shows it.

use balsts_domain::claims::{
    ClaimPayee,
    reimbursement::{NewReimbursement, Receipt, ReimbursementLine},
    transport::{AllowanceUse, Hire, NewTransportClaim, TransportDocument, TransportItem, Trip, Vehicle},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    bounds::{Label, LineNumber, List, Sentences},
    invoices::BankAccount,
    names::{FuelKind, NormSource, Passenger, ReceiptKind, Ticketing, TransportDocumentKind, TransportMode},
    problem::ApiError,
    types::{Amount, Date, UnitPrice, Units, YearMonth},
};

/// Whom to pay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimPayeeRequest {
    /// Name.
    name: Label,
    /// IBAN, in a country of SEPA.
    #[schema(value_type = String, max_length = 42)]
    bank_account: BankAccount,
}

/// A receipt.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimReceipt {
    /// What it is.
    kind: ReceiptKind,
    /// Name of the provider.
    provider: Label,
    /// Registration number of the provider.
    registration_number: Label,
    /// Number of the receipt.
    number: Label,
    /// The day of the payment.
    paid_on: Date,
    /// Whether it tells the recipient's name and personal code, as it must.
    names_recipient: bool,
}

/// A service on days of the month, and its receipt.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReimbursementClaimLine {
    /// The order, which the person prepays.
    order: Uuid,
    /// First day.
    from: Date,
    /// Last day.
    to: Date,
    /// Volume, in the service's unit.
    volume: Units,
    /// EUR a unit.
    unit_price: UnitPrice,
    /// EUR.
    amount: Amount,
    /// The receipt.
    receipt: ClaimReceipt,
}

type ReimbursementLines = List<ReimbursementClaimLine, 1, 200>;

/// A claim for prepaid services.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateReimbursementClaim {
    /// The plan whose services were paid.
    pub(super) plan: Uuid,
    /// The month, which is over; the last but two at the earliest.
    month: YearMonth,
    /// Whom to pay.
    payee: ClaimPayeeRequest,
    /// Its lines.
    #[schema(inline)]
    lines: ReimbursementLines,
    /// Sum of the lines, EUR.
    total: Amount,
    /// In words.
    note: Option<Sentences>,
}

/// A document of a transport claim.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimDocument {
    /// What it is.
    kind: TransportDocumentKind,
    /// Its number.
    number: Label,
    /// Its day.
    on: Date,
    /// Who gave it; a proof of payment needs it.
    issuer: Option<Label>,
    /// Registration number of who gave it, where a proof of payment tells it: by it the same receipt is known in another claim.
    issuer_number: Option<Label>,
    /// Whether it shows route and purpose, as it must; a city ticket may lack the purpose.
    shows_route: bool,
}

/// A car.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimVehicle {
    /// Make and model.
    make: Label,
    /// Registration number.
    registration_number: Label,
    /// Who drives it.
    user: Label,
    /// What it takes.
    fuel: FuelKind,
    /// Litres in 100 km.
    norm: Units,
    /// Where the norm is from.
    norm_source: NormSource,
    /// EUR a litre, as it was paid.
    fuel_price: Units,
    /// First day of the agreement, memo or contract.
    from: Date,
    /// Its last day.
    to: Date,
}

type HireDays = List<Date, 1, 31>;

/// The hire of a car.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimHire {
    /// The days, each with a trip.
    #[schema(inline)]
    days: HireDays,
    /// EUR a day.
    day_price: UnitPrice,
}

/// A trip: a row of the route sheet or report.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimTrip {
    /// The day.
    on: Date,
    /// Number of the plan's line whose service is the purpose.
    purpose: LineNumber,
    /// From where to where; two of a day are told apart by it.
    route: Label,
    /// Who travelled.
    passenger: Passenger,
    /// Whether somebody escorted the person.
    #[serde(default)]
    escorted: bool,
    /// Whether the car drove without the person, who stays at day care, workshop or respite.
    #[serde(default)]
    empty: bool,
    /// Kilometres of a car.
    km: Option<Units>,
    /// Litres of fuel that the car used.
    litres: Option<Units>,
    /// The fuel of the car.
    fuel: Option<FuelKind>,
    /// EUR for a ride with public transport.
    fare: Option<UnitPrice>,
}

type Documents = List<ClaimDocument, 0, 50>;
type Trips = List<ClaimTrip, 1, 200>;

/// What one way of travelling cost in the month.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TransportClaimItem {
    /// The order, whose volume is in euros and which the person prepays.
    order: Uuid,
    /// How the person travelled.
    mode: TransportMode,
    /// How public transport was paid.
    ticketing: Option<Ticketing>,
    /// The documents.
    #[schema(inline)]
    documents: Documents,
    /// The car.
    vehicle: Option<ClaimVehicle>,
    /// The hire of the car.
    hire: Option<ClaimHire>,
    /// The trips.
    #[schema(inline)]
    trips: Trips,
    /// EUR that was paid for bought or municipal transport or parking.
    paid: Option<UnitPrice>,
    /// EUR of what was paid that is a fee for booking, which is not repaid.
    booking_fee: Option<UnitPrice>,
    /// What it cost without that fee, EUR, rounded once.
    cost: Amount,
}

/// How much of the state's transport allowance is used first.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimAllowance {
    /// Granted for the half-year, EUR.
    granted: UnitPrice,
    /// Used before this claim, EUR.
    used_before: UnitPrice,
    /// Used for this claim, EUR: all that is left, up to the cost.
    used: UnitPrice,
}

type TransportItems = List<TransportClaimItem, 1, 20>;

/// A claim for the cost of transport.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateTransportClaim {
    /// The plan to whose services the person travelled.
    pub(super) plan: Uuid,
    /// The month, which is over; the last but two at the earliest.
    month: YearMonth,
    /// Whom to pay.
    payee: ClaimPayeeRequest,
    /// The state's transport allowance, where the person has it.
    allowance: Option<ClaimAllowance>,
    /// What the transport cost.
    #[schema(inline)]
    items: TransportItems,
    /// What is asked for, EUR: the costs without the allowance.
    total: Amount,
    /// In words.
    note: Option<Sentences>,
}

/// What a claim says beside its lines.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClaimDetails {
    /// Services with their receipts.
    receipts: Vec<ReimbursementClaimLine>,
    /// The state's transport allowance.
    allowance: Option<ClaimAllowance>,
    /// What transport cost.
    items: Vec<TransportClaimItem>,
}

impl ClaimDetails {
    pub(crate) fn of_reimbursement(lines: Vec<ReimbursementLine>) -> Self {
        Self { receipts: lines.into_iter().map(Into::into).collect(), allowance: None, items: Vec::new() }
    }

    pub(crate) fn of_transport(allowance: Option<AllowanceUse>, items: Vec<TransportItem>) -> Self {
        Self {
            receipts: Vec::new(),
            allowance: allowance.map(Into::into),
            items: items.into_iter().map(Into::into).collect(),
        }
    }
}

impl TryFrom<ClaimPayeeRequest> for ClaimPayee {
    type Error = ApiError;

    fn try_from(payee: ClaimPayeeRequest) -> Result<Self, ApiError> {
        Ok(Self { name: payee.name.0, account: payee.bank_account.to_pay("/payee/bank_account")? })
    }
}

impl TryFrom<CreateReimbursementClaim> for NewReimbursement {
    type Error = ApiError;

    fn try_from(request: CreateReimbursementClaim) -> Result<Self, ApiError> {
        Ok(Self {
            month: request.month.0,
            payee: request.payee.try_into()?,
            lines: request.lines.0.into_iter().map(Into::into).collect(),
            total: request.total.0,
            note: request.note.map(|note| note.0),
        })
    }
}

impl TryFrom<CreateTransportClaim> for NewTransportClaim {
    type Error = ApiError;

    fn try_from(request: CreateTransportClaim) -> Result<Self, ApiError> {
        Ok(Self {
            month: request.month.0,
            payee: request.payee.try_into()?,
            allowance: request.allowance.map(Into::into),
            items: request.items.0.into_iter().map(Into::into).collect(),
            total: request.total.0,
            note: request.note.map(|note| note.0),
        })
    }
}

/// The same members in the contract and in the rules, there and back.
macro_rules! both_ways {
    ($wire:ident = $domain:ident {
        $($plain:ident),* $(,)?;
        $($wrapped:ident: $newtype:expr),* $(,)?;
        $($optional:ident: $optional_type:expr),* $(,)?;
        $($own:ident),* $(,)?;
        $($list:ident),* $(,)?;
    }) => {
        impl From<$wire> for $domain {
            fn from(wire: $wire) -> Self {
                Self {
                    $($plain: wire.$plain,)*
                    $($wrapped: wire.$wrapped.0,)*
                    $($optional: wire.$optional.map(|told| told.0),)*
                    $($own: wire.$own.map(Into::into),)*
                    $($list: wire.$list.0.into_iter().map(Into::into).collect(),)*
                }
            }
        }

        impl From<$domain> for $wire {
            fn from(told: $domain) -> Self {
                Self {
                    $($plain: told.$plain,)*
                    $($wrapped: $newtype(told.$wrapped),)*
                    $($optional: told.$optional.map($optional_type),)*
                    $($own: told.$own.map(Into::into),)*
                    $($list: List(told.$list.into_iter().map(Into::into).collect()),)*
                }
            }
        }
    };
}

both_ways! { ClaimReceipt = Receipt {
    names_recipient;
    kind: ReceiptKind, provider: Label, registration_number: Label, number: Label, paid_on: Date;
    ; ; ;
} }
both_ways! { ClaimDocument = TransportDocument {
    shows_route;
    kind: TransportDocumentKind, number: Label, on: Date;
    issuer: Label, issuer_number: Label;
    ; ;
} }
both_ways! { ClaimVehicle = Vehicle {
    ;
    make: Label, registration_number: Label, user: Label, fuel: FuelKind, norm: Units, norm_source: NormSource,
    fuel_price: Units, from: Date, to: Date;
    ; ; ;
} }
both_ways! { ClaimTrip = Trip {
    escorted, empty;
    on: Date, purpose: LineNumber, route: Label, passenger: Passenger;
    km: Units, litres: Units, fuel: FuelKind, fare: UnitPrice;
    ; ;
} }
both_ways! { ClaimAllowance = AllowanceUse {
    ;
    granted: UnitPrice, used_before: UnitPrice, used: UnitPrice;
    ; ; ;
} }

impl From<ClaimHire> for Hire {
    fn from(hire: ClaimHire) -> Self {
        Self { days: hire.days.0.into_iter().map(|day| day.0).collect(), day_price: hire.day_price.0 }
    }
}

impl From<Hire> for ClaimHire {
    fn from(hire: Hire) -> Self {
        Self { days: List(hire.days.into_iter().map(Date).collect()), day_price: UnitPrice(hire.day_price) }
    }
}

impl From<ReimbursementClaimLine> for ReimbursementLine {
    fn from(line: ReimbursementClaimLine) -> Self {
        Self {
            order: line.order,
            from: line.from.0,
            to: line.to.0,
            volume: line.volume.0,
            unit_price: line.unit_price.0,
            amount: line.amount.0,
            receipt: line.receipt.into(),
        }
    }
}

impl From<ReimbursementLine> for ReimbursementClaimLine {
    fn from(line: ReimbursementLine) -> Self {
        Self {
            order: line.order,
            from: Date(line.from),
            to: Date(line.to),
            volume: Units(line.volume),
            unit_price: UnitPrice(line.unit_price),
            amount: Amount(line.amount),
            receipt: line.receipt.into(),
        }
    }
}

impl From<TransportClaimItem> for TransportItem {
    fn from(item: TransportClaimItem) -> Self {
        Self {
            order: item.order,
            mode: item.mode.0,
            ticketing: item.ticketing.map(|ticketing| ticketing.0),
            documents: item.documents.0.into_iter().map(Into::into).collect(),
            vehicle: item.vehicle.map(Into::into),
            hire: item.hire.map(Into::into),
            trips: item.trips.0.into_iter().map(Into::into).collect(),
            paid: item.paid.map(|paid| paid.0),
            booking_fee: item.booking_fee.map(|fee| fee.0).unwrap_or_default(),
            cost: item.cost.0,
        }
    }
}

impl From<TransportItem> for TransportClaimItem {
    fn from(item: TransportItem) -> Self {
        Self {
            order: item.order,
            mode: TransportMode(item.mode),
            ticketing: item.ticketing.map(Ticketing),
            documents: List(item.documents.into_iter().map(Into::into).collect()),
            vehicle: item.vehicle.map(Into::into),
            hire: item.hire.map(Into::into),
            trips: List(item.trips.into_iter().map(Into::into).collect()),
            paid: item.paid.map(UnitPrice),
            booking_fee: (!item.booking_fee.is_zero()).then_some(UnitPrice(item.booking_fee)),
            cost: Amount(item.cost),
        }
    }
}

pub(crate) fn reimbursement_example() -> Value {
    json!({
        "plan": "018bcfe5-6800-7000-8000-000000000007", "month": "2023-10",
        "payee": {"name": "Izdomāts Paraugvecāks", "bank_account": "LV80 BANK 0000 4351 9500 1"},
        "lines": [{"order": "018bcfe5-6800-7000-8000-000000000008", "from": "2023-10-02", "to": "2023-10-06", "volume": "5",
            "unit_price": "50.00", "amount": "250.00",
            "receipt": {"kind": "till_receipt", "provider": "Izdomāts centrs SIA", "registration_number": "40000000001",
                "number": "117", "paid_on": "2023-10-06", "names_recipient": true}}],
        "total": "250.00",
    })
}

pub(crate) fn transport_example() -> Value {
    let trip = |route: &str| {
        json!({"on": "2023-10-02", "purpose": 3, "route": route, "passenger": "person", "km": "25", "litres": "1.63",
            "fuel": "petrol"})
    };
    let document =
        |kind: &str, number: &str| json!({"kind": kind, "number": number, "on": "2023-10-02", "shows_route": true});
    json!({
        "plan": "018bcfe5-6800-7000-8000-000000000007", "month": "2023-10",
        "payee": {"name": "Izdomāts Paraugvecāks", "bank_account": "LV80 BANK 0000 4351 9500 1"},
        "items": [{
            "order": "018bcfe5-6800-7000-8000-000000000009", "mode": "private_car",
            "documents": [document("loan_agreement", "P-1"), document("route_sheet", "M-10"), document("fuel_receipt", "5512")],
            "vehicle": {"make": "Izdomāta markā", "registration_number": "AA-1", "user": "Izdomāts Paraugvecāks",
                "fuel": "petrol", "norm": "6.5", "norm_source": "manufacturer", "fuel_price": "1.654",
                "from": "2023-01-01", "to": "2023-12-31"},
            "trips": [trip("Mājas - centrs"), trip("Centrs - mājas")], "cost": "5.38",
        }],
        "total": "5.38",
    })
}
