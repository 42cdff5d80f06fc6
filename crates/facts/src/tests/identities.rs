//! Users, keys, groups, roles and their policies.

use serde_json::{Value as Json, json};

use super::{check, fact, made};
use crate::vocabulary;

const REPORT_DENIED: &str = "unknown: iam:GetCredentialReport denied";
const REPORT_STALE: &str = "unknown: iam:GetCredentialReport stale";

#[test]
fn a_user_whom_the_report_does_not_know_is_unknown_not_harmless() {
    for path in ["console", "password_last_used_days", "access_keys", "active_access_keys", "mfa"] {
        assert_eq!(fact("iam.user", &json!({"report": "missing"}), path), REPORT_STALE, "{path}");
        // Created after the report: the row is about somebody else of that name.
        let newer = json!({"created_days_ago": -1, "report": {"password_enabled": false}});
        assert_eq!(fact("iam.user", &newer, path), REPORT_STALE, "{path}");
    }
    let denied = json!({"report": {"unreadable": "iam:GetCredentialReport"}});
    assert_eq!(fact("iam.user", &denied, "console"), REPORT_DENIED);
    assert_eq!(fact("iam.user", &denied, "groups"), "[]");
}

#[test]
fn a_device_counts_whether_report_or_live_list_shows_it() {
    let device = json!([{"serial_number": "arn:aws:iam::111122223333:mfa/alice", "user_arn": "arn:aws:iam::111122223333:user/alice", "enabled_at": null}]);
    let denied = json!({"unreadable": "iam:ListVirtualMFADevices"});
    check(
        "iam.user",
        &[
            (json!({"report": {"mfa_active": true}}), "mfa", "true"),
            (json!({"report": {"mfa_active": false}}), "mfa", "false"),
            // A fix that is newer than the report.
            (
                json!({"report": {"mfa_active": false}, "account": {"virtual_mfa_devices": device}}),
                "mfa",
                "true",
            ),
            (json!({"report": "missing", "account": {"virtual_mfa_devices": device}}), "mfa", "true"),
            (
                json!({"report": {"mfa_active": true}, "account": {"virtual_mfa_devices": denied}}),
                "mfa",
                "true",
            ),
            (
                json!({"report": {"mfa_active": false}, "account": {"virtual_mfa_devices": denied}}),
                "mfa",
                "unknown: iam:ListVirtualMFADevices denied",
            ),
        ],
    );
}

#[test]
fn passwords_and_keys_have_ages() {
    let report = json!({
        "password_enabled": true, "password_last_used_days_ago": 46, "password_last_changed_days_ago": 300,
        "access_keys": [
            {"active": true, "rotated_days_ago": 100, "last_used_days_ago": 90},
            {"active": true, "rotated_days_ago": 5, "last_used_days_ago": null},
        ],
    });
    check(
        "iam.user",
        &[
            (json!({"report": report}), "password_last_used_days", "46"),
            (json!({"report": report}), "password_age_days", "300"),
            (json!({"report": report}), "active_access_keys", "2"),
            (json!({"report": report}), "newest_active_key_age_days", "5"),
            (json!({"report": report}), "access_keys.0.last_used_days", "90"),
            (json!({"report": report}), "access_keys.1.last_used_days", "null"),
            (
                json!({"report": {"password_enabled": true, "password_last_used": "no_information"}}),
                "password_last_used_days",
                "null",
            ),
            (
                json!({"report": {"password_enabled": null}}),
                "console",
                "unknown: iam:GetCredentialReport malformed",
            ),
            (json!({"report": {"certificates_active": [true, false]}}), "active_signing_certificates", "1"),
        ],
    );
}

#[test]
fn a_slot_is_a_key_if_it_is_active_or_dated() {
    let keys = |report: Json| {
        let made = made("iam.user", &json!({"report": report}));
        made.facts.subjects_of(vocabulary::kind("iam.access_key").unwrap()).collect::<Vec<_>>()
    };
    assert!(keys(json!({})).is_empty());
    let both = keys(json!({"access_keys": [{"active": false, "rotated_days_ago": 3}, {"active": true}]}));
    let arns: Vec<_> = both.iter().map(|key| key.arn.as_str()).collect();
    assert_eq!(
        arns,
        [
            "arn:aws:iam::111122223333:user/alice/access-key/1",
            "arn:aws:iam::111122223333:user/alice/access-key/2"
        ]
    );
    check(
        "iam.access_key",
        &[
            (json!({"rotated_days_ago": 90}), "age_days", "90"),
            (json!({"last_rotated": "N/A"}), "age_days", "unknown: iam:GetCredentialReport malformed"),
            (json!({"last_used_days_ago": null}), "last_used_days", "null"),
            (json!({"active": false}), "active", "false"),
        ],
    );
}

#[test]
fn one_stale_user_hides_keys_of_his_alone() {
    let given = json!({"snapshot": {"users": [{"name": "new", "report": "missing"}]}});
    let made = made("iam.access_key", &given);
    assert!(made.subject.is_some());
    let gaps = made.facts.gaps(vocabulary::kind("iam.access_key").unwrap());
    assert_eq!(gaps.len(), 1);
}

#[test]
fn a_groups_members_are_as_complete_as_the_list_of_users() {
    let unlisted = json!({"iam.user": {"unreadable": "iam:GetAccountAuthorizationDetails"}});
    check(
        "iam.group",
        &[
            (json!({}), "members", "[]"),
            (json!({"snapshot": {"users": [{"groups": ["developers"]}]}}), "members", "[alice]"),
            (
                json!({"snapshot": {"users": [{"groups": ["developers"]}], "listings": unlisted}}),
                "members",
                "[alice, …]",
            ),
        ],
    );
}

