//! Credentials that last as long as a scan: renewed before they expire, and not asked for again and
//! again from a source that fails.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{
    ProvideCredentials, Result as Provided, SharedCredentialsProvider, future,
};
use tokio::time::Instant;

/// How long a source may take: a credential process may ask another service, or a person.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How long before they expire credentials are renewed: a request may wait for its turn after it was
/// signed. Some sources give none that last longer, so those are used while more than a moment is left.
pub(super) const AHEAD: Duration = Duration::from_secs(300);
const MOMENT: Duration = Duration::from_secs(10);

/// A source is left alone for this long, so that a thousand open reads don't start a thousand
/// credential processes.
const PAUSE: Duration = Duration::from_secs(10);

/// The credentials of a source. When it fails, those that it gave before serve until they expire.
#[derive(Debug)]
pub(super) struct Refreshed {
    source: SharedCredentialsProvider,
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    last: Option<Credentials>,
    asked: Option<Instant>,
    failure: Option<Arc<CredentialsError>>,
}

/// What a source said when it failed, now or shortly before.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct Failing(Arc<CredentialsError>);

impl Refreshed {
    pub(super) fn new(source: SharedCredentialsProvider) -> Self {
        Self { source, memory: Mutex::default() }
    }

    async fn credentials(&self) -> Provided {
        if let Some(remembered) = self.memory().remembered() {
            return remembered;
        }
        let asked = tokio::time::timeout(LONGEST_WAIT, self.source.provide_credentials()).await;
        let answer = asked.unwrap_or_else(|_| Err(CredentialsError::provider_timed_out(LONGEST_WAIT)));
        // Where there are none at all, that stays what is said.
        if matches!(answer, Err(CredentialsError::CredentialsNotLoaded(_))) {
            return answer;
        }
        self.memory().learn(answer)
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    /// The answer to a question that was asked shortly before.
    fn remembered(&self) -> Option<Provided> {
        if self.asked?.elapsed() >= PAUSE {
            return None;
        }
        match &self.failure {
            Some(failure) => Some(self.despite(failure)),
            None => self.valid_for(MOMENT).map(Ok),
        }
    }

    fn learn(&mut self, answer: Provided) -> Provided {
        self.asked = Some(Instant::now());
        match answer {
            Ok(credentials) => {
                self.failure = None;
                self.last = Some(credentials.clone());
                Ok(credentials)
            }
            Err(failure) => {
                let failure = Arc::new(failure);
                self.failure = Some(Arc::clone(&failure));
                self.despite(&failure)
            }
        }
    }

    fn despite(&self, failure: &Arc<CredentialsError>) -> Provided {
        let failing = || CredentialsError::provider_error(Failing(Arc::clone(failure)));
        self.valid_for(Duration::ZERO).ok_or_else(failing)
    }

    fn valid_for(&self, time: Duration) -> Option<Credentials> {
        let then = SystemTime::now() + time;
        self.last.clone().filter(|last| last.expiry().is_none_or(|expiry| then < expiry))
    }
}

impl ProvideCredentials for Refreshed {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.credentials())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Gives credentials that expire in so many seconds, once; then it fails.
    #[derive(Debug)]
    struct Once {
        lifetime: u64,
        asked: Arc<AtomicUsize>,
    }

    impl ProvideCredentials for Once {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let first = self.asked.fetch_add(1, Ordering::Relaxed) == 0;
            let expiry = SystemTime::now() + Duration::from_secs(self.lifetime);
            future::ProvideCredentials::ready(if first {
                Ok(Credentials::new("ASIAFIRST", "secret", None, Some(expiry), "test"))
            } else {
                Err(CredentialsError::provider_error("the session is over"))
            })
        }
    }

    fn once(lifetime: u64) -> (Refreshed, Arc<AtomicUsize>) {
        let asked = Arc::new(AtomicUsize::new(0));
        let source = Once { lifetime, asked: Arc::clone(&asked) };
        (Refreshed::new(SharedCredentialsProvider::new(source)), asked)
    }

    #[tokio::test]
    async fn what_has_not_expired_serves_while_the_source_fails() {
        let (refreshed, asked) = once(5);
        for _ in 0..3 {
            assert_eq!(refreshed.credentials().await.unwrap().access_key_id(), "ASIAFIRST");
        }
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn what_lasts_long_enough_is_not_asked_for_twice_in_a_row() {
        let (refreshed, asked) = once(60);
        refreshed.credentials().await.unwrap();
        refreshed.credentials().await.unwrap();
        assert_eq!(asked.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_source_that_fails_is_left_alone_for_a_while() {
        let (refreshed, asked) = once(0);
        refreshed.credentials().await.unwrap();
        for _ in 0..100 {
            let error = refreshed.credentials().await.unwrap_err();
            assert!(crate::failure::chain(&error).contains("the session is over"), "{error:?}");
        }
        assert_eq!(asked.load(Ordering::Relaxed), 2);
        *refreshed.memory().asked.as_mut().unwrap() -= PAUSE;
        refreshed.credentials().await.unwrap_err();
        assert_eq!(asked.load(Ordering::Relaxed), 3);
    }
}
