//! How many calls are under way: a request is signed when its call begins, and what has been signed
//! must not wait long for its turn.
//!
//! "AWS Signature Version 4 for API requests" of the IAM User Guide: a request must arrive within five
//! minutes of its signature.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use palisade_snapshot::Service;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Options;
use crate::operation::Operation;

/// Lets calls begin: for each service in each region as many as there may be requests under way, and
/// where requests per second are limited, a second's worth of them in all.
#[derive(Debug)]
pub(crate) struct Gate {
    in_each_lane: usize,
    lanes: Mutex<BTreeMap<Lane, Arc<Semaphore>>>,
    in_all: Arc<Semaphore>,
}

/// A service in a region.
type Lane = (Option<Service>, String);

/// A call is under way until this is dropped.
#[derive(Debug)]
pub(crate) struct LetIn {
    _lane: Option<OwnedSemaphorePermit>,
    _all: Option<OwnedSemaphorePermit>,
}

impl Gate {
    /// With the limits of these options.
    pub(crate) fn new(options: &Options) -> Self {
        let a_second = options.max_requests_per_second.and_then(|rate| usize::try_from(rate.get()).ok());
        let in_all = a_second.unwrap_or(Semaphore::MAX_PERMITS).min(Semaphore::MAX_PERMITS);
        Self {
            in_each_lane: options.max_in_flight.get().min(Semaphore::MAX_PERMITS),
            lanes: Mutex::default(),
            in_all: Arc::new(Semaphore::new(in_all)),
        }
    }

    /// Waits until this call may begin. Whoever waits for his own lane keeps nobody else waiting.
    pub(crate) async fn enter(&self, operation: &Operation, region: &str) -> LetIn {
        let lane = self.lane(operation, region).acquire_owned().await.ok();
        let all = Arc::clone(&self.in_all).acquire_owned().await.ok();
        LetIn { _lane: lane, _all: all }
    }

    fn lane(&self, operation: &Operation, region: &str) -> Arc<Semaphore> {
        let key = (operation.call().map(|call| call.service), region.to_owned());
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(lanes.entry(key).or_insert_with(|| Arc::new(Semaphore::new(self.in_each_lane))))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::num::{NonZeroU32, NonZeroUsize};

    use futures_util::FutureExt;

    use super::*;
    use crate::operation::{DESCRIBE_REPOSITORIES, GET_LIFECYCLE_POLICY, LIST_BUCKETS};

    fn gate(in_flight: usize, per_second: Option<u32>) -> Gate {
        let mut options = Options::new(BTreeSet::new(), jiff::Timestamp::UNIX_EPOCH);
        options.max_in_flight = NonZeroUsize::new(in_flight).unwrap();
        options.max_requests_per_second = per_second.and_then(NonZeroU32::new);
        Gate::new(&options)
    }

    #[test]
    fn a_service_in_a_region_waits_for_itself_alone() {
        let gate = gate(1, None);
        let first = gate.enter(&DESCRIBE_REPOSITORIES, "eu-west-1").now_or_never();
        assert!(first.is_some());
        assert!(gate.enter(&GET_LIFECYCLE_POLICY, "eu-west-1").now_or_never().is_none());
        assert!(gate.enter(&GET_LIFECYCLE_POLICY, "us-east-1").now_or_never().is_some());
        assert!(gate.enter(&LIST_BUCKETS, "eu-west-1").now_or_never().is_some());
        drop(first);
        assert!(gate.enter(&GET_LIFECYCLE_POLICY, "eu-west-1").now_or_never().is_some());
    }

    #[test]
    fn no_more_than_a_second_of_calls_is_under_way() {
        let gate = gate(10, Some(2));
        let under_way = [&LIST_BUCKETS, &DESCRIBE_REPOSITORIES]
            .map(|operation| gate.enter(operation, "eu-west-1").now_or_never().unwrap());
        assert!(gate.enter(&LIST_BUCKETS, "us-east-1").now_or_never().is_none());
        drop(under_way);
        assert!(gate.enter(&LIST_BUCKETS, "us-east-1").now_or_never().is_some());
    }
}
