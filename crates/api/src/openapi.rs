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
        path::{Parameter, ParameterIn},
        schema::{AdditionalProperties, Discriminator, Object, Schema},
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

fn tag_values(variant: &Object, tag: &str) -> Vec<String> {
    match variant.properties.get(tag) {
        Some(RefOr::T(Schema::Object(tag))) => {
            let values = tag.enum_values.iter().flatten();
            values.filter_map(|value| value.as_str().map(ToOwned::to_owned)).collect()
        }
        _ => Vec::new(),
    }
}

/// The operations of each path pattern: the method, and whether it has query parameters.
static OPERATIONS: LazyLock<HashMap<String, Vec<(&'static str, bool)>>> = LazyLock::new(|| {
    let in_query = |parameter: &RefOr<Parameter>| match parameter {
        RefOr::T(parameter) => parameter.parameter_in == ParameterIn::Query,
        RefOr::Ref(_) => false,
    };
    let operations = document().paths.paths.into_iter().map(|(pattern, item)| {
        let operations =
            [("GET", item.get), ("POST", item.post), ("PUT", item.put), ("PATCH", item.patch), ("DELETE", item.delete)];
        let operations = operations.into_iter().filter_map(|(method, operation)| {
            Some((method, operation?.parameters.unwrap_or_default().iter().any(in_query)))
        });
        (pattern, operations.collect())
    });
    operations.collect()
});

/// Whether an operation has query parameters; none where there is no such operation.
pub(crate) fn takes_query(pattern: &str, method: &str) -> Option<bool> {
    let operation = OPERATIONS.get(pattern)?.iter().find(|(known, _)| *known == method)?;
    Some(operation.1)
}

/// The methods of a path pattern, as the header `Allow` lists them. What is not in the document can only be read.
pub(crate) fn methods(pattern: &str) -> String {
    let Some(operations) = OPERATIONS.get(pattern) else { return "GET".to_owned() };
    operations.iter().map(|(method, _)| *method).collect::<Vec<_>>().join(", ")
}
