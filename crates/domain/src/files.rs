//! Files that are kept: what they may be, and whether one is what it is said to be.

use crate::{
    parameters::catalogue::names,
    text::{Message, Refusal},
};

names! {
    /// What a file is.
    FileType {
        /// PDF.
        Pdf = "application/pdf",
        /// PNG.
        Png = "image/png",
        /// JPEG.
        Jpeg = "image/jpeg",
        /// A Word document without macros.
        Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        /// An Excel workbook without macros.
        Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        /// Text in UTF-8.
        Text = "text/plain",
        /// XML in UTF-8, with its declaration.
        Xml = "application/xml",
        /// Comma-separated values: text.
        Csv = "text/csv",
        /// An OpenDocument spreadsheet without macros.
        Ods = "application/vnd.oasis.opendocument.spreadsheet",
        /// A container of signed files (ASiC-E, eDoc).
        AsicE = "application/vnd.etsi.asic-e+zip",
    }
}

/// Why a file is refused, or not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileRefusal {
    /// The file is not of the type that it is said to be.
    OtherContent,
    /// The file was deleted.
    Deleted,
}

impl Refusal for FileRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::OtherContent => "other_content",
            Self::Deleted => "document_deleted",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::OtherContent => "/media_type".to_owned(),
            Self::Deleted => String::new(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::OtherContent => Message::new("document-other-content"),
            Self::Deleted => Message::new("problem-document-deleted-detail"),
        }
    }
}

impl FileType {
    /// Whether a content is of the type, by its own bytes: what its sender says of it is not believed.
    #[must_use]
    pub fn fits(self, content: &[u8]) -> bool {
        match self {
            Self::Pdf => content.starts_with(b"%PDF-"),
            Self::Png => content.starts_with(b"\x89PNG\r\n\x1a\n"),
            Self::Jpeg => content.starts_with(b"\xff\xd8\xff"),
            Self::Docx => is_office(content, b"word/document.xml"),
            Self::Xlsx => is_office(content, b"xl/workbook.xml"),
            Self::Text | Self::Csv => text(content).is_some(),
            Self::Xml => text(content).is_some_and(|text| text.starts_with("<?xml ")),
            Self::Ods => is_first_entry(content, "mimetype", self.as_str()) && !has_scripts(content),
            Self::AsicE => is_first_entry(content, "mimetype", self.as_str()),
        }
    }

    /// The usual end of a file's name.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Text => "txt",
            Self::Xml => "xml",
            Self::Csv => "csv",
            Self::Ods => "ods",
            Self::AsicE => "edoc",
        }
    }
}

