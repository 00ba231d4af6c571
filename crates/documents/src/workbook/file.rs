//! Sheets as an XLSX file: numbers as numbers, days as days, and no text that a spreadsheet program could take for a formula.

use std::ops::Range;

use chrono::NaiveDateTime;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{
    Chart, ChartType, DocProperties, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::{Cell, Head, Part, Sheet};
use crate::document::shown;

/// The sheets do not fit into a file, such as for a text of more than 32,767 characters.
#[derive(Debug, thiserror::Error)]
#[error("the workbook could not be written: {0}")]
pub struct WorkbookError(#[from] XlsxError);

const MONEY: &str = "#,##0.00";
const DAY: &str = "dd.mm.yyyy";
const MONTH: &str = "mm.yyyy";
const NARROWEST: usize = 9;
const WIDEST: usize = 42;
/// So many characters fewer of bold letters fit into a column.
const BOLD: usize = 3;
/// Height of a line and the most that a row may have, in points.
const LINE: u32 = 15;
const HIGHEST: u32 = 405;
/// Size of a chart, in pixels and in rows of so many pixels.
const CHART_WIDTH: u32 = 720;
const CHART_ROWS: u32 = 15;
const ROW_PIXELS: u32 = 20;
/// The sheet's number of paper size A4.
const A4: u8 = 9;

/// What a file tells of itself.
#[derive(Debug)]
pub(super) struct Properties<'a> {
    /// Its title.
    pub(super) title: String,
    /// The municipality.
    pub(super) company: &'a str,
    /// Its date, which no clock gives.
    pub(super) created: NaiveDateTime,
}

/// Writes the sheets.
pub(super) fn write(sheets: &[Sheet], properties: &Properties<'_>) -> Result<Vec<u8>, WorkbookError> {
    let mut workbook = Workbook::new();
    let properties = DocProperties::new()
        .set_title(&properties.title)
        .set_company(shown(properties.company))
        .set_creation_datetime(&properties.created);
    workbook.set_properties(&properties);
    let formats = Formats::new();
    for sheet in sheets {
        let widths = widths(sheet);
        let page = workbook.add_worksheet();
        let mut writer =
            Writer { sheet: page, formats: &formats, widths: &widths, indent: sheet.indent, row: 0, first_table: None };
        writer.write(sheet)?;
    }
    Ok(workbook.save_to_buffer()?)
}

/// A text that no program takes for a formula, also after it went through CSV: an apostrophe stands before it.
pub(crate) fn neutral(text: &str) -> String {
    let text = shown(text);
    if text.trim_start().starts_with(['=', '+', '-', '@', '\u{2212}', '＝', '＋', '－', '＠']) {
        return format!("'{text}");
    }
    text
}

struct Formats {
    title: Format,
    caption: Format,
    head: Format,
    head_month: Format,
    label: Format,
    text: Format,
    plain: Format,
    money: Format,
    day: Format,
    sum: Format,
    sum_money: Format,
    line: Format,
}

impl Formats {
    fn new() -> Self {
        let cell = Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::Top);
        let head = cell.clone().set_bold().set_text_wrap().set_background_color(0x00EE_EEEE);
        let sum = cell.clone().set_bold();
        Self {
            title: Format::new().set_bold().set_font_size(14),
            caption: Format::new().set_bold(),
            head_month: head.clone().set_num_format(MONTH),
            head,
            label: cell.clone().set_bold().set_text_wrap(),
            text: cell.clone().set_text_wrap(),
            money: cell.clone().set_num_format(MONEY),
            day: cell.clone().set_num_format(DAY).set_align(FormatAlign::Left),
            plain: cell,
            sum_money: sum.clone().set_num_format(MONEY),
            sum,
            line: Format::new().set_border_bottom(FormatBorder::Thin),
        }
    }
}

struct Writer<'w> {
    sheet: &'w mut Worksheet,
    formats: &'w Formats,
    widths: &'w [usize],
    /// The column where labels and signatures begin.
    indent: u16,
    row: u32,
    /// The row with the heads of the first table.
    first_table: Option<u32>,
}

