//! IAM: identities, their policies, and the credential report.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Observed, Paged};

/// A tag, kept as AWS lists it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tag {
    /// The tag's key.
    pub key: String,
    /// The tag's value.
    pub value: String,
}

/// A policy embedded in a user, group or role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InlinePolicy {
    /// Its name, unique within the identity.
    pub name: String,
    /// The document's text as AWS returned it, percent-decoded.
    pub document: String,
}

/// A managed policy attached to an identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachedPolicy {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
}

/// The managed policy that bounds an identity's permissions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PermissionsBoundary {
    /// The ARN of the managed policy.
    pub arn: String,
}

/// An IAM user, from `GetAccountAuthorizationDetails`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Its unique id (`AIDA…`).
    pub id: String,
    /// Its path, `/` at the least.
    pub path: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// The names of its groups.
    pub groups: Vec<String>,
    /// Its inline policies.
    pub inline_policies: Vec<InlinePolicy>,
    /// The managed policies attached to it directly.
    pub attached_policies: Vec<AttachedPolicy>,
    /// Its permissions boundary, if any.
    pub permissions_boundary: Option<PermissionsBoundary>,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// Its SSH public keys. They open CodeCommit alone, so nobody asks for those of a user whose policies do not
    /// name Git there.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub ssh_public_keys: Observed<Paged<SshPublicKey>>,
}

/// An SSH public key for CodeCommit (`ListSSHPublicKeys`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SshPublicKey {
    /// Its unique id (`APKA…`).
    pub id: String,
    /// Whether it may be used.
    pub active: bool,
    /// When it was uploaded.
    pub uploaded_at: Timestamp,
}

/// An IAM group, from `GetAccountAuthorizationDetails`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Its unique id (`AGPA…`).
    pub id: String,
    /// Its path.
    pub path: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// Its inline policies.
    pub inline_policies: Vec<InlinePolicy>,
    /// The managed policies attached to it.
    pub attached_policies: Vec<AttachedPolicy>,
}

/// An IAM role, from `GetAccountAuthorizationDetails`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Its unique id (`AROA…`).
    pub id: String,
    /// Its path.
    pub path: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// The trust policy's text as AWS returned it, percent-decoded.
    pub trust_policy: String,
    /// Its inline policies.
    pub inline_policies: Vec<InlinePolicy>,
    /// The managed policies attached to it.
    pub attached_policies: Vec<AttachedPolicy>,
    /// Its permissions boundary, if any.
    pub permissions_boundary: Option<PermissionsBoundary>,
    /// The ARNs of the instance profiles that carry it.
    pub instance_profiles: Vec<String>,
    /// When and where it was last used, as far as AWS tracks it (400 days).
    pub last_used: Option<RoleLastUsed>,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// The last use of a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleLastUsed {
    /// When.
    pub at: Timestamp,
    /// In which region, if AWS says.
    pub region: Option<String>,
}

/// A managed policy with its versions, from `GetAccountAuthorizationDetails`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManagedPolicy {
    /// Its ARN; AWS's own have the account `aws`.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Its unique id (`ANPA…`).
    pub id: String,
    /// Its path.
    pub path: String,
    /// How many identities it is attached to.
    pub attachment_count: u32,
    /// How many identities it bounds.
    pub boundary_usage_count: u32,
    /// The version in force.
    pub default_version_id: String,
    /// Its versions; AWS keeps five at most.
    pub versions: Vec<PolicyVersion>,
}

impl ManagedPolicy {
    /// The text of the version in force, if AWS listed it.
    #[must_use]
    pub fn document(&self) -> Option<&str> {
        let version = self.versions.iter().find(|version| version.id == self.default_version_id)?;
        Some(&version.document)
    }
}

/// One version of a managed policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyVersion {
    /// Its id, such as `v3`.
    pub id: String,
    /// The document's text as AWS returned it, percent-decoded.
    pub document: String,
}

