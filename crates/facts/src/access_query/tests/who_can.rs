//! Everybody who can do something.

use serde_json::{Value as Json, json};

use super::{DATA, Situation, allow, bucket, grant, inline, open, question, snapshot, trust};
use crate::access_query::{PrincipalAccess, WhoCanAnswer, who_can};

fn asked(kind: &str, given: &Json, action: &str, resource: &str) -> WhoCanAnswer {
    let question = question(action, resource);
    let (shared, record) = snapshot(kind, given);
    let record = record.filter(|record| question.is_about(&shared, record));
    who_can(&shared, &question, record.as_slice(), &Situation::default()).unwrap()
}

/// Everybody but root, each with his way.
fn ways(answer: &WhoCanAnswer) -> Vec<String> {
    let short = |arn: &str| arn.strip_prefix("arn:aws:iam::111122223333:").unwrap_or(arn).to_owned();
    let way = |one: &PrincipalAccess| {
        let open = one.via.iter().flat_map(|step| open(&step.residual)).chain(open(&one.residual));
        let open: Vec<String> = open.collect();
        let mut text = format!("{} {}", one.decision.name(), short(&one.principal));
        for step in &one.via {
            text.push_str(&format!(" > {}", short(&step.role)));
        }
        if !open.is_empty() {
            text.push_str(&format!(" if {}", open.join(", ")));
        }
        text
    };
    answer.principals.iter().filter(|one| !one.principal.ends_with(":root")).map(way).collect()
}

fn readers(given: &Json) -> Vec<String> {
    ways(&asked("s3.bucket", given, "s3:GetObject", DATA))
}

fn role(name: &str, trust_policy: Json, document: Json) -> Json {
    json!({"name": name, "trust_policy": trust_policy, "inline_policies": inline(document)})
}

fn arn(name: &str) -> String {
    format!("arn:aws:iam::111122223333:{name}")
}

#[test]
fn a_chain_of_three_roles_is_followed_to_its_end() {
    let roles = json!([
        role("first", trust(json!({"AWS": arn("user/alice")})), allow("sts:AssumeRole", &arn("role/second"))),
        role("second", trust(json!({"AWS": "111122223333"})), allow("sts:AssumeRole", &arn("role/third"))),
        role("third", trust(json!({"AWS": arn("role/second")})), allow("s3:GetObject", "*")),
    ]);
    let given = bucket(json!(null), json!([{}, {"name": "bob"}]), roles);
    assert_eq!(
        readers(&given),
        [
            "Allowed user/alice > role/first > role/second > role/third",
            "Allowed role/first > role/second > role/third",
            "Allowed role/second > role/third",
            "Allowed role/third",
        ]
    );
    let answer = asked("s3.bucket", &given, "s3:GetObject", DATA);
    let alice = answer.principals.iter().find(|one| one.principal.ends_with("/alice")).unwrap();
    let trace: Vec<usize> = alice.via.iter().map(|step| step.because.len()).collect();
    assert!(trace.iter().all(|statements| *statements > 0), "{trace:?}");
    assert!(!alice.because.is_empty());
}

#[test]
fn what_is_sure_wins_over_what_is_short() {
    let mfa = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*",
        "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}]});
    let roles = json!([role("app", trust(json!({"AWS": arn("user/alice")})), allow("s3:*", "*"))]);
    let alice = json!({"inline_policies": inline(mfa.clone())});
    let bob = json!({"name": "bob", "inline_policies": inline(mfa)});
    assert_eq!(
        readers(&bucket(json!(null), json!([alice, bob]), roles)),
        [
            "Allowed user/alice > role/app",
            "Allowed role/app",
            "Conditional user/bob if aws:MultiFactorAuthPresent",
        ]
    );
}

#[test]
fn roles_that_assume_each_other_come_to_an_end() {
    let both = json!({"AWS": [arn("role/one"), arn("role/two")]});
    let assume = allow("sts:AssumeRole", "*");
    let roles = |last: Json| {
        json!([role("one", trust(both.clone()), assume.clone()), role("two", trust(both.clone()), last)])
    };
    assert_eq!(readers(&bucket(json!(null), json!([]), roles(assume.clone()))), Vec::<String>::new());
    assert_eq!(
        readers(&bucket(json!(null), json!([]), roles(allow("*", "*")))),
        ["Allowed role/one > role/two", "Allowed role/two"]
    );
}

#[test]
fn chains_end_somewhere_and_say_so() {
    let chain = |length: usize| {
        let roles: Vec<Json> = (0..length)
            .map(|index| {
                let name = |index: usize| format!("role/r{index:02}");
                let trusted = trust(json!({"AWS": arn(&name(index + 1))}));
                let own = if index == 0 { allow("s3:*", "*") } else { allow("sts:AssumeRole", "*") };
                json!({"name": format!("r{index:02}"), "trust_policy": trusted, "inline_policies": inline(own)})
            })
            .collect();
        let answer = asked("s3.bucket", &bucket(json!(null), json!([]), json!(roles)), "s3:GetObject", DATA);
        (ways(&answer).len(), answer.chains_go_on)
    };
    assert_eq!(chain(33), (33, false));
    assert_eq!(chain(40), (33, true));
}

