//! One principal's decision.

use serde_json::{Value as Json, json};

use super::{DATA, Question, Situation, allow, bucket, grant, inline, open, question, snapshot, trust};
use crate::access_query::{AccessQueryError, Because, CanAnswer, can};

fn answer_in(situation: &Situation, kind: &str, given: &Json, who: &str, question: &Question) -> CanAnswer {
    let (shared, record) = snapshot(kind, given);
    let record = record.filter(|record| question.is_about(&shared, record));
    can(&shared, question, record.as_slice(), who, situation).unwrap()
}

fn answer(kind: &str, given: &Json, who: &str, action: &str, resource: &str) -> CanAnswer {
    answer_in(&Situation::default(), kind, given, who, &question(action, resource))
}

/// The decision with what it hangs on: open keys and policies, or missing calls.
fn told(answer: &CanAnswer) -> String {
    let missing = answer.unknown_because.iter().map(|call| format!("{} {}", call.iam_action, call.reason));
    let behind: Vec<String> = open(&answer.residual).into_iter().chain(missing).collect();
    format!("{} {}", answer.decision.name(), behind.join(", ")).trim_end().to_owned()
}

/// Asks whether alice may read the object.
fn alice_reads(given: Json) -> String {
    told(&answer("s3.bucket", &given, "alice", "s3:GetObject", DATA))
}

fn statements(answer: &CanAnswer) -> Vec<String> {
    let because = answer.because.iter().filter_map(|one| match one {
        Because::Statement { place, .. } => Some(format!("{} {} {}", place.kind, place.policy, place.path)),
        _ => None,
    });
    because.collect()
}

#[test]
fn in_one_account_either_side_is_enough() {
    let reader = inline(allow("s3:GetObject", "arn:aws:s3:::data/*"));
    let given = bucket(json!(null), json!([{"inline_policies": reader}]), json!([]));
    let by_identity = answer("s3.bucket", &given, "alice", "s3:GetObject", DATA);
    assert_eq!(told(&by_identity), "Allowed");
    assert_eq!(
        statements(&by_identity),
        ["identity_policy arn:aws:iam::111122223333:user/alice/inline-policy/own /Statement/0"]
    );
    let assumes: Vec<_> = by_identity.assumes.iter().map(|one| one.name()).collect();
    assert_eq!(assumes, ["scp_not_read", "rcp_not_read"]);

    let named = grant(
        json!({"AWS": "arn:aws:iam::111122223333:user/alice"}),
        "s3:GetObject",
        Some("arn:aws:s3:::data/*"),
    );
    let given = bucket(named, json!([{}]), json!([]));
    let by_resource = answer("s3.bucket", &given, "alice", "s3:GetObject", DATA);
    assert_eq!(told(&by_resource), "Allowed");
    assert_eq!(statements(&by_resource), ["resource_policy arn:aws:s3:::data /Statement/0"]);
    // "If the principal is the account, the account must give its users the permission."
    let account = grant(json!({"AWS": "111122223333"}), "s3:GetObject", Some("arn:aws:s3:::data/*"));
    assert_eq!(alice_reads(bucket(account, json!([{}]), json!([]))), "ImplicitlyDenied");
}

#[test]
fn groups_boundaries_and_denies_count() {
    let groups = json!([{"name": "readers", "inline_policies": inline(allow("s3:*", "*"))}]);
    let with = |user: Json, policies: Json| {
        json!({"name": "data", "policy": null, "object_ownership": "BucketOwnerEnforced",
            "snapshot": {"users": [user], "groups": groups, "policies": policies}})
    };
    let boundary =
        |action: &str| json!([{"name": "limit", "versions": [{"id": "v1", "document": allow(action, "*")}]}]);
    let limited = json!({"groups": ["readers"],
        "permissions_boundary": {"arn": "arn:aws:iam::111122223333:policy/limit"}});
    assert_eq!(alice_reads(with(json!({"groups": ["readers"]}), json!([]))), "Allowed");
    assert_eq!(alice_reads(with(limited.clone(), boundary("s3:GetObject"))), "Allowed");
    assert_eq!(alice_reads(with(limited.clone(), boundary("ec2:*"))), "ImplicitlyDenied");
    // AWS lists attached policies; one that it left out is a malformed answer.
    assert_eq!(alice_reads(with(limited, json!([]))), "Unknown iam:GetAccountAuthorizationDetails malformed");
    let deny = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]});
    let denied = json!({"groups": ["readers"], "inline_policies": inline(deny)});
    assert_eq!(alice_reads(with(denied, json!([]))), "ExplicitlyDenied");
}

