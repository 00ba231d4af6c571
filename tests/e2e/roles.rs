//! Who may call what, made from the document: every operation as every role, of the own municipality and of another, without a token
//! and with each that is not good.

use std::collections::BTreeMap;

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Request, contract, tokens};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location},
    attachments::attach,
    budget_managers::engage,
    budgets::granted,
    case_contacts, case_documents,
    complaints::{complain, complaint},
    conflicts_of_interest::declare,
    consultations, goal_results,
    hand_overs::offer,
    monthly_reports::{december, generate},
    person_requests::ask,
    pilot_reports, privacy_records,
    provider_notices::tell,
    providers::{as_provider, legal},
    representatives::{link, person_of},
    risks,
    schedules::{hand_in, schedule},
    settlement::{approve, by_provider, deliver, id_of, invoiced, ordered_from, pay, with_offer},
    surveys::{self, family},
};

/// What needs no caller: the rules, what is published, and how the service is.
const PUBLIC: [&str; 26] = [
    "GET /health/live",
    "GET /health/ready",
    "GET /metrics",
    "POST /v1/budget-calculations",
    "POST /v1/budget-calculations/bulk",
    "POST /v1/cost-statistics",
    "POST /v1/eligibility-checks",
    "POST /v1/forecasts",
    "POST /v1/funding-mixes",
    "POST /v1/funding-shares",
    "POST /v1/goal-attainments",
    "GET /v1/methodologies",
    "GET /v1/methodologies/{id}",
    "GET /v1/methodologies/{id}/parameters",
    "GET /v1/municipalities",
    "POST /v1/participant-selections",
    "POST /v1/plan-checks",
    "GET /v1/plan-suggestions",
    "POST /v1/priority-rankings",
    "POST /v1/provisional-budgets",
    "POST /v1/redistributions",
    "GET /v1/retention-rules",
    "GET /v1/services",
    "GET /v1/services/{code}",
    "POST /v1/transport-costs",
    "GET /v1/working-days",
];

/// Objects of the whole country, which are no municipality's: who sees them is told by their own tests.
const OF_THE_COUNTRY: [&str; 8] = [
    "methodology-versions",
    "offers",
    "pilot-periods",
    "providers",
    "qualifications",
    "role-grants",
    "service-proposals",
    "webhooks",
];

const OPINION: &str = "section=assessment&type=opinion&medium=paper&date=2023-03-01&media_type=application/pdf";
const ACT: &str = "kind=acceptance_act&media_type=application/pdf";
/// What an operation is asked with, beside the office that a provider names.
const QUERIES: [(&str, &str); 3] = [
    ("POST /v1/cases/{id}/documents", OPINION),
    ("POST /v1/invoices/{id}/attachments", ACT),
    ("GET /v1/persons/{id}/pseudonyms", "purpose=surveys"),
];

fn is_public((_, _, operation): &(String, &str, &Value)) -> bool {
    operation["security"].as_array().is_none_or(Vec::is_empty)
}

