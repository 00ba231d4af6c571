//! `/v1/plans`, `/v1/orders` and the ledger on both databases: from a draft above the budget to a plan that is signed, ordered,
//! revised and ended.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer, contract::by_lot};
use serde_json::{Value, json};

use crate::{
    applications::{FOREIGN, OWN, location},
    assessments::{completed, recommending},
    budgets::granted_budget,
    methodology_versions::{self, publish},
    providers::{add_offer, registered},
};

/// A budget whose calculation both have signed, of a case that is assessed: its path.
pub(crate) async fn signed_budget(app: &TestApp, code: &str) -> String {
    let (application, budget) = granted_budget(app, OWN, code).await;
    sign_calculation(app, &budget).await;
    completed(app, &application, "initial", "2023-03-17").await;
    budget
}

/// Both sign the first calculation of a budget.
pub(crate) async fn sign_calculation(app: &TestApp, budget: &str) {
    for (tag, body) in [
        ("\"1\"", json!({"party": "worker", "signed_on": "2023-03-15"})),
        ("\"2\"", json!({"party": "recipient", "signed_on": "2023-03-16", "signer": "Izdomāts Paraugvecāks"})),
    ] {
        let call = app.post(&format!("{budget}/signatures")).as_role(Role::SocialWorker, OWN);
        call.header("if-match", tag).json(&body).send().await.expect(201);
    }
}

/// An offer of a provider whose certificate the office has accepted: its identifier.
pub(crate) async fn accepted_offer(app: &TestApp, provider: &str, service: &str, price: &str) -> String {
    let document = json!({"service": service, "kind": "certificate", "number": "A-17", "issuer": "Izdomāta augstskola",
        "valid_from": "2023-01-01", "valid_to": "2024-12-31"});
    let call = app.post(&format!("{provider}/qualifications")).as_role(Role::SocialWorker, OWN);
    let given = call.json(&document).send().await.expect(201).json();
    let call = app.post(&format!("/v1/qualifications/{}/checks", given["id"].as_str().unwrap()));
    let check = json!({"accepted": true, "checked_on": "2023-03-01"});
    call.as_role(Role::SocialWorker, OWN).json(&check).send().await.expect(201);
    let offer = json!({"service": service, "price": price, "price_kind": "market", "place": {"kind": "home"},
        "valid_from": "2023-01-01"});
    add_offer(app, OWN, provider, &offer).await.expect(201).json()["id"].as_str().unwrap().to_owned()
}

pub(crate) fn line(number: u32, service: &str, offer: Option<&str>, volume: &str, price: &str) -> Value {
    json!({"number": number, "service": service, "recipient": "child", "goal": 1, "volume": volume, "offer": offer,
        "unit_price": price, "funding": "individual_budget", "priority": number, "self_prepaid": offer.is_none()})
}

pub(crate) fn draft(lines: &[Value]) -> Value {
    json!({
        "from": "2023-04-01", "to": "2024-03-31",
        "goals": [{"number": 1, "term": "short", "area": 2, "author": "parent", "text": "Bērns pats ēd ar karoti."}],
        "lines": lines,
    })
}

pub(crate) struct Calls<'a> {
    pub(crate) app: &'a TestApp,
    pub(crate) path: String,
}

