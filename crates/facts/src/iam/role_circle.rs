//! Roles that get their own credentials again: in a circle of roles, each of which can assume the next.

use std::collections::VecDeque;
use std::sync::OnceLock;

use palisade_snapshot::{Evidence, Reason, RecordKind};

use super::IdentityKind;
use crate::access_query::{AccessDecision, between_roles};
use crate::context::Context;
use crate::identities::Identity;
use crate::{Access, Known, Missing, facts};

facts! {
    /// A circle of roles that are no administrators, each of which can assume the next.
    pub struct RoleCircle as "role_circle" {
        /// Whether the role is in one of at least two roles.
        access: Access, reads [];
        /// The ARNs of the shortest, beginning with the role itself; the last can assume the first.
        roles: Vec<String>, reads [];
        /// What is taken for granted because it could not be read: `scp_not_read`, `rcp_not_read`.
        assumes: Vec<String>, reads [];
    }
}

/// Which roles of the account can assume which, once asked for.
#[derive(Debug, Default)]
pub(crate) struct RoleCircles(OnceLock<Graph>);

/// Roles that are no administrators, by their places in the snapshot.
#[derive(Debug)]
struct Graph {
    /// The others that each can assume.
    next: Vec<Vec<(usize, AccessDecision)>>,
    /// Whether each can assume itself.
    itself: Vec<Option<AccessDecision>>,
    missing: Option<Missing>,
    assumes: Vec<String>,
}

/// The levels of a search, from what is sure to what is possible.
const LEVELS: [AccessDecision; 3] =
    [AccessDecision::Allowed, AccessDecision::Conditional, AccessDecision::Unknown];

/// The circle that a role is in.
pub(super) fn of(context: &Context, role: usize) -> Known<RoleCircle> {
    let graph = graph(context);
    for level in LEVELS {
        let Some(circle) = graph.circle(role, level) else { continue };
        let Some(access) = access(level) else { return Known::Unknown(graph.unread()) };
        let arns = circle.iter().filter_map(|&at| context.shared.roles.get(at));
        return sure(context, access).map(|access| RoleCircle {
            access,
            roles: arns.map(|role| role.arn.clone()).collect(),
            assumes: graph.assumes.clone(),
        });
    }
    sure(context, Access::No).map(|access| RoleCircle { access, roles: Vec::new(), assumes: Vec::new() })
}

/// Whether a role can assume itself.
pub(super) fn assumes_itself(context: &Context, role: usize) -> Known<Access> {
    let graph = graph(context);
    match graph.itself.get(role).copied().flatten().map(access) {
        None => Known::Known(Access::No),
        Some(Some(access)) => Known::Known(access),
        Some(None) => Known::Unknown(graph.unread()),
    }
}

fn access(decision: AccessDecision) -> Option<Access> {
    match decision {
        AccessDecision::Allowed => Some(Access::Yes),
        AccessDecision::Conditional => Some(Access::Conditional),
        _ => None,
    }
}

/// What roles that were not listed could make of it.
fn sure(context: &Context, access: Access) -> Known<Access> {
    match context.incomplete(RecordKind::Role).filter(|_| access != Access::Yes) {
        Some(missing) => Known::Unknown(missing),
        None => Known::Known(access),
    }
}

fn graph(context: &Context) -> &Graph {
    context.role_circles.0.get_or_init(|| Graph::new(context))
}

impl Graph {
    fn new(context: &Context) -> Self {
        let count = context.shared.roles.len();
        let is_administrator = |index: usize| {
            let administration = context.administration(Identity { kind: IdentityKind::Role, index });
            administration.known().copied().flatten().is_some_and(|one| one.access == Access::Yes)
        };
        let administrators: Vec<bool> = (0..count).map(is_administrator).collect();
        // Administrators can assume whom they like without going round.
        let found = between_roles(&context.shared, |role| administrators.get(role) == Some(&false));
        let mut graph = Self {
            next: vec![Vec::new(); count],
            itself: vec![None; count],
            missing: found.missing,
            assumes: found.assumes.iter().map(|one| one.name().to_owned()).collect(),
        };
        for edge in found.edges {
            if edge.by == edge.role {
                graph.itself.iter_mut().skip(edge.by).take(1).for_each(|own| *own = Some(edge.decision));
            } else if let Some(next) = graph.next.get_mut(edge.by) {
                next.push((edge.role, edge.decision));
            }
        }
        graph.prune();
        graph
    }

    /// Takes away who can be in no circle: whom nobody assumes or who assumes nobody, and then who is left so. What
    /// is searched is then small wherever circles are few.
    fn prune(&mut self) {
        let edges = self.next.iter().enumerate();
        let edges: Vec<(usize, usize)> =
            edges.flat_map(|(by, next)| next.iter().map(move |(role, _)| (by, *role))).collect();
        let backwards: Vec<(usize, usize)> = edges.iter().map(|&(by, role)| (role, by)).collect();
        let count = self.next.len();
        let (ends, starts) = (left_alone(count, &edges), left_alone(count, &backwards));
        let is_kept = |role: usize| ends.get(role) == Some(&false) && starts.get(role) == Some(&false);
        for (by, next) in self.next.iter_mut().enumerate() {
            next.retain(|(role, _)| is_kept(by) && is_kept(*role));
        }
    }

    fn unread(&self) -> Missing {
        self.missing.clone().unwrap_or_else(|| Missing::because(Evidence::Roles, Reason::Malformed))
    }

    /// The shortest circle through a role by what is at least this sure: the nearest role that leads back is found
    /// first.
    fn circle(&self, role: usize, level: AccessDecision) -> Option<Vec<usize>> {
        let mut before: Vec<Option<usize>> = vec![None; self.next.len()];
        let mut queue = VecDeque::from([role]);
        while let Some(at) = queue.pop_front() {
            let edges = self.next.get(at)?.iter().filter(|(_, decision)| *decision <= level);
            for &(next, _) in edges {
                if next == role {
                    return Some(way_back(&before, at));
                }
                if let Some(place @ None) = before.get_mut(next) {
                    *place = Some(at);
                    queue.push_back(next);
                }
            }
        }
        None
    }
}

/// Whether each node has no way that goes on for ever: its edges lead to nodes of which that is true.
fn left_alone(count: usize, edges: &[(usize, usize)]) -> Vec<bool> {
    let mut open = vec![0_usize; count];
    let mut leading_to: Vec<Vec<usize>> = vec![Vec::new(); count];
    for &(from, to) in edges {
        if let (Some(open), Some(leading)) = (open.get_mut(from), leading_to.get_mut(to)) {
            *open += 1;
            leading.push(from);
        }
    }
    let mut alone = vec![false; count];
    let mut ready: Vec<usize> = (0..count).filter(|&node| open.get(node) == Some(&0)).collect();
    while let Some(node) = ready.pop() {
        alone.iter_mut().skip(node).take(1).for_each(|one| *one = true);
        for &from in leading_to.get(node).into_iter().flatten() {
            let Some(left) = open.get_mut(from) else { continue };
            *left -= 1;
            if *left == 0 {
                ready.push(from);
            }
        }
    }
    alone
}

/// The way on which a role was reached, from its beginning.
fn way_back(before: &[Option<usize>], last: usize) -> Vec<usize> {
    let mut way = vec![last];
    let mut at = last;
    while let Some(previous) = before.get(at).copied().flatten() {
        way.push(previous);
        at = previous;
    }
    way.reverse();
    way
}
