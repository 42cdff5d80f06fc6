//! Scans of whole accounts: what they find, what they ask, and that they find it again.

use std::collections::BTreeSet;

use crate::scan_report::Emulated;
use palisade_emulator::account::Organization;
use palisade_emulator::{Account, Sizes};
use palisade_snapshot::CALLS;

/// The most requests under way at once, as the collector has it.
const MAX_IN_FLIGHT: usize = 32;

#[test]
fn nothing_is_wrong_with_the_clean_account() {
    let emulated = Emulated::fixture("clean");
    let (ended, report) = emulated.scan(&["--fail-on", "low"]);
    for verdict in ["fail", "unknown", "manual"] {
        assert_eq!(report.rules(verdict), BTreeSet::new(), "{verdict}");
    }
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(report.unreadable(), BTreeSet::new());
    assert_eq!(report.coverage.planned, report.coverage.answered);
    assert!(report.rules("pass").len() > 80, "{:?}", report.rules("pass"));
}

#[test]
fn only_what_needs_a_declaration_is_open_without_a_configuration() {
    let emulated = Emulated::account(Account::fixture("clean").unwrap());
    let (ended, report) = emulated.scan(&["--fail-on", "high"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    // Only its owner can say that it is the account for users, that a program can't use a role, and that it gets by
    // without a role for emergencies.
    let undeclared =
        ["iam-break-glass-access-present", "iam-human-access-federated", "iam-machine-user-absent"];
    let undeclared: BTreeSet<_> = undeclared.into_iter().chain(FAIL_WITHOUT_DECLARATION).collect();
    assert_eq!(report.rules("fail"), undeclared);
    assert!(!report.rules("manual").is_empty());
    let attested: Vec<_> =
        report.rules("manual").into_iter().filter(|rule| !rule.starts_with("account-")).collect();
    assert_eq!(attested, ["iam-root-mfa-backup-device"]);
}

/// What can't fail in the careless account, because it fails something that excludes it: it has no
/// billing group, no contacts and no password policy of its own, and it is not for users.
const FAIL_IN_MIXED_ONLY: [&str; 5] = [
    "account-contact-addresses-shared-mailbox",
    "account-contacts-distinct",
    "account-users-account-roles-minimal",
    "iam-billing-user-key-absent",
    "iam-password-policy-hard-expiry-reviewed",
];

/// What no account can fail whose owner has declared what it is for.
const FAIL_WITHOUT_DECLARATION: [&str; 1] = ["account-type-declared"];

/// What no account can fail that has administrators.
const FAIL_WITHOUT_ANYBODY: [&str; 1] = ["iam-non-root-principal-present"];

/// What no account that reads the policies of its organization can fail.
const FAIL_WITHOUT_ALL_FEATURES: [&str; 1] = ["org-all-features-enabled"];

#[test]
fn an_organization_that_only_shares_the_bill_is_told_so() {
    let mut account = Account::fixture("clean").unwrap();
    account.organization = Some(Organization { consolidated_billing_only: true, ..Organization::default() });
    let (_, report) = Emulated::account(account).scan(&[]);
    assert!(
        report.rules("fail").is_superset(&FAIL_WITHOUT_ALL_FEATURES.into()),
        "{:?}",
        report.rules("fail")
    );
}

/// What no member of an organization can fail.
const FAIL_IN_MANAGEMENT_ACCOUNT: [&str; 1] = ["org-management-account-workload-absent"];

#[test]
fn what_is_kept_in_the_account_that_manages_the_organization_is_found() {
    let mut account = Account::fixture("clean").unwrap();
    let management_account = account.id().to_owned();
    account.organization = Some(Organization { management_account, ..Organization::default() });
    let (_, report) = Emulated::account(account).scan(&[]);
    let failed = report.rules("fail");
    assert!(failed.is_superset(&FAIL_IN_MANAGEMENT_ACCOUNT.into()), "{failed:?}");
}

#[test]
fn every_rule_fails_in_the_careless_account_but_those_that_exclude_each_other() {
    let emulated = Emulated::fixture("careless");
    let (ended, report) = emulated.scan(&["--fail-on", "critical"]);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert_eq!(report.rules("unknown"), BTreeSet::new());
    let listed = emulated.place.run(&["rules", "list"]).stdout;
    let all: BTreeSet<_> = listed.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert!(all.len() > 100, "{listed}");
    let spared: BTreeSet<_> = all.difference(&report.rules("fail")).copied().collect();
    let excluded = [
        &FAIL_IN_MIXED_ONLY[..],
        &FAIL_WITHOUT_ANYBODY,
        &FAIL_WITHOUT_ALL_FEATURES,
        &FAIL_IN_MANAGEMENT_ACCOUNT,
    ];
    let excluded = excluded.into_iter().flatten().copied().chain(FAIL_WITHOUT_DECLARATION);
    assert_eq!(spared, excluded.collect());
}

#[test]
fn the_mixed_account_has_some_of_each() {
    let (ended, report) = Emulated::fixture("mixed").scan(&["--fail-on", "critical"]);
    assert!(report.rules("fail").is_superset(&FAIL_IN_MIXED_ONLY.into()), "{:?}", report.rules("fail"));
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert_eq!(report.rules("unknown"), BTreeSet::new());
    let both: Vec<_> = report.rules("fail").intersection(&report.rules("pass")).copied().collect();
    assert!(both.len() > 25, "fail on one and pass on another: {both:?}");
}

#[test]
fn a_scan_needs_few_requests_writes_nothing_and_is_polite() {
    let sizes = Sizes::MEDIUM;
    let emulated = Emulated::account(Account::generate(sizes));
    let (ended, report) = emulated.scan(&[]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(report.resources("s3.bucket").len(), sizes.buckets);
    assert_eq!(report.resources("ecr.repository").len(), sizes.repositories);
    let proxy = emulated.emulator.proxy();
    let requests = proxy.requests().len();
    assert!(requests <= 60 + 17 * sizes.buckets + 8 * sizes.repositories, "{requests}: {:?}", proxy.counts());
    assert_eq!(proxy.writes(), Vec::<String>::new());
    let listed: BTreeSet<_> = CALLS.iter().map(|call| call.operation).collect();
    let asked = proxy.counts();
    let others: Vec<_> = asked.keys().filter(|operation| !listed.contains(operation.as_str())).collect();
    assert_eq!(others, Vec::<&String>::new(), "not in the table of calls");
    assert!((1..=MAX_IN_FLIGHT).contains(&proxy.max_in_flight()), "{}", proxy.max_in_flight());
}

#[test]
fn a_second_scan_finds_the_same_and_the_snapshot_gives_the_same_bytes() {
    let emulated = Emulated::fixture("mixed");
    let (first, report) = emulated.scan(&["--snapshot", "kept.jsonl"]);
    let (_, again) = emulated.scan(&[]);
    assert_eq!(report.findings, again.findings);
    let checked = emulated.place.run(&["check", "kept.jsonl", "-f", "json", "--all"]);
    assert_eq!((checked.code, checked.stdout), (first.code, first.stdout));
}