impl Calls<'_> {
    /// The tag of the plan as it is now.
    pub(crate) async fn tag(&self) -> String {
        let shown = self.app.get(&self.path).as_role(Role::SocialWorker, OWN).send().await.expect(200);
        shown.header("etag").unwrap().to_owned()
    }

    pub(crate) async fn get(&self) -> Value {
        self.app.get(&self.path).as_role(Role::SocialWorker, OWN).send().await.expect(200).json()
    }

    pub(crate) async fn put(&self, body: &Value) -> Answer {
        let call = self.app.put(&self.path).as_role(Role::SocialWorker, OWN);
        call.header("if-match", &self.tag().await).json(body).send().await
    }

    pub(crate) async fn step(&self, what: &str, body: &Value) -> Answer {
        let role = if what == "termination" { Role::OfficeHead } else { Role::SocialWorker };
        self.step_as(role, what, body).await
    }

    pub(crate) async fn step_as(&self, role: Role, what: &str, body: &Value) -> Answer {
        let call = self.app.post(&format!("{}/{what}", self.path)).as_role(role, OWN);
        call.header("if-match", &self.tag().await).json(body).send().await
    }

    pub(crate) async fn sign(&self, party: &str) -> Answer {
        let signer = (party == "recipient").then_some("Izdomāts Paraugvecāks");
        let body =
            json!({"document": "plan", "party": party, "signed_on": "2023-03-20", "method": "paper", "signer": signer});
        self.step("signatures", &body).await
    }

    /// The contract of the version in force.
    pub(crate) async fn sign_contract(&self, role: Role) -> Answer {
        let (party, signer) = match role {
            Role::OfficeHead => ("office_head", None),
            _ => ("recipient", Some("Izdomāts Paraugvecāks")),
        };
        let body = json!({"document": "contract", "party": party, "signed_on": "2023-03-21", "method": "eparaksts",
            "signer": signer});
        self.step_as(role, "signatures", &body).await
    }

    /// Both sign the draft, and the contract that it is the annex of: the plan as it is then.
    pub(crate) async fn in_force(&self) -> Value {
        self.sign("worker").await.expect(201);
        self.sign("recipient").await.expect(201);
        self.sign_contract(Role::OfficeHead).await.expect(201);
        self.sign_contract(Role::SocialWorker).await.expect(201).json()
    }

    pub(crate) async fn order(&self, line: u32, form: &str, volume: &str) -> Answer {
        let engagement = (form != "self_prepaid").then_some("parent_application");
        let body = json!({"line": line, "form": form, "volume": volume, "valid_from": "2023-04-01",
            "valid_to": "2024-03-31", "terms": {"engagement": engagement, "payment": "15 dienu laikā"}});
        self.app.post(&format!("{}/orders", self.path)).as_role(Role::SocialWorker, OWN).json(&body).send().await
    }
}

pub(crate) async fn plan<'a>(app: &'a TestApp, budget: &str, draft: &Value) -> Calls<'a> {
    let call = app.post(&format!("{budget}/plan")).as_role(Role::SocialWorker, OWN);
    let created = call.json(draft).send().await.expect(201);
    assert_eq!(created.version(), Some("1"));
    Calls { app, path: location(&created) }
}

pub(crate) async fn ledger(app: &TestApp, budget: &str, query: &str) -> Value {
    app.get(&format!("{budget}/ledger{query}")).as_role(Role::Accountant, OWN).send().await.expect(200).json()
}

fn codes(plan: &Value) -> Vec<String> {
    let shown =
        |finding: &Value| format!("{} {}", finding["pointer"].as_str().unwrap(), finding["code"].as_str().unwrap());
    plan["findings"].as_array().unwrap().iter().map(shown).collect()
}

