//! `/v1/pilot-periods` and the budgets of the pilot on both databases: from the period to the corrected plan under the final budget.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer, cluster, contract::by_lot};
use futures_util::future::join;
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, decide, location},
    assessments::assessed_in,
    goal_results,
    hand_overs::{moved, offer},
    monthly_reports::{self, december, paid},
    plan_documents::describe,
    representatives::person_of,
    settlement::{approve, pay},
};

const PATH: &str = "/v1/pilot-periods";

fn period(first_month: &str) -> Value {
    json!({"first_month": first_month, "months": 6, "per_child_funding": "4800.00"})
}

async fn draft_period(app: &TestApp, body: &Value) -> Answer {
    app.post(PATH).as_role(Role::ProgrammeTeam, OWN).json(body).send().await
}

async fn tag(app: &TestApp, path: &str, role: Role, municipality: &str) -> String {
    let shown = app.get(path).as_role(role, municipality).send().await.expect(200);
    shown.header("etag").unwrap().to_owned()
}

/// What the ministry's team does with a period.
async fn team(app: &TestApp, method: &str, path: &str, what: &str, body: Option<&Value>) -> Answer {
    let tag = tag(app, path, Role::ProgrammeTeam, OWN).await;
    let call = app.request(method.parse().unwrap(), &format!("{path}{what}")).as_role(Role::ProgrammeTeam, OWN);
    let call = call.header("if-match", &tag);
    match body {
        Some(body) => call.json(body).send().await,
        None => call.send().await,
    }
}

/// An open period that begins in November 2023: its path.
pub(crate) async fn opened(app: &TestApp) -> String {
    opened_from(app, &period("2023-11")).await
}

async fn opened_from(app: &TestApp, terms: &Value) -> String {
    let path = location(&draft_period(app, terms).await.expect(201));
    team(app, "POST", &path, "/opening", None).await.expect(201);
    path
}

/// An application of the pilot, granted on 10 March 2023.
async fn granted(app: &TestApp, municipality: &str, code: &str, birth_date: &str) -> String {
    let body = json!({
        "methodology": "children-pilot-2018", "received_at": "2023-03-01T09:30",
        "person": {"personal_code": code, "given_name": "Izdomāta", "family_name": "Paraudziņa"},
        "applicant": {"given_name": "Izdomāts", "family_name": "Paraugvecāks", "relation": "parent"},
        "evidence": {"birth_date": birth_date, "impairment_types": ["movement"], "disability": {"group": "child"},
            "assessed_in_di_project": true, "pilot_start": "2023-11-01", "pilot_end": "2024-10-31"},
    });
    let call = app.post("/v1/applications").as_role(Role::SocialWorker, municipality);
    let path = location(&call.json(&body).send().await.expect(201));
    decide(app, municipality, &path, "\"1\"", "grant").await.expect(201);
    path
}

fn calculation(birth_date: &str, special_care: bool) -> Value {
    let registers: &[&str] = if special_care { &["special_care_opinion"] } else { &[] };
    json!({
        "calculation": {"methodology": "children-pilot-2018", "date": "2023-11-10", "birth_date": birth_date,
            "special_care": special_care, "period": 1},
        "form": {"registers": registers, "documents": [], "evidence": []},
    })
}

/// What an office does with a child's budget and plan.
struct Office<'a> {
    app: &'a TestApp,
    municipality: &'static str,
}

impl Office<'_> {
    async fn calculate(&self, application: &str, body: &Value) -> Answer {
        let call = self.app.post(&format!("{application}/budget")).as_role(Role::SocialWorker, self.municipality);
        call.json(body).send().await
    }

    async fn get(&self, path: &str) -> Value {
        self.app.get(path).as_role(Role::SocialWorker, self.municipality).send().await.expect(200).json()
    }

    /// With the tag of what it is done to.
    async fn change(&self, method: &str, of: &str, what: &str, body: &Value) -> Answer {
        let tag = tag(self.app, of, Role::SocialWorker, self.municipality).await;
        let call = self.app.request(method.parse().unwrap(), &format!("{of}{what}"));
        call.as_role(Role::SocialWorker, self.municipality).header("if-match", &tag).json(body).send().await
    }

    /// A budget that both have signed: its path.
    async fn signed_budget(&self, application: &str, body: &Value) -> String {
        let budget = location(&self.calculate(application, body).await.expect(201));
        for body in [
            json!({"party": "worker", "signed_on": "2023-11-10"}),
            json!({"party": "recipient", "signed_on": "2023-11-11", "signer": "Izdomāts Paraugvecāks"}),
        ] {
            self.change("POST", &budget, "/signatures", &body).await.expect(201);
        }
        assessed_in(self.app, self.municipality, application, "2023-11-12").await;
        budget
    }

    async fn draft(&self, budget: &str, body: &Value) -> String {
        let call = self.app.post(&format!("{budget}/plan")).as_role(Role::SocialWorker, self.municipality);
        location(&call.json(body).send().await.expect(201))
    }

    async fn sign(&self, plan: &str, party: &str) -> Answer {
        let signer = (party == "recipient").then_some("Izdomāts Paraugvecāks");
        let body =
            json!({"document": "plan", "party": party, "signed_on": "2023-11-14", "method": "paper", "signer": signer});
        self.change("POST", plan, "/signatures", &body).await
    }

    async fn sign_both(&self, plan: &str) -> Value {
        self.sign(plan, "worker").await.expect(201);
        self.sign(plan, "recipient").await.expect(201).json()
    }

    /// The contract of the version in force.
    async fn sign_contract(&self, plan: &str) {
        for (role, party, signer) in
            [(Role::OfficeHead, "office_head", None), (Role::SocialWorker, "recipient", Some("Izdomāts Paraugvecāks"))]
        {
            let body = json!({"document": "contract", "party": party, "signed_on": "2023-11-15", "method": "paper",
                "signer": signer});
            let tag = tag(self.app, plan, Role::SocialWorker, self.municipality).await;
            let call = self.app.post(&format!("{plan}/signatures")).as_role(role, self.municipality);
            call.header("if-match", &tag).json(&body).send().await.expect(201);
        }
    }

    async fn order(&self, plan: &str, line: u32, volume: &str) -> Answer {
        let body = json!({"line": line, "form": "self_prepaid", "volume": volume, "valid_from": "2023-11-15",
            "valid_to": "2024-04-30", "terms": {"engagement": null, "payment": "15 dienu laikā"}});
        let call = self.app.post(&format!("{plan}/orders")).as_role(Role::SocialWorker, self.municipality);
        call.json(&body).send().await
    }

    async fn events(&self, kind: &str) -> usize {
        let events = self.app.get("/v1/events?limit=200").as_role(Role::OfficeHead, self.municipality).send().await;
        let events = events.expect(200).json();
        events["items"].as_array().unwrap().iter().filter(|event| event["type"] == kind).count()
    }
}

