//! Rules about the XML, which the model of an invoice cannot break: there a mandatory amount is always there, if need be as zero,
//! and an amount has no currency. Without these checks an invoice without them would be read as one of zeros.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use en16931::codes::{contains, generated as lists};
use roxmltree::Node;
use rust_decimal::Decimal;

use super::{CURRENCY, Profile};
use crate::fault::MOST_FAULTS;
use crate::{Fault, xml};

const AGGREGATES: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
const BASICS: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";

/// Whether ISO 4217 has the currency.
pub(super) fn is_currency(code: &str) -> bool {
    contains(lists::CURRENCY_CODES, code)
}

/// When a credit note is to be paid: UBL has no `DueDate` there.
pub(super) fn payment_due_date(root: Node) -> Option<NaiveDate> {
    children(root, "PaymentMeans").find_map(|means| value(means, "PaymentDueDate")).and_then(|text| text.parse().ok())
}

/// Lines that an invoice may have.
const MOST_LINES: usize = 10_000;

/// Elements that may stand again beside one of their own name, without being lines or parts that every line may have many of.
const MOST_REPEATED: usize = 500;

/// Bounds what the rules compare with each other: time and memory grow with lines times sums of VAT, and with the square of what
/// stands more often than it may.
pub(super) fn bounded(root: Node) -> Result<(), Fault> {
    let mut lines = 0;
    let mut repeated = 0;
    for node in root.descendants().filter(Node::is_element) {
        let mut names = BTreeSet::new();
        for child in node.children().filter(Node::is_element).map(name) {
            match child {
                "InvoiceLine" | "CreditNoteLine" | "SubInvoiceLine" => lines += 1,
                "AllowanceCharge" | "AdditionalItemProperty" | "CommodityClassification" => {}
                other => repeated += usize::from(!names.insert(other)),
            }
        }
    }
    if lines > MOST_LINES {
        return Err(Fault::xml(format!("more than {MOST_LINES} lines")));
    }
    if repeated > MOST_REPEATED {
        return Err(Fault::xml(format!("more than {MOST_REPEATED} elements stand again beside one of their own name")));
    }
    Ok(())
}

/// Everything that is wrong with the XML.
pub(super) fn check(root: Node, profile: Profile) -> Vec<Fault> {
    let mut checks = Checks { root, profile, line: None, faults: Vec::new() };
    checks.document();
    checks.walk(root);
    checks.faults
}

struct Checks<'a, 'input> {
    root: Node<'a, 'input>,
    profile: Profile,
    /// The line that is looked at.
    line: Option<String>,
    faults: Vec<Fault>,
}

fn name<'a>(node: Node<'a, '_>) -> &'a str {
    node.tag_name().name()
}

fn children<'a, 'input>(
    node: Node<'a, 'input>,
    wanted: &'static str,
) -> impl Iterator<Item = Node<'a, 'input>> + use<'a, 'input> {
    node.children().filter(move |child| child.is_element() && name(*child) == wanted)
}

/// The text of an element without the spaces around it, and without the comments that may divide it.
fn text(node: Node) -> String {
    let text: String = node.children().filter(Node::is_text).filter_map(|part| part.text()).collect();
    text.trim().to_owned()
}

/// The text of the first child of that name that has one.
fn value(node: Node, wanted: &'static str) -> Option<String> {
    children(node, wanted).map(text).find(|text| !text.is_empty())
}

/// Whether a tax category is one of VAT and says which.
fn is_vat_category(category: Node) -> bool {
    let scheme = children(category, "TaxScheme").find_map(|scheme| value(scheme, "ID"));
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("VAT")) && value(category, "ID").is_some()
}

