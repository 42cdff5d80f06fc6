//! What the questions about access are answered with, ready to be printed.

use schemars::JsonSchema;
use serde::Serialize;

/// Whether a principal may do what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub enum AccessDecision {
    /// Allowed.
    Allowed,
    /// It depends on what `residual` names.
    Conditional,
    /// What could not be read decides; `unknown_because` names it.
    Unknown,
    /// A statement denies it.
    ExplicitlyDenied,
    /// Nothing that is needed allows it.
    ImplicitlyDenied,
}

impl AccessDecision {
    /// The name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Allowed => "Allowed",
            Self::Conditional => "Conditional",
            Self::Unknown => "Unknown",
            Self::ExplicitlyDenied => "ExplicitlyDenied",
            Self::ImplicitlyDenied => "ImplicitlyDenied",
        }
    }

    /// Whether the principal gets, or may get, what was asked.
    #[must_use]
    pub fn is_possible(self) -> bool {
        self <= Self::Unknown
    }
}

/// A statement of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StatementPlace {
    /// The part its policy plays: `identity_policy`, `permissions_boundary`, `resource_policy`, …
    pub kind: &'static str,
    /// The policy: the ARN of a managed policy; that of the identity and a path for an inline policy; that of the
    /// resource for its own policy.
    pub policy: String,
    /// Its place among the statements of the policy, from 0.
    pub statement: usize,
    /// Its `Sid`, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// Its JSON pointer in the policy.
    pub path: String,
    /// `Allow` or `Deny`.
    pub effect: &'static str,
}

/// A reason for a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Because {
    /// A statement has a condition that is not well-formed, and so does not apply.
    Malformed {
        /// The statement.
        #[serde(flatten)]
        place: StatementPlace,
        /// The JSON pointer of the condition.
        condition: String,
        /// What is wrong.
        reason: String,
    },
    /// A statement applies.
    Statement {
        /// The statement.
        #[serde(flatten)]
        place: StatementPlace,
        /// Whether it does under conditions that are open.
        conditional: bool,
    },
    /// A kind of policy that has to allow the request does not.
    NoAllow {
        /// Which kind.
        kind: &'static str,
        /// What it means.
        reason: String,
    },
    /// AWS decides so whatever the policies say.
    Rule {
        /// Why.
        reason: String,
    },
}

/// What a conditional decision depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Residual {
    /// A condition on a key that is not known.
    Condition {
        /// The statement that it restricts.
        #[serde(flatten)]
        place: StatementPlace,
        /// The JSON pointer of the condition.
        condition: String,
        /// Its operator.
        operator: String,
        /// Its key.
        key: String,
        /// Its values.
        values: Vec<String>,
        /// Whether the caller chooses the key's value himself, so that it keeps nobody out.
        chosen_by_caller: bool,
    },
    /// A policy that no snapshot of this account holds.
    NotCollected {
        /// Which kind of policy.
        reason: NotCollected,
    },
    /// A policy variable in the statement's resources whose key is not known.
    Variable {
        /// The statement.
        #[serde(flatten)]
        place: StatementPlace,
    },
}

/// Policies that could decide and that are never collected here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotCollected {
    /// The resource's own policy: of a key, a queue, or anything of another account.
    ResourcePolicyNotCollected,
    /// The identity policies of a principal of another account, or of a federated user.
    IdentityPoliciesNotCollected,
}

impl NotCollected {
    /// The name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ResourcePolicyNotCollected => "resource_policy_not_collected",
            Self::IdentityPoliciesNotCollected => "identity_policies_not_collected",
        }
    }
}

/// What an answer takes for granted: policies of the organization only take away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Assumption {
    /// That no service control policy forbids it.
    ScpNotRead,
    /// That no resource control policy forbids it.
    RcpNotRead,
}

impl Assumption {
    /// The name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ScpNotRead => "scp_not_read",
            Self::RcpNotRead => "rcp_not_read",
        }
    }
}

/// Ways in, beside policies, that the answer says nothing about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotConsidered {
    /// The access control list of the bucket, which could not be read or may not count.
    AccessControlLists,
    /// The access control lists of the objects themselves, which count here and are not collected.
    ObjectAccessControlLists,
    /// The policies of the private registries, where the question names no repository and so no registry.
    RegistryPolicy,
}

