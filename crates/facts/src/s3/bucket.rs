//! S3 general purpose buckets.

use std::iter;
use std::sync::Arc;

use jiff::Timestamp;
use palisade_snapshot::{Bucket as Record, Evidence, RecordKind};

use super::{
    AclGrant, AlikeBuckets, BucketExposure, CorsRule, Encryption, FromPolicy, LifecycleRule, LogTarget,
    Logging, Notification, ObjectLock, ObjectOwnership, Perimeter, PublicAccessBlock, Replication,
    Versioning, Website, lifecycle, log_target, notification, object_lock, policy_status, public_bucket,
    replication, settings, website,
};
use crate::context::Context;
use crate::iam::{LintFinding, Tag};
use crate::{Exception, Kind, Known, Lazy, PolicyStatement, SharedAccess, Subject, facts};

facts! {
    /// An S3 general purpose bucket.
    pub struct Bucket as "s3.bucket" {
        /// Its ARN.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// The region it is in.
        region: Known<String>, reads [BucketRegion];
        /// Whether its name is one that only this account can give, in its own namespace in that region.
        in_account_namespace: Known<bool>, reads [BucketRegion];
        /// When it was created; null if AWS did not say.
        created_at: Option<Timestamp>, reads [];
        /// Whether it has a policy.
        has_policy: Known<bool>, reads [BucketPolicy];
        /// Whether its policy, taken by itself, is public by AWS's definition, as Palisade reads it.
        policy_is_public: FromPolicy<Known<bool>>, reads [BucketPolicy];
        /// The same as AWS answers it; null without a policy. A cross-check: no other fact rests on it.
        policy_is_public_by_aws: Known<Option<bool>>, reads [BucketPolicyStatus];
        /// Why it is public on purpose, if `palisade.toml` declares it; else null.
        public_exception: Option<Exception>, reads [];
        /// What the public can do with it.
        exposure: FromPolicy<BucketExposure>, reads [BucketPolicy, BucketAcl, BucketOwnershipControls, BucketPublicAccessBlock, AccountBlockPublicAccess, AccessPoints, BucketRegion, AccessPointPolicy, AccessPointPublicAccessBlock, MultiRegionAccessPoints, MultiRegionAccessPointPolicy, ResourceControlPolicies];
        /// The statements of its policy that allow something.
        policy_statements: FromPolicy<Known<Vec<PolicyStatement>>>, reads [BucketPolicy];
        /// Whom outside the account its policy lets in by name.
        shared_with: FromPolicy<Known<Vec<SharedAccess>>>, reads [BucketPolicy, BucketPublicAccessBlock, AccountBlockPublicAccess, ResourceControlPolicies];
        /// The version of the policy language that its policy is in, 2008-10-17 if it names none; null without a policy.
        policy_version: FromPolicy<Known<Option<String>>>, reads [BucketPolicy];
        /// Where its policy breaks the grammar of the language, or names actions, condition keys or principals that there
        /// are none of.
        policy_faults: FromPolicy<Known<Vec<LintFinding>>>, reads [BucketPolicy];
        /// Where its policy's statements stand that allow something beyond `bucket_policy_baseline` of `palisade.toml`, as JSON
        /// pointers; null if none is declared. What can't be proven to be within it is beyond.
        beyond_baseline: FromPolicy<Known<Option<Vec<String>>>>, reads [BucketPolicy];
        /// The resources that its policy names and that are neither this bucket, its objects nor access points.
        foreign_resources: FromPolicy<Known<Vec<String>>>, reads [BucketPolicy];
        /// The bucket's own Block Public Access.
        public_access_block: PublicAccessBlock, reads [BucketPublicAccessBlock];
        /// Block Public Access in force: each setting is on if it is on for the bucket or for the account.
        effective_public_access_block: PublicAccessBlock, reads [BucketPublicAccessBlock, AccountBlockPublicAccess];
        /// Who owns its objects.
        object_ownership: Known<ObjectOwnership>, reads [BucketOwnershipControls];
        /// Whether access control lists count.
        acls_enabled: Known<bool>, reads [BucketOwnershipControls];
        /// The grants of its access control list, whether they count or not.
        acl_grants: Known<Vec<AclGrant>>, reads [BucketAcl];
        /// The default encryption of new objects; null if none is configured.
        encryption: Known<Option<Encryption>>, reads [BucketEncryption];
        /// Whether uploads with keys of the customer's own (SSE-C) are refused.
        sse_c_blocked: Known<bool>, reads [BucketEncryption];
        /// Its versioning.
        versioning: Known<Versioning>, reads [BucketVersioning];
        /// Whether deleting a version needs MFA.
        mfa_delete: Known<bool>, reads [BucketVersioning];
        /// Where its server access logs go; null if they are off.
        logging: Known<Option<Logging>>, reads [BucketLogging];
        /// The bucket that they go to, and whether they get there; null if they are off.
        log_target: Lazy<Known<Option<LogTarget>>>, reads [BucketLogging];
        /// Whether a bucket of this account sends its access logs here.
        is_log_target: Known<bool>, reads [BucketLogging];
        /// Its lifecycle rules, disabled ones included.
        lifecycle_rules: Known<Vec<LifecycleRule>>, reads [BucketLifecycle];
        /// Its static website hosting; null if it is off.
        website: Known<Option<Website>>, reads [BucketWebsite];
        /// Its replication to other buckets; null if there is none.
        replication: Known<Option<Replication>>, reads [BucketReplication];
        /// Its Object Lock; null if it is off.
        object_lock: Known<Option<ObjectLock>>, reads [BucketObjectLock];
        /// Its tags.
        tags: Known<Vec<Tag>>, reads [BucketTags];
        /// Its event notifications; null if nobody is told.
        notification: Known<Option<Notification>>, reads [BucketNotification];
        /// Whether who asks pays for requests and downloads.
        requester_pays: Known<bool>, reads [BucketRequestPayment];
        /// Its rules of cross-origin resource sharing.
        cors: Known<Vec<CorsRule>>, reads [BucketCors];
        /// Whether every request without TLS, to the bucket and to any object, by anybody, is denied.
        tls_required: FromPolicy<Known<bool>>, reads [BucketPolicy];
        /// The actions that read or change its policy and that its policy denies to every user and role of the account.
        policy_denied_to_all: FromPolicy<Known<Vec<String>>>, reads [BucketPolicy, Users, Roles];
        /// The versions of TLS, such as `1.1`, with which every request to it and its objects is denied.
        refused_tls_versions: FromPolicy<Known<Vec<String>>>, reads [BucketPolicy];
        /// Whether S3 takes requests for it that are signed with Signature Version 2: only if it is in one of the oldest
        /// regions and was made by 24 June 2020, or AWS did not say when.
        takes_signature_v2: Known<bool>, reads [BucketRegion];
        /// Whether its policy denies every such request for any object, by anybody.
        signature_v2_denied: FromPolicy<Known<bool>>, reads [BucketPolicy];
        /// Whom its policy, and resource control policies, keep out whatever else allows them.
        perimeter: FromPolicy<Known<Perimeter>>, reads [BucketPolicy, ResourceControlPolicies];
        /// The age in milliseconds from which its policy refuses every presigned URL on every object; null if it refuses none.
        signature_age_limit_ms: FromPolicy<Known<Option<i64>>>, reads [BucketPolicy];
        /// The encryptions with which its policy refuses every upload, of `AES256`, `aws:kms`, `aws:kms:dsse`, and `none`
        /// for uploads that name none and get the default.
        refused_upload_encryptions: FromPolicy<Known<Vec<String>>>, reads [BucketPolicy];
        /// Whether its policy refuses every upload that names a key of KMS which the policy does not name.
        other_upload_keys_refused: FromPolicy<Known<bool>>, reads [BucketPolicy];
    }
}

