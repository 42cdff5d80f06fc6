//! IAM groups.

use jiff::Timestamp;
use palisade_snapshot::RecordKind;

use super::AttachedPolicy;
use crate::{Kind, Listed, facts};

facts! {
    /// An IAM group.
    pub struct Group as "iam.group" {
        /// Its ARN.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// Its path, `/` at the least.
        path: String, reads [];
        /// When it was created.
        created_at: Timestamp, reads [];
        /// Its age in days.
        age_days: i64, reads [];
        /// The names of its users.
        members: Listed<String>, reads [Users];
        /// The names of its inline policies.
        inline_policies: Vec<String>, reads [];
        /// The managed policies attached to it.
        attached_policies: Vec<AttachedPolicy>, reads [];
    }
}

/// IAM groups.
pub static KIND: Kind = Kind {
    name: "iam.group",
    variable: "group",
    object: &Group::OBJECT,
    listings: &[RecordKind::Group],
    reads: &[],
    wildcard_arn: |shared| {
        format!("arn:{}:iam::{}:group/*", shared.header.partition, shared.header.account_id)
    },
};
