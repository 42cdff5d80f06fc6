//! Cases as data; the laws stand in `tests/public_laws.rs`.

use serde_json::{Value, json};

use super::{
    Access, Answer, BlockPublicAccess, Bucket, Capability, GrantSource, Input, Layer, ObjectOwnership,
    Outsider, PolicyResource, RegistryPolicyScope, bucket_exposure, bucket_sharing, public_line,
    resource_exposure, resource_sharing,
};
use crate::document::PolicyDocument;

/// Every case names the AWS page that it encodes.
#[test]
fn documented_cases() {
    let mut wrong = Vec::new();
    for line in include_str!("cases.jsonl").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        assert!(case["page"].as_str().unwrap().starts_with("https://docs.aws.amazon.com/"), "{line}");
        let answer: Value = serde_json::from_str(&public_line(line).unwrap()).unwrap();
        let expected = case.get("expected_capabilities");
        if answer["public"] != case["expected_public"]
            || expected.is_some_and(|expected| answer["capabilities"] != *expected)
        {
            wrong.push(format!("{line}\n    {answer}"));
        }
        let has_witness = !answer["witness"].is_null();
        assert_eq!(has_witness, answer["capabilities"] != serde_json::json!([]), "{line}\n{answer}");
        let nothing_left = answer["public"] == true && !has_witness;
        assert_eq!(answer.get("why").is_some(), nothing_left, "{line}\n{answer}");
    }
    assert!(wrong.is_empty(), "{} cases differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// "Cross account resource access in IAM": who is named, and what he is left.
#[test]
fn named_outsiders() {
    let organization = json!({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}});
    let role = json!({"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/r"}});
    let address = json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}});
    let other = json!({"AWS": "arn:aws:iam::111122223333:root"});
    let account = || Outsider::Account("111122223333".to_owned());
    for (principal, condition, expected) in [
        (json!("*"), json!({}), vec![]),
        (json!({"AWS": "arn:aws:iam::123456789012:root"}), json!({}), vec![]),
        (json!({"Service": "cloudtrail.amazonaws.com"}), json!({}), vec![]),
        (other.clone(), json!({}), vec![(account(), Access::Yes)]),
        (json!({"AWS": "111122223333"}), json!({}), vec![(account(), Access::Yes)]),
        (json!({"AWS": "arn:aws:iam::111122223333:role/r"}), json!({}), vec![(account(), Access::Yes)]),
        (other.clone(), json!({"Bool": {"aws:SecureTransport": "true"}}), vec![(account(), Access::Yes)]),
        (other.clone(), address, vec![(account(), Access::Conditional)]),
        (other.clone(), json!({"StringEquals": {"aws:PrincipalAccount": "444455556666"}}), vec![]),
        (
            json!("*"),
            json!({"StringEquals": {"aws:PrincipalAccount": "111122223333"}}),
            vec![(account(), Access::Yes)],
        ),
        (json!("*"), role, vec![(account(), Access::Conditional)]),
        (json!("*"), organization, vec![(Outsider::Organization("o-a1b2c3d4e5".to_owned()), Access::Yes)]),
    ] {
        let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": principal,
            "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": condition}]});
        let document = PolicyDocument::from_value(&policy).unwrap();
        let found = bucket_sharing(&readable_bucket(&document));
        let found: Vec<_> = found
            .known()
            .unwrap()
            .iter()
            .map(|one| (one.with.clone(), one.access[&Capability::Read]))
            .collect();
        assert_eq!(found, expected, "{policy}");
    }
}

/// "Blocking public access …", "How Amazon S3 evaluates a bucket policy that contains both public and non-public access".
#[test]
fn restriction_stops_named_outsiders_too() {
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "*"},
        {"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": "*"}]});
    let document = PolicyDocument::from_value(&policy).unwrap();
    let mut bucket = readable_bucket(&document);
    assert_eq!(bucket_sharing(&bucket).known().unwrap().len(), 1);
    bucket.bucket_block = Input::Unreadable;
    assert_eq!(bucket_sharing(&bucket).known().map(Vec::len), None);
    bucket.account_block =
        Input::Known(BlockPublicAccess { restrict_public_buckets: true, ..Default::default() });
    assert_eq!(bucket_sharing(&bucket).known().unwrap().len(), 0);
}

/// What waits in the policy is known though the ACL is not.
#[test]
fn latent_grants_of_one_source_do_not_hang_on_another() {
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]});
    let document = PolicyDocument::from_value(&policy).unwrap();
    let mut bucket = readable_bucket(&document);
    bucket.acl = Input::Unreadable;
    bucket.ownership = Input::Unreadable;
    bucket.bucket_block =
        Input::Known(BlockPublicAccess { restrict_public_buckets: true, ..Default::default() });
    let exposure = bucket_exposure(&bucket);
    assert!(matches!(exposure.latent, Answer::Unknown(_)));
    assert_eq!(exposure.latent_by_source[&GrantSource::Policy].known().map(Vec::len), Some(1));
    assert!(matches!(exposure.latent_by_source[&GrantSource::Acl], Answer::Unknown(_)));
}

