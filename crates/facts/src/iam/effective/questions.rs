//! What is asked of the engine.

use std::collections::{BTreeSet, HashSet};

use palisade_policy::actions::{AccessLevel, Action, ResourceType, Service, table};
use palisade_policy::compiled::CompiledStatement;
use palisade_policy::document::{Effect, PatternElement};
use palisade_policy::evaluate::{
    Decision, Explanation, Layer, Reason, Residual, StatementReference, decide, explain,
};
use palisade_policy::policies::{Policies, PolicySet, PrincipalPolicies};
use palisade_policy::request::{Action as Asked, Request, Resource};

use super::Permission;
use super::candidates;
use super::held::Held;
use crate::{Access, conditions};

impl Held {
    /// The services of which everything is allowed on every resource.
    pub(super) fn service_wide(&self) -> Vec<String> {
        if self.administrator() == Access::Yes && self.denies_nothing() {
            return table().prefixes().map(ToOwned::to_owned).collect();
        }
        let is_wide = |service: &&Service| {
            let mut actions = service.actions().peekable();
            actions.peek().is_some() && actions.all(|action| self.is_everywhere(&action))
        };
        table().services().filter(is_wide).map(|service| service.prefix().to_owned()).collect()
    }

    fn denies_nothing(&self) -> bool {
        let sets =
            self.policies.boundaries.iter().chain(&self.policies.scps).chain([&self.policies.identity]);
        let mut statements = sets.flat_map(PolicySet::policies).flat_map(|policy| policy.statements());
        !statements.any(|statement| statement.effect() == Effect::Deny)
    }

    /// The services of which something is allowed on some resource, in the order of the table.
    pub(super) fn services(&self) -> Vec<String> {
        let mut found = BTreeSet::new();
        let mut asked = HashSet::new();
        for (statement, compiled) in self.allows() {
            for action in actions_of(&statement.actions, compiled) {
                let service = action.service().prefix();
                let is_new = !found.contains(service) && asked.insert((service, action.name().to_owned()));
                if is_new && self.on_some(&action, |_| true).is_some() {
                    found.insert(service.to_owned());
                }
            }
        }
        found.into_iter().collect()
    }

    /// Something that it may do besides listing and reading.
    pub(crate) fn beyond_reading(&self) -> Option<Permission> {
        self.first(changes, |_, _| true)
    }

    /// Something that it may do outside IAM and STS.
    pub(crate) fn access_elsewhere(&self) -> Option<Permission> {
        self.first(is_elsewhere, |_, _| true)
    }

    /// Something that it may do besides listing and reading, outside IAM and STS.
    pub(super) fn changes_elsewhere(&self) -> Option<Permission> {
        self.first(|action| is_elsewhere(action) && changes(action), |_, _| true)
    }

