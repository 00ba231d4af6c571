//! Documents of a case (lietas dokumenti): what they are, who sees them, and whether a file is what it is said to be
//! [domain 7.7].

use crate::{
    access::Role,
    parameters::catalogue::names,
    text::{Message, Refusal},
};

names! {
    /// A section of the file of a case.
    CaseSection {
        /// The cover and the contact sheet.
        Cover = "cover",
        /// Section 1: schedules and monthly execution.
        Delivery = "delivery",
        /// Section 2: the plan, minutes of talks.
        Plan = "plan",
        /// Section 3: protocols and opinions.
        Assessment = "assessment",
        /// Section 4: surveys.
        Surveys = "surveys",
        /// Section 5: application, contract, selection.
        Participation = "participation",
    }
}

names! {
    /// What a document of a case is.
    CaseDocumentType {
        /// An application.
        Application = "application",
        /// An opinion of a specialist or doctor.
        Opinion = "opinion",
        /// A protocol of an assessment.
        Protocol = "protocol",
        /// Minutes of a talk.
        Minutes = "minutes",
        /// A plan.
        Plan = "plan",
        /// A schedule, or what was delivered by it.
        Schedule = "schedule",
        /// A contract.
        Contract = "contract",
        /// An invoice.
        Invoice = "invoice",
        /// A receipt.
        Receipt = "receipt",
        /// A survey.
        Survey = "survey",
        /// Of the selection of participants.
        Selection = "selection",
        /// Another one.
        Other = "other",
    }
}

names! {
    /// In what form a document exists.
    DocumentMedium {
        /// On paper.
        Paper = "paper",
        /// Electronically.
        Electronic = "electronic",
        /// Both.
        Both = "both",
    }
}

/// How many documents lie in a section; one that exists in both forms counts in both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FiledDocuments {
    /// On paper.
    pub on_paper: u64,
    /// Electronically.
    pub electronic: u64,
}

impl FiledDocuments {
    /// Adds so many of a form.
    pub const fn add(&mut self, medium: DocumentMedium, documents: u64) {
        if !matches!(medium, DocumentMedium::Electronic) {
            self.on_paper = self.on_paper.saturating_add(documents);
        }
        if !matches!(medium, DocumentMedium::Paper) {
            self.electronic = self.electronic.saturating_add(documents);
        }
    }
}

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
        /// A container of signed files (ASiC-E, eDoc).
        AsicE = "application/vnd.etsi.asic-e+zip",
    }
}

/// Why a document is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseDocumentRefusal {
    /// The file is not of the type that it is said to be.
    OtherContent,
    /// The file was deleted.
    Deleted,
}

impl Refusal for CaseDocumentRefusal {
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
            Self::Text => text(content).is_some(),
            Self::Xml => text(content).is_some_and(|text| text.starts_with("<?xml ")),
            Self::AsicE => is_first_entry(content, "mimetype", Self::AsicE.as_str()),
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

/// The types of documents that a role sees: an accountant those by which something is paid.
#[must_use]
pub fn types_seen_by(role: Role) -> &'static [CaseDocumentType] {
    match role {
        Role::Accountant => &[CaseDocumentType::Contract, CaseDocumentType::Invoice, CaseDocumentType::Receipt],
        _ => CaseDocumentType::ALL,
    }
}

/// Whether a role sees documents that are for the office alone. The ministry's administrator, who deletes them, sees no content.
#[must_use]
pub const fn sees_office_only(role: Role) -> bool {
    matches!(role, Role::SocialWorker | Role::OfficeHead | Role::Auditor | Role::MinistryAdmin)
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
        let asic = ("mimetype", "application/vnd.etsi.asic-e+zip");
        for (content, fitting) in [
            (b"%PDF-1.7 \xe2\xe3".to_vec(), vec![FileType::Pdf]),
            (b"%PDF-1.7 in text alone".to_vec(), vec![FileType::Pdf, FileType::Text]),
            (b"\x89PNG\r\n\x1a\n...".to_vec(), vec![FileType::Png]),
            (b"\xff\xd8\xff\xe0...".to_vec(), vec![FileType::Jpeg]),
            (archive(&[asic, ("a.pdf", "x")]), vec![FileType::AsicE]),
            (archive(&[("a.pdf", "x"), asic]), vec![]),
            (archive(&[("mimetype", "application/epub+zip")]), vec![]),
            (archive(&[TYPES, word]), vec![FileType::Docx]),
            (archive(&[TYPES, ("xl/workbook.xml", "<x/>")]), vec![FileType::Xlsx]),
            (archive(&[TYPES, word, macros]), vec![]),
            (archive(&[word]), vec![]),
            (archive(&[TYPES, ("a.txt", "word/document.xml")]), vec![]),
            (b"PK\x03\x04 [Content_Types].xml word/document.xml PK\x05\x06".to_vec(), vec![]),
            ("Izdomāts teksts\r\n".into(), vec![FileType::Text]),
            ("\u{feff}<?xml version=\"1.0\"?><a/>".into(), vec![FileType::Text, FileType::Xml]),
            (b"<html></html>".to_vec(), vec![FileType::Text]),
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

    #[test]
    fn who_sees_what() {
        for (role, all, office_only) in [
            (Role::SocialWorker, true, true),
            (Role::OfficeHead, true, true),
            (Role::Auditor, true, true),
            (Role::Accountant, false, false),
            (Role::Recipient, true, false),
            (Role::Integrator, true, false),
        ] {
            assert_eq!(types_seen_by(role) == CaseDocumentType::ALL, all, "{role}");
            assert_eq!(sees_office_only(role), office_only, "{role}");
        }
    }
}
