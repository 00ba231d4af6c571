//! Payment orders against the schemas of ISO 20022, and the answers to them.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use balsts_domain::account::Iban;
use balsts_exchange::Fault;
use balsts_exchange::payment::{
    Code, CreditTransfer, Debtor, Payment, Status, Version, as_paid, credit_transfer, read_status,
};
use chrono::{DateTime, NaiveDate, Utc};
use proptest::prelude::*;

const ACCOUNTS: [&str; 3] = ["LV80BANK0000435195001", "EE382200221020145685", "DE89370400440532013000"];

fn iban(index: usize) -> Iban {
    ACCOUNTS[index].parse().unwrap()
}

fn payment(number: usize, amount_cents: i64) -> Payment {
    Payment {
        end_to_end_id: format!("PAYMENT-{number}"),
        creditor_name: "Biedrība \"Ķekavas šķūnis\" & draugi".to_owned(),
        creditor_iban: iban(number % 3),
        amount_cents,
        remittance: "Rēķins Nr. 17/2023, <pakalpojumi>".to_owned(),
    }
}

fn order() -> CreditTransfer {
    CreditTransfer {
        message_id: "ORDER-1".to_owned(),
        created: DateTime::<Utc>::from_timestamp(1_700_000_000, 123_456_789).unwrap(),
        debtor: Debtor {
            name: "Jēkabpils novada pašvaldība".to_owned(),
            iban: iban(0),
            bic: Some("TRELLV22".to_owned()),
        },
        execution_date: NaiveDate::from_ymd_opt(2023, 11, 17).unwrap(),
        payments: vec![payment(1, 12_345), payment(2, 1), payment(3, 99_999_999_999)],
    }
}

fn written(order: &CreditTransfer, version: Version) -> String {
    String::from_utf8(credit_transfer(order, version).unwrap()).unwrap()
}

/// The schemas lie among the tests of the crate `sepa`, which cargo unpacks.
fn schema(name: &str) -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")))?;
    let registries = std::fs::read_dir(home.join("registry/src")).ok()?;
    let mut paths = registries.flatten().map(|registry| registry.path().join("sepa-0.9.0/tests/xsd").join(name));
    paths.find(|path| path.is_file())
}

/// The schema to validate by, where there is `xmllint`. With `BALSTS_REQUIRE_XMLLINT=1` it fails where one of them is missing; else
/// it says so past what the test runner keeps of the output of tests that pass.
fn validated_by(name: &str) -> Option<PathBuf> {
    let schema = schema(&format!("{name}.xsd"));
    if schema.is_some() && Command::new("xmllint").arg("--version").output().is_ok() {
        return schema;
    }
    let reason = "validation needs xmllint (apt-get install libxml2-utils) and the sources of the crate sepa";
    let required = std::env::var_os("BALSTS_REQUIRE_XMLLINT").is_some_and(|value| value == "1");
    assert!(!required, "BALSTS_REQUIRE_XMLLINT=1, but {reason}");
    let mut told = std::io::stderr();
    writeln!(told, "{name} is not validated: {reason}").unwrap();
    None
}

/// Whether `xmllint` finds the file valid.
fn assert_valid(xml: &[u8], name: &str) {
    let Some(schema) = validated_by(name) else { return };
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let file = directory.join(format!("{name}-{}-{:?}.xml", std::process::id(), std::thread::current().id()));
    std::fs::write(&file, xml).unwrap();
    let output =
        Command::new("xmllint").args(["--noout", "--nonet", "--schema"]).arg(schema).arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::remove_file(file).unwrap();
}

#[test]
fn orders_are_valid_by_the_schemas_of_iso() {
    let mut without_bic = order();
    without_bic.debtor.bic = None;
    for order in [order(), without_bic] {
        assert_valid(written(&order, Version::V03).as_bytes(), "pain.001.001.03");
        assert_valid(written(&order, Version::V09).as_bytes(), "pain.001.001.09");
    }
}

#[test]
fn the_validation_refuses_what_is_wrong() {
    if validated_by("pain.001.001.03").is_none() {
        return;
    }
    let xml = written(&order(), Version::V03).replace("<ReqdExctnDt>", "<ReqdExctnDt>x");
    assert!(std::panic::catch_unwind(|| assert_valid(xml.as_bytes(), "pain.001.001.03")).is_err());
}

