//! How many requests a collection takes.

use palisade_emulator::Sizes;

use super::*;

#[test]
fn the_medium_account_stays_within_its_budget() {
    let emulator = Emulator::with(Filling::generate(Sizes::MEDIUM)).unwrap();
    emulator.proxy().clear();
    let snapshot = collected(emulator.proxy(), &everything());
    let sent = emulator.proxy().requests().len();
    let budget = 60 + 17 * snapshot.buckets.len() + 8 * snapshot.repositories.len();
    assert_eq!((snapshot.shared.users.len(), snapshot.buckets.len()), (50, 20));
    assert_eq!(snapshot.repositories.len(), 10);
    assert!(sent <= budget, "{sent} of {budget}: {:#?}", emulator.proxy().counts());
    let counted: u64 = snapshot.shared.calls.iter().map(|record| record.requests).sum();
    assert_eq!(counted, sent as u64, "the snapshot counts what was sent");
    assert!(emulator.proxy().max_in_flight() <= 8, "{}", emulator.proxy().max_in_flight());
    assert!(emulator.proxy().writes().is_empty(), "{:?}", emulator.proxy().writes());
}
