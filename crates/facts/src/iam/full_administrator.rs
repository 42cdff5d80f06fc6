//! Whether a policy alone lets its holder do everything.

use std::sync::Arc;

use palisade_policy::document::PolicyDocument;

use super::effective::Held;
use crate::context::Context;
use crate::identities::Policy;
use crate::{Access, Known};

/// Whether a policy of the account gives full administration, to everybody who holds it or under conditions.
pub(crate) fn of_policy(context: &Context, policy: Known<&Arc<Policy>>) -> Known<Access> {
    let header = &context.shared.header;
    policy.map(|policy| Held::of_policy(&header.partition, &header.account_id, policy).administrator())
}

/// The same of a document by itself, whatever the account.
pub(crate) fn access(document: PolicyDocument) -> Access {
    const SOME_ACCOUNT: &str = "111122223333";
    Held::of_policy("aws", SOME_ACCOUNT, &Arc::new(Policy::new("policy", document))).administrator()
}