/// The whole way: assessment, plan over budget, refusal with the excess, proposal, acceptance, signatures, orders, price change, revision,
/// termination that releases the rest.
#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one journey, step after step")]
async fn from_a_plan_over_budget_to_its_end() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let budget = signed_budget(&app, "320000-00001").await;
        let case = app.get(&budget).as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
        let application = format!("/v1/applications/{}", case["application_id"].as_str().unwrap());
        let provider = registered(&app, OWN, "40000000001", &[OWN]).await;
        let care = accepted_offer(&app, &provider, "home_care", "12.00").await;
        let specialist = accepted_offer(&app, &provider, "specialist", "60.00").await;
        let lines = [
            line(1, "home_care", Some(&care), "880", "12.00"),
            line(2, "specialist", Some(&specialist), "48", "60.00"),
            line(3, "day_care_centre", None, "200", "50.00"),
        ];
        // 23,440.00 of 21,838.32, of which the state pays 4,819.20.
        let plan = plan(&app, &budget, &draft(&lines)).await;
        let drafted = plan.get().await;
        assert_eq!(drafted["amounts"]["agreed"], "23440.00");
        assert_eq!((&drafted["amounts"]["excess"], &drafted["can_be_signed"]), (&json!("1601.68"), &json!(false)));
        assert_eq!(codes(&drafted), ["/lines above_indicative", "/lines state_part_not_spendable"]);
        let refused = plan.sign("worker").await;
        assert!(refused.text().contains("1601.68"), "{}", refused.shown());
        refused.expect_faults(422, &["above_indicative /lines", "state_part_not_spendable /lines"]);

        let call = app.post(&format!("{}/proposals", plan.path)).as_role(Role::SocialWorker, OWN);
        let proposal = call.header("accept-language", "en").send().await.expect(200).json();
        assert_eq!((&proposal["optimal"], &proposal["findings"]), (&json!(true), &json!([])));
        assert_eq!(proposal["lines"][0]["change"], "kept");
        assert_eq!(proposal["lines"][1]["change"], "kept");
        assert_eq!(
            (&proposal["lines"][2]["change"], &proposal["lines"][2]["proposed"]),
            (&json!("reduced"), &json!("71"))
        );
        assert!(!proposal["lines"][2]["reasons"].as_array().unwrap().is_empty());
        assert_eq!(proposal["amounts"]["payable"], "16990.00");
        assert_eq!(plan.get().await, drafted, "a proposal changes nothing");
        let accepted = plan.put(&proposal["draft"]).await.expect(200).json();
        assert_eq!(accepted["can_be_signed"], true);

        assert_eq!(ledger(&app, &budget, "").await["total"]["agreed"], "0.00");
        plan.sign("worker").await.expect(201);
        assert_eq!(plan.sign("worker").await.expect(409).json()["code"], "already_signed");
        let signed = plan.sign("recipient").await.expect(201).json();
        assert_eq!((&signed["status"], &signed["current"]["number"]), (&json!("in_force"), &json!(1)));
        assert_eq!((&signed["draft"], &signed["current"]["agreed"]), (&Value::Null, &json!("16990.00")));
        let shown = app.get(&budget).as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
        assert_eq!(shown["status"], "agreed");
        let contract =
            json!({"document": "contract", "party": "office_head", "signed_on": "2023-03-21", "method": "eparaksts"});
        plan.step("signatures", &contract).await.expect(403);
        plan.sign_contract(Role::OfficeHead).await.expect(201);
        let unsigned = plan.order(1, "guarantee_letter", "600").await.expect(409);
        assert_eq!(unsigned.json()["code"], "contract_not_signed");
        plan.sign_contract(Role::SocialWorker).await.expect(201);

        // Orders: within the line, each a commitment.
        let order = plan.order(1, "guarantee_letter", "600").await.expect(201);
        assert_eq!(order.json()["amount"], "7200.00");
        plan.order(1, "contract", "281").await.expect_faults(422, &["above_planned "]);
        plan.order(3, "contract", "10")
            .await
            .expect_faults(422, &["other_order_form /form", "provider_required /offer"]);
        plan.order(3, "self_prepaid", "71").await.expect(201);
        plan.order(9, "contract", "1").await.expect_faults(422, &["unknown_line /line"]);
        let told = ledger(&app, &budget, "").await;
        assert_eq!(
            told["total"],
            json!({"indicative": "21838.32", "agreed": "16990.00", "committed": "10750.00", "delivered": "0.00",
                "invoiced": "0.00", "paid": "0.00", "free": "6240.00", "available": "4848.32"})
        );
        assert_eq!(ledger(&app, &budget, "?on=2023-03-19").await["total"]["agreed"], "0.00");
        assert_eq!(ledger(&app, &budget, "?on=2023-03-20").await["total"]["committed"], "0.00");

        // The provider asks more from June on: the plan is revised first.
        let order = location(&order);
        let reprice = async |tag: &str, price: &str| {
            let call = app.post(&format!("{order}/prices")).as_role(Role::SocialWorker, OWN).header("if-match", tag);
            call.json(&json!({"valid_from": "2023-06-01", "unit_price": price})).send().await
        };
        reprice("\"1\"", "13.00")
            .await
            .expect_faults(422, &["above_offered_price /unit_price", "above_plan_price /unit_price"]);
        let dearer = json!({"service": "home_care", "price": "13.00", "price_kind": "market", "place": {"kind": "home"},
            "valid_from": "2023-03-01"});
        let dearer = add_offer(&app, OWN, &provider, &dearer).await.expect(201).json();
        let revision = json!({"reason": "price_changed", "outcome": "adjust", "text": "Sniedzējs maina cenu."});
        let forced = json!({"reason": "health_or_goals_changed", "outcome": "adjust", "text": "Mainījušies mērķi."});
        plan.step("revision", &forced).await.expect_faults(422, &["reassessment_required /outcome"]);
        let revised = plan.step("revision", &revision).await.expect(201).json();
        assert_eq!(plan.step("revision", &revision).await.expect(409).json()["code"], "plan_revision_open");
        let mut content = proposal["draft"].clone();
        assert_eq!(revised["draft"]["lines"].as_array().unwrap().len(), 3);
        content["lines"][0]["unit_price"] = json!("13.00");
        content["lines"][0]["offer"] = dearer["id"].clone();
        content["lines"][0]["volume"] = json!("599");
        let below = plan.put(&content).await.expect(200).json();
        assert_eq!(codes(&below), ["/lines/0/volume below_committed"]);
        content["lines"][0]["volume"] = json!("880");
        assert_eq!(plan.put(&content).await.expect(200).json()["amounts"]["payable"], "17870.00");
        plan.sign("worker").await.expect_faults(422, &["state_part_not_spendable /lines"]);
        content["lines"][0]["volume"] = json!("800");
        plan.put(&content).await.expect(200);
        plan.sign("recipient").await.expect(201);
        let second = plan.sign("worker").await.expect(201).json();
        assert_eq!(second["current"]["number"], 2);
        assert_eq!(second["current"]["revision"]["reason"], "price_changed");
        let repriced = reprice("\"1\"", "13.00").await.expect(201).json();
        assert_eq!(repriced["prices"].as_array().unwrap().len(), 2);
        assert_eq!(ledger(&app, &budget, "").await["lines"][0]["committed"], "7800.00");
        let first =
            app.get(&format!("{}/versions/1", plan.path)).as_role(Role::Auditor, OWN).send().await.expect(200).json();
        assert_eq!((&first["agreed"], &first["content"]["lines"][0]["volume"]), (&json!("16990.00"), &json!("880")));

        // Changed health needs a new assessment, without which nothing is signed.
        let reassess =
            json!({"reason": "health_or_goals_changed", "outcome": "reassess", "text": "Mainījusies veselība."});
        plan.step("revision", &reassess).await.expect(201);
        assert_eq!(plan.sign("worker").await.expect(409).json()["code"], "assessment_required");
        completed(&app, &application, "ad_hoc", "2023-11-14").await;
        plan.sign("worker").await.expect(201);
        assert_eq!(plan.sign("recipient").await.expect(201).json()["current"]["number"], 3);

        // It rests, and ends.
        let rest = json!({"cause": "hospital", "from": "2023-06-01", "until": "2023-07-15", "text": "Slimnīca."});
        plan.step("suspension", &rest).await.expect(201);
        assert_eq!(plan.order(1, "guarantee_letter", "1").await.expect(409).json()["code"], "plan_not_in_force");
        let on = json!({"on": "2023-05-31", "text": "Mājās."});
        plan.step("resumption", &on).await.expect_faults(422, &["date_out_of_range /on"]);
        plan.step("resumption", &json!({"on": "2023-07-10", "text": "Mājās."})).await.expect(201);
        let unkept = json!({"reason": "contract_not_kept", "on": "2023-08-31", "text": "T.", "prepared_by": "demo"});
        plan.step("termination", &unkept).await.expect_faults(422, &["missing_field /talk"]);
        let moved = json!({"reason": "moved_away", "on": "2023-08-31", "text": "Pārceļas.", "prepared_by": "demo"});
        let ended = plan.step("termination", &moved).await.expect(201).json();
        assert_eq!((&ended["status"], ended["steps"].as_array().unwrap().len()), (&json!("terminated"), 3));
        let rest = ledger(&app, &budget, "").await;
        assert_eq!((&rest["total"]["committed"], &rest["total"]["agreed"]), (&json!("0.00"), &json!("16830.00")));
        let shown = app.get(&order).as_role(Role::Accountant, OWN).send().await.expect(200).json();
        assert_eq!(shown["status"], "closed");
        let shown = app.get(&budget).as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
        assert_eq!(shown["status"], "closed");
        let call = app.get(&format!("{budget}/ledger-entries")).as_role(Role::Auditor, OWN);
        let entries = call.send().await.expect(200).json();
        let kinds: Vec<_> =
            entries["items"].as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
        assert_eq!(
            kinds,
            ["planned", "planned", "planned", "committed", "committed", "planned", "committed", "released", "released"]
        );
        let report = app.store.verify_audit().await.unwrap();
        assert!(report.faults.is_empty(), "{report:?}");
    }
}

