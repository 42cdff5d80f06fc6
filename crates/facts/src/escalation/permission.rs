//! Whether somebody can make a request, with the condition keys that are his to choose chosen in his favour.

use std::collections::BTreeMap;

use palisade_policy::actions::table;
use palisade_policy::compiled::CompiledStatement;
use palisade_policy::context::{Context, ContextValue};
use palisade_policy::document::{Condition, OperatorFamily, Statement};
use palisade_policy::evaluate::{Decision, decide, explain};
use palisade_policy::policies::{Policies, PrincipalPolicies, ResourcePolicies};
use palisade_policy::principal::{Principal, PrincipalType};
use palisade_policy::request::{Action, Request, Resource};

use super::world::{Policy, PolicyIndex, World};

/// The most contexts tried for one request.
const MOST_CONTEXTS: usize = 1_000;

/// A request to be made.
pub(super) struct Question<'a> {
    pub(super) principal: &'a Principal,
    pub(super) side: &'a PrincipalPolicies,
    /// Every policy that has a say, for the conditions in it.
    pub(super) policies: Vec<PolicyIndex>,
    pub(super) action: &'a Action,
    pub(super) resource: &'a Resource,
    pub(super) resource_side: &'a ResourcePolicies,
    pub(super) context: Context,
    /// Whether tags can be part of the request.
    pub(super) takes_tags: bool,
    /// Whether the resource is any that exists, so that its tags are chosen with it.
    pub(super) any_that_exists: bool,
}

/// A request that is allowed.
#[derive(Debug, Clone)]
pub(super) struct Permitted {
    pub(super) context: Context,
    /// Whether it hangs on context that nobody can know.
    pub(super) conditional: bool,
}

impl Question<'_> {
    fn request<'r>(&'r self, context: &'r Context) -> (Request<'r>, Policies<'r>) {
        let request =
            Request { principal: self.principal, action: self.action, resource: self.resource, context };
        let policies =
            Policies { principal: self.side, resource: self.resource_side, management_account: None };
        (request, policies)
    }

    fn decide(&self, context: &Context) -> Decision {
        let (request, policies) = self.request(context);
        match decide(request, policies) {
            Decision::Conditional if !explain(request, policies).can_be_allowed => Decision::ImplicitlyDenied,
            decision => decision,
        }
    }

    /// Whether the request is allowed with nothing chosen: `Some(true)` if that hangs on context that nobody can know.
    pub(super) fn as_it_is(&self) -> Option<bool> {
        match self.decide(&self.context) {
            Decision::Allowed => Some(false),
            Decision::Conditional => Some(true),
            Decision::ExplicitlyDenied | Decision::ImplicitlyDenied => None,
        }
    }

    /// The context in which the request is allowed, if there is one.
    pub(super) fn permitted(&self, world: &World) -> Option<Permitted> {
        let first = self.decide(&self.context);
        if first == Decision::Allowed {
            return Some(Permitted { context: self.context.clone(), conditional: false });
        }
        let mut conditional = (first == Decision::Conditional)
            .then(|| Permitted { context: self.context.clone(), conditional: true });
        let choices = self.choices(world);
        if choices.is_empty() {
            return conditional;
        }
        let mut counter = vec![0_usize; choices.len()];
        for _ in 0..MOST_CONTEXTS {
            if !count_up(&mut counter, &choices) {
                break;
            }
            let context = chosen(&self.context, &choices, &counter);
            match self.decide(&context) {
                Decision::Allowed => return Some(Permitted { context, conditional: false }),
                Decision::Conditional if conditional.is_none() => {
                    conditional = Some(Permitted { context, conditional: true });
                }
                _ => {}
            }
        }
        conditional
    }

    /// The keys that the caller chooses and that some statement about the action asks for, with values to try.
    fn choices(&self, world: &World) -> Vec<(String, Vec<String>)> {
        let mut choices: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for policy in self.policies.iter().filter_map(|&index| world.policies.get(index)) {
            for (statement, _) in statements(policy).filter(|(_, compiled)| compiled.is_about(self.action)) {
                for condition in &statement.conditions {
                    let key = condition.key.to_ascii_lowercase();
                    if !self.is_chosen(&key) {
                        continue;
                    }
                    let values = choices.entry(key).or_default();
                    for value in self.values(condition) {
                        if !values.contains(&value) {
                            values.push(value);
                        }
                    }
                }
            }
        }
        choices.into_iter().collect()
    }

    fn is_chosen(&self, key: &str) -> bool {
        const CHOSEN: [&str; 9] = [
            "aws:currenttime",
            "aws:epochtime",
            "aws:referer",
            "aws:useragent",
            "aws:tokenissuetime",
            "sts:rolesessionname",
            "sts:externalid",
            "sts:durationseconds",
            "iam:associatedresourcearn",
        ];
        if self.context.get(key).is_some() && !key.ends_with("time") {
            return false;
        }
        // Whoever speaks for an identity provider says what he likes of himself.
        if *self.principal.kind() == PrincipalType::Federated {
            return CHOSEN.contains(&key) || !matches!(key.split_once(':'), Some(("aws" | "iam" | "sts", _)));
        }
        if key.contains(":resourcetag/") && self.any_that_exists {
            return !matches!(self.action.service(), "iam" | "sts");
        }
        if key.starts_with("aws:requesttag/") || key == "aws:tagkeys" {
            return self.takes_tags;
        }
        if CHOSEN.contains(&key) {
            return true;
        }
        if key == "iam:permissionsboundary" {
            return matches!(self.action.name(), "createuser" | "createrole");
        }
        // Where a service assumes a role, what it works for is chosen by whoever makes it work.
        if key == "aws:sourcearn" {
            return !self.principal.is_identity();
        }
        let service = self.action.service();
        let own = key.strip_prefix(service).is_some_and(|rest| rest.starts_with(':'));
        own && !matches!(service, "iam" | "sts") && !key.contains(":resourcetag/") && self.applies(key)
    }

    /// Whether AWS lists the key for the action.
    fn applies(&self, key: &str) -> bool {
        let name = format!("{}:{}", self.action.service(), self.action.name());
        table().action(&name).is_some_and(|action| action.condition_keys().any(|one| one.matches(key)))
    }

    /// Values of which one may satisfy the condition, and one may not.
    fn values(&self, condition: &Condition) -> Vec<String> {
        let Some(operator) = condition.operator else { return Vec::new() };
        let mut values = Vec::new();
        for text in &condition.values.items {
            let text = resolve(text, &self.context);
            match operator.comparison.family() {
                OperatorFamily::Numeric => {
                    if let Ok(number) = text.parse::<i64>() {
                        values.extend([number, number - 1, number + 1].map(|number| number.to_string()));
                    }
                }
                OperatorFamily::Date => values.extend(self.dates(&condition.key, &text)),
                _ => values.push(text.replace('*', "").replace('?', "a")),
            }
        }
        values.push("palisade".to_owned());
        values
    }

    /// Moments around a date, none of which is past.
    fn dates(&self, key: &str, text: &str) -> Vec<String> {
        let Some(ContextValue::Single(now)) = self.context.get("aws:CurrentTime") else { return Vec::new() };
        let Ok(now) = now.parse::<jiff::Timestamp>() else { return Vec::new() };
        let seconds = text.parse::<i64>().ok();
        let date = seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
        let date = date.or_else(|| text.parse().ok());
        let date = date.or_else(|| format!("{text}T00:00:00Z").parse::<jiff::Timestamp>().ok());
        let Some(date) = date else { return Vec::new() };
        let moments = [-1, 0, 1].into_iter().filter_map(|by| {
            let moment = jiff::Timestamp::from_second(date.as_second() + by).ok()?;
            (moment >= now).then_some(moment)
        });
        let epoch = key.eq_ignore_ascii_case("aws:EpochTime");
        moments.map(|at| if epoch { at.as_second().to_string() } else { at.to_string() }).collect()
    }
}

