//! S3 Access Grants.

use serde::{Deserialize, Serialize};

use crate::{Observed, Paged};

/// What holds the access grants of a region ("Working with S3 Access Grants instances" in the S3 User Guide).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessGrantsInstance {
    /// Its ARN.
    pub arn: String,
    /// The region it is in.
    pub region: String,
    /// Its grants.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub grants: Observed<Paged<AccessGrant>>,
    /// The text of its resource policy as AWS returned it.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub policy: Observed<String>,
}

/// A grant (`ListAccessGrantEntry` in the S3 API Reference).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessGrant {
    /// Its id, unique within the instance.
    pub id: String,
    /// `IAM`, `DIRECTORY_USER` or `DIRECTORY_GROUP`.
    pub grantee_type: String,
    /// The ARN of a user or role, or the id that IAM Identity Center has for a user or group.
    pub grantee: String,
    /// `READ`, `WRITE` or `READWRITE`.
    pub permission: String,
    /// What it is about, such as `s3://reports/2026/*`; `s3://*` is every bucket of the region.
    pub scope: String,
}
