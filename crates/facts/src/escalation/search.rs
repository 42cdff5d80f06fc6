//! Who reaches an administrator: a graph of users and roles, searched backwards from those who are.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use palisade_policy::document::{PrincipalKind as Names, Principals};
use palisade_policy::request::Action;

use super::administrator::Administrators;
use super::attempt::{Attacker, Attempt, CONDITIONAL, Target};
use super::changes;
use super::label::{self, Standing};
use super::node::{Change, NodeIndex, Nodes};
use super::technique::{Gives, Prerequisite, TargetKind, Technique, TrustPolicy};
use super::world::{PrincipalIndex, PrincipalKind, World};
use crate::Access;

/// The most changes of one user or role looked at together.
const MOST_VARIANTS: usize = 32;
/// The most chains kept per user or role.
pub(super) const MOST_CHAINS: usize = 5;

/// A way from one node to another.
#[derive(Debug, Clone)]
pub(super) struct Edge {
    pub(super) attempts: Vec<Attempt>,
    pub(super) to: NodeIndex,
    pub(super) bits: u8,
}

impl Edge {
    fn new(attempts: Vec<Attempt>, to: NodeIndex) -> Self {
        let bits = attempts.iter().fold(0, |bits, attempt| bits | attempt.bits);
        Self { attempts, to, bits }
    }

    fn cost(&self) -> usize {
        self.attempts.iter().map(|attempt| attempt.requests.len()).sum::<usize>().max(1)
    }
}

/// How a node reaches an administrator.
#[derive(Debug, Clone, Default)]
pub(super) struct Way {
    pub(super) distance: usize,
    /// The first edges of the shortest chains; none if the node is an administrator.
    pub(super) first: Vec<Edge>,
}

/// The ways of one quality, by node.
pub(super) type Ways = BTreeMap<NodeIndex, Way>;

pub(super) struct Search<'w> {
    pub(super) world: &'w World,
    pub(super) techniques: &'w [Technique],
    pub(super) administrators: &'w Administrators,
    pub(super) nodes: Nodes,
    /// What each node may do by its policies alone.
    pub(super) standing: Vec<Access>,
    /// Whether each node is called an administrator.
    pub(super) labels: Vec<bool>,
    /// What each node reaches by changing somebody, itself included.
    own_edges: BTreeMap<NodeIndex, Vec<Edge>>,
    actions: &'w [Action],
}

impl<'w> Search<'w> {
    pub(super) fn new(
        world: &'w World,
        techniques: &'w [Technique],
        actions: &'w [Action],
        administrators: &'w Administrators,
    ) -> Self {
        let mut search = Self {
            world,
            techniques,
            administrators,
            nodes: Nodes::default(),
            standing: Vec::new(),
            labels: Vec::new(),
            own_edges: BTreeMap::new(),
            actions,
        };
        for principal in 0..world.principals.len() {
            search.place(principal, BTreeSet::new());
        }
        let mut next = 0;
        while next < search.nodes.all.len() {
            search.explore(next);
            next += 1;
        }
        search
    }

    /// The place of a node, with its standing.
    fn place(&mut self, principal: PrincipalIndex, changes: BTreeSet<Change>) -> Option<NodeIndex> {
        let place = self.nodes.place(self.world, principal, changes)?;
        while self.standing.len() < self.nodes.all.len() {
            let node = self.nodes.all.get(self.standing.len())?;
            let unread = self.world.principals.get(node.principal).is_some_and(|one| {
                matches!(one.boundary, super::world::Boundary::Unread(_))
                    && !node.changes.contains(&Change::NoBoundary)
            });
            let standing =
                if unread { Standing::NONE } else { label::standing(self.world, self.administrators, node) };
            self.standing.push(standing.as_goal);
            self.labels.push(standing.label);
        }
        Some(place)
    }

    /// Whether a node's policies could allow what a technique needs.
    fn is_able(&self, node: NodeIndex, technique: &Technique) -> bool {
        let Some(node) = self.nodes.all.get(node) else { return false };
        if technique.by_present_rights && node.changes.contains(&Change::Rights) {
            return false;
        }
        let has = |action: &str| {
            let Some(action) = Action::parse(action) else { return false };
            self.actions.iter().position(|one| *one == action).is_some_and(|at| node.potential.contains(at))
        };
        technique.steps.iter().all(|step| {
            if step.when.is_some() || step.trust.is_some() {
                return true;
            }
            if step.one_of.is_empty() {
                has(&step.action)
            } else {
                step.one_of.iter().any(|step| step.trust.is_some() || has(&step.action))
            }
        })
    }

