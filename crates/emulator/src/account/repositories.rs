//! ECR registries and repositories of an account description.

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
    /// Patterns of tags that can be moved all the same.
    pub mutable_tags: Vec<String>,
    /// The images; the emulator can't hold their ages and scans, so the proxy answers for them.
    pub images: Vec<Image>,
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
            mutable_tags: Vec::new(),
            images: Vec::new(),
            lifecycle: None,
            tags: BTreeMap::new(),
        }
    }
}

/// An image of a repository.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Image {
    /// Its tags.
    pub tags: Vec<String>,
    /// Days since it was pushed.
    pub pushed_days: i64,
    /// Days since it was pulled; none = AWS recorded no pull.
    pub pulled_days: Option<i64>,
    /// Its scan; none = it was never scanned.
    pub scan: Option<Scan>,
}

/// The scan of an image.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scan {
    /// Such as `COMPLETE`.
    pub status: String,
    /// Days since it was completed.
    #[serde(default)]
    pub completed_days: i64,
    /// The number of findings by severity, such as `CRITICAL`.
    #[serde(default)]
    pub findings: BTreeMap<String, u64>,
}

/// The private registry of a region.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Registry {
    /// Its policy; the emulator refuses those of scope V2, so the proxy answers with it.
    pub policy: Option<Value>,
    /// `V1` or `V2`; V2 if absent.
    pub policy_scope: Option<String>,
    /// Where images are replicated to.
    pub replication: Vec<Replication>,
    /// Pull-through cache rules, as AWS answers them.
    pub pull_through_cache_rules: Vec<Value>,
    /// Creation templates, as AWS answers them.
    pub creation_templates: Vec<Value>,
}

/// Where images are replicated to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replication {
    /// The region.
    pub region: String,
    /// The account; the same one if absent.
    #[serde(default)]
    pub account: Option<String>,
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