#[tokio::test]
async fn a_case_shows_plan_and_ledger_in_one_call_and_others_see_neither() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let budget = signed_budget(&app, "320000-00001").await;
        let plan = plan(&app, &budget, &draft(&[line(1, "specialist", None, "48", "60.00")])).await;
        let again = app.post(&format!("{budget}/plan")).as_role(Role::SocialWorker, OWN);
        let again = again.json(&draft(&[])).send().await.expect(409);
        assert_eq!(again.json()["code"], "plan_exists");
        let shown = plan.get().await;
        let case = format!("/v1/cases/{}?include=", shown["application_id"].as_str().unwrap());
        let all =
            app.get(&format!("{case}ledger,plan,budget")).as_role(Role::SocialWorker, OWN).send().await.expect(200);
        let all = all.json();
        assert_eq!(all["plan"], shown);
        assert_eq!(
            (&all["ledger"]["total"]["indicative"], &all["budget"]["id"]),
            (&json!("21838.32"), &shown["budget_id"])
        );
        let one = app.get(&format!("{case}plan")).as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
        assert_eq!((&one["budget"], &one["ledger"]), (&Value::Null, &Value::Null));
        app.get(&format!("{case}plan,plans")).as_role(Role::SocialWorker, OWN).send().await.expect(400);
        for path in [plan.path.clone(), format!("{budget}/ledger"), format!("{budget}/ledger-entries")] {
            app.get(&path).as_role(Role::SocialWorker, FOREIGN).send().await.expect(404);
        }
        let list = app.get("/v1/plans?status=draft").as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        let none =
            app.get("/v1/plans?status=in_force").as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
        assert_eq!(none["items"], json!([]));
    }
}

