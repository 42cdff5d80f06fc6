//! Ages, by the snapshot's clock.

use jiff::Timestamp;

const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

/// How many whole days lie between a time and now; 0 if it has not come yet.
pub(crate) fn days_since(time: Timestamp, now: Timestamp) -> i64 {
    (now.as_second() - time.as_second()).max(0) / SECONDS_PER_DAY
}

/// Whole days from now until then; negative once then is past.
pub(crate) fn days_until(then: Timestamp, now: Timestamp) -> i64 {
    if then > now { days_since(now, then) } else { -days_since(then, now) }
}
