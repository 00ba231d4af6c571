//! What a document consists of, whatever it is shown as.

use balsts_domain::text::Language;
use chrono::NaiveDate;
use serde::Serialize;

/// A document. Every text in it is plain text; whatever it contains is shown, never interpreted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    /// What it is written in.
    pub language: Language,
    /// The municipality that issues it; of what no office issues, what it is part of.
    pub municipality: String,
    /// The lines below the municipality: office, registration number, address.
    pub office: Vec<String>,
    /// What it is.
    pub title: String,
    /// What it is about.
    pub subject: String,
    /// Its place, date and number, one line.
    pub dateline: String,
    /// Its date.
    pub date: NaiveDate,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "of", rename_all = "snake_case")]
pub enum Block {
    /// The heading of a section.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
    /// Labels with their values.
    Facts(Vec<Fact>),
    /// A table.
    Table(Table),
    /// Items without an order.
    List(Vec<String>),
    /// Numbered items.
    Numbered(Vec<String>),
    /// A remark in small print.
    Note(String),
    /// Lines to sign on.
    Signatures(Vec<Signature>),
    /// A chart of bars; a page shows it, paper the table beside it.
    Chart(Chart),
}

/// A chart of bars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// What is told apart by colour in each group.
    pub series: Vec<String>,
    /// Its groups of bars.
    pub groups: Vec<BarGroup>,
}

/// Bars that belong together, one for each series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BarGroup {
    /// What they are.
    pub label: String,
    /// How long each is: cents.
    pub cents: Vec<i64>,
}

/// A label with its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// Its value.
    pub value: String,
}

impl Fact {
    pub(crate) fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into() }
    }
}

/// A table. The first cell of a row is its heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, a cell for each column.
    pub rows: Vec<Vec<String>>,
    /// Sums below the last column.
    pub totals: Vec<Fact>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its heading.
    pub heading: String,
    /// Where its texts stand.
    pub align: Align,
    /// Its part of the width on paper; 0 takes what its texts need.
    pub share: u8,
}

impl Column {
    /// A column of text that shares the width.
    pub(crate) fn text(heading: &str, share: u8) -> Self {
        Self { heading: heading.to_owned(), align: Align::Start, share }
    }

    /// A column of numbers, as wide as they are.
    pub(crate) fn number(heading: &str) -> Self {
        Self { heading: heading.to_owned(), align: Align::End, share: 0 }
    }
}

/// Where a text stands in its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// Where a line begins.
    Start,
    /// Where a line ends: numbers.
    End,
}

/// A line to sign on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signature {
    /// In what capacity.
    pub role: String,
    /// Who.
    pub name: String,
}

/// A text as it is shown: on one line, and with a visible mark for every character that would be invisible, would turn the
/// direction of what stands around it or has no meaning of its own, so that nobody can make a document look like another.
pub(crate) fn shown(text: &str) -> String {
    let one_line = text.chars().map(|character| match character {
        '\u{2028}' | '\u{2029}' => ' ',
        control if control.is_control() => ' ',
        '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{e000}'..='\u{f8ff}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{fffe}'..='\u{ffff}'
        | '\u{e0000}'..='\u{10ffff}' => char::REPLACEMENT_CHARACTER,
        visible => visible,
    });
    one_line.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_marked() {
        for (text, expected) in [
            ("Jānis Bērziņš", "Jānis Bērziņš"),
            ("<b>&\"#emph[x]", "<b>&\"#emph[x]"),
            ("a\nb\tc\u{2028}d\u{0}e", "a b c d e"),
            ("a\u{202e}b\u{200b}c\u{feff}\u{2066}", "a\u{fffd}b\u{fffd}c\u{fffd}\u{fffd}"),
            ("\u{e000}\u{ffff}\u{10fffd}", "\u{fffd}\u{fffd}\u{fffd}"),
            ("1\u{a0}234,56\u{a0}EUR", "1\u{a0}234,56\u{a0}EUR"),
        ] {
            assert_eq!(shown(text), expected, "{text:?}");
        }
    }
}
