//! Invoices that keep every rule, drawn at random: what is written is read as the same.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use balsts_exchange::invoice::{
    Account, Adjustment, EInvoice, Identifier, Kind, Line, Party, Payment, Period, Preceding, Profile, Totals, Vat,
    VatSum, read_invoice, write_invoice,
};
use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use rust_decimal::{Decimal, RoundingStrategy};

const MAX: usize = 5_000_000;

fn text() -> impl Strategy<Value = String> {
    // What XML must escape, and what Latvian needs; spaces around a text are not told apart from none.
    "[A-Za-z0-9āčēģīķļņšūžĀČĒĢĪĶĻŅŠŪŽ&<>\"'/€.,:-]([A-Za-z0-9āčēģīķļņšūž&<>\"' ]{0,30}[A-Za-z0-9āž])?"
}

fn maybe_text() -> impl Strategy<Value = Option<String>> {
    prop::option::of(text())
}

fn day() -> impl Strategy<Value = NaiveDate> {
    (0..3_000_u64).prop_map(|days| NaiveDate::from_ymd_opt(2023, 1, 1).unwrap() + Days::new(days))
}

/// Category and rate; what is outside the scope of VAT may not stand beside what is inside.
fn vat() -> impl Strategy<Value = Vat> {
    prop::sample::select(vec![("S", 21), ("S", 12), ("S", 5), ("E", 0), ("Z", 0)])
        .prop_map(|(category, rate)| Vat { category: category.to_owned(), rate: Some(Decimal::from(rate)) })
}

fn adjustment(on_the_whole: bool) -> impl Strategy<Value = Adjustment> {
    (any::<bool>(), 1..1_000_i64, text(), prop::option::of(1..50_i64), vat()).prop_map(
        move |(is_charge, amount_cents, reason, percentage, vat)| Adjustment {
            is_charge,
            // The rate of what it is: exact where it is told.
            amount_cents: percentage.map_or(amount_cents, |percentage| amount_cents * percentage),
            base_cents: percentage.map(|_| amount_cents * 100),
            percentage: percentage.map(Decimal::from),
            reason: Some(reason),
            reason_code: Some(if is_charge { "CG" } else { "95" }.to_owned()),
            vat: on_the_whole.then_some(vat),
        },
    )
}

fn party(scheme: &'static str, register: &'static str) -> impl Strategy<Value = Party> {
    (text(), maybe_text(), maybe_text(), maybe_text(), any::<bool>()).prop_map(
        move |(name, street, city, post_code, more)| {
            let identifier = |scheme: Option<&str>| Identifier {
                value: "40003245752".to_owned(),
                scheme: scheme.map(str::to_owned),
            };
            Party {
                name,
                identifiers: more.then(|| identifier(None)).into_iter().collect(),
                registration: Some(identifier(Some(register))),
                vat_number: Some("LV40003245752".to_owned()),
                tax_registration: None,
                endpoint: Some(identifier(Some(scheme))),
                street,
                city,
                post_code,
                country: "LV".to_owned(),
            }
        },
    )
}

fn payment() -> impl Strategy<Value = Payment> {
    let account = (maybe_text(), any::<bool>()).prop_map(|(name, bic)| Account {
        iban: "LV80BANK0000435195001".to_owned(),
        name,
        bic: bic.then(|| "BANKLV2X".to_owned()),
    });
    (maybe_text(), prop::collection::vec(account, 1..3)).prop_map(|(remittance, accounts)| Payment {
        means_code: "58".to_owned(),
        remittance,
        accounts,
    })
}

fn cents(euros: Decimal) -> i64 {
    let cents = (euros * Decimal::ONE_HUNDRED).round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    cents.try_into().unwrap()
}

fn net(adjustments: &[Adjustment]) -> i64 {
    adjustments.iter().map(|item| if item.is_charge { item.amount_cents } else { -item.amount_cents }).sum()
}

