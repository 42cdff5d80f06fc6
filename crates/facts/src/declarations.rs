//! What a user declares in `palisade.toml` about the account: facts that no call to AWS can read.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use palisade_policy::document::PolicyDocument;
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
    /// Buckets that are public on purpose.
    pub public_buckets: Vec<PublicBucket>,
    /// A bucket policy, as JSON, beyond which no bucket's policy may grant anything.
    #[serde(deserialize_with = "baseline::readable", skip_serializing_if = "Option::is_none")]
    pub bucket_policy_baseline: Option<String>,
    /// Names of the roles that are there for emergencies, in which `*` is any run of characters.
    pub emergency_roles: Vec<String>,
    /// How to tell the users of people from those of programs.
    pub user_classification: UserClassification,
    /// What each account is there for, by its twelve digits.
    #[serde(deserialize_with = "account::types")]
    #[schemars(extend("propertyNames" = {"pattern": "^[0-9]{12}$"}))]
    pub account_types: BTreeMap<String, AccountType>,
    /// Names of the users and roles by which code is built and deployed (CI/CD), in which `*` is any run of
    /// characters.
    pub cicd_principals: Vec<String>,
    /// The services that users of programs need.
    pub machine_services: Vec<MachineServices>,
}

impl Default for Declarations {
    fn default() -> Self {
        Self {
            trusted_accounts: Vec::new(),
            emergency_inline_policies: Vec::new(),
            public_buckets: Vec::new(),
            bucket_policy_baseline: None,
            emergency_roles: vec!["infra-AdminR-*".to_owned()],
            user_classification: UserClassification::default(),
            account_types: BTreeMap::new(),
            cicd_principals: Vec::new(),
            machine_services: Vec::new(),
        }
    }
}

impl Declarations {
    /// Whether a role of this name is declared to be for emergencies.
    pub(crate) fn is_emergency_role(&self, name: &str) -> bool {
        fits(&self.emergency_roles, name)
    }

    /// Whether a user or role of this name is declared to build and deploy code.
    pub(crate) fn is_cicd_principal(&self, name: &str) -> bool {
        fits(&self.cicd_principals, name)
    }

    /// What no bucket's policy may grant anything beyond. Reading the declarations refuses what is no policy.
    pub(crate) fn baseline_of_bucket_policies(&self) -> Option<PolicyDocument> {
        PolicyDocument::from_text(self.bucket_policy_baseline.as_deref()?).ok()
    }

    /// What is declared of an account's buckets, by their names; of several, what ends last.
    pub(crate) fn public_buckets_of(&self, account: &str) -> BTreeMap<String, PublicBucket> {
        let mut all: Vec<&PublicBucket> = self.public_buckets.iter().collect();
        all.retain(|one| one.account.as_deref().is_none_or(|owner| owner == account));
        all.sort_by_key(|one| one.expires);
        all.into_iter().map(|one| (one.bucket.clone(), one.clone())).collect()
    }

    /// The accounts that are declared to hold the users of people, sorted.
    pub(crate) fn users_accounts(&self) -> Vec<String> {
        self.accounts_for(&[AccountType::Users, AccountType::DevAndUsers])
    }

    /// The accounts that are declared to be for development, sorted.
    pub(crate) fn dev_accounts(&self) -> Vec<String> {
        self.accounts_for(&[AccountType::Dev, AccountType::DevAndUsers])
    }

    /// The accounts that are declared to be for production, sorted.
    pub(crate) fn prod_accounts(&self) -> Vec<String> {
        self.accounts_for(&[AccountType::Prod])
    }

    fn accounts_for(&self, types: &[AccountType]) -> Vec<String> {
        let declared = self.account_types.iter().filter(|(_, kind)| types.contains(kind));
        declared.map(|(id, _)| id.clone()).collect()
    }