impl NotConsidered {
    /// The name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AccessControlLists => "access_control_lists",
            Self::ObjectAccessControlLists => "object_access_control_lists",
            Self::RegistryPolicy => "registry_policy",
        }
    }
}

/// A call whose answer is missing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct MissingAnswer {
    /// The operation, such as `s3:GetBucketPolicy`.
    pub operation: String,
    /// The IAM action that would settle it; empty where AWS asks for none.
    pub iam_action: String,
    /// Why there is no answer.
    pub reason: &'static str,
}

/// The answer to: may this principal do this to that?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CanAnswer {
    /// `palisade-can/1`.
    pub format: &'static str,
    /// The account of the snapshot.
    pub account: String,
    /// When the snapshot was taken.
    pub taken_at: String,
    /// Who asks, as an ARN where he has one.
    pub principal: String,
    /// What for.
    pub action: String,
    /// On what; `*` where the action takes no resource.
    pub resource: String,
    /// The decision.
    pub decision: AccessDecision,
    /// The reasons, in the order of evaluation.
    pub because: Vec<Because>,
    /// What a conditional decision depends on.
    pub residual: Vec<Residual>,
    /// What an access that is possible takes for granted.
    pub assumes: Vec<Assumption>,
    /// What has to be read to decide.
    pub unknown_because: Vec<MissingAnswer>,
    /// What could let him in besides.
    pub not_considered: Vec<NotConsidered>,
}

/// The answer to: who can do this to that?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WhoCanAnswer {
    /// `palisade-who-can/1`.
    pub format: &'static str,
    /// The account of the snapshot.
    pub account: String,
    /// When the snapshot was taken.
    pub taken_at: String,
    /// What for.
    pub action: String,
    /// On what; `*` where the action takes no resource.
    pub resource: String,
    /// Everybody who can or may, by decision, then by name.
    pub principals: Vec<PrincipalAccess>,
    /// Whether others get there through more than 32 roles, which is as far as chains are followed.
    pub chains_go_on: bool,
    /// Policies that no snapshot of this account holds and that could let in others.
    pub others_depend_on: Vec<NotCollected>,
    /// What the accesses take for granted.
    pub assumes: Vec<Assumption>,
    /// What has to be read to be sure that nobody is missing.
    pub unknown_because: Vec<MissingAnswer>,
    /// What could let in others.
    pub not_considered: Vec<NotConsidered>,
}

/// A principal who can or may do what was asked, by the best way there is: allowed before conditional before
/// unknown, then the shortest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PrincipalAccess {
    /// Its ARN; an account's root, a service, `anonymous`, or `*` for any AWS account.
    pub principal: String,
    /// What it is.
    pub kind: CallerKind,
    /// The decision over the whole way.
    pub decision: AccessDecision,
    /// The roles it assumes, in order; empty if it needs none.
    pub via: Vec<Step>,
    /// Why the last role, or the principal itself, is let do it.
    pub because: Vec<Because>,
    /// What that depends on.
    pub residual: Vec<Residual>,
    /// What has to be read to decide that.
    pub unknown_because: Vec<MissingAnswer>,
}

/// A role that is assumed on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Step {
    /// The action that assumes it.
    pub action: &'static str,
    /// The role's ARN.
    pub role: String,
    /// Whether that is allowed.
    pub decision: AccessDecision,
    /// The reasons.
    pub because: Vec<Because>,
    /// What it depends on.
    pub residual: Vec<Residual>,
    /// What has to be read to decide.
    pub unknown_because: Vec<MissingAnswer>,
}

/// What kind of principal it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallerKind {
    /// The root user of the account.
    Root,
    /// An IAM user of the account.
    User,
    /// An IAM role of the account.
    Role,
    /// A session of a role of the account, named by itself.
    RoleSession,
    /// Another account, or somebody in it.
    ForeignAccount,
    /// An AWS service.
    Service,
    /// Users of an identity provider.
    Federated,
    /// An account known by its canonical user id.
    CanonicalUser,
    /// Whoever has an AWS account.
    AnyAccount,
    /// Whoever is on the internet.
    Anonymous,
}

impl CallerKind {
    /// The name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::User => "user",
            Self::Role => "role",
            Self::RoleSession => "role_session",
            Self::ForeignAccount => "foreign_account",
            Self::Service => "service",
            Self::Federated => "federated",
            Self::CanonicalUser => "canonical_user",
            Self::AnyAccount => "any_account",
            Self::Anonymous => "anonymous",
        }
    }
}
