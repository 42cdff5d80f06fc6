//! Deadlines, interruption, progress and pace.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use palisade_emulator::Fault;

use super::*;

fn reasons(snapshot: &Snapshot) -> BTreeSet<Reason> {
    unreadable(snapshot).into_iter().map(|(_, _, reason)| reason).collect()
}

#[test]
fn an_interrupted_collection_keeps_what_it_read() {
    let emulator = mixed();
    emulator.proxy().inject("s3:GetBucketPolicy", Fault::Hang);
    let mut options = everything();
    options.deadlines.attempt = Duration::from_secs(60);
    let cancel = Cancel::new();
    let handle = cancel.clone();
    let began = Instant::now();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_secs(4));
        handle.interrupt();
    });
    let snapshot = try_with(emulator.proxy(), &options, Arc::new(()), &cancel).unwrap();
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert_eq!(reasons(&snapshot), BTreeSet::from([Reason::Interrupted]));
    assert!(snapshot.shared.account.summary.present().is_some());
    assert!(!snapshot.buckets.is_empty());
    assert!(snapshot.buckets.iter().all(|bucket| bucket.policy.present().is_none()));
}

#[test]
fn interrupted_before_it_began_there_is_nothing() {
    let emulator = mixed();
    let cancel = Cancel::new();
    cancel.interrupt();
    let error = try_with(emulator.proxy(), &everything(), Arc::new(()), &cancel).unwrap_err();
    assert!(matches!(error, CollectError::Interrupted), "{error}");
    assert_eq!(emulator.proxy().requests().len(), 0);
}

#[test]
fn the_accounts_deadline_ends_what_hangs() {
    let emulator = mixed();
    emulator.proxy().inject("iam:*", Fault::Hang);
    let mut options = everything();
    options.evidence = BTreeSet::from([Evidence::Users, Evidence::PasswordPolicy]);
    options.deadlines.attempt = Duration::from_secs(60);
    options.deadlines.account = Duration::from_secs(2);
    let began = Instant::now();
    let snapshot = collected(emulator.proxy(), &options);
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    assert_eq!(reasons(&snapshot), BTreeSet::from([Reason::Timeout]));
}

#[test]
fn progress_ends_where_it_was_planned() {
    #[derive(Default)]
    struct Counting {
        planned: AtomicU64,
        answered: AtomicU64,
    }
    impl Progress for Counting {
        fn planned(&self, calls: u64) {
            self.planned.fetch_add(calls, Ordering::Relaxed);
        }
        fn answered(&self, _: &'static str) {
            self.answered.fetch_add(1, Ordering::Relaxed);
        }
    }
    let emulator = mixed();
    let counting = Arc::new(Counting::default());
    try_with(emulator.proxy(), &everything(), Arc::clone(&counting) as Arc<dyn Progress>, &Cancel::new())
        .unwrap();
    let (planned, answered) = (&counting.planned, &counting.answered);
    let (planned, answered) = (planned.load(Ordering::Relaxed), answered.load(Ordering::Relaxed));
    assert!(planned > 50, "{planned}");
    // Waiting for the report and buckets without a listed region take calls that nobody foresees.
    assert!(answered >= planned && answered < 2 * planned, "{answered} of {planned}");
}
