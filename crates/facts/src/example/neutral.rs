//! The records that examples start from: nothing is configured, as if AWS had never been asked to, and the
//! root user and the users are in good order.

use serde_json::{Value, json};

/// When every example's snapshot was taken.
pub(super) const TAKEN_AT: &str = "2026-07-01T00:00:00Z";
/// The account of every example.
pub(super) const ACCOUNT: &str = "111122223333";
/// The region of every example's regional resources.
pub(super) const REGION: &str = "eu-west-1";
/// When everything was created, unless an example says otherwise: 400 days before.
const CREATED_AT: &str = "2025-05-27T00:00:00Z";

/// The records that an example can describe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Account,
    User,
    Group,
    Role,
    Policy,
    Analyzer,
    AccessPoint,
    MultiRegionAccessPoint,
    ObjectLambdaAccessPoint,
    AccessGrantsInstance,
    Bucket,
    PublicBucketException,
    Registry,
    Repository,
    ReportRow,
    ReportKey,
    ServerCertificate,
    SamlProvider,
    OidcProvider,
    ServiceSpecificCredential,
    SshPublicKey,
    PublicRepository,
}

impl Shape {
    /// The record if an example says nothing. It has every field, so that its names are the known ones.
    pub(super) fn neutral(self) -> Value {
        match self {
            Self::Account => account(),
            Self::User => user(),
            Self::Group => group(),
            Self::Role => role(),
            Self::Policy => policy(),
            Self::Analyzer => analyzer(),
            Self::AccessPoint => json!({
                "arn": null,
                "name": "reader",
                "region": REGION,
                "bucket": "data",
                "bucket_account": ACCOUNT,
                "vpc": null,
                "public_access_block": "all",
                "policy": null,
                "policy_is_public": null,
            }),
            Self::MultiRegionAccessPoint => json!({
                "arn": null,
                "name": "everywhere",
                "status": "READY",
                "public_access_block": "all",
                "buckets": [{"name": "data", "account": ACCOUNT}],
                "policy": null,
                "policy_is_public": null,
            }),
            Self::ObjectLambdaAccessPoint => json!({
                "arn": null, "name": "redacted", "region": REGION, "public_access_block": "all", "policy": null,
            }),
            Self::AccessGrantsInstance => json!({
                "arn": "arn:aws:s3:eu-west-1:111122223333:access-grants/default", "region": REGION,
                "grants": [], "policy": null,
            }),
            Self::Bucket => bucket(),
            Self::PublicBucketException => json!({
                "bucket": "data", "reason": "our web site", "owner": "ops@example.com", "expires": "2026-12-31",
            }),
            Self::Registry => registry(),
            Self::Repository => repository(),
            Self::ReportRow => report_row(),
            Self::ServerCertificate => json!({
                "arn": null, "name": "shop", "uploaded_at": CREATED_AT, "expires_at": "2027-07-01T00:00:00Z",
            }),
            Self::SamlProvider => json!({
                "arn": null, "name": "company", "created_at": CREATED_AT, "valid_until": null,
                "details": {"entity_id": "https://idp.example.com/saml", "assertion_encryption": null},
            }),
            Self::OidcProvider => json!({
                "arn": null, "url": "token.actions.githubusercontent.com",
                "details": {"client_ids": ["sts.amazonaws.com"], "created_at": CREATED_AT},
            }),
            Self::ServiceSpecificCredential => json!({
                "id": "ACCAEXAMPLE", "user": "alice", "service": "codecommit.amazonaws.com", "active": true,
                "created_at": CREATED_AT, "expires_at": null,
            }),
            Self::SshPublicKey => json!({"id": "APKAEXAMPLE", "active": true, "uploaded_at": CREATED_AT}),
            Self::PublicRepository => json!({
                "arn": null, "name": "tool", "created_at": CREATED_AT, "policy": null, "tags": [],
            }),
            Self::ReportKey => report_key(),
        }
    }