    /// Finds what a node can change: itself, others whose credentials it gets, or by making somebody new.
    fn explore(&mut self, index: NodeIndex) {
        if self.standing.get(index) == Some(&Access::Yes) {
            return;
        }
        let able: Vec<usize> = (0..self.techniques.len())
            .filter(|&at| {
                let technique = self.techniques.get(at);
                technique.is_some_and(|one| {
                    (one.is_change() || one.gives == Gives::NewAdministrator) && self.is_able(index, one)
                })
            })
            .collect();
        if able.is_empty() {
            return;
        }
        let Some(node) = self.nodes.all.get(index) else { return };
        let (own, variants) = (node.principal, node.changes.len());
        let mut edges = Vec::new();
        if variants < MOST_VARIANTS.ilog2() as usize {
            self.change_somebody(index, own, &able, &mut edges);
        }
        let done = |edges: &[Edge], standing: &[Access]| {
            edges.iter().any(|edge| edge.bits == 0 && standing.get(edge.to) == Some(&Access::Yes))
        };
        if !done(&edges, &self.standing) {
            self.make_somebody(index, &able, &mut edges);
        }
        if !done(&edges, &self.standing) {
            let account = self.world.principals.get(own).map(|one| one.account);
            for other in 0..self.world.principals.len() {
                let target = self.world.principals.get(other);
                if other == own || target.map(|one| one.account) != account {
                    continue;
                }
                self.change_somebody(index, other, &able, &mut edges);
                if done(&edges, &self.standing) {
                    break;
                }
            }
        }
        if !edges.is_empty() {
            self.own_edges.insert(index, edges);
        }
    }

    /// Adds an edge for each change of a user or role that the node can make and then use.
    fn change_somebody(
        &mut self,
        index: NodeIndex,
        whom: PrincipalIndex,
        able: &[usize],
        edges: &mut Vec<Edge>,
    ) {
        let Some(node) = self.nodes.all.get(index) else { return };
        let (Some(attacker), itself) = (Attacker::new(self.world, node), node.principal == whom) else {
            return;
        };
        let before = if itself { node.changes.clone() } else { BTreeSet::new() };
        let mut access = None;
        let mut found = Vec::new();
        for &at in able {
            let Some(technique) = self.techniques.get(at).filter(|one| one.is_change()) else { continue };
            for (target, change) in changes::possible(self.world, self.administrators, node, whom, technique)
            {
                if before.contains(&change) {
                    continue;
                }
                let Some(attempt) = attacker.attempt(at, technique, target) else { continue };
                let certain = attempt.bits == 0;
                let mut attempts = vec![attempt];
                if !itself {
                    let way = access.get_or_insert_with(|| self.access(&attacker, index, whom));
                    let Some(way) = way else { break };
                    attempts.push(way.clone());
                }
                let mut after = before.clone();
                after.insert(change);
                found.push((attempts, after));
                if certain && change == Change::Rights {
                    break;
                }
            }
        }
        for (attempts, after) in found {
            if let Some(to) = self.place(whom, after) {
                edges.push(Edge::new(attempts, to));
            }
        }
    }

    /// The best way to the credentials of somebody.
    fn access(&self, attacker: &Attacker<'_>, index: NodeIndex, whom: PrincipalIndex) -> Option<Attempt> {
        let mut best: Option<Attempt> = None;
        for (at, technique) in self.techniques.iter().enumerate() {
            if technique.gives != Gives::Credentials || !self.fits(technique, whom) {
                continue;
            }
            if !self.is_able(index, technique) {
                continue;
            }
            let target = Target { principal: Some(whom), ..Target::default() };
            let Some(attempt) = attacker.attempt(at, technique, target) else { continue };
            let rank = |one: &Attempt| (one.bits, one.requests.len());
            if best.as_ref().is_none_or(|best| rank(&attempt) < rank(best)) {
                best = Some(attempt);
            }
            if best.as_ref().is_some_and(|best| best.bits == 0 && best.requests.len() == 1) {
                break;
            }
        }
        best
    }

    /// Whether a technique for credentials can be about somebody.
    fn fits(&self, technique: &Technique, whom: PrincipalIndex) -> bool {
        let Some(target) = self.world.principals.get(whom) else { return false };
        let kind = match target.kind {
            PrincipalKind::User => TargetKind::User,
            PrincipalKind::Role => TargetKind::Role,
        };
        technique.target == kind
            && !(target.reserved && technique.service.is_some())
            && technique.requires.iter().all(|&one| {
                one == Prerequisite::Boundary
                    || self.world.holds(one, Target { principal: Some(whom), ..Target::default() })
                        != super::prerequisite::Holds::No
            })
            && technique
                .service
                .as_ref()
                .is_none_or(|service| self.world.trusts_service(whom, service).is_some())
    }

    fn make_somebody(&mut self, index: NodeIndex, able: &[usize], edges: &mut Vec<Edge>) {
        let Some(node) = self.nodes.all.get(index) else { return };
        let Some(attacker) = Attacker::new(self.world, node) else { return };
        for &at in able {
            let technique = self.techniques.get(at).filter(|one| one.gives == Gives::NewAdministrator);
            let Some(technique) = technique else { continue };
            if let Some(attempt) = attacker.attempt(at, technique, Target::default())
                && changes::new_one_is_unlimited(self.world, self.administrators, node, &attempt)
            {
                edges.push(Edge::new(vec![attempt], NEW));
            }
        }
    }

