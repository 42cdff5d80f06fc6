//! Whose identity policies may permit to assume a role. Many hold the same policies, so that each policy is
//! asked once per role.

use std::collections::BTreeMap;
use std::sync::Arc;

use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::context::Context;
use palisade_policy::document::Effect;
use palisade_policy::evaluate::{Decision, decide};
use palisade_policy::policies::{Policies, PolicySet, PrincipalPolicies, ResourcePolicies};
use palisade_policy::principal::Principal;
use palisade_policy::request::{Action, Request, Resource};
use palisade_snapshot::Header;

use super::callers::Caller;
use super::unread;

/// The policies that speak of assuming roles, with those who hold them.
pub(super) struct Permits {
    permits: Vec<Permit>,
    action: Action,
    /// Somebody of the account of whom nothing else is known, and a role that leaves it to the account.
    anybody: Principal,
    open: Context,
    delegating: ResourcePolicies,
}

/// A policy with those who hold it.
type Held = (Arc<CompiledPolicy>, Vec<usize>);

struct Permit {
    policies: PrincipalPolicies,
    holders: Vec<usize>,
}

impl Permits {
    pub(super) fn new(header: &Header, callers: &[Caller], action: &Action) -> Self {
        let mut holders: BTreeMap<*const CompiledPolicy, Option<Held>> = BTreeMap::new();
        let mut order = Vec::new();
        for (index, caller) in callers.iter().enumerate() {
            for policy in caller.held.policies.identity.policies() {
                let entry = holders.entry(Arc::as_ptr(policy)).or_insert_with(|| {
                    order.push(Arc::as_ptr(policy));
                    allows_some(policy, action).then(|| (Arc::clone(policy), Vec::new()))
                });
                if let Some((_, holders)) = entry {
                    holders.push(index);
                }
            }
        }
        let permit = |(policy, holders)| Permit {
            policies: PrincipalPolicies {
                identity: PolicySet::for_few_requests(vec![policy]),
                ..Default::default()
            },
            holders,
        };
        let mut open = Context::new();
        open.mark_unknown("*");
        Self {
            permits: order.iter().filter_map(|policy| holders.remove(policy)?).map(permit).collect(),
            action: action.clone(),
            anybody: Principal::parse(&format!("arn:{}:iam::{}:user/*", header.partition, header.account_id)),
            open,
            delegating: ResourcePolicies {
                policy: Some(unread::delegating(&header.account_id)),
                ..Default::default()
            },
        }
    }

    /// Those who hold a policy that may permit to assume this role.
    pub(super) fn for_role<'q>(&'q self, role: &'q Resource) -> impl Iterator<Item = usize> + 'q {
        let request =
            Request { principal: &self.anybody, action: &self.action, resource: role, context: &self.open };
        let may_permit = move |permit: &&Permit| {
            let policies = Policies {
                principal: &permit.policies,
                resource: &self.delegating,
                management_account: None,
            };
            matches!(decide(request, policies), Decision::Allowed | Decision::Conditional)
        };
        self.permits.iter().filter(may_permit).flat_map(|permit| permit.holders.iter().copied())
    }
}

fn allows_some(policy: &CompiledPolicy, action: &Action) -> bool {
    let mut allows = policy.statements().iter().filter(|statement| statement.effect() == Effect::Allow);
    allows.any(|statement| statement.is_about(action))
}
