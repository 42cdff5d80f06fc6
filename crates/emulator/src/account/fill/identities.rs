//! IAM policies, groups, users and roles.

use std::collections::BTreeMap;

use aws_sdk_iam::Client;
use aws_sdk_iam::types::{StatusType, Tag};
use aws_types::SdkConfig;

use super::{failed, invalid};
use crate::account::{Account, ManagedPolicy, Policies, Role, User};
use crate::error::EmulatorError;

/// Creates them, and gives owner and place of each access key.
pub(super) async fn fill(
    config: &SdkConfig,
    account: &Account,
) -> Result<BTreeMap<String, (String, usize)>, EmulatorError> {
    let iam = Client::new(config);
    for policy in &account.policies {
        create_policy(&iam, policy).await?;
    }
    for group in &account.groups {
        let sent = iam.create_group().group_name(&group.name).send().await;
        sent.map_err(failed("iam:CreateGroup", &group.name))?;
        group_policies(&iam, account, &group.name, &group.policies).await?;
    }
    let mut access_keys = BTreeMap::new();
    for user in &account.users {
        create_user(&iam, account, user, &mut access_keys).await?;
        user_policies(&iam, account, &user.name, &user.policies).await?;
    }
    for role in &account.roles {
        create_role(&iam, role).await?;
        role_policies(&iam, account, &role.name, &role.policies).await?;
    }
    Ok(access_keys)
}

async fn create_policy(iam: &Client, policy: &ManagedPolicy) -> Result<(), EmulatorError> {
    let name = &policy.name;
    let mut documents = policy.earlier_documents.iter().chain([&policy.document]).map(ToString::to_string);
    let sent = iam.create_policy().policy_name(name).set_policy_document(documents.next()).send().await;
    let made = sent.map_err(failed("iam:CreatePolicy", name))?;
    let arn = made.policy().and_then(|policy| policy.arn()).unwrap_or_default();
    for document in documents {
        let version =
            iam.create_policy_version().policy_arn(arn).policy_document(document).set_as_default(true);
        version.send().await.map_err(failed("iam:CreatePolicyVersion", name))?;
    }
    Ok(())
}

async fn create_user(
    iam: &Client,
    account: &Account,
    user: &User,
    access_keys: &mut BTreeMap<String, (String, usize)>,
) -> Result<(), EmulatorError> {
    let name = &user.name;
    iam.create_user()
        .user_name(name)
        .set_permissions_boundary(user.boundary.clone())
        .set_tags(tags("iam:CreateUser", &user.tags)?)
        .send()
        .await
        .map_err(failed("iam:CreateUser", name))?;
    if user.console.is_some() {
        let sent =
            iam.create_login_profile().user_name(name).password("Correct-Horse-Battery-9").send().await;
        sent.map_err(failed("iam:CreateLoginProfile", name))?;
    }
    if user.mfa {
        assign_mfa(iam, account, name).await?;
    }
    for (place, key) in user.access_keys.iter().enumerate() {
        let made = iam.create_access_key().user_name(name).send().await;
        let made = made.map_err(failed("iam:CreateAccessKey", name))?;
        let id = made.access_key().map(|key| key.access_key_id().to_owned()).unwrap_or_default();
        if !key.active {
            let update =
                iam.update_access_key().user_name(name).access_key_id(&id).status(StatusType::Inactive);
            update.send().await.map_err(failed("iam:UpdateAccessKey", name))?;
        }
        access_keys.insert(id, (name.clone(), place));
    }
    upload_ssh_keys(iam, user).await?;
    for group in &user.groups {
        let sent = iam.add_user_to_group().user_name(name).group_name(group).send().await;
        sent.map_err(failed("iam:AddUserToGroup", name))?;
    }
    Ok(())
}

/// A public key as `ssh-keygen` writes it.
const SSH_PUBLIC_KEY: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDexample emulator";

async fn upload_ssh_keys(iam: &Client, user: &User) -> Result<(), EmulatorError> {
    let name = &user.name;
    for key in &user.ssh_keys {
        let upload = iam.upload_ssh_public_key().user_name(name).ssh_public_key_body(SSH_PUBLIC_KEY);
        let made = upload.send().await.map_err(failed("iam:UploadSSHPublicKey", name))?;
        let Some(id) = made.ssh_public_key.map(|key| key.ssh_public_key_id) else { continue };
        if !key.active {
            let update = iam.update_ssh_public_key().user_name(name).ssh_public_key_id(id);
            let sent = update.status(StatusType::Inactive).send().await;
            sent.map_err(failed("iam:UpdateSSHPublicKey", name))?;
        }
    }
    Ok(())
}

