//! Reads what `aws iam get-account-authorization-details` prints into the records of a snapshot.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;

use crate::{
    AttachedPolicy, FORMAT, Group, Header, InlinePolicy, Listing, ManagedPolicy, Observed,
    PermissionsBoundary, PolicyVersion, Reason, RecordKind, Role, RoleLastUsed, Shared, SnapshotScope, Tag,
    Unreadable, User,
};

/// Why a text is not the output of `aws iam get-account-authorization-details`.
#[derive(Debug, Error)]
pub enum AuthorizationDetailsError {
    /// It is not JSON, or not of the documented shape.
    #[error("not the output of `aws iam get-account-authorization-details`: {0}")]
    Shape(#[from] serde_json::Error),
    /// A policy document is a text that is not percent-encoded UTF-8.
    #[error("the document of {0} is not percent-encoded UTF-8; print it with the AWS CLI")]
    Document(String),
    /// Nothing in it has an ARN, so the account is not known.
    #[error("it names no user, group, role or policy of an account, so the account is not known")]
    NoAccount,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Details<'a> {
    #[serde(borrow)]
    user_detail_list: Vec<RawUser<'a>>,
    #[serde(borrow)]
    group_detail_list: Vec<RawGroup<'a>>,
    #[serde(borrow)]
    role_detail_list: Vec<RawRole<'a>>,
    #[serde(borrow)]
    policies: Vec<RawPolicy<'a>>,
    #[serde(default)]
    is_truncated: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawUser<'a> {
    path: String,
    user_name: String,
    user_id: String,
    arn: String,
    create_date: Timestamp,
    #[serde(borrow, default)]
    user_policy_list: Vec<RawInline<'a>>,
    #[serde(default)]
    group_list: Vec<String>,
    #[serde(default)]
    attached_managed_policies: Vec<RawAttached>,
    permissions_boundary: Option<RawBoundary>,
    #[serde(default)]
    tags: Vec<RawTag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawGroup<'a> {
    path: String,
    group_name: String,
    group_id: String,
    arn: String,
    create_date: Timestamp,
    #[serde(borrow, default)]
    group_policy_list: Vec<RawInline<'a>>,
    #[serde(default)]
    attached_managed_policies: Vec<RawAttached>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawRole<'a> {
    path: String,
    role_name: String,
    role_id: String,
    arn: String,
    create_date: Timestamp,
    #[serde(borrow)]
    assume_role_policy_document: &'a RawValue,
    #[serde(default)]
    instance_profile_list: Vec<RawInstanceProfile>,
    #[serde(borrow, default)]
    role_policy_list: Vec<RawInline<'a>>,
    #[serde(default)]
    attached_managed_policies: Vec<RawAttached>,
    permissions_boundary: Option<RawBoundary>,
    role_last_used: Option<RawLastUsed>,
    #[serde(default)]
    tags: Vec<RawTag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawPolicy<'a> {
    policy_name: String,
    policy_id: String,
    arn: String,
    path: String,
    default_version_id: String,
    #[serde(default)]
    attachment_count: u32,
    #[serde(default)]
    permissions_boundary_usage_count: u32,
    #[serde(borrow)]
    policy_version_list: Vec<RawVersion<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawVersion<'a> {
    #[serde(borrow)]
    document: &'a RawValue,
    version_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawInline<'a> {
    policy_name: String,
    #[serde(borrow)]
    policy_document: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawAttached {
    policy_name: String,
    policy_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawBoundary {
    permissions_boundary_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawInstanceProfile {
    arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawLastUsed {
    last_used_date: Option<Timestamp>,
    region: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawTag {
    key: String,
    value: String,
}

impl Shared {
    /// Reads the output of `aws iam get-account-authorization-details`. Policy documents may be objects, as the
    /// AWS CLI prints them, or percent-encoded texts, as the API returns them. Nothing else about the account is
    /// known. `taken_at` is when it was printed: the output does not say.
    ///
    /// # Errors
    /// [`AuthorizationDetailsError`] with the place, if the text is something else.
    pub fn from_authorization_details(
        text: &str,
        taken_at: Timestamp,
    ) -> Result<Self, AuthorizationDetailsError> {
        let details: Details<'_> = serde_json::from_str(text)?;
        let incomplete = details.is_truncated;
        let users = collect(details.user_detail_list, user)?;
        let groups = collect(details.group_detail_list, group)?;
        let roles = collect(details.role_detail_list, role)?;
        let policies = collect(details.policies, policy)?;
        let arns = users.iter().map(|one| &one.arn).chain(groups.iter().map(|one| &one.arn));
        let arns = arns.chain(roles.iter().map(|one| &one.arn)).chain(policies.iter().map(|one| &one.arn));
        let (partition, account) =
            arns.filter_map(|arn| owner(arn)).next().ok_or(AuthorizationDetailsError::NoAccount)?;
        let mut shared = Self::new(header(account, partition, taken_at));
        let kinds = [RecordKind::User, RecordKind::Group, RecordKind::Role, RecordKind::Policy];
        shared.listings = kinds.map(|kind| listing(kind, incomplete)).into();
        (shared.users, shared.groups, shared.roles, shared.policies) = (users, groups, roles, policies);
        Ok(shared)
    }
}

fn header(account: &str, partition: &str, taken_at: Timestamp) -> Header {
    Header {
        format: FORMAT.to_owned(),
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        account_id: account.to_owned(),
        partition: partition.to_owned(),
        caller_arn: String::new(),
        taken_at,
        scope: SnapshotScope::default(),
    }
}

fn listing(kind: RecordKind, incomplete: bool) -> Listing {
    let operation = "iam:GetAccountAuthorizationDetails";
    let cut = || Unreadable::new(operation, operation, Reason::Interrupted, "the output is truncated");
    Listing { incomplete: incomplete.then(cut), ..Listing::complete(kind, None) }
}

/// Partition and account of an ARN; AWS's own policies belong to none.
fn owner(arn: &str) -> Option<(&str, &str)> {
    let mut components = arn.split(':');
    let partition = components.nth(1)?;
    let account = components.nth(2)?;
    (account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())).then_some((partition, account))
}

fn collect<R, T>(
    raw: Vec<R>,
    read: fn(R) -> Result<T, AuthorizationDetailsError>,
) -> Result<Vec<T>, AuthorizationDetailsError> {
    raw.into_iter().map(read).collect()
}

fn user(raw: RawUser<'_>) -> Result<User, AuthorizationDetailsError> {
    Ok(User {
        inline_policies: inline_policies(&raw.arn, raw.user_policy_list)?,
        arn: raw.arn,
        name: raw.user_name,
        id: raw.user_id,
        path: raw.path,
        created_at: raw.create_date,
        groups: raw.group_list,
        attached_policies: attached_policies(raw.attached_managed_policies),
        permissions_boundary: boundary(raw.permissions_boundary),
        tags: tags(raw.tags),
        ssh_public_keys: Observed::default(),
    })
}

fn group(raw: RawGroup<'_>) -> Result<Group, AuthorizationDetailsError> {
    Ok(Group {
        inline_policies: inline_policies(&raw.arn, raw.group_policy_list)?,
        arn: raw.arn,
        name: raw.group_name,
        id: raw.group_id,
        path: raw.path,
        created_at: raw.create_date,
        attached_policies: attached_policies(raw.attached_managed_policies),
    })
}

fn role(raw: RawRole<'_>) -> Result<Role, AuthorizationDetailsError> {
    let last_used = raw.role_last_used.and_then(|last| {
        let region = last.region;
        last.last_used_date.map(|at| RoleLastUsed { at, region })
    });
    Ok(Role {
        trust_policy: document(&raw.arn, raw.assume_role_policy_document)?,
        inline_policies: inline_policies(&raw.arn, raw.role_policy_list)?,
        arn: raw.arn,
        name: raw.role_name,
        id: raw.role_id,
        path: raw.path,
        created_at: raw.create_date,
        attached_policies: attached_policies(raw.attached_managed_policies),
        permissions_boundary: boundary(raw.permissions_boundary),
        instance_profiles: raw.instance_profile_list.into_iter().map(|profile| profile.arn).collect(),
        last_used,
        tags: tags(raw.tags),
    })
}

fn policy(raw: RawPolicy<'_>) -> Result<ManagedPolicy, AuthorizationDetailsError> {
    let version = |version: RawVersion<'_>| {
        Ok(PolicyVersion { document: document(&raw.arn, version.document)?, id: version.version_id })
    };
    Ok(ManagedPolicy {
        versions: raw
            .policy_version_list
            .into_iter()
            .map(version)
            .collect::<Result<_, AuthorizationDetailsError>>()?,
        arn: raw.arn,
        name: raw.policy_name,
        id: raw.policy_id,
        path: raw.path,
        attachment_count: raw.attachment_count,
        boundary_usage_count: raw.permissions_boundary_usage_count,
        default_version_id: raw.default_version_id,
    })
}

fn inline_policies(
    owner: &str,
    raw: Vec<RawInline<'_>>,
) -> Result<Vec<InlinePolicy>, AuthorizationDetailsError> {
    let read = |one: RawInline<'_>| {
        let document = document(owner, one.policy_document)?;
        Ok(InlinePolicy { name: one.policy_name, document })
    };
    raw.into_iter().map(read).collect()
}

fn attached_policies(raw: Vec<RawAttached>) -> Vec<AttachedPolicy> {
    raw.into_iter().map(|one| AttachedPolicy { name: one.policy_name, arn: one.policy_arn }).collect()
}

fn boundary(raw: Option<RawBoundary>) -> Option<PermissionsBoundary> {
    raw.map(|boundary| PermissionsBoundary { arn: boundary.permissions_boundary_arn })
}

fn tags(raw: Vec<RawTag>) -> Vec<Tag> {
    raw.into_iter().map(|tag| Tag { key: tag.key, value: tag.value }).collect()
}

/// The text of a document that is an object, or a percent-encoded text.
fn document(owner: &str, raw: &RawValue) -> Result<String, AuthorizationDetailsError> {
    if !raw.get().starts_with('"') {
        return Ok(raw.get().to_owned());
    }
    let text: String = serde_json::from_str(raw.get())?;
    if text.trim_start().starts_with('{') {
        return Ok(text);
    }
    percent_decoded(&text).ok_or_else(|| AuthorizationDetailsError::Document(owner.to_owned()))
}

/// Decodes `%41` and the like (RFC 3986), as IAM encodes documents.
fn percent_decoded(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let (high, low) = (digit(bytes.next())?, digit(bytes.next())?);
        decoded.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = r#"{"Path": "/", "RoleName": "r", "RoleId": "AROA1", "Arn": "arn:aws:iam::111122223333:role/r",
        "CreateDate": "2024-03-01T12:00:00+00:00", "AssumeRolePolicyDocument": "%7B%22Version%22%3A%20%221%22%7D",
        "InstanceProfileList": [], "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": {"Statement": []}}],
        "AttachedManagedPolicies": [], "RoleLastUsed": {}}"#;

    fn read(roles: &str) -> Result<Shared, AuthorizationDetailsError> {
        let text = format!(
            r#"{{"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [{roles}], "Policies": []}}"#
        );
        Shared::from_authorization_details(&text, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn documents_are_objects_or_percent_encoded() {
        let shared = read(ROLE).unwrap();
        assert_eq!(shared.header.account_id, "111122223333");
        let role = &shared.roles[0];
        assert_eq!(role.trust_policy, r#"{"Version": "1"}"#);
        assert_eq!(role.inline_policies[0].document, r#"{"Statement": []}"#);
        assert_eq!(role.last_used, None);
        assert!(shared.listings.iter().all(|listing| listing.incomplete.is_none()));
    }

    #[test]
    fn what_is_no_such_output_is_an_error() {
        assert!(matches!(read("").unwrap_err(), AuthorizationDetailsError::NoAccount));
        let broken = read(&ROLE.replace("%7B", "%ZZ")).unwrap_err();
        assert!(broken.to_string().contains("role/r"), "{broken}");
        let wrong = Shared::from_authorization_details("{}", Timestamp::UNIX_EPOCH).unwrap_err();
        assert!(wrong.to_string().contains("UserDetailList"), "{wrong}");
    }
}
