//! What can be changed about a user or role, and what that comes to.

use palisade_policy::context::ContextValue;

use super::administrator::Administrators;
use super::attempt::{Attempt, Target};
use super::clearing;
use super::node::{Change, Node};
use super::technique::{Gives, TargetKind, Technique};
use super::world::{Boundary, Managed, ManagedIndex, PrincipalIndex, PrincipalKind, World};
use crate::Access;

/// The changes of a user or role that a technique can be tried for, the most useful ones first; without `every`, only
/// those that give everything where there is a choice.
pub(super) fn possible(
    world: &World,
    administrators: &Administrators,
    node: &Node,
    whom: PrincipalIndex,
    technique: &Technique,
    every: bool,
) -> Vec<(Target, Change)> {
    let Some(principal) = world.principals.get(whom) else { return Vec::new() };
    let itself = node.principal == whom;
    if principal.imagined && !itself {
        return Vec::new();
    }
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
        TargetKind::User
            if technique.gives == Gives::NoMembership && principal.kind == PrincipalKind::User =>
        {
            groups.iter().map(|&group| Target { group: Some(group), ..base }).collect()
        }
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
            Gives::NoInlinePolicy => clearing::without_inline(world, principal, target),
            Gives::NoAttachedPolicy => clearing::without_attached(world, principal, target),
            Gives::NoMembership => clearing::left(world, target, &groups),
            Gives::Tag => clearing::tagged(world, principal, node, target, technique),
            Gives::NoBoundary if !bounded => Vec::new(),
            Gives::NoBoundary => limits(world, administrators, principal.account, target, technique),
            Gives::AttachedPolicy => attachable(world, administrators, principal.account, target, every),
            Gives::PolicyVersion => versions(world, administrators, target, technique.target, bounded),
            Gives::Membership => joinable(world, administrators, principal.account, target, &groups, every),
            Gives::Credentials | Gives::NewAdministrator | Gives::Combination => Vec::new(),
        })
        .collect()
}

/// Whether a change gives whom it is made of everything.
pub(super) fn is_everything(world: &World, administrators: &Administrators, change: Change) -> bool {
    match change {
        Change::Rights | Change::NoBoundary => true,
        Change::Joined(group) => administrators.wide_groups(world).contains(&group),
        Change::Attached(_) | Change::Version(..) | Change::Without(..) | Change::Left(_) => false,
        Change::Tagged(_) | Change::Untagged(_) => false,
    }
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
        let wide = administrators.wide_policies(world).iter().copied();
        let wide = wide.filter(|&policy| is_of(world, policy, account));
        found.extend(wide.map(|policy| (Target { chosen: Some(policy), ..target }, Change::NoBoundary)));
    }
    found
}

fn is_of(world: &World, policy: ManagedIndex, account: usize) -> bool {
    world.managed.get(policy).is_some_and(|policy| policy.account == account)
}

/// Policies to attach: AWS's own for administrators, others that allow everything, the rest.
fn attachable(
    world: &World,
    administrators: &Administrators,
    account: usize,
    target: Target,
    every: bool,
) -> Vec<(Target, Change)> {
    let mut found = vec![(target, Change::Rights)];
    let chosen = |policy: ManagedIndex| Target { chosen: Some(policy), ..target };
    let wide = administrators.wide_policies(world);
    let own = wide.iter().filter(|&&policy| is_of(world, policy, account));
    found.extend(own.map(|&policy| (chosen(policy), Change::Rights)));
    if every {
        let grants = |policy: &Managed| {
            let current = policy.current.and_then(|index| world.policies.get(index));
            current.is_some_and(|policy| !policy.denies && policy.potential != Default::default())
        };
        let rest = world.managed.iter().enumerate().filter(|(index, policy)| {
            policy.account == account && grants(policy) && wide.binary_search(index).is_err()
        });
        found.extend(rest.map(|(index, _)| (chosen(index), Change::Attached(index))));
    }
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
    every: bool,
) -> Vec<(Target, Change)> {
    let wide = administrators.wide_groups(world);
    let rest = (0..world.groups.len()).filter(|group| every && wide.binary_search(group).is_err());
    let open = wide.iter().copied().chain(rest).filter(|group| {
        world.groups.get(*group).is_some_and(|one| one.account == account) && !joined.contains(group)
    });
    open.map(|group| (Target { group: Some(group), ..target }, Change::Joined(group))).collect()
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
    let is_it = |one: &ManagedIndex| world.managed.get(*one).is_some_and(|one| one.arn == *arn);
    let wide =
        || administrators.wide_policies(world).iter().any(|one| is_of(world, *one, account) && is_it(one));
    removed || is_aws || wide()
}