#[test]
fn outsiders_get_in_by_the_resource_and_by_roles() {
    let external = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "444455556666"},
            "Condition": {"StringEquals": {"sts:ExternalId": "secret"}}},
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}},
        {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/ci.example.com"}},
    ]});
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "777788889999"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"},
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}},
    ]});
    let roles = json!([role("app", external, allow("s3:*", "*"))]);
    assert_eq!(
        readers(&bucket(policy, json!([]), roles)),
        [
            "Allowed role/app",
            "Allowed 777788889999",
            "Allowed lambda.amazonaws.com > role/app",
            "Allowed oidc-provider/ci.example.com > role/app",
            "Conditional 444455556666 > role/app if sts:ExternalId",
            "Conditional * if aws:PrincipalOrgID",
        ]
    );
}

#[test]
fn everybody_is_anonymous_and_any_account() {
    let everyone = grant(json!("*"), "s3:GetObject", Some("arn:aws:s3:::data/*"));
    let given = bucket(everyone, json!([{}]), json!([]));
    assert_eq!(readers(&given), ["Allowed user/alice", "Allowed *", "Allowed anonymous"]);
    let mut blocked = given;
    blocked["public_access_block"] = json!({"restrict_public_buckets": true});
    assert_eq!(readers(&blocked), ["Allowed user/alice"]);
}

#[test]
fn the_root_user_can_unless_the_resource_denies() {
    let given = bucket(json!(null), json!([]), json!([]));
    let answer = asked("s3.bucket", &given, "s3:GetObject", DATA);
    let names: Vec<_> = answer.principals.iter().map(|one| one.principal.as_str()).collect();
    assert_eq!(names, ["arn:aws:iam::111122223333:root"]);
    let deny = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}]});
    let answer = asked("s3.bucket", &bucket(deny, json!([]), json!([])), "s3:GetObject", DATA);
    assert!(answer.principals.is_empty() && answer.assumes.is_empty());
}

#[test]
fn a_policy_that_nobody_read_names_nobody_by_itself() {
    let reader = json!({"inline_policies": inline(allow("s3:GetObject", "*"))});
    let given =
        bucket(json!({"unreadable": "s3:GetBucketPolicy"}), json!([reader, {"name": "bob"}]), json!([]));
    let answer = asked("s3.bucket", &given, "s3:GetObject", DATA);
    assert_eq!(ways(&answer), ["Unknown user/alice"]);
    let missing: Vec<_> = answer.unknown_because.iter().map(|call| call.operation.as_str()).collect();
    assert_eq!(missing, ["s3:GetBucketPolicy"]);

    let user = json!([{"inline_policies": inline(allow("kms:*", "*"))}, {"name": "bob"}]);
    let key = "arn:aws:kms:eu-west-1:111122223333:key/0f3e2d1c-4b5a-4687-9c8d-7e6f5a4b3c2d";
    let answer = asked("account", &json!({"snapshot": {"users": user}}), "kms:Decrypt", key);
    assert_eq!(ways(&answer), ["Conditional user/alice if resource_policy_not_collected"]);
    assert_eq!(
        answer.others_depend_on.iter().map(|one| one.name()).collect::<Vec<_>>(),
        ["resource_policy_not_collected"]
    );
    assert!(answer.unknown_because.is_empty());
}

#[test]
fn an_incomplete_listing_is_told() {
    let reader = json!({"inline_policies": inline(allow("s3:GetObject", "*"))});
    let mut given = bucket(json!(null), json!([reader]), json!([]));
    given["snapshot"]["listings"] = json!({"iam.user": {"unreadable": "iam:GetAccountAuthorizationDetails"}});
    let answer = asked("s3.bucket", &given, "s3:GetObject", DATA);
    assert_eq!(ways(&answer), ["Allowed user/alice"]);
    let missing: Vec<_> =
        answer.unknown_because.iter().map(|call| (call.iam_action.as_str(), call.reason)).collect();
    assert_eq!(missing, [("iam:GetAccountAuthorizationDetails", "denied")]);
}

#[test]
fn a_trust_policy_that_is_none_is_unknown_to_those_who_may_assume_roles() {
    let roles = json!([{"name": "app", "trust_policy": "{", "inline_policies": inline(allow("s3:*", "*"))}]);
    let users = json!([{"inline_policies": inline(allow("sts:AssumeRole", "*"))}, {"name": "bob"}]);
    let answer = asked("s3.bucket", &bucket(json!(null), users, roles), "s3:GetObject", DATA);
    assert_eq!(ways(&answer), ["Allowed role/app", "Unknown user/alice > role/app"]);
    let missing: Vec<_> = answer.unknown_because.iter().map(|call| call.reason).collect();
    assert_eq!(missing, ["malformed"]);
}
