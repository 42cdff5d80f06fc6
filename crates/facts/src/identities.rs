//! Users, groups and roles as holders of policies, each policy read once.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use palisade_policy::document::PolicyDocument;
use palisade_snapshot::{AttachedPolicy, Evidence, InlinePolicy, ManagedPolicy, Reason, RecordKind, Shared};

use crate::context::Context;
use crate::iam::IdentityKind;
use crate::{Known, Missing};

/// A policy that was read, or why it could not be understood.
pub(crate) type Document = Known<PolicyDocument>;

/// Reads a policy; a text that is none is a malformed answer of the call that brought it.
pub(crate) fn read(text: &str, evidence: Evidence) -> Document {
    PolicyDocument::from_text(text)
        .map_or_else(|_| Known::Unknown(Missing::because(evidence, Reason::Malformed)), Known::Known)
}

/// The policies of the account, read when first asked for.
#[derive(Debug)]
pub(crate) struct Policies {
    managed: Vec<OnceLock<Document>>,
    by_arn: BTreeMap<String, usize>,
    users: Vec<Vec<OnceLock<Document>>>,
    groups: Vec<Vec<OnceLock<Document>>>,
    roles: Vec<Vec<OnceLock<Document>>>,
}

impl Policies {
    pub(crate) fn new(shared: &Shared) -> Self {
        fn empty(count: usize) -> Vec<OnceLock<Document>> {
            (0..count).map(|_| OnceLock::new()).collect()
        }
        let policies = shared.policies.iter().enumerate();
        Self {
            managed: empty(shared.policies.len()),
            by_arn: policies.map(|(index, policy)| (policy.arn.clone(), index)).collect(),
            users: shared.users.iter().map(|user| empty(user.inline_policies.len())).collect(),
            groups: shared.groups.iter().map(|group| empty(group.inline_policies.len())).collect(),
            roles: shared.roles.iter().map(|role| empty(role.inline_policies.len())).collect(),
        }
    }
}

/// A user, group or role by its place in the snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) kind: IdentityKind,
    pub(crate) index: usize,
}

/// What users, groups and roles have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IdentityRecord<'a> {
    pub(crate) arn: &'a str,
    pub(crate) name: &'a str,
    pub(crate) path: &'a str,
    pub(crate) inline: &'a [InlinePolicy],
    pub(crate) attached: &'a [AttachedPolicy],
}

macro_rules! record {
    ($record:expr) => {
        $record.map(|one| IdentityRecord {
            arn: &one.arn,
            name: &one.name,
            path: &one.path,
            inline: &one.inline_policies,
            attached: &one.attached_policies,
        })
    };
}

impl Context {
    /// Every user, group and role, in that order.
    pub(crate) fn identities(&self) -> impl Iterator<Item = Identity> {
        let of = |kind, count| (0..count).map(move |index| Identity { kind, index });
        of(IdentityKind::User, self.shared.users.len())
            .chain(of(IdentityKind::Group, self.shared.groups.len()))
            .chain(of(IdentityKind::Role, self.shared.roles.len()))
    }

    /// Every user, group and role with its record.
    pub(crate) fn identity_records(&self) -> impl Iterator<Item = (Identity, IdentityRecord<'_>)> {
        self.identities().filter_map(|identity| Some((identity, self.identity(identity)?)))
    }

    /// The record of a user, group or role.
    pub(crate) fn identity(&self, identity: Identity) -> Option<IdentityRecord<'_>> {
        let index = identity.index;
        match identity.kind {
            IdentityKind::User => record!(self.shared.users.get(index)),
            IdentityKind::Group => record!(self.shared.groups.get(index)),
            IdentityKind::Role => record!(self.shared.roles.get(index)),
        }
    }

    /// What hides users, groups or roles, if there may be more than were read.
    pub(crate) fn identities_incomplete(&self, kinds: &[RecordKind]) -> Option<Missing> {
        kinds.iter().filter_map(|&kind| self.incomplete(kind)).reduce(|one, other| one.and(&other))
    }

    /// An inline policy, by its place in the list of its identity.
    pub(crate) fn inline_document(&self, identity: Identity, policy: usize) -> Known<&PolicyDocument> {
        let (cells, evidence) = match identity.kind {
            IdentityKind::User => (&self.policies.users, Evidence::Users),
            IdentityKind::Group => (&self.policies.groups, Evidence::Groups),
            IdentityKind::Role => (&self.policies.roles, Evidence::Roles),
        };
        let text = self.identity(identity).and_then(|record| record.inline.get(policy));
        let cell = cells.get(identity.index).and_then(|cells| cells.get(policy));
        document(cell, text.map(|policy| policy.document.as_str()), evidence)
    }

    /// The version in force of a managed policy, by its place in the snapshot.
    pub(crate) fn managed_document(&self, policy: usize) -> Known<&PolicyDocument> {
        let text = self.shared.policies.get(policy).and_then(ManagedPolicy::document);
        document(self.policies.managed.get(policy), text, Evidence::Policies)
    }

    /// The version in force of a managed policy; unknown if the policy was not listed.
    pub(crate) fn attached_document(&self, arn: &str) -> Known<&PolicyDocument> {
        match self.policies.by_arn.get(arn) {
            Some(&index) => self.managed_document(index),
            None => Known::Unknown(
                self.incomplete(RecordKind::Policy)
                    .unwrap_or_else(|| Missing::because(Evidence::Policies, Reason::Malformed)),
            ),
        }
    }

    /// Every policy of an identity, inline ones first: its name in reports, and the document.
    pub(crate) fn documents_of(&self, identity: Identity) -> Vec<(String, Known<&PolicyDocument>)> {
        let Some(record) = self.identity(identity) else { return Vec::new() };
        let inline = record.inline.iter().enumerate().map(|(index, policy)| {
            let name = crate::iam::inline_policy::arn(record.arn, &policy.name);
            (name, self.inline_document(identity, index))
        });
        let attached = record.attached.iter().map(|one| (one.arn.clone(), self.attached_document(&one.arn)));
        inline.chain(attached).collect()
    }
}

/// Reads a policy's text at most once; a policy without text is a malformed answer.
fn document<'a>(
    cell: Option<&'a OnceLock<Document>>,
    text: Option<&str>,
    evidence: Evidence,
) -> Known<&'a PolicyDocument> {
    match (cell, text) {
        (Some(cell), Some(text)) => cell.get_or_init(|| read(text, evidence)).as_ref(),
        _ => Known::Unknown(Missing::because(evidence, Reason::Malformed)),
    }
}
