//! Event notifications of a bucket.

use palisade_snapshot::{self as snapshot, Evidence, NotificationDestination, Observed};

use super::relation::{self, AccountRelation};
use crate::context::Context;
use crate::{Known, facts};

facts! {
    /// Whom a bucket tells of events ("Amazon S3 Event Notifications" in the S3 User Guide).
    pub struct Notification as "notification" {
        /// Whether all events go to EventBridge, in the same account and region.
        event_bridge: bool, reads [];
        /// The topics, queues and functions that are told.
        destinations: Vec<EventDestination>, reads [];
    }
}

facts! {
    /// A topic, queue or function that is told of events.
    pub struct EventDestination as "event_destination" {
        /// Its ARN.
        arn: String, reads [];
        /// Whose account it is in.
        owner: AccountRelation, reads [];
        /// The events, such as `s3:ObjectCreated:*`.
        events: Vec<String>, reads [];
    }
}

/// Event notifications; null where nobody is told.
pub(super) fn notification(
    context: &Context,
    notification: &Observed<snapshot::Notification>,
) -> Known<Option<Notification>> {
    let destination = |destination: &NotificationDestination| EventDestination {
        arn: destination.arn.clone(),
        owner: relation::of_arn(context, &destination.arn),
        events: destination.events.clone(),
    };
    Known::observed(
        notification,
        Evidence::BucketNotification,
        || None,
        |notification| {
            Some(Notification {
                event_bridge: notification.event_bridge,
                destinations: notification.destinations.iter().map(destination).collect(),
            })
        },
    )
}