    /// What a field that is given in part is completed with.
    pub(super) fn template(field: &str) -> Option<Value> {
        if let Some(template) = Self::template_of_account(field) {
            return Some(template);
        }
        Some(match field {
            "public_access_block" => json!({
                "block_public_acls": false,
                "ignore_public_acls": false,
                "block_public_policy": false,
                "restrict_public_buckets": false,
            }),
            "versioning" => json!({"status": "Enabled", "mfa_delete": false}),
            "logging" => json!({"target_bucket": "logs", "target_prefix": ""}),
            "scanning" => json!({"scan_type": "BASIC", "rules": []}),
            "acl" => json!({"owner_id": OWNER, "grants": []}),
            "cors" => json!({
                "id": null,
                "allowed_origins": ["https://app.example.com"],
                "allowed_methods": ["GET"],
                "allowed_headers": [],
                "expose_headers": [],
                "max_age_seconds": null,
            }),
            "encryption" => json!({
                "algorithm": "AES256", "kms_key_id": null, "bucket_key_enabled": false, "blocked_types": null,
            }),
            _ => return behaviour(field).or_else(|| stored(field)),
        })
    }

    /// The same for the fields of the account's own record.
    fn template_of_account(field: &str) -> Option<Value> {
        let contact = json!({
            "name": "Duty team", "title": "On call", "email": "duty@example.com", "phone": "+1 555 0100",
        });
        Some(match field {
            "security_contact" | "billing_contact" | "operations_contact" => contact,
            "contact_information" => json!({
                "full_name": "Ada Berg",
                "company_name": "Acme",
                "address_line_1": "1 Main Street",
                "city": "Dublin",
                "postal_code": "D02 X285",
                "country_code": "IE",
                "phone_number": "+353 1 555 0100",
            }),
            "organization" => json!({
                "id": "o-exampleorgid", "management_account_id": "999988887777", "feature_set": "ALL",
            }),
            "organization_accounts" => json!({
                "id": ACCOUNT, "name": "shop", "email": "aws+shop@example.com", "state": "ACTIVE",
            }),
            "organization_root" => json!({"accounts": [], "units": []}),
            "delegated_administrators" => {
                json!({"account": "444455556666", "name": "security", "services": []})
            }
            "password_policy" => json!({
                "minimum_length": 6,
                "require_symbols": false,
                "require_numbers": false,
                "require_uppercase": false,
                "require_lowercase": false,
                "allow_users_to_change": false,
                "max_age_days": null,
                "reuse_prevention": null,
                "hard_expiry": null,
            }),
            "summary" => summary(),
            _ => return None,
        })
    }
}

/// The same of what a bucket does with its objects.
fn behaviour(field: &str) -> Option<Value> {
    Some(match field {
        "lifecycle" => json!({
            "id": null,
            "enabled": true,
            "filter": {"prefix": "", "tags": [], "larger_than": null, "smaller_than": null},
            "expiration": null,
            "transitions": [],
            "noncurrent_expiration": null,
            "noncurrent_transitions": [],
            "abort_multipart_days": null,
        }),
        "filter" => json!({"prefix": "", "tags": [], "larger_than": null, "smaller_than": null}),
        "expiration" => json!({"days": null, "date": null, "expired_delete_markers": false}),
        "noncurrent_expiration" => json!({"days": 30, "newer_versions_kept": null}),
        "noncurrent_transitions" => {
            json!({"days": 30, "newer_versions_kept": null, "storage_class": "GLACIER"})
        }
        "website" => json!({
            "index_document": null, "error_document": null, "redirect_all": null, "routing_redirects": [],
        }),
        "redirect" => json!({"host": null, "protocol": null}),
        "replication" => json!({"role": "arn:aws:iam::111122223333:role/replication", "rules": []}),
        "replication_rule" => json!({
            "id": null,
            "enabled": true,
            "destination_bucket": "arn:aws:s3:::copies",
            "destination_account": null,
            "kms_encrypted_objects": false,
            "replica_kms_key": null,
        }),
        "object_lock" => json!({"enabled": true, "default_retention": null}),
        "default_retention" => json!({"mode": "GOVERNANCE", "days": null, "years": null}),
        "notification" => json!({"event_bridge": false, "destinations": []}),
        "destination" => json!({"arn": null, "events": ["s3:ObjectCreated:*"]}),
        _ => return None,
    })
}

