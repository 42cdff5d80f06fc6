//! The account, its root user and its password policy.

use serde_json::json;

use super::{check, fact};

#[test]
fn what_aws_does_not_have_is_null() {
    check(
        "account",
        &[
            (json!({}), "alias", "null"),
            (
                json!({"aliases": {"unreadable": "iam:ListAccountAliases"}}),
                "alias",
                "unknown: iam:ListAccountAliases denied",
            ),
            (
                json!({"aliases": {"items": [], "incomplete": {"reason": "throttled"}}}),
                "alias",
                "unknown: iam:ListAccountAliases throttled",
            ),
            (json!({}), "security_contact", "null"),
            (json!({"security_contact": {}}), "security_contact.phone", "+1 555 0100"),
            (json!({}), "alternate_contacts_offered", "true"),
            (
                json!({"security_contact": {"not_offered": "account:GetAlternateContact"}}),
                "alternate_contacts_offered",
                "false",
            ),
            (json!({}), "public_access_block.complete", "false"),
            (json!({"public_access_block": "all"}), "public_access_block.complete", "true"),
        ],
    );
}

#[test]
fn live_counters_alone_tell_what_the_root_user_has() {
    let no_summary = json!({"unreadable": "iam:GetAccountSummary"});
    check(
        "iam.root",
        &[
            (json!({"report": {"mfa_active": false}}), "mfa", "true"),
            (json!({"summary": {"AccountMFAEnabled": 0}, "report": {"mfa_active": true}}), "mfa", "false"),
            // The report may be older than a change that the counters would show.
            (
                json!({"summary": no_summary, "report": {"mfa_active": false}}),
                "mfa",
                "unknown: iam:GetAccountSummary denied",
            ),
            (json!({"summary": {"AccountAccessKeysPresent": 1}}), "access_key_present", "true"),
            (
                json!({"summary": no_summary, "report": {"access_keys": [{"active": true}]}}),
                "access_key_present",
                "unknown: iam:GetAccountSummary denied",
            ),
            (
                json!({"summary": {"AccountSigningCertificatesPresent": 1}}),
                "signing_certificate_present",
                "true",
            ),
        ],
    );
}

#[test]
fn root_credentials_that_an_organization_removed_are_not_there() {
    let removed = json!({"AccountPasswordPresent": 0, "AccountAccessKeysPresent": 0});
    check(
        "iam.root",
        &[
            (json!({}), "has_credentials", "true"),
            (json!({"summary": removed}), "has_credentials", "false"),
            (
                json!({"summary": {"AccountPasswordPresent": 0, "AccountAccessKeysPresent": 1}}),
                "has_credentials",
                "true",
            ),
            (json!({}), "mfa_supported", "true"),
            (json!({"partition": "aws-us-gov", "report": {"mfa_active": null}}), "mfa_supported", "false"),
            (json!({"partition": "aws-us-gov", "report": {"mfa_active": false}}), "mfa_supported", "true"),
        ],
    );
}

#[test]
fn the_newest_use_of_password_and_keys_counts() {
    let keys = json!([{"last_used_days_ago": 12}, {"last_used_days_ago": 4}]);
    check(
        "iam.root",
        &[
            (json!({}), "last_used_days", "null"),
            (json!({"report": {"password_last_used": "no_information"}}), "last_used_days", "null"),
            (
                json!({"report": {"password_last_used_days_ago": 9, "access_keys": keys}}),
                "last_used_days",
                "4",
            ),
            (
                json!({"report": {"password_last_used_days_ago": 2, "access_keys": keys}}),
                "last_used_days",
                "2",
            ),
            (
                json!({"report": {"password_last_used_days_ago": 2, "access_keys": keys}}),
                "access_key_last_used_days",
                "4",
            ),
            (json!({"report": "missing"}), "last_used_days", "unknown: iam:GetCredentialReport stale"),
        ],
    );
    let virtual_device = json!([{
        "serial_number": "arn:aws:iam::111122223333:mfa/root-account-mfa-device",
        "user_arn": "arn:aws:iam::111122223333:root", "enabled_at": null,
    }]);
    check("iam.root", &[(json!({"virtual_mfa_devices": virtual_device}), "virtual_mfa", "true")]);
}

#[test]
fn without_a_password_policy_aws_default_holds() {
    check(
        "iam.password_policy",
        &[
            (json!({}), "configured", "false"),
            (json!({}), "minimum_length", "8"),
            (json!({}), "max_age_days", "null"),
            (json!({}), "reuse_prevention", "0"),
            (
                json!({"password_policy": {"minimum_length": 14, "reuse_prevention": 24}}),
                "minimum_length",
                "14",
            ),
            (
                json!({"password_policy": {"minimum_length": 14, "reuse_prevention": 24}}),
                "reuse_prevention",
                "24",
            ),
            (json!({"password_policy": {"max_age_days": 0}}), "max_age_days", "null"),
            (
                json!({"password_policy": {"unreadable": "iam:GetAccountPasswordPolicy"}}),
                "minimum_length",
                "unknown: iam:GetAccountPasswordPolicy denied",
            ),
        ],
    );
}

#[test]
fn the_password_policy_matters_where_a_user_has_a_password() {
    let users = |first: bool, second: serde_json::Value| json!({"snapshot": {"users": [{"name": "a", "report": {"password_enabled": first}}, {"name": "b", "report": second}]}});
    check(
        "iam.password_policy",
        &[
            (json!({}), "has_console_users", "false"),
            (users(false, json!({})), "has_console_users", "false"),
            (users(true, json!("missing")), "has_console_users", "true"),
            (users(false, json!("missing")), "has_console_users", "unknown: iam:GetCredentialReport stale"),
            (
                json!({"snapshot": {"listings": {"iam.user": {"unreadable": "iam:GetAccountAuthorizationDetails"}}}}),
                "has_console_users",
                "unknown: iam:GetAccountAuthorizationDetails denied",
            ),
        ],
    );
}

#[test]
fn billing_takes_the_action_that_the_console_needs_and_somebody_who_has_it() {
    let group = |action: &str| {
        json!({"snapshot": {
            "groups": [{"name": "finance", "inline_policies": {"billing": {
                "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}],
            }}}],
            "users": [{"name": "eve", "groups": ["finance"]}],
        }})
    };
    assert_eq!(fact("account", &group("aws-portal:*"), "billing_viewers"), "[]");
    for action in ["billing:Get*", "BILLING:GETBILLINGDATA", "billing:*"] {
        assert_eq!(fact("account", &group(action), "billing_viewers.0.name"), "finance", "{action}");
        assert_eq!(fact("account", &group(action), "billing_viewers.0.in_use"), "true", "{action}");
        assert_eq!(fact("account", &group(action), "billing_viewers.0.administrator"), "no", "{action}");
    }
    assert_eq!(fact("account", &group("*"), "billing_viewers.0.administrator"), "yes");
    let names =
        ["administrators.0.name", "administrators.1.name"].map(|path| fact("account", &group("*"), path));
    assert_eq!(names, ["eve", "finance"], "a member by her group, and the group");
}

#[test]
fn a_policy_that_was_not_read_may_deny_or_grant() {
    let given = json!({"snapshot": {"roles": [{"attached_policies": ["arn:aws:iam::aws:policy/job-function/Billing"]}]}});
    assert_eq!(fact("account", &given, "billing_viewers"), "[…]");
    assert_eq!(fact("account", &given, "administrators"), "[…]");
}
