//! S3 buckets.

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{
    BucketCannedAcl, BucketLocationConstraint, BucketLoggingStatus, BucketVersioningStatus,
    CorsConfiguration, CorsRule, CreateBucketConfiguration, LoggingEnabled, ObjectOwnership,
    OwnershipControls, OwnershipControlsRule, PublicAccessBlockConfiguration, ServerSideEncryption,
    ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration, ServerSideEncryptionRule, Tag, Tagging,
    VersioningConfiguration,
};
use aws_types::SdkConfig;

use super::{bucket_behaviour, failed, in_region, invalid};
use crate::account::{Account, BlockPublicAccess, Bucket, Permission};
use crate::error::EmulatorError;

/// How a bucket says that it has no such configuration.
const NONE: &str = "none";

/// Everyone, as a grantee.
const EVERYONE: &str = "uri=\"http://acs.amazonaws.com/groups/global/AllUsers\"";

pub(super) async fn fill(config: &SdkConfig, account: &Account) -> Result<(), EmulatorError> {
    for bucket in &account.buckets {
        let regional = in_region(config, &bucket.region);
        let settings = aws_sdk_s3::config::Builder::from(&regional).force_path_style(true).build();
        let s3 = Client::from_conf(settings);
        create(&s3, bucket).await?;
        protect(&s3, bucket).await?;
        configure(&s3, bucket).await?;
        bucket_behaviour::fill(&s3, bucket, account.id()).await?;
    }
    // A log may go to a bucket that comes later in the list.
    let s3 = Client::from_conf(aws_sdk_s3::config::Builder::from(config).force_path_style(true).build());
    for bucket in &account.buckets {
        if let Some(target) = &bucket.logging_to {
            log_to(&s3, &bucket.name, target).await?;
        }
    }
    Ok(())
}

async fn create(s3: &Client, bucket: &Bucket) -> Result<(), EmulatorError> {
    let elsewhere = (bucket.region != "us-east-1").then(|| {
        let region = BucketLocationConstraint::from(bucket.region.as_str());
        CreateBucketConfiguration::builder().location_constraint(region).build()
    });
    let sent =
        s3.create_bucket().bucket(&bucket.name).set_create_bucket_configuration(elsewhere).send().await;
    sent.map_err(failed("s3:CreateBucket", &bucket.name))?;
    Ok(())
}

/// ACL and policy come before Block Public Access, which would refuse public ones.
async fn protect(s3: &Client, bucket: &Bucket) -> Result<(), EmulatorError> {
    let name = &bucket.name;
    if bucket.ownership != NONE {
        let ownership = ObjectOwnership::from(bucket.ownership.as_str());
        let rule = OwnershipControlsRule::builder().object_ownership(ownership).build();
        let rule = rule.map_err(invalid("s3:PutBucketOwnershipControls", name))?;
        let controls = OwnershipControls::builder().rules(rule).build();
        let controls = controls.map_err(invalid("s3:PutBucketOwnershipControls", name))?;
        let sent = s3.put_bucket_ownership_controls().bucket(name).ownership_controls(controls).send().await;
        sent.map_err(failed("s3:PutBucketOwnershipControls", name))?;
    }
    if let Some(acl) = &bucket.acl {
        let sent = s3.put_bucket_acl().bucket(name).acl(BucketCannedAcl::from(acl.as_str())).send().await;
        sent.map_err(failed("s3:PutBucketAcl", name))?;
    }
    if !bucket.open_to_everyone.is_empty() {
        let grantee = |permission| bucket.open_to_everyone.contains(&permission).then(|| EVERYONE.to_owned());
        let grants = s3
            .put_bucket_acl()
            .bucket(name)
            .set_grant_read(grantee(Permission::Read))
            .set_grant_write(grantee(Permission::Write))
            .set_grant_read_acp(grantee(Permission::ReadAcp))
            .set_grant_write_acp(grantee(Permission::WriteAcp));
        grants.send().await.map_err(failed("s3:PutBucketAcl", name))?;
    }
    if let Some(policy) = &bucket.policy {
        let sent = s3.put_bucket_policy().bucket(name).policy(policy.to_string()).send().await;
        sent.map_err(failed("s3:PutBucketPolicy", name))?;
    }
    if bucket.public_access_block != BlockPublicAccess::None {
        let (blocks, neutralises) =
            (bucket.public_access_block.blocks(), bucket.public_access_block.neutralises());
        let settings = PublicAccessBlockConfiguration::builder()
            .block_public_acls(blocks)
            .block_public_policy(blocks)
            .ignore_public_acls(neutralises)
            .restrict_public_buckets(neutralises)
            .build();
        let put = s3.put_public_access_block().bucket(name).public_access_block_configuration(settings);
        put.send().await.map_err(failed("s3:PutPublicAccessBlock", name))?;
    }
    Ok(())
}

