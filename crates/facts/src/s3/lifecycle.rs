//! Lifecycle rules of a bucket.

use jiff::Timestamp;
use palisade_snapshot::{self as snapshot, Evidence, Observed};

use crate::{Known, facts};

facts! {
    /// A lifecycle rule of a bucket ("Managing the lifecycle of objects" in the S3 User Guide).
    pub struct LifecycleRule as "bucket_lifecycle_rule" {
        /// Its id; null if it has none.
        id: Option<String>, reads [];
        /// Whether it is switched on.
        enabled: bool, reads [];
        /// Whether it is for every object: no prefix, no tag, no size.
        whole_bucket: bool, reads [];
        /// What the keys of its objects begin with; empty for every key.
        prefix: String, reads [];
        /// So many days after they were created, objects expire; null if they do not, or by date.
        expiration_days: Option<i64>, reads [];
        /// Whether objects expire from a date on that has passed, so that every object expires at once.
        expires_everything_now: bool, reads [];
        /// So many days after they became noncurrent, versions expire; null if they do not.
        noncurrent_expiration_days: Option<i64>, reads [];
        /// So many days after they became noncurrent, versions first move to another storage class; null if
        /// they do not.
        noncurrent_transition_days: Option<i64>, reads [];
        /// After so many days incomplete multipart uploads are aborted; null if they are not.
        abort_multipart_days: Option<i64>, reads [];
    }
}

/// The lifecycle rules, as they stand at `now`; none where nothing is configured.
pub(super) fn rules(
    rules: &Observed<Vec<snapshot::LifecycleRule>>,
    now: Timestamp,
) -> Known<Vec<LifecycleRule>> {
    Known::observed(rules, Evidence::BucketLifecycle, Vec::new, |rules| {
        rules.iter().map(|one| rule(one, now)).collect()
    })
}

fn rule(rule: &snapshot::LifecycleRule, now: Timestamp) -> LifecycleRule {
    let filter = &rule.filter;
    let has_size = filter.larger_than.is_some() || filter.smaller_than.is_some();
    let expiration = rule.expiration.as_ref();
    let transitions = rule.noncurrent_transitions.iter().filter_map(|transition| transition.days);
    LifecycleRule {
        id: rule.id.clone(),
        enabled: rule.enabled,
        whole_bucket: filter.prefix.is_empty() && filter.tags.is_empty() && !has_size,
        prefix: filter.prefix.clone(),
        expiration_days: expiration.and_then(|expiration| expiration.days).map(i64::from),
        expires_everything_now: expiration
            .and_then(|expiration| expiration.date)
            .is_some_and(|date| date <= now),
        noncurrent_expiration_days: rule
            .noncurrent_expiration
            .as_ref()
            .and_then(|expiration| expiration.days)
            .map(i64::from),
        noncurrent_transition_days: transitions.min().map(i64::from),
        abort_multipart_days: rule.abort_multipart_days.map(i64::from),
    }
}
