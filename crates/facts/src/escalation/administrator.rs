//! Who is an administrator: whose identity policies, after the permissions boundary, allow every action on every
//! resource, however that is written.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

use palisade_policy::document::{Effect, PolicyDocument, PolicyVersion, Statement};
use palisade_policy::request::Action;

use super::world::{GroupIndex, Managed, ManagedIndex, PolicyIndex, World};
use crate::iam::full_administrator;
use crate::{Access, conditions};

/// Actions that have nothing in common: who is not allowed one of them is no administrator.
const SAMPLE: [&str; 8] = [
    "iam:PutUserPolicy",
    "s3:PutObject",
    "ec2:RunInstances",
    "kms:Decrypt",
    "organizations:LeaveOrganization",
    "account:CloseAccount",
    "sts:AssumeRole",
    "lambda:InvokeFunction",
];

/// Decides what sets of policies allow; each set once.
#[derive(Debug, Default)]
pub(super) struct Administrators {
    sample: Vec<Action>,
    decided: RefCell<BTreeMap<Vec<PolicyIndex>, Access>>,
    wide_policies: OnceCell<Vec<ManagedIndex>>,
    wide_groups: OnceCell<Vec<GroupIndex>>,
}

impl Administrators {
    pub(super) fn new() -> Self {
        let sample = SAMPLE.iter().filter_map(|name| Action::parse(name)).collect();
        Self { sample, ..Self::default() }
    }

    /// Whether identity policies, after a boundary, allow everything.
    pub(super) fn standing(
        &self,
        world: &World,
        identity: &[PolicyIndex],
        boundary: Option<PolicyIndex>,
    ) -> Access {
        let limit = boundary.map_or(Access::Yes, |boundary| self.of_set(world, &[boundary]));
        if limit == Access::No { limit } else { limit.min(self.of_set(world, identity)) }
    }

    /// Whether the policies together allow everything.
    pub(super) fn of_set(&self, world: &World, policies: &[PolicyIndex]) -> Access {
        if !self.may_allow_everything(world, policies) {
            return Access::No;
        }
        if let Some(access) = self.decided.borrow().get(policies) {
            return *access;
        }
        let statements = allows(world, policies).cloned().collect();
        let document =
            PolicyDocument { version: PolicyVersion::V2012, version_is_written: true, id: None, statements };
        let access = full_administrator::access(document);
        self.decided.borrow_mut().insert(policies.to_vec(), access);
        access
    }

    /// The managed policies that allow everything and deny nothing.
    pub(super) fn wide_policies(&self, world: &World) -> &[ManagedIndex] {
        self.wide_policies.get_or_init(|| {
            let allows_all = |policy: &Managed| {
                let current = policy.current?;
                let denies = world.policies.get(current)?.denies;
                (!denies && self.of_set(world, &[current]) == Access::Yes).then_some(())
            };
            let policies = world.managed.iter().enumerate();
            policies.filter_map(|(index, policy)| allows_all(policy).map(|()| index)).collect()
        })
    }

    /// The groups that allow everything.
    pub(super) fn wide_groups(&self, world: &World) -> &[GroupIndex] {
        self.wide_groups.get_or_init(|| {
            let groups = world.groups.iter().enumerate();
            let wide = groups.filter(|(_, group)| self.of_set(world, &group.grants.policies) == Access::Yes);
            wide.map(|(index, _)| index).collect()
        })
    }

    /// A quick test that everything passes, and little else.
    fn may_allow_everything(&self, world: &World, policies: &[PolicyIndex]) -> bool {
        self.sample.iter().all(|action| {
            policies.iter().filter_map(|&index| world.policies.get(index)).any(|policy| {
                let mut statements = policy.read.compiled.statements().iter();
                statements.any(|one| one.effect() == Effect::Allow && one.is_about(action))
            })
        })
    }
}

/// What a conditional standing depends on.
pub(super) fn residual(world: &World, policies: &[PolicyIndex]) -> Vec<String> {
    let conditional = allows(world, policies).flat_map(conditions::residual).map(conditions::text);
    let mut texts: Vec<String> = conditional.collect();
    texts.sort();
    texts.dedup();
    texts
}

fn allows<'w>(world: &'w World, policies: &'w [PolicyIndex]) -> impl Iterator<Item = &'w Statement> {
    let documents = policies.iter().filter_map(|&index| Some(&world.policies.get(index)?.read.document));
    documents.flat_map(|document| &document.statements).filter(|one| one.effect == Effect::Allow)
}
