//! Which accounts a role trusts, its own included, and how far.

use std::sync::Arc;

use palisade_policy::document::PolicyDocument;
use palisade_policy::public::account_trusts;

use super::trust::TrustAccess;
use crate::context::Context;
use crate::exposure::witness;
use crate::{Witness, facts};

facts! {
    /// An account some of whose users and roles can assume a role.
    pub struct AccountTrust as "account_trust" {
        /// The twelve digits.
        account: String, reads [];
        /// Whether it is the role's own account.
        own: bool, reads [];
        /// Whether `palisade.toml` declares the account as trusted.
        declared: bool, reads [];
        /// Whether users or roles get in whom neither a name nor a tag tells from all others of the account: everybody
        /// whom the account's administrators let.
        whole_account: bool, reads [];
        /// The ARNs of the users, roles and sessions that get in because the `Principal` element names them.
        principals: Vec<String>, reads [];
        /// Whether IAM users of the account get in.
        users: bool, reads [];
        /// A request by which an IAM user gets in; null if none does.
        user_witness: Option<Witness>, reads [];
        /// Whether IAM users get in without a second factor.
        users_without_mfa: TrustAccess, reads [];
        /// Where the trust policy names the account, as JSON pointers.
        pointers: Vec<String>, reads [];
    }
}

/// The accounts that a trust policy lets in.
pub(super) fn of_document(
    context: &Arc<Context>,
    role: &str,
    document: &PolicyDocument,
) -> Vec<AccountTrust> {
    let header = &context.shared.header;
    let found = account_trusts(document, role, &header.account_id, &header.partition);
    let fact = |one: palisade_policy::public::AccountTrust| AccountTrust {
        own: one.account == header.account_id,
        declared: context.declarations.trusted_accounts.contains(&one.account),
        whole_account: one.whole_account,
        principals: one.principals,
        users: one.user.is_some(),
        user_witness: one.user.as_ref().map(witness),
        users_without_mfa: TrustAccess::of(document, &one.user_without_mfa),
        pointers: one.statements,
        account: one.account,
    };
    found.into_iter().map(fact).collect()
}
