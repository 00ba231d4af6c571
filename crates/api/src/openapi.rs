//! The OpenAPI document, made from the registered handlers.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::LazyLock,
};

use actix_web::App;
use serde_json::json;
use utoipa::{
    OpenApi as _,
    openapi::{
        OpenApi, Ref, RefOr, Required, Response,
        extensions::Extensions,
        header::{Header, HeaderBuilder},
        path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem},
        schema::{AdditionalProperties, Discriminator, Object, Schema, Type},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
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
    // The rules need no login; an operation that does says so itself.
    security(()),
    tags(
        (name = "calculations", description = "Indicative budgets, stateless"),
        (name = "rules", description = "Eligibility, funding and the pilot's rules, stateless"),
        (name = "applications", description = "Applications and the acts on them; stored, and only for callers of the municipality"),
        (name = "hand-overs", description = "Cases that are offered to another municipality, and go there with its acceptance"),
        (name = "cases", description = "An application and what follows from it in one call; stored like applications"),
        (name = "documents", description = "Acts and forms in Latvian, as HTML or PDF; made from what is stored"),
        (name = "offices", description = "What the office of a municipality says of itself; stored"),
        (name = "budgets", description = "Budgets of granted applications: frozen, signed, replayed; stored like applications"),
        (name = "plans", description = "Support plans: drafted, checked, corrected, signed, revised, ended; stored like applications"),
        (name = "requests", description = "What recipients ask of the office and report to it, and what it answers"),
        (name = "complaints", description = "The complaint register of an office; about ethics, the ministry reads it too"),
        (name = "schedules", description = "Monthly schedules of plans, handed in by recipients, beside what was delivered"),
        (name = "budget-managers", description = "Organisations that offices engage to order and pay for cases, and what they report"),
        (name = "orders", description = "How the services of a plan are ordered, each a commitment on the budget"),
        (name = "deliveries", description = "What was delivered of an order, who confirms it, or why it was not"),
        (name = "invoices", description = "Invoices, credit notes and claims: checked against deliveries, endorsed, approved, paid"),
        (name = "monthly-reports", description = "What offices claim of the ministry month by month, pseudonymous and frozen; and the national summary"),
        (name = "pilot-periods", description = "Periods of the pilot, and the redistribution that sets the final budgets"),
        (name = "pilot-reports", description = "Cash flow, quarters and activity of the pilot, agreed with the ministry's team; and what they tell together"),
        (name = "payments", description = "Payment runs, their files, and what became of the payments"),
        (name = "ledgers", description = "Where every euro of a budget is, now and on any day"),
        (name = "calendar", description = "Days on which an office departs from the calendar of the country; its deadlines count with them"),
        (name = "persons", description = "The people that the municipality knows, who speaks for them, and who read their data"),
        (name = "assessments", description = "Needs assessments of cases, sealed and agreed; stored like applications"),
        (name = "case-documents", description = "Files of cases, kept encrypted; added and read, never changed"),
        (name = "results", description = "What came of it: goals, functioning, surveys, satisfaction, and their statistics; stored"),
        (name = "risks", description = "The risk register of an office, and what it reports to the ministry; stored"),
        (name = "providers", description = "Providers of services, their offers and qualification documents; of the whole country, stored"),
        (name = "roles", description = "Roles that offices and the ministry grant, beside those that tokens tell"),
        (name = "events", description = "What happened to stored data, for systems that follow it"),
        (name = "webhooks", description = "Where events are delivered to, signed and in order"),
        (name = "statistics", description = "Forecasts and the arithmetic of reports, stateless; and statistics of what was delivered"),
        (name = "catalogue", description = "Methodologies, parameters, services, municipalities, the calendar and the retention of records"),
        (name = "methodology-versions", description = "What the ministry drafts, tries and publishes: tariffs, services and periods of the methodologies; stored"),
        (name = "service-proposals", description = "Services that the catalogue lacks: proposed by offices, decided by the ministry; stored"),
        (name = "service", description = "Health and metrics"),
    ),
)]
struct Document;

