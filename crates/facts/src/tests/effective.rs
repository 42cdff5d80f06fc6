//! What identities may really do, by example.

use serde_json::{Value as Json, json};

use super::{check, fact};

fn allow(actions: &Json, resources: &Json) -> Json {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": resources}]})
}

fn holding(document: Json) -> Json {
    json!({"inline_policies": {"one": document}})
}

#[test]
fn reading_is_told_from_changing_by_what_can_really_be_allowed() {
    let everything = || allow(&json!("*"), &json!("*"));
    let but_reading = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:Get*", "s3:Put*"], "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:Put*", "Resource": "*"},
    ]});
    let read =
        json!([{"name": "limit", "document": allow(&json!(["s3:Get*", "ec2:Describe*"]), &json!("*"))}]);
    let boundary = json!({
        "inline_policies": {"one": everything()},
        "permissions_boundary": "arn:aws:iam::111122223333:policy/limit",
        "snapshot": {"policies": read},
    });
    check(
        "iam.role",
        &[
            (holding(allow(&json!(["s3:Get*", "s3:List*"]), &json!("*"))), "effective.read_only", "true"),
            (
                holding(allow(&json!(["s3:GetObject", "s3:PutObject"]), &json!("arn:aws:s3:::b/*"))),
                "effective.beyond_reading.action",
                "s3:PutObject",
            ),
            (
                holding(allow(&json!("s3:PutObject"), &json!("arn:aws:s3:::b/*"))),
                "effective.beyond_reading.pointer",
                "/Statement/0",
            ),
            (
                holding(allow(&json!("s3:PutObject"), &json!("arn:aws:sqs:*:*:b"))),
                "effective.read_only",
                "true",
            ),
            (holding(but_reading), "effective.read_only", "true"),
            (holding(everything()), "effective.read_only", "false"),
            // The reference says that it writes.
            (holding(allow(&json!("iot:ListSubscriptions"), &json!("*"))), "effective.read_only", "true"),
            (boundary.clone(), "effective.read_only", "true"),
            (boundary, "effective.administrator", "no"),
            (holding(allow(&json!("s3:TagResource"), &json!("*"))), "effective.read_only", "false"),
        ],
    );
}

#[test]
fn administrators_are_what_groups_boundaries_and_denies_leave() {
    let everything = || allow(&json!("*"), &json!("*"));
    let by_group = json!({"groups": ["admins"], "snapshot": {"groups": [{"name": "admins", "inline_policies": {"all": everything()}}]}});
    let denied = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "iam:*", "Resource": "*"},
    ]});
    let in_two = json!({"inline_policies": {
        "one": json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}}),
        "two": allow(&json!("iam:*"), &json!("*")),
    }});
    let missing = json!({"attached_policies": ["arn:aws:iam::111122223333:policy/gone"]});
    check(
        "iam.user",
        &[
            (by_group.clone(), "effective.administrator", "yes"),
            (by_group, "effective.service_wide.0", "a2c"),
            (holding(denied), "effective.administrator", "no"),
            (in_two, "effective.administrator", "yes"),
            (holding(allow(&json!("s3:*"), &json!("*"))), "effective.administrator", "no"),
            (
                holding(allow(&json!(["s3:*", "ec2:Describe*"]), &json!("*"))),
                "effective.service_wide.0",
                "s3",
            ),
        ],
    );
    let unknown = fact("iam.user", &missing, "effective.administrator");
    assert!(unknown.starts_with("unknown") || unknown.contains("malformed"), "{unknown}");
}

