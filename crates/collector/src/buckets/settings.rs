//! The settings of one bucket.

use aws_sdk_s3::Client;
use aws_sdk_s3::types;
use palisade_snapshot::{
    AccessControlList, BlockPublicAccess, Bucket, CorsRule, Encryption, EncryptionRule, Evidence, Grant,
    Grantee, Logging, ObjectOwnership, Observed, Versioning, VersioningStatus,
};

use crate::failure::Failure;
use crate::operation::{
    GET_BUCKET_ACL, GET_BUCKET_CORS, GET_BUCKET_ENCRYPTION, GET_BUCKET_LOGGING,
    GET_BUCKET_OWNERSHIP_CONTROLS, GET_BUCKET_POLICY, GET_BUCKET_POLICY_STATUS,
    GET_BUCKET_PUBLIC_ACCESS_BLOCK, GET_BUCKET_VERSIONING,
};
use crate::reader::{Gone, Missing, Reader, required};

/// Fills in what was asked of a bucket.
pub(super) async fn read(
    reader: &Reader,
    client: &Client,
    region: &str,
    bucket: &mut Bucket,
) -> Result<(), Gone> {
    let one = OneBucket { reader, client, region, name: &bucket.name };
    let settings = async {
        tokio::join!(
            reader.observe(Evidence::BucketPolicy, one.policy()),
            reader.observe(Evidence::BucketAcl, one.acl()),
            reader.observe(Evidence::BucketPublicAccessBlock, one.public_access_block()),
            reader.observe(Evidence::BucketOwnershipControls, one.object_ownership()),
            reader.observe(Evidence::BucketEncryption, one.encryption()),
            reader.observe(Evidence::BucketVersioning, one.versioning()),
            reader.observe(Evidence::BucketLogging, one.logging()),
            reader.observe(Evidence::BucketCors, one.cors()),
        )
    };
    let more = async {
        tokio::join!(
            reader.observe(Evidence::BucketPolicyStatus, one.policy_is_public()),
            reader.observe(Evidence::BucketLifecycle, one.lifecycle()),
            reader.observe(Evidence::BucketWebsite, one.website()),
            reader.observe(Evidence::BucketReplication, one.replication()),
            reader.observe(Evidence::BucketObjectLock, one.object_lock()),
            reader.observe(Evidence::BucketTags, one.tags()),
            reader.observe(Evidence::BucketNotification, one.notification()),
            reader.observe(Evidence::BucketRequestPayment, one.payer()),
        )
    };
    let (settings, more) = tokio::join!(settings, more);
    let (policy, acl, public_access_block, object_ownership, encryption, versioning, logging, cors) =
        settings;
    let (policy_is_public, lifecycle, website, replication, object_lock, tags, notification, payer) = more;
    bucket.policy = policy?;
    bucket.acl = acl?;
    bucket.public_access_block = public_access_block?;
    bucket.object_ownership = object_ownership?;
    bucket.encryption = encryption?;
    bucket.versioning = versioning?;
    bucket.logging = logging?;
    bucket.cors = cors?;
    bucket.policy_is_public = policy_is_public?;
    bucket.lifecycle = lifecycle?;
    bucket.website = website?;
    bucket.replication = replication?;
    bucket.object_lock = object_lock?;
    bucket.tags = tags?;
    bucket.notification = notification?;
    bucket.payer = payer?;
    Ok(())
}

pub(super) struct OneBucket<'a> {
    pub(super) reader: &'a Reader,
    pub(super) client: &'a Client,
    pub(super) region: &'a str,
    pub(super) name: &'a str,
}

