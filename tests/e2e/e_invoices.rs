//! The examples that Peppol publishes, checked over HTTP: they break no rule, and each change that breaks one is told its name.

use balsts_tests::{Database, TestApp, app::Answer};
use serde_json::json;

use crate::{
    peppol_samples::{BROKEN, IN_EURO, IN_OTHER_CURRENCIES, in_euro},
    settlement::{Ordered, by_provider, deliver, ordered},
};

async fn check(app: &TestApp, xml: &str) -> Answer {
    by_provider(app, "POST", "/v1/invoice-checks").body("application/xml", xml.to_owned()).send().await
}

/// What a problem says of the rules of e-invoices: `rule: sentence`.
fn broken_rules(answer: &Answer) -> Vec<String> {
    let problem = answer.json();
    let errors = problem["errors"].as_array().unwrap().iter();
    let of_rules = errors.filter(|error| error["code"] == "e_invoice_rule");
    of_rules.map(|error| error["detail"].as_str().unwrap().split(": ").next().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn examples_of_peppol_break_no_rule_and_name_none_of_our_orders() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        ordered(&app, "320000-00001").await;
        // Beside orders and periods: a charge, a line that gives back, an account that is no IBAN, and what is prepaid.
        let base = [
            "/adjustments",
            "/lines/1/order_line_reference",
            "/lines/1/period",
            "/lines/2/order_line_reference",
            "/lines/2/period",
            "/lines/2/quantity",
            "/payment/accounts/0",
        ];
        let negative = base.map(|pointer| if pointer == "/lines/2/quantity" { "/lines/1/quantity" } else { pointer });
        let allowance = [
            "/adjustments",
            "/lines/1/adjustments",
            "/lines/1/order_line_reference",
            "/lines/2/order_line_reference",
            "/lines/3/adjustments",
            "/lines/3/order_line_reference",
            "/payment/accounts/0",
            "/totals",
        ];
        let expected: [&[&str]; 5] = [&base, &base, &negative, &base, &allowance];
        let one_line: &[&str] = &["/lines/1/order_line_reference", "/lines/1/period", "/payment/accounts/0"];
        let mut examples: Vec<(String, &[&str])> =
            IN_EURO.iter().zip(expected).map(|(xml, expected)| ((*xml).to_owned(), expected)).collect();
        examples.extend(IN_OTHER_CURRENCIES.iter().map(|xml| (in_euro(xml), one_line)));
        assert_eq!(examples.len(), 8);
        for (xml, unfit) in &examples {
            let answer = check(&app, xml).await;
            assert_eq!(broken_rules(&answer), [""; 0], "{}", answer.shown());
            let expected: Vec<String> = unfit.iter().map(|pointer| format!("e_invoice_unfit {pointer}")).collect();
            answer.expect_faults(422, &expected.iter().map(String::as_str).collect::<Vec<_>>());
        }
        // As they are published, those in pounds and crowns break the one rule that amounts are in euro.
        for xml in IN_OTHER_CURRENCIES {
            assert_eq!(broken_rules(&check(&app, xml).await.expect(422)), ["currency"]);
        }
        let stored = by_provider(&app, "GET", "/v1/invoices").send().await.expect(200).json();
        assert_eq!(stored["items"], json!([]), "a check stores nothing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_change_of_an_example_of_peppol_is_told_by_its_rule() {
    let app = TestApp::start().await;
    ordered(&app, "320000-00001").await;
    let mut wrong = Vec::new();
    for (rule, example, from, to) in BROKEN {
        let changed = example.replacen(from, to, 1);
        assert_ne!(changed, *example, "{rule}: no {from:?}");
        let answer = check(&app, &changed).await;
        let told = if answer.status == 422 { broken_rules(&answer) } else { Vec::new() };
        if !told.iter().any(|told| told == rule) {
            wrong.push(format!("{rule}: {from:.60} -> {to:.60}: {}", answer.shown()));
        }
    }
    assert!(BROKEN.len() >= 100 && wrong.is_empty(), "{wrong:#?}");
}

/// The example with the least in it, once it names the provider, the order and the month, is an invoice like any other.
#[tokio::test(flavor = "multi_thread")]
async fn an_example_of_peppol_that_names_an_order_is_accepted() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        let Ordered { order, .. } = ordered(&app, "320000-00001").await;
        deliver(&app, &order, "2023-10-05", "10").await.expect(201);
        let xml = in_euro(IN_OTHER_CURRENCIES[2]);
        let (before, rest) = xml.split_once("<cac:PaymentMeans>").unwrap();
        let (_, after) = rest.split_once("</cac:PaymentMeans>").unwrap();
        let mut xml = format!("{before}{after}");
        let reference = "<cac:OrderLineReference>\n            <cbc:LineID>1</cbc:LineID>";
        let period = "<cac:InvoicePeriod><cbc:StartDate>2023-10-01</cbc:StartDate><cbc:EndDate>2023-10-31</cbc:EndDate>\
            </cac:InvoicePeriod>";
        let named = format!("{period}<cac:OrderLineReference><cbc:LineID>{order}</cbc:LineID>");
        for (from, to) in [
            (reference, named.as_str()),
            (">120.00</cbc:PriceAmount>", ">12.00</cbc:PriceAmount>"),
            (">1200.00<", ">120.00<"),
            ("2018-08-30", "2023-11-02"),
            ("GB928741974", "LV40000000001"),
        ] {
            assert!(xml.contains(from), "{from}");
            xml = xml.replace(from, to);
        }
        let checked = check(&app, &xml).await.expect(200).json();
        assert_eq!((&checked["accepted"], &checked["findings"]), (&json!(true), &json!([])), "{checked}");
        assert_eq!(checked["lines"][0]["delivered"], "120.00");
        // One hour more than was delivered is a finding, and no fault of the e-invoice.
        let more =
            xml.replace(">10</cbc:InvoicedQuantity>", ">11</cbc:InvoicedQuantity>").replace(">120.00<", ">132.00<");
        let checked = check(&app, &more).await.expect(200).json();
        assert_eq!((&checked["accepted"], &checked["lines"]), (&json!(false), &json!([])));
        assert_eq!(checked["findings"][0]["code"], "volume_differs", "{checked}");
    }
}
