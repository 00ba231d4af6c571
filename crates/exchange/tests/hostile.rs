//! Files that want to harm the reader, and files of noise: each is refused in time, and nothing panics.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test may fail")]

use std::time::{Duration, Instant};

use balsts_exchange::invoice::read_invoice;
use balsts_exchange::payment::read_status;
use proptest::prelude::*;

const EXAMPLE: &str = include_str!("data/peppol-bis-3/Allowance-example.xml");
const STATUS: &str = include_str!("data/pain.002.001.03.xml");
const MAX: usize = 5_000_000;

/// The messages of the faults, of both readers.
fn refusals(xml: &[u8]) -> Vec<String> {
    let invoice = read_invoice(xml, MAX).expect_err("no invoice");
    let status = read_status(xml, MAX).expect_err("no status");
    assert!(invoice.iter().all(|fault| fault.rule == "xml"), "{invoice:?}");
    vec![invoice[0].message.clone(), status.message]
}

#[test]
fn entities_of_their_own_are_refused() {
    let billion_laughs = "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">\
        <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>";
    let another_file = "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>";
    let remote = "<!DOCTYPE x SYSTEM \"http://127.0.0.1/x.dtd\">";
    for doctype in [billion_laughs, another_file, remote] {
        for (example, text) in [(EXAMPLE, "Testing note on line level"), (STATUS, "ORDER-1")] {
            let (head, body) = example.split_once("?>").unwrap();
            let xml = format!("{head}?>{doctype}{}", body.replacen(text, "&a;&c;", 1));
            for message in refusals(xml.as_bytes()) {
                assert!(message.contains("document type"), "{message}");
            }
        }
    }
    let unknown = EXAMPLE.replacen("Testing note on line level", "&a;", 1);
    assert!(read_invoice(unknown.as_bytes(), MAX).is_err());
}

#[test]
fn a_file_may_be_as_large_as_the_caller_says() {
    assert!(read_invoice(EXAMPLE.as_bytes(), EXAMPLE.len()).is_ok());
    let faults = read_invoice(EXAMPLE.as_bytes(), EXAMPLE.len() - 1).unwrap_err();
    assert!(faults[0].message.contains("bytes"), "{faults:?}");
    assert!(read_status(STATUS.as_bytes(), STATUS.len()).is_ok());
    assert!(read_status(STATUS.as_bytes(), STATUS.len() - 1).is_err());
    assert!(read_status(b"", 0).is_err());
}

#[test]
fn deep_and_wide_files_are_refused_in_time() {
    let deep = |depth: usize| {
        let (head, tail) = EXAMPLE.split_once("<cac:LegalMonetaryTotal>").unwrap();
        let (open, close) = ("<cac:Party>".repeat(depth), "</cac:Party>".repeat(depth));
        format!("{head}{open}1{close}<cac:LegalMonetaryTotal>{tail}")
    };
    let wide = |element: &str, count: usize| {
        EXAMPLE.replacen("<cac:LegalMonetaryTotal>", &format!("{}<cac:LegalMonetaryTotal>", element.repeat(count)), 1)
    };
    let (start, lines) = EXAMPLE.split_once("<cac:InvoiceLine>").unwrap();
    let line = format!("<cac:InvoiceLine>{}", lines.split_once("</cac:InvoiceLine>").unwrap().0);
    let lines_without_anything = format!("{start}{}</Invoice>", "<cac:InvoiceLine/>".repeat(10_000));
    let too_many_lines = format!("{start}{}</Invoice>", "<cac:InvoiceLine/>".repeat(150_000));
    let many_sums = |lines: usize, sums: usize| {
        let sum = "<cac:TaxSubtotal><cbc:TaxableAmount currencyID=\"EUR\">1</cbc:TaxableAmount><cac:TaxCategory>\
            <cbc:ID>S</cbc:ID><cbc:Percent>25</cbc:Percent></cac:TaxCategory></cac:TaxSubtotal>";
        let item = "<cac:InvoiceLine><cbc:LineExtensionAmount currencyID=\"EUR\">1</cbc:LineExtensionAmount><cac:Item>\
            <cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>25</cbc:Percent></cac:ClassifiedTaxCategory></cac:Item>\
            </cac:InvoiceLine>";
        let start = start.replacen("<cac:TaxSubtotal>", &format!("{}<cac:TaxSubtotal>", sum.repeat(sums)), 1);
        format!("{start}{}</Invoice>", item.repeat(lines))
    };
    let many_lines = format!("{start}{}</Invoice>", format!("{line}</cac:InvoiceLine>").repeat(2_000));
    let spaces: String =
        (0..60_000).map(|index| format!("<cac:AllowanceCharge xmlns:a{index}=\"urn:{index}\"/>")).collect();
    let attributes: String = (0..50_000).map(|index| format!(" a{index}=\"\"")).collect();
    assert!(read_invoice(deep(60).as_bytes(), MAX).is_ok(), "what the standard does not know is passed over");
    for xml in [
        deep(64),
        deep(100_000),
        "<a>".repeat(1_000_000),
        wide("<cbc:DueDate>2017-12-01</cbc:DueDate>", 90_000),
        wide("<cbc:Unknown/>", 90_000),
        wide("<x/>", 300_000),
        wide("<cac:TaxTotal><cac:TaxSubtotal/></cac:TaxTotal>", 40_000),
        wide("<cac:AllowanceCharge/>", 90_000),
        wide(&format!("<cbc:Note{attributes}>x</cbc:Note>"), 1),
        wide(&spaces, 1),
        many_lines,
        lines_without_anything,
        too_many_lines,
        many_sums(10_000, 490),
        many_sums(10_000, 10_000),
    ] {
        let begun = Instant::now();
        assert!(read_invoice(xml.as_bytes(), MAX).is_err());
        assert!(read_status(xml.as_bytes(), MAX).is_err());
        assert!(begun.elapsed() < Duration::from_secs(20), "{:.200} took {:?}", xml, begun.elapsed());
    }
}