#[test]
fn an_order_is_written_as_it_stands() {
    let xml = written(&order(), Version::V03);
    for part in [
        "xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.03\"",
        "<MsgId>ORDER-1</MsgId>",
        "<PmtInfId>ORDER-1</PmtInfId>",
        "<CreDtTm>2023-11-14T22:13:20Z</CreDtTm>",
        "<NbOfTxs>3</NbOfTxs>",
        "<CtrlSum>1000000123.45</CtrlSum>",
        "<ReqdExctnDt>2023-11-17</ReqdExctnDt>",
        "<Nm>Jekabpils novada pasvaldiba</Nm>",
        "<IBAN>LV80BANK0000435195001</IBAN>",
        "<BIC>TRELLV22</BIC>",
        "<EndToEndId>PAYMENT-2</EndToEndId>",
        "<InstdAmt Ccy=\"EUR\">0.01</InstdAmt>",
        "<InstdAmt Ccy=\"EUR\">999999999.99</InstdAmt>",
        "<Nm>Biedriba &apos;Kekavas skunis&apos; + draugi</Nm>",
        "<Ustrd>Rekins Nr. 17/2023, (pakalpojumi)</Ustrd>",
        "<SvcLvl><Cd>SEPA</Cd></SvcLvl>",
        "<ChrgBr>SLEV</ChrgBr>",
    ] {
        assert!(xml.contains(part), "{part} is not in {xml}");
    }
    let xml = written(&order(), Version::V09);
    assert!(xml.contains("pain.001.001.09\"") && xml.contains("<BICFI>TRELLV22</BICFI>"));
    assert!(xml.contains("<ReqdExctnDt><Dt>2023-11-17</Dt></ReqdExctnDt>"));
    assert_eq!(xml, written(&order(), Version::V09));
}

/// The fault of the order after a change.
fn fault(change: impl FnOnce(&mut CreditTransfer)) -> Fault {
    let mut order = order();
    change(&mut order);
    let fault = credit_transfer(&order, Version::V03).unwrap_err();
    assert_eq!(credit_transfer(&order, Version::V09).unwrap_err(), fault);
    assert_eq!(fault.rule, "pain.001");
    fault
}

#[test]
fn the_accounts_that_can_be_paid_to_are_those_that_an_order_takes() {
    let letters = || 'A'..='Z';
    for country in letters().flat_map(|first| letters().map(move |second| format!("{first}{second}"))) {
        let known = balsts_domain::account::SEPA_COUNTRIES.contains(&country.as_str());
        assert_eq!(known, sepa::iban::is_sepa_country(&country), "{country}");
    }
}

#[test]
fn letters_that_become_more_letters_do_not_make_a_text_too_long() {
    let mut order = order();
    order.debtor.name = "Щ".repeat(70);
    order.payments[0].creditor_name = "Щ".repeat(70);
    order.payments[0].remittance = "Щ".repeat(140);
    for (version, name) in [(Version::V03, "pain.001.001.03"), (Version::V09, "pain.001.001.09")] {
        assert_valid(written(&order, version).as_bytes(), name);
    }
}

#[test]
fn what_sepa_does_not_allow_is_refused() {
    let second = Some("PAYMENT-2");
    assert_eq!(fault(|order| order.payments[1].amount_cents = 0).line.as_deref(), second);
    assert_eq!(fault(|order| order.payments[1].amount_cents = -5).line.as_deref(), second);
    assert_eq!(fault(|order| order.payments[1].amount_cents = 100_000_000_000).line.as_deref(), second);
    assert_eq!(fault(|order| order.payments[1].creditor_name = "x".repeat(71)).line.as_deref(), second);
    assert_eq!(fault(|order| order.payments[1].creditor_name = " ".to_owned()).line.as_deref(), second);
    assert_eq!(fault(|order| order.payments[1].remittance = "x".repeat(141)).line.as_deref(), second);
    assert_eq!(fault(|order| order.payments[1].remittance.clear()).line.as_deref(), second);
    // Turkey is not in SEPA.
    let turkish =
        |order: &mut CreditTransfer| order.payments[1].creditor_iban = "TR330006100519786457841326".parse().unwrap();
    assert_eq!(fault(turkish).line.as_deref(), second);
    assert_eq!(fault(|order| order.payments[2].end_to_end_id = "PAYMENT-2".to_owned()).line.as_deref(), second);
    assert_eq!(fault(|order| order.payments[1].end_to_end_id = "x".repeat(36)).line.unwrap().len(), 36);
    for bad in [
        fault(|order| order.payments.clear()),
        fault(|order| order.message_id.clear()),
        fault(|order| order.message_id = "ā".to_owned()),
        fault(|order| order.message_id = "x".repeat(36)),
        fault(|order| order.message_id = "/1".to_owned()),
        fault(|order| order.debtor.name.clear()),
        fault(|order| order.debtor.bic = Some("TREL".to_owned())),
        fault(|order| order.execution_date = NaiveDate::MIN),
        fault(|order| order.created = DateTime::<Utc>::MIN_UTC),
    ] {
        assert_eq!(bad.line, None, "{bad}");
    }
}

fn status(xml: &str) -> Result<Status, Fault> {
    read_status(xml.as_bytes(), 100_000)
}

const PARTLY: &str = include_str!("data/pain.002.001.03.xml");

#[test]
fn an_answer_tells_of_every_payment() {
    assert_valid(PARTLY.as_bytes(), "pain.002.001.03");
    let status = status(PARTLY).unwrap();
    assert_eq!((status.message_id.as_str(), status.original_message_id.as_str()), ("ANSWER-1", "ORDER-1"));
    assert_eq!(status.code, Some(Code::Partly));
    assert_eq!(status.of("PAYMENT-1"), Some(&Code::Settled));
    assert_eq!(status.of("PAYMENT-2"), Some(&Code::Refused));
    assert_eq!(status.of("PAYMENT-3"), Some(&Code::Pending));
    assert_eq!(status.of("PAYMENT-4"), None);
    let payments = &status.blocks[0].payments;
    assert_eq!(
        (payments[1].reasons.as_slice(), payments[1].notes.as_slice()),
        (["AC04".to_owned()].as_slice(), ["Konts slēgts".to_owned()].as_slice())
    );
    assert_eq!(payments[2].reasons, ["VK-17"]);
    assert!(Code::Settled.is_settled() && Code::Refused.is_refused() && !Code::Pending.is_settled());
}