#[tokio::test]
async fn a_draft_is_signed_only_when_the_calculation_is_and_the_case_is_assessed() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (application, budget) = granted_budget(&app, OWN, "320000-00001").await;
        let plan = plan(&app, &budget, &draft(&[line(1, "specialist", None, "48", "60.00")])).await;
        assert_eq!(plan.sign("worker").await.expect(409).json()["code"], "calculation_not_signed");
        // Nor does it begin before the grant.
        let mut early = draft(&[line(1, "specialist", None, "48", "60.00")]);
        early["from"] = json!("2023-03-09");
        early["to"] = json!("2024-03-08");
        assert_eq!(codes(&plan.put(&early).await.expect(200).json()), ["/from before_grant"]);
        early["from"] = json!("2023-03-10");
        assert_eq!(codes(&plan.put(&early).await.expect(200).json()), [""; 0]);
        let party = json!({"document": "plan", "party": "office_head", "signed_on": "2023-03-20", "method": "paper"});
        let head =
            app.post(&format!("{}/signatures", plan.path)).as_role(Role::OfficeHead, OWN).header("if-match", "\"3\"");
        head.json(&party).send().await.expect(409);
        let stale = app.put(&plan.path).as_role(Role::SocialWorker, OWN).header("if-match", "\"9\"");
        stale.json(&draft(&[])).send().await.expect(412);
        sign_calculation(&app, &budget).await;
        assert_eq!(plan.sign("worker").await.expect(409).json()["code"], "assessment_required");
        completed(&app, &application, "initial", "2023-03-17").await;
        plan.sign("worker").await.expect(201);
    }
}

#[tokio::test]
async fn an_escort_is_planned_with_the_opinion_of_the_commission() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let mut escort = line(1, "escort", None, "60", "5.02");
        escort["funding"] = json!("state");
        let content = draft(&[escort]);
        let required = ["/lines/0/service escort_opinion_required"];
        let budget = signed_budget(&app, "320000-00001").await;
        let plan = plan(&app, &budget, &content).await;
        assert_eq!(codes(&plan.get().await), required);
        plan.sign("worker").await.expect_faults(422, &["escort_opinion_required /lines/0/service"]);
        let application = crate::budgets::granted(&app, OWN, "320000-00002").await;
        let mut seen = crate::budgets::request();
        seen["form"]["registers"] = json!(["special_care_opinion", "escort_opinion"]);
        let budget = location(&crate::budgets::create(&app, OWN, &application, &seen).await.expect(201));
        assert_eq!(codes(&self::plan(&app, &budget, &content).await.get().await), [""; 0]);
    }
}

