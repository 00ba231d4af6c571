//! CSV as it arrives: a header, then records, each turned into the JSON of a row.

use balsts_domain::text::Message;
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use serde_json::{Map, Value};

use super::Row;
use crate::problem::{ApiError, Fault};

/// What stands in a cell.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Number,
    /// Names with `|` between; `none` is an empty list.
    List,
    /// Technical aids with `|` between, each a name, a status and, where it is known, from where, with `=` between; `none` is an
    /// empty list.
    Aids,
}

/// The columns by their names, which are the members of the request with dots between.
const COLUMNS: [(&str, Kind); 35] = [
    ("id", Kind::Text),
    ("methodology", Kind::Text),
    ("received_at", Kind::Text),
    ("person.personal_code", Kind::Text),
    ("person.identification_number", Kind::Text),
    ("person.given_name", Kind::Text),
    ("person.family_name", Kind::Text),
    ("person.address", Kind::Text),
    ("person.phone", Kind::Text),
    ("person.email", Kind::Text),
    ("person.language", Kind::Text),
    ("applicant.given_name", Kind::Text),
    ("applicant.family_name", Kind::Text),
    ("applicant.personal_code", Kind::Text),
    ("applicant.relation", Kind::Text),
    ("evidence.birth_date", Kind::Text),
    ("evidence.disability.group", Kind::Text),
    ("evidence.disability.valid_until", Kind::Text),
    ("evidence.impairment_types", Kind::List),
    ("evidence.mental_disorder", Kind::Flag),
    ("evidence.lives_in_community", Kind::Flag),
    ("evidence.assessed_in_di_project", Kind::Flag),
    ("evidence.pilot_start", Kind::Text),
    ("evidence.pilot_end", Kind::Text),
    ("circumstances.sex", Kind::Text),
    ("circumstances.home_schooled", Kind::Flag),
    ("circumstances.parent.birth_date", Kind::Text),
    ("circumstances.parent.sex", Kind::Text),
    ("circumstances.parent.family_type", Kind::Text),
    ("circumstances.parent.disability", Kind::Flag),
    ("circumstances.parent.complete_family", Kind::Flag),
    ("circumstances.parent.children", Kind::Number),
    ("circumstances.parent.disabled_children", Kind::Number),
    ("circumstances.parent.employed", Kind::Flag),
    ("circumstances.technical_aids", Kind::Aids),
];

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

