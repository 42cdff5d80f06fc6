//! The organization of an account description.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// The organization that the account is in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Organization {
    /// The 12 digits of the account that manages it; another account than this one if empty.
    pub management_account: String,
    /// It only shares the bill.
    pub consolidated_billing_only: bool,
    /// The account is a delegated administrator, so that it may read policies and features.
    pub delegated_administrator: bool,
    /// The features of central root access that are on.
    pub features: Vec<String>,
    /// The types of policy that are switched on, such as `SERVICE_CONTROL_POLICY`.
    pub policy_types: Vec<String>,
    /// What management policies come to for the account: a document each, by type, such as `TAG_POLICY`.
    pub effective_policies: BTreeMap<String, Value>,
    /// Its accounts, for those who may ask.
    pub accounts: Vec<MemberAccount>,
    /// The names of the organizational units directly under the root.
    pub units: Vec<String>,
    /// The services that member accounts administer, by account.
    pub delegated_administrators: BTreeMap<String, Vec<String>>,
    /// The services with trusted access.
    pub trusted_services: Vec<String>,
    /// The resource policy.
    pub resource_policy: Option<Value>,
    /// The root, then the organizational units down to the one that the account is in, then the account.
    pub levels: Vec<OrganizationLevel>,
}

/// The policies that are attached to a root, an organizational unit or an account, beside AWS's own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OrganizationLevel {
    /// Service control policies: a document each, by name.
    pub service_control_policies: BTreeMap<String, Value>,
    /// Resource control policies: a document each, by name.
    pub resource_control_policies: BTreeMap<String, Value>,
}

/// An account of the organization.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MemberAccount {
    /// The 12 digits.
    pub id: String,
    /// The e-mail address of its root user.
    pub email: String,
    /// Its state; active if empty.
    pub state: String,
    /// It stands directly under the root.
    pub at_root: bool,
}
