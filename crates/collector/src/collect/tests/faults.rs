//! What becomes of answers that fail: each operation with each fault, alone.

use palisade_emulator::{Fault, Target};
use palisade_snapshot::{CALLS, Call};

use super::*;

/// Each fault and the reason that the snapshot gives for it.
fn faults() -> Vec<(Fault, Reason)> {
    vec![
        (Fault::Denied, Reason::Denied),
        (Fault::UnknownAccessKey, Reason::Denied),
        (Fault::Throttled, Reason::Throttled),
        (Fault::ServerError, Reason::ServiceError),
        (Fault::ExpiredCredentials, Reason::ExpiredCredentials),
        (Fault::Reset, Reason::Network),
        (Fault::Truncated, Reason::Network),
        (Fault::Garbage, Reason::Malformed),
        (Fault::Empty, Reason::Malformed),
        (Fault::HtmlPage(200), Reason::Malformed),
        (Fault::HtmlPage(404), Reason::Malformed),
        (Fault::HtmlPage(403), Reason::Denied),
        (Fault::HtmlPage(502), Reason::ServiceError),
        (Fault::Hang, Reason::Timeout),
    ]
}

/// Reads for one call alone. Only what hangs has to wait for its deadline; all else has time enough on a busy machine.
fn only(call: &Call, fault: Option<&Fault>) -> Options {
    let mut options = everything();
    options.evidence = call.evidence.iter().copied().collect();
    options.deadlines.attempt = match fault {
        Some(Fault::Hang) => Duration::from_secs(2),
        _ => Duration::from_secs(30),
    };
    options
}

/// The operations that a collection calls for evidence of their own.
fn reads(proxy: &Proxy) -> Vec<&'static Call> {
    let called = |call: &&Call| {
        proxy.clear();
        collected(proxy, &only(call, None));
        proxy.counts().contains_key(call.operation)
    };
    CALLS.iter().filter(|call| !call.evidence.is_empty()).filter(called).collect()
}

/// Nearly all of the time goes by in waiting for retries: so many work at once.
const WORKERS: usize = 12;

#[test]
fn a_failed_read_is_unreadable_and_says_why() {
    let proxies = mixed_replays(WORKERS);
    let reads = reads(&proxies[0]);
    assert!(reads.len() >= 22, "{}", reads.len());
    let failing: Vec<_> =
        reads.into_iter().filter(|call| call.operation != "sts:GetCallerIdentity").collect();
    std::thread::scope(|scope| {
        for (worker, proxy) in proxies.iter().enumerate() {
            let own = failing.iter().skip(worker).step_by(WORKERS);
            scope.spawn(move || own.for_each(|call| fails_with_its_reason(proxy, call)));
        }
    });
}

/// Collects what a call is for with each fault of that call.
fn fails_with_its_reason(proxy: &Proxy, call: &Call) {
    proxy.clear();
    let whole = states(&collected(proxy, &only(call, None)));
    for (fault, reason) in faults() {
        proxy.clear();
        proxy.inject(call.operation, fault.clone());
        let disturbed = states(&collected(proxy, &only(call, Some(&fault))));
        let mut seen = 0;
        for ((evidence, subject), state) in &disturbed {
            let hit = call.evidence.contains(evidence);
            seen += usize::from(hit);
            assert_eq!(*state, hit.then_some(reason), "{} {fault:?} {evidence} {subject}", call.operation);
        }
        assert!(seen > 0, "{} {fault:?}: {disturbed:?} of {whole:?}", call.operation);
    }
}

#[test]
fn a_page_of_a_proxy_is_asked_for_twice_and_a_refusal_once() {
    let emulator = mixed();
    let mut options = everything();
    options.evidence = BTreeSet::from([Evidence::PasswordPolicy]);
    for (fault, requests) in [
        (Fault::HtmlPage(502), 2),
        (Fault::Garbage, 2),
        (Fault::Denied, 1),
        (Fault::ServerError, 3),
        (Fault::Reset, 3),
    ] {
        emulator.proxy().clear();
        emulator.proxy().inject("iam:GetAccountPasswordPolicy", fault.clone());
        collected(emulator.proxy(), &options);
        assert_eq!(emulator.proxy().counts()["iam:GetAccountPasswordPolicy"], requests, "{fault:?}");
    }
}