    /// The changing actions of S3 that are allowed on every bucket, or every object of every bucket.
    pub(super) fn bucket_writes(&self) -> Vec<Permission> {
        let Some(service) = table().service("s3") else { return Vec::new() };
        let changes_buckets = |action: &Action<'_>| {
            let of_buckets =
                action.resource_types().any(|(kind, _)| matches!(kind.name, "bucket" | "object"));
            of_buckets && changes(action)
        };
        service.actions().filter(changes_buckets).filter_map(|action| self.on_every(&action)).collect()
    }

    /// Those of the actions that are allowed on every resource of a type that they take.
    pub(super) fn everywhere(&self, actions: &[&str]) -> Vec<Permission> {
        actions.iter().filter_map(|name| self.on_every(&table().action(name)?)).collect()
    }

    /// Whether all of the actions are allowed on every resource of a type that they take.
    pub(super) fn all_everywhere(&self, actions: &[&str]) -> Access {
        let access = |name: &&str| self.may_everywhere(name).map_or(Access::No, |one| one.access);
        actions.iter().map(access).min().unwrap_or(Access::No)
    }

    /// The action, if it is allowed on every resource of a type that it takes.
    pub(crate) fn may_everywhere(&self, action: &str) -> Option<Permission> {
        self.on_every(&table().action(action)?)
    }

    /// The action on one resource, if it is allowed.
    pub(crate) fn may_on(&self, action: &str, arn: &str) -> Option<Permission> {
        self.may_on_some(action)?(&self.resource(arn))
    }

    /// What tells of one resource after the other whether the action is allowed there; `None` if it is nowhere.
    pub(crate) fn may_on_some(&self, action: &str) -> Option<impl Fn(&Resource) -> Option<Permission>> {
        let action = table().action(action)?;
        let asked = Asked::parse(&action.full_name())?;
        let is_possible = !Self::is_never_allowed(&self.policies, &asked);
        is_possible.then_some(move |resource: &Resource| self.allowed(&action, &asked, resource))
    }

    /// Those of the actions that are allowed on some resource.
    pub(super) fn somewhere(&self, actions: &[&str]) -> Vec<Permission> {
        let known = actions.iter().filter_map(|name| table().action(name));
        known.filter_map(|action| self.on_some(&action, |_| true)).collect()
    }

    /// The first action of that kind which is allowed on a resource of that kind.
    pub(super) fn first(
        &self,
        is_asked: impl Fn(&Action<'_>) -> bool,
        counts: impl Fn(&Action<'_>, &str) -> bool,
    ) -> Option<Permission> {
        let mut asked = HashSet::new();
        self.allows().find_map(|(statement, compiled)| {
            let actions = actions_of(&statement.actions, compiled);
            let mut new = actions
                .filter(|action| is_asked(action))
                .filter(|action| asked.insert((action.service().prefix(), action.name())));
            new.find_map(|action| self.on_some(&action, |arn| counts(&action, arn)))
        })
    }

    /// The action on some resource that counts, if it is allowed there.
    pub(super) fn on_some(&self, action: &Action<'_>, counts: impl Fn(&str) -> bool) -> Option<Permission> {
        let asked = Asked::parse(&action.full_name())?;
        if action.is_wildcard_only() {
            return counts("*").then(|| self.allowed(action, &asked, &Resource::none())).flatten();
        }
        let both = self.allows().chain(self.limits()).filter(|(_, compiled)| compiled.is_about(&asked));
        let statements = both.map(|(statement, _)| statement);
        let resources = candidates::named(action, statements, &self.context, &self.partition, &self.account);
        let mut resources = resources.iter().filter(|arn| counts(arn));
        resources.find_map(|arn| self.allowed(action, &asked, &self.resource(arn)))
    }

    /// The action on resources that nobody names, if it is allowed on all of one type.
    pub(super) fn on_every(&self, action: &Action<'_>) -> Option<Permission> {
        self.on_every_by(&self.policies, action)
    }

    /// The same by other policies.
    pub(super) fn on_every_by(
        &self,
        policies: &PrincipalPolicies,
        action: &Action<'_>,
    ) -> Option<Permission> {
        let asked = Asked::parse(&action.full_name())?;
        if Self::is_never_allowed(policies, &asked) {
            return None;
        }
        let name = || action.full_name();
        if action.is_wildcard_only() {
            return self.allowed_by(policies, name, &asked, &Resource::none());
        }
        action.resource_types().find_map(|(kind, _)| self.on_every_of(policies, action, &asked, kind))
    }

    /// The action on resources of one type that nobody names, if it is allowed on all of these.
    pub(super) fn on_every_of(
        &self,
        policies: &PrincipalPolicies,
        action: &Action<'_>,
        asked: &Asked,
        kind: &ResourceType,
    ) -> Option<Permission> {
        let name = || action.full_name();
        candidates::unnamed(kind, &self.partition, &self.account).iter().find_map(|[one, other]| {
            self.allowed_by(policies, name, asked, &self.resource(one))?;
            self.allowed_by(policies, name, asked, &self.resource(other))
        })
    }

    /// Whether no statement allows the action, a quick test; some actions of STS need none.
    fn is_never_allowed(policies: &PrincipalPolicies, asked: &Asked) -> bool {
        let mut statements = policies.identity.policies().iter().flat_map(|policy| policy.statements());
        let allows = |one: &CompiledStatement| one.effect() == Effect::Allow && one.is_about(asked);
        asked.service() != "sts" && !statements.any(allows)
    }

    /// Whether the action is allowed without conditions on all resources of every type.
    pub(super) fn is_everywhere(&self, action: &Action<'_>) -> bool {
        let Some(asked) = Asked::parse(&action.full_name()) else { return false };
        let yes = |resource: &Resource| {
            self.allowed(action, &asked, resource).is_some_and(|one| one.access == Access::Yes)
        };
        if action.is_wildcard_only() {
            return yes(&Resource::none());
        }
        let mut kinds = action.resource_types();
        kinds.all(|(kind, _)| {
            let arns = candidates::unnamed(kind, &self.partition, &self.account);
            arns.iter().all(|[one, _]| yes(&self.resource(one)))
        })
    }

    pub(crate) fn resource(&self, arn: &str) -> Resource {
        Resource::new(arn).owned_by(&self.account)
    }

    /// The request as a permission, if the engine allows it, perhaps under conditions.
    fn allowed(&self, action: &Action<'_>, asked: &Asked, resource: &Resource) -> Option<Permission> {
        self.allowed_by(&self.policies, || action.full_name(), asked, resource)
    }

    /// The same by other policies than its own.
    pub(super) fn allowed_by(
        &self,
        policies: &PrincipalPolicies,
        action: impl Fn() -> String,
        asked: &Asked,
        resource: &Resource,
    ) -> Option<Permission> {
        let policies = Policies { principal: policies, resource: &self.resource, management_account: None };
        let request = Request { principal: &self.principal, action: asked, resource, context: &self.context };
        if !matches!(decide(request, policies), Decision::Allowed | Decision::Conditional) {
            return None;
        }
        let explanation = explain(request, policies);
        let access = access(&explanation, asked.service())?;
        let (policy, pointer) = statement(&explanation);
        Some(Permission {
            action: action(),
            resource: resource.arn().to_owned(),
            access,
            conditions: if access == Access::Yes {
                Vec::new()
            } else {
                conditions_of(&explanation, asked.service())
            },
            policy,
            pointer,
        })
    }
}

fn is_elsewhere(action: &Action<'_>) -> bool {
    !matches!(action.service().prefix(), "iam" | "sts")
}

/// Whether an action does more than list and read, by its access level. Of some actions that list, such as
/// `iot:ListSubscriptions`, AWS's reference says that they write.
fn changes(action: &Action<'_>) -> bool {
    let lists = ["List", "Describe"].iter().any(|verb| action.name().starts_with(verb));
    !lists && !matches!(action.access_level(), AccessLevel::List | AccessLevel::Read)
}

/// Whether a request that is not denied outright is allowed: of an Allow, conditions that the caller chooses count as
/// met; a Deny with one of these is one that he evades.
fn access(explanation: &Explanation, service: &str) -> Option<Access> {
    if explanation.decision == Decision::Allowed {
        return Some(Access::Yes);
    }
    if !explanation.can_be_allowed {
        return None;
    }
    let statements = || {
        explanation.because.iter().filter_map(|reason| match reason {
            Reason::Statement { statement, is_conditional } => Some((statement, *is_conditional)),
            Reason::NoAllow { .. } | Reason::Malformed { .. } | Reason::Rule(_) => None,
        })
    };
    let asks = |statement: &StatementReference| {
        let residual = explanation.residual.iter();
        let own = residual.filter(|one| one.statement() == statement);
        own.map(|one| is_chosen(one, service)).collect::<Vec<_>>()
    };
    let of_layer = |layer: Layer| {
        let mut allows = statements()
            .filter(|(one, _)| one.effect == Effect::Allow && one.layer == layer)
            .map(|(one, is_conditional)| !is_conditional || asks(one).into_iter().all(|chosen| chosen))
            .peekable();
        allows.peek().is_none() || allows.any(|is_open| is_open)
    };
    let mut denies = statements().filter(|(one, _)| one.effect == Effect::Deny);
    let is_open = [Layer::Identity, Layer::Boundary, Layer::ServiceControl].into_iter().all(of_layer)
        && denies.all(|(one, _)| asks(one).into_iter().any(|chosen| chosen));
    Some(if is_open { Access::Yes } else { Access::Conditional })
}

fn is_chosen(residual: &Residual, service: &str) -> bool {
    match residual {
        Residual::Condition { key, .. } => {
            conditions::is_chosen_by_caller(key) || is_region(key) && service != "iam"
        }
        Residual::Variable { .. } => false,
    }
}

/// The conditions that the caller does not choose, as text.
fn conditions_of(explanation: &Explanation, service: &str) -> Vec<String> {
    let text = |residual: &Residual| {
        let unless = if residual.statement().effect == Effect::Deny { "unless " } else { "" };
        match residual {
            Residual::Condition { operator, key, values, .. } => {
                format!("{unless}{operator} {key} {}", values.join(" | "))
            }
            Residual::Variable { .. } => format!("{unless}a policy variable fits the resource"),
        }
    };
    let asked = explanation.residual.iter().filter(|one| !is_chosen(one, service));
    asked.map(text).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Whether a key names the region of a request, which the caller of a regional service chooses.
fn is_region(key: &str) -> bool {
    key.eq_ignore_ascii_case("aws:RequestedRegion")
}

/// The policy and place of the first statement of an identity policy that allows.
fn statement(explanation: &Explanation) -> (String, String) {
    let allowing = explanation.because.iter().find_map(|reason| match reason {
        Reason::Statement { statement, .. }
            if statement.effect == Effect::Allow && statement.layer == Layer::Identity =>
        {
            Some((statement.policy.clone(), statement.pointer.clone()))
        }
        _ => None,
    });
    allowing.unwrap_or_default()
}

/// The actions that a statement names.
pub(super) fn actions_of<'a>(
    element: &'a PatternElement,
    compiled: &'a CompiledStatement,
) -> Box<dyn Iterator<Item = Action<'a>> + 'a> {
    if element.negated {
        let is_named = |action: &Action<'_>| {
            Asked::parse(&action.full_name()).is_some_and(|asked| compiled.is_about(&asked))
        };
        return Box::new(table().services().flat_map(Service::actions).filter(is_named));
    }
    Box::new(element.values.items.iter().flat_map(|pattern| table().expand(pattern)))
}
