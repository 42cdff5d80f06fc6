//! The lines of a snapshot: each is one JSON object with one key, the kind of record.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    AccessGrantsInstance, AccessPoint, Account, Analyzer, Bucket, Evidence, Group, ManagedPolicy,
    MultiRegionAccessPoint, NotOffered, ObjectLambdaAccessPoint, Reason, Registry, Repository, Role,
    Unreadable, User,
};

/// One line of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Record {
    /// The first line.
    #[serde(rename = "header")]
    Header(Box<Header>),
    /// The account itself.
    #[serde(rename = "account")]
    Account(Box<Account>),
    /// What is known about a listing; its resources follow.
    #[serde(rename = "listing")]
    Listing(Listing),
    /// A user.
    #[serde(rename = "iam.user")]
    User(Box<User>),
    /// A group.
    #[serde(rename = "iam.group")]
    Group(Box<Group>),
    /// A role.
    #[serde(rename = "iam.role")]
    Role(Box<Role>),
    /// A managed policy.
    #[serde(rename = "iam.policy")]
    Policy(Box<ManagedPolicy>),
    /// An analyzer of IAM Access Analyzer.
    #[serde(rename = "access_analyzer.analyzer")]
    Analyzer(Box<Analyzer>),
    /// A region's private registry.
    #[serde(rename = "ecr.registry")]
    Registry(Box<Registry>),
    /// An access point.
    #[serde(rename = "s3.access_point")]
    AccessPoint(Box<AccessPoint>),
    /// A Multi-Region Access Point.
    #[serde(rename = "s3.multi_region_access_point")]
    MultiRegionAccessPoint(Box<MultiRegionAccessPoint>),
    /// An Object Lambda access point.
    #[serde(rename = "s3.object_lambda_access_point")]
    ObjectLambdaAccessPoint(Box<ObjectLambdaAccessPoint>),
    /// A region's S3 Access Grants instance.
    #[serde(rename = "s3.access_grants_instance")]
    AccessGrantsInstance(Box<AccessGrantsInstance>),
    /// A bucket.
    #[serde(rename = "s3.bucket")]
    Bucket(Box<Bucket>),
    /// A repository.
    #[serde(rename = "ecr.repository")]
    Repository(Box<Repository>),
    /// How often an operation was called, and how it went.
    #[serde(rename = "calls")]
    Calls(CallRecord),
    /// The last line.
    #[serde(rename = "trailer")]
    Trailer(Trailer),
}

/// Who asked, when, and about what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`crate::FORMAT`].
    pub format: String,
    /// The version of Palisade that collected it.
    pub tool_version: String,
    /// The twelve digits of the account.
    pub account_id: String,
    /// The partition, from the caller's ARN.
    pub partition: String,
    /// The ARN of the caller.
    pub caller_arn: String,
    /// When collecting began: the clock of every rule.
    pub taken_at: Timestamp,
    /// What was looked at.
    pub scope: SnapshotScope,
}

/// What a snapshot looked at and what it left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnapshotScope {
    /// The names of the evidence that was planned, sorted.
    pub evidence: Vec<String>,
    /// The regions that were asked, sorted.
    pub regions: Vec<String>,
    /// Enabled regions that were left out on purpose, sorted.
    pub excluded_regions: Vec<String>,
    /// Whether the enabled regions are known; if not, others were not looked at.
    pub regions_listed: bool,
    /// Whether `regions` was chosen by the user, so that buckets elsewhere were left out.
    pub limited_to_regions: bool,
}

/// The kinds of resource that AWS lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RecordKind {
    /// IAM users.
    #[serde(rename = "iam.user")]
    User,
    /// IAM groups.
    #[serde(rename = "iam.group")]
    Group,
    /// IAM roles.
    #[serde(rename = "iam.role")]
    Role,
    /// Managed policies.
    #[serde(rename = "iam.policy")]
    Policy,
    /// Analyzers of IAM Access Analyzer, per region.
    #[serde(rename = "access_analyzer.analyzer")]
    Analyzer,
    /// Access points, per region with buckets.
    #[serde(rename = "s3.access_point")]
    AccessPoint,
    /// Multi-Region Access Points.
    #[serde(rename = "s3.multi_region_access_point")]
    MultiRegionAccessPoint,
    /// Object Lambda access points, per region with buckets.
    #[serde(rename = "s3.object_lambda_access_point")]
    ObjectLambdaAccessPoint,
    /// S3 Access Grants instances, per region with buckets.
    #[serde(rename = "s3.access_grants_instance")]
    AccessGrantsInstance,
    /// Buckets.
    #[serde(rename = "s3.bucket")]
    Bucket,
    /// Private repositories, per region.
    #[serde(rename = "ecr.repository")]
    Repository,
}

impl RecordKind {
    /// Every kind, in the order of the document.
    pub const ALL: [Self; 11] = [
        Self::User,
        Self::Group,
        Self::Role,
        Self::Policy,
        Self::Analyzer,
        Self::AccessPoint,
        Self::MultiRegionAccessPoint,
        Self::ObjectLambdaAccessPoint,
        Self::AccessGrantsInstance,
        Self::Bucket,
        Self::Repository,
    ];

    /// Whether there is a listing of it in each region with buckets.
    #[must_use]
    pub fn is_of_bucket_regions(self) -> bool {
        matches!(self, Self::AccessPoint | Self::ObjectLambdaAccessPoint | Self::AccessGrantsInstance)
    }

    /// The evidence that the listing is.
    #[must_use]
    pub fn evidence(self) -> Evidence {
        match self {
            Self::User => Evidence::Users,
            Self::Group => Evidence::Groups,
            Self::Role => Evidence::Roles,
            Self::Policy => Evidence::Policies,
            Self::Analyzer => Evidence::Analyzers,
            Self::AccessPoint => Evidence::AccessPoints,
            Self::MultiRegionAccessPoint => Evidence::MultiRegionAccessPoints,
            Self::ObjectLambdaAccessPoint => Evidence::ObjectLambdaAccessPoints,
            Self::AccessGrantsInstance => Evidence::AccessGrantsInstances,
            Self::Bucket => Evidence::Buckets,
            Self::Repository => Evidence::Repositories,
        }
    }
}

/// What is known about a listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// What was listed.
    pub kind: RecordKind,
    /// Where, for regional services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Why there may be more than follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<Unreadable>,
    /// Set where the service is not there to be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_offered: Option<NotOffered>,
    /// The ARNs of resources that were listed and were gone when they were read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deleted: Vec<String>,
}

impl Listing {
    /// A listing that was read to its end.
    #[must_use]
    pub fn complete(kind: RecordKind, region: Option<&str>) -> Self {
        Self {
            kind,
            region: region.map(str::to_owned),
            incomplete: None,
            not_offered: None,
            deleted: Vec::new(),
        }
    }
}

/// How often an operation was called in a region, retries included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallRecord {
    /// The operation, such as `s3:GetBucketPolicy`.
    pub operation: String,
    /// The region it was sent to, where the service is regional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// How many requests were sent, retries included.
    pub requests: u64,
    /// How many of them AWS asked to slow down.
    #[serde(default)]
    pub throttled: u64,
    /// How many calls failed in the end, by reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<FailedCalls>,
}

/// How many calls failed for one reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FailedCalls {
    /// Why.
    pub reason: Reason,
    /// How many.
    pub count: u64,
}

/// The last line: nothing before it is missing if these hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trailer {
    /// The number of lines before it.
    pub records: u64,
    /// SHA-256 of all bytes before it, in lower-case hexadecimal.
    pub sha256: String,
}
