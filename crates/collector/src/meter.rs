//! Counts requests, complaints about the rate, and failures.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use palisade_snapshot::{CallRecord, FailedCalls, Reason, Scope};

use crate::operation::Operation;

/// The counts of one collection.
#[derive(Debug, Default)]
pub(crate) struct Meter(Mutex<BTreeMap<(&'static str, Option<String>), Tally>>);

#[derive(Debug, Default)]
struct Tally {
    requests: u64,
    throttled: u64,
    failed: BTreeMap<Reason, u64>,
}

impl Meter {
    /// A request was sent.
    pub(crate) fn sent(&self, operation: &Operation, region: &str) {
        self.change(operation, region, |tally| tally.requests += 1);
    }

    /// A request was answered with "slow down".
    pub(crate) fn throttled(&self, operation: &Operation, region: &str) {
        self.change(operation, region, |tally| tally.throttled += 1);
    }

    /// A call failed in the end.
    pub(crate) fn failed(&self, operation: &Operation, region: &str, reason: Reason) {
        self.change(operation, region, |tally| *tally.failed.entry(reason).or_default() += 1);
    }

    /// The counts as the snapshot holds them, in order.
    pub(crate) fn records(&self) -> Vec<CallRecord> {
        let record = |((operation, region), tally): (&(&'static str, Option<String>), &Tally)| CallRecord {
            operation: (*operation).to_owned(),
            region: region.clone(),
            requests: tally.requests,
            throttled: tally.throttled,
            failed: tally.failed.iter().map(|(&reason, &count)| FailedCalls { reason, count }).collect(),
        };
        self.tallies().iter().map(record).collect()
    }

    fn change(&self, operation: &Operation, region: &str, change: impl FnOnce(&mut Tally)) {
        let regional = operation.call().is_some_and(|call| {
            !matches!(
                call.scope,
                Scope::Account | Scope::GitUser | Scope::IdentityProvider | Scope::PublicRepository
            )
        });
        let key = (operation.name, regional.then(|| region.to_owned()));
        change(self.tallies().entry(key).or_default());
    }

    fn tallies(&self) -> MutexGuard<'_, BTreeMap<(&'static str, Option<String>), Tally>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
