//! S3 Block Public Access: the four settings of an account, a bucket or an access point.

use serde::Deserialize;

/// A `PublicAccessBlockConfiguration`; "not configured" is four times false.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "AWS has four independent switches")]
pub struct BlockPublicAccess {
    /// Refuses new public ACLs. Existing ones stay in force.
    pub block_public_acls: bool,
    /// Takes public ACL grants out of evaluation.
    pub ignore_public_acls: bool,
    /// Refuses new public policies. Existing ones stay in force.
    pub block_public_policy: bool,
    /// While the policy is public, only AWS services and the owner's account keep access by it.
    pub restrict_public_buckets: bool,
}
