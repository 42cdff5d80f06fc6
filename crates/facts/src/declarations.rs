//! What a user declares in `palisade.toml` about the account: facts that no call to AWS can read.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::escalation::matches;

/// What is declared. Unknown names are errors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Declarations {
    /// Accounts that roles and resources may trust, as twelve digits.
    pub trusted_accounts: Vec<String>,
    /// Inline policies that are there for an emergency.
    pub emergency_inline_policies: Vec<EmergencyInlinePolicy>,
    /// Names of the roles that are there for emergencies, in which `*` is any run of characters.
    pub emergency_roles: Vec<String>,
}

impl Default for Declarations {
    fn default() -> Self {
        Self {
            trusted_accounts: Vec::new(),
            emergency_inline_policies: Vec::new(),
            emergency_roles: vec!["infra-AdminR-*".to_owned()],
        }
    }
}

impl Declarations {
    /// Whether a role of this name is declared to be for emergencies.
    pub(crate) fn is_emergency_role(&self, name: &str) -> bool {
        self.emergency_roles.iter().any(|pattern| matches(pattern, name))
    }
}

/// An inline policy that is accepted for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EmergencyInlinePolicy {
    /// The ARN of the user, group or role that carries it.
    pub principal: String,
    /// The name of the policy.
    pub policy: String,
    /// What happened.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it is accepted, `YYYY-MM-DD`, in UTC.
    #[serde(with = "date")]
    #[schemars(with = "String", extend("format" = "date"))]
    pub expires: Date,
}

/// Dates as text, also where the format has a date type of its own.
mod date {
    use jiff::civil::Date;
    use serde::de::{Error as _, Unexpected};
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(date)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| {
            D::Error::invalid_value(Unexpected::Str(&text), &"a date as text, such as \"2026-03-31\"")
        })
    }
}
