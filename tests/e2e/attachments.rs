//! Files that are attached to invoices and claims, on both databases: added while the invoice is open, seen by who sees the invoice,
//! deleted by the ministry, erased with the last person.

use balsts_domain::access::{Role, Scope};
use balsts_store::Erasure;
use balsts_tests::{
    Database, TestApp,
    app::{Answer, Request, now},
    tokens,
};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    applications::{FOREIGN, OWN, location},
    claims::prepaid,
    providers::{as_provider, legal},
    representatives::{link, person_of},
    settlement::{
        Ordered, approve, by_provider, deliver, e_invoice, invoiced, ordered, ordered_from, send, step, with_offer,
    },
};

const PDF: &[u8] = b"%PDF-1.7 Izdomats akts par Paraudzinu";
const BYTES: &str = "application/octet-stream";
const ACT: &str = "kind=acceptance_act&media_type=application/pdf";

fn attaching(path: &Value, query: &str) -> String {
    format!("/v1/invoices/{}/attachments?{query}", path.as_str().unwrap())
}

pub(crate) async fn attach(call: Request<'_>, content: &[u8]) -> Answer {
    call.body(BYTES, content.to_vec()).send().await
}

async fn get(app: &TestApp, role: Role, path: &str) -> Answer {
    app.get(path).as_role(role, OWN).send().await
}

/// Another provider than that of [`as_provider`].
async fn other_provider(app: &TestApp) -> String {
    let mut other = legal("40000000002", &[OWN]);
    other["subjects"] = json!(["another-provider"]);
    app.post("/v1/providers").as_role(Role::SocialWorker, OWN).json(&other).send().await.expect(201);
    let mut claims = tokens::claims(Role::Provider, OWN);
    claims.as_object_mut().unwrap().remove("balsts_municipality");
    claims["sub"] = json!("another-provider");
    tokens::sign(&claims)
}

async fn person_of_budget(app: &TestApp, budget: &str) -> String {
    let shown = get(app, Role::SocialWorker, budget).await.expect(200).json();
    person_of(app, OWN, &format!("/v1/applications/{}", shown["application_id"].as_str().unwrap())).await
}

