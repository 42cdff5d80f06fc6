//! Decisions per second on compiled policies: small (5 statements), typical (20 policies, 100 statements) and extreme
//! (1,000 statements) principals; and whole simulation lines.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark of broken input should stop")]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::context::Context;
use palisade_policy::evaluate::{decide, explain};
use palisade_policy::policies::{Policies, PolicySet, PrincipalPolicies, ResourcePolicies};
use palisade_policy::principal::Principal;
use palisade_policy::request::{Action, Request, Resource};
use palisade_policy::simulate::{Simulator, SimulatorOptions};
use serde_json::{Value, json};

const SERVICES: [&str; 12] =
    ["s3", "ec2", "iam", "sqs", "sns", "kms", "lambda", "dynamodb", "logs", "ecr", "rds", "cloudwatch"];

/// A statement as people write them: a few actions of one service, some resources, now and then a condition.
fn statement(number: usize) -> Value {
    let service = SERVICES[number % SERVICES.len()];
    let mut statement = json!({
        "Sid": format!("S{number}"),
        "Effect": if number % 10 == 9 { "Deny" } else { "Allow" },
        "Action": [format!("{service}:Get*"), format!("{service}:List*"), format!("{service}:PutItem{number}")],
        "Resource": [
            format!("arn:aws:{service}:eu-west-1:111122223333:thing-{number}/*"),
            format!("arn:aws:{service}:::bucket-{number}/*"),
        ],
    });
    if number.is_multiple_of(4) {
        statement["Condition"] = json!({
            "StringEquals": {"aws:PrincipalTag/team": ["blue", "red"]},
            "Bool": {"aws:SecureTransport": "true"},
        });
    }
    statement
}

fn principal_policies(policies: usize, statements: usize) -> PrincipalPolicies {
    let per_policy = statements / policies;
    let policy = |index: usize| {
        let statements: Vec<_> = (index * per_policy..(index + 1) * per_policy).map(statement).collect();
        let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        Arc::new(CompiledPolicy::from_text(format!("policy-{index}"), &text).unwrap())
    };
    PrincipalPolicies { identity: PolicySet::new((0..policies).map(policy).collect()), ..Default::default() }
}

fn decisions(criterion: &mut Criterion) {
    let principal = Principal::parse("arn:aws:iam::111122223333:user/alice");
    let actions: Vec<Action> =
        ["s3:GetObject", "s3:PutObject", "iam:CreateUser", "kms:Decrypt", "rds:ListTags"]
            .iter()
            .map(|action| Action::parse(action).unwrap())
            .collect();
    let resources: Vec<Resource> = [
        "arn:aws:s3:::bucket-12/some/key.txt",
        "arn:aws:s3:::bucket-0/another/key.txt",
        "arn:aws:kms:eu-west-1:111122223333:thing-5/x",
        "arn:aws:iam::111122223333:user/bob",
    ]
    .iter()
    .map(|arn| Resource::new(arn).owned_by("111122223333"))
    .collect();
    let mut context = Context::new();
    context.set("aws:PrincipalTag/team", "blue");
    context.set("aws:SecureTransport", "true");
    context.set("aws:username", "alice");
    let resource_side = ResourcePolicies::default();

    let mut group = criterion.benchmark_group("decisions");
    group.throughput(Throughput::Elements((actions.len() * resources.len()) as u64));
    for (name, policies, statements) in [("small", 1, 5), ("typical", 20, 100), ("extreme", 50, 1_000)] {
        let principal_side = principal_policies(policies, statements);
        let policies =
            Policies { principal: &principal_side, resource: &resource_side, management_account: None };
        let requests =
            || actions.iter().flat_map(|action| resources.iter().map(move |resource| (action, resource)));
        let ask = |action, resource| Request { principal: &principal, action, resource, context: &context };
        group.bench_function(format!("decide/{name}"), |bencher| {
            bencher.iter(|| {
                for (action, resource) in requests() {
                    black_box(decide(black_box(ask(action, resource)), policies));
                }
            });
        });
        group.bench_function(format!("explain/{name}"), |bencher| {
            bencher.iter(|| {
                for (action, resource) in requests() {
                    black_box(explain(black_box(ask(action, resource)), policies));
                }
            });
        });
    }
    group.finish();
}

fn simulation(criterion: &mut Criterion) {
    let statements: Vec<_> = (0..10).map(statement).collect();
    let policy = json!({"Version": "2012-10-17", "Statement": statements});
    let line = json!({
        "id": "bench",
        "request": {
            "principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject",
            "resource": "arn:aws:s3:::bucket-0/k", "resource_account_id": "111122223333",
            "context": {"aws:PrincipalTag/team": "blue", "aws:SecureTransport": "true"},
        },
        "identity_policies": [policy], "resource_policy": null, "scps": [], "rcps": [],
    })
    .to_string();
    let mut group = criterion.benchmark_group("simulate");
    group.throughput(Throughput::Elements(1));
    let mut output = Vec::new();
    let mut simulator = Simulator::new(SimulatorOptions::default());
    group.bench_function("policy seen before", |bencher| {
        bencher.iter(|| {
            output.clear();
            simulator.answer(1, black_box(&line), &mut output).unwrap();
        });
    });
    group.bench_function("new policy", |bencher| {
        bencher.iter(|| {
            output.clear();
            Simulator::new(SimulatorOptions::default()).answer(1, black_box(&line), &mut output).unwrap();
        });
    });
    group.finish();
}

criterion_group!(benches, decisions, simulation);
criterion_main!(benches);
