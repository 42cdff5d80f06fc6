//! What one question to AWS brought: a value, "not configured", a refusal, or "not offered here".

use serde::de::{DeserializeOwned, Error as _};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// Everything that comes from AWS. In JSON: the value itself, `null` when AWS answered "not
/// configured", `{"$unreadable": …}` or `{"$not_offered": …}`. A field that is missing is
/// unreadable with reason [`Reason::NotCollected`], so that old snapshots meet new rules safely.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Observed<T> {
    /// AWS gave this value.
    Present(T),
    /// AWS answered that nothing is configured, such as `NoSuchBucketPolicy`.
    Absent,
    /// The value exists or not; nobody could tell.
    Unreadable(Box<Unreadable>),
    /// This account, region or partition can't answer the question at all.
    NotOffered(Box<NotOffered>),
}

/// Why a value could not be read. Operation and action are empty where the question was never
/// asked; the table of calls names them then.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unreadable {
    /// The operation that would have read it, such as `s3:GetBucketPolicy`.
    #[serde(default)]
    pub operation: String,
    /// The IAM action that the operation needs.
    #[serde(default)]
    pub iam_action: String,
    /// What went wrong.
    pub reason: Reason,
    /// What AWS or the transport said, in one line.
    #[serde(default)]
    pub message: String,
}

/// The kinds of failure that readers tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// AWS refused: the caller may not do this.
    Denied,
    /// AWS kept asking to slow down until the attempts were used up.
    Throttled,
    /// No answer came within the deadline.
    Timeout,
    /// An answer came that does not have the shape that AWS documents.
    Malformed,
    /// The credentials ran out during the scan.
    ExpiredCredentials,
    /// AWS failed to answer (5xx, or an error that nothing else here names).
    ServiceError,
    /// The connection failed: name, TLS, reset.
    Network,
    /// An answer exists but is too old to hold for this.
    Stale,
    /// The scan was interrupted before it asked.
    Interrupted,
    /// Nobody asked.
    NotCollected,
    /// AWS keeps no record of it, so that nobody can tell: no call would help.
    NotRecorded,
}

impl Reason {
    /// Every reason, in the order of the documentation.
    pub const ALL: [Self; 11] = [
        Self::Denied,
        Self::Throttled,
        Self::Timeout,
        Self::Malformed,
        Self::ExpiredCredentials,
        Self::ServiceError,
        Self::Network,
        Self::Stale,
        Self::Interrupted,
        Self::NotCollected,
        Self::NotRecorded,
    ];

    /// The name as it stands in documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Throttled => "throttled",
            Self::Timeout => "timeout",
            Self::Malformed => "malformed",
            Self::ExpiredCredentials => "expired_credentials",
            Self::ServiceError => "service_error",
            Self::Network => "network",
            Self::Stale => "stale",
            Self::Interrupted => "interrupted",
            Self::NotCollected => "not_collected",
            Self::NotRecorded => "not_recorded",
        }
    }
}

impl Unreadable {
    /// A failed read of `operation`, which needs `iam_action`.
    #[must_use]
    pub fn new(operation: &str, iam_action: &str, reason: Reason, message: &str) -> Self {
        Self {
            operation: operation.to_owned(),
            iam_action: iam_action.to_owned(),
            reason,
            message: message.to_owned(),
        }
    }

    /// A question that nobody asked.
    #[must_use]
    pub fn not_collected() -> Self {
        Self::new("", "", Reason::NotCollected, "")
    }
}

/// A question that this account, region or partition can't answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotOffered {
    /// The operation that was tried.
    pub operation: String,
    /// What AWS said, in one line.
    pub message: String,
}

impl<T> Observed<T> {
    /// The value, if AWS gave one.
    pub fn present(&self) -> Option<&T> {
        match self {
            Self::Present(value) => Some(value),
            _ => None,
        }
    }

    /// Whether nobody asked, so that the field is left out of the document.
    pub fn is_not_collected(&self) -> bool {
        matches!(self, Self::Unreadable(why) if why.reason == Reason::NotCollected)
    }

    /// The same observation about a part or a conversion of the value.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Observed<U> {
        match self {
            Self::Present(value) => Observed::Present(convert(value)),
            Self::Absent => Observed::Absent,
            Self::Unreadable(why) => Observed::Unreadable(why),
            Self::NotOffered(why) => Observed::NotOffered(why),
        }
    }
}

impl<T> From<Unreadable> for Observed<T> {
    fn from(why: Unreadable) -> Self {
        Self::Unreadable(Box::new(why))
    }
}

impl<T> From<NotOffered> for Observed<T> {
    fn from(why: NotOffered) -> Self {
        Self::NotOffered(Box::new(why))
    }
}

impl<T> Default for Observed<T> {
    fn default() -> Self {
        Unreadable::not_collected().into()
    }
}

const UNREADABLE: &str = "$unreadable";
const NOT_OFFERED: &str = "$not_offered";

impl<T: Serialize> Serialize for Observed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Present(value) => value.serialize(serializer),
            Self::Absent => serializer.serialize_unit(),
            Self::Unreadable(why) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(UNREADABLE, why)?;
                map.end()
            }
            Self::NotOffered(why) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(NOT_OFFERED, why)?;
                map.end()
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    #[serde(rename = "$unreadable")]
    unreadable: Option<Unreadable>,
    #[serde(rename = "$not_offered")]
    not_offered: Option<NotOffered>,
}

/// Reads from JSON text only, as the raw text decides which of the four states it is.
impl<'de, T: DeserializeOwned> Deserialize<'de> for Observed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        if raw == "null" {
            return Ok(Self::Absent);
        }
        let key = raw.strip_prefix('{').map(str::trim_start);
        if key.is_some_and(|rest| rest.starts_with("\"$")) {
            let mark: Mark = serde_json::from_str(raw).map_err(D::Error::custom)?;
            return match (mark.unreadable, mark.not_offered) {
                (Some(why), None) => Ok(why.into()),
                (None, Some(why)) => Ok(why.into()),
                _ => Err(D::Error::custom("expected one of `$unreadable` and `$not_offered`")),
            };
        }
        serde_json::from_str(raw).map(Self::Present).map_err(D::Error::custom)
    }
}