#[test]
fn roles_of_aws_are_told_apart() {
    check(
        "iam.role",
        &[
            (json!({"path": "/aws-service-role/ecr.amazonaws.com/"}), "service_linked", "true"),
            (json!({"path": "/aws-reserved/sso.amazonaws.com/"}), "identity_center", "true"),
            (json!({"path": "/service-role/"}), "service_linked", "false"),
            (json!({}), "last_used_days", "null"),
        ],
    );
}

#[test]
fn an_emergency_ends_after_its_last_day() {
    let given = |expires: &str, policy: &str| {
        json!({"name": "fix", "role": {}, "declarations": {"emergency_inline_policies": [{
            "principal": "arn:aws:iam::111122223333:role/app", "policy": policy,
            "reason": "outage", "owner": "ops", "expires": expires,
        }]}})
    };
    check(
        "iam.inline_policy",
        &[
            (json!({}), "emergency", "null"),
            (given("2026-07-01", "other"), "emergency", "null"),
            (given("2026-07-01", "fix"), "emergency.expired", "false"),
            (given("2026-06-30", "fix"), "emergency.expired", "true"),
            (given("2026-06-30", "fix"), "emergency.expires", "2026-06-30"),
        ],
    );
    let made = made("iam.inline_policy", &given("2026-07-01", "fix"));
    assert_eq!(made.subject.unwrap().arn, "arn:aws:iam::111122223333:role/app/inline-policy/fix");
}

/// Every way to say "everything", and what only looks like it.
#[test]
fn full_administration_is_what_a_document_means() {
    let allow = |statement: Json| {
        let mut statement = statement;
        statement["Effect"] = json!("Allow");
        json!([statement])
    };
    let star = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    for (statements, expected) in [
        (allow(json!({"Action": "*", "Resource": "*"})), "yes"),
        (allow(json!({"Action": ["*:*"], "Resource": ["arn:aws:s3:::x", "*"]})), "yes"),
        (allow(json!({"Action": "**", "Resource": "**"})), "yes"),
        (allow(json!({"Action": "*", "Resource": "arn:aws:*"})), "yes"),
        (allow(json!({"NotAction": "nosuch:Action", "Resource": "*"})), "yes"),
        (allow(json!({"NotAction": [], "Resource": "*"})), "yes"),
        (allow(json!({"Action": "*", "NotResource": "arn:aws:s3:::secret/*"})), "yes"),
        (
            json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}, {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}]),
            "yes",
        ),
        (allow(json!({"NotAction": "iam:*", "Resource": "*"})), "no"),
        (allow(json!({"Action": "s3:View*", "Resource": "*"})), "no"),
        (allow(json!({"Action": "*", "Resource": "arn:aws:s3:::data/*"})), "no"),
        (allow(json!({"Action": "*", "Resource": "arn:aws:s3:::*"})), "no"),
        (
            allow(
                json!({"Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}),
            ),
            "conditional",
        ),
        (
            allow(
                json!({"Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}),
            ),
            "yes",
        ),
        (
            allow(
                json!({"Action": "*", "Resource": "*", "Condition": {"NoSuchOperator": {"aws:SourceIp": "1.2.3.4"}}}),
            ),
            "no",
        ),
        (json!([star, {"Effect": "Deny", "Action": "*", "Resource": "*"}]), "no"),
        (json!([star, {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]), "no"),
        (json!([star, {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]), "yes"),
        (
            json!([star, {"Effect": "Deny", "NotAction": "iam:ChangePassword", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}]),
            "conditional",
        ),
        (json!([{"Effect": "Deny", "Action": "*", "Resource": "*"}]), "no"),
    ] {
        let document = json!({"Version": "2012-10-17", "Statement": statements});
        assert_eq!(
            fact("iam.policy", &json!({"document": document}), "full_administrator"),
            expected,
            "{document}"
        );
        assert_eq!(fact("iam.inline_policy", &json!({"document": document}), "full_administrator"), expected);
    }
    assert_eq!(
        fact("iam.policy", &json!({"document": "{"}), "full_administrator"),
        "unknown: iam:GetAccountAuthorizationDetails malformed"
    );
}

#[test]
fn a_policys_holders_are_found_in_every_list() {
    let arn = "arn:aws:iam::111122223333:policy/deploy";
    let given = json!({"snapshot": {
        "users": [{"attached_policies": [arn]}], "groups": [{"attached_policies": [arn]}], "roles": [{}],
    }});
    assert_eq!(
        fact("iam.policy", &given, "holders"),
        "[arn:aws:iam::111122223333:user/alice, arn:aws:iam::111122223333:group/developers]"
    );
    assert_eq!(
        fact("iam.policy", &json!({"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}), "aws_managed"),
        "true"
    );
}

#[test]
fn who_reaches_a_role_is_told_of_roles_for_emergencies_and_of_others() {
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/alice"}, "Action": "sts:AssumeRole"}]});
    for name in ["infra-AdminR-1", "deploy"] {
        let role = json!({"name": name, "trust_policy": trust, "snapshot": {"users": [{"name": "alice"}, {"name": "bob"}]}});
        assert_eq!(fact("iam.role", &role, "reached_by"), "[arn:aws:iam::111122223333:user/alice]", "{name}");
    }
}
