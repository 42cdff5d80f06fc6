//! What somebody answers for until a day.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::context::Context;
use crate::facts;

facts! {
    /// Why something is accepted for a while, as `palisade.toml` declares it.
    pub struct Exception as "exception" {
        /// What it is for.
        reason: String, reads [];
        /// Who answers for it.
        owner: String, reads [];
        /// The last day on which it is accepted, `YYYY-MM-DD`.
        expires: Date, reads [];
        /// Whether that day had passed, in UTC, when the snapshot was taken.
        expired: bool, reads [];
    }
}

impl Exception {
    pub(crate) fn new(context: &Context, reason: &str, owner: &str, expires: Date) -> Self {
        let today = context.now().to_zoned(TimeZone::UTC).date();
        Self { reason: reason.to_owned(), owner: owner.to_owned(), expires, expired: today > expires }
    }
}
