//! What was received, for those who count it: what was delivered, and what was claimed back. A claim is its own delivery.

/// The deliveries from one day to another, and the lines of approved claims whose last day is one of them, each as one row with the
/// columns of a delivery; `of` tells which of `received`. **Decision**: a line of a claim is one time.
pub(crate) fn received(from: &str, to: &str, of: &str) -> String {
    format!(
        "SELECT received.id, received.municipality_code, received.budget_id, received.order_id, received.person_id,
            received.service, received.on_day, received.cents
        FROM delivery received
        WHERE received.status IN ('recorded', 'confirmed') AND received.on_day >= {from} AND received.on_day <= {to} AND {of}
        UNION ALL
        SELECT received.invoice_id, received.municipality_code, received.budget_id, received.order_id, received.person_id,
            received.service, received.to_day, received.cents
        FROM invoice_line received JOIN invoice ON invoice.id = received.invoice_id
        WHERE invoice.kind IN ('reimbursement', 'transport_claim') AND invoice.status IN ('approved', 'paid')
            AND received.to_day >= {from} AND received.to_day <= {to} AND {of}"
    )
}
