//! The examples that Peppol publishes, and changes that break their rules: for the tests of this crate and those over HTTP.

pub(crate) const BASE: &str = include_str!("../data/peppol-bis-3/base-example.xml");
pub(crate) const CREDIT: &str = include_str!("../data/peppol-bis-3/base-creditnote-correction.xml");
pub(crate) const NEGATIVE: &str = include_str!("../data/peppol-bis-3/base-negative-inv-correction.xml");
pub(crate) const SALES_ORDER: &str = include_str!("../data/peppol-bis-3/sales-order-example.xml");
pub(crate) const ALLOWANCE: &str = include_str!("../data/peppol-bis-3/Allowance-example.xml");

pub(crate) const IN_EURO: [&str; 5] = [BASE, CREDIT, NEGATIVE, SALES_ORDER, ALLOWANCE];

/// Pounds, crowns, pounds.
pub(crate) const IN_OTHER_CURRENCIES: [&str; 3] = [
    include_str!("../data/peppol-bis-3/vat-category-E.xml"),
    include_str!("../data/peppol-bis-3/vat-category-O.xml"),
    include_str!("../data/peppol-bis-3/vat-category-Z.xml"),
];

/// An example with its amounts in euro.
pub(crate) fn in_euro(xml: &str) -> String {
    // The Norwegian number has a wrong check digit, which the release of the example did not mind.
    xml.replace("GBP", "EUR").replace("SEK", "EUR").replace("987654321", "987654325")
}

/// A rule, an example, and the change of its first such text that breaks the rule.
pub(crate) type Broken = (&'static str, &'static str, &'static str, &'static str);

const VAT: &str = "<cac:TaxScheme>\n                    <cbc:ID>VAT</cbc:ID>\n                </cac:TaxScheme>";

