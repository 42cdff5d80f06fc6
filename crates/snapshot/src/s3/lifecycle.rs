//! Lifecycle rules of a bucket ("LifecycleRule" in the Amazon S3 API Reference).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Tag;

/// A lifecycle rule of a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifecycleRule {
    /// Its id, if it has one.
    pub id: Option<String>,
    /// Whether its status is `Enabled`.
    pub enabled: bool,
    /// The objects that it is for.
    pub filter: LifecycleFilter,
    /// When current versions expire, if they do.
    pub expiration: Option<Expiration>,
    /// When current versions move to another storage class.
    pub transitions: Vec<Transition>,
    /// When noncurrent versions expire, if they do.
    pub noncurrent_expiration: Option<NoncurrentExpiration>,
    /// When noncurrent versions move to another storage class.
    pub noncurrent_transitions: Vec<NoncurrentTransition>,
    /// After how many days an incomplete multipart upload is aborted, if ever.
    pub abort_multipart_days: Option<i32>,
}

/// The objects that a lifecycle rule is for: those that meet everything that is set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifecycleFilter {
    /// What their keys begin with; empty for every key.
    pub prefix: String,
    /// The tags that they carry.
    pub tags: Vec<Tag>,
    /// They are larger than this, in bytes.
    pub larger_than: Option<i64>,
    /// They are smaller than this, in bytes.
    pub smaller_than: Option<i64>,
}

/// When current versions expire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expiration {
    /// So many days after they were created.
    pub days: Option<i32>,
    /// From this moment on.
    pub date: Option<Timestamp>,
    /// Whether delete markers without versions are removed.
    pub expired_delete_markers: bool,
}

/// When current versions move to another storage class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// So many days after they were created.
    pub days: Option<i32>,
    /// From this moment on.
    pub date: Option<Timestamp>,
    /// The storage class, such as `GLACIER`.
    pub storage_class: String,
}

/// When noncurrent versions expire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoncurrentExpiration {
    /// So many days after they became noncurrent.
    pub days: Option<i32>,
    /// How many of the newest are kept nevertheless.
    pub newer_versions_kept: Option<i32>,
}

/// When noncurrent versions move to another storage class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoncurrentTransition {
    /// So many days after they became noncurrent.
    pub days: Option<i32>,
    /// How many of the newest stay where they are.
    pub newer_versions_kept: Option<i32>,
    /// The storage class, such as `GLACIER`.
    pub storage_class: String,
}
