//! Who can assume roles: what is asked once for many users is what each would be told.

use std::collections::BTreeSet;

use palisade_snapshot::Shared;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::super::{MfaRequiredBy, by_users};
use super::snapshot;

const ROLE: &str = "arn:aws:iam::111122223333:role";

/// What policies say, some of it about whoever asks.
fn conditions() -> impl Strategy<Value = Json> {
    prop_oneof![
        5 => Just(json!({})),
        2 => Just(json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}})),
        1 => Just(json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})),
        1 => Just(json!({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}})),
        1 => Just(json!({"StringEquals": {"aws:username": "u1"}})),
        1 => Just(json!({"StringLike": {"AWS:PrincipalArn": "*:user/u2"}})),
        1 => Just(json!({"StringEquals": {"aws:PrincipalTag/team": "blue"}})),
        1 => Just(json!({"StringEquals": {"sts:RoleSessionName": "${aws:username}"}})),
    ]
}

fn statement() -> impl Strategy<Value = Json> {
    let resources = ["*", "r0", "r1", "${aws:username}"].map(|name| match name {
        "*" => "*".to_owned(),
        name => format!("{ROLE}/{name}"),
    });
    let effects = prop_oneof![4 => Just("Allow"), 1 => Just("Deny")];
    let actions = prop_oneof![3 => Just("sts:AssumeRole"), 1 => Just("*"), 1 => Just("s3:GetObject")];
    let resources = prop::sample::select(resources.to_vec());
    (effects, actions, resources, conditions()).prop_map(|(effect, action, resource, condition)| {
        json!({"Effect": effect, "Action": action, "Resource": resource, "Condition": condition})
    })
}

fn trust() -> impl Strategy<Value = Json> {
    let principals = prop_oneof![
        4 => Just(json!("arn:aws:iam::111122223333:root")),
        1 => Just(json!("arn:aws:iam::111122223333:user/u0")),
        1 => Just(json!(["arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:role/r1"])),
        1 => Just(json!("*")),
    ];
    (principals, conditions()).prop_map(|(principal, condition)| {
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"AWS": principal}, "Condition": condition}]})
    })
}

/// Users who hold some of a few policies, and roles.
fn account() -> impl Strategy<Value = Shared> {
    let policies = prop::collection::vec(prop::collection::vec(statement(), 1..3), 3);
    let held = prop::collection::vec((prop::sample::subsequence(vec![0, 1, 2], 0..3), any::<bool>()), 2..6);
    (policies, held, prop::collection::vec(trust(), 2..4)).prop_map(|(policies, held, trusts)| {
        let arn = |number: usize| format!("arn:aws:iam::111122223333:policy/p{number}");
        let policies: Vec<Json> = policies
            .iter()
            .enumerate()
            .map(|(number, statements)| {
                json!({"name": format!("p{number}"), "arn": arn(number),
                    "document": {"Version": "2012-10-17", "Statement": statements}})
            })
            .collect();
        let users: Vec<Json> = held
            .iter()
            .enumerate()
            .map(|(number, (held, tagged))| {
                let attached: Vec<String> = held.iter().map(|&number| arn(number)).collect();
                let tags = if *tagged { json!({"team": "blue"}) } else { json!({}) };
                json!({"name": format!("u{number}"), "attached_policies": attached, "tags": tags})
            })
            .collect();
        let roles: Vec<Json> = trusts
            .iter()
            .enumerate()
            .map(|(number, trust)| json!({"name": format!("r{number}"), "trust_policy": trust}))
            .collect();
        let given = json!({"snapshot": {"users": users, "roles": roles, "policies": policies}});
        snapshot("account", &given).0
    })
}

type Told = BTreeSet<(usize, usize, Vec<(String, &'static str)>, bool)>;

fn told(shared: &Shared, users: &[usize]) -> Told {
    let (answers, _) = by_users(shared, users);
    let of_all = answers.into_iter().flat_map(|one| {
        let policies: Vec<(String, &'static str)> = one
            .policies
            .iter()
            .map(|(policy, by)| {
                let by = match by {
                    MfaRequiredBy::Nobody => "nobody",
                    MfaRequiredBy::IdentityPolicies => "identity",
                    MfaRequiredBy::TrustPolicy => "trust",
                    MfaRequiredBy::Both => "both",
                };
                (policy.clone(), by)
            })
            .collect();
        let (role, missing) = (one.role, one.missing.is_some());
        one.users.into_iter().map(move |user| (user, role, policies.clone(), missing))
    });
    of_all.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn users_who_are_asked_for_together_are_told_what_each_is_told_alone(shared in account()) {
        let users: Vec<usize> = (0..shared.users.len()).collect();
        let alone: Told = users.iter().flat_map(|&user| told(&shared, &[user])).collect();
        prop_assert_eq!(told(&shared, &users), alone);
    }
}
