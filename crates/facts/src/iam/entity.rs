//! Users, groups, roles and the account's own policies together: what was made here and was given a name.

use std::sync::Arc;

use palisade_snapshot::{RecordKind, Tag};

use super::attached::is_aws_managed;
use super::metadata_secret::{self, MetadataSecret, Text};
use super::role::is_aws_owned;
use crate::context::Context;
use crate::identities::Identity;
use crate::subject::Subjects;
use crate::{Kind, Lazy, Subject, fact_enum, facts};

use super::IdentityKind;

fact_enum! {
    /// The kinds of resources of IAM that somebody names.
    pub enum EntityKind {
        /// An IAM user.
        User = "iam.user",
        /// An IAM group.
        Group = "iam.group",
        /// An IAM role.
        Role = "iam.role",
        /// A managed policy of the account.
        Policy = "iam.policy",
    }
}

facts! {
    /// A user, group, role or managed policy of the account; managed policies of AWS are left out.
    pub struct Entity as "iam.entity" {
        /// Its ARN.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// Its path, `/` at the least.
        path: String, reads [];
        /// Which of the four it is.
        entity_kind: EntityKind, reads [];
        /// Whether it is a role that an AWS service or IAM Identity Center owns, so that nobody here chose its name.
        aws_owned: bool, reads [];
        /// Whether its name ends as those that AWS CloudFormation makes up: a hyphen and twelve or thirteen capital and
        /// small letters and digits.
        generated_name: bool, reads [];
        /// What looks like a secret in its name, its tags, and the names and texts of its policies.
        secrets: Lazy<Vec<MetadataSecret>>, reads [];
    }
}

/// Users, groups, roles and the account's own policies.
pub static KIND: Kind = Kind {
    name: "iam.entity",
    variable: "entity",
    object: &Entity::OBJECT,
    listings: &[RecordKind::User, RecordKind::Group, RecordKind::Role, RecordKind::Policy],
    reads: &[],
    wildcard_arn: |shared| format!("arn:{}:iam::{}:*", shared.header.partition, shared.header.account_id),
    subjects,
    hidden: |_| None,
};

/// Where one stands in the snapshot.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// Among the users, groups and roles.
    Identity(Identity),
    /// Among the managed policies.
    Policy(usize),
}

/// One subject per user, group, role and policy.
pub(crate) fn subjects(context: &Arc<Context>) -> Subjects<'_> {
    let identities = context.identity_records().map(|(identity, record)| {
        let kind = match identity.kind {
            IdentityKind::User => EntityKind::User,
            IdentityKind::Group => EntityKind::Group,
            IdentityKind::Role => EntityKind::Role,
        };
        let is_owned = kind == EntityKind::Role && is_aws_owned(record.path);
        subject(context, Place::Identity(identity), kind, [record.arn, record.name, record.path], is_owned)
    });
    let policies =
        context.shared.policies.iter().enumerate().filter(|(_, policy)| !is_aws_managed(&policy.arn));
    let policies = policies.map(|(index, policy)| {
        let named = [policy.arn.as_str(), policy.name.as_str(), policy.path.as_str()];
        subject(context, Place::Policy(index), EntityKind::Policy, named, false)
    });
    Box::new(identities.chain(policies))
}

fn subject(
    context: &Arc<Context>,
    place: Place,
    entity_kind: EntityKind,
    [arn, name, path]: [&str; 3],
    aws_owned: bool,
) -> Subject {
    let reading = Arc::clone(context);
    let facts = Entity {
        arn: arn.to_owned(),
        name: name.to_owned(),
        path: path.to_owned(),
        entity_kind,
        aws_owned,
        generated_name: is_generated(name),
        secrets: Lazy::new(move || secrets(&reading, place)),
    };
    Subject { kind: &KIND, arn: arn.to_owned(), name: name.to_owned(), region: None, facts: Box::new(facts) }
}

/// Whether CloudFormation will have made up a name: `STACK-RESOURCE-1ABCDEFGHIJKL`.
fn is_generated(name: &str) -> bool {
    const LENGTHS: std::ops::RangeInclusive<usize> = 12..=13;
    name.rsplit_once('-').is_some_and(|(_, end)| {
        LENGTHS.contains(&end.len())
            && end.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && end.bytes().any(|byte| byte.is_ascii_digit())
            && end.bytes().any(|byte| byte.is_ascii_uppercase())
    })
}

/// What looks like a secret in what people write about a user, group, role or policy.
fn secrets(context: &Context, place: Place) -> Vec<MetadataSecret> {
    let shared = &context.shared;
    let mut texts = Vec::new();
    match place {
        Place::Policy(index) => {
            let Some(policy) = shared.policies.get(index) else { return Vec::new() };
            texts.push(Text::plain("/name", &policy.name));
            let versions = policy.versions.iter().enumerate();
            texts
                .extend(versions.map(|(index, one)| {
                    Text::document(format!("/versions/{index}/document"), &one.document)
                }));
        }
        Place::Identity(identity) => {
            let Some(record) = context.identity(identity) else { return Vec::new() };
            texts.push(Text::plain("/name", record.name));
            for (index, policy) in record.inline.iter().enumerate() {
                texts.push(Text::plain(format!("/inline_policies/{index}/name"), &policy.name));
                texts.push(Text::document(format!("/inline_policies/{index}/document"), &policy.document));
            }
            let (tags, trust): (&[Tag], Option<&str>) = match identity.kind {
                IdentityKind::User => {
                    (shared.users.get(identity.index).map_or(&[][..], |user| user.tags.as_slice()), None)
                }
                IdentityKind::Role => shared
                    .roles
                    .get(identity.index)
                    .map_or((&[][..], None), |role| (role.tags.as_slice(), Some(role.trust_policy.as_str()))),
                IdentityKind::Group => (&[][..], None),
            };
            texts.extend(trust.map(|trust| Text::document("/trust_policy", trust)));
            for (index, tag) in tags.iter().enumerate() {
                texts.push(Text::plain(format!("/tags/{index}/key"), &tag.key));
                texts.push(Text::labelled(format!("/tags/{index}/value"), &tag.key, &tag.value));
            }
        }
    }
    texts.iter().flat_map(metadata_secret::find).collect()
}
