use serde_json::{Value as Json, json};

use super::{fact, made};
use crate::example::example;
use crate::vocabulary;

fn refused(kind: &str, given: &Json) -> String {
    example(vocabulary::kind(kind).unwrap(), given).unwrap_err().to_string()
}

#[test]
fn every_kind_has_a_neutral_example() {
    for kind in crate::KINDS {
        let given = if kind.name == "iam.access_key" { json!({"active": true}) } else { json!({}) };
        let made = example(kind, &given).unwrap();
        assert!(made.subject.is_some(), "{}", kind.name);
        assert!(made.facts.gaps(kind).is_empty(), "{}", kind.name);
    }
}

#[test]
fn shorthands_are_spelled_out() {
    for (kind, given, path, expected) in [
        ("s3.bucket", json!({"acl": "public-read"}), "acl_grants.1.public", "true"),
        ("s3.bucket", json!({"public_access_block": "all"}), "public_access_block.complete", "true"),
        (
            "s3.bucket",
            json!({"public_access_block": {"ignore_public_acls": true}}),
            "public_access_block.complete",
            "false",
        ),
        (
            "s3.bucket",
            json!({"account": {"public_access_block": "all"}}),
            "effective_public_access_block.complete",
            "true",
        ),
        ("s3.bucket", json!({"encryption": "aws:kms"}), "encryption.algorithm", "aws:kms"),
        ("s3.bucket", json!({"versioning": "Suspended"}), "versioning", "suspended"),
        (
            "s3.bucket",
            json!({"versioning": {"unreadable": "s3:GetBucketVersioning", "reason": "throttled"}}),
            "versioning",
            "unknown: s3:GetBucketVersioning throttled",
        ),
        (
            "s3.bucket",
            json!({"cors": [{"allowed_origins": ["*"], "allowed_methods": ["PUT"]}]}),
            "cors.0.wildcard_write",
            "true",
        ),
        ("account", json!({"aliases": ["acme"]}), "alias", "acme"),
        (
            "account",
            json!({"security_contact": {"email": "a@b.example"}}),
            "security_contact.email",
            "a@b.example",
        ),
        ("iam.root", json!({"summary": {"AccountMFAEnabled": 0}}), "mfa", "false"),
        ("iam.root", json!({"report": {"password_last_used_days_ago": 3}}), "last_used_days", "3"),
        (
            "iam.password_policy",
            json!({"snapshot": {"users": [{"name": "bob", "report": {"password_enabled": true}}]}}),
            "has_console_users",
            "true",
        ),
        ("iam.user", json!({"report": "missing"}), "console", "unknown: iam:GetCredentialReport stale"),
        ("iam.user", json!({"created_days_ago": 7}), "age_days", "7"),
        ("iam.access_key", json!({"rotated_days_ago": 91, "last_used_days_ago": null}), "age_days", "91"),
        ("iam.role", json!({"last_used_days_ago": 12}), "last_used_days", "12"),
        ("iam.inline_policy", json!({"role": {"path": "/aws-reserved/"}}), "aws_owned", "true"),
        (
            "ecr.repository",
            json!({"registry": {"scanning": {"rules": [{"scan_frequency": "CONTINUOUS_SCAN", "repository_filters": ["ap*"]}]}}}),
            "scan_frequency",
            "CONTINUOUS_SCAN",
        ),
        ("ecr.repository", json!({"scan_on_push": true}), "scan_frequency", "SCAN_ON_PUSH"),
    ] {
        assert_eq!(fact(kind, &given, path), expected, "{kind} {given} {path}");
    }
}

#[test]
fn an_unreadable_report_hides_keys() {
    let made =
        made("iam.access_key", &json!({"user": {"report": {"unreadable": "iam:GetCredentialReport"}}}));
    assert!(made.subject.is_none());
    assert_eq!(made.facts.gaps(vocabulary::kind("iam.access_key").unwrap()).len(), 1);
}

#[test]
fn mistakes_are_named_with_what_was_meant() {
    for (kind, given, expected) in [
        ("s3.bucket", json!({"polcy": null}), "`s3.bucket` has no `polcy`; did you mean `policy`?"),
        (
            "iam.role",
            json!({"last_usd_days_ago": 1}),
            "`iam.role` has no `last_usd_days_ago`; did you mean `last_used_days_ago`?",
        ),
        (
            "s3.bucket",
            json!({"policy": {"unreadable": "s3:GetBucketPolcy"}}),
            "`s3.bucket.policy`: no operation is called `s3:GetBucketPolcy`; did you mean `s3:GetBucketPolicy`?",
        ),
        (
            "s3.bucket",
            json!({"policy": {"unreadable": "s3:GetBucketPolicy", "reason": "deneid"}}),
            "`s3.bucket.policy.reason` has no `deneid`; did you mean `denied`?",
        ),
        ("s3.bucket", json!({"snapshot": {"user": []}}), "`snapshot` has no `user`; did you mean `users`?"),
        (
            "s3.bucket",
            json!({"account": {"public_access_blok": "all"}}),
            "`account` has no `public_access_blok`; did you mean `public_access_block`?",
        ),
        ("s3.bucket", json!({"versioning": {"mfa": true}}), "`s3.bucket.versioning` has no `mfa`"),
        ("s3.bucket", json!([]), "`s3.bucket`: expected names with values"),
        (
            "iam.user",
            json!({"created_days_ago": "x"}),
            "`iam.user.created_days_ago`: expected a number of days, or null for never",
        ),
        (
            "iam.role",
            json!({"last_used_days_ago": i64::MAX}),
            "`iam.role.last_used_days_ago`: expected a number of days, or null for never",
        ),
    ] {
        assert_eq!(refused(kind, &given), expected, "{kind} {given}");
    }
}
