//! The commands beside `scan` and `check`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use crate::harness::Place;
use serde_json::Value;

const CASE: &str = r#"{"id": "x", "request": {"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "resource_account_id": "111122223333", "context": {}}, "identity_policies": []}"#;

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_bad_line_is_answered_and_the_rest_goes_on() {
    let place = Place::new();
    let input = format!("{CASE}\n\n{{\n{CASE}\n\"\u{e9}\n");
    let ended = place.run_with_input(&["simulate", "-"], input.as_bytes());
    assert_eq!(ended.code, Some(2));
    assert_eq!(ended.sentence(), "2 lines have no answer, line 3 is the first; see their error objects");
    let answers = lines(&ended.stdout);
    assert_eq!(answers.len(), 4);
    assert_eq!(answers[0]["decision"], "ImplicitlyDenied");
    assert_eq!(answers[1]["line"], 3);
    assert_eq!(answers[2]["decision"], "ImplicitlyDenied");
    assert_eq!(answers[3]["line"], 5);
}

#[test]
fn a_bad_line_is_named_by_its_id_where_that_can_be_read() {
    let place = Place::new();
    for command in ["simulate", "public", "lint"] {
        let ended = place.run_with_input(&[command], b"{\"id\": \"a\", \"policy\": }\n{\"id\": [1]}\n{");
        assert_eq!(ended.code, Some(2), "{command}");
        let ids: Vec<_> = lines(&ended.stdout).iter().map(|answer| answer["id"].to_string()).collect();
        assert_eq!(ids, ["\"a\"", "[1]", "null"], "{command}");
    }
}

#[test]
fn bytes_that_are_no_text_are_a_bad_line() {
    let place = Place::new();
    let ended = place.run_with_input(&["lint"], b"\xff\xfe\n{\"id\": 7, \"policy\": {\"Statement\": []}}");
    assert_eq!(ended.code, Some(2));
    let answers = lines(&ended.stdout);
    assert_eq!(answers[0]["line"], 1);
    assert!(answers[0]["error"].as_str().unwrap().contains("UTF-8"));
    assert_eq!(answers[1]["id"], 7);
}

