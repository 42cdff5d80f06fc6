//! Whether the policy of a bucket or access point is public by itself, by our reading and by AWS's.

use std::sync::Arc;

use palisade_policy::public::{PolicyKind, is_public_statement};
use palisade_snapshot::{Evidence, Observed};

use crate::exposure::ReadPolicy;
use crate::{Known, Lazy};

/// Whether the policy engine calls the policy public, whatever Block Public Access makes of it.
pub(super) fn is_public(policy: &Arc<Lazy<ReadPolicy>>, kind: PolicyKind<'static>) -> Lazy<Known<bool>> {
    let policy = Arc::clone(policy);
    Lazy::new(move || {
        policy.get().as_ref().map(|policy| {
            let statements = policy.iter().flat_map(|policy| &policy.statements);
            statements.into_iter().any(|statement| is_public_statement(statement, kind))
        })
    })
}

/// What AWS answers; null without a policy.
pub(super) fn by_aws(status: &Observed<bool>, evidence: Evidence) -> Known<Option<bool>> {
    Known::observed(status, evidence, || None, |is_public| Some(*is_public))
}