/// The document of everything that is registered.
pub(crate) fn document() -> OpenApi {
    let (_, mut document) =
        App::new().into_utoipa_app().openapi(Document::openapi()).configure(routes::configure).split_for_parts();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("An access token of the OpenID Connect issuer that this server trusts."));
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer.build()));
    name_variants(&mut components.schemas, "Criterion", "criterion");
    components.schemas.values_mut().for_each(describe_lists);
    declare_headers(&mut document);
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

/// Puts the description of an inlined list on the list: utoipa puts it on an object beside the list, and no value is both.
fn describe_lists(schema: &mut RefOr<Schema>) {
    let RefOr::T(found) = schema else { return };
    match found {
        Schema::Object(object) => object.properties.values_mut().for_each(describe_lists),
        Schema::OneOf(choice) => choice.items.iter_mut().for_each(describe_lists),
        Schema::AllOf(parts) => {
            if let [RefOr::T(Schema::Array(list)), RefOr::T(Schema::Object(told))] = parts.items.as_mut_slice() {
                list.description = told.description.take();
                *found = Schema::Array(list.clone());
            }
        }
        _ => {}
    }
}

/// What changes without `If-Match`: a payment run, by what the bank tells of it, which may be told again.
const CHANGED_OTHERWISE: [&str; 1] = ["/v1/payment-runs/{id}"];

/// Declares the headers that answers carry: `Link` where there may be a next page, `ETag` wherever a resource that changes is
/// shown, and for reads of one 304. A resource that changes stands at a path with an operation that takes `If-Match` there or below.
fn declare_headers(document: &mut OpenApi) {
    let paths = &mut document.paths.paths;
    let takes = |operation: &Operation| named(operation, "If-Match");
    let changing: Vec<String> = paths
        .iter_mut()
        .filter_map(|(path, item)| operations(item).any(|(_, operation)| takes(operation)).then(|| path.clone()))
        .collect();
    let changes = |path: &str| {
        let here = |changing: &String| match changing.strip_prefix(path) {
            Some("") => path.ends_with('}') || !path.contains('{'),
            Some(below) => path.ends_with('}') && below.starts_with('/'),
            None => false,
        };
        CHANGED_OTHERWISE.contains(&path) || changing.iter().any(here)
    };
    let resource = |(path, item): (&String, &PathItem)| {
        let success = item.get.as_ref()?.responses.responses.get("200").filter(|_| changes(path))?;
        json_schema(success).map(ToOwned::to_owned)
    };
    let resources: BTreeSet<String> = paths.iter().filter_map(resource).collect();
    let schemas = document.components.as_ref().map(|components| &components.schemas);
    let in_pages = |name: &str| match schemas.and_then(|schemas| schemas.get(name)) {
        Some(RefOr::T(Schema::Object(object))) => object.properties.contains_key("next"),
        _ => false,
    };
    for (method, operation) in paths.values_mut().flat_map(operations) {
        let is_change = takes(operation);
        let mut tagged = false;
        for (status, answer) in &mut operation.responses.responses {
            let Some(schema) = json_schema(answer).filter(|_| status.starts_with('2')) else { continue };
            let (is_tagged, has_next) = (is_change || resources.contains(schema), method == "GET" && in_pages(schema));
            let RefOr::T(answer) = answer else { continue };
            if is_tagged {
                answer.headers.insert("ETag".to_owned(), entity_tag());
                tagged = true;
            }
            if has_next {
                let link = HeaderBuilder::from(Header::default())
                    .description(Some("Where the next page is, as `rel=\"next\"`; not on the last."))
                    .example(Some(json!(
                        "</v1/plans?limit=1&cursor=018bcfe5-6800-7000-8000-000000000001>; rel=\"next\""
                    )));
                answer.headers.insert("Link".to_owned(), link.build().into());
            }
        }
        if tagged && method == "GET" {
            let mut known = Response::new("The caller has what would be shown");
            known.headers.insert("ETag".to_owned(), entity_tag());
            operation.responses.responses.insert("304".to_owned(), known.into());
            operation.parameters.get_or_insert_default().push(if_none_match().into());
        }
    }
}

