//! The only place where the program reads the clock and draws random numbers. Everything else is given these functions.

use aws_lc_rs::rand;
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

/// A new secret; none where the system gives no random numbers.
pub(crate) fn draw_secret() -> Option<[u8; 32]> {
    let mut secret = [0; 32];
    rand::fill(&mut secret).ok().map(|()| secret)
}

/// Any number; the same one where the system gives none, which only keeps pauses equal.
pub(crate) fn jitter() -> u16 {
    let mut number = [0; 2];
    rand::fill(&mut number).map_or(0, |()| u16::from_be_bytes(number))
}
