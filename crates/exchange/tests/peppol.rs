//! The examples that Peppol publishes, and what one change breaks in them.

use balsts_exchange::invoice::{EInvoice, Kind, Profile, read_invoice, write_invoice};
use balsts_exchange::{Fault, Severity};

mod samples;

use samples::{ALLOWANCE, BASE, BROKEN, CREDIT, IN_EURO, IN_OTHER_CURRENCIES, NEGATIVE, SALES_ORDER, in_euro};

const MAX: usize = 1_000_000;

fn read(xml: &str) -> Result<EInvoice, Vec<Fault>> {
    read_invoice(xml.as_bytes(), MAX)
}

fn rules(xml: &str) -> Vec<String> {
    let faults = read(xml).err().unwrap_or_default();
    faults.into_iter().filter(|fault| fault.severity == Severity::Fatal).map(|fault| fault.rule).collect()
}

#[test]
fn examples_in_euro_are_accepted() {
    for xml in IN_EURO {
        let invoice = read(xml).unwrap_or_else(|faults| panic!("{faults:#?}"));
        assert_eq!(invoice.profile, Profile::PeppolBis3);
    }
    for xml in IN_OTHER_CURRENCIES {
        read(&in_euro(xml)).unwrap_or_else(|faults| panic!("{faults:#?}"));
    }
}

#[test]
fn examples_in_other_currencies_have_that_fault_and_no_other() {
    for xml in IN_OTHER_CURRENCIES {
        assert_eq!(rules(xml), ["currency"]);
    }
}

#[test]
fn an_example_is_read_as_it_says() {
    let invoice = read(ALLOWANCE).unwrap();
    assert_eq!((invoice.kind, invoice.number.as_str(), invoice.type_code.as_str()), (Kind::Invoice, "Snippet1", "380"));
    assert_eq!(invoice.issue_date.to_string(), "2017-11-13");
    assert_eq!(invoice.due_date.unwrap().to_string(), "2017-12-01");
    assert_eq!(invoice.buyer_reference.as_deref(), Some("0150abc"));
    assert_eq!(invoice.contract_reference.as_deref(), Some("framework no 1"));
    assert_eq!(invoice.period.unwrap().to.unwrap().to_string(), "2017-12-31");
    assert_eq!(invoice.seller.name, "SupplierOfficialName Ltd");
    assert_eq!(invoice.seller.registration.as_ref().unwrap().value, "GB983294");
    assert_eq!(invoice.seller.vat_number.as_deref(), Some("GB1232434"));
    assert_eq!(invoice.seller.endpoint.as_ref().unwrap().scheme.as_deref(), Some("0088"));
    let payment = invoice.payment.as_ref().unwrap();
    assert_eq!(payment.remittance.as_deref(), Some("Snippet1"));
    assert_eq!(payment.accounts[0].iban, "IBAN32423940");
    assert_eq!(payment.accounts[0].valid_iban(), None);
    assert_eq!(invoice.adjustments.iter().map(|item| item.is_charge).collect::<Vec<_>>(), [false, true]);
    assert_eq!(invoice.vat.iter().map(|sum| sum.tax_cents).collect::<Vec<_>>(), [122_500, 0]);
    let totals = &invoice.totals;
    assert_eq!((totals.lines_cents, totals.without_vat_cents, totals.with_vat_cents), (590_000, 590_000, 712_500));
    assert_eq!((totals.vat_cents, totals.prepaid_cents, totals.payable_cents), (Some(122_500), Some(100_000), 612_500));
    let line = &invoice.lines[1];
    assert_eq!((line.id.as_str(), line.item_id.as_deref()), ("2", Some("97iugug876")));
    assert_eq!(
        (line.note.as_deref(), line.order_line_reference.as_deref()),
        (Some("Testing note on line level"), Some("124"))
    );
    assert_eq!((line.quantity.to_string(), line.unit_code.as_str()), ("10".to_owned(), "C62"));
    assert_eq!(
        (line.net_price.to_string(), line.base_quantity.unwrap().to_string()),
        ("200".to_owned(), "2".to_owned())
    );
    assert_eq!((line.net_cents, line.vat.category.as_str()), (100_000, "E"));
    assert_eq!(line.period.unwrap().from.unwrap().to_string(), "2017-12-01");

    let credit = read(CREDIT).unwrap();
    assert_eq!(
        (credit.kind, credit.type_code.as_str(), credit.preceding[0].number.as_str()),
        (Kind::CreditNote, "381", "Snippet1")
    );
    assert_eq!(read(NEGATIVE).unwrap().totals.payable_cents, -165_625);
    assert_eq!(read(SALES_ORDER).unwrap().order_reference.as_deref(), Some("NA"));
}

