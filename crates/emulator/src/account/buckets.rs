//! S3 buckets of an account description.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// An S3 bucket. What is absent is as AWS makes a bucket since April 2023.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bucket {
    /// The name.
    pub name: String,
    /// The region; `us-east-1` if absent.
    pub region: String,
    /// How many days before the account was filled it was made; none = then.
    pub age_days: Option<i64>,
    /// The bucket policy.
    pub policy: Option<Value>,
    /// A canned ACL, such as `public-read`.
    pub acl: Option<String>,
    /// What an ACL in place of a canned one lets everyone do. moto tells only the first permission of
    /// `public-read-write`, so several are named here.
    pub open_to_everyone: Vec<Permission>,
    /// Block Public Access; all four if absent.
    pub public_access_block: BlockPublicAccess,
    /// Object ownership: `BucketOwnerEnforced` if absent; `none` = no ownership controls.
    pub ownership: String,
    /// The default encryption: `AES256` if absent; `none` = none, as before 2023.
    pub encryption: String,
    /// The KMS key of the default encryption.
    pub kms_key: Option<String>,
    /// Versioning: `Enabled` or `Suspended`; never switched on if absent.
    pub versioning: Option<String>,
    /// The bucket that receives the access log.
    pub logging_to: Option<String>,
    /// Cross-origin resource sharing rules.
    pub cors: Vec<CorsRule>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// Whether uploads with keys of the customer's own are refused, as AWS makes a bucket since April 2026.
    pub sse_c_blocked: bool,
    /// Lifecycle rules.
    pub lifecycle: Vec<LifecycleRule>,
    /// Static website hosting.
    pub website: Option<Website>,
    /// The ARNs of the buckets that get copies.
    pub replicates_to: Vec<Replica>,
    /// Object Lock, which only a bucket with versioning can have.
    pub object_lock: Option<ObjectLock>,
    /// The ARNs of the topics, queues and functions that are told of every new object.
    pub notifies: Vec<String>,
    /// Whether who asks pays.
    pub requester_pays: bool,
}

impl Default for Bucket {
    fn default() -> Self {
        Self {
            name: String::new(),
            region: "us-east-1".to_owned(),
            age_days: None,
            policy: None,
            acl: None,
            open_to_everyone: Vec::new(),
            public_access_block: BlockPublicAccess::All,
            ownership: "BucketOwnerEnforced".to_owned(),
            encryption: "AES256".to_owned(),
            kms_key: None,
            versioning: None,
            logging_to: None,
            cors: Vec::new(),
            tags: BTreeMap::new(),
            sse_c_blocked: true,
            lifecycle: Vec::new(),
            website: None,
            replicates_to: Vec::new(),
            object_lock: None,
            notifies: Vec::new(),
            requester_pays: false,
        }
    }
}

/// What a grant of an ACL permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Permission {
    /// Listing the bucket.
    Read,
    /// Creating, overwriting and deleting objects.
    Write,
    /// Reading the ACL.
    ReadAcp,
    /// Writing the ACL.
    WriteAcp,
}

/// Block Public Access settings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockPublicAccess {
    /// All four.
    All,
    /// Never configured.
    #[default]
    None,
    /// Only these two, which refuse new grants and leave old ones.
    OnlyBlock,
    /// Only these two, which neutralise grants that exist.
    OnlyNeutralise,
}

impl BlockPublicAccess {
    /// `BlockPublicAcls` and `BlockPublicPolicy`.
    pub(crate) fn blocks(&self) -> bool {
        matches!(self, Self::All | Self::OnlyBlock)
    }

    /// `IgnorePublicAcls` and `RestrictPublicBuckets`.
    pub(crate) fn neutralises(&self) -> bool {
        matches!(self, Self::All | Self::OnlyNeutralise)
    }
}

/// One rule of a CORS configuration.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CorsRule {
    /// `AllowedOrigins`.
    pub origins: Vec<String>,
    /// `AllowedMethods`.
    pub methods: Vec<String>,
    /// `AllowedHeaders`.
    pub headers: Vec<String>,
    /// `ExposeHeaders`.
    pub expose_headers: Vec<String>,
    /// `MaxAgeSeconds`.
    pub max_age_seconds: Option<i32>,
}

/// One lifecycle rule.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LifecycleRule {
    /// What the keys begin with; every key if absent.
    pub prefix: String,
    /// Whether it is switched off.
    pub disabled: bool,
    /// After how many days objects expire.
    pub expire_days: Option<i32>,
    /// After how many days noncurrent versions expire.
    pub noncurrent_days: Option<i32>,
    /// After how many days incomplete multipart uploads are aborted.
    pub abort_multipart_days: Option<i32>,
}

/// Static website hosting: an index document, or a redirect of every request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Website {
    /// The index document.
    pub index: Option<String>,
    /// The host that every request is sent to.
    pub redirect_to: Option<String>,
    /// `http` or `https` for that redirect.
    pub protocol: Option<String>,
}

/// Where copies go.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Replica {
    /// The ARN of the bucket.
    pub bucket: String,
    /// The account that owns it, if the rule says so.
    pub account: Option<String>,
    /// Whether the rule is switched off.
    pub disabled: bool,
}

/// Object Lock with its default retention.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ObjectLock {
    /// `GOVERNANCE` or `COMPLIANCE`; no default retention if absent.
    pub mode: Option<String>,
    /// The days of the default retention.
    pub days: Option<i32>,
}
