//! The account's password policy for IAM users.

use crate::{Kind, Known, Lazy, facts};

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
};
