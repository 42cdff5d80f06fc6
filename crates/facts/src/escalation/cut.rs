//! What an account takes away to close every unconditional path: as little as can be found.
//!
//! Each path is open as long as the statements that allow it are there, so every cut takes away one of them. Paths are
//! collected, the smallest set that takes something of each is found, and the search runs without that set; what it
//! finds is collected too, until it finds nothing. So nothing of the last set can be left out, and if it is the
//! smallest for the collected paths, no smaller cut exists.

use std::collections::{BTreeMap, BTreeSet};

use super::output::{Cut, Path, StatementUse};
use super::unit::Unit;
use super::world::World;

/// The most branches looked at for a smallest set.
const MOST_BRANCHES: usize = 100_000;
/// The most rounds of collecting.
pub(super) const MOST_ROUNDS: usize = 40;

/// What must stay: grants that administrators hold.
pub(super) struct Protected {
    policies: BTreeSet<String>,
    identities: BTreeSet<String>,
}

impl Protected {
    /// The grants of these users and roles.
    pub(super) fn new(world: &World, administrators: impl Iterator<Item = usize>) -> Self {
        let (mut policies, mut identities) = (BTreeSet::new(), BTreeSet::new());
        for principal in administrators.filter_map(|index| world.principals.get(index)) {
            let groups = principal.groups.iter().filter_map(|&group| world.groups.get(group));
            let mut held = principal.own.policies.clone();
            identities.insert(principal.arn.clone());
            for group in groups {
                identities.insert(group.arn.clone());
                held.extend(&group.grants.policies);
            }
            let names = held.iter().filter_map(|&index| world.policies.get(index));
            policies.extend(names.map(|policy| policy.name.clone()));
        }
        Self { policies, identities }
    }

    /// What of a path can be taken away.
    pub(super) fn units(&self, world: &World, path: &Path) -> BTreeSet<Unit> {
        let mut units = BTreeSet::new();
        for step in &path.steps {
            // One statement of the caller's and one of the role's trust policy are enough to keep a step open.
            let is_trust = |one: &&StatementUse| one.policy.ends_with("/trust-policy");
            let trust = step.statements.iter().find(is_trust);
            let own = step.statements.iter().find(|one| !is_trust(one));
            for statement in trust.into_iter().chain(own) {
                self.of_statement(world, &step.request.principal, statement, &mut units);
            }
        }
        units
    }

    fn of_statement(&self, world: &World, holder: &str, used: &StatementUse, units: &mut BTreeSet<Unit>) {
        let index = used.pointer.rsplit('/').next().and_then(|last| last.parse().ok()).unwrap_or(0);
        let managed = world.managed.iter().find(|one| one.arn == used.policy);
        let is_aws = used.policy.contains(":iam::aws:");
        let written = !used.policy.starts_with("arn:") || used.policy.contains(' ');
        if !is_aws && !written && !self.policies.contains(&used.policy) {
            units.insert(Unit::statement(&used.policy, index));
        }
        let denies = managed.and_then(|one| one.current).and_then(|one| world.policies.get(one));
        if !is_aws && managed.is_none() || denies.is_some_and(|policy| policy.denies) {
            return;
        }
        let Some(principal) = world.principals.iter().find(|one| one.arn == holder) else { return };
        let place = world.managed.iter().position(|one| one.arn == used.policy);
        let holds = |managed: &[usize]| place.is_some_and(|place| managed.contains(&place));
        let mut identities = Vec::new();
        if holds(&principal.own.managed) {
            identities.push(&principal.arn);
        }
        let groups = principal.groups.iter().filter_map(|&group| world.groups.get(group));
        identities.extend(groups.filter(|group| holds(&group.grants.managed)).map(|group| &group.arn));
        let free = identities.into_iter().filter(|arn| !self.identities.contains(*arn));
        units.extend(free.map(|arn| Unit::attachment(arn, &used.policy)));
    }
}

/// The paths that were collected, each as what can be taken away of it.
#[derive(Default)]
pub(super) struct Collected {
    sets: BTreeSet<BTreeSet<Unit>>,
    stuck: BTreeSet<String>,
    /// How often paths were noted.
    pub(super) rounds: usize,
}

