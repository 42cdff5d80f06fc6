//! Access control lists, which let in, and service control policies, which take away.

use serde_json::{Value as Json, json};

use super::{DATA, Situation, allow, bucket, grant, inline, question, snapshot};
use crate::access_query::{CanAnswer, ServiceControlPolicies, can, who_can};

const DATA_BUCKET: &str = "arn:aws:s3:::data";
const STRANGER: &str = "arn:aws:iam::444455556666:user/eve";

fn answer(given: &Json, who: &str, action: &str, resource: &str, scps: Option<&Json>) -> CanAnswer {
    let (shared, record) = snapshot("s3.bucket", given);
    let question = question(action, resource);
    let record = record.filter(|record| question.is_about(&shared, record));
    let scps = scps.map(|levels| ServiceControlPolicies::from_json(&levels.to_string()).unwrap());
    let situation = Situation { scps, ..Default::default() };
    can(&shared, &question, record.as_slice(), who, &situation).unwrap()
}

/// A bucket with a list of its own.
fn listed(acl: Json, more: &Json) -> Json {
    let mut given = bucket(json!(null), json!([{}]), json!([]));
    given["acl"] = acl;
    given["object_ownership"] = json!("ObjectWriter");
    for (field, value) in more.as_object().unwrap() {
        given[field] = value.clone();
    }
    given
}

fn decision(given: &Json, who: &str, action: &str) -> &'static str {
    answer(given, who, action, DATA_BUCKET, None).decision.name()
}

#[test]
fn a_list_lets_in_whom_it_names() {
    let open = listed(json!("public-read"), &json!({}));
    assert_eq!(decision(&open, "anonymous", "s3:ListBucket"), "Allowed");
    assert_eq!(decision(&open, "alice", "s3:ListBucket"), "Allowed");
    assert_eq!(decision(&open, "anonymous", "s3:PutObject"), "ImplicitlyDenied");
    let signed = listed(json!("authenticated-read"), &json!({}));
    assert_eq!(decision(&signed, "anonymous", "s3:ListBucket"), "ImplicitlyDenied");
    assert_eq!(decision(&signed, "444455556666", "s3:ListBucket"), "Allowed");
    assert_eq!(decision(&signed, STRANGER, "s3:ListBucket"), "Conditional");
    let private = listed(json!("private"), &json!({}));
    assert_eq!(decision(&private, "444455556666", "s3:ListBucket"), "ImplicitlyDenied");
    let by = answer(&open, "anonymous", "s3:ListBucket", DATA_BUCKET, None);
    let shown = serde_json::to_value(&by.because).unwrap();
    assert_eq!(shown[0]["policy"], "arn:aws:s3:::data/acl");
}

#[test]
fn settings_switch_lists_off_and_policies_deny_what_they_grant() {
    let off = |more: Json| decision(&listed(json!("public-read"), &more), "anonymous", "s3:ListBucket");
    assert_eq!(off(json!({"object_ownership": "BucketOwnerEnforced"})), "ImplicitlyDenied");
    assert_eq!(off(json!({"public_access_block": "all"})), "ImplicitlyDenied");
    let denied = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}});
    assert_eq!(off(json!({"policy": denied})), "ExplicitlyDenied");
    let restricted = json!({"block_public_acls": false, "ignore_public_acls": false,
        "block_public_policy": false, "restrict_public_buckets": true});
    let public = grant(json!("*"), "s3:PutObject", Some("arn:aws:s3:::data/*"));
    let both = listed(json!("public-read"), &json!({"policy": public, "public_access_block": restricted}));
    assert_eq!(decision(&both, "anonymous", "s3:ListBucket"), "Allowed", "the setting is about policies");
    assert_eq!(answer(&both, "anonymous", "s3:PutObject", DATA, None).decision.name(), "ImplicitlyDenied");
}

#[test]
fn what_a_list_leaves_open_is_told() {
    let told = |given: &Json, action: &str, resource: &str| -> Vec<&'static str> {
        answer(given, "alice", action, resource, None).not_considered.iter().map(|one| one.name()).collect()
    };
    let weighed = listed(json!("private"), &json!({}));
    assert!(told(&weighed, "s3:ListBucket", DATA_BUCKET).is_empty());
    assert_eq!(told(&weighed, "s3:GetObject", DATA), ["object_access_control_lists"]);
    let unread = listed(json!({"unreadable": "s3:GetBucketAcl"}), &json!({}));
    assert_eq!(told(&unread, "s3:ListBucket", DATA_BUCKET), ["access_control_lists"]);
}

#[test]
fn who_can_names_those_on_the_list() {
    let (shared, record) = snapshot("s3.bucket", &listed(json!("public-read"), &json!({})));
    let question = question("s3:ListBucket", DATA_BUCKET);
    let found = who_can(&shared, &question, record.as_slice(), &Situation::default()).unwrap();
    let names: Vec<_> = found.principals.iter().map(|one| one.principal.as_str()).collect();
    assert!(names.contains(&"anonymous") && names.contains(&"*"), "{names:?}");
}

#[test]
fn scps_bind_identities_of_the_account_and_nobody_else() {
    let reader = json!([{"inline_policies": inline(allow("s3:*", "*"))}]);
    let policy = grant(json!({"AWS": "444455556666"}), "s3:GetObject", Some("arn:aws:s3:::data/*"));
    let given = bucket(policy, reader, json!([]));
    let full =
        json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}});
    let deny = json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:Get*", "Resource": "*"}});
    let levels = |policies: Json| json!([{"org_id": "r-root", "policies": policies}]);
    let ask = |who: &str, scps: &Json| answer(&given, who, "s3:GetObject", DATA, Some(scps));
    assert_eq!(ask("alice", &levels(json!([full]))).decision.name(), "Allowed");
    assert_eq!(ask("alice", &levels(json!([]))).decision.name(), "ImplicitlyDenied");
    for who in ["alice", "111122223333"] {
        let denied = ask(who, &levels(json!([full, deny])));
        assert_eq!(denied.decision.name(), "ExplicitlyDenied", "{who}");
    }
    assert_eq!(ask("444455556666", &levels(json!([full, deny]))).decision.name(), "Allowed");
    let assumed: Vec<_> = ask("alice", &json!([])).assumes.iter().map(|one| one.name()).collect();
    assert_eq!(assumed, ["rcp_not_read"]);
    assert!(ServiceControlPolicies::from_json("{}").is_err());
}