/// No sequence of changes by many at once breaks the ledger: orders race for one line.
#[tokio::test(flavor = "multi_thread")]
async fn many_orders_at_once_never_commit_more_than_the_plan_has() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let budget = signed_budget(&app, "320000-00001").await;
        let plan = plan(&app, &budget, &draft(&[line(1, "specialist", None, "48", "60.00")])).await;
        plan.in_force().await;
        let orders = (0..16).map(|_| plan.order(1, "self_prepaid", "7"));
        let answers = by_lot(futures_util::future::join_all(orders)).await;
        let made = answers.into_iter().filter(|answer| answer.status == 201).count();
        assert_eq!(made, 6);
        let told = ledger(&app, &budget, "").await;
        assert_eq!(
            (&told["lines"][0]["committed_volume"], &told["total"]["committed"]),
            (&json!("42"), &json!("2520.00"))
        );
    }
}

/// What eight at once do to one plan, drawn by lot: order, close, change prices, deliver, rest, go on, revise, and at last end. What
/// is planned goes above the budget and below it. Whatever comes first, the rules of the ledger hold, and what stands where is what
/// its entries add up to.
#[tokio::test(flavor = "multi_thread")]
async fn no_order_of_changes_breaks_the_ledger() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let budget = signed_budget(&app, "320000-00001").await;
        let provider = registered(&app, OWN, "40000000001", &[OWN]).await;
        let offers = [
            accepted_offer(&app, &provider, "specialist", "90.00").await,
            accepted_offer(&app, &provider, "home_care", "18.00").await,
        ];
        let plan = plan(&app, &budget, &drawn(&offers, "60.00", "1000", "12.50")).await;
        plan.in_force().await;
        let clients = (0..8_u64).map(|seed| changes(&plan, &offers, seed));
        let done = by_lot(futures_util::future::join_all(clients)).await.into_iter().fold(Done::default(), Done::with);
        assert!(done.accepted > 20, "{done:?}");
        assert!(done.above_budget > 0 && done.delivered > 0, "the draw reaches what the rules refuse: {done:?}");
        let now = ledger(&app, &budget, "").await;
        let added_up = ledger(&app, &budget, "?on=2023-12-31").await;
        assert_eq!((&now["lines"], &now["total"]), (&added_up["lines"], &added_up["total"]));
        let cents = |value: &Value| value.as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
        assert!(cents(&now["total"]["agreed"]) <= cents(&now["total"]["indicative"]));
        let hold = |now: &Value| {
            for line in now["lines"].as_array().unwrap() {
                let [planned, committed, delivered] =
                    ["planned", "committed", "delivered"].map(|place| cents(&line[place]));
                assert!(0 <= delivered && delivered <= committed && committed <= planned, "{line}");
                let volume = |name: &str| line[name].as_str().unwrap().parse::<f64>().unwrap();
                assert!(volume("delivered_volume") <= volume("committed_volume"), "{line}");
                assert!(volume("committed_volume") <= volume("planned_volume"), "{line}");
            }
        };
        hold(&now);
        // Where nobody has ended it yet, it ends now: what is not delivered is released.
        let ended = plan.step("termination", &termination()).await;
        assert!([201, 409].contains(&ended.status), "{}", ended.shown());
        let rest = ledger(&app, &budget, "").await;
        hold(&rest);
        assert_eq!(rest["total"]["committed"], rest["total"]["delivered"]);
    }
}

fn termination() -> Value {
    json!({"reason": "moved_away", "on": "2023-11-15", "text": "Pārceļas.", "prepared_by": "demo"})
}

fn drawn(offers: &[String; 2], dear: &str, volume: &str, price: &str) -> Value {
    let [specialist, care] = offers;
    let mut care = line(2, "home_care", Some(care), volume, price);
    // It may be more than the calculation counts.
    care["reason"] = json!("Bērns ir slims.");
    draft(&[line(1, "specialist", Some(specialist), "48", dear), care])
}