fn line() -> impl Strategy<Value = Line> {
    let words = (text(), maybe_text(), maybe_text(), maybe_text(), any::<bool>());
    let figures = (-2_000_000..2_000_000_i64, 0..1_000_000_i64, 0..5_u32, prop::option::of(1..100_i64));
    let rest = (vat(), prop::collection::vec(adjustment(false), 0..3), prop::option::of((day(), 0..60_u64)));
    (words, figures, rest).prop_map(
        |((item_name, note, item_description, item_id, order), figures, (vat, adjustments, period))| {
            let (thousandths, price, decimals, base) = figures;
            let (quantity, net_price) = (Decimal::new(thousandths, 3), Decimal::new(price, decimals));
            let base_quantity = base.map(Decimal::from);
            let adjustments = in_order(adjustments);
            Line {
                id: String::new(),
                note,
                order_line_reference: order.then(|| "018bcfe5-6800-7000-8000-000000000001".to_owned()),
                period: period.map(|(from, days)| Period { from: Some(from), to: Some(from + Days::new(days)) }),
                item_name,
                item_description,
                item_id,
                quantity,
                unit_code: "HUR".to_owned(),
                net_price,
                base_quantity,
                net_cents: cents(quantity * net_price / base_quantity.unwrap_or(Decimal::ONE)) + net(&adjustments),
                adjustments,
                vat,
            }
        },
    )
}

/// As they are read: allowances before charges.
fn in_order(mut adjustments: Vec<Adjustment>) -> Vec<Adjustment> {
    adjustments.sort_by_key(|item| item.is_charge);
    adjustments
}

/// VAT by category and rate, as the lines and adjustments make it.
fn sums(lines: &[Line], adjustments: &[Adjustment]) -> Vec<VatSum> {
    let of_lines = lines.iter().map(|line| (&line.vat, line.net_cents));
    let of_rest = adjustments.iter().map(|item| (item.vat.as_ref().unwrap(), net(std::slice::from_ref(item))));
    let mut sums: Vec<VatSum> = Vec::new();
    for (vat, net) in of_lines.chain(of_rest) {
        match sums.iter_mut().find(|sum| sum.vat == *vat) {
            Some(sum) => sum.taxable_cents += net,
            None => sums.push(VatSum {
                vat: vat.clone(),
                taxable_cents: net,
                tax_cents: 0,
                exemption_reason: (vat.category == "E").then(|| "PVN likuma 52. pants".to_owned()),
                exemption_code: (vat.category == "E").then(|| "VATEX-EU-132".to_owned()),
            }),
        }
    }
    for sum in &mut sums {
        sum.tax_cents = cents(Decimal::new(sum.taxable_cents, 2) * sum.vat.rate.unwrap() / Decimal::ONE_HUNDRED);
    }
    sums
}

fn totals(lines: &[Line], adjustments: &[Adjustment], vat: &[VatSum], prepaid: Option<i64>) -> Totals {
    let (charges, allowances): (Vec<&Adjustment>, Vec<&Adjustment>) =
        adjustments.iter().partition(|item| item.is_charge);
    let sum =
        |items: &[&Adjustment]| (!items.is_empty()).then(|| items.iter().map(|item| item.amount_cents).sum::<i64>());
    let lines_cents: i64 = lines.iter().map(|line| line.net_cents).sum();
    let without_vat_cents = lines_cents + net(adjustments);
    let vat_cents: i64 = vat.iter().map(|sum| sum.tax_cents).sum();
    Totals {
        lines_cents,
        allowances_cents: sum(&allowances),
        charges_cents: sum(&charges),
        without_vat_cents,
        vat_cents: Some(vat_cents),
        with_vat_cents: without_vat_cents + vat_cents,
        prepaid_cents: prepaid,
        rounding_cents: None,
        payable_cents: without_vat_cents + vat_cents - prepaid.unwrap_or_default(),
    }
}

