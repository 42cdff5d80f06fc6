//! Amazon ECR Public, which an account has once and not per region.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Observed, Tag};

/// A public repository (`DescribeRepositories` in the ECR Public API Reference).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicRepository {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// When it was created, if AWS says.
    pub created_at: Option<Timestamp>,
    /// The policy's text as AWS returned it.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub policy: Observed<String>,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub tags: Observed<Vec<Tag>>,
}
