//! One technique, tried by somebody on somebody.

use std::collections::BTreeSet;

use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::context::Context;
use palisade_policy::policies::{PolicySet, ResourcePolicies};
use palisade_policy::request::{Action, Resource};

use super::names::{self, Names};
use super::node::Node;
use super::permission::{Permitted, Question};
use super::prerequisite::Holds;
use super::technique::{Prerequisite, Step, Technique, TrustPolicy};
use super::world::{GroupIndex, ManagedIndex, PolicyIndex, Principal, PrincipalIndex, World};

/// Paths that hang on context that nobody can know.
pub(super) const CONDITIONAL: u8 = 1;
/// Paths that need something outside IAM.
pub(super) const EXTERNAL: u8 = 2;

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
    /// The version that is put in force.
    pub(super) version: Option<PolicyIndex>,
    /// The role that is passed and assumes the target.
    pub(super) through: Option<PrincipalIndex>,
    /// Whether the technique works on something that exists outside IAM: any that suits.
    pub(super) any_that_exists: bool,
}

/// A request of an attempt that works.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub(super) action: Action,
    pub(super) action_name: String,
    pub(super) resource: Resource,
    pub(super) context: Context,
    pub(super) trust: Option<TrustPolicy>,
    pub(super) conditional: bool,
}

/// A technique that works.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pub(super) technique: usize,
    pub(super) target: Target,
    pub(super) requests: Vec<Made>,
    pub(super) assumes: Vec<String>,
    /// [`CONDITIONAL`], [`EXTERNAL`], both or none.
    pub(super) bits: u8,
}

/// Why requests are not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refused {
    /// Whatever names are chosen.
    Always,
    /// With these names; others may do.
    ByName,
}

impl Refused {
    fn or(self, other: Self) -> Self {
        if other == Self::ByName { other } else { self }
    }
}

