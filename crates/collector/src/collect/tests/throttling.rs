//! Services that bear only so many requests in a second.

use std::num::NonZeroU32;
use std::time::Instant;

use palisade_emulator::account::{BlockPublicAccess as Blocks, Bucket as Made};
use palisade_emulator::{Request, Sizes};

use super::*;

/// What the service bears in a second.
const LIMIT: f64 = 20.0;

/// An account with so many buckets and nothing else.
fn buckets(count: usize) -> Emulator {
    let plain = |place: usize| Made {
        name: format!("bucket-{place:03}"),
        encryption: "none".to_owned(),
        ownership: "none".to_owned(),
        public_access_block: Blocks::None,
        ..Made::default()
    };
    let account = Filling { buckets: (0..count).map(plain).collect(), ..Filling::default() };
    let emulator = Emulator::with(account).unwrap();
    emulator.proxy().clear();
    emulator
}

/// Reads one setting of every bucket, as fast as the service bears.
fn read_versioning(emulator: &Emulator) -> Vec<Request> {
    let mut options = everything();
    options.evidence = BTreeSet::from([Evidence::BucketVersioning]);
    options.max_in_flight = NonZeroUsize::new(32).unwrap();
    let snapshot = collected(emulator.proxy(), &options);
    assert_eq!(unreadable(&snapshot), []);
    let asked = emulator.proxy().requests();
    let throttled: u64 = snapshot.shared.calls.iter().map(|record| record.throttled).sum();
    assert_eq!(throttled, asked.iter().filter(|request| request.throttled).count() as u64);
    assert!(throttled > 0, "the limit was never reached");
    asked
}

/// How many requests came in this many seconds before the last.
fn at_the_end(asked: &[Request], seconds: u64) -> Vec<&Request> {
    let end = asked.iter().map(|request| request.arrived).max().unwrap();
    asked.iter().filter(|request| end.duration_since(request.arrived).as_secs() < seconds).collect()
}

#[test]
fn no_read_is_lost_and_the_rate_settles_near_the_limit() {
    let emulator = buckets(300);
    emulator.proxy().throttle_above(Some(LIMIT));
    let asked = read_versioning(&emulator);
    let last = at_the_end(&asked, 6);
    let rate = last.len() as f64 / 6.0;
    // On a busy machine requests come in bunches: what waited before the window comes in it.
    assert!((0.5 * LIMIT..=1.25 * LIMIT).contains(&rate), "{rate} a second");
    let throttled = last.iter().filter(|request| request.throttled).count();
    assert!(throttled * 10 <= last.len(), "{throttled} of {} were throttled", last.len());
    let throttled = asked.iter().filter(|request| request.throttled).count();
    assert!(throttled * 4 <= asked.len(), "{throttled} of {} were throttled", asked.len());
}

#[test]
fn a_service_that_says_when_to_come_back_is_left_alone_until_then() {
    let emulator = buckets(60);
    emulator.proxy().throttle_above(Some(LIMIT));
    emulator.proxy().tell_retry_after(2);
    let asked = read_versioning(&emulator);
    // Those that were under way when the first was refused come at once; then nobody for a while.
    let refused = asked.iter().find(|request| request.throttled).unwrap().arrived;
    let within = |from: u64, to: u64| {
        let since = |request: &&Request| {
            let since = request.arrived.saturating_duration_since(refused);
            (Duration::from_millis(from)..Duration::from_millis(to)).contains(&since)
        };
        asked.iter().filter(since).count()
    };
    assert_eq!(within(1000, 1900), 0);
}

/// Such as a gateway, or an emulator: its limit is for all services together.
#[test]
fn services_behind_one_address_share_a_rate() {
    let emulator = Emulator::with(Filling::generate(Sizes::MEDIUM)).unwrap();
    emulator.proxy().clear();
    emulator.proxy().throttle_above(Some(LIMIT));
    let snapshot = collected(emulator.proxy(), &everything());
    assert_eq!(unreadable(&snapshot), []);
    let throttled: u64 = snapshot.shared.calls.iter().map(|record| record.throttled).sum();
    assert!(throttled > 0, "the limit was never reached");
}

#[test]
fn a_ceiling_is_never_exceeded() {
    let emulator = mixed();
    let mut options = everything();
    options.max_requests_per_second = NonZeroU32::new(15);
    let began = Instant::now();
    collected(emulator.proxy(), &options);
    let asked = emulator.proxy().requests();
    let least = Duration::from_secs_f64((asked.len() - 1) as f64 / 15.0);
    assert!(began.elapsed() >= least, "{} requests in {:?}", asked.len(), began.elapsed());
    for (place, first) in asked.iter().enumerate() {
        let next = asked[place..]
            .iter()
            .take_while(|one| one.arrived.saturating_duration_since(first.arrived) < Duration::from_secs(3));
        // They leave evenly; a busy machine may take some in later, and so closer to the next ones.
        assert!(next.count() <= 60);
    }
}