/// Erases a person without waiting for the end of its retention.
async fn erase(app: &TestApp, person: &str) {
    let scope = Scope {
        municipality: OWN.parse().unwrap(),
        subject: "head".to_owned(),
        role: Role::OfficeHead,
        today: now().date_naive(),
    };
    let erasure = Erasure { on: scope.today, by: scope.subject.clone(), reason: "Glabāšana beigusies.".to_owned() };
    let transaction = app.store.begin_write(&scope).await.unwrap();
    transaction.erase_person(&scope, person.parse().unwrap(), &erasure, now()).await.unwrap();
    transaction.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one journey, step after step")]
async fn a_provider_attaches_until_the_endorsement_and_the_office_until_the_approval() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let Ordered { budget, order, .. } = ordered(&app, "320000-00001").await;
        deliver(&app, &order, "2023-10-05", "3").await.expect(201);
        let invoice = invoiced(&app, "R-1", &order, ("2023-10-05", "3", "36.00")).await.expect(201).json();
        let path = attaching(&invoice["id"], ACT);

        let keyed = || by_provider(&app, "POST", &path).header("idempotency-key", "f-1");
        let added = attach(keyed(), PDF).await.expect(201);
        assert_eq!(attach(keyed(), PDF).await.expect(201).json(), added.json());
        assert_eq!(attach(keyed(), b"%PDF-2").await.expect(422).json()["code"], "idempotency_key_reused");
        let told = added.json();
        let hash: String = Sha256::digest(PDF).iter().map(|byte| format!("{byte:02x}")).collect();
        for (member, value) in [
            ("invoice_id", invoice["id"].clone()),
            ("kind", json!("acceptance_act")),
            ("embedded", json!(false)),
            ("media_type", json!("application/pdf")),
            ("size", json!(PDF.len())),
            ("sha256", json!(hash)),
            ("stored", json!(true)),
            ("added_by", json!(tokens::subject(Role::Provider))),
            ("deletion", Value::Null),
        ] {
            assert_eq!(told[member], value, "{member}");
        }
        let file = location(&added);
        let content = format!("{file}/content");
        let list = format!("/v1/invoices/{}/attachments", invoice["id"].as_str().unwrap());

        // Whoever sees the invoice sees it, and nobody else.
        let stranger = other_provider(&app).await;
        let person = person_of_budget(&app, &budget).await;
        link(&app, OWN, &person).await;
        for path in [&list, &file, &content] {
            by_provider(&app, "GET", path).send().await.expect(200);
            for role in [Role::SocialWorker, Role::OfficeHead, Role::Accountant, Role::Auditor] {
                get(&app, role, path).await.expect(200);
            }
            app.get(path).token(&tokens::integrator(OWN, "invoices:read")).send().await.expect(200);
            // The invoice is the provider's, also where it is for the recipient.
            get(&app, Role::Recipient, path).await.expect(404);
            for role in [Role::BudgetManager, Role::MinistryReviewer, Role::MinistryAdmin] {
                get(&app, role, path).await.expect(403);
            }
            app.get(path).as_role(Role::SocialWorker, FOREIGN).send().await.expect(404);
            as_provider(app.get(&format!("{path}?municipality={FOREIGN}"))).send().await.expect(404);
            app.get(&format!("{path}?municipality={OWN}")).token(&stranger).send().await.expect(404);
            as_provider(app.get(path)).send().await.expect_faults(422, &["missing_field /municipality"]);
        }
        assert_eq!(get(&app, Role::Accountant, &list).await.expect(200).json(), json!({"items": [told]}));
        let downloaded = get(&app, Role::Accountant, &content).await.expect(200);
        assert_eq!((downloaded.body.as_slice(), downloaded.header("content-type")), (PDF, Some(BYTES)));
        let name = format!("attachment; filename=\"{}.pdf\"", told["id"].as_str().unwrap());
        assert_eq!(downloaded.header("content-disposition"), Some(name.as_str()));
        let [kept] = &app.object_files()[..] else { panic!("not one file: {:?}", app.object_files()) };
        let bytes = std::fs::read(kept).unwrap();
        assert!(!bytes.windows(4).any(|window| window == b"%PDF") && bytes.len() == PDF.len() + 16);

        // Nobody attaches to an invoice that is not theirs to see, and nothing is attached that is not what it is said to be.
        let strange = app.post(&format!("{path}&municipality={OWN}")).token(&stranger);
        attach(strange, PDF).await.expect(404);
        attach(app.post(&path).as_role(Role::SocialWorker, FOREIGN), PDF).await.expect(404);
        attach(app.post(&path).as_role(Role::Recipient, OWN), PDF).await.expect(404);
        attach(app.post(&path).as_role(Role::Auditor, OWN), PDF).await.expect(403);
        attach(as_provider(app.post(&path)), PDF).await.expect_faults(422, &["missing_field /municipality"]);
        for bad in [b"MZ\x90\x00".as_slice(), b"", b"<html></html>"] {
            attach(by_provider(&app, "POST", &path), bad).await.expect_faults(422, &["other_content /media_type"]);
        }
        for (query, fault) in [
            (ACT.replace("acceptance_act", "nonsense"), "invalid_value "),
            (ACT.replace("application/pdf", "text/html"), "invalid_value "),
            ("kind=receipt".to_owned(), "required /media_type"),
            (format!("{ACT}&name=x"), "unknown_field /name"),
        ] {
            let call = app.post(&attaching(&invoice["id"], &query)).as_role(Role::SocialWorker, OWN);
            attach(call, PDF).await.expect_faults(400, &[fault]);
        }
        let call = by_provider(&app, "POST", &path).body("text/plain", PDF);
        call.send().await.expect(415);
        let csv = attaching(&invoice["id"], "kind=recipients_register&media_type=text/csv");
        attach(by_provider(&app, "POST", &csv), "Diena,Paraksts\r\n".as_bytes()).await.expect(201);

        // The provider until the endorsement, the office until the approval.
        step(&app, &invoice, "endorsement", Role::SocialWorker).await.expect(201);
        let late = attach(by_provider(&app, "POST", &path), PDF).await.expect(409).json();
        assert_eq!(late["code"], "invoice_status");
        attach(app.post(&path).as_role(Role::Accountant, OWN), PDF).await.expect(201);
        step(&app, &invoice, "approval", Role::OfficeHead).await.expect(201);
        for role in [Role::SocialWorker, Role::OfficeHead] {
            let late = attach(app.post(&path).as_role(role, OWN), PDF).await.expect(409).json();
            assert_eq!(late["code"], "invoice_status");
        }
        assert_eq!(app.object_files().len(), 3, "what is refused is not stored");

        // The ministry deletes, and does not see the file; the trace stays.
        let reason = json!({"reason": "Pievienots citam rēķinam."});
        let delete = |tag: &str| app.post(&format!("{file}/deletion")).header("if-match", tag).json(&reason);
        for role in [Role::SocialWorker, Role::OfficeHead, Role::ProgrammeTeam] {
            delete("\"1\"").as_role(role, OWN).send().await.expect(403);
        }
        // The office asks for it.
        let ask = |tag: &str| app.post(&format!("{file}/deletion-request")).header("if-match", tag).json(&reason);
        ask("\"1\"").as_role(Role::Accountant, FOREIGN).send().await.expect(404);
        ask("\"1\"").as_role(Role::Recipient, OWN).send().await.expect(403);
        ask("\"2\"").as_role(Role::Accountant, OWN).send().await.expect(412);
        let asked = ask("\"1\"").as_role(Role::Accountant, OWN).send().await.expect(201);
        assert_eq!(asked.json()["deletion_request"]["by"], tokens::subject(Role::Accountant));
        assert_eq!(get(&app, Role::Auditor, &file).await.version(), Some("2"));
        let requests = async || get(&app, Role::MinistryAdmin, "/v1/deletion-requests").await.expect(200).json();
        let request = requests().await["items"][0].clone();
        assert_eq!((&request["id"], &request["municipality"]), (&told["id"], &json!(OWN)));
        assert_eq!((&request["attachment_kind"], &request["type"]), (&json!("acceptance_act"), &Value::Null));
        app.post(&format!("{file}/deletion")).json(&reason).as_role(Role::MinistryAdmin, OWN).send().await.expect(428);
        delete("\"1\"").as_role(Role::MinistryAdmin, OWN).send().await.expect(412);
        let tag = request["etag"].as_str().unwrap();
        let deleted = delete(tag).as_role(Role::MinistryAdmin, FOREIGN).send().await.expect(201).json();
        assert_eq!(requests().await["items"], json!([]));
        assert_eq!(deleted["deletion"]["reason"], reason["reason"]);
        assert_eq!((&deleted["stored"], &deleted["sha256"]), (&json!(false), &told["sha256"]));
        assert_eq!(get(&app, Role::Auditor, &file).await.expect(200).json(), deleted);
        for call in
            [delete("\"3\"").as_role(Role::MinistryAdmin, OWN), app.get(&content).as_role(Role::SocialWorker, OWN)]
        {
            assert_eq!(call.send().await.expect(409).json()["code"], "document_deleted");
        }
        let unknown = "/v1/attachments/018bcfe5-6800-7000-8000-0000000000ff";
        app.post(&format!("{unknown}/deletion"))
            .header("if-match", "\"1\"")
            .json(&reason)
            .as_role(Role::MinistryAdmin, OWN)
            .send()
            .await
            .expect(404);
        get(&app, Role::SocialWorker, unknown).await.expect(404);
        assert_eq!(app.object_files().len(), 2);

        let events = get(&app, Role::OfficeHead, "/v1/events?limit=200").await.expect(200).json();
        let types: Vec<&str> =
            events["items"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect();
        for kind in ["attachment.added", "attachment.deletion_requested", "attachment.deleted"] {
            assert!(types.contains(&kind), "{types:?}");
        }
        let log = format!("/v1/persons/{person}/accesses?limit=200");
        let log = get(&app, Role::Auditor, &log).await.expect(200).json();
        let log: Vec<_> =
            log["items"].as_array().unwrap().iter().map(|item| item["action"].as_str().unwrap()).collect();
        for action in ["add_attachment", "get_attachment", "get_attachment_content", "delete_attachment"] {
            assert!(log.contains(&action), "{action}: {log:?}");
        }
        assert!(app.store.verify_audit().await.unwrap().faults.is_empty());
    }
}

