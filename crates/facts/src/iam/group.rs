//! IAM groups.

use std::sync::Arc;

use jiff::Timestamp;
use palisade_snapshot::RecordKind;

use super::{AttachedPolicy, Effective, GroupMembers, IdentityKind, attached, effective, group_members};
use crate::clock::days_since;
use crate::context::Context;
use crate::identities::Identity;
use crate::{Kind, Known, Lazy, Listed, Subject, facts};

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
        /// Its users, and what it lets each of them do.
        people: Lazy<GroupMembers>, reads [Users, CredentialReport, VirtualMfaDevices, Policies, ServiceControlPolicies];
        /// What a member may really do by it alone.
        effective: Lazy<Known<Effective>>, reads [Policies, ServiceControlPolicies];
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
    subjects: |context| Box::new(subjects(context).into_iter()),
    hidden: |_| None,
};

/// One subject per group.
pub(crate) fn subjects(context: &Arc<Context>) -> Vec<Subject> {
    let incomplete = context.incomplete(RecordKind::User);
    let subject = |(index, group): (usize, &palisade_snapshot::Group)| {
        let (asking, gathering) = (Arc::clone(context), Arc::clone(context));
        let facts = Group {
            arn: group.arn.clone(),
            name: group.name.clone(),
            path: group.path.clone(),
            created_at: group.created_at,
            age_days: days_since(group.created_at, context.now()),
            members: Listed {
                items: context.members(&group.name).map(|(_, user)| user.name.clone()).collect(),
                incomplete: incomplete.clone(),
            },
            inline_policies: attached::names(&group.inline_policies),
            attached_policies: AttachedPolicy::list(&group.attached_policies),
            people: Lazy::new(move || group_members::of(&gathering, index)),
            effective: Lazy::new(move || {
                effective::of(&asking, Identity { kind: IdentityKind::Group, index })
            }),
        };
        Subject {
            kind: &KIND,
            arn: group.arn.clone(),
            name: group.name.clone(),
            region: None,
            facts: Box::new(facts),
        }
    };
    context.shared.groups.iter().enumerate().map(subject).collect()
}
