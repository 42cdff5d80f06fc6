//! The access keys of IAM users.

use std::sync::Arc;

use jiff::Timestamp;
use palisade_snapshot::{
    AccessKeyReport, CredentialReportRow, Evidence, Observed, RecordKind, ReportTime, User,
};

use super::effective::Held;
use super::user::{at, console, lazily, malformed, mfa_enabled_at};
use super::{IdentityKind, Permission, UserClass, classification};
use crate::clock::days_since;
use crate::context::Context;
use crate::identities::Identity;
use crate::subject::Subjects;
use crate::{Kind, Known, Lazy, Missing, Subject, facts};

facts! {
    /// An access key of an IAM user, as the credential report shows it.
    pub struct AccessKey as "iam.access_key" {
        /// The ARN of its user.
        user_arn: String, reads [];
        /// The name of its user.
        user: String, reads [];
        /// Its slot in the credential report, 1 or 2.
        slot: i64, reads [];
        /// Whether it may be used.
        active: bool, reads [];
        /// When it was created or last changed.
        rotated_at: Known<Timestamp>, reads [];
        /// How many days ago it was created or last changed.
        age_days: Known<i64>, reads [];
        /// When it was last used; null if never.
        last_used_at: Option<Timestamp>, reads [];
        /// How many days ago it was last used; null if never.
        last_used_days: Option<i64>, reads [];
        /// The region in which it was last used; null if never, or if AWS names none, as for services that have no
        /// regions.
        last_used_region: Known<Option<String>>, reads [];
        /// The service with which it was last used, such as `s3`; null if never, or if AWS names none.
        last_used_service: Known<Option<String>>, reads [];
        /// How many seconds after its user it was created or last changed.
        seconds_after_user: Known<i64>, reads [];
        /// Whether its user has a console password.
        user_console: Known<bool>, reads [];
        /// Whose its user is, as `class` of `iam.user`.
        user_class: Lazy<Known<UserClass>>, reads [VirtualMfaDevices];
        /// Since when its user has had a virtual MFA device, the first if there are several; null if there is none.
        user_mfa_enabled_at: Known<Option<Timestamp>>, reads [VirtualMfaDevices];
        /// Something that its user may do outside IAM and STS; null if there is nothing.
        user_access_elsewhere: Lazy<Known<Option<Permission>>>, reads [Groups, Policies, ServiceControlPolicies];
    }
}

facts! {
    /// An access key of an IAM user in brief.
    pub struct AccessKeySummary as "access_key" {
        /// Its slot in the credential report, 1 or 2.
        slot: i64, reads [];
        /// Whether it may be used.
        active: bool, reads [];
        /// When it was created or last changed.
        rotated_at: Known<Timestamp>, reads [];
        /// How many days ago it was created or last changed.
        age_days: Known<i64>, reads [];
        /// When it was last used; null if never.
        last_used_at: Option<Timestamp>, reads [];
        /// How many days ago it was last used; null if never.
        last_used_days: Option<i64>, reads [];
    }
}

/// Access keys of IAM users.
pub static KIND: Kind = Kind {
    name: "iam.access_key",
    variable: "key",
    object: &AccessKey::OBJECT,
    listings: &[RecordKind::User],
    reads: &[Evidence::CredentialReport],
    wildcard_arn: |shared| {
        format!("arn:{}:iam::{}:user/*/access-key/*", shared.header.partition, shared.header.account_id)
    },
    subjects,
    hidden: |context| hidden(context),
};

/// One subject per access key that the credential report shows.
pub(crate) fn subjects(context: &Arc<Context>) -> Subjects<'_> {
    let keys_of = move |(index, user)| match context.row(user) {
        Known::Known(row) => of(context, index, user, row),
        Known::Unknown(_) => Vec::new(),
    };
    Box::new(context.shared.users.iter().enumerate().flat_map(keys_of).map(subject))
}

/// What hides keys of users that are known: a report that is unreadable, or too old for a user.
pub(crate) fn hidden(context: &Context) -> Option<Missing> {
    let hides = |user| match context.row(user) {
        Known::Known(_) => None,
        Known::Unknown(missing) => Some(missing),
    };
    context.shared.users.iter().filter_map(hides).reduce(|one, other| one.and(&other))
}

fn subject(key: AccessKey) -> Subject {
    Subject {
        kind: &KIND,
        arn: format!("{}/access-key/{}", key.user_arn, key.slot),
        name: format!("{} key {}", key.user, key.slot),
        region: None,
        facts: Box::new(key),
    }
}

/// The slots of a user's row that hold a key, with their numbers. A slot is taken if its key is active or has a date:
/// the report keeps the date of an inactive key.
fn slots(row: &CredentialReportRow) -> impl Iterator<Item = (i64, &AccessKeyReport)> {
    let taken = |slot: &AccessKeyReport| slot.active || matches!(slot.last_rotated, ReportTime::At(_));
    (1..).zip(&row.access_keys).filter(move |(_, slot)| taken(slot))
}

/// The keys in a user's row, in brief.
pub(super) fn summaries(row: &CredentialReportRow, now: Timestamp) -> Vec<AccessKeySummary> {
    slots(row).map(|(number, slot)| summary(number, slot, now)).collect()
}

fn summary(number: i64, slot: &AccessKeyReport, now: Timestamp) -> AccessKeySummary {
    let rotated_at = rotated_at(slot);
    AccessKeySummary {
        slot: number,
        active: slot.active,
        age_days: rotated_at.as_ref().map(|&time| days_since(time, now)),
        rotated_at,
        last_used_at: at(slot.last_used),
        last_used_days: at(slot.last_used).map(|time| days_since(time, now)),
    }
}

/// The keys in a user's row, with what is known of the user.
fn of(context: &Arc<Context>, index: usize, user: &User, row: &CredentialReportRow) -> Vec<AccessKey> {
    let named = |observed: &Observed<String>| {
        Known::observed(observed, Evidence::CredentialReport, || None, |name| Some(name.clone()))
    };
    let key = |(number, slot): (i64, &AccessKeyReport)| {
        let key = summary(number, slot, context.now());
        let seconds = |time: &Timestamp| time.as_second().saturating_sub(user.created_at.as_second());
        AccessKey {
            user_arn: user.arn.clone(),
            user: user.name.clone(),
            slot: number,
            active: key.active,
            age_days: key.age_days,
            seconds_after_user: key.rotated_at.as_ref().map(seconds),
            rotated_at: key.rotated_at,
            last_used_at: key.last_used_at,
            last_used_days: key.last_used_days,
            last_used_region: named(&slot.last_used_region),
            last_used_service: named(&slot.last_used_service),
            user_console: console(Known::Known(row)),
            user_class: lazily(context, index, classification::class),
            user_mfa_enabled_at: mfa_enabled_at(context, &user.arn),
            user_access_elsewhere: lazily(context, index, access_elsewhere),
        }
    };
    slots(row).map(key).collect()
}

/// When a key was created or last changed; a key without such a time is malformed.
pub(super) fn rotated_at(slot: &AccessKeyReport) -> Known<Timestamp> {
    at(slot.last_rotated).map_or_else(malformed, Known::Known)
}

/// Something that the user of that place may do outside IAM and STS.
fn access_elsewhere(context: &Context, index: usize) -> Known<Option<Permission>> {
    let user = Identity { kind: IdentityKind::User, index };
    Held::of(context, user).map(|held| held.access_elsewhere())
}
