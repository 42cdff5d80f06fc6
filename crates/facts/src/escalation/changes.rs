//! What can be changed about a user or role, and what that comes to.

use palisade_policy::context::ContextValue;

use super::administrator::Administrators;
use super::attempt::{Attempt, Target};
use super::node::{Change, Node};
use super::technique::{Gives, TargetKind, Technique};
use super::world::{Boundary, ManagedIndex, PrincipalIndex, PrincipalKind, World};
use crate::Access;

/// The changes of a user or role that a technique can be tried for, the most useful ones first.
pub(super) fn possible(
    world: &World,
    administrators: &Administrators,
    node: &Node,
    whom: PrincipalIndex,
    technique: &Technique,
) -> Vec<(Target, Change)> {
    let Some(principal) = world.principals.get(whom) else { return Vec::new() };
    let itself = node.principal == whom;
    let (groups, managed) = if itself {
        (node.groups.clone(), node.managed.clone())
    } else {
        let mut managed = principal.own.managed.clone();
        for group in principal.groups.iter().filter_map(|&group| world.groups.get(group)) {
            managed.extend(&group.grants.managed);
        }
        (principal.groups.clone(), managed)
    };
    let base = Target { principal: Some(whom), ..Target::default() };
    let is = |kind: PrincipalKind| {
        if principal.kind == kind && !principal.reserved { vec![base] } else { Vec::new() }
    };
    let targets: Vec<Target> = match technique.target {
        TargetKind::User => is(PrincipalKind::User),
        TargetKind::Role => is(PrincipalKind::Role),
        TargetKind::Group => groups.iter().map(|&group| Target { group: Some(group), ..base }).collect(),
        TargetKind::Policy => managed
            .iter()
            .filter(|&&policy| is_customers(world, policy))
            .map(|&policy| Target { policy: Some(policy), ..base })
            .collect(),
        TargetKind::BoundaryPolicy => match &principal.boundary {
            Boundary::Managed { managed: Some(policy), .. } if is_customers(world, *policy) => {
                vec![Target { policy: Some(*policy), ..base }]
            }
            _ => Vec::new(),
        },
        TargetKind::New => Vec::new(),
    };
    let bounded = !matches!(principal.boundary, Boundary::None);
    targets
        .into_iter()
        .flat_map(|target| match technique.gives {
            Gives::Rights => vec![(target, Change::Rights)],
            Gives::NoBoundary if !bounded => Vec::new(),
            Gives::NoBoundary => limits(world, administrators, principal.account, target, technique),
            Gives::AttachedPolicy => attachable(world, administrators, principal.account, target),
            Gives::PolicyVersion => versions(world, administrators, target, technique.target, bounded),
            Gives::Membership => joinable(world, administrators, principal.account, target, &groups),
            Gives::Credentials | Gives::NewAdministrator | Gives::Combination => Vec::new(),
        })
        .collect()
}

fn is_customers(world: &World, policy: ManagedIndex) -> bool {
    world.managed.get(policy).is_some_and(|policy| policy.customer)
}

/// Ways to be rid of a boundary: without one, or with each policy that allows everything in its place.
fn limits(
    world: &World,
    administrators: &Administrators,
    account: usize,
    target: Target,
    technique: &Technique,
) -> Vec<(Target, Change)> {
    let chooses =
        technique.all_steps().any(|step| step.context.values().any(|one| one.contains("{attached}")));
    let mut found = vec![(target, Change::NoBoundary)];
    if chooses {
        let wide = managed_of(world, account)
            .filter(|&policy| allows_everything(world, administrators, policy) == Access::Yes);
        found.extend(wide.map(|policy| (Target { chosen: Some(policy), ..target }, Change::NoBoundary)));
    }
    found
}

fn managed_of(world: &World, account: usize) -> impl Iterator<Item = ManagedIndex> {
    let managed = world.managed.iter().enumerate();
    managed.filter(move |(_, policy)| policy.account == account).map(|(index, _)| index)
}

