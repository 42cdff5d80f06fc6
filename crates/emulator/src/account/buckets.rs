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
    /// Versioning: `Enabled` or `Suspended`; never switched on if absent.
    pub versioning: Option<String>,
    /// The bucket that receives the access log.
    pub logging_to: Option<String>,
    /// Cross-origin resource sharing rules.
    pub cors: Vec<CorsRule>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

impl Default for Bucket {
    fn default() -> Self {
        Self {
            name: String::new(),
            region: "us-east-1".to_owned(),
            policy: None,
            acl: None,
            open_to_everyone: Vec::new(),
            public_access_block: BlockPublicAccess::All,
            ownership: "BucketOwnerEnforced".to_owned(),
            encryption: "AES256".to_owned(),
            versioning: None,
            logging_to: None,
            cors: Vec::new(),
            tags: BTreeMap::new(),
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
