//! The proxy between client and emulator: it names, counts and records requests, mends what the
//! emulator does unlike AWS, answers what it lacks, and injects faults.

mod analyzers;
mod answer;
mod credential_report;
mod error_format;
mod fault;
mod identities;
mod mend;
mod operation;
mod organization;
mod paging;
mod permission;
mod recorded;
mod registries;
mod replay;
mod request;
mod serve;
mod shapes;
mod state;
mod storage_control;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::task::AbortHandle;

use crate::{Account, EmulatorError};

pub use fault::{Fault, Target};
use replay::{Recording, Replay};
pub use request::Request;
pub(crate) use shapes::Shapes;
use state::State;

/// The account that access keys belong to which the emulator does not know.
pub(crate) const DEFAULT_ACCOUNT: &str = "123456789012";

/// The proxy; clients use its address as the endpoint of every service.
///
/// All methods may be called while requests are under way; they hold for requests that come later.
#[derive(Debug)]
pub struct Proxy {
    state: Arc<State>,
    address: SocketAddr,
    accepting: AbortHandle,
}

impl Proxy {
    /// Listens on a free port of the loopback interface and passes requests on to `emulator`.
    pub(crate) fn start(runtime: &Runtime, emulator: SocketAddr) -> Result<Self, EmulatorError> {
        Self::listen(runtime, emulator, State::default(), None)
    }

    /// Another proxy, which gives the recorded answers of this one again, with faults and counts of
    /// its own; what was never asked goes to `emulator`.
    pub(crate) fn replay(&self, runtime: &Runtime, emulator: SocketAddr) -> Result<Self, EmulatorError> {
        let (state, recording) = self.state.with(|inner| {
            let state = State::describing(inner);
            (state, inner.recording.clone().unwrap_or_default())
        });
        Self::listen(runtime, emulator, state, Some(Replay::of(recording)))
    }

    fn listen(
        runtime: &Runtime,
        emulator: SocketAddr,
        state: State,
        replay: Option<Replay>,
    ) -> Result<Self, EmulatorError> {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let state = Arc::new(state);
        let guard = runtime.enter();
        let listener = tokio::net::TcpListener::from_std(listener)?;
        drop(guard);
        let serving = runtime.spawn(serve::accept(listener, emulator, Arc::clone(&state), replay));
        Ok(Self { state, address, accepting: serving.abort_handle() })
    }

    /// From now on answers are recorded, so that a replay can give them again.
    pub fn record(&self) {
        self.state.with(|inner| inner.recording = Some(Recording::default()));
    }

    /// The URL for clients, such as `http://127.0.0.1:40123`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on the fault strikes the requests of the target. The first injection that fits wins.
    pub fn inject(&self, target: impl Into<Target>, fault: Fault) {
        self.state.with(|inner| inner.injections.push(fault::Injection { target: target.into(), fault }));
    }

    /// Removes all faults, the latency and the throttle, and forgets the requests seen.
    pub fn clear(&self) {
        self.state.with(|inner| {
            inner.injections.clear();
            inner.requests.clear();
            inner.max_in_flight = inner.in_flight;
            inner.latency = Duration::ZERO;
            inner.throttle = None;
            inner.retry_after = None;
        });
    }

    /// Every answer comes this much later, as over a real network.
    pub fn set_latency(&self, latency: Duration) {
        self.state.with(|inner| inner.latency = latency);
    }

    /// Throttles what exceeds this many requests per second, over all services together; a second's worth may
    /// come at once. `None` lifts it.
    pub fn throttle_above(&self, requests_per_second: Option<f64>) {
        self.state.with(|inner| inner.throttle = requests_per_second.map(state::TokenBucket::new));
    }

    /// Throttled answers ask the client to wait for this many seconds, in `Retry-After`.
    pub fn tell_retry_after(&self, seconds: u64) {
        self.state.with(|inner| inner.retry_after = Some(seconds));
    }

    /// The most members that a page of a listing has; 100 at first, as AWS has it for most listings.
    pub fn set_page_size(&self, members: usize) {
        self.state.with(|inner| inner.page_size = members.max(1));
    }

    /// The requests seen, in order of arrival, with those that a fault struck.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.state.with(|inner| inner.requests.clone())
    }

    /// How many requests were seen, by operation.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for request in self.requests() {
            *counts.entry(request.operation).or_default() += 1;
        }
        counts
    }

    /// The operations seen that change something, in order of arrival. `GenerateCredentialReport`
    /// is none of them, as in AWS's Service Authorization Reference, nor is signing in as a role.
    #[must_use]
    pub fn writes(&self) -> Vec<String> {
        let operations = self.requests().into_iter().map(|request| request.operation);
        operations.filter(|operation| !operation::is_read(operation)).collect()
    }

    /// The most requests that were under way at the same time.
    #[must_use]
    pub fn max_in_flight(&self) -> usize {
        self.state.with(|inner| inner.max_in_flight)
    }

    /// From now on this access key is this user's.
    pub(crate) fn know_access_key(&self, id: &str, user: &str) {
        self.state.with(|inner| inner.users.insert(id.to_owned(), user.to_owned()));
    }

    /// Whether the emulator checks signatures, so that requests must reach it unchanged.
    pub(crate) fn keep_signatures(&self, kept: bool) {
        self.state.with(|inner| inner.enforces_iam = kept);
    }

    /// From now on the answers about this account follow its description where the emulator can't hold it.
    pub(crate) fn describe(&self, account: &Account, shapes: Shapes) {
        self.state.with(|inner| inner.shapes.insert(account.id().to_owned(), Arc::new(shapes)));
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}