/// What clients have done.
#[derive(Debug, Default)]
struct Done {
    accepted: u32,
    /// Drafts that the budget has no money for.
    above_budget: u32,
    delivered: u32,
}

impl Done {
    fn with(self, other: Self) -> Self {
        Self {
            accepted: self.accepted + other.accepted,
            above_budget: self.above_budget + other.above_budget,
            delivered: self.delivered + other.delivered,
        }
    }
}

/// Twelve changes of one client, and what of them was accepted. Every refusal is one that the contract tells.
async fn changes(plan: &Calls<'_>, offers: &[String; 2], seed: u64) -> Done {
    let mut lot = fastrand::Rng::with_seed(seed);
    let (mut orders, mut done): (Vec<String>, Done) = (Vec::new(), Done::default());
    for turn in 0..12 {
        let drawn_by_lot = lot.u32(0..10);
        let ends = seed == 0 && turn == 11;
        let answer = match drawn_by_lot {
            _ if ends => plan.step("termination", &termination()).await,
            0..3 => {
                let (line, most) = *lot.choice(&[(1, 40), (2, 500)]).unwrap();
                plan.order(line, "guarantee_letter", &lot.u32(1..most).to_string()).await
            }
            3 if !orders.is_empty() => {
                let order = lot.choice(&orders).unwrap();
                let call = plan.app.post(&format!("{order}/closure")).as_role(Role::SocialWorker, OWN);
                call.header("if-match", "\"1\"").send().await
            }
            4 if !orders.is_empty() => {
                let order = lot.choice(&orders).unwrap();
                let price = json!({"valid_from": "2023-06-01", "unit_price": format!("{}.50", lot.u32(5..17))});
                let call = plan.app.post(&format!("{order}/prices")).as_role(Role::SocialWorker, OWN);
                call.header("if-match", "\"1\"").json(&price).send().await
            }
            5..7 if !orders.is_empty() => {
                let order = lot.choice(&orders).unwrap();
                let on = *lot.choice(&["2023-05-10", "2023-06-12", "2023-10-02"]).unwrap();
                let delivery = json!({"on": on, "volume": lot.u32(1..30).to_string()});
                let call = plan.app.post(&format!("{order}/deliveries")).as_role(Role::SocialWorker, OWN);
                let answer = call.json(&delivery).send().await;
                done.delivered += u32::from(answer.status == 201);
                answer
            }
            7 => {
                let rest = json!({"cause": "absence", "from": "2023-11-15", "until": "2023-12-15", "text": "T."});
                plan.step("suspension", &rest).await;
                plan.step("resumption", &json!({"on": "2023-11-15", "text": "T."})).await
            }
            _ => {
                let revision = json!({"reason": "other", "outcome": "adjust", "text": "T."});
                plan.step("revision", &revision).await;
                let (dear, volume) = (format!("{}.00", lot.u32(45..80)), lot.u32(300..2600).to_string());
                let price = format!("{}.50", lot.u32(9..17));
                let drafted = plan.put(&drawn(offers, &dear, &volume, &price)).await;
                done.above_budget += u32::from(drafted.status == 200 && drafted.text().contains("above_indicative"));
                plan.sign("worker").await;
                plan.sign("recipient").await
            }
        };
        assert!([201, 409, 412, 422].contains(&answer.status), "{}", answer.shown());
        if answer.status == 201 {
            done.accepted += 1;
            let told = answer.json();
            let is_new = told["form"] == "guarantee_letter" && told["status"] == "open";
            if is_new && told["prices"].as_array().is_some_and(|prices| prices.len() == 1) {
                orders.push(location_of(&answer));
            }
        }
    }
    done
}

fn location_of(order: &Answer) -> String {
    format!("/v1/orders/{}", order.json()["id"].as_str().unwrap())
}