/// "Private registry permissions in Amazon ECR".
#[test]
fn registry_policies_share_what_their_scope_covers() {
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"AWS": "111122223333"}, "Action": "ecr:*", "Resource": "*"}]});
    let document = PolicyDocument::from_value(&policy).unwrap();
    let shared = |scope: Input<RegistryPolicyScope>| {
        resource_sharing(&PolicyResource {
            service: "ecr",
            arn: Some("arn:aws:ecr:us-east-1:123456789012:repository/app"),
            account: Some("123456789012"),
            partition: "aws",
            policy: Input::Known(None),
            registry_policy: Input::Known(Some(&document)),
            registry_scope: scope,
        })
    };
    let v1 = shared(Input::Known(RegistryPolicyScope::V1));
    let v1: Vec<_> = v1.known().unwrap()[0].access.keys().copied().collect();
    assert_eq!(v1, [Capability::Write, Capability::Administer]);
    let v2 = shared(Input::Known(RegistryPolicyScope::V2));
    assert!(v2.known().unwrap()[0].access.contains_key(&Capability::List));
    assert!(matches!(shared(Input::Unreadable), Answer::Unknown(_)));
}

/// "Private registry permissions in Amazon ECR": scope V1 is about three actions, so that the repository's own policy
/// decides the others while the registry's could not be read.
#[test]
fn an_unread_registry_policy_leaves_open_what_its_scope_covers() {
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
        "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:PutImage"]}]});
    let document = PolicyDocument::from_value(&policy).unwrap();
    let access = |policy, scope, capability| {
        let exposure = resource_exposure(&PolicyResource {
            service: "ecr",
            arn: Some("arn:aws:ecr:us-east-1:123456789012:repository/app"),
            account: Some("123456789012"),
            partition: "aws",
            policy: Input::Known(policy),
            registry_policy: Input::Unreadable,
            registry_scope: Input::Known(scope),
        });
        exposure.capabilities[&capability].access.clone()
    };
    let v1 = RegistryPolicyScope::V1;
    let unknown = Answer::Unknown([Layer::RegistryPolicy].into());
    assert_eq!(access(Some(&document), v1, Capability::Read), Answer::Known(Access::Yes));
    assert_eq!(access(Some(&document), v1, Capability::Write), Answer::Known(Access::Yes));
    assert_eq!(access(Some(&document), v1, Capability::List), Answer::Known(Access::No));
    assert_eq!(access(Some(&document), v1, Capability::Administer), unknown);
    assert_eq!(access(None, v1, Capability::Read), Answer::Known(Access::No));
    assert_eq!(access(None, v1, Capability::Write), unknown);
    assert_eq!(access(Some(&document), RegistryPolicyScope::V2, Capability::Read), unknown);
}

fn readable_bucket(document: &PolicyDocument) -> Bucket<'_> {
    Bucket {
        arn: Some("arn:aws:s3:::b"),
        account: Some("123456789012"),
        partition: "aws",
        policy: Input::Known(Some(document)),
        acl: Input::Known(&[]),
        ownership: Input::Known(ObjectOwnership::BucketOwnerEnforced),
        account_block: Input::Known(BlockPublicAccess::default()),
        bucket_block: Input::Known(BlockPublicAccess::default()),
        access_points: Input::Known(&[]),
    }
}

/// Bad lines are told, not guessed at.
#[test]
fn bad_lines() {
    for line in [
        "",
        "{}",
        r#"{"service": "s3", "policy": "{"}"#,
        r#"{"service": "s3", "policy": {"Statement": [{"Effect": "Maybe"}]}}"#,
        r#"{"service": "s3", "acl": [{"Permission": "READ"}]}"#,
        r#"{"service": "s3", "object_ownership": "Nobody"}"#,
        r#"{"service": "s3", "bpa_bucket": {"IgnorePublicAcls": "yes"}}"#,
    ] {
        assert!(public_line(line).is_err(), "{line}");
    }
}

/// Hostile policies take bounded time, and what is not tried is not called safe.
#[test]
fn hostile_policies_are_bounded() {
    let keys: serde_json::Map<String, Value> =
        (0..200).map(|index| (format!("aws:RequestTag/{index}"), json!(["a", "b*", "c"]))).collect();
    let deny = json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
        "Condition": {"StringLike": keys}});
    let mut statements = vec![deny; 20];
    statements.push(json!({"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}));
    let policy = json!({"Version": "2012-10-17", "Statement": statements});
    let document = PolicyDocument::from_value(&policy).unwrap();
    let started = std::time::Instant::now();
    let exposure = bucket_exposure(&readable_bucket(&document));
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    assert_eq!(exposure.public, Answer::Known(true));
    let read = &exposure.capabilities[&Capability::Read];
    assert!(read.is_public && read.access == Answer::Known(Access::Conditional));
}
