//! What the reports to the ministry have in common: how they are shown, and the forms in which they are files.

use actix_web::{HttpResponse, HttpResponseBuilder};
use balsts_documents::{Document, workbook::WorkbookError};
use balsts_domain::text::Language;
use serde::Serialize;

use crate::{
    documents,
    forms::{self, Forms, XLSX},
    preconditions::tagged,
    problem::ApiError,
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

impl ReportForms<'_> {
    /// The report in a form.
    ///
    /// # Errors
    /// JSON, as `json` says; a workbook that could not be written.
    pub(crate) fn answer(
        &self,
        format: ReportFormat,
        json: impl FnOnce() -> Result<HttpResponse, ApiError>,
    ) -> Result<HttpResponse, ApiError> {
        match format {
            ReportFormat::Html => documents::shown(&(self.page)(), documents::Format::Html),
            ReportFormat::Json => json(),
            ReportFormat::Csv => Ok(self.file("text/csv; charset=utf-8", "csv", (self.csv)())),
            ReportFormat::Xlsx => forms::workbook(&format!("{}.xlsx", self.name), Language::Lv, (self.workbook)()),
        }
    }

    /// The frozen JSON of a report, byte for byte.
    pub(crate) fn frozen(&self, content: String) -> Result<HttpResponse, ApiError> {
        Ok(self.file("application/json", "json", content))
    }

    fn file(&self, media_type: &str, extension: &str, body: String) -> HttpResponse {
        forms::file(media_type, &format!("{}.{extension}", self.name), Language::Lv, body.into_bytes())
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
