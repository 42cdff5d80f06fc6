//! S3 general purpose buckets.

mod access_grants;
mod access_point;
mod directory;
mod lifecycle;
mod notification;
mod object_lock;
mod replication;
mod website;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::account::BlockPublicAccess;
use crate::{Observed, Tag};

pub use access_grants::{AccessGrant, AccessGrantsInstance};
pub use access_point::{AccessPoint, MultiRegionAccessPoint, MultiRegionBucket, ObjectLambdaAccessPoint};
pub use directory::BucketEntry;
pub use lifecycle::{
    Expiration, LifecycleFilter, LifecycleRule, NoncurrentExpiration, NoncurrentTransition, Transition,
};
pub use notification::{Notification, NotificationDestination};
pub use object_lock::{DefaultRetention, ObjectLock};
pub use replication::{Replication, ReplicationRule};
pub use website::{Redirect, Website};

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
    /// Whether AWS calls the policy public; absent without a policy.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub policy_is_public: Observed<bool>,
    /// The lifecycle rules.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub lifecycle: Observed<Vec<LifecycleRule>>,
    /// Static website hosting.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub website: Observed<Website>,
    /// Replication to other buckets.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub replication: Observed<Replication>,
    /// Object Lock.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub object_lock: Observed<ObjectLock>,
    /// The tags.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub tags: Observed<Vec<Tag>>,
    /// Event notifications; absent means that nobody is told.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub notification: Observed<Notification>,
    /// Who pays for requests and downloads.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub payer: Observed<Payer>,
}

impl Bucket {
    /// A bucket as it was listed: nothing else was asked yet.
    #[must_use]
    pub fn listed(arn: String, name: String, created_at: Option<Timestamp>) -> Self {
        Self {
            arn,
            name,
            created_at,
            region: Observed::default(),
            policy: Observed::default(),
            acl: Observed::default(),
            public_access_block: Observed::default(),
            object_ownership: Observed::default(),
            encryption: Observed::default(),
            versioning: Observed::default(),
            logging: Observed::default(),
            cors: Observed::default(),
            policy_is_public: Observed::default(),
            lifecycle: Observed::default(),
            website: Observed::default(),
            replication: Observed::default(),
            object_lock: Observed::default(),
            tags: Observed::default(),
            notification: Observed::default(),
            payer: Observed::default(),
        }
    }
}

/// Who pays for the requests and downloads of a bucket ("Requester Pays" in the S3 User Guide).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Payer {
    /// Its owner, as AWS makes a bucket.
    BucketOwner,
    /// Who asks; nobody can ask unsigned, and logs are not delivered there.
    Requester,
}

/// A bucket's access control list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessControlList {
    /// The canonical id of the owner, if AWS says.
    pub owner_id: Option<String>,
    /// The grants in AWS's order.
    pub grants: Vec<Grant>,
}

/// A grant of an access control list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Who gets it.
    pub grantee: Grantee,
    /// `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP` or `FULL_CONTROL`.
    pub permission: String,
}

/// Who gets a grant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    /// The kinds of encryption that uploads may not ask for, such as `SSE-C`; `NONE` where that was lifted.
    /// Absent where AWS names none.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub blocked_types: Observed<Vec<String>>,
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
