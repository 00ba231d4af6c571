//! `POST /v1/imports` on both databases: rows that are taken, refused, repeated, and tried only.

use std::collections::BTreeSet;

use balsts_domain::access::Role;
use balsts_tests::{Answer, Database, TestApp, contract, tokens};
use serde_json::{Value, json};

use crate::applications::{FOREIGN, OWN};

const NDJSON: &str = "application/x-ndjson";
const CSV: &str = "text/csv; charset=utf-8";

/// A row of an invented child.
fn row(id: Option<&str>, code: &str) -> Value {
    json!({
        "id": id, "methodology": "children-2023", "received_at": "2023-03-01T09:30",
        "person": {"personal_code": code, "given_name": "Izdomāta", "family_name": "Paraudziņa"},
        "applicant": {"given_name": "Izdomāts", "family_name": "Paraugvecāks", "relation": "parent"},
        "evidence": {"birth_date": "2013-01-01", "disability": {"group": "child"}, "impairment_types": ["movement"]},
    })
}

fn lines(rows: &[Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}

async fn send(app: &TestApp, dry_run: bool, media_type: &str, body: impl Into<Vec<u8>>) -> Answer {
    let call = app.post(&format!("/v1/imports?dry_run={dry_run}")).as_role(Role::OfficeHead, OWN);
    call.header("accept-language", "en").body(media_type, body.into()).send().await
}

/// The report in short, a line as `row id status`, with code and faults of the problem behind; checked on the way.
async fn report(app: &TestApp, dry_run: bool, media_type: &str, body: impl Into<Vec<u8>>) -> Vec<String> {
    let answer = send(app, dry_run, media_type, body).await.expect(200);
    assert_eq!(answer.header("content-type"), Some(NDJSON));
    assert!(!answer.text().contains("32000") && !answer.text().contains("Paraudziņa"), "{}", answer.shown());
    answer.lines().iter().map(told).collect()
}

fn told(line: &Value) -> String {
    let members: BTreeSet<&str> = line.as_object().unwrap().keys().map(String::as_str).collect();
    let status = line["status"].as_str().unwrap();
    let short = format!("{} {} {status}", line["row"], line["id"].as_str().unwrap_or("-"));
    if status != "refused" {
        assert_eq!(members, BTreeSet::from(["row", "id", "status", "application_id"]));
        assert_eq!(line["application_id"].is_string(), status == "imported");
        return short;
    }
    assert_eq!(members, BTreeSet::from(["row", "id", "status", "problem"]));
    let problem = &line["problem"];
    contract().check_value("/components/schemas/Problem", problem).unwrap();
    assert_eq!(problem["instance"], format!("#row-{}", line["row"]));
    let fault = |fault: &Value| format!(" {}{}", fault["code"].as_str().unwrap(), fault["pointer"].as_str().unwrap());
    let mut faults: Vec<String> = problem["errors"].as_array().unwrap().iter().map(fault).collect();
    faults.sort();
    format!("{short} {}{}", problem["code"].as_str().unwrap(), faults.concat())
}

async fn stored(app: &TestApp, municipality: &str) -> usize {
    let call = app.get("/v1/applications?limit=200").as_role(Role::SocialWorker, municipality);
    call.send().await.expect(200).json()["items"].as_array().unwrap().len()
}

/// A file with everything that can be right or wrong with a row, and its report, `{}` standing for the status of a good one.
fn mixed() -> (String, Vec<String>) {
    let mut no_name = row(Some("no-name"), "320000-00003");
    no_name["person"].as_object_mut().unwrap().remove("given_name");
    no_name["colour"] = json!(1);
    let mut twice = row(Some("a"), "320000-00001");
    twice["received_at"] = json!("2023-03-02T09:30");
    let body = [
        format!("\u{feff}{}", row(Some("a"), "320000-00001")),
        row(None, "320000-00002").to_string(),
        String::new(),
        row(Some("again"), "32000000001").to_string(),
        row(Some("a"), "320000-00001").to_string(),
        twice.to_string(),
        no_name.to_string(),
        row(Some("code"), "310299-10001").to_string(),
        "nonsense".to_owned(),
        "[]".to_owned(),
        row(Some("two words"), "320000-00004").to_string(),
        json!({"id": 7}).to_string(),
        row(Some("b"), "320000-00005").to_string(),
    ];
    let expected = [
        "1 a {}",
        "2 - {}",
        "4 again refused open_application_exists",
        "5 a {}",
        "6 a refused idempotency_key_reused",
        "7 no-name refused unfit required/person/given_name unknown_field/colour",
        "8 code refused refused invalid_personal_code/person/personal_code",
        "9 - refused malformed_json",
        "10 - refused unfit wrong_type",
        "11 - refused unfit invalid_format/id",
        "12 - refused unfit required/applicant required/evidence required/methodology required/person required/received_at wrong_type/id",
        "13 b {}",
    ];
    (body.join("\n"), expected.map(ToOwned::to_owned).to_vec())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_row_is_imported_or_refused_by_itself_and_a_dry_run_says_the_same_and_leaves_nothing() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (body, expected) = mixed();
        let with = |status: &str| expected.iter().map(|line| line.replace("{}", status)).collect::<Vec<_>>();

        assert_eq!(report(&app, true, NDJSON, body.clone()).await, with("valid"));
        assert_eq!(stored(&app, OWN).await, 0);
        assert!(app.store.is_empty().await.unwrap());
        assert_eq!(app.store.verify_audit().await.unwrap().entries, 0);
        assert_eq!(app.store.audit_length(OWN.parse().unwrap()).await.unwrap(), 0);

        assert_eq!(report(&app, false, NDJSON, body.clone()).await, with("imported"));
        assert_eq!(stored(&app, OWN).await, 3);
        let events = app.get("/v1/events").as_role(Role::OfficeHead, OWN).send().await.expect(200).json();
        assert_eq!(events["items"].as_array().unwrap().len(), 3);
        let audit = app.store.verify_audit().await.unwrap();
        // The fourth is the row that stands twice: it is told what the first was.
        assert!(audit.faults.is_empty() && audit.entries == 4, "{audit:?}");

        // Sent again: with an id the first answer, without one the open application.
        let again: Vec<String> = with("imported")
            .into_iter()
            .map(|line| if line == "2 - imported" { "2 - refused open_application_exists".to_owned() } else { line })
            .collect();
        assert_eq!(report(&app, false, NDJSON, body.clone()).await, again);
        let again: Vec<String> = again.into_iter().map(|line| line.replace("imported", "valid")).collect();
        assert_eq!(report(&app, true, NDJSON, body).await, again);
        assert_eq!((stored(&app, OWN).await, stored(&app, FOREIGN).await), (3, 0));
        // Three rows had their first answer; a dry run tells none.
        assert_eq!(app.store.audit_length(OWN.parse().unwrap()).await.unwrap(), 7);
    }
}

