//! The account's password policy for IAM users.

use std::iter;
use std::sync::Arc;

use palisade_snapshot::{Evidence, PasswordPolicy as Record};

use crate::context::Context;
use crate::{Kind, Known, Lazy, Subject, facts};

facts! {
    /// The password policy for IAM users. Where none is set, AWS's default holds ("Set an account password
    /// policy for IAM users": 8 characters, three of the four kinds of character, no expiry).
    pub struct PasswordPolicy as "iam.password_policy" {
        /// Whether the account has its own policy; false means AWS's default.
        configured: Known<bool>, reads [PasswordPolicy];
        /// Whether any IAM user has a console password, so that the policy matters.
        has_console_users: Lazy<Known<bool>>, reads [Users, CredentialReport];
        /// The least number of characters.
        minimum_length: Known<i64>, reads [PasswordPolicy];
        /// Whether a symbol is required.
        require_symbols: Known<bool>, reads [PasswordPolicy];
        /// Whether a digit is required.
        require_numbers: Known<bool>, reads [PasswordPolicy];
        /// Whether an upper-case letter is required.
        require_uppercase: Known<bool>, reads [PasswordPolicy];
        /// Whether a lower-case letter is required.
        require_lowercase: Known<bool>, reads [PasswordPolicy];
        /// Whether users may change their own password.
        allow_users_to_change: Known<bool>, reads [PasswordPolicy];
        /// After how many days passwords expire; null if never.
        max_age_days: Known<Option<i64>>, reads [PasswordPolicy];
        /// How many earlier passwords may not be used again; 0 if any may.
        reuse_prevention: Known<i64>, reads [PasswordPolicy];
        /// Whether an expired password can't be changed by its user.
        hard_expiry: Known<bool>, reads [PasswordPolicy];
    }
}

/// The account's password policy.
pub static KIND: Kind = Kind {
    name: "iam.password_policy",
    variable: "password_policy",
    object: &PasswordPolicy::OBJECT,
    listings: &[],
    reads: &[],
    wildcard_arn: |shared| {
        format!("arn:{}:iam::{}:account-password-policy", shared.header.partition, shared.header.account_id)
    },
    subjects: |context| Box::new(iter::once(subject(context))),
    hidden: |_| None,
};

/// The minimum length of AWS's default password policy.
const DEFAULT_MINIMUM_LENGTH: i64 = 8;

/// The account's password policy.
pub(crate) fn subject(context: &Arc<Context>) -> Subject {
    fn fact<T>(context: &Context, default: T, read: impl FnOnce(&Record) -> T) -> Known<T> {
        Known::observed(&context.shared.account.password_policy, Evidence::PasswordPolicy, || default, read)
    }
    let users = Arc::clone(context);
    let facts = PasswordPolicy {
        configured: fact(context, false, |_| true),
        has_console_users: Lazy::new(move || users.has_console_users()),
        minimum_length: fact(context, DEFAULT_MINIMUM_LENGTH, |policy| policy.minimum_length.into()),
        require_symbols: fact(context, false, |policy| policy.require_symbols),
        require_numbers: fact(context, false, |policy| policy.require_numbers),
        require_uppercase: fact(context, false, |policy| policy.require_uppercase),
        require_lowercase: fact(context, false, |policy| policy.require_lowercase),
        allow_users_to_change: fact(context, false, |policy| policy.allow_users_to_change),
        max_age_days: fact(context, None, |policy| {
            policy.max_age_days.filter(|&days| days > 0).map(i64::from)
        }),
        reuse_prevention: fact(context, 0, |policy| policy.reuse_prevention.unwrap_or(0).into()),
        hard_expiry: fact(context, false, |policy| policy.hard_expiry.unwrap_or(false)),
    };
    Subject {
        kind: &KIND,
        arn: (KIND.wildcard_arn)(&context.shared),
        name: "account password policy".to_owned(),
        region: None,
        facts: Box::new(facts),
    }
}
