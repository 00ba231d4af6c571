//! Comma-separated values [RFC 4180]. No text begins like a formula.

use crate::workbook::neutral;

/// What stands in a cell.
pub(crate) enum Cell {
    /// Somebody's words, or a name.
    Text(String),
    /// A number, which may begin with its sign.
    Number(String),
}

impl Cell {
    /// The text of something that may be missing.
    pub(crate) fn told(text: Option<impl ToString>) -> Self {
        Self::Text(text.map(|text| text.to_string()).unwrap_or_default())
    }

    /// A number that may be missing.
    pub(crate) fn number(number: Option<impl ToString>) -> Self {
        Self::Number(number.map(|number| number.to_string()).unwrap_or_default())
    }
}

/// Adds a row.
pub(crate) fn push(csv: &mut String, cells: impl IntoIterator<Item = Cell>) {
    let shown = |cell| match cell {
        Cell::Text(text) => quoted(&text),
        Cell::Number(number) => number,
    };
    let cells: Vec<String> = cells.into_iter().map(shown).collect();
    csv.push_str(&cells.join(","));
    csv.push_str("\r\n");
}

fn quoted(text: &str) -> String {
    let text = neutral(text);
    if text.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
