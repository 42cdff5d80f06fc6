//! Whether a policy alone lets its holder do everything.

use std::sync::Arc;

use palisade_policy::document::PolicyDocument;

use super::effective::Held;
use crate::context::Context;
use crate::identities::Policy;
use crate::{Access, Known};

/// Whether a policy of the account gives full administration, to everybody who holds it or under conditions.
pub(crate) fn of_policy(context: &Context, policy: Known<&Arc<Policy>>) -> Known<Access> {
    policy.map(|policy| Held::of_policy(context, policy).administrator())
}

/// The same of a document by itself, whatever the account.
pub(crate) fn access(document: PolicyDocument) -> Access {
    Held::in_any_account(&Arc::new(Policy::new("policy", document))).administrator()
}
