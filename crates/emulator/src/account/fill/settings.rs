//! What belongs to the account as a whole.

use aws_sdk_account::types::AlternateContactType;
use aws_sdk_s3control::types::PublicAccessBlockConfiguration;
use aws_types::SdkConfig;

use super::failed;
use crate::PlainHost;
use crate::account::{Account, BlockPublicAccess, PasswordPolicy};
use crate::error::EmulatorError;

pub(super) async fn fill(config: &SdkConfig, account: &Account) -> Result<(), EmulatorError> {
    let iam = aws_sdk_iam::Client::new(config);
    if let Some(alias) = &account.alias {
        let sent = iam.create_account_alias().account_alias(alias).send().await;
        sent.map_err(failed("iam:CreateAccountAlias", alias))?;
    }
    if let Some(policy) = &account.password_policy {
        password_policy(&iam, policy).await?;
    }
    contacts(config, account).await?;
    if account.public_access_block != BlockPublicAccess::None {
        block_public_access(config, account).await?;
    }
    Ok(())
}

async fn password_policy(iam: &aws_sdk_iam::Client, policy: &PasswordPolicy) -> Result<(), EmulatorError> {
    let classes = policy.all_character_classes;
    iam.update_account_password_policy()
        .minimum_password_length(policy.minimum_length)
        .set_password_reuse_prevention(policy.reuse_prevention)
        .set_max_password_age(policy.max_age_days)
        .require_symbols(classes)
        .require_numbers(classes)
        .require_uppercase_characters(classes)
        .require_lowercase_characters(classes)
        .allow_users_to_change_password(policy.self_change)
        .hard_expiry(policy.hard_expiry)
        .send()
        .await
        .map_err(failed("iam:UpdateAccountPasswordPolicy", "the account"))?;
    Ok(())
}

async fn contacts(config: &SdkConfig, account: &Account) -> Result<(), EmulatorError> {
    let client = aws_sdk_account::Client::new(config);
    for (kind, contact) in &account.contacts {
        client
            .put_alternate_contact()
            .alternate_contact_type(AlternateContactType::from(kind.to_uppercase().as_str()))
            .name(&contact.name)
            .title(&contact.title)
            .email_address(&contact.email)
            .phone_number(&contact.phone)
            .send()
            .await
            .map_err(failed("account:PutAlternateContact", kind))?;
    }
    Ok(())
}

async fn block_public_access(config: &SdkConfig, account: &Account) -> Result<(), EmulatorError> {
    let control = aws_sdk_s3control::config::Builder::from(config).interceptor(PlainHost).build();
    let (blocks, neutralises) =
        (account.public_access_block.blocks(), account.public_access_block.neutralises());
    let settings = PublicAccessBlockConfiguration::builder()
        .block_public_acls(blocks)
        .block_public_policy(blocks)
        .ignore_public_acls(neutralises)
        .restrict_public_buckets(neutralises)
        .build();
    aws_sdk_s3control::Client::from_conf(control)
        .put_public_access_block()
        .account_id(account.id())
        .public_access_block_configuration(settings)
        .send()
        .await
        .map_err(failed("s3control:PutPublicAccessBlock", account.id()))?;
    Ok(())
}
