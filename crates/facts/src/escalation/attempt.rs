//! One technique, tried by somebody on somebody.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use palisade_policy::context::{Context, ContextValue};
use palisade_policy::request::{Action, Resource};

use super::names::Names;
use super::node::Node;
use super::prerequisite::Holds;
use super::requests::Placed;
use super::technique::{Prerequisite, Provider, Step, Technique, TrustPolicy};
use super::world::{
    GroupIndex, ManagedIndex, PolicyIndex, Principal, PrincipalIndex, ProviderIndex, TagIndex, World,
};

/// Paths that hang on context that nobody can know.
pub(super) const CONDITIONAL: u8 = 1;
/// Paths that need something outside IAM.
pub(super) const EXTERNAL: u8 = 2;

/// Paths of somebody of whose policies one could not be read: a deny may stand in it.
pub(super) const UNREAD: u8 = 4;

/// On whom or what a technique is tried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Target {
    /// Who gains: the user or role that is taken over or changed.
    pub(super) principal: Option<PrincipalIndex>,
    /// The group that is changed or joined.
    pub(super) group: Option<GroupIndex>,
    /// The managed policy that is changed.
    pub(super) policy: Option<ManagedIndex>,
    /// The managed policy that is attached, put in force or made the boundary; AWS's own for administrators if none.
    pub(super) chosen: Option<ManagedIndex>,
    /// The tag that is given or taken.
    pub(super) tag: Option<TagIndex>,
    /// The version that is put in force.
    pub(super) version: Option<PolicyIndex>,
    /// The role that is passed and assumes the target.
    pub(super) through: Option<PrincipalIndex>,
    /// The identity provider that the attacker speaks for.
    pub(super) provider: Option<ProviderIndex>,
    /// Whether the technique works on something that exists outside IAM: any that suits.
    pub(super) any_that_exists: bool,
}

/// A request of an attempt that works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Made {
    /// The place of its step in the technique.
    pub(super) step: usize,
    pub(super) action: Action,
    pub(super) action_name: String,
    pub(super) resource: Resource,
    /// What it says; once it is kept, beyond what its caller implies.
    pub(super) context: Context,
    pub(super) trust: Option<TrustPolicy>,
    pub(super) conditional: bool,
}

impl Hash for Made {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.step, &self.action_name, self.resource.arn(), self.conditional).hash(state);
        for (key, value) in self.context.iter() {
            key.hash(state);
            match value {
                ContextValue::Single(text) => text.hash(state),
                ContextValue::Many(texts) => texts.hash(state),
            }
        }
    }
}

/// Requests that several attempts have in common.
pub(super) type AllMade = Rc<[Rc<Made>]>;

/// A technique that works.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pub(super) technique: usize,
    pub(super) target: Target,
    pub(super) requests: Vec<Rc<Made>>,
    pub(super) assumes: Vec<String>,
    /// [`CONDITIONAL`], [`EXTERNAL`], both or none.
    pub(super) bits: u8,
}

/// Somebody who tries techniques.
pub(super) struct Attacker<'w> {
    pub(super) world: &'w World,
    pub(super) node: &'w Node,
    pub(super) principal: &'w Principal,
}

impl<'w> Attacker<'w> {
    pub(super) fn new(world: &'w World, node: &'w Node) -> Option<Self> {
        Some(Self { world, node, principal: world.principals.get(node.principal)? })
    }

    /// Tries a technique, through every role that it may go through.
    pub(super) fn attempt(&self, index: usize, technique: &Technique, target: Target) -> Option<Attempt> {
        if let Some(kind) = technique.provider {
            return self.as_provider(index, technique, kind, target);
        }
        let Some(service) = &technique.through else { return self.direct(index, technique, target) };
        let role = target.principal?;
        let through = self.world.roles_that_assume(role, service);
        let attempts = through.into_iter().filter_map(|(through, conditional)| {
            let target = Target { through: Some(through), ..target };
            let mut attempt = self.direct(index, technique, target)?;
            attempt.bits |= if conditional { CONDITIONAL } else { 0 };
            Some(attempt)
        });
        attempts.min_by_key(|attempt| attempt.bits)
    }

    /// The same, speaking for every identity provider that the role trusts.
    fn as_provider(
        &self,
        index: usize,
        technique: &Technique,
        kind: Provider,
        target: Target,
    ) -> Option<Attempt> {
        if !self.may_act(technique, target) {
            return None;
        }
        let exists = technique.external_state.is_some();
        let providers = self.world.trusted_providers(target.principal?, kind, exists);
        let attempts = providers.into_iter().filter_map(|(provider, conditional)| {
            let target = Target { provider: Some(provider), ..target };
            let mut attempt = self.direct(index, technique, target)?;
            attempt.bits |= if conditional { CONDITIONAL } else { 0 };
            Some(attempt)
        });
        attempts.min_by_key(|attempt| attempt.bits)
    }

