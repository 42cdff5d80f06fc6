//! The settings of buckets.

use serde_json::{Value as Json, json};

use super::{check, fact};

#[test]
fn what_was_never_configured_has_aws_default() {
    check(
        "s3.bucket",
        &[
            (json!({}), "object_ownership", "ObjectWriter"),
            (json!({}), "acls_enabled", "true"),
            (json!({"object_ownership": "BucketOwnerEnforced"}), "acls_enabled", "false"),
            (json!({}), "public_access_block.restrict_public_buckets", "false"),
            (json!({}), "versioning", "never"),
            (json!({"versioning": "Suspended"}), "versioning", "suspended"),
            (json!({"versioning": {"mfa_delete": true}}), "mfa_delete", "true"),
            (json!({}), "logging", "null"),
            (json!({"logging": {"target_bucket": "audit"}}), "logging.target_bucket", "audit"),
            (json!({"encryption": null}), "encryption", "null"),
            (json!({"encryption": {"rules": []}}), "encryption", "null"),
            (json!({"encryption": {"algorithm": "aws:kms", "kms_key_id": "k"}}), "encryption.kms_key", "k"),
            (json!({}), "cors", "[]"),
            (json!({"region": null}), "region", "unknown: s3:GetBucketLocation malformed"),
        ],
    );
}

#[test]
fn a_bucket_is_public_on_purpose_by_the_declaration_for_its_account_that_ends_last() {
    let declared = |account: Json, expires: &str| json!({"bucket": "data", "account": account, "reason": "site", "owner": "web", "expires": expires});
    let given = |all: &[Json]| json!({"declarations": {"public_buckets": all}});
    let (over, lasting) =
        (declared(json!(null), "2026-06-30"), declared(json!("111122223333"), "2026-07-31"));
    let elsewhere = declared(json!("444455556666"), "2099-12-31");
    check(
        "s3.bucket",
        &[
            (given(&[]), "public_exception", "null"),
            (given(std::slice::from_ref(&elsewhere)), "public_exception", "null"),
            (given(&[lasting.clone(), over.clone(), elsewhere]), "public_exception.expires", "2026-07-31"),
            (given(&[lasting]), "public_exception.expired", "false"),
            (given(&[over]), "public_exception.expired", "true"),
        ],
    );
}

#[test]
fn of_a_bucket_that_nobody_found_only_a_whole_list_of_buckets_tells_that_it_is_gone() {
    let unlisted = json!({"snapshot": {"listings": {"s3.bucket": {"unreadable": "s3:ListBuckets"}}}});
    check(
        "s3.public_bucket_exception",
        &[
            (json!({}), "exists", "false"),
            (json!({}), "is_public", "false"),
            (unlisted.clone(), "exists", "unknown: s3:ListBuckets denied"),
            (unlisted, "is_public", "unknown: s3:ListBuckets denied"),
            (json!({"bucket": {"acl": "public-read"}}), "exists", "true"),
            (json!({"bucket": {"acl": "public-read"}}), "is_public", "true"),
        ],
    );
}

#[test]
fn old_buckets_of_old_regions_take_signature_version_2() {
    let made = |created_at: &str, region: &str| json!({"created_at": created_at, "region": region});
    check(
        "s3.bucket",
        &[
            (made("2020-06-24T23:59:59Z", "us-east-1"), "takes_signature_v2", "true"),
            (made("2020-06-25T00:00:00Z", "us-east-1"), "takes_signature_v2", "false"),
            (made("2018-01-01T00:00:00Z", "eu-central-1"), "takes_signature_v2", "false"),
            (json!({"created_at": null}), "takes_signature_v2", "true"),
            (json!({"region": {"unreadable": "s3:GetBucketLocation"}}), "takes_signature_v2", "false"),
            (
                json!({"created_at": null, "region": {"unreadable": "s3:GetBucketLocation"}}),
                "takes_signature_v2",
                "unknown: s3:GetBucketLocation denied",
            ),
        ],
    );
}

#[test]
fn each_block_public_access_setting_is_on_if_bucket_or_account_has_it() {
    let denied = json!({"unreadable": "s3:GetPublicAccessBlock"});
    let account_denied = json!({"unreadable": "s3control:GetPublicAccessBlock"});
    let two = json!({"block_public_acls": true, "ignore_public_acls": true});
    let others = json!({"block_public_policy": true, "restrict_public_buckets": true});
    check(
        "s3.bucket",
        &[
            (
                json!({"public_access_block": two, "account": {"public_access_block": others}}),
                "effective_public_access_block.complete",
                "true",
            ),
            (
                json!({"public_access_block": two, "account": {"public_access_block": others}}),
                "public_access_block.complete",
                "false",
            ),
            (
                json!({"public_access_block": denied, "account": {"public_access_block": "all"}}),
                "effective_public_access_block.complete",
                "true",
            ),
            (
                json!({"public_access_block": denied, "account": {"public_access_block": two}}),
                "effective_public_access_block.complete",
                "unknown: s3:GetPublicAccessBlock denied",
            ),
            (
                json!({"public_access_block": "none", "account": {"public_access_block": account_denied}}),
                "effective_public_access_block.ignore_public_acls",
                "unknown: s3control:GetPublicAccessBlock denied",
            ),
        ],
    );
}