/// Made from the document: an operation that needs a caller is refused to everyone it does not name.
#[tokio::test]
async fn only_the_roles_that_the_document_names_may_call() {
    let app = TestApp::start().await;
    let public: Vec<String> =
        contract().operations().filter(is_public).map(|(method, template, _)| format!("{method} {template}")).collect();
    assert_eq!(public, PUBLIC, "an operation is open to everybody only if it is listed here");
    for (method, template, operation) in contract().operations() {
        let is_public = PUBLIC.contains(&format!("{method} {template}").as_str());
        let named: Vec<&str> =
            operation["x-roles"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        assert_eq!(is_public, named.is_empty(), "{method} {template} declares roles exactly where it needs a caller");
        if is_public {
            continue;
        }
        let path = template.replace("{id}", "018bcfe5-6800-7000-8000-0000000000ff").replace("{date}", "2023-03-08");
        let call = || {
            let call = app.request(method.parse().unwrap(), &path).header("if-match", "\"1\"");
            match contract().request_examples(&method, template).into_iter().next() {
                Some((media_type, body)) => call.body(&media_type, body),
                None => call,
            }
        };
        call().send().await.expect(401);
        for (name, token) in tokens::refused(Role::OfficeHead, OWN) {
            assert_eq!(
                call().token(&token).send().await.status,
                401,
                "{method} {template} with a token that is {name}"
            );
        }
        for &role in Role::ALL {
            let token = match role {
                Role::Integrator => tokens::integrator(OWN, "something:else"),
                _ => tokens::good(role, OWN),
            };
            let answer = call().token(&token).send().await;
            let may = role != Role::Integrator && named.contains(&role.as_str());
            assert_eq!(answer.status != 403, may, "{method} {template} as {role}: {}", answer.shown());
        }
    }
}

/// The identifier that a list of one tells.
async fn first(app: &TestApp, path: &str) -> String {
    let list = app.get(path).as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
    list["items"][0]["id"].as_str().unwrap().to_owned()
}

/// One object of every kind in the own municipality: by the segment of the path, its identifier.
pub(crate) async fn world(app: &TestApp) -> BTreeMap<&'static str, String> {
    let (provider, care) = with_offer(app).await;
    let (budget, order) = ordered_from(app, "320000-00001", &care).await;
    let shown =
        app.get(&format!("/v1/orders/{order}")).as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
    let plan = format!("/v1/plans/{}", shown["plan_id"].as_str().unwrap());
    let shown = app.get(&budget).as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
    let application = format!("/v1/applications/{}", shown["application_id"].as_str().unwrap());
    let case = application.replace("applications", "cases");
    let person = person_of(app, OWN, &application).await;
    let representative = location(&link(app, OWN, &person).await);
    let delivery = location(&deliver(app, &order, "2023-10-02", "2").await.expect(201));
    let sent = invoiced(app, "R-1", &order, ("2023-10-02", "2", "24.00")).await.expect(201);
    let invoice = location(&sent);
    let act = format!("{invoice}/attachments?{ACT}");
    let attachment = location(&attach(by_provider(app, "POST", &act), b"%PDF-1.7 Demonstracija").await.expect(201));
    approve(app, &sent.json()).await;
    let run = location(&pay(app).await.expect(201));
    let document = case_documents::add(app, &application, OPINION, b"%PDF-1.7 Demonstracija").await.expect(201);
    let contact = case_contacts::add(app, OWN, &case, &case_contacts::specialist()).await.expect(201);
    let manager = json!({"subject": tokens::subject(Role::BudgetManager), "organisation": "Biedrība Atbalsts",
        "valid_from": "2023-04-01"});
    let manager = engage(app, Role::OfficeHead, OWN, &case, &manager).await.expect(201);
    let complaint = complain(app, Role::Recipient, &complaint("service", Some("Izdomāts Sūdzētājs"))).await.expect(201);
    let conflict = json!({"subject": "another-worker", "reason": "Demonstrācija"});
    let conflict = declare(app, (Role::OfficeHead, OWN), &person, &conflict).await.expect(201);
    let consulted = consultations::record(app, OWN, &case, &consultations::request("2023-11-14")).await.expect(201);
    let (of_goals, _) = goal_results::signed_plan(app, "320000-00003").await;
    let result = goal_results::record(app, OWN, &of_goals, 1, "achieved").await.expect(201);
    let moving = granted(app, OWN, "320000-00002").await;
    let offered = offer(app, OWN, &moving, "0003000").await.expect(201);
    let report = json!({"kind": "report_change", "change": "residence", "text": "Demonstrācija."});
    let asked = ask(app, Role::Recipient, OWN, &application, &report).await.expect(201);
    let scheduled = hand_in(app, Role::SocialWorker, &plan, &schedule("2023-11", "1", None)).await.expect(201);
    let told = privacy_records::record("privacy_notice", "2023-11-15");
    let call = app.post(&format!("/v1/persons/{person}/privacy-records")).as_role(Role::SocialWorker, OWN);
    let privacy = call.json(&told).send().await.expect(201);
    let notice = json!({"kind": "recipient_unreachable", "text": "Demonstrācija."});
    let notice = tell(app, &order, &notice).await.expect(201);
    let risk = risks::register(app, OWN, &risks::request(None)).await.expect(201);
    let survey = surveys::record(app, OWN, &application, &family("start", "3")).await.expect(201);
    let later = app.another_node_at(december).await;
    let month = generate(&later, "2023-11").await.expect(201);
    let pilot = pilot_reports::generate(&later, Role::Accountant, "cash_flow", "2023-11").await.expect(201);
    let id = |path: &str| id_of(path).to_owned();
    BTreeMap::from([
        ("applications", id(&application)),
        ("assessments", first(app, &format!("{case}/assessments")).await),
        ("attachments", id(&attachment)),
        ("budget-managers", id(&location(&manager))),
        ("budgets", id(&budget)),
        ("calendar-exceptions", "2023-03-08".to_owned()),
        ("case-contacts", id(&location(&contact))),
        ("cases", id(&case)),
        ("complaints", id(&location(&complaint))),
        ("conflicts-of-interest", id(&location(&conflict))),
        ("consultations", id(&location(&consulted))),
        ("deliveries", id(&delivery)),
        ("documents", id(&location(&document))),
        ("goal-results", id(&location(&result))),
        ("hand-overs", id(&location(&offered))),
        ("invoices", id(&invoice)),
        ("monthly-reports", id(&location(&month))),
        ("orders", order),
        ("payment-runs", id(&run)),
        ("person-requests", id(&location(&asked))),
        ("persons", person),
        ("pilot-reports", id(&location(&pilot))),
        ("plan-schedules", id(&location(&scheduled))),
        ("plans", id(&plan)),
        ("privacy-records", id(&location(&privacy))),
        ("provider-notices", id(&location(&notice))),
        ("providers", id(&provider)),
        ("representatives", id(&representative)),
        ("risks", id(&location(&risk))),
        ("surveys", survey.json()["id"].as_str().unwrap().to_owned()),
    ])
}

