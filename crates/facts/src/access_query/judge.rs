//! One principal, one action, one resource: the decision with its reasons.

use palisade_policy::context::Context;
use palisade_policy::document::Effect;
use palisade_policy::evaluate::{self, Decision, Explanation, Reason, StatementReference, decide, explain};
use palisade_policy::policies::{Policies, ResourcePolicies};
use palisade_policy::principal::PrincipalType;
use palisade_policy::public::takes_unsigned_requests;
use palisade_policy::request::{Action, Request};

use super::callers::Caller;
use super::target::Target;
use super::{
    AccessDecision, Because, MissingAnswer, NotCollected, Residual, Situation, StatementPlace, unread,
};
use crate::{Known, Missing, conditions};

const RESTRICTED: &str = "Block Public Access (RestrictPublicBuckets) keeps everybody outside the account from a bucket whose policy is public";

const UNSIGNED: &str = "the service takes signed requests only";

/// A decision with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judgement {
    pub(super) decision: AccessDecision,
    pub(super) because: Vec<Because>,
    pub(super) residual: Vec<Residual>,
    pub(super) unknown_because: Vec<MissingAnswer>,
}

impl Judgement {
    /// What two say who must both let a request pass.
    fn and(mut self, mut other: Self) -> Self {
        match (self.decision.is_possible(), other.decision.is_possible()) {
            (true, true) => {
                self.decision = self.decision.max(other.decision);
                self.because.append(&mut other.because);
                self.residual.append(&mut other.residual);
                self.unknown_because.append(&mut other.unknown_because);
                self.unknown_because.sort();
                self.unknown_because.dedup();
                self
            }
            (true, false) => other,
            (false, true) => self,
            (false, false) => {
                if other.decision < self.decision {
                    other
                } else {
                    self
                }
            }
        }
    }
}

/// The better of two; none where a request is refused.
fn best(one: Option<AccessDecision>, other: Option<AccessDecision>) -> Option<AccessDecision> {
    one.into_iter().chain(other).min()
}

/// A caller before a resource.
#[derive(Clone, Copy)]
pub(super) struct Asking<'q> {
    pub(super) caller: &'q Caller,
    pub(super) action: &'q Action,
    pub(super) target: &'q Target<'q>,
    pub(super) situation: &'q Situation,
    /// The account of the snapshot.
    pub(super) account: &'q str,
}

