//! Renders the messages of the rules in Latvian or English, from the Fluent files in `locales/`.

use std::{borrow::Cow, collections::HashMap};

use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder, body::BoxBody, dev::Payload, http::header};
use balsts_domain::text::{Argument, Language, Message};
use fluent_templates::{LanguageIdentifier, Loader, fluent_bundle::FluentValue, langid, static_loader};
use serde::Serialize;

use crate::problem::language_tag;

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "lv",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

const LV: LanguageIdentifier = langid!("lv");
const EN: LanguageIdentifier = langid!("en");

/// Renders a message.
#[must_use]
pub fn render(message: &Message, language: Language) -> String {
    let arguments: HashMap<Cow<'static, str>, FluentValue<'_>> =
        message.arguments.iter().map(|(name, argument)| (Cow::Borrowed(*name), value(argument, language))).collect();
    let language = match language {
        Language::Lv => &LV,
        Language::En => &EN,
    };
    LOCALES.try_lookup_with_args(language, &message.key, &arguments).unwrap_or_else(|| {
        tracing::error!(key = %message.key, "a message has no text");
        message.key.to_string()
    })
}

fn value(argument: &Argument, language: Language) -> FluentValue<'_> {
    match argument {
        Argument::Text(text) => FluentValue::from(text.as_ref()),
        Argument::Localised(text) => FluentValue::from(text.in_language(language)),
        Argument::Number(number) => FluentValue::from(*number),
        Argument::Decimal(decimal) => decimal.to_string().parse::<f64>().map_or(FluentValue::None, FluentValue::from),
        Argument::Message(part) => FluentValue::from(render(part, language)),
    }
}

/// The language that a request asks for: Latvian unless `Accept-Language` prefers English.
#[derive(Debug, Clone, Copy)]
pub struct Accepted(pub Language);

impl Accepted {
    pub(crate) fn of(headers: &header::HeaderMap) -> Language {
        let Some(accepted) = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()) else {
            return Language::default();
        };
        let ranges = accepted.split(',').filter_map(|range| {
            let mut parts = range.split(';');
            let language = match parts.next()?.trim().get(..2)?.to_ascii_lowercase().as_str() {
                "lv" => Language::Lv,
                "en" => Language::En,
                _ => return None,
            };
            let quality = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
            (quality > 0.0).then_some((language, quality))
        });
        // The first of equal quality wins.
        let best = ranges.reduce(|best, next| if next.1 > best.1 { next } else { best });
        best.map(|(language, _)| language).unwrap_or_default()
    }
}

impl FromRequest for Accepted {
    type Error = std::convert::Infallible;
    type Future = std::future::Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Ok(Self(Self::of(request.headers()))))
    }
}

/// A JSON answer with sentences in a language, which its headers name.
#[derive(Debug)]
pub struct Localised<T>(pub T, pub Language);

impl<T: Serialize> Responder for Localised<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().insert_header((header::CONTENT_LANGUAGE, language_tag(self.1))).json(self.0)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap, HeaderValue};

    use super::*;

    #[test]
    fn latvian_is_the_default_and_quality_decides() {
        for (accept, language) in [
            ("", Language::Lv),
            ("en", Language::En),
            ("en-GB,en;q=0.9", Language::En),
            ("de, en;q=0.5, lv;q=0.4", Language::En),
            ("en;q=0.5, lv-LV", Language::Lv),
            ("en;q=0", Language::Lv),
            ("*", Language::Lv),
            ("\u{e9}", Language::Lv),
            ("en;q=nonsense", Language::En),
        ] {
            let mut headers = HeaderMap::new();
            if let Ok(value) = HeaderValue::from_str(accept) {
                headers.insert(ACCEPT_LANGUAGE, value);
            }
            assert_eq!(Accepted::of(&headers), language, "{accept}");
        }
    }

    /// Keys of every message in a Fluent file.
    fn keys(files: &[&str]) -> Vec<String> {
        let lines = files.iter().flat_map(|file| file.lines());
        let mut keys: Vec<_> = lines
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| line.split_once('=').map(|(key, _)| key.trim().to_owned()))
            .collect();
        keys.sort();
        keys
    }

    #[test]
    fn both_languages_have_the_same_messages() {
        let lv = keys(&[
            include_str!("../locales/lv/catalogue.ftl"),
            include_str!("../locales/lv/service.ftl"),
            include_str!("../locales/lv/rules.ftl"),
        ]);
        let en = keys(&[
            include_str!("../locales/en/catalogue.ftl"),
            include_str!("../locales/en/service.ftl"),
            include_str!("../locales/en/rules.ftl"),
        ]);
        assert_eq!(lv, en);
        assert!(lv.windows(2).all(|pair| pair[0] != pair[1]), "a key stands twice");
    }
}
