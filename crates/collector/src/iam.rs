//! Reads IAM: identities with their policies, the password policy, MFA devices, the report.

mod credential_report;
mod identities;
mod providers;
mod report_rows;
mod ssh_keys;

use std::collections::BTreeMap;

use aws_sdk_iam::Client;
use aws_sdk_iam::types::{AssignmentStatusType, EntityType};
use palisade_snapshot::{
    Evidence, Group, ManagedPolicy, Paged, PasswordPolicy, RecordKind, Role, User, VirtualMfaDevice,
};

use crate::document::optional_timestamp;
use crate::failure::Failure;
use crate::operation::{
    GET_ACCOUNT_AUTHORIZATION_DETAILS, GET_ACCOUNT_PASSWORD_POLICY, GET_ACCOUNT_SUMMARY,
    LIST_ACCOUNT_ALIASES, LIST_ORGANIZATIONS_FEATURES, LIST_VIRTUAL_MFA_DEVICES,
};
use crate::reader::{Missing, Reader, required};

/// How many providers or users are asked about at once; the transport keeps the rest in bounds.
const AT_ONCE: usize = 8;

/// IAM, as one account has it.
pub(crate) struct Iam<'a> {
    pub(crate) reader: &'a Reader,
    pub(crate) client: Client,
    pub(crate) home: &'a str,
}

/// The users, groups, roles and managed policies that were read, and why there may be more.
#[derive(Debug, Default)]
pub(crate) struct Identities {
    pub(crate) users: Vec<User>,
    pub(crate) groups: Vec<Group>,
    pub(crate) roles: Vec<Role>,
    pub(crate) policies: Vec<ManagedPolicy>,
    /// The ARNs of users who have been deleted since they were listed.
    pub(crate) deleted_users: Vec<String>,
    pub(crate) failure: Option<Failure>,
}

/// The kinds that `GetAccountAuthorizationDetails` lists.
pub(crate) const IDENTITY_KINDS: [RecordKind; 4] =
    [RecordKind::User, RecordKind::Group, RecordKind::Role, RecordKind::Policy];

