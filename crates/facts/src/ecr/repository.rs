//! Private repositories.

use std::sync::Arc;

use jiff::Timestamp;
use palisade_snapshot::{Evidence, RecordKind, Repository as Record};

use super::registry::Scanning;
use super::{LifecycleRule, RepositoryExposure, ScanFrequency, lifecycle};
use crate::context::Context;
use crate::{Kind, Known, Lazy, Subject, facts};

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
        /// Whether it has a policy.
        has_policy: Known<bool>, reads [RepositoryPolicy];
        /// What every AWS account can do with it.
        exposure: Lazy<RepositoryExposure>, reads [RepositoryPolicy, ResourceControlPolicies];
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
        lifecycle_rules: Known<Vec<LifecycleRule>>, reads [RepositoryLifecyclePolicy];
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
    subjects: |_| Vec::new(),
    hidden: super::in_other_regions,
};

/// A repository.
pub(crate) fn subject(context: &Arc<Context>, repository: &Record) -> Subject {
    let scanning = Scanning::in_region(context, &repository.region);
    let facts = Repository {
        arn: repository.arn.clone(),
        name: repository.name.clone(),
        region: repository.region.clone(),
        created_at: repository.created_at,
        has_policy: Known::observed(&repository.policy, Evidence::RepositoryPolicy, || false, |_| true),
        exposure: RepositoryExposure::of(context, repository),
        scan_on_push: repository.scan_on_push,
        scan_frequency: scanning
            .map(|scanning| scanning.frequency(&repository.name, repository.scan_on_push)),
        tag_mutability: repository.tag_mutability.clone(),
        tag_mutability_exclusions: repository.tag_mutability_exclusions.clone(),
        encryption_type: repository.encryption_type.clone(),
        kms_key: repository.kms_key.clone(),
        lifecycle_rules: lifecycle::rules(&repository.lifecycle_policy),
    };
    Subject {
        kind: &KIND,
        arn: repository.arn.clone(),
        name: repository.name.clone(),
        region: Some(repository.region.clone()),
        facts: Box::new(facts),
    }
}
