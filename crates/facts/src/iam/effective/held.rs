//! The policies of one user, group or role, compiled, and who asks with them.

use std::sync::Arc;

use palisade_policy::compiled::{CompiledPolicy, CompiledStatement};
use palisade_policy::context::Context as RequestContext;
use palisade_policy::document::{Effect, Statement};
use palisade_policy::policies::{PolicySet, PrincipalPolicies, ResourcePolicies};
use palisade_policy::principal::Principal;
use palisade_snapshot::{Evidence, Reason, RecordKind, Tag};

use crate::context::Context;
use crate::iam::IdentityKind;
use crate::identities::{Identity, Policy};
use crate::{Known, Missing};

/// The name by which members of a group ask: no real one, so that a condition on a name holds for nobody.
const ANY_MEMBER: &str = "any-member";
/// Keys of requests that a service makes by itself or on somebody's behalf.
const FROM_SERVICES: [&str; 6] = [
    "aws:CalledVia*",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceOwner",
];

/// What one user, group or role holds.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(super) partition: String,
    pub(super) account: String,
    pub(super) principal: Principal,
    /// What each of its requests says, and what nobody can know of them.
    pub(super) context: RequestContext,
    pub(super) policies: PrincipalPolicies,
    /// What stands for the policy of a resource: it leaves everything to the account's identity policies, so that
    /// roles and keys, whose own policies must let somebody in, don't hide what these allow.
    pub(super) resource: ResourcePolicies,
    identity: Vec<Arc<Policy>>,
    boundary: Option<Arc<Policy>>,
}

impl Held {
    /// What an identity holds, by its groups too; unknown if one of these policies is.
    pub(crate) fn of(context: &Context, identity: Identity) -> Known<Self> {
        Self::with(context, identity, groups(context, identity))
    }

    /// What a user holds by one of his groups, after what all that he holds denies him.
    pub(crate) fn by_group(context: &Context, user: Identity, group: Identity) -> Known<Self> {
        Self::of(context, user).and_then(|mut held| {
            let mut policies = Vec::new();
            for policy in context.policies_of(group) {
                match policy {
                    Known::Known(policy) => policies.push(Arc::clone(policy)),
                    Known::Unknown(missing) => return Known::Unknown(missing),
                }
            }
            let denies =
                |policy: &Arc<CompiledPolicy>| Arc::new(policy.reduced(|one| one.effect() == Effect::Deny));
            let denying = held.policies.identity.policies().iter().map(denies);
            let compiled = policies.iter().map(|one| Arc::clone(&one.compiled)).chain(denying);
            held.policies.identity = PolicySet::new(compiled.collect());
            held.identity = policies;
            Known::Known(held)
        })
    }

    /// What anybody may do who holds these policies within this boundary, and of whom nothing else is known but that
    /// he is a user of that name.
    pub(crate) fn by_anybody(mut self, name: &str) -> Self {
        self.principal =
            Principal::parse(&format!("arn:{}:iam::{}:user/{name}", self.partition, self.account));
        self.context = RequestContext::new();
        self.context.mark_unknown("*");
        usual(&mut self.context, &self.account);
        self.context.set("aws:username", name);
        self
    }

    /// What an identity holds without its groups.
    pub(crate) fn directly(context: &Context, identity: Identity) -> Known<Self> {
        Self::with(context, identity, Vec::new())
    }

    /// What could not be read of what an identity holds.
    pub(crate) fn unread(context: &Context, identity: Identity) -> Option<Missing> {
        let own = context.policies_of(identity).into_iter();
        let all = own.chain(groups(context, identity)).chain(boundary(context, identity));
        all.filter_map(|policy| match policy {
            Known::Known(_) => None,
            Known::Unknown(why) => Some(why),
        })
        .reduce(|one, other| one.and(&other))
    }

