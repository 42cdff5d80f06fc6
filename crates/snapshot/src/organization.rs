//! The organization that the account is in, and what it forbids.

use serde::{Deserialize, Serialize};

/// The organization, from `organizations:DescribeOrganization`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// Its id (`o-…`).
    pub id: String,
    /// The account that manages it: the one that its policies do not limit.
    pub management_account_id: String,
    /// `ALL`, or `CONSOLIDATED_BILLING` where it only shares the bill.
    pub feature_set: String,
}

/// One level on the way from the organization's root down to the account, with the policies of one type that are
/// attached to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganizationLevel {
    /// The id of the root (`r-…`), the organizational unit (`ou-…`) or the account.
    pub target: String,
    /// The policies.
    pub policies: Vec<OrganizationPolicy>,
}

/// A service control policy or a resource control policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganizationPolicy {
    /// Its id, such as `p-FullAWSAccess`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is AWS's own.
    pub aws_managed: bool,
    /// The document's text as AWS returned it.
    pub document: String,
}

/// An account of the organization, from `organizations:ListAccounts`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganizationAccount {
    /// The twelve digits.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The e-mail address of its root user.
    pub email: String,
    /// `ACTIVE`, `PENDING_ACTIVATION`, `SUSPENDED`, `PENDING_CLOSURE` or `CLOSED`; partitions that do not know the
    /// state give the older status, in which closed accounts are suspended too.
    pub state: String,
}

/// What stands directly under the root of the organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganizationRoot {
    /// The twelve digits of the accounts, sorted.
    pub accounts: Vec<String>,
    /// The names of the organizational units, sorted.
    pub units: Vec<String>,
}

/// A member account that administers services for the organization.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DelegatedAdministrator {
    /// The twelve digits.
    pub account: String,
    /// Its name.
    pub name: String,
    /// The service principals, such as `guardduty.amazonaws.com`, sorted.
    pub services: Vec<String>,
}
