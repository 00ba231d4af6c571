//! The only place where the program reads the clock and draws random numbers. Everything else is given these functions.

use chrono::{DateTime, Utc};
use uuid::Uuid;

#[expect(clippy::disallowed_methods, reason = "this is where time comes from")]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}

#[expect(clippy::disallowed_methods, reason = "this is where ids come from")]
pub(crate) fn new_id() -> Uuid {
    Uuid::now_v7()
}