    fn with(context: &Context, identity: Identity, groups: Policies<'_>) -> Known<Self> {
        let mut missing = None;
        let mut read = |policy: Known<&Arc<Policy>>| match policy {
            Known::Known(policy) => Some(Arc::clone(policy)),
            Known::Unknown(why) => {
                missing = Missing::either(missing.take(), Some(why));
                None
            }
        };
        let own = context.policies_of(identity);
        let boundary = boundary(context, identity);
        let identity_policies: Vec<Arc<Policy>> =
            own.into_iter().chain(groups).filter_map(&mut read).collect();
        let boundary = boundary.and_then(&mut read);
        if let Some(missing) = missing {
            return Known::Unknown(missing);
        }
        let set = |policies: &[Arc<Policy>]| {
            PolicySet::new(policies.iter().map(|one| Arc::clone(&one.compiled)).collect())
        };
        let principal = principal(context, identity);
        Known::Known(Self {
            partition: context.shared.header.partition.clone(),
            account: context.shared.header.account_id.clone(),
            context: request_context(context, identity.kind, &principal),
            principal,
            policies: PrincipalPolicies {
                identity: set(&identity_policies),
                boundaries: boundary
                    .iter()
                    .map(|one| PolicySet::new(vec![Arc::clone(&one.compiled)]))
                    .collect(),
                scps: context.organization.scps.sets(),
                ..Default::default()
            },
            resource: context.delegating.clone(),
            identity: identity_policies,
            boundary,
        })
    }

    /// What somebody of the account may do who holds one policy, and of whom nothing else is known.
    pub(crate) fn of_policy(context: &Context, policy: &Arc<Policy>) -> Self {
        let header = &context.shared.header;
        Self::alone(&header.partition, &header.account_id, context.delegating.clone(), policy)
    }

    /// The same in an account of which nothing is known.
    pub(crate) fn in_any_account(policy: &Arc<Policy>) -> Self {
        const PARTITION: &str = "aws";
        const ACCOUNT: &str = "111122223333";
        Self::alone(PARTITION, ACCOUNT, delegating(PARTITION, ACCOUNT), policy)
    }

    fn alone(partition: &str, account: &str, resource: ResourcePolicies, policy: &Arc<Policy>) -> Self {
        let mut request = RequestContext::new();
        request.mark_unknown("*");
        usual(&mut request, account);
        Self {
            partition: partition.to_owned(),
            account: account.to_owned(),
            principal: member(partition, account),
            context: request,
            policies: PrincipalPolicies {
                identity: PolicySet::for_few_requests(vec![Arc::clone(&policy.compiled)]),
                ..Default::default()
            },
            resource,
            identity: vec![Arc::clone(policy)],
            boundary: None,
        }
    }

    /// The same in requests of which something else is known.
    pub(super) fn knowing(&self, learn: impl FnOnce(&mut RequestContext)) -> Self {
        let mut held = self.clone();
        learn(&mut held.context);
        held
    }

    /// Its policies without the statements that `keep` rejects.
    pub(super) fn reduced(&self, keep: impl Fn(&CompiledStatement) -> bool + Copy) -> PrincipalPolicies {
        let set = |set: &PolicySet| {
            let policies = set.policies().iter().map(|policy| Arc::new(policy.reduced(keep)));
            PolicySet::new(policies.collect())
        };
        PrincipalPolicies {
            identity: set(&self.policies.identity),
            boundaries: self.policies.boundaries.iter().map(set).collect(),
            scps: self.policies.scps.iter().map(set).collect(),
            ..Default::default()
        }
    }

    /// The Allow statements of its identity policies, as written and as compiled.
    pub(super) fn allows(&self) -> impl Iterator<Item = (&Statement, &CompiledStatement)> {
        self.identity.iter().flat_map(|policy| statements(policy, Effect::Allow))
    }

    /// The Deny statements of its identity policies.
    pub(super) fn denies(&self) -> impl Iterator<Item = (&Statement, &CompiledStatement)> {
        self.identity.iter().flat_map(|policy| statements(policy, Effect::Deny))
    }

    /// The Allow statements of its permissions boundary.
    pub(super) fn limits(&self) -> impl Iterator<Item = (&Statement, &CompiledStatement)> {
        self.boundary.iter().flat_map(|policy| statements(policy, Effect::Allow))
    }
}

fn statements(policy: &Policy, effect: Effect) -> impl Iterator<Item = (&Statement, &CompiledStatement)> {
    let both = policy.document.statements.iter().zip(policy.compiled.statements());
    both.filter(move |(statement, _)| statement.effect == effect)
}

