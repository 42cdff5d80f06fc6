//! Replication of a bucket ("ReplicationConfiguration" in the Amazon S3 API Reference).

use serde::{Deserialize, Serialize};

/// Where the objects of a bucket are copied to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replication {
    /// The ARN of the role that S3 assumes to copy.
    pub role: String,
    /// The rules in AWS's order.
    pub rules: Vec<ReplicationRule>,
}

/// A replication rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplicationRule {
    /// Its id, if it has one.
    pub id: Option<String>,
    /// Whether its status is `Enabled`.
    pub enabled: bool,
    /// The ARN of the bucket that gets the copies.
    pub destination_bucket: String,
    /// The account that owns that bucket, where the rule names it.
    pub destination_account: Option<String>,
    /// Whether objects encrypted with KMS keys are copied too.
    pub kms_encrypted_objects: bool,
    /// The KMS key that the copies are encrypted with, where the rule names one.
    pub replica_kms_key: Option<String>,
}
