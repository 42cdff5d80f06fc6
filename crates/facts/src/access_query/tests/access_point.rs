//! Access points ("Configuring IAM policies for using access points" in the S3 User Guide): the access point and the bucket
//! behind it must both let a request pass.

use serde_json::{Value as Json, json};

use super::{Situation, allow, bucket, grant, inline, open, question, snapshot};
use crate::access_query::{CanAnswer, can, who_can};

const POINT: &str = "arn:aws:s3:eu-west-1:111122223333:accesspoint/reader";
const OBJECT: &str = "arn:aws:s3:eu-west-1:111122223333:accesspoint/reader/object/report.csv";
const OTHER: &str = "444455556666";

/// The bucket `data` with an access point, and alice, who may do this.
fn world(policy: Json, point: Json, alice: Json) -> Json {
    let mut given = bucket(policy, json!([{"inline_policies": inline(alice)}]), json!([]));
    given["snapshot"]["access_points"] = json!([point]);
    given
}

fn answer_in(situation: &Situation, given: &Json, who: &str, action: &str, resource: &str) -> CanAnswer {
    let (shared, record) = snapshot("s3.bucket", given);
    let question = question(action, resource);
    let record = record.filter(|record| question.is_about(&shared, record));
    can(&shared, &question, record.as_slice(), who, situation).unwrap()
}

fn answer(given: &Json, who: &str, action: &str, resource: &str) -> CanAnswer {
    answer_in(&Situation::default(), given, who, action, resource)
}

fn decision(given: &Json, who: &str) -> &'static str {
    answer(given, who, "s3:GetObject", OBJECT).decision.name()
}

/// "Delegating access control to access points".
fn delegation() -> Json {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "*",
        "Resource": ["arn:aws:s3:::data", "arn:aws:s3:::data/*"],
        "Condition": {"StringEquals": {"s3:DataAccessPointAccount": "111122223333"}}}]})
}

fn point_grant(who: Json) -> Json {
    json!({"policy": grant(who, "s3:GetObject", Some(&format!("{POINT}/object/*")))})
}

#[test]
fn access_point_and_bucket_must_both_let_pass() {
    let on_point = || allow("s3:GetObject", &format!("{POINT}/object/*"));
    let on_bucket = || allow("s3:GetObject", "arn:aws:s3:::data/*");
    for (alice, policy, expected) in [
        (allow("s3:GetObject", "*"), json!(null), "Allowed"),
        (on_bucket(), json!(null), "ImplicitlyDenied"),
        (on_point(), json!(null), "ImplicitlyDenied"),
        (on_point(), delegation(), "Allowed"),
        (allow("s3:PutObject", "*"), delegation(), "ImplicitlyDenied"),
    ] {
        assert_eq!(
            decision(&world(policy.clone(), json!({}), alice.clone()), "alice"),
            expected,
            "{alice} {policy}"
        );
    }
    let named = point_grant(json!({"AWS": "arn:aws:iam::111122223333:user/alice"}));
    let nothing = || allow("sqs:*", "*");
    assert_eq!(decision(&world(json!(null), named.clone(), nothing()), "alice"), "ImplicitlyDenied");
    assert_eq!(decision(&world(json!(null), named.clone(), on_bucket()), "alice"), "Allowed");
    assert_eq!(decision(&world(delegation(), named, nothing()), "alice"), "Allowed");
    let listed = world(json!(null), json!({}), allow("s3:ListBucket", "*"));
    assert_eq!(answer(&listed, "alice", "s3:ListBucket", POINT).decision.name(), "Allowed");
}

#[test]
fn either_policy_can_deny() {
    let deny = |resource: &str| {
        let mut policy = grant(json!("*"), "s3:GetObject", Some(resource));
        policy["Statement"][0]["Effect"] = json!("Deny");
        policy
    };
    let all = || allow("s3:*", "*");
    let by_point = world(json!(null), json!({"policy": deny(&format!("{POINT}/object/*"))}), all());
    assert_eq!(decision(&by_point, "alice"), "ExplicitlyDenied");
    let by_bucket = world(deny("arn:aws:s3:::data/*"), json!({}), all());
    let denied = answer(&by_bucket, "alice", "s3:GetObject", OBJECT);
    assert_eq!(denied.decision.name(), "ExplicitlyDenied");
    assert_eq!(serde_json::to_value(&denied.because).unwrap()[0]["policy"], "arn:aws:s3:::data");
}

#[test]
fn other_accounts_need_both_policies() {
    let point = || point_grant(json!({"AWS": OTHER}));
    assert_eq!(decision(&world(delegation(), point(), allow("s3:*", "*")), OTHER), "Allowed");
    assert_eq!(decision(&world(json!(null), point(), allow("s3:*", "*")), OTHER), "ImplicitlyDenied");
    assert_eq!(decision(&world(delegation(), json!({}), allow("s3:*", "*")), OTHER), "ImplicitlyDenied");
    let (shared, record) = snapshot("s3.bucket", &world(delegation(), point(), allow("s3:*", "*")));
    let found = who_can(&shared, &question("s3:GetObject", OBJECT), record.as_slice(), &Situation::default())
        .unwrap();
    let names: Vec<_> = found.principals.iter().map(|one| one.principal.as_str()).collect();
    assert!(
        names.iter().any(|name| name.contains(OTHER))
            && names.iter().any(|name| name.ends_with("user/alice")),
        "{names:?}"
    );
}

