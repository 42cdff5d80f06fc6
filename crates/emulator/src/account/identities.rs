//! IAM users, groups, roles and policies of an account description.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// The policies of a user, group or role.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policies {
    /// Managed policies: an ARN, or the name of a customer managed policy of this account.
    pub attached: Vec<String>,
    /// Inline policies: a document each, by name.
    pub inline: BTreeMap<String, Value>,
}

/// A customer managed policy.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManagedPolicy {
    /// The name.
    pub name: String,
    /// The document of the default version.
    pub document: Value,
    /// The documents of earlier versions, oldest first.
    #[serde(default)]
    pub earlier_documents: Vec<Value>,
}

/// An IAM group.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Group {
    /// The name.
    pub name: String,
    /// Its policies.
    pub policies: Policies,
}

/// An IAM user.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct User {
    /// The name.
    pub name: String,
    /// Days since it was created; 0 if absent.
    pub age_days: i64,
    /// The console password; none = no console access.
    pub console: Option<Console>,
    /// A virtual MFA device is assigned.
    pub mfa: bool,
    /// Access keys, at most two.
    pub access_keys: Vec<AccessKey>,
    /// SSH public keys for CodeCommit.
    pub ssh_keys: Vec<SshKey>,
    /// The groups it is in.
    pub groups: Vec<String>,
    /// Its own policies.
    pub policies: Policies,
    /// Days since each of its active X.509 signing certificates was uploaded, of which two fit.
    pub signing_certificates: Vec<i64>,
    /// The ARN of its permissions boundary.
    pub boundary: Option<String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// A console password.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Console {
    /// Days since it was last used; none = never.
    pub last_used_days: Option<i64>,
    /// Days since it was set; the user's age if absent.
    pub changed_days: Option<i64>,
}

/// An access key.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccessKey {
    /// It is active.
    pub active: bool,
    /// Days since it was created.
    pub age_days: i64,
    /// Days since it was last used; none = never.
    pub last_used_days: Option<i64>,
}

impl Default for AccessKey {
    fn default() -> Self {
        Self { active: true, age_days: 0, last_used_days: None }
    }
}

/// An SSH public key for CodeCommit.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SshKey {
    /// It is active.
    pub active: bool,
    /// Days since it was uploaded.
    pub age_days: i64,
}

impl Default for SshKey {
    fn default() -> Self {
        Self { active: true, age_days: 0 }
    }
}

/// An IAM role.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// The name.
    pub name: String,
    /// The path; `/` if absent.
    #[serde(default)]
    pub path: Option<String>,
    /// The trust policy.
    pub trust: Value,
    /// Its policies.
    #[serde(default)]
    pub policies: Policies,
    /// Days since it was created.
    #[serde(default)]
    pub age_days: i64,
    /// Days since it was last used; none = never.
    #[serde(default)]
    pub last_used_days: Option<i64>,
    /// The ARN of its permissions boundary.
    #[serde(default)]
    pub boundary: Option<String>,
    /// Tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// Whether an instance profile of its name carries it.
    #[serde(default)]
    pub instance_profile: bool,
}
