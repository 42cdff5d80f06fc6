//! The policies that decide who can use a repository: its own, and that of the registry it is in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use palisade_policy::arn::Arn;
use palisade_policy::document::{Effect, PolicyDocument};
use palisade_policy::public::{Answer, Input, Layer, PolicyKind, PolicyResource, RegistryPolicyScope};
use palisade_snapshot::{Evidence, Observed, Reason, Registry, Shared};

use crate::context::Context;
use crate::exposure::{ReadPolicy, Unread, document, limited};
use crate::resource_policy::{self, PolicyStatement, SharedAccess};
use crate::{Known, Lazy, Missing};

pub(super) const KIND: PolicyKind<'static> = PolicyKind::Other("ecr");

/// The policies of the registries by region, read when first asked for.
#[derive(Debug, Default)]
pub(crate) struct RegistryPolicies(OnceLock<BTreeMap<String, Arc<RegistryPolicy>>>);

impl RegistryPolicies {
    /// The policy of the region's registry; unknown if that was not read.
    pub(super) fn in_region(&self, shared: &Shared, region: &str) -> Arc<RegistryPolicy> {
        let by_region = self.0.get_or_init(|| {
            let registries = shared.registries.iter().rev();
            registries.map(|one| (one.region.clone(), Arc::new(RegistryPolicy::of(one)))).collect()
        });
        by_region.get(region).cloned().unwrap_or_else(|| Arc::new(RegistryPolicy::not_collected()))
    }
}

/// The policy of a region's registry, and which actions it is about.
#[derive(Debug)]
pub(crate) struct RegistryPolicy {
    pub(super) document: ReadPolicy,
    pub(super) scope: Known<RegistryPolicyScope>,
}

impl RegistryPolicy {
    fn not_collected() -> Self {
        Self {
            document: Known::Unknown(Missing::because(Evidence::RegistryPolicy, Reason::NotCollected)),
            scope: Known::Unknown(Missing::because(Evidence::RegistryPolicyScope, Reason::NotCollected)),
        }
    }

    pub(super) fn of(registry: &Registry) -> Self {
        Self {
            document: document(&registry.policy, Evidence::RegistryPolicy),
            scope: scope(&registry.policy_scope),
        }
    }

    /// What it takes away: without the statements that allow something, which are the registry's own affair.
    fn denials(&self) -> ReadPolicy {
        self.document.as_ref().map(|policy| {
            let mut denials = policy.clone();
            if let Some(policy) = &mut denials {
                policy.statements.retain(|statement| statement.effect == Effect::Deny);
            }
            denials
        })
    }
}

/// A registry that nobody changed has scope V2 ("Private registry permissions in Amazon ECR").
pub(crate) fn scope(observed: &Observed<String>) -> Known<RegistryPolicyScope> {
    let evidence = Evidence::RegistryPolicyScope;
    let text = Known::observed(observed, evidence, || "V2".to_owned(), Clone::clone);
    text.and_then(|text| match text.as_str() {
        "V1" => Known::Known(RegistryPolicyScope::V1),
        "V2" => Known::Known(RegistryPolicyScope::V2),
        _ => Known::Unknown(Missing::because(evidence, Reason::Malformed)),
    })
}

/// The statements of a policy that allow something.
pub(super) fn statements(context: &Context, policy: &ReadPolicy) -> Known<Vec<PolicyStatement>> {
    let own = &context.shared.header.account_id;
    policy.as_ref().map(|policy| {
        policy.as_ref().map(|policy| resource_policy::statements(policy, KIND, own)).unwrap_or_default()
    })
}

/// Whom a repository's own policy lets in by name, as far as the registry's policy does not deny it, worked out when a
/// rule first asks.
pub(super) fn shared_with(
    context: &Arc<Context>,
    arn: &str,
    region: &str,
    policy: &Arc<Lazy<ReadPolicy>>,
) -> Lazy<Known<Vec<SharedAccess>>> {
    let (context, policy) = (Arc::clone(context), Arc::clone(policy));
    let (arn, region) = (arn.to_owned(), region.to_owned());
    Lazy::new(move || {
        let registry = context.registry_policies.in_region(&context.shared, &region);
        let policy = limited(policy.get(), &context.organization.rcps);
        let denials = registry.denials();
        let mut unread = Unread::new(Evidence::RepositoryPolicy);
        let scope = registry.scope.as_ref().map(|scope| *scope);
        let with_denials = PolicyResource {
            service: "ecr",
            arn: Some(&arn),
            account: Some(&context.shared.header.account_id),
            partition: &context.shared.header.partition,
            policy: unread.policy(Layer::Policy, &policy),
            registry_policy: unread.policy(Layer::RegistryPolicy, &denials),
            registry_scope: unread.known(Layer::RegistryPolicyScope, scope),
        };
        let alone = PolicyResource { registry_policy: Input::Known(None), ..with_denials.clone() };
        match resource_policy::shared_with(&context, &[alone]) {
            // Nothing is denied of nothing, whatever the registry says.
            Answer::Known(found) if found.is_empty() => Known::Known(found),
            _ => answer(&unread, resource_policy::shared_with(&context, &[with_denials])),
        }
    })
}

/// Whom a registry's policy lets in by name.
pub(super) fn registry_shared_with(context: &Context, registry: &Registry) -> Known<Vec<SharedAccess>> {
    let policy = RegistryPolicy::of(registry);
    let mut unread = Unread::new(Evidence::RegistryPolicy);
    let account = &context.shared.header.account_id;
    let partition = &context.shared.header.partition;
    let arns = policy.document.known().and_then(Option::as_ref).map(repositories);
    let any = format!("arn:{partition}:ecr:{}:{account}:repository/{EXAMPLE}", registry.region);
    let arns: BTreeSet<String> = arns.into_iter().flatten().chain([any]).collect();
    let nothing = Known::Known(None);
    let denials = limited(&nothing, &context.organization.rcps);
    let own = unread.policy(Layer::Policy, &denials);
    let registry_policy = unread.policy(Layer::RegistryPolicy, &policy.document);
    let registry_scope = unread.known(Layer::RegistryPolicyScope, policy.scope.as_ref().map(|scope| *scope));
    let resources: Vec<_> = arns
        .iter()
        .map(|arn| PolicyResource {
            service: "ecr",
            arn: Some(arn),
            account: Some(account),
            partition,
            policy: own,
            registry_policy,
            registry_scope,
        })
        .collect();
    answer(&unread, resource_policy::shared_with(context, &resources))
}

fn answer<T>(unread: &Unread, answer: Answer<T>) -> Known<T> {
    match answer {
        Answer::Known(value) => Known::Known(value),
        Answer::Unknown(layers) => Known::Unknown(unread.missing(&layers)),
    }
}

/// Stands in for what a pattern leaves open.
const EXAMPLE: &str = "example";

/// Repositories that the statements of a registry's policy are about: one for each of their patterns.
fn repositories(policy: &PolicyDocument) -> BTreeSet<String> {
    let elements = policy.statements.iter().filter_map(|statement| statement.resources.as_ref());
    let patterns = elements.filter(|element| !element.negated).flat_map(|element| &element.values.items);
    let filled = patterns.map(|pattern| pattern.replace('*', EXAMPLE).replace('?', "0"));
    filled.filter(|arn| Arn::parse(arn).is_some()).collect()
}