#[test]
fn good_lines_end_well_from_a_file_too() {
    let place = Place::new();
    place.write("cases.jsonl", format!("{CASE}\n").repeat(5_000));
    let ended = place.run(&["simulate", "cases.jsonl"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    assert_eq!(lines(&ended.stdout).len(), 5_000);
    place.run(&["simulate", "absent.jsonl"]).failed(1, &["absent.jsonl"]);
}

#[test]
fn each_line_is_answered_before_the_next_one_is_written() {
    let place = Place::new();
    let mut child =
        place.command(&["simulate"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    for _ in 0..3 {
        writeln!(stdin, "{CASE}").unwrap();
        assert!(answers.next().unwrap().unwrap().contains("ImplicitlyDenied"));
    }
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn permissions_follow_the_selection() {
    let place = Place::new();
    let actions = |arguments: &[&str]| {
        let policy = place.run(arguments).json();
        assert_eq!(policy["Version"], "2012-10-17");
        let actions = policy["Statement"][0]["Action"].as_array().unwrap().clone();
        actions.into_iter().map(|action| action.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let all = actions(&["permissions"]);
    assert!(all.contains(&"iam:GetAccountAuthorizationDetails".to_owned()));
    assert!(all.is_sorted());
    let one = actions(&["permissions", "--rule", "s3-bucket-versioning-enabled"]);
    assert!(
        one.contains(&"s3:GetBucketVersioning".to_owned()) && one.contains(&"s3:ListAllMyBuckets".to_owned())
    );
    assert!(one.len() < all.len() && one.iter().all(|action| all.contains(action)));
    assert!(!one.contains(&"s3:GetBucketPolicy".to_owned()));
}

#[test]
fn a_rule_that_its_parameters_switch_off_needs_no_permission() {
    const CHOICE: [&str; 5] =
        ["permissions", "--rule", "iam-server-certificate-absent", "--rule", "s3-bucket-versioning-enabled"];
    let place = Place::new();
    let off = place.run(&CHOICE);
    assert!(off.stderr.contains("iam-server-certificate-absent"), "{}", off.stderr);
    assert!(off.stderr.contains("iam:ListServerCertificates"), "{}", off.stderr);
    let of = |policy: &Value| policy["Statement"][0]["Action"].as_array().unwrap().clone();
    assert_eq!(of(&off.json()), of(&place.run(&["permissions", "--rule", CHOICE[4]]).json()));
    place
        .run(&CHOICE[..3])
        .failed(2, &["no permission at all", "switched off", "iam:ListServerCertificates"]);
    place.write("palisade.toml", "[params.iam-server-certificate-absent]\nrequired = true\n");
    let on = place.run(&CHOICE);
    assert_eq!(on.stderr, "");
    assert!(of(&on.json()).contains(&Value::from("iam:ListServerCertificates")), "{}", on.stdout);
}

#[test]
fn rules_are_listed_and_explained() {
    let place = Place::new();
    let list = place.run(&["rules", "list"]);
    assert!(
        list.stdout.lines().any(|line| line.starts_with("critical  s3-bucket-not-public ")),
        "{}",
        list.stdout
    );
    let s3 = place.run(&["rules", "list", "--service", "s3", "--min-severity", "critical"]);
    assert!(s3.stdout.lines().all(|line| line.starts_with("critical  s3-")), "{}", s3.stdout);
    let shown = place.run(&["rules", "show", "s3-bucket-not-public"]);
    assert!(
        shown.stdout.contains("Passes when") && shown.stdout.contains("s3:GetBucketPolicy"),
        "{}",
        shown.stdout
    );
    place.run(&["rules", "show", "s3-bucket-not-pubic"]).failed(2, &["did you mean `s3-bucket-not-public`"]);
}

const OWN_RULE: &str = r#"title: Objects of this bucket can be lost
severity: low
resource: s3.bucket
pass_when: bucket.versioning == "enabled"
evidence: [bucket.versioning]
why: Somebody may delete them.
fix: {summary: Enable versioning}
frameworks: {}
references: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html"]
examples:
  - {name: never, expect: EXPECTED, given: {versioning: null}}
  - {name: enabled, expect: pass, given: {versioning: {status: Enabled, mfa_delete: false}}}
  - {name: unreadable, expect: unknown, given: {versioning: {unreadable: s3:GetBucketVersioning}}}
"#;

#[test]
fn rules_are_tested_by_their_examples() {
    let place = Place::new();
    let built_in = place.run(&["rules", "test"]);
    assert_eq!(built_in.code, Some(0), "{built_in:?}");
    place.write("own/s3/my-versioning.yaml", OWN_RULE.replace("EXPECTED", "fail"));
    let own = place.run(&["rules", "test", "own"]);
    assert_eq!((own.code, own.stderr.as_str()), (Some(0), ""));
    assert_eq!(own.stdout, "3 examples of 1 rules get the verdicts they expect\n");
    place.write(
        "wrong/s3/my-versioning.yaml",
        OWN_RULE
            .replace("EXPECTED", "pass")
            .replace("expect: pass, given: {versioning: {", "expect: fail, given: {versioning: {"),
    );
    let wrong = place.run(&["rules", "test", "wrong"]);
    assert_eq!(wrong.code, Some(1));
    assert!(wrong.stdout.contains("my-versioning") && wrong.stdout.contains("expects `pass`"), "{wrong:?}");
    assert_eq!(wrong.sentence(), "2 of 3 examples do not get the verdict they expect");
}

#[test]
fn help_tells_the_exit_codes() {
    let help = Place::new().run(&["--help"]).stdout;
    for code in ["0", "1", "2", "3", "4", "5", "130", "143"] {
        assert!(
            help.lines().any(|line| line.trim_start().starts_with(&format!("{code}  "))),
            "{code}: {help}"
        );
    }
}

#[test]
fn schemas_are_json_schemas() {
    let place = Place::new();
    for name in ["report", "report-line", "rule", "config", "can", "who-can"] {
        let schema = place.run(&["schema", name]).json();
        assert!(jsonschema::meta::is_valid(&schema), "{name}");
    }
}
