//! The sample cases of escalation, where they are at hand.
#![expect(clippy::panic, reason = "a test may stop at what it does not expect")]

use std::collections::BTreeMap;
use std::fs;

use jiff::Timestamp;
use palisade_facts::escalation::{Account, KnownCredentials, analyse, built_in};
use palisade_snapshot::Shared;
use serde_json::Value;

/// What the samples say beside the authorization details, as a credential report would.
fn credential_report(facts: &Value) -> String {
    let mut users: BTreeMap<&str, [String; 4]> = BTreeMap::new();
    for (column, values) in facts.as_object().into_iter().flatten() {
        for (user, value) in values.as_object().into_iter().flatten() {
            let row = users.entry(user).or_default();
            match column.as_str() {
                "login_profile" => row[0] = value.to_string(),
                "mfa" => row[1] = value.to_string(),
                "access_keys" => {
                    row[2] = (value.as_u64() > Some(0)).to_string();
                    row[3] = (value.as_u64() > Some(1)).to_string();
                }
                other => panic!("the test knows nothing of `{other}`"),
            }
        }
    }
    let mut text = "user,password_enabled,mfa_active,access_key_1_active,access_key_2_active\n".to_owned();
    for (user, [password, mfa, one, two]) in users {
        text.push_str(&format!("{user},{password},{mfa},{one},{two}\n"));
    }
    text
}

#[test]
fn every_sample_has_its_verdict() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/cases/escalation.jsonl");
    let Ok(cases) = fs::read_to_string(path) else {
        eprintln!("skipped: `{path}` is not here");
        return;
    };
    let techniques = built_in().unwrap();
    let mut wrong = Vec::new();
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let shared =
            Shared::from_authorization_details(&case["gaad"].to_string(), Timestamp::UNIX_EPOCH).unwrap();
        let report = credential_report(&case["extra_facts"]);
        let mut account =
            Account::new(&shared).with_credentials(KnownCredentials::from_csv(&report).unwrap());
        if case["scps"].is_array() {
            account = account.with_scps(&case["scps"].to_string()).unwrap();
        }
        let report = analyse(&[account], techniques, &[]);
        let start = report.principals.iter().find(|one| case["start"] == one.arn.as_str()).unwrap();
        if Some(start.can_escalate) != case["expected_can_escalate"].as_bool() {
            let paths = serde_json::to_string(&start.paths).unwrap();
            wrong.push(format!("{}: {} {paths}", case["id"], start.status.name()));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
