//! Whether a policy alone lets its holder use every role.

use palisade_policy::document::PolicyDocument;

use super::effective::Held;
use crate::context::Context;
use crate::{Access, Known};

/// Whether a document of the account allows an action on every role of the account, to everybody who holds it or under
/// conditions.
pub(crate) fn allows(context: &Context, document: Known<&PolicyDocument>, action: &str) -> Known<Access> {
    let header = &context.shared.header;
    document.map(|document| {
        let held = Held::of_document(&header.partition, &header.account_id, document);
        held.may_everywhere(action).map_or(Access::No, |permission| permission.access)
    })
}
