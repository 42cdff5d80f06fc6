//! A user or role at a point of an attack: what it may do after what was changed.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use palisade_policy::context::Context;
use palisade_policy::policies::PrincipalPolicies;

use super::action_set::ActionSet;
use super::attempt::AllMade;
use super::world::{
    Boundary, GroupIndex, ManagedIndex, PolicyIndex, Principal, PrincipalIndex, PrincipalKind, TagIndex,
    World,
};

/// What an attack changed about a user or role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// Its identity policies allow everything.
    Rights,
    /// One more managed policy is attached.
    Attached(ManagedIndex),
    /// It joined a group.
    Joined(GroupIndex),
    /// Another version of a managed policy is in force.
    Version(ManagedIndex, PolicyIndex),
    /// Its permissions boundary is gone, or allows everything.
    NoBoundary,
    /// A policy that it held itself, or that its group holds, is taken away.
    Without(Option<GroupIndex>, PolicyIndex),
    /// It left a group.
    Left(GroupIndex),
    /// It has a tag that conditions ask for.
    Tagged(TagIndex),
    /// It has no such tag any more.
    Untagged(TagIndex),
}

pub(super) type NodeIndex = usize;

/// A user or role after some changes.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) principal: PrincipalIndex,
    pub(super) changes: BTreeSet<Change>,
    pub(super) identity: Vec<PolicyIndex>,
    pub(super) managed: Vec<ManagedIndex>,
    pub(super) groups: Vec<GroupIndex>,
    pub(super) boundary: Option<PolicyIndex>,
    /// Shared by all who hold the same policies.
    pub(super) side: Rc<PrincipalPolicies>,
    pub(super) potential: ActionSet,
    /// Whether one of its policies, or its boundary, could not be read.
    pub(super) unread: bool,
    /// What its requests imply, and what nobody can know of them.
    pub(super) context: Context,
    /// The resource patterns of what its identity policies allow, by action, as far as that was asked.
    pub(super) allowed: RefCell<HashMap<String, Rc<[String]>>>,
    /// By action, whether all that allows it hangs on what nobody knows, as far as that was asked.
    pub(super) never_certain: RefCell<HashMap<String, bool>>,
    /// By technique, whether it matters which policy it attaches, as far as that was asked.
    pub(super) minds_policy: RefCell<HashMap<usize, bool>>,
    /// By technique, the requests of the steps that have nothing to do with a target, as far as these were tried.
    pub(super) free: RefCell<HashMap<usize, Option<AllMade>>>,
}

/// Condition keys about who or where the caller is that nothing tells.
const UNKNOWN: [&str; 22] = [
    "aws:AssumedRoot",
    "aws:ChatbotSourceArn",
    "aws:Ec2InstanceSourcePrivateIPv4",
    "aws:Ec2InstanceSourceVpc",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
    "aws:SourceIdentity",
    "aws:SourceIp",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:VpcSourceIp",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "ec2:RoleDelivery",
    "ec2:SourceInstanceArn",
    "lambda:SourceFunctionArn",
];
/// The same for sessions of roles.
const UNKNOWN_FOR_ROLES: [&str; 4] = ["aws:FederatedProvider", "aws:userid", "saml:*", "identitystore:*"];

impl World {
    /// The user or role after the changes.
    pub(super) fn node(&self, index: PrincipalIndex, changes: BTreeSet<Change>) -> Option<Node> {
        let principal = self.principals.get(index)?;
        let account = self.accounts.get(principal.account)?;
        let mut groups = principal.groups.clone();
        groups.extend(changes.iter().filter_map(|change| match change {
            Change::Joined(group) => Some(*group),
            _ => None,
        }));
        groups.retain(|group| !changes.contains(&Change::Left(*group)));
        let (mut identity, mut managed) = self.held(principal, &groups, &changes);
        for change in &changes {
            match change {
                Change::Attached(policy) => {
                    identity.extend(self.managed.get(*policy).and_then(|policy| policy.current));
                    managed.push(*policy);
                }
                Change::Version(policy, version) => {
                    let old = self.managed.get(*policy).and_then(|policy| policy.current);
                    let before = identity.len();
                    identity.retain(|one| Some(*one) != old);
                    if identity.len() < before {
                        identity.push(*version);
                    }
                }
                Change::Rights => identity.push(account.written),
                Change::Joined(_) | Change::NoBoundary | Change::Without(..) | Change::Left(_) => {}
                Change::Tagged(_) | Change::Untagged(_) => {}
            }
        }
        let boundary = match &principal.boundary {
            Boundary::Managed { policy, .. } if !changes.contains(&Change::NoBoundary) => Some(*policy),
            _ => None,
        };
        let bounded_by_unread =
            matches!(principal.boundary, Boundary::Unread(_)) && !changes.contains(&Change::NoBoundary);
        let mut held = groups.iter().filter_map(|&group| self.groups.get(group));
        let unread = !principal.own.unread.is_empty()
            || bounded_by_unread
            || held.any(|group| !group.grants.unread.is_empty());
        let mut potential = ActionSet::default();
        for policy in identity.iter().filter_map(|&index| self.policies.get(index)) {
            potential.extend(&policy.potential);
        }
        if let Some(boundary) = boundary.and_then(|index| self.policies.get(index)) {
            potential.retain(&boundary.potential);
        }
        for policy in identity.iter().chain(&boundary).filter_map(|&index| self.policies.get(index)) {
            potential.remove(&policy.forbidden);
        }
        Some(Node {
            side: self.side(principal.account, &identity, boundary),
            context: self.implied(index, &changes),
            principal: index,
            changes,
            identity,
            managed,
            groups,
            boundary,
            potential,
            unread,
            allowed: RefCell::default(),
            never_certain: RefCell::default(),
            minds_policy: RefCell::default(),
            free: RefCell::default(),
        })
    }

