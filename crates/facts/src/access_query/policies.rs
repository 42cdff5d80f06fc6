//! The policies of the account's users and roles, each compiled once.

use std::collections::BTreeMap;
use std::sync::Arc;

use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::policies::{PolicySet, PrincipalPolicies};
use palisade_snapshot::{
    AttachedPolicy, Evidence, InlinePolicy, PermissionsBoundary, Reason, RecordKind, Role, Shared, User,
};

use super::unread;
use crate::context::incomplete;
use crate::iam::inline_policy;
use crate::organization::OrganizationPolicies;
use crate::{Known, Missing};

type Compiled = Known<Arc<CompiledPolicy>>;

/// The policies that several identities share.
pub(super) struct SharedPolicies<'a> {
    managed: BTreeMap<&'a str, Compiled>,
    /// Why a managed policy that was not listed is missing.
    unlisted_managed: Missing,
    groups: BTreeMap<&'a str, Vec<Compiled>>,
    /// Why a group that was not listed is missing.
    unlisted_group: Missing,
    /// The service control policies that limit everybody in the account.
    scps: Vec<PolicySet>,
}

/// What one user or role may do by itself.
#[derive(Debug, Clone)]
pub(super) struct Held {
    /// Its policies; in place of those that could not be read stands one that allows everything.
    pub(super) policies: PrincipalPolicies,
    /// What could not be read of them.
    pub(super) missing: Option<Missing>,
}

impl<'a> SharedPolicies<'a> {
    pub(super) fn new(shared: &'a Shared) -> Self {
        let unlisted = |kind: RecordKind| {
            incomplete(shared, kind).unwrap_or_else(|| Missing::because(kind.evidence(), Reason::Malformed))
        };
        let managed = shared.policies.iter().map(|policy| {
            let compiled = match policy.document() {
                Some(text) => compile(policy.arn.clone(), text, Evidence::Policies),
                None => Known::Unknown(Missing::because(Evidence::Policies, Reason::Malformed)),
            };
            (policy.arn.as_str(), compiled)
        });
        let mut policies = Self {
            managed: managed.collect(),
            unlisted_managed: unlisted(RecordKind::Policy),
            groups: BTreeMap::new(),
            unlisted_group: unlisted(RecordKind::Group),
            scps: OrganizationPolicies::of(shared).scps.sets(),
        };
        for group in &shared.groups {
            let inline = inline(&group.arn, &group.inline_policies, Evidence::Groups);
            let all = inline.chain(policies.attached(&group.attached_policies)).collect();
            policies.groups.insert(&group.name, all);
        }
        policies
    }

    /// A user's own policies and those of his groups.
    pub(super) fn of_user(&self, user: &User) -> Held {
        let groups = user.groups.iter().flat_map(|group| match self.groups.get(group.as_str()) {
            Some(policies) => policies.clone(),
            None => vec![Known::Unknown(self.unlisted_group.clone())],
        });
        let identity = inline(&user.arn, &user.inline_policies, Evidence::Users)
            .chain(self.attached(&user.attached_policies))
            .chain(groups);
        self.hold(identity, user.permissions_boundary.as_ref())
    }

    /// A role's own policies.
    pub(super) fn of_role(&self, role: &Role) -> Held {
        let identity = inline(&role.arn, &role.inline_policies, Evidence::Roles)
            .chain(self.attached(&role.attached_policies));
        self.hold(identity, role.permissions_boundary.as_ref())
    }

    /// What limits whoever is of the account, whatever else he holds.
    pub(super) fn scps(&self) -> Vec<PolicySet> {
        self.scps.clone()
    }

    fn hold(&self, identity: impl Iterator<Item = Compiled>, boundary: Option<&PermissionsBoundary>) -> Held {
        let mut missing = None;
        let mut read = |policy: Compiled| match policy {
            Known::Known(policy) => policy,
            Known::Unknown(why) => {
                missing = Missing::either(missing.take(), Some(why));
                unread::allowing()
            }
        };
        let identity = PolicySet::for_few_requests(identity.map(&mut read).collect());
        let boundary = boundary.map(|one| PolicySet::new(vec![read(self.managed(&one.arn))]));
        let policies = PrincipalPolicies {
            identity,
            boundaries: boundary.into_iter().collect(),
            scps: self.scps.clone(),
            ..Default::default()
        };
        Held { policies, missing }
    }

    fn attached(&self, attached: &[AttachedPolicy]) -> impl Iterator<Item = Compiled> {
        attached.iter().map(|policy| self.managed(&policy.arn))
    }

    fn managed(&self, arn: &str) -> Compiled {
        self.managed.get(arn).cloned().unwrap_or_else(|| Known::Unknown(self.unlisted_managed.clone()))
    }
}

fn inline(identity: &str, policies: &[InlinePolicy], evidence: Evidence) -> impl Iterator<Item = Compiled> {
    policies
        .iter()
        .map(move |policy| compile(inline_policy::arn(identity, &policy.name), &policy.document, evidence))
}

/// Compiles a policy; a text that is none is a malformed answer of the call that brought it.
fn compile(name: String, text: &str, evidence: Evidence) -> Compiled {
    CompiledPolicy::from_text(name, text).map_or_else(
        |_| Known::Unknown(Missing::because(evidence, Reason::Malformed)),
        |policy| Known::Known(Arc::new(policy)),
    )
}
