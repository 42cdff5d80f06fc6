//! Which policies apply to a request: the principal's side, the resource's side.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::compiled::{CompiledPolicy, CompiledStatement};

/// Below this many statements, looking at all of them is as fast as an index.
const INDEXED_FROM: usize = 12;

/// Policies of one kind that count together: a request is allowed by the set if a statement of any of them allows it.
#[derive(Debug, Clone, Default)]
pub struct PolicySet {
    name: String,
    policies: Vec<Arc<CompiledPolicy>>,
    index: Option<ServiceIndex>,
}

/// Places of statements (policy, statement) by the services they can be about, each list in order.
#[derive(Debug, Clone)]
struct ServiceIndex {
    by_service: HashMap<Box<str>, Box<[(usize, usize)]>>,
    any_service: Box<[(usize, usize)]>,
}

impl PolicySet {
    /// A set of policies; the empty set allows nothing.
    #[must_use]
    pub fn new(policies: Vec<Arc<CompiledPolicy>>) -> Self {
        let statements: usize = policies.iter().map(|policy| policy.statements().len()).sum();
        let index = (statements >= INDEXED_FROM).then(|| ServiceIndex::new(&policies));
        Self { name: String::new(), policies, index }
    }

    /// The same set for a few requests: without the index, which takes longer to make than it saves.
    #[must_use]
    pub fn for_few_requests(policies: Vec<Arc<CompiledPolicy>>) -> Self {
        Self { name: String::new(), policies, index: None }
    }

    /// Names the set, for answers: the organizational unit that a level of SCPs belongs to.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The name of the set; empty if it was given none.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The policies, in order.
    #[must_use]
    pub fn policies(&self) -> &[Arc<CompiledPolicy>] {
        &self.policies
    }

    /// Calls `visit` with each statement that can be about an action of the service, in order, until it returns
    /// `false`.
    pub(crate) fn visit<'a>(
        &'a self,
        service: &str,
        mut visit: impl FnMut(&'a CompiledPolicy, &'a CompiledStatement) -> bool,
    ) {
        let Some(index) = &self.index else {
            for policy in &self.policies {
                for statement in policy.statements() {
                    if !visit(policy, statement) {
                        return;
                    }
                }
            }
            return;
        };
        for (policy, statement) in index.by_service.get(service).unwrap_or(&index.any_service) {
            let Some(policy) = self.policies.get(*policy) else { continue };
            let Some(statement) = policy.statements().get(*statement) else { continue };
            if !visit(policy, statement) {
                return;
            }
        }
    }
}

impl ServiceIndex {
    fn new(policies: &[Arc<CompiledPolicy>]) -> Self {
        let mut by_service: BTreeMap<&str, Vec<(usize, usize)>> = BTreeMap::new();
        let mut any_service = Vec::new();
        let statements = || {
            policies.iter().enumerate().flat_map(|(policy_index, policy)| {
                let places = move |(index, statement)| ((policy_index, index), statement);
                policy.statements().iter().enumerate().map(places)
            })
        };
        for (place, statement) in statements() {
            match statement.actions.services() {
                None => any_service.push(place),
                Some(mut services) => {
                    services.sort_unstable();
                    services.dedup();
                    for service in services {
                        by_service.entry(service).or_default().push(place);
                    }
                }
            }
        }
        let merged = by_service.into_iter().map(|(service, mut places)| {
            places.extend_from_slice(&any_service);
            places.sort_unstable();
            (service.into(), places.into())
        });
        Self { by_service: merged.collect(), any_service: any_service.into() }
    }
}

/// The policies on the principal's side.
#[derive(Debug, Clone, Default)]
pub struct PrincipalPolicies {
    /// Managed and inline policies of the user or role, and of the user's groups.
    pub identity: PolicySet,
    /// The permissions boundary. A user or role has at most one; each of several must allow.
    pub boundaries: Vec<PolicySet>,
    /// The session policies; `None` if none was passed.
    pub session: Option<PolicySet>,
    /// The SCPs per level, from the organization's root down to the account; empty outside an organization. A level
    /// without policies denies.
    pub scps: Vec<PolicySet>,
}

/// The policies on the resource's side.
#[derive(Debug, Clone, Default)]
pub struct ResourcePolicies {
    /// The resource's own policy: bucket policy, key policy, role trust policy, …; `None` if it has none.
    pub policy: Option<PolicySet>,
    /// The RCPs per level, from the organization's root down to the resource's account. A level without policies
    /// denies (AWS attaches `RCPFullAWSAccess` to each).
    pub rcps: Vec<PolicySet>,
    /// The policies of the VPC endpoint that the request passes; `None` if it passes none.
    pub vpc_endpoint: Option<PolicySet>,
}

/// Everything that applies to a request.
#[derive(Debug, Clone, Copy)]
pub struct Policies<'a> {
    /// The principal's side.
    pub principal: &'a PrincipalPolicies,
    /// The resource's side.
    pub resource: &'a ResourcePolicies,
    /// The organization's management account, whose principals and resources are exempt from SCPs and RCPs.
    pub management_account: Option<&'a str>,
}
