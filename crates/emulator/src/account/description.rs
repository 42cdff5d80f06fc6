//! What an account file says.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::{
    AccessGrants, AccessPoint, Analyzer, BlockPublicAccess, Bucket, Group, ManagedPolicy,
    MultiRegionAccessPoint, ObjectLambdaAccessPoint, Organization, Registry, Repository, Role, ScanRule,
    User,
};
use crate::EmulatorError;
use crate::proxy::DEFAULT_ACCOUNT;

/// An AWS account: what the emulator is filled with, and what the proxy answers where the
/// emulator can't hold it (the root user, ages, regions, contact information).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Account {
    /// The 12 digits; the account that unknown access keys belong to if empty.
    pub id: String,
    /// The sign-in alias.
    pub alias: Option<String>,
    /// The root user.
    pub root: Root,
    /// The alternate contacts, by type: `security`, `billing`, `operations`.
    pub contacts: BTreeMap<String, Contact>,
    /// The primary contact, by the names of the Account Management API reference; none = AWS knows none.
    pub primary_contact: Option<BTreeMap<String, String>>,
    /// The organization; none = the account is in none.
    pub organization: Option<Organization>,
    /// The password policy; none = AWS's default.
    pub password_policy: Option<PasswordPolicy>,
    /// The account's Block Public Access settings.
    pub public_access_block: BlockPublicAccess,
    /// The opt-in status of the regions; those of [`Account::DEFAULT_REGIONS`] if empty.
    pub regions: BTreeMap<String, String>,
    /// Customer managed policies.
    pub policies: Vec<ManagedPolicy>,
    /// IAM groups.
    pub groups: Vec<Group>,
    /// IAM users.
    pub users: Vec<User>,
    /// IAM roles.
    pub roles: Vec<Role>,
    /// Analyzers of IAM Access Analyzer.
    pub analyzers: Vec<Analyzer>,
    /// S3 buckets.
    pub buckets: Vec<Bucket>,
    /// S3 access points.
    pub access_points: Vec<AccessPoint>,
    /// S3 Multi-Region Access Points.
    pub multi_region_access_points: Vec<MultiRegionAccessPoint>,
    /// S3 Object Lambda access points.
    pub object_lambda_access_points: Vec<ObjectLambdaAccessPoint>,
    /// S3 Access Grants, at most once for a region.
    pub access_grants: Vec<AccessGrants>,
    /// ECR repositories.
    pub repositories: Vec<Repository>,
    /// The private registries, by region.
    pub registries: BTreeMap<String, Registry>,
    /// The rules of the registries' scanning configuration, by region.
    pub registry_scanning: BTreeMap<String, Vec<ScanRule>>,
    /// Answers for operations that the emulator lacks, by operation.
    pub recorded: BTreeMap<String, Recorded>,
}

impl Account {
    /// The regions of an account that says nothing about them.
    pub const DEFAULT_REGIONS: &[(&str, &str)] = &[
        ("af-south-1", "DISABLED"),
        ("eu-west-1", "ENABLED_BY_DEFAULT"),
        ("us-east-1", "ENABLED_BY_DEFAULT"),
    ];

    /// Reads an account file.
    ///
    /// # Errors
    /// The file can't be read, or is no account description: with line and column.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, EmulatorError> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path)
            .map_err(|source| EmulatorError::File { path: path.to_path_buf(), source })?;
        serde_saphyr::from_str(&text).map_err(|error| EmulatorError::Description {
            path: path.to_path_buf(),
            reason: error.to_string(),
        })
    }

    /// One of the accounts in `fixtures/accounts`: `clean`, `careless` or `mixed`.
    ///
    /// # Errors
    /// As [`Account::load`].
    pub fn fixture(name: &str) -> Result<Self, EmulatorError> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/accounts");
        Self::load(folder.join(name).with_extension("yaml"))
    }

    /// The 12 digits.
    #[must_use]
    pub fn id(&self) -> &str {
        if self.id.is_empty() { DEFAULT_ACCOUNT } else { &self.id }
    }

    /// Region and opt-in status, in the order of the names.
    #[must_use]
    pub fn regions(&self) -> Vec<(&str, &str)> {
        if self.regions.is_empty() {
            return Self::DEFAULT_REGIONS.to_vec();
        }
        self.regions.iter().map(|(name, status)| (name.as_str(), status.as_str())).collect()
    }
}

/// The root user.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Root {
    /// An MFA device is assigned.
    pub mfa: bool,
    /// It has a password; member accounts may have none.
    pub password: bool,
    /// Days since the password was last used; none = never.
    pub password_last_used_days: Option<i64>,
    /// Its access keys, at most two.
    pub access_keys: Vec<super::AccessKey>,
    /// How many X.509 signing certificates it has.
    pub signing_certificates: u8,
}

impl Default for Root {
    fn default() -> Self {
        Self {
            mfa: true,
            password: true,
            password_last_used_days: None,
            access_keys: Vec::new(),
            signing_certificates: 0,
        }
    }
}

/// An alternate contact.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Who it is.
    pub name: String,
    /// What he does.
    pub title: String,
    /// Where he reads.
    pub email: String,
    /// Where he answers.
    pub phone: String,
}

/// The account's password policy.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordPolicy {
    /// Least number of characters.
    pub minimum_length: i32,
    /// How many former passwords are refused.
    pub reuse_prevention: Option<i32>,
    /// Days after which a password expires.
    pub max_age_days: Option<i32>,
    /// Symbols, numbers, upper and lower case are all required.
    pub all_character_classes: bool,
    /// Users may change their own password.
    pub self_change: bool,
    /// Only an administrator can change an expired password.
    pub hard_expiry: bool,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            minimum_length: 14,
            reuse_prevention: Some(24),
            max_age_days: Some(90),
            all_character_classes: true,
            self_change: true,
            hard_expiry: false,
        }
    }
}

/// A recorded answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// The HTTP status; 200 if absent.
    #[serde(default = "Recorded::ok")]
    pub status: u16,
    /// The body, as the service's protocol has it.
    #[serde(default)]
    pub body: String,
    /// An error code instead of a body, put into the service's error format.
    #[serde(default)]
    pub code: Option<String>,
}

impl Recorded {
    fn ok() -> u16 {
        200
    }
}
