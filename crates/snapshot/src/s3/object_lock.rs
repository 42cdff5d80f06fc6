//! Object Lock of a bucket ("ObjectLockConfiguration" in the Amazon S3 API Reference).

use serde::{Deserialize, Serialize};

/// A bucket's Object Lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectLock {
    /// Whether it is enabled.
    pub enabled: bool,
    /// How long new objects are kept if nothing else is said, if at all.
    pub default_retention: Option<DefaultRetention>,
}

/// How long new objects are kept: AWS sets either days or years.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultRetention {
    /// `GOVERNANCE` or `COMPLIANCE`.
    pub mode: String,
    /// The days.
    pub days: Option<i32>,
    /// The years.
    pub years: Option<i32>,
}