impl Writer<'_> {
    fn write(&mut self, sheet: &Sheet) -> Result<(), XlsxError> {
        self.sheet.set_name(sheet.name)?;
        self.sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
        for (column, width) in (0..).zip(self.widths) {
            self.sheet.set_column_width(column, u32::try_from(*width).unwrap_or_default())?;
        }
        self.sheet.write_string_with_format(self.row, 0, sheet.title, &self.formats.title)?;
        self.row += 2;
        for part in &sheet.parts {
            match part {
                Part::Facts(facts) => self.facts(facts)?,
                Part::Table { caption, heads, rows, sum } => self.table(caption, heads, rows, sum.as_deref())?,
                Part::Chart { title, rows, columns } => self.chart(sheet.name, title, rows, columns)?,
                Part::Signatures(signatures) => self.signatures(signatures)?,
            }
            self.row += 1;
        }
        Ok(())
    }

    fn facts(&mut self, facts: &[(String, Cell)]) -> Result<(), XlsxError> {
        for (label, cell) in facts {
            let at = self.indent;
            self.sheet.write_string_with_format(self.row, at, neutral(label), &self.formats.label)?;
            self.cell(at.saturating_add(1), cell, false)?;
            self.height([label.as_str()].into_iter().chain(cell.as_text()).zip(usize::from(at)..), BOLD)?;
            self.row += 1;
        }
        Ok(())
    }

    fn table(
        &mut self,
        caption: &str,
        heads: &[Head],
        rows: &[Vec<Cell>],
        sum: Option<&[Cell]>,
    ) -> Result<(), XlsxError> {
        self.sheet.write_string_with_format(self.row, 0, caption, &self.formats.caption)?;
        self.row += 1;
        self.first_table.get_or_insert(self.row);
        for (column, head) in (0..).zip(heads) {
            match head {
                Head::Text(text) => {
                    self.sheet.write_string_with_format(self.row, column, neutral(text), &self.formats.head)?
                }
                Head::Month(month) => {
                    self.sheet.write_datetime_with_format(self.row, column, month, &self.formats.head_month)?
                }
            };
        }
        self.height(heads.iter().map(Head::as_text).zip(0..), BOLD)?;
        self.row += 1;
        for (row, is_sum) in rows.iter().map(|row| (row.as_slice(), false)).chain(sum.map(|sum| (sum, true))) {
            for (column, cell) in (0..).zip(row) {
                self.cell(column, cell, is_sum)?;
            }
            self.height(row.iter().map(|cell| cell.as_text().unwrap_or_default()).zip(0..), 0)?;
            self.row += 1;
        }
        Ok(())
    }

    fn chart(&mut self, sheet: &str, title: &str, rows: &Range<u32>, columns: &[u16]) -> Result<(), XlsxError> {
        let heads = self.first_table.unwrap_or_default();
        let (first, last) = (heads + 1 + rows.start, heads + rows.end);
        let mut chart = Chart::new(ChartType::Bar);
        for column in columns {
            let series = chart.add_series();
            series.set_name((sheet, heads, *column)).set_categories((sheet, first, 0, last, 0));
            series.set_values((sheet, first, *column, last, *column));
        }
        chart.title().set_name(title);
        // From the top, as the table has them.
        chart.x_axis().set_reverse();
        chart.set_alt_text(title).set_width(CHART_WIDTH).set_height(CHART_ROWS * ROW_PIXELS);
        self.sheet.insert_chart(self.row, 0, &chart)?;
        self.row += CHART_ROWS;
        Ok(())
    }

    fn signatures(&mut self, signatures: &[(String, String)]) -> Result<(), XlsxError> {
        for (role, name) in signatures {
            self.row += 1;
            let at = self.indent;
            self.sheet.write_string(self.row, at, neutral(role))?;
            self.sheet.write_blank(self.row, at.saturating_add(1), &self.formats.line)?;
            self.sheet.write_string(self.row, at.saturating_add(2), neutral(name))?;
            self.row += 1;
        }
        Ok(())
    }

    /// Makes the row as high as its texts need in columns that hold so much less: not every program does so by itself.
    fn height<'t>(&mut self, texts: impl Iterator<Item = (&'t str, usize)>, less: usize) -> Result<(), XlsxError> {
        let width = |column: usize| self.widths.get(column).copied().unwrap_or(NARROWEST).saturating_sub(less);
        let lines = |(text, column): (&str, usize)| lines(text, width(column));
        let most = texts.map(lines).max().unwrap_or(1);
        if most > 1 {
            let height = u32::try_from(most).unwrap_or_default().saturating_mul(LINE).min(HIGHEST);
            self.sheet.set_row_height(self.row, height)?;
        }
        Ok(())
    }

    fn cell(&mut self, column: u16, cell: &Cell, is_sum: bool) -> Result<(), XlsxError> {
        let Formats { text, plain, money, day, sum, sum_money, .. } = self.formats;
        let of = |usual, of_sum| if is_sum { of_sum } else { usual };
        match cell {
            Cell::Empty => self.sheet.write_blank(self.row, column, of(plain, sum))?,
            Cell::Text(value) => {
                self.sheet.write_string_with_format(self.row, column, neutral(value), of(text, sum))?
            }
            Cell::Money(value) => {
                let value = value.rounded().value().to_f64().unwrap_or_default();
                self.sheet.write_number_with_format(self.row, column, value, of(money, sum_money))?
            }
            Cell::Volume(value) => {
                let value = value.value().to_f64().unwrap_or_default();
                self.sheet.write_number_with_format(self.row, column, value, of(plain, sum))?
            }
            Cell::Number(value) => {
                let value = value.to_f64().unwrap_or_default();
                self.sheet.write_number_with_format(self.row, column, value, of(plain, sum))?
            }
            Cell::Count(value) => self.sheet.write_number_with_format(self.row, column, *value, of(plain, sum))?,
            Cell::Day(value) => self.sheet.write_datetime_with_format(self.row, column, value, day)?,
        };
        Ok(())
    }
}

