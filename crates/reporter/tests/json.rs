//! What programs read.
#![expect(clippy::unwrap_used, reason = "a test ends where something unexpected happens")]

mod sample;

use palisade_reporter::{FormatName, Look, report_schema};
use serde_json::Value;

fn json(accounts: usize, several_accounts: bool) -> String {
    let report = sample::report();
    let mut bytes = Vec::new();
    let mut format = FormatName::Json.writer(&mut bytes, Look { several_accounts, ..Look::default() });
    for _ in 0..accounts {
        format.begin(&report.run).unwrap();
        let findings = report.findings.iter().cloned().map(|one| FormatName::Json.present(one));
        findings.for_each(|finding| format.finding(finding).unwrap());
        format.end(&report.coverage, &report.summary).unwrap();
    }
    format.close().unwrap();
    drop(format);
    String::from_utf8(bytes).unwrap()
}

fn problems(document: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(&report_schema()).unwrap();
    validator.iter_errors(document).map(|error| error.to_string()).collect()
}

/// `UPDATE_EXPECTED=1` writes it anew.
#[test]
fn the_committed_schema_is_the_one_of_the_types() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/palisade-report-1.json");
    let schema = format!("{}\n", serde_json::to_string_pretty(&report_schema()).unwrap());
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(path, &schema).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), schema);
}

#[test]
fn a_report_is_one_document_and_obeys_the_schema() {
    let document: Value = serde_json::from_str(&json(1, false)).unwrap();
    assert_eq!(problems(&document), Vec::<String>::new());
    assert_eq!(document["run"]["account"], "123456789012");
    assert_eq!(document["findings"][0]["resource"]["arn"], "arn:aws:s3:::acme-website");
    assert_eq!(document["coverage"]["unreadable"][1]["operation"], "s3:GetBucketPolicy");
    assert_eq!(document["summary"]["fails"]["critical"], 13);
    assert_eq!(document["summary"]["verdicts"]["unknown"], 2);
}

#[test]
fn the_schema_notices_what_does_not_belong() {
    let good: Value = serde_json::from_str(&json(1, false)).unwrap();
    for (pointer, wrong) in [
        ("/findings/0/verdict", Value::from("failed")),
        ("/findings/0/severity", Value::from("catastrophic")),
        ("/findings/0/resource/arn", Value::Null),
        ("/coverage/unreadable/0/reason", Value::from("forgotten")),
        ("/summary/fails", serde_json::json!({ "critical": 1 })),
        ("/format", Value::from("palisade-report/2")),
    ] {
        let mut document = good.clone();
        *document.pointer_mut(pointer).unwrap() = wrong;
        assert!(!problems(&document).is_empty(), "{pointer}");
    }
}

#[test]
fn each_finding_has_its_line_so_that_text_tools_work_too() {
    let text = json(1, false);
    assert_eq!(
        text.lines().filter(|line| line.starts_with("{\"id\":")).count(),
        sample::report().findings.len()
    );
}

#[test]
fn reports_of_several_accounts_are_the_elements_of_an_array() {
    for accounts in 0..3 {
        let document: Value = serde_json::from_str(&json(accounts, true)).unwrap();
        let reports = document.as_array().unwrap();
        assert_eq!(reports.len(), accounts);
        assert!(reports.iter().all(|report| problems(report).is_empty()));
    }
}
