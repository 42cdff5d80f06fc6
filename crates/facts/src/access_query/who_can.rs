//! Everybody who can do something to a resource, by itself or through roles.

use std::collections::BTreeMap;

use palisade_policy::document::PolicyDocument;
use palisade_policy::request::Action;
use palisade_snapshot::{RecordKind, Resource as Stored, Shared};

use super::callers::{Caller, Callers};
use super::chains::{Assuming, Way};
use super::judge::{Asking, Judgement, missing_answers};
use super::target::Target;
use super::{
    AccessDecision, AccessQueryError, CallerKind, NotCollected, PrincipalAccess, Question, Situation, Step,
    WhoCanAnswer, action, assumptions, outsiders,
};
use crate::context::incomplete;
use crate::organization::OrganizationPolicies;
use crate::{Missing, parallel};

const ASSUME: &str = "sts:AssumeRole";
const ASSUME_WITH_SAML: &str = "sts:AssumeRoleWithSAML";
const ASSUME_WITH_WEB_IDENTITY: &str = "sts:AssumeRoleWithWebIdentity";

/// The listings without which somebody may be missing.
const LISTINGS: [RecordKind; 4] = [RecordKind::User, RecordKind::Group, RecordKind::Role, RecordKind::Policy];

/// Who can do what the question names, as far as a snapshot tells; `records` are those that
/// [`Question::is_about`] finds among the resources.
///
/// # Errors
/// [`AccessQueryError`] never, as long as the question was read by [`Question::parse`].
pub fn who_can(
    shared: &Shared,
    question: &Question,
    records: &[Stored],
    situation: &Situation,
) -> Result<WhoCanAnswer, AccessQueryError> {
    let callers = Callers::new(shared, situation);
    let identities = callers.identities();
    let target = Target::new(shared, &question.action, question.resource.as_deref(), records);
    let assume = action(ASSUME)?;
    let search = Search {
        shared,
        question,
        situation,
        assuming: Assuming::new(shared, &assume, (&identities, shared.users.len()), situation),
        callers: &callers,
        identities: &identities,
        target: &target,
    };
    let direct = parallel::map(&identities, |caller| search.asking(caller).rank());
    let (ways, chains_go_on) = search.assuming.ways(&direct);
    let mut principals: Vec<PrincipalAccess> = search.of_identities(&ways);
    principals.extend(search.of_outsiders(&ways)?);
    principals.sort_by(|one, other| {
        (one.decision, one.kind, &one.principal).cmp(&(other.decision, other.kind, &other.principal))
    });
    let others = target.depends_on_uncollected().then_some(NotCollected::ResourcePolicyNotCollected);
    let missing = LISTINGS.iter().filter_map(|&kind| incomplete(shared, kind));
    let missing = missing.chain(target.all_missing()).chain(search.unread_trusts(&ways));
    let missing = missing.reduce(|one, other| one.and(&other));
    Ok(WhoCanAnswer {
        format: "palisade-who-can/1",
        account: shared.header.account_id.clone(),
        taken_at: shared.header.taken_at.to_string(),
        action: question.action_name.clone(),
        resource: target.arn.clone(),
        assumes: search.assumes(&principals),
        principals,
        chains_go_on,
        others_depend_on: others.into_iter().collect(),
        unknown_because: missing.as_ref().map(missing_answers).unwrap_or_default(),
        not_considered: target.not_considered.clone(),
    })
}

/// A question before everybody.
struct Search<'a> {
    shared: &'a Shared,
    question: &'a Question,
    situation: &'a Situation,
    callers: &'a Callers<'a>,
    /// The users and then the roles.
    identities: &'a [Caller],
    assuming: Assuming<'a>,
    target: &'a Target<'a>,
}

/// Somebody from outside with the first step he takes.
struct Entrance {
    caller: Caller,
    decision: AccessDecision,
    /// The role that lets him in, and by which action; none for the resource itself.
    role: Option<(usize, &'static str)>,
    length: usize,
}

impl Search<'_> {
    fn asking<'q>(&'q self, caller: &'q Caller) -> Asking<'q> {
        self.before(caller, &self.question.action, self.target)
    }

