//! Access points of buckets, in one region or in several.

use serde::{Deserialize, Serialize};

use crate::Observed;
use crate::account::BlockPublicAccess;

/// An access point of a bucket ("Managing access with access points" in the S3 User Guide).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessPoint {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The region it is in, which is its bucket's.
    pub region: String,
    /// The name of its bucket.
    pub bucket: String,
    /// The account that owns the bucket, if AWS says.
    pub bucket_account: Option<String>,
    /// The VPC that it takes requests from; none where it takes them from the internet.
    pub vpc: Option<String>,
    /// Its own Block Public Access, which never changes.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub public_access_block: Observed<BlockPublicAccess>,
    /// The policy's text as AWS returned it.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub policy: Observed<String>,
    /// Whether AWS calls the policy public; absent without a policy.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub policy_is_public: Observed<bool>,
}

/// A Multi-Region Access Point: one name for buckets of several regions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MultiRegionAccessPoint {
    /// Its ARN, which ends in its alias.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// How far AWS is with it, such as `READY` or `CREATING`.
    pub status: String,
    /// Its own Block Public Access, which never changes.
    pub public_access_block: BlockPublicAccess,
    /// Its buckets, in AWS's order.
    pub buckets: Vec<MultiRegionBucket>,
    /// The text of the policy that is in force.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub policy: Observed<String>,
    /// Whether AWS calls that policy public; absent without a policy.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub policy_is_public: Observed<bool>,
}

/// A bucket behind a Multi-Region Access Point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MultiRegionBucket {
    /// Its name.
    pub name: String,
    /// The account that owns it, if AWS says.
    pub account: Option<String>,
}

/// An access point through which a Lambda function changes objects as they are read ("Transforming objects with S3 Object
/// Lambda" in the S3 User Guide).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectLambdaAccessPoint {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The region it is in.
    pub region: String,
    /// Its own Block Public Access; absent where AWS names none.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub public_access_block: Observed<BlockPublicAccess>,
    /// The policy's text as AWS returned it.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub policy: Observed<String>,
}
