//! Buckets, registries, repositories.

use palisade_snapshot::{
    AccessControlList, AccessGrant, AccessGrantsInstance, AccessPoint, BlockPublicAccess, Bucket, CorsRule,
    Encryption, EncryptionRule, Expiration, Grant, Grantee, ImageSummary, LifecycleFilter, LifecycleRule,
    Logging, MultiRegionAccessPoint, MultiRegionBucket, NoncurrentExpiration, ObjectLambdaAccessPoint,
    ObjectOwnership, Observed, OldestImages, Paged, Payer, PublicRepository, Registry, RegistryScanningRule,
    Repository, RepositoryFilter, ScanningConfiguration, Tag, Versioning, VersioningStatus, Website,
};
use serde_json::{Value, json};

use super::{ACCOUNT, REGIONS, time};

const OWNER: &str = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a";
const EVERYBODY: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const BLOCKED: BlockPublicAccess = BlockPublicAccess {
    block_public_acls: true,
    ignore_public_acls: true,
    block_public_policy: true,
    restrict_public_buckets: true,
};

fn policy(statements: &Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

fn grant(grantee: Grantee, permission: &str) -> Grant {
    Grant { grantee, permission: permission.to_owned() }
}

/// A bucket as AWS makes it today: private, encrypted with S3's own keys, ACLs off.
fn new_bucket(name: &str, region: &str, created_at: &str) -> Bucket {
    Bucket {
        arn: format!("arn:aws:s3:::{name}"),
        name: name.to_owned(),
        created_at: Some(time(created_at)),
        region: Observed::Present(region.to_owned()),
        policy: Observed::Absent,
        acl: Observed::Present(AccessControlList {
            owner_id: Some(OWNER.to_owned()),
            grants: vec![grant(Grantee::CanonicalUser(OWNER.to_owned()), "FULL_CONTROL")],
        }),
        public_access_block: Observed::Present(BLOCKED),
        object_ownership: Observed::Present(ObjectOwnership::BucketOwnerEnforced),
        encryption: encryption("AES256", None),
        versioning: Observed::Absent,
        logging: Observed::Absent,
        cors: Observed::Absent,
        policy_is_public: Observed::Absent,
        lifecycle: Observed::Absent,
        website: Observed::Absent,
        replication: Observed::Absent,
        object_lock: Observed::Absent,
        tags: Observed::Absent,
        notification: Observed::Absent,
        payer: Observed::Present(Payer::BucketOwner),
    }
}

/// A lifecycle rule for the whole bucket.
fn lifecycle(days: Option<i32>) -> Observed<Vec<LifecycleRule>> {
    let expiration = |days| Expiration { days: Some(days), date: None, expired_delete_markers: false };
    Observed::Present(vec![LifecycleRule {
        id: Some("clean-up".to_owned()),
        enabled: true,
        filter: LifecycleFilter::default(),
        expiration: days.map(expiration),
        transitions: Vec::new(),
        noncurrent_expiration: Some(NoncurrentExpiration { days: Some(90), newer_versions_kept: None }),
        noncurrent_transitions: Vec::new(),
        abort_multipart_days: Some(7),
    }])
}

fn tags(owner: &str) -> Observed<Vec<Tag>> {
    Observed::Present(vec![Tag { key: "owner".to_owned(), value: owner.to_owned() }])
}

fn encryption(algorithm: &str, key: Option<String>) -> Observed<Encryption> {
    let rule = EncryptionRule {
        algorithm: Some(algorithm.to_owned()),
        bucket_key_enabled: key.is_some(),
        kms_key_id: key,
        blocked_types: Observed::Present(vec!["SSE-C".to_owned()]),
    };
    Observed::Present(Encryption { rules: vec![rule] })
}

pub(super) fn buckets() -> Vec<Bucket> {
    vec![customer_data(), logs(), website(), uploads(), exports()]
}

fn tls_only(name: &str) -> Value {
    json!({
        "Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": [format!("arn:aws:s3:::{name}"), format!("arn:aws:s3:::{name}/*")],
        "Condition": { "Bool": { "aws:SecureTransport": "false" } },
    })
}

/// A way into the customers' data from one VPC only.
pub(super) fn access_points() -> Vec<AccessPoint> {
    let arn = format!("arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint/customer-reports");
    vec![AccessPoint {
        policy: Observed::Present(policy(&json!([{
            "Sid": "Reports",
            "Effect": "Allow",
            "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:role/report-builder")},
            "Action": "s3:GetObject",
            "Resource": format!("{arn}/object/reports/*"),
        }]))),
        arn,
        name: "customer-reports".to_owned(),
        region: "eu-west-1".to_owned(),
        bucket: "acme-customer-data".to_owned(),
        bucket_account: Some(ACCOUNT.to_owned()),
        vpc: Some("vpc-0a1b2c3d4e5f67890".to_owned()),
        public_access_block: Observed::Present(BLOCKED),
        policy_is_public: Observed::Present(false),
    }]
}

