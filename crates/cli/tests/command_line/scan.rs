//! `palisade scan` and `collect`, over HTTP against an AWS emulator.

use crate::harness::{Ended, Place};
use palisade_emulator::{Account, Emulator, Fault};
use palisade_snapshot::CALLS;
use serde_json::Value;

/// A place whose environment leads to the emulator.
fn place(emulator: &Emulator) -> Place {
    emulator.environment().into_iter().fold(Place::new(), |place, (name, value)| place.with(name, &value))
}

fn emulator(account: &str) -> Emulator {
    Emulator::with(Account::fixture(account).unwrap()).unwrap()
}

/// What identifies the findings with this verdict, sorted.
fn ids(report: &Value, verdict: &str) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let mut ids: Vec<_> = findings
        .filter(|finding| finding["verdict"] == verdict)
        .map(|finding| format!("{} {}", finding["rule"], finding["resource"]["arn"]))
        .collect();
    ids.sort();
    ids
}

#[test]
fn a_clean_account_is_complete_and_judged_the_same_later() {
    let emulator = emulator("clean");
    let place = place(&emulator);
    let scan = place.run(&["scan", "-f", "json", "--all", "--snapshot", "kept.jsonl"]);
    let report = scan.json();
    assert_eq!(report["coverage"]["unreadable"], serde_json::json!([]));
    assert_eq!(scan.code, Some(0), "{}", scan.stderr);
    assert!(report["summary"]["verdicts"]["pass"].as_u64().unwrap() > 0);
    assert_eq!(emulator.proxy().writes(), Vec::<String>::new());
    let requests = emulator.proxy().requests().len();
    let check = place.run(&["check", "kept.jsonl", "-f", "json", "--all"]);
    assert_eq!(check.stdout, scan.stdout);
    assert_eq!(emulator.proxy().requests().len(), requests, "`check` opened a connection");
}

#[test]
fn a_refused_read_never_makes_a_fail_pass_or_disappear() {
    let emulator = emulator("mixed");
    let place = place(&emulator);
    let scan = |place: &Place| place.run(&["scan", "-f", "json", "--all"]);
    let undisturbed = scan(&place).json();
    for operation in ["s3:GetBucketPolicy", "iam:GetCredentialReport", "s3:ListBuckets"] {
        emulator.proxy().inject(operation, Fault::Denied);
        let disturbed: Ended = scan(&place);
        emulator.proxy().clear();
        assert_eq!(disturbed.code, Some(4), "{operation}: {}", disturbed.stderr);
        let report = disturbed.json();
        let passes = ids(&report, "pass");
        let turned: Vec<_> = ids(&undisturbed, "fail").into_iter().filter(|id| passes.contains(id)).collect();
        assert_eq!(turned, Vec::<String>::new(), "{operation}");
        let lost = report["coverage"]["unreadable"].as_array().unwrap();
        assert!(lost.iter().any(|calls| calls["operation"] == operation), "{operation}: {lost:?}");
    }
}

#[test]
fn without_the_caller_there_is_no_report() {
    let emulator = emulator("clean");
    let place = place(&emulator);
    emulator.proxy().inject("sts:GetCallerIdentity", Fault::Denied);
    let ended = place.run(&["scan", "-o", "report.txt", "--snapshot", "kept.jsonl"]);
    ended.failed(1, &["sts:GetCallerIdentity"]);
    assert_eq!(place.names(), Vec::<String>::new());
}

#[test]
fn an_account_that_refuses_every_listing_names_the_policy_to_give() {
    let emulator = emulator("clean");
    let place = place(&emulator);
    let listings = CALLS.iter().filter(|call| {
        let name = call.api_operation;
        let lists = name.starts_with("List") && call.operation != "account:ListRegions";
        lists || ["GetAccountAuthorizationDetails", "DescribeRepositories"].contains(&name)
    });
    listings.for_each(|call| emulator.proxy().inject(call.operation, Fault::Denied));
    place.run(&["scan"]).failed(1, &["could be listed", "palisade permissions"]);
}

#[test]
fn a_region_that_does_not_exist_is_a_usage_error() {
    let emulator = emulator("clean");
    let place = place(&emulator);
    place.run(&["scan", "--region", "mars-north-1"]).failed(2, &["mars-north-1"]);
}

#[cfg(unix)]
#[test]
fn an_interrupted_collection_keeps_what_it_has() {
    use std::process::{Command, Stdio};
    use std::time::Duration;

    let emulator = emulator("mixed");
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let place = place(&emulator);
        emulator.proxy().inject("s3:GetBucketPolicy", Fault::Hang);
        let mut child = place
            .command(&["collect", "-o", "kept.jsonl"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        while !emulator.proxy().counts().contains_key("s3:GetBucketPolicy") {
            assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
            std::thread::sleep(Duration::from_millis(50));
        }
        assert!(
            Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap().success()
        );
        assert_eq!(child.wait().unwrap().code(), Some(code));
        emulator.proxy().clear();
        let check = place.run(&["check", "kept.jsonl", "-f", "json"]);
        assert_eq!(check.code, Some(4), "{}", check.stderr);
        let unreadable = check.json()["coverage"]["unreadable"].clone();
        let reasons: Vec<_> = unreadable.as_array().unwrap().iter().map(|calls| &calls["reason"]).collect();
        assert!(reasons.contains(&&Value::from("interrupted")), "{unreadable}");
    }
}
