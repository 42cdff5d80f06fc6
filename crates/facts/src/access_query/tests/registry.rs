//! The policy of the private registry beside that of the repository ("Private registry permissions in Amazon ECR": of scope
//! V2 it counts for every action, of scope V1 for three).

use serde_json::{Value as Json, json};

use super::{Situation, allow, grant, inline, open, question, snapshot};
use crate::access_query::{CanAnswer, Question, can, who_can};

const REPOSITORY: &str = "arn:aws:ecr:eu-west-1:111122223333:repository/app";
const OTHER: &str = "444455556666";

/// The repository `app`, which lets in nobody, in a registry with this policy and scope; empty: it was not read.
fn registry(policy: Json, scope: &str) -> Json {
    let mut given = json!({"name": "app", "registry": {"policy": policy},
        "snapshot": {"users": [{"inline_policies": inline(allow("ecr:*", "*"))}]}});
    given["registry"]["policy_scope"] =
        if scope.is_empty() { json!({"unreadable": "ecr:GetAccountSetting"}) } else { json!(scope) };
    given
}

fn answer(given: &Json, who: &str, action: &str, resource: &str) -> CanAnswer {
    let (shared, record) = snapshot("ecr.repository", given);
    let question = question(action, resource);
    let record = record.filter(|record| question.is_about(&shared, record));
    can(&shared, &question, record.as_slice(), who, &Situation::default()).unwrap()
}

fn decision(given: &Json, who: &str, action: &str) -> &'static str {
    answer(given, who, action, REPOSITORY).decision.name()
}

fn deny(action: &str) -> Json {
    let mut policy = grant(json!("*"), action, Some("*"));
    policy["Statement"][0]["Effect"] = json!("Deny");
    policy
}

#[test]
fn a_registry_lets_in_whom_its_scope_covers() {
    let all = || grant(json!({"AWS": OTHER}), "ecr:*", Some("*"));
    let v2 = registry(all(), "V2");
    assert_eq!(decision(&v2, OTHER, "ecr:BatchGetImage"), "Allowed");
    assert_eq!(
        decision(&registry(all(), ""), OTHER, "ecr:BatchGetImage"),
        "Unknown",
        "the scope was not read"
    );
    let v1 = registry(all(), "V1");
    assert_eq!(decision(&v1, OTHER, "ecr:BatchGetImage"), "ImplicitlyDenied");
    for action in ["ecr:ReplicateImage", "ecr:BatchImportUpstreamImage", "ecr:CreateRepository"] {
        for given in [&v1, &v2] {
            assert_eq!(decision(given, OTHER, action), "Allowed", "{action}");
        }
    }
    let by = serde_json::to_value(&answer(&v2, OTHER, "ecr:BatchGetImage", REPOSITORY).because).unwrap();
    assert_eq!(by[0]["policy"], "arn:aws:ecr:eu-west-1:111122223333:registry");
    assert_eq!(decision(&v2, "anonymous", "ecr:BatchGetImage"), "ImplicitlyDenied");
}

#[test]
fn a_registry_denies_what_its_scope_covers() {
    assert_eq!(decision(&registry(deny("ecr:*"), "V2"), "alice", "ecr:PutImage"), "ExplicitlyDenied");
    assert_eq!(decision(&registry(deny("ecr:*"), "V1"), "alice", "ecr:PutImage"), "Allowed");
    assert_eq!(decision(&registry(deny("ecr:*"), "V1"), "alice", "ecr:CreateRepository"), "ExplicitlyDenied");
    assert_eq!(decision(&registry(json!(null), "V2"), "alice", "ecr:PutImage"), "Allowed");
}

#[test]
fn its_denials_take_from_what_the_repository_grants() {
    let mut given = registry(deny("ecr:PutImage"), "V2");
    given["policy"] = grant(json!({"AWS": OTHER}), "ecr:*", None);
    assert_eq!(decision(&given, OTHER, "ecr:PutImage"), "ExplicitlyDenied");
    assert_eq!(decision(&given, OTHER, "ecr:BatchGetImage"), "Allowed");
}

#[test]
fn a_registry_that_was_not_read_leaves_open_what_it_could_decide() {
    let unread = json!({"unreadable": "ecr:GetRegistryPolicy"});
    let given = registry(unread.clone(), "V2");
    let open_one = answer(&given, "alice", "ecr:PutImage", REPOSITORY);
    assert_eq!(open_one.decision.name(), "Unknown");
    assert_eq!(open_one.unknown_because[0].operation, "ecr:GetRegistryPolicy");
    assert_eq!(decision(&given, OTHER, "ecr:PutImage"), "Unknown");
    let v1 = registry(unread, "V1");
    assert_eq!(decision(&v1, "alice", "ecr:PutImage"), "Allowed", "whatever it says, it is not about this");
    assert_eq!(decision(&v1, "alice", "ecr:CreateRepository"), "Unknown");
    let mut denied = given.clone();
    denied["policy"] = deny("ecr:PutImage");
    assert_eq!(decision(&denied, "alice", "ecr:PutImage"), "ExplicitlyDenied");
}

#[test]
fn a_region_that_nobody_listed_has_policies_that_were_not_collected() {
    let elsewhere = "arn:aws:ecr:ap-east-1:111122223333:repository/app";
    let answered = answer(&registry(json!(null), "V2"), "alice", "ecr:PutImage", elsewhere);
    assert_eq!(answered.decision.name(), "Conditional");
    assert_eq!(open(&answered.residual), ["resource_policy_not_collected"]);
    assert!(answered.not_considered.is_empty());
    let given = registry(json!(null), "V2");
    let (shared, _) = snapshot("ecr.repository", &given);
    let token = Question::parse("ecr:GetAuthorizationToken", None).unwrap();
    let answered = can(&shared, &token, &[], "alice", &Situation::default()).unwrap();
    let told: Vec<_> = answered.not_considered.iter().map(|one| one.name()).collect();
    assert_eq!((answered.decision.name(), told), ("Allowed", vec!["registry_policy"]));
}

#[test]
fn who_can_names_whom_a_registry_lets_in() {
    let names = |policy: Json, scope: &str| -> Vec<String> {
        let (shared, record) = snapshot("ecr.repository", &registry(policy, scope));
        let question = question("ecr:BatchGetImage", REPOSITORY);
        let found = who_can(&shared, &question, record.as_slice(), &Situation::default()).unwrap();
        found.principals.into_iter().map(|one| one.principal).collect()
    };
    let policy = || grant(json!({"AWS": OTHER}), "ecr:*", Some("*"));
    let is_named = |names: &[String]| names.iter().any(|name| name.contains(OTHER));
    assert!(is_named(&names(policy(), "V2")));
    assert!(!is_named(&names(policy(), "V1")));
    assert!(!is_named(&names(json!({"unreadable": "ecr:GetRegistryPolicy"}), "V2")));
}
