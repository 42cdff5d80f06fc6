//! Users, groups and roles as holders of policies, each policy read once.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::document::PolicyDocument;
use palisade_snapshot::{AttachedPolicy, Evidence, InlinePolicy, ManagedPolicy, Reason, RecordKind, Shared};

use crate::context::Context;
use crate::iam::effective::Held;
use crate::iam::identity_policy::{ByMeaning, by_meaning};
use crate::iam::{IdentityKind, Permission};
use crate::{Known, Missing};

/// A policy that was read: as it is written, and compiled.
#[derive(Debug)]
pub(crate) struct Policy {
    pub(crate) document: PolicyDocument,
    pub(crate) compiled: Arc<CompiledPolicy>,
}

impl Policy {
    /// Compiles a policy under the name that it has in answers.
    pub(crate) fn new(name: impl Into<String>, document: PolicyDocument) -> Self {
        Self { compiled: Arc::new(CompiledPolicy::new(name, &document)), document }
    }
}

/// A policy of an identity, or why it could not be understood.
type Document = Known<Arc<Policy>>;

/// Reads a policy; a text that is none is a malformed answer of the call that brought it.
pub(crate) fn read(text: &str, evidence: Evidence) -> Known<PolicyDocument> {
    PolicyDocument::from_text(text)
        .map_or_else(|_| Known::Unknown(Missing::because(evidence, Reason::Malformed)), Known::Known)
}

/// Something of each user, group and role, worked out when first asked for.
#[derive(Debug)]
struct PerIdentity<T> {
    users: Vec<T>,
    groups: Vec<T>,
    roles: Vec<T>,
}

impl<T> PerIdentity<T> {
    /// `make` gets the number of inline policies.
    fn new(shared: &Shared, make: impl Fn(usize) -> T) -> Self {
        Self {
            users: shared.users.iter().map(|user| make(user.inline_policies.len())).collect(),
            groups: shared.groups.iter().map(|group| make(group.inline_policies.len())).collect(),
            roles: shared.roles.iter().map(|role| make(role.inline_policies.len())).collect(),
        }
    }

    fn of(&self, identity: Identity) -> Option<&T> {
        let all = match identity.kind {
            IdentityKind::User => &self.users,
            IdentityKind::Group => &self.groups,
            IdentityKind::Role => &self.roles,
        };
        all.get(identity.index)
    }
}

/// The policies of the account, read when first asked for.
#[derive(Debug)]
pub(crate) struct Policies {
    managed: Vec<OnceLock<Document>>,
    by_arn: BTreeMap<String, usize>,
    inline: PerIdentity<Box<[OnceLock<Document>]>>,
    /// How each may do everything.
    administration: PerIdentity<OnceLock<Known<Option<Box<Permission>>>>>,
    /// Whom each managed policy is attached to, by its ARN.
    holders: OnceLock<HashMap<String, Vec<Identity>>>,
    /// The account's own managed policies by what they say.
    by_meaning: OnceLock<ByMeaning>,
}

