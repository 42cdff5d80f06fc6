//! Who of an account can assume which of its roles, and what MFA has to do with it.

use std::collections::BTreeMap;

use palisade_policy::evaluate::{Decision, decide, explain};
use palisade_policy::policies::{Policies, PolicySet, PrincipalPolicies, ResourcePolicies};
use palisade_policy::request::{Action, Request};
use palisade_snapshot::Shared;

use super::alike::{Alike, is_impersonal};
use super::callers::{Caller, Callers};
use super::chains::Assuming;
use super::judge::{Asking, Judgement};
use super::target::Target;
use super::{AccessDecision, Assumption, Because, Residual, Situation, assumptions, unread};
use crate::organization::OrganizationPolicies;
use crate::{Missing, parallel};

const ASSUME: &str = "sts:AssumeRole";
/// The keys that tell about MFA ("AWS global condition context keys").
const MFA: [&str; 2] = ["aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"];

/// Which roles can assume which, by their places among the roles of the snapshot.
#[derive(Debug, Default)]
pub(crate) struct RoleEdges {
    /// Of each role that takes part, those that can assume it.
    pub(crate) assumed_by: Vec<(usize, Assumers)>,
    /// What could not be read of those whose decision is unknown.
    pub(crate) missing: Option<Missing>,
    pub(crate) assumes: Vec<Assumption>,
}

/// Roles, each with whether it can.
type Assumers = Vec<(usize, AccessDecision)>;

/// Which roles of the account can assume which of those that take part, each itself included. Conditions that the
/// caller chooses, such as `sts:ExternalId`, count as met.
pub(crate) fn between_roles(shared: &Shared, takes_part: impl Fn(usize) -> bool + Sync) -> RoleEdges {
    let mut found = RoleEdges::default();
    let callers = Callers::new(shared, &Situation::default()).roles();
    ask(shared, (&callers, 0), |asked| {
        let roles: Vec<usize> = (0..shared.roles.len()).filter(|&role| takes_part(role)).collect();
        let before = |&role: &usize| asked.roles_before(role, &takes_part);
        for (role, (assumers, missing)) in roles.iter().zip(parallel::map(&roles, before)) {
            found.assumed_by.push((*role, assumers));
            found.missing = Missing::either(found.missing.take(), missing);
        }
        found.assumes.clone_from(&asked.assumes);
    });
    found
}

fn is_chosen(residual: &Residual) -> bool {
    matches!(residual, Residual::Condition { chosen_by_caller: true, .. })
}

/// What keeps somebody who has not used MFA from assuming a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MfaRequiredBy {
    /// Nothing.
    Nobody,
    /// The policies of whoever assumes: a condition of what allows it, or a deny.
    IdentityPolicies,
    /// The trust policy of the role.
    TrustPolicy,
    /// Either.
    Both,
}

/// Users who can assume a role once they have used MFA.
#[derive(Debug, Clone)]
pub(crate) struct UsersAssume {
    /// The places of the users in the snapshot, in order.
    pub(crate) users: Vec<usize>,
    /// The place of the role.
    pub(crate) role: usize,
    /// The identity policies that allow it, each with what asks for MFA where it does.
    pub(crate) policies: Vec<(String, MfaRequiredBy)>,
    /// What could not be read, where that decides.
    pub(crate) missing: Option<Missing>,
}

/// Which of these users can assume which roles of the account, and what of it takes MFA.
pub(crate) fn by_users(shared: &Shared, users: &[usize]) -> (Vec<UsersAssume>, Vec<Assumption>) {
    let mut found = Vec::new();
    let mut assumes = Vec::new();
    let callers = Callers::new(shared, &Situation::default()).users();
    ask(shared, (&callers, callers.len()), |asked| {
        let roles: Vec<usize> = (0..shared.roles.len()).collect();
        let candidates = parallel::map(&roles, |&role| asked.users_let_in(users, role));
        let alike = Alike::new(asked.identities, users, asked.action);
        // Whoever stands for others is asked for all of them.
        let mut open: BTreeMap<usize, BTreeMap<usize, Vec<usize>>> = BTreeMap::new();
        for (role, (candidates, is_impersonal)) in candidates.into_iter().enumerate() {
            for user in candidates {
                let asks = alike.for_user(user).filter(|_| is_impersonal).unwrap_or(user);
                open.entry(asks).or_default().entry(role).or_default().push(user);
            }
        }
        let open: Vec<_> = open.into_iter().collect();
        let answers = parallel::map(&open, |(user, roles)| asked.user_before_all(*user, roles));
        found.extend(answers.into_iter().flatten());
        assumes.clone_from(&asked.assumes);
    });
    (found, assumes)
}

