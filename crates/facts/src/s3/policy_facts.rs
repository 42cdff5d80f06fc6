//! The facts about a bucket that follow from its policy and the settings around it, whatever else the bucket is.

use std::sync::Arc;

use palisade_policy::public::PolicyKind;
use palisade_snapshot::{Bucket, Evidence};

use super::{
    BucketExposure, Perimeter, lockout, perimeter, policy_form, policy_status, refusals, sharing, tls,
};
use crate::context::Context;
use crate::exposure::{ReadPolicy, read_once};
use crate::iam::LintFinding;
use crate::{Derived, Known, Lazy, PolicyStatement, SharedAccess};

/// Each is worked out when a rule first asks; what they mean stands at [`Bucket`](super::Bucket).
#[derive(Debug)]
pub struct PolicyFacts {
    pub(super) policy: Arc<Lazy<ReadPolicy>>,
    pub(super) policy_is_public: Lazy<Known<bool>>,
    pub(super) exposure: Lazy<BucketExposure>,
    pub(super) policy_statements: Lazy<Known<Vec<PolicyStatement>>>,
    pub(super) shared_with: Lazy<Known<Vec<SharedAccess>>>,
    pub(super) policy_version: Lazy<Known<Option<String>>>,
    pub(super) policy_faults: Lazy<Known<Vec<LintFinding>>>,
    pub(super) beyond_baseline: Lazy<Known<Option<Vec<String>>>>,
    pub(super) foreign_resources: Lazy<Known<Vec<String>>>,
    pub(super) tls_required: Lazy<Known<bool>>,
    pub(super) policy_denied_to_all: Lazy<Known<Vec<String>>>,
    pub(super) refused_tls_versions: Lazy<Known<Vec<String>>>,
    pub(super) signature_v2_denied: Lazy<Known<bool>>,
    pub(super) perimeter: Lazy<Known<Perimeter>>,
    pub(super) signature_age_limit_ms: Lazy<Known<Option<i64>>>,
    pub(super) refused_upload_encryptions: Lazy<Known<Vec<String>>>,
    pub(super) other_upload_keys_refused: Lazy<Known<bool>>,
}

impl PolicyFacts {
    /// Of a bucket, of which they read the ARN, the name, the region, the policy, the ACL, who owns the objects, and
    /// Block Public Access.
    pub(super) fn of(context: &Arc<Context>, bucket: &Bucket) -> Self {
        let policy = read_once(&bucket.policy, Evidence::BucketPolicy);
        Self {
            policy_is_public: policy_status::is_public(&policy, PolicyKind::S3Bucket),
            exposure: BucketExposure::of(context, bucket, &policy),
            policy_statements: sharing::statements(context, &policy, PolicyKind::S3Bucket),
            shared_with: sharing::of_bucket(context, bucket, &policy),
            policy_version: policy_form::version(&policy),
            policy_faults: policy_form::faults(bucket, &policy),
            beyond_baseline: policy_form::beyond_baseline(context, &policy),
            foreign_resources: policy_form::foreign_resources(bucket, &policy),
            tls_required: tls::required(bucket, &policy),
            policy_denied_to_all: lockout::denied_to_all(context, bucket, &policy),
            refused_tls_versions: tls::refused_versions(bucket, &policy),
            signature_v2_denied: tls::signature_v2_denied(bucket, &policy),
            perimeter: perimeter::of(context, bucket, &policy),
            signature_age_limit_ms: refusals::signature_age_limit(context, bucket, &policy),
            refused_upload_encryptions: refusals::upload_encryptions(context, bucket, &policy),
            other_upload_keys_refused: refusals::other_upload_keys(context, bucket, &policy),
            policy,
        }
    }
}

/// One of the facts that follow from a policy, which alike buckets share.
pub type FromPolicy<T> = Derived<PolicyFacts, Lazy<T>>;
