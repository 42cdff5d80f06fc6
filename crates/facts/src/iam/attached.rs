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
