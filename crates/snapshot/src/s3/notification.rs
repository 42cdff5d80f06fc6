//! Event notifications of a bucket ("NotificationConfiguration" in the Amazon S3 API Reference).

use serde::{Deserialize, Serialize};

/// Whom a bucket tells of events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notification {
    /// Whether all events go to EventBridge in the bucket's account and region.
    pub event_bridge: bool,
    /// The topics, queues and functions, kind by kind in AWS's order.
    pub destinations: Vec<NotificationDestination>,
}

/// A topic, queue or function that is told of events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotificationDestination {
    /// Its ARN.
    pub arn: String,
    /// The events, such as `s3:ObjectCreated:*`.
    pub events: Vec<String>,
}