#[test]
fn managing_oneself_is_no_more_than_that() {
    let own = |actions: Json, resource: &str| holding(allow(&actions, &json!(resource)));
    let user = "arn:aws:iam::*:user/${aws:username}";
    check(
        "iam.user",
        &[
            (
                own(json!(["iam:*AccessKey*", "iam:ChangePassword", "iam:GetUser"]), user),
                "effective.self_managing_only",
                "true",
            ),
            (
                own(json!(["iam:*VirtualMFADevice"]), "arn:aws:iam::*:mfa/*"),
                "effective.self_managing_only",
                "true",
            ),
            (
                own(json!("sts:AssumeRole"), "arn:aws:iam::444455556666:role/infra-*"),
                "effective.self_managing_only",
                "true",
            ),
            (
                own(json!(["iam:ListUsers", "iam:GetAccountSummary"]), "*"),
                "effective.self_managing_only",
                "true",
            ),
            (own(json!("iam:CreateAccessKey"), "*"), "effective.self_managing_only", "false"),
            (
                own(json!("iam:CreateAccessKey"), "arn:aws:iam::*:user/*${aws:username}"),
                "effective.self_managing_only",
                "false",
            ),
            (
                own(json!("iam:PutUserPolicy"), user),
                "effective.beyond_self_management.action",
                "iam:PutUserPolicy",
            ),
            (own(json!("s3:GetObject"), "*"), "effective.self_managing_only", "false"),
        ],
    );
}

#[test]
fn what_is_allowed_everywhere_is_told_from_what_is_scoped() {
    let scoped = "arn:aws:iam::111122223333:role/stack-*";
    let passing = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
        "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
    }});
    check(
        "iam.role",
        &[
            (
                holding(allow(&json!("iam:PutRolePolicy"), &json!("*"))),
                "effective.can_edit_permissions",
                "yes",
            ),
            (
                holding(allow(&json!("iam:PutRolePolicy"), &json!("arn:aws:iam::*:role/*"))),
                "effective.can_edit_permissions",
                "yes",
            ),
            (
                holding(allow(&json!("iam:PutRolePolicy"), &json!(scoped))),
                "effective.can_edit_permissions",
                "no",
            ),
            (holding(allow(&json!("iam:PassRole"), &json!("*"))), "effective.can_pass_any_role", "yes"),
            (holding(passing), "effective.can_pass_any_role", "conditional"),
            (holding(allow(&json!("iam:PassRole"), &json!(scoped))), "effective.can_pass_any_role", "no"),
            (holding(allow(&json!("sts:AssumeRole"), &json!("*"))), "effective.can_assume_any_role", "yes"),
            (
                holding(allow(&json!("s3:PutObject"), &json!("arn:aws:s3:::*/*"))),
                "effective.bucket_writes.0.action",
                "s3:PutObject",
            ),
            (
                holding(allow(&json!("s3:PutObject"), &json!("arn:aws:s3:::media-*/*"))),
                "effective.bucket_writes",
                "[]",
            ),
            (
                holding(allow(&json!("s3:PutObjectAcl"), &json!("arn:aws:s3:::media/*"))),
                "effective.acl_changes.0.resource",
                "arn:aws:s3:::media/7q0-unnamed-k3",
            ),
            (
                holding(allow(&json!("ecr:*"), &json!("*"))),
                "effective.repository_pushes.1.action",
                "ecr:PutImage",
            ),
        ],
    );
}

#[test]
fn a_principal_is_a_user_or_a_role_and_says_whether_it_can_become_administrator() {
    let writer = holding(allow(&json!("iam:PutUserPolicy"), &json!("arn:aws:iam::*:user/${aws:username}")));
    let reader = holding(allow(&json!("s3:GetObject"), &json!("*")));
    let everything = holding(allow(&json!("*"), &json!("*")));
    let broken = json!({"name": "broken", "inline_policies": {"one": "no policy"}});
    check(
        "iam.principal",
        &[
            (json!({"user": writer}), "escalation.status", "can_escalate"),
            (json!({"user": writer}), "escalation.steps.0.action", "iam:PutUserPolicy"),
            (json!({"user": reader}), "escalation.status", "cannot"),
            (json!({"user": reader}), "escalation.technique", "null"),
            (json!({"role": everything}), "escalation.status", "administrator"),
            (json!({"role": everything}), "identity_kind", "iam.role"),
            (json!({}), "identity_kind", "iam.user"),
        ],
    );
    // What could not be read counts where it decides: for whoever gets to it.
    let getter = holding(allow(&json!("iam:UpdateAssumeRolePolicy"), &json!("*")));
    let with_broken = |user: &serde_json::Value| {
        fact("iam.principal", &json!({"user": user, "snapshot": {"roles": [broken]}}), "escalation.status")
    };
    assert_eq!(with_broken(&reader), "cannot");
    assert!(with_broken(&getter).contains("unknown"), "{}", with_broken(&getter));
}
