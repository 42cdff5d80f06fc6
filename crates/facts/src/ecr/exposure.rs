//! Whether any AWS account can use a repository.

use std::sync::Arc;

use palisade_policy::public::{Capability, Layer, PolicyResource, resource_exposure};
use palisade_snapshot::{Evidence, Registry};

use super::policies::RegistryPolicy;
use crate::context::Context;
use crate::exposure::{Analysis, ReadPolicy, Unread, assumes, limited};
use crate::{Access, AccessGrant, Known, Lazy, Listed, Witness, facts};

facts! {
    /// What every AWS account can do with a repository. ECR's private registries are never anonymous, so the
    /// public is everybody with an AWS account ("Private repository policies" in the ECR User Guide).
    pub struct RepositoryExposure as "repository_exposure" {
        /// Anything at all, as AWS has it: `yes` or `no`. Statements that deny take nothing from it; the other
        /// attributes tell what they leave.
        public: Known<Access>, reads [];
        /// Pull images.
        pull: Known<Access>, reads [];
        /// Push or delete images.
        push: Known<Access>, reads [];
        /// Change the repository's configuration, its policy included, or delete it.
        administer: Known<Access>, reads [];
        /// Whether the policy lets in callers whom it does not name under a condition that AWS takes for a
        /// limit: of a fixed network, account or organization.
        limited: Known<bool>, reads [];
        /// The conditions on who or where callers are, as text.
        conditions: Listed<String>, reads [];
        /// The statements that make it so; evidence.
        grants: Listed<AccessGrant>, reads [];
        /// A request by a stranger that is allowed; null if there is none.
        witness: Known<Option<Witness>>, reads [];
        /// What is taken for granted because it could not be read: `rcp_not_read`.
        assumes: Vec<String>, reads [];
    }
}

impl RepositoryExposure {
    /// What every AWS account can do with a repository, worked out when a rule first asks.
    pub(super) fn of(
        context: &Arc<Context>,
        arn: &str,
        region: &str,
        policy: &Arc<Lazy<ReadPolicy>>,
    ) -> Lazy<Self> {
        let (context, policy) = (Arc::clone(context), Arc::clone(policy));
        let (arn, region) = (arn.to_owned(), region.to_owned());
        Lazy::new(move || {
            let registry = context.registry_policies.in_region(&context.shared, &region);
            let unread = Unread::new(Evidence::RepositoryPolicy);
            Self::by(&context, Some(&arn), unread, policy.get(), &registry)
        })
    }

    /// What every AWS account can do with the repositories that a registry's policy is about.
    pub(super) fn by_registry(context: &Arc<Context>, registry: &Registry) -> Lazy<Self> {
        let (context, registry) = (Arc::clone(context), registry.clone());
        Lazy::new(move || {
            let policy = RegistryPolicy::of(&registry);
            let unread = Unread::new(Evidence::RegistryPolicy);
            Self::by(&context, None, unread, &Known::Known(None), &policy)
        })
    }

    fn by(
        context: &Context,
        arn: Option<&str>,
        mut unread: Unread,
        policy: &ReadPolicy,
        registry: &RegistryPolicy,
    ) -> Self {
        let rcps = &context.organization.rcps;
        let policy = limited(policy, rcps);
        let scope = registry.scope.as_ref().map(|scope| *scope);
        let resource = PolicyResource {
            service: "ecr",
            arn,
            account: Some(&context.shared.header.account_id),
            partition: &context.shared.header.partition,
            policy: unread.policy(Layer::Policy, &policy),
            registry_policy: unread.policy(Layer::RegistryPolicy, &registry.document),
            registry_scope: unread.known(Layer::RegistryPolicyScope, scope),
        };
        let analysis = Analysis { exposure: resource_exposure(&resource), unread };
        Self {
            public: analysis.public(),
            pull: analysis.access(Capability::Read),
            push: analysis.access(Capability::Write),
            administer: analysis.access(Capability::Administer),
            limited: analysis.limited(),
            conditions: analysis.conditions(),
            grants: analysis.grants(),
            witness: analysis.witness(),
            assumes: assumes(rcps),
        }
    }
}
