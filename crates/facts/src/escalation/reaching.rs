//! Who reaches whom: the graph of a search, searched backwards from administrators.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::rc::Rc;

use palisade_policy::document::{PrincipalKind as Names, Principals};

use super::attempt::{Attacker, Attempt, CONDITIONAL, EXTERNAL, Target, UNREAD};
use super::graph::{Edge, Queue, Ways};
use super::node::NodeIndex;
use super::node_map::NodeSet;
use super::search::{ASSUME, NEW, Search};
use super::technique::{Gives, TrustPolicy};
use super::world::{PrincipalIndex, PrincipalKind};
use crate::Access;

impl Search<'_> {
    /// The ways to an administrator over edges of which the bits are among `bits`.
    pub(super) fn ways(&self, bits: u8) -> Ways {
        self.ways_to(&self.goals(bits), bits)
    }

    fn goals(&self, bits: u8) -> Vec<NodeIndex> {
        // Whoever holds what could not be read may be anything.
        let unread = (0..self.nodes.all.len()).filter(|&index| {
            let node = self.nodes.all.get(index);
            bits & UNREAD != 0 && node.is_some_and(|node| node.unread && node.changes.is_empty())
        });
        let is_goal = |standing: Access| {
            standing == Access::Yes || bits & CONDITIONAL != 0 && standing == Access::Conditional
        };
        let administrators = self.standing.iter().enumerate().filter(|(_, standing)| is_goal(**standing));
        administrators.map(|(index, _)| index).chain(unread).chain([NEW]).collect()
    }

    /// The users and roles that have a part in an unconditional path.
    pub(super) fn concerned(&self) -> HashSet<PrincipalIndex> {
        let ways = self.ways(0);
        let reaching = ways.nodes().filter_map(|index| self.nodes.all.get(index)).map(|node| node.principal);
        let makers = self.pending.iter().filter_map(|one| self.nodes.all.get(one.by));
        let changed = self.pending.iter().map(|one| one.whom);
        reaching.chain(makers.map(|node| node.principal)).chain(changed).collect()
    }

    /// The same, for those who are not among `known` ways; these stay as they are.
    pub(super) fn ways_beyond(&self, known: &Ways, bits: u8) -> Ways {
        self.run(Queue::beyond(known, &self.goals(bits)), bits)
    }

    /// The ways to some nodes.
    pub(super) fn ways_to(&self, goals: &[NodeIndex], bits: u8) -> Ways {
        self.run(Queue::new(goals), bits)
    }

    fn run(&self, mut queue: Queue, bits: u8) -> Ways {
        let into = self.edges_by_target();
        while let Some((distance, index)) = queue.next() {
            for (from, edge) in into.get(&index).into_iter().flatten() {
                if edge.bits & !bits == 0 && self.standing.get(*from) != Some(&Access::Yes) {
                    queue.relax(distance, *from, (*edge).clone());
                }
            }
            // Credentials are those of somebody as he is; what was changed about him is used by edges above.
            let Some(node) = self.nodes.all.get(index).filter(|node| node.changes.is_empty()) else {
                continue;
            };
            let found = self.takers(node.principal, index, bits, |from, technique, least| {
                queue.is_wanted(from, technique, distance + least)
            });
            for (from, edge) in found {
                queue.relax(distance, from, edge);
            }
        }
        queue.ways
    }

    fn edges_by_target(&self) -> BTreeMap<NodeIndex, Vec<(NodeIndex, &Edge)>> {
        let mut into: BTreeMap<NodeIndex, Vec<(NodeIndex, &Edge)>> = BTreeMap::new();
        for (from, edges) in &self.own_edges {
            for edge in edges {
                into.entry(edge.to).or_default().push((*from, edge));
            }
        }
        into
    }

    /// Who gets the credentials of somebody.
    fn takers(
        &self,
        whom: PrincipalIndex,
        to: NodeIndex,
        bits: u8,
        wanted: impl Fn(NodeIndex, usize, usize) -> bool,
    ) -> Vec<(NodeIndex, Edge)> {
        let mut found = Vec::new();
        let Some(target) = self.world.principals.get(whom) else { return found };
        let trust = self.world.trust_at_best(target);
        let mut naming: BTreeMap<&str, Rc<[NodeIndex]>> = BTreeMap::new();
        if bits & UNREAD != 0 && target.kind == PrincipalKind::Role && target.trust.is_none() {
            found.extend(self.perhaps_trusted(whom, to));
        }
        for (at, technique) in self.techniques.iter().enumerate() {
            if technique.gives != Gives::Credentials || !self.fits(technique, whom) {
                continue;
            }
            if technique.external_state.is_some() && bits & EXTERNAL == 0 {
                continue;
            }
            let by_trust = technique.steps.iter().all(|one| one.trust == Some(TrustPolicy::Existing));
            let candidates: Rc<[NodeIndex]> = match self.keys.get(at) {
                _ if by_trust => self.trusted_by(whom).into(),
                Some(Some(action)) => Rc::clone(naming.entry(action).or_insert_with(|| {
                    self.naming.get(action).map(|naming| naming.of(&target.arn)).unwrap_or_default().into()
                })),
                _ => self.able.get(at).into_iter().flat_map(NodeSet::nodes).collect(),
            };
            let least = technique.fewest_requests();
            for &from in candidates.iter().filter(|from| by_trust || self.is_able(**from, at)) {
                let Some(node) = self.nodes.all.get(from) else { continue };
                if node.principal == whom
                    || self.standing.get(from) == Some(&Access::Yes)
                    || !wanted(from, at, least)
                {
                    continue;
                }
                let here =
                    self.world.principals.get(node.principal).map(|one| one.account) == Some(target.account);
                if !here && !by_trust {
                    continue;
                }
                let Some(attacker) = Attacker::new(self.world, node) else { continue };
                if bits & CONDITIONAL == 0 && attacker.is_conditional_at_best(technique, trust) {
                    continue;
                }
                let attempt = self.try_on(&attacker, from, at, whom);
                if let Some(attempt) = attempt.filter(|attempt| attempt.bits & !bits == 0) {
                    found.push((from, Edge::by(from, attempt, to)));
                }
            }
        }
        found
    }

    /// Edges of everybody who may assume a role of which nobody knows whom it trusts.
    fn perhaps_trusted(&self, role: PrincipalIndex, to: NodeIndex) -> Vec<(NodeIndex, Edge)> {
        let Some(arn) = self.world.principals.get(role).map(|one| one.arn.as_str()) else {
            return Vec::new();
        };
        let target = Target { principal: Some(role), ..Target::default() };
        let attempt =
            Attempt { technique: 0, target, requests: Vec::new(), assumes: Vec::new(), bits: UNREAD };
        let attempt = Rc::new(attempt);
        let may_assume = self.naming.get(ASSUME).map(|naming| naming.of(arn)).unwrap_or_default();
        may_assume.into_iter().map(|from| (from, Edge::by(from, Rc::clone(&attempt), to))).collect()
    }

    /// Everybody whom a role may trust: who may assume roles by his policies, and whom its trust policy names.
    fn trusted_by(&self, role: PrincipalIndex) -> Vec<NodeIndex> {
        let Some(role) = self.world.principals.get(role) else { return Vec::new() };
        let arn = role.arn.as_str();
        let Some(policy) = role.trust.and_then(|index| self.world.policies.get(index)) else {
            return Vec::new();
        };
        let mut named: BTreeSet<&str> = BTreeSet::new();
        for element in policy.read.document.statements.iter().filter_map(|one| one.principals.as_ref()) {
            match &element.principals {
                Principals::ByKind(kinds) if !element.negated => {
                    let aws = kinds.iter().filter(|(kind, _)| *kind == Names::Aws);
                    named.extend(aws.flat_map(|(_, values)| values.items.iter().map(String::as_str)));
                }
                _ => drop(named.insert("*")),
            }
        }
        if named.contains("*") {
            return (0..self.nodes.all.len()).collect();
        }
        let mut found = BTreeSet::new();
        for name in named {
            match self.by_arn.get(name) {
                Some(nodes) => found.extend(nodes),
                // An account, or somebody who is not here: whoever is of that account and may assume the role.
                None => {
                    found.extend(self.naming.get(ASSUME).map(|naming| naming.of(arn)).unwrap_or_default());
                }
            }
        }
        found.into_iter().collect()
    }
}
