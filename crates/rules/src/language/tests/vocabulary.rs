//! Things with every type of fact.

use jiff::Timestamp;
use palisade_facts::{Known, Listed, Missing, MissingCall, Reason, fact_enum, facts};

fact_enum! {
    /// A colour.
    pub enum Colour {
        /// Red.
        Red = "red",
        /// Blue.
        Blue = "blue",
    }
}

facts! {
    /// A thing.
    pub struct Thing as "thing" {
        /// A truth.
        flag: Known<bool>, reads [BucketPolicy];
        /// Another truth.
        other: Known<bool>, reads [BucketAcl];
        /// A number.
        count: Known<i64>, reads [BucketVersioning];
        /// A text.
        name: Known<String>, reads [];
        /// A colour.
        colour: Known<Colour>, reads [BucketEncryption];
        /// A text or null.
        nickname: Known<Option<String>>, reads [];
        /// An owner or null.
        owner: Known<Option<Owner>>, reads [BucketLogging];
        /// Parts.
        parts: Listed<Part>, reads [BucketCors];
        /// Texts.
        tags: Listed<String>, reads [];
        /// A time.
        born: Known<Timestamp>, reads [];
    }
}

facts! {
    /// An owner.
    pub struct Owner as "owner" {
        /// A truth.
        active: Known<bool>, reads [];
        /// A number or null.
        age: Known<Option<i64>>, reads [BucketRegion];
    }
}

facts! {
    /// A part.
    pub struct Part as "part" {
        /// A truth.
        good: Known<bool>, reads [BucketPublicAccessBlock];
        /// A number.
        size: Known<i64>, reads [];
    }
}

/// A missing call with that name.
pub(super) fn missing(operation: &str) -> Missing {
    Missing::of(MissingCall::new(operation, operation, Reason::Denied))
}

/// Something unknown for want of that call.
pub(super) fn unknown<T>(operation: &str) -> Known<T> {
    Known::Unknown(missing(operation))
}

impl Default for Thing {
    fn default() -> Self {
        Self {
            flag: Known::Known(true),
            other: Known::Known(false),
            count: Known::Known(3),
            name: Known::Known("thing".to_owned()),
            colour: Known::Known(Colour::Red),
            nickname: Known::Known(None),
            owner: Known::Known(None),
            parts: Listed::complete(Vec::new()),
            tags: Listed::complete(Vec::new()),
            born: Known::Known(Timestamp::UNIX_EPOCH),
        }
    }
}
