//! Where requests meet policies: the layers that must all let a request through, and the search for one that passes.

use std::sync::{Arc, LazyLock};

use crate::compiled::{CompiledCondition, CompiledPolicy, CompiledStatement};
use crate::context::Context;
use crate::document::{Condition, Effect, PolicyDocument, Statement};
use crate::evaluate::{Decision, decide};
use crate::policies::{Policies, PolicySet, PrincipalPolicies, ResourcePolicies};
use crate::principal::Principal;
use crate::request::{Action, Request, Resource};
use crate::truth::Truth;

use super::caller::{Caller, callers};
use super::domain::{Domains, Reach, domains};
use super::limit::{PolicyKind, is_public_statement, names_everyone};
use super::solve::{MOST_TRIES, Outcome, Problem, solve};
use super::target::{Attempt, Part, Target};

/// A policy, as written and compiled.
#[derive(Debug, Clone)]
pub(super) struct Policy<'a> {
    pub(super) document: &'a PolicyDocument,
    pub(super) compiled: Arc<CompiledPolicy>,
}

impl<'a> Policy<'a> {
    /// `name` says in answers which policy it is: `policy`, `registry_policy`, …
    pub(super) fn new(name: &str, document: &'a PolicyDocument) -> Self {
        Self { document, compiled: Arc::new(CompiledPolicy::new(name, document)) }
    }

    fn statements(&self) -> impl Iterator<Item = (&'a Statement, &CompiledStatement)> {
        self.document.statements.iter().zip(self.compiled.statements())
    }
}

/// Policies that count together, and what they guard. A request passes if one of them allows it and none denies it.
pub(super) struct Layer<'a> {
    pub(super) policies: Vec<&'a Policy<'a>>,
    pub(super) target: Target,
    /// Whether something else than a policy (an ACL) allows the action already, so that only denies count.
    pub(super) is_granted: bool,
}

/// The question: can somebody from outside pass all layers?
pub(super) struct Scene<'a> {
    pub(super) kind: PolicyKind<'a>,
    pub(super) owner: Option<&'a str>,
    pub(super) partition: &'a str,
    pub(super) layers: Vec<Layer<'a>>,
    /// Keys that every request of the scene has.
    pub(super) context: Context,
    /// Whether callers without credentials can make the request.
    pub(super) allows_anonymous: bool,
    pub(super) counted: Counted,
}

/// The Allow statements that a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    /// All.
    Any,
    /// Those that reach callers whom they do not name.
    Open,
    /// Those of these that AWS's definition calls public.
    Public,
}

/// A request that passes: what an outsider would send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Who sends it: an ARN in an account that no policy names, or `anonymous`.
    pub principal: String,
    /// `service:Name`.
    pub action: String,
    /// The ARN.
    pub resource: String,
    /// All condition keys that the request has.
    pub context: Context,
}

/// A condition of a statement that somebody must meet by who or where he is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResidualCondition {
    /// Which policy: its name in the output of `palisade public`.
    pub policy: String,
    /// JSON pointer of the condition in that policy.
    pub path: String,
    /// The operator as written.
    pub operator: String,
    /// The condition key as written.
    pub key: String,
    /// The values as written.
    pub values: Vec<String>,
}

/// The best way in that was found.
#[derive(Debug, Clone)]
pub(super) struct WayIn {
    pub(super) reach: Reach,
    /// `None` if the search gave up before it found one.
    pub(super) witness: Option<Witness>,
    pub(super) residual: Vec<ResidualCondition>,
}

/// A condition and where it stands.
type Placed<'a> = (&'a Policy<'a>, &'a Statement, &'a CompiledCondition);

/// One way to pass all layers: the conditions that must hold, and the denies of each of which one must not.
struct Passage<'a> {
    holds: Vec<Placed<'a>>,
    fails: Vec<Vec<Placed<'a>>>,
}

impl<'a> Scene<'a> {
    /// The best way in by any of the actions, those that `capability` consists of.
    pub(super) fn way_in(
        &self,
        attempts: &[&Attempt],
        keys: &[String],
        callers: &[(Caller, Domains)],
    ) -> Option<WayIn> {
        let mut best: Option<WayIn> = None;
        let mut tries = MOST_TRIES;
        for attempt in attempts {
            let Some(action) = Action::parse(&attempt.name).filter(|action| self.may_allow(action)) else {
                continue;
            };
            let whole = attempt.on_whole.then_some(None);
            let parts = keys.iter().filter(|_| attempt.on_parts).map(|key| Some(key.clone()));
            for part in whole.into_iter().chain(parts) {
                for (caller, domains) in callers {
                    if best.as_ref().is_some_and(|best| best.reach <= caller.reach) {
                        break;
                    }
                    let found = self.try_request(&action, attempt, &part, caller, domains, &mut tries);
                    if let Some(found) = found
                        && best.as_ref().is_none_or(|best| found.reach < best.reach)
                    {
                        best = Some(found);
                    }
                }
                if tries == 0 || best.as_ref().is_some_and(|best| best.reach == Reach::Anybody) {
                    return best;
                }
            }
        }
        best
    }

