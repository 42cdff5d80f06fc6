//! IAM users.

use jiff::Timestamp;
use palisade_snapshot::RecordKind;

use super::{AccessKey, AttachedPolicy, Tag};
use crate::{Kind, Known, facts};

facts! {
    /// An IAM user; the root user is `iam.root`.
    pub struct User as "iam.user" {
        /// Its ARN.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// Its path, `/` at the least.
        path: String, reads [];
        /// When it was created.
        created_at: Timestamp, reads [];
        /// Its age in days.
        age_days: i64, reads [];
        /// Whether it has a console password.
        console: Known<bool>, reads [CredentialReport];
        /// Whether an MFA device is assigned to it. A device may be newer than the credential report, so
        /// "no" takes both.
        mfa: Known<bool>, reads [CredentialReport, VirtualMfaDevices];
        /// When the password was last used; null if never.
        password_last_used_at: Known<Option<Timestamp>>, reads [CredentialReport];
        /// How many days ago the password was last used; null if never.
        password_last_used_days: Known<Option<i64>>, reads [CredentialReport];
        /// How many days ago the password was set or changed; null if there is none.
        password_age_days: Known<Option<i64>>, reads [CredentialReport];
        /// Its access keys, active or not.
        access_keys: Known<Vec<AccessKey>>, reads [CredentialReport];
        /// How many of its access keys are active.
        active_access_keys: Known<i64>, reads [CredentialReport];
        /// The age in days of its newest active access key; null if there is none.
        newest_active_key_age_days: Known<Option<i64>>, reads [CredentialReport];
        /// How many of its X.509 signing certificates are active.
        active_signing_certificates: Known<i64>, reads [CredentialReport];
        /// The names of its groups.
        groups: Vec<String>, reads [];
        /// The names of its inline policies.
        inline_policies: Vec<String>, reads [];
        /// The managed policies attached to it directly.
        attached_policies: Vec<AttachedPolicy>, reads [];
        /// The ARN of its permissions boundary; null if there is none.
        permissions_boundary: Option<String>, reads [];
        /// Its tags.
        tags: Vec<Tag>, reads [];
    }
}

/// IAM users.
pub static KIND: Kind = Kind {
    name: "iam.user",
    variable: "user",
    object: &User::OBJECT,
    listings: &[RecordKind::User],
    reads: &[],
    wildcard_arn: |shared| {
        format!("arn:{}:iam::{}:user/*", shared.header.partition, shared.header.account_id)
    },
};
