//! What somebody does as two others of whom he has the credentials: as one he changes what the other may do.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::attempt::{Attempt, UNREAD};
use super::graph::{Edge, Ways, chain};
use super::node::NodeIndex;
use super::search::{NEW, Pending, Search};

/// With more pending changes than this, only changes of those who make them possible are looked at.
const MOST_PENDING: usize = 200;
/// With more makers of useful changes than this, only unconditional ways that need nothing outside IAM are joined.
const MOST_MAKERS: usize = 50;
/// The most rounds; each may open ways for the next.
const MOST_ROUNDS: usize = 4;

impl Search<'_> {
    /// Adds edges for changes that one node makes and another uses, where somebody has the credentials of both.
    pub(super) fn join_forces(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        for _ in 0..MOST_ROUNDS {
            let mut found = Vec::new();
            for bits in BTreeSet::from([0, self.scope.bits & !UNREAD, self.scope.bits]) {
                let ways = self.ways(bits);
                let useful: Vec<&Pending> =
                    self.pending.iter().filter(|pending| is_useful(pending, &ways)).collect();
                let mut by_maker: BTreeMap<NodeIndex, Vec<&Pending>> = BTreeMap::new();
                for pending in &useful {
                    by_maker.entry(pending.by).or_default().push(pending);
                }
                if bits != 0 && by_maker.len() > MOST_MAKERS {
                    continue;
                }
                for (maker, changes) in by_maker {
                    let to_maker = self.ways_to(&[maker], bits);
                    for pending in changes {
                        self.joined(
                            pending,
                            &to_maker,
                            &ways,
                            useful.len() <= MOST_PENDING,
                            bits,
                            &mut found,
                        );
                    }
                }
            }
            if !self.add(found) {
                break;
            }
        }
    }

    /// Edges of those who get to the maker of a change, and are or get to whom it changes.
    fn joined(
        &self,
        pending: &Pending,
        to_maker: &Ways,
        solved: &Ways,
        thorough: bool,
        bits: u8,
        found: &mut Vec<(NodeIndex, Edge)>,
    ) {
        // The first nodes are the users and roles as they are.
        let whom: NodeIndex = pending.whom;
        let others = if thorough { self.ways_to(&[whom], bits) } else { Ways::default() };
        let to_whom = others.nodes().chain([whom]);
        let candidates: BTreeSet<NodeIndex> = to_whom.filter(|from| to_maker.contains(*from)).collect();
        for from in candidates {
            if from == NEW || solved.contains(from) || from == pending.by {
                continue;
            }
            let mut attempts = attempts_along(from, to_maker);
            attempts.push((pending.by, Rc::clone(&pending.attempt)));
            attempts.extend(attempts_along(from, &others));
            found.push((from, Edge::new(attempts, pending.to)));
        }
    }

    /// Adds edges that are new; says whether there was one.
    fn add(&mut self, found: Vec<(NodeIndex, Edge)>) -> bool {
        let mut added = false;
        for (from, edge) in found {
            let edges = self.own_edges.entry(from).or_default();
            let known: BTreeSet<(NodeIndex, u8)> = edges.iter().map(|edge| (edge.to, edge.bits)).collect();
            if !known.contains(&(edge.to, edge.bits)) {
                edges.push(edge);
                added = true;
            }
        }
        added
    }
}

/// Whoever gets to a maker that has a way of its own has that way too.
fn is_useful(pending: &Pending, ways: &Ways) -> bool {
    ways.contains(pending.to) && !ways.contains(pending.by)
}

fn attempts_along(from: NodeIndex, ways: &Ways) -> Vec<(NodeIndex, Rc<Attempt>)> {
    let Some(first) = ways.get(from).and_then(|way| way.first.first()) else { return Vec::new() };
    chain(from, first, ways).into_iter().flat_map(|(_, edge)| edge.attempts).collect()
}
