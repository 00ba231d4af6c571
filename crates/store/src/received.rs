//! What was received, for those who count it: what was delivered, and what was claimed back. A claim is its own delivery.

/// The deliveries from one day to another, the lines of approved claims whose last day is one of them, and what approved invoices and
/// credit notes make of the deliveries, each as one row with the columns of a delivery and the times that it counts; `of` tells which
/// of `received`. The cents add up to what the ledgers have as delivered.
///
/// **Decisions**: a line of a claim is one time. What an invoice asks for beside the worth of its deliveries (a lower price, or
/// rounding), and what a credit note takes back, stands on the last day, up to the line's own, on which the invoice has a delivery.
/// A delivery is no time any more where credit notes take back all the volume that its invoice has of the days that they name; where
/// they take back a part of it, nothing tells which occasion that was.
pub(crate) fn received(from: &str, to: &str, of: &str) -> String {
    format!(
        "SELECT received.id, received.municipality_code, received.budget_id, received.order_id, received.person_id,
            received.service, received.on_day, received.cents,
            CASE WHEN received.id IN ({taken_back}) THEN 0 ELSE 1 END AS times
        FROM delivery received
        WHERE received.status IN ('recorded', 'confirmed') AND received.on_day >= {from} AND received.on_day <= {to} AND {of}
        UNION ALL
        SELECT received.invoice_id, received.municipality_code, received.budget_id, received.order_id, received.person_id,
            received.service, received.to_day, received.cents, 1
        FROM invoice_line received JOIN invoice ON invoice.id = received.invoice_id
        WHERE invoice.kind IN ('reimbursement', 'transport_claim') AND invoice.status IN ('approved', 'paid')
            AND received.to_day >= {from} AND received.to_day <= {to} AND {of}
        UNION ALL
        SELECT * FROM (
            SELECT received.invoice_id, received.municipality_code, received.budget_id, received.order_id, received.person_id,
                received.service,
                COALESCE(
                    (SELECT MAX(delivery.on_day) FROM delivery
                    WHERE delivery.invoice_id = COALESCE(invoice.corrects, invoice.id)
                        AND delivery.order_id = received.order_id AND delivery.on_day <= received.to_day),
                    received.to_day) AS on_day,
                received.cents - received.delivered_cents AS cents, 0 AS times
            FROM invoice_line received JOIN invoice ON invoice.id = received.invoice_id
            WHERE invoice.kind IN ('invoice', 'credit_note') AND invoice.status IN ('approved', 'paid')
                AND received.cents <> received.delivered_cents AND received.to_day >= {from} AND {of}
        ) settled
        WHERE settled.on_day >= {from} AND settled.on_day <= {to}",
        taken_back = taken_back(of)
    )
}

/// The deliveries whose whole volume credit notes take back. One below the lowest price of its invoice corrects the price alone: as
/// `PaidBefore::taken` has it.
fn taken_back(of: &str) -> String {
    format!(
        "SELECT delivery.id
        FROM (
            SELECT invoice.corrects AS invoice_id, received.order_id, received.from_day, received.to_day,
                SUM(received.thousandths) AS thousandths
            FROM invoice_line received JOIN invoice ON invoice.id = received.invoice_id
            WHERE invoice.kind = 'credit_note' AND invoice.status IN ('approved', 'paid')
                AND received.unit_price_cents >= (
                    SELECT MIN(paid.unit_price_cents) FROM invoice_line paid
                    WHERE paid.invoice_id = invoice.corrects AND paid.order_id = received.order_id)
                AND {of}
            GROUP BY invoice.corrects, received.order_id, received.from_day, received.to_day
        ) note
        JOIN delivery ON delivery.invoice_id = note.invoice_id AND delivery.order_id = note.order_id
            AND delivery.on_day >= note.from_day AND delivery.on_day <= note.to_day
        WHERE note.thousandths >= (
            SELECT SUM(whole.thousandths) FROM delivery whole
            WHERE whole.invoice_id = note.invoice_id AND whole.order_id = note.order_id
                AND whole.on_day >= note.from_day AND whole.on_day <= note.to_day)"
    )
}
