//! Managed policies: the account's own, and AWS's where they are attached.

use std::sync::Arc;

use palisade_snapshot::{Evidence, ManagedPolicy, RecordKind};

use super::attached::is_aws_managed;
use super::{Escalation, PeopleAssuming, any_role, full_administrator, people_assuming, policy_escalation};
use crate::context::Context;
use crate::subject::Subjects;
use crate::{Access, Kind, Known, Lazy, Listed, Subject, facts, identities};

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
        /// Whether it alone lets its holders pass every role of the account to a service (`iam:PassRole`);
        /// `conditional` where a condition limits to which services, or which roles.
        passes_any_role: Lazy<Known<Access>>, reads [];
        /// Whether it alone lets its holders assume every role of the account that trusts them (`sts:AssumeRole`).
        assumes_any_role: Lazy<Known<Access>>, reads [];
        /// Whether somebody who holds it and nothing else can become administrator.
        escalation: Lazy<Known<Escalation>>, reads [Users, Groups, Roles, CredentialReport, ServiceControlPolicies];
        /// The roles that people assume by it, and what asks them for MFA.
        people_assuming: Lazy<PeopleAssuming>, reads [Users, Groups, Roles, CredentialReport, VirtualMfaDevices, ServiceControlPolicies, ResourceControlPolicies];
        /// The versions not in force that alone would let its holders do everything on every resource: one call of
        /// `iam:SetDefaultPolicyVersion` puts one of them in force.
        full_administrator_versions: Lazy<Known<Vec<String>>>, reads [];
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
pub(crate) fn subjects(context: &Arc<Context>) -> Subjects<'_> {
    let policies = context.shared.policies.iter().enumerate();
    Box::new(policies.map(|(index, policy)| subject(context, index, policy)))
}

fn subject(context: &Arc<Context>, index: usize, policy: &ManagedPolicy) -> Subject {
    let (holding, reading, looking) = (Arc::clone(context), Arc::clone(context), Arc::clone(context));
    let any_role = |action: &'static str| {
        let context = Arc::clone(context);
        Lazy::new(move || any_role::allows(&context, context.managed_policy(index), action))
    };
    let (searching, searched) = (Arc::clone(context), policy.arn.clone());
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
            full_administrator::of_policy(&reading, reading.managed_policy(index))
        }),
        passes_any_role: any_role("iam:PassRole"),
        assumes_any_role: any_role("sts:AssumeRole"),
        escalation: Lazy::new(move || policy_escalation::of(&searching, &searched)),
        people_assuming: {
            let (asking, arn) = (Arc::clone(context), policy.arn.clone());
            Lazy::new(move || people_assuming::by(&asking, &arn))
        },
        full_administrator_versions: Lazy::new(move || full_administrator_versions(&looking, index)),
    };
    Subject {
        kind: &KIND,
        arn: policy.arn.clone(),
        name: policy.name.clone(),
        region: None,
        facts: Box::new(facts),
    }
}

/// The versions of a policy that are not in force and give full administration; unknown if one is no policy.
fn full_administrator_versions(context: &Context, index: usize) -> Known<Vec<String>> {
    let Some(policy) = context.shared.policies.get(index) else { return Known::Known(Vec::new()) };
    let others = policy.versions.iter().filter(|version| version.id != policy.default_version_id);
    let mut found = Vec::new();
    for version in others {
        let document = identities::read(&version.document, Evidence::Policies);
        let policy =
            document.map(|document| Arc::new(identities::Policy::new(policy.arn.as_str(), document)));
        match full_administrator::of_policy(context, policy.as_ref()) {
            Known::Known(Access::Yes) => found.push(version.id.clone()),
            Known::Known(_) => {}
            Known::Unknown(missing) => return Known::Unknown(missing),
        }
    }
    Known::Known(found)
}

/// The users, groups and roles that a policy is attached to.
pub(super) fn holders(context: &Context, arn: &str) -> Listed<String> {
    let records = context.holders(arn).iter().filter_map(|&holder| context.identity(holder));
    let holders = records.map(|record| record.arn.to_owned());
    Listed {
        items: holders.collect(),
        incomplete: context.identities_incomplete(&[RecordKind::User, RecordKind::Group, RecordKind::Role]),
    }
}
