//! Laws of policy evaluation, tested on generated worlds.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a broken test case should stop the test")]

#[path = "support/naive.rs"]
mod naive;
#[path = "support/world.rs"]
mod world;

use palisade_policy::simulate::{Simulator, SimulatorOptions};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};
use world::Choices;

/// Enough choices for the largest world.
fn choices() -> impl Strategy<Value = Vec<u16>> {
    vec(any::<u16>(), 0..600)
}

fn decide_knowing(case: &Value, unknown: &[String]) -> String {
    let mut simulator = Simulator::new(SimulatorOptions { unknown_context: unknown.to_vec() });
    let mut output = Vec::new();
    simulator.answer(1, &case.to_string(), &mut output).unwrap();
    let answer: Value = serde_json::from_slice(&output).unwrap();
    answer["decision"].as_str().unwrap().to_owned()
}

fn decide(case: &Value) -> String {
    decide_knowing(case, &[])
}

/// The statements of every policy that is already in the case, as lists to add to, and whether they name principals.
fn statement_lists(case: &mut Value) -> Vec<(bool, &mut Vec<Value>)> {
    fn lists<'v>(value: &'v mut Value, names_principals: bool, found: &mut Vec<(bool, &'v mut Vec<Value>)>) {
        match value {
            Value::Array(items) => {
                for item in items {
                    lists(item, names_principals, found);
                }
            }
            Value::Object(members) => {
                for (key, value) in members {
                    if key == "Statement" && value.is_array() {
                        found.push((names_principals, value.as_array_mut().unwrap()));
                    } else if key == "policies" {
                        lists(value, names_principals, found);
                    }
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    for (key, value) in case.as_object_mut().unwrap() {
        match key.as_str() {
            "resource_policy" | "rcps" | "vpc_endpoint_policies" => lists(value, true, &mut found),
            "identity_policies" | "permission_boundaries" | "session_policy" | "scps" => {
                lists(value, false, &mut found);
            }
            _ => {}
        }
    }
    found
}

/// Adds a generated statement to one of the policies; `false` if there is none.
fn add_statement(case: &mut Value, choices: &mut Choices<'_>, effect: &str) -> bool {
    let mut lists = statement_lists(case);
    if lists.is_empty() {
        return false;
    }
    let index = choices.below(lists.len());
    let (names_principals, list) = &mut lists[index];
    let place = choices.below(list.len() + 1);
    list.insert(place, world::statement(choices, effect, *names_principals));
    true
}

/// Reverses every list whose order must not matter.
fn reverse(value: &mut Value, key: &str) {
    match value {
        Value::Array(items) => {
            items.iter_mut().for_each(|item| reverse(item, ""));
            if key != "context" {
                items.reverse();
            }
        }
        Value::Object(members) => members.iter_mut().for_each(|(key, value)| reverse(value, key)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_naive_evaluator_agrees(numbers in choices()) {
        let case = world::case(&mut Choices::new(&numbers));
        prop_assert_eq!(decide(&case), naive::decide(&case), "{:#}", case);
    }

    #[test]
    fn adding_a_deny_never_grants(numbers in choices(), more in choices()) {
        let case = world::case(&mut Choices::new(&numbers));
        let mut changed = case.clone();
        if !add_statement(&mut changed, &mut Choices::new(&more), "Deny") {
            return Ok(());
        }
        prop_assert!(decide(&changed) != "Allowed" || decide(&case) == "Allowed", "{:#}", changed);
    }

    #[test]
    fn adding_an_allow_never_takes(numbers in choices(), more in choices()) {
        let case = world::case(&mut Choices::new(&numbers));
        let mut changed = case.clone();
        if !add_statement(&mut changed, &mut Choices::new(&more), "Allow") {
            return Ok(());
        }
        prop_assert!(decide(&case) != "Allowed" || decide(&changed) == "Allowed", "{:#}", changed);
    }

    #[test]
    fn order_never_matters(numbers in choices()) {
        let case = world::case(&mut Choices::new(&numbers));
        let mut reversed = case.clone();
        reverse(&mut reversed, "");
        prop_assert_eq!(decide(&case), decide(&reversed), "{:#}", case);
    }

    #[test]
    fn limits_never_grant(numbers in choices(), more in choices()) {
        let case = world::case(&mut Choices::new(&numbers));
        let choices = &mut Choices::new(&more);
        let field = choices.pick(&["permission_boundaries", "scps", "rcps", "session_policy"]);
        let mut limited = case.clone();
        let policy = json!({"Version": "2012-10-17", "Statement": [
            world::statement(choices, "Allow", field == "rcps"),
            world::statement(choices, "Deny", field == "rcps"),
        ]});
        match field {
            "permission_boundaries" => {
                let mut boundaries = case[field].as_array().cloned().unwrap_or_default();
                boundaries.push(policy);
                limited[field] = json!(boundaries);
            }
            "session_policy" => {
                if !case[field].is_null() {
                    return Ok(());
                }
                limited[field] = policy;
            }
            _ => limited[field].as_array_mut().unwrap().push(json!({"org_id": "more", "policies": [policy]})),
        }
        prop_assert!(decide(&limited) != "Allowed" || decide(&case) == "Allowed", "{:#}", limited);
    }

    #[test]
    fn conditional_narrows_to_what_the_context_gives(numbers in choices(), forget in any::<u16>(), all in any::<bool>()) {
        let case = world::case(&mut Choices::new(&numbers));
        let mut forgetful = case.clone();
        let known = case["request"]["context"].as_object().unwrap();
        let mut unknown = Vec::new();
        for (index, key) in known.keys().enumerate() {
            if forget & (1 << index) != 0 {
                forgetful["request"]["context"].as_object_mut().unwrap().remove(key);
                unknown.push(key.clone());
            }
        }
        if all {
            unknown = vec!["*".to_owned()];
        }
        let answer = decide_knowing(&forgetful, &unknown);
        prop_assert!(answer == "Conditional" || answer == decide(&case), "{}: {:#}", answer, forgetful);
    }
}

/// The laws say little if the worlds are all alike.
#[test]
fn generated_worlds_are_varied() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    const WORLDS: usize = 2_000;
    let mut runner = TestRunner::deterministic();
    let mut counts = std::collections::BTreeMap::new();
    for _ in 0..WORLDS {
        let numbers = choices().new_tree(&mut runner).unwrap().current();
        let case = world::case(&mut Choices::new(&numbers));
        *counts.entry(decide(&case)).or_insert(0) += 1;
    }
    for decision in ["Allowed", "ExplicitlyDenied", "ImplicitlyDenied"] {
        assert!(counts.get(decision).is_some_and(|count| *count > WORLDS / 16), "{counts:?}");
    }
}
