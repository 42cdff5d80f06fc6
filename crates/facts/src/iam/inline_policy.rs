//! Policies embedded in users, groups and roles.

use std::sync::Arc;

use palisade_snapshot::RecordKind;

use super::role::is_aws_owned;
use super::{Escalation, PeopleAssuming, any_role, full_administrator, people_assuming, policy_escalation};
use crate::context::Context;
use crate::identities::{Identity, IdentityRecord};
use crate::subject::Subjects;
use crate::{Access, Exception, Kind, Known, Lazy, Subject, fact_enum, facts};

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
        emergency: Option<Exception>, reads [];
        /// Whether it alone lets its holder do everything on every resource.
        full_administrator: Lazy<Known<Access>>, reads [];
        /// Whether it alone lets its holder pass every role of the account to a service (`iam:PassRole`);
        /// `conditional` where a condition limits to which services, or which roles.
        passes_any_role: Lazy<Known<Access>>, reads [];
        /// Whether it alone lets its holder assume every role of the account that trusts it (`sts:AssumeRole`).
        assumes_any_role: Lazy<Known<Access>>, reads [];
        /// Whether somebody who holds it and nothing else can become administrator.
        escalation: Lazy<Known<Escalation>>, reads [Policies, CredentialReport, ServiceControlPolicies];
        /// The roles that people assume by it, and what asks them for MFA.
        people_assuming: Lazy<PeopleAssuming>, reads [Policies, CredentialReport, VirtualMfaDevices, ServiceControlPolicies, ResourceControlPolicies];
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
    subjects,
    hidden: |_| None,
};

/// What stands for the ARN of an inline policy.
pub(crate) fn arn(identity: &str, policy: &str) -> String {
    format!("{identity}/inline-policy/{policy}")
}

/// One subject per inline policy.
pub(crate) fn subjects(context: &Arc<Context>) -> Subjects<'_> {
    let of = move |(identity, record): (Identity, IdentityRecord<'_>)| {
        (0..record.inline.len()).filter_map(move |index| subject(context, identity, index))
    };
    Box::new(context.identity_records().flat_map(of))
}

fn subject(context: &Arc<Context>, identity: Identity, index: usize) -> Option<Subject> {
    let record = context.identity(identity)?;
    let policy = record.inline.get(index)?;
    let (reading, searching) = (Arc::clone(context), Arc::clone(context));
    let searched = arn(record.arn, &policy.name);
    let any_role = |action: &'static str| {
        let context = Arc::clone(context);
        Lazy::new(move || any_role::allows(&context, context.inline_policy(identity, index), action))
    };
    let facts = InlinePolicy {
        name: policy.name.clone(),
        identity_arn: record.arn.to_owned(),
        identity: record.name.to_owned(),
        identity_kind: identity.kind,
        aws_owned: identity.kind == IdentityKind::Role && is_aws_owned(record.path),
        emergency: emergency(context, record.arn, &policy.name),
        full_administrator: Lazy::new(move || {
            full_administrator::of_policy(&reading, reading.inline_policy(identity, index))
        }),
        passes_any_role: any_role("iam:PassRole"),
        assumes_any_role: any_role("sts:AssumeRole"),
        escalation: Lazy::new(move || policy_escalation::of(&searching, &searched)),
        people_assuming: {
            let (asking, arn) = (Arc::clone(context), arn(record.arn, &policy.name));
            Lazy::new(move || people_assuming::by(&asking, &arn))
        },
    };
    Some(Subject {
        kind: &KIND,
        arn: arn(record.arn, &policy.name),
        name: format!("{} of {}", policy.name, record.name),
        region: None,
        facts: Box::new(facts),
    })
}

/// The declared emergency; of several, the one that ends last.
fn emergency(context: &Context, principal: &str, policy: &str) -> Option<Exception> {
    let declared = context.declarations.emergency_inline_policies.iter();
    declared
        .filter(|one| one.principal == principal && one.policy == policy)
        .max_by_key(|one| one.expires)
        .map(|one| Exception::new(context, &one.reason, &one.owner, one.expires))
}
