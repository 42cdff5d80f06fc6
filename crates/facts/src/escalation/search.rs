//! Who reaches an administrator: a graph of users and roles, searched backwards from those who are.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use palisade_policy::request::Action;

use super::administrator::Administrators;
use super::attempt::{Attacker, Attempt, Target};
use super::changes;
use super::graph::Edge;
use super::label::{self, Standing};
use super::naming::Naming;
use super::node::{Change, NodeIndex, Nodes};
use super::node_map::NodeSet;
use super::technique::{Gives, Prerequisite, TargetKind, Technique};
use super::world::{PrincipalIndex, PrincipalKind, World};
use crate::Access;

/// The most changes of one user or role looked at together.
const MOST_VARIANTS: usize = 32;

/// In accounts with more users and roles than this, changes of others that do not give everything are looked at only
/// where whoever makes them also gets their credentials.
const MOST_FOR_EVERY_CHANGE: usize = 300;
/// The action by which roles are assumed.
pub(super) const ASSUME: &str = "sts:AssumeRole";

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

/// What a search is for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'s> {
    /// The qualities of paths beyond those that are unconditional.
    pub(super) bits: u8,
    /// The only users and roles that can have a part in a path, where that is known.
    pub(super) concerned: Option<&'s HashSet<PrincipalIndex>>,
}

/// The search: what everybody can do.
pub(super) struct Search<'w> {
    pub(super) world: &'w World,
    pub(super) scope: Scope<'w>,
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
    pub(super) able: Vec<NodeSet>,
    /// For each technique that gives credentials: the action that names the target, by its place.
    pub(super) keys: Vec<Option<&'w str>>,
    /// By action: the nodes whose policies allow it on what.
    pub(super) naming: BTreeMap<&'w str, Naming>,
    /// The places of these actions among the interesting ones.
    named: BTreeMap<&'w str, usize>,
    /// The nodes of each user and role, by ARN.
    pub(super) by_arn: HashMap<&'w str, Vec<NodeIndex>>,
    /// What was tried: by whom, which technique, on whom.
    tried: RefCell<HashMap<Trial, Option<Rc<Attempt>>>>,
}

