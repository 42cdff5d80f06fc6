//! Managed policies: the account's own, and AWS's where they are attached.

use palisade_snapshot::RecordKind;

use crate::{Access, Kind, Known, Lazy, Listed, facts};

facts! {
    /// A managed policy.
    pub struct Policy as "iam.policy" {
        /// Its ARN.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// Its path, `/` at the least.
        path: String, reads [];
        /// Whether AWS owns and maintains it.
        aws_managed: bool, reads [];
        /// How many users, groups and roles it is attached to.
        attachment_count: i64, reads [];
        /// How many users and roles it bounds.
        boundary_usage_count: i64, reads [];
        /// The version in force, such as `v3`.
        default_version: String, reads [];
        /// The ARNs of the users, groups and roles it is attached to.
        holders: Lazy<Listed<String>>, reads [Users, Groups, Roles];
        /// Whether it allows every action on every resource.
        full_administrator: Lazy<Known<Access>>, reads [];
    }
}

/// Managed policies.
pub static KIND: Kind = Kind {
    name: "iam.policy",
    variable: "policy",
    object: &Policy::OBJECT,
    listings: &[RecordKind::Policy],
    reads: &[],
    wildcard_arn: |shared| {
        format!("arn:{}:iam::{}:policy/*", shared.header.partition, shared.header.account_id)
    },
};
