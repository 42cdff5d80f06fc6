//! Through which roles users and roles get at what a role can do.
//!
//! The search goes backwards: from those who can by themselves to those who can assume them, and so on. It is
//! run for what is allowed, then for what is conditional, then for what is unknown, so that everybody is
//! reached once, by the best way there is.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::OnceLock;

use palisade_policy::arn::is_account_id;
use palisade_policy::document::{Effect, PolicyDocument, PrincipalKind, Principals};
use palisade_policy::policies::PolicySet;
use palisade_policy::request::Action;
use palisade_snapshot::Shared;

use super::callers::Caller;
use super::judge::Asking;
use super::permits::Permits;
use super::target::Target;
use super::{AccessDecision, Situation};
use crate::organization::OrganizationPolicies;

/// In the order in which the search looks for them.
const LEVELS: [AccessDecision; 3] =
    [AccessDecision::Allowed, AccessDecision::Conditional, AccessDecision::Unknown];

/// The most roles of a way: longer ones would make the answer grow with the square of the account.
pub(super) const LONGEST_CHAIN: usize = 32;

/// How somebody gets there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Way {
    pub(super) decision: AccessDecision,
    /// How many roles are assumed.
    pub(super) length: usize,
    /// The next role to assume, by its place among the callers.
    pub(super) next: Option<usize>,
}

/// Users and roles with what lets them assume roles.
pub(super) struct Assuming<'a> {
    shared: &'a Shared,
    action: &'a Action,
    callers: &'a [Caller],
    /// How many of these stand before the roles.
    before_roles: usize,
    situation: &'a Situation,
    by_arn: BTreeMap<&'a str, usize>,
    permits: Permits,
    /// The roles as what is assumed, each read when first needed.
    trusts: Vec<OnceLock<Target<'a>>>,
    /// The resource control policies that limit access to them.
    rcps: Vec<PolicySet>,
}