/// A user who has used MFA, and who has not.
struct SignedIn {
    with: Caller,
    /// An access key has no such key; a session that he gets for it says that it is false.
    without: [Caller; 2],
}

impl SignedIn {
    fn new(caller: &Caller) -> Self {
        let mut with = caller.clone();
        with.context.set("aws:MultiFactorAuthPresent", "true");
        let mut absent = caller.clone();
        MFA.iter().for_each(|key| absent.context.mark_absent(key));
        let mut refused = absent.clone();
        refused.context.set("aws:MultiFactorAuthPresent", "false");
        Self { with, without: [absent, refused] }
    }
}

/// Everybody before every role.
struct Asked<'a> {
    identities: &'a [Caller],
    assuming: Assuming<'a>,
    action: &'a Action,
    situation: &'a Situation,
    account: &'a str,
    /// What stands for a trust policy that leaves all to the account.
    delegating: ResourcePolicies,
    assumes: Vec<Assumption>,
}

/// `identities` are the users or the roles of the snapshot, with how many stand before the roles.
fn ask(shared: &Shared, identities: (&[Caller], usize), questions: impl FnOnce(&Asked<'_>)) {
    let situation = Situation::default();
    let Some(action) = Action::parse(ASSUME) else { return };
    let organization = OrganizationPolicies::of(shared);
    questions(&Asked {
        identities: identities.0,
        assuming: Assuming::new(shared, &action, identities, &situation),
        action: &action,
        situation: &situation,
        account: &shared.header.account_id,
        delegating: ResourcePolicies {
            policy: Some(unread::delegating(&shared.header.account_id)),
            ..ResourcePolicies::default()
        },
        assumes: assumptions(&organization, &situation, true, ["sts"].into_iter()),
    });
}

impl Asked<'_> {
    /// The roles that take part and can assume a role, and what could not be read of those whose decision is unknown.
    fn roles_before(&self, role: usize, takes_part: &impl Fn(usize) -> bool) -> (Assumers, Option<Missing>) {
        let (mut assumers, mut missing) = (Vec::new(), None);
        let Some(target) = self.assuming.trust_of(role) else { return (assumers, missing) };
        for by in self.assuming.candidates(target).into_iter().filter(|&by| takes_part(by)) {
            let Some(asking) = self.assuming.asking(by, target) else { continue };
            let Some(mut decision) = asking.rank() else { continue };
            if decision == AccessDecision::Conditional && asking.judge().residual.iter().all(is_chosen) {
                decision = AccessDecision::Allowed;
            }
            if decision == AccessDecision::Unknown {
                missing = Missing::either(missing, asking.missing());
            }
            assumers.push((by, decision));
        }
        assumers.shrink_to_fit();
        (assumers, missing)
    }

    /// Those of some users whom a role may let in, and whether the role tells no user apart.
    fn users_let_in(&self, users: &[usize], role: usize) -> (Vec<usize>, bool) {
        let Some(target) = self.assuming.trust_of(role) else { return (Vec::new(), true) };
        let mut candidates = self.assuming.candidates(target);
        candidates.retain(|user| users.binary_search(user).is_ok());
        (candidates, is_impersonal(target, self.action))
    }

    /// A user before roles, each with those for whom he stands there.
    fn user_before_all(&self, user: usize, roles: &BTreeMap<usize, Vec<usize>>) -> Vec<UsersAssume> {
        let Some(caller) = self.identities.get(user) else { return Vec::new() };
        let caller = SignedIn::new(caller);
        let answer = |(&role, users): (&usize, &Vec<usize>)| {
            let target = self.assuming.trust_of(role)?;
            self.user_before(users, &caller, role, target)
        };
        roles.iter().filter_map(answer).collect()
    }

    /// A user before a role: what allows him to assume it after he has used MFA, and what without.
    fn user_before(
        &self,
        users: &[usize],
        caller: &SignedIn,
        role: usize,
        target: &Target<'_>,
    ) -> Option<UsersAssume> {
        let with = self.possible(&caller.with, target)?;
        let without: Vec<Judgement> =
            caller.without.iter().filter_map(|caller| self.possible(caller, target)).collect();
        let is_possible = !without.is_empty();
        let mut allowing_without: Vec<&str> = Vec::new();
        without.iter().for_each(|one| allowing_without.extend(allowing(one)));
        let mut refusing = None;
        let mut policies: Vec<(String, MfaRequiredBy)> = Vec::new();
        for policy in allowing(&with) {
            if policies.iter().any(|(known, _)| known == policy) {
                continue;
            }
            let by = if allowing_without.contains(&policy) {
                MfaRequiredBy::Nobody
            } else if is_possible {
                MfaRequiredBy::IdentityPolicies
            } else {
                *refusing.get_or_insert_with(|| self.refusing(&caller.without, target))
            };
            policies.push((policy.to_owned(), by));
        }
        let mut answers = without.iter().chain([&with]);
        let is_unknown = answers.any(|one| one.decision == AccessDecision::Unknown);
        let missing = Missing::either(caller.with.held.missing.clone(), target.missing.clone());
        Some(UsersAssume { users: users.to_vec(), role, policies, missing: missing.filter(|_| is_unknown) })
    }

    /// The decision, if it leaves somebody a chance. Where nothing is unread the quick answer settles most.
    fn possible(&self, caller: &Caller, target: &Target<'_>) -> Option<Judgement> {
        let asking = self.asking(caller, target);
        if caller.held.missing.is_none() && target.missing.is_none() {
            asking.rank()?;
        }
        Some(asking.judge()).filter(|one| one.decision.is_possible())
    }

    /// Which side refuses somebody without MFA.
    fn refusing(&self, callers: &[Caller; 2], target: &Target<'_>) -> MfaRequiredBy {
        let everything = PrincipalPolicies {
            identity: PolicySet::new(vec![unread::allowing()]),
            ..PrincipalPolicies::default()
        };
        let passes = |caller: &Caller, own: &PrincipalPolicies, side: &ResourcePolicies| {
            let mut context = caller.context.clone();
            target.imply(&mut context, self.action.service(), self.situation);
            let request = Request {
                principal: &caller.principal,
                action: self.action,
                resource: &target.resource,
                context: &context,
            };
            let policies = Policies { principal: own, resource: side, management_account: None };
            match decide(request, policies) {
                Decision::Allowed => true,
                Decision::Conditional => explain(request, policies).can_be_allowed,
                Decision::ExplicitlyDenied | Decision::ImplicitlyDenied => false,
            }
        };
        let by_identity = callers.iter().any(|one| passes(one, &one.held.policies, &self.delegating));
        let by_trust = callers.iter().any(|one| passes(one, &everything, &target.side));
        match (by_identity, by_trust) {
            (false, true) => MfaRequiredBy::IdentityPolicies,
            (true, false) => MfaRequiredBy::TrustPolicy,
            // Neither alone: one refuses those without the key, the other those who say no.
            (false, false) | (true, true) => MfaRequiredBy::Both,
        }
    }

    fn asking<'q>(&'q self, caller: &'q Caller, target: &'q Target<'q>) -> Asking<'q> {
        Asking { caller, action: self.action, target, situation: self.situation, account: self.account }
    }
}

/// The identity policies of which a statement allows.
fn allowing(judged: &Judgement) -> impl Iterator<Item = &str> {
    judged.because.iter().filter_map(|because| match because {
        Because::Statement { place, .. } if place.effect == "Allow" && place.kind == "identity_policy" => {
            Some(place.policy.as_str())
        }
        _ => None,
    })
}