fn is_conditional(requests: &[Made]) -> bool {
    requests.iter().any(|request| request.conditional)
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

    fn direct(&self, index: usize, technique: &Technique, target: Target) -> Option<Attempt> {
        if !self.may_act(technique, target) {
            return None;
        }
        let target = Target { any_that_exists: technique.external_state.is_some(), ..target };
        let mut assumes = BTreeSet::new();
        let mut bits = if technique.external_state.is_some() { EXTERNAL } else { 0 };
        for prerequisite in &technique.requires {
            if !self.holds(*prerequisite, target, &mut assumes) {
                return None;
            }
        }
        let mut steps = Vec::new();
        for step in &technique.steps {
            match step.when {
                // What is only assumed is assumed in the attacker's favour.
                Some(when) if !matches!(self.world.holds(when, target), Holds::Yes) => {
                    if matches!(self.world.holds(when, target), Holds::Assumed(_)) {
                        assumes.insert(when.absence().to_owned());
                    }
                }
                _ => steps.push(step),
            }
        }
        let known = self.known_names(target);
        let requests = self.requests(&steps, &known, target)?;
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
        let requests = self.requests(&[step], &self.known_names(target), target)?;
        Some(requests.iter().any(|request| request.conditional))
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
        if let Some(group) = target.group.and_then(|index| self.world.groups.get(index)) {
            set("group", &group.arn);
        }
        if let Some(policy) = target.policy.and_then(|index| self.world.managed.get(index)) {
            set("policy", &policy.arn);
        }
        if let Some(policy) = target.chosen.and_then(|index| self.world.managed.get(index)) {
            set("attached", &policy.arn);
        }
        names
    }

    /// The requests with names and regions that make all of them allowed, if there are any.
    fn requests(&self, steps: &[&Step], known: &Names, target: Target) -> Option<Vec<Made>> {
        let partition = known.get("partition").map_or("aws", String::as_str);
        let (first, others) = names::regions(partition).split_first()?;
        let mut conditional = match self.with_names(steps, known, first, &Names::new(), target) {
            Ok(requests) if !is_conditional(&requests) => return Some(requests),
            Ok(requests) => Some(requests),
            Err(Refused::Always) => return None,
            Err(Refused::ByName) => None,
        };
        let choices = self.name_choices(steps, known);
        let regional = steps.iter().any(|step| step.resources.iter().any(|one| one.contains("{region}")));
        for region in std::iter::once(first).chain(others.iter().filter(|_| regional)) {
            for chosen in std::iter::once(&Names::new()).chain(&choices) {
                match self.with_names(steps, known, region, chosen, target) {
                    Ok(requests) if !is_conditional(&requests) => return Some(requests),
                    Ok(requests) => conditional = conditional.or(Some(requests)),
                    Err(_) => {}
                }
            }
        }
        conditional
    }

    fn with_names(
        &self,
        steps: &[&Step],
        known: &Names,
        region: &str,
        chosen: &Names,
        target: Target,
    ) -> Result<Vec<Made>, Refused> {
        let mut names = chosen.clone();
        names.insert("region".to_owned(), region.to_owned());
        names.extend(known.iter().map(|(name, value)| (name.clone(), value.clone())));
        self.all(steps, &names, target)
    }

    /// Every step; the error says whether no other name could help.
    fn all(&self, steps: &[&Step], names: &Names, target: Target) -> Result<Vec<Made>, Refused> {
        let mut made = Vec::new();
        let mut chosen_boundary = None;
        for step in steps {
            let alternatives =
                if step.one_of.is_empty() { std::slice::from_ref(*step) } else { &step.one_of };
            let mut done = None;
            let mut refused = Refused::Always;
            for alternative in alternatives {
                match self.step(alternative, names, target, chosen_boundary.as_deref()) {
                    Ok(requests) => {
                        let better = |old: &Vec<Made>| {
                            old.iter().any(|one| one.conditional)
                                && !requests.iter().any(|one| one.conditional)
                        };
                        if done.as_ref().is_none_or(better) {
                            done = Some(requests);
                        }
                    }
                    Err(why) => refused = refused.or(why),
                }
            }
            let done = done.ok_or(refused)?;
            for request in &done {
                if let Some(palisade_policy::context::ContextValue::Single(arn)) =
                    request.context.get("iam:PermissionsBoundary")
                    && matches!(request.action.name(), "createuser" | "createrole")
                {
                    chosen_boundary = Some(arn.clone());
                }
            }
            made.extend(done);
        }
        Ok(made)
    }

    /// One step: a request for each of its resources.
    fn step(
        &self,
        step: &Step,
        names: &Names,
        target: Target,
        boundary: Option<&str>,
    ) -> Result<Vec<Made>, Refused> {
        let action = Action::parse(&step.action).ok_or(Refused::Always)?;
        let mut made = Vec::new();
        let nothing = [String::new()];
        let templates = if step.resources.is_empty() { nothing.as_slice() } else { &step.resources };
        for template in templates {
            let mut names = names.clone();
            let mut refused = Refused::Always;
            for name in names::open_names(template) {
                if name == "region" || !names.contains_key(name) {
                    refused = Refused::ByName;
                }
                names.entry(name.to_owned()).or_insert_with(|| names::first_name(name).to_owned());
            }
            let arn = names::fill(template, &names);
            let resource = if arn.is_empty() { Resource::none() } else { Resource::new(&arn) };
            let made_one = self.request(step, &action, resource, &names, target, boundary).ok_or(refused)?;
            made.push(made_one);
        }
        if let Some(tagging) = &step.tagging
            && made.iter().any(|one| one.context.get("aws:TagKeys").is_some())
        {
            made.push(self.tagged(tagging, &made, target).ok_or(Refused::ByName)?);
        }
        Ok(made)
    }

    /// The request for permission to tag what is made with tags.
    fn tagged(&self, tagging: &str, made: &[Made], target: Target) -> Option<Made> {
        let action = Action::parse(tagging)?;
        let first = made.first()?;
        let side = self.resource_side(first.trust, target)?;
        let context = first.context.clone();
        let permitted = self.question(&action, &first.resource, &side, context, false, first.trust, target);
        Some(Made {
            action_name: tagging.to_owned(),
            action,
            resource: first.resource.clone(),
            context: permitted.as_ref()?.context.clone(),
            trust: first.trust,
            conditional: permitted?.conditional,
        })
    }

    fn request(
        &self,
        step: &Step,
        action: &Action,
        resource: Resource,
        names: &Names,
        target: Target,
        boundary: Option<&str>,
    ) -> Option<Made> {
        let mut context = self.node.context.clone();
        self.world.describe(&mut context, &resource, target, action);
        if let Some(boundary) = boundary {
            context.set("iam:PermissionsBoundary", boundary);
        }
        let global = matches!(action.service(), "iam" | "sts");
        let first = names::regions(names.get("partition").map_or("aws", String::as_str)).first();
        let region = if global { first.copied() } else { names.get("region").map(String::as_str) };
        context.set("aws:RequestedRegion", region.unwrap_or_default());
        for (key, template) in &step.context {
            context.set(key, names::fill(template, names));
        }
        let side = self.resource_side(step.trust, target)?;
        let tags = step.tagging.is_some();
        let Permitted { context, conditional } =
            self.question(action, &resource, &side, context, tags, step.trust, target)?;
        let action_name = step.action.clone();
        Some(Made { action: action.clone(), action_name, resource, context, trust: step.trust, conditional })
    }

    #[expect(clippy::too_many_arguments, reason = "a request has that many parts")]
    fn question(
        &self,
        action: &Action,
        resource: &Resource,
        resource_side: &ResourcePolicies,
        context: Context,
        takes_tags: bool,
        trust: Option<TrustPolicy>,
        target: Target,
    ) -> Option<Permitted> {
        let mut policies = self.policies();
        if trust == Some(TrustPolicy::Existing) {
            let role = target.principal.and_then(|index| self.world.principals.get(index));
            policies.extend(role.and_then(|role| role.trust));
        }
        let principal = &self.principal.engine;
        let side = &self.node.side;
        let any_that_exists = target.any_that_exists;
        let question = Question {
            principal,
            side,
            policies,
            action,
            resource,
            resource_side,
            context,
            takes_tags,
            any_that_exists,
        };
        question.permitted(self.world)
    }

    /// Every policy on the attacker's side.
    fn policies(&self) -> Vec<PolicyIndex> {
        let scps =
            self.world.accounts.get(self.principal.account).map(|account| account.scp_policies.as_slice());
        let own = self.node.identity.iter().chain(&self.node.boundary);
        own.chain(scps.unwrap_or_default()).copied().collect()
    }

    /// The trust policy that decides, if one does; `None` if it could not be read.
    pub(super) fn resource_side(
        &self,
        trust: Option<TrustPolicy>,
        target: Target,
    ) -> Option<ResourcePolicies> {
        let policy = match trust {
            None => None,
            Some(TrustPolicy::Existing) => {
                let role = self.world.principals.get(target.principal?)?;
                Some(PolicySet::new(self.world.compiled(&[role.trust?])))
            }
            Some(TrustPolicy::Written) => {
                let text = format!(
                    r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Principal": {{"AWS": {}}},
                        "Action": ["sts:AssumeRole", "sts:TagSession"]}}}}"#,
                    serde_json::Value::from(self.principal.arn.as_str())
                );
                let policy =
                    CompiledPolicy::from_text("the trust policy that the attacker writes", &text).ok()?;
                Some(PolicySet::new(vec![policy.into()]))
            }
        };
        Some(ResourcePolicies { policy, ..ResourcePolicies::default() })
    }
}
