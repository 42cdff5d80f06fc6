//! What managed and inline policies say, and what they alone grant.

use serde_json::{Value as Json, json};

use super::{check, fact, made};

fn policy(statements: Json) -> Json {
    json!({"document": {"Version": "2012-10-17", "Statement": statements}})
}

fn allow(action: &str, resource: &str) -> Json {
    json!({"Effect": "Allow", "Action": action, "Resource": resource})
}

#[test]
fn managed_and_inline_policies_are_told_apart_and_have_holders() {
    let managed = json!({"name": "reader", "snapshot": {
        "roles": [{"name": "app", "attached_policies": ["arn:aws:iam::111122223333:policy/reader"]}],
    }});
    check(
        "iam.identity_policy",
        &[
            (managed.clone(), "inline", "false"),
            (managed.clone(), "held", "true"),
            (managed, "holders", "[arn:aws:iam::111122223333:role/app]"),
            (json!({"attachment_count": 0}), "held", "false"),
            (json!({"role": {"name": "app"}}), "inline", "true"),
            (
                json!({"role": {"name": "app"}}),
                "arn",
                "arn:aws:iam::111122223333:role/app/inline-policy/inline",
            ),
            (json!({"role": {"name": "app"}}), "holders", "[arn:aws:iam::111122223333:role/app]"),
            (json!({"role": {"name": "app", "path": "/aws-reserved/"}}), "aws_owned", "true"),
            (json!({"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}), "aws_owned", "true"),
            (json!({"user": {}}), "aws_owned", "false"),
        ],
    );
}

#[test]
fn lint_says_where_and_about_what() {
    let old = json!({"document": {"Version": "2008-10-17", "Statement": [
        {"Effect": "Deny", "Action": "s3:GetObjekt", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}},
        {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::audit/*"},
    ]}});
    check(
        "iam.identity_policy",
        &[
            (old.clone(), "lint.form.0.code", "old-version"),
            (old.clone(), "lint.unknown_actions.0.pointer", "/Statement/0/Action"),
            (old.clone(), "lint.ineffective_conditions.0.code", "deny-misses-absent-key"),
            (old, "lint.open_exclusions.0.pointer", "/Statement/1/NotResource"),
            (json!({"document": "{"}), "lint.form.0.code", "invalid-json"),
            (
                json!({"document": "{"}),
                "retired_actions",
                "unknown: iam:GetAccountAuthorizationDetails malformed",
            ),
        ],
    );
}

#[test]
fn a_resource_that_every_call_names_limits_an_action() {
    let instances = |subnets: &str| {
        let kinds = ["instance", "volume", "network-interface", "security-group"];
        let mut resources: Vec<String> = kinds.map(|kind| format!("arn:aws:ec2:*:*:{kind}/*")).to_vec();
        resources.extend(["arn:aws:ec2:*::image/*".to_owned(), format!("arn:aws:ec2:*:*:subnet/{subnets}")]);
        policy(json!([{"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": resources}]))
    };
    check(
        "iam.identity_policy",
        &[
            (instances("*"), "grants.unscoped_changes.0.action", "ec2:RunInstances"),
            (instances("subnet-1"), "grants.unscoped_changes", "[]"),
            (policy(json!([allow("ec2:CreateSnapshot", "*")])), "grants.data_reads.0.access", "yes"),
            (
                policy(json!([allow("ec2:CreateSnapshot", "arn:aws:ec2:*::snapshot/*")])),
                "grants.data_reads",
                "[]",
            ),
        ],
    );
}

#[test]
fn of_each_statement_the_first_change_per_service_is_named() {
    let both = policy(json!([
        {"Effect": "Allow", "Action": ["s3:Delete*", "s3:PutObject", "sqs:DeleteQueue"], "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::*/*"},
    ]));
    let made = made("iam.identity_policy", &both);
    let facts = made.subject.unwrap().facts;
    let at = |path: &str| super::text_at(facts.as_ref(), &format!("grants.unscoped_changes.{path}"));
    assert_eq!(at("0.pointer"), "/Statement/0");
    assert!(at("0.action").starts_with("s3:Delete"), "{}", at("0.action"));
    assert_eq!(at("1.action"), "s3:PutObject");
    assert_eq!(at("2.action"), "sqs:DeleteQueue");
}

#[test]
fn a_whole_service_is_one_of_which_nothing_is_left_out() {
    let but = |action: &str| {
        policy(json!([allow("sqs:*", "*"), {"Effect": "Deny", "Action": action, "Resource": "*"}]))
    };
    check(
        "iam.identity_policy",
        &[
            (policy(json!([allow("sqs:*", "*"), allow("s3:Get*", "*")])), "grants.service_wide", "[sqs]"),
            (policy(json!([allow("SQS:?*", "*")])), "grants.service_wide", "[sqs]"),
            (but("sqs:DeleteQueue"), "grants.service_wide", "[]"),
            (but("sns:*"), "grants.service_wide", "[sqs]"),
            (policy(json!([allow("sqs:*", "arn:aws:sqs:*:*:*")])), "grants.service_wide", "[]"),
            (policy(json!([allow("kms:*", "arn:aws:kms:*:*:key/*")])), "grants.every_key_action", "yes"),
            (policy(json!([allow("s3:*", "arn:aws:s3:::media*")])), "grants.every_bucket_action", "no"),
        ],
    );
}

#[test]
fn a_boundary_that_may_be_missing_bounds_nothing() {
    let with = |condition: Json| {
        policy(
            json!([{"Effect": "Allow", "Action": "iam:CreateRole", "Resource": "*", "Condition": condition}]),
        )
    };
    let limit = "arn:aws:iam::111122223333:policy/limit";
    let named = with(json!({"StringEquals": {"iam:PermissionsBoundary": limit}}));
    let open = with(json!({"StringEqualsIfExists": {"iam:PermissionsBoundary": limit}}));
    check(
        "iam.identity_policy",
        &[
            (named.clone(), "grants.unbounded_changes", "[]"),
            (named, "grants.boundable_changes.0.action", "iam:CreateRole"),
            (open, "grants.unbounded_changes.0.action", "iam:CreateRole"),
        ],
    );
}

#[test]
fn policies_are_the_same_whatever_order_and_spelling_they_have() {
    let other = |document: Json| {
        json!({"name": "one", "document": {"Version": "2012-10-17", "Statement": [
            allow("s3:GetObject", "*"), {"Effect": "Deny", "Action": ["sqs:*", "sns:*"], "Resource": "*"},
        ]}, "snapshot": {"policies": [{"name": "two", "document": document}]}})
    };
    let same = json!({"Version": "2012-10-17", "Id": "x", "Statement": [
        {"Sid": "Never", "Effect": "Deny", "Action": ["SNS:*", "sqs:*"], "Resource": ["*"]},
        {"Effect": "Allow", "Action": "s3:getobject", "Resource": "*"},
    ]});
    assert_eq!(
        fact("iam.identity_policy", &other(same), "same_as.arns"),
        "[arn:aws:iam::111122223333:policy/two]"
    );
    let older = json!({"Version": "2008-10-17", "Statement": [
        allow("s3:GetObject", "*"), {"Effect": "Deny", "Action": ["sqs:*", "sns:*"], "Resource": "*"},
    ]});
    assert_eq!(fact("iam.identity_policy", &other(older), "same_as.arns"), "[]");
}

#[test]
fn of_many_policies_that_are_the_same_each_names_its_neighbours() {
    let document = json!({"Version": "2012-10-17", "Statement": [allow("s3:GetObject", "*")]});
    let others: Vec<Json> =
        (10..30).map(|number| json!({"name": format!("p{number}"), "document": document})).collect();
    let given = json!({"name": "p25x", "document": document, "snapshot": {"policies": others}});
    assert_eq!(fact("iam.identity_policy", &given, "same_as.count"), "20");
    let named = [26, 27, 28, 29, 10, 11, 12, 13, 14, 15];
    let named: Vec<String> =
        named.iter().map(|number| format!("arn:aws:iam::111122223333:policy/p{number}")).collect();
    assert_eq!(fact("iam.identity_policy", &given, "same_as.arns"), format!("[{}]", named.join(", ")));
}

#[test]
fn an_edit_that_needs_mfa_is_not_one_without() {
    let held = |condition: Json| {
        json!({"inline_policies": {"own": {"Version": "2012-10-17", "Statement": [
            allow("iam:PutUserPolicy", "*"),
            {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition},
        ]}}})
    };
    let edits = |operator: &str| {
        let given = held(json!({operator: {"aws:MultiFactorAuthPresent": "false"}}));
        fact("iam.user", &given, "effective.permission_edits_without_mfa")
    };
    assert_eq!(edits("BoolIfExists"), "[]");
    // Requests with long-term keys lack the key.
    assert_ne!(edits("Bool"), "[]");
}