    /// The policies that somebody holds himself and through groups, and the managed ones among them.
    fn held(
        &self,
        principal: &Principal,
        groups: &[GroupIndex],
        changes: &BTreeSet<Change>,
    ) -> (Vec<PolicyIndex>, Vec<ManagedIndex>) {
        let in_groups = groups.iter().filter_map(|&at| Some((Some(at), &self.groups.get(at)?.grants)));
        let (mut identity, mut managed) = (Vec::new(), Vec::new());
        for (holder, grants) in std::iter::once((None, &principal.own)).chain(in_groups) {
            let stays = |policy: &PolicyIndex| !changes.contains(&Change::Without(holder, *policy));
            identity.extend(grants.policies.iter().copied().filter(stays));
            let current = |at: &ManagedIndex| self.managed.get(*at).and_then(|policy| policy.current);
            managed.extend(
                grants.managed.iter().copied().filter(|at| current(at).is_none_or(|one| stays(&one))),
            );
        }
        (identity, managed)
    }

    fn implied(&self, index: PrincipalIndex, changes: &BTreeSet<Change>) -> Context {
        let Some(principal) = self.principals.get(index) else { return Context::new() };
        let mut context = self.usual(principal.kind, principal.account);
        context.extend(&principal.engine.implied_context());
        for change in changes {
            let (Change::Tagged(at) | Change::Untagged(at)) = change else { continue };
            let Some((key, value)) = self.tags.get(*at) else { continue };
            let key = format!("aws:PrincipalTag/{key}");
            match change {
                Change::Tagged(_) => context.set(&key, value.as_str()),
                _ => context.remove(&key),
            }
        }
        context
    }

    /// What all requests by users or by roles of an account say; shared.
    fn usual(&self, kind: PrincipalKind, account: usize) -> Context {
        let made = || {
            let mut context = self.unknown(kind);
            context.set("aws:ViaAWSService", "false");
            context.set("aws:SecureTransport", "true");
            if let Some(account) = self.accounts.get(account) {
                context.set("aws:CurrentTime", account.taken_at.to_string());
                context.set("aws:EpochTime", account.taken_at.as_second().to_string());
            }
            context
        };
        self.answers.usual.borrow_mut().entry((kind, account)).or_insert_with(made).clone()
    }

    /// A context that says only what nobody can know; shared, as it is the same for everybody of a kind.
    pub(super) fn unknown(&self, kind: PrincipalKind) -> Context {
        let marked = || {
            let mut context = Context::new();
            UNKNOWN.iter().for_each(|key| context.mark_unknown(key));
            if kind == PrincipalKind::Role {
                UNKNOWN_FOR_ROLES.iter().for_each(|key| context.mark_unknown(key));
            }
            context
        };
        self.answers.unknown.borrow_mut().entry(kind).or_insert_with(marked).clone()
    }
}

/// The nodes of a search, each once.
#[derive(Debug)]
pub(super) struct Nodes {
    pub(super) all: Vec<Node>,
    places: BTreeMap<(PrincipalIndex, BTreeSet<Change>), NodeIndex>,
}

impl Nodes {
    /// No nodes yet, with room for everybody as he is.
    pub(super) fn of(world: &World) -> Self {
        Self { all: Vec::with_capacity(world.principals.len()), places: BTreeMap::new() }
    }

    /// The place of a node, which is made if it is new.
    pub(super) fn place(
        &mut self,
        world: &World,
        principal: PrincipalIndex,
        changes: BTreeSet<Change>,
    ) -> Option<NodeIndex> {
        if let Some(&place) = self.places.get(&(principal, changes.clone())) {
            return Some(place);
        }
        let node = world.node(principal, changes.clone())?;
        let place = self.all.len();
        self.all.push(node);
        self.places.insert((principal, changes), place);
        Some(place)
    }
}
