//! The decision ("Policy evaluation logic"): explicit denies, RCPs, SCPs, resource policy, identity policies,
//! permissions boundary, session policy; in one account and across two.

mod answer;
mod observer;
mod service_rules;
mod statements;

pub use answer::{Decision, Explanation, Layer, Reason, Residual, StatementReference};

use crate::compiled::Named;
use crate::policies::{Policies, PolicySet};
use crate::principal::PrincipalType;
use crate::request::Request;
use crate::truth::Truth;
use observer::{Observer, Silent, Trace};
use service_rules::Ruling;
use statements::{Question, Verdict};

/// Decides a request. See [`explain`] for the reasons.
#[must_use]
pub fn decide(request: Request<'_>, policies: Policies<'_>) -> Decision {
    match service_rules::ruling(request) {
        Some(Ruling { decision, .. }) => decision,
        None => weigh(request, policies, &mut Silent).decision(),
    }
}

/// Decides a request and names the statements and rules behind the decision.
#[must_use]
pub fn explain(request: Request<'_>, policies: Policies<'_>) -> Explanation {
    if let Some(Ruling { decision, rule }) = service_rules::ruling(request) {
        return Explanation::by_rule(decision, rule);
    }
    let mut trace = Trace::default();
    let outcome = weigh(request, policies, &mut trace);
    trace.explain(outcome.decision(), outcome.allowed.is_possible() && outcome.denied != Truth::True)
}

/// What the policies come to: whether one denies, and whether all needed allow.
#[derive(Debug, Clone, Copy)]
struct Outcome {
    denied: Truth,
    allowed: Truth,
}

impl Outcome {
    fn decision(self) -> Decision {
        match (self.denied, self.allowed) {
            (Truth::True, _) => Decision::ExplicitlyDenied,
            (Truth::False, Truth::True) => Decision::Allowed,
            (Truth::False, Truth::False) => Decision::ImplicitlyDenied,
            (Truth::Unknown, _) | (Truth::False, Truth::Unknown) => Decision::Conditional,
        }
    }
}

fn weigh<'a, O: Observer<'a>>(request: Request<'a>, policies: Policies<'a>, observer: &mut O) -> Outcome {
    let principal_side = policies.principal;
    let resource_side = policies.resource;
    let is_identity = request.principal.is_identity();
    let root = *request.principal.kind() == PrincipalType::Root;
    // Boundaries are for users and roles ("Permissions boundaries for IAM entities").
    let boundaries = if root { &[][..] } else { &principal_side.boundaries };
    let has_boundary = is_identity && !boundaries.is_empty();
    let question = Question { request, has_boundary };
    let mut weighing = Weighing { question, observer, denied: Truth::False };

    let scps = weighing.all(Layer::ServiceControl, scps_that_apply(request, policies));
    let rcps = weighing.all(Layer::ResourceControl, rcps_that_apply(request, policies));
    let endpoint = weighing.optional(Layer::VpcEndpoint, resource_side.vpc_endpoint.as_ref());
    let grant = match &resource_side.policy {
        Some(policy) => weighing.set(Layer::Resource, policy),
        None => Named::NOT,
    };
    let granted = if is_identity {
        if root {
            weighing.observer.rule(Decision::Allowed, "the root user has full access");
        }
        let identity = weighing.set(Layer::Identity, &principal_side.identity).at_all().or(root.into());
        let boundary = weighing.all(Layer::Boundary, boundaries);
        let session = weighing.optional(Layer::Session, principal_side.session.as_ref());
        weighing.combine(identity, boundary.and(session), grant)
    } else {
        if resource_side.policy.is_none() {
            weighing.observer.rule(Decision::ImplicitlyDenied, "no resource policy lets this principal in");
        }
        grant.at_all()
    };
    Outcome { denied: weighing.denied, allowed: granted.and(scps).and(rcps).and(endpoint) }
}

struct Weighing<'a, 'o, O> {
    question: Question<'a>,
    observer: &'o mut O,
    denied: Truth,
}

impl<'a, O: Observer<'a>> Weighing<'a, '_, O> {
    /// Evaluates a set; its denies count at once.
    fn set(&mut self, layer: Layer, set: &'a PolicySet) -> Named {
        if self.denied == Truth::True && !O::WANTS_ALL {
            return Named::NOT;
        }
        let Verdict { allow, deny } = self.question.ask(layer, set, self.observer);
        self.denied = self.denied.or(deny);
        if allow.at_all() == Truth::False {
            self.observer.no_allow(layer, set);
        }
        allow
    }

    /// A set that limits if it is there.
    fn optional(&mut self, layer: Layer, set: Option<&'a PolicySet>) -> Truth {
        set.map_or(Truth::True, |set| self.set(layer, set).at_all())
    }

    /// Sets each of which must allow: boundaries, the levels of an organization.
    fn all(&mut self, layer: Layer, sets: &'a [PolicySet]) -> Truth {
        sets.iter().fold(Truth::True, |all, set| all.and(self.set(layer, set).at_all()))
    }

    /// Puts identity policies, their limits and the resource policy's grant together.
    fn combine(&mut self, identity: Truth, limits: Truth, grant: Named) -> Truth {
        let request = self.question.request;
        if !is_same_account(request) {
            let denied = Decision::ImplicitlyDenied;
            self.observer.rule(
                denied,
                "across accounts both the identity policies and the resource policy must allow",
            );
            return identity.and(limits).and(grant.at_all());
        }
        let mut delegated = Truth::True;
        if service_rules::needs_resource_policy(request) {
            let denied = Decision::ImplicitlyDenied;
            self.observer
                .rule(denied, "identity policies count only if the resource's own policy names the account");
            delegated = grant.by_account;
        }
        identity.and(limits).and(delegated).or(grant.directly).or(grant.by_role.and(limits))
    }
}

/// Whether principal and resource belong to one account. What AWS owns (`arn:aws:iam::aws:policy/…`) is everyone's.
fn is_same_account(request: Request<'_>) -> bool {
    const OWNED_BY_AWS: &str = "aws";
    match (request.principal.account(), request.resource.account()) {
        (Some(principal), Some(resource)) => principal == resource || resource == OWNED_BY_AWS,
        _ => true,
    }
}

/// SCPs restrict identities of member accounts, service-linked roles excepted.
fn scps_that_apply<'a>(request: Request<'_>, policies: Policies<'a>) -> &'a [PolicySet] {
    let principal = request.principal;
    let in_management_account =
        principal.account().is_some() && principal.account() == policies.management_account;
    if !principal.is_identity() || principal.is_service_linked_role() || in_management_account {
        return &[];
    }
    &policies.principal.scps
}

/// RCPs restrict resources of member accounts, for the services that AWS lists, whoever asks except service-linked
/// roles.
fn rcps_that_apply<'a>(request: Request<'_>, policies: Policies<'a>) -> &'a [PolicySet] {
    let rcps = &policies.resource.rcps;
    let owner = request.resource.account().or(request.principal.account());
    let in_management_account = owner.is_some() && owner == policies.management_account;
    if rcps.is_empty() || in_management_account || request.principal.is_service_linked_role() {
        return &[];
    }
    if service_rules::is_within_rcps(request) { rcps } else { &[] }
}