impl Iam<'_> {
    /// Every page of `GetAccountAuthorizationDetails`, for the kinds that are asked for.
    pub(crate) async fn identities(&self) -> Identities {
        let filter = self.filter();
        let pages = self
            .reader
            .pages(&GET_ACCOUNT_AUTHORIZATION_DETAILS, |marker| {
                let call = self.client.get_account_authorization_details();
                let call = call.set_filter(filter.clone()).max_items(1000).set_marker(marker).send();
                self.reader.read(&GET_ACCOUNT_AUTHORIZATION_DETAILS, self.home, call, |page| {
                    let next = next_marker(page.is_truncated, page.marker.clone())?;
                    identities::from_page(page).map(|page| (page, next))
                })
            })
            .await;
        let mut all = Identities { failure: pages.failure, ..Identities::default() };
        for page in pages.pages {
            all.users.extend(page.users);
            all.groups.extend(page.groups);
            all.roles.extend(page.roles);
            all.policies.extend(page.policies);
        }
        all
    }

    /// No filter where everything is wanted.
    fn filter(&self) -> Option<Vec<EntityType>> {
        let types: [(Evidence, &[EntityType]); 4] = [
            (Evidence::Users, &[EntityType::User]),
            (Evidence::Groups, &[EntityType::Group]),
            (Evidence::Roles, &[EntityType::Role]),
            (Evidence::Policies, &[EntityType::LocalManagedPolicy, EntityType::AwsManagedPolicy]),
        ];
        let asked = types.iter().filter(|(evidence, _)| self.reader.asks(*evidence));
        if asked.clone().count() == types.len() {
            return None;
        }
        Some(asked.flat_map(|(_, types)| types.iter().cloned()).collect())
    }

    /// `GetAccountSummary`.
    pub(crate) async fn summary(&self) -> Result<BTreeMap<String, i64>, Failure> {
        let call = self.client.get_account_summary().send();
        self.reader
            .read(&GET_ACCOUNT_SUMMARY, self.home, call, |answer| {
                let map = required(answer.summary_map, "SummaryMap")?;
                Ok(map.into_iter().map(|(key, value)| (key.as_str().to_owned(), i64::from(value))).collect())
            })
            .await
    }

    /// `ListOrganizationsFeatures`: which features of central root access are on.
    pub(crate) async fn organizations_features(&self) -> Result<Vec<String>, Failure> {
        let call = self.client.list_organizations_features().send();
        self.reader
            .read(&LIST_ORGANIZATIONS_FEATURES, self.home, call, |answer| {
                let features = required(answer.enabled_features, "EnabledFeatures")?;
                let mut names: Vec<String> = features.iter().map(|one| one.as_str().to_owned()).collect();
                names.sort();
                Ok(names)
            })
            .await
    }

    /// `ListAccountAliases`.
    pub(crate) async fn aliases(&self) -> Result<Paged<String>, Failure> {
        let pages = self.reader.pages(&LIST_ACCOUNT_ALIASES, |marker| {
            let call = self.client.list_account_aliases().set_marker(marker).send();
            self.reader.read(&LIST_ACCOUNT_ALIASES, self.home, call, |page| {
                Ok((page.account_aliases, next_marker(page.is_truncated, page.marker)?))
            })
        });
        pages.await.into_paged()
    }

    /// `GetAccountPasswordPolicy`.
    pub(crate) async fn password_policy(&self) -> Result<PasswordPolicy, Failure> {
        let call = self.client.get_account_password_policy().send();
        self.reader
            .read(&GET_ACCOUNT_PASSWORD_POLICY, self.home, call, |answer| {
                let policy = required(answer.password_policy, "PasswordPolicy")?;
                Ok(PasswordPolicy {
                    minimum_length: count(required(
                        policy.minimum_password_length,
                        "MinimumPasswordLength",
                    )?)?,
                    require_symbols: policy.require_symbols,
                    require_numbers: policy.require_numbers,
                    require_uppercase: policy.require_uppercase_characters,
                    require_lowercase: policy.require_lowercase_characters,
                    allow_users_to_change: policy.allow_users_to_change_password,
                    max_age_days: policy.max_password_age.filter(|days| *days > 0).map(count).transpose()?,
                    reuse_prevention: policy
                        .password_reuse_prevention
                        .filter(|passwords| *passwords > 0)
                        .map(count)
                        .transpose()?,
                    hard_expiry: policy.hard_expiry,
                })
            })
            .await
    }

    /// `ListVirtualMFADevices`, those that are assigned.
    pub(crate) async fn virtual_mfa_devices(&self) -> Result<Paged<VirtualMfaDevice>, Failure> {
        let pages = self.reader.pages(&LIST_VIRTUAL_MFA_DEVICES, |marker| {
            let call = self.client.list_virtual_mfa_devices();
            let call = call
                .assignment_status(AssignmentStatusType::Assigned)
                .max_items(1000)
                .set_marker(marker)
                .send();
            self.reader.read(&LIST_VIRTUAL_MFA_DEVICES, self.home, call, |page| {
                let next = next_marker(page.is_truncated, page.marker)?;
                let devices: Result<Vec<_>, Missing> =
                    page.virtual_mfa_devices.into_iter().map(device).collect();
                Ok((devices?, next))
            })
        });
        let mut devices = pages.await.into_paged()?;
        devices.items.sort_by(|a, b| a.serial_number.cmp(&b.serial_number));
        Ok(devices)
    }
}

fn device(device: aws_sdk_iam::types::VirtualMfaDevice) -> Result<VirtualMfaDevice, Missing> {
    if device.serial_number.is_empty() {
        return Err("an MFA device has no `SerialNumber`".to_owned());
    }
    Ok(VirtualMfaDevice {
        enabled_at: optional_timestamp(device.enable_date.as_ref())?,
        user_arn: device.user.map(|user| user.arn).filter(|arn| !arn.is_empty()),
        serial_number: device.serial_number,
    })
}

/// IAM says that a list goes on, and then where.
fn next_marker(is_truncated: bool, marker: Option<String>) -> Result<Option<String>, Missing> {
    if !is_truncated {
        return Ok(None);
    }
    required(marker.filter(|marker| !marker.is_empty()), "Marker").map(Some)
}

fn count(number: i32) -> Result<u32, Missing> {
    u32::try_from(number).map_err(|_| format!("a count is negative: {number}"))
}
