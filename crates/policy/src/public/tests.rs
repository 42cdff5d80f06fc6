//! Cases as data, and laws over generated worlds.

use serde_json::Value;

use super::public_line;

/// Every case names the AWS page that it encodes.
#[test]
fn documented_cases() {
    let mut wrong = Vec::new();
    for line in include_str!("cases.jsonl").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        assert!(case["page"].as_str().unwrap().starts_with("https://docs.aws.amazon.com/"), "{line}");
        let answer: Value = serde_json::from_str(&public_line(line).unwrap()).unwrap();
        let expected = case.get("expected_capabilities");
        if answer["public"] != case["expected_public"]
            || expected.is_some_and(|expected| answer["capabilities"] != *expected)
        {
            wrong.push(format!("{line}\n    {answer}"));
        }
        let has_witness = !answer["witness"].is_null();
        assert_eq!(has_witness, answer["capabilities"] != serde_json::json!([]), "{line}\n{answer}");
        let nothing_left = answer["public"] == true && !has_witness;
        assert_eq!(answer.get("why").is_some(), nothing_left, "{line}\n{answer}");
    }
    assert!(wrong.is_empty(), "{} cases differ:\n{}", wrong.len(), wrong.join("\n"));
}
