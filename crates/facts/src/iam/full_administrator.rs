//! Whether a policy alone lets its holder do everything.

use palisade_policy::document::PolicyDocument;

use super::effective::Held;
use crate::context::Context;
use crate::{Access, Known};

/// Whether a document of the account gives full administration, to everybody who holds it or under conditions.
pub(crate) fn of_document(context: &Context, document: Known<&PolicyDocument>) -> Known<Access> {
    let header = &context.shared.header;
    document
        .map(|document| Held::of_document(&header.partition, &header.account_id, document).administrator())
}

/// The same of a document by itself, whatever the account.
pub(crate) fn access(document: &PolicyDocument) -> Access {
    const SOME_ACCOUNT: &str = "111122223333";
    Held::of_document("aws", SOME_ACCOUNT, document).administrator()
}
