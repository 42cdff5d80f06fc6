//! ECR repositories of an account description.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// A private ECR repository.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Repository {
    /// The name.
    pub name: String,
    /// The region; `us-east-1` if absent.
    pub region: String,
    /// The repository policy.
    pub policy: Option<Value>,
    /// Images are scanned when pushed.
    pub scan_on_push: bool,
    /// Tags can't be moved to other images.
    pub immutable_tags: bool,
    /// The lifecycle policy.
    pub lifecycle: Option<Value>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

impl Default for Repository {
    fn default() -> Self {
        Self {
            name: String::new(),
            region: "us-east-1".to_owned(),
            policy: None,
            scan_on_push: false,
            immutable_tags: false,
            lifecycle: None,
            tags: BTreeMap::new(),
        }
    }
}

/// A rule of a registry's scanning configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScanRule {
    /// `SCAN_ON_PUSH`, `CONTINUOUS_SCAN` or `MANUAL`.
    pub frequency: String,
    /// Wildcard filters on repository names.
    pub filters: Vec<String>,
}
