//! Whether an administrator still is one after what denies take away.
//!
//! SCPs and denies that leave somebody a way to get back what they take are noted and change nothing. They take the
//! label away where they take everything by which rights are given.

use palisade_policy::document::Effect;
use palisade_policy::policies::PolicySet;
use palisade_policy::request::Action;

use super::administrator::Administrators;
use super::attempt::{Attacker, Target};
use super::node::Node;
use super::technique::Step;
use super::world::World;
use crate::Access;
use crate::giving_rights::GIVING_RIGHTS;

/// What a node is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    /// Whether whoever takes it over is an administrator: for sure, under conditions, or not.
    pub(super) as_goal: Access,
    /// Whether it is called an administrator. A deny under conditions does not take that away.
    pub(super) label: bool,
}

impl Standing {
    /// Nothing is known that makes it an administrator.
    pub(super) const NONE: Self = Self { as_goal: Access::No, label: false };
}

/// What a node is: an administrator, one under conditions, or none.
pub(super) fn standing(world: &World, administrators: &Administrators, node: &Node) -> Standing {
    let by_policies = administrators.standing(world, &node.identity, node.boundary);
    if by_policies == Access::No {
        return Standing::NONE;
    }
    let left = if is_limited(world, node) { remaining(world, node) } else { Access::Yes };
    let label = by_policies == Access::Yes && left != Access::No;
    Standing { as_goal: by_policies.min(left), label }
}

/// Whether anything takes away: a deny, or an SCP that does not allow everything.
fn is_limited(world: &World, node: &Node) -> bool {
    let denies = node.identity.iter().chain(&node.boundary).filter_map(|&index| world.policies.get(index));
    let account = world.principals.get(node.principal).and_then(|one| world.accounts.get(one.account));
    denies.into_iter().any(|policy| policy.denies)
        || account.is_some_and(|account| !account.scps.levels.is_empty())
}

/// Whether one of the actions that give rights is left.
fn remaining(world: &World, node: &Node) -> Access {
    let Some(attacker) = Attacker::new(world, node) else { return Access::No };
    let mut best = Access::No;
    for (action, kind) in GIVING_RIGHTS {
        let step = Step {
            action: action.to_owned(),
            resources: vec![format!("arn:{{partition}}:iam::{{account}}:{kind}/{{name}}")],
            context: [("iam:PolicyARN".to_owned(), "{attached}".to_owned())].into(),
            ..Step::default()
        };
        match attacker.is_allowed(&step, Target::default()) {
            Some(false) => return Access::Yes,
            Some(true) => best = Access::Conditional,
            None => {}
        }
    }
    best
}

/// The statements and the levels of SCPs that take something from an administrator and leave him one.
pub(super) fn limited_by(world: &World, node: &Node) -> Vec<String> {
    let account = world.principals.get(node.principal).and_then(|one| world.accounts.get(one.account));
    let scps = account.map(|account| account.scps.policies.as_slice()).unwrap_or_default();
    let mut found = Vec::new();
    for &index in node.identity.iter().chain(&node.boundary).chain(scps) {
        let Some(policy) = world.policies.get(index) else { continue };
        for statement in policy.read.document.statements.iter().filter(|one| one.effect == Effect::Deny) {
            found.push(format!("{}{}", policy.name(), statement.pointer()));
        }
    }
    let levels = account.map(|account| account.scps.levels.as_slice()).unwrap_or_default();
    found.extend(levels.iter().filter(|level| !allows_all(level)).map(|level| level.name().to_owned()));
    found.sort();
    found.dedup();
    found
}

/// Whether a level of SCPs has a statement that allows everything, as AWS's `FullAWSAccess` does.
fn allows_all(level: &PolicySet) -> bool {
    let mut statements = level.policies().iter().flat_map(|policy| policy.statements());
    let anything =
        |action: &Action| statements.any(|one| one.effect() == Effect::Allow && one.is_about(action));
    Action::parse("palisade:AnyAction").as_ref().is_some_and(anything)
}

/// The actions that the label rests on, for the table of interesting ones.
pub(super) fn actions() -> impl Iterator<Item = &'static str> {
    GIVING_RIGHTS.into_iter().map(|(action, _)| action)
}