/// As a role of a municipality; a provider as another one, of no municipality.
fn as_foreign<'a>(call: Request<'a>, role: Role, operation: &Value) -> Request<'a> {
    match role {
        Role::Provider => {
            let mut claims = tokens::claims(Role::Provider, OWN);
            claims.as_object_mut().unwrap().remove("balsts_municipality");
            claims["sub"] = json!("another-provider");
            call.token(&tokens::sign(&claims))
        }
        Role::Integrator => call.token(&tokens::integrator(FOREIGN, &scopes(operation))),
        _ => call.as_role(role, FOREIGN),
    }
}

/// The scopes that a machine client needs for an operation.
fn scopes(operation: &Value) -> String {
    let scopes =
        operation["security"].as_array().into_iter().flatten().flat_map(|one| one["bearer"].as_array()).flatten();
    scopes.filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
}

/// The roles of municipalities that may call an operation.
fn municipal_roles(operation: &Value) -> impl Iterator<Item = Role> {
    let named = operation["x-roles"].as_array().cloned().unwrap_or_default();
    Role::ALL.iter().copied().filter(move |role| !role.is_national() && named.contains(&json!(role.as_str())))
}

/// Made from the document: what one municipality has is not there for the others, whatever they ask of it, and their lists do not
/// show it. An operation with a new kind of object fails until the world has one.
#[tokio::test(flavor = "multi_thread")]
async fn what_one_municipality_has_is_not_there_for_another() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let mut other = legal("40000000002", &[OWN, FOREIGN]);
        other["subjects"] = json!(["another-provider"]);
        app.post("/v1/providers").as_role(Role::SocialWorker, FOREIGN).json(&other).send().await.expect(201);
        let world = world(&app).await;
        let (mut asked, mut read, mut listed) = (0, 0, 0);
        let mut faults = Vec::new();
        for (method, template, operation) in contract().operations().filter(|of| !is_public(of)) {
            let kind = template.split('/').nth(2).unwrap();
            let own = QUERIES.iter().find(|(of, _)| *of == format!("{method} {template}")).map(|(_, query)| *query);
            let query = |role: Role| {
                let office = (role == Role::Provider).then(|| format!("municipality={OWN}"));
                let all: Vec<_> = own.into_iter().map(str::to_owned).chain(office).collect();
                if all.is_empty() { String::new() } else { format!("?{}", all.join("&")) }
            };
            if !template.contains('{') {
                for role in municipal_roles(operation).filter(|_| method == "GET") {
                    let call = as_foreign(app.get(&format!("{template}{}", query(role))), role, operation);
                    let answer = call.send().await;
                    let shown = world.iter().find(|(kind, id)| {
                        !OF_THE_COUNTRY.contains(kind)
                            && kind != &&"calendar-exceptions"
                            && answer.text().contains(id.as_str())
                    });
                    if let Some((kind, _)) = shown {
                        faults.push(format!("GET {template} as {role} shows one of {kind}"));
                    }
                    listed += u32::from(answer.status == 200);
                }
                continue;
            }
            if OF_THE_COUNTRY.contains(&kind) || kind == "calendar-exceptions" {
                continue;
            }
            let id = world.get(kind).unwrap_or_else(|| panic!("the world has none of {kind}"));
            let path = template.replace("{id}", id).replace("{number}", "1");
            let call = |role: Role| {
                let call =
                    app.request(method.parse().unwrap(), &format!("{path}{}", query(role))).header("if-match", "\"1\"");
                match contract().request_examples(&method, template).into_iter().next() {
                    Some((media_type, body)) => call.body(&media_type, body),
                    None => call,
                }
            };
            for role in municipal_roles(operation) {
                let answer = as_foreign(call(role), role, operation).send().await;
                asked += 1;
                if answer.status != 404 {
                    faults.push(format!("{method} {template} as {role} of another municipality: {}", answer.status));
                }
                if method != "GET" {
                    continue;
                }
                let call = match role {
                    Role::Provider => as_provider(call(role)),
                    Role::Integrator => call(role).token(&tokens::integrator(OWN, &scopes(operation))),
                    _ => call(role).as_role(role, OWN),
                };
                let status = call.send().await.status;
                read += u32::from(status == 200);
                if [401, 403].contains(&status) {
                    faults.push(format!("{method} {template} as {role} of the municipality: {status}"));
                }
            }
        }
        assert!(faults.is_empty(), "{database:?}:\n{}", faults.join("\n"));
        assert!(asked > 300 && read > 150 && listed > 100, "{asked} asked, {read} read, {listed} listed");
    }
}
