//! Which operation a request asks for, told from what each AWS protocol carries.

use hyper::Method;

/// How a service frames its requests and errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// Form in, XML out: IAM and STS.
    Query,
    /// The target in a header, JSON in and out: ECR and Organizations.
    Json,
    /// Method and path, JSON in and out: Account Management and Access Analyzer.
    RestJson,
    /// Method, path and query, XML out: S3.
    S3,
    /// As S3, with errors wrapped as the query services wrap them.
    S3Control,
}

/// The path under which S3 Control answers.
const S3_CONTROL: &str = "/v20180820/";

/// Tells the protocol from the signing name and the path.
pub(super) fn protocol(signing_name: &str, path: &str) -> Protocol {
    match signing_name {
        "iam" | "sts" => Protocol::Query,
        "s3" if path.starts_with(S3_CONTROL) => Protocol::S3Control,
        "s3" => Protocol::S3,
        "account" | "access-analyzer" => Protocol::RestJson,
        _ => Protocol::Json,
    }
}

/// Names an S3 operation, and the bucket it is about.
pub(super) fn s3(method: &Method, path: &str, query: &[(String, String)]) -> (String, Option<String>) {
    let mut segments = path.trim_start_matches('/').splitn(2, '/');
    let bucket = segments.next().filter(|bucket| !bucket.is_empty());
    let Some(bucket) = bucket else { return ("ListBuckets".to_owned(), None) };
    let on_object = segments.next().is_some_and(|key| !key.is_empty());
    let name = if on_object { s3_object(method, query) } else { s3_bucket(method, query) };
    (name, Some(bucket.to_owned()))
}

/// What a bucket's sub-resource is called in the names of the operations.
const BUCKET_PARTS: &[(&str, &str)] = &[
    ("abac", "BucketAbac"),
    ("accelerate", "BucketAccelerateConfiguration"),
    ("acl", "BucketAcl"),
    ("analytics", "BucketAnalyticsConfiguration"),
    ("cors", "BucketCors"),
    ("encryption", "BucketEncryption"),
    ("intelligent-tiering", "BucketIntelligentTieringConfiguration"),
    ("inventory", "BucketInventoryConfiguration"),
    ("lifecycle", "BucketLifecycleConfiguration"),
    ("location", "BucketLocation"),
    ("logging", "BucketLogging"),
    ("metadataConfiguration", "BucketMetadataConfiguration"),
    ("metadataTable", "BucketMetadataTableConfiguration"),
    ("metrics", "BucketMetricsConfiguration"),
    ("notification", "BucketNotificationConfiguration"),
    ("object-lock", "ObjectLockConfiguration"),
    ("ownershipControls", "BucketOwnershipControls"),
    ("policy", "BucketPolicy"),
    ("policyStatus", "BucketPolicyStatus"),
    ("publicAccessBlock", "PublicAccessBlock"),
    ("replication", "BucketReplication"),
    ("requestPayment", "BucketRequestPayment"),
    ("tagging", "BucketTagging"),
    ("versioning", "BucketVersioning"),
    ("website", "BucketWebsite"),
];

/// The sub-resources of which a bucket has several, told apart by `id`.
const LISTED_PARTS: &[&str] = &["analytics", "intelligent-tiering", "inventory", "metrics"];

fn s3_bucket(method: &Method, query: &[(String, String)]) -> String {
    let has = |wanted: &str| query.iter().any(|(name, _)| name == wanted);
    let part = BUCKET_PARTS.iter().find(|(part, _)| has(part));
    match (part, method.as_str()) {
        (Some((part, name)), "GET") if LISTED_PARTS.contains(part) && !has("id") => format!("List{name}s"),
        (Some((_, name)), "GET") => format!("Get{name}"),
        (Some((_, name)), "PUT") => format!("Put{name}"),
        (Some((_, name)), "DELETE") => format!("Delete{name}"),
        (None, "GET") if has("versions") => "ListObjectVersions".to_owned(),
        (None, "GET") if has("uploads") => "ListMultipartUploads".to_owned(),
        (None, "GET") if has("list-type") => "ListObjectsV2".to_owned(),
        (None, "GET") => "ListObjects".to_owned(),
        (None, "HEAD") => "HeadBucket".to_owned(),
        (None, "PUT") => "CreateBucket".to_owned(),
        (None, "DELETE") => "DeleteBucket".to_owned(),
        (None, "POST") if has("delete") => "DeleteObjects".to_owned(),
        (_, method) => format!("{method} bucket"),
    }
}

fn s3_object(method: &Method, query: &[(String, String)]) -> String {
    let acl = query.iter().any(|(name, _)| name == "acl");
    match (method.as_str(), acl) {
        ("GET", true) => "GetObjectAcl".to_owned(),
        ("PUT", true) => "PutObjectAcl".to_owned(),
        ("GET", false) => "GetObject".to_owned(),
        ("HEAD", _) => "HeadObject".to_owned(),
        ("PUT", false) => "PutObject".to_owned(),
        ("DELETE", _) => "DeleteObject".to_owned(),
        (method, _) => format!("{method} object"),
    }
}

