//! Private repositories.

use jiff::Timestamp;
use palisade_snapshot::RecordKind;

use super::{LifecycleRule, RepositoryExposure, ScanFrequency};
use crate::{Kind, Known, Lazy, facts};

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
        exposure: Lazy<RepositoryExposure>, reads [RepositoryPolicy];
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
};
