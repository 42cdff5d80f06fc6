//! Hostile input: an answer or a clear error, in bounded time.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a broken answer should stop the test")]

use std::time::{Duration, Instant};

use palisade_policy::simulate::{Simulator, SimulatorOptions};
use serde_json::{Value, json};

/// Far more than any of these takes, even unoptimised on a busy machine; exponential time would never end.
const LIMIT: Duration = Duration::from_secs(30);

/// A case with one identity policy.
fn case(statements: &Value, resource: &str) -> String {
    json!({
        "id": "hostile",
        "request": {
            "principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject", "resource": resource,
            "resource_account_id": "111122223333", "context": {"aws:username": "a".repeat(4_000)},
        },
        "identity_policies": [{"Version": "2012-10-17", "Statement": statements}],
    })
    .to_string()
}

/// Answers a line within the limit: the decision, or the error.
fn answer(line: &str) -> String {
    let started = Instant::now();
    let mut output = Vec::new();
    let result = Simulator::new(SimulatorOptions::default()).answer(1, line, &mut output);
    assert!(started.elapsed() < LIMIT, "took {:?}", started.elapsed());
    let answer: Value = serde_json::from_slice(&output).unwrap();
    let field = if result.is_ok() { "decision" } else { "error" };
    answer[field].as_str().unwrap().to_owned()
}

#[test]
fn wildcards_do_not_explode() {
    let resource = format!("arn:aws:s3:::b/{}", "a".repeat(2_000));
    for pattern in
        ["*a".repeat(900) + "b", "a?*".repeat(600) + "b", "*".repeat(3_000) + "b", "?*".repeat(1_500) + "b"]
    {
        let statements = json!([
            {"Effect": "Allow", "Action": format!("s3:{pattern}"), "Resource": "*"},
            {"Effect": "Allow", "Action": "*", "Resource": format!("arn:aws:s3:::b/{pattern}")},
            {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringLike": {"aws:username": pattern}}},
        ]);
        assert_eq!(answer(&case(&statements, &resource)), "ImplicitlyDenied");
    }
}

#[test]
fn thousands_of_statements_are_read() {
    let statement = |number| json!({"Effect": "Allow", "Action": format!("s3:Put{number}"), "Resource": "*"});
    let statements: Vec<_> = (0..20_000).map(statement).collect();
    assert_eq!(answer(&case(&json!(statements), "arn:aws:s3:::b/k")), "ImplicitlyDenied");
}

#[test]
fn repeated_keys_are_found_among_thousands() {
    let keys: Vec<_> = (0..20_000).map(|number| format!("\"k{number}\": \"x\"")).collect();
    let condition = format!("{{\"StringEquals\": {{{}, \"k7\": \"y\"}}}}", keys.join(","));
    let line = case(&json!([{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": "HERE"}]), "*");
    let error = answer(&line.replace("\"HERE\"", &condition));
    assert!(error.contains("/identity_policies/0") && error.contains("\"k7\" is given twice"), "{error}");
}

#[test]
fn sizes_are_bounded() {
    let values = vec!["arn:aws:s3:::bucket/some/quite/long/object/name"; 100_000];
    let statements = json!([{"Effect": "Allow", "Action": "*", "Resource": values}]);
    assert!(answer(&case(&statements, "*")).contains("more than"));
    let allow = json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]);
    assert!(answer(&case(&allow, &"a".repeat(100_000))).contains("at most 8192 bytes"));
}

#[test]
fn deep_nesting_is_an_error() {
    let line = case(&json!("HERE"), "*").replace("\"HERE\"", &("[".repeat(50_000) + &"]".repeat(50_000)));
    assert!(answer(&line).contains("recursion limit"));
}

#[test]
fn bad_lines_say_what_is_wrong() {
    for (line, expected) in [
        ("", "not a case"),
        ("[]", "not a case"),
        (r#"{"id": 1}"#, "request"),
        (r#"{"request": {"principal": "x", "action": "none", "resource": "*"}}"#, "/request/action"),
        (r#"{"request": {"principal": "x", "action": "a:b", "context": {"k": {}}}}"#, "/request/context"),
        (
            r#"{"request": {"principal": "x", "action": "a:b"}, "resource_policy": {"Version": 1}}"#,
            "/resource_policy: /Version",
        ),
        (r#"{"request": {"principal": "x", "action": "a:b"}, "session_policy": "{"}"#, "/session_policy"),
    ] {
        let error = answer(line);
        assert!(error.contains(expected), "{line}: {error}");
    }
}

#[test]
fn an_answer_is_one_line_whatever_the_id() {
    let line = "{\"id\": [\n\"a\",\r\n1.0], \"request\": {\"principal\": \"x\", \"action\": \"a:b\"}}";
    for line in [line, "{\"id\": {\n}}"] {
        let mut output = Vec::new();
        let _ = Simulator::new(SimulatorOptions::default()).answer(1, line, &mut output);
        assert_eq!(output.iter().filter(|&&byte| byte == b'\n').count(), 1);
        assert!(serde_json::from_slice::<Value>(&output).is_ok());
    }
}
