//! Access points of S3 buckets.

use std::sync::Arc;

use palisade_policy::public::PolicyKind;
use palisade_snapshot::{AccessPoint as Record, Evidence, RecordKind};

use super::PublicAccessBlock;
use super::policy_status;
use super::relation::{self, AccountRelation};
use super::sharing;
use crate::context::Context;
use crate::exposure::read_once;
use crate::{Kind, Known, Lazy, SharedAccess, Subject, facts};

facts! {
    /// An access point of an S3 bucket, in the regions that the account has buckets in.
    pub struct AccessPoint as "s3.access_point" {
        /// Its ARN.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// The region it is in.
        region: String, reads [];
        /// The name of its bucket.
        bucket: String, reads [];
        /// Whose account the bucket is in.
        bucket_owner: AccountRelation, reads [];
        /// The VPC that it takes requests from; null where it takes them from the internet.
        vpc: Option<String>, reads [];
        /// Its own Block Public Access, which was set when it was made and never changes.
        public_access_block: PublicAccessBlock, reads [AccessPointPublicAccessBlock];
        /// Whether a public policy holds only for AWS services and the bucket owner's account: if the access
        /// point, its bucket or the account says so. Of a bucket of another account only the access point and
        /// this account are asked.
        restricts_public_policies: Known<bool>, reads [Buckets, AccessPointPublicAccessBlock, BucketPublicAccessBlock, AccountBlockPublicAccess];
        /// Whether it has a policy.
        has_policy: Known<bool>, reads [AccessPointPolicy];
        /// Whether its policy, taken by itself, is public by AWS's definition, as Palisade reads it.
        policy_is_public: Lazy<Known<bool>>, reads [AccessPointPolicy];
        /// The same as AWS answers it; null without a policy. A cross-check: no other fact rests on it.
        policy_is_public_by_aws: Known<Option<bool>>, reads [AccessPointPolicyStatus];
        /// Whom outside the account its policy lets in by name.
        shared_with: Lazy<Known<Vec<SharedAccess>>>, reads [AccessPointPolicy, Buckets, AccessPointPublicAccessBlock, BucketPublicAccessBlock, AccountBlockPublicAccess, ResourceControlPolicies];
    }
}

/// Access points.
pub static KIND: Kind = Kind {
    name: "s3.access_point",
    variable: "access_point",
    object: &AccessPoint::OBJECT,
    listings: &[RecordKind::AccessPoint],
    reads: &[],
    wildcard_arn: |shared| {
        format!("arn:{}:s3:*:{}:accesspoint/*", shared.header.partition, shared.header.account_id)
    },
    subjects: |context| Box::new(context.shared.access_points.iter().map(|point| subject(context, point))),
    hidden: |_| None,
};

fn subject(context: &Arc<Context>, point: &Record) -> Subject {
    let own = PublicAccessBlock::observed(&point.public_access_block, Evidence::AccessPointPublicAccessBlock);
    let account = PublicAccessBlock::observed(
        &context.shared.account.public_access_block,
        Evidence::AccountBlockPublicAccess,
    );
    let bucket_owner = match &point.bucket_account {
        Some(account) => relation::of_account(context, account),
        None => AccountRelation::Own,
    };
    let of_bucket = match bucket_owner {
        AccountRelation::Own => context.buckets.restricts_public_policies(context, &point.bucket),
        AccountRelation::Trusted | AccountRelation::Foreign => Known::Known(false),
    };
    let restricts = own.restrict_public_buckets.clone().or(account.restrict_public_buckets);
    let policy = AccessPointPolicy { observed: &point.policy, evidence: Evidence::AccessPointPolicy };
    let restricts_public_policies = restricts.or(of_bucket);
    let facts = AccessPoint {
        arn: point.arn.clone(),
        name: point.name.clone(),
        region: point.region.clone(),
        bucket: point.bucket.clone(),
        bucket_owner,
        vpc: point.vpc.clone(),
        shared_with: sharing::of_access_point(context, point, &restricts_public_policies),
        restricts_public_policies,
        public_access_block: own,
        has_policy: policy.exists(),
        policy_is_public: policy.is_public(),
        policy_is_public_by_aws: policy_status::by_aws(
            &point.policy_is_public,
            Evidence::AccessPointPolicyStatus,
        ),
    };
    Subject {
        kind: &KIND,
        arn: point.arn.clone(),
        name: point.name.clone(),
        region: Some(point.region.clone()),
        facts: Box::new(facts),
    }
}

/// The policy of an access point, in one region or several.
pub(super) struct AccessPointPolicy<'a> {
    pub(super) observed: &'a palisade_snapshot::Observed<String>,
    pub(super) evidence: Evidence,
}

impl AccessPointPolicy<'_> {
    pub(super) fn exists(&self) -> Known<bool> {
        Known::observed(self.observed, self.evidence, || false, |_| true)
    }

    pub(super) fn is_public(&self) -> Lazy<Known<bool>> {
        policy_status::is_public(&read_once(self.observed, self.evidence), PolicyKind::S3AccessPoint)
    }
}