#[test]
fn a_rule_that_mixes_reading_and_writing_lets_any_origin_write() {
    let cors = |origins: Json, methods: Json| json!({"cors": [{"allowed_origins": origins, "allowed_methods": methods}]});
    for (origins, methods, expected) in [
        (json!(["*"]), json!(["GET", "HEAD"]), "false"),
        (json!(["*"]), json!(["GET", "PUT"]), "true"),
        (json!(["https://*.example.com"]), json!(["DELETE"]), "true"),
        (json!(["https://app.example.com"]), json!(["PUT", "POST"]), "false"),
    ] {
        let given = cors(origins, methods);
        assert_eq!(fact("s3.bucket", &given, "cors.0.wildcard_write"), expected, "{given}");
    }
}

#[test]
fn tls_is_required_only_where_every_other_request_is_denied() {
    let whole = json!(["arn:aws:s3:::data", "arn:aws:s3:::data/*"]);
    let insecure = json!({"Bool": {"aws:SecureTransport": "false"}});
    let deny = |principal: Json, action: Json, resource: &Json, condition: &Json| json!({"Effect": "Deny", "Principal": principal, "Action": action, "Resource": resource, "Condition": condition});
    let everyone = || json!("*");
    for (statements, expected) in [
        (json!([deny(everyone(), json!("s3:*"), &whole, &insecure)]), "true"),
        (json!([deny(everyone(), json!("*"), &whole, &insecure)]), "true"),
        (json!([deny(json!({"AWS": "*"}), json!("S3:*"), &whole, &insecure)]), "true"),
        (json!([deny(everyone(), json!("s3:*"), &json!("*"), &insecure)]), "true"),
        (json!([deny(everyone(), json!("s3:*"), &json!("arn:aws:s3:::data*"), &insecure)]), "true"),
        (
            json!([deny(
                everyone(),
                json!("s3:*"),
                &whole,
                &json!({"BoolIfExists": {"AWS:securetransport": [false]}})
            )]),
            "true",
        ),
        (
            json!([deny(
                everyone(),
                json!("s3:*"),
                &whole,
                &json!({"StringEquals": {"aws:SecureTransport": "false"}})
            )]),
            "true",
        ),
        (json!([deny(everyone(), json!("s3:*"), &whole, &json!({}))]), "true"),
        (
            json!([
                deny(everyone(), json!("s3:*"), &json!("arn:aws:s3:::data"), &insecure),
                deny(everyone(), json!(["s3:Get*", "s3:List*"]), &json!("arn:aws:s3:::data/*"), &insecure),
                {"Effect": "Deny", "Principal": "*", "NotAction": ["s3:Get*", "s3:List*"], "Resource": "*", "Condition": insecure},
            ]),
            "true",
        ),
        (json!([deny(everyone(), json!("s3:*"), &json!("arn:aws:s3:::data/*"), &insecure)]), "false"),
        (json!([deny(everyone(), json!("s3:*"), &json!("arn:aws:s3:::data"), &insecure)]), "false"),
        (json!([deny(everyone(), json!("s3:PutObject"), &whole, &insecure)]), "false"),
        (json!([deny(json!({"AWS": "444455556666"}), json!("s3:*"), &whole, &insecure)]), "false"),
        (
            json!([deny(
                everyone(),
                json!("s3:*"),
                &whole,
                &json!({"Bool": {"aws:SecureTransport": "true"}})
            )]),
            "false",
        ),
        (
            json!([deny(
                everyone(),
                json!("s3:*"),
                &whole,
                &json!({
                    "Bool": {"aws:SecureTransport": "false"}, "StringNotEquals": {"aws:SourceVpce": "vpce-1"},
                })
            )]),
            "false",
        ),
        // An Allow for TLS enforces nothing.
        (
            json!([{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": whole, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}]),
            "false",
        ),
    ] {
        let given = json!({"policy": {"Version": "2012-10-17", "Statement": statements}});
        assert_eq!(fact("s3.bucket", &given, "tls_required"), expected, "{given}");
    }
    check(
        "s3.bucket",
        &[
            (json!({}), "tls_required", "false"),
            (
                json!({"policy": {"unreadable": "s3:GetBucketPolicy"}}),
                "tls_required",
                "unknown: s3:GetBucketPolicy denied",
            ),
        ],
    );
}