/// S3 general purpose buckets.
pub static KIND: Kind = Kind {
    name: "s3.bucket",
    variable: "bucket",
    object: &Bucket::OBJECT,
    listings: &[RecordKind::Bucket],
    reads: &[],
    wildcard_arn: |shared| format!("arn:{}:s3:::*", shared.header.partition),
    subjects: |_| Box::new(iter::empty()),
    hidden: |_| None,
};

/// A bucket.
pub(crate) fn subject(context: &Arc<Context>, alike: &AlikeBuckets, bucket: &Record) -> Subject {
    let own = PublicAccessBlock::observed(&bucket.public_access_block, Evidence::BucketPublicAccessBlock);
    let account = PublicAccessBlock::observed(
        &context.shared.account.public_access_block,
        Evidence::AccountBlockPublicAccess,
    );
    let object_ownership = settings::object_ownership(&bucket.object_ownership);
    let policy = alike.policy_facts(context, bucket);
    let facts = Bucket {
        arn: bucket.arn.clone(),
        name: bucket.name.clone(),
        region: settings::region(&bucket.region),
        in_account_namespace: settings::in_account_namespace(bucket, &context.shared.header.account_id),
        created_at: bucket.created_at,
        has_policy: Known::observed(&bucket.policy, Evidence::BucketPolicy, || false, |_| true),
        policy_is_public: FromPolicy::new(&policy, |facts| &facts.policy_is_public),
        policy_is_public_by_aws: policy_status::by_aws(
            &bucket.policy_is_public,
            Evidence::BucketPolicyStatus,
        ),
        public_exception: public_bucket::exception(context, &bucket.name),
        exposure: FromPolicy::new(&policy, |facts| &facts.exposure),
        policy_statements: FromPolicy::new(&policy, |facts| &facts.policy_statements),
        shared_with: FromPolicy::new(&policy, |facts| &facts.shared_with),
        policy_version: FromPolicy::new(&policy, |facts| &facts.policy_version),
        policy_faults: FromPolicy::new(&policy, |facts| &facts.policy_faults),
        beyond_baseline: FromPolicy::new(&policy, |facts| &facts.beyond_baseline),
        foreign_resources: FromPolicy::new(&policy, |facts| &facts.foreign_resources),
        effective_public_access_block: PublicAccessBlock::either(&own, &account),
        public_access_block: own,
        acls_enabled: object_ownership
            .clone()
            .map(|ownership| ownership != ObjectOwnership::BucketOwnerEnforced),
        object_ownership,
        acl_grants: settings::acl_grants(&bucket.acl),
        encryption: settings::encryption(context, &bucket.encryption),
        sse_c_blocked: settings::sse_c_blocked(&bucket.encryption),
        versioning: settings::versioning(&bucket.versioning),
        mfa_delete: settings::mfa_delete(&bucket.versioning),
        logging: settings::logging(&bucket.logging),
        log_target: log_target::log_target(context, bucket),
        is_log_target: context.buckets.is_log_target(context, &bucket.name),
        lifecycle_rules: lifecycle::rules(&bucket.lifecycle, context.now()),
        website: website::website(&bucket.website),
        replication: replication::replication(context, &bucket.replication),
        object_lock: object_lock::object_lock(&bucket.object_lock),
        tags: settings::tags(&bucket.tags),
        notification: notification::notification(context, &bucket.notification),
        requester_pays: settings::requester_pays(&bucket.payer),
        cors: settings::cors(&bucket.cors),
        tls_required: FromPolicy::new(&policy, |facts| &facts.tls_required),
        policy_denied_to_all: FromPolicy::new(&policy, |facts| &facts.policy_denied_to_all),
        refused_tls_versions: FromPolicy::new(&policy, |facts| &facts.refused_tls_versions),
        takes_signature_v2: settings::takes_signature_v2(&bucket.region, bucket.created_at),
        signature_v2_denied: FromPolicy::new(&policy, |facts| &facts.signature_v2_denied),
        perimeter: FromPolicy::new(&policy, |facts| &facts.perimeter),
        signature_age_limit_ms: FromPolicy::new(&policy, |facts| &facts.signature_age_limit_ms),
        refused_upload_encryptions: FromPolicy::new(&policy, |facts| &facts.refused_upload_encryptions),
        other_upload_keys_refused: FromPolicy::new(&policy, |facts| &facts.other_upload_keys_refused),
    };
    Subject {
        kind: &KIND,
        arn: bucket.arn.clone(),
        name: bucket.name.clone(),
        region: bucket.region.present().cloned(),
        facts: Box::new(facts),
    }
}
