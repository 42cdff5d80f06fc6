//! The answer, as it is written.

use serde::Serialize;

use super::emergency::EmergencyRole;
use super::unit::Unit;

/// Who is an administrator, who can become one and how, and what would stop that.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Every user and role, by ARN.
    pub principals: Vec<PrincipalReport>,
    /// What closes every unconditional path.
    pub cut: Cut,
    /// The roles that are declared to be for emergencies, by ARN.
    pub emergency_roles: Vec<EmergencyRole>,
}

impl Report {
    /// The user or role of an ARN.
    #[must_use]
    pub fn principal(&self, arn: &str) -> Option<&PrincipalReport> {
        let place = self.principals.binary_search_by(|one| one.arn.as_str().cmp(arn)).ok()?;
        self.principals.get(place)
    }
}

/// What a user or role is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Its policies allow everything.
    Administrator,
    /// It reaches an administrator with nothing but IAM.
    CanEscalate,
    /// It reaches one if context that nobody can know is favourable.
    Conditional,
    /// It reaches one if something outside IAM exists.
    NeedsExternalState,
    /// Something that could not be read decides.
    Unknown,
    /// It reaches none.
    Cannot,
}

impl Status {
    /// The name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::CanEscalate => "can_escalate",
            Self::Conditional => "conditional",
            Self::NeedsExternalState => "needs_external_state",
            Self::Unknown => "unknown",
            Self::Cannot => "cannot",
        }
    }
}

/// One user or role.
#[derive(Debug, Clone, Serialize)]
pub struct PrincipalReport {
    /// Its ARN.
    pub arn: String,
    /// `user` or `role`.
    pub kind: &'static str,
    /// What it is.
    pub status: Status,
    /// Whether it is an administrator.
    pub admin: bool,
    /// Whether an unconditional path needs nothing outside IAM; false for an administrator.
    pub can_escalate: bool,
    /// Whether there is a path, and each needs something outside IAM.
    pub needs_external_state: bool,
    /// Denies that leave an administrator one.
    pub limited_by: Vec<String>,
    /// Policies and listings that could not be read, where they decide.
    pub unknown_because: Vec<String>,
    /// The shortest paths.
    pub paths: Vec<Path>,
}

/// A path to an administrator.
#[derive(Debug, Clone, Serialize)]
pub struct Path {
    /// The id of its first technique, or of the combination that its first steps are.
    pub technique: String,
    /// The administrator that it ends at: an ARN.
    pub administrator: String,
    /// The requests, in order.
    pub steps: Vec<PathStep>,
    /// What it hangs on: conditions on context that nobody can know.
    pub conditional: Vec<String>,
    /// What must exist outside IAM.
    pub external_state: Vec<String>,
    /// What is assumed in the attacker's favour.
    pub assumes: Vec<String>,
}

/// One request of a path.
#[derive(Debug, Clone, Serialize)]
pub struct PathStep {
    /// The id of the technique.
    pub technique: String,
    /// The request.
    pub request: WitnessRequest,
    /// The statements that allow it.
    pub statements: Vec<StatementUse>,
}

/// A request that the policy engine allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WitnessRequest {
    /// Who makes it.
    pub principal: String,
    /// The action.
    pub action: String,
    /// The ARN it acts on, or `*`.
    pub resource: String,
    /// The condition keys that it brings, beyond those that the caller implies.
    pub context: std::collections::BTreeMap<String, serde_json::Value>,
}

/// A statement that allows a request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct StatementUse {
    /// The policy it stands in: the ARN of a managed policy; the holder's ARN and a path for others.
    pub policy: String,
    /// Its JSON pointer in the policy.
    pub pointer: String,
    /// Its `Sid`, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
}

/// What closes every unconditional path.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Cut {
    /// What to take away; nothing of it can be left out.
    pub remove: Vec<Unit>,
    /// Whether no smaller cut exists.
    pub proven_smallest: bool,
    /// Whether the search without these finds no unconditional path any more.
    pub closes_everything: bool,
    /// Who still has a path, where no allowed change closes it.
    pub remaining: Vec<String>,
}