/// The same of what a registry and its repositories hold, and of what an analyzer looks at.
fn stored(field: &str) -> Option<Value> {
    Some(match field {
        "newest" | "most_idle" | "first" => json!({
            "digest": "sha256:4f5c3a2b",
            "tags": ["1.4.2"],
            "pushed_at": "2026-06-30T00:00:00Z",
            "last_pulled_at": null,
            "index": false,
            "status": "ACTIVE",
            "activated_at": null,
        }),
        "oldest" => json!({"count": 0, "first": []}),
        "images" => json!({
            "images": 1,
            "indexes": 0,
            "untagged": 0,
            "artifacts": 0,
            "newest": null,
            "last_pulled_at": null,
            "most_idle": null,
            "oldest": {"count": 0, "first": []},
        }),
        "latest_scan" => json!({"status": "COMPLETE", "completed_at": null, "severity_counts": {}}),
        "pull_through_cache_rules" => json!({
            "prefix": "cache",
            "upstream_url": "registry-1.docker.io",
            "upstream_registry": "docker-hub",
            "upstream_prefix": null,
            "credential_arn": null,
        }),
        "findings" => json!({
            "resource": "arn:aws:s3:::data", "resource_type": "AWS::S3::Bucket", "public": false, "findings": 1,
        }),
        "grants" => json!({
            "id": "0b1c2d3e", "grantee_type": "IAM", "grantee": "arn:aws:iam::111122223333:role/analyst",
            "permission": "READ", "scope": "s3://data/reports/*",
        }),
        "archive_rules" => json!({"name": "partner", "criteria": []}),
        "internal_access" => json!({"account_ids": [], "resource_types": [], "resource_arns": []}),
        "creation_templates" => json!({
            "prefix": "ROOT",
            "applied_for": ["PULL_THROUGH_CACHE"],
            "tag_mutability": "MUTABLE",
            "encryption_type": "AES256",
            "kms_key": null,
            "policy": null,
            "lifecycle_policy": null,
        }),
        _ => return None,
    })
}

/// The canonical user id of the account.
pub(super) const OWNER: &str = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";

fn summary() -> Value {
    json!({
        "AccountMFAEnabled": 1,
        "AccountPasswordPresent": 1,
        "AccountAccessKeysPresent": 0,
        "AccountSigningCertificatesPresent": 0,
        "GlobalEndpointTokenVersion": 2,
        "Groups": 0, "GroupsQuota": 300,
        "InstanceProfiles": 0, "InstanceProfilesQuota": 1000,
        "Policies": 0, "PoliciesQuota": 1500,
        "Roles": 0, "RolesQuota": 1000,
        "ServerCertificates": 0, "ServerCertificatesQuota": 20,
        "Users": 0, "UsersQuota": 5000,
    })
}

fn account() -> Value {
    json!({
        "id": ACCOUNT,
        "partition": "aws",
        "summary": summary(),
        "aliases": {"items": []},
        "security_contact": null,
        "billing_contact": null,
        "operations_contact": null,
        "regions": {"items": [{"name": REGION, "status": "ENABLED_BY_DEFAULT"}]},
        "password_policy": null,
        "public_access_block": null,
        "credential_report": null,
        "virtual_mfa_devices": {"items": []},
        "contact_information": null,
        "organization": null,
        "organizations_features": null,
        "service_control_policies": null,
        "resource_control_policies": null,
        "ai_opt_out_policy": null,
        "tag_policy": null,
        "s3_policy": null,
        "organization_accounts": null,
        "organization_root": null,
        "delegated_administrators": null,
        "trusted_services": null,
        "delegation_policy": null,
        "role_session_durations": {"items": []},
        "server_certificates": {"items": []},
        "saml_providers": {"items": []},
        "oidc_providers": {"items": []},
        "service_specific_credentials": {"items": []},
        "public_repositories": {"items": []},
    })
}

