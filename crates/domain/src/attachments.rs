//! What is attached to an invoice or claim: which documents, and until when [domain 7.4 to 7.6].
//!
//! **Decision**: who sends an invoice or claim attaches to it until the worker has endorsed it, the office until it is approved:
//! what a second person approved is never changed.
//! **Decision**: a file of a claim is erased with its person. One of a provider's invoice may tell of several persons, and is a part
//! of the accounting record: it is erased with the last of those whom the invoice is for.

use crate::{
    access::Role,
    invoices::InvoiceStatus,
    parameters::catalogue::names,
    text::{Message, Refusal},
};

names! {
    /// What is attached to an invoice or claim.
    AttachmentKind {
        /// An acceptance act (pieņemšanas-nodošanas akts).
        AcceptanceAct = "acceptance_act",
        /// A report of services delivered.
        ServiceReport = "service_report",
        /// The recipients' register with signatures.
        RecipientsRegister = "recipients_register",
        /// A receipt.
        Receipt = "receipt",
        /// A proof of payment.
        Payment = "payment",
        /// A contract.
        Contract = "contract",
        /// A printed price list.
        PriceList = "price_list",
        /// A loan-for-use agreement of a car.
        LoanAgreement = "loan_agreement",
        /// A service memo about a car.
        ServiceMemo = "service_memo",
        /// A route sheet, of municipal transport an extract.
        RouteSheet = "route_sheet",
        /// A receipt for fuel.
        FuelReceipt = "fuel_receipt",
        /// A monthly report.
        MonthlyReport = "monthly_report",
        /// A ticket.
        Ticket = "ticket",
        /// A receipt for the purchase of an e-ticket.
        PurchaseReceipt = "purchase_receipt",
        /// The trips with an e-ticket.
        TripList = "trip_list",
        /// A printout of a ticket that was bought online.
        Printout = "printout",
        /// Rules and prices of municipal transport.
        RulesAndPrices = "rules_and_prices",
        /// The worker's confirmation that parking was needed.
        WorkerConfirmation = "worker_confirmation",
        /// Another one; also what an e-invoice carries.
        Other = "other",
    }
}

/// Files that one invoice or claim may have.
pub const MOST_ATTACHMENTS: usize = 50;

/// Why a file is not attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachmentRefusal {
    /// Where the invoice stands, whoever asks attaches nothing to it any more.
    Status,
    /// It has as many as it may have.
    TooMany,
}

impl AttachmentRefusal {
    /// Whether the state of the invoice is what refuses, not the request.
    #[must_use]
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::Status)
    }
}

impl Refusal for AttachmentRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Status => "invoice_status",
            Self::TooMany => "too_many_attachments",
        }
    }

    fn pointer(&self) -> String {
        String::new()
    }

    fn message(&self) -> Message {
        match self {
            Self::Status => Message::new("problem-invoice-status-detail"),
            Self::TooMany => Message::new("attachment-too-many").with("most", MOST_ATTACHMENTS),
        }
    }
}

/// Checks that a role may attach one more file to an invoice or claim.
///
/// # Errors
/// It is endorsed or settled, or has as many files as it may have.
pub fn check_open(role: Role, status: InvoiceStatus, attached: usize) -> Result<(), AttachmentRefusal> {
    let is_sender = matches!(role, Role::Provider | Role::Recipient);
    match status {
        InvoiceStatus::Received => {}
        InvoiceStatus::Checked if !is_sender => {}
        _ => return Err(AttachmentRefusal::Status),
    }
    if attached < MOST_ATTACHMENTS { Ok(()) } else { Err(AttachmentRefusal::TooMany) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_attaches_until_the_endorsement_and_the_office_until_the_approval() {
        for &status in InvoiceStatus::ALL {
            for (role, open) in [
                (Role::Provider, status == InvoiceStatus::Received),
                (Role::Recipient, status == InvoiceStatus::Received),
                (Role::SocialWorker, [InvoiceStatus::Received, InvoiceStatus::Checked].contains(&status)),
            ] {
                assert_eq!(check_open(role, status, 0).is_ok(), open, "{role} {status}");
            }
        }
        assert_eq!(check_open(Role::Provider, InvoiceStatus::Received, 49), Ok(()));
        let full = check_open(Role::Provider, InvoiceStatus::Received, 50).unwrap_err();
        assert_eq!((full, full.is_conflict()), (AttachmentRefusal::TooMany, false));
        assert!(check_open(Role::OfficeHead, InvoiceStatus::Paid, 50).unwrap_err().is_conflict());
    }
}
