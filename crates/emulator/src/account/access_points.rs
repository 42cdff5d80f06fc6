//! S3 access points of an account description.

use serde::Deserialize;
use serde_json::Value;

use super::BlockPublicAccess;

/// An access point of a bucket in `us-east-1`, the one region in which moto has them. What is absent is as AWS
/// makes one.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccessPoint {
    /// The name.
    pub name: String,
    /// The bucket.
    pub bucket: String,
    /// The VPC that it takes requests from; the internet if absent.
    pub vpc: Option<String>,
    /// Block Public Access; all four if absent.
    pub public_access_block: BlockPublicAccess,
    /// The policy.
    pub policy: Option<Value>,
    /// Whether AWS calls the policy public.
    pub public: bool,
}

impl Default for AccessPoint {
    fn default() -> Self {
        Self {
            name: String::new(),
            bucket: String::new(),
            vpc: None,
            public_access_block: BlockPublicAccess::All,
            policy: None,
            public: false,
        }
    }
}

/// A Multi-Region Access Point.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MultiRegionAccessPoint {
    /// The name.
    pub name: String,
    /// The buckets behind it.
    pub buckets: Vec<String>,
    /// Block Public Access; all four if absent.
    pub public_access_block: BlockPublicAccess,
    /// The policy.
    pub policy: Option<Value>,
}

impl Default for MultiRegionAccessPoint {
    fn default() -> Self {
        Self {
            name: String::new(),
            buckets: Vec::new(),
            public_access_block: BlockPublicAccess::All,
            policy: None,
        }
    }
}

/// An S3 Object Lambda access point.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ObjectLambdaAccessPoint {
    /// The name.
    pub name: String,
    /// The region.
    pub region: String,
    /// Block Public Access; all four if absent.
    pub public_access_block: BlockPublicAccess,
    /// The policy.
    pub policy: Option<Value>,
}

impl Default for ObjectLambdaAccessPoint {
    fn default() -> Self {
        Self {
            name: String::new(),
            region: String::new(),
            public_access_block: BlockPublicAccess::All,
            policy: None,
        }
    }
}
