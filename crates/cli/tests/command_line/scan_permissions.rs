//! The policy that `palisade permissions` prints is what a scan needs: nothing is missing in it, and
//! nothing too much.

use std::collections::BTreeSet;

use crate::harness::Place;
use crate::scan_report::{Emulated, in_environment};
use palisade_emulator::account::{Policies, User};
use palisade_emulator::{Account, Emulator};
use palisade_snapshot::CALLS;
use serde_json::Value;

#[test]
fn the_policy_allows_what_a_scan_asks_and_no_more() {
    let emulated = Emulated::fixture("mixed");
    let policy = emulated.place.run(&["permissions"]).json();
    let statement = &policy["Statement"][0];
    assert_eq!((&statement["Effect"], &statement["Resource"]), (&Value::from("Allow"), &Value::from("*")));
    let allowed: BTreeSet<_> =
        statement["Action"].as_array().unwrap().iter().map(|action| action.as_str().unwrap()).collect();
    emulated.scan(&[]);
    let asked = emulated.emulator.proxy().counts();
    let used = CALLS.iter().filter(|call| asked.contains_key(call.operation));
    assert_eq!(allowed, used.flat_map(|call| call.iam_actions).copied().collect());
}

/// Where IAM is enforced, all but `account:ListRegions`, which the emulator answers to anyone.
#[test]
fn whoever_has_exactly_that_policy_reads_everything_and_whoever_has_none_reads_nothing() {
    let policy = Place::new().run(&["permissions"]).json();
    let mut account = Account::fixture("mixed").unwrap();
    let inline = [("scan".to_owned(), policy)].into();
    let policies = Policies { inline, ..Policies::default() };
    account.users.push(User { name: "scanner".to_owned(), policies, ..User::default() });
    account.users.push(User { name: "stranger".to_owned(), ..User::default() });
    let emulator = Emulator::with(account).unwrap();
    let environments = ["scanner", "stranger"].map(|user| emulator.environment_of(user).unwrap());
    emulator.enforce_iam(true).unwrap();
    let [scanner, stranger] = environments.map(in_environment);
    stranger.run(&["scan"]).failed(1, &["user/stranger", "palisade permissions"]);
    let scan = scanner.run(&["scan", "-f", "json"]);
    assert_eq!(scan.json()["coverage"]["unreadable"], serde_json::json!([]));
    assert_eq!(scan.code, Some(0), "{}", scan.stderr);
}
