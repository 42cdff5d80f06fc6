//! The permissions, ready to be deployed: templates hold the very policy and name only what is there.

use std::collections::BTreeSet;

use crate::harness::Place;
use serde_json::Value;

fn permissions(format: &str) -> Value {
    let ended = Place::new().run(&["permissions", "--service", "ecr", "-f", format]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    ended.json()
}

/// Every value below, with the key that it has.
fn walk<'v>(value: &'v Value, visit: &mut dyn FnMut(&'v str, &'v Value)) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                visit(key, value);
                walk(value, visit);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        _ => {}
    }
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn cloudformation_has_the_policy_and_refers_to_what_it_declares() {
    let template = permissions("cloudformation");
    let policy = &template["Resources"]["PalisadePolicy"];
    assert_eq!(policy["Type"], "AWS::IAM::ManagedPolicy");
    assert_eq!(policy["Properties"]["PolicyDocument"], permissions("json"));
    let conditions = keys(&template["Conditions"]);
    let mut names = keys(&template["Parameters"]);
    names.extend(keys(&template["Resources"]));
    names.insert("AWS::NoValue");
    walk(&template, &mut |key, value| match key {
        "Ref" => assert!(names.contains(value.as_str().unwrap()), "{value}"),
        "Fn::GetAtt" | "Fn::If" => {
            let first = value[0].as_str().unwrap();
            assert!(names.contains(first) || conditions.contains(first), "{value}");
        }
        "Condition" if value.is_string() => {
            assert!(conditions.contains(value.as_str().unwrap()), "{value}");
        }
        "Fn::Sub" => {
            let parts = value.as_str().unwrap().split("${").skip(1);
            for name in parts.map(|part| part.split('}').next().unwrap()) {
                assert!(name == "AWS::Partition" || names.contains(name), "{value}");
            }
        }
        _ => {}
    });
    let role = &template["Resources"]["PalisadeRole"];
    assert_eq!(role["Condition"], "HasTrustedAccount", "no role without somebody to trust");
    let trust = &role["Properties"]["AssumeRolePolicyDocument"]["Statement"][0];
    assert_eq!(trust["Condition"]["Fn::If"][1]["StringEquals"]["sts:ExternalId"]["Ref"], "ExternalId");
}

#[test]
fn terraform_has_the_policy_and_refers_to_what_it_declares() {
    let configuration = permissions("terraform");
    let policy = configuration["resource"]["aws_iam_policy"]["palisade"]["policy"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<Value>(policy).unwrap(), permissions("json"));
    assert!(!policy.contains("${") && !policy.contains("%{"), "nothing in it may be expanded");
    let variables = keys(&configuration["variable"]);
    let mut referred = 0;
    let mut check = |text: &str| {
        for name in text.split("var.").skip(1) {
            let name: String =
                name.chars().take_while(|one| one.is_ascii_alphanumeric() || *one == '_').collect();
            assert!(variables.contains(name.as_str()), "{name} in {text}");
            referred += 1;
        }
    };
    walk(&configuration, &mut |_, value| match value {
        Value::String(text) => check(text),
        Value::Array(items) => items.iter().filter_map(Value::as_str).for_each(&mut check),
        _ => {}
    });
    assert!(referred >= 6, "{referred}");
    for pointer in ["/data/aws_partition/current", "/resource/aws_iam_role/palisade/count"] {
        assert!(configuration.pointer(pointer).is_some(), "{pointer}");
    }
}

#[test]
fn another_format_is_refused() {
    let ended = Place::new().run(&["permissions", "-f", "pulumi"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("cloudformation"), "{}", ended.stderr);
}
