//! Payment messages of ISO 20022 in the euro area: [`credit_transfer`] writes the order (pain.001), [`read_status`] reads what the
//! bank or the State Treasury answers (pain.002).

mod order;
mod status;

pub use order::{CreditTransfer, Debtor, Payment, Version, as_paid, credit_transfer};
pub use status::{BlockStatus, Code, PaymentStatus, Status, read_status};
