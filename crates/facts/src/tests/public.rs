//! What the public can do with buckets: layers, capabilities and what can't be known.

use serde_json::{Value as Json, json};

use super::{check, fact};

const POLICY_DENIED: &str = "unknown: s3:GetBucketPolicy denied";

fn policy(action: &str, condition: Json) -> Json {
    json!({"Version": "2012-10-17", "Statement": [{
        "Sid": "Open", "Effect": "Allow", "Principal": "*", "Action": action,
        "Resource": ["arn:aws:s3:::data", "arn:aws:s3:::data/*"], "Condition": condition,
    }]})
}

fn open(action: &str) -> Json {
    policy(action, json!({}))
}

#[test]
fn a_public_statement_gives_what_its_actions_give() {
    for (action, path) in [
        ("s3:GetObject", "read"),
        ("s3:getobject", "read"),
        ("s3:ListBucket", "list"),
        ("s3:PutObject", "write"),
        ("s3:GetBucketAcl", "acl_read"),
        ("s3:PutBucketAcl", "acl_write"),
        ("s3:PutBucketPolicy", "administer"),
    ] {
        let given = json!({"policy": open(action)});
        for capability in ["read", "list", "write", "acl_read", "acl_write", "administer"] {
            let expected = if capability == path { "yes" } else { "no" };
            assert_eq!(
                fact("s3.bucket", &given, &format!("exposure.{capability}")),
                expected,
                "{action} {capability}"
            );
        }
        assert_eq!(fact("s3.bucket", &given, "exposure.public"), "yes");
        assert_eq!(fact("s3.bucket", &given, "exposure.grants.0.sid"), "Open");
        assert_eq!(fact("s3.bucket", &given, "exposure.grants.0.pointer"), "/Statement/0");
        let asked = fact("s3.bucket", &given, "exposure.witness.action").to_lowercase();
        assert!(asked.starts_with(&action.to_lowercase()), "{asked} for {action}");
    }
}

#[test]
fn acl_grants_count_unless_ownership_or_block_public_access_switches_them_off() {
    check(
        "s3.bucket",
        &[
            (json!({}), "exposure.public", "no"),
            (json!({}), "exposure.witness", "null"),
            (json!({"acl": "public-read"}), "exposure.list", "yes"),
            (json!({"acl": "public-read"}), "exposure.read", "no"),
            (json!({"acl": "public-read-write"}), "exposure.write", "yes"),
            (json!({"acl": "authenticated-read"}), "exposure.list", "yes"),
            (json!({"acl": "log-delivery-write"}), "exposure.public", "no"),
            (
                json!({"acl": "public-read", "object_ownership": "BucketOwnerEnforced"}),
                "exposure.public",
                "no",
            ),
            (
                json!({"acl": "public-read", "public_access_block": {"ignore_public_acls": true}}),
                "exposure.public",
                "no",
            ),
            (
                json!({"acl": "public-read", "account": {"public_access_block": {"ignore_public_acls": true}}}),
                "exposure.public",
                "no",
            ),
            // These two only refuse new grants.
            (
                json!({"acl": "public-read", "public_access_block": {"block_public_acls": true}}),
                "exposure.public",
                "yes",
            ),
            (
                json!({"policy": open("s3:GetObject"), "public_access_block": {"block_public_policy": true}}),
                "exposure.public",
                "yes",
            ),
            (
                json!({"policy": open("s3:GetObject"), "public_access_block": {"restrict_public_buckets": true}}),
                "exposure.public",
                "no",
            ),
            (
                json!({"policy": open("s3:GetObject"), "account": {"public_access_block": "all"}}),
                "exposure.public",
                "no",
            ),
        ],
    );
}

#[test]
fn conditions_limit_access_or_do_not() {
    let given = |condition: Json| json!({"policy": policy("s3:GetObject", condition)});
    let organization = json!({"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}});
    let address = json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}});
    check(
        "s3.bucket",
        &[
            (given(organization.clone()), "exposure.public", "no"),
            (given(organization.clone()), "exposure.limited", "true"),
            (given(organization), "exposure.conditions", "[StringEquals aws:PrincipalOrgID o-1234567890]"),
            (given(address.clone()), "exposure.read", "no"),
            (given(address), "exposure.limited", "true"),
            (given(json!({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})), "exposure.read", "yes"),
            (given(json!({"StringEquals": {"aws:Referer": "https://example.com"}})), "exposure.read", "yes"),
            (given(json!({"Bool": {"aws:SecureTransport": "true"}})), "exposure.read", "yes"),
            // Anybody can have a network that fits the pattern.
            (given(json!({"StringLike": {"aws:SourceVpce": "vpce-*"}})), "exposure.read", "yes"),
            (given(json!({})), "exposure.limited", "false"),
        ],
    );
}