    /// The outsiders to try, each with the values that the context of his requests could have.
    pub(super) fn callers(&self) -> Vec<(Caller, Domains)> {
        let mut all = callers(&self.conditions(), self.kind, self.owner, self.partition);
        all.retain(|caller| self.allows_anonymous || !caller.is_anonymous());
        self.with_domains(all)
    }

    /// Adds to each caller the values that the context of his requests could have.
    pub(super) fn with_domains(&self, callers: Vec<Caller>) -> Vec<(Caller, Domains)> {
        let conditions = self.conditions();
        let of = |caller: &Caller| {
            let implied = self.implied(caller);
            domains(&conditions, self.kind, self.owner, &implied, caller.is_anonymous())
        };
        callers.into_iter().map(|caller| (caller.clone(), of(&caller))).collect()
    }

    pub(super) fn conditions(&self) -> Vec<&CompiledCondition> {
        let policies = self.layers.iter().flat_map(|layer| &layer.policies);
        let statements = policies.flat_map(|policy| policy.compiled.statements());
        statements.flat_map(|statement| &statement.conditions).collect()
    }

    fn implied(&self, caller: &Caller) -> Context {
        let mut context = caller.implied_context(self.kind.service());
        if let Some(owner) = self.owner {
            context.set("aws:ResourceAccount", owner);
            if self.kind.service() == "s3" {
                context.set("s3:ResourceAccount", owner);
            }
        }
        context.extend(&self.context);
        context
    }

    /// Whether a statement is one of those that the question is about.
    fn counts(&self, statement: &Statement) -> bool {
        match self.counted {
            Counted::Any => statement.effect == Effect::Allow,
            Counted::Open => is_open_allow(statement),
            Counted::Public => is_public_statement(statement, self.kind),
        }
    }

    /// Whether each layer has a statement that could allow something: where one has none, nobody need be tried.
    pub(super) fn may_let_in(&self) -> bool {
        self.layers.iter().all(|layer| {
            layer.is_granted
                || layer
                    .policies
                    .iter()
                    .any(|policy| policy.document.statements.iter().any(|statement| self.counts(statement)))
        })
    }

    /// Whether each layer has a statement that could allow the action.
    fn may_allow(&self, action: &Action) -> bool {
        self.layers.iter().all(|layer| {
            layer.is_granted
                || layer.policies.iter().any(|policy| {
                    policy
                        .statements()
                        .any(|(written, compiled)| self.counts(written) && compiled.actions.matches(action))
                })
        })
    }

    fn try_request(
        &self,
        action: &Action,
        attempt: &Attempt,
        part: &Part,
        caller: &Caller,
        domains: &Domains,
        tries: &mut usize,
    ) -> Option<WayIn> {
        let implied = self.implied(caller);
        let mut best: Option<WayIn> = None;
        for passage in self.passages(action, part, &caller.principal, &implied) {
            let holds: Vec<_> = passage.holds.iter().map(|(_, _, condition)| *condition).collect();
            let conditions =
                |group: &Vec<Placed<'a>>| group.iter().map(|(_, _, condition)| *condition).collect();
            let fails: Vec<Vec<_>> = passage.fails.iter().map(conditions).collect();
            let problem = Problem { implied: &implied, holds: &holds, fails: &fails };
            let way = match solve(&problem, domains, tries) {
                Outcome::Impossible => continue,
                // Not tried out is not safe: it stays open, if not proven to be open to anybody.
                Outcome::GaveUp => WayIn {
                    reach: Reach::NamedByPattern,
                    witness: None,
                    residual: residual(&passage, |_| true),
                },
                Outcome::Solved(solution) => {
                    let first = self.layers.first()?;
                    let witness = Witness {
                        principal: caller.principal.as_text().to_owned(),
                        action: attempt.name.clone(),
                        resource: first.target.arn(part),
                        context: solution.context,
                    };
                    if !self.confirms(action, part, &caller.principal, &witness.context) {
                        continue;
                    }
                    let is_open = |key: &str| {
                        solution.limited_keys.contains(key)
                            || (caller.reach > Reach::Anybody && caller.named_by.as_deref() == Some(key))
                    };
                    WayIn {
                        reach: solution.reach.max(caller.reach),
                        witness: Some(witness),
                        residual: residual(&passage, is_open),
                    }
                }
            };
            if best.as_ref().is_none_or(|best| way.reach < best.reach) {
                best = Some(way);
            }
        }
        best
    }