async fn configure(s3: &Client, bucket: &Bucket) -> Result<(), EmulatorError> {
    let name = &bucket.name;
    if bucket.encryption != NONE {
        encrypt(s3, bucket).await?;
    }
    if let Some(status) = &bucket.versioning {
        let status = BucketVersioningStatus::from(status.as_str());
        let settings = VersioningConfiguration::builder().status(status).build();
        let sent = s3.put_bucket_versioning().bucket(name).versioning_configuration(settings).send().await;
        sent.map_err(failed("s3:PutBucketVersioning", name))?;
    }
    if !bucket.cors.is_empty() {
        let rules = bucket.cors.iter().map(|rule| {
            CorsRule::builder()
                .set_allowed_origins(Some(rule.origins.clone()))
                .set_allowed_methods(Some(rule.methods.clone()))
                .set_allowed_headers(Some(rule.headers.clone()))
                .set_expose_headers(Some(rule.expose_headers.clone()))
                .set_max_age_seconds(rule.max_age_seconds)
                .build()
                .map_err(invalid("s3:PutBucketCors", name))
        });
        let rules = rules.collect::<Result<Vec<_>, _>>()?;
        let settings = CorsConfiguration::builder().set_cors_rules(Some(rules)).build();
        let settings = settings.map_err(invalid("s3:PutBucketCors", name))?;
        let sent = s3.put_bucket_cors().bucket(name).cors_configuration(settings).send().await;
        sent.map_err(failed("s3:PutBucketCors", name))?;
    }
    if !bucket.tags.is_empty() {
        let tags = bucket.tags.iter().map(|(key, value)| {
            Tag::builder().key(key).value(value).build().map_err(invalid("s3:PutBucketTagging", name))
        });
        let tags = tags.collect::<Result<Vec<_>, _>>()?;
        let tagging = Tagging::builder().set_tag_set(Some(tags)).build();
        let tagging = tagging.map_err(invalid("s3:PutBucketTagging", name))?;
        let sent = s3.put_bucket_tagging().bucket(name).tagging(tagging).send().await;
        sent.map_err(failed("s3:PutBucketTagging", name))?;
    }
    Ok(())
}

async fn encrypt(s3: &Client, bucket: &Bucket) -> Result<(), EmulatorError> {
    let operation = "s3:PutBucketEncryption";
    let name = &bucket.name;
    let algorithm = ServerSideEncryption::from(bucket.encryption.as_str());
    let default = ServerSideEncryptionByDefault::builder()
        .sse_algorithm(algorithm)
        .set_kms_master_key_id(bucket.kms_key.clone())
        .build();
    let default = default.map_err(invalid(operation, name))?;
    let rule = ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(default).build();
    let settings = ServerSideEncryptionConfiguration::builder().rules(rule).build();
    let settings = settings.map_err(invalid(operation, name))?;
    let sent =
        s3.put_bucket_encryption().bucket(name).server_side_encryption_configuration(settings).send().await;
    sent.map_err(failed(operation, name))?;
    Ok(())
}

async fn log_to(s3: &Client, name: &str, target: &str) -> Result<(), EmulatorError> {
    let operation = "s3:PutBucketLogging";
    let enabled = LoggingEnabled::builder().target_bucket(target).target_prefix(format!("{name}/")).build();
    let enabled = enabled.map_err(invalid(operation, name))?;
    let status = BucketLoggingStatus::builder().logging_enabled(enabled).build();
    let sent = s3.put_bucket_logging().bucket(name).bucket_logging_status(status).send().await;
    sent.map_err(failed(operation, name))?;
    Ok(())
}