fn line(number: u32, service: &str, volume: &str, price: &str, ranks: (u32, u32)) -> Value {
    json!({"number": number, "service": service, "recipient": "child", "goal": 1, "volume": volume, "unit_price": price,
        "funding": "individual_budget", "expert_rank": ranks.0, "parent_rank": ranks.1, "self_prepaid": true})
}

fn plan(lines: &[Value]) -> Value {
    json!({
        "from": "2023-11-15", "to": "2024-04-30",
        "goals": [{"number": 1, "term": "short", "area": 2, "author": "parent", "text": "Bērns pats ēd ar karoti."}],
        "lines": lines,
    })
}

/// Home care of 3,000.00, sessions of a specialist for 60.00 each, and 300.00 that the parents pay: with 20 sessions 4,500.00.
fn lines_with(sessions: &str, needed: Option<&str>) -> Vec<Value> {
    let mut sessions = line(2, "specialist", sessions, "60.00", (2, 1));
    sessions["needed_volume"] = json!(needed);
    let mut of_parents = line(3, "babysitter", "30", "10.00", (3, 3));
    of_parents["funding"] = json!("parent");
    vec![line(1, "home_care", "250", "12.00", (1, 2)), sessions, of_parents]
}

fn codes(plan: &Value) -> Vec<String> {
    let shown = |of: &Value| format!("{} {}", of["pointer"].as_str().unwrap(), of["code"].as_str().unwrap());
    let errors = plan["findings"].as_array().unwrap().iter().filter(|finding| finding["severity"] == "error");
    errors.map(shown).collect()
}

async fn ledger(app: &TestApp, budget: &str, municipality: &str) -> Value {
    let call = app.get(&format!("{budget}/ledger")).as_role(Role::Accountant, municipality);
    call.send().await.expect(200).json()["total"].clone()
}

#[tokio::test]
async fn a_period_is_drafted_and_opened_by_the_team_and_read_by_offices() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let mut short = period("2023-11");
        short["months"] = json!(5);
        short["unspent"] = json!("1.00");
        draft_period(&app, &short)
            .await
            .expect_faults(422, &["missing_field /short_reason", "no_earlier_period /unspent"]);
        let early = draft_period(&app, &period("2017-11")).await;
        early.expect_faults(422, &["no_version_for_date /first_month"]);
        let call = app.post(PATH).as_role(Role::ProgrammeTeam, OWN).header("idempotency-key", "first");
        let drafted = call.json(&period("2023-10")).send().await.expect(201);
        let call = app.post(PATH).as_role(Role::ProgrammeTeam, OWN).header("idempotency-key", "first");
        assert_eq!(call.json(&period("2023-10")).send().await.expect(201).json(), drafted.json());
        let path = location(&drafted);
        for role in [Role::MinistryAdmin, Role::MinistryReviewer, Role::OfficeHead] {
            app.post(PATH).as_role(role, OWN).json(&period("2024-05")).send().await.expect(403);
        }
        // An office sees no draft, and makes no budget in it.
        let office = Office { app: &app, municipality: OWN };
        app.get(&path).as_role(Role::SocialWorker, OWN).send().await.expect(404);
        assert_eq!(office.get(PATH).await["items"], json!([]));
        let application = granted(&app, OWN, "320000-00001", "2018-01-15").await;
        let early = office.calculate(&application, &calculation("2018-01-15", false)).await;
        early.expect_faults(422, &["unknown_period /calculation/period"]);

        short["unspent"] = json!("0.00");
        short["short_reason"] = json!("Atlase ilga ilgāk.");
        let changed = team(&app, "PUT", &path, "", Some(&short)).await.expect(200).json();
        assert_eq!((&changed["first_month"], &changed["last_month"]), (&json!("2023-11"), &json!("2024-03")));
        let opened = team(&app, "POST", &path, "/opening", None).await.expect(201).json();
        assert_eq!((&opened["status"], &opened["number"]), (&json!("open"), &json!(1)));
        let again = team(&app, "POST", &path, "/opening", None).await.expect(409).json();
        assert_eq!(again["code"], "pilot_period_status");
        assert_eq!(office.get(&path).await, opened);
        short["per_child_funding"] = json!("5000.00");
        let changed = team(&app, "PUT", &path, "", Some(&short)).await.expect(409).json();
        assert_eq!(changed["code"], "pilot_period_terms_stand");

        draft_period(&app, &period("2024-03")).await.expect_faults(422, &["period_overlaps /first_month"]);
        let mut second = period("2024-04");
        second["unspent"] = json!("120.50");
        draft_period(&app, &second).await.expect_faults(422, &["missing_field /unspent_reason"]);
        second["unspent_reason"] = json!("Konti nav sistēmā.");
        let second = draft_period(&app, &second).await.expect(201).json();
        assert_eq!((&second["number"], &second["unspent"]), (&json!(2), &json!("120.50")));
        assert_eq!(second["unspent_reason"], "Konti nav sistēmā.");
        let early = app.get(&format!("{path}/unspent")).as_role(Role::MinistryReviewer, OWN).send().await.expect(409);
        assert_eq!(early.json()["code"], "pilot_period_not_over");
        app.get(&format!("{path}/unspent")).as_role(Role::OfficeHead, OWN).send().await.expect(403);
        let page = app.get(&format!("{PATH}?limit=1")).as_role(Role::MinistryReviewer, OWN).send().await;
        let page = page.expect(200).json();
        assert_eq!(page["items"][0]["number"], 1);
        let next = format!("{PATH}?limit=1&cursor={}", page["next"].as_str().unwrap());
        let page = app.get(&next).as_role(Role::MinistryAdmin, OWN).send().await.expect(200).json();
        assert_eq!((&page["items"][0]["number"], &page["next"]), (&json!(2), &Value::Null));
        let waiting = team(&app, "POST", &path, "/redistribution", None).await.expect(409).json();
        assert_eq!(waiting["code"], "pilot_period_empty");
        app.get(&format!("{path}/redistribution")).as_role(Role::MinistryReviewer, OWN).send().await.expect(404);
    }
}

