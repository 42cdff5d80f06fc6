//! The access keys of IAM users.

use jiff::Timestamp;
use palisade_snapshot::{CredentialReportRow, Evidence, RecordKind, ReportTime, User};

use super::user::{at, malformed};
use crate::clock::days_since;
use crate::context::Context;
use crate::{Kind, Known, Missing, Subject, facts};

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
    subjects: |context| subjects(context),
    hidden,
};

/// One subject per access key that the credential report shows.
pub(crate) fn subjects(context: &Context) -> Vec<Subject> {
    let now = context.now();
    let keys_of = |user| match context.row(user) {
        Known::Known(row) => of(user, row, now),
        Known::Unknown(_) => Vec::new(),
    };
    context.shared.users.iter().flat_map(keys_of).map(subject).collect()
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

/// The keys in a user's row. A slot is taken if its key is active or has a date: the report keeps the
/// date of an inactive key.
pub(crate) fn of(user: &User, row: &CredentialReportRow, now: Timestamp) -> Vec<AccessKey> {
    let taken = |slot: &palisade_snapshot::AccessKeyReport| {
        slot.active || matches!(slot.last_rotated, ReportTime::At(_))
    };
    (1..)
        .zip(&row.access_keys)
        .filter(|(_, slot)| taken(slot))
        .map(|(number, slot)| {
            let rotated_at = at(slot.last_rotated).map_or_else(malformed, Known::Known);
            AccessKey {
                user_arn: user.arn.clone(),
                user: user.name.clone(),
                slot: number,
                active: slot.active,
                age_days: rotated_at.as_ref().map(|&time| days_since(time, now)),
                rotated_at,
                last_used_at: at(slot.last_used),
                last_used_days: at(slot.last_used).map(|time| days_since(time, now)),
            }
        })
        .collect()
}
