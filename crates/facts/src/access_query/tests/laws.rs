//! What holds of every snapshot.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{DATA, Situation, allow, bucket, inline, question, snapshot, trust};
use crate::access_query::{AccessDecision, can, who_can};

const NAMES: [&str; 4] = ["r0", "r1", "r2", "r3"];

fn arn(name: &str) -> String {
    format!("arn:aws:iam::111122223333:role/{name}")
}

/// Whom a role trusts, which roles it may assume, and what else it may do.
type Links = (Vec<&'static str>, Vec<&'static str>, Option<&'static str>);

/// Roles that trust some of each other and may do some of it.
fn roles() -> impl Strategy<Value = Json> {
    let one = (
        prop::sample::subsequence(NAMES.to_vec(), 0..=3),
        prop::sample::subsequence(NAMES.to_vec(), 0..=3),
        prop_oneof![3 => Just(None), 1 => Just(Some("s3:GetObject")), 1 => Just(Some("s3:PutObject"))],
    );
    prop::collection::vec(one, NAMES.len()).prop_map(|roles| {
        let role = |(name, (trusted, assumes, action)): (&&str, Links)| {
            let trusted: Vec<String> = trusted.into_iter().map(arn).collect();
            let principal =
                if trusted.is_empty() { json!({"AWS": "111122223333"}) } else { json!({"AWS": trusted}) };
            let mut policies: Vec<Json> =
                assumes.into_iter().map(|to| allow("sts:AssumeRole", &arn(to))).collect();
            policies.extend(action.map(|action| allow(action, "*")));
            let policies: Vec<Json> = policies
                .into_iter()
                .enumerate()
                .map(|(index, document)| json!({"name": format!("p{index}"), "document": document}))
                .collect();
            json!({"name": name, "trust_policy": trust(principal), "inline_policies": policies})
        };
        Json::Array(NAMES.iter().zip(roles).map(role).collect())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whoever is named can by asking for each step, and whoever is not has no step that leads on.
    #[test]
    fn chains_are_what_single_decisions_say(roles in roles()) {
        let (shared, record) = snapshot("s3.bucket", &bucket(json!(null), json!([]), roles));
        let situation = Situation::default();
        let may = |who: &str, action: &str, resource: &str| {
            let question = question(action, resource);
            let record = record.iter().filter(|record| question.is_about(&shared, record)).cloned().collect::<Vec<_>>();
            can(&shared, &question, &record, who, &situation).unwrap().decision == AccessDecision::Allowed
        };
        let mut reached: Vec<bool> = NAMES.iter().map(|name| may(&arn(name), "s3:GetObject", DATA)).collect();
        for _ in NAMES {
            let next: Vec<bool> = NAMES
                .iter()
                .zip(&reached)
                .map(|(from, already)| {
                    let onward = |(to, ok): (&&str, &bool)| *ok && may(&arn(from), "sts:AssumeRole", &arn(to));
                    *already || NAMES.iter().zip(&reached).any(onward)
                })
                .collect();
            reached = next;
        }
        let expected: Vec<String> =
            NAMES.iter().zip(&reached).filter(|(_, ok)| **ok).map(|(name, _)| arn(name)).collect();
        let answer = who_can(&shared, &question("s3:GetObject", DATA), record.as_slice(), &situation).unwrap();
        let found: Vec<String> = answer
            .principals
            .iter()
            .filter(|one| one.principal.contains(":role/"))
            .map(|one| one.principal.clone())
            .collect();
        prop_assert_eq!(found, expected);
        for one in &answer.principals {
            let mut at = one.principal.clone();
            for step in &one.via {
                prop_assert!(may(&at, "sts:AssumeRole", &step.role));
                at = step.role.clone();
            }
            prop_assert!(may(&at, "s3:GetObject", DATA));
        }
    }

    /// What could not be read never turns into a yes or a no that reading it would take back.
    #[test]
    fn an_unread_policy_decides_nothing_that_reading_changes(
        identity in prop::sample::select(vec!["s3:GetObject", "s3:PutObject"]),
        effect in prop::sample::select(vec!["Allow", "Deny"]),
        action in prop::sample::select(vec!["s3:GetObject", "s3:PutObject"]),
    ) {
        let user = json!([{"inline_policies": inline(allow(identity, "*"))}]);
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": effect, "Principal": "*", "Action": action, "Resource": "arn:aws:s3:::data/*"}]});
        let decision = |policy: Json| {
            let (shared, record) = snapshot("s3.bucket", &bucket(policy, user.clone(), json!([])));
            can(&shared, &question("s3:GetObject", DATA), record.as_slice(), "alice", &Situation::default()).unwrap().decision
        };
        let unread = decision(json!({"unreadable": "s3:GetBucketPolicy"}));
        prop_assert!(unread == AccessDecision::Unknown || unread == decision(policy));
    }
}
