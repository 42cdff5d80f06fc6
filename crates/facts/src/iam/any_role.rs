//! Whether a policy alone lets its holder use every role.

use std::sync::Arc;

use super::effective::Held;
use crate::context::Context;
use crate::identities::Policy;
use crate::{Access, Known};

/// Whether a policy of the account allows an action on every role of the account, to everybody who holds it or under
/// conditions.
pub(crate) fn allows(context: &Context, policy: Known<&Arc<Policy>>, action: &str) -> Known<Access> {
    policy.map(|policy| {
        let held = Held::of_policy(context, policy);
        held.may_everywhere(action).map_or(Access::No, |permission| permission.access)
    })
}
