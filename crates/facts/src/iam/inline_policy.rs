//! Policies embedded in users, groups and roles.

use jiff::civil::Date;
use palisade_snapshot::RecordKind;

use crate::{Access, Kind, Known, Lazy, fact_enum, facts};

fact_enum! {
    /// The kinds of identity that have inline policies.
    pub enum IdentityKind {
        /// An IAM user.
        User = "iam.user",
        /// An IAM group.
        Group = "iam.group",
        /// An IAM role.
        Role = "iam.role",
    }
}

facts! {
    /// A policy embedded in a user, group or role.
    pub struct InlinePolicy as "iam.inline_policy" {
        /// Its name, unique within the identity.
        name: String, reads [];
        /// The ARN of the user, group or role.
        identity_arn: String, reads [];
        /// The name of the user, group or role.
        identity: String, reads [];
        /// What it is embedded in.
        identity_kind: IdentityKind, reads [];
        /// Whether it belongs to a role that an AWS service or IAM Identity Center owns, so that it can't be
        /// changed there.
        aws_owned: bool, reads [];
        /// The emergency that `palisade.toml` declares for it; null if none.
        emergency: Option<Emergency>, reads [];
        /// Whether it allows every action on every resource.
        full_administrator: Lazy<Known<Access>>, reads [];
    }
}

facts! {
    /// Why an inline policy is there, as `palisade.toml` declares it.
    pub struct Emergency as "emergency" {
        /// What happened.
        reason: String, reads [];
        /// Who answers for it.
        owner: String, reads [];
        /// The last day on which it is accepted, `YYYY-MM-DD`.
        expires: Date, reads [];
        /// Whether that day had passed, in UTC, when the snapshot was taken.
        expired: bool, reads [];
    }
}

/// Policies embedded in users, groups and roles.
pub static KIND: Kind = Kind {
    name: "iam.inline_policy",
    variable: "inline_policy",
    object: &InlinePolicy::OBJECT,
    listings: &[RecordKind::User, RecordKind::Group, RecordKind::Role],
    reads: &[],
    wildcard_arn: |shared| {
        format!("arn:{}:iam::{}:*/inline-policy/*", shared.header.partition, shared.header.account_id)
    },
};