#[tokio::test]
async fn a_file_is_not_too_large_and_an_invoice_has_not_too_many() {
    let app = TestApp::configured(|config| config.document_limit = 100).await;
    let Ordered { order, .. } = ordered(&app, "320000-00001").await;
    deliver(&app, &order, "2023-10-05", "3").await.expect(201);
    let invoice = invoiced(&app, "R-1", &order, ("2023-10-05", "3", "36.00")).await.expect(201).json();
    let path = attaching(&invoice["id"], ACT);
    attach(by_provider(&app, "POST", &path), &[b"%PDF-".as_slice(), &[0; 96]].concat()).await.expect(413);
    for _ in 0..50 {
        attach(by_provider(&app, "POST", &path), &[b"%PDF-".as_slice(), &[0; 95]].concat()).await.expect(201);
    }
    attach(by_provider(&app, "POST", &path), PDF).await.expect_faults(422, &["too_many_attachments "]);
    // What goes back is settled: what is right is sent anew, with its files.
    let second = step(&app, &invoice, "return", Role::SocialWorker).await.expect(201).json();
    assert_eq!(second["status"], "returned");
    attach(by_provider(&app, "POST", &path), PDF).await.expect(409);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_attaches_to_the_own_claim_and_its_files_are_erased_with_the_person() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let own = prepaid(&app, "320000-00001", true).await;
        let second = prepaid(&app, "320000-00002", false).await;
        let claim =
            own.send(Role::Recipient, OWN, "reimbursement", &own.reimbursement(5, "117")).await.expect(201).json();
        let theirs = second.send(Role::SocialWorker, OWN, "reimbursement", &second.reimbursement(1, "121")).await;
        let theirs = theirs.expect(201).json();
        let receipt = "kind=receipt&media_type=image/png";
        let png = b"\x89PNG\r\n\x1a\nIzdomats ceks";
        let path = attaching(&claim["id"], receipt);
        let added = attach(app.post(&path).as_role(Role::Recipient, OWN), png).await.expect(201);
        let file = location(&added);
        let content = format!("{file}/content");
        assert_eq!(get(&app, Role::Recipient, &content).await.expect(200).body, png);
        assert_eq!(get(&app, Role::SocialWorker, &content).await.expect(200).body, png);
        let call = app.post(&attaching(&theirs["id"], receipt)).as_role(Role::Recipient, OWN);
        attach(call, png).await.expect(404);
        let foreign = attach(app.post(&attaching(&theirs["id"], receipt)).as_role(Role::SocialWorker, OWN), png).await;
        let foreign = location(&foreign.expect(201));
        for path in [foreign.clone(), format!("{foreign}/content")] {
            get(&app, Role::Recipient, &path).await.expect(404);
        }
        by_provider(&app, "GET", &file).send().await.expect(404);
        attach(app.post(&path).token(&tokens::integrator(OWN, "claims:write")), png).await.expect(403);
        attach(app.post(&path).token(&tokens::integrator(OWN, "invoices:write")), png).await.expect(201);

        step(&app, &claim, "endorsement", Role::SocialWorker).await.expect(201);
        let late = attach(app.post(&path).as_role(Role::Recipient, OWN), png).await.expect(409).json();
        assert_eq!(late["code"], "invoice_status");
        attach(app.post(&path).as_role(Role::SocialWorker, OWN), png).await.expect(201);
        step(&app, &claim, "approval", Role::OfficeHead).await.expect(201);

        let person = person_of_budget(&app, &own.budget).await;
        let log = format!("/v1/persons/{person}/accesses?limit=200");
        let log = get(&app, Role::Auditor, &log).await.expect(200).text().to_owned();
        assert!(log.contains("get_attachment_content") && log.contains("add_attachment"), "{log}");
        erase(&app, &person).await;
        assert_eq!(get(&app, Role::SocialWorker, &content).await.expect(409).json()["code"], "document_deleted");
        assert_eq!(get(&app, Role::SocialWorker, &file).await.expect(200).json()["stored"], false);
        assert_eq!(get(&app, Role::SocialWorker, &foreign).await.expect(200).json()["stored"], true);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_about_several_persons_is_erased_with_the_last_of_them() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let (_, care) = with_offer(&app).await;
        let (first, one) = ordered_from(&app, "320000-00001", &care).await;
        let (second, two) = ordered_from(&app, "320000-00002", &care).await;
        let line = |order: &str| {
            json!({"order": order, "from": "2023-10-05", "to": "2023-10-05", "volume": "3", "unit_price": "12.00",
                "amount": "36.00"})
        };
        for order in [&one, &two] {
            deliver(&app, order, "2023-10-05", "3").await.expect(201);
        }
        let both = json!({"number": "R-1", "issued_on": "2023-11-02", "period_from": "2023-10-01",
            "period_to": "2023-10-31", "lines": [line(&one), line(&two)], "total": "72.00"});
        let invoice = by_provider(&app, "POST", "/v1/invoices").json(&both).send().await.expect(201).json();
        let path = attaching(&invoice["id"], "kind=recipients_register&media_type=application/pdf");
        let file = location(&attach(by_provider(&app, "POST", &path), PDF).await.expect(201));
        approve(&app, &invoice).await;
        let content = format!("{file}/content");
        erase(&app, &person_of_budget(&app, &first).await).await;
        assert_eq!(get(&app, Role::Accountant, &content).await.expect(200).body, PDF);
        erase(&app, &person_of_budget(&app, &second).await).await;
        assert_eq!(get(&app, Role::Accountant, &content).await.expect(409).json()["code"], "document_deleted");
        assert_eq!(get(&app, Role::Accountant, &file).await.expect(200).json()["stored"], false);
    }
}

