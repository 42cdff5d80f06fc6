//! The root user.

use jiff::Timestamp;

use crate::{Kind, Known, facts};

facts! {
    /// The account's root user.
    ///
    /// AWS's live counters (`GetAccountSummary`) decide where they can be read; the credential report, which
    /// may be four hours old, answers only where they can't.
    pub struct Root as "iam.root" {
        /// Whether the root user has a password or an access key. False in member accounts whose root
        /// credentials were removed centrally.
        has_credentials: Known<bool>, reads [AccountSummary, CredentialReport];
        /// Whether the root user has a password.
        password: Known<bool>, reads [AccountSummary, CredentialReport];
        /// Whether an MFA device is assigned to the root user.
        mfa: Known<bool>, reads [AccountSummary, CredentialReport];
        /// Whether the root user can have an MFA device here: not in AWS GovCloud (US) where the credential
        /// report says `not_supported`.
        mfa_supported: Known<bool>, reads [CredentialReport];
        /// Whether the root user's MFA device is a virtual one; false also if there is none.
        virtual_mfa: Known<bool>, reads [VirtualMfaDevices];
        /// Whether the root user has an access key, active or not.
        access_key_present: Known<bool>, reads [AccountSummary, CredentialReport];
        /// Whether the root user has an X.509 signing certificate, active or not.
        signing_certificate_present: Known<bool>, reads [AccountSummary, CredentialReport];
        /// When the password or an access key of the root user was last used; null if never.
        last_used_at: Known<Option<Timestamp>>, reads [CredentialReport];
        /// How many days ago that was; null if never.
        last_used_days: Known<Option<i64>>, reads [CredentialReport];
        /// How many days ago an access key of the root user was last used; null if never.
        access_key_last_used_days: Known<Option<i64>>, reads [CredentialReport];
        /// The age of the account in days.
        age_days: Known<i64>, reads [CredentialReport];
    }
}

/// The root user.
pub static KIND: Kind = Kind {
    name: "iam.root",
    variable: "root",
    object: &Root::OBJECT,
    listings: &[],
    reads: &[],
    wildcard_arn: |shared| format!("arn:{}:iam::{}:root", shared.header.partition, shared.header.account_id),
};
