//! Object Lock of a bucket.

use palisade_snapshot::{self as snapshot, DefaultRetention, Evidence, Observed};

use crate::{Known, facts};

/// How many days AWS counts for a year of retention, at least.
const DAYS_PER_YEAR: i64 = 365;

facts! {
    /// Object Lock that is switched on ("Locking objects with Object Lock" in the S3 User Guide).
    pub struct ObjectLock as "object_lock" {
        /// The mode of the default retention, `GOVERNANCE` or `COMPLIANCE`; null without one.
        default_mode: Option<String>, reads [];
        /// The length of the default retention in days, a year as 365; null without one.
        default_days: Option<i64>, reads [];
    }
}

/// Object Lock; null where it is off.
pub(super) fn object_lock(lock: &Observed<snapshot::ObjectLock>) -> Known<Option<ObjectLock>> {
    Known::observed(
        lock,
        Evidence::BucketObjectLock,
        || None,
        |lock| {
            let retention = lock.default_retention.as_ref();
            lock.enabled.then(|| ObjectLock {
                default_mode: retention.map(|retention| retention.mode.clone()),
                default_days: retention.and_then(days),
            })
        },
    )
}

fn days(retention: &DefaultRetention) -> Option<i64> {
    let years = retention.years.map(|years| i64::from(years) * DAYS_PER_YEAR);
    retention.days.map(i64::from).or(years)
}