#[tokio::test]
async fn a_provisional_budget_is_frozen_signed_replayed_and_calculated_again() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        opened(&app).await;
        let office = Office { app: &app, municipality: OWN };
        let application = granted(&app, OWN, "320000-00001", "2013-01-01").await;
        let mut bad = calculation("2013-01-02", true);
        bad["form"]["registers"] = json!([]);
        bad["calculation"]["date"] = json!("2023-03-09");
        office.calculate(&application, &bad).await.expect_faults(
            422,
            &[
                "date_out_of_range /calculation/date",
                "evidence_required /form/registers",
                "other_birth_date /calculation/birth_date",
            ],
        );
        bad["calculation"]["period"] = json!("1");
        bad["calculation"]["care_level"] = json!(2);
        office
            .calculate(&application, &bad)
            .await
            .expect_faults(400, &["unknown_field /calculation/care_level", "wrong_type /calculation/period"]);

        // 70 % of 4,800.00 for a child of ten without the opinion.
        let made = office.calculate(&application, &calculation("2013-01-01", false)).await.expect(201);
        let (budget, made) = (location(&made), made.json());
        assert_eq!((&made["total"], &made["status"]), (&json!("3360.00"), &json!("indicative")));
        let of = &made["pilot"];
        assert_eq!(
            (&of["provisional"], &of["needed"], &of["final"], &of["ceiling"], &of["total"]),
            (&json!("3360.00"), &Value::Null, &Value::Null, &json!("3360.00"), &Value::Null)
        );
        assert_eq!(made["calculation"]["input"]["per_child_funding"], "4800.00");
        let why = &made["calculation"]["result"]["provisional"];
        assert_eq!(
            (&why["percent"], &why["age"], &why["reason"]),
            (&json!(70), &json!(10), &json!("older_without_special_care"))
        );
        let again = office.calculate(&application, &calculation("2013-01-01", false)).await.expect(409).json();
        assert_eq!(again["code"], "active_budget_exists");
        let document = app.get(&format!("{budget}/document")).as_role(Role::SocialWorker, OWN);
        document.header("accept", "text/html").send().await.expect(409);
        describe(&app).await;
        let document = app.get(&format!("{budget}/document")).as_role(Role::SocialWorker, OWN);
        let document = document.header("accept", "text/html").send().await.expect(200);
        assert!(document.text().contains("provizoriskā apmēra aprēķins"), "{}", document.text());

        // With the opinion the whole.
        let more = office.change("POST", &budget, "/calculations", &calculation("2013-01-01", true)).await;
        assert_eq!(more.expect(201).json()["pilot"]["ceiling"], "4800.00");
        for number in [1, 2] {
            let call = app.post(&format!("{budget}/replay?calculation={number}")).as_role(Role::Auditor, OWN);
            assert_eq!(call.send().await.expect(200).json()["identical"], true);
        }
        app.get(&budget).as_role(Role::SocialWorker, FOREIGN).send().await.expect(404);
    }
}