fn allows_everything(world: &World, administrators: &Administrators, policy: ManagedIndex) -> Access {
    let current = world.managed.get(policy).and_then(|policy| policy.current);
    let denies = current.and_then(|index| world.policies.get(index)).is_none_or(|policy| policy.denies);
    match current {
        Some(current) if !denies => administrators.of_set(world, &[current]),
        _ => Access::No,
    }
}

/// Policies to attach: AWS's own for administrators, others that allow everything, the rest.
fn attachable(
    world: &World,
    administrators: &Administrators,
    account: usize,
    target: Target,
) -> Vec<(Target, Change)> {
    let mut found = vec![(target, Change::Rights)];
    let mut rest = Vec::new();
    for policy in managed_of(world, account) {
        let chosen = Target { chosen: Some(policy), ..target };
        let current = world.managed.get(policy).and_then(|policy| policy.current);
        let Some(document) = current.and_then(|index| world.policies.get(index)) else { continue };
        match allows_everything(world, administrators, policy) {
            Access::Yes => found.push((chosen, Change::Rights)),
            _ if !document.denies && document.potential != Default::default() => {
                rest.push((chosen, Change::Attached(policy)));
            }
            _ => {}
        }
    }
    found.extend(rest);
    found
}

/// Other versions of a policy, those that allow everything first.
fn versions(
    world: &World,
    administrators: &Administrators,
    target: Target,
    kind: TargetKind,
    bounded: bool,
) -> Vec<(Target, Change)> {
    let Some(index) = target.policy else { return Vec::new() };
    let Some(policy) = world.managed.get(index) else { return Vec::new() };
    let (mut found, mut rest) = (Vec::new(), Vec::new());
    for &(_, version) in &policy.others {
        let chosen = Target { version: Some(version), ..target };
        let denies = world.policies.get(version).is_none_or(|policy| policy.denies);
        let everything = !denies && administrators.of_set(world, &[version]) == Access::Yes;
        match kind {
            TargetKind::BoundaryPolicy if everything && bounded => found.push((chosen, Change::NoBoundary)),
            TargetKind::BoundaryPolicy => {}
            _ if everything => found.push((chosen, Change::Rights)),
            _ => rest.push((chosen, Change::Version(index, version))),
        }
    }
    found.extend(rest);
    found
}

/// Groups to join, those that allow everything first.
fn joinable(
    world: &World,
    administrators: &Administrators,
    account: usize,
    target: Target,
    joined: &[usize],
) -> Vec<(Target, Change)> {
    let mut found = Vec::new();
    for (index, group) in world.groups.iter().enumerate() {
        if group.account != account || joined.contains(&index) {
            continue;
        }
        let standing = administrators.of_set(world, &group.grants.policies);
        let chosen = Target { group: Some(index), ..target };
        found.push((standing, (chosen, Change::Joined(index))));
    }
    found.sort_by_key(|(standing, _)| std::cmp::Reverse(*standing));
    found.into_iter().map(|(_, one)| one).collect()
}

/// Whether somebody whom an attempt makes is limited by no boundary that he had to be given.
pub(super) fn new_one_is_unlimited(
    world: &World,
    administrators: &Administrators,
    node: &Node,
    attempt: &Attempt,
) -> bool {
    let made = attempt.requests.iter().find(|one| matches!(one.action.name(), "createuser" | "createrole"));
    let removed = attempt.requests.iter().any(|one| one.action.name().starts_with("delete"));
    let Some(ContextValue::Single(arn)) = made.and_then(|made| made.context.get("iam:PermissionsBoundary"))
    else {
        return true;
    };
    let Some(account) = world.principals.get(node.principal).map(|one| one.account) else { return false };
    let is_aws = world.accounts.get(account).is_some_and(|account| {
        *arn == format!("arn:{}:iam::aws:policy/AdministratorAccess", account.partition)
    });
    let listed =
        || managed_of(world, account).find(|&one| world.managed.get(one).is_some_and(|one| one.arn == *arn));
    removed
        || is_aws
        || listed().is_some_and(|one| allows_everything(world, administrators, one) == Access::Yes)
}
