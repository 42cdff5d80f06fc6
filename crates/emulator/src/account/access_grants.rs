//! S3 Access Grants of an account description.

use serde::Deserialize;
use serde_json::Value;

/// The access grants of a region.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccessGrants {
    /// The region.
    pub region: String,
    /// The grants.
    pub grants: Vec<AccessGrant>,
    /// The resource policy.
    pub policy: Option<Value>,
}

/// A grant, by the names of `ListAccessGrants` in the S3 API Reference.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessGrant {
    /// `AccessGrantId`.
    pub id: String,
    /// `GranteeType`.
    pub grantee_type: String,
    /// `GranteeIdentifier`.
    pub grantee: String,
    /// `Permission`.
    pub permission: String,
    /// `GrantScope`.
    pub scope: String,
}