/// The account's password policy for IAM users (`GetAccountPasswordPolicy`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordPolicy {
    /// The least number of characters.
    pub minimum_length: u32,
    /// A symbol is required.
    pub require_symbols: bool,
    /// A digit is required.
    pub require_numbers: bool,
    /// An upper-case letter is required.
    pub require_uppercase: bool,
    /// A lower-case letter is required.
    pub require_lowercase: bool,
    /// Users may change their own password.
    pub allow_users_to_change: bool,
    /// After how many days passwords expire, if they do.
    pub max_age_days: Option<u32>,
    /// How many earlier passwords may not be used again, if any.
    pub reuse_prevention: Option<u32>,
    /// An expired password can't be changed by its user.
    pub hard_expiry: Option<bool>,
}

/// A virtual MFA device that is assigned (`ListVirtualMFADevices`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VirtualMfaDevice {
    /// The device's ARN.
    pub serial_number: String,
    /// The ARN of the user or root user who has it, if AWS names one.
    pub user_arn: Option<String>,
    /// When it was enabled.
    pub enabled_at: Option<Timestamp>,
}

/// The credential report. AWS makes a new one at most every four hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialReport {
    /// When AWS made it.
    pub generated_at: Timestamp,
    /// One row per user; the root user's is named `<root_account>`.
    pub rows: Vec<CredentialReportRow>,
}

/// A row of the credential report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialReportRow {
    /// The user's name, or `<root_account>`.
    pub user: String,
    /// The user's ARN.
    pub arn: String,
    /// When the user was created.
    pub created_at: Timestamp,
    /// Whether there is a console password; AWS says `not_supported` for some root users.
    pub password_enabled: Option<bool>,
    /// When the password was last used.
    pub password_last_used: ReportTime,
    /// When the password was last changed.
    pub password_last_changed: ReportTime,
    /// Whether an MFA device is assigned; empty where the report says `not_supported`.
    pub mfa_active: Option<bool>,
    /// The two slots for access keys.
    pub access_keys: [AccessKeyReport; 2],
    /// Whether each of the two X.509 signing certificates is active.
    pub certificates_active: [bool; 2],
    /// When each of these was uploaded or last changed.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub certificates_rotated: Observed<[ReportTime; 2]>,
}

/// What the report says of one of a user's two access key slots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessKeyReport {
    /// Whether the key may be used.
    pub active: bool,
    /// When the key was created or last changed; not applicable where the slot is empty.
    pub last_rotated: ReportTime,
    /// When the key was last used.
    pub last_used: ReportTime,
    /// The region in which the key was last used; absent if the report names none.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub last_used_region: Observed<String>,
    /// The service with which the key was last used, such as `s3`; absent if the report names none.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub last_used_service: Observed<String>,
}

/// A time in the credential report, or the reason why there is none
/// ("Getting credential reports for your AWS account" in the IAM User Guide).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ReportTime {
    /// At this time.
    At(Timestamp),
    /// `N/A`: no such credential, or never used.
    NotApplicable,
    /// `no_information`: not used since AWS began to record it.
    NoInformation,
    /// `not_supported`: AWS does not say.
    NotSupported,
}

impl fmt::Display for ReportTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(time) => time.fmt(formatter),
            Self::NotApplicable => formatter.write_str("N/A"),
            Self::NoInformation => formatter.write_str("no_information"),
            Self::NotSupported => formatter.write_str("not_supported"),
        }
    }
}

impl From<ReportTime> for String {
    fn from(time: ReportTime) -> Self {
        time.to_string()
    }
}

impl TryFrom<String> for ReportTime {
    type Error = jiff::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl std::str::FromStr for ReportTime {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "N/A" => Ok(Self::NotApplicable),
            "no_information" => Ok(Self::NoInformation),
            "not_supported" => Ok(Self::NotSupported),
            time => time.parse().map(Self::At),
        }
    }
}