/// A resource policy that leaves everything to the account.
pub(crate) fn delegating(partition: &str, account: &str) -> ResourcePolicies {
    let text = serde_json::json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "*", "Resource": "*",
        "Principal": {"AWS": format!("arn:{partition}:iam::{account}:root")},
    }});
    let policy = CompiledPolicy::from_text("the resource's own policy", &text.to_string()).ok();
    let policy = policy.map(|policy| PolicySet::new(vec![Arc::new(policy)]));
    ResourcePolicies { policy, ..Default::default() }
}

pub(crate) type Policies<'a> = Vec<Known<&'a Arc<Policy>>>;

/// The policies of a user's groups; a group that was not listed is unknown.
pub(crate) fn groups(context: &Context, identity: Identity) -> Policies<'_> {
    if identity.kind != IdentityKind::User {
        return Vec::new();
    }
    let Some(user) = context.shared.users.get(identity.index) else { return Vec::new() };
    let of = |name: &String| match context.group(name) {
        Some(index) => context.policies_of(Identity { kind: IdentityKind::Group, index }),
        None => {
            let missing = context
                .incomplete(RecordKind::Group)
                .unwrap_or_else(|| Missing::because(Evidence::Groups, Reason::Malformed));
            vec![Known::Unknown(missing)]
        }
    };
    user.groups.iter().flat_map(of).collect()
}

fn boundary(context: &Context, identity: Identity) -> Option<Known<&Arc<Policy>>> {
    let index = identity.index;
    let boundary = match identity.kind {
        IdentityKind::User => context.shared.users.get(index)?.permissions_boundary.as_ref()?,
        IdentityKind::Role => context.shared.roles.get(index)?.permissions_boundary.as_ref()?,
        IdentityKind::Group => return None,
    };
    Some(context.attached_policy(&boundary.arn))
}

/// A user or role as the policy engine has him; a member for a group.
pub(crate) fn principal(context: &Context, identity: Identity) -> Principal {
    let index = identity.index;
    let tagged = |arn: &str, id: &str, tags: &[Tag]| {
        let principal = Principal::parse(arn).with_unique_id(id);
        tags.iter().fold(principal, |principal, tag| principal.with_tag(&tag.key, &tag.value))
    };
    let header = &context.shared.header;
    match identity.kind {
        IdentityKind::User => {
            context.shared.users.get(index).map(|user| tagged(&user.arn, &user.id, &user.tags))
        }
        IdentityKind::Role => {
            context.shared.roles.get(index).map(|role| tagged(&role.arn, &role.id, &role.tags))
        }
        IdentityKind::Group => None,
    }
    .unwrap_or_else(|| member(&header.partition, &header.account_id))
}

/// Somebody who holds a group's policies.
fn member(partition: &str, account: &str) -> Principal {
    Principal::parse(&format!("arn:{partition}:iam::{account}:user/{ANY_MEMBER}"))
}

/// What requests say: what the principal implies, what is usual, and that nothing else is known.
fn request_context(context: &Context, kind: IdentityKind, principal: &Principal) -> RequestContext {
    let mut request = principal.implied_context();
    request.mark_unknown("*");
    usual(&mut request, &context.shared.header.account_id);
    match kind {
        IdentityKind::User => {
            request.mark_absent("aws:PrincipalTag/*");
            request.mark_absent("aws:FederatedProvider");
        }
        IdentityKind::Group => request.mark_absent("aws:FederatedProvider"),
        IdentityKind::Role => request.mark_absent("aws:username"),
    }
    request.set("aws:CurrentTime", context.now().to_string());
    request.set("aws:EpochTime", context.now().as_second().to_string());
    request
}

/// What is the same for all requests that somebody makes by himself on resources of his account.
fn usual(request: &mut RequestContext, account: &str) {
    FROM_SERVICES.iter().for_each(|key| request.mark_absent(key));
    request.set("aws:ViaAWSService", "false");
    request.set("aws:SecureTransport", "true");
    request.set("aws:ResourceAccount", account);
}
