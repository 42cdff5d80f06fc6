//! The account's buckets by name, and which of them get access logs.

use std::collections::{BTreeMap, BTreeSet};

use palisade_snapshot::{Bucket, BucketEntry, Evidence, Observed, Reason, RecordKind, Shared};

use crate::context::Context;
use crate::{Known, Missing};

/// What one bucket's facts need to know of the others.
#[derive(Debug, Default)]
pub(crate) struct BucketDirectory {
    /// The places of the buckets' entries, in the order of their names.
    by_name: Vec<usize>,
    log_targets: BTreeSet<String>,
    /// The places of the records of those that are in this account.
    log_target_records: BTreeMap<String, usize>,
    /// What hides where other buckets send their logs.
    unread_logging: Option<Missing>,
}

/// Where a bucket is.
#[derive(Debug, Clone)]
pub(crate) enum Whereabouts {
    /// In this account, in that region.
    Own(Known<String>),
    /// The account has no bucket of that name.
    NotOurs,
}

impl BucketDirectory {
    pub(crate) fn new(shared: &Shared) -> Self {
        let records = shared.log_targets.iter().enumerate();
        let mut by_name: Vec<usize> = (0..shared.bucket_directory.len()).collect();
        by_name.sort_by_key(|&place| name_at(shared, place));
        let mut directory = Self {
            by_name,
            log_target_records: records.map(|(index, bucket)| (bucket.name.clone(), index)).collect(),
            ..Self::default()
        };
        for bucket in &shared.bucket_directory {
            match &bucket.logging {
                Observed::Present(logging) => {
                    directory.log_targets.insert(logging.target_bucket.clone());
                }
                Observed::Absent | Observed::NotOffered(_) => {}
                Observed::Unreadable(why) => {
                    let missing = Some(Missing::evidence(Evidence::BucketLogging, why));
                    directory.unread_logging = Missing::either(directory.unread_logging.take(), missing);
                }
            }
        }
        directory
    }

    /// The entry of the bucket of that name.
    fn entry<'a>(&self, context: &'a Context, name: &str) -> Option<&'a BucketEntry> {
        let shared = &context.shared;
        let found = self.by_name.binary_search_by_key(&Some(name), |&place| name_at(shared, place)).ok()?;
        shared.bucket_directory.get(*self.by_name.get(found)?)
    }

    /// Where the bucket of that name is.
    pub(crate) fn find(&self, context: &Context, name: &str) -> Known<Whereabouts> {
        if let Some(entry) = self.entry(context, name) {
            let region = match &entry.region {
                Observed::Present(region) => Known::Known(region.clone()),
                Observed::Unreadable(why) => Known::Unknown(Missing::evidence(Evidence::BucketRegion, why)),
                Observed::Absent | Observed::NotOffered(_) => {
                    Known::Unknown(Missing::because(Evidence::BucketRegion, Reason::Malformed))
                }
            };
            return Known::Known(Whereabouts::Own(region));
        }
        match Self::unlisted(context) {
            Some(missing) => Known::Unknown(missing),
            None => Known::Known(Whereabouts::NotOurs),
        }
    }

    /// What hides buckets of the account: a listing that broke off, or regions that the user left out.
    pub(crate) fn unlisted(context: &Context) -> Option<Missing> {
        let scope = &context.shared.header.scope;
        let left_out = (scope.limited_to_regions || !scope.excluded_regions.is_empty())
            .then(|| Missing::because(Evidence::Buckets, Reason::NotCollected));
        Missing::either(context.incomplete(RecordKind::Bucket), left_out)
    }

    /// The bucket of that name that access logs are sent to; null if the account has none. Both are in one region
    /// ("Enabling Amazon S3 server access logging"), so that regions left out do not matter.
    pub(crate) fn log_target<'a>(&self, context: &'a Context, name: &str) -> Known<Option<&'a Bucket>> {
        let record =
            self.log_target_records.get(name).and_then(|&index| context.shared.log_targets.get(index));
        if let Some(record) = record {
            return Known::Known(Some(record));
        }
        let unread =
            self.entry(context, name).map(|_| Missing::because(Evidence::Buckets, Reason::NotCollected));
        let missing = Missing::either(unread, context.incomplete(RecordKind::Bucket));
        missing.map_or(Known::Known(None), Known::Unknown)
    }

    /// Whether the bucket of that name has `RestrictPublicBuckets` on.
    pub(crate) fn restricts_public_policies(&self, context: &Context, name: &str) -> Known<bool> {
        match (self.entry(context, name), self.find(context, name)) {
            (Some(entry), _) => Known::observed(
                &entry.public_access_block,
                Evidence::BucketPublicAccessBlock,
                || false,
                |block| block.restrict_public_buckets,
            ),
            (None, Known::Unknown(missing)) => Known::Unknown(missing),
            (None, Known::Known(_)) => Known::Known(false),
        }
    }

    /// Whether a bucket of this account sends its access logs to the bucket of that name. Both are in one
    /// region ("Enabling Amazon S3 server access logging"), so that regions left out do not matter.
    pub(crate) fn is_log_target(&self, context: &Context, name: &str) -> Known<bool> {
        if self.log_targets.contains(name) {
            return Known::Known(true);
        }
        let unread = Missing::either(self.unread_logging.clone(), context.incomplete(RecordKind::Bucket));
        unread.map_or(Known::Known(false), Known::Unknown)
    }
}

fn name_at(shared: &Shared, place: usize) -> Option<&str> {
    shared.bucket_directory.get(place).map(|bucket| bucket.name.as_str())
}
