//! Private ECR registries and repositories.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Observed, Paged, Tag, Unreadable};

/// The private registry of one region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registry {
    /// The region.
    pub region: String,
    /// Whether a repository was listed in it. Where none is, only a registry with a policy has a record.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub has_repositories: bool,
    /// Which images are scanned, how, and when.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub scanning: Observed<ScanningConfiguration>,
    /// The registry policy's text as AWS returned it.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub policy: Observed<String>,
    /// Which actions the policy is about: `V1` or `V2`.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub policy_scope: Observed<String>,
    /// Where images are replicated to; empty if nowhere.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub replication: Observed<Vec<RegistryReplicationRule>>,
    /// From which registries images are pulled through.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub pull_through_cache_rules: Observed<Paged<PullThroughCacheRule>>,
    /// The settings of repositories that ECR creates by itself.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub creation_templates: Observed<Paged<CreationTemplate>>,
}

/// Registries had a record only where there were repositories, before they said whether there are any.
fn yes() -> bool {
    true
}

/// Where images are replicated to (`DescribeRegistry`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistryReplicationRule {
    /// The registries.
    pub destinations: Vec<ReplicationDestination>,
    /// Which repositories it is for; none means all.
    pub repository_filters: Vec<RepositoryFilter>,
}

/// A registry that images are replicated to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplicationDestination {
    /// Its region.
    pub region: String,
    /// The account it belongs to.
    pub registry_id: String,
}

/// A rule that makes images of another registry available through this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PullThroughCacheRule {
    /// The prefix of the repositories that hold the images; `ROOT` is every name.
    pub prefix: String,
    /// The other registry's address.
    pub upstream_url: String,
    /// Which kind of registry it is, such as `docker-hub` or `ecr`; older rules don't say.
    pub upstream_registry: Option<String>,
    /// The prefix of the repositories there, where it is another registry of ECR.
    pub upstream_prefix: Option<String>,
    /// The secret with the credentials for it.
    pub credential_arn: Option<String>,
}

/// The settings of repositories that ECR creates by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreationTemplate {
    /// The prefix of their names; `ROOT` is every name without a template of its own.
    pub prefix: String,
    /// What creates them: `PULL_THROUGH_CACHE`, `REPLICATION`, `CREATE_ON_PUSH`.
    pub applied_for: Vec<String>,
    /// As of a repository.
    pub tag_mutability: String,
    /// `AES256`, `KMS` or `KMS_DSSE`.
    pub encryption_type: String,
    /// The KMS key, if named.
    pub kms_key: Option<String>,
    /// The text of the policy they get, if any.
    pub policy: Option<String>,
    /// The text of the lifecycle policy they get, if any.
    pub lifecycle_policy: Option<String>,
}

/// A registry's image scanning rules (`GetRegistryScanningConfiguration`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScanningConfiguration {
    /// `BASIC` or `ENHANCED`.
    pub scan_type: String,
    /// The rules in AWS's order.
    pub rules: Vec<RegistryScanningRule>,
}

/// A scanning rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistryScanningRule {
    /// `SCAN_ON_PUSH`, `CONTINUOUS_SCAN` or `MANUAL`.
    pub scan_frequency: String,
    /// Which repositories it is for.
    pub repository_filters: Vec<RepositoryFilter>,
}

/// Which repositories a scanning rule is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepositoryFilter {
    /// The pattern.
    pub filter: String,
    /// `WILDCARD`.
    pub filter_type: String,
}

/// A private repository and its configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repository {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The region it is in.
    pub region: String,
    /// When it was created, if AWS says.
    pub created_at: Option<Timestamp>,
    /// The repository's own scan-on-push setting; registry rules go before it.
    pub scan_on_push: bool,
    /// `MUTABLE`, `IMMUTABLE`, `MUTABLE_WITH_EXCLUSION` or `IMMUTABLE_WITH_EXCLUSION`.
    pub tag_mutability: String,
    /// The tag patterns that the exclusions are for.
    pub tag_mutability_exclusions: Vec<String>,
    /// `AES256`, `KMS` or `KMS_DSSE`.
    pub encryption_type: String,
    /// The KMS key, if named.
    pub kms_key: Option<String>,
    /// The policy's text as AWS returned it.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub policy: Observed<String>,
    /// The lifecycle policy's text as AWS returned it.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub lifecycle_policy: Observed<String>,
    /// The tags.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub tags: Observed<Vec<Tag>>,
    /// What it holds, in figures.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub images: Observed<ImageSummary>,
    /// The scan of the newest image; null if it was never scanned, or if there is no image.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub latest_scan: Observed<ImageScan>,
}

/// What a repository holds (`DescribeImages`). Single images are not kept: there may be thousands.
///
/// Signatures, attestations, charts and other artifacts are counted apart from images.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageSummary {
    /// How many images there are, indexes of several platforms included.
    pub images: u64,
    /// How many of them are indexes.
    pub indexes: u64,
    /// How many images have no tag. Those that an index points to have none either.
    pub untagged: u64,
    /// How many artifacts there are that are no images.
    pub artifacts: u64,
    /// The image that was pushed last.
    pub newest: Option<Image>,
    /// When an image was last pulled, as far as AWS recorded it.
    pub last_pulled_at: Option<Timestamp>,
    /// The tagged image, archived ones aside, that nobody has pushed or pulled for the longest time.
    pub most_idle: Option<Image>,
    /// Those that have been there for the longest time; older snapshots do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest: Option<OldestImages>,
    /// Why there may be more images than were counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<Unreadable>,
}

/// The images of a repository that have been there for the longest time, archived ones aside.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OldestImages {
    /// How many images there are that are not archived, those that are not listed here included.
    pub count: u64,
    /// The first of them by [`Image::standing_since`], in that order.
    pub first: Vec<Image>,
}

/// An image of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// Its digest.
    pub digest: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// When it was pushed.
    pub pushed_at: Timestamp,
    /// When it was last pulled, if AWS recorded it.
    pub last_pulled_at: Option<Timestamp>,
    /// Whether it is an index, which points to the images of several platforms.
    pub index: bool,
    /// `ACTIVE`, `ARCHIVED` or `ACTIVATING`, if AWS says.
    pub status: Option<String>,
    /// When it was last restored from the archive, if ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activated_at: Option<Timestamp>,
}

impl Image {
    /// Since when it has been there: since it was pushed, or restored from the archive.
    #[must_use]
    pub fn standing_since(&self) -> Timestamp {
        self.activated_at.map_or(self.pushed_at, |activated| activated.max(self.pushed_at))
    }
}

/// The scan of an image (`DescribeImageScanFindings`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageScan {
    /// Such as `COMPLETE`, `ACTIVE` or `FAILED`.
    pub status: String,
    /// When the scan was completed, if AWS says.
    pub completed_at: Option<Timestamp>,
    /// How many findings there are of each severity, such as `CRITICAL`.
    pub severity_counts: BTreeMap<String, u64>,
}
