//! S3 general purpose buckets.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Observed;
use crate::account::BlockPublicAccess;

/// A bucket and its configuration. Every observed field is one piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// When it was created, if AWS says.
    pub created_at: Option<Timestamp>,
    /// The region it is in.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub region: Observed<String>,
    /// The policy's text as AWS returned it.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub policy: Observed<String>,
    /// The access control list.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub acl: Observed<AccessControlList>,
    /// The bucket's own Block Public Access; absent means four times false.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub public_access_block: Observed<BlockPublicAccess>,
    /// Object ownership; absent means that ACLs count (`ObjectWriter`).
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub object_ownership: Observed<ObjectOwnership>,
    /// Default encryption.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub encryption: Observed<Encryption>,
    /// Versioning; absent means it was never switched on.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub versioning: Observed<Versioning>,
    /// Server access logging; absent means off.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub logging: Observed<Logging>,
    /// Cross-origin resource sharing.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub cors: Observed<Vec<CorsRule>>,
}

/// A bucket's access control list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessControlList {
    /// The canonical id of the owner, if AWS says.
    pub owner_id: Option<String>,
    /// The grants in AWS's order.
    pub grants: Vec<Grant>,
}

/// A grant of an access control list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Who gets it.
    pub grantee: Grantee,
    /// `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP` or `FULL_CONTROL`.
    pub permission: String,
}

/// Who gets a grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Grantee {
    /// An account, by canonical user id.
    CanonicalUser(String),
    /// A predefined group, by URI.
    Group(String),
    /// An account, by e-mail address.
    Email(String),
}

/// Who owns the objects of a bucket ("Controlling ownership of objects" in the S3 User Guide).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ObjectOwnership {
    /// ACLs are off; the bucket's owner owns everything.
    BucketOwnerEnforced,
    /// ACLs count; objects written with `bucket-owner-full-control` belong to the bucket's owner.
    BucketOwnerPreferred,
    /// ACLs count; who writes an object owns it.
    ObjectWriter,
}

/// A bucket's default encryption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Encryption {
    /// The rules; AWS allows one.
    pub rules: Vec<EncryptionRule>,
}

/// A rule of default encryption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncryptionRule {
    /// `AES256`, `aws:kms` or `aws:kms:dsse`; empty where the rule sets none.
    pub algorithm: Option<String>,
    /// The KMS key, if named.
    pub kms_key_id: Option<String>,
    /// Whether a bucket key is used.
    pub bucket_key_enabled: bool,
}

/// A bucket's versioning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Versioning {
    /// On or suspended.
    pub status: VersioningStatus,
    /// Whether deleting a version needs MFA.
    pub mfa_delete: bool,
}

/// The state of versioning once it has been switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum VersioningStatus {
    /// New versions are kept.
    Enabled,
    /// No new versions are kept.
    Suspended,
}

/// Server access logging.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logging {
    /// The bucket that gets the logs.
    pub target_bucket: String,
    /// The prefix of their keys.
    pub target_prefix: String,
}

/// A rule of cross-origin resource sharing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorsRule {
    /// Its id, if it has one.
    pub id: Option<String>,
    /// The origins that may ask.
    pub allowed_origins: Vec<String>,
    /// The methods they may use.
    pub allowed_methods: Vec<String>,
    /// The headers they may send.
    pub allowed_headers: Vec<String>,
    /// The headers they may see.
    pub expose_headers: Vec<String>,
    /// For how many seconds a preflight answer is kept.
    pub max_age_seconds: Option<i32>,
}