#[test]
fn a_newer_answer_may_tell_of_the_whole_only() {
    let xml = r#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<GrpHdr><MsgId>ANSWER-2</MsgId><CreDtTm>2023-11-15T12:00:00Z</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>ORDER-1</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>RJCT</GrpSts>
<StsRsnInf><Rsn><Cd>DUPL</Cd></Rsn><AddtlInf>seen before</AddtlInf></StsRsnInf></OrgnlGrpInfAndSts>
</CstmrPmtStsRpt></Document>"#;
    assert_valid(xml.as_bytes(), "pain.002.001.10");
    let answer = status(xml).unwrap();
    assert_eq!((answer.code.as_ref(), answer.of("PAYMENT-1")), (Some(&Code::Refused), Some(&Code::Refused)));
    assert_eq!(answer.reason("PAYMENT-1"), Some("DUPL"));
    assert_eq!(
        (answer.reasons.as_slice(), answer.notes.as_slice()),
        (["DUPL".to_owned()].as_slice(), ["seen before".to_owned()].as_slice())
    );

    let block = "</OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>ORDER-1</OrgnlPmtInfId><PmtInfSts>ACSP</PmtInfSts></OrgnlPmtInfAndSts>";
    let xml = xml.replace("<GrpSts>RJCT</GrpSts>", "").replace("</OrgnlGrpInfAndSts>", block);
    assert_valid(xml.as_bytes(), "pain.002.001.10");
    assert_eq!(status(&xml).unwrap().of("PAYMENT-1"), Some(&Code::Settling));
}

#[test]
fn every_code_is_read_and_written() {
    for code in ["RCVD", "PDNG", "ACTC", "ACCP", "ACFC", "ACWC", "ACSP", "ACSC", "ACCC", "PART", "RJCT", "CANC", "XYZ1"]
    {
        let answer = status(&PARTLY.replace("<GrpSts>PART<", &format!("<GrpSts>{code}<"))).unwrap();
        let read = answer.code.unwrap();
        assert_eq!(read.as_str(), code);
        assert_eq!(matches!(read, Code::Other(_)), code == "XYZ1");
    }
}

#[test]
fn another_message_is_no_answer() {
    let order = written(&order(), Version::V03);
    let german = PARTLY.replace("pain.002.001.03\"", "pain.002.003.03\"");
    let unknown = PARTLY.replace("pain.002.001.03\"", "pain.002.001.99\"");
    let nameless = PARTLY.replace("<OrgnlMsgId>ORDER-1</OrgnlMsgId>", "");
    for xml in [order.as_str(), &german, &unknown, &nameless, "<Document/>", "", "<"] {
        assert_eq!(status(xml).unwrap_err().rule, "xml", "{xml:.100}");
    }
}

fn payments() -> impl Strategy<Value = Vec<Payment>> {
    let payment = ("\\PC{1,70}", 0..3_usize, 1..=99_999_999_999_i64, "\\PC{0,140}");
    prop::collection::vec(payment, 1..20).prop_map(|payments| {
        let numbered = payments.into_iter().enumerate();
        let made = numbered.map(|(number, (creditor_name, account, amount_cents, remittance))| Payment {
            end_to_end_id: format!("P{number}"),
            creditor_name,
            creditor_iban: iban(account),
            amount_cents,
            remittance,
        });
        made.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_control_sum_is_the_sum_of_the_payments(payments in payments()) {
        let order = CreditTransfer { payments, ..order() };
        // A name may be blank once its marks are gone, and then it is refused.
        if let Ok(xml) = credit_transfer(&order, Version::V09) {
            let xml = String::from_utf8(xml).unwrap();
            let sum: i64 = order.payments.iter().map(|payment| payment.amount_cents).sum();
            let told = format!("<CtrlSum>{}.{:02}</CtrlSum>", sum / 100, sum % 100);
            prop_assert_eq!(xml.matches(&told).count(), 2);
            let count = format!("<NbOfTxs>{}</NbOfTxs>", order.payments.len());
            prop_assert_eq!(xml.matches(&count).count(), 2);
        }
    }

    #[test]
    fn no_text_makes_the_writer_panic(text in any::<String>(), other in any::<String>(), cents in any::<i64>()) {
        let mut order = order();
        order.message_id.clone_from(&text);
        order.debtor.bic = Some(other.clone());
        order.payments[0].creditor_name.clone_from(&other);
        order.payments[0].remittance.clone_from(&text);
        order.payments[0].amount_cents = cents;
        let _ = credit_transfer(&order, Version::V03);
        prop_assert!(as_paid(&text).is_ascii());
    }
}
