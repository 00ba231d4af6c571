//! What the reports to the ministry have in common: how they are shown, and the forms in which they are files.

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::header::{CONTENT_LANGUAGE, VARY},
};
use balsts_documents::{Document, workbook::WorkbookError};
use balsts_domain::text::Language;
use serde::Serialize;

use crate::{
    documents,
    forms::{self, Forms, XLSX},
    preconditions::tagged,
    problem::{ApiError, language_tag},
};

/// In what form a report is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReportFormat {
    Html,
    Json,
    Csv,
    Xlsx,
}

impl Forms for ReportFormat {
    const FORMS: &'static [(Self, &'static str)] =
        &[(Self::Html, "text/html"), (Self::Json, "application/json"), (Self::Csv, "text/csv"), (Self::Xlsx, XLSX)];
}

/// In what form a summary is asked for: where `Accept` leaves the choice it is JSON, as other statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SummaryFormat(pub(crate) ReportFormat);

impl Forms for SummaryFormat {
    const FORMS: &'static [(Self, &'static str)] = &[
        (Self(ReportFormat::Json), "application/json"),
        (Self(ReportFormat::Html), "text/html"),
        (Self(ReportFormat::Csv), "text/csv"),
        (Self(ReportFormat::Xlsx), XLSX),
    ];
}

/// A summary as JSON, which is one of its forms.
pub(crate) fn summary(body: &impl Serialize, language: Language) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((CONTENT_LANGUAGE, language_tag(language))).insert_header((VARY, "Accept"));
    response.json(body)
}

/// A report in each of its forms but JSON; only the one that is asked for is made.
pub(crate) struct ReportForms<'f> {
    /// Its name as a file, without the end.
    pub(crate) name: String,
    /// The page.
    pub(crate) page: &'f dyn Fn() -> Document,
    /// The comma-separated values.
    pub(crate) csv: &'f dyn Fn() -> String,
    /// The workbook.
    pub(crate) workbook: &'f dyn Fn() -> Result<Vec<u8>, WorkbookError>,
}

/// A report in a form, before it is sent: it is made where it holds up nobody.
pub(crate) enum MadeReport {
    Page(Language, Vec<u8>),
    File { media_type: &'static str, name: String, body: Vec<u8> },
}

impl ReportForms<'_> {
    /// The report in a form; as JSON it is what was frozen, byte for byte.
    ///
    /// # Errors
    /// A workbook could not be written.
    pub(crate) fn made(&self, format: ReportFormat, frozen: String) -> Result<MadeReport, ApiError> {
        let file = |media_type, extension, body| {
            Ok(MadeReport::File { media_type, name: format!("{}.{extension}", self.name), body })
        };
        match format {
            ReportFormat::Html => {
                let page = (self.page)();
                Ok(MadeReport::Page(page.language, documents::made(&page, documents::Format::Html)?))
            }
            ReportFormat::Json => file("application/json", "json", frozen.into_bytes()),
            ReportFormat::Csv => file("text/csv; charset=utf-8", "csv", (self.csv)().into_bytes()),
            ReportFormat::Xlsx => file(XLSX, "xlsx", forms::written((self.workbook)())?),
        }
    }
}

impl MadeReport {
    pub(crate) fn sent(self) -> HttpResponse {
        match self {
            Self::Page(language, body) => documents::sent(language, documents::Format::Html, body),
            Self::File { media_type, name, body } => forms::file(media_type, &name, Language::Lv, body),
        }
    }
}

/// A report with the `ETAG` of its version.
pub(crate) fn shown(
    body: &impl Serialize,
    version: i64,
    language: Language,
    response: HttpResponseBuilder,
) -> HttpResponse {
    tagged(version, language, response).json(body)
}
