//! From the policy engine's analysis of a resource to facts.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use palisade_policy::document::{PolicyDocument, PolicyVersion, Statement};
use palisade_policy::public::{
    self as engine, Answer, Capability, CapabilityExposure, Exposure, Input, Layer, PublicGrant,
};
use palisade_snapshot::{Evidence, Observed, Reason};

use crate::access_query::Assumption;
use crate::organization::ControlPolicies;
use crate::{Access, AccessGrant, Known, Lazy, Listed, Missing, Witness, identities};

/// The capabilities from the gravest to the least, for choosing a witness.
const BY_GRAVITY: [Capability; 7] = [
    Capability::Administer,
    Capability::WriteAcl,
    Capability::Write,
    Capability::Read,
    Capability::List,
    Capability::ReadAcl,
    Capability::ReadConfiguration,
];

/// The policy of a resource, read; none if it has none.
pub(crate) type ReadPolicy = Known<Option<PolicyDocument>>;

/// What an analysis could not read.
#[derive(Debug)]
pub(crate) struct Unread {
    policy: Evidence,
    layers: Vec<(Layer, Missing)>,
}

impl Unread {
    /// Nothing yet, of a resource whose policy is this evidence.
    pub(crate) fn new(policy: Evidence) -> Self {
        Self { policy, layers: Vec::new() }
    }

    /// An input of the analysis: what was observed, or what it means that nothing is configured.
    pub(crate) fn input<O, T>(
        &mut self,
        layer: Layer,
        evidence: Evidence,
        observed: &Observed<O>,
        absent: impl FnOnce() -> T,
        read: impl FnOnce(&O) -> T,
    ) -> Input<T> {
        self.known(layer, Known::observed(observed, evidence, absent, read))
    }

    /// A policy as input; one that can't be understood is unreadable.
    pub(crate) fn policy<'a>(
        &mut self,
        layer: Layer,
        policy: &'a ReadPolicy,
    ) -> Input<Option<&'a PolicyDocument>> {
        self.known(layer, policy.as_ref().map(Option::as_ref))
    }

    /// A fact as input.
    pub(crate) fn known<T>(&mut self, layer: Layer, fact: Known<T>) -> Input<T> {
        match fact {
            Known::Known(value) => Input::Known(value),
            Known::Unknown(missing) => {
                self.layers.push((layer, missing));
                Input::Unreadable
            }
        }
    }

    /// The calls behind layers of the analysis; its policy where it names a layer that was never asked about.
    pub(crate) fn missing(&self, layers: &BTreeSet<Layer>) -> Missing {
        let unread =
            self.layers.iter().filter(|(layer, _)| layers.contains(layer)).map(|(_, missing)| missing);
        let all = unread.cloned().reduce(|one, other| one.and(&other));
        all.unwrap_or_else(|| Missing::because(self.policy, Reason::NotCollected))
    }

    fn fact<T: Clone>(&self, answer: &Answer<T>) -> Known<T> {
        match answer {
            Answer::Known(value) => Known::Known(value.clone()),
            Answer::Unknown(layers) => Known::Unknown(self.missing(layers)),
        }
    }
}

/// Reads a resource's policy.
pub(crate) fn document(policy: &Observed<String>, evidence: Evidence) -> ReadPolicy {
    match policy {
        Observed::Present(text) => identities::read(text, evidence).map(Some),
        Observed::Absent | Observed::NotOffered(_) => Known::Known(None),
        Observed::Unreadable(why) => Known::Unknown(Missing::evidence(evidence, why)),
    }
}

/// The same, read when a fact first asks, once for all that do.
pub(crate) fn read_once(policy: &Observed<String>, evidence: Evidence) -> Arc<Lazy<ReadPolicy>> {
    let policy = policy.clone();
    Arc::new(Lazy::new(move || document(&policy, evidence)))
}

/// A resource's policy with what resource control policies deny: their denials count as its own do ("Policy evaluation
/// logic" in the IAM User Guide).
pub(crate) fn limited<'a>(policy: &'a ReadPolicy, rcps: &ControlPolicies) -> Cow<'a, ReadPolicy> {
    let mut denies = rcps.denies().cloned().peekable();
    if denies.peek().is_none() {
        return Cow::Borrowed(policy);
    }
    Cow::Owned(policy.clone().map(|policy| {
        let mut policy = policy.unwrap_or_else(|| PolicyDocument {
            version: PolicyVersion::V2012,
            version_is_written: true,
            id: None,
            statements: Vec::new(),
        });
        let next = policy.statements.iter().map(|statement| statement.index + 1).max().unwrap_or(0);
        policy.statements.extend(denies.zip(next..).map(|(deny, index)| Statement { index, ..deny }));
        Some(policy)
    }))
}

/// Whether a statement says what it is about, and each of its resources is such a one.
pub(crate) fn is_only_about(statement: &Statement, is_one: impl Fn(&str) -> bool) -> bool {
    let resources = statement.resources.as_ref();
    resources.is_some_and(|one| !one.negated && one.values.items.iter().all(|resource| is_one(resource)))
}

