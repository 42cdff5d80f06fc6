//! What `GetAccountAuthorizationDetails` says of users, groups, roles and managed policies.

use aws_sdk_iam::operation::get_account_authorization_details::GetAccountAuthorizationDetailsOutput as Page;
use aws_sdk_iam::types;
use palisade_snapshot::{
    AttachedPolicy, Group, InlinePolicy, ManagedPolicy, Observed, PermissionsBoundary, PolicyVersion, Role,
    RoleLastUsed, Tag, User,
};

use super::{Identities, count};
use crate::document::{decode, timestamp};
use crate::reader::{Missing, required};

/// The identities of one page; the page counts as unreadable when one of them is not whole.
pub(super) fn from_page(page: Page) -> Result<Identities, Missing> {
    Ok(Identities {
        users: each(page.user_detail_list, user)?,
        groups: each(page.group_detail_list, group)?,
        roles: each(page.role_detail_list, role)?,
        policies: each(page.policies, managed_policy)?,
        deleted_users: Vec::new(),
        failure: None,
    })
}

fn each<A, T>(list: Option<Vec<A>>, convert: impl Fn(A) -> Result<T, Missing>) -> Result<Vec<T>, Missing> {
    list.unwrap_or_default().into_iter().map(convert).collect()
}

fn user(user: types::UserDetail) -> Result<User, Missing> {
    Ok(User {
        arn: required(user.arn, "Arn")?,
        name: required(user.user_name, "UserName")?,
        id: required(user.user_id, "UserId")?,
        path: required(user.path, "Path")?,
        created_at: timestamp(&required(user.create_date, "CreateDate")?)?,
        groups: sorted(user.group_list.unwrap_or_default()),
        inline_policies: inline_policies(user.user_policy_list)?,
        attached_policies: attached_policies(user.attached_managed_policies)?,
        permissions_boundary: boundary(user.permissions_boundary)?,
        tags: tags(user.tags),
        ssh_public_keys: Observed::default(),
    })
}

fn group(group: types::GroupDetail) -> Result<Group, Missing> {
    Ok(Group {
        arn: required(group.arn, "Arn")?,
        name: required(group.group_name, "GroupName")?,
        id: required(group.group_id, "GroupId")?,
        path: required(group.path, "Path")?,
        created_at: timestamp(&required(group.create_date, "CreateDate")?)?,
        inline_policies: inline_policies(group.group_policy_list)?,
        attached_policies: attached_policies(group.attached_managed_policies)?,
    })
}

fn role(role: types::RoleDetail) -> Result<Role, Missing> {
    Ok(Role {
        arn: required(role.arn, "Arn")?,
        name: required(role.role_name, "RoleName")?,
        id: required(role.role_id, "RoleId")?,
        path: required(role.path, "Path")?,
        created_at: timestamp(&required(role.create_date, "CreateDate")?)?,
        trust_policy: decode(required(role.assume_role_policy_document, "AssumeRolePolicyDocument")?),
        inline_policies: inline_policies(role.role_policy_list)?,
        attached_policies: attached_policies(role.attached_managed_policies)?,
        permissions_boundary: boundary(role.permissions_boundary)?,
        instance_profiles: sorted(
            role.instance_profile_list.unwrap_or_default().into_iter().map(|profile| profile.arn).collect(),
        ),
        last_used: last_used(role.role_last_used)?,
        tags: tags(role.tags),
    })
}

fn managed_policy(policy: types::ManagedPolicyDetail) -> Result<ManagedPolicy, Missing> {
    let mut versions = each(policy.policy_version_list, policy_version)?;
    versions.sort_by(|a, b| a.id.len().cmp(&b.id.len()).then_with(|| a.id.cmp(&b.id)));
    Ok(ManagedPolicy {
        arn: required(policy.arn, "Arn")?,
        name: required(policy.policy_name, "PolicyName")?,
        id: required(policy.policy_id, "PolicyId")?,
        path: required(policy.path, "Path")?,
        attachment_count: count(policy.attachment_count.unwrap_or_default())?,
        boundary_usage_count: count(policy.permissions_boundary_usage_count.unwrap_or_default())?,
        default_version_id: required(policy.default_version_id, "DefaultVersionId")?,
        versions,
    })
}

fn policy_version(version: types::PolicyVersion) -> Result<PolicyVersion, Missing> {
    Ok(PolicyVersion {
        id: required(version.version_id, "VersionId")?,
        document: decode(required(version.document, "Document")?),
    })
}

fn inline_policies(list: Option<Vec<types::PolicyDetail>>) -> Result<Vec<InlinePolicy>, Missing> {
    let mut policies = each(list, |policy| {
        Ok(InlinePolicy {
            name: required(policy.policy_name, "PolicyName")?,
            document: decode(required(policy.policy_document, "PolicyDocument")?),
        })
    })?;
    policies.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(policies)
}

fn attached_policies(list: Option<Vec<types::AttachedPolicy>>) -> Result<Vec<AttachedPolicy>, Missing> {
    let mut policies = each(list, |policy| {
        Ok(AttachedPolicy {
            name: required(policy.policy_name, "PolicyName")?,
            arn: required(policy.policy_arn, "PolicyArn")?,
        })
    })?;
    policies.sort_by(|a, b| a.arn.cmp(&b.arn));
    Ok(policies)
}

fn boundary(
    boundary: Option<types::AttachedPermissionsBoundary>,
) -> Result<Option<PermissionsBoundary>, Missing> {
    let Some(boundary) = boundary else { return Ok(None) };
    let arn = required(boundary.permissions_boundary_arn, "PermissionsBoundaryArn")?;
    Ok(Some(PermissionsBoundary { arn }))
}

/// AWS answers an empty element for a role that was never used.
fn last_used(last_used: Option<types::RoleLastUsed>) -> Result<Option<RoleLastUsed>, Missing> {
    let Some(last_used) = last_used else { return Ok(None) };
    let Some(at) = last_used.last_used_date else { return Ok(None) };
    Ok(Some(RoleLastUsed { at: timestamp(&at)?, region: last_used.region }))
}

fn tags(tags: Option<Vec<types::Tag>>) -> Vec<Tag> {
    sorted(tags.unwrap_or_default().into_iter().map(|tag| Tag { key: tag.key, value: tag.value }).collect())
}

fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort();
    list
}
