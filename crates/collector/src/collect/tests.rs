//! Collections from the emulator, over HTTP, with and without faults.

mod budget;
mod control;
mod faults;
mod regions;
mod report;
mod throttling;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_config::retry::RetryConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::SystemTimeSource;
use jiff::Timestamp;
use palisade_emulator::{ACCESS_KEY, Account as Filling, Emulator, Proxy, SECRET_KEY};
use palisade_snapshot::{Observations, State};

use super::*;

/// The members of a page, unless a test wants other pages.
const PAGE_SIZE: usize = 100;

/// One emulator with the mixed account for all tests; whoever has it has it alone.
static MIXED: LazyLock<Mutex<Emulator>> = LazyLock::new(|| {
    let mixed = Filling::fixture("mixed").expect("the fixture is there");
    Mutex::new(Emulator::with(mixed).expect("the emulator starts"))
});

fn mixed() -> MutexGuard<'static, Emulator> {
    let emulator = MIXED.lock().unwrap_or_else(PoisonError::into_inner);
    emulator.proxy().clear();
    emulator.proxy().set_page_size(PAGE_SIZE);
    emulator
}

/// So many proxies, each with faults and counts of its own, that give what the mixed account answers: for tests that take
/// long, so that no other waits for the emulator.
fn mixed_replays(count: usize) -> Vec<Proxy> {
    let emulator = mixed();
    emulator.proxy().record();
    collected(emulator.proxy(), &everything());
    (0..count).map(|_| emulator.replay().expect("a port is free")).collect()
}

fn everything() -> Options {
    let taken_at = "2026-03-01T12:00:00Z".parse::<Timestamp>().unwrap();
    let mut options = Options::new(Evidence::ALL.iter().copied().collect(), taken_at);
    options.max_in_flight = NonZeroUsize::new(8).unwrap();
    options.deadlines.attempt = Duration::from_secs(5);
    options
}

/// The credentials of the emulator, without waiting long between retries.
fn session(proxy: &Proxy, transport: Transport) -> SdkConfig {
    let credentials = Credentials::new(ACCESS_KEY, SECRET_KEY, None, None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .region(aws_config::Region::new("us-east-1"))
        .endpoint_url(proxy.endpoint())
        .http_client(transport)
        .sleep_impl(TokioSleep::new())
        .time_source(SystemTimeSource::new())
        .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(10)))
        .build()
}

fn try_with(
    proxy: &Proxy,
    options: &Options,
    progress: Arc<dyn Progress>,
    cancel: &Cancel,
) -> Result<Snapshot, CollectError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let transport = Transport::new(network::client(None)?, options);
    let sdk = session(proxy, transport.clone());
    runtime.block_on(collect_with(sdk, transport, options, progress, cancel))
}

fn collected(proxy: &Proxy, options: &Options) -> Snapshot {
    try_with(proxy, options, Arc::new(()), &Cancel::new()).unwrap()
}

fn text(snapshot: &Snapshot) -> String {
    let mut bytes = Vec::new();
    snapshot.write_to(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// What became of every planned piece of evidence: whose it is, and why it is missing if it is.
fn states(snapshot: &Snapshot) -> BTreeMap<(Evidence, String), Option<Reason>> {
    let mut found = BTreeMap::new();
    let mut look = |subject: &str, record: &dyn Observations| {
        record.each(&mut |evidence, state| match state {
            State::Answered | State::NotOffered(_) => {
                found.insert((evidence, subject.to_owned()), None);
            }
            State::Unreadable(why) if why.reason == Reason::NotCollected => {}
            State::Unreadable(why) => {
                found.insert((evidence, subject.to_owned()), Some(why.reason));
            }
        });
    };
    let shared = &snapshot.shared;
    look("account", &shared.account);
    shared.listings.iter().for_each(|one| look(one.region.as_deref().unwrap_or("listing"), one));
    shared.users.iter().for_each(|one| look(&one.name, one));
    shared.registries.iter().for_each(|one| look(&one.region, one));
    shared.analyzers.iter().for_each(|one| look(&one.name, one));
    shared.access_points.iter().for_each(|one| look(&one.name, one));
    shared.multi_region_access_points.iter().for_each(|one| look(&one.name, one));
    shared.object_lambda_access_points.iter().for_each(|one| look(&one.name, one));
    shared.access_grants_instances.iter().for_each(|one| look(&one.region, one));
    snapshot.buckets.iter().for_each(|one| look(&one.name, one));
    snapshot.repositories.iter().for_each(|one| look(&one.name, one));
    found
}

fn unreadable(snapshot: &Snapshot) -> Vec<(Evidence, String, Reason)> {
    let missing = states(snapshot).into_iter();
    missing.filter_map(|((evidence, subject), why)| Some((evidence, subject, why?))).collect()
}

#[test]
fn an_undisturbed_account_is_read_whole() {
    let emulator = mixed();
    let snapshot = collected(emulator.proxy(), &everything());
    assert_eq!(unreadable(&snapshot), []);
    assert!(emulator.proxy().writes().is_empty(), "{:?}", emulator.proxy().writes());
}

#[test]
fn two_collections_give_the_same_bytes() {
    let emulator = mixed();
    assert_eq!(
        text(&collected(emulator.proxy(), &everything())),
        text(&collected(emulator.proxy(), &everything()))
    );
}

#[test]
fn only_what_is_asked_for_is_called() {
    let emulator = mixed();
    let mut options = everything();
    options.evidence = BTreeSet::from([Evidence::BucketVersioning]);
    collected(emulator.proxy(), &options);
    let called: Vec<String> = emulator.proxy().counts().into_keys().collect();
    let location = "s3:GetBucketLocation";
    assert_eq!(called, [location, "s3:GetBucketVersioning", "s3:ListBuckets", "sts:GetCallerIdentity"]);
}
