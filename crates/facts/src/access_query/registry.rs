//! The policy of the private registry that a repository is in, which counts beside the repository's own ("Private registry
//! permissions in Amazon ECR").

use palisade_policy::document::{Effect, PolicyDocument};
use palisade_policy::public::RegistryPolicyScope;
use palisade_policy::request::Action;
use palisade_snapshot::{Evidence, Reason, RecordKind, Registry, Shared, call_for};

use super::target::OwnPolicy;
use crate::ecr::registry_policy_scope;
use crate::exposure::document;
use crate::{Known, Missing};

/// The ARN that answers name a region's registry by.
pub(super) fn arn(shared: &Shared, region: &str) -> String {
    let header = &shared.header;
    format!("arn:{}:ecr:{region}:{}:registry", header.partition, header.account_id)
}

/// The policy of the account's registry in a region, as far as it is about an action.
pub(super) fn policy(shared: &Shared, action: &Action, region: &str) -> OwnPolicy {
    match shared.registries.iter().find(|registry| registry.region == region) {
        Some(registry) => of(registry, action),
        None => not_recorded(shared, region),
    }
}

/// A region without a record. An empty registry without a policy has none, so that it counts whether somebody asked.
fn not_recorded(shared: &Shared, region: &str) -> OwnPolicy {
    let operation = call_for(Evidence::RegistryPolicy).map(|call| call.operation);
    let is_here = |of: &Option<String>| of.as_deref() == Some(region);
    let is_answered = shared.calls.iter().any(|call| {
        Some(call.operation.as_str()) == operation && is_here(&call.region) && call.failed.is_empty()
    });
    match shared.listings_of(RecordKind::Repository).find(|listing| is_here(&listing.region)) {
        Some(listing) if listing.incomplete.is_none() && is_answered => OwnPolicy::Read(None),
        Some(_) => OwnPolicy::Missing(Missing::because(Evidence::RegistryPolicy, Reason::NotCollected)),
        None => OwnPolicy::Uncollected,
    }
}

fn of(registry: &Registry, action: &Action) -> OwnPolicy {
    let policy = match document(&registry.policy, Evidence::RegistryPolicy) {
        Known::Known(Some(policy)) => policy,
        Known::Known(None) => return OwnPolicy::Read(None),
        Known::Unknown(missing) => return not_read(registry, action, missing),
    };
    let covers = |scope: RegistryPolicyScope| scope.covers(&name(action));
    match registry_policy_scope(&registry.policy_scope) {
        Known::Known(scope) => OwnPolicy::Read(covers(scope).then_some(policy)),
        Known::Unknown(_) if covers(RegistryPolicyScope::V1) => OwnPolicy::Read(Some(policy)),
        Known::Unknown(missing) => OwnPolicy::AtMost(allowing(policy), missing),
    }
}

/// A policy that could not be read does not matter where it is not about the action.
fn not_read(registry: &Registry, action: &Action, missing: Missing) -> OwnPolicy {
    match registry_policy_scope(&registry.policy_scope) {
        Known::Known(scope) if !scope.covers(&name(action)) => OwnPolicy::Read(None),
        _ => OwnPolicy::Missing(missing),
    }
}

/// The most that a policy lets in where it may not count.
fn allowing(mut policy: PolicyDocument) -> PolicyDocument {
    policy.statements.retain(|statement| statement.effect == Effect::Allow);
    policy
}

fn name(action: &Action) -> String {
    format!("{}:{}", action.service(), action.name())
}
