//! The requests of steps, with names and regions that make all of them allowed.

use std::borrow::Cow;

use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::context::{Context, ContextValue};
use palisade_policy::policies::ResourcePolicies;
use palisade_policy::request::{Action, Resource};

use super::attempt::{Attacker, Made, Target};
use super::names::{self, Names};
use super::permission::{Permitted, Question};
use super::technique::{Step, TrustPolicy};
use super::world::PolicyIndex;

/// A step with its place in the technique.
pub(super) type Placed<'t> = (usize, &'t Step);

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

impl Attacker<'_> {
    /// The requests with names and regions that make all of them allowed, if there are any.
    pub(super) fn requests(&self, steps: &[Placed<'_>], known: &Names, target: Target) -> Option<Vec<Made>> {
        let partition = known.get("partition").map_or("aws", String::as_str);
        let first = names::regions(partition).first()?;
        if steps.is_empty() || !self.fixed_are_allowed(steps, known, first, target) {
            return steps.is_empty().then(Vec::new);
        }
        let mut conditional = match self.with_names(steps, known, first, &Names::new(), target) {
            Ok(requests) if !is_conditional(&requests) => return Some(requests),
            Ok(requests) => Some(requests),
            Err(Refused::Always) => return None,
            Err(Refused::ByName) => None,
        };
        let choices = self.name_choices(steps, known);
        for region in self.regions_told_apart(steps, partition) {
            for chosen in std::iter::once(&Names::new()).chain(&choices) {
                if region == *first && chosen.is_empty() {
                    continue; // This was tried above.
                }
                match self.with_names(steps, known, region, chosen, target) {
                    Ok(requests) if !is_conditional(&requests) => return Some(requests),
                    Ok(requests) => conditional = conditional.or(Some(requests)),
                    Err(_) => {}
                }
            }
        }
        conditional
    }

    /// Whether every step that leaves no name open is allowed: if not, no name helps the others.
    fn fixed_are_allowed(&self, steps: &[Placed<'_>], known: &Names, region: &str, target: Target) -> bool {
        if steps.len() < 2 {
            return true;
        }
        let leaves_open =
            |template: &String| names::open_names(template).any(|name| !known.contains_key(name));
        let fixed = |step: &Step| !step.resources.is_empty() && !step.resources.iter().any(leaves_open);
        steps
            .iter()
            .filter(|(_, step)| step.one_of.is_empty() && fixed(step))
            .all(|one| self.with_names(&[*one], known, region, &Names::new(), target).is_ok())
    }

    fn with_names(
        &self,
        steps: &[Placed<'_>],
        known: &Names,
        region: &str,
        chosen: &Names,
        target: Target,
    ) -> Result<Vec<Made>, Refused> {
        let mut names = known.clone();
        for (name, value) in chosen {
            names.entry(name.clone()).or_insert_with(|| value.clone());
        }
        names.entry("region".to_owned()).or_insert_with(|| region.to_owned());
        self.all(steps, &names, target)
    }

    /// Every step; the error says whether no other name could help.
    fn all(&self, steps: &[Placed<'_>], names: &Names, target: Target) -> Result<Vec<Made>, Refused> {
        let mut made = Vec::new();
        let mut chosen_boundary = None;
        for (place, step) in steps {
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
                if let Some(ContextValue::Single(arn)) = request.context.get("iam:PermissionsBoundary")
                    && matches!(request.action.name(), "createuser" | "createrole")
                {
                    chosen_boundary = Some(arn.clone());
                }
            }
            made.extend(done.into_iter().map(|one| Made { step: *place, ..one }));
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
            let mut refused = Refused::Always;
            let mut own = Cow::Borrowed(names);
            for name in names::open_names(template) {
                if name == "region" || !names.contains_key(name) {
                    refused = Refused::ByName;
                }
                if !names.contains_key(name) {
                    own.to_mut().insert(name.to_owned(), names::first_name(name).to_owned());
                }
            }
            let names = own.as_ref();
            let arn = names::fill(template, names);
            let resource = if arn.is_empty() { Resource::none() } else { Resource::new(&arn) };
            let made_one = self.request(step, &action, resource, names, target, boundary).ok_or(refused)?;
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
            step: 0,
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
            context.set(&names::fill(key, names), names::fill(template, names));
        }
        let side = self.resource_side(step.trust, target)?;
        let tags = step.tagging.is_some();
        let Permitted { context, conditional } =
            self.question(action, &resource, &side, context, tags, step.trust, target)?;
        let action_name = step.action.clone();
        let trust = step.trust;
        Some(Made { step: 0, action: action.clone(), action_name, resource, context, trust, conditional })
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
        if trust.is_some() {
            policies.extend(self.world.rcp_policies(self.account_of(target)));
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
    pub(super) fn policies(&self) -> Vec<PolicyIndex> {
        let scps =
            self.world.accounts.get(self.principal.account).map(|account| account.scps.policies.as_slice());
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
            None => return Some(ResourcePolicies::default()),
            Some(TrustPolicy::Existing) => {
                let role = self.world.principals.get(target.principal?)?;
                self.world.compiled(&[role.trust?]).pop()?
            }
            Some(TrustPolicy::Written) => {
                let text = format!(
                    r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Principal": {{"AWS": {}}},
                        "Action": ["sts:AssumeRole", "sts:TagSession"]}}}}"#,
                    serde_json::Value::from(self.principal.arn.as_str())
                );
                CompiledPolicy::from_text("the trust policy that the attacker writes", &text).ok()?.into()
            }
        };
        Some(self.world.role_side(self.account_of(target), policy))
    }

    /// The account of a technique's target: the attacker's own where nobody is the target.
    fn account_of(&self, target: Target) -> usize {
        let target = target.principal.and_then(|index| self.world.principals.get(index));
        target.unwrap_or(self.principal).account
    }
}
