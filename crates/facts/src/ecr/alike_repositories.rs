//! Repositories whose policies are the same: what follows from them is worked out once.

use std::collections::BTreeMap;
use std::sync::Arc;

use palisade_policy::document::{PolicyDocument, Statement};
use palisade_snapshot::{Evidence, Observed, Registry, Repository};

use super::lifecycle::Lifecycle;
use super::policies::{self, RegistryPolicy};
use super::{IneffectiveRule, LifecycleRule, RepositoryExposure, Retention};
use crate::context::Context;
use crate::exposure::{is_about_everything, is_only_about, read_once};
use crate::recurring::Recurring;
use crate::{Derived, Known, Lazy, PolicyStatement, SharedAccess};

/// A name that no repository has, because of the underscores in a row ("CreateRepository" in the ECR API Reference).
const ANY_NAME: &str = "any___repository";

/// The facts that follow from a repository's policy and its registry's; what they mean stands at
/// [`Repository`](super::Repository).
#[derive(Debug)]
pub struct PolicyFacts {
    pub(super) exposure: Lazy<RepositoryExposure>,
    pub(super) policy_statements: Lazy<Known<Vec<PolicyStatement>>>,
    pub(super) shared_with: Lazy<Known<Vec<SharedAccess>>>,
}

/// One of them.
pub type FromPolicy<T> = Derived<PolicyFacts, Lazy<T>>;

/// The facts that follow from a repository's lifecycle policy.
#[derive(Debug)]
pub struct LifecycleFacts {
    pub(super) policy: Lifecycle,
    pub(super) rules: Known<Vec<LifecycleRule>>,
    pub(super) retentions: Known<Vec<Retention>>,
    pub(super) ineffective: Known<Vec<IneffectiveRule>>,
}

/// One of them.
pub type FromLifecycle<T> = Derived<LifecycleFacts, Known<T>>;

/// What the facts that follow from a policy rest on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Template {
    region: String,
    policy: Observed<String>,
}

/// The repositories of an account, as far as they are alike.
#[derive(Debug)]
pub(crate) struct AlikeRepositories {
    policies: Recurring<Template, Arc<PolicyFacts>>,
    lifecycles: Recurring<Observed<String>, Arc<LifecycleFacts>>,
    /// Whether what the organization denies is the same for every repository.
    names_no_repository: bool,
    /// Whether that is so of a registry's policy, by region.
    registries: BTreeMap<String, bool>,
}

impl AlikeRepositories {
    pub(crate) fn new(context: &Context) -> Self {
        let is_about_all = |registry: &Registry| {
            let policy = RegistryPolicy::of(registry).document;
            !matches!(policy, Known::Known(Some(policy)) if !policy.statements.iter().all(is_about_all))
        };
        let registries = context.shared.registries.iter();
        Self {
            policies: Recurring::default(),
            lifecycles: Recurring::default(),
            names_no_repository: context.organization.rcps.denies().all(is_about_everything),
            registries: registries.map(|one| (one.region.clone(), is_about_all(one))).collect(),
        }
    }

    /// The facts that follow from a repository's policy.
    pub(super) fn policy_facts(&self, context: &Arc<Context>, repository: &Repository) -> Arc<PolicyFacts> {
        let Repository { region, policy, .. } = repository;
        let is_alike = self.names_no_repository && self.registries.get(region).copied().unwrap_or(true);
        let template = is_alike.then(|| Template { region: region.clone(), policy: policy.clone() });
        let shared = template.and_then(|template| {
            self.policies
                .answer(template, |template| template.facts(context, &repository.arn, &repository.name))
        });
        shared.unwrap_or_else(|| Arc::new(PolicyFacts::of(context, repository)))
    }

    /// The facts that follow from a repository's lifecycle policy.
    pub(super) fn lifecycle_facts(&self, policy: &Observed<String>) -> Arc<LifecycleFacts> {
        let facts = |policy: &Observed<String>| Arc::new(LifecycleFacts::of(policy));
        let shared = self.lifecycles.answer(policy.clone(), |policy| Some(facts(policy)));
        shared.unwrap_or_else(|| facts(policy))
    }
}

/// Whether a statement of a registry's policy says the same of every repository, whatever its name.
fn is_about_all(statement: &Statement) -> bool {
    is_only_about(statement, |resource| resource == "*" || resource.ends_with(":repository/*"))
}

impl PolicyFacts {
    /// Of a repository, of which they read the ARN, the region and the policy.
    fn of(context: &Arc<Context>, repository: &Repository) -> Self {
        Self::by(context, &repository.arn, &repository.region, &repository.policy)
    }

    fn by(context: &Arc<Context>, arn: &str, region: &str, policy: &Observed<String>) -> Self {
        let policy = read_once(policy, Evidence::RepositoryPolicy);
        let (shared_context, read_policy) = (Arc::clone(context), Arc::clone(&policy));
        Self {
            exposure: RepositoryExposure::of(context, arn, region, &policy),
            policy_statements: Lazy::new(move || policies::statements(&shared_context, read_policy.get())),
            shared_with: policies::shared_with(context, arn, region, &policy),
        }
    }
}

impl LifecycleFacts {
    fn of(policy: &Observed<String>) -> Self {
        let policy = Lifecycle::of(policy);
        Self {
            rules: policy.rules(),
            retentions: policy.retentions(),
            ineffective: policy.ineffective(),
            policy,
        }
    }
}

impl Template {
    /// What follows for every repository of this template; none if that would depend on its name, or tell of it.
    fn facts(&self, context: &Arc<Context>, arn: &str, name: &str) -> Option<Arc<PolicyFacts>> {
        let arn = format!("{}{ANY_NAME}", arn.strip_suffix(name)?);
        let facts = PolicyFacts::by(context, &arn, &self.region, &self.policy);
        let policy = read_once(&self.policy, Evidence::RepositoryPolicy);
        let names_nothing = policy.get().known()?.as_ref().is_none_or(names_nothing);
        let tells_no_name = !matches!(facts.exposure.get().witness, Known::Known(Some(_)));
        (names_nothing && tells_no_name).then(|| Arc::new(facts))
    }
}

/// Policies of repositories need not say what they are about.
fn names_nothing(policy: &PolicyDocument) -> bool {
    policy.statements.iter().all(|one| one.resources.is_none() || is_about_everything(one))
}