    fn direct(&self, index: usize, technique: &Technique, target: Target) -> Option<Attempt> {
        if !self.may_act(technique, target) {
            return None;
        }
        let target = Target { any_that_exists: technique.external_state.is_some(), ..target };
        let mut assumes: BTreeSet<String> = technique.assumes.iter().cloned().collect();
        let mut bits = if technique.external_state.is_some() { EXTERNAL } else { 0 };
        bits |= if self.node.unread { UNREAD } else { 0 };
        for prerequisite in &technique.requires {
            if !self.holds(*prerequisite, target, &mut assumes) {
                return None;
            }
        }
        let mut steps: Vec<Placed<'_>> = Vec::new();
        for (place, step) in technique.steps.iter().enumerate() {
            match step.when {
                // What is only assumed is assumed in the attacker's favour.
                Some(when) if !matches!(self.world.holds(when, target), Holds::Yes) => {
                    if matches!(self.world.holds(when, target), Holds::Assumed(_)) {
                        assumes.insert(when.absence().to_owned());
                    }
                }
                _ => steps.push((place, step)),
            }
        }
        let requests = self.all_requests(index, technique, steps, target)?;
        if requests.iter().any(|request| request.conditional) {
            bits |= CONDITIONAL;
        }
        if let (Some(service), Some(role)) = (&technique.service, target.principal)
            && self.world.trusts_service(role, service)?
        {
            bits |= CONDITIONAL;
        }
        Some(Attempt { technique: index, target, requests, assumes: assumes.into_iter().collect(), bits })
    }

    /// Whether a single step can be made: `Some(true)` if that hangs on context that nobody can know.
    pub(super) fn is_allowed(&self, step: &Step, target: Target) -> Option<bool> {
        let requests = self.requests(&[(0, step)], &self.known_names(target), target)?;
        Some(requests.iter().any(|request| request.conditional))
    }

    /// The requests of all steps, in their order. Those that have nothing to do with the target are found once.
    fn all_requests(
        &self,
        index: usize,
        technique: &Technique,
        steps: Vec<Placed<'_>>,
        target: Target,
    ) -> Option<Vec<Rc<Made>>> {
        let (own, free): (Vec<Placed<'_>>, Vec<Placed<'_>>) =
            steps.into_iter().partition(|(_, step)| technique.is_about_target(step));
        if self.node.free.borrow().get(&index).is_some_and(Option::is_none) {
            return None;
        }
        let known = self.known_names(target);
        let own = self.requests(&own, &known, target)?;
        let mut requests: Vec<Rc<Made>> = own.into_iter().map(|made| self.kept(made)).collect();
        let free = self.free_requests(index, &free, &known, target)?;
        requests.extend(free.iter().map(Rc::clone));
        requests.sort_by_key(|made| made.step);
        Some(requests)
    }

    /// A request as it is kept: many are, and most of their contexts is what their caller implies. Without that,
    /// requests of several callers are often alike, and then they are one.
    fn kept(&self, made: Made) -> Rc<Made> {
        let made = Made { context: made.context.beyond(&self.node.context), ..made };
        let mut requests = self.world.answers.requests.borrow_mut();
        if let Some(known) = requests.get(&made) {
            return Rc::clone(known);
        }
        let kept = Rc::new(made);
        requests.insert(Rc::clone(&kept));
        kept
    }

    /// The requests of steps that have nothing to do with the target.
    fn free_requests(
        &self,
        index: usize,
        steps: &[Placed<'_>],
        known: &Names,
        target: Target,
    ) -> Option<AllMade> {
        if steps.is_empty() {
            return Some(Rc::default());
        }
        if let Some(found) = self.node.free.borrow().get(&index) {
            return found.clone();
        }
        let found = self.requests(steps, known, target);
        let found: Option<AllMade> = found.map(|made| made.into_iter().map(|one| self.kept(one)).collect());
        self.node.free.borrow_mut().insert(index, found.clone());
        found
    }

    fn holds(&self, prerequisite: Prerequisite, target: Target, assumes: &mut BTreeSet<String>) -> bool {
        match self.world.holds(prerequisite, target) {
            Holds::Yes => true,
            Holds::No => false,
            Holds::Assumed(text) => {
                assumes.insert(text.to_owned());
                true
            }
        }
    }

    /// What the account and the target fill in.
    fn known_names(&self, target: Target) -> Names {
        let mut names = Names::new();
        let mut set = |name: &str, value: &str| drop(names.insert(name.to_owned(), value.to_owned()));
        if let Some(account) = self.world.accounts.get(self.principal.account) {
            set("partition", &account.partition);
            set("account", &account.id);
            set("attached", &format!("arn:{}:iam::aws:policy/AdministratorAccess", account.partition));
        }
        set("actor", &self.principal.arn);
        if let Some(principal) = target.principal.and_then(|index| self.world.principals.get(index)) {
            set("target", &principal.arn);
            set("target_name", &principal.name);
            if let Some(profile) = principal.instance_profiles.first() {
                set("profile", profile);
            }
        }
        if let Some(through) = target.through.and_then(|index| self.world.principals.get(index)) {
            set("through", &through.arn);
        }
        if let Some(provider) = target.provider.and_then(|index| self.world.providers.get(index)) {
            set("provider", provider);
        }
        if let Some(group) = target.group.and_then(|index| self.world.groups.get(index)) {
            set("group", &group.arn);
        }
        if let Some(policy) = target.policy.and_then(|index| self.world.managed.get(index)) {
            set("policy", &policy.arn);
        }
        if let Some((key, value)) = target.tag.and_then(|index| self.world.tags.get(index)) {
            set("tag_key", key);
            set("tag_value", value);
        }
        if let Some(policy) = target.chosen.and_then(|index| self.world.managed.get(index)) {
            set("attached", &policy.arn);
        }
        names
    }
}
