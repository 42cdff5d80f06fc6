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
        let mut before = vec![Vec::new(); count];
        for (role, assumers) in found.assumed_by {
            for (by, decision) in assumers {
                if by == role {
                    graph.itself.iter_mut().skip(by).take(1).for_each(|own| *own = Some(decision));
                } else if let Some((next, before)) = graph.next.get_mut(by).zip(before.get_mut(role)) {
                    next.push((role, decision));
                    before.push(by);
                }
            }
        }
        graph.prune(&before);
        graph
    }

    /// Takes away who can be in no circle: whom nobody assumes or who assumes nobody, and then who is left so. What
    /// is searched is then small wherever circles are few. `before` has for each those that can assume it.
    fn prune(&mut self, before: &[Vec<usize>]) {
        let next: Vec<Vec<usize>> =
            self.next.iter().map(|next| next.iter().map(|(role, _)| *role).collect()).collect();
        let (ends, starts) = (left_alone(&next, before), left_alone(before, &next));
        let is_kept = |role: usize| ends.get(role) == Some(&false) && starts.get(role) == Some(&false);
        for (by, next) in self.next.iter_mut().enumerate() {
            next.retain(|(role, _)| is_kept(by) && is_kept(*role));
            next.shrink_to_fit();
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

/// Whether each node has no way that goes on for ever: its edges lead to nodes of which that is true. Of each node,
/// `next` has those that its edges lead to, `before` those whose edges lead to it.
fn left_alone(next: &[Vec<usize>], before: &[Vec<usize>]) -> Vec<bool> {
    let mut open: Vec<usize> = next.iter().map(Vec::len).collect();
    let mut alone = vec![false; next.len()];
    let mut ready: Vec<usize> = (0..next.len()).filter(|&node| open.get(node) == Some(&0)).collect();
    while let Some(node) = ready.pop() {
        alone.iter_mut().skip(node).take(1).for_each(|one| *one = true);
        for &from in before.get(node).into_iter().flatten() {
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