/// The content as text, where it is some: UTF-8 without characters that control anything but lines.
fn text(content: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(content).ok().filter(|text| !text.is_empty())?;
    let is_text = |character: char| !character.is_control() || matches!(character, '\t' | '\n' | '\r' | '\u{c}');
    text.chars().all(is_text).then(|| text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Whether a content is a document in the packaging of Office with a main part, and holds no macros.
fn is_office(content: &[u8], main: &[u8]) -> bool {
    let Some(names) = zip_entries(content) else { return false };
    let has = |name: &[u8]| names.contains(&name);
    has(b"[Content_Types].xml") && has(main) && !names.iter().any(|name| name.ends_with(b"vbaProject.bin"))
}

/// Whether a document in the packaging of OpenDocument holds macros; one without a whole directory may.
fn has_scripts(content: &[u8]) -> bool {
    let is_script = |name: &&[u8]| name.starts_with(b"Basic/") || name.starts_with(b"Scripts/");
    zip_entries(content).is_none_or(|names| names.iter().any(is_script))
}

const ZIP_FIRST: &[u8] = b"PK\x03\x04";
const ZIP_ENTRY: &[u8] = b"PK\x01\x02";
const ZIP_END: &[u8] = b"PK\x05\x06";
/// Longest comment that may stand behind the end of a ZIP archive, and the record of its end.
const ZIP_TAIL: usize = 65_535 + 22;

/// The names of the entries of a ZIP archive, as its directory has them; none where it has no whole one.
fn zip_entries(content: &[u8]) -> Option<Vec<&[u8]>> {
    let tail = content.strip_prefix(ZIP_FIRST).and(content.get(content.len().saturating_sub(ZIP_TAIL)..))?;
    let end = tail.get(tail.windows(ZIP_END.len()).rposition(|window| window == ZIP_END)?..)?;
    let begins = usize::try_from(u32::from_le_bytes(*end.get(16..)?.first_chunk()?)).ok()?;
    let mut directory = content.get(begins..)?;
    let mut names = Vec::new();
    for _ in 0..short(end, 10)? {
        directory = directory.strip_prefix(ZIP_ENTRY)?;
        let [name, extra, comment] = [short(directory, 24)?, short(directory, 26)?, short(directory, 28)?];
        names.push(directory.get(42..)?.get(..name)?);
        directory = directory.get(42..)?.get(name..)?.get(extra..)?.get(comment..)?;
    }
    Some(names)
}

/// Whether the first entry of a ZIP archive has a name and begins with a content.
fn is_first_entry(archive: &[u8], name: &str, content: &str) -> bool {
    let stored = || {
        let entry = archive.strip_prefix(ZIP_FIRST)?;
        let (named, extra) = (short(entry, 22)?, short(entry, 24)?);
        let rest = entry.get(26..)?.strip_prefix(name.as_bytes())?;
        (named == name.len()).then_some(rest.get(extra..)?)
    };
    stored().is_some_and(|stored| stored.starts_with(content.as_bytes()))
}

/// A number of two bytes.
fn short(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPES: (&str, &str) = ("[Content_Types].xml", "<Types/>");

    /// An archive of stored entries, with its directory.
    fn archive(entries: &[(&str, &str)]) -> Vec<u8> {
        let length = |text: &str| u16::try_from(text.len()).unwrap().to_le_bytes();
        let (mut bytes, mut directory) = (Vec::new(), Vec::new());
        for (name, content) in entries {
            directory.extend([ZIP_ENTRY, &[0; 24], &length(name), &[1, 0, 2, 0], &[0; 12]].concat());
            directory.extend([name.as_bytes(), &[9; 3]].concat());
            bytes.extend([ZIP_FIRST, &[0; 22], &length(name), &[2, 0], name.as_bytes(), &[9; 2]].concat());
            bytes.extend(content.as_bytes());
        }
        let (count, begins) = (u16::try_from(entries.len()).unwrap(), u32::try_from(bytes.len()).unwrap());
        bytes.extend(directory);
        bytes.extend([ZIP_END, &[0; 6], &count.to_le_bytes(), &[0; 4], &begins.to_le_bytes(), &[0; 2]].concat());
        bytes
    }

    #[test]
    fn a_file_is_what_its_content_says() {
        let word = ("word/document.xml", "<w/>");
        let macros = ("word/vbaProject.bin", "x");
        let ods = ("mimetype", FileType::Ods.as_str());
        let asic = ("mimetype", "application/vnd.etsi.asic-e+zip");
        for (content, fitting) in [
            (b"%PDF-1.7 \xe2\xe3".to_vec(), vec![FileType::Pdf]),
            (b"%PDF-1.7 in text alone".to_vec(), vec![FileType::Pdf, FileType::Text, FileType::Csv]),
            (b"\x89PNG\r\n\x1a\n...".to_vec(), vec![FileType::Png]),
            (b"\xff\xd8\xff\xe0...".to_vec(), vec![FileType::Jpeg]),
            (archive(&[asic, ("a.pdf", "x")]), vec![FileType::AsicE]),
            (archive(&[("a.pdf", "x"), asic]), vec![]),
            (archive(&[("mimetype", "application/epub+zip")]), vec![]),
            (archive(&[ods, ("content.xml", "<x/>")]), vec![FileType::Ods]),
            (archive(&[ods, ("Basic/Standard/a.xml", "<x/>")]), vec![]),
            (archive(&[TYPES, word]), vec![FileType::Docx]),
            (archive(&[TYPES, ("xl/workbook.xml", "<x/>")]), vec![FileType::Xlsx]),
            (archive(&[TYPES, word, macros]), vec![]),
            (archive(&[word]), vec![]),
            (archive(&[TYPES, ("a.txt", "word/document.xml")]), vec![]),
            (b"PK\x03\x04 [Content_Types].xml word/document.xml PK\x05\x06".to_vec(), vec![]),
            ("Izdomāts teksts\r\n".into(), vec![FileType::Text, FileType::Csv]),
            ("\u{feff}<?xml version=\"1.0\"?><a/>".into(), vec![FileType::Text, FileType::Xml, FileType::Csv]),
            (b"<html></html>".to_vec(), vec![FileType::Text, FileType::Csv]),
            (b"text\0".to_vec(), vec![]),
            (b"\x1b[31m".to_vec(), vec![]),
            (b"Izdom\xe2ts".to_vec(), vec![]),
            (b"MZ\x90\x00".to_vec(), vec![]),
            (Vec::new(), vec![]),
        ] {
            let found: Vec<FileType> = FileType::ALL.iter().copied().filter(|kind| kind.fits(&content)).collect();
            assert_eq!(found, fitting, "{}", String::from_utf8_lossy(&content));
        }
    }

    #[test]
    fn no_part_of_an_archive_is_taken_for_a_whole_one() {
        let whole = archive(&[TYPES, ("xl/workbook.xml", "<x/>")]);
        assert!(FileType::Xlsx.fits(&[whole.as_slice(), b"a comment"].concat()));
        for length in 0..whole.len() - 2 {
            assert!(!FileType::Xlsx.fits(&whole[..length]), "{length}");
        }
    }
}
