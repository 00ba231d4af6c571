//! `/v1/payment-runs` on both databases: what the bank tells of a whole file, and to which account is paid.

use balsts_domain::access::Role;
use balsts_tests::{Database, TestApp, app::Answer};
use serde_json::{Value, json};

use crate::{
    applications::OWN,
    settlement::{Ordered, approve, deliver, invoiced, ordered, pay},
};

/// A bank's answer to the whole of a run, and to its block, without a word of any payment.
fn of_the_whole(run: &Value, of_group: &str, of_block: &str) -> String {
    let id = run["id"].as_str().unwrap().replace('-', "");
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt><GrpHdr><MsgId>S-2</MsgId><CreDtTm>2023-11-15T10:00:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{id}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.03</OrgnlMsgNmId>{of_group}</OrgnlGrpInfAndSts>{of_block}</CstmrPmtStsRpt></Document>"#,
    )
}

fn of_block(run: &Value, status: &str) -> String {
    let id = run["id"].as_str().unwrap().replace('-', "");
    format!("<OrgnlPmtInfAndSts><OrgnlPmtInfId>{id}</OrgnlPmtInfId>{status}</OrgnlPmtInfAndSts>")
}

async fn answered(app: &TestApp, run: &Value, xml: String) -> Answer {
    let path = format!("/v1/payment-runs/{}/results", run["id"].as_str().unwrap());
    app.post(&path).as_role(Role::Accountant, OWN).body("application/xml", xml).send().await
}

/// Delivers, invoices and approves an hour of a day.
async fn approved(app: &TestApp, order: &str, number: &str, day: &str) {
    deliver(app, order, day, "1").await.expect(201);
    let sent = invoiced(app, number, order, (day, "1", "12.00")).await.expect(201).json();
    assert_eq!(approve(app, &sent).await["status"], "approved");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_bank_tells_of_the_whole_file_holds_for_each_payment() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let Ordered { order, .. } = ordered(&app, "320000-00001").await;
        approved(&app, &order, "R-1", "2023-10-05").await;
        let shown = |run: &Value| {
            (run["status"].clone(), run["payments"][0]["status"].clone(), run["payments"][0]["reason"].clone())
        };
        let told = |status: &str, payment: &str, reason: Option<&str>| (json!(status), json!(payment), json!(reason));
        let reason = |code: &str| format!("<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>");

        // Nothing is known while some are refused and it is not told which, or while the bank still looks at it.
        let run = pay(&app).await.expect(201).json();
        for code in ["PART", "ACCP", "ACSP"] {
            let answer = of_the_whole(&run, &format!("<GrpSts>{code}</GrpSts>"), "");
            let after = answered(&app, &run, answer).await.expect(201).json();
            assert_eq!(shown(&after), told("open", "pending", None), "{code}");
        }
        let refused = of_the_whole(&run, &format!("<GrpSts>RJCT</GrpSts>{}", reason("FF01")), "");
        for _ in 0..2 {
            let after = answered(&app, &run, refused.clone()).await.expect(201).json();
            assert_eq!(shown(&after), told("closed", "failed", Some("FF01")));
        }
        let settled = of_the_whole(&run, "<GrpSts>ACSC</GrpSts>", "");
        answered(&app, &run, settled).await.expect_faults(422, &["outcome_known /payments/0/payment"]);

        let run = pay(&app).await.expect(201).json();
        let block = of_block(&run, &format!("<PmtInfSts>RJCT</PmtInfSts>{}", reason("AM04")));
        let after = answered(&app, &run, of_the_whole(&run, "<GrpSts>PART</GrpSts>", &block)).await.expect(201).json();
        assert_eq!(shown(&after), told("closed", "failed", Some("AM04")));

        let run = pay(&app).await.expect(201).json();
        let after = answered(&app, &run, of_the_whole(&run, "<GrpSts>ACSC</GrpSts>", "")).await.expect(201).json();
        assert_eq!(shown(&after), told("closed", "paid", None));
        assert_eq!(pay(&app).await.expect(409).json()["code"], "nothing_to_pay");
    }
}