    /// The ways to an administrator over edges of which the bits are among `bits`.
    pub(super) fn ways(&self, bits: u8) -> Ways {
        let mut ways = Ways::new();
        let mut queue = BinaryHeap::new();
        for (index, standing) in self.standing.iter().enumerate() {
            if *standing == Access::Yes || bits & CONDITIONAL != 0 && *standing == Access::Conditional {
                ways.insert(index, Way::default());
                queue.push(Reverse((0, index)));
            }
        }
        queue.push(Reverse((0, NEW)));
        let into = self.edges_by_target();
        let mut done = BTreeSet::new();
        while let Some(Reverse((distance, index))) = queue.pop() {
            if !done.insert(index) || ways.get(&index).is_some_and(|way| way.distance < distance) {
                continue;
            }
            let mut relax = |from: NodeIndex, edge: Edge| {
                let total = distance + edge.cost();
                let way = ways.entry(from).or_insert(Way { distance: usize::MAX, first: Vec::new() });
                if total < way.distance {
                    *way = Way { distance: total, first: vec![edge] };
                    queue.push(Reverse((total, from)));
                } else if total == way.distance && way.first.len() < MOST_CHAINS {
                    let technique = |edge: &Edge| edge.attempts.first().map(|attempt| attempt.technique);
                    if !way.first.iter().any(|known| technique(known) == technique(&edge)) {
                        way.first.push(edge);
                    }
                }
            };
            for (from, edge) in into.get(&index).into_iter().flatten() {
                if edge.bits & !bits == 0 && self.standing.get(*from) != Some(&Access::Yes) {
                    relax(*from, (*edge).clone());
                }
            }
            let Some(node) = self.nodes.all.get(index).filter(|node| node.changes.is_empty()) else {
                continue;
            };
            let whom = node.principal;
            let found = self
                .takers(whom, index, bits, |from| ways.get(&from).is_none_or(|way| way.distance > distance));
            let mut relax = |from: NodeIndex, edge: Edge| {
                let total = distance + edge.cost();
                let way = ways.entry(from).or_insert(Way { distance: usize::MAX, first: Vec::new() });
                if total < way.distance {
                    *way = Way { distance: total, first: vec![edge] };
                    queue.push(Reverse((total, from)));
                } else if total == way.distance && way.first.len() < MOST_CHAINS {
                    let technique = |edge: &Edge| edge.attempts.first().map(|attempt| attempt.technique);
                    if !way.first.iter().any(|known| technique(known) == technique(&edge)) {
                        way.first.push(edge);
                    }
                }
            };
            for (from, edge) in found {
                relax(from, edge);
            }
        }
        ways
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
        wanted: impl Fn(NodeIndex) -> bool,
    ) -> Vec<(NodeIndex, Edge)> {
        let mut found = Vec::new();
        let account = self.world.principals.get(whom).map(|one| one.account);
        for (at, technique) in self.techniques.iter().enumerate() {
            if technique.gives != Gives::Credentials || !self.fits(technique, whom) {
                continue;
            }
            if technique.external_state.is_some() && bits & super::attempt::EXTERNAL == 0 {
                continue;
            }
            let by_trust = technique.steps.iter().all(|one| one.trust == Some(TrustPolicy::Existing));
            for (from, node) in self.nodes.all.iter().enumerate() {
                if node.principal == whom || self.standing.get(from) == Some(&Access::Yes) || !wanted(from) {
                    continue;
                }
                let here = self.world.principals.get(node.principal).map(|one| one.account) == account;
                if !here && !by_trust {
                    continue;
                }
                if by_trust && !self.may_assume(node.principal, from, whom) || !self.is_able(from, technique)
                {
                    continue;
                }
                let target = Target { principal: Some(whom), ..Target::default() };
                let attempt = Attacker::new(self.world, node)
                    .and_then(|attacker| attacker.attempt(at, technique, target));
                if let Some(attempt) = attempt.filter(|attempt| attempt.bits & !bits == 0) {
                    found.push((from, Edge::new(vec![attempt], to)));
                }
            }
        }
        found
    }

    /// A quick test that everybody passes whom a role may trust.
    fn may_assume(&self, who: PrincipalIndex, node: NodeIndex, role: PrincipalIndex) -> bool {
        let assume = Action::parse("sts:AssumeRole");
        let able = self.actions.iter().position(|one| Some(one) == assume.as_ref());
        let has =
            able.is_some_and(|at| self.nodes.all.get(node).is_some_and(|node| node.potential.contains(at)));
        if has {
            return true;
        }
        let trust = self.world.principals.get(role).and_then(|role| role.trust);
        let Some(policy) = trust.and_then(|index| self.world.policies.get(index)) else { return false };
        let Some(who) = self.world.principals.get(who) else { return false };
        policy.document.statements.iter().any(|statement| match &statement.principals {
            None => false,
            Some(element) if element.negated => true,
            Some(element) => match &element.principals {
                Principals::Everyone => true,
                Principals::ByKind(kinds) => kinds.iter().any(|(kind, values)| {
                    *kind == Names::Aws && values.items.iter().any(|one| one == "*" || *one == who.arn)
                }),
            },
        })
    }
}

/// Stands for an administrator whom somebody makes.
pub(super) const NEW: NodeIndex = usize::MAX;
