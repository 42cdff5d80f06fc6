//! Managed policies: the account's own, and AWS's where they are attached.

use std::sync::Arc;

use palisade_snapshot::{ManagedPolicy, RecordKind};

use super::attached::is_aws_managed;
use super::full_administrator;
use crate::context::Context;
use crate::{Access, Kind, Known, Lazy, Listed, Subject, facts};

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
        /// Whether it alone lets its holders do everything on every resource.
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
    subjects,
    hidden: |_| None,
};

/// One subject per managed policy.
pub(crate) fn subjects(context: &Arc<Context>) -> Vec<Subject> {
    let policies = context.shared.policies.iter().enumerate();
    policies.map(|(index, policy)| subject(context, index, policy)).collect()
}

fn subject(context: &Arc<Context>, index: usize, policy: &ManagedPolicy) -> Subject {
    let (holding, reading) = (Arc::clone(context), Arc::clone(context));
    let arn = policy.arn.clone();
    let facts = Policy {
        arn: policy.arn.clone(),
        name: policy.name.clone(),
        path: policy.path.clone(),
        aws_managed: is_aws_managed(&policy.arn),
        attachment_count: policy.attachment_count.into(),
        boundary_usage_count: policy.boundary_usage_count.into(),
        default_version: policy.default_version_id.clone(),
        holders: Lazy::new(move || holders(&holding, &arn)),
        full_administrator: Lazy::new(move || {
            full_administrator::of_document(&reading, reading.managed_document(index))
        }),
    };
    Subject {
        kind: &KIND,
        arn: policy.arn.clone(),
        name: policy.name.clone(),
        region: None,
        facts: Box::new(facts),
    }
}

/// The users, groups and roles that a policy is attached to.
fn holders(context: &Context, arn: &str) -> Listed<String> {
    let holders = context
        .identity_records()
        .filter(|(_, record)| record.attached.iter().any(|policy| policy.arn == arn))
        .map(|(_, record)| record.arn.to_owned());
    Listed {
        items: holders.collect(),
        incomplete: context.identities_incomplete(&[RecordKind::User, RecordKind::Group, RecordKind::Role]),
    }
}