impl Asking<'_> {
    /// The decision alone, if what is known of the policies makes it possible: a policy that could not be read
    /// may let in anybody, which is no reason to name everybody.
    pub(super) fn rank(&self) -> Option<AccessDecision> {
        let own = self.rank_here()?;
        let Some(behind) = self.behind().map(|bucket| bucket.rank_here()).reduce(best) else {
            return Some(own);
        };
        Some(own.max(behind?))
    }

    fn rank_here(&self) -> Option<AccessDecision> {
        let side = self.target.delegating.as_ref().unwrap_or(self.side());
        // The caller's context leaves the tags of the resource open: what it decides, they do not change.
        let mut decision = Decision::Conditional;
        if self.target.is_own && self.target.implied.is_empty() {
            decision = decide(self.request(&self.caller.context), self.policies(side));
        }
        let is_possible = match decision {
            Decision::Allowed => true,
            Decision::Conditional => {
                let explanation = self.explain(side);
                decision = explanation.decision;
                explanation.can_be_allowed
            }
            Decision::ExplicitlyDenied | Decision::ImplicitlyDenied => false,
        };
        if !is_possible || self.refusal().is_some() {
            return None;
        }
        Some(self.grade(decision))
    }

    /// The decision with its reasons: of an access point, and of the bucket behind it that lets the caller most.
    pub(super) fn judge(&self) -> Judgement {
        let own = self.judge_here();
        let behind = self.behind().map(|bucket| bucket.judge_here()).min_by_key(|bucket| bucket.decision);
        match behind {
            Some(behind) => own.and(behind),
            None => own,
        }
    }

    /// The same caller before the buckets behind an access point.
    fn behind(&self) -> impl Iterator<Item = Asking<'_>> {
        self.target.behind.iter().map(|target| Asking { target, ..*self })
    }

    fn judge_here(&self) -> Judgement {
        let explanation = self.explain(self.side());
        let possible = explanation.can_be_allowed;
        if let Some(rule) = self.refusal().filter(|_| possible) {
            return Judgement {
                decision: AccessDecision::ImplicitlyDenied,
                because: vec![Because::Rule { reason: rule.to_owned() }],
                residual: Vec::new(),
                unknown_because: Vec::new(),
            };
        }
        let decision = match explanation.decision {
            Decision::ExplicitlyDenied => AccessDecision::ExplicitlyDenied,
            Decision::Allowed | Decision::Conditional if possible => self.grade(explanation.decision),
            _ => AccessDecision::ImplicitlyDenied,
        };
        self.told(decision, &explanation)
    }

    fn told(&self, decision: AccessDecision, explanation: &Explanation) -> Judgement {
        let is_open = matches!(decision, AccessDecision::Conditional | AccessDecision::Unknown);
        let mut residual: Vec<Residual> = Vec::new();
        if is_open {
            residual.extend(self.not_collected().map(|reason| Residual::NotCollected { reason }));
            residual.extend(explanation.residual.iter().map(hanging));
        }
        let missing = if decision == AccessDecision::Unknown { self.missing() } else { None };
        Judgement {
            decision,
            because: explanation.because.iter().filter_map(because).collect(),
            residual,
            unknown_because: missing.as_ref().map(missing_answers).unwrap_or_default(),
        }
    }

    /// What a decision that policies make possible is worth, with what is not known of them.
    fn grade(&self, decision: Decision) -> AccessDecision {
        let is_sure = decision == Decision::Allowed;
        let missing = self.missing();
        if missing.is_none() && self.not_collected().next().is_none() {
            return if is_sure { AccessDecision::Allowed } else { AccessDecision::Conditional };
        }
        if is_sure && decide(self.request(&self.caller.context), unread::denying()) == Decision::Allowed {
            return AccessDecision::Allowed;
        }
        if missing.is_some() { AccessDecision::Unknown } else { AccessDecision::Conditional }
    }

    pub(super) fn missing(&self) -> Option<Missing> {
        let unread = Missing::either(self.caller.held.missing.clone(), self.target.missing.clone());
        match self.is_restricted() {
            Known::Unknown(missing) => Missing::either(unread, Some(missing)),
            Known::Known(_) => unread,
        }
    }

    fn not_collected(&self) -> impl Iterator<Item = NotCollected> {
        let resource = self.target.is_uncollected.then_some(NotCollected::ResourcePolicyNotCollected);
        let identity = self.caller.is_uncollected.then_some(NotCollected::IdentityPoliciesNotCollected);
        resource.into_iter().chain(identity)
    }

    /// The policies on the resource's side, as this caller meets them.
    fn side(&self) -> &ResourcePolicies {
        let unsigned = self.target.unsigned.as_ref().filter(|_| self.is_anonymous());
        unsigned.unwrap_or(&self.target.side)
    }

    fn is_anonymous(&self) -> bool {
        *self.caller.principal.kind() == PrincipalType::Anonymous
    }

    /// Whether the bucket's access control list alone lets the caller in: `RestrictPublicBuckets` leaves it alone.
    fn is_listed(&self) -> bool {
        let Some([signed, unsigned]) = &self.target.lists else { return false };
        let side = if self.is_anonymous() { unsigned } else { signed };
        self.explain(side).can_be_allowed
    }

    /// What keeps the caller out although the policies let him in.
    fn refusal(&self) -> Option<&'static str> {
        if self.is_anonymous() && !takes_unsigned_requests(self.action.service()) {
            Some(UNSIGNED)
        } else {
            (self.is_restricted() == Known::Known(true) && !self.is_listed()).then_some(RESTRICTED)
        }
    }

    /// Whether Block Public Access keeps the caller out.
    fn is_restricted(&self) -> Known<bool> {
        let principal = &self.caller.principal;
        let is_exempt =
            principal.account() == Some(self.account) || *principal.kind() == PrincipalType::Service;
        if is_exempt { Known::Known(false) } else { self.target.restricted.clone() }
    }

    fn explain(&self, side: &ResourcePolicies) -> Explanation {
        let mut context = self.caller.context.clone();
        self.target.imply(&mut context, self.action.service(), self.situation);
        explain(self.request(&context), self.policies(side))
    }

    fn request<'p>(&'p self, context: &'p Context) -> Request<'p> {
        Request {
            principal: &self.caller.principal,
            action: self.action,
            resource: &self.target.resource,
            context,
        }
    }

    fn policies<'p>(&'p self, resource: &'p ResourcePolicies) -> Policies<'p> {
        Policies { principal: &self.caller.held.policies, resource, management_account: None }
    }
}

/// The calls that are missing, as answers name them.
pub(super) fn missing_answers(missing: &Missing) -> Vec<MissingAnswer> {
    let calls = missing.calls().map(|call| MissingAnswer {
        operation: call.operation.clone(),
        iam_action: call.iam_action.clone(),
        reason: call.reason.name(),
    });
    calls.collect()
}

/// A reason; none where it is that of a policy which stands for one that was not read.
fn because(reason: &Reason) -> Option<Because> {
    Some(match reason {
        Reason::Statement { statement, is_conditional } => {
            Because::Statement { place: place(statement)?, conditional: *is_conditional }
        }
        Reason::NoAllow { layer, .. } => {
            Because::NoAllow { kind: layer.name(), reason: "no statement allows".to_owned() }
        }
        Reason::Malformed { statement, condition, message } => Because::Malformed {
            place: place(statement)?,
            condition: condition.clone(),
            reason: (*message).to_owned(),
        },
        Reason::Rule(rule) => Because::Rule { reason: (*rule).to_owned() },
    })
}

fn hanging(residual: &evaluate::Residual) -> Residual {
    match residual {
        evaluate::Residual::Condition { statement, pointer, operator, key, values } => Residual::Condition {
            place: named(statement),
            condition: pointer.clone(),
            operator: operator.clone(),
            key: key.clone(),
            values: values.clone(),
            chosen_by_caller: conditions::is_chosen_by_caller(key),
        },
        evaluate::Residual::Variable { statement } => Residual::Variable { place: named(statement) },
    }
}

fn place(statement: &StatementReference) -> Option<StatementPlace> {
    (statement.policy != unread::NAME).then(|| named(statement))
}

fn named(statement: &StatementReference) -> StatementPlace {
    StatementPlace {
        kind: statement.layer.name(),
        policy: statement.policy.clone(),
        statement: statement.statement,
        sid: statement.sid.clone(),
        path: statement.pointer.clone(),
        effect: match statement.effect {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        },
    }
}