#[test]
fn across_accounts_both_sides_must_allow() {
    let partner = "arn:aws:iam::444455556666:role/partner";
    let ask = |policy: Json, who: &str| {
        told(&answer("s3.bucket", &bucket(policy, json!([]), json!([])), who, "s3:GetObject", DATA))
    };
    let named = || grant(json!({"AWS": partner}), "s3:GetObject", Some("arn:aws:s3:::data/*"));
    assert_eq!(ask(named(), partner), "Conditional identity_policies_not_collected");
    assert_eq!(ask(json!(null), partner), "ImplicitlyDenied");
    let account = || grant(json!({"AWS": "444455556666"}), "s3:GetObject", Some("arn:aws:s3:::data/*"));
    assert_eq!(ask(account(), "444455556666"), "Allowed");
    assert_eq!(ask(account(), "arn:aws:iam::444455556666:root"), "Allowed");
    assert_eq!(ask(account(), "777788889999"), "ImplicitlyDenied");
    let everyone = || grant(json!("*"), "s3:GetObject", Some("arn:aws:s3:::data/*"));
    assert_eq!(ask(everyone(), "anonymous"), "Allowed");
    let service = || {
        grant(json!({"Service": "delivery.logs.amazonaws.com"}), "s3:PutObject", Some("arn:aws:s3:::data/*"))
    };
    let given = bucket(service(), json!([]), json!([]));
    let put = answer("s3.bucket", &given, "delivery.logs.amazonaws.com", "s3:PutObject", DATA);
    assert_eq!(told(&put), "Allowed");
    assert_eq!(put.assumes.iter().map(|one| one.name()).collect::<Vec<_>>(), ["rcp_not_read"]);
}

#[test]
fn block_public_access_keeps_strangers_out_and_the_account_in() {
    let everyone = grant(json!("*"), "s3:GetObject", Some("arn:aws:s3:::data/*"));
    let given = |block: Json| {
        let mut given = bucket(everyone.clone(), json!([{}]), json!([]));
        given["public_access_block"] = block;
        given
    };
    let ask = |block: Json, who: &str| told(&answer("s3.bucket", &given(block), who, "s3:GetObject", DATA));
    assert_eq!(ask(json!({"restrict_public_buckets": true}), "anonymous"), "ImplicitlyDenied");
    assert_eq!(ask(json!({"restrict_public_buckets": true}), "444455556666"), "ImplicitlyDenied");
    assert_eq!(ask(json!({"restrict_public_buckets": true}), "alice"), "Allowed");
    assert_eq!(ask(json!({"block_public_policy": true}), "anonymous"), "Allowed");
    let denied = json!({"unreadable": "s3:GetPublicAccessBlock"});
    assert_eq!(ask(denied.clone(), "anonymous"), "Unknown s3:GetBucketPublicAccessBlock denied");
    assert_eq!(ask(denied, "alice"), "Allowed");
}

#[test]
fn conditions_on_what_nobody_knows_stay_open() {
    let mfa = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*",
        "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}]});
    let tls = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]});
    let given = bucket(tls, json!([{"inline_policies": inline(mfa)}]), json!([]));
    let ask = |situation: Situation| {
        told(&answer_in(&situation, "s3.bucket", &given, "alice", &question("s3:GetObject", DATA)))
    };
    let mfa = |value: &str| vec![("aws:MultiFactorAuthPresent".to_owned(), vec![value.to_owned()])];
    assert_eq!(ask(Situation::default()), "Conditional aws:MultiFactorAuthPresent");
    assert_eq!(ask(Situation { context: mfa("true"), ..Default::default() }), "Allowed");
    assert_eq!(ask(Situation { context: mfa("false"), ..Default::default() }), "ImplicitlyDenied");
    assert_eq!(ask(Situation { complete: true, ..Default::default() }), "ImplicitlyDenied");
    let unknown = vec!["aws:SecureTransport".to_owned()];
    assert_eq!(
        ask(Situation { context: mfa("true"), unknown, ..Default::default() }),
        "Conditional aws:SecureTransport"
    );
}

