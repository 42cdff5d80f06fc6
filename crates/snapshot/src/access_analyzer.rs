//! IAM Access Analyzer.

use serde::{Deserialize, Serialize};

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
