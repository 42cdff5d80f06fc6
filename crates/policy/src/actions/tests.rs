use std::time::Instant;

use super::{AccessLevel, ValueType, table, wildcard_only};

/// Every line of the data is read: what the text says is what the table has.
#[test]
fn every_line_is_read() {
    let text = include_str!("../../data/actions.txt");
    let count = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
    let services: Vec<_> = table().services().collect();
    assert_eq!(services.len(), count("="));
    assert_eq!(table().global_keys().len(), count("g\t"));
    assert_eq!(services.iter().map(|s| s.condition_keys().len()).sum::<usize>(), count("k\t"));
    assert_eq!(services.iter().map(|s| s.resource_types().len()).sum::<usize>(), count("r\t"));
    let names = text.lines().filter_map(|line| line.strip_prefix("a\t")).map(|line| {
        let names = line.rsplit('\t').next().unwrap();
        names.split(' ').count()
    });
    assert_eq!(services.iter().map(|s| s.actions().count()).sum::<usize>(), names.sum::<usize>());
    let origin = table().origin();
    assert!(origin.package.contains("iam-data") && origin.licence == "MIT" && origin.date.len() == 10);
}

/// Every name is found again, in any case, and by no other name.
#[test]
fn every_name_is_found() {
    for service in table().services() {
        assert_eq!(table().service(&service.prefix().to_uppercase()).unwrap().prefix(), service.prefix());
        for action in service.actions() {
            let found = table().action(&action.full_name().to_uppercase()).unwrap();
            assert_eq!(found.full_name(), action.full_name());
        }
        for key in service.condition_keys() {
            let written = key.name.replace("${}", "team");
            assert!(service.condition_key(&written.to_uppercase()).is_some(), "{written}");
        }
    }
    assert!(table().service("").is_none() && table().service("s3x").is_none());
    assert!(table().action("s3").is_none() && table().action("s3:").is_none());
}

/// "Actions, resources, and condition keys for Amazon S3", "… for AWS Identity and Access Management".
#[test]
fn known_actions() {
    for (name, level, resources) in [
        ("s3:GetObject", AccessLevel::Read, vec!["accesspointobject", "object"]),
        ("s3:ListAllMyBuckets", AccessLevel::List, vec![]),
        ("s3:PutBucketPolicy", AccessLevel::PermissionsManagement, vec!["bucket"]),
        ("s3:PutObjectTagging", AccessLevel::Tagging, vec!["accesspointobject", "object"]),
        ("iam:PassRole", AccessLevel::Write, vec!["role"]),
        ("ecr:GetAuthorizationToken", AccessLevel::Read, vec![]),
        ("sts:GetCallerIdentity", AccessLevel::Read, vec![]),
    ] {
        let action = table().action(name).unwrap();
        assert_eq!(action.access_level(), level, "{name}");
        assert_eq!(
            action.resource_types().map(|(kind, _)| kind.name).collect::<Vec<_>>(),
            resources,
            "{name}"
        );
        let (service, bare) = name.split_once(':').unwrap();
        assert_eq!(wildcard_only(service, bare), Some(resources.is_empty()), "{name}");
    }
    assert_eq!(wildcard_only("s3", "Nope"), None);
    assert_eq!(wildcard_only("nope", "GetObject"), None);
}

#[test]
fn resource_formats_and_keys() {
    let s3 = table().service("s3").unwrap();
    let point = s3.resource_types().iter().find(|kind| kind.name == "accesspoint").unwrap();
    assert_eq!(
        point.arn_formats,
        ["arn:${Partition}:s3:${Region}:${Account}:accesspoint/${AccessPointName}"]
    );
    assert!(s3.condition_key("s3:ExistingObjectTag/team").is_some());
    assert!(s3.condition_key("s3:ExistingObjectTag/").is_none());
    assert!(s3.condition_key("s3:ExistingObjectTag").is_none());
    let keys: Vec<_> =
        table().action("s3:ListBucket").unwrap().condition_keys().map(|key| key.name).collect();
    assert!(keys.contains(&"s3:prefix") && !keys.contains(&"s3:x-amz-acl"), "{keys:?}");
    assert!(s3.supports_resource_control_policies());
    assert!(!table().service("iam").unwrap().supports_resource_control_policies());
}

#[test]
fn global_keys() {
    let paths = table().global_key("AWS:PRINCIPALORGPATHS").unwrap();
    assert!(paths.key_type.is_multivalued);
    assert_eq!(table().global_key("aws:SourceIp").unwrap().key_type.value, ValueType::IpAddress);
    assert!(table().global_key("aws:RequestTag/team/sub").is_some());
    assert!(table().global_key("aws:NoSuchKey").is_none());
}

#[test]
fn patterns_expand() {
    let names = |pattern: &str| table().expand(pattern).map(|action| action.full_name()).collect::<Vec<_>>();
    assert!(names("S3:getobject*").contains(&"s3:GetObjectVersion".to_owned()));
    assert!(names("s3:getobject*").iter().all(|name| name.starts_with("s3:GetObject")));
    assert_eq!(names("s3:GetObjec?"), ["s3:GetObject"]);
    assert_eq!(names("*"), names("*:*"));
    assert_eq!(names("*").len(), table().services().map(|service| service.actions().count()).sum::<usize>());
    assert!(names("s3").is_empty() && names("s3:").is_empty() && names("").is_empty());
}

/// A hostile pattern costs no more than the product of the lengths.
#[test]
fn patterns_are_bounded() {
    let started = Instant::now();
    assert_eq!(table().expand(&format!("s3:{}b", "*a".repeat(500))).count(), 0);
    assert!(started.elapsed().as_secs() < 5);
}