async fn assign_mfa(iam: &Client, account: &Account, user: &str) -> Result<(), EmulatorError> {
    let sent = iam.create_virtual_mfa_device().virtual_mfa_device_name(user).send().await;
    sent.map_err(failed("iam:CreateVirtualMFADevice", user))?;
    iam.enable_mfa_device()
        .user_name(user)
        .serial_number(format!("arn:aws:iam::{}:mfa/{user}", account.id()))
        .authentication_code1("123456")
        .authentication_code2("654321")
        .send()
        .await
        .map_err(failed("iam:EnableMFADevice", user))?;
    Ok(())
}

async fn create_role(iam: &Client, role: &Role) -> Result<(), EmulatorError> {
    iam.create_role()
        .role_name(&role.name)
        .set_path(role.path.clone())
        .assume_role_policy_document(role.trust.to_string())
        .set_permissions_boundary(role.boundary.clone())
        .set_tags(tags("iam:CreateRole", &role.tags)?)
        .send()
        .await
        .map_err(failed("iam:CreateRole", &role.name))?;
    if role.instance_profile {
        let made = iam.create_instance_profile().instance_profile_name(&role.name).send().await;
        made.map_err(failed("iam:CreateInstanceProfile", &role.name))?;
        let added = iam.add_role_to_instance_profile().instance_profile_name(&role.name);
        let added = added.role_name(&role.name).send().await;
        added.map_err(failed("iam:AddRoleToInstanceProfile", &role.name))?;
    }
    Ok(())
}

async fn user_policies(
    iam: &Client,
    account: &Account,
    name: &str,
    policies: &Policies,
) -> Result<(), EmulatorError> {
    for policy in &policies.attached {
        let sent = iam.attach_user_policy().user_name(name).policy_arn(arn(account, policy)).send().await;
        sent.map_err(failed("iam:AttachUserPolicy", name))?;
    }
    for (policy, document) in &policies.inline {
        let put = iam.put_user_policy().user_name(name).policy_name(policy);
        put.policy_document(document.to_string()).send().await.map_err(failed("iam:PutUserPolicy", name))?;
    }
    Ok(())
}

async fn group_policies(
    iam: &Client,
    account: &Account,
    name: &str,
    policies: &Policies,
) -> Result<(), EmulatorError> {
    for policy in &policies.attached {
        let sent = iam.attach_group_policy().group_name(name).policy_arn(arn(account, policy)).send().await;
        sent.map_err(failed("iam:AttachGroupPolicy", name))?;
    }
    for (policy, document) in &policies.inline {
        let put = iam.put_group_policy().group_name(name).policy_name(policy);
        put.policy_document(document.to_string()).send().await.map_err(failed("iam:PutGroupPolicy", name))?;
    }
    Ok(())
}

async fn role_policies(
    iam: &Client,
    account: &Account,
    name: &str,
    policies: &Policies,
) -> Result<(), EmulatorError> {
    for policy in &policies.attached {
        let sent = iam.attach_role_policy().role_name(name).policy_arn(arn(account, policy)).send().await;
        sent.map_err(failed("iam:AttachRolePolicy", name))?;
    }
    for (policy, document) in &policies.inline {
        let put = iam.put_role_policy().role_name(name).policy_name(policy);
        put.policy_document(document.to_string()).send().await.map_err(failed("iam:PutRolePolicy", name))?;
    }
    Ok(())
}

/// The ARN of a policy that is named by ARN, or by name if it is the account's own.
fn arn(account: &Account, policy: &str) -> String {
    if policy.starts_with("arn:") {
        return policy.to_owned();
    }
    format!("arn:aws:iam::{}:policy/{policy}", account.id())
}

fn tags(operation: &'static str, tags: &BTreeMap<String, String>) -> Result<Option<Vec<Tag>>, EmulatorError> {
    let built = tags
        .iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build().map_err(invalid(operation, key)));
    Ok(Some(built.collect::<Result<Vec<_>, _>>()?).filter(|tags| !tags.is_empty()))
}
