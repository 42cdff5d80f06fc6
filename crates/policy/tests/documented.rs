//! Cases as data: each file of `tests/cases` names the page of AWS's documentation that its cases encode.

#![expect(clippy::unwrap_used, reason = "a broken test case should stop the test")]

use std::collections::BTreeSet;
use std::path::Path;

use palisade_policy::simulate::{Simulator, SimulatorOptions};
use serde_json::Value;

/// Decides a case; `unknown_context` lists its unknown keys.
fn decide(case: &Value) -> Value {
    let unknown_context = case["unknown_context"]
        .as_array()
        .map(|keys| keys.iter().map(|key| key.as_str().unwrap().to_owned()).collect())
        .unwrap_or_default();
    let mut simulator = Simulator::new(SimulatorOptions { unknown_context });
    let mut output = Vec::new();
    simulator.answer(1, &case.to_string(), &mut output).unwrap();
    serde_json::from_slice(&output).unwrap()
}

#[test]
fn documented_cases_are_decided_as_documented() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    let mut wrong = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let document: Value = serde_json::from_str(&text).unwrap();
        assert!(document["page"].as_str().unwrap().starts_with("https://docs.aws.amazon.com/"), "{file:?}");
        let mut names = BTreeSet::new();
        for case in document["cases"].as_array().unwrap() {
            assert!(
                names.insert(case["name"].as_str().unwrap()),
                "{file:?}: two cases named {}",
                case["name"]
            );
            let answer = decide(case);
            if answer["decision"] != case["expected"] {
                wrong.push(format!(
                    "{}: {}: expected {}, got {answer}",
                    file.display(),
                    case["name"],
                    case["expected"]
                ));
            }
            assert!(!answer["because"].as_array().unwrap().is_empty(), "{}: no reason", case["name"]);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
