//! Fills the emulator with an account, through the official clients.

mod access_points;
mod bucket_behaviour;
mod buckets;
mod identities;
mod repositories;
mod settings;

use std::fmt::Display;
use std::net::SocketAddr;

use aws_sdk_iam::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_sdk_iam::error::{DisplayErrorContext, SdkError};
use aws_types::SdkConfig;
use jiff::Timestamp;

use super::Account;
use crate::EmulatorError;
use crate::proxy::{DEFAULT_ACCOUNT, Shapes};

/// Creates everything that the description names, and gives what the proxy has to know.
pub(crate) async fn fill(emulator: SocketAddr, account: Account) -> Result<Shapes, EmulatorError> {
    let config = sign_in(emulator, account.id()).await?;
    settings::fill(&config, &account).await?;
    let access_keys = identities::fill(&config, &account).await?;
    buckets::fill(&config, &account).await?;
    access_points::fill(&config, &account).await?;
    repositories::fill(&config, &account).await?;
    Ok(Shapes { account, filled_at: Timestamp::now(), access_keys })
}

/// Gives a user of the default account one more access key: its id and its secret.
pub(crate) async fn create_access_key(
    emulator: SocketAddr,
    user: String,
) -> Result<(String, String), EmulatorError> {
    let config = sign_in(emulator, DEFAULT_ACCOUNT).await?;
    let made = aws_sdk_iam::Client::new(&config).create_access_key().user_name(&user).send().await;
    let made = made.map_err(failed("iam:CreateAccessKey", &user))?;
    let key = made.access_key.ok_or_else(|| EmulatorError::Fill {
        operation: "iam:CreateAccessKey",
        resource: user,
        reason: "no key was given".to_owned(),
    })?;
    Ok((key.access_key_id, key.secret_access_key))
}

/// A client configuration whose requests belong to the account.
async fn sign_in(emulator: SocketAddr, account: &str) -> Result<SdkConfig, EmulatorError> {
    let config = configuration(
        emulator,
        Credentials::new(crate::ACCESS_KEY, crate::SECRET_KEY, None, None, "emulator"),
    );
    if account == DEFAULT_ACCOUNT {
        return Ok(config);
    }
    let role = format!("arn:aws:iam::{account}:role/OrganizationAccountAccessRole");
    let answer = aws_sdk_sts::Client::new(&config)
        .assume_role()
        .role_arn(&role)
        .role_session_name("fill")
        .send()
        .await
        .map_err(failed("sts:AssumeRole", &role))?;
    let Some(given) = answer.credentials() else {
        return Err(EmulatorError::Fill {
            operation: "sts:AssumeRole",
            resource: role,
            reason: "no credentials were given".to_owned(),
        });
    };
    let session = Some(given.session_token().to_owned());
    let credentials =
        Credentials::new(given.access_key_id(), given.secret_access_key(), session, None, "emulator");
    Ok(configuration(emulator, credentials))
}

fn configuration(emulator: SocketAddr, credentials: Credentials) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(format!("http://{emulator}"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build()
}

/// The same, for another region.
fn in_region(config: &SdkConfig, region: &str) -> SdkConfig {
    config.to_builder().region(Region::new(region.to_owned())).build()
}

/// Turns a client's error into ours.
fn failed<E, R>(
    operation: &'static str,
    resource: impl Display,
) -> impl FnOnce(SdkError<E, R>) -> EmulatorError
where
    E: std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let resource = resource.to_string();
    move |error| EmulatorError::Fill { operation, resource, reason: DisplayErrorContext(&error).to_string() }
}

/// A value that the client refuses to build into a request.
fn invalid(
    operation: &'static str,
    resource: impl Display,
) -> impl FnOnce(aws_smithy_types::error::operation::BuildError) -> EmulatorError {
    let resource = resource.to_string();
    move |error| EmulatorError::Fill { operation, resource, reason: error.to_string() }
}