impl Collected {
    /// Notes paths; says whether one is new.
    pub(super) fn note_all(
        &mut self,
        paths: &[(String, Path)],
        protected: &Protected,
        world: &World,
    ) -> bool {
        self.rounds += 1;
        let mut news = false;
        for (arn, path) in paths {
            news |= self.note(arn, protected.units(world, path));
        }
        news
    }

    /// Notes a path; says whether it is new.
    fn note(&mut self, arn: &str, units: BTreeSet<Unit>) -> bool {
        if units.is_empty() {
            self.stuck.insert(arn.to_owned());
            return false;
        }
        self.sets.insert(units)
    }

    /// A set with something of each path, and whether none is smaller.
    pub(super) fn smallest(&self) -> (BTreeSet<Unit>, bool) {
        let sets: Vec<&BTreeSet<Unit>> = self.sets.iter().collect();
        let mut best = without_excess(greedy(&sets), &sets);
        let mut branches = 0;
        let finished = branch(&sets, &mut BTreeSet::new(), &mut best, &mut branches);
        (best, finished)
    }

    /// The cut, once the search without it found nothing new.
    pub(super) fn into_cut(self, remove: BTreeSet<Unit>, proven_smallest: bool, finished: bool) -> Cut {
        Cut {
            remove: remove.into_iter().collect(),
            proven_smallest: proven_smallest && finished && self.stuck.is_empty(),
            closes_everything: finished && self.stuck.is_empty(),
            remaining: self.stuck.into_iter().collect(),
        }
    }
}

fn greedy(sets: &[&BTreeSet<Unit>]) -> BTreeSet<Unit> {
    let mut open: Vec<&BTreeSet<Unit>> = sets.to_vec();
    let mut chosen = BTreeSet::new();
    while !open.is_empty() {
        let mut counts: BTreeMap<&Unit, usize> = BTreeMap::new();
        for unit in open.iter().flat_map(|set| set.iter()) {
            *counts.entry(unit).or_default() += 1;
        }
        let Some((unit, _)) =
            counts.into_iter().max_by_key(|(unit, count)| (*count, std::cmp::Reverse(*unit)))
        else {
            break;
        };
        let unit = unit.clone();
        open.retain(|set| !set.contains(&unit));
        chosen.insert(unit);
    }
    chosen
}

/// Drops what is not needed.
fn without_excess(chosen: BTreeSet<Unit>, sets: &[&BTreeSet<Unit>]) -> BTreeSet<Unit> {
    let mut kept = chosen.clone();
    for unit in chosen {
        kept.remove(&unit);
        if sets.iter().any(|set| set.is_disjoint(&kept)) {
            kept.insert(unit);
        }
    }
    kept
}

/// Looks for a smaller set, unit by unit of the smallest open path; says whether it looked at everything.
fn branch(
    sets: &[&BTreeSet<Unit>],
    chosen: &mut BTreeSet<Unit>,
    best: &mut BTreeSet<Unit>,
    branches: &mut usize,
) -> bool {
    *branches += 1;
    if *branches > MOST_BRANCHES {
        return false;
    }
    let open: Vec<&BTreeSet<Unit>> = sets.iter().copied().filter(|set| set.is_disjoint(chosen)).collect();
    let Some(next) = open.iter().min_by_key(|set| set.len()) else {
        if chosen.len() < best.len() {
            best.clone_from(chosen);
        }
        return true;
    };
    // Paths that have nothing in common need one unit each.
    let mut apart: Vec<&BTreeSet<Unit>> = Vec::new();
    for &set in &open {
        if apart.iter().all(|one| one.is_disjoint(set)) {
            apart.push(set);
        }
    }
    if chosen.len() + apart.len() >= best.len() {
        return true;
    }
    let mut finished = true;
    for unit in *next {
        chosen.insert(unit.clone());
        finished &= branch(&open, chosen, best, branches);
        chosen.remove(unit);
    }
    finished
}
