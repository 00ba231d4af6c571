//! The OpenAPI document, made from the registered handlers.

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use actix_web::App;
use utoipa::{
    OpenApi as _,
    openapi::{
        OpenApi, Ref, RefOr,
        schema::{AdditionalProperties, Discriminator, Object, Schema},
    },
};
use utoipa_actix_web::AppExt;

use crate::routes;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Balsts",
        description = "Latvia's Individual Budget Model: what budget the published methodologies give a child or adult with a \
            disability, explained to the cent; the rules around it; the catalogue, tariffs and calendar they use.\n\n\
            Money and volumes are decimal strings, dates `YYYY-MM-DD`. Titles, names and explanations are Latvian, or \
            English with `Accept-Language: en`. Errors are RFC 9457 problem details that list every fault of a request.",
        license(name = "EUPL-1.2", identifier = "EUPL-1.2"),
    ),
    servers((url = "/", description = "This server")),
    tags(
        (name = "calculations", description = "Indicative budgets, stateless"),
        (name = "rules", description = "Eligibility, funding and the pilot's rules, stateless"),
        (name = "statistics", description = "Forecasts and the arithmetic of reports, stateless"),
        (name = "catalogue", description = "Methodologies, parameters, services and the calendar"),
        (name = "service", description = "Health and metrics"),
    ),
)]
struct Document;

/// The document of everything that is registered.
pub(crate) fn document() -> OpenApi {
    let (_, mut document) =
        App::new().into_utoipa_app().openapi(Document::openapi()).configure(routes::configure).split_for_parts();
    if let Some(components) = document.components.as_mut() {
        name_variants(&mut components.schemas, "Criterion", "criterion");
    }
    document
}

/// Gives each variant of a tagged enum a schema of its own, closes it, and adds the discriminator: utoipa inlines the
/// variants and leaves them open, which neither refuses unknown members nor reads well in a generated client.
fn name_variants(schemas: &mut BTreeMap<String, RefOr<Schema>>, name: &str, tag: &str) {
    let Some(RefOr::T(Schema::OneOf(choice))) = schemas.get_mut(name) else { return };
    let mut named = Vec::new();
    let mut discriminator = Discriminator::new(tag);
    for item in &mut choice.items {
        let RefOr::T(Schema::Object(variant)) = item else { continue };
        let Some(title) = variant.title.take() else { continue };
        let name = format!("{title}Criterion");
        let reference = Ref::from_schema_name(&name);
        for value in tag_values(variant, tag) {
            discriminator.mapping.insert(value, reference.ref_location.clone());
        }
        variant.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
        let variant = std::mem::replace(item, RefOr::Ref(reference));
        named.push((name, variant));
    }
    choice.discriminator = Some(discriminator);
    schemas.extend(named);
}

fn tag_values(variant: &Object, tag: &str) -> Vec<String> {
    match variant.properties.get(tag) {
        Some(RefOr::T(Schema::Object(tag))) => {
            let values = tag.enum_values.iter().flatten();
            values.filter_map(|value| value.as_str().map(ToOwned::to_owned)).collect()
        }
        _ => Vec::new(),
    }
}

/// The methods of a path pattern, as the header `Allow` lists them. What is not in the document can only be read.
pub(crate) fn methods(pattern: &str) -> &'static str {
    static METHODS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
        let methods = document().paths.paths.into_iter().map(|(pattern, item)| {
            let methods = [
                ("GET", item.get.is_some()),
                ("POST", item.post.is_some()),
                ("PUT", item.put.is_some()),
                ("PATCH", item.patch.is_some()),
                ("DELETE", item.delete.is_some()),
            ];
            let methods: Vec<_> = methods.into_iter().filter_map(|(name, has)| has.then_some(name)).collect();
            (pattern, methods.join(", "))
        });
        methods.collect()
    });
    METHODS.get(pattern).map_or("GET", String::as_str)
}
