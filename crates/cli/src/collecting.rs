//! From flags to a snapshot.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use palisade_collector::{Cancel, CollectError, Deadlines, Journal, JournalError, Options, collect_blocking};
use palisade_snapshot::{Evidence, Reason, Snapshot};

use crate::arguments::AccountArguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::{self, Collecting};
use crate::notes::Notes;

/// Where what is collected stays.
pub(crate) struct Kept<'a> {
    /// The snapshot.
    pub(crate) path: &'a Path,
    /// What was answered, until the snapshot is written.
    journal: Journal,
}

impl<'a> Kept<'a> {
    /// Keeps what is collected at `path`; completes what an interrupted run left there, if asked to.
    ///
    /// # Errors
    /// When there is nothing to resume, or it can't be resumed.
    pub(crate) fn at(path: &'a Path, resume: bool, notes: Notes) -> Result<Self, Failure> {
        let beside = Journal::path_beside(path);
        if resume {
            let journal = Journal::resume(beside).map_err(|error| match error {
                JournalError::Nothing { .. } | JournalError::Other { .. } => Failure::usage(error),
                JournalError::File { .. } | JournalError::InUse { .. } => Failure::no_result(error),
            })?;
            return Ok(Self { path, journal });
        }
        if beside.exists() {
            let beside = beside.display();
            notes.note(format_args!("what an interrupted run left in {beside} is given up without --resume"));
        }
        Ok(Self { path, journal: Journal::new(beside) })
    }
}

/// What was collected, and how the process ends if a signal cut it short.
pub(crate) struct Collected {
    pub(crate) snapshot: Snapshot,
    pub(crate) interrupted: Option<Exit>,
}

/// Reads the account, and keeps the snapshot if it is to be kept.
///
/// # Errors
/// When there is no account to read: credentials, caller, region; when the snapshot can't be written.
pub(crate) fn collect(
    account: &AccountArguments,
    evidence: BTreeSet<Evidence>,
    now: Option<Timestamp>,
    kept: Option<&Kept<'_>>,
    notes: Notes,
) -> Result<Collected, Failure> {
    let journal = kept.map(|kept| kept.journal.clone());
    let begun = journal.as_ref().and_then(Journal::taken_at);
    let options = Options {
        profile: account.profile.clone(),
        role_arn: account.role_arn.clone(),
        external_id: account.external_id.clone(),
        endpoint_url: account.endpoint_url.clone(),
        regions: account.region.iter().cloned().collect(),
        excluded_regions: account.exclude_region.iter().cloned().collect(),
        max_requests_per_second: account.max_rps,
        deadlines: deadlines(account),
        journal: journal.clone(),
        ..Options::new(evidence, now.or(begun).unwrap_or_else(Timestamp::now))
    };
    let cancel = Cancel::new();
    let collecting = Collecting::with(&cancel);
    let began = Instant::now();
    let collected = collect_blocking(&options, notes.progress(), &cancel);
    let interrupted = collecting.interrupted();
    let snapshot = collected.map_err(|error| {
        // Nothing was collected that could be completed.
        let is_new = begun.is_none();
        if let Some(journal) = journal.filter(|_| is_new) {
            drop(journal.remove());
        }
        failure(&error, interrupted)
    })?;
    let requests: u64 = snapshot.shared.calls.iter().map(|call| call.requests).sum();
    notes.detail(format_args!("{requests} requests in {:.1} s", began.elapsed().as_secs_f64()));
    if let Some(kept) = kept {
        kept.write(&snapshot, interrupted, notes)?;
    }
    Ok(Collected { snapshot, interrupted })
}

fn deadlines(account: &AccountArguments) -> Deadlines {
    let usual = Deadlines::default();
    let attempt = account.timeout.map_or(usual.attempt, |seconds| Duration::from_secs(seconds.into()));
    Deadlines { attempt, ..usual }
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

impl Kept<'_> {
    /// Writes the snapshot, whole or not at all, and removes the journal unless it can help again.
    fn write(&self, snapshot: &Snapshot, interrupted: Option<Exit>, notes: Notes) -> Result<(), Failure> {
        interrupt::uninterrupted(|| snapshot.write_file(self.path)).map_err(Failure::no_result)?;
        if let Some(trouble) = self.journal.trouble() {
            notes.note(format_args!("{trouble}; what was collected since then can't be resumed from"));
        }
        let expired = snapshot.shared.calls.iter().flat_map(|call| &call.failed);
        if expired.into_iter().any(|failed| failed.reason == Reason::ExpiredCredentials) {
            notes.note(format_args!("the credentials expired; with new ones `{}` completes it", resuming()));
        } else if interrupted.is_none()
            && let Err(error) = self.journal.remove()
        {
            let path = self.journal.path().display();
            notes.note(format_args!("cannot remove {path}, which is not needed any more: {error}"));
        }
        Ok(())
    }

    /// What a person is told whose collection was interrupted.
    pub(crate) fn interrupted(&self) -> String {
        let path = self.path.display();
        format!("interrupted; what was collected is in {path}, and `{}` completes it", resuming())
    }
}

/// The command that was given, with `--resume`, as a POSIX shell takes it.
fn resuming() -> String {
    let resume = OsString::from("--resume");
    let mut words: Vec<_> = std::env::args_os().collect();
    if !words.contains(&resume) {
        words.push(resume);
    }
    words.iter().map(|word| quoted(&word.to_string_lossy())).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:=,@%+".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_through_a_shell_as_they_are() {
        for (word, written) in [
            ("--region=eu-west-1,us-east-1", "--region=eu-west-1,us-east-1"),
            ("", "''"),
            ("my file", "'my file'"),
            ("it's $HOME", r"'it'\''s $HOME'"),
            ("s3-*", "'s3-*'"),
        ] {
            assert_eq!(quoted(word), written);
        }
    }
}