/// What a path of S3 Control names; `*` stands for one segment, the resource.
const CONTROL_PATHS: &[(&str, &str)] = &[
    ("configuration/publicAccessBlock", "PublicAccessBlock"),
    ("accesspoint/*", "AccessPoint"),
    ("accesspoint/*/policy", "AccessPointPolicy"),
    ("accesspoint/*/policyStatus", "AccessPointPolicyStatus"),
    ("accesspointforobjectlambda/*", "AccessPointForObjectLambda"),
    ("accesspointforobjectlambda/*/policy", "AccessPointPolicyForObjectLambda"),
    ("accesspointforobjectlambda/*/policyStatus", "AccessPointPolicyStatusForObjectLambda"),
    ("mrap/instances/*", "MultiRegionAccessPoint"),
    ("mrap/instances/*/policy", "MultiRegionAccessPointPolicy"),
    ("mrap/instances/*/policystatus", "MultiRegionAccessPointPolicyStatus"),
    ("mrap/instances/*/routes", "MultiRegionAccessPointRoutes"),
    ("storagelens/*", "StorageLensConfiguration"),
    ("accessgrantsinstance", "AccessGrantsInstance"),
    ("accessgrantsinstance/resourcepolicy", "AccessGrantsInstanceResourcePolicy"),
];

/// The listings of S3 Control.
const CONTROL_LISTINGS: &[(&str, &str)] = &[
    ("accesspoint", "ListAccessPoints"),
    ("accesspointforobjectlambda", "ListAccessPointsForObjectLambda"),
    ("mrap/instances", "ListMultiRegionAccessPoints"),
    ("storagelens", "ListStorageLensConfigurations"),
    ("accessgrantsinstances", "ListAccessGrantsInstances"),
    ("accessgrantsinstance/grants", "ListAccessGrants"),
];

/// Names an S3 Control operation, and the access point it is about.
pub(super) fn s3_control(method: &Method, path: &str) -> (String, Option<String>) {
    let path = path.trim_start_matches(S3_CONTROL).trim_end_matches('/');
    if let Some((_, name)) = CONTROL_LISTINGS.iter().find(|(listing, _)| *listing == path) {
        return ((*name).to_owned(), None);
    }
    let found = CONTROL_PATHS.iter().find_map(|(template, name)| Some((name, matched(template, path)?)));
    let Some((name, resource)) = found else { return (format!("{method} {path}"), None) };
    let verb = match method.as_str() {
        "GET" => "Get",
        "PUT" if *name == "AccessPoint" => "Create",
        "PUT" => "Put",
        "DELETE" => "Delete",
        other => other,
    };
    (format!("{verb}{name}"), resource)
}

/// The segment that stands for `*`, if the path fits the template.
fn matched(template: &str, path: &str) -> Option<Option<String>> {
    let mut resource = None;
    let mut segments = path.split('/');
    for wanted in template.split('/') {
        let segment = segments.next()?;
        if wanted == "*" {
            resource = Some(segment.to_owned());
        } else if wanted != segment {
            return None;
        }
    }
    segments.next().is_none().then_some(resource)
}

/// Names an operation of a service that puts it in method and path, and answers JSON.
pub(super) fn rest_json(method: &Method, path: &str) -> String {
    let mut segments = path.trim_matches('/').split('/');
    let first = segments.next().unwrap_or_default();
    match (method.as_str(), first, segments.next()) {
        ("GET", "analyzer", None) => "ListAnalyzers".to_owned(),
        ("GET", "analyzer", Some(_)) if segments.next() == Some("archive-rule") => {
            "ListArchiveRules".to_owned()
        }
        ("POST", "finding", None) => "ListFindings".to_owned(),
        ("GET", "analyzer", Some(_)) => "GetAnalyzer".to_owned(),
        // Account Management: each operation is a path of its own, as in `POST /listRegions`.
        ("POST", first, None) => {
            let mut letters = first.chars();
            letters.next().map(|letter| letter.to_ascii_uppercase()).into_iter().chain(letters).collect()
        }
        _ => format!("{method} {path}"),
    }
}

/// True for operations that change nothing. `GenerateCredentialReport` counts as a read, as in
/// AWS's Service Authorization Reference; signing in as a role changes nothing either.
pub(super) fn is_read(operation: &str) -> bool {
    const READS: &[&str] = &["Get", "List", "Describe", "BatchGet", "Head", "AssumeRole"];
    const REPORTS: &[&str] = &["GenerateCredentialReport", "GenerateServiceLastAccessedDetails"];
    let name = operation.rsplit(':').next().unwrap_or(operation);
    READS.iter().any(|prefix| name.starts_with(prefix)) || REPORTS.contains(&name)
}

#[cfg(test)]
mod tests;