/// In whichever municipality; no names, and nothing of another case.
#[tokio::test(flavor = "multi_thread")]
async fn the_programme_team_reads_plans_and_adds_documents_of_cases_of_the_pilot_alone() {
    const MINUTES: &str = "section=plan&type=minutes&medium=paper&date=2023-11-14&media_type=application/pdf";
    const PDF: &[u8] = b"%PDF-1.7 Demonstracija";
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        opened(&app).await;
        let office = Office { app: &app, municipality: FOREIGN };
        let application = granted(&app, FOREIGN, "320000-00001", "2018-01-15").await;
        let budget = office.signed_budget(&application, &calculation("2018-01-15", false)).await;
        let of_pilot = office.draft(&budget, &plan(&[line(1, "specialist", "50", "80.00", (1, 1))])).await;
        office.sign_both(&of_pilot).await;
        let (of_other, _) = goal_results::signed_plan(&app, "320000-00002").await;
        let other = app.get(&of_other).as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
        let id = |of: &Value, member: &str| of[member].as_str().unwrap().to_owned();
        let reads = async |path: &str| app.get(path).as_role(Role::ProgrammeTeam, OWN).send().await;

        let list = reads("/v1/plans").await.expect(200).json();
        let listed: Vec<_> = list["items"].as_array().unwrap().iter().map(|plan| id(plan, "id")).collect();
        assert_eq!(listed, [of_pilot.rsplit('/').next().unwrap()]);
        let signed = office.get(&of_pilot).await;
        let read = reads(&of_pilot).await.expect(200);
        assert!(!read.text().contains("Paraugvecāks"), "{}", read.shown());
        assert_eq!((&read.json()["current"], &read.json()["amounts"]), (&signed["current"], &signed["amounts"]));
        let signers = |of: &Value| {
            let signatures = of["signatures"].as_array().unwrap().iter();
            signatures.map(|of| of["signer"].as_str().map(str::to_owned)).collect::<Vec<_>>()
        };
        assert_eq!(
            signers(&read.json()),
            [None, Some("test-social-worker".to_owned())],
            "the recipient's, and the worker's"
        );
        assert!(signers(&signed)[0].is_some(), "the office is told");
        let version = format!("{of_pilot}/versions/1");
        assert_eq!(reads(&version).await.expect(200).json(), office.get(&version).await);
        let total = reads(&format!("{budget}/ledger")).await.expect(200).json()["total"].clone();
        assert_eq!(total, ledger(&app, &budget, FOREIGN).await);
        reads(&format!("{budget}/ledger-entries")).await.expect(200);

        // What the office keeps to itself is not there.
        let documents = application.replace("applications", "cases") + "/documents";
        let add = async |role: Role, municipality: &str, query: &str| {
            let call = app.post(&format!("{documents}?{query}")).as_role(role, municipality);
            call.body("application/octet-stream", PDF.to_vec()).send().await
        };
        let of_office = location(&add(Role::SocialWorker, FOREIGN, MINUTES).await.expect(201));
        let private = add(Role::SocialWorker, FOREIGN, &format!("{MINUTES}&office_only=true")).await.expect(201);
        reads(&location(&private)).await.expect(404);
        let of_team = location(&add(Role::ProgrammeTeam, OWN, MINUTES).await.expect(201));
        let list = reads(&documents).await.expect(200).json();
        let listed = list["items"].as_array().unwrap().iter().map(|of| format!("/v1/documents/{}", id(of, "id")));
        assert_eq!(listed.collect::<Vec<_>>(), [of_office.clone(), of_team.clone()]);
        assert_eq!(office.get(&of_team).await, reads(&of_team).await.expect(200).json());
        reads(&format!("{of_office}/content")).await.expect(200);
        let call = app.post(&format!("{of_office}/deletion-request")).as_role(Role::ProgrammeTeam, OWN);
        let call = call.header("if-match", "\"1\"").json(&json!({"reason": "Pievienots citai lietai."}));
        call.send().await.expect(403);

        // Of a case of another methodology it sees nothing, though it is in the municipality of its token.
        let of_others = format!("/v1/cases/{}/documents", id(&other, "application_id"));
        let call = app.post(&format!("{of_others}?{MINUTES}")).as_role(Role::SocialWorker, OWN);
        let document = location(&call.body("application/octet-stream", PDF.to_vec()).send().await.expect(201));
        let of_budget = format!("/v1/budgets/{}", id(&other, "budget_id"));
        for path in [
            of_other.clone(),
            format!("{of_other}/versions/1"),
            format!("{of_budget}/ledger"),
            format!("{of_budget}/ledger-entries"),
            of_others.clone(),
            document.clone(),
            format!("{document}/content"),
        ] {
            reads(&path).await.expect(404);
        }
        let call = app.post(&format!("{of_others}?{MINUTES}")).as_role(Role::ProgrammeTeam, OWN);
        call.body("application/octet-stream", PDF.to_vec()).send().await.expect(404);

        // The municipality that has the case knows who looked.
        let person = person_of(&app, FOREIGN, &application).await;
        let log = app.get(&format!("/v1/persons/{person}/accesses?limit=200")).as_role(Role::Auditor, FOREIGN);
        let log = log.send().await.expect(200).json();
        let of_team = log["items"].as_array().unwrap().iter().filter(|entry| entry["role"] == "programme_team");
        let mut actions: Vec<_> = of_team.map(|entry| id(entry, "action")).collect();
        actions.sort_unstable();
        actions.dedup();
        assert_eq!(
            actions,
            [
                "add_case_document",
                "get_case_document",
                "get_case_document_content",
                "get_ledger",
                "get_plan",
                "get_plan_version",
                "list_case_documents",
                "list_ledger_entries"
            ]
        );
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

/// The whole way: the period, two children in two municipalities, plans, the cut one in force, redistribution, the corrected plan.
#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one journey, step after step")]
async fn from_the_period_to_the_corrected_plan_under_the_final_budget() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let path = opened(&app).await;
        let (small, large) = (Office { app: &app, municipality: OWN }, Office { app: &app, municipality: FOREIGN });
        let first = granted(&app, OWN, "320000-00001", "2018-01-15").await;
        let second = granted(&app, FOREIGN, "320000-00002", "2013-01-01").await;
        let less = small.signed_budget(&first, &calculation("2018-01-15", false)).await;
        let more = large.signed_budget(&second, &calculation("2013-01-01", false)).await;
        assert_eq!(small.get(&less).await["pilot"]["provisional"], "4800.00");
        assert_eq!(large.get(&more).await["pilot"]["provisional"], "3360.00");

        // One needs 4,000.00 of 4,800.00.
        let of_less = small.draft(&less, &plan(&[line(1, "specialist", "50", "80.00", (1, 1))])).await;
        small.sign_both(&of_less).await;
        let waiting = team(&app, "POST", &path, "/redistribution", None).await.expect(409).json();
        assert_eq!(waiting["code"], "pilot_plans_missing");
        let preview = format!("{path}/redistribution-preview");
        let waiting = app.get(&preview).as_role(Role::ProgrammeTeam, OWN).send().await.expect(409).json();
        assert_eq!(waiting["code"], "pilot_plans_missing");

        // The other 4,500.00, of which the parents pay 300.00; there is 3,360.00.
        let mut whole = plan(&lines_with("20", None));
        whole["to"] = json!("2024-05-01");
        let of_more = large.draft(&more, &whole).await;
        let drafted = large.get(&of_more).await;
        assert_eq!(codes(&drafted), ["/lines above_indicative", "/to outside_period"]);
        assert_eq!((&drafted["pilot"]["needed"], &drafted["amounts"]["excess"]), (&json!("4500.00"), &json!("840.00")));
        let order = |place: usize| {
            let placed = &drafted["pilot"]["order"][place];
            ["line", "score", "financing", "financed"].map(|member| placed[member].clone())
        };
        // 0.7 x 1 + 0.3 x 2 = 1.3; 0.7 x 2 + 0.3 x 1 = 1.7; 3,360.00 - 3,000.00 covers a part of the second.
        assert_eq!(order(0), [json!(1), json!("1.3"), json!("full"), json!("3000.00")]);
        assert_eq!(order(1), [json!(2), json!("1.7"), json!("partial"), json!("360.00")]);
        assert_eq!(order(2), [json!(3), json!("3"), json!("full"), json!("0.00")]);
        large.sign(&of_more, "worker").await.expect_faults(422, &["above_indicative /lines", "outside_period /to"]);

        // What is proposed fits, and what it cuts stays needed.
        whole["to"] = json!("2024-04-30");
        large.change("PUT", &of_more, "", &whole).await.expect(200);
        let call = app.post(&format!("{of_more}/proposals")).as_role(Role::SocialWorker, FOREIGN);
        let proposal = call.send().await.expect(200).json();
        assert_eq!(proposal["amounts"]["agreed"], "3360.00");
        let cut = large.change("PUT", &of_more, "", &proposal["draft"]).await.expect(200).json();
        assert_eq!((&cut["can_be_signed"], &cut["pilot"]["needed"]), (&json!(true), &json!("4500.00")));
        let unfit = plan(&lines_with("6", Some("5")));
        let unfit = large.change("PUT", &of_more, "", &unfit).await.expect(200).json();
        assert_eq!(codes(&unfit), ["/lines/1/needed_volume needed_volume_unfit"]);
        // They agree otherwise: all of the care, and 6 of 20 sessions.
        large.change("PUT", &of_more, "", &plan(&lines_with("6", Some("20")))).await.expect(200);
        let signed = large.sign_both(&of_more).await;
        assert_eq!((&signed["status"], &signed["current"]["agreed"]), (&json!("in_force"), &json!("3360.00")));
        let of = large.get(&more).await["pilot"].clone();
        assert_eq!((&of["needed"], &of["final"], &of["ceiling"]), (&json!("4500.00"), &Value::Null, &json!("3360.00")));
        assert_eq!(
            of["total"],
            json!({"project": "3360.00", "existing_services": "0.00", "existing_benefits": "0.00", "other": "300.00",
                "total": "3660.00", "unmet": "840.00"})
        );
        large.sign_contract(&of_more).await;
        large.order(&of_more, 2, "7").await.expect_faults(422, &["above_planned "]);
        large.order(&of_more, 2, "6").await.expect(201);

        // 800.00 that one does not need goes to the other, who lacks 1,140.00.
        let shown = app.get(&preview).as_role(Role::ProgrammeTeam, OWN).send().await.expect(200).json();
        for role in [Role::MinistryReviewer, Role::OfficeHead] {
            let call = app.post(&format!("{path}/redistribution")).as_role(role, OWN).header("if-match", "\"2\"");
            call.send().await.expect(403);
        }
        let run = team(&app, "POST", &path, "/redistribution", None).await.expect(201).json();
        assert_eq!((&run["period"]["status"], &run["redistribution"]), (&json!("closed"), &shown["redistribution"]));
        let finals = &run["redistribution"];
        assert_eq!(
            (&finals["available"], &finals["surplus"], &finals["distributed"], &finals["left_over"]),
            (&json!("8160.00"), &json!("800.00"), &json!("800.00"), &json!("0.00"))
        );
        let code = &large.get(&more).await["pilot"]["code"];
        let child = finals["children"].as_array().unwrap().iter().find(|child| child["id"] == *code).unwrap();
        assert_eq!(
            (&child["final"], &child["share"], &child["unmet"]),
            (&json!("4160.00"), &json!("800.00"), &json!("340.00"))
        );
        let again = team(&app, "POST", &path, "/redistribution", None).await.expect(409).json();
        assert_eq!(again["code"], "pilot_period_status");
        let call = app.post(&format!("{path}/redistribution")).as_role(Role::ProgrammeTeam, OWN);
        call.header("if-match", "\"2\"").send().await.expect(412);
        app.get(&preview).as_role(Role::ProgrammeTeam, OWN).send().await.expect(409);
        let frozen = app.get(&format!("{path}/redistribution")).as_role(Role::MinistryReviewer, OWN).send().await;
        assert_eq!(frozen.expect(200).json(), run);
        let changed = team(&app, "PUT", &path, "", Some(&period("2023-11"))).await.expect(409).json();
        assert_eq!(changed["code"], "pilot_period_status");

        // Both offices are told, and the ledgers have their ceilings.
        for (office, budget, amount) in [(&small, &less, "4000.00"), (&large, &more, "4160.00")] {
            assert_eq!(office.events("budget.final_set").await, 1);
            let of = office.get(budget).await;
            assert_eq!((&of["pilot"]["final"], &of["pilot"]["ceiling"]), (&json!(amount), &json!(amount)));
            assert_eq!(ledger(&app, budget, office.municipality).await["indicative"], amount);
        }
        // On the day before it was set, it was the provisional.
        for (day, indicative, available) in [("2023-11-14", "3360.00", "0.00"), ("2023-11-15", "4160.00", "800.00")] {
            let call = app.get(&format!("{more}/ledger?on={day}")).as_role(Role::Accountant, FOREIGN);
            let total = call.send().await.expect(200).json()["total"].clone();
            assert_eq!((&total["indicative"], &total["available"]), (&json!(indicative), &json!(available)), "{day}");
        }
        app.get(&more).as_role(Role::SocialWorker, OWN).send().await.expect(404);
        let third = granted(&app, OWN, "320000-00003", "2018-01-15").await;
        let late = small.calculate(&third, &calculation("2018-01-15", false)).await.expect(409).json();
        assert_eq!(late["code"], "pilot_period_status");

        // The corrected plan: 19 sessions fit the final budget, 20 do not.
        let revision = json!({"reason": "other", "outcome": "adjust", "text": "Noteikts galīgais apmērs."});
        large.change("POST", &of_more, "/revision", &revision).await.expect(201);
        large.change("PUT", &of_more, "", &plan(&lines_with("20", None))).await.expect(200);
        large.sign(&of_more, "worker").await.expect_faults(422, &["above_indicative /lines"]);
        large.change("PUT", &of_more, "", &plan(&lines_with("19", Some("20")))).await.expect(200);
        let signed = large.sign_both(&of_more).await;
        assert_eq!((&signed["current"]["agreed"], &signed["current"]["number"]), (&json!("4140.00"), &json!(2)));
        large.order(&of_more, 2, "14").await.expect_faults(422, &["above_planned "]);
        large.order(&of_more, 2, "13").await.expect(201);
        let of = large.get(&more).await["pilot"].clone();
        assert_eq!((&of["needed"], &of["total"]["total"]), (&json!("4500.00"), &json!("4460.00")));
        let report = app.store.verify_audit().await.unwrap();
        assert!(report.faults.is_empty(), "{report:?}");
    }
}

