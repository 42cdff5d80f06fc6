//! `who-can` over an account of 5,000 users and roles, from the records of the snapshot to the answer: once as
//! such accounts are, once where everybody speaks of assuming roles and nobody can.

#![expect(clippy::unwrap_used, reason = "a benchmark of broken input should stop")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use palisade_facts::access_query::{Question, Situation, who_can};
use palisade_snapshot::{Group, Header, Listing, ManagedPolicy, RecordKind, Role, Shared, User};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const USERS: usize = 4_000;
const ROLES: usize = 1_000;
const GROUPS: usize = 50;
const POLICIES: usize = 200;
const ACCOUNT: &str = "111122223333";

fn read<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_str(&value.to_string()).unwrap()
}

fn arn(rest: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{rest}")
}

fn attached(policy: usize) -> Value {
    json!({"name": format!("policy-{policy}"), "arn": arn(&format!("policy/policy-{policy}"))})
}

/// A managed policy of five statements; one in ten lets read the bucket in question.
fn policy(number: usize) -> ManagedPolicy {
    let mut statements: Vec<Value> = (0..4)
        .map(|index| {
            json!({"Effect": "Allow", "Action": ["ec2:Describe*", "logs:Get*", "sqs:SendMessage"],
                "Resource": [format!("arn:aws:sqs:eu-west-1:{ACCOUNT}:queue-{number}-{index}"), "*"]})
        })
        .collect();
    if number.is_multiple_of(10) {
        statements.push(json!({"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::data/*"}));
    }
    let document = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    read(&json!({"arn": arn(&format!("policy/policy-{number}")), "name": format!("policy-{number}"),
        "id": format!("ANPA{number}"), "path": "/", "attachment_count": 1, "boundary_usage_count": 0,
        "default_version_id": "v1", "versions": [{"id": "v1", "document": document}]}))
}

fn group(number: usize, assumes: &str) -> Group {
    let document = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": assumes}]});
    read(&json!({"arn": arn(&format!("group/group-{number}")), "name": format!("group-{number}"),
        "id": format!("AGPA{number}"), "path": "/", "created_at": "2024-01-01T00:00:00Z",
        "inline_policies": [{"name": "assume", "document": document.to_string()}],
        "attached_policies": [attached(number * 3 % POLICIES)]}))
}

fn user(number: usize) -> User {
    let inline = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Action": ["iam:ChangePassword", "iam:GetUser"], "Resource": "arn:aws:iam::*:user/${aws:username}"}]});
    let inline = if number.is_multiple_of(5) {
        json!([{"name": "own", "document": inline.to_string()}])
    } else {
        json!([])
    };
    read(&json!({"arn": arn(&format!("user/user-{number}")), "name": format!("user-{number}"),
        "id": format!("AIDA{number}"), "path": "/", "created_at": "2024-01-01T00:00:00Z",
        "groups": [format!("group-{}", number % GROUPS)], "inline_policies": inline,
        "attached_policies": [attached((number * 7 + 1) % POLICIES)], "permissions_boundary": null,
        "tags": [{"key": "team", "value": format!("team-{}", number % 30)}]}))
}

fn role(number: usize) -> Role {
    let principal = match number % 3 {
        0 => json!({"AWS": arn("root")}),
        1 => json!({"Service": "lambda.amazonaws.com"}),
        _ => {
            json!({"AWS": [arn(&format!("role/role-{}", (number + 1) % ROLES)), arn(&format!("user/user-{number}"))]})
        }
    };
    let trust = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}]});
    let work = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "dynamodb:*", "Resource": format!("arn:aws:dynamodb:*:*:table/t{number}")},
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": arn(&format!("role/role-{}", number * 3 % ROLES))}]});
    read(&json!({"arn": arn(&format!("role/role-{number}")), "name": format!("role-{number}"),
        "id": format!("AROA{number}"), "path": "/", "created_at": "2024-01-01T00:00:00Z",
        "trust_policy": trust.to_string(),
        "inline_policies": [{"name": "work", "document": work.to_string()}],
        "attached_policies": [attached(number * 11 % POLICIES)], "permissions_boundary": null,
        "instance_profiles": [], "last_used": null, "tags": []}))
}

/// An account whose groups may assume the roles that `assumes` gives.
fn account(assumes: impl Fn(usize) -> String) -> Shared {
    let header: Header =
        read(&json!({"format": "palisade-snapshot/1", "tool_version": "0", "account_id": ACCOUNT,
        "partition": "aws", "caller_arn": arn("role/auditor"), "taken_at": "2026-07-01T00:00:00Z",
        "scope": {"evidence": [], "regions": [], "excluded_regions": [], "regions_listed": true,
            "limited_to_regions": false}}));
    let mut shared = Shared::new(header);
    shared.policies = (0..POLICIES).map(policy).collect();
    shared.groups = (0..GROUPS).map(|number| group(number, &assumes(number))).collect();
    shared.users = (0..USERS).map(user).collect();
    shared.roles = (0..ROLES).map(role).collect();
    shared.listings = RecordKind::ALL.map(|kind| Listing::complete(kind, None)).to_vec();
    shared
}

fn whole_answers(criterion: &mut Criterion) {
    let question = Question::parse("s3:GetObject", Some("arn:aws:s3:::data/report.csv")).unwrap();
    let bucket = palisade_snapshot::Resource::Bucket(Box::new(read(&json!({
        "arn": "arn:aws:s3:::data", "name": "data", "created_at": null, "policy": null,
        "object_ownership": "BucketOwnerEnforced"}))));
    let usual = account(|number| arn(&format!("role/role-{number}*")));
    let barren = account(|_| "arn:aws:iam::444455556666:role/*".to_owned());
    let mut group = criterion.benchmark_group("who_can_5000");
    group.sample_size(20);
    for (name, shared) in [("usual", &usual), ("nobody_can_assume", &barren)] {
        let situation = Situation::default();
        let answer = who_can(shared, &question, std::slice::from_ref(&bucket), &situation).unwrap();
        assert!(answer.principals.len() > ROLES / 10, "{name}: {}", answer.principals.len());
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                who_can(black_box(shared), &question, std::slice::from_ref(&bucket), &situation).unwrap()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, whole_answers);
criterion_main!(benches);