/// What the readable layers decide is decided, everything else is unknown and names the call.
#[test]
fn a_layer_that_could_not_be_read_counts_only_where_it_would_decide() {
    let denied = |operation: &str| json!({"unreadable": operation});
    let policy_denied = || denied("s3:GetBucketPolicy");
    check(
        "s3.bucket",
        &[
            (json!({"policy": policy_denied()}), "exposure.public", POLICY_DENIED),
            (json!({"policy": policy_denied()}), "exposure.read", POLICY_DENIED),
            (json!({"policy": policy_denied(), "public_access_block": "all"}), "exposure.public", "no"),
            (json!({"policy": policy_denied(), "public_access_block": "all"}), "exposure.read", "no"),
            (
                json!({"policy": policy_denied(), "account": {"public_access_block": "all"}}),
                "exposure.write",
                "no",
            ),
            (json!({"policy": policy_denied(), "acl": "public-read"}), "exposure.public", "yes"),
            // The policy might deny what the list grants.
            (json!({"policy": policy_denied(), "acl": "public-read"}), "exposure.list", POLICY_DENIED),
            (json!({"policy": policy_denied(), "acl": "public-read"}), "exposure.write", POLICY_DENIED),
            (json!({"acl": denied("s3:GetBucketAcl")}), "exposure.public", "unknown: s3:GetBucketAcl denied"),
            (json!({"acl": denied("s3:GetBucketAcl")}), "exposure.read", "no"),
            (
                json!({"acl": denied("s3:GetBucketAcl"), "object_ownership": "BucketOwnerEnforced"}),
                "exposure.public",
                "no",
            ),
            (
                json!({"acl": denied("s3:GetBucketAcl"), "account": {"public_access_block": "all"}}),
                "exposure.list",
                "no",
            ),
            (
                json!({"acl": "public-read", "object_ownership": denied("s3:GetBucketOwnershipControls")}),
                "exposure.list",
                "unknown: s3:GetBucketOwnershipControls denied",
            ),
            (
                json!({"policy": open("s3:GetObject"), "public_access_block": denied("s3:GetPublicAccessBlock")}),
                "exposure.read",
                "unknown: s3:GetPublicAccessBlock denied",
            ),
            (
                json!({"policy": open("s3:GetObject"), "account": {"public_access_block": denied("s3control:GetPublicAccessBlock")}}),
                "exposure.public",
                "unknown: s3control:GetPublicAccessBlock denied",
            ),
            (
                json!({"public_access_block": denied("s3:GetPublicAccessBlock"), "account": {"public_access_block": denied("s3control:GetPublicAccessBlock")}}),
                "exposure.public",
                "no",
            ),
            (json!({"policy": "not a policy"}), "exposure.public", "unknown: s3:GetBucketPolicy malformed"),
        ],
    );
}

#[test]
fn latent_grants_are_those_that_only_a_setting_holds_back() {
    let blocked = || json!("all");
    check(
        "s3.bucket",
        &[
            (
                json!({"policy": open("s3:GetObject"), "public_access_block": blocked()}),
                "exposure.latent_policy",
                "true",
            ),
            (json!({"policy": open("s3:GetObject")}), "exposure.latent_policy", "false"),
            (json!({"public_access_block": blocked()}), "exposure.latent_policy", "false"),
            (json!({"acl": "public-read", "public_access_block": blocked()}), "exposure.latent_acl", "true"),
            (json!({"acl": "private"}), "exposure.latent_acl", "false"),
            // AWS hides public grants while it ignores them.
            (
                json!({"acl": "private", "public_access_block": blocked()}),
                "exposure.latent_acl",
                "unknown: s3:GetBucketAcl not_collected",
            ),
            (
                json!({"acl": "private", "public_access_block": blocked(), "object_ownership": "BucketOwnerEnforced"}),
                "exposure.latent_acl",
                "false",
            ),
        ],
    );
}

#[test]
fn a_deny_for_all_leaves_nothing_to_the_public() {
    let given = json!({"policy": {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"},
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::data", "arn:aws:s3:::data/*"]},
    ]}});
    assert_eq!(fact("s3.bucket", &given, "exposure.read"), "no");
    assert_eq!(fact("s3.bucket", &given, "exposure.witness"), "null");
    // AWS still calls it public.
    assert_eq!(fact("s3.bucket", &given, "exposure.public"), "yes");
}