/// "Performing block public access operations on an access point".
#[test]
fn block_public_access_of_access_point_account_and_bucket_counts() {
    let open_block = json!({"block_public_acls": false, "ignore_public_acls": false, "block_public_policy": false,
        "restrict_public_buckets": false});
    let mut point = point_grant(json!("*"));
    point["public_access_block"] = json!("all");
    let restricted = world(delegation(), point.clone(), allow("s3:*", "*"));
    assert_eq!(decision(&restricted, OTHER), "ImplicitlyDenied");
    assert_eq!(decision(&restricted, "alice"), "Allowed");
    point["public_access_block"] = open_block.clone();
    let mut free = world(delegation(), point, allow("s3:*", "*"));
    free["public_access_block"] = open_block;
    assert_eq!(decision(&free, OTHER), "Allowed");
    assert_eq!(decision(&free, "anonymous"), "Allowed");
    free["public_access_block"] = json!("all");
    assert_eq!(decision(&free, "anonymous"), "ImplicitlyDenied");
    assert_eq!(decision(&free, "alice"), "Allowed");
}

/// "Creating access points restricted to a virtual private cloud".
#[test]
fn an_access_point_of_a_vpc_takes_requests_from_there_alone() {
    let given = world(json!(null), json!({"vpc": "vpc-1"}), allow("s3:*", "*"));
    let from = |vpc: &str| Situation {
        context: vec![("aws:SourceVpc".to_owned(), vec![vpc.to_owned()])],
        ..Default::default()
    };
    let somewhere = answer(&given, "alice", "s3:GetObject", OBJECT);
    assert_eq!(
        (somewhere.decision.name(), open(&somewhere.residual)),
        ("Conditional", vec!["aws:SourceVpc".to_owned()])
    );
    assert_eq!(answer_in(&from("vpc-1"), &given, "alice", "s3:GetObject", OBJECT).decision.name(), "Allowed");
    assert_eq!(
        answer_in(&from("vpc-2"), &given, "alice", "s3:GetObject", OBJECT).decision.name(),
        "ExplicitlyDenied"
    );
}

#[test]
fn what_was_not_read_or_not_collected_stays_open() {
    let all = || allow("s3:*", "*");
    let unread =
        world(json!(null), json!({"policy": {"unreadable": "s3control:GetAccessPointPolicy"}}), all());
    let by = answer(&unread, "alice", "s3:GetObject", OBJECT);
    assert_eq!(
        (by.decision.name(), by.unknown_because[0].iam_action.as_str()),
        ("Unknown", "s3:GetAccessPointPolicy")
    );
    let bucket_unread = world(json!({"unreadable": "s3:GetBucketPolicy"}), json!({}), all());
    assert_eq!(decision(&bucket_unread, "alice"), "Unknown");
    let nobody = world(json!({"unreadable": "s3:GetBucketPolicy"}), json!({}), allow("sqs:*", "*"));
    assert_eq!(decision(&nobody, "alice"), "ImplicitlyDenied", "the access point alone refuses");
    let elsewhere = world(json!(null), json!({"bucket": "theirs", "bucket_account": OTHER}), all());
    let by = answer(&elsewhere, "alice", "s3:GetObject", OBJECT);
    assert_eq!(
        (by.decision.name(), open(&by.residual)),
        ("Conditional", vec!["resource_policy_not_collected".to_owned()])
    );
    let unlisted = "arn:aws:s3:eu-west-1:111122223333:accesspoint/unknown/object/k";
    let by = answer(&world(json!(null), json!({}), all()), "alice", "s3:GetObject", unlisted);
    assert_eq!(
        (by.decision.name(), open(&by.residual)),
        ("Conditional", vec!["resource_policy_not_collected".to_owned()])
    );
}

/// "Multi-Region Access Point permissions": access point and bucket must both let pass here too.
#[test]
fn multi_region_access_points_lead_to_their_buckets() {
    let arn = "arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap";
    let object = format!("{arn}/object/report.csv");
    let ask = |policy: Json, alice: Json, buckets: Json| {
        let mut given = world(policy, json!({}), alice);
        given["snapshot"]["multi_region_access_points"] = json!([{"arn": arn, "buckets": buckets}]);
        answer(&given, "alice", "s3:GetObject", &object).decision.name()
    };
    let own = || json!([{"name": "data", "account": "111122223333"}]);
    let on_point = || allow("s3:GetObject", &format!("{arn}/object/*"));
    assert_eq!(ask(json!(null), allow("s3:*", "*"), own()), "Allowed");
    assert_eq!(ask(json!(null), on_point(), own()), "ImplicitlyDenied");
    assert_eq!(ask(delegation(), on_point(), own()), "Allowed");
    let both = json!([{"name": "theirs", "account": OTHER}, {"name": "data", "account": "111122223333"}]);
    assert_eq!(
        ask(json!(null), allow("s3:*", "*"), both),
        "Allowed",
        "the caller may be near the own bucket"
    );
}

#[test]
fn actions_on_the_access_point_itself_do_not_reach_the_bucket() {
    let given = world(json!(null), json!({}), allow("s3:GetAccessPointPolicy", POINT));
    assert_eq!(answer(&given, "alice", "s3:GetAccessPointPolicy", POINT).decision.name(), "Allowed");
}
