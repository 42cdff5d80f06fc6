//! Whatever a policy grants that was found to be within a baseline, the baseline grants too.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a broken test case should stop the test")]

#[path = "support/world.rs"]
mod world;

use palisade_policy::containment::beyond;
use palisade_policy::document::PolicyDocument;
use palisade_policy::simulate::{Simulator, SimulatorOptions};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};
use world::Choices;

fn choices() -> impl Strategy<Value = Vec<u16>> {
    vec(any::<u16>(), 0..600)
}

fn decide(case: &Value) -> String {
    let mut simulator = Simulator::new(SimulatorOptions { unknown_context: Vec::new() });
    let mut output = Vec::new();
    simulator.answer(1, &case.to_string(), &mut output).unwrap();
    let answer: Value = serde_json::from_slice(&output).unwrap();
    answer["decision"].as_str().unwrap().to_owned()
}

fn read(policy: &Value) -> PolicyDocument {
    PolicyDocument::from_text(&policy.to_string()).unwrap()
}

fn policy(choices: &mut Choices<'_>) -> Value {
    let mut statements = Vec::new();
    for _ in 0..1 + choices.below(3) {
        let effect = if choices.below(4) == 3 { "Deny" } else { "Allow" };
        statements.push(world::statement(choices, effect, true));
    }
    let version = if choices.below(8) == 7 { "2008-10-17" } else { "2012-10-17" };
    json!({"Version": version, "Statement": statements})
}

/// A baseline that is likely to contain the policy: its statements, some of them widened, and others.
fn baseline(choices: &mut Choices<'_>, policy: &Value) -> Value {
    let mut statements: Vec<Value> = policy["Statement"].as_array().unwrap().clone();
    for statement in &mut statements {
        let members = statement.as_object_mut().unwrap();
        match choices.below(8) {
            1 => drop(members.remove("Condition")),
            2 => drop(members.insert("Action".to_owned(), json!("*"))),
            3 => {
                members.remove("NotPrincipal");
                members.insert("Principal".to_owned(), json!({"AWS": "*"}));
            }
            4 if members.contains_key("Resource") => drop(members.insert("Resource".to_owned(), json!("*"))),
            5 => *statement = world::statement(choices, "Allow", true),
            6 if members.contains_key("Action") => {
                members.insert("Action".to_owned(), json!(["s3:*", "kms:*", "iam:G*"]));
            }
            _ => {}
        }
        let members = statement.as_object_mut().unwrap();
        if members.contains_key("Action") {
            members.remove("NotAction");
        }
    }
    if choices.below(3) == 0 {
        let effect = if choices.below(2) == 0 { "Allow" } else { "Deny" };
        statements.push(world::statement(choices, effect, true));
    }
    let version = if choices.below(8) == 7 { "2008-10-17" } else { "2012-10-17" };
    json!({"Version": version, "Statement": statements})
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_baseline_grants_whatever_a_policy_within_it_grants(numbers in choices(), more in choices()) {
        let choices = &mut Choices::new(&more);
        let granted = policy(choices);
        let baseline = baseline(choices, &granted);
        if !beyond(&read(&granted), &read(&baseline)).is_empty() {
            return Ok(());
        }
        let mut case = world::case(&mut Choices::new(&numbers));
        case["resource_policy"] = granted;
        let mut with_baseline = case.clone();
        with_baseline["resource_policy"] = baseline;
        let mut without = case.clone();
        without["resource_policy"] = Value::Null;
        let is_granted = decide(&case) == "Allowed" && decide(&without) != "Allowed";
        prop_assert!(!is_granted || decide(&with_baseline) == "Allowed", "{:#}\n{:#}", case, with_baseline);
    }
}

/// The law says little if nothing is ever found to be within a baseline, or nothing of it is granted.
#[test]
fn much_is_within_generated_baselines_and_much_is_beyond() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    const WORLDS: usize = 2_000;
    let mut runner = TestRunner::deterministic();
    let (mut within, mut granting) = (0, 0);
    for _ in 0..WORLDS {
        let mut numbers = || choices().new_tree(&mut runner).unwrap().current();
        let (policy_numbers, case_numbers) = (numbers(), numbers());
        let choices = &mut Choices::new(&policy_numbers);
        let granted = policy(choices);
        if beyond(&read(&granted), &read(&baseline(choices, &granted))).is_empty() {
            within += 1;
            let mut case = world::case(&mut Choices::new(&case_numbers));
            case["resource_policy"] = Value::Null;
            let without = decide(&case);
            case["resource_policy"] = granted;
            granting += usize::from(decide(&case) == "Allowed" && without != "Allowed");
        }
    }
    assert!(
        (WORLDS / 10..WORLDS * 9 / 10).contains(&within) && granting > WORLDS / 100,
        "{within} {granting}"
    );
}

#[test]
fn each_part_of_a_statement_has_to_be_contained() {
    let baseline = read(&json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": ["444455556666", "arn:aws:iam::111122223333:role/app"]},
         "Action": ["s3:Get*", "s3:ListBucket"], "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]},
        {"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/in/*",
         "Condition": {"StringLike": {"aws:PrincipalOrgID": "o-*"}, "Bool": {"aws:SecureTransport": "true"}}},
    ]}));
    let within = |principal: Value, action: &str, resource: &str, condition: Value| {
        let statement = json!({"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource, "Condition": condition});
        beyond(&read(&json!({"Version": "2012-10-17", "Statement": [statement]})), &baseline).is_empty()
    };
    let partner = || json!({"AWS": "arn:aws:iam::444455556666:root"});
    let organization =
        json!({"StringLike": {"aws:PrincipalOrgID": "o-a*"}, "Bool": {"aws:SecureTransport": "true"}});
    assert!(within(partner(), "s3:GetObject*", "arn:aws:s3:::b/x/*", json!({})));
    assert!(within(
        partner(),
        "S3:getobject",
        "arn:aws:s3:::b/x",
        json!({"Bool": {"aws:SecureTransport": "true"}})
    ));
    assert!(within(json!("*"), "s3:PutObject", "arn:aws:s3:::b/in/a", organization.clone()));
    assert!(within(partner(), "s3:PutObject", "arn:aws:s3:::b/in/a", organization.clone()));
    assert!(!within(
        json!({"AWS": "arn:aws:iam::444455556666:user/a"}),
        "s3:GetObject",
        "arn:aws:s3:::b/x",
        json!({})
    ));
    assert!(!within(json!("*"), "s3:GetObject", "arn:aws:s3:::b/x", json!({})));
    assert!(!within(partner(), "s3:*", "arn:aws:s3:::b/x", json!({})));
    assert!(!within(partner(), "s3:GetObject", "arn:aws:s3:::*/x", json!({})));
    assert!(!within(
        json!("*"),
        "s3:PutObject",
        "arn:aws:s3:::b/in/a",
        json!({"StringLike": {"aws:PrincipalOrgID": "o-a*"}})
    ));
    assert!(!within(json!("*"), "s3:PutObject", "arn:aws:s3:::b/*", organization));
}
