//! Whether a bucket's policy is public by itself, by our reading and by AWS's.

use palisade_policy::public::{PolicyKind, is_public_statement};
use palisade_snapshot::{Bucket, Evidence, Observed};

use crate::exposure::document;
use crate::{Known, Lazy};

/// Whether the policy engine calls the policy public, whatever Block Public Access makes of it.
pub(super) fn is_public(bucket: &Bucket) -> Lazy<Known<bool>> {
    let policy = bucket.policy.clone();
    Lazy::new(move || {
        document(&policy, Evidence::BucketPolicy).map(|policy| {
            let statements = policy.iter().flat_map(|policy| &policy.statements);
            statements.into_iter().any(|statement| is_public_statement(statement, PolicyKind::S3Bucket))
        })
    })
}

/// What `GetBucketPolicyStatus` answers; null without a policy.
pub(super) fn by_aws(status: &Observed<bool>) -> Known<Option<bool>> {
    Known::observed(status, Evidence::BucketPolicyStatus, || None, |is_public| Some(*is_public))
}
