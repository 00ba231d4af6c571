//! The forms that an answer can have beside JSON: which one `Accept` asks for, and how a file is sent.

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::header::{self, Accept, Header, Quality},
};
use balsts_documents::workbook::WorkbookError;
use balsts_domain::text::Language;
use utoipa::ToSchema;

use crate::problem::{ApiError, language_tag};

/// The media type of a workbook.
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A PDF file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(crate) struct Pdf(#[allow(dead_code, reason = "only the schema is needed")] Vec<u8>);

/// An XLSX file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(crate) struct Xlsx(#[allow(dead_code, reason = "only the schema is needed")] Vec<u8>);

/// The forms of an answer.
pub(crate) trait Forms: Copy + 'static {
    /// Each with its media type; the first is what is answered where `Accept` leaves the choice.
    const FORMS: &'static [(Self, &'static str)];
}

/// The form that a request asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<F>(pub(crate) F);

impl<F: Forms> FromRequest for Asked<F> {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(asked(request).map(Self).ok_or(ApiError::NotAcceptable))
    }
}

/// The first form of the range that is liked best; none that a range refuses by name.
fn asked<F: Forms>(request: &HttpRequest) -> Option<F> {
    if !request.headers().contains_key(header::ACCEPT) {
        return F::FORMS.first().map(|(form, _)| *form);
    }
    let accept = Accept::parse(request).ok()?;
    let is_refused =
        |media: &str| accept.iter().any(|range| range.quality == Quality::ZERO && range.item.essence_str() == media);
    let refused: Vec<&str> = F::FORMS.iter().map(|(_, media)| *media).filter(|media| is_refused(media)).collect();
    let forms = || F::FORMS.iter().filter(|(_, media)| !refused.contains(media));
    let wanted = Accept(accept.iter().filter(|range| range.quality > Quality::ZERO).cloned().collect());
    wanted.ranked().iter().find_map(|range| {
        let range = range.essence_str();
        let fits = |media: &str| match range.strip_suffix('*') {
            Some("*/") => true,
            Some(family) => media.starts_with(family),
            None => media == range,
        };
        forms().find(|(_, media)| fits(media)).map(|(form, _)| *form)
    })
}

/// A file to be saved, under a name. Who asked for it by `Accept` may have asked for another form.
pub(crate) fn file(media_type: &str, name: &str, language: Language, body: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_LANGUAGE, language_tag(language)))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::VARY, "Accept"))
        .content_type(media_type)
        .body(body)
}

/// A workbook to be saved, under a name.
///
/// # Errors
/// It could not be written, which is logged.
pub(crate) fn workbook(
    name: &str,
    language: Language,
    written: Result<Vec<u8>, WorkbookError>,
) -> Result<HttpResponse, ApiError> {
    Ok(file(XLSX, name, language, self::written(written)?))
}

/// A workbook that could be written; why one could not is logged.
pub(crate) fn written(workbook: Result<Vec<u8>, WorkbookError>) -> Result<Vec<u8>, ApiError> {
    workbook.map_err(|error| {
        tracing::error!(%error, "a workbook could not be written");
        ApiError::Internal
    })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Form {
        Json,
        Html,
        Csv,
    }

    impl Forms for Form {
        const FORMS: &'static [(Self, &'static str)] =
            &[(Self::Json, "application/json"), (Self::Html, "text/html"), (Self::Csv, "text/csv")];
    }

    #[test]
    fn the_form_that_is_liked_best_is_answered() {
        for (accept, form) in [
            ("", None),
            ("*/*", Some(Form::Json)),
            ("text/*", Some(Form::Html)),
            ("application/*", Some(Form::Json)),
            ("text/csv", Some(Form::Csv)),
            ("text/html, application/json", Some(Form::Html)),
            ("text/csv;q=0.5, application/json;q=0.4", Some(Form::Csv)),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Some(Form::Html)),
            ("application/json;charset=utf-8", Some(Form::Json)),
            ("text/html;q=0, text/*", Some(Form::Csv)),
            ("application/json;q=0, */*", Some(Form::Html)),
            ("application/json;q=0", None),
            ("image/png", None),
            ("nonsense", None),
        ] {
            let request = TestRequest::default().insert_header((header::ACCEPT, accept)).to_http_request();
            assert_eq!(asked::<Form>(&request), form, "{accept}");
        }
        assert_eq!(asked::<Form>(&TestRequest::default().to_http_request()), Some(Form::Json));
    }
}
