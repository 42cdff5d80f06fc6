//! Changes that take away what stands in the way: policies that deny, groups that hold such, tags that conditions
//! mind.

use std::collections::BTreeSet;

use super::attempt::Target;
use super::node::{Change, Node};
use super::technique::Technique;
use super::world::{Grants, GroupIndex, PolicyIndex, Principal, World};

/// The most tags changed of one user or role.
const MOST_TAGS: usize = 2;
/// The most tags that conditions ask for which are tried.
const MOST_ASKED: usize = 16;

/// Whether a policy denies what a technique uses.
fn stands_in_the_way(world: &World, policy: PolicyIndex) -> bool {
    world.policies.get(policy).is_some_and(|policy| policy.stands_in_the_way)
}

/// Inline policies that deny, each taken away.
pub(super) fn without_inline(world: &World, principal: &Principal, target: Target) -> Vec<(Target, Change)> {
    denying(world, principal, target)
        .filter(|&policy| managed_of(world, principal, target, policy).is_none())
        .map(|policy| (target, Change::Without(target.group, policy)))
        .collect()
}

/// Managed policies that deny, each detached.
pub(super) fn without_attached(
    world: &World,
    principal: &Principal,
    target: Target,
) -> Vec<(Target, Change)> {
    denying(world, principal, target)
        .filter_map(|policy| {
            let managed = managed_of(world, principal, target, policy)?;
            let chosen = Target { chosen: Some(managed), ..target };
            Some((chosen, Change::Without(target.group, policy)))
        })
        .collect()
}

/// The group that holds a policy which denies, left.
pub(super) fn left(world: &World, target: Target, groups: &[GroupIndex]) -> Vec<(Target, Change)> {
    let held = target.group.filter(|group| groups.contains(group)).and_then(|at| world.groups.get(at));
    let denies = held
        .is_some_and(|group| group.grants.policies.iter().any(|&policy| stands_in_the_way(world, policy)));
    target.group.filter(|_| denies).map(|group| (target, Change::Left(group))).into_iter().collect()
}

/// Tags that conditions ask for, each given; or tags that conditions mind, each taken.
pub(super) fn tagged(
    world: &World,
    principal: &Principal,
    node: &Node,
    target: Target,
    technique: &Technique,
) -> Vec<(Target, Change)> {
    let is_tag = |change: &&Change| matches!(change, Change::Tagged(_) | Change::Untagged(_));
    if node.changes.iter().filter(is_tag).count() >= MOST_TAGS {
        return Vec::new();
    }
    let gives = technique.all_steps().any(|step| step.context.values().any(|one| one == "{tag_value}"));
    let mut seen = BTreeSet::new();
    let asked = world.tags.iter().enumerate().take(MOST_ASKED).filter(|(_, (key, value))| {
        let own = principal.tags.iter().find(|(own, _)| own.eq_ignore_ascii_case(key));
        match own {
            Some((_, own)) if gives => own != value,
            None => gives,
            Some(_) => seen.insert(key.to_ascii_lowercase()),
        }
    });
    asked
        .map(|(at, _)| {
            let change = if gives { Change::Tagged(at) } else { Change::Untagged(at) };
            (Target { tag: Some(at), ..target }, change)
        })
        .collect()
}

/// What the target holds itself.
fn grants<'w>(world: &'w World, principal: &'w Principal, target: Target) -> Option<&'w Grants> {
    match target.group {
        Some(group) => world.groups.get(group).map(|group| &group.grants),
        None => Some(&principal.own),
    }
}

/// Policies of the target that deny.
fn denying<'w>(
    world: &'w World,
    principal: &'w Principal,
    target: Target,
) -> impl Iterator<Item = PolicyIndex> + 'w {
    let policies = grants(world, principal, target).into_iter().flat_map(|grants| &grants.policies);
    policies.copied().filter(|&policy| stands_in_the_way(world, policy))
}

/// The managed policy that one of the target's policies is, if it is none of its own.
fn managed_of(world: &World, principal: &Principal, target: Target, policy: PolicyIndex) -> Option<usize> {
    let attached = grants(world, principal, target)?.managed.iter().copied();
    attached.into_iter().find(|&at| world.managed.get(at).is_some_and(|one| one.current == Some(policy)))
}
