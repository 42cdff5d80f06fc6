//! S3 Multi-Region Access Points.

use std::sync::Arc;

use palisade_snapshot::{Evidence, MultiRegionAccessPoint as Record, Observed, RecordKind};

use super::PublicAccessBlock;
use super::access_point::AccessPointPolicy;
use super::policy_status;
use super::relation::{self, AccountRelation};
use crate::context::Context;
use crate::{Kind, Known, Lazy, Subject, facts};

facts! {
    /// A Multi-Region Access Point: one name for buckets of several regions.
    pub struct MultiRegionAccessPoint as "s3.multi_region_access_point" {
        /// Its ARN, which ends in its alias.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// How far AWS is with it, such as `READY` or `CREATING`.
        status: String, reads [];
        /// Its buckets.
        buckets: Vec<MultiRegionBucket>, reads [];
        /// Its own Block Public Access, which was set when it was made and never changes.
        public_access_block: PublicAccessBlock, reads [];
        /// Whether a public policy holds only for AWS services and this account: if the access point or the
        /// account says so.
        restricts_public_policies: Known<bool>, reads [AccountBlockPublicAccess];
        /// Whether it has a policy in force.
        has_policy: Known<bool>, reads [MultiRegionAccessPointPolicy];
        /// Whether that policy, taken by itself, is public by AWS's definition, as Palisade reads it.
        policy_is_public: Lazy<Known<bool>>, reads [MultiRegionAccessPointPolicy];
        /// The same as AWS answers it; null without a policy. A cross-check: no other fact rests on it.
        policy_is_public_by_aws: Known<Option<bool>>, reads [MultiRegionAccessPointPolicyStatus];
    }
}

facts! {
    /// A bucket behind a Multi-Region Access Point.
    pub struct MultiRegionBucket as "multi_region_bucket" {
        /// Its name.
        name: String, reads [];
        /// Whose account it is in.
        owner: AccountRelation, reads [];
    }
}

/// Multi-Region Access Points.
pub static KIND: Kind = Kind {
    name: "s3.multi_region_access_point",
    variable: "multi_region_access_point",
    object: &MultiRegionAccessPoint::OBJECT,
    listings: &[RecordKind::MultiRegionAccessPoint],
    reads: &[],
    wildcard_arn: |shared| {
        format!("arn:{}:s3::{}:accesspoint/*", shared.header.partition, shared.header.account_id)
    },
    subjects: |context| {
        let points = &context.shared.multi_region_access_points;
        Box::new(points.iter().map(|point| subject(context, point)))
    },
    hidden: |_| None,
};

fn subject(context: &Arc<Context>, point: &Record) -> Subject {
    // The listing gives the settings, so that there is no call that could miss them.
    let own = PublicAccessBlock::observed(
        &Observed::Present(point.public_access_block),
        Evidence::MultiRegionAccessPoints,
    );
    let account = PublicAccessBlock::observed(
        &context.shared.account.public_access_block,
        Evidence::AccountBlockPublicAccess,
    );
    let bucket = |bucket: &palisade_snapshot::MultiRegionBucket| MultiRegionBucket {
        name: bucket.name.clone(),
        owner: match &bucket.account {
            Some(account) => relation::of_account(context, account),
            None => AccountRelation::Own,
        },
    };
    let policy =
        AccessPointPolicy { observed: &point.policy, evidence: Evidence::MultiRegionAccessPointPolicy };
    let facts = MultiRegionAccessPoint {
        arn: point.arn.clone(),
        name: point.name.clone(),
        status: point.status.clone(),
        buckets: point.buckets.iter().map(bucket).collect(),
        restricts_public_policies: own.restrict_public_buckets.clone().or(account.restrict_public_buckets),
        public_access_block: own,
        has_policy: policy.exists(),
        policy_is_public: policy.is_public(),
        policy_is_public_by_aws: policy_status::by_aws(
            &point.policy_is_public,
            Evidence::MultiRegionAccessPointPolicyStatus,
        ),
    };
    Subject {
        kind: &KIND,
        arn: point.arn.clone(),
        name: point.name.clone(),
        region: None,
        facts: Box::new(facts),
    }
}