impl<'a> Assuming<'a> {
    /// `callers` are users of the snapshot, so many of them, and then its roles; one of both may be left out.
    pub(super) fn new(
        shared: &'a Shared,
        action: &'a Action,
        (callers, before_roles): (&'a [Caller], usize),
        situation: &'a Situation,
    ) -> Self {
        let by_arn = callers.iter().enumerate().map(|(index, caller)| (caller.name.as_str(), index));
        Self {
            shared,
            action,
            callers,
            before_roles,
            situation,
            by_arn: by_arn.collect(),
            permits: Permits::new(&shared.header, callers, action),
            rcps: OrganizationPolicies::of(shared).rcps.sets(),
            trusts: shared.roles.iter().map(|_| OnceLock::new()).collect(),
        }
    }

    /// The best way of everybody, from what each can do by itself, and whether ways go on beyond
    /// [`LONGEST_CHAIN`].
    pub(super) fn ways(&self, direct: &[Option<AccessDecision>]) -> (Vec<Option<Way>>, bool) {
        let mut goes_on = false;
        let mut ways: Vec<Option<Way>> = vec![None; self.callers.len()];
        let mut assumers: BTreeMap<usize, Vec<(usize, AccessDecision)>> = BTreeMap::new();
        for level in LEVELS {
            for (way, decision) in ways.iter_mut().zip(direct) {
                if way.is_none() && *decision == Some(level) {
                    *way = Some(Way { decision: level, length: 0, next: None });
                }
            }
            let mut queue: VecDeque<(usize, usize)> = self.reached_roles(&ways).into();
            while let Some((length, role)) = queue.pop_front() {
                let edges = assumers.entry(role).or_insert_with(|| self.assumers_of(role, &ways));
                for &(caller, _) in edges.iter().filter(|(_, edge)| *edge <= level) {
                    let Some(way @ None) = ways.get_mut(caller) else { continue };
                    if length == LONGEST_CHAIN {
                        goes_on = true;
                        continue;
                    }
                    *way = Some(Way { decision: level, length: length + 1, next: Some(role) });
                    if self.role(caller).is_some() {
                        queue.push_back((length + 1, caller));
                    }
                }
            }
        }
        (ways, goes_on)
    }

    /// The roles that are reached, nearest first.
    fn reached_roles(&self, ways: &[Option<Way>]) -> Vec<(usize, usize)> {
        let reached = ways.iter().enumerate().filter(|(index, _)| self.role(*index).is_some());
        let mut roles: Vec<_> =
            reached.filter_map(|(index, way)| Some((way.as_ref()?.length, index))).collect();
        roles.sort_unstable();
        roles
    }

    /// Who can assume a role, of those who have no way yet.
    fn assumers_of(&self, role: usize, ways: &[Option<Way>]) -> Vec<(usize, AccessDecision)> {
        let Some(target) = self.trust(role) else { return Vec::new() };
        let has_way = |caller: &usize| ways.get(*caller).is_some_and(Option::is_some);
        let candidates = self.candidates(target);
        let open = candidates.into_iter().filter(|caller| !has_way(caller));
        open.filter_map(|caller| Some((caller, self.asking(caller, target)?.rank()?))).collect()
    }

    /// Somebody before a role.
    pub(super) fn asking<'q>(&'q self, caller: usize, target: &'q Target<'q>) -> Option<Asking<'q>> {
        let account = self.shared.header.account_id.as_str();
        let caller = self.callers.get(caller)?;
        Some(Asking { caller, action: self.action, target, situation: self.situation, account })
    }

    /// The place of a caller among the roles, if it is one.
    fn role(&self, caller: usize) -> Option<usize> {
        caller.checked_sub(self.before_roles)
    }

    /// A caller as what is assumed, if it is a role.
    pub(super) fn trust(&self, caller: usize) -> Option<&Target<'a>> {
        self.trust_of(self.role(caller)?)
    }

    /// A role, by its place among the roles, as what is assumed.
    pub(super) fn trust_of(&self, index: usize) -> Option<&Target<'a>> {
        let role = self.shared.roles.get(index)?;
        Some(self.trusts.get(index)?.get_or_init(|| Target::trust(self.shared, role, &self.rcps)))
    }

    /// Those who may be let in by a role's trust policy: those whom it names, and, where it names the account,
    /// those whose own policies may permit it.
    pub(super) fn candidates(&self, target: &Target<'_>) -> Vec<usize> {
        let mut named = BTreeSet::new();
        let Some(policy) = target.documents.first() else {
            named.extend(self.permits.for_role(&target.resource));
            return named.into_iter().collect();
        };
        for name in trusted(policy) {
            match name {
                Trusted::Everybody => return (0..self.callers.len()).collect(),
                Trusted::Account(account) if account == self.shared.header.account_id => {
                    named.extend(self.permits.for_role(&target.resource));
                }
                Trusted::Account(_) => {}
                Trusted::Arn(arn) => named.extend(self.by_arn.get(arn)),
            }
        }
        named.into_iter().collect()
    }
}

/// Whom a statement names, as far as it can be a user or role.
enum Trusted<'p> {
    Everybody,
    Account(&'p str),
    Arn(&'p str),
}

fn trusted(policy: &PolicyDocument) -> impl Iterator<Item = Trusted<'_>> {
    let allowing = policy.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    allowing.filter_map(|statement| statement.principals.as_ref()).flat_map(|element| {
        let Principals::ByKind(kinds) = &element.principals else { return vec![Trusted::Everybody] };
        if element.negated {
            return vec![Trusted::Everybody];
        }
        let aws = kinds.iter().filter(|(kind, _)| *kind == PrincipalKind::Aws);
        aws.flat_map(|(_, values)| values.items.iter().map(|value| by_name(value))).collect()
    })
}

fn by_name(value: &str) -> Trusted<'_> {
    let root = value.strip_suffix(":root").and_then(|start| start.rsplit(':').next());
    match root {
        _ if is_account_id(value) => Trusted::Account(value),
        Some(account) => Trusted::Account(account),
        None if value.starts_with("arn:") => Trusted::Arn(value),
        // `*`, or a unique id, which the context of a principal tells.
        None => Trusted::Everybody,
    }
}
