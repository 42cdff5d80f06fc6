//! What the proxy answers itself about an account, or corrects in the emulator's answers.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::Account;

/// An account's description with what filling it brought.
#[derive(Debug, Clone)]
pub(crate) struct Shapes {
    pub(crate) account: Account,
    /// The clock of all ages.
    pub(crate) filled_at: Timestamp,
    /// Owner and place (from 0) of each access key, by its id.
    pub(crate) access_keys: BTreeMap<String, (String, usize)>,
}

impl Shapes {
    /// An account that was never filled: what the emulator answers, and a root user as it should be.
    pub(super) fn undescribed(id: &str) -> Self {
        let account = Account { id: id.to_owned(), ..Account::default() };
        Self { account, filled_at: Timestamp::now(), access_keys: BTreeMap::new() }
    }

    /// The moment this many days before the account was filled, as AWS writes it in XML.
    pub(super) fn days_ago(&self, days: i64) -> String {
        let moment = self.filled_at.checked_sub(SignedDuration::from_hours(days.saturating_mul(24)));
        moment.unwrap_or(Timestamp::UNIX_EPOCH).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}