#[tokio::test]
async fn a_repeated_row_tells_the_application_of_the_first() {
    let app = TestApp::start().await;
    let body = lines(&[row(Some("a"), "320000-00001"), row(Some("a"), "320000-00001")]);
    let told = send(&app, false, NDJSON, body).await.expect(200).lines();
    assert_eq!(told[0]["application_id"], told[1]["application_id"]);
    let path = format!("/v1/applications/{}", told[0]["application_id"].as_str().unwrap());
    let shown = app.get(&path).as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
    assert_eq!(shown["person"]["given_name"], "Izdomāta");
    // The key of a single request is another thing than the id of a row.
    let mut single = row(None, "320000-00002");
    single.as_object_mut().unwrap().remove("id");
    let call = app.post("/v1/applications").as_role(Role::OfficeHead, OWN).header("idempotency-key", "a");
    call.json(&single).send().await.expect(201);
}

/// Who has no code is imported by the number, from either form with all that an application may tell.
#[tokio::test]
async fn rows_tell_of_persons_without_a_code_and_of_circumstances() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let circumstances = json!({
            "sex": "female", "home_schooled": false,
            "parent": {"birth_date": "1985-05-17", "sex": "male", "family_type": "foster", "disability": false,
                "complete_family": true, "children": 3, "disabled_children": 1, "employed": true},
            "technical_aids": [{"name": "ratiņkrēsls", "status": "received", "from_where": "VTPC"},
                {"name": "staigulis", "status": "needed", "from_where": null}],
        });
        let numbered = |id: &str, number: &str| {
            let mut row = row(Some(id), "320000-00001");
            let person = row["person"].as_object_mut().unwrap();
            person.remove("personal_code");
            person.insert("identification_number".to_owned(), json!(number));
            row["circumstances"] = circumstances.clone();
            row
        };
        let mut both = numbered("both", "AB-1234");
        both["person"]["personal_code"] = json!("320000-00001");
        let mut neither = row(Some("neither"), "320000-00001");
        neither["person"].as_object_mut().unwrap().remove("personal_code");
        let body = lines(&[numbered("a", "AB-1234"), numbered("b", "ab1234"), both, neither]);
        let expected = [
            "1 a {}",
            "2 b refused open_application_exists",
            "3 both refused refused two_identifiers/person/identification_number",
            "4 neither refused refused missing_field/person/personal_code",
        ];
        let header = "id;methodology;received_at;person.identification_number;person.given_name;person.family_name;\
            applicant.given_name;applicant.family_name;applicant.relation;circumstances.sex;circumstances.home_schooled;\
            circumstances.parent.birth_date;circumstances.parent.sex;circumstances.parent.family_type;\
            circumstances.parent.disability;circumstances.parent.complete_family;circumstances.parent.children;\
            circumstances.parent.disabled_children;circumstances.parent.employed;circumstances.technical_aids";
        let cells = |id: &str, number: &str, children: &str, aids: &str| {
            format!(
                "{id};children-2023;2023-03-01T09:30;{number};Izdomāta;Paraudziņa;Izdomāts;Paraugvecāks;parent;female;false;\
                 1985-05-17;male;foster;false;true;{children};1;true;{aids}\n"
            )
        };
        let table = [
            format!("{header}\n"),
            cells("c", "AB-1235", "3", "ratiņkrēsls=received=VTPC|staigulis = needed"),
            cells("d", "AB-1236", "three", "ratiņkrēsls"),
        ];
        let of_table = [
            "1 c {}",
            "2 d refused unfit required/circumstances/technical_aids/0/status wrong_type/circumstances/parent/children",
        ];
        for (dry_run, status) in [(true, "valid"), (false, "imported")] {
            let with = |line: &str| line.replace("{}", status);
            assert_eq!(report(&app, dry_run, NDJSON, body.clone()).await, expected.map(with));
            assert_eq!(report(&app, dry_run, CSV, table.concat()).await, of_table.map(with));
        }
        let list = app.get("/v1/applications").as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
        let items = list["items"].as_array().unwrap();
        for (item, number) in items.iter().zip(["AB1234", "AB1235"]) {
            let path = format!("/v1/applications/{}", item["id"].as_str().unwrap());
            let shown = app.get(&path).as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
            assert_eq!(shown["person"]["identification_number"], number);
            assert_eq!(shown["circumstances"], circumstances);
        }
        assert_eq!(items.len(), 2);
    }
}