    /// The services that are declared for a user of that name and these groups, sorted; none if nothing is declared.
    pub(crate) fn services_for(&self, name: &str, groups: &[String]) -> Option<Vec<String>> {
        let is_about = |one: &&MachineServices| {
            fits(&one.users, name) || groups.iter().any(|group| fits(&one.groups, group))
        };
        let mut about = self.machine_services.iter().filter(is_about).peekable();
        about.peek()?;
        Some(
            about.flat_map(|one| one.services.iter().cloned()).collect::<BTreeSet<_>>().into_iter().collect(),
        )
    }
}

/// Whether one of the patterns, in which `*` is any run of characters, matches the whole text.
pub(crate) fn fits(patterns: &[String], text: &str) -> bool {
    patterns.iter().any(|pattern| matches(pattern, text))
}

/// How to tell the users of people from those of programs. A tag that says it decides. Otherwise a console password
/// and an MFA device are signs of a person, and groups and names of either, in which `*` is any run of characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct UserClassification {
    /// The key of the tag whose value is `human` or `machine`.
    pub tag: String,
    /// Names of groups whose members are people.
    pub human_groups: Vec<String>,
    /// Names of users that are people.
    pub human_names: Vec<String>,
    /// Names of groups whose members are programs.
    pub machine_groups: Vec<String>,
    /// Names of users that are programs.
    pub machine_names: Vec<String>,
}

impl Default for UserClassification {
    fn default() -> Self {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Self {
            tag: "type".to_owned(),
            human_groups: names(&[
                "humans",
                "infra-AssumeRoleG-*",
                "infra-ManageOwnUserG-*",
                "infra-PowerG-*",
            ]),
            human_names: names(&["*@*"]),
            machine_groups: names(&["Apps"]),
            machine_names: Vec::new(),
        }
    }
}

/// What an account is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AccountType {
    /// It holds the users of people, who assume roles in other accounts.
    Users,
    /// What is being developed runs there.
    Dev,
    /// The same, and it stands in for an account for users.
    #[serde(rename = "dev+users")]
    DevAndUsers,
    /// What customers use runs there.
    Prod,
    /// It manages the organization.
    Management,
    /// It holds logs and tools of those who look after security.
    Security,
    /// Other accounts share what runs there.
    Shared,
}

/// The services that some users of programs need.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MachineServices {
    /// Names of the users, in which `*` is any run of characters.
    pub users: Vec<String>,
    /// Names of groups of which they are members, in which `*` is any run of characters.
    pub groups: Vec<String>,
    /// The prefixes of the services, as before the colon of an action: `s3`, `sqs`.
    pub services: Vec<String>,
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

/// A bucket that is public on purpose, for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicBucket {
    /// The name of the bucket.
    pub bucket: String,
    /// The twelve digits of the account that has it; without them, whichever account is looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// What it is public for.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it is accepted, `YYYY-MM-DD`, in UTC.
    #[serde(with = "date")]
    #[schemars(with = "String", extend("format" = "date"))]
    pub expires: Date,
}

/// Accounts by their ids, which must be ids: a wrong one would declare nothing and never be noticed.
mod account {
    use std::collections::BTreeMap;

    use serde::de::{Error as _, Unexpected};
    use serde::{Deserialize, Deserializer};

    use super::AccountType;

    pub(super) fn types<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<String, AccountType>, D::Error> {
        let types = BTreeMap::<String, AccountType>::deserialize(deserializer)?;
        let is_id = |id: &str| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
        match types.keys().find(|id| !is_id(id)) {
            Some(wrong) => {
                Err(D::Error::invalid_value(Unexpected::Str(wrong), &"the twelve digits of an account"))
            }
            None => Ok(types),
        }
    }
}

/// A policy that must be readable: nothing could be within another one.
mod baseline {
    use palisade_policy::document::PolicyDocument;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer};

    pub(super) fn readable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        match text.as_deref().map(PolicyDocument::from_text) {
            Some(Err(error)) => {
                Err(D::Error::custom(format_args!("bucket_policy_baseline is not a policy: {error}")))
            }
            _ => Ok(text),
        }
    }
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