/// The e-invoice with a file of a media type inside.
fn carrying(xml: Vec<u8>, media_type: &str, content: &[u8]) -> Vec<u8> {
    let file = format!(
        "<cac:AdditionalDocumentReference><cbc:ID>A-1</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject \
         mimeCode=\"{media_type}\" filename=\"akts.pdf\">{}</cbc:EmbeddedDocumentBinaryObject></cac:Attachment>\
         </cac:AdditionalDocumentReference><cac:AccountingSupplierParty>",
        BASE64.encode(content)
    );
    let xml = String::from_utf8(xml).unwrap();
    assert!(xml.contains("<cac:AccountingSupplierParty>"), "{xml}");
    xml.replacen("<cac:AccountingSupplierParty>", &file, 1).into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_e_invoice_carries_is_attached_to_it() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let Ordered { order, .. } = ordered(&app, "320000-00001").await;
        deliver(&app, &order, "2023-10-05", "8").await.expect(201);
        let bare = e_invoice("R-1", &order, 8, None);
        for (media_type, content) in [("application/pdf", b"MZ\x90\x00".as_slice()), ("image/png", PDF)] {
            let call = send(&app, carrying(bare.clone(), media_type, content)).await;
            call.expect_faults(422, &["e_invoice_unfit /attachments/0"]);
        }
        let xml = String::from_utf8(carrying(bare.clone(), "application/pdf", PDF)).unwrap();
        let broken = xml.replacen(&BASE64.encode(PDF), "%%%", 1).into_bytes();
        send(&app, broken).await.expect_faults(422, &["e_invoice_rule "]);

        // One that goes back keeps no file.
        let wrong = carrying(e_invoice("R-1", &order, 9, None), "application/pdf", PDF);
        let returned = send(&app, wrong).await.expect(201).json();
        let list = |invoice: &Value| format!("/v1/invoices/{}/attachments", invoice["id"].as_str().unwrap());
        assert_eq!(get(&app, Role::SocialWorker, &list(&returned)).await.expect(200).json(), json!({"items": []}));

        let keyed = async || {
            let call = by_provider(&app, "POST", "/v1/invoices").header("idempotency-key", "x-1");
            call.body("application/xml", xml.clone()).send().await.expect(201).json()
        };
        let invoice = keyed().await;
        assert_eq!((&invoice["status"], keyed().await), (&json!("received"), invoice.clone()));
        let listed = get(&app, Role::SocialWorker, &list(&invoice)).await.expect(200).json();
        let file = listed["items"][0].clone();
        assert_eq!(
            (&file["embedded"], &file["kind"], listed["items"].as_array().unwrap().len()),
            (&json!(true), &json!("other"), 1)
        );
        let content = format!("/v1/attachments/{}/content", file["id"].as_str().unwrap());
        assert_eq!(by_provider(&app, "GET", &content).send().await.expect(200).body, PDF);
    }
}
