//! What the proxy remembers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::fault::{Fault, Injection};
use super::paging::Listing;
use super::replay::Recording;
use super::request::Request;
use super::{DEFAULT_ACCOUNT, Shapes};

/// The state shared by the connections and the test.
#[derive(Debug, Default)]
pub(super) struct State(Mutex<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) injections: Vec<Injection>,
    pub(super) requests: Vec<Request>,
    pub(super) in_flight: usize,
    pub(super) max_in_flight: usize,
    pub(super) latency: Duration,
    pub(super) throttle: Option<TokenBucket>,
    /// What throttled answers say in `Retry-After`, in seconds.
    pub(super) retry_after: Option<u64>,
    pub(super) page_size: usize,
    /// The emulator checks signatures and permissions.
    pub(super) enforces_iam: bool,
    /// The listings that were cut into pages; continuations name them by place.
    pub(super) listings: Vec<Arc<Listing>>,
    /// What the proxy answers itself, by account.
    pub(super) shapes: BTreeMap<String, Arc<Shapes>>,
    /// The accounts of temporary access keys, learnt from the answers of STS.
    pub(super) accounts: BTreeMap<String, String>,
    /// Whose the access keys are that were made for tests.
    pub(super) users: BTreeMap<String, String>,
    /// The answers given since recording began, if it did.
    pub(super) recording: Option<Recording>,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            injections: Vec::new(),
            requests: Vec::new(),
            in_flight: 0,
            max_in_flight: 0,
            latency: Duration::ZERO,
            throttle: None,
            retry_after: None,
            page_size: 100,
            enforces_iam: false,
            listings: Vec::new(),
            shapes: BTreeMap::new(),
            accounts: BTreeMap::new(),
            users: BTreeMap::new(),
            recording: None,
        }
    }
}

/// What is decided when a request arrives.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) latency: Duration,
    pub(super) fault: Option<Fault>,
    pub(super) retry_after: Option<u64>,
    pub(super) shapes: Arc<Shapes>,
}

impl State {
    /// A new state that knows the same accounts.
    pub(super) fn describing(other: &Inner) -> Self {
        Self(Mutex::new(Inner {
            page_size: other.page_size,
            enforces_iam: other.enforces_iam,
            shapes: other.shapes.clone(),
            accounts: other.accounts.clone(),
            users: other.users.clone(),
            ..Inner::default()
        }))
    }

    /// Works on the state. A test that panicked meanwhile leaves it usable.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Inner) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Records a request and decides what happens to it; it is under way until the guard is dropped.
    pub(super) fn arrive(self: &Arc<Self>, request: &Request) -> (Plan, UnderWay) {
        let plan = self.with(|inner| {
            inner.in_flight += 1;
            inner.max_in_flight = inner.max_in_flight.max(inner.in_flight);
            let throttled = inner.throttle.as_mut().is_some_and(|bucket| !bucket.take(request.arrived));
            inner.requests.push(Request { throttled, ..request.clone() });
            let fault = if throttled {
                Some(Fault::Throttled)
            } else {
                inner.injections.iter_mut().find_map(|one| one.strikes(request).then(|| one.fault.clone()))
            };
            Plan {
                latency: inner.latency,
                fault,
                retry_after: inner.retry_after,
                shapes: inner.shapes_of(&request.access_key),
            }
        });
        (plan, UnderWay(Arc::clone(self)))
    }
}

impl Inner {
    fn shapes_of(&self, access_key: &str) -> Arc<Shapes> {
        let account = self.accounts.get(access_key).map_or(DEFAULT_ACCOUNT, String::as_str);
        self.shapes.get(account).cloned().unwrap_or_else(|| Arc::new(Shapes::undescribed(account)))
    }
}

/// Counts a request as under way until dropped.
#[derive(Debug)]
pub(super) struct UnderWay(Arc<State>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.with(|inner| inner.in_flight -= 1);
    }
}

/// A token bucket that holds one second's worth.
#[derive(Debug)]
pub(super) struct TokenBucket {
    per_second: f64,
    tokens: f64,
    filled: Instant,
}

impl TokenBucket {
    pub(super) fn new(per_second: f64) -> Self {
        Self { per_second, tokens: per_second, filled: Instant::now() }
    }

    /// Takes a token if there is one.
    fn take(&mut self, now: Instant) -> bool {
        let gained = now.saturating_duration_since(self.filled).as_secs_f64() * self.per_second;
        self.tokens = (self.tokens + gained).min(self.per_second);
        self.filled = self.filled.max(now);
        let allowed = self.tokens >= 1.0;
        if allowed {
            self.tokens -= 1.0;
        }
        allowed
    }
}
