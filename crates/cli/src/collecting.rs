//! From flags to a snapshot.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use jiff::Timestamp;
use palisade_collector::{Cancel, CollectError, Options, collect_blocking};
use palisade_snapshot::{Evidence, Snapshot};

use crate::arguments::AccountArguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt;
use crate::notes::Notes;

/// What was collected, and how the process ends if a signal cut it short.
pub(crate) struct Collected {
    pub(crate) snapshot: Snapshot,
    pub(crate) interrupted: Option<Exit>,
}

/// Reads the account.
///
/// # Errors
/// When there is no account to read: credentials, caller, region.
pub(crate) fn collect(
    account: &AccountArguments,
    evidence: BTreeSet<Evidence>,
    now: Option<Timestamp>,
    notes: Notes,
) -> Result<Collected, Failure> {
    let options = Options {
        profile: account.profile.clone(),
        role_arn: account.role_arn.clone(),
        external_id: account.external_id.clone(),
        endpoint_url: account.endpoint_url.clone(),
        regions: account.region.iter().cloned().collect(),
        excluded_regions: account.exclude_region.iter().cloned().collect(),
        max_requests_per_second: account.max_rps,
        ..Options::new(evidence, now.unwrap_or_else(Timestamp::now))
    };
    let cancel = Cancel::new();
    let interrupted = interrupt::watch(&cancel);
    let began = Instant::now();
    let collected = collect_blocking(&options, notes.progress(), &cancel);
    let snapshot = collected.map_err(|error| failure(&error, interrupted.exit()))?;
    let requests: u64 = snapshot.shared.calls.iter().map(|call| call.requests).sum();
    notes.detail(format_args!("{requests} requests in {:.1} s", began.elapsed().as_secs_f64()));
    Ok(Collected { snapshot, interrupted: interrupted.exit() })
}

fn failure(error: &CollectError, interrupted: Option<Exit>) -> Failure {
    match (error, interrupted) {
        (_, Some(exit)) => Failure::ended(exit, error),
        (
            CollectError::UnknownRegion { .. }
            | CollectError::CertificateBundle { .. }
            | CollectError::Proxy { .. },
            None,
        ) => Failure::usage(error),
        _ => Failure::no_result(error),
    }
}

/// Writes the snapshot to a file, whole or not at all.
///
/// # Errors
/// When the file can't be written.
pub(crate) fn keep(snapshot: &Snapshot, path: &Path) -> Result<(), Failure> {
    snapshot.write_file(path).map_err(Failure::no_result)
}
