//! What a collection is asked to do.

use std::collections::BTreeSet;
use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use jiff::Timestamp;
use palisade_snapshot::Evidence;

use crate::Journal;

/// Whose account to read, as whom, what of it, and how fast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The profile of the shared files; without it `AWS_PROFILE`, then `default`.
    pub profile: Option<String>,
    /// The ARN of a role to assume with the credentials found.
    pub role_arn: Option<String>,
    /// The external id that the role's trust policy asks for.
    pub external_id: Option<String>,
    /// Where every service is, instead of AWS's own addresses; without it `AWS_ENDPOINT_URL` and
    /// `AWS_ENDPOINT_URL_<SERVICE>`.
    pub endpoint_url: Option<String>,
    /// Limits regional services and buckets to these regions; empty means every enabled region.
    pub regions: BTreeSet<String>,
    /// Enabled regions to leave out.
    pub excluded_regions: BTreeSet<String>,
    /// What to read. What must be read to find it is read too.
    pub evidence: BTreeSet<Evidence>,
    /// How many requests may be under way at once, over all services and regions.
    pub max_in_flight: NonZeroUsize,
    /// How many requests may be sent in a second, over all services and regions; as many as AWS
    /// bears if left out.
    pub max_requests_per_second: Option<NonZeroU32>,
    /// How long to wait for what.
    pub deadlines: Deadlines,
    /// The time that the snapshot carries, the clock of every rule.
    pub taken_at: Timestamp,
    /// Where answers are kept until the snapshot is written; without it an interruption loses what
    /// the snapshot did not get.
    pub journal: Option<Journal>,
}

impl Options {
    /// Reads this evidence with the credentials of the environment, with the usual limits.
    #[must_use]
    pub fn new(evidence: BTreeSet<Evidence>, taken_at: Timestamp) -> Self {
        Self {
            profile: None,
            role_arn: None,
            external_id: None,
            endpoint_url: None,
            regions: BTreeSet::new(),
            excluded_regions: BTreeSet::new(),
            evidence,
            max_in_flight: NonZeroUsize::MIN.saturating_add(31),
            max_requests_per_second: None,
            deadlines: Deadlines::default(),
            taken_at,
            journal: None,
        }
    }
}

/// How long to wait before a read counts as unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// For one request and its whole answer, once it is its turn.
    pub attempt: Duration,
    /// For one call with its retries and the waiting between them.
    pub operation: Duration,
    /// For the account; what is still open then is unreadable.
    pub account: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            attempt: Duration::from_secs(30),
            operation: Duration::from_secs(300),
            account: Duration::from_secs(3600),
        }
    }
}