impl<'a, 'input> Checks<'a, 'input> {
    fn fault(&mut self, rule: &str, message: impl Into<String>) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(Fault::fatal(rule, message).on_line(self.line.as_deref()));
        }
    }

    /// A rule of Peppol, which stands here for the standard as well: what it forbids could not be read rightly.
    fn peppol(&mut self, rule: &str, message: impl Into<String>) {
        let rule = if self.profile == Profile::PeppolBis3 { rule } else { "xml" };
        self.fault(rule, message);
    }

    /// Demands that one of the children of `node` has the name and a text.
    fn demand(&mut self, node: Option<Node>, wanted: &'static str, rule: &str, message: &str) {
        if node.and_then(|node| value(node, wanted)).is_none() {
            self.fault(rule, message);
        }
    }

    fn document(&mut self) {
        // The library looks at the code alone; an invoice that calls itself a credit note turns the direction of the money.
        let is_credit = |code: &String| matches!(code.as_str(), "381" | "396" | "81" | "83" | "532");
        if value(self.root, "InvoiceTypeCode").as_ref().is_some_and(is_credit) {
            self.peppol("PEPPOL-EN16931-P0100", "Invoice type code MUST be set according to the profile.");
        }
        if value(self.root, "CreditNoteTypeCode").is_some_and(|code| !is_credit(&code)) {
            self.peppol("PEPPOL-EN16931-P0101", "Credit note type code MUST be set according to the profile.");
        }
        let totals = children(self.root, "LegalMonetaryTotal").next();
        for (element, rule, message) in [
            ("LineExtensionAmount", "BR-12", "An Invoice shall have the Sum of Invoice line net amount (BT-106)."),
            ("TaxExclusiveAmount", "BR-13", "An Invoice shall have the Invoice total amount without VAT (BT-109)."),
            ("TaxInclusiveAmount", "BR-14", "An Invoice shall have the Invoice total amount with VAT (BT-112)."),
            ("PayableAmount", "BR-15", "An Invoice shall have the Amount due for payment (BT-115)."),
        ] {
            self.demand(totals, element, rule, message);
        }
        let (with, without): (Vec<Node>, Vec<Node>) =
            children(self.root, "TaxTotal").partition(|total| children(*total, "TaxSubtotal").next().is_some());
        if with.len() > 1 {
            self.peppol("PEPPOL-EN16931-R053", "Only one tax total with tax subtotals MUST be provided.");
        }
        if without.len() > usize::from(value(self.root, "TaxCurrencyCode").is_some()) {
            self.peppol(
                "PEPPOL-EN16931-R054",
                "Only one tax total without tax subtotals MUST be provided when tax currency code is provided.",
            );
        }
        for (element, rule, message) in [
            (
                "PaymentID",
                "UBL-SR-44",
                "An Invoice may only have one unique PaymentID, but the PaymentID may be used for multiple PaymentMeans.",
            ),
            ("PaymentMeansCode", "UBL-SR-47", "When there are more than one payment means code, they shall be equal."),
        ] {
            let told: BTreeSet<String> =
                children(self.root, "PaymentMeans").filter_map(|means| value(means, element)).collect();
            if told.len() > 1 {
                self.fault(rule, message);
            }
        }
        if children(self.root, "ProjectReference").count() > 1 {
            self.peppol("PEPPOL-EN16931-R080", "Only one project reference is allowed on document level.");
        }
    }

    /// The depth is bounded, and so is this recursion.
    fn walk(&mut self, node: Node<'a, 'input>) {
        for child in node.children().filter(Node::is_element) {
            // Of another vocabulary by definition, and read by nobody.
            if name(child) == "UBLExtensions" {
                continue;
            }
            let is_line = node == self.root && matches!(name(child), "InvoiceLine" | "CreditNoteLine");
            if is_line {
                self.line = value(child, "ID");
            }
            self.element(child, node);
            self.walk(child);
            if is_line {
                self.line = None;
            }
        }
    }

    fn element(&mut self, node: Node<'a, 'input>, parent: Node<'a, 'input>) {
        if !matches!(node.tag_name().namespace(), Some(AGGREGATES | BASICS)) {
            self.fault("xml", format!("{} is not an element of UBL", name(node)));
        }
        if self.profile == Profile::PeppolBis3
            && !node.children().any(|child| child.is_element())
            && text(node).is_empty()
        {
            self.fault("PEPPOL-EN16931-R008", format!("Document MUST not contain empty elements: {}.", name(node)));
        }
        match name(node) {
            "InvoiceLine" | "CreditNoteLine" => self.line(node),
            "AllowanceCharge" => self.allowance_or_charge(node, parent),
            "TaxSubtotal" => self.vat_sum(node),
            "PartyTaxScheme" => self.party_tax_scheme(node),
            "IdentificationCode" if name(parent) == "Country" => self.country(node),
            "TaxExemptionReasonCode" => self.exemption_code(node),
            "IssueDate" | "DueDate" | "TaxPointDate" | "StartDate" | "EndDate" | "ActualDeliveryDate"
            | "PaymentDueDate" => {
                self.day(node);
            }
            "Percent" | "MultiplierFactorNumeric" => self.decimal(node),
            other if other.ends_with("Quantity") => self.decimal(node),
            other if other.ends_with("Amount") => self.amount(node, parent),
            _ => {}
        }
    }

    fn line(&mut self, line: Node) {
        let quantity = if name(line) == "InvoiceLine" { "InvoicedQuantity" } else { "CreditedQuantity" };
        self.demand(
            Some(line),
            quantity,
            "BR-22",
            "Each Invoice line (BG-25) shall have an Invoiced quantity (BT-129).",
        );
        let net = "LineExtensionAmount";
        self.demand(
            Some(line),
            net,
            "BR-24",
            "Each Invoice line (BG-25) shall have an Invoice line net amount (BT-131).",
        );
        let price = children(line, "Price").next();
        self.demand(
            price,
            "PriceAmount",
            "BR-26",
            "Each Invoice line (BG-25) shall contain the Item net price (BT-146).",
        );

        let categories: Vec<Node> =
            children(line, "Item").flat_map(|item| children(item, "ClassifiedTaxCategory")).collect();
        if categories.len() > 1 {
            self.fault("UBL-SR-48", "Invoice lines shall have one and only one classified tax category.");
        }
        if !categories.iter().any(|category| is_vat_category(*category)) {
            self.fault(
                "BR-CO-04",
                "Each Invoice line (BG-25) shall be categorized with an Invoiced item VAT category code (BT-151).",
            );
        }
        let objects = children(line, "DocumentReference");
        if objects.filter(|object| value(*object, "DocumentTypeCode").as_deref() != Some("130")).count() > 0 {
            self.peppol("PEPPOL-EN16931-R101", "Element Document reference can only be used for Invoice line object.");
        }
    }

    fn allowance_or_charge(&mut self, node: Node, parent: Node) {
        let indicator = value(node, "ChargeIndicator");
        if self.profile == Profile::PeppolBis3 && !matches!(indicator.as_deref(), Some("true" | "false")) {
            self.fault("PEPPOL-EN16931-R043", "Allowance/charge ChargeIndicator value MUST equal 'true' or 'false'.");
        }
        let is_charge = matches!(indicator.as_deref(), Some("true" | "1"));
        if name(parent) == "Price" {
            if is_charge {
                self.peppol("PEPPOL-EN16931-R044", "Charge on price level is NOT allowed. Only value 'false' allowed.");
            }
            return;
        }
        let on_the_whole = parent == self.root;
        let (rule, what) = match (on_the_whole, is_charge) {
            (true, false) => {
                ("BR-31", "Document level allowance (BG-20) shall have a Document level allowance amount (BT-92)")
            }
            (true, true) => {
                ("BR-36", "Document level charge (BG-21) shall have a Document level charge amount (BT-99)")
            }
            (false, false) => {
                ("BR-41", "Invoice line allowance (BG-27) shall have an Invoice line allowance amount (BT-136)")
            }
            (false, true) => ("BR-43", "Invoice line charge (BG-28) shall have an Invoice line charge amount (BT-141)"),
        };
        self.demand(Some(node), "Amount", rule, &format!("Each {what}."));
        if children(node, "TaxCategory").count() > 1 {
            self.fault("xml", "AllowanceCharge has more than one TaxCategory");
        }
        if on_the_whole && children(node, "AllowanceChargeReason").count() > 1 {
            let (rule, what) = if is_charge { ("UBL-SR-31", "charge") } else { ("UBL-SR-30", "allowance") };
            self.fault(rule, format!("Document level {what} reason shall occur maximum once."));
        }
        if on_the_whole && !children(node, "TaxCategory").any(is_vat_category) {
            let (rule, what) = if is_charge {
                ("BR-37", "charge (BG-21) shall have a Document level charge VAT category code (BT-102)")
            } else {
                ("BR-32", "allowance (BG-20) shall have a Document level allowance VAT category code (BT-95)")
            };
            self.fault(rule, format!("Each Document level {what}."));
        }
    }

    fn vat_sum(&mut self, node: Node) {
        let message = "Each VAT breakdown (BG-23) shall have a VAT category taxable amount (BT-116).";
        self.demand(Some(node), "TaxableAmount", "BR-45", message);
        let message = "Each VAT breakdown (BG-23) shall have a VAT category tax amount (BT-117).";
        self.demand(Some(node), "TaxAmount", "BR-46", message);
        if !children(node, "TaxCategory").any(is_vat_category) {
            self.fault("BR-47", "Each VAT breakdown (BG-23) shall be defined through a VAT category code (BT-118).");
        }
    }

    fn party_tax_scheme(&mut self, node: Node) {
        let scheme = children(node, "TaxScheme").find_map(|scheme| value(scheme, "ID"));
        if scheme.is_none() || value(node, "CompanyID").is_none() {
            self.fault(
                "UBL-SR-53",
                "CompanyID (VAT Identifier) must be stated when providing the PartyTaxScheme/TaxScheme/ID.",
            );
        }
    }

    fn country(&mut self, node: Node) {
        if !contains(lists::COUNTRY_CODES, &text(node)) {
            self.fault("BR-CL-14", "Country codes in an invoice MUST be coded using ISO code list 3166-1.");
        }
    }

    fn exemption_code(&mut self, node: Node) {
        if !contains(lists::VATEX_CODES, &text(node).to_uppercase()) {
            self.fault(
                "BR-CL-22",
                "Tax exemption reason code identifier scheme identifier MUST belong to the CEF VATEX code list.",
            );
        }
    }

    fn day(&mut self, node: Node) {
        let text = text(node);
        if text.len() != 10 || text.parse::<NaiveDate>().is_err() {
            self.peppol("PEPPOL-EN16931-F001", format!("A date MUST be formatted YYYY-MM-DD: {}.", name(node)));
        }
    }

    fn decimal(&mut self, node: Node) {
        let text = text(node);
        if !text.is_empty() && (!xml::is_decimal(&text) || Decimal::from_str_exact(&text).is_err()) {
            self.fault("xml", format!("{} is not a decimal number", name(node)));
        }
    }

    fn amount(&mut self, node: Node, parent: Node) {
        self.decimal(node);
        // Prices, and what is taken off a price, are as precise as the seller likes.
        let is_price = node.ancestors().any(|ancestor| name(ancestor) == "Price");
        let decimals = text(node).split_once('.').map_or(0, |(_, fraction)| fraction.len());
        if !is_price && decimals > 2 {
            self.fault("UBL-DT-01", format!("Amounts shall be decimal up to two fraction digits: {}.", name(node)));
        }
        let Some(currency) = node.attribute("currencyID").map(str::trim).filter(|code| !code.is_empty()) else {
            return self.fault("xml", format!("{} has no currencyID", name(node)));
        };
        if !is_currency(currency) {
            return self.fault("BR-CL-03", "currencyID MUST be coded using ISO code list 4217 alpha-3.");
        }
        let in_accounting_currency = name(node) == "TaxAmount"
            && name(parent) == "TaxTotal"
            && value(self.root, "TaxCurrencyCode").as_deref() == Some(currency);
        if currency != CURRENCY && !in_accounting_currency {
            let rule = if self.profile == Profile::PeppolBis3 { "PEPPOL-EN16931-R051" } else { "currency" };
            self.fault(
                rule,
                "All currencyID attributes must have the same value as the invoice currency code (BT-5), except for the tax \
                 amount in accounting currency.",
            );
        }
    }
}
