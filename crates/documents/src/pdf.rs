//! A document as PDF/A-2a and PDF/UA-1, set by Typst: tagged, for readers of every kind and for the archive.
//!
//! The text reaches the template as a JSON file, so it cannot become markup. The world that Typst sees holds that file, the
//! template and two fonts, and no clock: the same document gives the same bytes.
//!
//! The world is our own because `typst-as-lib` brings a crate under MPL; the fonts lie here (SIL Open Font License, see
//! `fonts/OFL.txt`) because Typst's bundle has one under GPL.

use std::{collections::BTreeSet, sync::LazyLock};

use typst::{
    Feature, Library, LibraryExt, World,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Bytes, Datetime, Duration},
    syntax::{FileId, Source},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::document::{Document, shown};

/// Why a document could not be shown as PDF.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The fonts, which have the letters of Latin, Greek and Cyrillic script, lack a character. It can be shown as HTML.
    #[error("no font has {}", .0.escape_unicode())]
    NoGlyph(char),
    /// The document is not made of what the template expects, or the template is broken: a fault of the program.
    #[error("the document could not be typeset: {0}")]
    Failed(String),
}

/// Where the template finds what the document says.
const DATA: &str = "document.json";

static TEMPLATE: LazyLock<Template> = LazyLock::new(Template::new);

/// Shows a document as PDF.
///
/// # Errors
/// [`PdfError::NoGlyph`] for a text in a script that the fonts do not have.
pub fn pdf(document: &Document) -> Result<Vec<u8>, PdfError> {
    let mut data = serde_json::to_value(document).map_err(|error| PdfError::Failed(error.to_string()))?;
    let mut characters = BTreeSet::new();
    clean(&mut data, &mut characters);
    let missing =
        |&character: &char| !TEMPLATE.fonts.iter().all(|font| font.info().coverage.contains(character.into()));
    if let Some(character) = characters.into_iter().find(missing) {
        return Err(PdfError::NoGlyph(character));
    }
    let sheet = Sheet { template: &TEMPLATE, data: Bytes::from_string(data.to_string()) };
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
        .map_err(|error| PdfError::Failed(error.message().to_string()))?;
    let made = typst::compile::<PagedDocument>(&sheet)
        .output
        .and_then(|pages| typst_pdf::pdf(&pages, &PdfOptions { standards, ..PdfOptions::default() }));
    // Typst remembers what it has set to be faster next time: what it knows of a person's document is dropped.
    comemo::evict(0);
    made.map_err(|faults| PdfError::Failed(told(&faults)))
}

fn told(faults: &[SourceDiagnostic]) -> String {
    faults.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join("; ")
}

/// Makes every text what it is shown as, and collects its characters.
fn clean(data: &mut serde_json::Value, characters: &mut BTreeSet<char>) {
    match data {
        serde_json::Value::String(text) => {
            *text = shown(text);
            characters.extend(text.chars());
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(|item| clean(item, characters)),
        serde_json::Value::Object(members) => members.values_mut().for_each(|member| clean(member, characters)),
        _ => {}
    }
}

/// What every document is made with.
struct Template {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    source: Source,
}

impl Template {
    fn new() -> Self {
        let files: [&'static [u8]; 2] = [
            include_bytes!("../fonts/LibertinusSerif-Regular.otf"),
            include_bytes!("../fonts/LibertinusSerif-Bold.otf"),
        ];
        let fonts: Vec<Font> = files.into_iter().flat_map(|file| Font::iter(Bytes::new(file))).collect();
        Self {
            // Headings of rows are a feature of Typst that may still change; its version is in the lock file.
            library: LazyHash::new(
                Library::builder().with_features([Feature::A11yExtras].into_iter().collect()).build(),
            ),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            source: Source::detached(include_str!("document.typ")),
        }
    }
}

/// The template with the data of one document.
struct Sheet<'t> {
    template: &'t Template,
    data: Bytes,
}

impl World for Sheet<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.template.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.template.book
    }

    fn main(&self) -> FileId {
        self.template.source.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main() { Ok(self.template.source.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id.vpath().get_without_slash() == DATA { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.template.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

#[cfg(test)]
mod tests {
    use balsts_domain::text::Language;
    use chrono::NaiveDate;

    use super::*;
    use crate::document::Block;

    #[test]
    fn whatever_the_fonts_have_can_be_shown() {
        let covered =
            |character: &char| TEMPLATE.fonts.iter().all(|font| font.info().coverage.contains((*character).into()));
        let characters: Vec<char> = ('\0'..=char::MAX).filter(covered).collect();
        assert!(characters.len() > 1_000 && characters.contains(&char::REPLACEMENT_CHARACTER));
        let blocks = characters.chunks(50).map(|some| Block::Paragraph(some.iter().collect())).collect();
        let document = Document {
            language: Language::Lv,
            municipality: "Paraugnovads".to_owned(),
            office: Vec::new(),
            title: "Burti".to_owned(),
            subject: "visi".to_owned(),
            dateline: "2023".to_owned(),
            date: NaiveDate::default(),
            blocks,
        };
        pdf(&document).unwrap();
    }
}
