//! The root user.

use jiff::Timestamp;
use palisade_snapshot::{CredentialReportRow, Evidence, Observed, Reason, ReportTime};
use std::iter;

use super::user::{at, has_virtual_device, hidden_devices};
use crate::clock::days_since;
use crate::context::Context;
use crate::{Kind, Known, Listed, Missing, Subject, facts};

facts! {
    /// The account's root user.
    ///
    /// AWS's live counters (`GetAccountSummary`) tell what it has. The credential report, which may be four
    /// hours old and contradict them, tells only what no counter does: when something was used.
    pub struct Root as "iam.root" {
        /// Whether the root user has a password or an access key. False in member accounts whose root
        /// credentials were removed centrally.
        has_credentials: Known<bool>, reads [AccountSummary];
        /// Whether the root user has a password.
        password: Known<bool>, reads [AccountSummary];
        /// Whether an MFA device is assigned to the root user.
        mfa: Known<bool>, reads [AccountSummary];
        /// Whether the root user can have an MFA device here: not in AWS GovCloud (US) where the credential
        /// report says `not_supported`.
        mfa_supported: Known<bool>, reads [CredentialReport];
        /// Whether the root user's MFA device is a virtual one; false also if there is none.
        virtual_mfa: Known<bool>, reads [VirtualMfaDevices];
        /// The serial numbers of the root user's virtual MFA devices. Only the root user itself can list others.
        virtual_devices: Listed<String>, reads [VirtualMfaDevices];
        /// Whether the root user has an access key, active or not.
        access_key_present: Known<bool>, reads [AccountSummary];
        /// Whether the root user has an X.509 signing certificate, active or not.
        signing_certificate_present: Known<bool>, reads [AccountSummary];
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
    subjects: |context| Box::new(iter::once(subject(context))),
    hidden: |_| None,
};

/// The counters of `GetAccountSummary` about the root user.
const MFA: &str = "AccountMFAEnabled";
const PASSWORD: &str = "AccountPasswordPresent";
const ACCESS_KEYS: &str = "AccountAccessKeysPresent";
const SIGNING_CERTIFICATES: &str = "AccountSigningCertificatesPresent";

/// The root user.
pub(crate) fn subject(context: &Context) -> Subject {
    let arn = (KIND.wildcard_arn)(&context.shared);
    let now = context.now();
    let row = || context.root_row();
    let password = password(context);
    let access_key_present = present(context, ACCESS_KEYS);
    let last_used_at = row().map(|row| newest(&[row.password_last_used, key_used(row)]));
    let facts = Root {
        has_credentials: password.clone().or(access_key_present.clone()),
        password,
        mfa: present(context, MFA),
        mfa_supported: mfa_supported(context),
        virtual_mfa: has_virtual_device(context, &arn),
        virtual_devices: Listed {
            items: context.listed_devices(&arn).map(|device| device.serial_number.clone()).collect(),
            incomplete: hidden_devices(context),
        },
        access_key_present,
        signing_certificate_present: present(context, SIGNING_CERTIFICATES),
        last_used_days: last_used_at.clone().map(|time| time.map(|time| days_since(time, now))),
        last_used_at,
        access_key_last_used_days: row().map(|row| at(key_used(row)).map(|time| days_since(time, now))),
        age_days: row().map(|row| days_since(row.created_at, now)),
    };
    let name = "root".to_owned();
    Subject { kind: &KIND, arn, name, region: None, facts: Box::new(facts) }
}

/// A counter of the live summary.
fn present(context: &Context, counter: &str) -> Known<bool> {
    Known::Unknown(match &context.shared.account.summary {
        Observed::Present(summary) => match summary.get(counter) {
            Some(count) => return Known::Known(*count > 0),
            None => Missing::because(Evidence::AccountSummary, Reason::Malformed),
        },
        Observed::Absent | Observed::NotOffered(_) => {
            Missing::because(Evidence::AccountSummary, Reason::Malformed)
        }
        Observed::Unreadable(why) => Missing::evidence(Evidence::AccountSummary, why),
    })
}

/// Whether the root user has a password. AWS began to count it when it began to let organizations remove
/// it, so a summary without the counter is of an account that has one.
fn password(context: &Context) -> Known<bool> {
    match &context.shared.account.summary {
        Observed::Present(summary) if !summary.contains_key(PASSWORD) => Known::Known(true),
        _ => present(context, PASSWORD),
    }
}

/// Outside AWS GovCloud (US) every root user can have a device.
fn mfa_supported(context: &Context) -> Known<bool> {
    if context.shared.header.partition == "aws-us-gov" {
        context.root_row().map(|row| row.mfa_active.is_some())
    } else {
        Known::Known(true)
    }
}

fn key_used(row: &CredentialReportRow) -> ReportTime {
    let [first, second] = &row.access_keys;
    newest(&[first.last_used, second.last_used]).map_or(ReportTime::NotApplicable, ReportTime::At)
}

fn newest(times: &[ReportTime]) -> Option<Timestamp> {
    times.iter().filter_map(|&time| at(time)).max()
}
