use hyper::Method;

use super::{is_read, rest_json, s3, s3_control};

fn query(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(a, b)| (a.into(), b.into())).collect()
}

#[test]
fn s3_operations_are_named_as_its_api_reference_names_them() {
    for (method, path, parameters, expected) in [
        (Method::GET, "/", "x-id=ListBuckets", "ListBuckets"),
        (Method::GET, "/logs", "publicAccessBlock", "GetPublicAccessBlock"),
        (Method::GET, "/logs", "policyStatus", "GetBucketPolicyStatus"),
        (Method::GET, "/logs", "lifecycle", "GetBucketLifecycleConfiguration"),
        (Method::GET, "/logs", "inventory&x-id=x", "ListBucketInventoryConfigurations"),
        (Method::GET, "/logs", "inventory&id=a", "GetBucketInventoryConfiguration"),
        (Method::GET, "/logs/", "list-type=2", "ListObjectsV2"),
        (Method::HEAD, "/logs", "", "HeadBucket"),
        (Method::PUT, "/logs", "", "CreateBucket"),
        (Method::PUT, "/logs", "acl", "PutBucketAcl"),
        (Method::DELETE, "/logs", "policy", "DeleteBucketPolicy"),
        (Method::GET, "/logs/a/b", "", "GetObject"),
        (Method::PUT, "/logs/a", "acl", "PutObjectAcl"),
    ] {
        let (name, bucket) = s3(&method, path, &query(parameters));
        assert_eq!(name, expected, "{method} {path}?{parameters}");
        assert_eq!(bucket.as_deref(), (path != "/").then_some("logs"));
    }
}

#[test]
fn s3_control_operations_are_named_with_the_access_point_they_are_about() {
    for (method, path, expected, resource) in [
        (Method::GET, "configuration/publicAccessBlock", "GetPublicAccessBlock", None),
        (Method::GET, "accesspoint", "ListAccessPoints", None),
        (Method::GET, "accesspoint/a", "GetAccessPoint", Some("a")),
        (Method::PUT, "accesspoint/a", "CreateAccessPoint", Some("a")),
        (Method::GET, "accesspoint/a/policyStatus", "GetAccessPointPolicyStatus", Some("a")),
        (Method::GET, "mrap/instances", "ListMultiRegionAccessPoints", None),
        (Method::GET, "accesspointforobjectlambda", "ListAccessPointsForObjectLambda", None),
        (Method::GET, "accesspointforobjectlambda/o", "GetAccessPointForObjectLambda", Some("o")),
        (Method::GET, "accessgrantsinstances", "ListAccessGrantsInstances", None),
        (Method::GET, "accessgrantsinstance/grants", "ListAccessGrants", None),
        (Method::GET, "accessgrantsinstance/resourcepolicy", "GetAccessGrantsInstanceResourcePolicy", None),
        (Method::GET, "mrap/instances/m/policy", "GetMultiRegionAccessPointPolicy", Some("m")),
    ] {
        let (name, found) = s3_control(&method, &format!("/v20180820/{path}"));
        assert_eq!((name.as_str(), found.as_deref()), (expected, resource), "{method} {path}");
    }
}

#[test]
fn operations_of_services_that_speak_rest_are_named() {
    assert_eq!(rest_json(&Method::POST, "/listRegions"), "ListRegions");
    assert_eq!(rest_json(&Method::GET, "/analyzer"), "ListAnalyzers");
    assert_eq!(rest_json(&Method::GET, "/analyzer/a"), "GetAnalyzer");
}

#[test]
fn reads_are_told_from_writes() {
    for read in [
        "s3:GetBucketAcl",
        "iam:ListUsers",
        "ecr:BatchGetImage",
        "iam:GenerateCredentialReport",
        "sts:AssumeRole",
    ] {
        assert!(is_read(read), "{read}");
    }
    for write in ["s3:PutBucketAcl", "iam:CreateUser", "ecr:BatchDeleteImage", "s3:POST bucket", "iam:"] {
        assert!(!is_read(write), "{write}");
    }
}
