//! The plan and its execution as a workbook, in the order of the "IBM matrix" that workers know [S0 §3.1; domain 8.2]: eleven
//! tables are announced there and ten described, there is no 6.7.
//!
//! The matrix itself, annex 6, is not among the sources: its tables have the titles of S0 §3.1 and the columns that its
//! descriptions name. Every figure is a value, not a formula: the workbook tells what the plan and the ledger say.

mod file;
mod forecast;
mod national;
mod pilot;
mod report;
mod tables;

use std::{borrow::Cow, ops::Range};

use balsts_domain::{
    ledger::Balance,
    money::{Money, Volume},
    parameters::Parameters,
    plans::status::{PlanDocument, PlanParty, PlanStatus, SigningMethod},
};
use chrono::{NaiveDate, NaiveTime};
pub use file::WorkbookError;
pub(crate) use file::neutral;
pub use forecast::forecast;
pub use national::national_summary;
pub use pilot::{pilot_report, pilot_summary};
pub use report::monthly_report;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{
    grid::{Grid, Value},
    plan::Plan,
};

/// What the workbook tells beside the plan.
#[derive(Debug, Clone)]
pub struct Workbook<'a> {
    /// The plan, its person and its providers.
    pub plan: &'a Plan<'a>,
    /// Identifier of the plan.
    pub id: Uuid,
    /// Where the plan stands.
    pub status: PlanStatus,
    /// Birth date, where it is known.
    pub birth_date: Option<NaiveDate>,
    /// Telephone and e-mail of whoever speaks for the person.
    pub contacts: &'a [String],
    /// Who assessed and drew the plan up.
    pub team: &'a [TeamMember],
    /// What was ordered, delivered, invoiced and paid; none before a version is signed.
    pub balance: Option<&'a Balance>,
    /// What the ledger holds of each line and month.
    pub months: &'a [MonthActual],
    /// Signatures under the version.
    pub signatures: &'a [Signed],
    /// SHA-256 of the plan's content.
    pub content_hash: &'a [u8],
    /// Title and version of the methodology.
    pub methodology: &'a str,
}

/// A member of the team [S0 table 6.2].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamMember {
    /// Name.
    pub name: String,
    /// Profession or position.
    pub role: String,
    /// The day of the assessment or calculation.
    pub on: Option<NaiveDate>,
}

/// What was delivered and paid of a line in a month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MonthActual {
    /// Number of the line.
    pub line: u32,
    /// First day of the month.
    pub month: NaiveDate,
    /// Delivered, thousandths of the unit.
    pub delivered_volume: i64,
    /// Delivered, cents.
    pub delivered: i64,
    /// Paid, cents.
    pub paid: i64,
}

/// A signature that is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// What is signed.
    pub document: PlanDocument,
    /// Who signed.
    pub party: PlanParty,
    /// Name.
    pub name: String,
    /// Its day.
    pub on: NaiveDate,
    /// How.
    pub method: SigningMethod,
    /// SHA-256 of what is signed.
    pub hash: Vec<u8>,
}

/// Writes the workbook as an XLSX file. The same input gives the same bytes.
///
/// # Errors
/// [`WorkbookError`] where a text is longer than a cell may be.
pub fn workbook(workbook: &Workbook<'_>, parameters: &Parameters) -> Result<Vec<u8>, WorkbookError> {
    let properties = file::Properties {
        title: format!("Atbalsta plāns, versija {}", workbook.plan.version),
        company: &workbook.plan.issuer.municipality,
        // The first day of the plan: the same plan gives the same bytes.
        created: workbook.plan.content.from.and_time(NaiveTime::MIN),
    };
    file::write(&tables::sheets(workbook, parameters), &properties)
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Cell {
    /// Nothing.
    Empty,
    /// A text.
    Text(String),
    /// An amount, EUR.
    Money(Money),
    /// A volume, or what is left of one.
    Volume(Volume),
    /// A number that counts.
    Count(u32),
    /// Any other number.
    Number(Decimal),
    /// A day.
    Day(NaiveDate),
}

impl Cell {
    fn text(text: impl Into<String>) -> Self {
        let text: String = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    fn or_empty<T>(value: Option<T>, cell: impl Fn(T) -> Self) -> Self {
        value.map_or(Self::Empty, cell)
    }

    fn cents(cents: i64) -> Self {
        Self::Money(Money::from_cents(cents))
    }

    fn thousandths(thousandths: i64) -> Self {
        Self::Volume(Volume::from_thousandths(thousandths))
    }
}

/// A sheet.
#[derive(Debug)]
struct Sheet {
    /// Its name in the workbook.
    name: &'static str,
    /// Its title.
    title: &'static str,
    /// The column where labels and signatures begin, below the texts of the tables.
    indent: u16,
    /// What stands in it.
    parts: Vec<Part>,
}

/// A part of a sheet.
#[derive(Debug)]
enum Part {
    /// Labels with values.
    Facts(Vec<(String, Cell)>),
    /// A table; the last row is a sum where there is one.
    Table { caption: &'static str, heads: Vec<Head>, rows: Vec<Vec<Cell>>, sum: Option<Vec<Cell>> },
    /// A chart of the first table of the sheet: some of its rows, below their texts, and the columns that it compares.
    Chart { title: &'static str, rows: Range<u32>, columns: Vec<u16> },
    /// Lines to sign on: in what capacity, and who.
    Signatures(Vec<(String, String)>),
}

/// The head of a column.
#[derive(Debug, Clone)]
enum Head {
    Text(Cow<'static, str>),
    Month(NaiveDate),
}

impl Head {
    fn text(text: impl Into<Cow<'static, str>>) -> Self {
        Self::Text(text.into())
    }
}

impl From<Grid> for Part {
    fn from(grid: Grid) -> Self {
        let cell = |value: Value| match value {
            Value::Empty => Cell::Empty,
            Value::Text(text) => Cell::text(text),
            Value::Euros(amount) => Cell::Money(amount),
            Value::Number(number) => Cell::Number(number),
            Value::Day(day) => Cell::Day(day),
        };
        Self::Table {
            caption: grid.caption,
            heads: grid.heads.into_iter().map(Head::text).collect(),
            rows: grid.rows.into_iter().map(|row| row.into_iter().map(cell).collect()).collect(),
            sum: None,
        }
    }
}
