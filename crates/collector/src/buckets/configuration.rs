//! What one bucket does with its objects: website, replication, Object Lock, notifications, tags, payer.

use aws_sdk_s3::types;
use palisade_snapshot::{
    DefaultRetention, Notification, NotificationDestination, ObjectLock, Payer, Redirect, Replication,
    ReplicationRule, Tag, Website,
};

use super::settings::{OneBucket, unknown};
use crate::failure::Failure;
use crate::operation::{
    GET_BUCKET_NOTIFICATION_CONFIGURATION, GET_BUCKET_REPLICATION, GET_BUCKET_REQUEST_PAYMENT,
    GET_BUCKET_TAGGING, GET_BUCKET_WEBSITE, GET_OBJECT_LOCK_CONFIGURATION,
};
use crate::reader::{Missing, required};

impl OneBucket<'_> {
    pub(super) async fn website(&self) -> Result<Website, Failure> {
        let call = self.client.get_bucket_website().bucket(self.name).send();
        self.reader
            .read(&GET_BUCKET_WEBSITE, self.region, call, |answer| {
                let protocol = |protocol: types::Protocol| protocol.as_str().to_owned();
                let redirects = answer.routing_rules.unwrap_or_default().into_iter();
                Ok(Website {
                    index_document: answer.index_document.map(|document| document.suffix),
                    error_document: answer.error_document.map(|document| document.key),
                    redirect_all: answer
                        .redirect_all_requests_to
                        .map(|to| Redirect { host: Some(to.host_name), protocol: to.protocol.map(protocol) }),
                    routing_redirects: redirects
                        .filter_map(|rule| rule.redirect)
                        .map(|to| Redirect { host: to.host_name, protocol: to.protocol.map(protocol) })
                        .collect(),
                })
            })
            .await
    }

    pub(super) async fn replication(&self) -> Result<Replication, Failure> {
        let call = self.client.get_bucket_replication().bucket(self.name).send();
        self.reader
            .read(&GET_BUCKET_REPLICATION, self.region, call, |answer| {
                let configuration = required(answer.replication_configuration, "ReplicationConfiguration")?;
                let rules = configuration.rules.into_iter().map(replication_rule);
                Ok(Replication { role: configuration.role, rules: rules.collect::<Result<_, _>>()? })
            })
            .await
    }

    pub(super) async fn object_lock(&self) -> Result<ObjectLock, Failure> {
        let call = self.client.get_object_lock_configuration().bucket(self.name).send();
        self.reader
            .read(&GET_OBJECT_LOCK_CONFIGURATION, self.region, call, |answer| {
                let configuration = required(answer.object_lock_configuration, "ObjectLockConfiguration")?;
                let enabled = match configuration.object_lock_enabled {
                    None => false,
                    Some(types::ObjectLockEnabled::Enabled) => true,
                    Some(other) => return Err(unknown("ObjectLockEnabled", other.as_str())),
                };
                // A default without a mode only holds objects back for an event, which AWS has apart.
                let retention = configuration.rule.and_then(|rule| rule.default_retention);
                let default_retention = retention.and_then(|retention| {
                    let mode = retention.mode?.as_str().to_owned();
                    Some(DefaultRetention { mode, days: retention.days, years: retention.years })
                });
                Ok(ObjectLock { enabled, default_retention })
            })
            .await
    }

    pub(super) async fn tags(&self) -> Result<Vec<Tag>, Failure> {
        let call = self.client.get_bucket_tagging().bucket(self.name).send();
        self.reader
            .read(&GET_BUCKET_TAGGING, self.region, call, |answer| {
                let tag = |tag: types::Tag| Tag { key: tag.key, value: tag.value };
                Ok(answer.tag_set.into_iter().map(tag).collect())
            })
            .await
    }

    /// Absent where nobody is told.
    pub(super) async fn notification(&self) -> Result<Notification, Failure> {
        let call = self.client.get_bucket_notification_configuration().bucket(self.name).send();
        let answer = self.reader.read(&GET_BUCKET_NOTIFICATION_CONFIGURATION, self.region, call, |answer| {
            let destination = |arn: String, events: Vec<types::Event>| NotificationDestination {
                arn,
                events: events.iter().map(|event| event.as_str().to_owned()).collect(),
            };
            let topics = answer.topic_configurations.unwrap_or_default().into_iter();
            let queues = answer.queue_configurations.unwrap_or_default().into_iter();
            let functions = answer.lambda_function_configurations.unwrap_or_default().into_iter();
            let destinations = topics
                .map(|topic| destination(topic.topic_arn, topic.events))
                .chain(queues.map(|queue| destination(queue.queue_arn, queue.events)))
                .chain(functions.map(|one| destination(one.lambda_function_arn, one.events)));
            Ok(Notification {
                destinations: destinations.collect(),
                event_bridge: answer.event_bridge_configuration.is_some(),
            })
        });
        let notification = answer.await?;
        if notification.destinations.is_empty() && !notification.event_bridge {
            return Err(Failure::Absent);
        }
        Ok(notification)
    }

    pub(super) async fn payer(&self) -> Result<Payer, Failure> {
        let call = self.client.get_bucket_request_payment().bucket(self.name).send();
        self.reader
            .read(&GET_BUCKET_REQUEST_PAYMENT, self.region, call, |answer| {
                match required(answer.payer, "Payer")? {
                    types::Payer::BucketOwner => Ok(Payer::BucketOwner),
                    types::Payer::Requester => Ok(Payer::Requester),
                    other => Err(unknown("Payer", other.as_str())),
                }
            })
            .await
    }
}

fn replication_rule(rule: types::ReplicationRule) -> Result<ReplicationRule, Missing> {
    let enabled = match rule.status {
        types::ReplicationRuleStatus::Enabled => true,
        types::ReplicationRuleStatus::Disabled => false,
        other => return Err(unknown("Status", other.as_str())),
    };
    let destination = required(rule.destination, "Destination")?;
    let kms = rule.source_selection_criteria.and_then(|criteria| criteria.sse_kms_encrypted_objects);
    let is_enabled =
        |kms: types::SseKmsEncryptedObjects| kms.status == types::SseKmsEncryptedObjectsStatus::Enabled;
    Ok(ReplicationRule {
        id: rule.id,
        enabled,
        destination_bucket: destination.bucket,
        destination_account: destination.account,
        kms_encrypted_objects: kms.is_some_and(is_enabled),
        replica_kms_key: destination.encryption_configuration.and_then(|one| one.replica_kms_key_id),
    })
}
