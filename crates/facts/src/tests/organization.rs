//! What the organization's policies take away, wherever the policy engine is asked.

use palisade_snapshot::Resource;
use serde_json::{Value as Json, json};

use super::{check, fact};
use crate::access_query::{Question, Situation, can, who_can};
use crate::escalation::{Account, Status, analyse, built_in};
use crate::example::world;
use crate::vocabulary;

fn statement(effect: &str, action: &str, condition: Json) -> Json {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": effect, "Action": action, "Resource": "*", "Condition": condition},
    ]})
}

fn deny(action: &str) -> Json {
    statement("Deny", action, json!({}))
}

/// An account in which SCPs, or RCPs, are these.
fn under(scps: Json, rcps: Json) -> Json {
    json!({"organization": {}, "service_control_policies": scps, "resource_control_policies": rcps})
}

fn everything() -> Json {
    json!({"all": statement("Allow", "*", json!({}))})
}

fn perimeter() -> Json {
    json!([{"perimeter": {"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
        "Condition": {
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-exampleorgid"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    }]}}])
}

/// "SCPs … limit permissions for every request made by a principal" of a member account, and exempt service-linked
/// roles and the management account ("Service control policies" in the AWS Organizations User Guide).
#[test]
fn service_control_policies_limit_what_identities_may_do() {
    let user = |account: Json| json!({"inline_policies": everything(), "account": account});
    let iam = "user.effective";
    let path = |name: &str| format!("{}.{name}", iam.trim_start_matches("user."));
    for (scps, administrator) in [
        (json!([]), "yes"),
        (json!([{"leave": deny("organizations:LeaveOrganization")}]), "yes"),
        (json!([{}, {"iam": deny("iam:*")}]), "no"),
        (
            json!([{"region": statement("Deny", "ec2:*", json!({"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}))}]),
            "yes",
        ),
    ] {
        let given = user(under(scps, json!(null)));
        assert_eq!(fact("iam.user", &given, &path("administrator")), administrator, "{given}");
        assert_eq!(fact("iam.user", &given, &path("assumes")), "[]");
    }
    check(
        "iam.user",
        &[
            (
                user(under(json!([{"iam": deny("iam:PassRole")}]), json!(null))),
                "effective.can_pass_any_role",
                "no",
            ),
            (
                user(json!({"service_control_policies": {"not_offered": "organizations:ListRoots"}})),
                "effective.assumes",
                "[scp_not_read]",
            ),
            (
                user(
                    json!({"service_control_policies": {"unreadable": "organizations:DescribeOrganization"}}),
                ),
                "effective.administrator",
                "yes",
            ),
        ],
    );
    let linked = json!({"path": "/aws-service-role/x.amazonaws.com/", "name": "AWSServiceRoleForX",
        "inline_policies": everything(), "account": under(json!([{"iam": deny("*")}]), json!(null))});
    assert_eq!(fact("iam.role", &linked, "effective.administrator"), "yes");
}

/// "RCPs … restrict access to resources", for whoever asks ("Resource control policies" in the AWS Organizations User
/// Guide).
#[test]
fn resource_control_policies_keep_the_public_out() {
    let public = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"},
    ]});
    let bucket = |account: Json| json!({"policy": public, "account": account});
    let unread = json!({"resource_control_policies": {"not_offered": "organizations:ListRoots"}});
    check(
        "s3.bucket",
        &[
            (bucket(under(json!(null), json!([{}]))), "exposure.read", "yes"),
            (bucket(under(json!(null), json!([{}]))), "exposure.assumes", "[]"),
            (bucket(under(json!(null), perimeter())), "exposure.read", "no"),
            (bucket(unread.clone()), "exposure.read", "yes"),
            (bucket(unread), "exposure.assumes", "[rcp_not_read]"),
        ],
    );
    let by_acl = json!({"acl": "public-read", "object_ownership": "ObjectWriter", "account": under(json!(null), perimeter())});
    assert_eq!(fact("s3.bucket", &by_acl, "exposure.list"), "no");
}

#[test]
fn questions_about_access_are_answered_under_them() {
    let kind = vocabulary::kind("s3.bucket").unwrap();
    let ask = |account: Json| {
        let given = json!({"object_ownership": "BucketOwnerEnforced", "account": account,
            "snapshot": {"users": [{"inline_policies": everything()}]}});
        let (world, _) = world(kind, &given).unwrap();
        let question = Question::parse("s3:GetObject", Some("arn:aws:s3:::data/a")).unwrap();
        let bucket: &[Resource] = world.resource.as_slice();
        let one = can(&world.shared, &question, bucket, "alice", &Situation::default()).unwrap();
        let all = who_can(&world.shared, &question, bucket, &Situation::default()).unwrap();
        let names: Vec<_> = all.principals.iter().map(|one| one.principal.clone()).collect();
        let assumes = one.assumes.iter().chain(&all.assumes).count();
        (one.decision.name(), names.iter().any(|name| name.ends_with("user/alice")), assumes)
    };
    assert_eq!(ask(under(json!([{}]), json!([{}]))), ("Allowed", true, 0));
    assert_eq!(ask(under(json!([{"s3": deny("s3:*")}]), json!([{}]))), ("ExplicitlyDenied", false, 0));
    assert_eq!(
        ask(under(
            json!([{}]),
            json!([{"s3": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"},
            ]}}])
        )),
        ("ExplicitlyDenied", false, 0)
    );
}

#[test]
fn paths_to_an_administrator_end_at_a_service_control_policy() {
    let kind = vocabulary::kind("iam.user").unwrap();
    let status = |scps: Json| {
        let attach = statement("Allow", "iam:AttachUserPolicy", json!({}));
        let given = json!({"inline_policies": {"attach": attach}, "account": under(scps, json!(null))});
        let (world, _) = world(kind, &given).unwrap();
        let report = analyse(&[Account::new(&world.shared)], built_in().unwrap(), &[]);
        report.principals.iter().find(|one| one.arn.ends_with("user/alice")).unwrap().status
    };
    assert_eq!(status(json!([{}])), Status::CanEscalate);
    assert_eq!(status(json!([{"iam": deny("iam:Attach*")}])), Status::Cannot);
}

/// "Delegated administrator for AWS Organizations" and its examples of resource policies, in the AWS Organizations
/// User Guide.
#[test]
fn what_a_resource_policy_delegates_is_told_account_by_account() {
    let delegation = |statements: Json| {
        let policy = json!({"Version": "2012-10-17", "Statement": statements});
        let given = json!({"organization": {}, "delegation_policy": policy});
        fact("account", &given, "delegation.delegates")
    };
    let policies = "arn:aws:organizations::999988887777:policy/o-exampleorgid";
    let to = |account: &str, action: &str, resource: &str| json!({"Effect": "Allow", "Principal": {"AWS": account}, "Action": action, "Resource": resource});
    for (statements, expected) in [
        (json!([]), "[]"),
        (json!([to("444455556666", "organizations:ListAccounts", "*")]), "[]"),
        (
            json!([to("444455556666", "organizations:AttachPolicy", &format!("{policies}/backup_policy/*"))]),
            "[{account: 444455556666, policy_types: [BACKUP_POLICY], other_changes: []}]",
        ),
        (
            json!([
                to(
                    "444455556666",
                    "organizations:UpdatePolicy",
                    &format!("{policies}/tag_policy/p-1234abcd")
                ),
                to("arn:aws:iam::555566667777:role/move", "organizations:MoveAccount", "*"),
            ]),
            "[{account: 444455556666, policy_types: [TAG_POLICY], other_changes: []}, \
             {account: 555566667777, policy_types: [], other_changes: [organizations:MoveAccount]}]",
        ),
        // Who manages the organization needs nothing delegated.
        (json!([to("999988887777", "organizations:*", "*")]), "[]"),
        // Another organization's policy is not this one's.
        (
            json!([to(
                "444455556666",
                "organizations:AttachPolicy",
                "arn:aws:organizations::999988887777:policy/o-other/*"
            )]),
            "[]",
        ),
    ] {
        assert_eq!(delegation(statements.clone()), expected, "{statements}");
    }
}
