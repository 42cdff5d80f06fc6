//! `can` and `who-can` over the example that ships.

use serde_json::Value;

use crate::harness::{Place, example};

const EXPORT: &str = "arn:aws:s3:::acme-exports/june.csv";

fn ask(place: &Place, arguments: &[&str]) -> Value {
    let example = example();
    let mut all = vec![arguments[0], example.to_str().unwrap()];
    all.extend(&arguments[1..]);
    all.extend(["-f", "json"]);
    let ended = place.run(&all);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{arguments:?}");
    ended.json()
}

#[test]
fn can_names_the_statement_and_what_the_answer_hangs_on() {
    let place = Place::new();
    let reads = ["can", "--action", "s3:GetObject", "--resource", EXPORT, "--principal"];
    let of = |who: &str, more: &[&str]| ask(&place, &[&reads[..], &[who], more].concat());
    let oncall = of("oncall", &[]);
    assert_eq!(oncall["decision"], "Allowed");
    assert_eq!(
        oncall["because"][0]["policy"],
        "arn:aws:iam::111122223333:user/oncall/inline-policy/friday-night-fix"
    );
    // The example account is in no organization.
    assert_eq!(oncall["assumes"], serde_json::json!([]));
    place.write("scps.json", r#"[{"org_id": "r-root", "policies": []}]"#);
    assert_eq!(of("oncall", &["--scps", "scps.json"])["decision"], "ImplicitlyDenied");
    place.write("scps.json", "{}");
    let example = example();
    let broken = [&reads[..1], &[example.to_str().unwrap()], &reads[1..], &["oncall", "--scps", "scps.json"]];
    place.run(&broken.concat()).failed(1, &["scps.json", "JSON array of levels"]);
    let stranger = of("anonymous", &[]);
    assert_eq!(stranger["decision"], "Conditional");
    assert_eq!(stranger["residual"][0]["key"], "aws:SourceIp");
    let office = of("anonymous", &["--context", "aws:SourceIp=203.0.113.7"]);
    assert_eq!(office["decision"], "Allowed");
    let plain =
        of("anonymous", &["--context", "aws:SourceIp=203.0.113.7", "--context", "aws:SecureTransport=false"]);
    assert_eq!(plain["decision"], "ExplicitlyDenied");
    assert_eq!(of("bob", &["--complete-context"])["decision"], "ImplicitlyDenied");
    let key = "arn:aws:kms:eu-west-1:111122223333:key/0f3e2d1c-4b5a-4687-9c8d-7e6f5a4b3c2d";
    let decrypts =
        ask(&place, &["can", "--principal", "alice", "--action", "kms:Decrypt", "--resource", key]);
    assert_eq!(decrypts["decision"], "Conditional");
    assert_eq!(decrypts["residual"][0]["reason"], "resource_policy_not_collected");
}

#[test]
fn who_can_follows_roles() {
    let place = Place::new();
    let instance = "arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc";
    let answer = ask(&place, &["who-can", "--action", "ec2:StopInstances", "--resource", instance]);
    let found: Vec<String> = answer["principals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let name = |value: &Value| value.as_str().unwrap().rsplit(':').next().unwrap().to_owned();
            let via = one["via"].as_array().unwrap().iter().map(|step| format!(" > {}", name(&step["role"])));
            format!("{}{}", name(&one["principal"]), via.collect::<String>())
        })
        .collect();
    assert_eq!(
        found,
        [
            "root",
            "user/alice",
            "user/ci-deploy",
            "role/infra-AdminR-main",
            "user/carol > role/infra-AdminR-main"
        ]
    );
    let carol = &answer["principals"][4];
    assert_eq!(carol["decision"], "Conditional");
    assert_eq!(carol["via"][0]["residual"][0]["key"], "aws:MultiFactorAuthPresent");
    assert_eq!(answer["unknown_because"], serde_json::json!([]));
}

#[test]
fn what_could_not_be_read_ends_with_4() {
    let place = Place::new();
    let whole = std::fs::read_to_string(example()).unwrap();
    let bucket = whole.lines().position(|line| line.contains("{\"s3.bucket\":{")).unwrap();
    let torn: String = whole.lines().take(bucket).map(|line| format!("{line}\n")).collect();
    place.write("torn.jsonl", torn);
    let arguments = |more: &[&'static str]| {
        let base =
            ["can", "torn.jsonl", "--principal", "alice", "--action", "s3:GetObject", "--resource", EXPORT];
        [&base[..], more].concat()
    };
    place.run(&arguments(&[])).failed(1, &["torn.jsonl"]);
    let ended = place.run(&arguments(&["--allow-torn", "-f", "json"]));
    assert_eq!(ended.code, Some(4));
    let answer = ended.json();
    assert_eq!(answer["decision"], "Unknown");
    assert_eq!(answer["unknown_because"][0]["operation"], "s3:ListBuckets");
    assert_eq!(place.run(&arguments(&["--allow-torn", "--allow-incomplete"])).code, Some(0));
}

#[test]
fn a_question_without_sense_is_a_usage_error() {
    let place = Place::new();
    let example = example();
    let fails = |arguments: &[&str], part: &str| {
        let all = [&["can", example.to_str().unwrap()], arguments].concat();
        place.run(&all).failed(2, &[part]);
    };
    fails(&["--principal", "alcie", "--action", "s3:GetObject", "--resource", EXPORT], "user/alice?");
    fails(&["--principal", "alice", "--action", "s3:GetObjekt", "--resource", EXPORT], "s3:GetObject?");
    fails(&["--principal", "alice", "--action", "s3:GetObject"], "name it by its ARN");
}

#[test]
fn answers_obey_their_schemas_and_are_readable() {
    let place = Place::new();
    let example = example();
    let snapshot = example.to_str().unwrap();
    let question = ["--action", "s3:GetObject", "--resource", EXPORT];
    for (command, who) in [("can", &["--principal", "anonymous"][..]), ("who-can", &[])] {
        let schema = place.run(&["schema", command]).json();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let answer = ask(&place, &[&[command], who, &question].concat());
        let errors: Vec<_> = validator.iter_errors(&answer).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{command}: {errors:?}");
        let text = place.run(&[&[command, snapshot], who, &question].concat());
        assert_eq!(text.code, Some(0));
        assert!(text.stdout.contains("if IpAddress aws:SourceIp 203.0.113.0/24"), "{}", text.stdout);
    }
}
