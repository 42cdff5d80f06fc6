//! What stands in place of policies that could not be read: the most and the least that they may say.
//!
//! Policies weigh monotonically: what is refused while an unread policy allows everything is refused whatever
//! it says; what is allowed while it denies everything is allowed whatever it says.

use std::sync::{Arc, LazyLock};

use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::document::{
    Effect, PatternElement, PolicyDocument, PolicyVersion, PrincipalElement, PrincipalKind, Principals,
    Statement, ValueList,
};
use palisade_policy::policies::{Policies, PolicySet, PrincipalPolicies, ResourcePolicies};

/// The name of such a policy; no policy of AWS has it.
pub(super) const NAME: &str = "";

static ALLOWING: LazyLock<Arc<CompiledPolicy>> = LazyLock::new(|| Arc::new(everything(Effect::Allow, None)));
static DENYING_IDENTITY: LazyLock<PrincipalPolicies> = LazyLock::new(|| PrincipalPolicies {
    identity: PolicySet::new(vec![Arc::new(everything(Effect::Deny, None))]),
    ..Default::default()
});
static DENYING_RESOURCE: LazyLock<ResourcePolicies> = LazyLock::new(|| ResourcePolicies {
    policy: Some(PolicySet::new(vec![Arc::new(everything(Effect::Deny, Some(Principals::Everyone)))])),
    ..Default::default()
});

/// An identity policy that allows everything.
pub(super) fn allowing() -> Arc<CompiledPolicy> {
    Arc::clone(&ALLOWING)
}

/// Policies that deny everything to everybody.
pub(super) fn denying() -> Policies<'static> {
    Policies { principal: &DENYING_IDENTITY, resource: &DENYING_RESOURCE, management_account: None }
}

/// A resource policy that lets everybody do everything.
pub(super) fn open_to_all() -> PolicySet {
    PolicySet::new(vec![Arc::new(everything(Effect::Allow, Some(Principals::Everyone)))])
}

/// A resource policy that leaves the decision to the account's identity policies.
pub(super) fn delegating(account: &str) -> PolicySet {
    let account = ValueList { items: vec![account.to_owned()], is_list: false };
    let principals = Principals::ByKind(vec![(PrincipalKind::Aws, account)]);
    PolicySet::new(vec![Arc::new(everything(Effect::Allow, Some(principals)))])
}

fn everything(effect: Effect, principals: Option<Principals>) -> CompiledPolicy {
    let all = || PatternElement {
        negated: false,
        values: ValueList { items: vec!["*".to_owned()], is_list: false },
    };
    let statement = Statement {
        index: 0,
        is_listed: false,
        sid: None,
        effect,
        principals: principals.map(|principals| PrincipalElement { negated: false, principals }),
        actions: all(),
        resources: Some(all()),
        conditions: Vec::new(),
    };
    let document = PolicyDocument {
        version: PolicyVersion::V2012,
        version_is_written: true,
        id: None,
        statements: vec![statement],
    };
    CompiledPolicy::new(NAME, &document)
}
