//! What an account can take away: statements and attachments.

use serde::Serialize;

/// A statement of a policy, or an attachment of one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Unit {
    /// A statement.
    Statement {
        /// The policy: the ARN of a managed policy; the role's or holder's ARN and a path for others.
        policy: String,
        /// Its place among the statements of the policy, from 0.
        statement: usize,
    },
    /// A managed policy attached to a user, group or role.
    Attachment {
        /// The ARN of the user, group or role.
        identity: String,
        /// The ARN of the policy.
        policy: String,
    },
}

impl Unit {
    pub(super) fn statement(policy: &str, statement: usize) -> Self {
        Self::Statement { policy: policy.to_owned(), statement }
    }

    pub(super) fn attachment(identity: &str, policy: &str) -> Self {
        Self::Attachment { identity: identity.to_owned(), policy: policy.to_owned() }
    }

    /// What names the trust policy of a role.
    pub(super) fn trust_policy(role: &str) -> String {
        format!("{role}/trust-policy")
    }
}
