//! Buckets that `palisade.toml` declares to be public on purpose.

use std::sync::Arc;

use palisade_snapshot::Bucket;

use super::BucketExposure;
use crate::context::Context;
use crate::directory::Whereabouts;
use crate::exposure::read_once;
use crate::{Access, Evidence, Exception, Kind, Known, Lazy, PublicBucket, Subject, facts};

facts! {
    /// A bucket of the account that `palisade.toml` declares to be public on purpose, whether there is one or not.
    pub struct PublicBucketException as "s3.public_bucket_exception" {
        /// The name of the bucket.
        name: String, reads [];
        /// What is declared of it.
        exception: Exception, reads [];
        /// Whether the account has such a bucket.
        exists: Known<bool>, reads [Buckets];
        /// Whether it is public.
        is_public: Lazy<Known<bool>>, reads [Buckets, BucketPolicy, BucketAcl, BucketOwnershipControls, BucketPublicAccessBlock, AccountBlockPublicAccess, AccessPoints, BucketRegion, AccessPointPolicy, AccessPointPublicAccessBlock, MultiRegionAccessPoints, MultiRegionAccessPointPolicy, ResourceControlPolicies];
    }
}

/// Buckets that are declared to be public on purpose.
pub static KIND: Kind = Kind {
    name: "s3.public_bucket_exception",
    variable: "public_bucket",
    object: &PublicBucketException::OBJECT,
    listings: &[],
    reads: &[],
    wildcard_arn: |shared| arn(&shared.header.partition, "*"),
    subjects: |context| Box::new(without_bucket(context).into_iter()),
    hidden: |_| None,
};

/// What stands for the ARN of what is declared of a bucket.
pub(crate) fn arn(partition: &str, bucket: &str) -> String {
    format!("arn:{partition}:s3:::{bucket}/public-bucket-exception")
}

/// What is declared of a bucket, if anything.
pub(super) fn exception(context: &Context, bucket: &str) -> Option<Exception> {
    context.public_buckets.get(bucket).map(|one| of_declared(context, one))
}

fn of_declared(context: &Context, declared: &PublicBucket) -> Exception {
    Exception::new(context, &declared.reason, &declared.owner, declared.expires)
}

/// The subject for what is declared of a bucket that was listed, if anything.
pub(crate) fn of_bucket(context: &Arc<Context>, bucket: &Bucket) -> Option<Subject> {
    let declared = context.public_buckets.get(&bucket.name)?;
    let policy = read_once(&bucket.policy, Evidence::BucketPolicy);
    let exposure = BucketExposure::of(context, bucket, &policy);
    let is_public = Lazy::new(move || exposure.get().public.clone().map(|access| access != Access::No));
    let region = bucket.region.present().cloned();
    Some(subject(context, declared, region, Known::Known(true), is_public))
}

/// What is declared of buckets that were not listed: the account has none of that name, or nobody knows.
fn without_bucket(context: &Arc<Context>) -> Vec<Subject> {
    let unlisted = |declared: &PublicBucket| {
        let exists = match context.buckets.find(context, &declared.bucket) {
            Known::Known(Whereabouts::Own(_)) => return None,
            Known::Known(Whereabouts::NotOurs) => Known::Known(false),
            Known::Unknown(missing) => Known::Unknown(missing),
        };
        let is_public = exists.clone();
        Some(subject(context, declared, None, exists, Lazy::new(move || is_public)))
    };
    context.public_buckets.values().filter_map(unlisted).collect()
}

fn subject(
    context: &Context,
    declared: &PublicBucket,
    region: Option<String>,
    exists: Known<bool>,
    is_public: Lazy<Known<bool>>,
) -> Subject {
    let name = declared.bucket.clone();
    Subject {
        kind: &KIND,
        arn: arn(&context.shared.header.partition, &name),
        name: format!("exception for {name}"),
        region,
        facts: Box::new(PublicBucketException {
            name,
            exception: of_declared(context, declared),
            exists,
            is_public,
        }),
    }
}