#[test]
fn tags_of_principals_are_known_unless_sessions_bring_their_own() {
    let tagged = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::data/*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue"}}}]});
    let blue = json!([{"key": "team", "value": "blue"}]);
    let role = |tags: &Json, trust: Json| json!([{"name": "app", "tags": tags, "inline_policies": inline(tagged.clone()), "trust_policy": trust}]);
    let ask = |roles: Json| {
        let given = bucket(json!(null), json!([]), roles);
        told(&answer("s3.bucket", &given, "app", "s3:GetObject", DATA))
    };
    let plain = || trust(json!({"Service": "ec2.amazonaws.com"}));
    let tagging = || grant(json!({"AWS": "111122223333"}), "sts:*", None);
    assert_eq!(ask(role(&blue, plain())), "Allowed");
    assert_eq!(ask(role(&json!([]), plain())), "ImplicitlyDenied");
    assert_eq!(ask(role(&blue, tagging())), "Conditional aws:PrincipalTag/team");
}

#[test]
fn a_policy_that_is_not_collected_leaves_it_open_where_it_could_decide() {
    let key = "arn:aws:kms:eu-west-1:111122223333:key/0f3e2d1c-4b5a-4687-9c8d-7e6f5a4b3c2d";
    let deny = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "kms:*", "Resource": "*"}]});
    let users = json!([
        {"name": "may", "inline_policies": inline(allow("kms:Decrypt", "*"))},
        {"name": "nothing"},
        {"name": "denied", "inline_policies": inline(deny)},
    ]);
    let given = json!({"snapshot": {"users": users}});
    let ask =
        |who: &str, action: &str, resource: &str| told(&answer("account", &given, who, action, resource));
    let open = "Conditional resource_policy_not_collected";
    assert_eq!(ask("anonymous", "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:jobs"), open);
    assert_eq!(ask("anonymous", "kms:Decrypt", key), "ImplicitlyDenied");
    for who in ["may", "nothing", "444455556666"] {
        assert_eq!(ask(who, "kms:Decrypt", key), open, "{who}");
    }
    assert_eq!(ask("denied", "kms:Decrypt", key), "ExplicitlyDenied");
    // A bucket that is not among the account's own is somebody else's: its policy must allow.
    assert_eq!(ask("may", "s3:GetObject", "arn:aws:s3:::other/x"), "ImplicitlyDenied");
    let given = json!({"snapshot": {"users": [{"inline_policies": inline(allow("*", "*"))}]}});
    let ask = |action: &str, resource: &str| told(&answer("account", &given, "alice", action, resource));
    assert_eq!(ask("s3:GetObject", "arn:aws:s3:::other/x"), open);
    assert_eq!(ask("sts:AssumeRole", "arn:aws:iam::444455556666:role/x"), open);
    assert_eq!(ask("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:jobs"), open);
    // Instances have no policy of their own; neither has what is only about to be created.
    assert_eq!(ask("ec2:StopInstances", "arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc"), "Allowed");
    assert_eq!(ask("s3:CreateBucket", "arn:aws:s3:::new"), "Allowed");
    assert_eq!(ask("s3:GetObject", "*"), "Allowed");
    assert_eq!(ask("sts:GetCallerIdentity", "*"), "Allowed");
}

#[test]
fn what_could_not_be_read_is_unknown_only_where_it_could_decide() {
    let reader = inline(allow("s3:GetObject", "arn:aws:s3:::data/*"));
    let unreadable = || json!({"unreadable": "s3:GetBucketPolicy"});
    let unknown = "Unknown s3:GetBucketPolicy denied";
    let deny = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]});
    let ask = |user: Json| alice_reads(bucket(unreadable(), json!([user]), json!([])));
    assert_eq!(ask(json!({"inline_policies": reader})), unknown);
    assert_eq!(ask(json!({})), unknown);
    assert_eq!(ask(json!({"inline_policies": inline(deny)})), "ExplicitlyDenied");
    let broken = json!({"inline_policies": [{"name": "own", "document": "{"}]});
    assert_eq!(
        alice_reads(bucket(json!(null), json!([broken]), json!([]))),
        "Unknown iam:GetAccountAuthorizationDetails malformed"
    );
    // Only the policy that was read is named among the reasons.
    let given = bucket(unreadable(), json!([{"inline_policies": reader}]), json!([]));
    let known = answer("s3.bucket", &given, "alice", "s3:GetObject", DATA);
    assert_eq!(
        statements(&known),
        ["identity_policy arn:aws:iam::111122223333:user/alice/inline-policy/own /Statement/0"]
    );
}

#[test]
fn roles_are_assumed_by_those_whom_trust_and_identity_policies_let() {
    let external = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"AWS": "444455556666"}, "Condition": {"StringEquals": {"sts:ExternalId": "secret"}}}]});
    let roles = json!([
        {"name": "app", "trust_policy": trust(json!({"AWS": "111122223333"}))},
        {"name": "partner", "trust_policy": external},
    ]);
    let users = json!([{"inline_policies": inline(allow("sts:AssumeRole", "*"))}, {"name": "bob"}]);
    let given = json!({"snapshot": {"users": users, "roles": roles}});
    let ask = |who: &str, role: &str| {
        let role = format!("arn:aws:iam::111122223333:role/{role}");
        told(&answer("account", &given, who, "sts:AssumeRole", &role))
    };
    assert_eq!(ask("alice", "app"), "Allowed");
    assert_eq!(ask("bob", "app"), "ImplicitlyDenied");
    assert_eq!(ask("alice", "gone"), "ImplicitlyDenied");
    assert_eq!(ask("444455556666", "partner"), "Conditional sts:ExternalId");
    let situation = Situation {
        context: vec![("sts:ExternalId".to_owned(), vec!["secret".to_owned()])],
        ..Default::default()
    };
    let asked = question("sts:AssumeRole", "arn:aws:iam::111122223333:role/partner");
    assert_eq!(told(&answer_in(&situation, "account", &given, "444455556666", &asked)), "Allowed");
}

#[test]
fn sessions_stand_for_their_role_and_root_for_itself() {
    let role = json!([{"name": "app", "path": "/team/", "inline_policies": inline(allow("s3:*", "*"))}]);
    let given = bucket(json!(null), json!([]), role);
    let ask = |who: &str| told(&answer("s3.bucket", &given, who, "s3:GetObject", DATA));
    assert_eq!(ask("arn:aws:sts::111122223333:assumed-role/app/build"), "Allowed");
    assert_eq!(ask("arn:aws:iam::111122223333:role/team/app"), "Allowed");
    assert_eq!(ask("111122223333"), "Allowed");
    assert_eq!(ask("arn:aws:iam::111122223333:root"), "Allowed");
}

#[test]
fn who_is_not_there_is_an_error_unless_the_listing_goes_on() {
    let ask = |given: Json, who: &str| {
        let (shared, _) = snapshot("account", &given);
        can(
            &shared,
            &question("ec2:StopInstances", "arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc"),
            &[],
            who,
            &Situation::default(),
        )
    };
    let both = json!({"snapshot": {"users": [{"name": "app"}], "roles": [{"name": "app"}]}});
    assert!(matches!(ask(both, "app"), Err(AccessQueryError::AmbiguousPrincipal { .. })));
    let error = ask(json!({"snapshot": {"users": [{}]}}), "alcie").unwrap_err();
    assert!(error.to_string().ends_with("is it arn:aws:iam::111122223333:user/alice?"), "{error}");
    let unlisted =
        json!({"snapshot": {"listings": {"iam.user": {"unreadable": "iam:GetAccountAuthorizationDetails"}}}});
    let answer = ask(unlisted, "arn:aws:iam::111122223333:user/alice").unwrap();
    assert_eq!(told(&answer), "Unknown iam:GetAccountAuthorizationDetails denied");
}

#[test]
fn questions_that_make_no_sense_say_so() {
    let error =
        |action: &str, resource: Option<&str>| Question::parse(action, resource).unwrap_err().to_string();
    assert!(error("s3:GetObjekt", Some(DATA)).ends_with("is it s3:GetObject?"));
    assert!(error("GetObject", Some(DATA)).starts_with("`GetObject` is not an action"));
    assert!(error("s3:GetObject", None).contains("name it by its ARN"));
    assert!(error("s3:GetObject", Some("data")).contains("is not an ARN"));
    assert!(Question::parse("s3:ListAllMyBuckets", None).is_ok());
}