/// The statements of a policy, as written and as compiled.
pub(super) fn statements(policy: &Policy) -> impl Iterator<Item = (&Statement, &CompiledStatement)> {
    policy.read.document.statements.iter().zip(policy.read.compiled.statements())
}

/// Puts the values of policy variables in; those that are not known stay.
pub(super) fn resolve(text: &str, context: &Context) -> String {
    let mut resolved = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((key, following)) = after.split_once('}') else { break };
        resolved.push_str(before);
        match context.get(key.trim()) {
            Some(ContextValue::Single(value)) => resolved.push_str(value),
            _ => {
                resolved.push_str("${");
                resolved.push_str(key);
                resolved.push('}');
            }
        }
        rest = following;
    }
    resolved.push_str(rest);
    resolved
}

/// The next combination; position 0 of a key leaves it as it is.
fn count_up(counter: &mut [usize], choices: &[(String, Vec<String>)]) -> bool {
    for (digit, (_, values)) in counter.iter_mut().zip(choices) {
        if *digit < values.len() {
            *digit += 1;
            return true;
        }
        *digit = 0;
    }
    false
}

fn chosen(base: &Context, choices: &[(String, Vec<String>)], counter: &[usize]) -> Context {
    let mut context = base.clone();
    let mut tags: Vec<String> = Vec::new();
    for ((key, values), &digit) in choices.iter().zip(counter) {
        let Some(value) = digit.checked_sub(1).and_then(|digit| values.get(digit)) else { continue };
        if key == "aws:tagkeys" {
            tags.push(value.clone());
            continue;
        }
        if let Some(tag) = key.strip_prefix("aws:requesttag/") {
            tags.push(tag.to_owned());
        }
        context.set(key, value.clone());
    }
    for tag in &tags {
        let key = format!("aws:RequestTag/{tag}");
        if context.get(&key).is_none() {
            context.set(&key, "palisade");
        }
    }
    if !tags.is_empty() {
        tags.sort();
        tags.dedup();
        context.set_many("aws:TagKeys", tags);
    }
    context
}