/// A period that is over, with a child that goes on and one that left; what they did not spend is shared in the next one.
#[tokio::test(flavor = "multi_thread")]
async fn a_granted_application_goes_from_one_period_to_the_next() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let first = opened_from(&app, &period("2023-05")).await;
        let office = Office { app: &app, municipality: OWN };
        let birth_date = "2018-01-15";
        let mut past = plan(&[line(1, "specialist", "50", "80.00", (1, 1))]);
        (past["from"], past["to"]) = (json!("2023-05-15"), json!("2023-10-31"));
        let (mut applications, mut budgets, mut plans) = (Vec::new(), Vec::new(), Vec::new());
        for code in ["320000-00001", "320000-00002"] {
            let application = granted(&app, OWN, code, birth_date).await;
            let budget = office.signed_budget(&application, &calculation(birth_date, false)).await;
            let of_budget = office.draft(&budget, &past).await;
            office.sign_both(&of_budget).await;
            applications.push(application);
            budgets.push(budget);
            plans.push(of_budget);
        }
        let mut terms = period("2023-11");
        let second = opened_from(&app, &terms).await;
        let mut next = calculation(birth_date, false);
        next["calculation"]["period"] = json!(2);
        let refused = async |application: &str, code: &str| {
            assert_eq!(office.calculate(application, &next).await.expect(409).json()["code"], code);
        };
        let unspent = async || {
            let call = app.get(&format!("{first}/unspent")).as_role(Role::MinistryReviewer, OWN);
            let left = call.send().await.expect(200).json();
            ["available", "paid", "held", "unspent"].map(|sum| left[sum].as_str().unwrap().to_owned())
        };
        // The period is over, and not redistributed yet.
        refused(&applications[0], "active_budget_exists").await;
        team(&app, "POST", &first, "/redistribution", None).await.expect(201);
        // Each needed 4,000.00 of 4,800.00, and still may use it.
        assert_eq!(unspent().await, ["9600.00", "0.00", "8000.00", "1600.00"]);

        // One orders ten sessions and claims four back; the other leaves.
        let order = json!({"line": 1, "form": "self_prepaid", "volume": "10", "valid_from": "2023-05-15",
            "valid_to": "2023-10-31", "terms": {"engagement": null, "payment": "15 dienu laikā"}});
        office.sign_contract(&plans[0]).await;
        let call = app.post(&format!("{}/orders", plans[0])).as_role(Role::SocialWorker, OWN);
        let order = location(&call.json(&order).send().await.expect(201));
        let claim = |sessions: u32, number: &str| {
            let amount = format!("{}.00", sessions * 80);
            json!({
                "plan": plans[0].rsplit('/').next(), "month": "2023-10",
                "payee": {"name": "Izdomāts Paraugvecāks", "bank_account": "LV80 BANK 0000 4351 9500 1"},
                "lines": [{"order": order.rsplit('/').next(), "from": "2023-10-02", "to": "2023-10-31",
                    "volume": sessions.to_string(), "unit_price": "80.00", "amount": amount,
                    "receipt": {"kind": "strict_accounting_receipt", "provider": "Izdomāts centrs SIA",
                        "registration_number": "40000000001", "number": number, "paid_on": "2023-10-31",
                        "names_recipient": true}}],
                "total": amount,
            })
        };
        let settle = async |app: &TestApp, body: &Value, on: &str| {
            let call = app.post("/v1/reimbursement-claims").as_role(Role::SocialWorker, OWN);
            let sent = call.json(body).send().await.expect(201).json();
            approve(app, &sent).await;
            paid(app, &pay(app).await.expect(201).json(), on).await;
        };
        settle(&app, &claim(4, "117"), "2023-11-15").await;
        assert_eq!(unspent().await, ["9600.00", "320.00", "7680.00", "1600.00"]);
        let left = json!({"reason": "given_up", "on": "2023-10-31", "text": "Atsakās.", "prepared_by": "demo"});
        let tag_of = tag(&app, &plans[1], Role::OfficeHead, OWN).await;
        let call = app.post(&format!("{}/termination", plans[1])).as_role(Role::OfficeHead, OWN);
        call.header("if-match", &tag_of).json(&left).send().await.expect(201);
        assert_eq!(unspent().await, ["9600.00", "320.00", "3680.00", "5600.00"]);
        refused(&applications[1], "budget_closed").await;

        // The next budget ends the one before with its plan: what was ordered and not received is free.
        let following = office.signed_budget(&applications[0], &next).await;
        refused(&applications[0], "active_budget_exists").await;
        assert_eq!(office.get(&budgets[0]).await["status"], "closed");
        let ended = office.get(&plans[0]).await;
        assert_eq!((&ended["status"], &ended["steps"][0]["code"]), (&json!("terminated"), &json!("period_ended")));
        assert_eq!((&ended["steps"][0]["on"], office.events("budget.closed").await), (&json!("2023-10-31"), 2));
        assert_eq!(unspent().await, ["9600.00", "320.00", "0.00", "9280.00"]);
        let moved = offer(&app, OWN, &applications[0], FOREIGN).await.expect(409).json();
        assert_eq!(moved["code"], "plan_signed");

        // It needs 6,000.00, and gets it out of what was left.
        let mut cut = line(1, "specialist", "60", "80.00", (1, 1));
        cut["needed_volume"] = json!("75");
        let of_following = office.draft(&following, &plan(&[cut])).await;
        office.sign_both(&of_following).await;
        let preview = app.get(&format!("{second}/redistribution-preview")).as_role(Role::ProgrammeTeam, OWN);
        let preview = preview.send().await.expect(200).json();
        assert_eq!((&preview["unspent"], &preview["counted"]["settled"]), (&json!("9280.00"), &json!(true)));
        terms["unspent"] = json!("500.00");
        terms["unspent_reason"] = json!("Pārējo atdod.");
        team(&app, "PUT", &second, "", Some(&terms)).await.expect(200);
        let run = team(&app, "POST", &second, "/redistribution", None).await.expect(201).json();
        assert_eq!((&run["unspent"], &run["counted"]), (&json!("500.00"), &Value::Null));
        assert_eq!(office.get(&following).await["pilot"]["final"], "5300.00");
        let case = applications[0].replace("/applications/", "/cases/");
        let case = office.get(&format!("{case}?include=plan,budget")).await;
        assert_eq!((&case["budget"]["pilot"]["period"], &case["plan"]["status"]), (&json!(2), &json!("in_force")));

        // What was received in time is still claimed; the ministry pays the whole of it.
        let app = app.another_node_at(december).await;
        settle(&app, &claim(1, "118"), "2023-12-04").await;
        let report = monthly_reports::generate(&app, "2023-11").await.expect(201).json();
        assert_eq!(
            (&report["totals"]["claimed"], &report["totals"]["state"], &report["totals"]["municipality"]),
            (&json!("320.00"), &json!("320.00"), &json!("0.00"))
        );
        let report = app.store.verify_audit().await.unwrap();
        assert!(report.faults.is_empty(), "{report:?}");
    }
}

