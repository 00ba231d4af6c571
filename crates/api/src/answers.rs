//! What an answer to a read gets without its handler: the tag of what it shows, 304 to a caller that has it, and the link to
//! the next page. It comes after the handler, and so after who may read and the record of the read: 304 tells that the caller's
//! copy is what is there, which is as much as showing it.

use actix_web::{
    HttpRequest,
    body::{self, BoxBody, MessageBody},
    dev::ServiceResponse,
    http::{
        Method, StatusCode,
        header::{CONTENT_LANGUAGE, CONTENT_TYPE, ETAG, EntityTag, Header, HeaderMap, HeaderValue, IfNoneMatch, LINK},
    },
};
use data_encoding::HEXLOWER;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use crate::openapi;

/// Completes an answer of the route with a pattern. Whatever is not a success of `GET` stays as it is.
pub(crate) fn complete(response: ServiceResponse, pattern: &str) -> ServiceResponse {
    if response.request().method() != Method::GET || response.status() != StatusCode::OK {
        return response;
    }
    let in_pages = openapi::in_pages(pattern);
    if !in_pages && !response.headers().contains_key(ETAG) {
        return response;
    }
    let (request, answer) = response.into_parts();
    let (mut head, body) = answer.into_parts();
    let body = match body.try_into_bytes() {
        Ok(body) => body,
        Err(streamed) => return ServiceResponse::new(request, head.set_body(streamed)),
    };
    if let Some(link) = in_pages.then(|| next_page(&request, &body)).flatten() {
        head.headers_mut().insert(LINK, link);
    }
    if let Some((tag, value)) = tag_of(head.headers(), &body) {
        head.headers_mut().insert(ETAG, value);
        if is_known(&request, &tag) {
            *head.status_mut() = StatusCode::NOT_MODIFIED;
            head.headers_mut().remove(CONTENT_TYPE);
            return ServiceResponse::new(request, head.set_body(BoxBody::new(body::None::new())));
        }
    }
    ServiceResponse::new(request, head.set_body(BoxBody::new(body)))
}

/// The tag of what is shown: the version, which `If-Match` takes, and a hash. One version is shown in two languages, to callers
/// who see more and less of it, and beside what depends on the day or on other resources: the version alone would call old what
/// is new.
fn tag_of(headers: &HeaderMap, body: &[u8]) -> Option<(EntityTag, HeaderValue)> {
    let version = headers.get(ETAG)?.to_str().ok()?.trim_matches('"');
    let language = headers.get(CONTENT_LANGUAGE).map(HeaderValue::as_bytes).unwrap_or_default();
    let hash = Sha256::new().chain_update(language).chain_update([0]).chain_update(body).finalize();
    let tag = EntityTag::new_strong(format!("{version}-{}", HEXLOWER.encode(hash.first_chunk::<8>()?)));
    let value = HeaderValue::from_str(&tag.to_string()).ok()?;
    Some((tag, value))
}

/// Whether the caller has what is shown, by the weak comparison of RFC 9110. A header that is none is ignored.
fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(known)) => known.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    }
}

/// What of a list tells of the page after it.
#[derive(Deserialize)]
struct Page {
    next: Option<String>,
}

/// The link to the page after this one: the same query from its cursor on.
fn next_page(request: &HttpRequest, list: &[u8]) -> Option<HeaderValue> {
    let cursor = serde_json::from_slice::<Page>(list).ok()?.next?;
    let kept = form_urlencoded::parse(request.query_string().as_bytes()).filter(|(name, _)| name != "cursor");
    let query =
        form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).append_pair("cursor", &cursor).finish();
    HeaderValue::from_str(&format!("<{}?{query}>; rel=\"next\"", request.path())).ok()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_next_page_has_the_same_query_and_its_own_cursor() {
        let link = |path: &str, list: &str| {
            let request = TestRequest::get().uri(path).to_http_request();
            next_page(&request, list.as_bytes()).map(|link| link.to_str().unwrap().to_owned())
        };
        let next = |cursor: &str| format!("{{\"items\":[{{\"next\":1}}],\"next\":{cursor}}}");
        let of = |path: &str, cursor: &str| link(path, &next(cursor)).unwrap();
        assert_eq!(link("/v1/plans?limit=1", &next("null")), None);
        assert_eq!(of("/v1/plans", "\"a\""), "</v1/plans?cursor=a>; rel=\"next\"");
        assert_eq!(
            of("/v1/plans?cursor=a&limit=1&status=%C4%81+b%26c", "\"d>&\\\"\""),
            "</v1/plans?limit=1&status=%C4%81+b%26c&cursor=d%3E%26%22>; rel=\"next\""
        );
    }

    #[test]
    fn a_tag_tells_versions_languages_and_contents_apart() {
        let tag = |version: &'static str, language: &'static str, body: &str| {
            let headers = [(ETAG, version), (CONTENT_LANGUAGE, language)];
            let headers: HeaderMap =
                headers.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect();
            tag_of(&headers, body.as_bytes()).unwrap().1
        };
        let one = tag("\"1\"", "lv", "{}");
        assert!(one.to_str().unwrap().starts_with("\"1-"), "{one:?}");
        assert_eq!(one, tag("\"1\"", "lv", "{}"));
        for other in [tag("\"2\"", "lv", "{}"), tag("\"1\"", "en", "{}"), tag("\"1\"", "lv", "[]")] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn known_is_what_a_list_names_weakly_or_everything() {
        let tag = EntityTag::new_strong("1-ab".to_owned());
        for (header, known) in [
            ("\"1-ab\"", true),
            ("W/\"1-ab\"", true),
            ("*", true),
            (" \"0\" , W/\"x\",, \"1-ab\"", true),
            ("\"a,b\", \"1-ab\"", true),
            ("", false),
            ("\"1\"", false),
            ("1-ab", false),
            ("\"1-AB\"", false),
            ("w/\"1-ab\"", false),
            ("\"", false),
            ("W/\"", false),
            ("*, *", false),
        ] {
            let request = TestRequest::get().insert_header(("if-none-match", header)).to_http_request();
            assert_eq!(is_known(&request, &tag), known, "{header}");
        }
        let text = HeaderValue::from_bytes(b"\"1-ab\", \xff").unwrap();
        let request = TestRequest::get().insert_header(("if-none-match", text)).to_http_request();
        assert!(!is_known(&request, &tag));
        assert!(!is_known(&TestRequest::get().to_http_request(), &tag));
    }
}
