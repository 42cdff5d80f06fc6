//! Private repositories.

use std::iter;
use std::sync::Arc;

use jiff::Timestamp;
use palisade_snapshot::{Evidence, RecordKind, Repository as Record};

use super::lifecycle::LifecycleBacklog;
use super::registry::Scanning;
use super::{
    AlikeRepositories, FromLifecycle, FromPolicy, ImageScan, IneffectiveRule, LifecycleRule,
    RepositoryExposure, RepositoryImages, Retention, ScanFrequency, images,
};
use crate::clock::days_since;
use crate::context::Context;
use crate::iam::Tag;
use crate::{Kind, Known, PolicyStatement, SharedAccess, Subject, facts};

facts! {
    /// A private ECR repository.
    pub struct Repository as "ecr.repository" {
        /// Its ARN.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// The region it is in.
        region: String, reads [];
        /// When it was created; null if AWS did not say.
        created_at: Option<Timestamp>, reads [];
        /// Its age in days; null if AWS did not say.
        age_days: Option<i64>, reads [];
        /// Whether it has a policy.
        has_policy: Known<bool>, reads [RepositoryPolicy];
        /// What every AWS account can do with it, by its own policy and the registry's.
        exposure: FromPolicy<RepositoryExposure>, reads [RepositoryPolicy, RegistryPolicy, RegistryPolicyScope, ResourceControlPolicies];
        /// The statements of its policy that allow something.
        policy_statements: FromPolicy<Known<Vec<PolicyStatement>>>, reads [RepositoryPolicy];
        /// Whom outside the account its policy lets in by name.
        shared_with: FromPolicy<Known<Vec<SharedAccess>>>, reads [RepositoryPolicy, RegistryPolicy, RegistryPolicyScope, ResourceControlPolicies];
        /// The repository's own setting. The registry's rules go before it: judge `scan_frequency`.
        scan_on_push: bool, reads [];
        /// When its images are scanned, by the registry's rules and its own setting.
        scan_frequency: Known<ScanFrequency>, reads [RegistryScanning];
        /// `MUTABLE`, `IMMUTABLE`, `MUTABLE_WITH_EXCLUSION` or `IMMUTABLE_WITH_EXCLUSION`.
        tag_mutability: String, reads [];
        /// The tag patterns that `tag_mutability` excludes.
        tag_mutability_exclusions: Vec<String>, reads [];
        /// `AES256`, `KMS` or `KMS_DSSE`.
        encryption_type: String, reads [];
        /// The KMS key; null if none is named.
        kms_key: Option<String>, reads [];
        /// The rules of its lifecycle policy; empty without one.
        lifecycle_rules: FromLifecycle<Vec<LifecycleRule>>, reads [RepositoryLifecyclePolicy];
        /// What its lifecycle policy does with images of certain kinds, worked out for made-up ones.
        retentions: FromLifecycle<Vec<Retention>>, reads [RepositoryLifecyclePolicy];
        /// The rules of its lifecycle policy that never do anything.
        ineffective_lifecycle_rules: FromLifecycle<Vec<IneffectiveRule>>, reads [RepositoryLifecyclePolicy];
        /// The images that its lifecycle policy should have expired and that are still there.
        lifecycle_backlog: Known<LifecycleBacklog>, reads [RepositoryLifecyclePolicy, RepositoryImages];
        /// Its tags.
        tags: Known<Vec<Tag>>, reads [RepositoryTags];
        /// What it holds.
        images: Known<RepositoryImages>, reads [RepositoryImages];
        /// The scan of the newest image; null if it was never scanned.
        latest_scan: Known<Option<ImageScan>>, reads [LatestImageScan];
    }
}

/// Private repositories.
pub static KIND: Kind = Kind {
    name: "ecr.repository",
    variable: "repository",
    object: &Repository::OBJECT,
    listings: &[RecordKind::Repository],
    reads: &[],
    wildcard_arn: |shared| {
        format!("arn:{}:ecr:*:{}:repository/*", shared.header.partition, shared.header.account_id)
    },
    subjects: |_| Box::new(iter::empty()),
    hidden: super::in_other_regions,
};

/// A repository.
pub(crate) fn subject(context: &Arc<Context>, alike: &AlikeRepositories, repository: &Record) -> Subject {
    let scanning = Scanning::in_region(context, &repository.region);
    let lifecycle = alike.lifecycle_facts(&repository.lifecycle_policy);
    let policy = alike.policy_facts(context, repository);
    let facts = Repository {
        arn: repository.arn.clone(),
        name: repository.name.clone(),
        region: repository.region.clone(),
        created_at: repository.created_at,
        age_days: repository.created_at.map(|time| days_since(time, context.now())),
        has_policy: Known::observed(&repository.policy, Evidence::RepositoryPolicy, || false, |_| true),
        exposure: FromPolicy::new(&policy, |facts| &facts.exposure),
        scan_on_push: repository.scan_on_push,
        scan_frequency: scanning
            .map(|scanning| scanning.frequency(&repository.name, repository.scan_on_push)),
        tag_mutability: repository.tag_mutability.clone(),
        tag_mutability_exclusions: repository.tag_mutability_exclusions.clone(),
        encryption_type: repository.encryption_type.clone(),
        kms_key: repository.kms_key.clone(),
        lifecycle_rules: FromLifecycle::new(&lifecycle, |facts| &facts.rules),
        retentions: FromLifecycle::new(&lifecycle, |facts| &facts.retentions),
        ineffective_lifecycle_rules: FromLifecycle::new(&lifecycle, |facts| &facts.ineffective),
        lifecycle_backlog: lifecycle.policy.backlog(&repository.images, context.now()),
        policy_statements: FromPolicy::new(&policy, |facts| &facts.policy_statements),
        shared_with: FromPolicy::new(&policy, |facts| &facts.shared_with),
        tags: Known::observed(&repository.tags, Evidence::RepositoryTags, Vec::new, |tags| Tag::list(tags)),
        images: images::images(repository, context.now()),
        latest_scan: images::latest_scan(repository, context.now()),
    };
    Subject {
        kind: &KIND,
        arn: repository.arn.clone(),
        name: repository.name.clone(),
        region: Some(repository.region.clone()),
        facts: Box::new(facts),
    }
}
