//! What streams read: the same report as one JSON document, line by line.
#![expect(clippy::unwrap_used, reason = "a test ends where something unexpected happens")]

mod sample;

use palisade_reporter::{FormatName, Look, REPORT_LINES_FORMAT, report_line_schema};
use serde_json::Value;

fn written(name: FormatName, accounts: usize) -> String {
    let report = sample::report();
    let mut bytes = Vec::new();
    let mut format = name.writer(&mut bytes, Look { several_accounts: accounts > 1, ..Look::default() });
    for _ in 0..accounts {
        format.begin(&report.run).unwrap();
        report.findings.iter().for_each(|one| format.finding(name.present(one.clone())).unwrap());
        format.end(&report.coverage, &report.summary).unwrap();
    }
    format.close().unwrap();
    drop(format);
    String::from_utf8(bytes).unwrap()
}

fn lines(accounts: usize) -> Vec<Value> {
    let text = written(FormatName::Ndjson, accounts);
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn problems(line: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(&report_line_schema()).unwrap();
    validator.iter_errors(line).map(|error| error.to_string()).collect()
}

/// What kind of line it is, and the line without that.
fn taken_apart(mut line: Value) -> (String, Value) {
    let record = line.as_object_mut().unwrap().remove("record").unwrap();
    (record.as_str().unwrap().to_owned(), line)
}

/// `UPDATE_EXPECTED=1` writes it anew.
#[test]
fn the_committed_schema_is_the_one_of_the_types() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/palisade-report-lines-1.json");
    let schema = format!("{}\n", serde_json::to_string_pretty(&report_line_schema()).unwrap());
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(path, &schema).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), schema);
}

#[test]
fn every_line_obeys_the_schema() {
    for line in lines(2) {
        assert_eq!(problems(&line), Vec::<String>::new(), "{line}");
    }
}

#[test]
fn the_schema_notices_what_does_not_belong() {
    let good = lines(1);
    for (record, pointer, wrong) in [
        ("header", "/format", Value::from("palisade-report/1")),
        ("header", "/record", Value::from("finding")),
        ("header", "/run/account", Value::Null),
        ("finding", "/verdict", Value::from("failed")),
        ("finding", "/resource", serde_json::json!({ "arn": "x" })),
        ("finding", "/record", Value::from("row")),
        ("coverage", "/planned", Value::from("many")),
        ("summary", "/fails", serde_json::json!({ "critical": 1 })),
    ] {
        let mut line = good.iter().find(|line| line["record"] == record).unwrap().clone();
        *line.pointer_mut(pointer).unwrap() = wrong;
        assert!(!problems(&line).is_empty(), "{record} {pointer}");
        let mut line = good.iter().find(|line| line["record"] == record).unwrap().clone();
        line.as_object_mut().unwrap().insert("more".to_owned(), Value::Null);
        assert!(!problems(&line).is_empty(), "{record} with one more field");
    }
}

#[test]
fn the_lines_say_what_the_one_document_says() {
    let document: Value = serde_json::from_str(&written(FormatName::Json, 1)).unwrap();
    let mut findings = Vec::new();
    let mut order = Vec::new();
    for (record, line) in lines(1).into_iter().map(taken_apart) {
        match record.as_str() {
            "header" => {
                assert_eq!(line["format"], REPORT_LINES_FORMAT);
                assert_eq!(line["run"], document["run"]);
            }
            "finding" => findings.push(line),
            other => assert_eq!(line, document[other]),
        }
        order.push(record);
    }
    order.dedup();
    assert_eq!(order, ["header", "finding", "coverage", "summary"]);
    assert_eq!(Value::from(findings), document["findings"]);
}

#[test]
fn several_accounts_follow_each_other() {
    for accounts in 0..3 {
        let records: Vec<String> = lines(accounts).into_iter().map(|line| taken_apart(line).0).collect();
        for once in ["header", "coverage", "summary"] {
            assert_eq!(records.iter().filter(|record| *record == once).count(), accounts, "{once}");
        }
    }
}
