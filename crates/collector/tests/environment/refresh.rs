//! Credentials that expire while a scan runs.

use std::time::Duration;

use palisade_emulator::{Account, CONTAINER_TOKEN, CredentialSources, Target};

use super::credentials::Home;
use super::*;

/// A scan of a whole account that takes some seconds, with credentials of a container.
fn long_scan(emulator: &Emulator, sources: &CredentialSources) -> String {
    emulator.proxy().set_latency(Duration::from_millis(120));
    let home = Home::new(emulator, sources);
    let url = format!("{}/v1/credentials", sources.endpoint());
    let variables = home.with(&[
        (EVERYTHING, "1"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", url.as_str()),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", CONTAINER_TOKEN),
    ]);
    collect(&variables).unwrap()
}

#[test]
fn credentials_that_expire_are_renewed_in_time() {
    let emulator = Emulator::with(Account::fixture("mixed").unwrap()).unwrap();
    let sources = CredentialSources::start().unwrap();
    // Renewed when less than ten seconds are left.
    sources.set_lifetime(Duration::from_secs(11));
    let snapshot = long_scan(&emulator, &sources);
    assert!(!snapshot.contains("$unreadable"), "{snapshot}");
    let (issued, asked) = (sources.issued(), emulator.proxy().requests());
    let used: BTreeSet<&str> = asked.iter().map(|request| request.access_key.as_str()).collect();
    assert!(used.len() >= 2, "{used:?}");
    for request in asked {
        let key = issued.iter().find(|key| key.access_key == request.access_key).unwrap();
        assert!(request.arrived < key.expires, "{request:?} {key:?}");
    }
}

#[test]
fn where_they_are_not_renewed_the_rest_is_unreadable_for_that_reason() {
    let emulator = Emulator::with(Account::fixture("mixed").unwrap()).unwrap();
    let sources = CredentialSources::start().unwrap();
    sources.set_lifetime(Duration::from_secs(3));
    sources.end_after(1);
    let snapshot = long_scan(&emulator, &sources);
    only_expired(&snapshot);
    // What was signed in time may have waited for its turn.
    let end = sources.issued()[0].expires + Duration::from_secs(2);
    assert!(emulator.proxy().requests().iter().all(|request| request.arrived < end));
}

/// Whoever revokes a session does not tell the client.
#[test]
fn a_session_that_aws_ends_early_makes_the_rest_unreadable_for_that_reason() {
    let emulator = Emulator::with(Account::fixture("mixed").unwrap()).unwrap();
    let sources = CredentialSources::start().unwrap();
    let revoked = Target::operation("*").access_key("ASIA0000000000000001").skip(30);
    emulator.proxy().inject(revoked, Fault::ExpiredCredentials);
    only_expired(&long_scan(&emulator, &sources));
}

/// Something was read, something was not, and nothing for another reason.
fn only_expired(snapshot: &str) {
    let reasons: BTreeSet<&str> =
        snapshot.split("\"reason\":\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(reasons, BTreeSet::from(["expired_credentials"]), "{snapshot}");
    assert!(snapshot.contains("\"summary\":{\""), "{snapshot}");
}
