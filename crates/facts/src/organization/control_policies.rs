//! The policies of the organization that bind the account, for whoever asks the policy engine.

use std::sync::Arc;

use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::document::{Effect, PatternElement, PolicyDocument, Statement};
use palisade_policy::policies::PolicySet;
use palisade_snapshot::{Observed, OrganizationLevel, OrganizationPolicy, Shared};

use crate::access_query::Assumption;

/// The service control policies and resource control policies of one account.
#[derive(Debug, Clone, Default)]
pub struct OrganizationPolicies {
    /// What limits the account's users and roles.
    pub scps: ControlPolicies,
    /// What limits access to the account's resources.
    pub rcps: ControlPolicies,
}

/// The policies of one type.
#[derive(Debug, Clone, Default)]
pub enum ControlPolicies {
    /// Nobody could read them: what they might forbid is reported as allowed, with what that assumes.
    #[default]
    NotRead,
    /// None limit the account: it is in no organization, manages it, or the type is not switched on.
    Exempt,
    /// Those of each level, from the organization's root down to the account.
    InForce(Vec<ControlLevel>),
}

/// The policies of one type on one level; each level has to allow a request.
#[derive(Debug, Clone)]
pub struct ControlLevel {
    /// The id of the root, organizational unit or account.
    pub target: String,
    /// Its policies.
    pub policies: Vec<ControlPolicy>,
}

/// A service control policy or a resource control policy.
#[derive(Debug, Clone)]
pub struct ControlPolicy {
    /// Its name and id, for answers.
    pub name: String,
    /// What it says.
    pub document: PolicyDocument,
    compiled: Arc<CompiledPolicy>,
}

impl OrganizationPolicies {
    /// Those that a snapshot holds. A policy that is none makes its type count as not read.
    #[must_use]
    pub fn of(shared: &Shared) -> Self {
        Self {
            scps: ControlPolicies::of(&shared.account.service_control_policies),
            rcps: ControlPolicies::of(&shared.account.resource_control_policies),
        }
    }
}

impl ControlPolicies {
    fn of(observed: &Observed<Vec<OrganizationLevel>>) -> Self {
        match observed {
            Observed::Present(levels) => {
                let levels: Option<Vec<_>> = levels.iter().map(ControlLevel::of).collect();
                levels.map_or(Self::NotRead, Self::InForce)
            }
            Observed::Absent => Self::Exempt,
            Observed::Unreadable(_) | Observed::NotOffered(_) => Self::NotRead,
        }
    }

    /// Whether what they forbid is known.
    #[must_use]
    pub fn is_read(&self) -> bool {
        !matches!(self, Self::NotRead)
    }

    /// The levels, from the organization's root down to the account.
    #[must_use]
    pub fn levels(&self) -> &[ControlLevel] {
        match self {
            Self::InForce(levels) => levels,
            Self::NotRead | Self::Exempt => &[],
        }
    }

    /// The levels that take something away, as the policy engine asks for them.
    #[must_use]
    pub fn sets(&self) -> Vec<PolicySet> {
        let restricting = self.levels().iter().filter(|level| level.restricts());
        restricting.map(ControlLevel::set).collect()
    }

    /// The statements that deny.
    pub fn denies(&self) -> impl Iterator<Item = &Statement> {
        let statements = self.levels().iter().flat_map(ControlLevel::statements);
        statements.filter(|statement| statement.effect == Effect::Deny)
    }

    /// The name of what is taken for granted, if these were not read.
    #[must_use]
    pub fn assumption(&self, assumption: Assumption) -> Option<Assumption> {
        (!self.is_read()).then_some(assumption)
    }
}

impl ControlLevel {
    fn of(level: &OrganizationLevel) -> Option<Self> {
        let policies: Option<Vec<_>> = level.policies.iter().map(ControlPolicy::of).collect();
        Some(Self { target: level.target.clone(), policies: policies? })
    }

    /// Whether it takes anything away: a statement denies, or none allows everything.
    #[must_use]
    pub fn restricts(&self) -> bool {
        self.statements().any(|statement| statement.effect == Effect::Deny)
            || !self.statements().any(allows_everything)
    }

    /// The statements of its policies.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.policies.iter().flat_map(|policy| &policy.document.statements)
    }

    fn set(&self) -> PolicySet {
        let policies = self.policies.iter().map(|policy| Arc::clone(&policy.compiled)).collect();
        PolicySet::new(policies).named(self.target.clone())
    }
}

impl ControlPolicy {
    fn of(policy: &OrganizationPolicy) -> Option<Self> {
        let document = PolicyDocument::from_text(&policy.document).ok()?;
        let name = format!("{} ({})", policy.name, policy.id);
        let compiled = Arc::new(CompiledPolicy::new(name.clone(), &document));
        Some(Self { name, document, compiled })
    }
}

fn allows_everything(statement: &Statement) -> bool {
    let is_all =
        |element: &PatternElement| !element.negated && element.values.items.iter().any(|item| item == "*");
    statement.effect == Effect::Allow
        && statement.conditions.is_empty()
        && is_all(&statement.actions)
        && statement.resources.as_ref().is_some_and(is_all)
}
