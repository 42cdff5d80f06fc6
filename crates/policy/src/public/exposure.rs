//! The answer: who from outside can do what, and what made it so.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::{Access, Answer};
use super::capability::Capability;
use super::domain::Reach;
use super::scene::{Policy, ResidualCondition, WayIn, Witness};

/// Who outside the account can use a resource.
#[derive(Debug, Clone)]
pub struct Exposure {
    /// AWS's classification after every layer: does any path let the public in? A Deny does not change it.
    pub public: Answer<bool>,
    /// What somebody outside can really do; every capability has an entry.
    pub capabilities: BTreeMap<Capability, CapabilityExposure>,
    /// The statements and ACL grants that make it public.
    pub grants: Answer<Vec<PublicGrant>>,
    /// Public statements and ACL grants that a setting keeps from having effect, for now.
    pub latent: Answer<Vec<PublicGrant>>,
    /// The same, each for itself: an ACL that could not be read leaves the policy's answer as it is.
    pub latent_by_source: BTreeMap<GrantSource, Answer<Vec<PublicGrant>>>,
}

/// Whether somebody outside has a capability.
#[derive(Debug, Clone)]
pub struct CapabilityExposure {
    /// No, conditional or yes.
    pub access: Answer<Access>,
    /// Whether it is `yes`. Layers can decide this while they leave open whether it is `no` or `conditional`.
    pub anybody: Answer<bool>,
    /// Whether the public has it as AWS understands the word: `yes`, or for those under a pattern of the policy.
    pub is_public: bool,
    /// A request that uses it; of few callers if the access is conditional.
    pub witness: Option<Witness>,
    /// The conditions that keep a conditional access from anybody.
    pub residual: Vec<ResidualCondition>,
}

/// Where public statements and grants stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GrantSource {
    /// The resource's own policy, and for a repository the registry's.
    Policy,
    /// The bucket's ACL.
    Acl,
    /// The policies of the bucket's access points.
    AccessPoints,
}

/// A statement or ACL grant that is public.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublicGrant {
    /// Where it stands: `policy`, `acl`, `registry_policy`, `access_points/0`.
    pub source: String,
    /// Its place there, from 0.
    pub index: usize,
    /// The statement's `Sid`.
    pub sid: Option<String>,
    /// JSON pointer in the source.
    pub path: String,
}

/// One path by which a capability could be reached: a way in or none.
pub(super) struct Path {
    pub(super) way: Answer<Option<WayIn>>,
    /// Whether anybody gets in by it.
    pub(super) anybody: Answer<bool>,
}

impl Path {
    pub(super) fn known(way: Option<WayIn>) -> Self {
        let anybody = way.as_ref().is_some_and(|way| way.reach == Reach::Anybody);
        Self { way: Answer::Known(way), anybody: Answer::Known(anybody) }
    }

    pub(super) fn closed() -> Self {
        Self::known(None)
    }

    pub(super) fn unknown(way: BTreeSet<super::Layer>) -> Self {
        Self { way: Answer::Unknown(way.clone()), anybody: Answer::Unknown(way) }
    }

    /// How few can take it: a number that is lower the more can, for comparing known paths.
    pub(super) fn reach(&self) -> usize {
        match &self.way {
            Answer::Known(Some(way)) => way.reach as usize,
            Answer::Known(None) | Answer::Unknown(_) => usize::MAX,
        }
    }

    /// The path behind a gate: closed if the gate is known to be shut, whatever else is not known.
    pub(super) fn behind(self, is_shut: &Answer<bool>) -> Self {
        match is_shut {
            Answer::Known(true) => Self::closed(),
            Answer::Known(false) => self,
            Answer::Unknown(gate) => match self.way {
                Answer::Known(None) => Self::closed(),
                Answer::Known(Some(_)) => Self::unknown(gate.clone()),
                Answer::Unknown(layers) => Self::unknown(layers.union(gate).copied().collect()),
            },
        }
    }
}

/// Puts the paths to a capability together: the widest counts.
pub(super) fn capability(paths: Vec<Path>) -> CapabilityExposure {
    let anybody = Answer::any(paths.iter().map(|path| path.anybody.clone()));
    let mut missing = BTreeSet::new();
    let mut best: Option<WayIn> = None;
    for path in paths {
        match path.way {
            Answer::Unknown(layers) => missing.extend(layers),
            Answer::Known(None) => {}
            Answer::Known(Some(way)) => {
                if best.as_ref().is_none_or(|best| way.reach < best.reach) {
                    best = Some(way);
                }
            }
        }
    }
    let access = match best.as_ref().map(|way| way.reach) {
        Some(Reach::Anybody) => Answer::Known(Access::Yes),
        _ if !missing.is_empty() => Answer::Unknown(missing),
        Some(Reach::NamedByPattern | Reach::Named) => Answer::Known(Access::Conditional),
        None => Answer::Known(Access::No),
    };
    CapabilityExposure {
        access,
        anybody,
        is_public: best.as_ref().is_some_and(|way| way.reach < Reach::Named),
        witness: best.as_ref().and_then(|way| way.witness.clone()),
        residual: best.map(|way| way.residual).unwrap_or_default(),
    }
}

/// The public statements of a policy.
pub(super) fn public_statements(policy: &Policy<'_>, kind: super::PolicyKind<'_>) -> Vec<PublicGrant> {
    let statements = policy.document.statements.iter();
    let public = statements.filter(|statement| super::is_public_statement(statement, kind));
    public
        .map(|statement| PublicGrant {
            source: policy.compiled.name().to_owned(),
            index: statement.index,
            sid: statement.sid.clone(),
            path: statement.pointer(),
        })
        .collect()
}
