//! The account itself: what belongs to no single resource.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::iam::{CredentialReport, PasswordPolicy, VirtualMfaDevice};
use crate::{
    DelegatedAdministrator, Observed, OidcProvider, Organization, OrganizationAccount, OrganizationLevel,
    OrganizationRoot, Paged, PublicRepository, RoleSessionDuration, SamlProvider, ServerCertificate,
    ServiceSpecificCredential,
};

/// The account's own record. Every field is one piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The twelve digits of the account.
    pub id: String,
    /// The partition, such as `aws` or `aws-us-gov`.
    pub partition: String,
    /// The counters of `iam:GetAccountSummary`, by AWS's names.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub summary: Observed<BTreeMap<String, i64>>,
    /// The sign-in aliases; AWS allows one.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub aliases: Observed<Paged<String>>,
    /// The alternate contact for security.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub security_contact: Observed<AlternateContact>,
    /// The alternate contact for billing.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub billing_contact: Observed<AlternateContact>,
    /// The alternate contact for operations.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub operations_contact: Observed<AlternateContact>,
    /// All regions that AWS names for the account.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub regions: Observed<Paged<Region>>,
    /// The password policy for IAM users; absent means AWS's default.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub password_policy: Observed<PasswordPolicy>,
    /// The account's Block Public Access for S3; absent means four times false.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub public_access_block: Observed<BlockPublicAccess>,
    /// The credential report.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub credential_report: Observed<CredentialReport>,
    /// The virtual MFA devices that are assigned to somebody.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub virtual_mfa_devices: Observed<Paged<VirtualMfaDevice>>,
    /// The primary contact.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub contact_information: Observed<ContactInformation>,
    /// The organization; absent means that the account is in none.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub organization: Observed<Organization>,
    /// The features of central root access by AWS's names, from `iam:ListOrganizationsFeatures`; absent means that
    /// the organization can't have any as it is set up.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub organizations_features: Observed<Vec<String>>,
    /// The SCPs, from the organization's root down to the account; absent means that none limit it.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub service_control_policies: Observed<Vec<OrganizationLevel>>,
    /// The RCPs, from the organization's root down to the account; absent means that none limit it.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub resource_control_policies: Observed<Vec<OrganizationLevel>>,
    /// The effective AI services opt-out policy, its text as AWS returned it; absent means that there is none.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub ai_opt_out_policy: Observed<String>,
    /// The effective tag policy, its text as AWS returned it; absent means that there is none.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub tag_policy: Observed<String>,
    /// The effective S3 policy, its text as AWS returned it; absent means that there is none.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub s3_policy: Observed<String>,
    /// The accounts of the organization, by their ids; absent without an organization that has policies.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub organization_accounts: Observed<Vec<OrganizationAccount>>,
    /// What stands directly under the organization's root; absent in the same case.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub organization_root: Observed<OrganizationRoot>,
    /// The accounts that administer services for the organization; absent in the same case.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub delegated_administrators: Observed<Vec<DelegatedAdministrator>>,
    /// The service principals with trusted access, such as `guardduty.amazonaws.com`; absent in the same case.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub trusted_services: Observed<Vec<String>>,
    /// The organization's resource policy, its text as AWS returned it; absent also where it delegates nothing.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub delegation_policy: Observed<String>,
    /// How long sessions of each role may be.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub role_session_durations: Observed<Paged<RoleSessionDuration>>,
    /// The TLS certificates that are kept in IAM.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub server_certificates: Observed<Paged<ServerCertificate>>,
    /// The SAML identity providers.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub saml_providers: Observed<Paged<SamlProvider>>,
    /// The OpenID Connect identity providers.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub oidc_providers: Observed<Paged<OidcProvider>>,
    /// The credentials of users for single services.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub service_specific_credentials: Observed<Paged<ServiceSpecificCredential>>,
    /// The repositories of ECR Public.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub public_repositories: Observed<Paged<PublicRepository>>,
}

/// The three kinds of alternate contact of AWS Account Management.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContactType {
    /// Whom AWS tells about security.
    Security,
    /// Whom AWS tells about bills.
    Billing,
    /// Whom AWS tells about operations.
    Operations,
}

/// An alternate contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlternateContact {
    /// The person's or team's name.
    pub name: String,
    /// The title.
    pub title: String,
    /// The e-mail address.
    pub email: String,
    /// The telephone number.
    pub phone: String,
}

/// The primary contact (`GetContactInformation`): what AWS asks everybody for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactInformation {
    /// The person's name.
    pub full_name: String,
    /// The company; empty if none is given.
    pub company_name: String,
    /// The first line of the address.
    pub address_line_1: String,
    /// The city.
    pub city: String,
    /// The postal code.
    pub postal_code: String,
    /// The country's two letters (ISO 3166).
    pub country_code: String,
    /// The telephone number.
    pub phone_number: String,
}

/// A region and whether the account may use it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// The region's code, such as `eu-west-1`.
    pub name: String,
    /// Whether it is enabled.
    pub status: RegionStatus,
}

/// `RegionOptStatus` of AWS Account Management.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RegionStatus {
    /// Opted in.
    Enabled,
    /// Being opted in.
    Enabling,
    /// Being opted out.
    Disabling,
    /// Not opted in.
    Disabled,
    /// On without opting in.
    EnabledByDefault,
}

impl RegionStatus {
    /// Whether resources may exist there: all but disabled, as a region keeps its resources
    /// while it is being switched.
    #[must_use]
    pub fn in_use(&self) -> bool {
        *self != Self::Disabled
    }
}

/// The four Block Public Access settings of S3, of an account or a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockPublicAccess {
    /// New public ACLs are refused.
    pub block_public_acls: bool,
    /// Public ACLs count for nothing.
    pub ignore_public_acls: bool,
    /// New public policies are refused.
    pub block_public_policy: bool,
    /// A public policy holds only for AWS services and the owner's account.
    pub restrict_public_buckets: bool,
}