    /// Every way to choose one allowing statement per layer.
    fn passages(
        &self,
        action: &Action,
        part: &Part,
        principal: &Principal,
        implied: &Context,
    ) -> Vec<Passage<'a>> {
        let mut passages = vec![Passage { holds: Vec::new(), fails: Vec::new() }];
        for layer in &self.layers {
            let resource = Resource::new(&layer.target.arn(part));
            let statements = layer.policies.iter().copied().flat_map(|policy| {
                policy.statements().map(move |(written, compiled)| (policy, written, compiled))
            });
            let about: Vec<_> = statements
                .filter(|(_, _, compiled)| is_about(compiled, action, &resource, principal, implied))
                .collect();
            let denies: Vec<Vec<_>> =
                about.iter().filter(|(_, written, _)| written.effect == Effect::Deny).map(placed).collect();
            if denies.iter().any(Vec::is_empty) {
                return Vec::new();
            }
            let allows: Vec<_> = about.iter().filter(|(_, written, _)| self.counts(written)).collect();
            passages = extend(passages, layer.is_granted, &allows, &denies);
        }
        passages
    }

    /// Asks the evaluator: do the policies of each layer allow this very request?
    fn confirms(&self, action: &Action, part: &Part, principal: &Principal, context: &Context) -> bool {
        self.layers.iter().all(|layer| {
            let mut resource = Resource::new(&layer.target.arn(part));
            if let Some(owner) = self.owner {
                resource = resource.owned_by(owner);
            }
            let request = Request { principal, action, resource: &resource, context };
            let decision = decide_for_stranger(request, layer);
            decision == Decision::Allowed || (layer.is_granted && decision == Decision::ImplicitlyDenied)
        })
    }
}

/// Whether the statement allows, and allows callers whom it does not name.
pub(super) fn is_open_allow(statement: &Statement) -> bool {
    statement.effect == Effect::Allow && statement.principals.as_ref().is_some_and(names_everyone)
}

fn is_about(
    statement: &CompiledStatement,
    action: &Action,
    resource: &Resource,
    principal: &Principal,
    context: &Context,
) -> bool {
    statement.actions.matches(action)
        && statement
            .principals
            .as_ref()
            .is_some_and(|names| names.matches(principal, context).at_all() == Truth::True)
        && statement.resources.as_ref().is_none_or(|names| names.matches(resource, context).is_possible())
}

type About<'a> = (&'a Policy<'a>, &'a Statement, &'a CompiledStatement);

/// The conditions of a statement.
fn placed<'a>((policy, written, compiled): &About<'a>) -> Vec<Placed<'a>> {
    compiled.conditions.iter().map(|condition| (*policy, *written, condition)).collect()
}

/// The most ways through all layers that are looked at; more than two layers never meet.
const MOST_PASSAGES: usize = 1_024;

fn extend<'a>(
    passages: Vec<Passage<'a>>,
    is_granted: bool,
    allows: &[&About<'a>],
    denies: &[Vec<Placed<'a>>],
) -> Vec<Passage<'a>> {
    let mut extended = Vec::new();
    for passage in passages {
        let fails: Vec<_> = passage.fails.iter().chain(denies).cloned().collect();
        if is_granted {
            extended.push(Passage { holds: passage.holds.clone(), fails: fails.clone() });
        }
        for about in allows {
            let holds = passage.holds.iter().copied().chain(placed(about)).collect();
            extended.push(Passage { holds, fails: fails.clone() });
        }
    }
    extended.truncate(MOST_PASSAGES);
    extended
}

fn residual(passage: &Passage<'_>, is_open: impl Fn(&str) -> bool) -> Vec<ResidualCondition> {
    let mut found: Vec<_> = passage
        .holds
        .iter()
        .chain(passage.fails.iter().flatten())
        .filter(|(_, _, condition)| is_open(&condition.source.key.to_ascii_lowercase()))
        .map(|(policy, statement, condition)| ResidualCondition {
            policy: policy.compiled.name().to_owned(),
            path: Condition::pointer(&condition.source, statement),
            operator: condition.source.operator_name.clone(),
            key: condition.source.key.clone(),
            values: condition.source.values.items.clone(),
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

/// What lets a stranger do everything in his own account.
static EVERYTHING: LazyLock<Option<Arc<CompiledPolicy>>> = LazyLock::new(|| {
    let text =
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    CompiledPolicy::from_text("the caller's own policy", text).ok().map(Arc::new)
});

/// A stranger's own account allows him everything: he is its administrator.
fn decide_for_stranger(request: Request<'_>, layer: &Layer<'_>) -> Decision {
    let identity = PolicySet::new(EVERYTHING.iter().map(Arc::clone).collect());
    let principal = PrincipalPolicies { identity, ..PrincipalPolicies::default() };
    let policies: Vec<_> = layer.policies.iter().map(|policy| Arc::clone(&policy.compiled)).collect();
    let resource = ResourcePolicies {
        policy: (!policies.is_empty()).then(|| PolicySet::new(policies)),
        ..ResourcePolicies::default()
    };
    decide(request, Policies { principal: &principal, resource: &resource, management_account: None })
}