type Column = (&'static str, Kind);

/// A CSV body.
pub(crate) struct Table {
    limit: usize,
    /// What has arrived before the header was whole.
    start: Vec<u8>,
    reader: Option<Reader>,
    columns: Vec<Column>,
    cells: Vec<u8>,
    filled: usize,
    ends: Vec<usize>,
    ended: usize,
    too_large: bool,
    records: u64,
}

impl Table {
    /// A record has at most so many bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            start: Vec::new(),
            reader: None,
            columns: Vec::new(),
            cells: vec![0; limit],
            filled: 0,
            // Of a record with more cells than there are columns nothing is kept but their number.
            ends: vec![0; COLUMNS.len() + 1],
            ended: 0,
            too_large: false,
            records: 0,
        }
    }

    /// Whether the header was read.
    pub(super) fn has_header(&self) -> bool {
        !self.columns.is_empty()
    }

    /// Takes a chunk; appends the rows that are whole.
    ///
    /// # Errors
    /// The header is none, or too large.
    pub(super) fn take(&mut self, chunk: &[u8], rows: &mut Vec<Row>) -> Result<(), ApiError> {
        if chunk.is_empty() {
            return Ok(());
        }
        if self.reader.is_some() {
            return self.read(chunk, rows);
        }
        self.start.extend_from_slice(chunk);
        if self.start.contains(&b'\n') || self.start.len() > self.limit { self.begin(rows) } else { Ok(()) }
    }

    /// Takes the end of the body.
    ///
    /// # Errors
    /// The header is none, or too large.
    pub(super) fn end(&mut self, rows: &mut Vec<Row>) -> Result<(), ApiError> {
        if self.reader.is_none() && !self.start.is_empty() {
            self.begin(rows)?;
        }
        if self.reader.is_some() { self.read(&[], rows) } else { Ok(()) }
    }

    /// Reads what has arrived, with the separator that the header has: no column's name contains one.
    fn begin(&mut self, rows: &mut Vec<Row>) -> Result<(), ApiError> {
        let start = std::mem::take(&mut self.start);
        let start = start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&start);
        let header = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let separator = header.iter().copied().find(|byte| matches!(byte, b',' | b';' | b'\t')).unwrap_or(b',');
        self.reader = Some(ReaderBuilder::new().delimiter(separator).build());
        if start.is_empty() { Ok(()) } else { self.read(start, rows) }
    }

    fn read(&mut self, mut input: &[u8], rows: &mut Vec<Row>) -> Result<(), ApiError> {
        loop {
            let Some(reader) = &mut self.reader else { return Ok(()) };
            let cells = self.cells.get_mut(self.filled..).unwrap_or_default();
            let ends = self.ends.get_mut(self.ended..).unwrap_or_default();
            let (result, read, written, ended) = reader.read_record(input, cells, ends);
            input = input.get(read..).unwrap_or_default();
            self.filled += written;
            self.ended += ended;
            match result {
                ReadRecordResult::InputEmpty | ReadRecordResult::End => return Ok(()),
                // The rest of the record is read over what is kept of it.
                ReadRecordResult::OutputFull => (self.filled, self.too_large) = (0, true),
                ReadRecordResult::OutputEndsFull => (self.ended, self.too_large) = (0, true),
                ReadRecordResult::Record => {
                    let line = self.record();
                    (self.filled, self.ended, self.too_large) = (0, 0, false);
                    if self.has_header() {
                        self.records += 1;
                        rows.push(Row { number: self.records, line });
                    } else {
                        self.columns = header(&line?)?;
                    }
                }
            }
        }
    }

    /// The record that was read: of the header its names as a list, of a row its JSON.
    fn record(&self) -> Result<Vec<u8>, ApiError> {
        if self.too_large {
            return Err(ApiError::TooLarge { limit: self.limit });
        }
        let mut begin = 0;
        let cells: Vec<&[u8]> = self
            .ends
            .iter()
            .take(self.ended)
            .map(|&end| {
                let cell = self.cells.get(begin..end).unwrap_or_default();
                begin = end;
                cell
            })
            .collect();
        if !self.has_header() {
            let names: Vec<_> = cells.iter().map(|cell| String::from_utf8_lossy(cell)).collect();
            return serde_json::to_vec(&names).map_err(|_| ApiError::Internal);
        }
        if cells.len() != self.columns.len() {
            let message =
                Message::new("fault-csv-cells").with("found", cells.len()).with("expected", self.columns.len());
            return Err(ApiError::unfit("", "wrong_number_of_cells", message));
        }
        let mut row = Value::Object(Map::new());
        for part in ["person", "applicant", "evidence"] {
            insert(&mut row, part, Value::Object(Map::new()));
        }
        let mut faults = Vec::new();
        for (&(name, kind), cell) in self.columns.iter().zip(cells) {
            match std::str::from_utf8(cell) {
                Ok("") => {}
                Ok(cell) => insert(&mut row, name, value(cell, kind)),
                Err(_) => faults.push(Fault {
                    pointer: format!("/{}", name.replace('.', "/")),
                    code: "invalid_encoding",
                    message: Message::new("fault-encoding"),
                }),
            }
        }
        if faults.is_empty() {
            serde_json::to_vec(&row).map_err(|_| ApiError::Internal)
        } else {
            Err(ApiError::Unfit(faults))
        }
    }
}

/// The columns of a header. A name that is none is not repeated: it may be a cell of a table without a header.
fn header(names: &[u8]) -> Result<Vec<Column>, ApiError> {
    let names: Vec<String> = serde_json::from_slice(names).map_err(|_| ApiError::Internal)?;
    let (mut columns, mut faults) = (Vec::<Column>::new(), Vec::new());
    for (number, name) in (1..).zip(&names) {
        match COLUMNS.iter().find(|(known, _)| *known == name.trim()) {
            None => faults.push(Fault {
                pointer: format!("/{number}"),
                code: "unknown_field",
                message: Message::new("fault-csv-column")
                    .with("number", number)
                    .with("options", COLUMNS.map(|(name, _)| name).join(", ")),
            }),
            Some((known, _)) if columns.iter().any(|(earlier, _)| earlier == known) => faults.push(Fault {
                pointer: format!("/{number}"),
                code: "duplicate",
                message: Message::new("fault-duplicate").with("name", known),
            }),
            Some(column) => columns.push(*column),
        }
    }
    if faults.is_empty() { Ok(columns) } else { Err(ApiError::Unfit(faults)) }
}

