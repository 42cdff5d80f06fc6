//! Questions about access over small snapshots.

#![expect(clippy::needless_pass_by_value, reason = "cases are written as values in place")]

mod access_point;
mod assuming_roles;
mod can;
mod laws;
mod lists_and_scps;
mod registry;
mod who_can;

use palisade_snapshot::{Resource, Shared};
use serde_json::{Value as Json, json};

use super::{Question, Residual, Situation};
use crate::example;
use crate::vocabulary;

const DATA: &str = "arn:aws:s3:::data/report.csv";

/// The shared records and the resource of an example.
fn snapshot(kind: &str, given: &Json) -> (Shared, Option<Resource>) {
    let (world, _) = example::world(vocabulary::kind(kind).unwrap(), given)
        .unwrap_or_else(|error| panic!("{kind} {given}: {error}"));
    (world.shared, world.resource)
}

/// An example about the bucket `data` with this policy and these identities, in an account that may not read the
/// policies of its organization.
fn bucket(policy: Json, users: Json, roles: Json) -> Json {
    let unread = json!({"not_offered": "organizations:ListRoots"});
    json!({"name": "data", "policy": policy, "object_ownership": "BucketOwnerEnforced",
        "account": {"service_control_policies": unread, "resource_control_policies": unread},
        "snapshot": {"users": users, "roles": roles}})
}

fn question(action: &str, resource: &str) -> Question {
    Question::parse(action, Some(resource)).unwrap()
}

fn allow(action: &str, resource: &str) -> Json {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]})
}

/// An inline policy of one statement.
fn inline(document: Json) -> Json {
    json!([{"name": "own", "document": document}])
}

/// A policy of a resource with one statement for a principal.
fn grant(principal: Json, action: &str, resource: Option<&str>) -> Json {
    let mut statement = json!({"Effect": "Allow", "Principal": principal, "Action": action});
    if let Some(resource) = resource {
        statement["Resource"] = json!(resource);
    }
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

fn trust(principal: Json) -> Json {
    grant(principal, "sts:AssumeRole", None)
}

/// The keys and policies that an answer hangs on.
fn open(residual: &[Residual]) -> Vec<String> {
    let text = |one: &Residual| match one {
        Residual::Condition { key, .. } => key.clone(),
        Residual::Variable { place } => format!("variable of {}", place.policy),
        Residual::NotCollected { reason } => reason.name().to_owned(),
    };
    residual.iter().map(text).collect()
}