/// It has no policy, so its buckets' policies decide.
pub(super) fn multi_region_access_points() -> Vec<MultiRegionAccessPoint> {
    vec![MultiRegionAccessPoint {
        arn: format!("arn:aws:s3::{ACCOUNT}:accesspoint/mfzwi23gnjvgw.mrap"),
        name: "customer-data".to_owned(),
        status: "READY".to_owned(),
        public_access_block: BLOCKED,
        buckets: vec![MultiRegionBucket {
            name: "acme-customer-data".to_owned(),
            account: Some(ACCOUNT.to_owned()),
        }],
        policy: Observed::Absent,
        policy_is_public: Observed::Absent,
    }]
}

/// Reads customers' data without their names.
pub(super) fn object_lambda_access_points() -> Vec<ObjectLambdaAccessPoint> {
    vec![ObjectLambdaAccessPoint {
        arn: format!("arn:aws:s3-object-lambda:eu-west-1:{ACCOUNT}:accesspoint/customers-redacted"),
        name: "customers-redacted".to_owned(),
        region: "eu-west-1".to_owned(),
        public_access_block: Observed::Present(BLOCKED),
        policy: Observed::Absent,
    }]
}

/// Those who analyse reports read them, and nothing else.
pub(super) fn access_grants_instances() -> Vec<AccessGrantsInstance> {
    let grant = AccessGrant {
        id: "3f1e2d4c-5b6a-4798-8a9b-0c1d2e3f4a5b".to_owned(),
        grantee_type: "IAM".to_owned(),
        grantee: format!("arn:aws:iam::{ACCOUNT}:role/report-builder"),
        permission: "READ".to_owned(),
        scope: "s3://acme-customer-data/reports/*".to_owned(),
    };
    vec![AccessGrantsInstance {
        arn: format!("arn:aws:s3:eu-west-1:{ACCOUNT}:access-grants/default"),
        region: "eu-west-1".to_owned(),
        grants: Observed::Present(Paged::complete(vec![grant])),
        policy: Observed::Absent,
    }]
}

/// As it should be.
fn customer_data() -> Bucket {
    let name = "acme-customer-data";
    let key = format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/0f3e2d1c-4b5a-4687-9c8d-7e6f5a4b3c2d");
    Bucket {
        policy: Observed::Present(policy(&json!([tls_only(name)]))),
        encryption: encryption("aws:kms", Some(key)),
        versioning: versioning(VersioningStatus::Enabled),
        logging: Observed::Present(Logging {
            target_bucket: "acme-logs".to_owned(),
            target_prefix: "s3/customer-data/".to_owned(),
        }),
        policy_is_public: Observed::Present(false),
        lifecycle: lifecycle(None),
        tags: tags("data"),
        ..new_bucket(name, "eu-west-1", "2024-03-04T10:00:00Z")
    }
}

fn versioning(status: VersioningStatus) -> Observed<Versioning> {
    Observed::Present(Versioning { status, mfa_delete: false })
}

/// Gets the logs of the others.
fn logs() -> Bucket {
    let name = "acme-logs";
    let delivery = json!({
        "Sid": "LogDelivery", "Effect": "Allow", "Principal": { "Service": "logging.s3.amazonaws.com" },
        "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::{name}/s3/*"),
        "Condition": { "StringEquals": { "aws:SourceAccount": ACCOUNT } },
    });
    Bucket {
        policy: Observed::Present(policy(&json!([tls_only(name), delivery]))),
        policy_is_public: Observed::Present(false),
        versioning: versioning(VersioningStatus::Enabled),
        lifecycle: lifecycle(Some(400)),
        tags: tags("security"),
        ..new_bucket(name, "eu-west-1", "2024-03-04T09:50:00Z")
    }
}

/// Served straight from the bucket: everybody may read, on purpose or not.
fn website() -> Bucket {
    let name = "acme-website";
    let read = json!({
        "Sid": "PublicRead", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
        "Resource": format!("arn:aws:s3:::{name}/*"),
    });
    Bucket {
        policy: Observed::Present(policy(&json!([read]))),
        policy_is_public: Observed::Present(true),
        website: Observed::Present(Website {
            index_document: Some("index.html".to_owned()),
            error_document: None,
            redirect_all: None,
            routing_redirects: Vec::new(),
        }),
        public_access_block: Observed::Absent,
        ..new_bucket(name, "us-east-1", "2022-02-14T15:00:00Z")
    }
}