#[test]
fn other_encodings_are_refused() {
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(EXAMPLE.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for xml in [utf16.as_slice(), b"\xFF\xFE<", b"<Invoice>\xC3</Invoice>", b"\0", b""] {
        refusals(xml);
    }
    let marked = [b"\xEF\xBB\xBF".as_slice(), EXAMPLE.as_bytes()].concat();
    assert!(read_invoice(&marked, MAX).is_ok());
}

/// One change of a good file: a piece cut out, doubled, or overwritten.
fn changed(example: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let length = example.len();
    let piece = prop_oneof![
        any::<Vec<u8>>(),
        "[-+0-9.eE_,]{0,40}".prop_map(String::into_bytes),
        prop::sample::select(vec![
            "<",
            ">",
            "&",
            "]]>",
            "<![CDATA[",
            "<!--",
            "<?",
            "\"",
            "&#0;",
            "&#x10FFFF;",
            "\u{202E}",
            "99999999999999999999"
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    (prop::collection::vec((0..length, 0..200_usize, piece), 1..4)).prop_map(move |changes| {
        let mut bytes = example.as_bytes().to_vec();
        for (at, cut, piece) in changes {
            let at = at.min(bytes.len());
            let end = (at + cut).min(bytes.len());
            bytes.splice(at..end, piece);
        }
        bytes
    })
}

/// A value of some element replaced by another text.
fn other_value(example: &'static str) -> impl Strategy<Value = String> {
    let values: Vec<(usize, usize)> = example
        .match_indices('>')
        .filter_map(|(at, _)| Some((at + 1, at + 1 + example[at + 1..].find('<')?)))
        .filter(|(from, to)| !example[*from..*to].trim().is_empty())
        .collect();
    let text = prop_oneof!["\\PC{0,30}", "[-+]?[0-9]{0,30}[.]?[0-9]{0,30}", Just("-9223372036854775808".to_owned())];
    (prop::sample::select(values), text).prop_map(move |((from, to), text)| {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        format!("{}{text}{}", &example[..from], &example[to..])
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_bytes_make_a_reader_panic(xml in any::<Vec<u8>>()) {
        let _ = read_invoice(&xml, MAX);
        let _ = read_status(&xml, MAX);
    }

    #[test]
    fn no_change_of_a_good_file_makes_a_reader_panic(invoice in changed(EXAMPLE), status in changed(STATUS)) {
        if let Err(faults) = read_invoice(&invoice, MAX) {
            prop_assert!(!faults.is_empty());
        }
        let _ = read_status(&status, MAX);
    }

    #[test]
    fn no_value_makes_a_reader_panic(invoice in other_value(EXAMPLE), status in other_value(STATUS)) {
        if let Err(faults) = read_invoice(invoice.as_bytes(), MAX) {
            prop_assert!(faults.iter().any(|fault| fault.severity == balsts_exchange::Severity::Fatal));
        }
        let _ = read_status(status.as_bytes(), MAX);
    }
}
