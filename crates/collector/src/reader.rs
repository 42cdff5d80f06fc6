//! Makes calls and keeps what became of each.

mod gate;

use std::collections::BTreeSet;
use std::error::Error;
use std::future::Future;
use std::sync::Arc;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use palisade_snapshot::{Evidence, Listing, Observed, Paged, Reason, RecordKind, Unreadable};

use crate::failure::{Failure, classify};
use crate::meter::Meter;
use crate::operation::Operation;
use crate::{Cancel, Journal, Progress};
pub(crate) use gate::Gate;

/// What every reading part of a collection shares.
pub(crate) struct Reader {
    /// What is to be read, with what must be read to find it.
    pub(crate) evidence: BTreeSet<Evidence>,
    pub(crate) cancel: Cancel,
    pub(crate) meter: Arc<Meter>,
    pub(crate) progress: Arc<dyn Progress>,
    pub(crate) journal: Option<Journal>,
    pub(crate) gate: Gate,
}

/// The resource has been deleted since it was listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gone;

/// A part of an answer that AWS always gives and that was not there.
pub(crate) type Missing = String;

/// A member that AWS always gives.
pub(crate) fn required<T>(member: Option<T>, name: &str) -> Result<T, Missing> {
    member.ok_or_else(|| format!("the answer has no `{name}`"))
}

impl Reader {
    pub(crate) fn asks(&self, evidence: Evidence) -> bool {
        self.evidence.contains(&evidence)
    }

    /// Makes one call and takes from its answer what is wanted.
    ///
    /// The futures of the SDK are large and many are under way, so each is put on the heap before it
    /// becomes a part of another.
    pub(crate) fn read<A, T, E>(
        &self,
        operation: &'static Operation,
        region: &str,
        call: impl Future<Output = Result<A, SdkError<E, HttpResponse>>>,
        take: impl FnOnce(A) -> Result<T, Missing>,
    ) -> impl Future<Output = Result<T, Failure>>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let call = Box::pin(call);
        let answer = async move {
            let _let_in = self.gate.enter(operation, region).await;
            match call.await {
                Ok(answer) => take(answer)
                    .map_err(|missing| Failure::unreadable(operation, Reason::Malformed, &missing)),
                Err(error) => Err(classify(operation, &error)),
            }
        };
        async move {
            let read = tokio::select! {
                biased;
                reason = self.cancel.ended() => Err(ended(operation, reason)),
                read = answer => read,
            };
            if let Err(Failure::Unreadable(why)) = &read {
                self.meter.failed(operation, region, why.reason);
            }
            self.progress.answered(operation.name);
            read
        }
    }

    /// Reads one piece of evidence, if it is asked for.
    pub(crate) async fn observe<T>(
        &self,
        evidence: Evidence,
        read: impl Future<Output = Result<T, Failure>>,
    ) -> Result<Observed<T>, Gone> {
        if !self.asks(evidence) {
            return Ok(Observed::default());
        }
        match read.await {
            Ok(value) => Ok(Observed::Present(value)),
            Err(Failure::Absent) => Ok(Observed::Absent),
            Err(Failure::NotOffered(why)) => Ok(why.into()),
            Err(Failure::Unreadable(why)) => Ok(why.into()),
            Err(Failure::Gone) => Err(Gone),
        }
    }

    /// The same about the account, which does not go away.
    pub(crate) async fn observe_account<T>(
        &self,
        evidence: Evidence,
        read: impl Future<Output = Result<T, Failure>>,
    ) -> Observed<T> {
        self.observe(evidence, read).await.unwrap_or_default()
    }

    /// Waits, unless the collection ends.
    pub(crate) async fn wait(&self, operation: &Operation, time: std::time::Duration) -> Result<(), Failure> {
        tokio::select! {
            biased;
            reason = self.cancel.ended() => Err(ended(operation, reason)),
            () = tokio::time::sleep(time) => Ok(()),
        }
    }

    /// Reads pages until there is no next one. `read` gives a page's items and the token of the next.
    pub(crate) async fn pages<T, R>(
        &self,
        operation: &'static Operation,
        mut read: impl FnMut(Option<String>) -> R,
    ) -> Pages<T>
    where
        R: Future<Output = Result<(T, Option<String>), Failure>>,
    {
        let (mut pages, mut seen, mut token) = (Vec::new(), BTreeSet::new(), None);
        let mut began_anew = false;
        loop {
            match read(token).await {
                Ok((page, None)) => {
                    pages.push(page);
                    return Pages { pages, failure: None };
                }
                Ok((page, Some(next))) => {
                    pages.push(page);
                    if !seen.insert(next.clone()) {
                        let message = "the listing gives the same page again and again";
                        let failure = Failure::unreadable(operation, Reason::Malformed, message);
                        return Pages { pages, failure: Some(failure) };
                    }
                    token = Some(next);
                }
                // The next page may have been promised before an interruption, too long ago.
                Err(Failure::Unreadable(why))
                    if why.reason == Reason::ServiceError
                        && !began_anew
                        && self.forget_answers(operation) =>
                {
                    began_anew = true;
                    (pages, seen, token) = (Vec::new(), BTreeSet::new(), None);
                }
                Err(failure) => return Pages { pages, failure: Some(failure) },
            }
        }
    }

    /// Whether there was an answer of an interrupted run that can be asked for anew.
    fn forget_answers(&self, operation: &Operation) -> bool {
        self.journal.as_ref().is_some_and(|journal| journal.forget(operation))
    }
}

fn ended(operation: &Operation, reason: Reason) -> Failure {
    let message = match reason {
        Reason::Timeout => "the account's deadline passed",
        _ => "the scan was interrupted",
    };
    Failure::unreadable(operation, reason, message)
}

/// The pages of a listing that were read, and why there are no more.
#[derive(Debug)]
pub(crate) struct Pages<T> {
    pub(crate) pages: Vec<T>,
    pub(crate) failure: Option<Failure>,
}

impl<T> Pages<Vec<T>> {
    /// The items, and why some may be missing; a failure if not one page could be read.
    pub(crate) fn into_paged(self) -> Result<Paged<T>, Failure> {
        let incomplete = match self.failure {
            Some(Failure::Unreadable(why)) if !self.pages.is_empty() => Some(why),
            Some(failure) => return Err(failure),
            None => None,
        };
        Ok(Paged { items: self.pages.into_iter().flatten().collect(), incomplete })
    }
}

/// The record of a listing that ended like this.
pub(crate) fn listing(
    kind: RecordKind,
    region: Option<&str>,
    operation: &Operation,
    failure: Option<Failure>,
) -> Listing {
    let mut listing = Listing::complete(kind, region);
    match failure {
        None => {}
        Some(Failure::Unreadable(why)) => listing.incomplete = Some(why),
        Some(Failure::NotOffered(why)) => listing.not_offered = Some(why),
        Some(Failure::Absent | Failure::Gone) => {
            let message = "a listing was answered as if it were a resource";
            let (name, action) = (operation.name, operation.iam_action());
            listing.incomplete = Some(Unreadable::new(name, action, Reason::Malformed, message));
        }
    }
    listing
}

#[cfg(test)]
mod tests;