#[tokio::test]
async fn a_table_gives_the_same_applications_as_lines() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let header = "id;methodology;received_at;person.personal_code;person.given_name;person.family_name;person.address;\
            applicant.given_name;applicant.family_name;applicant.relation;evidence.birth_date;evidence.disability.group;\
            evidence.impairment_types;evidence.mental_disorder";
        let cells = |id: &str, code: &str, address: &str, group: &str, types: &str, flag: &str| {
            format!(
                "{id};children-2023;2023-03-01T09:30;{code};Izdomāta;Paraudziņa;{address};Izdomāts;Paraugvecāks;parent;2013-01-01;{group};{types};{flag}"
            )
        };
        let mut body = format!("\u{feff}{header}\r\n").into_bytes();
        for line in [
            cells("a", "320000-00001", "\"Iela \"\"A\"\"; 1,\nRīga\"", "child", "movement|mental", "true"),
            cells("b", "320000-00002", "", "child", "none", ""),
            cells("c", "320000-00003", "", "VII", "movement", "perhaps"),
            cells("d", "320000-00001", "", "", "", ""),
            "e;f".to_owned(),
        ] {
            body.extend_from_slice(format!("{line}\r\n").as_bytes());
        }
        body.extend_from_slice(b"g;children-2023;\xff;;;;;;;;;;;\r\n");
        let expected = [
            "1 a {}",
            "2 b {}",
            "3 c refused unfit not_in_list/evidence/disability/group wrong_type/evidence/mental_disorder",
            "4 d refused open_application_exists",
            "5 - refused unfit wrong_number_of_cells",
            "6 - refused unfit invalid_encoding/received_at",
        ];
        for (dry_run, status) in [(true, "valid"), (false, "imported")] {
            let expected = expected.map(|line| line.replace("{}", status));
            assert_eq!(report(&app, dry_run, CSV, body.clone()).await, expected);
        }
        let list = app.get("/v1/applications").as_role(Role::SocialWorker, OWN).send().await.expect(200).json();
        let ids: Vec<&str> =
            list["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
        let mut shown = Vec::new();
        for id in ids {
            let call = app.get(&format!("/v1/applications/{id}")).as_role(Role::SocialWorker, OWN);
            shown.push(call.send().await.expect(200).json());
        }
        assert_eq!(shown[0]["person"]["address"], "Iela \"A\"; 1,\nRīga");
        assert_eq!(shown[0]["evidence"]["impairment_types"], json!(["movement", "mental"]));
        assert_eq!(shown[0]["evidence"]["mental_disorder"], true);
        assert_eq!(shown[1]["evidence"]["impairment_types"], json!([]));
        assert_eq!(shown[1]["evidence"]["disability"]["group"], "child");
    }
}