impl OneBucket<'_> {
    async fn policy(&self) -> Result<String, Failure> {
        let call = self.client.get_bucket_policy().bucket(self.name).send();
        let take = |answer: aws_sdk_s3::operation::get_bucket_policy::GetBucketPolicyOutput| {
            required(answer.policy, "Policy")
        };
        self.reader.read(&GET_BUCKET_POLICY, self.region, call, take).await
    }

    /// What AWS makes of the policy.
    async fn policy_is_public(&self) -> Result<bool, Failure> {
        let call = self.client.get_bucket_policy_status().bucket(self.name).send();
        self.reader
            .read(&GET_BUCKET_POLICY_STATUS, self.region, call, |answer| {
                required(required(answer.policy_status, "PolicyStatus")?.is_public, "IsPublic")
            })
            .await
    }

    async fn acl(&self) -> Result<AccessControlList, Failure> {
        let call = self.client.get_bucket_acl().bucket(self.name).send();
        self.reader
            .read(&GET_BUCKET_ACL, self.region, call, |answer| {
                let grants: Result<Vec<_>, Missing> =
                    answer.grants.unwrap_or_default().into_iter().map(grant).collect();
                Ok(AccessControlList { owner_id: answer.owner.and_then(|owner| owner.id), grants: grants? })
            })
            .await
    }

    async fn public_access_block(&self) -> Result<BlockPublicAccess, Failure> {
        let call = self.client.get_public_access_block().bucket(self.name).send();
        self.reader
            .read(&GET_BUCKET_PUBLIC_ACCESS_BLOCK, self.region, call, |answer| {
                let name = "PublicAccessBlockConfiguration";
                let settings = required(answer.public_access_block_configuration, name)?;
                // A setting that AWS leaves out is not set.
                Ok(BlockPublicAccess {
                    block_public_acls: settings.block_public_acls.unwrap_or_default(),
                    ignore_public_acls: settings.ignore_public_acls.unwrap_or_default(),
                    block_public_policy: settings.block_public_policy.unwrap_or_default(),
                    restrict_public_buckets: settings.restrict_public_buckets.unwrap_or_default(),
                })
            })
            .await
    }

    async fn object_ownership(&self) -> Result<ObjectOwnership, Failure> {
        let call = self.client.get_bucket_ownership_controls().bucket(self.name).send();
        self.reader
            .read(&GET_BUCKET_OWNERSHIP_CONTROLS, self.region, call, |answer| {
                let controls = required(answer.ownership_controls, "OwnershipControls")?;
                let rule = required(controls.rules.into_iter().next(), "Rule")?;
                match rule.object_ownership {
                    types::ObjectOwnership::BucketOwnerEnforced => Ok(ObjectOwnership::BucketOwnerEnforced),
                    types::ObjectOwnership::BucketOwnerPreferred => Ok(ObjectOwnership::BucketOwnerPreferred),
                    types::ObjectOwnership::ObjectWriter => Ok(ObjectOwnership::ObjectWriter),
                    other => Err(unknown("ObjectOwnership", other.as_str())),
                }
            })
            .await
    }

    async fn encryption(&self) -> Result<Encryption, Failure> {
        let call = self.client.get_bucket_encryption().bucket(self.name).send();
        self.reader
            .read(&GET_BUCKET_ENCRYPTION, self.region, call, |answer| {
                let name = "ServerSideEncryptionConfiguration";
                let configuration = required(answer.server_side_encryption_configuration, name)?;
                Ok(Encryption { rules: configuration.rules.into_iter().map(encryption_rule).collect() })
            })
            .await
    }

    /// Absent where neither status nor MFA delete was ever set.
    async fn versioning(&self) -> Result<Versioning, Failure> {
        let call = self.client.get_bucket_versioning().bucket(self.name).send();
        let answer = self.reader.read(&GET_BUCKET_VERSIONING, self.region, call, |answer| {
            let status = match answer.status {
                None => return Ok(None),
                Some(types::BucketVersioningStatus::Enabled) => VersioningStatus::Enabled,
                Some(types::BucketVersioningStatus::Suspended) => VersioningStatus::Suspended,
                Some(other) => return Err(unknown("Status", other.as_str())),
            };
            let mfa_delete = match answer.mfa_delete {
                None | Some(types::MfaDeleteStatus::Disabled) => false,
                Some(types::MfaDeleteStatus::Enabled) => true,
                Some(other) => return Err(unknown("MfaDelete", other.as_str())),
            };
            Ok(Some(Versioning { status, mfa_delete }))
        });
        answer.await?.ok_or(Failure::Absent)
    }

    /// Absent where logging is off.
    async fn logging(&self) -> Result<Logging, Failure> {
        let call = self.client.get_bucket_logging().bucket(self.name).send();
        let answer = self.reader.read(&GET_BUCKET_LOGGING, self.region, call, |answer| {
            let Some(logging) = answer.logging_enabled else { return Ok(None) };
            if logging.target_bucket.is_empty() {
                return Err("the answer has no `TargetBucket`".to_owned());
            }
            Ok(Some(Logging { target_bucket: logging.target_bucket, target_prefix: logging.target_prefix }))
        });
        answer.await?.ok_or(Failure::Absent)
    }

    async fn cors(&self) -> Result<Vec<CorsRule>, Failure> {
        let call = self.client.get_bucket_cors().bucket(self.name).send();
        self.reader
            .read(&GET_BUCKET_CORS, self.region, call, |answer| {
                let rules = required(answer.cors_rules, "CORSRule")?;
                Ok(rules.into_iter().map(cors_rule).collect())
            })
            .await
    }
}

pub(super) fn unknown(name: &str, value: &str) -> Missing {
    format!("`{name}` has the unknown value `{value}`")
}

fn grant(grant: types::Grant) -> Result<Grant, Missing> {
    let permission = required(grant.permission, "Permission")?.as_str().to_owned();
    let grantee = required(grant.grantee, "Grantee")?;
    let grantee = grantee
        .uri
        .map(Grantee::Group)
        .or(grantee.id.map(Grantee::CanonicalUser))
        .or(grantee.email_address.map(Grantee::Email));
    Ok(Grant { grantee: required(grantee, "ID` or `URI")?, permission })
}

fn encryption_rule(rule: types::ServerSideEncryptionRule) -> EncryptionRule {
    let (algorithm, kms_key_id) = match rule.apply_server_side_encryption_by_default {
        Some(default) => (Some(default.sse_algorithm.as_str().to_owned()), default.kms_master_key_id),
        None => (None, None),
    };
    let blocked = rule.blocked_encryption_types.and_then(|blocked| blocked.encryption_type);
    let names = |types: Vec<types::EncryptionType>| types.iter().map(|one| one.as_str().to_owned()).collect();
    EncryptionRule {
        algorithm,
        kms_key_id,
        bucket_key_enabled: rule.bucket_key_enabled.unwrap_or_default(),
        blocked_types: blocked.map_or(Observed::Absent, |types| Observed::Present(names(types))),
    }
}

fn cors_rule(rule: types::CorsRule) -> CorsRule {
    CorsRule {
        id: rule.id,
        allowed_origins: rule.allowed_origins,
        allowed_methods: rule.allowed_methods,
        allowed_headers: rule.allowed_headers.unwrap_or_default(),
        expose_headers: rule.expose_headers.unwrap_or_default(),
        max_age_seconds: rule.max_age_seconds,
    }
}
