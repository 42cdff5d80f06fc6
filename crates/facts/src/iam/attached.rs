//! What users, groups and roles have in common.

use crate::facts;

facts! {
    /// A managed policy attached to an identity.
    pub struct AttachedPolicy as "attached_policy" {
        /// Its name.
        name: String, reads [];
        /// Its ARN.
        arn: String, reads [];
        /// Whether AWS owns and maintains it.
        aws_managed: bool, reads [];
    }
}

facts! {
    /// A tag.
    pub struct Tag as "tag" {
        /// The key.
        key: String, reads [];
        /// The value.
        value: String, reads [];
    }
}

impl AttachedPolicy {
    /// The facts of the policies attached to an identity.
    pub(crate) fn list(attached: &[palisade_snapshot::AttachedPolicy]) -> Vec<Self> {
        let one = |policy: &palisade_snapshot::AttachedPolicy| Self {
            name: policy.name.clone(),
            arn: policy.arn.clone(),
            aws_managed: is_aws_managed(&policy.arn),
        };
        attached.iter().map(one).collect()
    }
}

impl Tag {
    /// The facts of an identity's tags.
    pub(crate) fn list(tags: &[palisade_snapshot::Tag]) -> Vec<Self> {
        tags.iter().map(|tag| Self { key: tag.key.clone(), value: tag.value.clone() }).collect()
    }
}

/// The names of inline policies.
pub(crate) fn names(policies: &[palisade_snapshot::InlinePolicy]) -> Vec<String> {
    policies.iter().map(|policy| policy.name.clone()).collect()
}

/// Whether AWS owns a managed policy: the account in its ARN is `aws`.
pub(crate) fn is_aws_managed(arn: &str) -> bool {
    arn.split(':').nth(4) == Some("aws")
}