fn report_row() -> Value {
    json!({
        "user": "alice",
        "arn": null,
        "created_at": CREATED_AT,
        "password_enabled": false,
        "password_last_used": "N/A",
        "password_last_changed": "N/A",
        "mfa_active": false,
        "access_keys": [],
        "certificates_active": [false, false],
        "certificates_rotated": ["N/A", "N/A"],
    })
}

fn report_key() -> Value {
    json!({
        "active": true,
        "last_rotated": "2026-06-01T00:00:00Z",
        "last_used": "N/A",
        "last_used_region": null,
        "last_used_service": null,
    })
}

fn user() -> Value {
    json!({
        "arn": null,
        "name": "alice",
        "id": "AIDAEXAMPLE",
        "path": "/",
        "created_at": CREATED_AT,
        "groups": [],
        "inline_policies": [],
        "attached_policies": [],
        "permissions_boundary": null,
        "tags": [],
        "ssh_public_keys": {"items": []},
    })
}

fn group() -> Value {
    json!({
        "arn": null,
        "name": "developers",
        "id": "AGPAEXAMPLE",
        "path": "/",
        "created_at": CREATED_AT,
        "inline_policies": [],
        "attached_policies": [],
    })
}

fn role() -> Value {
    json!({
        "arn": null,
        "name": "app",
        "id": "AROAEXAMPLE",
        "path": "/",
        "created_at": CREATED_AT,
        "trust_policy": {
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }],
        },
        "inline_policies": [],
        "attached_policies": [],
        "permissions_boundary": null,
        "instance_profiles": [],
        "last_used": null,
        "tags": [],
    })
}

fn policy() -> Value {
    json!({
        "arn": null,
        "name": "deploy",
        "id": "ANPAEXAMPLE",
        "path": "/",
        "attachment_count": 1,
        "boundary_usage_count": 0,
        "default_version_id": "v1",
        "versions": [{
            "id": "v1",
            "document": {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}],
            },
        }],
    })
}

fn bucket() -> Value {
    json!({
        "arn": null,
        "name": "data",
        "created_at": CREATED_AT,
        "region": REGION,
        "policy": null,
        "acl": "private",
        "public_access_block": null,
        "object_ownership": null,
        "encryption": "AES256",
        "versioning": null,
        "logging": null,
        "cors": null,
        "policy_is_public": null,
        "lifecycle": null,
        "website": null,
        "replication": null,
        "object_lock": null,
        "tags": null,
        "notification": null,
        "payer": "BucketOwner",
    })
}

fn registry() -> Value {
    json!({
        "region": REGION,
        "has_repositories": true,
        "scanning": null,
        "policy": null,
        "policy_scope": "V2",
        "replication": [],
        "pull_through_cache_rules": [],
        "creation_templates": [],
    })
}

fn repository() -> Value {
    json!({
        "arn": null,
        "name": "app",
        "region": REGION,
        "created_at": CREATED_AT,
        "scan_on_push": false,
        "tag_mutability": "MUTABLE",
        "tag_mutability_exclusions": [],
        "encryption_type": "AES256",
        "kms_key": null,
        "policy": null,
        "lifecycle_policy": null,
        "tags": [],
        "images": null,
        "latest_scan": null,
    })
}

fn analyzer() -> Value {
    json!({
        "arn": null,
        "name": "external",
        "region": REGION,
        "analyzer_type": "ACCOUNT",
        "status": "ACTIVE",
        "unused_access_age": null,
        "internal_access": [],
        "findings": [],
        "archive_rules": [],
    })
}
