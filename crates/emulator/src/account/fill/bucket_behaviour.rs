//! What S3 buckets do with their objects.

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, DefaultRetention, Destination, Event,
    ExpirationStatus, IndexDocument, LambdaFunctionConfiguration, LifecycleExpiration, LifecycleRule,
    LifecycleRuleFilter, NoncurrentVersionExpiration, NotificationConfiguration, ObjectLockConfiguration,
    ObjectLockEnabled, ObjectLockRetentionMode, ObjectLockRule, Protocol, QueueConfiguration,
    RedirectAllRequestsTo, ReplicationConfiguration, ReplicationRule, ReplicationRuleFilter,
    ReplicationRuleStatus, TopicConfiguration, WebsiteConfiguration,
};

use super::{failed, invalid};
use crate::account::{Bucket, ObjectLock, Website};
use crate::error::EmulatorError;

/// `account_id` is the account of the role that S3 assumes to replicate.
pub(super) async fn fill(s3: &Client, bucket: &Bucket, account_id: &str) -> Result<(), EmulatorError> {
    let name = &bucket.name;
    if !bucket.lifecycle.is_empty() {
        lifecycle(s3, bucket).await?;
    }
    if let Some(site) = &bucket.website {
        website(s3, name, site).await?;
    }
    if !bucket.replicates_to.is_empty() {
        replication(s3, bucket, account_id).await?;
    }
    if let Some(lock) = &bucket.object_lock {
        object_lock(s3, name, lock).await?;
    }
    if !bucket.notifies.is_empty() {
        notification(s3, bucket).await?;
    }
    Ok(())
}

async fn lifecycle(s3: &Client, bucket: &Bucket) -> Result<(), EmulatorError> {
    let operation = "s3:PutBucketLifecycleConfiguration";
    let name = &bucket.name;
    let rules = bucket.lifecycle.iter().enumerate().map(|(index, rule)| {
        let status = if rule.disabled { ExpirationStatus::Disabled } else { ExpirationStatus::Enabled };
        let expiration = rule.expire_days.map(|days| LifecycleExpiration::builder().days(days).build());
        let noncurrent = rule
            .noncurrent_days
            .map(|days| NoncurrentVersionExpiration::builder().noncurrent_days(days).build());
        let abort = rule
            .abort_multipart_days
            .map(|days| AbortIncompleteMultipartUpload::builder().days_after_initiation(days).build());
        LifecycleRule::builder()
            .id(format!("rule-{index}"))
            .status(status)
            .filter(LifecycleRuleFilter::builder().prefix(&rule.prefix).build())
            .set_expiration(expiration)
            .set_noncurrent_version_expiration(noncurrent)
            .set_abort_incomplete_multipart_upload(abort)
            .build()
            .map_err(invalid(operation, name))
    });
    let rules = rules.collect::<Result<Vec<_>, _>>()?;
    let settings = BucketLifecycleConfiguration::builder().set_rules(Some(rules)).build();
    let settings = settings.map_err(invalid(operation, name))?;
    let put = s3.put_bucket_lifecycle_configuration().bucket(name).lifecycle_configuration(settings);
    put.send().await.map_err(failed(operation, name))?;
    Ok(())
}

async fn website(s3: &Client, name: &str, website: &Website) -> Result<(), EmulatorError> {
    let operation = "s3:PutBucketWebsite";
    let index = website.index.as_ref().map(|suffix| IndexDocument::builder().suffix(suffix).build());
    let index = index.transpose().map_err(invalid(operation, name))?;
    let redirect = website.redirect_to.as_ref().map(|host| {
        let protocol = website.protocol.as_deref().map(Protocol::from);
        RedirectAllRequestsTo::builder().host_name(host).set_protocol(protocol).build()
    });
    let redirect = redirect.transpose().map_err(invalid(operation, name))?;
    let settings = WebsiteConfiguration::builder()
        .set_index_document(index)
        .set_redirect_all_requests_to(redirect)
        .build();
    let sent = s3.put_bucket_website().bucket(name).website_configuration(settings).send().await;
    sent.map_err(failed(operation, name))?;
    Ok(())
}

async fn replication(s3: &Client, bucket: &Bucket, account_id: &str) -> Result<(), EmulatorError> {
    let operation = "s3:PutBucketReplication";
    let name = &bucket.name;
    let rules = bucket.replicates_to.iter().zip(1..).map(|(replica, priority)| {
        let status =
            if replica.disabled { ReplicationRuleStatus::Disabled } else { ReplicationRuleStatus::Enabled };
        let destination =
            Destination::builder().bucket(&replica.bucket).set_account(replica.account.clone()).build();
        ReplicationRule::builder()
            .id(format!("copy-{priority}"))
            .priority(priority)
            .status(status)
            .filter(ReplicationRuleFilter::builder().prefix("").build())
            .destination(destination.map_err(invalid(operation, name))?)
            .build()
            .map_err(invalid(operation, name))
    });
    let rules = rules.collect::<Result<Vec<_>, _>>()?;
    let role = format!("arn:aws:iam::{account_id}:role/replication");
    let settings = ReplicationConfiguration::builder().role(role).set_rules(Some(rules)).build();
    let settings = settings.map_err(invalid(operation, name))?;
    let sent = s3.put_bucket_replication().bucket(name).replication_configuration(settings).send().await;
    sent.map_err(failed(operation, name))?;
    Ok(())
}

async fn object_lock(s3: &Client, name: &str, lock: &ObjectLock) -> Result<(), EmulatorError> {
    let rule = lock.mode.as_deref().map(|mode| {
        let mode = ObjectLockRetentionMode::from(mode);
        let retention = DefaultRetention::builder().mode(mode).set_days(lock.days).build();
        ObjectLockRule::builder().default_retention(retention).build()
    });
    let settings = ObjectLockConfiguration::builder()
        .object_lock_enabled(ObjectLockEnabled::Enabled)
        .set_rule(rule)
        .build();
    let sent = s3.put_object_lock_configuration().bucket(name).object_lock_configuration(settings).send();
    sent.await.map_err(failed("s3:PutObjectLockConfiguration", name))?;
    Ok(())
}

/// The service in an ARN tells what is told.
async fn notification(s3: &Client, bucket: &Bucket) -> Result<(), EmulatorError> {
    let operation = "s3:PutBucketNotificationConfiguration";
    let name = &bucket.name;
    let created = || Event::from("s3:ObjectCreated:*");
    let mut settings = NotificationConfiguration::builder();
    for arn in &bucket.notifies {
        settings = match arn.split(':').nth(2) {
            Some("sns") => {
                let topic = TopicConfiguration::builder().topic_arn(arn).events(created()).build();
                settings.topic_configurations(topic.map_err(invalid(operation, name))?)
            }
            Some("sqs") => {
                let queue = QueueConfiguration::builder().queue_arn(arn).events(created()).build();
                settings.queue_configurations(queue.map_err(invalid(operation, name))?)
            }
            _ => {
                let function = LambdaFunctionConfiguration::builder().lambda_function_arn(arn);
                let function = function.events(created()).build();
                settings.lambda_function_configurations(function.map_err(invalid(operation, name))?)
            }
        };
    }
    let put = s3.put_bucket_notification_configuration().bucket(name);
    let sent = put.notification_configuration(settings.build()).send().await;
    sent.map_err(failed(operation, name))?;
    Ok(())
}