pub(crate) const BROKEN: &[Broken] = &[
    // What names the document and its rules.
    (
        "BR-01",
        BASE,
        "<cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>",
        "",
    ),
    ("PEPPOL-EN16931-R004", BASE, "billing:3.0<", "billing:4.0<"),
    ("PEPPOL-EN16931-R004", BASE, "poacc:billing:3.0<", "poacc:selfbilling:3.0<"),
    ("PEPPOL-EN16931-R001", BASE, "<cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>", ""),
    ("PEPPOL-EN16931-R007", BASE, "poacc:billing:01:1.0<", "poacc:billing:1.0<"),
    ("BR-02", BASE, "<cbc:ID>Snippet1</cbc:ID>", ""),
    ("BR-03", BASE, "<cbc:IssueDate>2017-11-13</cbc:IssueDate>", ""),
    ("BR-04", BASE, "<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>", ""),
    ("BR-CL-01", BASE, "380", "999"),
    ("PEPPOL-EN16931-P0100", BASE, "380", "81"),
    ("PEPPOL-EN16931-P0101", CREDIT, "381", "380"),
    ("BR-05", BASE, "<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>", ""),
    ("BR-CL-04", BASE, ">EUR<", ">EUX<"),
    ("currency", BASE, ">EUR<", ">SEK<"),
    ("PEPPOL-EN16931-R003", BASE, "<cbc:BuyerReference>0150abc</cbc:BuyerReference>", ""),
    ("PEPPOL-EN16931-F001", BASE, "2017-11-13", "2017-11-13Z"),
    ("PEPPOL-EN16931-F001", BASE, "2017-12-01", "2017-13-01"),
    ("PEPPOL-EN16931-R008", BASE, "0150abc</cbc:BuyerReference>", "0150abc</cbc:BuyerReference><cac:OrderReference/>"),
    ("PEPPOL-EN16931-R002", ALLOWANCE, "<cbc:TaxPointDate>", "<cbc:Note>Another</cbc:Note><cbc:TaxPointDate>"),
    (
        "BR-CO-03",
        ALLOWANCE,
        "2017-12-31</cbc:EndDate>",
        "2017-12-31</cbc:EndDate><cbc:DescriptionCode>35</cbc:DescriptionCode>",
    ),
    (
        "BR-55",
        CREDIT,
        "<cbc:ID>Snippet1</cbc:ID>\n        </cac:InvoiceDocumentReference>",
        "<cbc:IssueDate>2017-11-12</cbc:IssueDate>\n        </cac:InvoiceDocumentReference>",
    ),
    ("BR-52", ALLOWANCE, "<cbc:ID>ts12345</cbc:ID>", ""),
    // The parties.
    ("BR-06", BASE, "<cbc:RegistrationName>SupplierOfficialName Ltd</cbc:RegistrationName>", ""),
    ("BR-07", BASE, "<cbc:RegistrationName>Buyer Official Name</cbc:RegistrationName>", ""),
    (
        "BR-09",
        BASE,
        "<cac:Country>\n                    <cbc:IdentificationCode>GB</cbc:IdentificationCode>\n                </cac:Country>",
        "",
    ),
    (
        "BR-11",
        BASE,
        "<cac:Country>\n                    <cbc:IdentificationCode>SE</cbc:IdentificationCode>\n                </cac:Country>",
        "",
    ),
    (
        "BR-57",
        BASE,
        "<cac:Country>\n                    <cbc:IdentificationCode>SE</cbc:IdentificationCode>\n                </cac:Country>\n            </cac:Address>",
        "</cac:Address>",
    ),
    ("BR-CL-14", BASE, ">GB<", ">UK<"),
    (
        "BR-CL-14",
        BASE,
        "<cbc:PostalZone>21234</cbc:PostalZone>\n                <cac:Country>\n                    <cbc:IdentificationCode>SE",
        "<cbc:PostalZone>21234</cbc:PostalZone>\n                <cac:Country>\n                    <cbc:IdentificationCode>XX",
    ),
    ("BR-CL-15", BASE, ">NO<", ">XX<"),
    ("BR-CO-09", BASE, "GB1232434", "1232434"),
    ("BR-62", BASE, "<cbc:EndpointID schemeID=\"0088\">", "<cbc:EndpointID>"),
    ("BR-63", BASE, "<cbc:EndpointID schemeID=\"0002\">", "<cbc:EndpointID>"),
    ("BR-CL-25", BASE, "<cbc:EndpointID schemeID=\"0088\">", "<cbc:EndpointID schemeID=\"8888\">"),
    ("PEPPOL-EN16931-R020", BASE, "<cbc:EndpointID schemeID=\"0088\">9482348239847239874</cbc:EndpointID>", ""),
    ("PEPPOL-EN16931-R010", BASE, "<cbc:EndpointID schemeID=\"0002\">FR23342</cbc:EndpointID>", ""),
    ("UBL-SR-53", BASE, "<cbc:CompanyID>GB1232434</cbc:CompanyID>", ""),
    ("UBL-SR-53", BASE, VAT, ""),
    // How to pay.
    ("BR-49", BASE, "<cbc:PaymentMeansCode name=\"Credit transfer\">30</cbc:PaymentMeansCode>", ""),
    ("BR-CL-16", BASE, "Credit transfer\">30<", "Credit transfer\">300<"),
    ("BR-61", BASE, "<cbc:ID>IBAN32423940</cbc:ID>", ""),
    (
        "UBL-SR-44",
        BASE,
        "<cac:PaymentTerms>",
        "<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode><cbc:PaymentID>Other</cbc:PaymentID><cac:PayeeFinancialAccount><cbc:ID>LV80BANK0000435195001</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans><cac:PaymentTerms>",
    ),
    (
        "UBL-SR-47",
        BASE,
        "<cac:PaymentTerms>",
        "<cac:PaymentMeans><cbc:PaymentMeansCode>58</cbc:PaymentMeansCode><cbc:PaymentID>Snippet1</cbc:PaymentID><cac:PayeeFinancialAccount><cbc:ID>LV80BANK0000435195001</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans><cac:PaymentTerms>",
    ),
    // Allowances and charges.
    (
        "BR-31",
        ALLOWANCE,
        "<cbc:AllowanceChargeReason>Discount</cbc:AllowanceChargeReason>\n        <cbc:Amount currencyID=\"EUR\">200</cbc:Amount>",
        "<cbc:AllowanceChargeReason>Discount</cbc:AllowanceChargeReason>",
    ),
    (
        "BR-32",
        ALLOWANCE,
        ">200</cbc:Amount>\n        <cac:TaxCategory>\n            <cbc:ID>S</cbc:ID>",
        ">200</cbc:Amount>\n        <cac:TaxCategory>",
    ),
    ("BR-36", BASE, "<cbc:Amount currencyID=\"EUR\">25</cbc:Amount>", ""),
    (
        "BR-37",
        BASE,
        ">25</cbc:Amount>\n            <cac:TaxCategory>\n                <cbc:ID>S</cbc:ID>",
        ">25</cbc:Amount>\n            <cac:TaxCategory>",
    ),
    ("BR-37", BASE, VAT_OF_CHARGE, "</cac:TaxCategory></cac:AllowanceCharge>"),
    ("BR-38", BASE, "<cbc:AllowanceChargeReason>Insurance</cbc:AllowanceChargeReason>", ""),
    ("BR-41", ALLOWANCE, "<cbc:Amount currencyID=\"EUR\">101</cbc:Amount>", ""),
    ("BR-43", ALLOWANCE, "<cbc:Amount currencyID=\"EUR\">1</cbc:Amount>", ""),
    ("BR-CL-19", ALLOWANCE, ">95<", ">9500<"),
    ("BR-CL-20", ALLOWANCE, ">CG<", ">CGCG<"),
    ("PEPPOL-EN16931-R040", ALLOWANCE, ">20</cbc:MultiplierFactorNumeric>", ">21</cbc:MultiplierFactorNumeric>"),
    ("PEPPOL-EN16931-R041", ALLOWANCE, "<cbc:BaseAmount currencyID=\"EUR\">1000</cbc:BaseAmount>", ""),
    ("PEPPOL-EN16931-R042", ALLOWANCE, "<cbc:MultiplierFactorNumeric>20</cbc:MultiplierFactorNumeric>", ""),
    ("PEPPOL-EN16931-R043", BASE, ">true<", ">1<"),
    (
        "UBL-SR-30",
        ALLOWANCE,
        "<cbc:AllowanceChargeReason>Discount",
        "<cbc:AllowanceChargeReason>More</cbc:AllowanceChargeReason><cbc:AllowanceChargeReason>Discount",
    ),
    (
        "UBL-SR-31",
        BASE,
        "<cbc:AllowanceChargeReason>",
        "<cbc:AllowanceChargeReason>More</cbc:AllowanceChargeReason><cbc:AllowanceChargeReason>",
    ),
    (
        "xml",
        BASE,
        ">25</cbc:Amount>",
        ">25</cbc:Amount><cac:TaxCategory><cbc:ID>E</cbc:ID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory>",
    ),
    // VAT.
    ("BR-45", BASE, "<cbc:TaxableAmount currencyID=\"EUR\">1325</cbc:TaxableAmount>", ""),
    (
        "BR-46",
        BASE,
        "<cbc:TaxableAmount currencyID=\"EUR\">1325</cbc:TaxableAmount>\n            <cbc:TaxAmount currencyID=\"EUR\">331.25</cbc:TaxAmount>",
        "<cbc:TaxableAmount currencyID=\"EUR\">1325</cbc:TaxableAmount>",
    ),
    (
        "BR-47",
        BASE,
        "331.25</cbc:TaxAmount>\n            <cac:TaxCategory>\n                <cbc:ID>S</cbc:ID>",
        "331.25</cbc:TaxAmount>\n            <cac:TaxCategory>",
    ),
    (
        "BR-48",
        BASE,
        "331.25</cbc:TaxAmount>\n            <cac:TaxCategory>\n                <cbc:ID>S</cbc:ID>\n                <cbc:Percent>25.0</cbc:Percent>",
        "331.25</cbc:TaxAmount>\n            <cac:TaxCategory>\n                <cbc:ID>S</cbc:ID>",
    ),
    (
        "BR-53",
        ALLOWANCE,
        "<cac:TaxTotal>\n        <cbc:TaxAmount currencyID =\"SEK\">9324.00</cbc:TaxAmount>\n    </cac:TaxTotal>",
        "",
    ),
    (
        "BR-CO-14",
        BASE,
        "<cac:TaxTotal>\n        <cbc:TaxAmount currencyID=\"EUR\">331.25<",
        "<cac:TaxTotal>\n        <cbc:TaxAmount currencyID=\"EUR\">331.26<",
    ),
    (
        "BR-CO-17",
        BASE,
        "1325</cbc:TaxableAmount>\n            <cbc:TaxAmount currencyID=\"EUR\">331.25<",
        "1325</cbc:TaxableAmount>\n            <cbc:TaxAmount currencyID=\"EUR\">340.25<",
    ),
    (
        "BR-S-05",
        BASE,
        "<cac:ClassifiedTaxCategory>\n                <cbc:ID>S</cbc:ID>\n                <cbc:Percent>25.0<",
        "<cac:ClassifiedTaxCategory>\n                <cbc:ID>S</cbc:ID>\n                <cbc:Percent>0<",
    ),
    (
        "BR-S-08",
        BASE,
        "<cac:ClassifiedTaxCategory>\n                <cbc:ID>S</cbc:ID>\n                <cbc:Percent>25.0<",
        "<cac:ClassifiedTaxCategory>\n                <cbc:ID>S</cbc:ID>\n                <cbc:Percent>12<",
    ),
    ("BR-E-10", ALLOWANCE, "<cbc:TaxExemptionReason>Reason for tax exempt</cbc:TaxExemptionReason>", ""),
    (
        "BR-E-05",
        ALLOWANCE,
        "<cbc:ID>E</cbc:ID>\n                <cbc:Percent>0.0<",
        "<cbc:ID>E</cbc:ID>\n                <cbc:Percent>5<",
    ),
    (
        "BR-CL-17",
        BASE,
        "331.25</cbc:TaxAmount>\n            <cac:TaxCategory>\n                <cbc:ID>S<",
        "331.25</cbc:TaxAmount>\n            <cac:TaxCategory>\n                <cbc:ID>Q<",
    ),
    (
        "BR-CL-18",
        BASE,
        "<cac:ClassifiedTaxCategory>\n                <cbc:ID>S<",
        "<cac:ClassifiedTaxCategory>\n                <cbc:ID>Q<",
    ),
    (
        "BR-CL-22",
        ALLOWANCE,
        "<cbc:TaxExemptionReason>Reason",
        "<cbc:TaxExemptionReasonCode>VATEX-EU-NONE</cbc:TaxExemptionReasonCode><cbc:TaxExemptionReason>Reason",
    ),
    (
        "BR-CL-22",
        ALLOWANCE,
        "<cbc:Percent>0.0</cbc:Percent>",
        "<cbc:Percent>0.0</cbc:Percent><cbc:TaxExemptionReasonCode>NONE</cbc:TaxExemptionReasonCode>",
    ),
    (
        "PEPPOL-EN16931-R053",
        BASE,
        "<cac:LegalMonetaryTotal>",
        "<cac:TaxTotal><cbc:TaxAmount currencyID=\"EUR\">331.25</cbc:TaxAmount><cac:TaxSubtotal><cbc:TaxableAmount currencyID=\"EUR\">1325</cbc:TaxableAmount></cac:TaxSubtotal></cac:TaxTotal><cac:LegalMonetaryTotal>",
    ),
    ("PEPPOL-EN16931-R054", ALLOWANCE, "<cbc:TaxCurrencyCode>SEK</cbc:TaxCurrencyCode>", ""),
    // The totals.
    ("BR-12", BASE, "<cbc:LineExtensionAmount currencyID=\"EUR\">1300</cbc:LineExtensionAmount>", ""),
    ("BR-13", BASE, "<cbc:TaxExclusiveAmount currencyID=\"EUR\">1325</cbc:TaxExclusiveAmount>", ""),
    ("BR-14", BASE, "<cbc:TaxInclusiveAmount currencyID=\"EUR\">1656.25</cbc:TaxInclusiveAmount>", ""),
    ("BR-15", BASE, "<cbc:PayableAmount currencyID=\"EUR\">1656.25</cbc:PayableAmount>", ""),
    ("BR-CO-10", BASE, ">1300<", ">1300.01<"),
    (
        "BR-CO-11",
        ALLOWANCE,
        "<cbc:AllowanceTotalAmount currencyID=\"EUR\">200<",
        "<cbc:AllowanceTotalAmount currencyID=\"EUR\">201<",
    ),
    (
        "BR-CO-12",
        BASE,
        "<cbc:ChargeTotalAmount currencyID=\"EUR\">25<",
        "<cbc:ChargeTotalAmount currencyID=\"EUR\">24<",
    ),
    (
        "BR-CO-13",
        BASE,
        "<cbc:TaxExclusiveAmount currencyID=\"EUR\">1325<",
        "<cbc:TaxExclusiveAmount currencyID=\"EUR\">1326<",
    ),
    (
        "BR-CO-15",
        BASE,
        "<cbc:TaxInclusiveAmount currencyID=\"EUR\">1656.25<",
        "<cbc:TaxInclusiveAmount currencyID=\"EUR\">1656.20<",
    ),
    (
        "BR-CO-16",
        BASE,
        "<cbc:PayableAmount currencyID=\"EUR\">1656.25<",
        "<cbc:PayableAmount currencyID=\"EUR\">16562.5<",
    ),
    ("BR-CO-16", ALLOWANCE, "<cbc:PrepaidAmount currencyID=\"EUR\">1000</cbc:PrepaidAmount>", ""),
    ("BR-CL-03", BASE, "<cbc:PayableAmount currencyID=\"EUR\">", "<cbc:PayableAmount currencyID=\"EURO\">"),
    ("PEPPOL-EN16931-R051", BASE, "<cbc:PayableAmount currencyID=\"EUR\">", "<cbc:PayableAmount currencyID=\"USD\">"),
    (
        "PEPPOL-EN16931-R051",
        ALLOWANCE,
        "<cbc:LineExtensionAmount currencyID=\"EUR\">4000.00",
        "<cbc:LineExtensionAmount currencyID=\"SEK\">4000.00",
    ),
    ("UBL-DT-01", BASE, ">1656.25</cbc:PayableAmount>", ">1656.250</cbc:PayableAmount>"),
    // The lines.
    ("BR-21", BASE, "<cac:InvoiceLine>\n        <cbc:ID>1</cbc:ID>", "<cac:InvoiceLine>"),
    (
        "BR-22",
        BASE,
        "<cbc:InvoicedQuantity unitCode=\"DAY\" unitCodeListID=\"UNECERec20\">7</cbc:InvoicedQuantity>",
        "",
    ),
    ("BR-23", BASE, " unitCode=\"DAY\"", ""),
    ("BR-24", BASE, "<cbc:LineExtensionAmount currencyID= \"EUR\">2800</cbc:LineExtensionAmount>", ""),
    ("BR-25", BASE, "<cbc:Name>item name</cbc:Name>", ""),
    ("BR-26", BASE, "<cbc:PriceAmount currencyID=\"EUR\">400</cbc:PriceAmount>", ""),
    ("BR-27", BASE, ">400<", ">-400<"),
    ("BR-29", ALLOWANCE, "2017-12-31", "2017-11-30"),
    ("BR-30", ALLOWANCE, "2017-12-05", "2017-11-30"),
    ("BR-54", ALLOWANCE, "<cbc:Value>AdditionalItemValue</cbc:Value>", ""),
    ("BR-64", BASE, "<cbc:ID schemeID=\"0088\">21382183120983</cbc:ID>", "<cbc:ID>21382183120983</cbc:ID>"),
    ("BR-65", BASE, " listID=\"SRV\"", ""),
    ("BR-CL-13", BASE, "listID=\"SRV\"", "listID=\"SRVSRV\""),
    ("BR-CL-23", BASE, "unitCode=\"DAY\"", "unitCode=\"DAYS\""),
    (
        "BR-CO-04",
        BASE,
        "<cac:ClassifiedTaxCategory>\n                <cbc:ID>S</cbc:ID>",
        "<cac:ClassifiedTaxCategory>",
    ),
    ("BR-CO-04", BASE, VAT_OF_LINE, "</cac:ClassifiedTaxCategory>"),
    (
        "UBL-SR-48",
        BASE,
        "<cac:ClassifiedTaxCategory>",
        "<cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>25</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory><cac:ClassifiedTaxCategory>",
    ),
    (
        "PEPPOL-EN16931-R044",
        ALLOWANCE,
        "<cbc:ChargeIndicator>false</cbc:ChargeIndicator>\n                <cbc:Amount currencyID=\"EUR\">40<",
        "<cbc:ChargeIndicator>true</cbc:ChargeIndicator>\n                <cbc:Amount currencyID=\"EUR\">40<",
    ),
    ("PEPPOL-EN16931-R046", ALLOWANCE, ">450<", ">460<"),
    (
        "PEPPOL-EN16931-R101",
        BASE,
        "<cac:Item>",
        "<cac:DocumentReference><cbc:ID>1</cbc:ID></cac:DocumentReference><cac:Item>",
    ),
    (
        "PEPPOL-EN16931-R110",
        ALLOWANCE,
        "<cbc:StartDate>2017-12-01</cbc:StartDate>\n            <cbc:EndDate>2017-12-05<",
        "<cbc:StartDate>2017-11-30</cbc:StartDate>\n            <cbc:EndDate>2017-12-05<",
    ),
    ("PEPPOL-EN16931-R111", ALLOWANCE, "2017-12-05", "2018-01-01"),
    ("PEPPOL-EN16931-R120", BASE, ">400<", ">401<"),
    (
        "PEPPOL-EN16931-R121",
        ALLOWANCE,
        "<cbc:BaseQuantity unitCode=\"C62\">2<",
        "<cbc:BaseQuantity unitCode=\"C62\">0<",
    ),
    (
        "PEPPOL-EN16931-R130",
        ALLOWANCE,
        "<cbc:BaseQuantity unitCode=\"C62\">2<",
        "<cbc:BaseQuantity unitCode=\"DAY\">2<",
    ),
    // What is not the XML of an invoice.
    ("xml", BASE, ">7</cbc:InvoicedQuantity>", ">seven</cbc:InvoicedQuantity>"),
    ("xml", BASE, ">7</cbc:InvoicedQuantity>", ">7e0</cbc:InvoicedQuantity>"),
    ("xml", BASE, ">400<", ">4_00<"),
    ("xml", BASE, ">400<", ">40000000000000000000000000000000000000000<"),
    ("xml", BASE, " currencyID=\"EUR\">1656.25</cbc:PayableAmount>", ">1656.25</cbc:PayableAmount>"),
    (
        "xml",
        BASE,
        "</cac:LegalMonetaryTotal>",
        "<cbc:PayableAmount currencyID=\"EUR\">1.00</cbc:PayableAmount></cac:LegalMonetaryTotal>",
    ),
    ("xml", BASE, "<cac:LegalMonetaryTotal>", "<cac:LegalMonetaryTotal><x:Note xmlns:x=\"urn:x\">1</x:Note>"),
    ("xml", BASE, "xsd:Invoice-2", "xsd:Invoice-3"),
    ("xml", BASE, "</Invoice>", ""),
    ("xml", BASE, "encoding=\"UTF-8\"", "encoding=\"ISO-8859-1\""),
];

const VAT_OF_CHARGE: &str = "<cac:TaxScheme>\n                    <cbc:ID>VAT</cbc:ID>\n                </cac:TaxScheme>\n            </cac:TaxCategory>\n        </cac:AllowanceCharge>";
const VAT_OF_LINE: &str = "<cac:TaxScheme>\n                    <cbc:ID>VAT</cbc:ID>\n                </cac:TaxScheme>\n            </cac:ClassifiedTaxCategory>";