/// The value of a cell; what is none is refused as the text that it is.
fn value(cell: &str, kind: Kind) -> Value {
    match (kind, cell) {
        (Kind::Flag, "true") => Value::Bool(true),
        (Kind::Flag, "false") => Value::Bool(false),
        (Kind::List | Kind::Aids, "none") => Value::Array(Vec::new()),
        (Kind::List, names) => names.split('|').map(|name| Value::String(name.trim().to_owned())).collect(),
        (Kind::Aids, aids) => aids.split('|').map(aid).collect(),
        (Kind::Number, text) => text.parse::<u32>().map_or_else(|_| Value::String(text.to_owned()), Value::from),
        (Kind::Text | Kind::Flag, text) => Value::String(text.to_owned()),
    }
}

/// A technical aid; what is missing of it is refused as missing.
fn aid(text: &str) -> Value {
    let given = ["name", "status", "from_where"].into_iter().zip(text.splitn(3, '=').map(str::trim));
    given.map(|(name, part)| (name.to_owned(), Value::String(part.to_owned()))).collect::<Map<_, _>>().into()
}

/// Puts a value under a name with dots.
fn insert(object: &mut Value, name: &str, value: Value) {
    let place = name.split('.').try_fold(object, |place, part| {
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
        place.as_object_mut().map(|members| members.entry(part).or_insert(Value::Null))
    });
    if let Some(place) = place {
        *place = value;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The rows of a table that arrives in pieces.
    fn rows(text: &[u8], piece: usize) -> Result<Vec<Result<Value, String>>, ApiError> {
        let (mut table, mut rows) = (Table::new(200), Vec::new());
        for piece in text.chunks(piece) {
            table.take(piece, &mut rows)?;
        }
        table.end(&mut rows)?;
        let told = |row: Row| match row.line {
            Ok(line) => Ok(serde_json::from_slice(&line).unwrap()),
            Err(error) => Err(format!("{}: {error}", row.number)),
        };
        Ok(rows.into_iter().map(told).collect())
    }

    #[test]
    fn separators_quotes_and_marks_may_come_in_any_pieces() {
        let expected = json!({
            "id": "a", "person": {"given_name": "Demo \"A\"; B", "address": "two\nlines"}, "applicant": {},
            "evidence": {"impairment_types": ["movement", "other"], "mental_disorder": false},
            "circumstances": {
                "parent": {"children": 2},
                "technical_aids": [
                    {"name": "chair", "status": "received", "from_where": "a=b"}, {"name": "aid", "status": "needed"},
                ],
            },
        });
        for separator in [",", ";", "\t"] {
            let lines = [
                [
                    "id",
                    "person.given_name",
                    "person.address",
                    "evidence.impairment_types",
                    "evidence.mental_disorder",
                    "circumstances.parent.children",
                    "circumstances.technical_aids",
                ],
                [
                    "a",
                    "\"Demo \"\"A\"\"; B\"",
                    "\"two\nlines\"",
                    "movement | other",
                    "false",
                    "2",
                    "chair = received = a=b|aid=needed",
                ],
                ["", "", "", "none", "", "", ""],
            ];
            let text = format!("\u{feff}{}\r\n", lines.map(|line| line.join(separator)).join("\r\n"));
            for piece in [1, 2, 7, 1000] {
                let found = rows(text.as_bytes(), piece).unwrap();
                assert_eq!(found[0], Ok(expected.clone()), "{separator:?} in pieces of {piece}");
                assert_eq!(found[1].as_ref().unwrap()["evidence"], json!({"impairment_types": []}));
                assert_eq!(found.len(), 2);
            }
        }
    }

    #[test]
    fn a_bad_record_is_refused_and_the_next_is_not() {
        let long = "x".repeat(201);
        let many = ",".repeat(40);
        let text =
            [b"id,methodology\n".as_slice(), b"1\n", b"2,\xff\n", long.as_bytes(), b",y\n", many.as_bytes(), b"\n6,z"]
                .concat();
        for piece in [1, 1000] {
            let found = rows(&text, piece).unwrap();
            assert_eq!(
                found[..4],
                ["1: unfit", "2: unfit", "3: too_large", "4: too_large"].map(|told| Err(told.to_owned()))
            );
            assert_eq!(found[4].as_ref().unwrap()["id"], "6");
        }
    }

    #[test]
    fn a_header_has_known_names_once_and_none_is_repeated() {
        for (header, expected) in [("id,320000-00001\n", "/2 unknown_field"), ("id;id\n", "/2 duplicate")] {
            let Err(ApiError::Unfit(faults)) = rows(header.as_bytes(), 3) else { panic!("{header} is taken") };
            let told: Vec<_> = faults.iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect();
            assert_eq!(told, [expected]);
        }
    }
}