impl Policies {
    pub(crate) fn new(shared: &Shared) -> Self {
        let policies = shared.policies.iter().enumerate();
        Self {
            managed: (0..shared.policies.len()).map(|_| OnceLock::new()).collect(),
            by_arn: policies.map(|(index, policy)| (policy.arn.clone(), index)).collect(),
            inline: PerIdentity::new(shared, |count| (0..count).map(|_| OnceLock::new()).collect()),
            administration: PerIdentity::new(shared, |_| OnceLock::new()),
            holders: OnceLock::new(),
            by_meaning: OnceLock::new(),
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

    /// A user, group or role by its place among all of these.
    pub(crate) fn identity_at(&self, place: usize) -> Option<Identity> {
        let counts = [
            (IdentityKind::User, self.shared.users.len()),
            (IdentityKind::Group, self.shared.groups.len()),
            (IdentityKind::Role, self.shared.roles.len()),
        ];
        let mut index = place;
        for (kind, count) in counts {
            if index < count {
                return Some(Identity { kind, index });
            }
            index -= count;
        }
        None
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

    /// The users, groups and roles that a managed policy is attached to, in that order.
    pub(crate) fn holders(&self, policy: &str) -> &[Identity] {
        let holders = self.policies.holders.get_or_init(|| {
            let mut holders: HashMap<String, Vec<Identity>> = HashMap::new();
            for (identity, record) in self.identity_records() {
                for attached in record.attached {
                    let known = holders.entry(attached.arn.clone()).or_default();
                    if known.last() != Some(&identity) {
                        known.push(identity);
                    }
                }
            }
            holders
        });
        holders.get(policy).map(Vec::as_slice).unwrap_or_default()
    }

    /// The places of the account's own managed policies by what they say.
    pub(crate) fn policies_by_meaning(&self) -> &ByMeaning {
        self.policies.by_meaning.get_or_init(|| by_meaning(self))
    }

    /// What hides users, groups or roles, if there may be more than were read.
    pub(crate) fn identities_incomplete(&self, kinds: &[RecordKind]) -> Option<Missing> {
        kinds.iter().filter_map(|&kind| self.incomplete(kind)).reduce(|one, other| one.and(&other))
    }

    /// An inline policy, by its place in the list of its identity.
    pub(crate) fn inline_policy(&self, identity: Identity, index: usize) -> Known<&Arc<Policy>> {
        let evidence = listed_by(identity);
        let record = self.identity(identity);
        let found = record.and_then(|record| Some((record.arn, record.inline.get(index)?)));
        let cell = self.policies.inline.of(identity).and_then(|cells| cells.get(index));
        policy(cell, found.map(|(_, policy)| policy.document.as_str()), evidence, || {
            found.map_or_else(String::new, |(arn, policy)| crate::iam::inline_policy::arn(arn, &policy.name))
        })
    }

    /// The version in force of a managed policy, by its place in the snapshot.
    pub(crate) fn managed_policy(&self, index: usize) -> Known<&Arc<Policy>> {
        let record = self.shared.policies.get(index);
        let text = record.and_then(ManagedPolicy::document);
        policy(self.policies.managed.get(index), text, Evidence::Policies, || {
            record.map_or_else(String::new, |policy| policy.arn.clone())
        })
    }

    /// The version in force of a managed policy; unknown if the policy was not listed.
    pub(crate) fn attached_policy(&self, arn: &str) -> Known<&Arc<Policy>> {
        match self.policies.by_arn.get(arn) {
            Some(&index) => self.managed_policy(index),
            None => Known::Unknown(
                self.incomplete(RecordKind::Policy)
                    .unwrap_or_else(|| Missing::because(Evidence::Policies, Reason::Malformed)),
            ),
        }
    }

    /// Every policy of an identity, inline ones first.
    pub(crate) fn policies_of(&self, identity: Identity) -> Vec<Known<&Arc<Policy>>> {
        let Some(record) = self.identity(identity) else { return Vec::new() };
        let inline = (0..record.inline.len()).map(|index| self.inline_policy(identity, index));
        inline.chain(record.attached.iter().map(|one| self.attached_policy(&one.arn))).collect()
    }

    /// The policies of users, groups and roles, and the managed ones, that could be understood.
    pub(crate) fn read_policies(&self) -> impl Iterator<Item = Arc<Policy>> {
        let managed = (0..self.shared.policies.len()).map(|index| self.managed_policy(index));
        let inline = self.identity_records().flat_map(move |(identity, record)| {
            (0..record.inline.len()).map(move |index| self.inline_policy(identity, index))
        });
        managed.chain(inline).filter_map(|policy| policy.known().map(|policy| Arc::clone(policy)))
    }

    /// How an identity may do everything, by its groups too; null if it may not, unknown if one of its policies is.
    pub(crate) fn administration(&self, identity: Identity) -> Known<Option<&Permission>> {
        let decide = || Held::of(self, identity).map(|held| held.administration().map(Box::new));
        match self.policies.administration.of(identity) {
            Some(cell) => cell.get_or_init(decide).as_ref().map(Option::as_deref),
            None => Known::Unknown(Missing::because(listed_by(identity), Reason::Malformed)),
        }
    }
}

/// The evidence that a user, group or role is known by.
fn listed_by(identity: Identity) -> Evidence {
    match identity.kind {
        IdentityKind::User => Evidence::Users,
        IdentityKind::Group => Evidence::Groups,
        IdentityKind::Role => Evidence::Roles,
    }
}

/// Reads and compiles a policy at most once; a policy without text is a malformed answer.
fn policy<'a>(
    cell: Option<&'a OnceLock<Document>>,
    text: Option<&str>,
    evidence: Evidence,
    name: impl FnOnce() -> String,
) -> Known<&'a Arc<Policy>> {
    match (cell, text) {
        (Some(cell), Some(text)) => cell
            .get_or_init(|| read(text, evidence).map(|document| Arc::new(Policy::new(name(), document))))
            .as_ref(),
        _ => Known::Unknown(Missing::because(evidence, Reason::Malformed)),
    }
}
