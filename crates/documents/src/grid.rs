//! Tables of a page and of a workbook: the same cells, shown in each as it shows them.

use balsts_domain::{money::Money, text::Language};
use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::{
    document::{Column, Table},
    figures,
    latvian::short_date,
};

/// What stands in a cell, however it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Empty,
    Text(String),
    Euros(Money),
    Number(Decimal),
    Day(NaiveDate),
}

impl Value {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The text of something that may be missing.
    pub(crate) fn told(text: Option<impl ToString>) -> Self {
        text.map_or(Self::Empty, |text| Self::Text(text.to_string()))
    }
}

/// A table of the page and of the workbook.
#[derive(Debug, Clone)]
pub(crate) struct Grid {
    pub(crate) caption: &'static str,
    pub(crate) heads: Vec<String>,
    pub(crate) rows: Vec<Vec<Value>>,
}

impl Grid {
    /// The table as a page shows it.
    pub(crate) fn table(self, language: Language) -> Table {
        let text = |value: Value| match value {
            Value::Empty => String::new(),
            Value::Text(text) => text,
            Value::Euros(amount) => figures::number(&amount.to_string(), language),
            Value::Number(number) => figures::number(&number.normalize().to_string(), language),
            Value::Day(day) => short_date(day),
        };
        let is_text = |column: usize| {
            let is_text = |value: Option<&Value>| matches!(value, Some(Value::Text(_) | Value::Day(_) | Value::Empty));
            self.rows.iter().all(|row| is_text(row.get(column)))
        };
        let columns = self.heads.iter().enumerate();
        let columns =
            columns.map(|(at, head)| if is_text(at) { Column::text(head, 1) } else { Column::number(head) }).collect();
        let rows = self.rows.into_iter().map(|row| row.into_iter().map(text).collect()).collect();
        Table { caption: self.caption.to_owned(), columns, rows, totals: Vec::new() }
    }
}
