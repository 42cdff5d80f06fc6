//! The access keys of IAM users.

use jiff::Timestamp;
use palisade_snapshot::{Evidence, RecordKind};

use crate::{Kind, Known, facts};

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
};