#[test]
fn faults_that_heal_leave_no_trace() {
    let faults = [(Fault::Throttled, 2), (Fault::Reset, 1), (Fault::Garbage, 1), (Fault::ServerError, 2)];
    let without_calls = |mut snapshot: Snapshot| {
        snapshot.shared.calls.clear();
        text(&snapshot)
    };
    let proxies = mixed_replays(1 + faults.len());
    let whole = &without_calls(collected(&proxies[0], &everything()));
    // Most of the time is spent waiting for what throttles.
    std::thread::scope(|scope| {
        for ((fault, times), proxy) in faults.into_iter().zip(&proxies[1..]) {
            scope.spawn(move || {
                for call in CALLS {
                    proxy.inject(Target::operation(call.operation).times(times), fault.clone());
                }
                let healed = collected(proxy, &everything());
                assert_eq!(unreadable(&healed), [], "{fault:?}: {:#?}", proxy.counts());
                assert_eq!(without_calls(healed), *whole, "{fault:?}");
            });
        }
    });
}

#[test]
fn a_bucket_that_went_away_is_named_as_deleted() {
    let emulator = mixed();
    let before = collected(emulator.proxy(), &everything());
    let gone = before.buckets[0].clone();
    emulator.proxy().inject(Target::operation("s3:GetBucketAcl").resource(&gone.name), Fault::ResourceGone);
    let after = collected(emulator.proxy(), &everything());
    assert_eq!(after.buckets, before.buckets[1..]);
    let listing = after.shared.listings_of(RecordKind::Bucket).next().unwrap();
    assert_eq!((listing.deleted.clone(), &listing.incomplete), (vec![gone.arn], &None));
}

#[test]
fn a_repository_that_went_away_is_named_as_deleted() {
    let emulator = mixed();
    let before = collected(emulator.proxy(), &everything());
    let gone = before.repositories[0].clone();
    let target = Target::operation("ecr:GetLifecyclePolicy").resource(&gone.name).region(&gone.region);
    emulator.proxy().inject(target, Fault::ResourceGone);
    let after = collected(emulator.proxy(), &everything());
    assert_eq!(after.repositories, before.repositories[1..]);
    let mut listings = after.shared.listings_of(RecordKind::Repository);
    let listing = listings.find(|listing| listing.region.as_ref() == Some(&gone.region)).unwrap();
    assert_eq!(listing.deleted, [gone.arn]);
}

#[test]
fn a_listing_that_breaks_on_its_third_page_keeps_two() {
    let emulator = mixed();
    emulator.proxy().set_page_size(1);
    let whole = collected(emulator.proxy(), &everything());
    assert_eq!(unreadable(&whole), []);
    assert!(whole.buckets.len() > 2 && whole.shared.users.len() > 2);
    for operation in ["s3:ListBuckets", "iam:GetAccountAuthorizationDetails"] {
        emulator.proxy().inject(Target::operation(operation).page(3), Fault::Denied);
    }
    let cut = collected(emulator.proxy(), &everything());
    assert_eq!(cut.buckets.len(), 2);
    assert!(cut.buckets.iter().all(|bucket| whole.buckets.contains(bucket)));
    let identities = cut.shared.users.len() + cut.shared.groups.len() + cut.shared.roles.len();
    assert_eq!(identities + cut.shared.policies.len(), 2);
    for kind in [RecordKind::Bucket, RecordKind::User, RecordKind::Role] {
        let listing = cut.shared.listings_of(kind).next().unwrap();
        assert_eq!(listing.incomplete.as_ref().unwrap().reason, Reason::Denied, "{kind:?}");
    }
}

#[test]
fn a_service_without_subscription_is_not_offered() {
    let emulator = mixed();
    emulator.proxy().inject("ecr:*", Fault::NotSubscribed);
    let snapshot = collected(emulator.proxy(), &everything());
    assert_eq!(unreadable(&snapshot), []);
    assert!(snapshot.shared.listings_of(RecordKind::Repository).all(|one| one.not_offered.is_some()));
}

#[test]
fn no_caller_is_an_error() {
    let emulator = mixed();
    let error = |fault| {
        emulator.proxy().clear();
        emulator.proxy().inject("sts:GetCallerIdentity", fault);
        try_with(emulator.proxy(), &everything(), Arc::new(()), &Cancel::new()).unwrap_err()
    };
    for (fault, expected) in [(Fault::Denied, Reason::Denied), (Fault::Empty, Reason::Malformed)] {
        let error = error(fault);
        assert!(matches!(&error, CollectError::Caller { reason, .. } if *reason == expected), "{error}");
    }
    assert_eq!(emulator.proxy().counts().len(), 1, "nothing else was asked");
}