/// A plan that is signed while the period is redistributed is either in it or refused; the finals fit the money.
#[tokio::test(flavor = "multi_thread")]
async fn a_period_is_redistributed_once_whoever_races() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let path = opened(&app).await;
        let office = Office { app: &app, municipality: OWN };
        let application = granted(&app, OWN, "320000-00001", "2018-01-15").await;
        let budget = office.signed_budget(&application, &calculation("2018-01-15", false)).await;
        let of_budget = office.draft(&budget, &plan(&[line(1, "specialist", "70", "80.00", (1, 1))])).await;
        let mut cut = line(1, "specialist", "60", "80.00", (1, 1));
        cut["needed_volume"] = json!("70");
        office.change("PUT", &of_budget, "", &plan(&[cut])).await.expect(200);
        office.sign_both(&of_budget).await;
        let late = granted(&app, OWN, "320000-00002", "2018-01-15").await;
        let body = calculation("2018-01-15", false);
        let tag = tag(&app, &path, Role::ProgrammeTeam, OWN).await;
        let runs = (0..6).map(|_| async {
            let call = app.post(&format!("{path}/redistribution")).as_role(Role::ProgrammeTeam, OWN);
            call.header("if-match", &tag).send().await.status
        });
        let (runs, entered) = by_lot(join(futures_util::future::join_all(runs), office.calculate(&late, &body))).await;
        let won = runs.iter().filter(|status| **status == 201).count();
        assert!(runs.iter().all(|status| [201, 409, 412].contains(status)), "{runs:?}");
        // Either the budget came first, and its plan is missing, or the redistribution did.
        match entered.status {
            201 => assert_eq!(won, 0, "{database:?}: {runs:?}"),
            409 => assert_eq!(won, 1, "{database:?}: {runs:?}"),
            other => panic!("{other}: {}", entered.shown()),
        }
        let expected = if won == 1 { json!("4800.00") } else { Value::Null };
        assert_eq!(office.get(&budget).await["pilot"]["final"], expected);
    }
}