#[test]
fn what_is_written_of_an_example_is_read_as_the_same() {
    for xml in IN_EURO {
        let invoice = read(xml).unwrap();
        let written = write_invoice(&invoice).unwrap();
        assert_eq!(read_invoice(&written, MAX), Ok(invoice));
    }
}

#[test]
fn a_credit_note_tells_in_its_payment_means_when_to_pay() {
    let behind = "30</cbc:PaymentMeansCode>";
    let xml = CREDIT.replace(behind, &format!("{behind}<cbc:PaymentDueDate>2017-12-01</cbc:PaymentDueDate>"));
    let mut invoice = read(&xml).unwrap();
    assert_eq!(invoice.due_date.unwrap().to_string(), "2017-12-01");
    assert_eq!(read_invoice(&write_invoice(&invoice).unwrap(), MAX).as_ref(), Ok(&invoice));
    invoice.payment = None;
    assert!(write_invoice(&invoice).is_err());
}

#[test]
fn a_comment_inside_a_value_changes_nothing() {
    let xml = BASE.replace(">1656.25</cbc:PayableAmount>", ">16<!-- and -->5<![CDATA[6.2]]>5</cbc:PayableAmount>");
    assert_eq!(read(&xml), read(BASE));
    let xml = BASE.replace(">400<", ">4<!-- and -->_00<");
    assert_eq!(rules(&xml), ["xml"]);
}

#[test]
fn several_accounts_are_all_told() {
    let more = "<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode><cac:PayeeFinancialAccount>\
        <cbc:ID>LV80BANK0000435195001</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans><cac:PaymentTerms>";
    let payment = read(&BASE.replace("<cac:PaymentTerms>", more)).unwrap().payment.unwrap();
    assert_eq!(payment.accounts.len(), 2);
    assert!(payment.accounts[1].valid_iban().is_some());
}

#[test]
fn a_fault_names_its_line() {
    let faults = read(&BASE.replace("-1500<", "-1400<")).unwrap_err();
    let price = faults.iter().find(|fault| fault.rule == "PEPPOL-EN16931-R120").unwrap();
    assert_eq!(price.line.as_deref(), Some("2"));
    let faults = read(&BASE.replace(">-3</cbc:InvoicedQuantity>", "></cbc:InvoicedQuantity>")).unwrap_err();
    let quantity = faults.iter().find(|fault| fault.rule == "BR-22").unwrap();
    assert_eq!(
        quantity.to_string(),
        "BR-22 (line 2): Each Invoice line (BG-25) shall have an Invoiced quantity (BT-129)."
    );
    let faults = read(&BASE.replace(">2800<", ">twenty<")).unwrap_err();
    assert!(faults.iter().any(|fault| fault.rule == "xml" && fault.line.as_deref() == Some("1")), "{faults:#?}");
}

#[test]
fn one_change_breaks_its_rule() {
    let mut wrong = Vec::new();
    for (rule, example, from, to) in BROKEN {
        assert!(example.contains(from), "{rule}: no {from:?}");
        let found = rules(&example.replacen(from, to, 1));
        if !found.iter().any(|found| found == rule) {
            wrong.push(format!("{rule}: {from:.60} -> {to:.60}: {found:?}"));
        }
    }
    assert!(BROKEN.len() >= 40 && wrong.is_empty(), "{wrong:#?}");
}
