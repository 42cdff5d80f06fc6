//! Whom a node's policies let it change: the users and roles that its techniques can be about.

use std::collections::BTreeSet;

use super::attempt::Attacker;
use super::naming::start;
use super::suitable::may_match;
use super::technique::{Gives, Step, TargetKind, Technique};
use super::world::{Boundary, ManagedIndex, Principal, PrincipalIndex, PrincipalKind, World};

impl Attacker<'_> {
    /// The others of its account whom a technique that changes somebody can be about.
    pub(super) fn touched(&self, technique: &Technique) -> BTreeSet<PrincipalIndex> {
        let world = self.world;
        let key = technique.steps.iter().find(|step| step.when.is_none() && step.trust.is_none());
        let Some(key) = key else { return BTreeSet::new() };
        let patterns = self.allowed_by(key);
        let names = |arn: &str| patterns.iter().any(|pattern| may_match(pattern, arn));
        let of_account = |place: &PrincipalIndex| {
            world.principals.get(*place).is_some_and(|one| one.account == self.principal.account)
        };
        let mut found = BTreeSet::new();
        match technique.target {
            TargetKind::User | TargetKind::Role
                if !matches!(technique.gives, Gives::Membership | Gives::NoMembership) =>
            {
                for pattern in &patterns {
                    found.extend(world.principals_named(pattern).filter(of_account));
                }
            }
            TargetKind::User if world.groups.iter().any(|group| names(&group.arn)) => {
                let users = world.principals.iter().enumerate();
                let users = users.filter(|(_, one)| one.kind == PrincipalKind::User);
                found.extend(users.map(|(place, _)| place).filter(of_account));
            }
            TargetKind::Group => {
                let groups = world.groups.iter().zip(&world.members);
                let named = groups.filter(|(group, _)| names(&group.arn));
                found.extend(named.flat_map(|(_, members)| members).copied().filter(of_account));
            }
            TargetKind::Policy | TargetKind::BoundaryPolicy => {
                let bounds = technique.target == TargetKind::BoundaryPolicy;
                let whom = if bounds { &world.bounded } else { &world.holders };
                let policies = world.managed.iter().zip(whom);
                let named = policies.filter(|(policy, _)| policy.customer && names(&policy.arn));
                found.extend(named.flat_map(|(_, held)| held).copied().filter(of_account));
            }
            TargetKind::User | TargetKind::Role | TargetKind::New => {}
        }
        found
    }

    fn allowed_by(&self, step: &Step) -> Vec<String> {
        let steps = if step.one_of.is_empty() { std::slice::from_ref(step) } else { &step.one_of };
        steps.iter().flat_map(|step| self.allowed(&step.action).to_vec()).collect()
    }
}

impl World {
    /// Notes who is where, once everybody is known.
    pub(super) fn index(&mut self) {
        (self.tags, self.providers) = (self.tags_asked_for(), self.providers_named());
        let mut by_arn: Vec<PrincipalIndex> = (0..self.principals.len()).collect();
        by_arn.sort_by(|one, other| {
            let arn = |place: &PrincipalIndex| self.principals.get(*place).map(|one| one.arn.as_str());
            arn(one).cmp(&arn(other))
        });
        self.managed_by_arn = (0..self.managed.len()).collect();
        let arn = |place: &ManagedIndex| self.managed.get(*place).map(|one| one.arn.as_str());
        self.managed_by_arn.sort_by(|one, other| arn(one).cmp(&arn(other)));
        let mut members = vec![Vec::new(); self.groups.len()];
        let mut holders = vec![Vec::new(); self.managed.len()];
        let mut bounded = vec![Vec::new(); self.managed.len()];
        let note = |lists: &mut Vec<Vec<PrincipalIndex>>, at: usize, place: PrincipalIndex| {
            if let Some(list) = lists.get_mut(at) {
                list.push(place);
            }
        };
        for (place, principal) in self.principals.iter().enumerate() {
            principal.own.managed.iter().for_each(|&policy| note(&mut holders, policy, place));
            for (at, group) in principal.groups.iter().filter_map(|&at| Some((at, self.groups.get(at)?))) {
                note(&mut members, at, place);
                group.grants.managed.iter().for_each(|&policy| note(&mut holders, policy, place));
            }
            if let Boundary::Managed { managed: Some(policy), .. } = &principal.boundary {
                note(&mut bounded, *policy, place);
            }
        }
        (self.by_arn, self.members, self.holders, self.bounded) = (by_arn, members, holders, bounded);
    }

    /// The tags of users and roles that conditions ask for.
    fn tags_asked_for(&self) -> Vec<(String, String)> {
        const KEY: &str = "aws:PrincipalTag/";
        let mut found = BTreeSet::new();
        for statement in self.policies.iter().flat_map(|policy| &policy.read.document.statements) {
            for condition in &statement.conditions {
                let head = condition.key.get(..KEY.len()).filter(|head| head.eq_ignore_ascii_case(KEY));
                let Some(key) = head.and_then(|head| condition.key.get(head.len()..)) else { continue };
                let values = condition.values.items.iter().filter(|value| !value.contains("${"));
                found.extend(values.map(|value| (key.to_owned(), value.replace('*', ""))));
            }
        }
        found.into_iter().collect()
    }

    /// The users and roles that match a pattern of ARNs, and perhaps some more.
    fn principals_named(&self, pattern: &str) -> impl Iterator<Item = PrincipalIndex> {
        let start = start(pattern).to_owned();
        let first = self.by_arn.partition_point(|&place| self.arn_of(place) < start.as_str());
        let from_there = self.by_arn.get(first..).unwrap_or_default().iter().copied();
        let alike = from_there.take_while(move |&place| self.arn_of(place).starts_with(&start));
        let pattern = pattern.to_owned();
        alike.filter(move |&place| may_match(&pattern, self.arn_of(place)))
    }

    /// The user or role of an ARN.
    pub(super) fn principal_named(&self, arn: &str) -> Option<&Principal> {
        let place = self.by_arn.binary_search_by(|&place| self.arn_of(place).cmp(arn)).ok()?;
        self.principals.get(*self.by_arn.get(place)?)
    }

    /// The managed policy of an ARN.
    pub(super) fn managed_named(&self, arn: &str) -> Option<ManagedIndex> {
        let name = |place: &ManagedIndex| self.managed.get(*place).map_or("", |one| one.arn.as_str());
        let place = self.managed_by_arn.binary_search_by(|place| name(place).cmp(arn)).ok()?;
        self.managed_by_arn.get(place).copied()
    }

    fn arn_of(&self, place: PrincipalIndex) -> &str {
        self.principals.get(place).map_or("", |one| one.arn.as_str())
    }
}