/// The operations of a path, by their methods.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let all = [
        ("GET", &mut item.get),
        ("POST", &mut item.post),
        ("PUT", &mut item.put),
        ("PATCH", &mut item.patch),
        ("DELETE", &mut item.delete),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// Whether an operation has a parameter with a name.
fn named(operation: &Operation, name: &str) -> bool {
    let of_name = |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(parameter) if parameter.name == name);
    operation.parameters.iter().flatten().any(of_name)
}

/// The name of the schema of an answer that is JSON and nothing else.
fn json_schema(answer: &RefOr<Response>) -> Option<&str> {
    let RefOr::T(answer) = answer else { return None };
    let RefOr::T(content) = answer.content.get("application/json").filter(|_| answer.content.len() == 1)? else {
        return None;
    };
    let Some(RefOr::Ref(schema)) = &content.schema else { return None };
    schema.ref_location.strip_prefix("#/components/schemas/")
}

fn entity_tag() -> RefOr<Header> {
    // What the headers of utoipa have no word for goes the way of extensions.
    let required = Extensions::from_iter([("required", true)]);
    HeaderBuilder::from(Header::default())
        .description(Some("The version, for `If-Match`; of a read also how it is shown, for `If-None-Match`."))
        .example(Some(json!("\"1-9f86d081884c7d65\"")))
        .extensions(Some(required))
        .build()
        .into()
}

fn if_none_match() -> Parameter {
    ParameterBuilder::new()
        .name("If-None-Match")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("The `ETag` of what the caller has: where it is still shown, the answer is 304 without it."))
        .schema(Some(Object::with_type(Type::String)))
        .example(Some(json!("\"1-9f86d081884c7d65\"")))
        .build()
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

/// What is asked of an operation while it is served.
struct Served {
    method: &'static str,
    takes_query: bool,
    in_pages: bool,
}

/// The operations of each path pattern.
static OPERATIONS: LazyLock<HashMap<String, Vec<Served>>> = LazyLock::new(|| {
    let in_query = |parameter: &RefOr<Parameter>| match parameter {
        RefOr::T(parameter) => parameter.parameter_in == ParameterIn::Query,
        RefOr::Ref(_) => false,
    };
    let links = |answer: &RefOr<Response>| matches!(answer, RefOr::T(answer) if answer.headers.contains_key("Link"));
    let served = |(method, operation): (&'static str, &mut Operation)| Served {
        method,
        takes_query: operation.parameters.iter().flatten().any(in_query),
        in_pages: operation.responses.responses.get("200").is_some_and(links),
    };
    let all = document().paths.paths.into_iter();
    all.map(|(pattern, mut item)| (pattern, operations(&mut item).map(served).collect())).collect()
});

/// Whether an operation has query parameters; none where there is no such operation.
pub(crate) fn takes_query(pattern: &str, method: &str) -> Option<bool> {
    let operation = OPERATIONS.get(pattern)?.iter().find(|known| known.method == method)?;
    Some(operation.takes_query)
}

/// Whether what is read at a path pattern is a list in pages.
pub(crate) fn in_pages(pattern: &str) -> bool {
    OPERATIONS.get(pattern).into_iter().flatten().any(|known| known.method == "GET" && known.in_pages)
}

/// The methods of a path pattern, as the header `Allow` lists them. What is not in the document can only be read.
pub(crate) fn methods(pattern: &str) -> String {
    let Some(operations) = OPERATIONS.get(pattern) else { return "GET".to_owned() };
    operations.iter().map(|known| known.method).collect::<Vec<_>>().join(", ")
}
