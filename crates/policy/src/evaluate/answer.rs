//! Decisions and the reasons for them.

use crate::document::Effect;

/// The answer to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// Allowed.
    Allowed,
    /// A statement denies it.
    ExplicitlyDenied,
    /// Nothing that is needed allows it.
    ImplicitlyDenied,
    /// It depends on context that is not known.
    Conditional,
}

impl Decision {
    /// The name used in JSON: `Allowed`, `ExplicitlyDenied`, `ImplicitlyDenied`, `Conditional`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Allowed => "Allowed",
            Self::ExplicitlyDenied => "ExplicitlyDenied",
            Self::ImplicitlyDenied => "ImplicitlyDenied",
            Self::Conditional => "Conditional",
        }
    }
}

/// The kinds of policy, by the part they play in a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Identity policies.
    Identity,
    /// The permissions boundary.
    Boundary,
    /// The session policies.
    Session,
    /// A level of service control policies.
    ServiceControl,
    /// A level of resource control policies.
    ResourceControl,
    /// The resource's own policy.
    Resource,
    /// The policies of the VPC endpoint.
    VpcEndpoint,
}

impl Layer {
    /// The name used in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity_policy",
            Self::Boundary => "permissions_boundary",
            Self::Session => "session_policy",
            Self::ServiceControl => "scp",
            Self::ResourceControl => "rcp",
            Self::Resource => "resource_policy",
            Self::VpcEndpoint => "vpc_endpoint_policy",
        }
    }
}

/// A statement, as answers name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementReference {
    /// What kind of policy it stands in.
    pub layer: Layer,
    /// The policy's name, as compiled.
    pub policy: String,
    /// Its place among the policy's statements, from 0.
    pub statement: usize,
    /// Its `Sid`, if it has one.
    pub sid: Option<String>,
    /// Its JSON pointer in the policy document.
    pub pointer: String,
    /// What it does.
    pub effect: Effect,
}

/// Why a decision is what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A statement applies, surely or depending on unknown context.
    Statement {
        /// Which one.
        statement: StatementReference,
        /// Whether it depends on unknown context.
        is_conditional: bool,
    },
    /// A kind of policy that must allow the request does not.
    NoAllow {
        /// Which kind.
        layer: Layer,
        /// Which set of them: the level of an SCP or RCP; empty otherwise.
        set: String,
    },
    /// A statement would apply, but a condition of it is not well-formed and so does not hold.
    Malformed {
        /// Which statement.
        statement: StatementReference,
        /// The JSON pointer of the condition.
        condition: String,
        /// What is wrong.
        message: &'static str,
    },
    /// AWS decides this whatever the policies say.
    Rule(&'static str),
}

/// Something a conditional answer depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Residual {
    /// A condition on a key that is not known.
    Condition {
        /// The statement it restricts.
        statement: StatementReference,
        /// The JSON pointer of the condition.
        pointer: String,
        /// The operator as written.
        operator: String,
        /// The condition key as written.
        key: String,
        /// The values as written.
        values: Vec<String>,
    },
    /// A policy variable in `Resource` or `NotResource` whose key is not known.
    Variable {
        /// The statement that uses it.
        statement: StatementReference,
    },
}

impl Residual {
    /// The statement it belongs to.
    #[must_use]
    pub fn statement(&self) -> &StatementReference {
        match self {
            Self::Condition { statement, .. } | Self::Variable { statement } => statement,
        }
    }
}

/// A decision with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The decision.
    pub decision: Decision,
    /// Whether some value of the unknown context allows the request: what tells a conditional grant from a request
    /// that is denied either way.
    pub can_be_allowed: bool,
    /// The statements and rules behind the decision, in the order of evaluation.
    pub because: Vec<Reason>,
    /// What a conditional decision depends on; empty otherwise.
    pub residual: Vec<Residual>,
}

impl Explanation {
    pub(super) fn by_rule(decision: Decision, rule: &'static str) -> Self {
        Self {
            decision,
            can_be_allowed: decision == Decision::Allowed,
            because: vec![Reason::Rule(rule)],
            residual: Vec::new(),
        }
    }
}