/// Widths of the columns in characters: as their texts need, within bounds.
fn widths(sheet: &Sheet) -> Vec<usize> {
    let mut widths: Vec<usize> = Vec::new();
    let mut need = |column: usize, width: usize| {
        let width = width.clamp(NARROWEST, WIDEST);
        match widths.get_mut(column) {
            Some(known) => *known = width.max(*known),
            None => {
                widths.resize(column, NARROWEST);
                widths.push(width);
            }
        }
    };
    for part in &sheet.parts {
        match part {
            Part::Facts(facts) => facts.iter().for_each(|(label, cell)| {
                let at = usize::from(sheet.indent);
                need(at, label.chars().count() + 2 + BOLD);
                need(at + 1, width(cell));
            }),
            Part::Table { heads, rows, sum, .. } => {
                for (column, head) in heads.iter().enumerate() {
                    need(column, head.width());
                }
                for row in rows.iter().chain(sum) {
                    row.iter().enumerate().for_each(|(column, cell)| need(column, width(cell)));
                }
            }
            Part::Chart { .. } | Part::Signatures(_) => {}
        }
    }
    widths
}

/// How many lines a text takes in a column, broken between words.
fn lines(text: &str, width: usize) -> usize {
    // A line of wide letters holds fewer than its column counts.
    let width = width.saturating_sub(2).max(1);
    let (mut lines, mut used) = (1, 0);
    for word in text.split_whitespace().map(|word| word.chars().count()) {
        if used > 0 && used + 1 + word > width {
            lines += 1;
            used = 0;
        }
        used += word + usize::from(used > 0);
        lines += used.saturating_sub(1) / width;
        used = used.min(width).max(usize::from(used > 0));
    }
    lines
}

impl Cell {
    fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Head {
    fn as_text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Month(_) => "",
        }
    }

    fn width(&self) -> usize {
        match self {
            // A heading may break between words.
            Self::Text(text) => text.split(' ').map(|word| word.chars().count() + 2 + BOLD).max().unwrap_or_default(),
            Self::Month(_) => NARROWEST,
        }
    }
}

fn width(cell: &Cell) -> usize {
    match cell {
        Cell::Empty | Cell::Count(_) | Cell::Volume(_) | Cell::Number(_) => NARROWEST,
        Cell::Text(text) => text.chars().count() + 2,
        Cell::Money(_) | Cell::Day(_) => 13,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_takes_the_lines_that_its_words_need() {
        for (text, width, expected) in [
            ("", 10, 1),
            ("viens divi", 12, 1),
            ("viens divi trīs", 12, 2),
            ("viens divi trīs", 7, 3),
            ("abcdefghijklmnopqrst", 12, 2),
            ("a abcdefghijklmnopqrst b", 12, 4),
        ] {
            assert_eq!(lines(text, width), expected, "{text:?} {width}");
        }
    }

    #[test]
    fn no_text_begins_like_a_formula() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("+371 60000000", "'+371 60000000"),
            ("-x", "'-x"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "' =1"),
            ("\u{200b}=1", "\u{fffd}=1"),
            ("1=1", "1=1"),
            ("Ķēniņš-Žagariņš", "Ķēniņš-Žagariņš"),
        ] {
            assert_eq!(neutral(text), written, "{text:?}");
        }
    }
}