/// A plan whose second signature races with the redistribution is in it with what it needs, or the redistribution waits for it.
#[tokio::test(flavor = "multi_thread")]
async fn a_signature_comes_before_the_redistribution_or_the_redistribution_waits() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let path = opened(&app).await;
        let (here, there) = (Office { app: &app, municipality: OWN }, Office { app: &app, municipality: FOREIGN });
        let mut budgets = Vec::new();
        for (office, code, sessions, needed) in
            [(&here, "320000-00001", "40", None), (&there, "320000-00002", "60", Some("70"))]
        {
            let application = granted(&app, office.municipality, code, "2018-01-15").await;
            let budget = office.signed_budget(&application, &calculation("2018-01-15", false)).await;
            let mut sessions = line(1, "specialist", sessions, "80.00", (1, 1));
            sessions["needed_volume"] = json!(needed);
            let of_budget = office.draft(&budget, &plan(&[sessions])).await;
            office.sign(&of_budget, "worker").await.expect(201);
            budgets.push((budget, of_budget));
        }
        here.sign(&budgets[0].1, "recipient").await.expect(201);
        let tag = tag(&app, &path, Role::ProgrammeTeam, OWN).await;
        let runs = (0..6).map(|_| async {
            let call = app.post(&format!("{path}/redistribution")).as_role(Role::ProgrammeTeam, OWN);
            call.header("if-match", &tag).send().await.status
        });
        let (runs, signed) =
            by_lot(join(futures_util::future::join_all(runs), there.sign(&budgets[1].1, "recipient"))).await;
        signed.expect(201);
        let won = runs.iter().filter(|status| **status == 201).count();
        assert!(won <= 1 && runs.iter().all(|status| [201, 409, 412].contains(status)), "{database:?}: {runs:?}");
        if won == 0 {
            team(&app, "POST", &path, "/redistribution", None).await.expect(201);
        }
        // 4,800.00 and what the other does not need of it: 5,600.00 is all that is needed.
        let of = there.get(&budgets[1].0).await["pilot"].clone();
        assert_eq!((&of["needed"], &of["final"]), (&json!("5600.00"), &json!("5600.00")), "{database:?}");
        assert_eq!(ledger(&app, &budgets[1].0, FOREIGN).await["indicative"], "5600.00");
    }
}

