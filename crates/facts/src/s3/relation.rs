//! Whose account something is in.

use crate::context::Context;
use crate::fact_enum;

fact_enum! {
    /// What an account is to the scanned one.
    pub enum AccountRelation {
        /// It is the scanned account itself.
        Own = "own",
        /// It is declared in `trusted_accounts`.
        Trusted = "trusted",
        /// It is neither, or nobody can name it.
        Foreign = "foreign",
    }
}

/// What the account with these twelve digits is.
pub(super) fn of_account(context: &Context, account: &str) -> AccountRelation {
    if account == context.shared.header.account_id {
        AccountRelation::Own
    } else if context.declarations.trusted_accounts.iter().any(|trusted| trusted == account) {
        AccountRelation::Trusted
    } else {
        AccountRelation::Foreign
    }
}

/// What the account that an ARN names is: `arn:partition:service:region:account:resource`.
pub(super) fn of_arn(context: &Context, arn: &str) -> AccountRelation {
    of_account(context, arn.split(':').nth(4).unwrap_or_default())
}