impl<'w> Search<'w> {
    pub(super) fn new(
        world: &'w World,
        techniques: &'w [Technique],
        actions: &'w [Action],
        administrators: &'w Administrators,
        scope: Scope<'w>,
    ) -> Self {
        let mut search = Self {
            world,
            scope,
            techniques,
            administrators,
            nodes: Nodes::of(world),
            standing: Vec::new(),
            labels: Vec::new(),
            own_edges: BTreeMap::new(),
            pending: Vec::new(),
            needs: techniques.iter().map(|technique| needs(technique, actions)).collect(),
            able: vec![NodeSet::default(); techniques.len()],
            keys: techniques.iter().map(key).collect(),
            naming: BTreeMap::from([(ASSUME, Naming::default())]),
            named: BTreeMap::new(),
            by_arn: HashMap::new(),
            tried: RefCell::default(),
        };
        search.naming.extend(search.keys.iter().flatten().map(|action| (*action, Naming::default())));
        let place = |action: &&'w str| Some((*action, place_of(action, actions)?));
        search.named = search.naming.keys().filter_map(place).collect();
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
    pub(super) fn is_able(&self, node: NodeIndex, technique: usize) -> bool {
        self.able.get(technique).is_some_and(|able| able.contains(node))
    }

    /// Notes for which techniques a node's policies could allow what they need.
    fn note_able(&mut self, index: NodeIndex) {
        let Some(node) = self.nodes.all.get(index) else { return };
        if self.scope.concerned.is_some_and(|concerned| !concerned.contains(&node.principal)) {
            return;
        }
        let bits = self.scope.bits;
        let world: &'w World = self.world;
        let Some(attacker) = Attacker::new(world, node) else { return };
        let principal = world.principals.get(node.principal);
        self.by_arn.entry(principal.map_or("", |one| one.arn.as_str())).or_default().push(index);
        for (action, naming) in &mut self.naming {
            // What the permissions boundary is not about, or what is denied everywhere, names nothing.
            if self.named.get(action).is_some_and(|&at| !node.potential.contains(at)) {
                continue;
            }
            attacker.allowed(action).iter().for_each(|pattern| naming.add(pattern, index));
        }
        for ((technique, needs), able) in self.techniques.iter().zip(&self.needs).zip(&mut self.able) {
            let own_rights = technique.by_present_rights && node.changes.contains(&Change::Rights);
            let has = |one_of: &Vec<usize>| one_of.iter().any(|&at| node.potential.contains(at));
            let beyond = technique.external_state.is_some() && bits & super::attempt::EXTERNAL == 0;
            if !beyond && !own_rights && needs.iter().all(has) {
                able.insert(index, ());
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
        let done = |edges: &[Edge], standing: &[Access]| {
            edges.iter().any(|edge| edge.bits == 0 && standing.get(edge.to) == Some(&Access::Yes))
        };
        // What only takes away what stands in the way is tried where giving does not do.
        let clears = |at: &usize| self.techniques.get(*at).is_some_and(Technique::clears_the_way);
        let (clearing, giving): (Vec<usize>, Vec<usize>) = able.into_iter().partition(clears);
        for able in [&giving, &clearing] {
            if variants < MOST_VARIANTS.ilog2() as usize && !done(&edges, &self.standing) {
                self.change_somebody(index, own, able, &mut edges);
            }
        }
        if !done(&edges, &self.standing) {
            self.make_somebody(index, &giving, &mut edges);
        }
        for able in [&giving, &clearing] {
            if done(&edges, &self.standing) {
                break;
            }
            for other in self.touched(index, able) {
                if other != own {
                    self.change_somebody(index, other, able, &mut edges);
                }
                if done(&edges, &self.standing) {
                    break;
                }
            }
        }
        if !edges.is_empty() {
            self.own_edges.insert(index, edges);
        }
    }

    /// Everybody whom techniques that change somebody can be about.
    fn touched(&self, index: NodeIndex, able: &[usize]) -> BTreeSet<PrincipalIndex> {
        let node = self.nodes.all.get(index);
        let Some(attacker) = node.and_then(|node| Attacker::new(self.world, node)) else {
            return BTreeSet::new();
        };
        let changing = able.iter().filter_map(|&at| self.techniques.get(at)).filter(|one| one.is_change());
        changing.flat_map(|technique| attacker.touched(technique)).collect()
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
        let many = self.world.principals.len() > MOST_FOR_EVERY_CHANGE;
        let before = if itself { node.changes.clone() } else { BTreeSet::new() };
        let mut access = None;
        let mut found = Vec::new();
        for &at in able {
            let Some(technique) = self.techniques.get(at).filter(|one| one.is_change()) else { continue };
            let every = match technique.gives {
                Gives::AttachedPolicy => attacker.minds_policy(at, technique),
                _ => !many || itself,
            };
            let possible = changes::possible(self.world, self.administrators, node, whom, technique, every);
            for (target, change) in possible {
                if before.contains(&change) {
                    continue;
                }
                // In a large account, a change that is less than everything counts if its maker can use it.
                if many && !itself && !changes::is_everything(self.world, self.administrators, change) {
                    let way = access.get_or_insert_with(|| self.access(&attacker, index, whom));
                    if way.is_none() {
                        continue;
                    }
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
                let alike =
                    || technique.gives == Gives::AttachedPolicy && !attacker.minds_policy(at, technique);
                if change == Change::Rights && (certain || alike()) {
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
    pub(super) fn try_on(
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
    pub(super) fn fits(&self, technique: &Technique, whom: PrincipalIndex) -> bool {
        let Some(target) = self.world.principals.get(whom) else { return false };
        let kind = match target.kind {
            PrincipalKind::User => TargetKind::User,
            PrincipalKind::Role => TargetKind::Role,
        };
        technique.target == kind
            && !target.imagined
            && !(target.reserved && technique.service.is_some())
            && technique.requires.iter().all(|&one| {
                one == Prerequisite::Boundary
                    || self.world.holds(one, Target { principal: Some(whom), ..Target::default() })
                        != super::prerequisite::Holds::No
            })
            && technique.provider.is_none_or(|kind| {
                !self.world.trusted_providers(whom, kind, technique.external_state.is_some()).is_empty()
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
}

/// The action by which a technique for credentials names its target, if one does.
fn key(technique: &Technique) -> Option<&str> {
    let mut steps = technique.steps.iter().filter(|step| step.when.is_none() && step.trust.is_none());
    let named = steps.find(|step| step.resources.first().is_some_and(|one| one == "{target}"));
    named.filter(|_| technique.gives == Gives::Credentials).map(|step| step.action.as_str())
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
