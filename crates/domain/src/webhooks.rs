//! Webhooks: what follows from an attempt to deliver an event. Time and randomness are arguments.

use chrono::TimeDelta;

use crate::parameters::catalogue::names;

names! {
    /// Where a webhook stands.
    WebhookStatus {
        /// Events are delivered.
        Active = "active",
        /// Nothing is delivered: so it was asked for, or the receiver says that it is gone.
        Paused = "paused",
        /// Nothing is delivered any more, because deliveries failed for days.
        Failing = "failing",
    }
}

names! {
    /// Why an attempt got no answer.
    DeliveryFailure {
        /// The address is not one that may be called.
        AddressRefused = "address_refused",
        /// There was no connection.
        NoConnection = "no_connection",
        /// There was no answer in time.
        Timeout = "timeout",
    }
}

/// How an attempt ended: with an HTTP status, or without an answer.
pub type Attempt = Result<u16, DeliveryFailure>;

/// What follows from an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// It was delivered: on to the next event.
    Advance,
    /// The same event again after a while.
    Retry(TimeDelta),
    /// The receiver is gone: the webhook is paused.
    Pause,
    /// It has failed for too long: the webhook is failing.
    GiveUp,
}

/// The first pause after a failure, milliseconds; it doubles with every further one.
const FIRST_PAUSE: i64 = 5_000;
/// The longest pause, milliseconds: 4 hours.
const LONGEST_PAUSE: i64 = 4 * 3_600_000;
/// How long a webhook may fail before nothing is delivered any more.
pub const PATIENCE: TimeDelta = TimeDelta::days(5);

/// What follows from an attempt after so many failures in a row, the first of them `failing_for` ago. `jitter` is a random
/// number: it takes up to half of the pause off, so that receivers are not called by everybody at once.
#[must_use]
pub fn after(attempt: Attempt, failures: u32, failing_for: TimeDelta, jitter: u16) -> NextStep {
    match attempt {
        Ok(200..=299) => NextStep::Advance,
        Ok(410) => NextStep::Pause,
        _ if failing_for >= PATIENCE => NextStep::GiveUp,
        _ => {
            let factor = 1_i64.checked_shl(failures.min(20)).unwrap_or(i64::MAX);
            let pause = FIRST_PAUSE.saturating_mul(factor).min(LONGEST_PAUSE);
            let less = pause.saturating_mul(jitter.into()) / i64::from(u16::MAX) / 2;
            NextStep::Retry(TimeDelta::milliseconds(pause.saturating_sub(less)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILED: Attempt = Ok(500);

    fn pause(failures: u32, jitter: u16) -> i64 {
        match after(FAILED, failures, TimeDelta::zero(), jitter) {
            NextStep::Retry(pause) => pause.num_milliseconds(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn only_success_advances_and_only_gone_pauses() {
        for status in 100..600 {
            let expected = match status {
                200..=299 => NextStep::Advance,
                410 => NextStep::Pause,
                _ => NextStep::Retry(TimeDelta::seconds(5)),
            };
            assert_eq!(after(Ok(status), 0, TimeDelta::zero(), 0), expected, "{status}");
        }
        for &failure in DeliveryFailure::ALL {
            assert!(matches!(after(Err(failure), 0, TimeDelta::zero(), 0), NextStep::Retry(_)), "{failure}");
        }
    }

    #[test]
    fn the_pause_doubles_up_to_a_limit_and_is_never_less_than_half() {
        assert_eq!(
            [0, 1, 2, 11, 12, 20, u32::MAX].map(|failures| pause(failures, 0)),
            [5_000, 10_000, 20_000, 10_240_000, 14_400_000, 14_400_000, 14_400_000]
        );
        for failures in 0..40 {
            let whole = pause(failures, 0);
            assert_eq!(pause(failures, u16::MAX), whole / 2);
            assert!((whole / 2..=whole).contains(&pause(failures, 12_345)));
        }
    }

    #[test]
    fn after_days_of_failures_it_is_given_up_but_a_success_still_counts() {
        let almost = PATIENCE - TimeDelta::seconds(1);
        assert!(matches!(after(FAILED, 99, almost, 0), NextStep::Retry(_)));
        assert_eq!(after(FAILED, 99, PATIENCE, 0), NextStep::GiveUp);
        assert_eq!(after(Err(DeliveryFailure::Timeout), 99, PATIENCE, 0), NextStep::GiveUp);
        assert_eq!(after(Ok(204), 99, PATIENCE, 0), NextStep::Advance);
    }
}