#[tokio::test]
async fn a_header_that_is_none_refuses_the_file() {
    let app = TestApp::start().await;
    for (header, faults) in [
        ("a-1,320000-00001,Izdomāta\n", &["unknown_field /1", "unknown_field /2", "unknown_field /3"][..]),
        ("id,methodology,id\na,children-2023,b\n", &["duplicate /3"]),
    ] {
        let answer = send(&app, true, CSV, header).await.expect_faults(400, faults);
        assert!(!answer.text().contains("320000"), "{}", answer.shown());
    }
    assert!(report(&app, true, CSV, "").await.is_empty());
    assert!(report(&app, true, CSV, "id,methodology\n").await.is_empty());
    assert!(report(&app, true, NDJSON, "\n").await.is_empty());
}

#[tokio::test]
async fn a_row_past_the_limit_is_refused_and_the_next_is_not() {
    let app = TestApp::configured(|config| config.bulk_line_limit = 1000).await;
    let mut long = row(Some("long"), "320000-00001");
    long["person"]["address"] = json!("x".repeat(2000));
    let body = lines(&[long, row(Some("a"), "320000-00002")]);
    assert_eq!(report(&app, true, NDJSON, body).await, ["1 - refused too_large", "2 a valid"]);
    let table = format!("id,person.address\nlong,{}\nb,short\n", "x".repeat(2000));
    let told = report(&app, true, CSV, table).await;
    assert_eq!(told[0], "1 - refused too_large");
    assert!(told[1].starts_with("2 b refused unfit required/applicant/family_name"), "{told:?}");
    send(&app, true, CSV, "x".repeat(2000)).await.expect(413);
}

#[tokio::test]
async fn text_that_is_not_utf8_is_refused_by_the_row() {
    let app = TestApp::start().await;
    let mut body = b"{\"id\":\"\xff\"}\n".to_vec();
    body.extend_from_slice(lines(&[row(Some("a"), "320000-00001")]).as_bytes());
    assert_eq!(report(&app, true, NDJSON, body).await, ["1 - refused malformed_json", "2 a valid"]);
}

#[tokio::test]
async fn nobody_imports_by_accident() {
    let app = TestApp::start().await;
    let body = || lines(&[row(Some("a"), "320000-00001")]);
    for (query, fault) in
        [("", "required /dry_run"), ("?dry_run=perhaps", "invalid_value "), ("?dry_run=true&x=1", "unknown_field /x")]
    {
        let call = app.post(&format!("/v1/imports{query}")).as_role(Role::OfficeHead, OWN);
        call.body(NDJSON, body()).send().await.expect_faults(400, &[fault]);
    }
    for media_type in ["application/json", "text/plain"] {
        send(&app, false, media_type, body()).await.expect(415);
    }
    app.post("/v1/imports?dry_run=false").as_role(Role::OfficeHead, OWN).body_only(body()).send().await.expect(415);
    let machine =
        |scopes| app.post("/v1/imports?dry_run=false").token(&tokens::integrator(OWN, scopes)).body(NDJSON, body());
    machine("applications:write").send().await.expect(403);
    assert_eq!(stored(&app, OWN).await, 0);
    machine("applications:read imports:write").send().await.expect(200);
    assert_eq!(stored(&app, OWN).await, 1);
}

/// The file of a municipality: more than one batch, with the conflicts of each with the one before.
// Of several threads, because it asks the store itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_file_is_reported_in_order() {
    const ROWS: usize = 700;
    let app = TestApp::start().await;
    let code = |number: usize| format!("32{:04}-{:05}", 1, number);
    let rows: Vec<Value> = (0..ROWS).map(|number| row(Some(&number.to_string()), &code(number % 600))).collect();
    for (dry_run, status) in [(true, "valid"), (false, "imported")] {
        let answer = send(&app, dry_run, NDJSON, lines(&rows)).await.expect(200).lines();
        assert_eq!(answer.len(), ROWS);
        for (number, line) in answer.iter().enumerate() {
            assert_eq!(line["row"], number + 1);
            let expected = if number < 600 { status } else { "refused" };
            assert_eq!(line["status"], expected, "{line}");
        }
    }
    assert_eq!(app.store.audit_length(OWN.parse().unwrap()).await.unwrap(), 600);
}
