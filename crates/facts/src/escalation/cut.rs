//! What an account takes away to close every unconditional path: as little as can be found.
//!
//! Each path is open as long as the statements that allow it are there, so every cut takes away one of them. Paths are
//! collected, the smallest set that takes something of each is found, and the search runs without that set; what it
//! finds is collected too, until it finds nothing. So nothing of the last set can be left out, and if it is the
//! smallest for the collected paths, no smaller cut exists.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};

use super::output::{Cut, Path, StatementUse};
use super::unit::Unit;
use super::world::World;

/// The most paths looked at for a smallest set, each time anew, among paths that have to do with each other.
const MOST_COMPARED: usize = 1_000_000;
/// The most units among which a smaller set is looked for.
const MOST_EXACT: usize = 60;

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
            policies.extend(names.map(|policy| policy.name().to_owned()));
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
        let place = world.managed_named(&used.policy);
        let managed = place.and_then(|place| world.managed.get(place));
        let is_aws = used.policy.contains(":iam::aws:");
        let written = !used.policy.starts_with("arn:") || used.policy.contains(' ');
        if !is_aws && !written && !self.policies.contains(&used.policy) {
            units.insert(Unit::statement(&used.policy, index));
        }
        let denies = managed.and_then(|one| one.current).and_then(|one| world.policies.get(one));
        if !is_aws && managed.is_none() || denies.is_some_and(|policy| policy.denies) {
            return;
        }
        let Some(principal) = world.principal_named(holder) else { return };
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
}

impl Collected {
    /// Notes paths: whose each is, and what can be taken away of it. Says whether one is new.
    pub(super) fn note_all(&mut self, paths: &BTreeSet<(String, BTreeSet<Unit>)>) -> bool {
        let mut is_new = false;
        for (arn, units) in paths {
            if units.is_empty() {
                self.stuck.insert(arn.clone());
            } else if !self.sets.contains(units) {
                is_new |= self.sets.insert(units.clone());
            }
        }
        is_new
    }

    /// A set with something of each path, and whether none is smaller.
    pub(super) fn smallest(&self) -> (BTreeSet<Unit>, bool) {
        let (mut all, mut finished) = (BTreeSet::new(), true);
        for sets in apart(&self.sets) {
            let mut best = without_excess(&greedy(&sets), &sets);
            let mut left = if best.len() > MOST_EXACT { 0 } else { MOST_COMPARED / sets.len().max(1) };
            finished &= best.len() == 1 || branch(&sets, &mut BTreeSet::new(), &mut best, &mut left);
            all.extend(best);
        }
        (all, finished)
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

/// The paths in parts that have nothing to do with each other.
fn apart(sets: &BTreeSet<BTreeSet<Unit>>) -> Vec<Vec<&BTreeSet<Unit>>> {
    let mut with: HashMap<&Unit, Vec<usize>> = HashMap::new();
    let sets: Vec<&BTreeSet<Unit>> = sets.iter().collect();
    for (place, set) in sets.iter().enumerate() {
        set.iter().for_each(|unit| with.entry(unit).or_default().push(place));
    }
    let mut seen = vec![false; sets.len()];
    let mut parts = Vec::new();
    for first in 0..sets.len() {
        let (mut part, mut next) = (Vec::new(), vec![first]);
        while let Some(place) = next.pop() {
            let Some(set) = sets.get(place) else { continue };
            if seen.get_mut(place).is_some_and(|seen| !std::mem::replace(seen, true)) {
                part.push(*set);
                // Each unit leads on once.
                next.extend(set.iter().filter_map(|unit| with.remove(unit)).flatten());
            }
        }
        if !part.is_empty() {
            part.sort();
            parts.push(part);
        }
    }
    parts
}

/// The sets that each unit is in, by their places.
fn places<'s>(sets: &[&'s BTreeSet<Unit>]) -> BTreeMap<&'s Unit, Vec<usize>> {
    let mut places: BTreeMap<&Unit, Vec<usize>> = BTreeMap::new();
    for (place, set) in sets.iter().enumerate() {
        set.iter().for_each(|unit| places.entry(unit).or_default().push(place));
    }
    places
}

/// A set with something of each, always taking what is in most of those that have nothing yet.
fn greedy(sets: &[&BTreeSet<Unit>]) -> BTreeSet<Unit> {
    let places = places(sets);
    let mut closed = vec![false; sets.len()];
    let mut next: BinaryHeap<(usize, Reverse<&Unit>)> =
        places.iter().map(|(unit, within)| (within.len(), Reverse(*unit))).collect();
    let mut chosen = BTreeSet::new();
    while let Some((count, Reverse(unit))) = next.pop() {
        let within = places.get(unit).map(Vec::as_slice).unwrap_or_default();
        let open = within.iter().filter(|&&place| closed.get(place) == Some(&false)).count();
        if open == 0 {
            continue;
        }
        if open < count {
            next.push((open, Reverse(unit)));
            continue;
        }
        chosen.insert(unit.clone());
        for &place in within {
            if let Some(closed) = closed.get_mut(place) {
                *closed = true;
            }
        }
    }
    chosen
}

/// Drops what is not needed.
fn without_excess(chosen: &BTreeSet<Unit>, sets: &[&BTreeSet<Unit>]) -> BTreeSet<Unit> {
    let places = places(sets);
    let mut within: Vec<usize> = sets.iter().map(|set| set.intersection(chosen).count()).collect();
    let mut kept = chosen.clone();
    for unit in chosen {
        let own = places.get(unit).map(Vec::as_slice).unwrap_or_default();
        if own.iter().all(|&place| within.get(place).is_some_and(|&count| count > 1)) {
            kept.remove(unit);
            for &place in own {
                if let Some(count) = within.get_mut(place) {
                    *count -= 1;
                }
            }
        }
    }
    kept
}

/// Looks for a smaller set, unit by unit of the smallest open path; says whether it looked at everything.
fn branch(
    sets: &[&BTreeSet<Unit>],
    chosen: &mut BTreeSet<Unit>,
    best: &mut BTreeSet<Unit>,
    left: &mut usize,
) -> bool {
    if *left == 0 {
        return false;
    }
    *left -= 1;
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
        finished &= branch(&open, chosen, best, left);
        chosen.remove(unit);
    }
    finished
}