/// Whether a statement is about every resource there is.
pub(crate) fn is_about_everything(statement: &Statement) -> bool {
    is_only_about(statement, |resource| resource == "*")
}

/// What is taken for granted about a resource of the account, if it could not be read.
pub(crate) fn assumes(rcps: &ControlPolicies) -> Vec<String> {
    rcps.assumption(Assumption::RcpNotRead).iter().map(|one| one.name().to_owned()).collect()
}

/// An analysis with what it could not read.
pub(crate) struct Analysis {
    pub(crate) exposure: Exposure,
    pub(crate) unread: Unread,
}

impl Analysis {
    /// Whether the public has a capability. "No" also where the policy lets somebody in under a condition
    /// that AWS takes for a limit; see [`Analysis::limited`].
    pub(crate) fn access(&self, capability: Capability) -> Known<Access> {
        let Some(found) = self.exposure.capabilities.get(&capability) else {
            return Known::Known(Access::No);
        };
        match (&found.anybody, &self.exposure.public) {
            (Answer::Known(true), _) => Known::Known(Access::Yes),
            (_, Answer::Known(false)) => Known::Known(Access::No),
            (Answer::Known(false), _) => Known::Known(by_pattern(found)),
            (Answer::Unknown(layers), _) => Known::Unknown(self.unread.missing(layers)),
        }
    }

    /// Whether AWS calls it public. A Deny does not change that, and so a layer that could only deny need not
    /// be read.
    pub(crate) fn public(&self) -> Known<Access> {
        self.unread.fact(&self.exposure.public).map(|public| if public { Access::Yes } else { Access::No })
    }

    /// Whether callers whom the policy does not name get in under a condition that AWS takes for a limit.
    pub(crate) fn limited(&self) -> Known<bool> {
        let facts = self.exposure.capabilities.values().map(|found| {
            let access = self.unread.fact(&found.access);
            access.map(|access| access == engine::Access::Conditional && !found.is_public)
        });
        Known::any(facts, None)
    }

    /// The conditions that keep anybody out of what is not open to all, as text.
    pub(crate) fn conditions(&self) -> Listed<String> {
        let capabilities = self.exposure.capabilities.values();
        let residual = capabilities.clone().flat_map(|found| &found.residual);
        let texts = residual.map(|one| format!("{} {} {}", one.operator, one.key, one.values.join(" | ")));
        let open = capabilities.filter_map(|found| match &found.access {
            Answer::Known(_) => None,
            Answer::Unknown(layers) => Some(self.unread.missing(layers)),
        });
        Listed {
            items: texts.collect::<BTreeSet<_>>().into_iter().collect(),
            incomplete: open.reduce(|one, other| one.and(&other)),
        }
    }

    /// The statements and grants that make it public.
    pub(crate) fn grants(&self) -> Listed<AccessGrant> {
        match &self.exposure.grants {
            Answer::Known(grants) => Listed::complete(grants.iter().map(grant).collect()),
            Answer::Unknown(layers) => Listed::unknown(self.unread.missing(layers)),
        }
    }

    /// Whether one source has grants that only a setting holds back.
    pub(crate) fn latent(&self, source: &str) -> Known<bool> {
        let latent = self.unread.fact(&self.exposure.latent);
        latent.map(|grants| grants.iter().any(|grant| grant.source == source))
    }

    /// The gravest request by a stranger that is allowed.
    pub(crate) fn witness(&self) -> Known<Option<Witness>> {
        let open = |access: Access| {
            BY_GRAVITY.into_iter().filter(move |capability| self.access(*capability) == Known::Known(access))
        };
        let witness_of = |capability| self.exposure.capabilities.get(&capability)?.witness.as_ref();
        match open(Access::Yes).chain(open(Access::Conditional)).find_map(witness_of) {
            Some(found) => Known::Known(Some(witness(found))),
            None => self.public().map(|_| None),
        }
    }
}

/// What is not open to all may still be public as AWS has it: under a pattern that keeps few out.
fn by_pattern(found: &CapabilityExposure) -> Access {
    if found.is_public { Access::Conditional } else { Access::No }
}

fn grant(grant: &PublicGrant) -> AccessGrant {
    AccessGrant { source: grant.source.clone(), pointer: grant.path.clone(), sid: grant.sid.clone() }
}

/// A request that the engine confirms, as a fact.
pub(crate) fn witness(witness: &engine::Witness) -> Witness {
    use palisade_policy::context::ContextValue;
    let text = |(key, value): (&str, &ContextValue)| match value {
        ContextValue::Single(value) => format!("{key}={value}"),
        ContextValue::Many(values) => format!("{key}={}", values.join(",")),
    };
    Witness {
        principal: witness.principal.clone(),
        action: witness.action.clone(),
        resource: witness.resource.clone(),
        context: witness.context.iter().map(text).collect(),
    }
}
