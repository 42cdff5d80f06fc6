//! Cases made from the examples in the files of techniques: other ways to write what an attacker may do change nothing,
//! and whatever takes one permission away closes the way.

use serde_json::{Value, json};

use super::super::technique::{Step, Technique, TrustPolicy};
use super::super::{KnownCredentials, analyse, built_in};
use super::{Account, Described, Shared, Timestamp, allow, alone, document};

/// An account made from an example.
struct Case {
    name: String,
    given: Value,
    /// What the organization denies.
    denied_above: Vec<String>,
    works: bool,
}

#[test]
fn each_permission_is_needed_however_it_is_written_and_however_it_is_taken_away() {
    let mut wrong = Vec::new();
    for technique in built_in().unwrap() {
        let techniques = alone(technique);
        let cases = cases(technique, &techniques);
        if cases.is_empty() {
            wrong.push(format!("{}: no example in which it works alone", technique.id));
        }
        for case in cases {
            let status = status(&case, &techniques);
            if works(status) != case.works {
                wrong.push(format!("{}, {}: {status}", technique.id, case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn works(status: &str) -> bool {
    ["can_escalate", "needs_external_state"].contains(&status)
}

/// What is made of the examples in which a technique works alone: in others, what it lacks another one makes up for.
fn cases(technique: &Technique, techniques: &[Technique]) -> Vec<Case> {
    let examples = technique.examples.iter().filter(|one| {
        let as_it_is = Described::new(&one.given).status_with(techniques);
        one.lacks.is_none() && works(&one.expect) && works(as_it_is)
    });
    let mut cases = Vec::new();
    for example in examples {
        let case = |what: &str, given: Value, denied: &[String], works: bool| Case {
            name: format!("{}, {what}", example.name),
            given,
            denied_above: denied.to_vec(),
            works,
        };
        cases.push(case(
            "denied something else",
            example.given.clone(),
            &["sqs:SendMessage".to_owned()],
            true,
        ));
        for (what, given) in rewritten(&example.given) {
            cases.push(case(what, given, &[], true));
        }
        // Of those that use a way once it is clear, another would do.
        let own = if technique.clears_the_way() { std::slice::from_ref(technique) } else { techniques };
        for actions in needed(own) {
            let without = actions.join(" or ");
            cases.push(case(&format!("denied {without} above"), example.given.clone(), &actions, false));
            // Whoever clears the way takes such a deny away first.
            if !technique.clears_the_way() {
                let given = with_statement(
                    &example.given,
                    json!({"Effect": "Deny", "Action": actions, "Resource": "*"}),
                );
                cases.push(case(&format!("denied {without}"), given, &[], false));
            }
        }
        for actions in by_identity_policies(own) {
            let what = format!("with a boundary that leaves out {}", actions.join(" or "));
            cases.extend(bounded(&example.given, &actions).map(|given| case(&what, given, &[], false)));
        }
    }
    cases
}

fn status(case: &Case, techniques: &[Technique]) -> &'static str {
    let described = Described::new(&case.given);
    let shared = Shared::from_authorization_details(&described.details.to_string(), Timestamp::UNIX_EPOCH);
    let known = KnownCredentials::from_csv(&described.report).unwrap();
    let everything = document(&json!([allow(&json!("*"))]));
    let denied = (!case.denied_above.is_empty())
        .then(|| document(&json!([{"Effect": "Deny", "Action": case.denied_above, "Resource": "*"}])));
    let policies: Vec<Value> = std::iter::once(everything).chain(denied).collect();
    let scps = json!([{"org_id": "r-root", "policies": policies}]).to_string();
    let account = Account::new(&shared.unwrap()).with_credentials(known).with_scps(&scps).unwrap();
    let report = analyse(&[account], techniques, &[]);
    report.principals.iter().find(|one| one.arn == described.start).unwrap().status.name()
}

/// The actions that these techniques take in any case; of several of which one is enough, all.
fn needed(techniques: &[Technique]) -> Vec<Vec<String>> {
    let steps = techniques.iter().flat_map(|one| &one.steps).filter(|step| step.when.is_none());
    let mut found: Vec<Vec<String>> = Vec::new();
    for step in steps.filter(|step| step.trust != Some(TrustPolicy::Written)) {
        let actions = actions_of(step);
        if !found.contains(&actions) {
            found.push(actions);
        }
    }
    found
}

/// The same without what a trust policy allows by itself.
fn by_identity_policies(techniques: &[Technique]) -> Vec<Vec<String>> {
    let is_trusted = |step: &Step| step.trust.is_some();
    let steps = techniques.iter().flat_map(Technique::all_steps).filter(|step| is_trusted(step));
    let trusted: Vec<&String> = steps.map(|step| &step.action).collect();
    let mut found = needed(techniques);
    found.retain(|actions| !actions.iter().any(|action| trusted.contains(&action)));
    found
}

fn actions_of(step: &Step) -> Vec<String> {
    if step.one_of.is_empty() {
        return vec![step.action.clone()];
    }
    step.one_of.iter().map(|one| one.action.clone()).collect()
}

/// The same account, where one more statement is about the attacker.
fn with_statement(given: &Value, statement: Value) -> Value {
    let mut given = given.clone();
    let mut statements = given["actor"]["statements"].as_array().cloned().unwrap_or_default();
    statements.push(statement);
    given["actor"]["statements"] = json!(statements);
    given
}

/// The same account, where the attacker has a boundary that allows all but these actions; none if he has one already.
fn bounded(given: &Value, actions: &[String]) -> Option<Value> {
    let mut given = given.clone();
    let actor = &mut given["actor"];
    let allowed = actor["allow"].as_array().filter(|_| actor["boundary"].is_null())?;
    let kept = allowed.iter().filter(|one| !actions.iter().any(|action| **one == json!(action)));
    let kept: Vec<Value> = kept.cloned().chain([json!("sqs:SendMessage")]).collect();
    actor["boundary"] = json!(kept);
    Some(given)
}

/// The same account, where what the attacker may do is written in other ways.
fn rewritten(given: &Value) -> Vec<(&'static str, Value)> {
    let Some(allowed) = given["actor"]["allow"].as_array().filter(|allowed| !allowed.is_empty()) else {
        return Vec::new();
    };
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut given = given.clone();
        change(&mut given);
        given
    };
    let replaced = |with: &dyn Fn(&str) -> String| {
        let actions: Vec<String> = allowed.iter().map(|one| with(one.as_str().unwrap())).collect();
        changed(&|given| given["actor"]["allow"] = json!(actions))
    };
    let mut found = vec![
        ("in capitals", replaced(&str::to_uppercase)),
        (
            "with a pattern",
            replaced(&|action| {
                let mut pattern = action.to_owned();
                pattern.pop();
                format!("{pattern}?")
            }),
        ),
        (
            "in one statement each",
            changed(&|given| {
                let statements = given["actor"]["statements"].as_array().cloned().unwrap_or_default();
                let more = allowed.iter().map(|action| allow(&json!([action])));
                given["actor"]["statements"] = statements.into_iter().chain(more).collect();
                given["actor"]["allow"] = Value::Null;
            }),
        ),
        (
            "in a managed policy",
            changed(&|given| {
                given["policies"]["of-the-attacker"] = json!({"statements": [allow(&json!(allowed))]});
                let attached = given["actor"]["attached"].as_array().cloned().unwrap_or_default();
                let more = [json!("of-the-attacker")];
                given["actor"]["attached"] = attached.into_iter().chain(more).collect();
                given["actor"]["allow"] = Value::Null;
            }),
        ),
    ];
    if given["actor"]["role"] != true {
        found.push((
            "by a group",
            changed(&|given| {
                given["groups"]["of-the-attacker"] = json!({"allow": allowed});
                let groups = given["actor"]["groups"].as_array().cloned().unwrap_or_default();
                let more = [json!("of-the-attacker")];
                given["actor"]["groups"] = groups.into_iter().chain(more).collect();
                given["actor"]["allow"] = Value::Null;
            }),
        ));
    }
    found
}
