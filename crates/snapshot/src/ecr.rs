//! Private ECR registries and repositories.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Observed;

/// The private registry of one region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registry {
    /// The region.
    pub region: String,
    /// Which images are scanned, how, and when.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub scanning: Observed<ScanningConfiguration>,
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
}
