//! Ends a collection early and keeps what was collected.

use std::sync::Arc;

use palisade_snapshot::Reason;
use tokio::sync::watch;

/// Ends the collection that it was given to. Reads that are still open then become unreadable,
/// and the snapshot holds what was read before.
#[derive(Debug, Clone)]
pub struct Cancel(Arc<watch::Sender<Option<Reason>>>);

impl Default for Cancel {
    fn default() -> Self {
        Self::new()
    }
}

impl Cancel {
    /// A handle that has not been used.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(None)))
    }

    /// Ends the collection: open reads become unreadable with reason `interrupted`.
    pub fn interrupt(&self) {
        self.end(Reason::Interrupted);
    }

    /// Ends the collection for another reason; the first one stays.
    pub(crate) fn end(&self, reason: Reason) {
        self.0.send_if_modified(|ended| {
            let first = ended.is_none();
            *ended = ended.or(Some(reason));
            first
        });
    }

    /// Waits for the end; for ever, if none comes.
    pub(crate) async fn ended(&self) -> Reason {
        let mut receiver = self.0.subscribe();
        match receiver.wait_for(Option::is_some).await {
            Ok(reason) => reason.unwrap_or(Reason::Interrupted),
            Err(_) => std::future::pending().await,
        }
    }
}
