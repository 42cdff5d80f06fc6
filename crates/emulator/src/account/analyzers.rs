//! The analyzers of IAM Access Analyzer of an account description.

use serde::Deserialize;
use serde_json::Value;

/// An analyzer.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Analyzer {
    /// The name.
    pub name: String,
    /// The region; every one if empty.
    pub region: String,
    /// The type by its name in the API, such as `ACCOUNT_UNUSED_ACCESS`.
    #[serde(rename = "type")]
    pub analyzer_type: String,
    /// The status by its name in the API.
    pub status: String,
    /// The configuration in the shape of the API.
    pub configuration: Option<Value>,
    /// Its active findings in the shape of `ListFindings`.
    pub findings: Vec<Value>,
    /// Its archive rules in the shape of `ListArchiveRules`.
    pub archive_rules: Vec<Value>,
}

impl Default for Analyzer {
    fn default() -> Self {
        Self {
            name: String::new(),
            region: String::new(),
            analyzer_type: "ACCOUNT".to_owned(),
            status: "ACTIVE".to_owned(),
            configuration: None,
            findings: Vec::new(),
            archive_rules: Vec::new(),
        }
    }
}
