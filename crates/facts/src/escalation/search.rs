//! Who reaches an administrator: a graph of users and roles, searched backwards from those who are.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use palisade_policy::document::{PrincipalKind as Names, Principals};
use palisade_policy::request::Action;

use super::administrator::Administrators;
use super::attempt::{Attacker, Attempt, CONDITIONAL, Target};
use super::changes;
use super::graph::{Edge, Queue, Ways};
use super::label::{self, Standing};
use super::node::{Change, NodeIndex, Nodes};
use super::technique::{Gives, Prerequisite, TargetKind, Technique, TrustPolicy};
use super::world::{PrincipalIndex, PrincipalKind, World};
use crate::Access;

/// The most changes of one user or role looked at together.
const MOST_VARIANTS: usize = 32;

/// A change that a node can make of somebody whose credentials it cannot get. Whoever gets those otherwise uses it.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    pub(super) by: NodeIndex,
    pub(super) whom: PrincipalIndex,
    pub(super) attempt: Rc<Attempt>,
    pub(super) to: NodeIndex,
}

/// Who tries which technique on whom.
type Trial = (NodeIndex, usize, PrincipalIndex);

/// The search: what everybody can do.
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
    pub(super) own_edges: BTreeMap<NodeIndex, Vec<Edge>>,
    pub(super) pending: Vec<Pending>,
    /// For each technique: of each of these lists of actions, one is needed.
    needs: Vec<Vec<Vec<usize>>>,
    /// For each technique: the nodes that could have what it needs.
    able: Vec<BTreeSet<NodeIndex>>,
    assume: Option<usize>,
    /// The nodes whose policies could allow assuming some role.
    assuming: Vec<NodeIndex>,
    /// The users and roles as they are, by ARN.
    by_arn: HashMap<&'w str, NodeIndex>,
    /// What was tried: by whom, which technique, on whom.
    tried: RefCell<HashMap<Trial, Option<Rc<Attempt>>>>,
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
            pending: Vec::new(),
            needs: techniques.iter().map(|technique| needs(technique, actions)).collect(),
            able: vec![BTreeSet::new(); techniques.len()],
            assume: place_of("sts:AssumeRole", actions),
            assuming: Vec::new(),
            by_arn: world.principals.iter().enumerate().map(|(at, one)| (one.arn.as_str(), at)).collect(),
            tried: RefCell::default(),
        };
        for principal in 0..world.principals.len() {
            search.place(principal, BTreeSet::new());
        }
        let mut next = 0;
        while next < search.nodes.all.len() {
            search.explore(next);
            next += 1;
        }
        search.join_forces();
        search
    }

    /// The place of a node, with its standing.
    fn place(&mut self, principal: PrincipalIndex, changes: BTreeSet<Change>) -> Option<NodeIndex> {
        let place = self.nodes.place(self.world, principal, changes)?;
        while self.standing.len() < self.nodes.all.len() {
            self.note_able(self.standing.len());
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
    fn is_able(&self, node: NodeIndex, technique: usize) -> bool {
        self.able.get(technique).is_some_and(|able| able.contains(&node))
    }

    /// Notes for which techniques a node's policies could allow what they need.
    fn note_able(&mut self, index: NodeIndex) {
        let Some(node) = self.nodes.all.get(index) else { return };
        if self.assume.is_some_and(|at| node.potential.contains(at)) {
            self.assuming.push(index);
        }
        for ((technique, needs), able) in self.techniques.iter().zip(&self.needs).zip(&mut self.able) {
            let own_rights = technique.by_present_rights && node.changes.contains(&Change::Rights);
            let has = |one_of: &Vec<usize>| one_of.iter().any(|&at| node.potential.contains(at));
            if !own_rights && needs.iter().all(has) {
                able.insert(index);
            }
        }
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
                    (one.is_change() || one.gives == Gives::NewAdministrator) && self.is_able(index, at)
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
                let mut attempts = vec![Rc::new(attempt)];
                if !itself {
                    let way = access.get_or_insert_with(|| self.access(&attacker, index, whom));
                    attempts.extend(way.clone());
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
            let Some(to) = self.place(whom, after) else { continue };
            if itself || attempts.len() > 1 {
                edges.push(Edge::new(attempts.into_iter().map(|attempt| (index, attempt)).collect(), to));
            } else {
                let attempts = attempts.into_iter();
                self.pending.extend(attempts.map(|attempt| Pending { by: index, whom, attempt, to }));
            }
        }
    }

    /// The best way to the credentials of somebody.
    fn access(&self, attacker: &Attacker<'_>, index: NodeIndex, whom: PrincipalIndex) -> Option<Rc<Attempt>> {
        let mut best: Option<Rc<Attempt>> = None;
        for (at, technique) in self.techniques.iter().enumerate() {
            if technique.gives != Gives::Credentials || !self.fits(technique, whom) {
                continue;
            }
            if !self.is_able(index, at) {
                continue;
            }
            let Some(attempt) = self.try_on(attacker, index, at, whom) else { continue };
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

    /// Tries a technique for credentials, once.
    fn try_on(
        &self,
        attacker: &Attacker<'_>,
        index: NodeIndex,
        at: usize,
        whom: PrincipalIndex,
    ) -> Option<Rc<Attempt>> {
        let key = (index, at, whom);
        if let Some(known) = self.tried.borrow().get(&key) {
            return known.clone();
        }
        let target = Target { principal: Some(whom), ..Target::default() };
        let technique = self.techniques.get(at)?;
        if !attacker.may_act(technique, target) {
            return None;
        }
        let attempt = attacker.attempt(at, technique, target).map(Rc::new);
        self.tried.borrow_mut().insert(key, attempt.clone());
        attempt
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
                edges.push(Edge::by(index, Rc::new(attempt), NEW));
            }
        }
    }

    /// The ways to an administrator over edges of which the bits are among `bits`.
    pub(super) fn ways(&self, bits: u8) -> Ways {
        self.ways_to(&self.goals(bits), bits)
    }

    fn goals(&self, bits: u8) -> Vec<NodeIndex> {
        let is_goal = |standing: Access| {
            standing == Access::Yes || bits & CONDITIONAL != 0 && standing == Access::Conditional
        };
        let administrators = self.standing.iter().enumerate().filter(|(_, standing)| is_goal(**standing));
        administrators.map(|(index, _)| index).chain([NEW]).collect()
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
            let found = self.takers(node.principal, index, bits, |from| queue.is_wanted(from, distance));
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
            let everybody = self.able.get(at).into_iter().flatten().copied();
            let candidates: Vec<NodeIndex> =
                if by_trust { self.trusted_by(whom) } else { everybody.collect() };
            for from in candidates {
                let Some(node) = self.nodes.all.get(from) else { continue };
                if node.principal == whom || self.standing.get(from) == Some(&Access::Yes) || !wanted(from) {
                    continue;
                }
                let here = self.world.principals.get(node.principal).map(|one| one.account) == account;
                if !here && !by_trust {
                    continue;
                }
                let attempt = Attacker::new(self.world, node)
                    .and_then(|attacker| self.try_on(&attacker, from, at, whom));
                if let Some(attempt) = attempt.filter(|attempt| attempt.bits & !bits == 0) {
                    found.push((from, Edge::by(from, attempt, to)));
                }
            }
        }
        found
    }

    /// Everybody whom a role may trust: who may assume roles by his policies, and whom its trust policy names.
    fn trusted_by(&self, role: PrincipalIndex) -> Vec<NodeIndex> {
        let trust = self.world.principals.get(role).and_then(|role| role.trust);
        let Some(policy) = trust.and_then(|index| self.world.policies.get(index)) else { return Vec::new() };
        let mut named: BTreeSet<&str> = BTreeSet::new();
        for element in policy.document.statements.iter().filter_map(|one| one.principals.as_ref()) {
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
        let mut found: BTreeSet<NodeIndex> = self.assuming.iter().copied().collect();
        for (index, node) in self.nodes.all.iter().enumerate().skip(self.world.principals.len()) {
            let principal = self.world.principals.get(node.principal);
            if principal.is_some_and(|one| named.contains(one.arn.as_str())) {
                found.insert(index);
            }
        }
        found.extend(named.into_iter().filter_map(|arn| self.by_arn.get(arn)));
        found.into_iter().collect()
    }
}

/// The actions that a technique needs for sure: of each list, one.
fn needs(technique: &Technique, actions: &[Action]) -> Vec<Vec<usize>> {
    let mut needs = Vec::new();
    for step in technique.steps.iter().filter(|step| step.when.is_none() && step.trust.is_none()) {
        let alternatives = if step.one_of.is_empty() { std::slice::from_ref(step) } else { &step.one_of };
        if alternatives.iter().all(|step| step.trust.is_none()) {
            needs.push(alternatives.iter().filter_map(|step| place_of(&step.action, actions)).collect());
        }
    }
    needs
}

fn place_of(action: &str, actions: &[Action]) -> Option<usize> {
    let action = Action::parse(action)?;
    actions.iter().position(|one| *one == action)
}

/// Stands for an administrator whom somebody makes.
pub(super) const NEW: NodeIndex = usize::MAX;
