//! IAM Access Analyzer.

use serde::{Deserialize, Serialize};

use crate::{Observed, Paged};

/// An analyzer (`AnalyzerSummary` in the IAM Access Analyzer API Reference).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Analyzer {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The region it is in.
    pub region: String,
    /// What it looks for, and where, such as `ACCOUNT` or `ORGANIZATION_UNUSED_ACCESS`.
    pub analyzer_type: String,
    /// `ACTIVE`, `CREATING`, `DISABLED` or `FAILED`.
    pub status: String,
    /// The days after which it calls access unused; none where it doesn't look for unused access.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unused_access_age: Option<i64>,
    /// The resources to which it looks for access from inside; empty where it doesn't.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub internal_access: Vec<InternalAccessCriteria>,
    /// What it found open to strangers among the account's own resources, by resource; absent where it looks for other
    /// access.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub findings: Observed<Paged<ExternalAccess>>,
    /// Which findings it archives by itself; absent where it looks for other access.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub archive_rules: Observed<Paged<ArchiveRule>>,
}

/// A resource with active findings of an analyzer of external access (`ListFindings` in the IAM Access Analyzer API
/// Reference).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExternalAccess {
    /// The resource's ARN.
    pub resource: String,
    /// Its type, such as `AWS::S3::Bucket`.
    pub resource_type: String,
    /// Whether a finding says that anybody can reach it.
    pub public: bool,
    /// How many active findings there are about it.
    pub findings: u64,
}

/// A rule by which an analyzer archives new findings (`ArchiveRuleSummary` in the same reference).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchiveRule {
    /// Its name.
    pub name: String,
    /// What a finding has to be like, all at once, by property.
    pub criteria: Vec<ArchiveCriterion>,
}

/// What one property of a finding has to be like.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchiveCriterion {
    /// The property, such as `resourceType` or `principal.AWS`.
    pub property: String,
    /// It is one of these; empty if that is not asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub equal: Vec<String>,
    /// It is none of these; empty if that is not asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_equal: Vec<String>,
    /// It has one of these in it; empty if that is not asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contains: Vec<String>,
    /// Whether it is there; none if that is not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exists: Option<bool>,
}

/// Which resources an analyzer of internal access looks at; each list that is empty leaves all in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InternalAccessCriteria {
    /// The accounts they are in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub account_ids: Vec<String>,
    /// Their types, such as `AWS::S3::Bucket`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resource_types: Vec<String>,
    /// Their ARNs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resource_arns: Vec<String>,
}