/// The ministry publishes that a specialist has to confirm a service; a plan with it waits for the opinion that recommends it.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_a_specialist_confirms_waits_for_the_opinion() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let budget = signed_budget(&app, "320000-00001").await;
        let mut of_winter =
            draft(&[line(1, "home_care", None, "100", "6.63"), line(2, "specialist", None, "48", "60.00")]);
        (of_winter["from"], of_winter["to"]) = (json!("2023-12-01"), json!("2024-11-30"));
        let plan = plan(&app, &budget, &of_winter).await;
        let application = plan.get().await["application_id"].as_str().unwrap().to_owned();
        let application = format!("/v1/applications/{application}");
        assert_eq!(plan.get().await["can_be_signed"], true);
        let check = async |recommended: Value| {
            let request = json!({"methodology": "children-2023", "indicative": "21838.32", "person": {}, "plan": of_winter,
                "recommended_services": recommended});
            codes(&app.post("/v1/plan-checks").json(&request).send().await.expect(200).json())
        };
        assert_eq!(check(json!([])).await, [""; 0]);

        let said = json!({"specialist_confirmations": [{"service": "specialist", "required": true,
            "valid_from": "2023-12-01", "source": {"document": "S3", "section": {"lv": "paraugs", "en": "example"}}}]});
        let version = methodology_versions::create(&app, &methodology_versions::draft(said)).await.expect(201);
        publish(&app, &location(&version), "\"1\"").await.expect(201);
        for (query, expected) in [("", false), ("?date=2023-11-30", false), ("?date=2023-12-01", true)] {
            let service = app.get(&format!("/v1/services/specialist{query}")).send().await.expect(200).json();
            assert_eq!(service["specialist_confirmation"], expected, "{query}");
            assert_eq!(service["specialist_confirmations"][0]["valid_from"], "2023-12-01");
        }

        let required = ["/lines/1/service specialist_confirmation_required"];
        let refused = ["specialist_confirmation_required /lines/1/service"];
        assert_eq!(check(json!(["home_care"])).await, required);
        assert_eq!(check(json!(["specialist"])).await, [""; 0]);
        assert_eq!(codes(&plan.get().await), required);
        plan.sign("worker").await.expect_faults(422, &refused);
        recommending(&app, &application, ("ad_hoc", "2023-03-18"), "home_care").await;
        plan.sign("worker").await.expect_faults(422, &refused);
        recommending(&app, &application, ("ad_hoc", "2023-11-14"), "specialist").await;
        assert_eq!(plan.get().await["can_be_signed"], true);
        plan.sign("worker").await.expect(201);
        assert_eq!(plan.sign("recipient").await.expect(201).json()["status"], "in_force");

        // The last assessment counts: a revision after another needs its opinions.
        let revision = json!({"reason": "other", "outcome": "adjust", "text": "Cits apjoms."});
        assert_eq!(codes(&plan.step("revision", &revision).await.expect(201).json()), [""; 0]);
        completed(&app, &application, "ad_hoc", "2023-11-15").await;
        assert_eq!(codes(&plan.get().await), required);
        assert_eq!(plan.put(&of_winter).await.expect(200).json()["can_be_signed"], false);
        plan.sign("worker").await.expect_faults(422, &refused);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_of_a_past_day_counts_the_lines_that_were_counted_then() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let budget = signed_budget(&app, "320000-00001").await;
        let mut paid = line(1, "specialist", None, "48", "60.00");
        let plan = plan(&app, &budget, &draft(&[paid.clone()])).await;
        plan.in_force().await;
        let revision = json!({"reason": "other", "outcome": "adjust", "text": "Maksā vecāki."});
        plan.step("revision", &revision).await.expect(201);
        paid["funding"] = json!("parent");
        plan.put(&draft(&[paid])).await.expect(200);
        for (party, signer) in [("worker", None), ("recipient", Some("Izdomāts Paraugvecāks"))] {
            let body = json!({"document": "plan", "party": party, "signed_on": "2023-10-02", "method": "paper",
                "signer": signer});
            plan.step("signatures", &body).await.expect(201);
        }
        for (query, agreed) in [
            ("?on=2023-03-19", "0.00"),
            ("?on=2023-03-20", "2880.00"),
            ("?on=2023-10-01", "2880.00"),
            ("?on=2023-10-02", "0.00"),
            ("", "0.00"),
        ] {
            let told = ledger(&app, &budget, query).await;
            let sums = (&told["total"]["agreed"], &told["total"]["indicative"]);
            assert_eq!(sums, (&json!(agreed), &json!("21838.32")), "{query}");
        }
    }
}