fn invoice() -> impl Strategy<Value = EInvoice> {
    let head = (any::<bool>(), any::<bool>(), text(), day(), day(), maybe_text(), prop::option::of(day()));
    let references = (text(), maybe_text(), maybe_text(), maybe_text(), maybe_text(), maybe_text());
    let parties = (party("9939", "0218"), party("0218", "0218"), payment());
    let figures = (
        prop::collection::vec(line(), 1..8),
        prop::collection::vec(adjustment(true), 0..4),
        prop::option::of(0..10_000_i64),
    );
    (head, references, parties, figures).prop_map(|(head, references, parties, (mut lines, adjustments, prepaid))| {
        let (peppol, is_credit, number, issue_date, due_date, note, preceding) = head;
        let (buyer_reference, contract_reference, order_reference, payee_name, payment_terms, before) = references;
        let (seller, buyer, payment) = parties;
        for (index, line) in lines.iter_mut().enumerate() {
            line.id = (index + 1).to_string();
        }
        let adjustments = in_order(adjustments);
        let vat = sums(&lines, &adjustments);
        EInvoice {
            profile: if peppol { Profile::PeppolBis3 } else { Profile::En16931 },
            process: Some("urn:fdc:peppol.eu:2017:poacc:billing:01:1.0".to_owned()),
            kind: if is_credit { Kind::CreditNote } else { Kind::Invoice },
            number,
            type_code: if is_credit { "381" } else { "380" }.to_owned(),
            issue_date,
            due_date: Some(due_date),
            notes: note.into_iter().collect(),
            buyer_reference: Some(buyer_reference),
            contract_reference,
            order_reference,
            preceding: before.map(|number| Preceding { number, issue_date: preceding }).into_iter().collect(),
            period: None,
            seller,
            buyer,
            payee_name,
            payment: Some(payment),
            payment_terms,
            totals: totals(&lines, &adjustments, &vat, prepaid),
            adjustments,
            vat,
            lines,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_is_written_is_read_as_the_same(invoice in invoice()) {
        let written = write_invoice(&invoice).unwrap();
        let read = read_invoice(&written, MAX);
        prop_assert_eq!(read.as_ref(), Ok(&invoice), "{}", String::from_utf8_lossy(&written));
        prop_assert_eq!(write_invoice(&read.unwrap()).unwrap(), written);
    }

    #[test]
    fn a_wrong_cent_is_found(invoice in invoice(), which in 0..5_usize, by in prop_oneof![-500_i64..-1, 1_i64..500]) {
        let mut wrong = invoice;
        let (rule, cents) = match which {
            0 => ("BR-CO-10", &mut wrong.totals.lines_cents),
            1 => ("BR-CO-13", &mut wrong.totals.without_vat_cents),
            2 => ("BR-CO-15", &mut wrong.totals.with_vat_cents),
            3 => ("BR-CO-16", &mut wrong.totals.payable_cents),
            _ => ("BR-CO-14", wrong.totals.vat_cents.as_mut().unwrap()),
        };
        *cents += by;
        let faults = read_invoice(&write_invoice(&wrong).unwrap(), MAX).unwrap_err();
        prop_assert!(faults.iter().any(|fault| fault.rule == rule), "{rule}: {faults:?}");
    }

    #[test]
    fn no_text_makes_the_writer_panic(invoice in invoice(), text in any::<String>(), cents in any::<i64>(), figure in any::<(i64, u8)>()) {
        let mut odd = invoice;
        odd.number.clone_from(&text);
        odd.seller.country.clone_from(&text);
        odd.lines[0].item_name.clone_from(&text);
        odd.lines[0].net_cents = cents;
        odd.lines[0].quantity = Decimal::new(figure.0, u32::from(figure.1 % 29));
        odd.totals.lines_cents = cents;
        if let Ok(written) = write_invoice(&odd) {
            let _ = read_invoice(&written, MAX);
        }
    }
}

#[test]
fn a_control_character_and_a_day_out_of_the_calendar_are_not_written() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let good = invoice().new_tree(&mut runner).unwrap().current();
    let mut odd = good.clone();
    odd.number = "1\u{0}".to_owned();
    assert!(write_invoice(&odd).is_err());
    odd = good.clone();
    odd.issue_date = NaiveDate::MAX;
    assert!(write_invoice(&odd).is_err());
    odd = good;
    odd.lines.clear();
    assert!(write_invoice(&odd).is_err());
}
