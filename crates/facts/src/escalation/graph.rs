//! The graph of a search: edges between users and roles, and the shortest ways along them.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::rc::Rc;

use super::attempt::Attempt;
use super::node::NodeIndex;
use super::node_map::{NodeMap, NodeSet};

/// The most chains kept per user or role.
const MOST_CHAINS: usize = 5;

/// A way from one node to another: what is done, and as whom.
#[derive(Debug, Clone)]
pub(super) struct Edge {
    pub(super) attempts: Vec<(NodeIndex, Rc<Attempt>)>,
    pub(super) to: NodeIndex,
    pub(super) bits: u8,
}

impl Edge {
    pub(super) fn new(attempts: Vec<(NodeIndex, Rc<Attempt>)>, to: NodeIndex) -> Self {
        let bits = attempts.iter().fold(0, |bits, (_, attempt)| bits | attempt.bits);
        Self { attempts, to, bits }
    }

    pub(super) fn by(node: NodeIndex, attempt: Rc<Attempt>, to: NodeIndex) -> Self {
        Self::new(vec![(node, attempt)], to)
    }

    fn cost(&self) -> usize {
        self.attempts.iter().map(|(_, attempt)| attempt.requests.len()).sum::<usize>().max(1)
    }

    fn first_technique(&self) -> Option<usize> {
        self.attempts.first().map(|(_, attempt)| attempt.technique)
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
pub(super) type Ways = NodeMap<Way>;

/// Nodes by their distance (Dijkstra's algorithm).
pub(super) struct Queue {
    pub(super) ways: Ways,
    next: BinaryHeap<Reverse<(usize, NodeIndex)>>,
    done: NodeSet,
    /// Nodes of which the ways stay as they are.
    kept: NodeSet,
}

impl Queue {
    pub(super) fn new(goals: &[NodeIndex]) -> Self {
        Self {
            ways: goals.iter().map(|&goal| (goal, Way::default())).collect(),
            next: goals.iter().map(|&goal| Reverse((0, goal))).collect(),
            done: NodeSet::default(),
            kept: NodeSet::default(),
        }
    }

    /// A queue in which some ways are known and stay.
    pub(super) fn beyond(known: &Ways, goals: &[NodeIndex]) -> Self {
        let mut queue = Self::new(goals);
        for (index, way) in known.iter() {
            queue.ways.insert(index, way.clone());
            queue.kept.insert(index, ());
            queue.next.push(Reverse((way.distance, index)));
        }
        queue
    }

    pub(super) fn next(&mut self) -> Option<(usize, NodeIndex)> {
        while let Some(Reverse((distance, index))) = self.next.pop() {
            if self.done.insert(index, ()) {
                return Some((distance, index));
            }
        }
        None
    }

    /// Whether a way that begins with a technique and is at least so long can be among the shortest of a node.
    pub(super) fn is_wanted(&self, from: NodeIndex, technique: usize, least: usize) -> bool {
        !self.kept.contains(from)
            && self.ways.get(from).is_none_or(|way| {
                let known = || way.first.iter().any(|edge| edge.first_technique() == Some(technique));
                least < way.distance || least == way.distance && way.first.len() < MOST_CHAINS && !known()
            })
    }

    pub(super) fn relax(&mut self, distance: usize, from: NodeIndex, edge: Edge) {
        if self.kept.contains(from) {
            return;
        }
        let total = distance + edge.cost();
        match self.ways.get_mut(from).filter(|way| way.distance <= total) {
            None => {
                self.ways.insert(from, Way { distance: total, first: vec![edge] });
                self.next.push(Reverse((total, from)));
            }
            Some(way) if way.distance == total && way.first.len() < MOST_CHAINS => {
                let technique = edge.first_technique();
                if !way.first.iter().any(|known| known.first_technique() == technique) {
                    way.first.push(edge);
                }
            }
            Some(_) => {}
        }
    }
}

/// The edges of a chain with the nodes they begin at: the first edge, then the best one of each node.
pub(super) fn chain(from: NodeIndex, first: &Edge, ways: &Ways) -> Vec<(NodeIndex, Edge)> {
    let mut chain = vec![(from, first.clone())];
    let mut seen = BTreeSet::from([from]);
    let mut at = first.to;
    while let Some(edge) = ways.get(at).and_then(|way| way.first.first()).filter(|_| seen.insert(at)) {
        chain.push((at, edge.clone()));
        at = edge.to;
    }
    chain
}