    fn before<'q>(&'q self, caller: &'q Caller, action: &'q Action, target: &'q Target<'q>) -> Asking<'q> {
        let account = self.shared.header.account_id.as_str();
        Asking { caller, action, target, situation: self.situation, account }
    }

    fn of_identities(&self, ways: &[Option<Way>]) -> Vec<PrincipalAccess> {
        let reached = self.identities.iter().zip(ways).enumerate();
        let reached = reached.filter_map(|(index, (caller, way))| Some((index, caller, (*way)?)));
        reached
            .map(|(index, caller, way)| {
                let steps = self.steps(index, ways);
                let last = self.last_of(index, ways);
                self.access(caller, way.decision, steps, self.asking(last.unwrap_or(caller)).judge())
            })
            .collect()
    }

    /// The steps from one of the identities to the role that needs no other.
    fn steps(&self, from: usize, ways: &[Option<Way>]) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut at = from;
        while let Some(next) = next_of(at, ways) {
            if let Some(target) = self.assuming.trust(next)
                && let Some(asking) = self.assuming.asking(at, target)
            {
                steps.push(step(ASSUME, target, asking.judge()));
            }
            at = next;
        }
        steps
    }

    /// The role or user at the end of the way.
    fn last_of(&self, from: usize, ways: &[Option<Way>]) -> Option<&Caller> {
        let mut at = from;
        while let Some(next) = next_of(at, ways) {
            at = next;
        }
        self.identities.get(at)
    }

    fn access(
        &self,
        caller: &Caller,
        decision: AccessDecision,
        via: Vec<Step>,
        last: Judgement,
    ) -> PrincipalAccess {
        PrincipalAccess {
            principal: caller.name.clone(),
            kind: caller.kind,
            decision,
            via,
            because: last.because,
            residual: last.residual,
            unknown_because: last.unknown_because,
        }
    }

    /// The account's root user, and those whom the policy of the resource or of a role on the way names.
    fn of_outsiders(&self, ways: &[Option<Way>]) -> Result<Vec<PrincipalAccess>, AccessQueryError> {
        let mut best: BTreeMap<(CallerKind, String), Entrance> = BTreeMap::new();
        let mut offer = |entrance: Entrance| {
            let key = (entrance.caller.kind, entrance.caller.name.clone());
            let rank = |one: &Entrance| (one.decision, one.length, one.role.map(|(role, _)| role));
            match best.get(&key) {
                Some(known) if rank(known) <= rank(&entrance) => {}
                _ => drop(best.insert(key, entrance)),
            }
        };
        let named = self.target.documents.iter().flat_map(|policy| self.named_by(policy));
        for caller in named.chain([self.callers.root()]) {
            if let Some(decision) = self.asking(&caller).rank() {
                offer(Entrance { caller, decision, role: None, length: 0 });
            }
        }
        for (role, way) in ways.iter().enumerate() {
            let Some(way) = way else { continue };
            for entrance in self.entrances(role, *way)? {
                offer(entrance);
            }
        }
        best.into_values().map(|entrance| self.of_outsider(entrance, ways)).collect()
    }

    /// What could not be read of the trust policies on the way, which may name somebody.
    fn unread_trusts<'w>(&'w self, ways: &'w [Option<Way>]) -> impl Iterator<Item = Missing> + 'w {
        let reached = ways.iter().enumerate().filter(|(_, way)| way.is_some());
        reached.filter_map(|(role, _)| self.assuming.trust(role)?.missing.clone())
    }

    fn named_by(&self, policy: &PolicyDocument) -> Vec<Caller> {
        outsiders::named_by(policy, self.callers, &self.shared.header.account_id)
    }

    /// Those from outside who can assume a role.
    fn entrances(&self, role: usize, way: Way) -> Result<Vec<Entrance>, AccessQueryError> {
        let Some(target) = self.assuming.trust(role) else { return Ok(Vec::new()) };
        let Some(policy) = target.documents.first() else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for caller in self.named_by(policy) {
            let Some(name) = assumes_by(&caller) else { continue };
            let Some(decision) = self.before(&caller, &action(name)?, target).rank() else { continue };
            let decision = decision.max(way.decision);
            found.push(Entrance { caller, decision, role: Some((role, name)), length: way.length + 1 });
        }
        Ok(found)
    }

    fn of_outsider(
        &self,
        entrance: Entrance,
        ways: &[Option<Way>],
    ) -> Result<PrincipalAccess, AccessQueryError> {
        let Entrance { caller, decision, role, .. } = entrance;
        let Some((role, name)) = role else {
            return Ok(self.access(&caller, decision, Vec::new(), self.asking(&caller).judge()));
        };
        let by = action(name)?;
        let first = self.assuming.trust(role);
        let first = first.map(|target| step(name, target, self.before(&caller, &by, target).judge()));
        let steps = first.into_iter().chain(self.steps(role, ways)).collect();
        let last = self.last_of(role, ways).unwrap_or(&caller);
        Ok(self.access(&caller, decision, steps, self.asking(last).judge()))
    }

    fn assumes(&self, principals: &[PrincipalAccess]) -> Vec<super::Assumption> {
        let identities = principals.iter().any(|one| {
            !one.via.is_empty()
                || !matches!(
                    one.kind,
                    CallerKind::Service
                        | CallerKind::Federated
                        | CallerKind::CanonicalUser
                        | CallerKind::Anonymous
                )
        });
        let through_roles = principals.iter().any(|one| !one.via.is_empty());
        let services = [self.question.action.service()];
        let services = services.into_iter().chain(through_roles.then_some("sts"));
        let organization = OrganizationPolicies::of(self.shared);
        let services = services.filter(|_| !principals.is_empty());
        assumptions(&organization, self.situation, identities, services)
    }
}

fn next_of(at: usize, ways: &[Option<Way>]) -> Option<usize> {
    ways.get(at).copied().flatten()?.next
}

fn step(action: &'static str, role: &Target<'_>, judged: Judgement) -> Step {
    Step {
        action,
        role: role.arn.clone(),
        decision: judged.decision,
        because: judged.because,
        residual: judged.residual,
        unknown_because: judged.unknown_because,
    }
}

/// The action by which somebody from outside assumes a role; none for those who cannot.
fn assumes_by(caller: &Caller) -> Option<&'static str> {
    match caller.kind {
        CallerKind::Anonymous | CallerKind::CanonicalUser => None,
        CallerKind::Federated if caller.name.contains(":saml-provider/") => Some(ASSUME_WITH_SAML),
        CallerKind::Federated => Some(ASSUME_WITH_WEB_IDENTITY),
        _ => Some(ASSUME),
    }
}