/// Older than AWS's defaults: ACLs count, everybody may list, and any web page may write.
fn uploads() -> Bucket {
    Bucket {
        acl: Observed::Present(AccessControlList {
            owner_id: Some(OWNER.to_owned()),
            grants: vec![
                grant(Grantee::CanonicalUser(OWNER.to_owned()), "FULL_CONTROL"),
                grant(Grantee::Group(EVERYBODY.to_owned()), "READ"),
            ],
        }),
        public_access_block: Observed::Absent,
        object_ownership: Observed::Absent,
        versioning: versioning(VersioningStatus::Suspended),
        cors: Observed::Present(vec![CorsRule {
            id: None,
            allowed_origins: vec!["*".to_owned()],
            allowed_methods: vec!["GET".to_owned(), "PUT".to_owned()],
            allowed_headers: vec!["*".to_owned()],
            expose_headers: Vec::new(),
            max_age_seconds: Some(3000),
        }]),
        ..new_bucket("acme-uploads", "eu-west-1", "2022-02-20T11:00:00Z")
    }
}

/// Open to whoever comes from the office.
fn exports() -> Bucket {
    let name = "acme-exports";
    let office = json!({
        "Sid": "Office", "Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [format!("arn:aws:s3:::{name}"), format!("arn:aws:s3:::{name}/*")],
        "Condition": { "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } },
    });
    Bucket {
        policy: Observed::Present(policy(&json!([tls_only(name), office]))),
        policy_is_public: Observed::Present(false),
        public_access_block: Observed::Present(BlockPublicAccess {
            block_public_policy: false,
            restrict_public_buckets: false,
            ..BLOCKED
        }),
        ..new_bucket(name, "eu-west-1", "2025-01-08T14:00:00Z")
    }
}

pub(super) fn registries() -> Vec<Registry> {
    REGIONS.map(registry).to_vec()
}

fn registry(region: &str) -> Registry {
    let rule = RegistryScanningRule {
        scan_frequency: "SCAN_ON_PUSH".to_owned(),
        repository_filters: vec![RepositoryFilter {
            filter: "shop/*".to_owned(),
            filter_type: "WILDCARD".to_owned(),
        }],
    };
    let rules = if region == "eu-west-1" { vec![rule] } else { Vec::new() };
    Registry {
        region: region.to_owned(),
        has_repositories: true,
        scanning: Observed::Present(ScanningConfiguration { scan_type: "BASIC".to_owned(), rules }),
        policy: Observed::Absent,
        policy_scope: Observed::Present("V2".to_owned()),
        replication: Observed::Present(Vec::new()),
        pull_through_cache_rules: Observed::Present(Paged::default()),
        creation_templates: Observed::Present(Paged::default()),
    }
}

fn new_repository(name: &str) -> Repository {
    Repository {
        arn: format!("arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/{name}"),
        name: name.to_owned(),
        region: "eu-west-1".to_owned(),
        created_at: Some(time("2023-05-02T13:00:00Z")),
        scan_on_push: false,
        tag_mutability: "MUTABLE".to_owned(),
        tag_mutability_exclusions: Vec::new(),
        encryption_type: "AES256".to_owned(),
        kms_key: None,
        policy: Observed::Absent,
        lifecycle_policy: Observed::Absent,
        tags: Observed::Present(Vec::new()),
        images: Observed::Present(ImageSummary {
            oldest: Some(OldestImages::default()),
            ..ImageSummary::default()
        }),
        latest_scan: Observed::Absent,
    }
}

/// A tool that the company gives away.
pub(super) fn public_repository() -> PublicRepository {
    PublicRepository {
        arn: format!("arn:aws:ecr-public::{ACCOUNT}:repository/shop-cli"),
        name: "shop-cli".to_owned(),
        created_at: Some(time("2024-09-10T08:00:00Z")),
        policy: Observed::Absent,
        tags: Observed::Present(vec![Tag { key: "owner".to_owned(), value: "tools".to_owned() }]),
    }
}

pub(super) fn repositories() -> Vec<Repository> {
    let untagged = json!({ "rules": [{
        "rulePriority": 1, "description": "untagged images go after a week",
        "selection": { "tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 7 },
        "action": { "type": "expire" },
    }]});
    let pull = json!([{
        "Sid": "AnyonePulls", "Effect": "Allow", "Principal": "*",
        "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    }]);
    vec![
        Repository {
            tag_mutability: "IMMUTABLE".to_owned(),
            lifecycle_policy: Observed::Present(untagged.to_string()),
            ..new_repository("shop/api")
        },
        Repository { scan_on_push: true, ..new_repository("shop/worker") },
        Repository { policy: Observed::Present(policy(&pull)), ..new_repository("base-image") },
    ]
}