/// Everything of a budget goes with its case, and the new office is told of the final budget.
#[tokio::test]
async fn a_budget_stays_in_its_period_when_the_case_moves() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let path = opened(&app).await;
        let (here, there) = (Office { app: &app, municipality: OWN }, Office { app: &app, municipality: FOREIGN });
        let application = granted(&app, OWN, "320000-00001", "2018-01-15").await;
        let budget = here.signed_budget(&application, &calculation("2018-01-15", false)).await;
        let before = here.get(&budget).await["pilot"].clone();
        moved(&app, OWN, &application, FOREIGN).await;
        assert_eq!(there.get(&budget).await["pilot"], before);
        let of_budget = there.draft(&budget, &plan(&[line(1, "specialist", "50", "80.00", (1, 1))])).await;
        there.sign_both(&of_budget).await;
        team(&app, "POST", &path, "/redistribution", None).await.expect(201);
        assert_eq!(there.get(&budget).await["pilot"]["final"], "4000.00");
        assert_eq!((here.events("budget.final_set").await, there.events("budget.final_set").await), (0, 1));
    }
}

/// On PostgreSQL a municipality writes no period, reads no redistribution, and what was redistributed is changed by nobody.
#[tokio::test(flavor = "multi_thread")]
async fn the_database_keeps_periods_for_the_country() {
    if !Database::available().contains(&Database::Postgres) {
        return;
    }
    let app = TestApp::start_on(Database::Postgres).await;
    let path = opened(&app).await;
    let office = Office { app: &app, municipality: OWN };
    let application = granted(&app, OWN, "320000-00001", "2018-01-15").await;
    let budget = office.signed_budget(&application, &calculation("2018-01-15", false)).await;
    let of_budget = office.draft(&budget, &plan(&[line(1, "specialist", "50", "80.00", (1, 1))])).await;
    office.sign_both(&of_budget).await;
    let reach =
        |to: &str, sql: &str| app.database.psql(cluster::SERVER, &format!("SET app.municipality = '{to}'; {sql}"));
    let opening = "UPDATE pilot_period SET unspent_cents = 1";
    assert!(reach(OWN, opening).unwrap_err().contains("row-level security"));
    team(&app, "POST", &path, "/redistribution", None).await.expect(201);
    let count = |table: &str| format!("SELECT count(*) FROM {table}");
    for (to, table, expected) in [
        (OWN, "pilot_period", "1"),
        (OWN, "pilot_redistribution", "0"),
        ("0000000", "pilot_redistribution", "1"),
        (OWN, "pilot_budget", "1"),
        (FOREIGN, "pilot_budget", "0"),
        ("0000000", "pilot_budget", "0"),
    ] {
        assert_eq!(reach(to, &count(table)), Ok(expected.to_owned()), "{table} to {to}");
    }
    // What no statement reaches stays as it is.
    for (of, change) in [("pilot_redistribution", "run_by = 'x'"), ("pilot_period", "unspent_cents = 1")] {
        let returned =
            reach("*", &format!("WITH changed AS (UPDATE {of} SET {change} RETURNING 1) SELECT count(*) FROM changed"));
        assert_eq!(returned, Ok("0".to_owned()), "{of}");
    }
}
